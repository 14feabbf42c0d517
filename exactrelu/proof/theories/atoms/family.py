"""Sums of atoms, as what the theory speaks of: terms, each a composition of blocks, for one n or for all of them.

A *term* computes the value h of its atom H = max(0, h) at the terminal residuals first, and then cascades of rows from
a carried copy of the input. Its blocks, in this order: the start S, the transports T_1, …, T_n, the readout R, the
spread P, the stages A_1, …, A_(n−1), the last stage L. The *lines* of a term are the coordinates that have a controller
of their own, each in some cells; a *cascade* is a row of states with a line of x and a line of y.

The blocks of one network are programs without parameters; those of all n have the parameters ε = 2⁻ⁿ and ζ = ρ⁻ⁿ.
"""

from functools import cached_property
from typing import NamedTuple

from exactrelu.cpwl.cpwl import CPwL
from exactrelu.field import Rational, mpq
from exactrelu.network.dag import Relu
from exactrelu.network.program import Program, needed, references, renumbered
from exactrelu.proof.domains import corners, point
from exactrelu.proof.forms import constant, key, scaled
from exactrelu.proof.kernel import Unproved
from exactrelu.proof.target import Target
from exactrelu.proof.theories.atoms.names import AtomLayout
from exactrelu.proof.theories.common import HALF

START, TRANSPORT, READOUT, SPREAD, STAGE, LAST = "S", "T", "R", "P", "A", "L"
"""How the blocks are called."""

TERMS = "all terms"
"""How what is said of all atoms together is called."""

EPS = key("eps")
"""The parameter ε as a form, where all n are meant."""

WIDEST = mpq(7, 16)
"""The largest width of the seams that is used; it has to be smaller than 1/2."""


class Line(NamedTuple):
    """A coordinate with a controller: that of ``axis``, in the cells ``first``, …, ``first`` + ``length`` − 1."""

    axis: int
    first: int
    length: int

    @property
    def cells(self):
        """The cells, a range."""
        return range(*self.ends)

    @property
    def ends(self):
        """Where the cells begin and end."""
        return self.first, self.first + self.length


class Block(NamedTuple):
    """A block of a term as a program, and which of its inputs (``before``) and nodes (``after``) the values are."""

    program: Program
    before: AtomLayout
    after: AtomLayout


class Stage(NamedTuple):
    """A block that serves as A_first, …, A_last, or as some of them; or as transports."""

    block: Block
    first: int
    last: int


class Place(NamedTuple):
    """Where something is asked: the number of the ``term``, the ``stage`` whose residuals are read, and a label.

    ``axis`` is that of the coordinate t, if it is about one, and ``part`` the part of a domain where it is not proved.
    """

    term: int
    stage: int
    label: str
    axis: int | None = None
    part: object = None


class Atom(NamedTuple):
    """H = max(0, h) on the unit square by ``pieces`` (polygon, form), zero elsewhere, with ``low`` ≤ h ≤ ``high``.

    H is 0 wherever a coordinate is less than ``margin``.
    """

    pieces: tuple
    low: Rational
    high: Rational
    margin: Rational

    def function(self):
        """Return H as a `CPwL` function; raises `InputError` if it is not continuous and zero on its boundary."""
        height, triangles = {}, []
        for polygon, form in self.pieces:
            first, *others = corners(polygon)
            height.update((corner, at(form, corner)) for corner in (first, *others))
            triangles += [(first, p, q) for p, q in zip(others, others[1:]) if is_bent(first, p, q)]
        index = {corner: k for k, corner in enumerate(height)}
        return CPwL(height, [tuple(index[corner] for corner in found) for found in triangles], height.values())


