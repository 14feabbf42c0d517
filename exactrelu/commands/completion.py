"""``exactrelu completion``: a script with which a shell completes the commands, options and files of exactrelu."""

from exactrelu.cli import command_line
from exactrelu.commands import Answer
from exactrelu.errors import InputError, unknown

SHELLS = ("bash", "zsh", "fish")

_FILES = ("NET", "NET1", "NET2", "IN", "OUT", "PROBLEM", "PROPERTY", "CERT", "FILE")
"""Arguments with these names, or names that begin with one and a dot, are files."""


def run(options):
    """Return the `Answer` with the script, which shtab makes from the parser."""
    if options.shell not in SHELLS:
        raise InputError(unknown("shell", options.shell, SHELLS))
    try:
        import shtab
    except ImportError:
        raise InputError("completion needs the library shtab: pip install 'exactrelu[completion]'") from None
    parser = command_line()
    for command in parser.siblings.values():
        for action in command._actions:
            if isinstance(action.metavar, str) and action.metavar.partition(".")[0] in _FILES:
                action.complete = shtab.FILE
    script = shtab.complete(parser, options.shell)
    return Answer(0, script.rstrip("\n"), {"shell": options.shell, "script": script})
