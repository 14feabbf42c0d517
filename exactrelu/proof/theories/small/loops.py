"""The facts on the loops of the coordinates, and on the seams that are read off them."""

from itertools import pairwise

from exactrelu.field import mpq
from exactrelu.network.ports import AXES
from exactrelu.proof.domains import LINE, Domain, point
from exactrelu.proof.forms import combination, constant, key, scaled
from exactrelu.proof.kernel import AtLeast, Case, Claim, Each, Everywhere, Number, Numbers, Same
from exactrelu.proof.theories.small.composition import CLOSING, NETWORK, START, carried_cells, curve_form, inputs

T = key("t")

TWELFTHS = tuple(mpq(k, 12) for k in range(13))

ALONG = "on all pieces of a coordinate, unit by unit"


def claims(found):
    """Yield the claims on loops and seams."""
    for axis in (0, 1):
        yield from start(found, axis)
        for name, j in found.stages:
            yield doubling(found, name, j, axis)
        for number in range(len(found.levels[-1].classes)):
            yield seams(found, number, axis)
    for number in range(len(found.levels[-1].classes)):
        yield deficiency(found, number)
    yield disjoint(found)


def along(level, axis):
    """Return {name: values} of the curves of a coordinate."""
    return {name: values for name, (own, values) in level.curves.items() if own == axis}


def intervals(found, axis):
    """Return the intervals (low, high), apart and in order, that the cells of all classes make up where any is carried.

    On these the loops have to be right.
    """
    sides = []
    for shift_class in found.levels[0].classes:
        borders = found.borders(shift_class, axis)
        sides += [(borders[a], borders[a + 1]) for a in carried_cells(shift_class, axis)]
    joined = []
    for low, high in sorted(sides):
        if joined and low <= joined[-1][1]:
            low, high = joined[-1][0], max(high, joined.pop()[1])
        joined.append((low, high))
    return joined


def start_pieces(found, axis):
    """Return (low, high, where the loops are): None for t itself, the last place for δ beyond an interval."""
    pieces = []
    for low, high in intervals(found, axis):
        inner = [mpq(k, 6) for k in range(int(6 * low // 1) + 1, int(-(-6 * high // 1)))]
        pieces += [(*ends, None) for ends in pairwise([low, *inner, high])]
        pieces.append((high, high + found.delta, high))
    return pieces


def start(found, axis):
    """Yield the claims that the loops are at t, on the cells of the classes, and keep their value on δ beyond these."""
    program = found.programs[0]
    words = "loops are those at t on all cells that a class carries, and for d = w/2^n beyond these where they end"
    for number, (low, high, place) in enumerate(start_pieces(found, axis)):
        goals = []
        for name, values in along(found.levels[0], axis).items():
            t, middle = (T, (low + high) / 2) if place is None else (constant(place), place)
            form = curve_form(values, t, middle)
            goals.append(Same(name, words, program.outlets[name], form))
        env = {axis: combination([(T, 1)], found.corner[axis])}
        judgement = Everywhere(program, Domain([point(t=low), point(t=high)]), env, (Case((), {}, tuple(goals)),))
        yield Claim("loops", START, (AXES[axis], number), "", judgement, ALONG)


def doubling(found, name, j, axis):
    """Return the claim that stage j leads loops from t to 2t."""
    program, nodes = found.programs[j], inputs(found.programs[j])
    words = "loops at t become those at 2t, for all t in [0, 1]"
    before, after = (along(found.levels[k], axis) for k in (j - 1, j))
    judgements = []
    for piece, (low, high) in enumerate(pairwise(TWELFTHS)):
        middle = (low + high) / 2
        env = {nodes[own]: curve_form(values, T, middle) for own, values in before.items()}
        goals = tuple(
            Same(f"{own}, {piece}", words, program.outlets[own], curve_form(values, scaled(T, 2), 2 * middle))
            for own, values in after.items()
        )
        judgements.append(Everywhere(program, Domain([point(t=low), point(t=high)]), env, (Case((), {}, goals),)))
    return Claim("loops", name, (AXES[axis],), "", Each(tuple(judgements)), ALONG)


def seams(found, number, axis):
    """Return the claim on a summand of a seam deficiency: at least 1 next to the seam, 0 far from it."""
    program, width, level = found.programs[-1], found.width, found.levels[-1]
    nodes, shift = inputs(program), level.classes[number].shift[axis]
    node = found.node(-1, f"s{number}/seam/{axis}")
    near_words = "the summands b of the seam deficiency are >= 1 where r_n is in [0, w] u [1 - w, 1]"
    judgements = []
    ends = sorted({*TWELFTHS, width, 2 * width, 1 - width, 1 - 2 * width})
    for low, high in pairwise(ends):
        middle = (low + high) / 2 - shift
        t = combination([(T, 1)], -shift)
        env = {nodes[own]: curve_form(values, t, middle) for own, values in along(level, axis).items()}
        goals = ()
        if high <= width or low >= 1 - width:
            goals = AtLeast(f"b >= 1, {low}", near_words, ((node, mpq(1)),), constant(-1)),
        elif low >= 2 * width and high <= 1 - 2 * width:
            goals = Same(f"b = 0, {low}", "b = 0 where r_n is in [2w, 1 - 2w]", node, {}),
        if goals:
            judgements.append(Everywhere(program, Domain([point(t=low), point(t=high)]), env, (Case((), {}, goals),)))
    return Claim("seams", CLOSING, (number, AXES[axis]), "", Each(tuple(judgements)), "on pieces of r_n, unit by unit")


def deficiency(found, number):
    """Return the claim that a seam deficiency is the sum of its summands, and these are ≥ 0 for any loops."""
    program = found.programs[-1]
    parts = [found.node(-1, f"s{number}/seam/{axis}") for axis in (0, 1)]
    domain = Domain([point()], [((name,), LINE, None) for name in program.inlets])
    env = {place: key(name) for name, place in inputs(program).items()}
    words = "they are >= 0 for any values of the loops"
    goals = tuple(AtLeast(f"b >= 0, {axis}", words, ((node, mpq(1)),), {}) for axis, node in enumerate(parts))
    bounded = Everywhere(program, domain, env, (Case((), {}, goals),), has_symbols=True)
    known = {node: key(f"b{axis}") for axis, node in enumerate(parts)}
    sum_goal = Same(
        "sum", "the seam deficiency of a class is D = b(r_n(x)) + b(r_n(y))", found.node(-1, f"s{number}/seam"),
        combination([(form, 1) for form in known.values()]),
    )
    summed = Everywhere(program, Domain([point(b0=0, b1=0)]), known, (Case((), {}, (sum_goal,)),))
    return Claim("deficiency", CLOSING, (number,), "", Each((bounded, summed)), "as forms in undecided units")


def disjoint(found):
    """Return the claim that in each coordinate one class at most has b > 0, and that there are three."""
    words = (
        "r_n of different classes differ by at least 4w mod 1 in a coordinate, so that at most one of them has b > 0; "
        "there are three, so that some class has D = 0 where the loops are those at t"
    )
    numbers = [Number("three", words, mpq(len(found.levels[-1].classes) - 3))]
    for axis in (0, 1):
        places = sorted(-shift_class.shift[axis] % 1 for shift_class in found.levels[-1].classes)
        gaps = [after - before for before, after in pairwise([*places, places[0] + 1])]
        numbers += [Number(f"apart, {axis}, {k}", words, gap - 4 * found.width) for k, gap in enumerate(gaps)]
    return Claim("disjoint", NETWORK, (), "", Numbers(tuple(numbers)), "shifts mod 1, exactly")