class Term(NamedTuple):
    """A term: V^n of Σ_k weights[k] · H(· − shift − k), in the coordinates of the normalized problem.

    ``lines`` {name: `Line`}. ``transports`` and ``stages`` are the different ones, as `Stage`s. ``readers``
    {cascade: ((node, weight), …)} are nodes of the spread block that add up to h, ``atoms`` {cascade: `Atom`}.
    ``factor`` and ``base`` are c and ρ, where all n are meant: rows leave P as c ε ζ times those of Theorem 4.3.
    """

    index: int
    shift: tuple
    lines: dict
    start: Block
    transports: tuple
    readout: Block
    spread: Block
    stages: tuple
    last: Block
    readers: dict
    atoms: dict
    weights: dict
    factor: Rational = mpq(1)
    base: Rational = mpq(1)

    @property
    def rows(self):
        """{cascade: {state: node}} of the rows that leave the spread block."""
        return self.spread.after.rows

    def interfaces(self):
        """Yield the different {cascade: {state: …}} of rows between the spread block and the last."""
        yield self.spread.after.rows
        for stage in self.stages:
            yield from (stage.block.before.rows, stage.block.after.rows)
        yield self.last.before.rows

    def states(self, cascade):
        """Return all states that rows of a cascade have anywhere."""
        return frozenset().union(*(rows.get(cascade, ()) for rows in self.interfaces()))

    def kept(self, attribute):
        """Return the least or largest number of its atoms: "low", "high" or "margin"."""
        found = [getattr(atom, attribute) for atom in self.atoms.values()]
        return max(found) if attribute == "high" else min(found)

    @property
    def width(self):
        """The width w of the seams."""
        return min(self.kept("margin"), WIDEST)

    def looping(self, n):
        """Yield (where, `Stage`) of the blocks that lead controllers on which others need: not the one before the last.
        """
        yield from ((TRANSPORT, stage) for stage in self.transports)
        yield from ((STAGE, stage) for stage in self.stages if n is None or stage.first < n - 1)

    def programs(self, n):
        """Yield (name, `Program`) of the blocks in their order, for one n or all (None)."""
        yield START, self.start.program
        yield from _named(TRANSPORT, self.transports, n, 0)
        yield from ((READOUT, self.readout.program), (SPREAD, self.spread.program))
        yield from _named(STAGE, self.stages, n, 1)
        yield LAST, self.last.program

    def place(self, where, number=0, stage=0, axis=None):
        """Return the `Place` of a block with this number, whose residuals are those of a ``stage``."""
        return Place(self.index, stage, f"term {self.index}, {where}{f'_{number}' if number else ''}", axis)


class Family(NamedTuple):
    """The terms of the networks for one n, or for all n ≥ 1 (``n`` None), of a normalized ``problem``.

    ``corner`` is where its window lies in the coordinates of the user. ``one`` is the value of a selector that is 1:
    1, or a multiple of ε.
    """

    problem: object
    corner: tuple
    n: int | None
    target: Target
    terms: tuple
    one: dict

    @property
    def eps(self):
        """2⁻ⁿ as a form."""
        return EPS if self.n is None else constant(mpq(1, 2**self.n))

    def parameters(self, program):
        """Return the forms of the nodes of parameters."""
        return {k: key(name) for k, name in enumerate(program.parameters, len(program.inlets))}

    def along(self, low, high):
        """Return generators for t from ``low`` to ``high``, rationals: of t and, where all n are meant, ε and εt."""
        ends = dict.fromkeys((low, high))
        if self.n is not None:
            return [point(t=t) for t in ends]
        return [point(t=t, eps=eps, **{"eps t": eps * t}) for t in ends for eps in (mpq(0), HALF)]

    @property
    def products(self):
        """The product of ε and t, where all n are meant."""
        return (("eps", "t", "eps t"),) if self.n is None else ()

    def bound(self, term, stages):
        """Return a form that bounds the entries of rows before the stages ``first`` to ``last``."""
        high, norm = max(term.kept("high"), mpq(0)), self.norm(term)
        if self.n is None:
            return scaled(EPS, term.factor * high / term.base)
        return constant(high * max(norm ** (j - 1) for j in stages))

    @property
    def blocks(self):
        """{name: `Program`} of the blocks of all terms; equal ones of several terms stand there once."""
        found = []
        for term in self.terms:
            for name, program in term.programs(self.n):
                same = next((entry for entry in found if entry[0] == name and entry[1] == program), None)
                if same is None:
                    found.append((name, program, [term.index]))
                else:
                    same[2].append(term.index)
        return {f"{name}{self._owners(terms)}": program for name, program, terms in found}

    def _owners(self, terms):
        """Return in words whose a block is, given the numbers of the terms; nothing where there is one term only."""
        if len(self.terms) == 1:
            return ""
        if len(terms) == len(self.terms):
            return " of all terms"
        return f" of term{'s' if len(terms) > 1 else ''} {', '.join(map(str, terms))}"

    def norm(self, term):
        """Return B, by which the entries of rows grow in a stage at most."""
        return max(self.target.norm(term.states(cascade)) for cascade in term.rows)


