"""The facts on the closing block: what is read off the rows, and how the seam gates put it together."""

from itertools import product

from exactrelu.cpwl.polygon import coordinates
from exactrelu.field import mpq
from exactrelu.proof.forms import combination, key, scaled
from exactrelu.proof.kernel import Case, Claim, Each, Everywhere, Same
from exactrelu.proof.domains import HALF_LINE, SIGNED_UNIT, UNIT, Fan, Domain, Shape, point, ray
from exactrelu.proof.theories.one_pass.family import CLOSING, inputs
from exactrelu.proof.theories.one_pass.loops import range_goals
from exactrelu.proof.theories.one_pass.stages import G, row_env, row_keys

BAD = Shape([(mpq(1),)], [(mpq(1),)])
"""The deficiency of a bad class: all numbers ≥ 1."""


def claims(family):
    """Yield the claims on the closing block."""
    for shift_class in family.classes:
        yield reading(family, shift_class)
        yield limit(family, shift_class)
    for goods in product((True, False), repeat=len(family.classes)):
        yield gates(family, goods)


def reading(family, shift_class):
    """Return the claim that y = Σ ± p_β g_β(u, v)."""
    program = family.programs[CLOSING]
    rows = shift_class.rows(inputs(program))
    keys, node = row_keys(rows), shift_class.value(program.marks)
    words = "y is the sum of +- p_b g_b(u, v) over the patches b, for all (u, v) in [0, 1]^2"
    judgements = []
    for polygon, patches in shift_class.target.mesh:
        terms = []
        for state, names in keys.items():
            for name, weight in zip((*names[1:], names[0]), patches.get(state[:2], ()), strict=False):
                terms.append((key(name), state.sign * weight))
        domain = Fan(polygon, keys.values(), corners)
        case = Case((), {}, (Same("reading", words, node, combination(terms)),))
        judgements.append(Everywhere(program, domain, row_env(rows), (case,)))
    given = "Let p >= 0, pu = u p, pv = v p be the rows of a class: "
    check = "as forms in the rows on pieces of the unit square, whatever p"
    return Claim("reading", CLOSING, (shift_class.index,), given, Each(tuple(judgements)), check)


def corners(polygon):
    """Return the corners of a bounded polygon."""
    return [coordinates(vertex) for vertex in polygon.vertices]


def limit_of(family):
    """Return λ: |y| ≤ λ for rows with entries in [0, 1], as the rules of the kernel find it."""
    program = family.programs[CLOSING]
    largest = mpq(0)
    for shift_class in family.classes:
        ends = limit_judgement(program, shift_class, ()).extremes(shift_class.value(program.marks))
        largest = max(largest, *(abs(end.get("G", mpq(0))) for end in ends))
    return largest


def limit_judgement(program, shift_class, goals):
    """Return the judgement on y for rows with entries in [0, G]."""
    rows = shift_class.rows(inputs(program))
    domain = Domain([ray(G=1)])
    for name in (name for names in row_keys(rows).values() for name in names):
        domain.add((name,), UNIT, G)
    return Everywhere(program, domain, row_env(rows), (Case((), {}, goals),), has_symbols=True)


def limit(family, shift_class):
    """Return the claim that |y| ≤ λG for all rows in [0, G]."""
    program, most = family.programs[CLOSING], limit_of(family)
    node = shift_class.value(program.marks)
    low, high = range_goals("y is", node, scaled(G, most), "lambda G")
    low = low._replace(words="y is >= -lambda G", form=scaled(G, most))
    given = "Let all entries of rows be in [0, G]: "
    check = "every unit between 0 and the largest value of its argument"
    return Claim(
        "limit", CLOSING, (shift_class.index,), given, limit_judgement(program, shift_class, (low, high)), check
    )


def gates(family, goods):
    """Return the claim on the output if these classes are good (y = V) and the others have D ≥ 1."""
    program, nodes = family.programs[CLOSING], inputs(family.programs[CLOSING])
    zero = not family.classes[0].target.supported
    good = [shift_class for shift_class, is_good in zip(family.classes, goods, strict=True) if is_good]
    judgements = []
    for opened in (None, *([] if zero else good)):
        value = {} if opened is None else key("V")
        domain, env = Domain([point()]), {}
        domain.add(("V",), SIGNED_UNIT)
        for shift_class, is_good in zip(family.classes, goods, strict=True):
            y, D = f"y{shift_class.index}", f"D{shift_class.index}"
            domain.add((y,), SIGNED_UNIT)
            domain.add((D,), HALF_LINE if is_good else BAD)
            env[shift_class.seam(nodes)] = {} if shift_class is opened else key(D)
            if is_good:
                env[shift_class.value(program.marks)] = value
            elif shift_class.rows(nodes):
                # without rows it is the constant that it is
                env[shift_class.value(program.marks)] = key(y)
        words = (
            "the output is 0 where V = 0" if opened is None
            else "the output is V where some good class has D = 0, all |y| and |V| being at most 1"
        )
        goal = Same("zero" if opened is None else "open", words, program.outlets["value"], value)
        judgements.append(Everywhere(program, domain, env, (Case((), {}, (goal,)),), has_symbols=True))
    given = "Let each class be good (y = V) or have D >= 1: "
    check = "as forms in y, V, D and undecided units, which cancel"
    return Claim("gates", CLOSING, goods, given, Each(tuple(judgements)), check)
