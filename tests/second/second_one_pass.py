"""Families of rows, for the second checker of certificates of format 2: the questions of section 7.1 of
docs/certificate.md.

One function for each line of the table there, or two. The variables eps and eta are ε and η; d is width · ε.
"""

from fractions import Fraction
from itertools import product

from second_closing import gates, moved, parts_of_seed
from second_functionals import UNIT, ZERO, as_form, cube
from second_polyhedra import orthant, value
from second_programs import Domain, Polyhedron, Rows, combined, constant, follow, plus, prove, require, require_equal
from second_row_classes import QUADRANTS, led
from second_steps import strip

HALF, EPS, ETA = Fraction(1, 2), {("", "eps"): UNIT}, {("", "eta"): UNIT}


# --- start


def square(*conditions, variables):
    """Return the block of numbers >= 0 where forms are >= 0; eps is a variable, and at most 1/2."""
    block = Polyhedron(variables, orthant((0,) * len(variables), (1,) * len(variables)))
    for condition in ({"1": HALF, "eps": -UNIT}, *conditions):
        block = block.clipped(condition)
    return block


def along(low, high):
    """Return the block of (t, ε) with low <= t <= high, pairs (a, b) for a + b ε; one of them may be None."""
    return strip(("t", "eps"), (ZERO, HALF), low, high)


def program_of(program, has_product=True):
    """Return (nodes, forms of the parameters); products by η have the scale n."""
    nodes = program.with_symbols(["eps", "n" if has_product else "eta"])
    eta = {("n", "1"): UNIT} if has_product else ETA
    return nodes, {program.inputs: EPS, program.inputs + 1: eta}


def controller(argument, whole, z):
    """Return E(argument - whole) as two forms, where 3 (argument - whole) is in [z, z + 1]; the rest is a form in t."""
    r = plus(argument, {"1": Fraction(-whole)})
    third = plus({}, r, 3)
    parts = ((third, third), ({"1": UNIT}, plus({"1": 2 * UNIT}, third, -1)), (plus({"1": 3 * UNIT}, third, -1), {}))
    return tuple(map(as_form, parts[z]))


