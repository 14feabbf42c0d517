"""The networks of small for all n, as what the theory speaks of: programs, classes on moved grids, and numbers."""

from itertools import count, product
from typing import NamedTuple

from exactrelu.field import Rational, mpq
from exactrelu.network.program import Program
from exactrelu.proof.forms import combination, constant, key
from exactrelu.proof.theories.common import curve_form, curve_value, inputs

STAGE, CLOSING = "B_1 = ... = B_n", "B_(n+1)"
"""How blocks are called."""


class Moved(NamedTuple):
    """A class: its grid is that of Mʲ z moved by ``shift``, the window of Mʲ z + shift has the ``lengths``.

    It carries the ``functionals`` {(place, k): weight} of the rows, k = 0 for p and k = 1, …, d for p u_k; a place is a
    pair (cell, component). At the level before it is the class ``before``.
    """

    shift: tuple
    lengths: tuple
    functionals: tuple
    before: int


class Start(NamedTuple):
    """The first block for n = ``first``, ``first`` + ``period``, …; for one n only if that is 0."""

    first: int
    period: int
    program: Program

    @property
    def where(self):
        """How the block is called."""
        more = f", {self.first + self.period}, ..." if self.period else ""
        return f"B_0 for n = {self.first}{more}"


class Reading(NamedTuple):
    """What the units ``terms`` = ((unit, height), …) of a class add up to.

    It is Σ κ_β p_β w(u) for κ = ``weights``, w = max(0, min of the ``forms``); without forms, the functional ``row``.
    """

    forms: tuple
    weights: dict
    row: dict
    terms: tuple


class Family(NamedTuple):
    """What is to be proved: a start, n times the ``stage``, and ``closing`` are η V^n g of ``problem``, window at 0.

    The networks are those for n ≥ ``least``, 0 or 1. A place t in the coordinates of the window is the point ``basis``
    t + ``corner``, ``letters`` name the coordinates. Loops are made of hats on ``parts`` of the circle, N_i in
    coordinate i: ``hats`` {name: (axis, c)} are h_c, ``early`` {name: (axis, values)} are κ times the positive part of
    the combination of hats that has these values at the parts. ``limit`` bounds what is read; ``readings`` has those of
    each class, ``passed`` {unit: (functional, height)} for it.
    """

    problem: object
    least: int
    basis: tuple
    corner: tuple
    letters: tuple
    classes: tuple
    parts: tuple
    hats: dict
    early: dict
    starts: tuple
    stage: Program
    closing: Program
    limit: Rational
    readings: tuple
    passed: tuple

    @property
    def widths(self):
        """w_i of the seams: a quarter of a part. At distances of δ_i = w_i M_i⁻ⁿ from them orbits are good."""
        return tuple(mpq(1, 4 * N) for N in self.parts)

    @property
    def factors(self):
        """The dilations M_i."""
        return self.problem.dilation.factors

    @property
    def axes(self):
        """The numbers of the coordinates."""
        return range(len(self.factors))

    @property
    def digits(self):
        """All digits q."""
        return list(product(*map(range, self.factors)))

    def parameters(self, program, start=None):
        """Return {node: form} of the parameters of a program: keys, but for the ε and κ of a start for one n."""
        found = {node: key(name) for node, name in enumerate(program.parameters, len(program.inlets))}
        if start is not None and not start.period:
            for M, letter in zip(self.factors, self.letters, strict=True):
                for name, value in ((eps(letter), 1 / mpq(M) ** start.first), (kappa(letter), mpq(M) ** start.first)):
                    found[len(program.inlets) + program.parameters.index(name)] = constant(value)
        return found

    def point(self, program):
        """Return {input: form} of the coordinates of a point as forms in its place in the window."""
        nodes = inputs(program)
        return {
            nodes[letter]: combination([(key(f"t{i}"), entry) for i, entry in enumerate(row)], start)
            for letter, row, start in zip(self.letters, self.basis, self.corner, strict=True)
        }

    def small(self, axis, start):
        """Return ε of a coordinate as a form, a constant if the start is for one n."""
        if start.period:
            return key(eps(self.letters[axis]))
        return constant(1 / mpq(self.factors[axis]) ** start.first)

    @property
    def inverses(self):
        """The pairs (κ, ε) of keys with κ ε = 1."""
        return tuple((kappa(letter), eps(letter)) for letter in self.letters)

    def rows_of(self, shift_class):
        """Return the keys (k, place) of the rows of all places of a class, one after the other."""
        cells = product(*map(range, shift_class.lengths))
        places = product(cells, range(self.problem.components))
        return [(k, place) for place in places for k in range(1 + len(self.axes))]

    def last(self, shift_class, axis, start):
        """Return σ_n for the n of a start: Mⁿ times the shift of a class of the first level, mod 1."""
        return shift_class.shift[axis] * self.factors[axis] ** start.first % 1

    def borders(self, shift_class, axis, start):
        """Return the borders, forms in ε, of the cells of a class at the start: grid lines.

        The first and the last one are the grid lines of level n next to the window.
        """
        shift, last, small = shift_class.shift[axis], self.last(shift_class, axis, start), self.small(axis, start)
        found = [constant(a - shift) for a in range(shift_class.lengths[axis] + 1)]
        if shift:
            found[0] = combination([(small, -last)])
            found[-1] = combination([(small, 1 - last)], mpq(shift_class.lengths[axis] - 1))
        return found

    def loops_at(self, axis, t, place, steep):
        """Return {name: form} of the hats and early parts of a coordinate at ``t``, a form that is ``place`` somewhere.

        All of them are affine between points of Z/(MN). ``steep`` is the function of forms · κ.
        """
        found = {name: curve_form(values, t, place) for name, values in self.hats_along(axis).items()}
        for name, values in self.early_along(axis).items():
            found[name] = steep(curve_form(values, t, place) if curve_value(values, place) > 0 else {})
        return found

    def hats_along(self, axis):
        """Return {name: values at the parts} of the hats of a coordinate."""
        parts = range(self.parts[axis])
        return {name: [mpq(c == part) for part in parts] for name, (own, c) in self.hats.items() if own == axis}

    def early_along(self, axis):
        """Return {name: values at the parts} of the early parts of a coordinate."""
        return {name: values for name, (own, values) in self.early.items() if own == axis}

    def loops_along(self, axis):
        """Return the names of the hats and early parts of a coordinate."""
        return [*self.hats_along(axis), *self.early_along(axis)]

    def combined(self, axis, values):
        """Return the combination of hats with these values at the parts, as a form in the keys of the hats."""
        *rest, final = values
        return combination([(key(name), rest[c] - final) for name, (i, c) in self.hats.items() if i == axis], final)


