"""Networks of the construction small, proved for every n at once, and which networks are the ones of an n."""

from functools import lru_cache, partial
from typing import NamedTuple

from exactrelu.construction import small
from exactrelu.construction.hats import threshold_values
from exactrelu.construction.signed_reading import groups_of, passed_space
from exactrelu.construction.slots import orbit_bound
from exactrelu.construction.small_blocks import ETA, coordinate_names
from exactrelu.errors import InputError
from exactrelu.field import mpq, text
from exactrelu.proof.kernel import Unproved
from exactrelu.proof.levels import Sizes
from exactrelu.proof.members import Member, NotMember, check_member, check_members, member_among, member_fact
from exactrelu.proof.proofs import Paragraph, Proof, theorem, theorem_for_all
from exactrelu.proof.theories.small import Family, Moved, Reading, Start, growth, prove_all, sizes
from exactrelu.scheme.reductions import Reduced, reduced, residues, steps_of_power


@lru_cache(maxsize=16)
def family(scheme):
    """Return the `Family` that the builder makes for a `Reduced`; raises `Unproved` where there is none for all n."""
    programs = programs_of(scheme)
    normal, origin, signed = small.normal_form(scheme.problem)
    level, units = programs.level, programs.closing.marks
    letters = tuple(coordinate_names(normal.dimension))
    parts = tuple(loop.parts for loop in level.frame.loops)
    classes, readings, passed = [], [], []
    for k, (slot, space, before) in enumerate(zip(level.slots, level.spaces, level.before, strict=True)):
        shift = tuple(map(mpq, slot.shift, parts))
        classes.append(Moved(shift, slot.lengths, space.basis, before))
        readings.append(tuple(_readings(groups_of(slot.patches, space, signed), k, units)))
        passed.append(_passed(programs.reading.batches, k, units))
    hats, early = {}, {}
    for axis, (letter, loop) in enumerate(zip(letters, level.frame.loops, strict=True)):
        hats |= {f"{letter}/h{c}": (axis, c) for c in range(loop.parts - 1)}
        signs = level.signs(axis, -1)
        for s, k in loop.thresholds if letter is not letters[-1] else ():
            values = tuple(4 * signs.get((s, k), 1) * value for value in threshold_values(loop, s, k))
            early[f"{letter}/t{s}.{k}"] = axis, values
    starts = tuple(Start(*start) for start in programs.starts)
    return Family(
        normal, scheme.steps, scheme.basis, scheme.preimage(origin), letters, tuple(classes), parts, hats, early,
        starts, programs.stage, programs.closing, programs.reading.limit, tuple(readings), tuple(passed),
    )


def programs_of(scheme):
    """Return the `Programs` of the builder; raises `Unproved` where there are none for all n."""
    try:
        return small.programs(scheme)
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


@lru_cache(maxsize=16)
def proved(scheme):
    """Return (`Proof`, `Sizes`) of the family of a `Reduced`, for every number of steps; raises `Unproved`."""
    return prove_all(family(scheme))


def is_small(steps):
    """Return whether the ``steps`` of a network have an interface as those of the construction small: with hats."""
    names = steps[0][1]
    return names is not None and any(name.endswith("/h0") for name in names)


def scheme_of(problem, n):
    """Return (`Reduced` for all n of a family, number of steps for this n); raises `Unproved` where there is none."""
    try:
        found = reduced(problem, n)
    except InputError as error:
        raise Unproved("the family", str(error)) from None
    return found._replace(steps=min(found.steps, 1)), found.steps


def check(problem, n, steps):
    """Raise `NotMember` unless a network, given by its ``steps`` (`check_member`), is the one for n; or `Unproved`."""
    scheme, stages = scheme_of(problem, n)
    programs = programs_of(scheme)
    values = programs.parameters(stages)
    if values[ETA] * growth(family(scheme).problem) ** stages > 1:
        raise NotMember(f"eta is larger than B^-{stages}")
    check_member([programs.start(stages).program, *[programs.stage] * stages, programs.closing], values, steps)


