"""The construction `small`: depth n + 5 as `one-pass`, a quarter to a half of its width, weights that grow like Mⁿ.

d + 1 classes carry the cascade on grids that are moved by the slots of `exactrelu.construction.slots`: linear
functionals X of S = P ⊗ (1, u), as few as can be read in the end, of any sign. One loop a coordinate serves all classes
(`exactrelu.construction.hats`). Dimension, diagonal dilation, components and a source are data. Other dilations, masks
that vary, and sources made of hats are reduced to these (`exactrelu.scheme.reductions`), at another point M z + b.

*A stage* is X ← Σ_I U_I [W_I X]_I for the sets I of thresholds of different coordinates, where the brackets of I ≠ ∅
let their value pass if the digits pass all thresholds of I (`exactrelu.construction.differences`),

    [y]_I = (y + ψ_I)₊ − (ψ_I)₊,   ψ_I = ψ_last − C Σ_{i ∈ I before the last} (−ψ_i)₊,   ψ_i = ± H_i θ(t_i),

with the θ of the slot and the threshold, the sign being that of the side that passes. H_i = 1/(N δ_i), so that
|ψ_i| ≥ 1 at distance ≥ δ_i from the seams; with C = 1 + max |ψ_last|, ψ_I ≥ 1 or ≤ −1. Rows of W are scaled so that
|W X| ≤ 1 on good orbits. The offsets (ψ_I)₊ are shared by all rows of I. To make ψ_I affine in what a stage is given,
the parts (−ψ_i)₊ of all coordinates but the last come one stage *early*; the last one is *late*, and its offsets are
units of its loop.

*Good orbits* are those with residuals r_j at distance ≥ δ_i = SEAM · M_i⁻ⁿ from all k/M_i in coordinate i for all
j < n: those with dist(r_n, Z) ≥ SEAM. On them X = Φ S / height, a power of two that bounds the rows of all stages, so
that the stages do not depend on it. Each class has a seam deficiency 0 ≤ D ≤ 1 in each coordinate, 1 for dist(r_n, Z) ≤
SEAM and 0 from WIDTH on; since the slots of the d + 1 classes differ by parts of a cell in each coordinate, some class
has D = 0, and the seam gates (`seam_gates`) give its value.

*Bad orbits* leave X with any values. What is read off X is bounded all the same (`exactrelu.construction.
signed_reading`), by a number that depends on n at most through the source, and the seam gates close for it.

*A source* h is read at the levels 0, …, n − 1 as the seed is at level n: its terms *wait* for their second layer in the
next stage, and are added to a *sum* of each class.

*Depth:* two layers to start, n stages, two for the reading, one for the gates: n + 5. A seed with so many shapes that
reading them at once would be wider than all other layers is read in more layers, and so are shapes with more than two
forms. n = 0 leaves out the stages.

*Every n.* If no source is left, then the networks depend on n by ε_i = M_i⁻ⁿ, κ_i = M_iⁿ and η, one by the height, and
in the first layer by where Mⁿ σ lies in the cells, which returns with a period. The functions of
`exactrelu.construction.small_blocks` make a block as a network for numbers, or as a program in which these are values:
see `programs`.
"""

from functools import lru_cache, partial
from itertools import count, pairwise
from typing import NamedTuple

from exactrelu.construction.levels import Level, levels_of
from exactrelu.construction.signed_reading import batches_of, reading_bound, terms_of
from exactrelu.construction.slots import column_norm, power_of_two
from exactrelu.construction.small_blocks import (
    closing_block, interface_names, parameters, stage_block, start_block,
)
from exactrelu.errors import InputError
from exactrelu.field import Rational, mpq
from exactrelu.network.chain import Chain
from exactrelu.network.dag import Relu
from exactrelu.network.program import InstanceBuilder, Program, ProgramBuilder, references
from exactrelu.scheme.mask import MAX_COMPONENTS
from exactrelu.scheme.reductions import reduced


class Reading(NamedTuple):
    """How the last level is read: the ``batches`` of terms of `read`, and the ``limit`` that bounds what is read."""

    batches: list
    limit: Rational


class Start(NamedTuple):
    """The first block of the networks for n = ``first``, ``first`` + ``period``, …; for one n only if that is 0."""

    first: int
    period: int
    program: Program


class Programs(NamedTuple):
    """The networks for all n: start, n times the stage, and closing, whose value is η V^n g.

    ``level`` is the `Level` between any two of them; ``norm`` is B, the bound of the growth of rows, at least 1.
    """

    level: Level
    starts: tuple
    stage: Program
    closing: Program
    reading: Reading
    norm: Rational

    def start(self, n):
        """Return the `Start` of the network for n."""
        return next(
            own for own in self.starts
            if own.first == n or own.period and own.first < n and (n - own.first) % own.period == 0
        )

    def parameters(self, n):
        """Return {name: number} for n."""
        return parameters(self.level.frame, n, power_of_two(self.norm**n))


