"""The facts on rows: where they start, that a stage multiplies them by T_qᵀ, what is read of them, and which there are.
"""

from functools import partial
from itertools import product

from exactrelu.field import mpq
from exactrelu.network.ports import AXES
from exactrelu.network.program import references
from exactrelu.proof.domains import LINE, SIGNED_UNIT, UNIT, Domain, Shape, point, ray
from exactrelu.proof.forms import ONE, combination, constant, key, scaled
from exactrelu.proof.kernel import AtLeast, Case, Each, Everywhere, Listed, Number, Numbers, Same
from exactrelu.proof.target import State
from exactrelu.proof.theories.atoms.family import LAST, SPREAD, STAGE
from exactrelu.proof.theories.atoms.loops import Role, named
from exactrelu.proof.theories.common import HALF
from exactrelu.refinement.transition import DIGITS

ROW_STATES = "P, ..., L"
"""How what is said of all rows is called."""


def roles(family, term, parts):
    """Yield what is asked of the rows of a term."""
    yield from first_rows(family, term, parts)
    yield from steps(family, term, parts)
    yield from readings(family, term, parts)
    yield from states(family, term, parts)


def entry(state):
    """Return how the entry of a row at a state is called."""
    return ",".join(map(str, state))


def sign_of(rows):
    """Return the sign of the states in which a cascade starts: 0 if its entries are signed, else 1."""
    return abs(next(iter(rows)).sign)


def first_rows(family, term, parts):
    """Yield what is asked of the rows that leave the spread block."""
    before = term.spread.before
    for cascade, row in term.rows.items():
        given = {f"branch {k}": node for k, node in enumerate(named(before.branches, cascade, SPREAD, "branch"))}
        given |= {letter: named(before.carried, letter, SPREAD, "copy") for letter in AXES}
        reader = term.readers[cascade]
        marks = tuple((f"h {k}", node) for k, (node, _) in enumerate(reader))
        program = parts.part(term.spread, given, {entry(state): node for state, node in row.items()}, SPREAD, marks)
        lines = tuple(term.lines[name] for name in cascade)
        weights = tuple(weight for _, weight in reader)
        numbers = weights, term.kept("low"), term.kept("high"), term.width, term.factor
        case = (parts.number("first rows", program, lines, sign_of(row), numbers),)
        goals = [f"{which}, {entry(state)}" for state in row for which in ("h <= 0", "h >= 0")]
        made = partial(rows, family, program, lines, sign_of(row), numbers)
        yield Role(term.place(SPREAD), "rows", SPREAD, case, goals, made)


def rows(family, program, lines, sign, numbers):
    """Return that rows leave P as h e_ij or as 0."""
    weights, low, high, width, factor = numbers
    closed = "the rows leave P as 0 wherever h <= 0"
    opened = (
        "they leave it as h e_ij where h >= 0, t is in the cell [i, i+1) x [j, j+1) of the controllers, and not in "
        "the strips [i, i + e) or [j, j + e), e = w/2^n"
    )
    value = scaled(key("zeta eps h"), factor) if family.n is None else key("h")
    if high <= 0:
        value = {}
    judgements = []
    along = [sections(family, program, axis, line, width) for axis, line in enumerate(lines)]
    for x, y in product(*along):
        spans = [(closed, "h <= 0", (min(low, mpq(0)), mpq(0)))]
        if x[2] is not None and y[2] is not None:
            spans.append((opened, "h >= 0", (mpq(0), max(high, mpq(0)))))
        for words, name, span in spans:
            goals = []
            for own, node in program.outlets.items():
                is_cell = name == "h >= 0" and own == entry((x[2], y[2], sign))
                goals.append(Same(f"{name}, {own}", words, node, value if is_cell else {}))
            judgements.append(on_rectangle(family, program, x, y, span, weights, tuple(goals)))
    return "", Each(tuple(judgements)), "as forms in h, unit by unit, on rectangles"


