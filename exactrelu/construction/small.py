"""The construction `small`: depth n + 5 as `one-pass`, a quarter to a half of its width, weights that grow like 2ⁿ.

Three classes carry the cascade on grids that are moved by the slots of `exactrelu.construction.slots`: linear
functionals X of S = P ⊗ (1, u), as few as can be read in the end, of any sign. One loop a coordinate serves all classes
(`exactrelu.construction.hats`).

*A stage* is X ← Σ_I U_I [W_I X]_I, where the brackets of I ≠ ∅ let their value pass if the digits in I all differ from
the base digits,

    [y]_I = (y + ψ_I)₊ − (ψ_I)₊,   ψ_I = ψ_k − (H + 1) Σ_{i ∈ I, i < k} (−ψ_i)₊,   k = max I,   ψ_i = ± H μ(t_i),

with the median μ of the slot, positive where the digit is the other one. H = 1/(3 δ_n), so that |ψ_i| ≥ 1 at distance
≥ δ_n from the seams, and ψ_I ≥ 1 or ≤ −1; rows of W are scaled so that |W X| ≤ 1 on good orbits. The offsets (ψ_I)₊ are
shared by all rows of I. To make ψ_I affine in what a stage is given, the parts (±μ)₊ of all coordinates but the last
come one stage *early*; the last one is *late*, and its offsets are units of its loop.

*Good orbits* are those with dist(r_j, Z/2) ≥ δ_n = SEAM · 2⁻ⁿ for all j < n: those with dist(r_n, Z) ≥ SEAM. On them
X = Φ S / height, a power of two ≥ max(1, Bⁿ), so that the stages do not depend on B. Each class has a seam deficiency
0 ≤ D ≤ 1 in each coordinate, 1 for dist(r_n, Z) ≤ SEAM and 0 from WIDTH on; since the slots differ by thirds in each
coordinate, some class has D = 0, and the seam gates (`seam_gates`) give its value.

*Bad orbits* leave X with any values. What is read off X is bounded all the same (`exactrelu.construction.
signed_reading`), by a number that does not depend on n, and the seam gates close for it.

*Depth:* two layers to start, n stages, two for the reading, one for the gates: n + 5. A seed with so many shapes that
reading them at once would be wider than a stage is read in more layers. n = 0 leaves out the stages.
"""

from functools import lru_cache
from itertools import islice, pairwise
from typing import NamedTuple

from exactrelu.construction import hats as loop
from exactrelu.construction.gate import bounded_below, bracket, positive_gate, seam_gates
from exactrelu.construction.selector import ramp
from exactrelu.construction.signed_reading import State, batches_of, functionals, read, reading_bound, terms_of
from exactrelu.construction.slots import (
    PARTS, column_norm, orbit_bound, power_of_two, shared_spaces, slots_of, spaces_by_level, steps_of,
)
from exactrelu.construction.spaces import combination
from exactrelu.field import mpq
from exactrelu.network.builder import Builder, constant, linear_combination, total
from exactrelu.network.chain import Chain
from exactrelu.network.dag import Relu
from exactrelu.scheme import refuse_beyond

SEAM = mpq(1, 12)
"""Terminal residuals of bad orbits lie within SEAM of the integers: δ_n = SEAM · 2⁻ⁿ."""

WIDTH = mpq(1, 6)
"""The seam deficiencies vanish at this distance from the integers; slots differ by twice as much."""

COORDINATES = ("x", "y")


class Interface(NamedTuple):
    """What a stage is given: for each class its ``states`` X, the ``early`` and the ``late`` loops, as expressions.

    ``early`` has the `Medians` at t_j of all coordinates but the last one, times H; ``late`` are the hats of the last.
    """

    states: tuple
    early: tuple
    late: tuple


def build(problem, n):
    """Return a `Chain` that computes V^n g on R², for n ≥ 0, in the coordinates of ``problem``; V⁰ g is g."""
    refuse_beyond(problem, "the construction small")
    if n < 0:
        raise ValueError(f"the construction small needs n ≥ 0, got {n}")
    normal, origin = problem.normalized()
    slots, levels, steps = levels_of(normal, n)
    steepness = 2**n / (3 * SEAM)
    height = power_of_two(max(mpq(1), column_norm(normal.mask) ** n))
    start = start_block(slots, levels[0], steps[0] if n else None, origin, n, steepness, height)
    stages = list(zip(levels, levels[1:], steps))
    if n and levels[0] is levels[-1]:
        stages = [stage_block(slots, *stages[0], steepness)] * n
    else:
        stages = [stage_block(slots, *stage, steepness) for stage in stages]
    signed = any(weight < 0 for weight in normal.mask.values())
    readings = [terms_of(slot.patches, space, signed) for slot, space in zip(slots, levels[-1])]
    batches = batches_of(readings, max(map(units, stages or [start])))
    closing = closing_block(slots, levels[-1], batches, steepness, height)
    return Chain([start, *stages, closing], list(map(interface_names, levels)))


