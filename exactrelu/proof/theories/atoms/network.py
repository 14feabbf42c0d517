"""The facts on a sum of atoms as a whole: how its blocks fit, and its numbers."""

from functools import partial

from exactrelu.field import mpq, text
from exactrelu.proof.kernel import Each, Listed, Number, Numbers
from exactrelu.proof.levels import Blocks, Part, sizes_of
from exactrelu.proof.theories import common
from exactrelu.proof.theories.atoms.family import Place
from exactrelu.proof.theories.atoms.loops import Role
from exactrelu.proof.theories.common import NETWORK

EVERYWHERE = Place(0, 0, NETWORK)
"""Where something is asked of all blocks."""

LISTED = 12
"""The most terms whose shifts are written out."""


def roles(family):
    """Yield what is asked of all terms together."""
    if family.terms:
        yield Role(EVERYWHERE, "terms", NETWORK, (), ("cascades", "lines"), partial(terms, family))
    if family.n is None:
        for term in family.terms:
            yield Role(EVERYWHERE, "numbers", NETWORK, (term.index,), NUMBERS, partial(numbers, family, term))
        yield Role(EVERYWHERE, "levels", NETWORK, (), ("levels",), partial(levels, family))


def terms(family):
    """Return what says what the terms are, and that all of their stages have the same cascades."""
    listed = ", ".join(f"({', '.join(map(text, term.shift))})" for term in family.terms[:LISTED])
    count = len(family.terms)
    more = f", ... ({count} in all)" if count > LISTED else ""
    lines = {name for term in family.terms for name in term.lines}
    cells = (
        "in each coordinate there is one controller, and its cells are those of the window"
        if lines == {"x", "y"}
        else f"there are the controllers {', '.join(sorted(lines))}, each with one cell: that of x1 is 1 <= t < 2"
    )
    n = "n" if family.n is None else family.n
    words = (
        f"the network is the sum of {count} {'term' if count == 1 else 'terms'}, each a composition of blocks, applied "
        f"in this order: the start S, the transports T_1, ..., T_{n}, the readout R, the spread P, the stages A_j for "
        f"0 < j < {n}, the last stage L. The shifts d of the terms are {listed}{more}; {cells}. A cascade is a row of "
        "numbers, one for each of some patches, with a controller of x and one of y"
    )
    judgements = []
    for term in family.terms:
        cascades = frozenset(term.rows)
        needed = tuple(name for pair in cascades for name in pair)
        judgements.append(Listed("lines", words, frozenset(term.lines), needed, ()))
        for rows in term.interfaces():
            judgements.append(Listed("cascades", words, frozenset(rows), tuple(cascades), ()))
            judgements.append(Listed("cascades", words, cascades, tuple(rows), ()))
    return "", Each(tuple(judgements)), "names of the values between blocks"


NUMBERS = ("rho >= 1", "rho >= B", "c > 0")


def numbers(family, term):
    """Return what is claimed of the numbers: what grows with n is bounded for every n by comparisons of constants."""
    norm, rho = family.norm(term), term.base
    words = f"rho = {text(rho)} is at least 1 and at least B = {text(norm)}, hence B^(j-1) <= rho^n / rho for j <= n"
    goals = (
        Number("rho >= 1", words, rho - 1), Number("rho >= B", words, rho - norm),
        Number("c > 0", f"c = {text(term.factor)} > 0", mpq(term.factor.numerator - 1)),
    )
    return "", Numbers(goals), "comparisons of constants"


def sizes(family):
    """Return the `Sizes` of the networks of a family for all n."""
    return sizes_of(chains(family))


def chains(family):
    """Return the terms of a family for all n as `sizes_of` has them."""
    return tuple(
        chain((term.factor, term.base), *(program for _, program in term.programs(None))) for term in family.terms
    )


def chain(tag, start, transport, readout, spread, stage, last):
    """Return the `Blocks` of a term of such programs."""
    parts = Part(start), Part(transport, 1, 0), Part(readout), Part(spread), Part(stage, 1, -1), Part(last)
    return Blocks(parts, tag)


def levels(family):
    """Return what is claimed of width and depth."""
    judgement = common.levels(sizes(family), {"levels": chains(family)})
    return "", judgement, "units of the blocks of all terms on levels, those that are equal counted once"
