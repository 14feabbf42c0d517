"""Networks of the construction small, proved for every n at once, and which networks are the ones of an n."""

from functools import lru_cache, partial

from exactrelu.certification.induction.facts import theorem
from exactrelu.construction import small
from exactrelu.construction.hats import threshold_values
from exactrelu.construction.signed_reading import groups_of, passed_space
from exactrelu.construction.slots import orbit_bound
from exactrelu.construction.small_blocks import ETA, coordinate_names
from exactrelu.errors import InputError
from exactrelu.field import mpq
from exactrelu.proof.kernel import Unproved
from exactrelu.proof.members import NotMember, check_member, check_members
from exactrelu.proof.proofs import Paragraph
from exactrelu.proof.theories.small import Family, Moved, Reading, Start, growth, prove_all


@lru_cache(maxsize=8)
def family(problem):
    """Return the `Family` that the builder makes for a problem; raises `Unproved` where there is none for all n."""
    programs = programs_of(problem)
    normal, corner = problem.normalized()
    _, _, signed = small.normal_form(problem)
    level, units = programs.level, programs.closing.marks
    letters = tuple(coordinate_names(normal.dimension))
    parts = level.frame.parts
    classes, readings, passed = [], [], []
    for k, (slot, space, before) in enumerate(zip(level.slots, level.spaces, level.before, strict=True)):
        shift = tuple(mpq(part, parts) for part in slot.shift)
        classes.append(Moved(shift, slot.lengths, space.basis, before))
        readings.append(tuple(_readings(groups_of(slot.patches, space, signed), k, units)))
        passed.append(_passed(programs.reading.batches, k, units))
    hats, early = {}, {}
    for axis, (letter, loop) in enumerate(zip(letters, level.frame.loops, strict=True)):
        hats |= {f"{letter}/h{c}": (axis, c) for c in range(parts - 1)}
        signs = level.signs(axis, -1)
        for s, k in loop.thresholds if letter is not letters[-1] else ():
            values = tuple(4 * signs.get((s, k), 1) * value for value in threshold_values(loop, s, k))
            early[f"{letter}/t{s}.{k}"] = axis, values
    starts = tuple(Start(*start) for start in programs.starts)
    return Family(
        normal, corner, letters, tuple(classes), parts, hats, early, starts, programs.stage, programs.closing,
        programs.reading.limit, tuple(readings), tuple(passed),
    )


def programs_of(problem):
    """Return the `Programs` of the builder; raises `Unproved` where there are none for all n."""
    try:
        return small.programs(problem)
    except InputError as error:
        raise Unproved("the family", str(error)) from None


def _readings(groups, k, units):
    """Yield the `Reading`s of class k, ``units`` being {name: node} of its terms."""
    count = 0
    for group in groups:
        nodes = [units[f"s{k}/term/{count + i}"] for i in range(len(group.terms))]
        count += len(group.terms)
        terms = tuple((node, term.height) for node, term in zip(nodes, group.terms, strict=True))
        yield Reading(group.forms, group.weights, group.row, terms)


def _passed(batches, k, units):
    """Return {unit: (functional, height)} of what is passed on of class k."""
    found = {}
    for place in range(len(batches)):
        for i, row in enumerate(passed_space(batches, place, k).basis):
            found[units[f"s{k}/passed/{place}/{i}"]] = row, orbit_bound(row)
    return found


@lru_cache(maxsize=8)
def proved(problem):
    """Return (`Proof`, `Sizes`) for every n; raises `Unproved`."""
    return prove_all(family(problem))


def is_small(steps):
    """Return whether the ``steps`` of a network have an interface as those of the construction small: with hats."""
    names = steps[0][1]
    return names is not None and any(name.endswith("/h0") for name in names)


def check(problem, n, steps):
    """Raise `NotMember` unless a network, given by its ``steps`` (`check_member`), is the one for n; or `Unproved`."""
    programs = programs_of(problem)
    values = programs.parameters(n)
    if values[ETA] * growth(family(problem).problem) ** n > 1:
        raise NotMember(f"eta is larger than B^-{n}")
    check_member([programs.start(n).program, *[programs.stage] * n, programs.closing], values, steps)


def prove_member(problem, n, ways):
    """Return the `Proof` that a network equals V^n g, given its steps in some ways; raises `Unproved`."""
    reason = "it has no blocks"
    for steps in ways:
        try:
            check(problem, n, steps)
            break
        except NotMember as failure:
            reason = failure
    else:
        raise Unproved("the network", f"it is not the one of the construction small for n = {n}: {reason}")
    member = Paragraph(
        "network",
        f"It is the network of this family for n = {n}: the blocks below, with eps = M^-{n} and kappa = M^{n} in each "
        f"coordinate and eta <= B^-{n}, are the same forms over its inputs and units, up to the scale of units.",
        "form by form, a unit being known by its argument",
    )
    proof, _ = proved(problem)
    return proof._replace(theorem=theorem(n, problem.dimension), facts=(member, *proof.facts))


def prove_members(problem, networks):
    """Return (`Proof`, `Sizes`) for every n; {n: steps} of some networks are checked to be members.

    Raises `Unproved`.
    """
    check_members(networks, partial(check, problem))
    return proved(problem)
