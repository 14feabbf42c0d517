"""Families of functionals, for the second checker of certificates of format 2: the questions of section 7.2 about the
closing program and about the seed."""

from fractions import Fraction
from itertools import product

from second_functionals import UNIT, as_form, cube, interval, on_loop, on_rows, pieces, states_of, variable
from second_polyhedra import crosses, value
from second_programs import Domain, Rows, combined, constant, follow, plus, prove, require, require_equal
from second_steps import with_parameters


def check_closing(theory):
    """The lines of the table from "seams" on; of parameters nothing is known."""
    nodes, parameters = with_parameters(theory.family.closing, theory)
    for cls in theory.classes:
        check_seams(theory, cls, nodes, parameters)
        check_affine_parts(theory, cls, nodes, parameters)
        check_shapes(theory, cls, nodes, parameters)
        check_seed(theory, cls)
        check_limit(theory, cls, nodes, parameters)
    check_gates(theory, nodes, parameters)


def check_seams(theory, cls, nodes, parameters):
    for i, bump in enumerate(cls.bumps):
        w, size, r = theory.loops[i].width, theory.loops[i].size, f"t{i}"
        for low, high, is_zero in ((0, w, False), (1 - w, 1, False), (2 * w, 1 - 2 * w, True)):
            block = interval(r, Fraction(low), Fraction(high))
            argument = {r: UNIT, "1": -cls.shift[i]}
            for piece, z in pieces(block, argument, size):
                curves = {place: as_form(on_loop(values, argument, z)) for place, values in theory.loops[i].curves}

                def claim(forms, domain):
                    height = forms[bump]
                    return domain.is_zero(height) if is_zero else domain.is_positive(plus(height, constant(-UNIT)))

                prove(nodes, [bump], parameters | curves, Domain([piece]), claim, "a seam")

    def claim(forms, domain):
        heights = [forms[bump] for bump in cls.bumps]
        total = combined([(height, UNIT) for height in heights])
        return all(map(domain.is_positive, heights)) and domain.is_zero(plus(total, forms[cls.seam], -1))

    prove(nodes, [*cls.bumps, cls.seam], parameters, Domain([]), claim, "the sum of the seams")


def total_of(terms, forms):
    return combined([(forms[node], height) for node, height in terms])


def check_affine_parts(theory, cls, nodes, parameters):
    def claim(forms, domain):
        passed = [
            plus(plus(forms[node], constant(height), -1), on_rows(functional, variable), -1)
            for node, height, functional in cls.passed
        ]
        rest = plus(total_of(cls.terms, forms), on_rows(cls.affine, variable), -1)
        return all(map(domain.is_zero, [*passed, rest]))

    wanted = [node for node, *_ in cls.passed + cls.terms]
    prove(nodes, wanted, parameters | states_of(cls), Domain([cube(theory.problem.dimension)]), claim, "affine parts")


def has_sign(theory, weights, sign):
    """Return whether P never has the opposite of the sign since no entry of the mask is negative."""
    mask = [entry for matrix in theory.mask.values() for row in matrix for entry in row]
    return min(mask) >= 0 and all(sign * weight > 0 for _, weight in weights)


def check_shapes(theory, cls, nodes, parameters):
    for shape in cls.shapes:
        weights = dict(shape.weights)
        chosen = min(weights)

        def row(place, k):
            if place != chosen:
                return {("", f"other {place} {k}"): UNIT}
            others = {("", f"other {other} {k}"): -weight for other, weight in weights.items() if other != chosen}
            return combined([({("", ("P", k)): UNIT, **others}, 1 / weights[chosen])])

        known = parameters | states_of(cls, row)
        known |= {node: plus(on_rows(functional, row), constant(height)) for node, height, functional in cls.passed}
        most = sum(map(abs, weights.values()))
        for sign in (1, -1):
            if has_sign(theory, shape.weights, -sign):
                continue
            for points, form in parts_of_shape(shape, cube(theory.problem.dimension).points):
                entries = [form.get("1", 0), *(form.get(name, 0) for name in points.variables)]
                goal = {("", ("P", k)): entry for k, entry in enumerate(entries) if entry}

                def claim(forms, domain):
                    return domain.is_zero(plus(total_of(shape.terms, forms), goal, -1))

                ends = (0, most) if sign > 0 else (-most, 0)
                wanted = [node for node, _ in shape.terms]
                prove(nodes, wanted, known, Domain([Rows(points, *ends)]), claim, "a shape")


def parts_of_shape(shape, points):
    """Yield (points, form) where max(0, least form) is this form, or 0; these cover the points."""
    forms = [{key: entry for key, entry in zip([*points.variables, "1"], form) if entry} for form in shape.forms]
    for j, form in enumerate(forms):
        low = points.clipped(plus({}, form, -1))
        high = points.clipped(form)
        for other in forms[:j] + forms[j + 1:]:
            high = high.clipped(plus(other, form, -1))
        yield from ((part, found) for part, found in ((low, {}), (high, form)) if not part.is_empty())


