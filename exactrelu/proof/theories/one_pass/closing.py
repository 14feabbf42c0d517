"""The facts on the closing block: what is read off the rows, and how the seam gates put it together."""

from itertools import product

from exactrelu.field import mpq
from exactrelu.proof.forms import combination, key, scaled
from exactrelu.proof.kernel import Case, Claim, Each, Everywhere, Same
from exactrelu.proof.domains import UNIT, Domain, Fan, ray
from exactrelu.proof.theories.common import gates, inputs, range_goals
from exactrelu.proof.theories.one_pass.family import CLOSING
from exactrelu.proof.theories.one_pass.stages import G, row_env, row_keys

def claims(family):
    """Yield the claims on the closing block."""
    for shift_class in family.classes:
        yield reading(family, shift_class)
        yield limit(family, shift_class)
    program = family.programs[CLOSING]
    nodes = inputs(program)
    # without rows y is the constant that it is
    classes = [
        (shift_class.value(program.marks) if shift_class.rows(nodes) else None, shift_class.seam(nodes))
        for shift_class in family.classes
    ]
    for goods in product((True, False), repeat=len(classes)):
        yield gates(CLOSING, program, program.outlets["value"], classes, goods)


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
        domain = Fan(polygon, keys.values())
        case = Case((), {}, (Same("reading", words, node, combination(terms)),))
        judgements.append(Everywhere(program, domain, row_env(rows), (case,)))
    given = "Let p >= 0, pu = u p, pv = v p be the rows of a class: "
    check = "as forms in the rows on pieces of the unit square, whatever p"
    return Claim("reading", CLOSING, (shift_class.index,), given, Each(tuple(judgements)), check)


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
