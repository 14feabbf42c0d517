"""Networks of the construction small, proved for one n, and which networks are the one for n."""

from functools import lru_cache

from exactrelu.certification.induction.facts import theorem
from exactrelu.construction import small
from exactrelu.construction.hats import threshold_values
from exactrelu.construction.signed_reading import groups_of, passed_space
from exactrelu.construction.slots import orbit_bound
from exactrelu.errors import InputError
from exactrelu.field import mpq
from exactrelu.network.program import Program
from exactrelu.proof.kernel import Unproved
from exactrelu.proof.members import NotMember, check_member
from exactrelu.proof.proofs import Paragraph
from exactrelu.proof.theories.small import Composition, Level, Moved, Reading, prove_all


@lru_cache(maxsize=8)
def composition(problem, n):
    """Return the `Composition` that the builder makes for a problem and n; raises `Unproved` where there is none."""
    try:
        found = small.composition(problem, n)
    except InputError as error:
        raise Unproved("the network", str(error)) from None
    normal, corner = problem.normalized()
    signed = any(weight < 0 for weight in normal.mask.values())
    made = {}
    levels = [made.setdefault(id(level), _level(level, found.scale)) for level in found.levels]
    names = [small.interface_names(level) for level in found.levels]
    programs = _programs(found.blocks, names)
    last = found.levels[-1]
    units = programs[-1].marks
    readings, passed = [], []
    for k, (slot, space) in enumerate(zip(last.slots, last.spaces, strict=True)):
        readings.append(tuple(_readings(groups_of(slot.patches, space, signed), k, units)))
        passed.append(_passed(found.batches, k, units))
    return Composition(
        normal, corner, n, tuple(levels), programs, 1 / mpq(4 * last.frame.parts), found.scale.height, found.limit,
        tuple(readings), tuple(passed),
    )


def _level(level, scale):
    """Return what the theory knows of a `Level` of the construction."""
    parts, classes, curves = level.frame.parts, [], {}
    for slot, space, before in zip(level.slots, level.spaces, level.before or range(3), strict=True):
        functionals = tuple(
            {(cell, k): weight for ((cell, _), k), weight in row.items()} for row in space.basis
        )
        classes.append(Moved(tuple(mpq(part, parts) for part in slot.shift), slot.lengths, functionals, before))
    for axis, (letter, loop) in enumerate(zip("xy", level.frame.loops, strict=True)):
        hats = [loop.hats_at(mpq(k, 6)) for k in range(6)]
        for c in range(loop.parts - 1):
            curves[f"{letter}/h{c}"] = axis, tuple(own[c] for own in hats)
        if loop is level.frame.loops[-1]:
            continue
        signs = level.signs(axis, -1)
        for s, k in loop.thresholds:
            sign = signs.get((s, k), 1)
            heights = [
                sum(a * b for a, b in zip(threshold_values(loop, s, k), own, strict=True)) for own in hats
            ]
            curves[f"{letter}/t{s}.{k}"] = axis, tuple(
                max(mpq(0), sign * scale.steepness[axis] * height) for height in heights
            )
    return Level(tuple(classes), curves)


def _programs(blocks, names):
    """Return the blocks as programs, equal blocks as the same one; ``names`` are those of the interfaces."""
    made, programs = {}, []
    for j, block in enumerate(blocks):
        inlets = tuple(names[j - 1]) if j else ("x", "y")
        outlets = names[j] if j < len(names) else ["value"]
        if id(block) not in made:
            marks = block.marks
            made[id(block)] = Program(inlets, (), block.nodes, dict(zip(outlets, block.outputs, strict=True)), marks)
        programs.append(made[id(block)])
    return tuple(programs)


def _readings(groups, k, units):
    """Yield the `Reading`s of class k, ``units`` being {name: node} of its terms."""
    count = 0
    for group in groups:
        nodes = [units[f"s{k}/term/{count + i}"] for i in range(len(group.terms))]
        count += len(group.terms)
        terms = tuple((node, term.height) for node, term in zip(nodes, group.terms, strict=True))
        weights = {cell: weight for (cell, _), weight in group.weights.items()}
        row = {(cell, i): weight for ((cell, _), i), weight in group.row.items()}
        yield Reading(group.forms, weights, row, terms)


def _passed(batches, k, units):
    """Return {unit: (functional, height)} of what is passed on of class k."""
    found = {}
    for place in range(len(batches)):
        for i, row in enumerate(passed_space(batches, place, k).basis):
            functional = {(cell, entry): weight for ((cell, _), entry), weight in row.items()}
            found[units[f"s{k}/passed/{place}/{i}"]] = functional, orbit_bound(row)
    return found


@lru_cache(maxsize=8)
def proved(problem, n):
    """Return the `Proof` for the network of the builder; raises `Unproved`."""
    return prove_all(composition(problem, n), theorem(n))


def is_small(steps):
    """Return whether the ``steps`` of a network have an interface as those of the construction small: with hats."""
    names = steps[0][1]
    return names is not None and "x/h0" in names


def prove_member(problem, n, ways):
    """Return the `Proof` that a network equals V^n g, given its steps in some ways; raises `Unproved`."""
    found = composition(problem, n)
    for steps in ways:
        try:
            check_member(found.programs, {"eta": mpq(1)}, steps)
            break
        except NotMember as failure:
            reason = failure
    else:
        raise Unproved("the network", f"it is not the one of the construction small for n = {n}: {reason}")
    member = Paragraph(
        "network",
        f"It is the network of the blocks below, n = {n}: they are the same forms over its inputs and units, up to the "
        "scale of units.",
        "form by form, a unit being known by its argument",
    )
    proof = proved(problem, n)
    return proof._replace(facts=(member, *proof.facts))
