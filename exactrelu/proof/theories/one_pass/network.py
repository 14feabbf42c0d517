"""The facts on a family as a whole: how its blocks fit, its numbers, its windows, its width and depth."""

from exactrelu.field import mpq, text
from exactrelu.network.ports import AXES
from exactrelu.proof.kernel import Claim, Number, Numbers
from exactrelu.proof.levels import Blocks, Part, sizes_of
from exactrelu.proof.theories import common
from exactrelu.proof.theories.common import NETWORK
from exactrelu.proof.theories.one_pass.closing import limit_of
from exactrelu.proof.theories.one_pass.family import CLOSING, LAST, STAGE, START
from exactrelu.proof.theories.one_pass.stages import growth_of, norm_of

PAIRS = (START, STAGE), (STAGE, STAGE), (START, LAST), (STAGE, LAST), (LAST, CLOSING)
"""The blocks that follow each other."""


def claims(family):
    """Yield the claims on a family as a whole."""
    yield blocks(family)
    yield parameters(family)
    yield windows(family)
    judgement = common.levels(sizes(family), {"levels": chains(family)}, nonnegative(family))
    yield Claim("levels", NETWORK, (), "", judgement, common.ONCE)


def blocks(family):
    """Return the claim that what a block gives is what the next one takes."""
    words = (
        "the network for n is B_(n+1) o B_n o ... o B_0, its output divided by eta, for eps = 2^-n and eta = c/rho^n; "
        "a block gives what the next one takes. The blocks have rational weights that do not depend on n: eps and eta "
        "are values in them. Selectors are in units of d = w eps, rows and y in units of eta"
    )
    return common.blocks(words, {pair: tuple(family.programs[name] for name in pair) for pair in PAIRS})


def parameters(family):
    """Return the claim on the numbers: what grows with n is bounded for every n by comparisons of constants."""
    norm, growth, limit = norm_of(family), growth_of(family), limit_of(family)
    w, c, rho = family.width, family.factor, family.base
    numbers = (
        Number("w > 0", f"w = {text(w)} > 0", mpq(w.numerator - 1)),
        Number("c > 0", f"c = {text(c)} > 0", mpq(c.numerator - 1)),
        Number("2c <= w", "2c <= w", w - 2 * c),
        Number("B >= 1", f"B = {text(norm)} >= 1", norm - 1),
        Number("rho >= 2B", f"rho = {text(rho)} >= 2B, hence eta <= d and 2B eta B^j <= d for j < n", rho - 2 * norm),
        Number("rho >= kappa", f"rho >= kappa = {text(growth)}", rho - growth),
        Number("lambda c <= 1", f"lambda c = {text(limit)} c <= 1, hence lambda eta kappa^n <= 1", 1 - limit * c),
    )
    return Claim("parameters", NETWORK, (), "", Numbers(numbers), "comparisons of constants")


def windows(family):
    """Return the claim that the window of each class holds that of the problem, moved by its shift times ε."""
    numbers = []
    for shift_class in family.classes:
        s, index = shift_class.shift, shift_class.index
        words = f"class {index} has s = {text(s)} and the window {shift_class.lengths[0]} x {shift_class.lengths[1]}"
        numbers.append(Number(f"s >= 0, {index}", words, s))
        sides = zip(AXES, family.problem.size, shift_class.lengths, strict=True)
        numbers += [Number(f"room in {axis}, {index}", words, length - s - side) for axis, side, length in sides]
    given = "The window of a class holds that of the problem, and that of the problem moved by s: "
    return Claim("windows", NETWORK, (), given, Numbers(tuple(numbers)), "comparisons of constants")


def sizes(family):
    """Return the `Sizes` of the networks of a family."""
    return sizes_of(chains(family), nonnegative(family))


def chains(family):
    """Return the networks of a family as `sizes_of` has them."""
    start, stage, last, closing = family.programs.values()
    return (Blocks((Part(start), Part(stage, 1, -1), Part(last), Part(closing))),)


def nonnegative(family):
    """Return the inputs of the closing block, rows and deficiencies, which are ≥ 0 by other facts."""
    return frozenset(family.programs[CLOSING].inlets)
