"""Facts that several theories need, each stated once, and the loops that they read: functions of period 1 of t."""

from itertools import pairwise

from exactrelu.field import mpq
from exactrelu.proof.domains import HALF_LINE, LINE, SIGNED_UNIT, Domain, Shape, point
from exactrelu.proof.forms import combination, constant, key, minus, scaled
from exactrelu.proof.kernel import AtLeast, Case, Claim, Each, Everywhere, Listed, Number, Numbers, Same, Unproved
from exactrelu.proof.levels import Levels

NETWORK = "network"
"""How what is not said of one block is called."""

T = key("t")

HALF, THIRD = mpq(1, 2), mpq(1, 3)

E = (0, 1, 1), (0, 1, 0)
"""The values of both coordinates of E at 0, 1/3, 2/3: a triangle that controllers run along."""


def inputs(program):
    """Return {name: node} of the inputs of a program, parameters included."""
    return {name: place for place, name in enumerate((*program.inlets, *program.parameters))}


def named_node(program, name, where):
    """Return the node of a program that is called so, an input, parameter, or mark; raises `Unproved` without it."""
    for nodes in (inputs(program), program.marks):
        if name in nodes:
            return nodes[name]
    raise Unproved(where, f"there is no value {name}")


def between(low, high):
    """Return the forms that are ≥ 0 where low ≤ t ≤ high; None stands for no bound."""
    return (*([] if low is None else [minus(T, low)]), *([] if high is None else [minus(high, T)]))


def curve_value(values, place):
    """Return the function of period 1 with these values at the parts, affine between them, at a place."""
    return curve_form(values, constant(place), place).get(None, mpq(0))