def build(problem, n):
    """Return a `Chain` that computes V^n g on R^d, for n ≥ 0, in the coordinates of ``problem``; V⁰ g is g.

    Raises `InputError` for problems that `reduced` refuses, for dilations that are too large, and for seeds that
    `patches_of` refuses.
    """
    if n < 0:
        raise ValueError(f"the construction small needs n ≥ 0, got {n}")
    found = reduced(problem, n)
    n = found.steps
    normal, origin, signed = normal_form(found.problem)
    levels = levels_of(normal, n, signed)
    height = power_of_two(max(mpq(1), column_norm(normal.mask, levels[0].frame.factors)) ** n)
    values = parameters(levels[0].frame, n, height)
    make = partial(InstanceBuilder, values=values)
    start = start_block(make, normal, levels[0], place_of(found, origin), n)
    limit = n * max(reading_bound(terms) for level in levels for terms in level.reads)
    blocks, made = [network_of(*start)], {}
    for here, following in pairwise(levels):
        key = id(here), id(following)
        if key not in made:
            made[key] = network_of(*stage_block(make, here, following, limit))
        blocks.append(made[key])
    reading = reading_of(levels[-1], signed, room(normal, levels[0], place_of(found, origin), blocks[1:]), limit)
    b, outlets, marks = closing_block(make, levels[-1], reading)
    blocks.append(network_of(b, {name: height * value for name, value in outlets.items()}, marks))
    return Chain(blocks, list(map(interface_names, levels)))


@lru_cache(maxsize=16)
def programs(found):
    """Return the `Programs` for all iterates of the problem of a `Reduced`, from number 0 on if it has no steps, or 1.

    Raises `InputError` as `build`, and where the blocks are not the same for all n.
    """
    problem = found.problem
    normal, origin, signed = normal_form(problem)
    place = place_of(found, origin)
    level, *others = levels_of(normal, 2, signed)
    frame = level.frame
    if normal.source is not None:
        raise InputError(
            f"{problem.name}: the blocks of the construction small are the same for all n for sources that are affine "
            "on the simplices of a Kuhn mesh, all dilations being equal, with at most "
            f"{MAX_COMPONENTS} components for it all; for other sources they are not"
        )
    if any(other is not level for other in others):
        raise InputError(f"{problem.name}: what the construction small carries depends on n, since the window is large")
    make = partial(ProgramBuilder, parameters=tuple(parameters(frame, 1, mpq(1))))
    least = first_of_all(frame)
    period = next(m for m in count(1) if all(M**m % N == 1 for N, M in frame.loops))
    starts = [
        Start(n, period if n >= least else 0, program_of(*start_block(make, normal, level, place, n)))
        for n in range(min(found.steps, 1), least + period)
    ]
    stage = program_of(*stage_block(make, level, level, mpq(0)))
    reading = reading_of(level, signed, room(normal, level, place, [stage] if found.steps else []), mpq(0))
    closing = program_of(*closing_block(make, level, reading))
    norm = max(mpq(1), column_norm(normal.mask, frame.factors))
    return Programs(level, tuple(starts), stage, closing, reading, norm)


def normal_form(problem):
    """Return (normalized problem, its origin, whether some row may be negative)."""
    normal, origin = problem.normalized()
    return normal, origin, any(w < 0 for row in normal.mask.entries for _, _, w in row)


def place_of(found, origin):
    """Return (matrix, offset): the coordinates of a window that begins at ``origin`` are matrix z + offset."""
    return found.matrix, tuple(t - start for t, start in zip(found.offset, origin, strict=True))


def network_of(b, outlets, marks):
    """Return the `Network` of an `InstanceBuilder`."""
    return b.network(list(outlets.values()), marks)


def program_of(b, outlets, marks):
    """Return the `Program` of a `ProgramBuilder`."""
    return b.program(outlets, marks)


def reading_of(level, signed, widest, limit):
    """Return the `Reading` of a level whose layers have ``widest`` units or few more; what is added is in ``limit``."""
    readings = [terms_of(slot.patches, space, signed) for slot, space in zip(level.slots, level.spaces, strict=True)]
    return Reading(batches_of(readings, widest), limit + max(map(reading_bound, readings)))


def room(normal, level, place, stages):
    """Return the number of units of the widest layer of the start, or of a stage, for the same reading at all n ≥ 1.

    The start is that for all n that are large enough: for small n some of its units coincide.
    """
    make = partial(ProgramBuilder, parameters=tuple(parameters(level.frame, 1, mpq(1))))
    start = program_of(*start_block(make, normal, level, place, first_of_all(level.frame)))
    first, second, bent = 0, 0, set()
    for k, node in enumerate(start.nodes, start.inputs):
        reads_bent = not bent.isdisjoint(references(node))
        if type(node) is Relu:
            first, second = first + (not reads_bent), second + reads_bent
        if reads_bent or type(node) is Relu:
            bent.add(k)
    return max(first, second, *(sum(type(node) is Relu for node in block.nodes) for block in stages or [start]))


def first_of_all(frame):
    """Return the first n from which on no part of the circle is passed where the last cells of moved grids end."""
    return next(n for n in count(1) if all(M**n >= N - 1 for N, M in frame.loops))