def levels_of(normal, n):
    """Return (slots, spaces at the levels 0, …, n, steps between them) for a normalized problem."""
    slots, spaces, steps = shared_by_levels(normal)
    if spaces is not None:
        return slots, (spaces,) * (n + 1), (steps,) * n
    levels = spaces_by_level(normal.mask, slots, list(map(functionals_of, slots)), n)
    return slots, levels, tuple(steps_of(normal.mask, slots, *pair) for pair in pairwise(levels))


@lru_cache(maxsize=8)
def shared_by_levels(normal):
    """Return (slots, spaces, steps) of all levels and all n; spaces and steps are None where these differ."""
    slots = slots_of(normal)
    spaces = shared_spaces(normal.mask, slots, list(map(functionals_of, slots)))
    return slots, spaces, None if spaces is None else steps_of(normal.mask, slots, spaces, spaces)


def functionals_of(slot):
    """Return the functionals of S that are read in a slot."""
    return functionals(slot.patches)


def units(block):
    """Return the number of units of a block."""
    return sum(type(node) is Relu for node in block.nodes)


def start_block(slots, spaces, step, origin, n, steepness, height):
    """Return the block z → X at level 0 and the loops at t_0, two layers; ``step`` follows, None if nothing does."""
    b = Builder(len(origin))
    coordinates = [t - start for t, start in zip(b.inputs, origin)]
    states, sides = [], [[(mpq(0), mpq(1))] for _ in coordinates]
    for slot, space in zip(slots, spaces):
        keys = sorted(set().union(*space.basis))
        along = []
        for i, t in enumerate(coordinates):
            wanted = sorted({cell[i] for cell, _ in keys})
            borders = cell_borders(slot.shift[i], slot.lengths[i], n)
            sides[i] += [borders[a : a + 2] for a in wanted]
            along.append(cells_along(b, t, slot.shift[i], borders, wanted, SEAM / 2**n))
        rows = start_rows(b, keys, along)
        states.append([linear_combination(row.values(), map(rows.get, row)) / height for row in space.basis])
    hats = [loop.embedding(b, t, joined(own), SEAM / 2**n) for t, own in zip(coordinates, sides)]
    late = tuple(b.relu(h) for h in hats[-1][:2])  # they are ≥ 0: one unit each
    return b.network(flat(states, early_parts(b, slots, step, hats[:-1], steepness), late))


def cell_borders(part, length, n):
    """Return the borders of the cells of a grid moved by part/PARTS along a window, in the window's coordinate.

    V^n g vanishes outside of the window: of the first and the last cell of a moved grid only what lies in it counts, up
    to the next grid line of level n, which is a seam of the class.
    """
    borders = [a - mpq(part, PARTS) for a in range(length + 1)]
    if part:
        last = mpq(2**n * part % PARTS, PARTS)
        borders[0], borders[-1] = -last / 2**n, length - 1 + (1 - last) / 2**n
    return borders


def joined(intervals):
    """Return the union of intervals (low, high) as intervals that are apart, in order."""
    found = []
    for low, high in sorted(map(tuple, intervals)):
        if found and low <= found[-1][1]:
            low, high = found[-1][0], max(high, found.pop()[1])
        found.append((low, high))
    return found


def cells_along(b, t, part, borders, wanted, delta):
    """Return {a: (selector, residual)} for the ``wanted`` cells a of a grid moved by part/PARTS along a coordinate."""
    found = {}
    for a in wanted:
        first, second = (ramp(b, t, border, delta) for border in borders[a : a + 2])
        r = t + mpq(part, PARTS) - a
        found[a] = first - second, b.relu(r) - b.relu(r - 1)
    return found


def start_rows(b, keys, along):
    """Return {(cell, k): P for k = 0, P u_k else} at level 0 for the ``keys``; ``along`` has the cells of each side."""
    found = {}
    for cell, k in keys:
        selectors, residuals = zip(*(side[a] for side, a in zip(along, cell)))
        value = residuals[k - 1] if k else constant(1)
        (found[cell, k],) = positive_gate(b, len(cell) - total(selectors), [value], 1)
    return found


def stage_block(slots, spaces, following, steps, steepness):
    """Return the block of a stage, one hidden layer: from ``spaces`` to those of the ``following`` level."""
    b = Builder(len(interface_names(spaces)))
    here = interface(spaces, b.inputs)
    states = [None] * len(slots)
    for k, (slot, step) in enumerate(zip(slots, steps)):
        condition = conditions(slot, step, here, steepness)
        states[slot.image] = next_state(b, spaces[k], len(following[slot.image]), step, here.states[k], condition)
    doubled = [loop.doubled(parts, steepness) for parts in here.early]
    late = loop.medians(b, here.late, steepness, spared_part(slots, steps, len(doubled), -1))
    return b.network(flat(states, early_parts(b, slots, steps, doubled, steepness), loop.doubled(late, steepness)[:2]))


