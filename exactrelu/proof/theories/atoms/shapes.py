"""The facts on the atoms: what is read from the controllers at the end of the first pass."""

from functools import cache, partial
from itertools import product
from operator import add
from typing import NamedTuple

from exactrelu.cpwl.cpwl import CPwL
from exactrelu.cpwl.overlay import find_difference, total
from exactrelu.cpwl.polygon import box
from exactrelu.errors import InputError
from exactrelu.field import mpq, text
from exactrelu.network.dag import Affine, Relu
from exactrelu.network.program import Times, references, renumbered
from exactrelu.proof.domains import Area
from exactrelu.proof.forms import ONE, combination, constant, key
from exactrelu.proof.kernel import AtLeast, Case, Everywhere, Failure, Same, Unproved
from exactrelu.proof.theories.atoms.family import READOUT, SPREAD, TERMS, Atom, Outlets, Place, canonical, part
from exactrelu.proof.theories.atoms.loops import Role, named, pair
from exactrelu.proof.theories.common import loop_form

MAX_ENTRIES = 1 << 22
"""The most summands of all values of a block together, each written as a sum over units: nested sums have many."""

NOWHERE = CPwL((), (), ())
"""The function that is 0."""


def roles(family, term, parts):
    """Yield what is asked of the readout of a term."""
    for cascade, atom in term.atoms.items():
        program = reading(term.readout, term.spread, cascade, term.readers[cascade])
        case = (parts.number("atom", program, atom),)
        own = (f"{what}, {k}" for k in range(len(atom.pieces)) for what in ("H", "u", "v"))
        goals = "zero", "low", "high", "covered", *own
        yield Role(term.place(READOUT), "atom", READOUT, case, goals, partial(shape, program, atom))


def reading(readout, spread, cascade, reader):
    """Return the program (p, q) of x, (p, q) of y → h and H = max(0, h), h being what a `reader_of` adds up to."""
    given = {
        f"{name}{axis}": node
        for axis, line in enumerate(cascade) for name, node in pair(readout.before.loops, line, READOUT).items()
    }
    ends = named(readout.after.branches, cascade, READOUT, "branch")
    first = part(readout, given, {f"branch {k}": node for k, node in enumerate(ends)}, READOUT)
    branches = {f"branch {k}": node for k, node in enumerate(spread.before.branches[cascade])}
    second = part(spread, branches, {f"h {k}": node for k, (node, _) in enumerate(reader)}, SPREAD)
    nodes, ids = list(first.nodes), [first.outlets[name] for name in second.inlets] + [None] * len(second.parameters)
    for node in second.nodes:
        nodes.append(renumbered(node, ids))
        ids.append(first.inputs + len(nodes) - 1)
    terms = tuple((node, weight) for node, (_, weight) in zip(second.outlets.values(), reader, strict=True))
    h = first.inputs + len(nodes)
    nodes += [renumbered(Affine(terms, mpq(0)), ids), Relu(h)]
    return canonical(first._replace(nodes=tuple(nodes), outlets=Outlets({"h": h, "H": h + 1})))


def reader_of(spread, cascade):
    """Return nodes of a spread block and weights, ((node, weight), …), that add up to what it reads of the branches.

    It is found where branches are read beside the copies of the input, or are multiplied by ε, or else are the rows.
    """
    program, branches = spread.program, set(spread.before.branches.get(cascade, ()))
    copies = set(spread.before.carried.values())
    forms = [{k: mpq(1)} for k in range(program.inputs)]
    owners = [frozenset("H" if k in branches else "c" if k in copies else "?") for k in range(program.inputs)]
    wanted, found, size = set(spread.after.rows[cascade].values()), [], 0
    for k, node in enumerate(program.nodes, program.inputs):
        owners.append(frozenset().union(*(owners[source] for source in references(node))))
        is_affine = type(node) is Affine
        forms.append(
            combination([(forms[source], weight) for source, weight in node.terms], node.bias) if is_affine
            else {k: mpq(1)}
        )
        size += len(forms[k])
        if size > MAX_ENTRIES:
            raise Unproved(SPREAD, f"its values, as sums of units, have more than {MAX_ENTRIES} summands in all")
        if owners[k] == {"H", "c"} and is_affine:
            found.append({key: w for key, w in forms[k].items() if key is not ONE and owners[key] == {"H"}})
        elif type(node) is Times and owners[node.of] == {"H"}:
            found.append(forms[node.of])
        elif owners[k] == {"H"} and k in wanted:
            found.append(forms[k])
    found = [form for form in found if form]
    if not found:
        raise Unproved(SPREAD, f"the rows of the cascade {cascade} read no branch")
    return tuple(sorted((node, weight) for node, weight in found[0].items() if node is not ONE))


def on_square(program, pieces, others):
    """Return the judgement on a `reading` for all residuals (u, v) in the unit square, by thirds of its sides.

    ``pieces`` are pairs (polygon in one of these nine squares, goals on it); ``others`` are the goals elsewhere.
    """
    cases = [
        Case(sides_of(polygon), loops_at(*polygon.interior_point()), goals) for polygon, goals in pieces
    ]
    for i, j in product(range(3), repeat=2):
        condition = [
            form for side, k in (("u", i), ("v", j))
            for form in (combination([(key(side), 1)], -mpq(k, 3)), combination([(key(side), -1)], mpq(k + 1, 3)))
        ]
        cases.append(Case(tuple(condition), loops_at(mpq(2 * i + 1, 6), mpq(2 * j + 1, 6)), others))
    cuts = tuple(combination([(key(side), 1)], -mpq(k, 3)) for side in "uv" for k in (1, 2))
    return Everywhere(program, Area(box(0, 1, 0, 1)), {}, tuple(cases), cuts)


