"""``exactrelu mask``: what a mask is, in exact numbers."""

from exactrelu.commands import Answer
from exactrelu.commands.mask_lines import lines
from exactrelu.commands.problem import chosen_problem
from exactrelu.commands.tables import table
from exactrelu.data import table as entries
from exactrelu.errors import InputError
from exactrelu.field import RATIONALS, mpq, text
from exactrelu.linear import times
from exactrelu.refinement.limit import limit_values
from exactrelu.refinement.mask import coset_sums, largest_coset_norm, largest_row_norm, total
from exactrelu.refinement.spectral import radius
from exactrelu.refinement.sum_rules import reproduction, sum_rules
from exactrelu.refinement.symbol import factors, interpolation_point, symbol_text
from exactrelu.scheme import Mask, builtin_mask, load_problem
from exactrelu.scheme.algebra import box_spline, tensor, tensor_dilation
from exactrelu.scheme.builtin import field_of_mask
from exactrelu.scheme.dilation import as_dilation
from exactrelu.scheme.parts import dilation_to_json, mask_to_json

MAX_COSETS = 64
"""The most cosets whose sums are listed."""


def run(options):
    """Return the `Answer` with the facts about each mask of the problem, or about the one that the options make."""
    name, masks, dilation, field = chosen(options)
    found = [facts(mask, dilation, options.level) for mask in masks]
    head = {"name": name, "field": str(field), "dilation": dilation_to_json(dilation), "dimension": dilation.dimension}
    parts = []
    for number, fact in enumerate(found, 1):
        which = f" (mask {number} of {len(masks)})" if len(masks) > 1 else ""
        title = f"{name}{which}: {fact['coefficients']} coefficients, dilation {dilation}, {field}"
        parts.append(table([("mask", title), *lines(fact)]))
    data = head | (found[0] if len(found) == 1 else {"masks": found})
    return Answer(0, "\n\n".join(parts), data)


def chosen(options):
    """Return (name, masks, dilation, field) of what the command is about."""
    if (options.mask or options.seed) and (options.box_spline or options.tensor):
        raise InputError("--mask and --seed take the place of PROBLEM; leave them out beside --box-spline and --tensor")
    if options.box_spline is not None:
        directions = [tuple(_entry(t, word) for t in word.split(",")) for word in options.box_spline]
        mask = box_spline(directions, options.dilation)
        words = " ".join(",".join(map(str, v)) for v in directions)
        return f"box spline {words}", [mask], as_dilation(options.dilation, mask.dimension), RATIONALS
    if options.tensor is not None:
        (one, first, A, field), (other, second, B, second_field) = map(named, options.tensor)
        if len(first) > 1 or len(second) > 1:
            raise InputError("--tensor takes problems with one mask each")
        if RATIONALS not in (field, second_field) and field != second_field:
            raise InputError(f"--tensor: {one} is over {field}, {other} over {second_field}; they have no common field")
        field = second_field if field == RATIONALS else field
        return f"{one} x {other}", [tensor(first[0], second[0])], tensor_dilation(A, B), field
    if options.problem is not None and options.mask is None and options.seed is None:
        return named(options.problem)
    return parts_of(chosen_problem(options))


def named(name):
    """Return (name, masks, dilation, field) of a built-in mask, a built-in problem or a problem file."""
    if name in entries("masks"):
        mask = builtin_mask(name)
        return name, [mask], as_dilation(2, mask.dimension), field_of_mask(name)
    return parts_of(load_problem(name))


def parts_of(problem):
    """Return (name, masks, dilation, field) of a problem."""
    return problem.name, list(problem.masks.all), problem.dilation, problem.field


def facts(mask, dilation, level):
    """Return the facts about a mask as JSON data.

    Those on polynomials, the radius and the limit are about the mask divided by its ``scale``, the sum over each coset.
    """
    rules = sum_rules(mask, dilation)
    answer = {
        "components": mask.components,
        "coefficients": len(mask),
        "box": [list(side) for side in mask.box()],
        "mask": mask_to_json(mask),
        "column_norm": text(largest_coset_norm(mask, dilation)),
        "row_norm": text(largest_row_norm(mask)),
        "sum_rules": rules.order,
        "scale": text(rules.scale),
    }
    if mask.components == 1:
        answer |= _scalar_facts(mask, dilation, rules)
        if rules.order and rules.scale != 1:
            mask = Mask({k: c / rules.scale for k, c in mask.items()})
    answer["y"] = {",".join(map(str, nu)): list(map(text, row)) for nu, row in rules.y.items()}
    return answer | _radius(mask, dilation, rules) | {"limit": _limit(mask, dilation, rules, level)}


def _scalar_facts(mask, dilation, rules):
    """Return the facts about a mask of numbers."""
    degree, shift = reproduction(rules)
    kappa = interpolation_point(mask, dilation)
    answer = {
        "total": text(total(mask)),
        "symbol": symbol_text(mask),
        "generation": rules.order - 1,
        "reproduction": {"degree": degree, "shift": None if shift is None else list(map(text, shift))},
        "interpolation": None if kappa is None else list(kappa),
    }
    if dilation.determinant <= MAX_COSETS:
        sums = coset_sums(mask, dilation)
        answer["coset_sums"] = {",".join(map(str, k)): text(c) for k, c in sums.items()}
    if dilation.factors and len(set(dilation.factors)) == 1:
        found, rest = factors(mask, dilation.factors[0])
        directions = {",".join(map(str, v)): power for v, power in found.items()}
        answer["factors"] = {"directions": directions, "rest": mask_to_json(rest)}
    return answer


def _radius(mask, dilation, rules):
    """Return the bounds of the joint spectral radius, and whether subdivision converges; or why there are none.

    For matrices W_m belongs to one y of perhaps several, so that a radius >= 1 there refutes nothing.
    """
    try:
        found = radius(mask, dilation, rules)
    except InputError as error:
        return {"joint_spectral_radius": {"reason": str(error)}, "convergence": "undecided"}
    bounds = found._asdict() | {"lower": text(found.lower), "upper": text(found.upper)}
    convergence = "certified" if rules.order and found.upper < 1 else "undecided"
    if mask.components == 1 and (not rules.order or found.lower >= 1):
        convergence = "refuted"
    return {"joint_spectral_radius": bounds, "convergence": convergence}


def _limit(mask, dilation, rules, level):
    """Return the values of the limit function at A^-level Z^d, or why there are none."""
    try:
        found = limit_values(mask, dilation, rules, level)
    except InputError as error:
        return {"level": level, "values": None, "reason": str(error)}
    if found.values is None:
        return {"level": level, "values": None, "reason": found.reason}
    values = []
    for j, heights in sorted(found.values.items()):
        point = tuple(map(mpq, j))
        for _ in range(level):
            point = times(dilation.inverse, point)
        value = text(heights[0]) if len(heights) == 1 else list(map(text, heights))
        values.append({"point": list(map(text, point)), "value": value})
    return {"level": level, "values": values}


def _entry(numeral, word):
    number = RATIONALS.parse(numeral, f"--box-spline {word}")
    if number.denominator != 1:
        raise InputError(f"--box-spline {word}: a direction has integer entries, such as 1,0 or -1,1")
    return int(number)
