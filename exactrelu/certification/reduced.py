"""Certificates for problems that are reduced to one mask and a diagonal dilation, for every n at once and for one.

Beside a family for the reduced problem the file says what the functions of that problem are, level by level, of those
of the given one (`exactrelu.scheme.levels`); a checker compares them by the definition of both.
"""

import json

from exactrelu import checker
from exactrelu.certification.families import family_data, member_text
from exactrelu.certification.induction.small_network import eta, family
from exactrelu.certification.statements import write_text
from exactrelu.field import mpq, text
from exactrelu.scheme import problem_to_json
from exactrelu.scheme.levels import levels
from exactrelu.scheme.powers import unit
from exactrelu.scheme.reductions import reduced


def write_families(path, problem, parts, sizes, check=True):
    """Write the certificate that the networks of families equal V^n g of ``problem`` for every n ≥ 1.

    ``parts`` are those of the n, one family for each, and ``sizes`` bound width and depth of all networks. Unless
    ``check`` is false, the checker has gone through it before. Raises `InputError` if the file cannot be written, and
    `UndecidedError` if the checker is not convinced.
    """
    statement, evidence = families_data(problem, parts)
    statement["sizes"] = [sizes.width, text(mpq(sizes.slope, sizes.divisor)), sizes.layers]
    whole = {"format": checker.FORMAT, "statement": statement, "evidence": evidence}
    write_text(path, [json.dumps(whole), "\n"], check)


def write_member(path, problem, n, network, scheme, check=True):
    """Write the certificate that a network, the one for n of the families of a ``scheme``, equals V^n g everywhere.

    See `write_families`.
    """
    statement = {"kind": "iterate", "domain": {}, "problem": problem_to_json(problem), "n": n}
    write_text(path, member_text(statement, network, member_data(problem, n, scheme)), check)


def families_data(problem, parts):
    """Return (the JSON object of the statement for every n, without sizes, that of the evidence)."""
    pairs = [part_data(problem, *part) for part in parts]
    statement = {"kind": "every", "problem": problem_to_json(problem), "families": [entry for entry, _ in pairs]}
    return statement, evidence_of(problem, parts[0].first, [part for _, part in pairs])


def member_data(problem, n, scheme):
    """Return the JSON object of the evidence for the network for n."""
    entry, part = part_data(problem, n, 0, scheme)
    part["theory"]["eta"] = text(eta(problem, n))
    return evidence_of(problem, n, [part]) | {"families": [entry]}


def evidence_of(problem, n, parts):
    """Return the JSON object of the evidence with these parts."""
    evidence = {"kind": "reduction", "parts": parts}
    return evidence | ({} if problem.source is None else {"sourceless": _problem(levels(problem, n).sourceless)})


def part_data(problem, first, period, scheme):
    """Return (the JSON object of the networks for first, first + period, …, that of what proves them)."""
    count, found = reduced(problem, first).steps, levels(problem, first)
    more = reduced(problem, first + period).steps - count
    # the point is moved in the statement, and not in the programs
    matrix, offset = unit(problem.dimension), (mpq(0),) * problem.dimension
    programs, evidence = family_data(family(scheme._replace(matrix=matrix, offset=offset)))
    entry = {
        "first": first, "period": period, "stages": [count, more], "matrix": _rows(scheme.matrix),
        "offset": list(map(text, scheme.offset)), "family": programs,
    }
    part = {
        "problem": _problem(scheme.problem), "rest": found.rest, "levels": list(map(_level, found.levels)),
        "return": found.back, "theory": evidence,
    }
    return entry, part


def _level(level):
    """Return the JSON object of a level."""
    components = [[l, c, list(map(text, b))] for l, (c, b) in level.components.items()]
    return {"steps": level.steps, "matrix": _rows(level.matrix), "components": components}


def _rows(matrix):
    return [list(map(text, row)) for row in matrix]


def _problem(problem):
    """Return the JSON object of a problem; a seed without simplices is 0 on one, so that it has coordinates."""
    found = problem_to_json(problem)
    seed, d = found["seed"], problem.dimension
    if not seed["vertices"]:
        zero = "0" if problem.components == 1 else ["0"] * problem.components
        key = "triangles" if "triangles" in seed else "simplices"
        corners = [[str(int(i == k)) for i in range(d)] for k in range(-1, d)]
        found["seed"] = {"vertices": corners, key: [list(range(d + 1))], "values": [zero] * (d + 1)}
    return found
