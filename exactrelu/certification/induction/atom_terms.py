"""A network as a sum of terms, for the theory of sums of atoms: what its names say, and what has to be found first.

Where the grid of a term starts, what its atom is and how its last row is read is found here; nothing of it is believed,
all of it is claimed and proved.
"""

from collections import defaultdict
from functools import cache

from exactrelu.construction.loop import embedding
from exactrelu.cpwl.polygon import box
from exactrelu.field import mpq
from exactrelu.network import Builder, Chain, Network
from exactrelu.network.dag import Affine, Relu
from exactrelu.network.program import Program, references
from exactrelu.planar import affine_pieces
from exactrelu.proof.forms import constant
from exactrelu.proof.kernel import Failure, Unproved
from exactrelu.proof.target import Target
from exactrelu.proof.theories.atoms import Family, Term
from exactrelu.proof.theories.atoms.family import LAST, SPREAD, START, Atom, Block, Line, Parts, Stage, at, corners
from exactrelu.proof.theories.atoms.names import atom_layout
from exactrelu.proof.theories.atoms.rows import last_forms
from exactrelu.proof.theories.atoms.shapes import reader_of, reading
from exactrelu.refinement.transition import DIGITS


def family_of(problem, n, cut):
    """Return the `Family` that a `Cut` network for n is; raises `Unproved`."""
    normal, corner = problem.normalized()
    whole = Family(normal, corner, n, Target(normal), (), constant(1))
    blocks, terms = Blocks(n, cut), []
    for index, term in enumerate(cut.terms):
        made = blocks.of(index, term)
        try:
            terms.append(term_of(whole, index, made))
        except Unproved as failure:
            raise Unproved(f"term {index}, {failure.where}", failure.reason) from None
    return whole._replace(terms=tuple(terms))


class Blocks:
    """The blocks of the terms of a `Cut` network for n, equal ones made once."""

    def __init__(self, n, cut):
        self._n, self._cut, self._layouts, self._blocks = n, cut, {}, {}

    def of(self, index, term):
        """Return the blocks of a term; raises `Unproved` if they are not as many as there have to be."""
        count = 2 * self._n + 3
        if len(term.steps) != count:
            raise Unproved(f"term {index}", f"expected {count} blocks for n = {self._n}, got {len(term.steps)}")
        made = []
        for k, step in enumerate(term.steps):
            before = (term.names[k - 1], term.inlets[k - 1]) if k else None
            after = term.names[k] if k < count - 1 else None
            if (step, before, after) not in self._blocks:
                self._blocks[step, before, after] = self._block(step, before, after, f"term {index}, block {k}")
            made.append(self._blocks[step, before, after])
        return made

    def _block(self, step, before, after, where):
        source = self._cut.blocks[step]
        program = Program(
            tuple(map(str, range(source.inputs))), (), source.nodes,
            {str(place): node for place, node in enumerate(source.outputs)}, {},
        )
        return Block(
            program, None if before is None else self._layout(*before, where),
            None if after is None else self._layout(after, tuple(source.outputs), where),
        )

    def _layout(self, names, places, where):
        if (names, places) not in self._layouts:
            self._layouts[names, places] = atom_layout(names, places, where)
        return self._layouts[names, places]


def term_of(whole, index, made):
    """Return the `Term` of a list of blocks."""
    n = whole.n
    shift, lines = origin(whole, made[0])
    readout, spread, last = made[n + 1], made[n + 2], made[-1]
    readers, atoms = atoms_of(readout, spread)
    if not atoms:
        raise Unproved(SPREAD, "it has no row")
    term = Term(
        index, shift, lines, made[0], stages_of(made[1: n + 1]), readout, spread, stages_of(made[n + 3: -1]), last,
        readers, atoms, {},
    )
    return term._replace(weights=weights(whole, term))


def atoms_of(readout, spread):
    """Return ({cascade: `reader_of` it}, {cascade: `Atom`})."""
    readers = {cascade: reader_of(spread, cascade) for cascade in spread.after.rows}
    return readers, {own: atom_of(reading(readout, spread, own, reader)) for own, reader in readers.items()}