def sections(family, program, axis, line, width):
    """Return [(low, high, cell or None)], which fill [0, L]: the ends are forms, the cell is None in strips."""
    node, end = len(program.inlets) - 2 + axis, constant(family.problem.size[axis])
    if line.length == 1 and not any(node in references(entry) for entry in program.nodes):
        return [({}, end, line.first)]
    first, last = map(constant, line.ends)
    found = [({}, first, None)]
    for cell in line.cells:
        behind = combination([(family.eps, width)], cell)
        found += [(constant(cell), behind, None), (behind, constant(cell + 1), cell)]
    return [section for section in (*found, (last, end, None)) if section[0] != section[1]]


def on_rectangle(family, program, x, y, span, weights, goals):
    """Return the judgement that goals hold in a rectangle for h in an interval.

    The nodes that are marked, times their ``weights``, add up to h: the first is h minus the others, which are any.
    """
    generators = []
    for eps in (mpq(0), HALF) if family.n is None else (None,):
        for a, b in product(*(ends_at(section, eps) for section in (x, y))):
            generators.append(point(x=a, y=b, **({} if eps is None else {"eps": eps})))
    products = ()
    domain = Domain(generators)
    shape = Shape([(end,) for end in dict.fromkeys(span)])
    domain.add(("h",), shape)
    if family.n is None:
        domain.add(("eps h",), shape, key("eps"))
        domain.add(("zeta eps h",), LINE)
        products = ("eps", "h", "eps h"), ("zeta", "eps h", "zeta eps h")
    size = len(program.inlets)
    env = {size - 2: key("x"), size - 1: key("y")} | family.parameters(program)
    (_, pivot), *others = program.marks.items()
    first, *rest = weights
    for name, node in others:
        domain.add((name,), LINE)
        env[node] = key(name)
    terms = [(key(name), -weight / first) for (name, _), weight in zip(others, rest, strict=True)]
    env[pivot] = combination([(key("h") if any(span) else {}, 1 / first), *terms])
    return Everywhere(program, domain, env, (Case((), {}, goals),), (), products)


def ends_at(section, eps):
    """Return the ends of a section for an ε."""
    low, high, _ = section
    return dict.fromkeys(form.get(ONE, mpq(0)) + (form.get("eps", mpq(0)) * eps if eps else 0) for form in (low, high))


def stage_domain(family):
    """Return the domain of what is the same for all points: of ε, where all n are meant."""
    return Domain([point()]) if family.n is not None else Domain([point(eps=0), ray(eps=1)])


def first_names(row):
    """Return {state: how its entry is called}: equal nodes by the name of the first state that they are."""
    names = {}
    return {state: names.setdefault(node, entry(state)) for state, node in row.items()}


def shape_of(name):
    """Return the shape of an entry: signed states are ≥ 0, those with the sign 0 are not."""
    return SIGNED_UNIT if name.endswith(",0") else UNIT


def steps(family, term, parts):
    """Yield what is asked of the rows in the stages but the last."""
    for stage in term.stages:
        before, after = stage.block.before, stage.block.after
        for cascade, row in before.rows.items():
            names = first_names(row)
            given = {names[state]: node for state, node in row.items()}
            given |= {f"chi{axis}": before.digits[name] for axis, name in enumerate(cascade)}
            wanted = {entry(state): node for state, node in after.rows[cascade].items()}
            program = parts.part(stage.block, given, wanted, STAGE)
            bound, norm = family.bound(term, (stage.first, stage.last)), family.norm(term)
            key_of = tuple(names.items()), tuple(after.rows[cascade]), tuple(bound.items()), norm
            number = parts.number("step", program, key_of)
            place = term.place(STAGE, stage.first, stage.first - 1)
            for q in DIGITS:
                goals = [f"{what}, {own}" for own in wanted for what in ("T", "low", "high")]
                made = partial(step, family, program, names, tuple(after.rows[cascade]), bound, norm, q)
                yield Role(place, "step", STAGE, (number, *q), goals, made)
            goals = [f"0, {own}" for own in wanted]
            yield Role(place, "nothing", STAGE, (number,), goals, partial(nothing, family, program))


