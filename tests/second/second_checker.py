"""A second checker of certificates of format 2, written from docs/certificate.md alone, in another style.

`check(data)` answers 0 (valid), 1 (invalid) or 2 (cannot be read) for the bytes of a file; so does the program

    python tests/second/second_checker.py CERTIFICATE

Every n and members of families are in `second_every`.
"""

import sys

from second_enumeration import prove, refute
from second_files import (
    Unproved, Unreadable, keyed, load, need, rationals, read_enumeration, read_statement,
)
from second_values import require_agreement


def check(data):
    """Return 0, 1 or 2 for the bytes of a file."""
    return answer(data)[0]


def answer(data):
    """Return (0, 1 or 2, reason)."""
    limit = sys.get_int_max_str_digits()
    sys.set_int_max_str_digits(0)
    try:
        judge(load(data))
    except Unreadable as error:
        return 2, str(error)
    except Unproved as error:
        return 1, str(error)
    finally:
        sys.set_int_max_str_digits(limit)
    return 0, "proved"


def judge(certificate):
    """Raise `Unreadable` or `Unproved` unless the certificate proves its statement."""
    keyed(certificate, "format", "statement", "evidence")
    need(certificate["format"] == "exactrelu-certificate/2", "format")
    value, evidence = certificate["statement"], certificate["evidence"]
    need(isinstance(value, dict) and isinstance(evidence, dict), "statement and evidence are objects")
    if value.get("kind") == "every":
        from second_every import check_every

        require_agreement(check_every(value, evidence))
    elif value.get("kind") == "refutation":
        keyed(value, "kind", "of", "point")
        statement = read_statement(value["of"])
        point = rationals(value["point"], len(statement.domain.box), statement.root)
        need(keyed(evidence, "kind")["kind"] == "point", "kind of evidence")
        decide(statement, refute, point)
    else:
        statement = read_statement(value)
        if statement.kind == "iterate" and evidence.get("kind") in ("family", "reduction"):
            from second_every import check_member

            decide(statement, check_member, evidence)
        else:
            decide(statement, prove, read_enumeration(evidence, statement))


def decide(statement, method, *arguments):
    method(statement, *arguments)
    if statement.problem is not None:
        require_agreement(statement.problem)


if __name__ == "__main__":
    with open(sys.argv[1], "rb") as file:
        code, reason = answer(file.read())
    print(("valid", "invalid", "cannot be read")[code] + ": " + reason)
    sys.exit(code)
