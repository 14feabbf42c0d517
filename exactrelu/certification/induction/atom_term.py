"""A term of the constructions compact and paper: its blocks, its lines, and what its cascades start from.

All functions of one coordinate here are functions of t, the coordinate counted from the origin of the term: so terms
that differ by a translation only have the same functions, and what is proved for one of them holds for the others.
"""

from collections import defaultdict
from dataclasses import dataclass
from typing import NamedTuple

from exactrelu.certification.induction.atom_layout import atom_layout
from exactrelu.certification.induction.facts import Unproved
from exactrelu.certification.induction.loops import along, loop
from exactrelu.field import Rational, mpq
from exactrelu.planar.univariate import IDENTITY, Piecewise


class Line(NamedTuple):
    """A coordinate with a controller: that of ``axis``, in the cells ``first``, …, ``first`` + ``length`` − 1."""

    axis: int
    first: int
    length: int


@dataclass(frozen=True)
class AtomTerm:
    """The blocks of a term: start, n of transport, readout, spread, n − 1 stages and the last; ``step`` is 2⁻ⁿ.

    ``outlets[k]`` is the `AtomLayout` of the outputs of block k, ``inlets[k]`` that of the inputs of block k + 1.
    ``ids`` are those of the `Term`.
    """

    index: int
    n: int
    step: Rational
    blocks: tuple
    outlets: tuple
    inlets: tuple
    ids: tuple

    @property
    def readout(self):
        """The number of the readout; the spread comes next."""
        return self.n + 1

    @property
    def last(self):
        """The number of the last block."""
        return 2 * self.n + 2

    def stage(self, k):
        """Return j, the stage that block k is."""
        return k - self.n - 2

    def label(self, k):
        """Return the name of block k in a message."""
        names = {0: "start", self.readout: "readout", self.readout + 1: "spread"}
        name = names.get(k, f"transport {k}" if k < self.readout else f"stage {self.stage(k)}")
        return f"term {self.index}, block {k} ({name})"

    def transports(self):
        """Return the blocks of transport as lists of the numbers of equal ones."""
        return self._kinds(1, self.readout)

    def stages(self):
        """Return the stages but the last as lists of the numbers of equal ones."""
        return self._kinds(self.readout + 2, self.last)

    def _kinds(self, first, end):
        found = defaultdict(list)
        for k in range(first, end):
            found[self.key(k)].append(k)
        return list(found.values())

    def reads_loops(self, k):
        """Return whether block k reads controllers."""
        loops = {position for pair in self.inlets[k - 1].loops.values() for position in pair}
        return not loops.isdisjoint(self.blocks[k].used_inputs())

    def key(self, k):
        """Return what block k is, with the interfaces on both sides of it."""
        before = self.inlets[k - 1] if k else None
        return id(self.blocks[k]), id(before), id(self.outlets[k]) if k < self.last else None

    def rows_bound(self, height, norm, stages):
        """Return a bound of rows c h with 0 ≤ h ≤ ``height`` before any of the blocks numbered ``stages``.

        ``norm`` is B, by which the entries of c grow in a stage at most.
        """
        return max(height, mpq(0)) * max(norm ** (self.stage(k) - 1) for k in (stages[0], stages[-1]))


def atom_terms(n, cut):
    """Return the `AtomTerm`s of a `Cut`; equal interfaces have one layout."""
    terms, known = [], {}
    for index, term in enumerate(cut.terms):
        if len(term.steps) != 2 * n + 3:
            raise Unproved(f"term {index}", f"expected {2 * n + 3} blocks for n = {n}, got {len(term.steps)}")
        outlets, inlets = [], []
        for k, (names, positions) in enumerate(zip(term.names, term.inlets, strict=True)):
            for found, places in ((outlets, tuple(range(len(names)))), (inlets, positions)):
                key = (names, places)
                if key not in known:
                    known[key] = atom_layout(names, places, f"term {index}, the interface after block {k}")
                found.append(known[key])
        blocks = tuple(cut.blocks[step] for step in term.steps)
        terms.append(AtomTerm(index, n, mpq(1, 2**n), blocks, tuple(outlets), tuple(inlets), term.ids))
    return terms


def lines_of(term, sizes):
    """Return ((origin x, origin y), {name: `Line`}) of a term from its start block, for a window of these ``sizes``.

    The controller of the line x is E(t) for t = x − origin on the whole window, that of x2 on [2, 3] only; (0, 0)
    elsewhere.
    """
    where = term.label(0)
    origins, lines = {}, {}
    for name, pair in term.outlets[0].loops.items():
        axis = "xy".index(name[0])
        first, length = (int(name[1:]), 1) if name[1:] else (0, sizes[axis])
        functions = along(term.blocks[0], pair, {axis: IDENTITY}, where)
        knots = functions[0].knots
        if len(knots) != 3 * length + 1 or functions != list(loop(length, 0, knots[0])):
            raise Unproved(where, f"the controller of {name} is not E(t) for t = {name[0]} - const")
        if origins.setdefault(axis, knots[0] - first) != knots[0] - first or first >= sizes[axis]:
            raise Unproved(where, f"the controller of {name} does not belong to the grid of the others")
        lines[name] = Line(axis, first, length)
    if origins.keys() != {0, 1}:
        raise Unproved(where, "there is no controller for one of the coordinates")
    return (origins[0], origins[1]), lines


def carried_functions(term, origin, known, until=None):
    """Return {"x" or "y": function of t} of the copies of the input after block ``until``, by default the readout."""
    current = {}
    for axis, name in enumerate("xy"):
        position = term.outlets[0].carried.get(name)
        if position is None:
            raise Unproved(term.label(0), f"no copy of {name} is carried")
        (function,) = along(term.blocks[0], [position], {axis: IDENTITY}, term.label(0))
        current[name] = moved(function, origin[axis])
    for k in range(1, (term.readout if until is None else until) + 1):
        for name in "xy":
            key = ("carried", term.key(k), name, current[name])
            current[name] = known.once(key, carried_on, term, k, name, current[name])
    return current


def carried_on(term, k, name, function):
    """Return what block k makes of the carried copy of a coordinate, a function of t."""
    source, position = term.inlets[k - 1].carried.get(name), term.outlets[k].carried.get(name)
    if source is None or position is None:
        raise Unproved(term.label(k), f"no copy of {name} is carried")
    return along(term.blocks[k], [position], {source: function}, term.label(k))[0]


def moved(function, origin):
    """Return the `Piecewise` function t ↦ function(origin + t)."""
    knots = tuple(knot - origin for knot in function.knots)
    return Piecewise(knots, tuple((slope, level + slope * origin) for slope, level in function.segments))


class Known:
    """What was computed already: equal blocks are examined once, whatever the number of terms and stages.

    ``bounds`` has, for each kind of stage, the largest bound of rows for which it was examined.
    """

    def __init__(self):
        self._answers = {}
        self.bounds = {}

    def once(self, key, function, *arguments):
        """Return function(*arguments), computed once for each ``key``."""
        if key not in self._answers:
            self._answers[key] = function(*arguments)
        return self._answers[key]