def step(family, program, names, wanted, bound, norm, q):
    """Return that a stage multiplies rows by T_qᵀ."""
    domain, env = stage_domain(family), family.parameters(program)
    for k, name in enumerate(program.inlets):
        if name.startswith("chi"):
            env[k] = family.one if q[int(name[3:])] else {}
        else:
            env[k] = key(name)
            domain.add((name,), shape_of(name), bound)
    words = (
        "a row c h becomes T_q^T c h, for h as above and entries of c of at most B^(j-1) in size; those of T_q^T c are "
        "at most B^j"
    )
    goals, most = [], scaled(bound, norm)
    for state, (own, node) in zip(wanted, program.outlets.items(), strict=True):
        goals.append(Same(f"T, {own}", words, node, expected(family, names, q, state)))
        goals.append(AtLeast(f"low, {own}", words, ((node, mpq(1)),), {} if state.sign else most))
        goals.append(AtLeast(f"high, {own}", words, ((node, mpq(-1)),), most))
    given = "Let the selectors be the digits q. "
    judgement = Everywhere(program, domain, env, (Case((), {}, tuple(goals)),), has_symbols=True)
    return given, judgement, "as forms in rows, unit by unit, for the 4 pairs of digits"


def expected(family, names, q, state):
    """Return the form of the new entry at ``state`` under the digits q."""
    column = family.target.columns[q][state]
    return combination([(key(names[source]), weight) for source, weight in column if source in names])


def nothing(family, program):
    """Return that rows that are zero stay zero, whatever the selectors are in [0, 1]."""
    domain, env = stage_domain(family), family.parameters(program)
    for k, name in enumerate(program.inlets):
        env[k] = {}
        if name.startswith("chi"):
            env[k] = key(name)
            domain.add((name,), UNIT, family.one)
    words = "a zero row stays zero for all selectors in [0, 1]"
    goals = tuple(Same(f"0, {own}", words, node, {}) for own, node in program.outlets.items())
    judgement = Everywhere(program, domain, env, (Case((), {}, goals),), has_symbols=True)
    return "", judgement, "as forms in undecided units, which cancel"


def last_part(term, parts):
    """Return (last block as a `Program`, its inputs as those of the block): it reads rows and selectors only."""
    before, nodes = term.last.before, {}
    for cascade, row in before.rows.items():
        for state, node in row.items():
            nodes.setdefault(node, f"{'/'.join(cascade)}/{entry(state)}")
    given = {name: node for node, name in nodes.items()} | {f"chi/{line}": node for line, node in before.digits.items()}
    return parts.part(term.last, given, term.last.program.outlets, LAST), tuple(given.values())


def readings(family, term, parts):
    """Yield what is asked of the last stage."""
    program, _ = last_part(term, parts)
    bound = family.bound(term, (family.n or 1,))
    weights = tuple(sorted(term.weights.items()))
    layout = tuple((cascade, tuple(row.items())) for cascade, row in term.last.before.rows.items())
    number = parts.number("reading", program, weights, layout, tuple(bound.items()))
    place = term.place(LAST, stage=(family.n or 1) - 1)
    for k, cascade in enumerate(term.last.before.rows):
        for q in DIGITS:
            made = partial(reading, family, term, parts, cascade, q)
            yield Role(place, "reading", LAST, (number, k, *q), ("reading",), made)
    yield Role(place, "nothing", LAST, (number,), ("0",), partial(no_output, family, program))


def last_env(family, program, domain):
    """Return the forms of the inputs of a last stage, all rows being 0 and the selectors anywhere in [0, 1]."""
    env = family.parameters(program)
    for k, name in enumerate(program.inlets):
        env[k] = {}
        if name.startswith("chi/"):
            env[k] = key(name)
            domain.add((name,), UNIT, family.one)
    return env


def last_judgement(family, term, parts, cascade, q, goals):
    """Return (judgement on the last stage, {state: key}): one cascade is any row under the digits q, the others are 0.

    An entry that is one of another cascade, too, is 0 with it. ``goals`` is a function of the output and these keys.
    """
    program, nodes = last_part(term, parts)
    rows, domain = term.last.before.rows, stage_domain(family)
    env, inputs = last_env(family, program, domain), {node: k for k, node in enumerate(nodes)}
    shared = {node for other, row in rows.items() if other != cascade for node in row.values()}
    names = {state: program.inlets[inputs[node]] for state, node in rows[cascade].items() if node not in shared}
    bound = family.bound(term, (family.n or 1,))
    for name in dict.fromkeys(names.values()):
        domain.add((name,), shape_of(name), bound)
    for state, name in names.items():
        env[inputs[rows[cascade][state]]] = key(name)
    for line, digit in zip(cascade, q, strict=True):
        env[inputs[term.last.before.digits[line]]] = family.one if digit else {}
    (node,) = program.outlets.values()
    return Everywhere(program, domain, env, (Case((), {}, goals(node, names)),), has_symbols=True), names


