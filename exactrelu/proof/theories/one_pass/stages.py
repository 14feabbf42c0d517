"""The facts on the rows in a stage: the step of a good orbit, the growth on all orbits, the states that are listed."""

from itertools import product

from exactrelu.field import mpq
from exactrelu.network.ports import ROW
from exactrelu.proof.forms import combination, key, scaled
from exactrelu.proof.kernel import AtLeast, Case, Claim, Everywhere, Listed
from exactrelu.proof.domains import UNIT, Domain, Shape, ray
from exactrelu.proof.target import State
from exactrelu.proof.theories.common import HALF, inputs, range_goals
from exactrelu.proof.theories.one_pass.family import EPS, LAST, STAGE
from exactrelu.proof.theories.one_pass.loops import entry_name, row_goals
from exactrelu.refinement.transition import DIGITS

P, G = key("P"), key("G")


def claims(family):
    """Yield the claims on the rows behind the start block."""
    for shift_class in family.classes:
        for block in (STAGE, LAST):
            for q in DIGITS:
                yield step(family, shift_class, block, q)
            yield growth(family, shift_class, block)
        yield from states(family, shift_class)


def row_keys(rows):
    """Return {state: (key p, key pu, key pv)} of rows."""
    return {state: tuple((kind, *state) for kind in ROW) for state in rows}


def row_env(rows):
    """Return the forms of the nodes of rows, each its own key."""
    keys = row_keys(rows)
    return {node: key(name) for state, nodes in rows.items() for node, name in zip(nodes, keys[state], strict=True)}


def quadrant(q):
    """Return the shape of (p, pu, pv) with p in [0, 1] and (u, v) in the quadrant of the digits q."""
    sides = [(digit * HALF, (digit + 1) * HALF) for digit in q]
    return Shape([(mpq(0),) * 3, *((mpq(1), *corner) for corner in product(*sides))])


def step(family, shift_class, block, q):
    """Return the claim that a stage multiplies rows of good orbits by T_qᵀ."""
    program, norm = family.programs[block], norm_of(family)
    nodes = inputs(program)
    before, after = shift_class.rows(nodes), shift_class.rows(program.outlets)
    # 2BP ≤ wε
    domain = Domain([ray(eps=1, P=0), ray(eps=2 * norm / family.width, P=1)])
    shape, keys = quadrant(q), row_keys(before)
    for names in keys.values():
        domain.add(names, shape, P)
    env = row_env(before) | {family.node(block, "eps"): EPS}
    for axis, digit in enumerate(q):
        env[shift_class.digit(nodes, axis)] = family.delta if digit else {}
    words = "p, pu, pv become T_q^T p, T_q^T (2 pu - q_1 p), T_q^T (2 pv - q_2 p)"
    bounded = "entries of p become at most B P, 2 B P <= d being enough for the gates of the other digits to be closed"
    goals = []
    for state, row in after.items():
        wanted = ([], [], [])
        for source, weight in shift_class.target.columns[q][state]:
            if source in keys:
                p, pu, pv = map(key, keys[source])
                wanted[0].append((p, weight))
                wanted[1].append((combination([(pu, 2), (p, -q[0])]), weight))
                wanted[2].append((combination([(pv, 2), (p, -q[1])]), weight))
        goals += row_goals(words, state, row, map(combination, wanted))
        goals.append(AtLeast(entry_name("bound", state), bounded, ((row[0], mpq(-1)),), scaled(P, norm)))
    given = (
        "Let the selectors be the digits q, p >= 0 with entries of at most P, pu = u p, pv = v p with (u, v) in the "
        "quadrant of q: "
    )
    judgement = Everywhere(program, domain, env, (Case((), {}, tuple(goals)),))
    check = "as forms in eps, P and rows, unit by unit, for the 4 pairs of digits"
    return Claim("step", block, (shift_class.index, *q), given, judgement, check)


def norm_of(family):
    """Return B, by which entries of rows on good orbits grow in a stage at most, at least 1."""
    norms = []
    for shift_class in family.classes:
        rows = (shift_class.rows(family.programs[block].outlets) for block in (STAGE, LAST))
        norms.append(shift_class.target.norm(frozenset().union(*rows)))
    return max(mpq(1), *norms)


def growth_of(family):
    """Return κ: of the entries of rows on all orbits the largest is at most κ times larger after a stage."""
    largest = mpq(0)
    for shift_class in family.classes:
        for block in (STAGE, LAST):
            before = shift_class.rows(inputs(family.programs[block]))
            for state in shift_class.rows(family.programs[block].outlets):
                columns = (shift_class.target.columns[q][state] for q in DIGITS)
                total = 2 * sum(weight for column in columns for source, weight in column if source in before)
                largest = max(largest, total)
    return largest


def growth(family, shift_class, block):
    """Return the claim that rows stay ≥ 0, and grow by κ at most, whatever the selectors are in [0, δ]."""
    program, nodes = family.programs[block], inputs(family.programs[block])
    before, after = shift_class.rows(nodes), shift_class.rows(program.outlets)
    domain = Domain([ray(eps=1, G=0), ray(eps=0, G=1)])
    env = row_env(before) | {family.node(block, "eps"): EPS}
    for name in (name for names in row_keys(before).values() for name in names):
        domain.add((name,), UNIT, G)
    for axis in (0, 1):
        domain.add((f"chi{axis}",), UNIT, family.delta)
        env[shift_class.digit(nodes, axis)] = key(f"chi{axis}")
    factor, words = growth_of(family), "the entries of rows become"
    goals = [
        goal for state, row in after.items() for kind, node in zip(ROW, row, strict=True)
        for goal in range_goals(words, node, scaled(G, factor), "kappa G", f", {entry_name(kind, state)}")
    ]
    given = "Let all entries of rows be in [0, G] and the selectors anywhere in [0, 1]: "
    judgement = Everywhere(program, domain, env, (Case((), {}, tuple(goals)),), has_symbols=True)
    check = "every unit between 0 and the largest value of its argument"
    return Claim("growth", block, (shift_class.index,), given, judgement, check)


def states(family, shift_class):
    """Yield the claims that no state is missing that is needed."""
    target = shift_class.target
    readable = {State(*patch, sign) for patch in target.supported for sign in (1, -1)}
    matter = {state for state in target.reaching(target.supported) if state.sign}
    inner = frozenset(shift_class.rows(family.programs[STAGE].outlets))
    final = frozenset(shift_class.rows(family.programs[LAST].outlets))
    first = tuple(state for state in sorted(matter) if state.sign > 0)
    check = "finite sets"
    words = "each cell from which rows can reach the support of g has a row, and so have all states that they reach"
    kept = tuple((source, state) for source, state in target.arrows if state in matter)
    yield Claim("states", STAGE, (shift_class.index,), "", Listed("closed", words, inner, first, kept), check)
    words = "each state that rows reach in the end and on which g is not 0 is read"
    ended = tuple(state for source, state in target.arrows if source in inner and state in readable)
    yield Claim("states", LAST, (shift_class.index,), "", Listed("read", words, final, ended, ()), check)
