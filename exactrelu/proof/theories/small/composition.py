"""A network of `small` for one n, as what the theory speaks of: blocks, classes on moved grids, and numbers."""

from itertools import groupby, product
from typing import NamedTuple

from exactrelu.field import Rational, mpq
from exactrelu.proof.forms import combination, key
from exactrelu.proof.kernel import Unproved
from exactrelu.proof.target import moved_target

NETWORK, START, CLOSING = "network", "B_0", "B_(n+1)"
"""How blocks, and what is not said of one of them, are called."""

SIXTHS = tuple(mpq(k, 6) for k in range(7))

ROW = ("p", "pu", "pv")


class Moved(NamedTuple):
    """A class at a level: its grid is that of 2ʲ z moved by ``shift``, the window of 2ʲ z + shift has the ``lengths``.

    It carries the ``functionals`` {(cell, k): weight} of the rows, k = 0, 1, 2 for p, pu, pv, and is the class
    ``before`` of the level before.
    """

    shift: tuple
    lengths: tuple
    functionals: tuple
    before: int


class Level(NamedTuple):
    """The ``classes`` at a level, and ``curves`` {name: (axis, values at 0, 1/6, …, 5/6)}: values of period 1."""

    classes: tuple
    curves: dict


class Reading(NamedTuple):
    """What the units ``terms`` = ((unit, height), …) of a class add up to.

    It is Σ κ_β p_β w(u, v) for κ = ``weights``, w = max(0, min of the ``forms``); or the functional ``row``, without
    forms.
    """

    forms: tuple
    weights: dict
    row: dict
    terms: tuple


class Composition(NamedTuple):
    """What is to be proved: ``programs``, one after the other, compute V^n g of ``problem``, with a window at 0.

    ``corner`` is where that lies in the coordinates of the user; ``levels`` are those in front of the blocks 1, …,
    n + 1. Rows are those of V^n g divided by ``height``; ``width`` is w of the seams, ``limit`` bounds what is read.
    ``readings`` has those of each class, and ``passed`` {unit: (functional, height)} for it.
    """

    problem: object
    corner: tuple
    n: int
    levels: tuple
    programs: tuple
    width: Rational
    height: Rational
    limit: Rational
    readings: tuple
    passed: tuple

    @property
    def delta(self):
        """δ = w/2ⁿ: at this distance from the seams of their level residuals are on good orbits."""
        return self.width / 2**self.n

    @property
    def stages(self):
        """The different stages as pairs (name, j): j is the first one of those that are the same."""
        def same(j):
            return id(self.programs[j]), id(self.levels[j - 1]), id(self.levels[j])

        runs = [list(run) for _, run in groupby(range(1, self.n + 1), key=same)]
        first = {}
        for run in runs:
            first.setdefault(same(run[0]), []).append(run)
        return [(", ".join(map(_run_name, group)), group[0][0]) for group in first.values()]

    def node(self, j, name):
        """Return the node of block j that is called so, an input, output, or mark; raises `Unproved` without it."""
        program = self.programs[j]
        for nodes in (inputs(program), program.marks):
            if name in nodes:
                return nodes[name]
        raise Unproved("the network", f"there is no value {name}")

    def end(self, shift_class, axis):
        """Return σ_n, where the shift of a class of the first level is at level n, times 2ⁿ mod 1."""
        return shift_class.shift[axis] * 2**self.n % 1

    def borders(self, shift_class, axis):
        """Return the borders of the cells of a class at the start: grid lines, but for the first and the last one.

        These are the grid lines of level n next to the window.
        """
        shift, end, power = shift_class.shift[axis], self.end(shift_class, axis), 2**self.n
        found = [a - shift for a in range(shift_class.lengths[axis] + 1)]
        if shift:
            found[0], found[-1] = -end / power, shift_class.lengths[axis] - 1 + (1 - end) / power
        return found


def _run_name(run):
    return f"B_{run[0]}" if len(run) == 1 else f"B_{run[0]} = ... = B_{run[-1]}"


def inputs(program):
    """Return {name: node} of the inputs of a program."""
    return {name: place for place, name in enumerate(program.inlets)}


def states(number, shift_class):
    """Return the names of the functionals that a class carries, its number given."""
    return [f"s{number}/{i}" for i in range(len(shift_class.functionals))]


def row_keys(shift_class):
    """Return the keys (p, pu, pv) of the rows of all cells of a class, one after the other."""
    return [(kind, cell) for cell in product(*map(range, shift_class.lengths)) for kind in ROW]


def carried_cells(shift_class, axis):
    """Return the set of the cells along a coordinate of which something is carried."""
    return {cell[axis] for functional in shift_class.functionals for cell, _ in functional}


def on_rows(functional, values=None):
    """Return a functional of rows as a form; ``values`` {key of a row: form} are those that are not keys themselves."""
    values = values or {}

    def entry(name):
        return values[name] if name in values else key(name)

    return combination([(entry((ROW[k], cell)), weight) for (cell, k), weight in functional.items()])


def curve_form(values, t, place):
    """Return a curve as a form at ``t``, a form that is ``place`` somewhere on a sixth of a period."""
    sixth = 6 * place // 1
    first, second = values[int(sixth % 6)], values[int((sixth + 1) % 6)]
    slope = 6 * (second - first)
    return combination([(t, slope)], first - slope * sixth / 6)


def transitions(normal, shift_class, q):
    """Return {cell b: ((cell a, T_q[a, b]), …)} of a class: T_q[a, b] = c_{q + 2a − b − e}, e + σ' = 2σ.

    V^m g(a + u − σ) = Σ_b T_q[a, b] V^(m−1) g(b + 2u − q − σ') for the cells a, b of the windows of both levels.
    """
    carry = tuple(2 * entry // 1 for entry in shift_class.shift)
    found = {}
    for cell in product(*map(range, shift_class.lengths)):
        for index, weight in normal.mask.items():
            target = tuple(
                int(digit + 2 * a - e - k) for digit, a, e, k in zip(q, cell, carry, index, strict=True)
            )
            found.setdefault(target, []).append((cell, weight))
    return found


def growth(normal):
    """Return B: by at most that Σ |c| over indices of one parity the entries of rows grow in a stage; at least 1."""
    sums = {}
    for index, weight in normal.mask.items():
        parity = tuple(k % 2 for k in index)
        sums[parity] = sums.get(parity, 0) + abs(weight)
    return max(mpq(1), *sums.values())


def mesh_of(normal, shift_class):
    """Return [(polygon, {cell: form})] that fill [0, 1]²: the seed on the cells of a class."""
    target, reason = moved_target(normal, shift_class.shift, shift_class.lengths)
    if target is None:
        raise Unproved("the network", reason)
    return target.mesh