def last_forms(family, term, parts, cascade, q):
    """Return ({state: key}, form of the output in these keys); see `last_judgement`. Raises `Failure`."""
    judgement, names = last_judgement(
        family, term, parts, cascade, q, lambda node, _: (AtLeast("", "", ((node, mpq(0)),), {}),)
    )
    ((_, found),) = judgement.parts()
    (node,) = judgement.program.outlets.values()
    return names, found[node]


def reading(family, term, parts, cascade, q):
    """Return that the output is Σ κ_b (T_qᵀ c)_b h, one cascade being c h, the others 0."""
    words = (
        "a row c h with entries of c of at most B^(n-1), the other cascades being 0, gives the output, the sum of "
        "k_b (T_q^T c)_b h over the patches b, with numbers k_b of the term"
    )

    def goals(node, names):
        form = combination([
            (key(name), term.weights[patch] * weight)
            for state, name in names.items() for patch, weight in family.target.contributions(state, q)
            if term.weights.get(patch)
        ])
        return (Same("reading", words, node, form),)

    judgement, _ = last_judgement(family, term, parts, cascade, q, goals)
    return "Let the selectors be the digits q. ", judgement, "as forms in rows, unit by unit, for the 4 pairs of digits"


def no_output(family, program):
    """Return that the output is 0 where all rows are."""
    domain = stage_domain(family)
    env = last_env(family, program, domain)
    (node,) = program.outlets.values()
    words = "the output is 0 where all rows are 0, for all selectors in [0, 1]"
    judgement = Everywhere(program, domain, env, (Case((), {}, (Same("0", words, node, {}),)),), has_symbols=True)
    return "", judgement, "as forms in undecided units, which cancel"


def states(family, term, parts):
    """Yield what is asked of the states that the rows have."""
    lines = tuple(sorted(term.lines.items()))
    patches = frozenset(patch for patch, weight in term.weights.items() if weight)
    found = tuple(
        tuple((cascade, frozenset(row)) for cascade, row in layout.items()) for layout in term.interfaces()
    )
    found = tuple(dict.fromkeys(found))
    case = (parts.number("states", lines, patches, found),)
    made = partial(listed, family, dict(lines), patches, found)
    yield Role(term.place(ROW_STATES), "states", ROW_STATES, case, ("closed", "cells", "once"), made)


def listed(family, lines, patches, found):
    """Return that each live cell starts one cascade, and that no live state is missing."""
    target = family.target
    live = target.reaching(patches)
    arrows = tuple((source, state) for source, state in target.arrows if source in live and state in live)
    words = (
        "if T_q(n)^T ... T_q(1)^T e_ij may be different from zero at a patch b with k_b <> 0, for some digits, then a "
        "cascade starts in the cell (i, j), and its rows have entries for all patches on the way; no two cascades "
        "start in one cell"
    )
    judgements, seen, count = [], set(), 0
    for layout in found:
        for cascade, row in layout:
            sign = abs(next(iter(row)).sign)
            cells = set(product(*(lines[name].cells for name in cascade)))
            starts = tuple(sorted(State(*cell, sign) for cell in cells if State(*cell, sign) in live))
            judgements.append(Listed("closed", words, row, starts, arrows))
            if layout is found[0]:
                seen |= cells
                count += len(cells)
    needed = tuple(sorted(patch for patch in target.patches if State(*patch, 0) in live))
    judgements.append(Listed("cells", words, frozenset(seen), needed, ()))
    judgements.append(Numbers((Number("once", words, mpq(len(seen) - count)),)))
    return "", Each(tuple(judgements)), "finite sets"