def prove_member(problem, n, ways):
    """Return the `Proof` that a network equals V^n g, given its steps in some ways; raises `Unproved`."""
    steps, failures = member_among(ways, partial(check, problem, n))
    if steps is None:
        raise Unproved("the network", f"it is not the one of the construction small for n = {n}: {failures[-1]}")
    scheme, stages = scheme_of(problem, n)
    member = member_fact(
        f"It is the network of this family for {'n' if scheme.problem is problem else 'k'} = {stages}: the blocks "
        f"below, with eps = M^-{stages} and kappa = M^{stages} in each coordinate and eta <= B^-{stages}, are the same "
        "forms over its inputs and units, up to the scale of units."
    )
    proof, _ = proved(scheme)
    facts = (*reduction(problem, scheme, f"n = {n}"), member, *proof.facts)
    examined = Member(family(scheme), False) if scheme.problem is problem else Parts((Part(n, 0, scheme),))
    return proof._replace(theorem=theorem(n, problem.dimension), facts=facts, examined=examined)


class Part(NamedTuple):
    """The n = ``first``, ``first`` + ``period``, … (one n if that is 0), which have the families of one ``scheme``."""

    first: int
    period: int
    scheme: Reduced


class Parts(NamedTuple):
    """What the networks of a problem that is reduced are shown to be: the `Part`s of the n."""

    parts: tuple


def reduction(problem, scheme, where):
    """Return the `Paragraph`s, one or none, that say what V^n g is in terms of the problem of a `Reduced`."""
    if scheme.problem is problem:
        return ()
    other = scheme.problem
    components = f", {other.components} components" if other.components > 1 else ""
    statement = (
        "V^n g is an iterate of another operator W, V^n g(z) = (W^k h)(A z + b) with the matrix A = "
        f"({'; '.join(' '.join(map(text, row)) for row in scheme.matrix)}) and b = "
        f"({', '.join(map(text, scheme.offset))}): W has the dilation {other.dilation}{components} and one mask of "
        f"{len(other.mask)} coefficients, and k is the number of its steps in n. Of W and h, with k in the place of n, "
        "the facts are that follow (the page Schemes says why)."
    )
    return (Paragraph(where, statement, "masks multiplied and functions added up exactly"),)


def prove_members(problem, networks):
    """Return (`Proof`, `Sizes`) for every n; {n: steps} of some networks are checked to be members.

    The proof has the `Family`, or `Parts`, as what was examined. Raises `Unproved`.
    """
    check_members(networks, partial(check, problem))
    pairs, schemes = families(problem)
    if len(schemes) == 1 and schemes[0].problem is problem:
        proof, most = proved(schemes[0])
        return proof._replace(examined=family(schemes[0])), most
    found = [proved(scheme) for scheme in schemes]
    whole = largest(problem, [own for _, own in found])
    facts, blocks = [], {}
    for (first, period), scheme, (proof, _) in zip(pairs, schemes, found, strict=True):
        where = f"n = {first}, {first + period}, ..." if period else f"n = {first}"
        facts += reduction(problem, scheme, where)
        facts += [fact._replace(where=f"{where}; {fact.where}") for fact in proof.facts]
        blocks |= {f"{where}; {name}": program for name, program in proof.blocks.items()}
    words = theorem_for_all(whole, 1, problem.dimension, False).replace(" made of the blocks below", "")
    conclusion = f"Every n >= 1 is in one of the families, of which the same is to be shown. {found[0][0].conclusion}"
    parts = Parts(tuple(Part(*pair, scheme) for pair, scheme in zip(pairs, schemes, strict=True)))
    return Proof(words, tuple(facts), conclusion, parts, blocks), whole


def families(problem):
    """Return (pairs (first, period), the `Reduced` of each), the families of all n ≥ 1; raises `Unproved`."""
    try:
        pairs = residues(problem)
    except InputError as error:
        raise Unproved("the family", str(error)) from None
    return pairs, [scheme_of(problem, first)[0] for first, _ in pairs]


def largest(problem, found):
    """Return the `Sizes` of the networks of several families, given those of each."""
    *most, _ = map(max, zip(*found, strict=True))
    return Sizes(*most, steps_of_power(problem))


def sizes_all(problem):
    """Return the `Sizes` of the networks for every n, by the levels of their blocks; raises `Unproved`."""
    _, schemes = families(problem)
    found = [sizes(family(scheme)) for scheme in schemes]
    return found[0] if len(schemes) == 1 and schemes[0].problem is problem else largest(problem, found)


def eta(problem, n):
    """Return η of the network for n."""
    scheme, stages = scheme_of(problem, n)
    return programs_of(scheme).parameters(stages)[ETA]