def _named(letter, stages, n, rest):
    """Yield (name, `Program`) of `Stage`s; where all n are meant there is one, for all but the last ``rest``."""
    for stage in stages:
        last = ("n", "(n-1)")[rest] if n is None else stage.last
        name = f"{letter}_{stage.first}" if stage.first == last else f"{letter}_{stage.first} = ... = {letter}_{last}"
        yield name, stage.block.program


class Parts:
    """What is said of equal parts of blocks is said once: `number` gives equal ones the same number."""

    def __init__(self):
        self._numbers, self._known = {}, {}

    def number(self, kind, *what):
        """Return the number of this among all of its kind."""
        numbers = self._numbers.setdefault(kind, {})
        return numbers.setdefault(what, len(numbers))

    def part(self, block, given, wanted, where, marks=()):
        """Return `part`, made once."""
        entry = id(block.program), tuple(given.items()), tuple(wanted.items()), marks
        if entry not in self._known:
            self._known[entry] = part(block, given, wanted, where, marks)
        return self._known[entry]


def part(block, given, wanted, where, marks=()):
    """Return the `Program` of the nodes ``wanted`` {name: node} as functions of the inputs ``given`` {name: input}.

    Equal ones are equal as values. ``marks`` (name, node) are nodes that it has as well. Raises `Unproved` if they read
    any other input.
    """
    program = block.program
    first = len(program.inlets)
    number = {node: k for k, node in enumerate(given.values())}
    size = len(given)
    number |= {first + k: size + k for k in range(len(program.parameters))}
    ends = [*wanted.values(), *(node for _, node in marks)]
    try:
        used = needed(program.nodes, program.inputs, ends, number)
    except KeyError:
        raise Unproved(where, f"a value reads more than {', '.join(given)[:80]}") from None
    start = size + len(program.parameters)
    number |= {node: k for k, node in enumerate(used, start)}
    nodes = [renumbered(program.nodes[node - program.inputs], number) for node in used]
    outlets, marked = ({name: number[node] for name, node in found} for found in (wanted.items(), marks))
    return Program(tuple(given), program.parameters, tuple(nodes), Outlets(outlets), Outlets(marked))


def canonical(program):
    """Return a program without parameters whose nodes are in an order that their numbers do not determine.

    So programs that differ by the order of their nodes are mostly equal.
    """
    digests = list(range(program.inputs))
    for node in program.nodes:
        is_unit = type(node) is Relu
        terms = [digests[node.of]] if is_unit else sorted((digests[source], hash(w)) for source, w in node.terms)
        digests.append(hash((is_unit, 0 if is_unit else node.bias, *terms)))
    number, nodes = {k: k for k in range(program.inputs)}, []
    waiting = list(reversed(program.outlets.values()))
    while waiting:
        node = waiting[-1]
        if node in number:
            waiting.pop()
            continue
        entry = program.nodes[node - program.inputs]
        missing = sorted((digests[source], source) for source in references(entry) if source not in number)
        if missing:
            waiting.append(missing[0][1])
            continue
        number[node] = program.inputs + len(nodes)
        nodes.append(renumbered(entry, number))
    outlets = {name: number[node] for name, node in program.outlets.items()}
    return program._replace(nodes=tuple(nodes), outlets=Outlets(outlets))


class Outlets(dict):
    """A mapping that does not change and can be hashed: {name: node}."""

    @cached_property
    def _items(self):
        return tuple(self.items())

    def __hash__(self):
        return hash(self._items)

    def __eq__(self, other):
        return self._items == tuple(other.items())


def at(form, corner):
    """Return the value of a form (a, b, c) at a point (u, v)."""
    (a, b, c), (u, v) = form, corner
    return a * u + b * v + c


def is_bent(first, second, third):
    """Return whether three points are not on one line."""
    (x0, y0), (x1, y1), (x2, y2) = first, second, third
    return (x1 - x0) * (y2 - y0) != (x2 - x0) * (y1 - y0)
