"""Families of functionals, for the second checker of certificates of format 2: the questions of section 7.2 of
docs/certificate.md about starts and the stage. Numbers that depend on ε are pairs (a, b) for a + b ε."""

from fractions import Fraction
from itertools import combinations, pairwise, product

from second_functionals import UNIT, ZERO, as_form, cube, interval, on_loop, on_rows, pieces, sides, states_of
from second_polyhedra import orthant
from second_programs import Domain, Polyhedron, constant, plus, require_equal, scaled


def carried(theory, cls):
    """Return the cells that a class carries."""
    return {cell for functional in cls.functionals for (cell, l), _, _ in functional if l == theory.problem.component}


def borders(theory, cls, i, first):
    """Return the borders along a coordinate, as pairs, for the start whose first n is given."""
    shift, length = cls.shift[i], cls.lengths[i]
    found = [(a - shift, ZERO) for a in range(length + 1)]
    if shift:
        late = shift * theory.factors[i] ** first % 1
        found[0], found[-1] = (ZERO, -late), (Fraction(length - 1), 1 - late)
    return found


def at(pair, eps):
    return pair[0] + pair[1] * eps


def ranges(theory, i, first, period):
    """Return intervals of ε in which no two borders of any classes change places."""
    end = Fraction(1, theory.factors[i] ** first)
    if not period:
        return [(end, end)]
    everything = {border for cls in theory.classes for border in borders(theory, cls, i, first)}
    crossings = {(a - c) / (e - b) for (a, b), (c, e) in combinations(everything, 2) if e != b}
    return list(pairwise(sorted({ZERO, end, *(eps for eps in crossings if 0 < eps < end)})))


def names_of(i):
    return f"t{i}", f"e{i}"


def strip(names, eps, low, high):
    """Return the points (t, ε) with low <= t <= high; one of these pairs may be None. ``eps`` has the ends of ε."""
    if low is None:
        found = orthant((max(at(high, e) for e in eps), eps[0]), (-1, 1))
    else:
        found = orthant((min(at(low, e) for e in eps), eps[0]), (1, 1))
    block = Polyhedron(names, found).clipped({names[1]: -UNIT, "1": eps[1]})
    for pair, sign in ((low, 1), (high, -1)):
        if pair is not None:
            block = block.clipped({names[0]: Fraction(sign), names[1]: -sign * pair[1], "1": -sign * pair[0]})
    return block


def merged(theory, i, first, eps):
    """Return the intervals that the cells carried by all classes make up along a coordinate."""
    middle, cells = sum(eps) / 2, []
    for cls in theory.classes:
        along = borders(theory, cls, i, first)
        cells += [(along[a], along[a + 1]) for a in {cell[i] for cell in carried(theory, cls)}]
    found = []
    for low, high in sorted(cells, key=lambda cell: at(cell[0], middle)):
        if found and at(low, middle) <= at(found[-1][1], middle):
            found[-1][1] = max(found[-1][1], high, key=lambda pair: at(pair, middle))
        else:
            found.append([low, high])
    return found


def check_starts(theory):
    """Lines "loops" and "start" of the table."""
    for first, period, program in theory.family.starts:
        for i in range(theory.problem.dimension):
            for eps in ranges(theory, i, first, period):
                check_loops_of_start(theory, program, first, period, i, eps)
        for cls in theory.classes:
            parts = [
                [part for eps in ranges(theory, i, first, period) for part in cells_of(theory, cls, i, first, eps)]
                for i in range(theory.problem.dimension)
            ]
            for chosen in product(*parts):
                check_start(theory, program, first, period, cls, chosen)


def start_domain(theory, first, period, blocks):
    scales = {"n": theory.family.factor / theory.family.base**first}
    scales |= {f"k{b.variables[0][1:]}": b.variables[1] for b in blocks} if period else {}
    return Domain(blocks, scales)


def start_nodes(theory, program, first, period):
    factors = [Fraction(m) ** first for m in theory.factors]
    return with_parameters(program, theory, None if period else factors)


def with_parameters(program, theory, factors=None):
    """Return (nodes, forms of the parameters); with ``factors`` ε and κ are numbers."""
    d = theory.problem.dimension
    if factors is None:
        symbols = [*(f"e{i}" for i in range(d)), *(f"k{i}" for i in range(d)), "n"]
        forms = [{("", f"e{i}"): UNIT} for i in range(d)] + [{(f"k{i}", "1"): UNIT} for i in range(d)]
    else:
        symbols = [*(1 / factor for factor in factors), *factors, "n"]
        forms = [constant(number) for number in symbols[:-1]]
    return program.with_symbols(symbols), dict(enumerate([*forms, {("n", "1"): UNIT}], program.inputs))