def sixths():
    """Yield (block, E(t), E(2t mod 1)) for the sixths of [0, 1]."""
    for z in range(6):
        block = along((Fraction(z, 6), 0), (Fraction(z + 1, 6), 0))
        yield block, controller({"t": UNIT}, 0, z // 2), controller({"t": 2 * UNIT}, z // 3, z % 3)


def in_range(form, domain, most):
    return domain.is_positive(form) and domain.is_positive(plus(most, form, -1))


def check_selector(theory, nodes, known, node, block, r, message):
    """The selector of r, a form in t that has values in [0, 1] on the block."""
    d = {("", "eps"): theory.width}
    w, slope = theory.width, {"eps": UNIT}
    for low, high, goal in (
        ({}, {"1": HALF}, {}),
        ({"1": HALF}, {"1": HALF, "eps": w / 2}, None),
        (plus({"1": HALF}, slope, w / 2), plus({"1": UNIT}, slope, -w), d),
        (plus({"1": UNIT}, slope, -w), {"1": UNIT}, None),
    ):
        part = block.clipped(plus(r, low, -1)).clipped(plus(high, r, -1))

        def claim(forms, domain):
            form = forms[node]
            return in_range(form, domain, d) if goal is None else domain.is_zero(plus(form, goal, -1))

        if not part.is_empty():
            prove(nodes, [node], known, Domain([part]), claim, message)


def check_orbits(theory):
    start, stage = theory.family.starts[0][2], theory.family.stage
    d = {("", "eps"): theory.width}
    for cls, i in product(theory.classes, (0, 1)):
        nodes, known = program_of(start)
        known[i] = as_form({"t": UNIT, "1": Fraction(theory.corner[i]), "eps": -cls.shift})
        selector, *loops = (start.outputs[place] for place in (cls.digits[i], *cls.loops[i]))
        for z in range(6 * cls.lengths[i]):
            block = along((Fraction(z, 6), 0), (Fraction(z + 1, 6), 0))
            goals = zip(loops, controller({"t": 2 * UNIT}, z // 3, z % 3))
            require_equal(nodes, goals, known, Domain([block]), "orbits, start")
            r = {"t": UNIT, "1": Fraction(-(z // 6))}
            check_selector(theory, nodes, known, selector, block, r, "selector, start")
        for low, high in ((None, (0, 0)), ((cls.lengths[i], 0), None)):
            domain = Domain([along(low, high)])
            require_equal(nodes, [(node, {}) for node in loops], known, domain, "controller outside")
            prove(nodes, [selector], known, domain, lambda forms, dom: in_range(forms[selector], dom, d), "outside")
        nodes, known = program_of(stage)
        selector, *loops = (stage.outputs[place] for place in (cls.digits[i], *cls.loops[i]))
        for block, given, goals in sixths():
            known |= zip(cls.loops[i], given)
            require_equal(nodes, zip(loops, goals), known, Domain([block]), "orbits, stage")
            check_selector(theory, nodes, known, selector, block, {"t": UNIT}, "selector, stage")


def check_cells(theory):
    start, w = theory.family.starts[0][2], theory.width
    for cls, i in product(theory.classes, (0, 1)):
        last = cls.lengths[i] - 1
        found = [(None, (0, 0), None), ((last + 1, 0), None, None)]
        for a in range(cls.lengths[i]):
            ends = [(a, 0), (a, w), (a, 1), (a, 1 + w), (a + 1, 0)] if a == last and cls.shift else [
                (a, 0), (a, w), (a + 1, 0)]
            found += [(low, high, goal) for low, high, goal in zip(ends, ends[1:], (None, a, None, "behind"))]
        nodes, known = program_of(start)
        known[i] = as_form({"t": UNIT, "1": Fraction(theory.corner[i]), "eps": -cls.shift})
        wanted = [node for pair in cls.cells[i].values() for node in pair]
        for low, high, goal in found:

            def claim(forms, domain):
                return all(
                    is_cell(theory, a, goal, *(forms[node] for node in pair), domain)
                    for a, pair in cls.cells[i].items()
                )

            prove(nodes, wanted, known, Domain([along(low, high)]), claim, f"cells from {low} to {high}")


def is_cell(theory, a, goal, selector, residual, domain):
    """Return whether selector and residual of the cell a are what is asked of them where ``goal`` is the cell of t."""
    d = {("", "eps"): theory.width}
    if any(scale != "n" for scale, _ in residual):
        return False
    ratio = {("", variable): number for (_, variable), number in residual.items()}
    if not in_range(ratio, domain, constant(UNIT)) or not in_range(selector, domain, d):
        return False
    if goal == a:
        return domain.is_zero(plus(selector, d, -1)) and domain.is_zero(
            plus(ratio, as_form({"t": UNIT, "1": Fraction(-a)}), -1))
    return goal is None or domain.is_zero(selector)


def check_rows(theory):
    """Lines "rows" and "bounds"."""
    start, w = theory.family.starts[0][2], theory.width
    small = {"eps": w, "eta": -UNIT}
    residuals = [{"eta": UNIT, name: -UNIT} for name in ("ru", "rv")]
    names = ("eps", "eta", "ru", "rv")
    exact = Domain([square(small, *residuals, variables=names)])
    selectors = [{"eps": w, name: -UNIT} for name in ("su", "sv")]
    free = Domain([square(small, *residuals, *selectors, variables=(*names, "su", "sv"))])
    for cls in theory.classes:
        for (cell, sign), places in cls.rows.items():
            require(all(a in axis for a, axis in zip(cell, cls.cells)), "a row of a cell without selectors")
            nodes, parameters = program_of(start, False)
            (su, ru), (sv, rv) = (axis[a] for a, axis in zip(cell, cls.cells))
            known = parameters | {ru: as_form({"ru": UNIT}), rv: as_form({"rv": UNIT})}
            outputs = [start.outputs[place] for place in places]
            for on in product((0, 1), repeat=2):
                digits = {node: as_form({"eps": w * digit}) for node, digit in zip((su, sv), on)}
                goals = [ETA, known[ru], known[rv]] if on == (1, 1) and sign == 1 else [{}, {}, {}]
                require_equal(nodes, zip(outputs, goals), known | digits, exact, f"the row of {cell}")
            known |= {su: as_form({"su": UNIT}), sv: as_form({"sv": UNIT})}
            for output in outputs:
                prove(nodes, [output], known, free, lambda forms, dom: in_range(forms[output], dom, ETA), "bounds")


# --- stage and last


class ScaledRows(Rows):
    """Rows with 0 <= p <= P, and ε, where 0 <= ρ P <= width · ε."""

    variables = "eps",

    def __init__(self, points, width, base):
        super().__init__(points, 0, 1)
        self.ends = (0, 0), (0, HALF), (width * HALF / base, HALF)

    def most(self, part):
        part = dict(part)
        slope = part.pop("eps", 0)
        most = super().most(part)
        return max(size * most + eps * slope for size, eps in self.ends)

    def crossed(self, part):
        return []


def check_row_steps(theory):
    stage, last, base = theory.family.stage, theory.family.last, theory.family.base
    for cls, q in product(theory.classes, QUADRANTS):
        points = cube(2).points
        for name, digit in zip(points.variables, q):
            points = points.clipped({name: Fraction(2 * digit - 1), "1": HALF * (1 - 2 * digit)})
        domain = Domain([ScaledRows(points, theory.width, base)])
        sums = {}
        for source in cls.rows:
            for state, weight in led(theory.mask, theory.corner, source, q):
                sums.setdefault(state, []).append((source, weight))
        for program, states in ((stage, cls.rows), (last, cls.read)):
            nodes, known = program_of(program)
            for state, places in cls.rows.items():
                known |= {place: {("", (state, k)): UNIT} for k, place in enumerate(places)}
            known |= {place: as_form({"eps": theory.width * digit}) for place, digit in zip(cls.digits, q)}
            goals = []
            for state, places in states.items():
                found = sums.get(state, [])
                require(sum(weight for _, weight in found) <= base / 2, "p after a step")
                for k, place in enumerate(places):
                    terms = [({("", (source, k)): Fraction(2 if k else 1)}, weight) for source, weight in found]
                    terms += [({("", (source, 0)): UNIT}, -q[k - 1] * weight) for source, weight in found if k]
                    goals.append((program.outputs[place], combined(terms)))
            require_equal(nodes, goals, known, domain, f"a step, digits {q}")


def majorant(form, tops):
    """Return {G, eps, 1: coefficients >= 0} that bounds max(0, form), with "?" where nothing is known."""
    found = {}
    for (scale, variable), number in form.items():
        if not scale and variable in ("1", "eps", "G"):
            found = plus(found, {variable: UNIT}, number)
        elif not scale and variable in tops:
            found = plus(found, tops[variable], max(0, number))
        elif not scale and variable[0] == "unit":
            found = plus(found, majorant(dict(variable[1]), tops) if number > 0 else {}, number)
        else:
            found["?"] = UNIT
    return {name: number for name, number in found.items() if number > 0}


def check_growth(theory):
    for cls in theory.classes:
        tops = {f"x{place}": {"G": UNIT} for places in cls.rows.values() for place in places}
        tops |= {f"x{place}": {"eps": theory.width} for place in cls.digits}
        for program, states in ((theory.family.stage, cls.rows), (theory.family.last, cls.read)):
            outputs = [program.outputs[place] for places in states.values() for place in places]
            check_bounds(program, outputs, tops, theory.family.base, "growth")
        tops = {f"x{place}": {"G": UNIT} for places in cls.read.values() for place in places}
        most = 1 / theory.family.factor
        check_bounds(theory.family.closing, [cls.value], tops, most, "limit", -most)


def check_bounds(program, wanted, tops, most, message, least=ZERO):
    """Nodes are between least · G and most · G."""
    nodes, known = program_of(program)
    known |= {int(name[1:]): as_form({name: UNIT}) for name in tops}
    forms = follow(nodes, wanted, known, GrowthDomain(tops))
    for node in wanted:
        high, low = majorant(forms[node], tops), majorant(plus({}, forms[node], -1), tops)
        require(set(high) | set(low) <= {"G"}, message)
        require(high.get("G", 0) <= most and low.get("G", 0) <= -least, message)


class GrowthDomain:
    """Signs of forms in G, ε and inputs between 0 and some of these, for `follow`."""

    def __init__(self, tops):
        self.tops, self.scales = tops, {}

    def is_positive(self, form):
        return not majorant(plus({}, form, -1), self.tops)


def check_row_seams(theory):
    last, w = theory.family.last, theory.width
    nodes, parameters = program_of(last)
    for cls in theory.classes:
        for (i, bump), z in product(enumerate(cls.bumps), range(3)):
            block = along((Fraction(z, 3), 0), (Fraction(z + 1, 3), 0))
            known, r = parameters | dict(zip(cls.loops[i], controller({"t": UNIT}, 0, z))), {"t": UNIT}
            parts = (0, w, 1), (w, 2 * w, 0), (2 * w, 1 - 2 * w, -1), (1 - 2 * w, 1 - w, 0), (1 - w, 1, 1)
            for low, high, kind in parts:
                part = block.clipped(plus(r, {"1": -low})).clipped(plus({"1": high}, r, -1))

                def claim(forms, domain):
                    height = forms[bump]
                    return domain.is_zero(height) if kind < 0 else domain.is_positive(plus(height, constant(kind), -1))

                if not part.is_empty():
                    prove(nodes, [bump], known, Domain([part]), claim, "a seam")

        def total(forms, domain):
            both = combined([(forms[bump], UNIT) for bump in cls.bumps])
            return domain.is_zero(plus(both, forms[last.outputs[cls.seam]], -1))

        prove(nodes, [*cls.bumps, last.outputs[cls.seam]], parameters, Domain([]), total, "the sum of the seams")


# --- closing


def check_reading(theory):
    nodes, parameters = program_of(theory.family.closing)
    for cls in theory.classes:
        known = dict(parameters)
        for state, places in cls.read.items():
            known |= {place: {("", (state, k)): UNIT} for k, place in enumerate(places)}
        corners = {cell: [o + a - cls.shift for o, a in zip(theory.corner, cell)] for cell, _ in cls.read}
        seeds = {cell: [moved(simplex, corner, 0) for simplex in theory.seed] for cell, corner in corners.items()}

        def claim(forms, domain):
            rest, points = dict(forms[cls.value]), domain.blocks[0].points
            for cell, sign in cls.read:
                form = {name: rest.pop(("", ((cell, sign), k)), 0) for k, name in enumerate(["1", *points.variables])}
                for part, height in parts_of_seed(points, seeds[cell]):
                    row = part.row(plus(form, height, -sign))
                    if any(value(row, generator) for generator in part.generators):
                        return False
            return not rest

        prove(nodes, [cls.value], known, Domain([Rows(cube(2).points, 0, None)]), claim, "reading")
    seams, values = [cls.seam for cls in theory.classes], [cls.value for cls in theory.classes]
    gates(nodes, theory.family.closing.outputs[0], values, seams, UNIT, parameters)