def check_seed(theory, cls):
    """Sum of weight · w(u), plus the affine part, is the seed, at each place."""
    d, r = theory.problem.dimension, theory.problem.components
    for cell, l in product(product(*map(range, cls.lengths)), range(r)):
        affine = {}
        for place, k, weight in cls.affine:
            if place == (cell, l):
                affine = plus(affine, {f"u{k - 1}" if k else "1": weight})
        parts = [(cube(d).points, affine)]
        for shape in cls.shapes:
            if weight := dict(shape.weights).get((cell, l)):
                parts = [
                    (part, plus(form, height, weight)) for points, form in parts
                    for part, height in parts_of_shape(shape, points)
                ]
        corner = [o + a - s for o, a, s in zip(theory.corner, cell, cls.shift)]
        simplices = [moved(simplex, corner, l) for simplex in theory.problem.seed]
        for points, form in parts:
            for part, seed in parts_of_seed(points, simplices):
                rest = part.row(plus(form, seed, -1))
                require(all(not value(rest, generator) for generator in part.generators), f"seed at {cell}, {l}")


def moved(simplex, corner, l):
    """Return (sides, form) of a simplex in u, the point being corner + u."""
    names = [f"u{i}" for i in range(len(corner))]

    def at_corner(form):
        return {**dict(zip(names, form)), "1": value(form, (*corner, 1))}

    borders = [at_corner(form) for form in simplex.coordinates]
    height = {}
    for border, values in zip(borders, simplex.values):
        height = plus(height, border, values[l])
    return borders, height


def parts_of_seed(points, simplices):
    """Yield (points, form of the seed there), which cover all points."""
    for j, (borders, height) in enumerate(simplices):
        if any(points.clipped(border).is_empty() for border in borders):
            continue
        for border in borders:
            if crosses(points.generators, points.row(border)):
                yield from parts_of_seed(points.clipped(plus({}, border, -1)), simplices[j + 1:])
                points = points.clipped(border)
        if all(min(value(points.row(border), g) for g in points.generators) >= 0 for border in borders):
            yield points, height
            return
    yield points, {}


def check_limit(theory, cls, nodes, parameters):
    terms = cls.terms + [term for shape in cls.shapes for term in shape.terms]
    units = [node for node, _ in terms]

    def claim(forms, domain):
        rests = [plus(constant(UNIT), forms[node], -1) for node in units]
        return all(map(domain.is_positive, [*rests, *(forms[node] for node in units)]))

    prove(nodes, units, parameters, Domain([]), claim, "a unit of a term is not in [0, 1]")
    if cls.value is None:
        require(not terms, "terms, and nothing is read")
        return
    known = parameters | {node: as_form({f"s{node}": UNIT}) for node in units}
    domain = Domain([interval(f"s{node}", 0, 1) for node in set(units)])

    def total(forms, domain):
        value = forms[cls.value]
        limits = [plus(constant(theory.limit), value, sign) for sign in (1, -1)]
        return domain.is_zero(plus(value, total_of(terms, forms), -1)) and all(map(domain.is_positive, limits))

    prove(nodes, [cls.value], known, domain, total, "the sum of terms")


def check_gates(theory, nodes, parameters):
    """The last line of the table."""
    values, seams = [cls.value for cls in theory.classes], [cls.seam for cls in theory.classes]
    gates(nodes, theory.family.closing.outputs[0], values, seams, theory.limit, parameters)


def gates(nodes, output, values, seams, limit, parameters):
    """The output is V if a good class has D = 0, and 0 if V = 0; a value None is 0. Classes may share nodes."""
    forms = follow(nodes, [value for value in values if value is not None], parameters, Domain([]))
    values = [value if forms.get(value) else None for value in values]
    for good in product((False, True), repeat=len(values)):
        rest = [interval(f"D{j}", 0 if is_good else 1, None) for j, is_good in enumerate(good)]
        rest += [interval(f"y{j}", -limit, limit) for j in range(len(values))]
        domain = Domain([interval("V", -limit, limit), *rest])
        is_zero = any(value is None and is_good for value, is_good in zip(values, good))
        order = sorted(range(len(values)), key=lambda j: good[j])
        for case in [None, *(j for j in order if good[j])]:
            height = {} if case is None or is_zero else as_form({"V": UNIT})
            known = parameters | {seams[j]: as_form({f"D{j}": UNIT}) for j in order}
            heights = [(j, height if good[j] else as_form({f"y{j}": UNIT})) for j in order]
            known |= {values[j]: form for j, form in heights if values[j] is not None}
            known |= {} if case is None else {seams[case]: {}}
            require_equal(nodes, [(output, height)], known, domain, "the gates")
