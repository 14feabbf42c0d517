"""The facts on the closing block: what is read off the functionals, and how the seam gates put it together."""

from itertools import product

from exactrelu.cpwl.polygon import affine_at, box, coordinates
from exactrelu.field import mpq
from exactrelu.network.dag import Affine
from exactrelu.proof.domains import LINE, UNIT, Domain, Shape, SignedRows, point
from exactrelu.proof.forms import combination, constant, key
from exactrelu.proof.kernel import AtLeast, Case, Claim, Each, Everywhere, Same
from exactrelu.proof.theories.seam_gates import gates
from exactrelu.proof.theories.small.composition import CLOSING, ROW, inputs, mesh_of, on_rows, row_keys, states
from exactrelu.proof.theories.small.stages import SQUARE


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
    classes = [
        (value_node(found, number), found.node(-1, f"s{number}/seam")) for number in range(len(found.readings))
    ]
    (output,) = found.programs[-1].outlets.values()
    for goods in product((True, False), repeat=len(classes)):
        yield gates(CLOSING, found.programs[-1], output, classes, goods, found.limit, found.height)


def value_node(found, number):
    """Return the node of what is read of a class, None if that is nothing."""
    return found.programs[-1].marks.get(f"s{number}/value")


def read_of(found, number):
    """Return the closing program and the node of what is read of a class, a constant 0 if that is nothing."""
    program, node = found.programs[-1], value_node(found, number)
    return summed(program, ()) if node is None else (program, node)


def given_rows(found, number, values=None):
    """Return {node: form} of the functionals that a class carries, of rows with some ``values``."""
    nodes, shift_class = inputs(found.programs[-1]), found.levels[-1].classes[number]
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
    domain.add(row_keys(found.levels[-1].classes[number]), corners)
    return domain


GIVEN = "Let X be the functionals of rows (p, pu, pv) with |p| <= 1 and (u, v) in [0, 1]^2: "


def passing(found, number):
    """Return the claim that the units that pass functionals on have these values, plus a height."""
    words = "functionals that are read in a later layer are passed on, a constant added"
    goals = tuple(
        Same(f"passed, {unit}", words, unit, form) for unit, form in passed_rows(found, number).items()
    )
    domain = rows_domain(found, number, SQUARE)
    judgement = Everywhere(found.programs[-1], domain, given_rows(found, number), (Case((), {}, goals),))
    return Claim("passing", CLOSING, (number,), GIVEN, judgement, "as forms in rows, unit by unit")


def summed(program, terms):
    """Return a program with one more node, Σ height · unit over the ``terms``, and that node."""
    node = Affine(tuple((unit, height) for unit, height in terms), mpq(0))
    return program._replace(nodes=(*program.nodes, node)), program.inputs + len(program.nodes)


def affine(found, number, k):
    """Return the claim that the terms of the affine part add up to its functional."""
    reading = found.readings[number][k]
    program, node = summed(found.programs[-1], reading.terms)
    words = "the affine parts of the seed on the cells are read as the functional that they are"
    goal = Same("sum", words, node, on_rows(reading.row))
    env = given_rows(found, number) | passed_rows(found, number)
    domain = rows_domain(found, number, SQUARE)
    judgement = Everywhere(program, domain, env, (Case((), {}, (goal,)),), has_symbols=True)
    return Claim("part", CLOSING, (number, k), GIVEN, judgement, "as forms in rows and one unit, which cancels")


def shape(found, number, k):
    """Return the claim that the terms of a shape w add up to π w(u, v), π = Σ κ_β p_β having either sign."""
    reading, shift_class = found.readings[number][k], found.levels[-1].classes[number]
    program, node = summed(found.programs[-1], reading.terms)
    values = by_weighted_sum(reading.weights)
    env = given_rows(found, number, values) | passed_rows(found, number, values)
    most = sum(map(abs, reading.weights.values()))
    words = "kinks and tents w of the seed are read as pi w(u, v), pi = sum of kappa_b p_b"
    judgements = []
    others = [name for name in row_keys(shift_class) if name[1] != next(iter(reading.weights))]
    for place, (polygon, sign) in enumerate(product(shape_pieces(reading.forms), signs_of(found, reading))):
        corners = [coordinates(vertex) for vertex in polygon.vertices]
        domain = Domain([point()], [((name,), LINE, None) for name in others])
        domain.add(ROW, Shape([(mpq(0),) * 3, *((sign * most, sign * most * u, sign * most * v) for u, v in corners)]))
        form = on_pi(shape_on(reading.forms, polygon))
        goals = Same(f"sum, {place}", words, node, form),
        judgements.append(Everywhere(program, domain, env, (Case((), {}, goals),)))
    check = "as forms in pi, pi u, pi v on pieces of the unit square, for either sign of pi"
    return Claim("part", CLOSING, (number, k), GIVEN, Each(tuple(judgements)), check)


