"""The parser of the command line: it refuses what it does not know with what was meant, and the right --help; types."""

import argparse
import re
from itertools import takewhile

from exactrelu.errors import InputError, closest, shown, unknown

NETWORK = "a network file: exactrelu JSON, ONNX, .nnet, npz or safetensors"
"""What is said of NET."""

_NEGATIVE = re.compile(r"-\.?[0-9].*", re.DOTALL)


class Parser(argparse.ArgumentParser):
    """A parser whose errors are an `InputError` that names the ``--help`` of the command; options are written out.

    ``siblings`` are all commands of the command line, {name: parser}. Where one of the options ``replacing`` is given,
    the first positional argument is left out, and is an empty word.
    """

    def __init__(self, **settings):
        super().__init__(allow_abbrev=False, **settings)
        self.siblings, self.replacing = {}, ()

    def parse(self, words):
        """Return the options that the words of a command line stand for; negative numbers are ordinary words."""
        before = takewhile(lambda word: word.startswith("-"), words)
        strays = [word for word in before if word.partition("=")[0] not in self.names]
        if strays:
            self.error(self._unexpected(strays))
        command = next((word for word in words if not word.startswith("-")), None)
        if command is not None and command not in self.siblings:
            self.error(unknown("command", command, self.siblings))
        # a space before it, so that argparse takes no negative number for an option
        return self.parse_args([f" {word}" if _NEGATIVE.fullmatch(word) else word for word in words])

    def parse_known_args(self, args=None, namespace=None):
        """Return (options, []): words that nothing takes are an error here, where it is known which command it is."""
        if any(word.partition("=")[0] in self.replacing for word in args):
            args = ["", *args]
        found, left = super().parse_known_args(args, namespace)
        if left:
            self.error(self._unexpected(left))
        return found, left

    def error(self, message):
        raise InputError(f"{message}; see {self.prog} --help")

    @property
    def names(self):
        """{name of an option: all names of that option}."""
        return {name: action.option_strings for name, action in self._option_string_actions.items()}

    def _unexpected(self, words):
        """Return the message for words that nothing takes."""
        name = next((word.partition("=")[0] for word in words if word.startswith("-") and word != "-"), None)
        if name is None:
            return f"unexpected: {', '.join(map(shown, words))}"
        message = f"there is no option {name if name.isprintable() and len(name) <= 40 else shown(name)} here"
        others = {command: parser.names[name] for command, parser in self.siblings.items() if name in parser.names}
        if self in self.siblings.values() and others:
            same = [other for other in next(iter(others.values())) if other in self.names]
            return f"{message}, it belongs to {', '.join(others)}" + (f"; did you mean {same[0]}?" if same else "")
        if others:
            return f"{message}: write it behind the command ({', '.join(others)})"
        close = closest(name, self.names)
        return f"{message}; did you mean {close[0]}?" if close else message


def add_place(command):
    """Let a command take a box, and a line, a plane or fixed inputs."""
    command.add_argument(
        "--box", nargs="+", metavar="END",
        help="LOW HIGH for each coordinate, such as -1 1 0 1/2; equal ends fix it (default: everywhere)",
    )
    add_slice(command)


def add_slice(command):
    """Let a command take a line, a plane or fixed inputs."""
    slices = command.add_mutually_exclusive_group()
    slices.add_argument(
        "--line", nargs=2, metavar="P", help="the line through two points X,Y,...; its coordinate is 0 and 1 there"
    )
    slices.add_argument(
        "--plane", nargs=3, metavar="P", help="the plane through three points; its coordinates are 0,0 and 1,0 and 0,1"
    )
    slices.add_argument(
        "--fix", action="append", metavar="I=V", help="fix input I (from 0), repeated; the others are left, in order"
    )


def seconds(word):
    """Return the positive number of seconds in a word such as 10 or 0.5."""
    word = word.strip()
    if not re.fullmatch(r"[0-9]{1,9}(\.[0-9]{1,9})?|\.[0-9]{1,9}", word) or not float(word):
        raise argparse.ArgumentTypeError(f"expected seconds, a number such as 10 or 0.5, got {word[:40]!r}")
    return float(word)


def integer_in(low, high, *words):
    """Return the argument type of the integers from ``low`` to ``high``, and of some words."""

    def read(word):
        word = word.strip()
        if word in words:
            return word
        number = int(word) if re.fullmatch(r"[+-]?[0-9]{1,18}", word) else None
        if number is None or not low <= number <= high:
            expected = " or ".join([f"an integer from {low} to {high}", *words])
            raise argparse.ArgumentTypeError(f"expected {expected}, got {word[:40]!r}")
        return number

    return read


def add_problem(command):
    """Let a command take a problem, a file or a name."""
    command.add_argument(
        "problem", metavar="PROBLEM", nargs="?",
        help="a problem file or the name of a built-in problem (default: bilinear; see exactrelu examples)",
    )
    add_pair(command)


def add_pair(command):
    """Let a command take a mask and a seed by their names."""
    command.add_argument("--mask", metavar="NAME", help="with --seed, instead of PROBLEM: a built-in mask")
    command.add_argument("--seed", metavar="NAME", help="with --mask: a built-in seed")


def add_certificate(command):
    """Let a command take the certificate that it writes."""
    command.add_argument(
        "--output", metavar="CERT", help="the certificate to write (gzip if it ends in .gz; - is standard output)"
    )


def add_points(command):
    """Let a command take points at which to evaluate."""
    command.add_argument(
        "point", metavar="X", nargs="+",
        help="the coordinates of a point, such as -7/16 0.125 or 1e-3, or points, each as one word X,Y",
    )


def add_plot(command, what):
    """Let a command take a picture that it writes; ``what`` says what it shows."""
    command.add_argument("--plot", metavar="FILE.svg", help=f"a picture to write: {what}")


def add_construction(command):
    """Let a command take the name of a construction."""
    command.add_argument(
        "--construction", metavar="NAME", help="one-pass (the default), small (that beyond the plane), compact or paper"
    )
