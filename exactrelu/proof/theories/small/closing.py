"""The facts on the closing block: what is read off the functionals, and how the seam gates put it together."""

from itertools import combinations, product
from operator import mul

from exactrelu.cpwl.polytope import at, box_polytope, overlaid
from exactrelu.field import mpq
from exactrelu.network.dag import Affine
from exactrelu.proof.domains import LINE, UNIT, Domain, Shape, SignedRows, point
from exactrelu.proof.forms import combination, constant, key
from exactrelu.proof.kernel import AtLeast, Case, Claim, Each, Everywhere, Same
from exactrelu.proof.theories.common import for_any_inputs, gates, inputs, named_node
from exactrelu.proof.theories.small.family import CLOSING, on_rows, states
from exactrelu.proof.theories.small.stages import cube


def claims(found):
    """Yield the claims on the closing block."""
    for number, readings in enumerate(found.readings):
        if found.passed[number]:
            yield passing(found, number)
        for k, reading in enumerate(readings):
            yield shape(found, number, k) if reading.forms else affine(found, number, k)
        yield value(found, number)
        yield limit(found, number)
        yield nothing(found, number)
    numbers = range(len(found.readings))
    classes = [(value_node(found, k), named_node(found.closing, f"s{k}/seam", CLOSING)) for k in numbers]
    (output,) = found.closing.outlets.values()
    for goods in product((True, False), repeat=len(classes)):
        yield gates(CLOSING, found.closing, output, classes, goods, found.limit)


def value_node(found, number):
    """Return the node of what is read of a class, None if that is nothing."""
    return found.closing.marks.get(f"s{number}/value")


def read_of(found, number):
    """Return the closing program and the node of what is read of a class, a constant 0 if that is nothing."""
    program, node = found.closing, value_node(found, number)
    return summed(program, ()) if node is None else (program, node)


def given_rows(found, number, values=None):
    """Return {node: form} of the functionals that a class carries, of rows with some ``values``."""
    nodes, shift_class = inputs(found.closing), found.classes[number]
    return {
        nodes[name]: on_rows(functional, values)
        for name, functional in zip(states(number, shift_class), shift_class.functionals, strict=True)
    }


def passed_rows(found, number, values=None):
    """Return {node: form} of the units that pass functionals on, as claimed by `passing`."""
    return {
        unit: combination([(on_rows(functional, values), 1)], height)
        for unit, (functional, height) in found.passed[number].items()
    }


def rows_domain(found, number, corners):
    """Return the domain of rows with |p| ≤ 1 and (u, v) in a polygon."""
    domain = Domain([point()])
    domain.add(found.rows_of(found.classes[number]), corners)
    return domain


GIVEN = "Let X be the functionals of rows (p, pu) with |p| <= 1 and u in [0, 1]^d: "


def passing(found, number):
    """Return the claim that the units that pass functionals on have these values, plus a height."""
    words = "functionals that are read in a later layer are passed on, a constant added"
    goals = tuple(
        Same(f"passed, {unit}", words, unit, form) for unit, form in passed_rows(found, number).items()
    )
    domain = rows_domain(found, number, cube(found))
    judgement = Everywhere(found.closing, domain, given_rows(found, number), (Case((), {}, goals),))
    return Claim("passing", CLOSING, (number,), GIVEN, judgement, "as forms in rows, unit by unit")


def summed(program, terms):
    """Return a program with one more node, Σ height · unit over the ``terms``, and that node."""
    node = Affine(tuple((unit, height) for unit, height in terms), mpq(0))
    return program._replace(nodes=(*program.nodes, node)), program.inputs + len(program.nodes)


def affine(found, number, k):
    """Return the claim that the terms of the affine part add up to its functional."""
    reading = found.readings[number][k]
    program, node = summed(found.closing, reading.terms)
    words = "the affine parts of the seed on the cells are read as the functional that they are"
    goal = Same("sum", words, node, on_rows(reading.row))
    env = given_rows(found, number) | passed_rows(found, number)
    domain = rows_domain(found, number, cube(found))
    judgement = Everywhere(program, domain, env, (Case((), {}, (goal,)),), has_symbols=True)
    return Claim("part", CLOSING, (number, k), GIVEN, judgement, "as forms in rows and one unit, which cancels")