def conditions(slot, step, here, steepness):
    """Return {I: ψ_I} for the sets I ≠ ∅ of coordinates."""
    turned = [turning_sign(step, i) for i in range(len(slot.shift))]
    forms = [sign * parts.median(s) for sign, parts, s in zip(turned, here.early, slot.shift)]
    forms.append(turned[-1] * steepness * loop.median(here.late, slot.shift[-1]))
    opposite = [parts.part(s, -sign) for sign, parts, s in zip(turned, here.early, slot.shift)]
    return {
        chosen: forms[chosen[-1]] - (steepness + 1) * total(opposite[i] for i in chosen[:-1])
        for chosen in step.differences if chosen
    }


def turning_sign(step, i):
    """Return the sign of the slot's median where digit i is not the base digit: it is positive for the digit 0."""
    return 1 if step.base[i] else -1


def next_state(b, space, size, step, state, condition):
    """Return X at the next level, ``size`` numbers: Σ_I U_I [W_I X]_I for X = ``state``."""
    entries = [[] for _ in range(size)]
    for chosen, (U, W) in step.differences.items():
        passed = []
        for row in W:
            bound = orbit_bound(combination(row, space.basis))
            value = linear_combination(row.values(), [state[i] for i in row]) / bound
            passed.append(bound * (bracket(b, condition[chosen], value) if chosen else bounded_below(b, value, 1)))
        for summands, row in zip(entries, U):
            summands.append(linear_combination(row.values(), [passed[k] for k in row]))
    return list(map(total, entries))


def early_parts(b, slots, steps, hats, steepness):
    """Return the `Medians` of the early coordinates from their hats."""
    return [loop.medians(b, own, steepness, spared_part(slots, steps, i, 1)) for i, own in enumerate(hats)]


def spared_part(slots, steps, i, side):
    """Return the part (s, sign) of the medians of coordinate i that no condition or offset of the first slot needs.

    Early loops (``side`` 1) need the part on the base digit's side, late ones (−1) the other one; without ``steps`` any
    part will do.
    """
    return slots[0].shift[i], side * turning_sign(steps[0], i) if steps else 1


def closing_block(slots, spaces, batches, steepness, height):
    """Return the block that reads each class and adds them up through the seam gates."""
    b = Builder(len(interface_names(spaces)))
    here = interface(spaces, b.inputs)
    hats = [*(loop.hats_of(parts, steepness) for parts in here.early), here.late]
    deficiencies = [seam_deficiency(b, slot, hats) for slot in slots]
    limit = max(reading_bound([term for batch in batches for term in batch[k]]) for k in range(len(slots)))
    states = [State(space, tuple(entries)) for space, entries in zip(spaces, here.states)]
    return b.network([height * seam_gates(b, deficiencies, read(b, states, batches, limit), limit)])


def seam_deficiency(b, slot, hats):
    """Return D, the sum over the coordinates of 1 within SEAM of the seams of the slot, 0 from WIDTH on, ≥ 0 between.

    Its two layers are 1 − (1 − (…)₊)₊: a node of one coordinate that vanishes where it should.
    """
    along = []
    for own, part in zip(hats, slot.shift):
        near = b.relu((own[-part % PARTS] - 1 + 3 * WIDTH) / (3 * (WIDTH - SEAM)))
        along.append(b.value(1 - b.relu(1 - near)))
    return b.value(total(along))


def flat(states, early, late):
    """Return the expressions of an interface in the order of `interface_names`."""
    parts = [part for medians in early for side in medians for part in side]
    return [*(entry for state in states for entry in state), *parts, *late]


def interface(spaces, expressions):
    """Return the `Interface` whose `flat` form the expressions are."""
    entries = iter(expressions)
    states = tuple(tuple(islice(entries, len(space))) for space in spaces)
    early = tuple(
        loop.Medians(tuple(islice(entries, PARTS)), tuple(islice(entries, PARTS))) for _ in COORDINATES[:-1]
    )
    return Interface(states, early, loop.closed(*entries))


def interface_names(spaces):
    """Return the names of the values of an interface, in order, such as "s1/4", "x/+2" and "y/h0"."""
    states = [f"s{k}/{i}" for k, space in enumerate(spaces) for i in range(len(space))]
    *early, late = COORDINATES
    parts = [f"{name}/{sign}{s}" for name in early for sign in "+-" for s in range(PARTS)]
    return [*states, *parts, f"{late}/h0", f"{late}/h1"]
