"""The exceptions of exactrelu: one root, one child for each way in which a command can end."""

from difflib import get_close_matches


class ExactReluError(Exception):
    """Root of every exception that exactrelu raises on purpose.

    >>> from exactrelu import ExactReluError, InputError, UndecidedError
    >>> issubclass(InputError, ExactReluError) and issubclass(UndecidedError, ExactReluError)
    True
    """


class InputError(ExactReluError, ValueError):
    """Raised when a file, an option or an argument cannot be used; it is a ``ValueError``, as programs expect of those.

    The message is one line that says what is wrong, where, and how to mend it. The command line ends with exit code 2.
    A float where an exact number belongs is an `InputError` as well, not a ``TypeError``: whoever catches the one gets
    every argument that cannot be used.

    >>> from exactrelu import InputError, build
    >>> try:
    ...     build("bilinear", 3, "onepass")
    ... except InputError as error:
    ...     print(error)
    there is no construction 'onepass'; did you mean one-pass? (one-pass, small, compact, paper)
    """


class UndecidedError(ExactReluError):
    """Raised when a limit was reached or a proof could not be completed, so that nothing was decided.

    The message says what to do next. The command line ends with exit code 3. Where a verdict is the answer, as that of
    `certify` and `equal`, nothing is raised: the verdict is "undecided" and has the message as its ``reason``.

    >>> from exactrelu import certify
    >>> certify("bilinear", 1000).reason
    'nothing was decided: for n = 1000 there are 2 * 2 * 4^1000 dyadic cells, more than the limit of 16777216; take a \
smaller n, or the method induction'
    """


def shown(value):
    """Return a value from outside as it is written in Python, cut to at most 40 characters."""
    try:
        text = repr(value)
    except ValueError:  # Python writes no integers of more than 4300 digits
        return "an integer of very many digits"
    return text if len(text) <= 40 else text[:37] + "..."


def sequence(value, where):
    """Return a list or tuple itself, anything else that can be iterated over as a tuple; raises `InputError`."""
    if type(value) in (list, tuple):
        return value
    try:
        return tuple(value)
    except TypeError:
        raise InputError(f"{where}: expected a sequence, got {shown(value)}") from None


def closest(name, known):
    """Return a list of the one of the names ``known`` that is most like ``name``; an empty one if none is like it.

    >>> closest("daubechis", ["haar", "daubechies"]), closest("loop", ["loop_M222"]), closest("x", ["haar"])
    (['daubechies'], ['loop_M222'], [])
    """
    if not isinstance(name, str):
        return []
    parts = [other for other in known if len(name) > 2 and name.lower() in other.lower()]
    return get_close_matches(name, known, 1) or parts[:1]


def unknown(kind, name, known, where=None):
    """Return the message for a ``name`` that is none of the ``known`` ones, with the closest of them as a suggestion.

    All known ones are listed, or ``where`` says what lists them.

    >>> unknown("method", "enumerat", ["enumerate", "induction"])
    "there is no method 'enumerat'; did you mean enumerate? (enumerate, induction)"
    """
    close = closest(name, known)
    names = ", ".join(known) if where is None else f"see {where}"
    guess = f"did you mean {close[0]}? ({names})" if close else f"there are {names}" if where is None else names
    return f"there is no {kind} {shown(name)}; {guess}"


class Contradiction(UndecidedError):
    """Raised when two independent ways to an answer disagree: an error of exactrelu itself, and nothing is decided.

    ``claim`` is what one of them says; ``point``, numbers as texts, is where the other one shows something else, and
    ``values`` are the pairs (name, value as a text) there.
    """

    def __init__(self, claim, point, values):
        super().__init__(claim, point, values)
        self.claim = claim
        self.point = point
        self.values = values

    def __str__(self):
        values = ", ".join(f"{name} has the value {value}" for name, value in self.values)
        return (
            f"internal contradiction, nothing was decided: {self.claim}, but at ({', '.join(self.point)}) {values}; "
            "this is an error of exactrelu itself: please report it, with the command and its files"
        )

    def data(self):
        """Return the JSON object of it."""
        return {"claim": self.claim, "point": list(self.point), "values": dict(self.values)}
