"""``exactrelu check``: the independent checker on one certificate, or the machine-checked one."""

import os
import resource
import shutil
import subprocess

from exactrelu.certification.checking import check, other_kind
from exactrelu.commands import Answer
from exactrelu.commands.progress import progress_bar
from exactrelu.errors import InputError, UndecidedError
from exactrelu.streams import STANDARD, input_name

VERIFIED = "exactrelu-check"
"""The program that is extracted from the proofs in coq/."""

PLACE = "EXACTRELU_CHECK"
"""The environment variable that says where it is, if not on the PATH."""


def run(options):
    """Return the `Answer` whether the certificate proves its statement."""
    if options.verified:
        valid, statement, reason = check_verified(options.certificate)
    else:
        with progress_bar("check") as progress:
            valid, statement, reason = check(options.certificate, progress)
    data = {"valid": valid, "statement": statement, "reason": reason}
    return Answer(0 if valid else 1, f"valid: {statement}" if valid else f"invalid: {reason}", data)


def check_verified(path):
    """Return (valid, statement, reason) as `check` does, from the machine-checked checker.

    Raises `InputError` for a file that cannot be read and if the checker is not installed, and `UndecidedError` for a
    certificate that is outside of what it knows.
    """
    program = os.environ.get(PLACE) or shutil.which(VERIFIED)
    if program is None:
        raise InputError(
            f"check --verified needs the program {VERIFIED} on the PATH, or its place in {PLACE}; to build it with Coq "
            "and OCaml: make -C coq"
        )
    words = [program, path if path == STANDARD else os.path.abspath(path)]
    try:
        run = subprocess.run(
            words, capture_output=True, text=True, errors="replace", check=False, preexec_fn=_with_a_deep_stack
        )
    except OSError as error:
        raise InputError(f"{program}: cannot run: {error.strerror}") from None
    answer = (run.stdout if run.returncode < 2 else run.stderr).strip()
    sentence = answer.partition(": ")[2]
    if run.returncode == 3:
        raise UndecidedError(f"{input_name(path)}: {sentence}; leave out --verified for the checker in Python")
    if run.returncode == 2:
        raise InputError(f"{input_name(path)}: {other_kind(path) or sentence}")
    if run.returncode not in (0, 1) or not answer.startswith(("valid: ", "invalid: ")[run.returncode]):
        raise UndecidedError(f"{program} ended with exit code {run.returncode} and without an answer")
    return (True, sentence, "") if run.returncode == 0 else (False, "", sentence)


def _with_a_deep_stack():
    """Let the stack grow as far as the system allows: lists as long as the network are walked by recursion."""
    _, hard = resource.getrlimit(resource.RLIMIT_STACK)
    resource.setrlimit(resource.RLIMIT_STACK, (hard, hard))