def loops_at(u, v):
    """Return the forms of E(u) and E(v), as nodes 0 to 3, in the third of the unit square that has this point."""
    return dict(enumerate((*loop_form(key("u"), u), *loop_form(key("v"), v))))


def shape(program, atom):
    """Return that H is the function of an `Atom`, and that h has its bounds."""
    h, top = program.outlets.values()
    words = (
        f"at E(u) and E(v) a term reads h(u, v) from the branches, with h <= {text(atom.high)}, and "
        f"h <= 0 if u or v is in [0, w], w = {text(atom.margin)}"
    )
    bounds = (
        AtLeast("low", words, ((h, mpq(1)),), constant(-atom.low)),
        AtLeast("high", words, ((h, mpq(-1)),), constant(atom.high)),
    )
    pieces = []
    for k, (polygon, form) in enumerate(atom.pieces):
        value = {name: entry for name, entry in zip(("u", "v", ONE), form, strict=True) if entry}
        inner = (AtLeast(f"{side}, {k}", words, (), combination([(key(side), 1)], -atom.margin)) for side in "uv")
        pieces.append((polygon, (*bounds, Same(f"H, {k}", words, top, value), *inner)))
    judgement = on_square(program, pieces, (*bounds, Same("zero", words, top, {})))
    area = sum(polygon.area() for polygon, _ in atom.pieces)
    covering = Covering("covered", words, judgement, top, area)
    return "Let H = max(0, h). ", covering, "on all pieces of the unit square"


class Covering(NamedTuple):
    """A judgement on an `Area`, and that the parts on which a ``node`` is not zero have this ``area`` together.

    If each of these parts lies in one of some polygons without common inner points, of this area together, then they
    fill the polygons, and the node is zero nowhere else but outside of these.
    """

    name: str
    words: str
    judgement: Everywhere
    node: int
    area: object

    def prove(self):
        """Return the number of parts; raises `Failure`."""
        count, area = 0, 0
        for domain, found in self.judgement.parts():
            count += 1
            if found[self.node]:
                area += domain.polygon.area()
        if area != self.area:
            raise Failure(f"it does not hold that {self.words}: H > 0 has the area {text(area)}")
        return count

    def goals(self):
        """Yield all goals."""
        yield self
        yield from self.judgement.goals()


def sides_of(polygon):
    """Return the forms in u and v that are ≥ 0 on a polygon."""
    return tuple(
        {name: mpq(entry) for name, entry in zip(("u", "v", ONE), half, strict=True) if entry}
        for half in polygon.half_planes()
    )


class Adds(NamedTuple):
    """The judgement that Σ factor · H(· − shift) over the ``terms`` (factor, `Atom`, shift) is the `CPwL` function."""

    name: str
    words: str
    terms: tuple
    function: CPwL

    def prove(self):
        """Return the number of summands; raises `Failure`."""
        place = self.difference()
        if place is not None:
            raise Failure(f"it does not hold that {self.words}: not at ({', '.join(map(text, place))})")
        return len(self.terms)

    def difference(self):
        """Return a point at which they differ, None if there is none; raises `Failure` for what is no atom."""
        try:
            moved = [(factor, atom_function(atom).shifted(*shift)) for factor, atom, shift in self.terms]
            return find_difference(total(moved), self.function)
        except InputError as error:
            raise Failure(f"what is read is no atom: {error}") from None

    def goals(self):
        """Return the goal."""
        return (self,)


atom_function = cache(Atom.function)
"""H of an `Atom`, made once."""


def sums(family):
    """Yield what is asked of the atoms: those of a term are one, and all together add up to the seed."""
    for term in family.terms:
        first, *others = dict.fromkeys(term.atoms.values())
        for k, other in enumerate(others):
            terms = (mpq(1), first, (0, 0)), (mpq(-1), other, (0, 0))
            yield added(Adds("same", "the cascades of a term have one atom H", terms, NOWHERE), (term.index, k))
    yield added(all_atoms(family), ())


def all_atoms(family):
    """Return the judgement that all atoms add up to the seed."""
    terms = []
    for term in family.terms:
        first, *_ = term.atoms.values()
        for patch, weight in sorted(term.weights.items()):
            if weight:
                terms.append((weight, first, tuple(map(add, term.shift, patch))))
    words = (
        "the sum of k_b H(z - d - b) over all terms and patches b is g(z) for all z, with o moved to 0; each H is "
        "continuous and vanishes outside of the unit square"
    )
    return Adds("sum", words, tuple(terms), family.problem.seed.function)


def difference(family):
    """Return a point at which the sum of the atoms is not the seed, None if none is found."""
    try:
        return all_atoms(family).difference()
    except Failure:
        return None


def added(judgement, case):
    """Return the `Role` of a sum of functions."""
    made = "", judgement, "piecewise linear functions on a common refinement"
    return Role(Place(0, 0, TERMS), judgement.name, TERMS, case, (judgement.name,), lambda: made)
