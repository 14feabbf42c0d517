"""The paper's §3–§5 as builders of networks, and whole constructions made of them."""

from exactrelu.construction import compact, one_pass, paper, small
from exactrelu.errors import InputError, unknown
from exactrelu.field import integer
from exactrelu.scheme import as_problem

CONSTRUCTIONS = {
    "one-pass": one_pass.build, "small": small.build, "compact": compact.build, "paper": paper.build,
}
"""Each whole construction by name: a function of (problem, n), n ≥ 1, that returns a `Chain` or a `Sum`."""

FOR_ZERO = {"small": small.build}
"""The constructions of g itself, n = 0, other than `one-pass`, whose network the others give."""


def constructions_of(problem):
    """Return the names of the constructions that there are for a problem: `small` alone beyond the plane and so on."""
    return ("small",) if problem.beyond() else tuple(CONSTRUCTIONS)


def default_construction(problem):
    """Return the name of the construction that is taken if none is named, the first one that there is."""
    return constructions_of(problem)[0]


def build(problem, n, construction=None):
    """Return a network, a `Chain` or `Sum`, that equals V^n g on R²; for n = 0 only `small` has one of its own.

    ``problem`` is a `Problem`, the name of a built-in one or the path of a problem file; ``n`` is an integer ≥ 0;
    ``construction`` is a name in `CONSTRUCTIONS`, None for that of `default_construction`. Raises `InputError` for
    others.

    >>> from exactrelu import build
    >>> build("bilinear", 2).evaluate((1, 1))
    (mpq(1,1),)
    """
    problem, n = as_problem(problem), integer(n, "n", 0)
    construction = default_construction(problem) if construction is None else construction
    if construction not in CONSTRUCTIONS:
        raise InputError(unknown("construction", construction, CONSTRUCTIONS))
    return (CONSTRUCTIONS if n else FOR_ZERO).get(construction, one_pass.build)(problem, n)


__all__ = ["CONSTRUCTIONS", "build", "constructions_of", "default_construction"]
