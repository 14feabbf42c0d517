"""A network of the construction one-pass as its blocks, and its shift classes."""

from collections import defaultdict
from dataclasses import dataclass
from typing import NamedTuple

from exactrelu.certification.induction.blocks import cut
from exactrelu.certification.induction.facts import Spot, Unproved
from exactrelu.certification.induction.layout import closing_layout, stage_layout
from exactrelu.certification.induction.loops import along, loop
from exactrelu.certification.induction.seams import AXES
from exactrelu.certification.induction.stages import ANYWHERE
from exactrelu.proof.target import Target, moved_target
from exactrelu.field import Rational, mpq
from exactrelu.planar.univariate import IDENTITY

MAX_CLASSES = 6
"""The most shift classes: all 2^k sets of them are examined."""


class ShiftClass(NamedTuple):
    """A shift class: where its grid starts, its window, its shift in units of cells of level n, what it computes.

    ``norm`` is B, by which the entries of its rows grow in a stage at most; ``seams`` are those of the other classes,
    as in `Spot`.
    """

    index: int
    origin: tuple
    lengths: tuple
    shift: tuple
    target: Target
    norm: Rational
    seams: tuple = ((), ())

    def spot(self, stage, residual=(ANYWHERE, ANYWHERE)):
        """Return the `Spot` where the class has such a residual at this stage."""
        return Spot(stage, self.origin, self.lengths, residual, self.seams)


@dataclass(frozen=True)
class Composition:
    """A network to prove: its ``blocks`` B_0, …, B_{last + 1} and the layouts of its interfaces {class: `ClassLayout`}.

    ``outlets[k]`` has the positions of the values among the outputs of B_k, ``inlets[k]`` those among the inputs of
    B_{k+1}. ``step`` is 2⁻ⁿ. ``ids`` are those of the `Term`.
    """

    last: int
    step: Rational
    blocks: tuple
    outlets: tuple
    inlets: tuple
    ids: tuple = ()

    @property
    def different(self):
        """The number of different blocks."""
        return len(set(map(id, self.blocks)))

    def different_outlets(self):
        """Return the different layouts of interfaces as a list."""
        return list({id(layouts): layouts for layouts in self.outlets}.values())

    def name(self, k):
        """Return how block k is called in a statement."""
        return f"B_{k}"

    def label(self, k):
        """Return how block k is called in a message."""
        return f"block {k} ({'start' if not k else 'closing' if k > self.last else f'stage {k}'})"

    def title(self, stages):
        """Return how equal blocks are called in a statement."""
        if len(stages) == 1:
            return self.name(stages[0])
        if stages == list(range(stages[0], stages[-1] + 1)):
            return f"{self.name(stages[0])} = ... = {self.name(stages[-1])}"
        first, second, *_, last = map(self.name, (*stages, stages[-1]))
        return f"{len(stages)} equal blocks {first}, {second}, ..., {last}"

    def kinds(self, first, last):
        """Return the stages from ``first`` to ``last`` as lists of those with equal blocks between equal interfaces."""
        found = defaultdict(list)
        for k in range(first, last + 1):
            found[id(self.blocks[k]), id(self.inlets[k - 1]), id(self.outlets[k])].append(k)
        return list(found.values())


def composition(n, network):
    """Return the `Composition` that a network is; raises `Unproved` if its interfaces are not those of one-pass."""
    return composed(n, cut(network))


def composed(n, found):
    """Return the `Composition` that a `Cut` network is; raises `Unproved` as `composition` does."""
    if len(found.terms) != 1:
        raise Unproved("the network", f"expected one composition of blocks, got a sum of {len(found.terms)}")
    (term,) = found.terms
    if len(term.steps) != n + 2:
        raise Unproved("the network", f"expected {n + 2} blocks (start, {n} stages, closing), got {len(term.steps)}")
    known = {}

    def layout(k, positions):
        key = (k == n, term.names[k], positions)
        if key not in known:
            read = closing_layout if k == n else stage_layout
            known[key] = read(term.names[k], positions, f"the interface after block {k}")
        return known[key]

    outlets = tuple(layout(k, tuple(range(len(names)))) for k, names in enumerate(term.names))
    inlets = tuple(layout(k, positions) for k, positions in enumerate(term.inlets))
    if len({tuple(layouts) for layouts in outlets}) != 1:
        raise Unproved("the network", "its interfaces do not have the same shift classes")
    if len(outlets[0]) > MAX_CLASSES:
        raise Unproved("the network", f"{len(outlets[0])} shift classes are more than {MAX_CLASSES}")
    blocks = tuple(found.blocks[step] for step in term.steps)
    return Composition(n, mpq(1, 2**n), blocks, outlets, inlets, term.ids)


def start_classes(problem, whole):
    """Return the tuple of `ShiftClass` whose loops the start block computes."""
    normal, corner = problem.normalized()
    return tuple(_start_class(whole, index, normal, corner) for index in whole.outlets[0])


def _start_class(whole, index, normal, corner):
    where = f"{whole.label(0)}, class {index}"
    origin, lengths = [], []
    for axis, pair in enumerate(whole.outlets[0][index].loops):
        functions = along(whole.blocks[0], pair, {axis: IDENTITY}, where)
        knots = functions[0].knots
        length = knots[-1] - knots[0] if knots else mpq(0)
        if len(knots) != 6 * length + 1 or functions != list(loop(int(length), 1, knots[0])):
            raise Unproved(where, f"the controller of {AXES[axis]} is not E(r(t)) for t = {AXES[axis]} - const")
        origin.append(knots[0])
        lengths.append(int(length))
    offsets = tuple(start - own for start, own in zip(corner, origin, strict=True))
    if any(not 0 <= offset <= own - side for offset, own, side in zip(offsets, lengths, normal.size, strict=True)):
        raise Unproved(where, "its window does not hold the window of the problem")
    shift = tuple(offset / whole.step for offset in offsets)
    if any(type(entry) is not Rational for entry in shift):
        raise Unproved(where, "its shift is not a constant times 2^-n")
    target, reason = moved_target(normal, shift, tuple(lengths))
    if target is None:
        raise Unproved(where, reason)
    states = frozenset().union(*(layouts[index].rows for layouts in whole.different_outlets()))
    unknown = sorted(states - target.columns[0, 0].keys())
    if unknown:
        raise Unproved(where, f"the state {tuple(unknown[0])} lies outside of its window")
    return ShiftClass(index, tuple(origin), tuple(lengths), shift, target, target.norm(states))


def other_seams(shift_class, classes, widths):
    """Return, for each coordinate, the intervals of r_n of a class in which r_n of another one is in its [0, w]."""
    others = [c for c in classes if c is not shift_class]
    starts = [[(own - c.shift[axis]) % 1 for c in others] for axis, own in enumerate(shift_class.shift)]
    return tuple(
        tuple((t, t + widths[c.index]) for t, c in zip(along_axis, others, strict=True)) for along_axis in starts
    )