def shape(found, number, k):
    """Return the claim that the terms of a shape w add up to π w(u), π = Σ κ_β p_β having either sign."""
    reading, shift_class = found.readings[number][k], found.classes[number]
    program, node = summed(found.closing, reading.terms)
    values = by_weighted_sum(reading.weights, len(found.axes))
    env = given_rows(found, number, values) | passed_rows(found, number, values)
    most = sum(map(abs, reading.weights.values()))
    words = "kinks and tents w of the seed are read as pi w(u), pi = sum of kappa_b p_b"
    judgements = []
    pivot = next(iter(reading.weights))
    others = [name for name in found.rows_of(shift_class) if name[1] != pivot]
    for place, (part, sign) in enumerate(product(shape_pieces(reading.forms), signs_of(found, reading))):
        domain = Domain([point()], [((name,), LINE, None) for name in others])
        corners = [tuple(sign * most * entry for entry in (1, *corner)) for corner in part.vertices]
        domain.add(range(1 + len(found.axes)), Shape([(mpq(0),) * (1 + len(found.axes)), *corners]))
        form = combination([(key(k), entry) for k, entry in enumerate(rotated(shape_on(reading.forms, part)))])
        goals = Same(f"sum, {place}", words, node, form),
        judgements.append(Everywhere(program, domain, env, (Case((), {}, goals),)))
    check = "as forms in pi and pi u on pieces of the unit cube, for either sign of pi"
    return Claim("part", CLOSING, (number, k), GIVEN, Each(tuple(judgements)), check)


def by_weighted_sum(weights, dimension):
    """Return {key of a row: form}: one row by π = Σ κ_β p_β and πu, whose keys are 0, 1, …, d, and all others."""
    (pivot, own), *rest = weights.items()
    return {
        (k, pivot): combination([(key(k), 1 / own), *((key((k, place)), -weight / own) for place, weight in rest)])
        for k in range(1 + dimension)
    }


def signs_of(found, reading):
    """Return the signs that Σ κ_β p_β may have: p ≥ 0 if no weight of the mask is negative."""
    if any(weight < 0 for entries in found.problem.mask.entries for _, _, weight in entries):
        return (1, -1)
    return tuple(sign for sign in (1, -1) if any(sign * weight > 0 for weight in reading.weights.values()))


def rotated(form):
    """Return (c, a_1, …, a_d) for a form (a_1, …, a_d, c)."""
    return (form[-1], *form[:-1])


def planes_of(forms):
    """Return the forms that vanish where max(0, min of the forms), or one of these, changes its sign or its kind."""
    differences = [tuple(p - q for p, q in zip(a, b, strict=True)) for a, b in combinations(forms, 2)]
    return [plane for plane in (*forms, *differences) if any(plane[:-1])]


def arrangement(polytopes, forms):
    """Return the parts of polytopes on both sides of all hyperplanes on which forms vanish."""
    for form in forms:
        polytopes = [part for polytope in polytopes for part in polytope.split(form) if part is not None]
    return polytopes


def unit_cube(dimension):
    """Return the `Polytope` [0, 1]^d."""
    return box_polytope(((0, 1),) * dimension)


def shape_pieces(forms):
    """Return polytopes that fill the unit cube, on each of which a shape and its terms are affine."""
    return arrangement([unit_cube(len(forms[0]) - 1)], planes_of(forms))


def shape_on(forms, part):
    """Return max(0, min of the forms) on a polytope where it is affine, as a form."""
    centre = *part.interior_point(), 1
    least = min(forms, key=lambda form: at(form, centre))
    return least if at(least, centre) > 0 else (mpq(0),) * len(least)


def value_pieces(found, number):
    """Return [(polytope, {place: form})]: the seed on the cells of a class, where all shapes are affine, too."""
    planes = list(dict.fromkeys(plane for reading in found.readings[number] for plane in planes_of(reading.forms)))
    return [
        (part, forms) for polytope, forms in on_cells(found, found.classes[number])
        for part in arrangement([polytope], planes)
    ]


def on_cells(found, shift_class):
    """Return [(polytope, {place: form})], polytopes that fill the unit cube, the functions g(β + u − σ) on them.

    What is 0 is left out.
    """
    size, places = 1 + len(found.axes), product(*map(range, shift_class.lengths))
    starts = {place: size * k for k, place in enumerate(product(places, range(found.problem.components)))}
    zero = (mpq(0),) * (size * len(starts))
    parts = [(unit_cube(len(found.axes)), zero)]
    for piece in found.problem.seed.pieces:
        ranges = []
        for (low, high), s, length in zip(piece.box, shift_class.shift, shift_class.lengths, strict=True):
            first, last = (low + s) // 1, -(-(high + s) // 1)
            ranges.append(range(max(0, int(first)), min(length, int(last))))
        for cell in product(*ranges):
            moved = *(beta - s for beta, s in zip(cell, shift_class.shift, strict=True)), 1
            facets, own = [(*form[:-1], at(form, moved)) for form in piece.forms], list(zero)
            for component, heights in enumerate(zip(*piece.values, strict=True)):
                start = starts[cell, component]
                own[start : start + size] = (sum(map(mul, heights, side)) for side in zip(*facets, strict=True))
            parts = overlaid(parts, facets, own)
    return [
        (part, {place: form for place, k in starts.items() if any(form := forms[k : k + size])})
        for part, forms in parts
    ]