def check_loops_of_start(theory, program, first, period, i, eps):
    loop, factor = theory.loops[i], theory.factors[i]
    nodes, known = start_nodes(theory, program, first, period)
    t, symbol = {f"t{i}": UNIT}, f"k{i}" if period else Fraction(factor) ** first
    known[i] = as_form({**t, "1": Fraction(theory.corner[i])})
    for low, high in merged(theory, i, first, eps):
        end = {"1": high[0], f"e{i}": high[1]}
        behind = high[0], high[1] + loop.width
        for block, argument in ((strip(names_of(i), eps, low, high), t), (strip(names_of(i), eps, high, behind), end)):
            for part, z in pieces(block, argument, loop.size * factor):
                for place, values in loop.curves:
                    goal = as_form(on_loop(values, argument, z // factor))
                    require_equal(nodes, [(program.outputs[place], goal)], known,
                                  start_domain(theory, first, period, [part]), "a curve of a start")
                for place, values in loop.early:
                    form = on_loop(values, argument, z // factor)
                    for side, is_positive in sides(part, form):
                        domain = start_domain(theory, first, period, [side])
                        goal = scaled(as_form(form), symbol, domain) if is_positive else {}
                        require_equal(nodes, [(program.outputs[place], goal)], known, domain, "an early value")


def cells_of(theory, cls, i, first, eps):
    """Return (points, index of the cell or None) for all parts of a line, but for strips at cells that are carried."""
    along = borders(theory, cls, i, first)
    inside = {cell[i] for cell in carried(theory, cls)}
    starts = [
        (border[0], border[1] + theory.loops[i].width) if {a - 1, a} & inside else border
        for a, border in enumerate(along)
    ]
    found = [(strip(names_of(i), eps, None, along[0]), None), (strip(names_of(i), eps, starts[-1], None), None)]
    found += [(strip(names_of(i), eps, low, high), a) for a, (low, high) in enumerate(zip(starts, along[1:]))]
    return [(block, a) for block, a in found if not block.is_empty()]


def check_start(theory, program, first, period, cls, chosen):
    nodes, known = start_nodes(theory, program, first, period)
    cell = tuple(a for _, a in chosen)
    domain = start_domain(theory, first, period, [block for block, _ in chosen])

    def row(place, k):
        if place != (cell, theory.problem.component):
            return {}
        return constant(UNIT) if not k else as_form({f"t{k - 1}": UNIT, "1": cls.shift[k - 1] - cell[k - 1]})

    known |= {i: as_form({f"t{i}": UNIT, "1": Fraction(o)}) for i, o in enumerate(theory.corner)}
    goals = [
        (program.outputs[place], scaled(on_rows(form, row), "n", domain))
        for place, form in zip(cls.states, cls.functionals)
    ]
    require_equal(nodes, goals, known, domain, f"start, cell {cell}")


# --- the stage


def on_loops(theory, i, block, argument, z):
    """Yield (part, pairs of a place and a form) for the values of the loops of a coordinate at the argument."""
    loop = theory.loops[i]
    found = [(block, [(place, as_form(on_loop(values, argument, z))) for place, values in loop.curves])]
    for place, values in loop.early:
        form, parted = on_loop(values, argument, z), []
        for part, known in found:
            for side, is_positive in sides(part, form):
                value = scaled(as_form(form), f"k{i}", stage_domain(theory, [side])) if is_positive else {}
                parted.append((side, [*known, (place, value)]))
        found = parted
    yield from found


def stage_domain(theory, blocks):
    """Return a domain with n >= 1; blocks in t or r and ε come first."""
    scales = {f"k{name[1:]}": name for block in blocks for name in getattr(block, "variables", ()) if name[0] == "e"}
    return Domain(blocks, {"n": theory.family.factor / theory.family.base, **scales})


def first_strip(theory, i, low, high):
    """Return the points with low <= t <= high, these being pairs, for all n >= 1."""
    return strip(names_of(i), (ZERO, Fraction(1, theory.factors[i])), low, high)


def check_stages_of_loops(theory):
    nodes, parameters = with_parameters(theory.family.stage, theory)
    outputs = theory.family.stage.outputs
    for i, (loop, m) in enumerate(zip(theory.loops, theory.factors)):
        t = {f"t{i}": UNIT}
        for block, z in pieces(first_strip(theory, i, (ZERO, ZERO), (UNIT, ZERO)), t, loop.size * m):
            later = {f"t{i}": Fraction(m)}
            for part, known in on_loops(theory, i, block, t, z // m):
                for side, goals in on_loops(theory, i, part, later, z):
                    goals = [(outputs[place], form) for place, form in goals]
                    given = parameters | dict(known)
                    require_equal(nodes, goals, given, stage_domain(theory, [side]), "stage of loops")


def check_nothing(theory):
    for cls in theory.classes:
        before = dict.fromkeys(theory.classes[cls.before].states, {})
        outputs = [theory.family.stage.outputs[place] for place in cls.states]
        nodes, parameters = with_parameters(theory.family.stage, theory)
        require_equal(nodes, [(output, {}) for output in outputs], parameters | before, Domain([]), "nothing, stage")
        nodes, parameters = with_parameters(theory.family.closing, theory)
        if cls.value is not None:
            known = parameters | dict.fromkeys(cls.states, {})
            require_equal(nodes, [(cls.value, {})], known, Domain([]), "nothing, closing")


def check_steps(theory):
    nodes, parameters = with_parameters(theory.family.stage, theory)
    outputs = theory.family.stage.outputs
    for cls in theory.classes:
        before = theory.classes[cls.before]
        known = parameters | states_of(before)
        for digits in product(*map(range, theory.factors)):
            rows = step(theory, before, cls, digits)
            goals = [
                (outputs[place], on_rows(form, lambda place, k: rows.get((place, k), {})))
                for place, form in zip(cls.states, cls.functionals)
            ]
            for parts in product(*(residuals(theory, before, i, q) for i, q in enumerate(digits))):
                values = {place: form for _, found, _ in parts for place, form in found.items()}
                early = [block for *_, found in parts for block in found]
                domain = stage_domain(theory, [*(part for part, *_ in parts), *early, cube(len(digits))])
                require_equal(nodes, goals, known | values, domain, f"step, digits {digits}")


def residuals(theory, cls, i, q):
    """Yield (block, known forms, blocks of early values) for residuals with digit q in a coordinate, not in strips.

    The variable t is the residual here. An early value is 0, or any number >= 0, or >= 1.
    """
    m, loop, eps = theory.factors[i], theory.loops[i], f"e{i}"
    block = first_strip(theory, i, (Fraction(q, m), loop.width), (Fraction(q + 1, m), -loop.width))
    argument = {f"t{i}": UNIT, "1": -cls.shift[i]}
    for part, z in pieces(block, argument, loop.size):
        known, blocks = {place: as_form(on_loop(values, argument, z)) for place, values in loop.curves}, []
        for place, values in loop.early:
            form = on_loop(values, argument, z)
            known[place] = {}
            if part.most(form) > 0:
                is_late = part.most(plus({eps: UNIT}, form, -1)) <= 0
                known[place] = as_form({f"κx {place}": UNIT})
                blocks.append(interval(f"κx {place}", int(is_late), None))
        yield part, known, blocks


def step(theory, before, cls, digits):
    """Return {(place, k): form} for the rows behind a stage that are not 0."""
    found, d = {}, len(digits)
    for cell in product(*map(range, before.lengths)):
        for index, matrix in theory.mask.items():
            leads = []
            for i, m in enumerate(theory.factors):
                gap = m * before.shift[i] - cls.shift[i]
                leads.append((m - 1) * theory.corner[i] + m * cell[i] + digits[i] - int(gap) - index[i])
            if not all(0 <= b < length for b, length in zip(leads, cls.lengths)):
                continue
            for j, l in product(range(theory.problem.components), repeat=2):
                if matrix[j][l]:
                    for k in range(d + 1):
                        entry = {("", ((cell, j), k)): Fraction(theory.factors[k - 1] if k else 1)}
                        if k and digits[k - 1]:
                            entry[("", ((cell, j), 0))] = Fraction(-digits[k - 1])
                        key = ((tuple(leads), l), k)
                        found[key] = plus(found.get(key, {}), entry, matrix[j][l])
    return found