def curve_form(values, t, place):
    """Return the same as a form at ``t``, a form that is ``place`` somewhere between two parts."""
    N = len(values)
    part = int(N * place // 1)
    first, second = values[part % N], values[(part + 1) % N]
    slope = N * (second - first)
    return combination([(t, slope)], first - slope * mpq(part, N))


def loop_form(t, place):
    """Return E(t) as forms (p, q), ``t`` being a form that is ``place`` somewhere on its piece."""
    return tuple(curve_form(values, t, place) for values in E)


def loop_goals(words, nodes, forms):
    """Return the goals that a controller, its nodes (p, q), is at a point given by forms."""
    return tuple(Same(name, words, node, form) for name, node, form in zip("pq", nodes, forms, strict=True))


def loop_cases(words, nodes, ends, factor, before=()):
    """Return (cases, cuts): a controller is at E(``factor`` · t) for t between ``ends``, integers.

    If there are nodes ``before``, they are at E(t).
    """
    low, high = ends
    knots = [low + mpq(k, 3 * factor) for k in range(3 * factor * (high - low) + 1)]
    cases = []
    for start, end in pairwise(knots):
        middle = (start + end) / 2
        env = dict(zip(before, loop_form(T, middle), strict=False))
        goals = loop_goals(words, nodes, loop_form(scaled(T, factor), factor * middle))
        cases.append(Case(between(constant(start), constant(end)), env, goals))
    return cases, tuple(minus(T, constant(knot)) for knot in knots)


def outside(ends, goals):
    """Return the cases of t that is not between ``ends``, with the same goals."""
    low, high = map(constant, ends)
    return [Case(between(None, low), {}, goals), Case(between(high, None), {}, goals)]


def doubling(program, before, after, words):
    """Return the judgement that a controller, its nodes (p, q), is led from E(t) to E(2t mod 1)."""
    cases, cuts = loop_cases(words, after, (0, 1), 2, before)
    return Everywhere(program, Domain([point(t=0), point(t=1)]), {}, tuple(cases), cuts)


def range_goals(words, node, most, top="1", what=""):
    """Return the goals that a value, called ``words``, is ≥ 0 and at most a form, called ``top``.

    They are named "low" and "high", and ``what`` of several values it is.
    """
    return (
        AtLeast(f"low{what}", f"{words} >= 0", ((node, mpq(1)),), {}),
        AtLeast(f"high{what}", f"{words} <= {top}", ((node, mpq(-1)),), most),
    )


def blocks(words, pairs):
    """Return the claim that what a block gives is what the next one takes, for ``pairs`` {name: (before, after)}."""
    judgements = []
    for name, (before, after) in pairs.items():
        given, taken = tuple(before.outlets), after.inlets
        judgements.append(Listed(f"{name}, given", words, frozenset(given), taken, ()))
        judgements.append(Listed(f"{name}, taken", words, frozenset(taken), given, ()))
    return Claim("blocks", NETWORK, (), "", Each(tuple(judgements)), "names of the values between blocks")


def block_goals(names):
    """Return the names of the goals of `blocks`."""
    return [f"{name}, {way}" for name in names for way in ("given", "taken")]


ONCE = "units of each block on levels, counted once; of a block only what the next one needs"


def levels(sizes, networks, nonnegative=frozenset()):
    """Return the judgement that ``networks`` {name of the goal: `Blocks` that are added up} have these `Sizes`."""
    words = f"the layered form of the network has at most the width {sizes.width} and the depth {sizes.depth}"
    return Each(tuple(Levels(name, words, chains, nonnegative, sizes) for name, chains in networks.items()))


def disjoint(where, words, shifts, widths):
    """Return the claim that there is a class more than coordinates, and r_n of different ones are 4w apart mod 1.

    ``shifts`` are those of each class, ``widths`` the w, in the coordinates.
    """
    goals = [Number("classes", words, mpq(len(shifts) - len(widths) - 1))]
    for axis, (width, own) in enumerate(zip(widths, zip(*shifts, strict=True), strict=True)):
        places = sorted(-shift % 1 for shift in own)
        gaps = [after - before for before, after in pairwise([*places, places[0] + 1])]
        goals += [Number(f"apart, {axis}, {k}", words, gap - 4 * width) for k, gap in enumerate(gaps)]
    return Claim("disjoint", where, (), "", Numbers(tuple(goals)), "shifts mod 1, exactly")


def disjoint_goals(axes, classes):
    """Return the names of the goals of `disjoint`."""
    return ["classes", *(f"apart, {axis}, {k}" for axis in axes for k in classes)]


SUMMANDS = "the summands b(r_n) of the seam deficiency are"


def seam_pieces(width, parts):
    """Return [(low, high, kind)] on which loops of so many ``parts``, and seam deficiencies, are affine, in [0, 1].

    The kind is "b >= 1" next to the seam, "b = 0" far from it, and "" between.
    """
    near = {mpq(0), width, 2 * width}
    ends = sorted(near | {1 - t for t in near} | {mpq(k, parts) for k in range(parts)})

    def kind(low, high):
        if high <= width or low >= 1 - width:
            return "b >= 1"
        return "b = 0" if low >= 2 * width and high <= 1 - 2 * width else ""

    return [(low, high, kind(low, high)) for low, high in pairwise(ends)]


def seam_goals(width, parts):
    """Return the names of the goals of `seams`."""
    return [f"{kind}, {low}" for low, _, kind in seam_pieces(width, parts) if kind]


def seams(where, case, program, node, curves, always, width, parts):
    """Return the claim on a summand b of a seam deficiency: ≥ 1 next to the seam, 0 far from it.

    ``curves(place)`` are the forms {node: form} of the loops where r_n = t, on the piece where ``place`` is; of b the
    goals ``always`` are claimed as well.
    """
    goals = {
        "b >= 1": AtLeast("", f"{SUMMANDS} >= 1 for r_n in [0, w] u [1 - w, 1]", ((node, mpq(1)),), constant(-1)),
        "b = 0": Same("", "b(r_n) = 0 for r_n in [2w, 1 - 2w]", node, {}),
    }
    judgements = []
    for low, high, kind in seam_pieces(width, parts):
        own = (*([goals[kind]._replace(name=f"{kind}, {low}")] if kind else []), *always)
        if own:
            domain = Domain([point(t=low), point(t=high)])
            judgements.append(Everywhere(program, domain, curves((low + high) / 2), (Case((), {}, own),)))
    return Claim("seams", where, case, "", Each(tuple(judgements)), "on pieces of r_n, unit by unit")


def deficiency(where, case, program, summands, total, words, more=()):
    """Return the claim that the seam deficiency ``total`` is the sum of its ``summands``, nodes; ``more`` judgements.
    """
    known = {node: key(f"b{axis}") for axis, node in enumerate(summands)}
    goal = Same("sum", words, total, combination([(form, 1) for form in known.values()]))
    summed = Everywhere(program, Domain([point()]), known, (Case((), {}, (goal,)),))
    check = "as forms in undecided units" if more else "as a form in its summands"
    return Claim("deficiency", where, case, "", Each((*more, summed)), check)


def for_any_inputs(program, goals):
    """Return the judgement that goals hold for all values of the inputs of a program without parameters."""
    domain = Domain([point()], [((name,), LINE, None) for name in program.inlets])
    env = {place: key(name) for name, place in inputs(program).items()}
    return Everywhere(program, domain, env, (Case((), {}, tuple(goals)),), has_symbols=True)


BAD = Shape([(1,)], [(1,)])
"""The deficiency of a bad class: all numbers ≥ 1."""


def gates(where, program, output, classes, goods, bound=1, factor=1):
    """Return the claim on the ``output`` if the classes in ``goods`` are good (y = V) and the others have D ≥ 1.

    ``classes`` are pairs of nodes (y, D), y being None for a constant; |y| and |V| are at most ``bound``, and the
    output is ``factor`` · V. If all y are constants, the output is claimed for V = 0 only.
    """
    good = [own for own, is_good in zip(classes, goods, strict=True) if is_good]
    has_values = any(y is not None for y, _ in classes)
    judgements = []
    for opened in (None, *(good if has_values else [])):
        value = {} if opened is None else key("V")
        domain, env = Domain([point()]), {}
        domain.add(("V",), SIGNED_UNIT, constant(bound))
        for index, (own, is_good) in enumerate(zip(classes, goods, strict=True)):
            y, D = own
            domain.add((f"y{index}",), SIGNED_UNIT, constant(bound))
            domain.add((f"D{index}",), HALF_LINE if is_good else BAD)
            env[D] = {} if own is opened else key(f"D{index}")
            if y is not None:
                # what is None is the constant that it is
                env[y] = value if is_good else key(f"y{index}")
        words = (
            "the output is 0 where V = 0" if opened is None
            else "the output is V where some good class has D = 0, all |y| and |V| being bounded"
        )
        name = "zero" if opened is None else f"open, {classes.index(opened)}"
        goal = Same(name, words, output, scaled(value, factor))
        judgements.append(Everywhere(program, domain, env, (Case((), {}, (goal,)),), has_symbols=True))
    given = "Let each class be good (y = V) or have D >= 1: "
    check = "as forms in y, V, D and undecided units, which cancel"
    return Claim("gates", where, goods, given, Each(tuple(judgements)), check)


def gate_goals(goods, has_values):
    """Return the names of the goals of `gates`."""
    return ["zero", *(f"open, {k}" for k, is_good in enumerate(goods) if is_good and has_values)]
