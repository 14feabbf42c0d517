"""Running the command line inside the test process."""

import json

from exactrelu.cli import main


def run(capsys, *words):
    """Return (exit code, stdout, stderr) of ``exactrelu words…``."""
    code = main([str(word) for word in words])
    return code, *capsys.readouterr()


def answer(capsys, *words):
    """Return (exit code, JSON answer) of ``exactrelu words… --json``, which prints nothing on stderr."""
    code, out, err = run(capsys, *words, "--json")
    assert err == ""
    return code, json.loads(out)


def refusal(capsys, *words):
    """Return the one line on stderr of a command that ends with exit code 2 and prints no answer."""
    code, out, err = run(capsys, *words)
    assert (code, out) == (2, "")
    assert err.startswith("exactrelu: ") and err.endswith("\n") and err.count("\n") == 1
    return err.removeprefix("exactrelu: ").rstrip("\n")
