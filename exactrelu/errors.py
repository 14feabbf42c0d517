"""The exceptions of exactrelu: one root, one child for each way in which a command can end."""

from difflib import get_close_matches


class ExactReluError(Exception):
    """Root of every exception that exactrelu raises on purpose."""


class InputError(ExactReluError):
    """Raised when a file, an option or an argument cannot be used.

    The message is one line that says what is wrong, where, and how to mend it. The command line ends with exit code 2.
    """


class UndecidedError(ExactReluError):
    """Raised when a limit was reached or a proof could not be completed, so that nothing was decided.

    The message says what to do next. The command line ends with exit code 3.
    """


def shown(value):
    """Return a value from outside as it is written in Python, cut to at most 40 characters."""
    try:
        text = repr(value)
    except ValueError:  # Python writes no integers of more than 4300 digits
        return "an integer of very many digits"
    return text if len(text) <= 40 else text[:37] + "..."


def unknown(kind, name, known):
    """Return the message for a ``name`` that is none of the ``known`` ones, with the closest of them as a suggestion.

    >>> unknown("method", "enumerat", ["enumerate", "induction"])
    "there is no method 'enumerat'; did you mean enumerate? (enumerate, induction)"
    """
    known = list(known)
    close = get_close_matches(name, known, 1) if isinstance(name, str) else []
    guess = f"did you mean {close[0]}? ({', '.join(known)})" if close else f"there are {', '.join(known)}"
    return f"there is no {kind} {shown(name)}; {guess}"