def by_weighted_sum(weights):
    """Return {key of a row: form}: one row by π = Σ κ_β p_β, πu, πv, whose keys are those of `ROW`, and all others."""
    (pivot, own), *rest = weights.items()
    return {
        (kind, pivot): combination(
            [(key(kind), 1 / own), *((key((kind, cell)), -weight / own) for cell, weight in rest)]
        ) for kind in ROW
    }


def signs_of(found, reading):
    """Return the signs that Σ κ_β p_β may have: p ≥ 0 if no weight of the mask is negative."""
    if any(weight < 0 for weight in found.problem.mask.values()):
        return (1, -1)
    return tuple(sign for sign in (1, -1) if any(sign * weight > 0 for weight in reading.weights.values()))


def on_pi(form):
    """Return π times an affine form of (u, v)."""
    return combination([(key("pu"), form[0]), (key("pv"), form[1]), (key("p"), form[2])])


def lines_of(forms):
    """Return the lines along which max(0, min of the forms), or one of the forms, changes its sign or its kind."""
    differences = [tuple(p - q for p, q in zip(a, b, strict=True)) for a, b in zip(forms, forms[1:], strict=False)]
    return [line for line in (*forms, *differences) if any(line[:2])]


def cut(polygons, lines):
    """Return the parts of polygons on both sides of all lines."""
    for line in lines:
        polygons = [part for polygon in polygons for part in polygon.split(line) if part is not None]
    return polygons


def shape_pieces(forms):
    """Return polygons that fill the unit square, on each of which a shape and its terms are affine."""
    return cut([box(0, 1, 0, 1)], lines_of(forms))


def shape_on(forms, polygon):
    """Return max(0, min of the forms) on one of the `shape_pieces`, as a form."""
    inside = polygon.interior_point()
    least = min(forms, key=lambda form: affine_at(form, *inside))
    return least if affine_at(least, *inside) > 0 else (mpq(0),) * 3


def value(found, number):
    """Return the claim that y = Σ p_β g_β(u, v), the units being what the facts on parts say."""
    readings, shift_class = found.readings[number], found.levels[-1].classes[number]
    program, node = read_of(found, number)
    words = "y is the sum of p_b g_b(u, v) over the cells b, for all (u, v) in [0, 1]^2"
    lines = [line for reading in readings for line in lines_of(reading.forms)]
    judgements = []
    for polygon, forms in mesh_of(found.problem, shift_class):
        for part in cut([polygon], lines):
            wanted = combination([
                (key((kind, cell)), weight)
                for cell, form in forms.items() for kind, weight in zip(ROW, (form[2], *form[:2]), strict=True)
            ])
            domain = rows_domain(found, number, SignedRows(coordinates(vertex) for vertex in part.vertices))
            sums = []
            for reading in readings:
                form = on_rows(reading.row)
                if reading.forms:
                    w = shape_on(reading.forms, part)
                    form = combination([
                        (key((kind, cell)), kappa * entry)
                        for cell, kappa in reading.weights.items()
                        for kind, entry in zip(ROW, (w[2], *w[:2]), strict=True)
                    ])
                sums.append((reading.terms, form))
            env = units_by_sums(sums)
            for unit in env:
                domain.add((("unit", unit),), UNIT)
            goal = Same(f"value, {len(judgements)}", words, node, wanted)
            judgements.append(Everywhere(program, domain, env, (Case((), {}, (goal,)),)))
    check = "as forms in rows on pieces of the unit square, whatever the signs of p"
    return Claim("value", CLOSING, (number,), GIVEN, Each(tuple(judgements)), check)


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
    program = found.programs[-1]
    node = value_node(found, number)
    free = Domain([point()], [((name,), LINE, None) for name in program.inlets])
    env = {place: key(name) for name, place in inputs(program).items()}
    judgements, units = [], {}
    words = "every term of a reading is in [0, 1], and |y| <= Y, for any X"
    for reading in found.readings[number]:
        for unit, _ in reading.terms:
            goals = (
                AtLeast(f"low, {unit}", words, ((unit, mpq(1)),), {}),
                AtLeast(f"high, {unit}", words, ((unit, mpq(-1)),), constant(1)),
            )
            judgements.append(Everywhere(program, free, env, (Case((), {}, goals),), has_symbols=True))
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
    names, nodes = states(number, found.levels[-1].classes[number]), inputs(program)
    goal = Same("zero", "y = 0 is read of X = 0", node, {})
    judgement = Everywhere(program, Domain([point()]), {nodes[name]: {} for name in names}, (Case((), {}, (goal,)),))
    return Claim("nothing", CLOSING, (number,), "", judgement, "unit by unit")