@cache
def atom_of(program):
    """Return the `Atom` that a `reading` reads, by enumeration; it is claimed, and proved or not."""
    b = Builder(2)
    loops = b.network([entry for t in b.inputs for entry in embedding(b, t)])
    whole = Chain([loops, Network(4, program.nodes, [program.outlets["h"]])]).flatten()
    heights, pieces = [], []
    for polygon, form in affine_pieces(whole, box(0, 1, 0, 1)):
        own = [at(form, corner) for corner in corners(polygon)]
        heights += own
        if max(own) > 0:
            pieces.append((polygon if min(own) >= 0 else polygon.split(form)[1], form))
    ends = [entry for polygon, _ in pieces for corner in corners(polygon) for entry in corner]
    return Atom(tuple(pieces), min(heights), max(heights), min(ends, default=mpq(1)))


def stages_of(blocks):
    """Return the `Stage`s of a list of blocks, counted from 1, equal ones together."""
    stages = defaultdict(list)
    for j, block in enumerate(blocks, 1):
        stages[id(block)].append((j, block))
    return tuple(Stage(own[0][1], own[0][0], own[-1][0]) for own in stages.values())


def line_of(name, sizes):
    """Return the `Line` of that name, x or x0, …, on a window with these sides."""
    axis = "xy".index(name[0])
    first, length = (int(name[1:]), 1) if name[1:] else (0, sizes[axis])
    return Line(axis, first, length)


def origin(whole, start):
    """Return (shift, {name: `Line`}): where the grid of a term starts, from the kinks of its first controllers."""
    places, lines = {}, {}
    for name, pair in start.after.loops.items():
        line = lines[name] = line_of(name, whole.problem.size)
        if line.first >= whole.problem.size[line.axis]:
            raise Unproved(START, f"the controller of {name} does not belong to the grid of the others")
        ends = list(kinks(start.program, pair))
        if ends:
            places[line.axis] = min(ends) - line.first
    if places.keys() != {0, 1}:
        raise Unproved(START, "there is no controller for one of the coordinates")
    return tuple((places[axis] - whole.corner[axis]) * 2**whole.n for axis in (0, 1)), lines


def kinks(program, ends):
    """Yield where the units vanish that some nodes are made of and that read one input."""
    seen, waiting = set(), list(ends)
    while waiting:
        node = waiting.pop()
        if node < program.inputs or node in seen:
            continue
        seen.add(node)
        entry = program.nodes[node - program.inputs]
        waiting += references(entry)
        if type(entry) is Relu:
            argument = program.nodes[entry.of - program.inputs] if entry.of >= program.inputs else None
            if argument is None:
                yield mpq(0)
            elif type(argument) is Affine and len(argument.terms) == 1:
                ((_, weight),) = argument.terms
                yield -argument.bias / weight


def weights(whole, term):
    """Return {patch: κ} of a term: its output is Σ κ_b (T_qᵀ c)_b h, if it is a sum of this kind."""
    equations, seen, parts = [], set(), Parts()
    for cascade, row in term.last.before.rows.items():
        for q in DIGITS:
            reached = {patch for state in row for patch, _ in whole.target.contributions(state, q)}
            if reached <= seen:
                continue
            try:
                names, form = last_forms(whole, term, parts, cascade, q)
            except Failure as failure:
                raise Unproved(LAST, f"digits {q}: {failure}") from None
            sums = {name: defaultdict(mpq) for name in names.values()}
            for state, name in names.items():
                for patch, weight in whole.target.contributions(state, q):
                    sums[name][patch] += weight
            equations += [(dict(entries), form.get(name, mpq(0))) for name, entries in sums.items()]
        seen.update(patch for entries, _ in equations for patch in entries)
    return solved(equations)


def solved(equations):
    """Return {unknown: value} of equations ({unknown: weight}, value): 0 for those that are free.

    Equations that contradict others are passed over: what is found is claimed, and proved or not.
    """
    pivots = {}
    for entries, value in equations:
        entries = {key: weight for key, weight in entries.items() if weight}
        while entries:
            pivot = min(entries)
            leading = entries.pop(pivot)
            if pivot not in pivots:
                pivots[pivot] = {key: weight / leading for key, weight in entries.items()}, value / leading
                break
            others, known = pivots[pivot]
            value -= leading * known
            for key, weight in others.items():
                entries[key] = entries.get(key, 0) - leading * weight
            entries = {key: weight for key, weight in entries.items() if weight}
    answers = {}
    for pivot in sorted(pivots, reverse=True):
        others, value = pivots[pivot]
        answers[pivot] = value - sum((weight * answers.get(key, 0) for key, weight in others.items()), mpq(0))
    return answers
