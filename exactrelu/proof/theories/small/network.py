"""The facts on a family of small as a whole: how its blocks fit, its numbers, its windows, its width and depth."""

from exactrelu.field import mpq, text
from exactrelu.proof.kernel import Claim, Number, Numbers
from exactrelu.proof.levels import Blocks, Part, Sizes, sizes_of
from exactrelu.proof.theories import common
from exactrelu.proof.theories.common import NETWORK
from exactrelu.proof.theories.small.family import CLOSING, STAGE, firsts, growth
from exactrelu.proof.theories.small.start import at, ends_of


def claims(found):
    """Yield the claims on a family as a whole."""
    yield blocks(found)
    yield numbers(found)
    yield starts(found)
    yield windows(found)
    yield slots(found)
    yield disjoint(found)
    yield Claim("levels", NETWORK, (), "", common.levels(sizes(found), networks(found)), common.ONCE)


def blocks(found):
    """Return the claim that what a block gives is what the next one takes."""
    words = (
        "the network for n is B_(n+1) o B_n o ... o B_0, its output divided by eta, for eps = M^-n and kappa = M^n in "
        "each coordinate, and any eta from 0 to B^-n; a block gives what the next one takes: X of each class, "
        "functionals of the rows times eta, and the loops of all coordinates. The blocks have constant weights that do "
        "not depend on n: eps, kappa and eta are values in them"
    )
    before = {own.where: own.program for own in found.starts} | {STAGE: found.stage}
    pairs = {name: (program, found.stage) for name, program in before.items()}
    return common.blocks(words, pairs | {CLOSING: (found.stage, found.closing)})


def numbers(found):
    """Return the claim on the numbers that bound rows."""
    norm = growth(found.problem)
    words = f"B = {text(norm)} >= 1 bounds the growth of entries of p in a stage, so that eta |p_j| <= 1 for all j <= n"
    goals = [Number("B >= 1", words, norm - 1)]
    goals += [Number(f"w > 0, {axis}", f"w = {text(w)} > 0", w) for axis, w in enumerate(found.widths)]
    return Claim("parameters", NETWORK, (), "", Numbers(tuple(goals)), "comparisons of constants")


def starts(found):
    """Return the claim that the starts serve all n, the grids of the classes returning with their period."""
    words = (
        f"every n >= {found.least} has a block B_0; M^m s = s mod 1 for the period m of these blocks and the shift s "
        "of a class"
    )
    given = [(own.first, own.period) for own in found.starts]
    goals = [Number("all n", words, mpq(0 if given == firsts(found) else -1))]
    for number, shift_class in enumerate(found.classes):
        for axis, M in enumerate(found.factors):
            for own in found.starts:
                moved = shift_class.shift[axis] * (M**own.period - 1) % 1
                goals.append(Number(f"returns, {number}, {axis}, {own.first}", words, -moved))
    return Claim("starts", NETWORK, (), "", Numbers(tuple(goals)), "comparisons of constants")


def windows(found):
    """Return the claim that the cells of each class fill the window of the problem."""
    goals = []
    words = (
        "the cells of a class fill the window [0, L_1] x ... x [0, L_d] up to grid lines of level n, its seams"
    )
    for own in found.starts:
        for number, shift_class in enumerate(found.classes):
            for axis, side in enumerate(found.problem.size):
                low, *_, high = found.borders(shift_class, axis, own)
                for end in ends_of(found, own, axis):
                    where = f"{number}, {axis}, {own.first}, {end}"
                    goals.append(Number(f"low, {where}", words, -at(found, axis, low, end)))
                    goals.append(Number(f"high, {where}", words, at(found, axis, high, end) - side))
    return Claim("windows", NETWORK, (), "", Numbers(tuple(goals)), "comparisons of constants")


def slots(found):
    """Return the claim that a class moves on to the slot of M σ mod 1, with a window that holds that of the problem."""
    words = "the grid of a class is moved by M s mod 1 at the next level"
    goals = []
    for number, after in enumerate(found.classes):
        before = found.classes[after.before]
        for axis, (M, side) in enumerate(zip(found.factors, found.problem.size, strict=True)):
            distance = abs(after.shift[axis] - M * before.shift[axis] % 1)
            goals.append(Number(f"moved, {number}, {axis}", words, -distance))
            room = after.lengths[axis] - after.shift[axis] - side
            goals.append(Number(f"room, {number}, {axis}", words, room))
    return Claim("slots", STAGE, (), "", Numbers(tuple(goals)), "comparisons of constants")


def disjoint(found):
    """Return the claim that in each coordinate one class at most has b > 0, and that there are d + 1."""
    words = (
        "r_n of different classes differ by at least 4w mod 1 in a coordinate, so that at most one of them has b > 0; "
        "there are d + 1, so that some class has D = 0 where the loops are those at t"
    )
    return common.disjoint(NETWORK, words, [own.shift for own in found.classes], found.widths)


def networks(found):
    """Return {name: the networks with one start, as `sizes_of` has them}."""
    rest = Part(found.stage, 1, 0), Part(found.closing)
    return {f"levels, {own.first}": (Blocks((Part(own.program), *rest)),) for own in found.starts}


def sizes(found):
    """Return the `Sizes` of the networks of a family: the largest of those with each start."""
    return Sizes(*map(max, zip(*map(sizes_of, networks(found).values()), strict=True)))
