"""``exactrelu check``: the independent checker on one certificate."""

from exactrelu.checker import check_file
from exactrelu.commands import Answer
from exactrelu.errors import InputError
from exactrelu.streams import input_name


def run(options):
    """Return the `Answer` whether the certificate proves its statement."""
    valid, statement, reason = check_file(options.certificate)
    if valid is None:
        raise InputError(f"{input_name(options.certificate)}: {reason}")
    data = {"valid": valid, "statement": statement, "reason": reason}
    return Answer(0 if valid else 1, f"valid: {statement}" if valid else f"invalid: {reason}", data)