def value(found, number):
    """Return the claim that y = Σ p_β g_β(u), the units being what the facts on parts say."""
    readings = found.readings[number]
    program, node = read_of(found, number)
    words = "y is the sum of p_b g_b(u) over the places b, for all u in [0, 1]^d"
    judgements = []
    for part, forms in value_pieces(found, number):
        wanted = combination([(on_place(place, form), 1) for place, form in forms.items()])
        domain = rows_domain(found, number, SignedRows(part.vertices))
        sums = []
        for reading in readings:
            form = on_rows(reading.row)
            if reading.forms:
                w = shape_on(reading.forms, part)
                form = combination([(on_place(place, w), kappa) for place, kappa in reading.weights.items()])
            sums.append((reading.terms, form))
        env = units_by_sums(sums)
        for unit in env:
            domain.add((("unit", unit),), UNIT)
        goal = Same(f"value, {len(judgements)}", words, node, wanted)
        judgements.append(Everywhere(program, domain, env, (Case((), {}, (goal,)),)))
    check = "as forms in rows on pieces of the unit cube, whatever the signs of p"
    return Claim("value", CLOSING, (number,), GIVEN, Each(tuple(judgements)), check)


def on_place(place, form):
    """Return p times an affine form of u for the row (p, pu) of a place."""
    return combination([(key((k, place)), entry) for k, entry in enumerate(rotated(form))])


def units_by_sums(sums):
    """Return {unit: form} of the units of readings from pairs (terms, form): Σ height · unit is the form.

    A unit that these equations leave open is a key, and the others are forms in such keys: they may share units.
    """
    env = {unit: key(("unit", unit)) for terms, _ in sums for unit, _ in terms}
    for terms, form in sums:
        rest = combination([(form, -1), *((env[unit], height) for unit, height in terms)])
        name = next((name for name in rest if name is not None and name[0] == "unit"), None)
        if name is not None:
            solved = {own: entry / -rest[name] for own, entry in rest.items() if own != name}
            env = {
                unit: combination([({own: e for own, e in old.items() if own != name}, 1), (solved, old.get(name, 0))])
                for unit, old in env.items()
            }
    return env


def limit(found, number):
    """Return the claim that |y| ≤ the limit for all values of the inputs."""
    program = found.closing
    node = value_node(found, number)
    judgements, units = [], {}
    words = "every term of a reading is in [0, 1], and |y| <= Y, for any X"
    for reading in found.readings[number]:
        for unit, _ in reading.terms:
            goals = (
                AtLeast(f"low, {unit}", words, ((unit, mpq(1)),), {}),
                AtLeast(f"high, {unit}", words, ((unit, mpq(-1)),), constant(1)),
            )
            judgements.append(for_any_inputs(program, goals))
            units[unit] = key(("unit", unit))
    if node is not None:
        domain = Domain([point()], [((("unit", unit),), UNIT, None) for unit in units])
        goals = (
            AtLeast("y low", words, ((node, mpq(1)),), constant(found.limit)),
            AtLeast("y high", words, ((node, mpq(-1)),), constant(found.limit)),
        )
        judgements.append(Everywhere(program, domain, units, (Case((), {}, goals),)))
    check = "every unit between 0 and the largest value of its argument"
    return Claim("limit", CLOSING, (number,), "", Each(tuple(judgements)), check)


def nothing(found, number):
    """Return the claim that nothing is read of X = 0."""
    program, node = read_of(found, number)
    names, nodes = states(number, found.classes[number]), inputs(program)
    goal = Same("zero", "y = 0 is read of X = 0", node, {})
    judgement = Everywhere(program, Domain([point()]), {nodes[name]: {} for name in names}, (Case((), {}, (goal,)),))
    return Claim("nothing", CLOSING, (number,), "", judgement, "unit by unit")