def renamed(names, form):
    """Return a form with other keys, given {key: other key}."""
    return {names[own]: entry for own, entry in form.items()}


def eps(letter):
    """Return the key of ε = M⁻ⁿ of a coordinate."""
    return f"eps/{letter}"


def kappa(letter):
    """Return the key of κ = Mⁿ of a coordinate."""
    return f"kappa/{letter}"


def states(number, shift_class):
    """Return the names of the functionals that a class carries, its number given."""
    return [f"s{number}/{i}" for i in range(len(shift_class.functionals))]


def carried_cells(found, shift_class, axis):
    """Return the set of the cells along a coordinate of which something is carried at the start: of one component."""
    places = {place for functional in shift_class.functionals for place, _ in functional}
    return {cell[axis] for cell, component in places if component == found.problem.component}


def on_rows(functional, values=None):
    """Return a functional of rows as a form; ``values`` {key of a row: form} are those that are not keys themselves."""
    values = values or {}
    entries = ((k, place, weight) for (place, k), weight in functional.items())
    return combination([
        (values[k, place] if (k, place) in values else key((k, place)), weight) for k, place, weight in entries
    ])


def transitions(problem, shift_class, q):
    """Return {place b: ((place a, T_q[a, b]), …)} of a class: T_q[(a, i), (b, l)] = (c_{q + M a − b − e})_{il}.

    With e + σ' = M σ, V^m g_i(a + u − σ) = Σ_{b, l} T_q[(a, i), (b, l)] V^(m−1) g_l(b + M u − q − σ') for the cells a,
    b of the windows of both levels.
    """
    factors = problem.dilation.factors
    carry = tuple(M * entry // 1 for M, entry in zip(factors, shift_class.shift, strict=True))
    found = {}
    for cell in product(*map(range, shift_class.lengths)):
        for i, entries in enumerate(problem.mask.entries):
            for index, l, weight in entries:
                sides = zip(q, factors, cell, carry, index, strict=True)
                target = tuple(int(digit + M * a - e - k) for digit, M, a, e, k in sides)
                found.setdefault((target, l), []).append(((cell, i), weight))
    return found


def growth(problem):
    """Return B ≥ 1: Σ |c_il| over i and indices of one coset; by at most that entries of rows grow in a stage."""
    sums = {}
    for entries in problem.mask.entries:
        for index, l, weight in entries:
            coset = l, tuple(k % M for k, M in zip(index, problem.dilation.factors, strict=True))
            sums[coset] = sums.get(coset, 0) + abs(weight)
    return max(mpq(1), *sums.values())


def firsts(found):
    """Return (first n, period) of starts that serve all n of a family, as they follow from the parts of the circle."""
    pairs = list(zip(found.factors, found.parts, strict=True))
    least = next(n for n in count(1) if all(M**n >= N - 1 for M, N in pairs))
    period = next(m for m in count(1) if all(M**m % N == 1 for M, N in pairs))
    return [(n, period if n >= least else 0) for n in range(found.least, least + period)]
