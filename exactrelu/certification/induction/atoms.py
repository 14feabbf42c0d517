"""Networks of the constructions compact and paper, proved one by one or for every n at once."""

from functools import lru_cache

from exactrelu.certification.induction.atom_terms import atoms_of, family_of, line_of
from exactrelu.certification.induction.blocks import Block as FlatBlock
from exactrelu.certification.induction.blocks import cut
from exactrelu.certification.induction.refutation import ANYWHERE, Spot
from exactrelu.construction import compact, paper
from exactrelu.errors import InputError, UndecidedError
from exactrelu.field import mpq
from exactrelu.network.dag import Affine
from exactrelu.proof.forms import scaled
from exactrelu.proof.kernel import Unproved
from exactrelu.proof.levels import sizes_of
from exactrelu.proof.members import Member, NotMember, check_member, check_members, member_fact
from exactrelu.proof.proofs import Paragraph, theorem, theorem_for_all
from exactrelu.proof.target import Target
from exactrelu.proof.theories.atoms import Family, Term, prove_all, sizes
from exactrelu.proof.theories.atoms.family import EPS, TERMS, Block, Stage, corners, at
from exactrelu.proof.theories.atoms.names import atom_layout, carries_input
from exactrelu.proof.theories.atoms.network import chain
from exactrelu.proof.theories.atoms.shapes import difference

HAIR = mpq(1, 2**20)

MOST_NODES = 250_000
"""The most nodes of blocks of which the sizes are counted; for as many that takes some ten seconds."""

STRIP = (mpq(0), mpq(1, 8))
"""Residuals close to the seam."""

ZERO = FlatBlock(2, (Affine((), mpq(0)),), (2,))
"""The block of the zero function."""

NOTHING = Paragraph("network", "It is the constant 0.", "it has no units")


def are_terms(found):
    """Return whether a `Cut` network has the interfaces of compact or paper, or is the sum of no atoms."""
    return is_zero(found) or any(term.names and carries_input(term.names[0]) for term in found.terms)


def is_zero(found):
    """Return whether a `Cut` network is the constant zero, with no units at all."""
    return all(len(term.steps) == 1 and found.blocks[term.steps[0]] == ZERO for term in found.terms)


def prove(problem, n, network):
    """Return the `Proof` that a `Cut` network equals V^n g on R², n ≥ 1; raises `Unproved` where a fact fails."""
    if is_zero(network):
        normal, corner = problem.normalized()
        family = Family(normal, corner, n, Target(normal), (), {})
        proof = prove_all(family, theorem(n))
        return proof._replace(facts=(NOTHING, *proof.facts), examined=family)
    family = family_of(problem, n, network)
    try:
        return prove_all(family, theorem(n))._replace(examined=family)
    except Unproved as failure:
        spot = failure.spot and spot_of(family, failure.spot)
        raise Unproved(failure.where, failure.reason, spot) from None


def member(problem, n, network):
    """Return the `Member` of the family for all n that a network (`Chain`, `Sum`, `Network`) is, proved for one n.

    It is compared block by block with what the construction makes. Raises `UndecidedError` if it is none.
    """
    found = cut(network)
    construction = construction_of(found)
    try:
        made = programs(problem, construction)
        made.check(n, found)
    except (NotMember, Unproved) as failure:
        name = construction.__name__.rpartition(".")[2]
        reason = f"the network is not the one of {name} for n = {n} ({failure}); the method enumerate has one"
        raise UndecidedError(f"there is an answer, but no certificate: {reason}") from None
    return Member(made.family, True)


def construction_of(found):
    """Return the module of the construction that the names in a `Cut` network are of."""
    first = found.terms[0]
    return paper if first.names and "z/x/p" not in first.names[0] else compact


def spot_of(family, place):
    """Return the `Spot` where something is not proved at a `Place`; None for coordinates that are not bounded."""
    size, n = family.problem.size, family.n
    if place.label == TERMS:
        point = difference(family)
        if point is not None:
            return Spot(n, family.corner, size, tuple((t - HAIR, t + HAIR) for t in point), ((), ()))
    term = family.terms[place.term]
    residual, seams = [ANYWHERE, ANYWHERE], peak(term)
    if place.axis is not None:
        low, high = place.part.range_of("t")
        if low is None or high is None:
            return None
        residual[place.axis] = low % 1, low % 1 + high - low
    elif place.part is not None:
        seams = tuple((*along, STRIP) for along in seams)
    origin = tuple(corner + own * mpq(1, 2**n) for corner, own in zip(family.corner, term.shift, strict=True))
    return Spot(place.stage, origin, size, tuple(residual), seams)


def peak(term):
    """Return, for each coordinate, intervals of residuals about a point where the atom of a term is large."""
    atom, *_ = term.atoms.values()
    ends = [(at(form, corner), corner) for polygon, form in atom.pieces for corner in corners(polygon)]
    if not ends:
        return ((), ())
    _, top = max(ends)
    along = [[corner[axis] for _, corner in ends] for axis in (0, 1)]
    return tuple(((t + (min(row) - t) / 4, t + (max(row) - t) / 4),) for t, row in zip(top, along, strict=True))


class Programs:
    """The programs of a construction for all n, and the `Family` that they are."""

    def __init__(self, problem, construction):
        try:
            self._made = construction.programs(problem)
        except InputError as error:
            raise Unproved("the family", str(error)) from None
        normal, corner = problem.normalized()
        terms = tuple(_term(index, own, normal.size) for index, own in enumerate(self._made))
        one = scaled(EPS, self._made[0].one) if terms else {}
        self.family = Family(normal, corner, None, Target(normal), terms, one)

    def check(self, n, network):
        """Raise `NotMember` unless a `Cut` network is the one for n."""
        if not self._made and is_zero(network):
            return
        if len(network.terms) != len(self._made):
            raise NotMember(f"it has {len(network.terms)} terms in place of {len(self._made)}")
        for own, term in zip(self._made, network.terms, strict=True):
            blocks = (network.blocks[step] for step in term.steps)
            steps = list(zip(blocks, (*term.names, None), (*term.inlets, None), strict=True))
            check_member(own.blocks(n), own.parameters(n), steps)


def _term(index, made, size):
    """Return the `Term` that `TermPrograms` are."""
    start, transport, readout, spread, stage, last = map(
        _block, (made.start, made.transport, made.readout, made.spread, made.stage, made.last)
    )
    lines = {name: line_of(name, size) for name in start.after.loops}
    return Term(
        index, made.shift, lines, start, (Stage(transport, 1, 2),), readout, spread, (Stage(stage, 1, 2),), last,
        *atoms_of(readout, spread), made.coefficients, made.factor, made.base,
    )


def _block(program):
    """Return a program with the layouts that its names are; the start has no names of inputs, the last none of outputs.
    """
    before, after = (
        atom_layout(names, places, "the family") if known else None
        for known, names, places in (
            (program.inlets != ("x", "y"), program.inlets, range(len(program.inlets))),
            ("value" not in program.outlets, tuple(program.outlets), program.outlets.values()),
        )
    )
    return Block(program, before, after)


programs = lru_cache(maxsize=8)(Programs)
"""The `Programs` of a problem and the module of a construction, made once."""


def sizes_all(problem, construction):
    """Return the `Sizes` of the networks of the module of a construction for every n.

    Raises `Unproved` where there are no blocks for all n, and for more than `MOST_NODES` nodes.
    """
    try:
        made = construction.programs(problem)
    except InputError as error:
        raise Unproved("the family", str(error)) from None
    blocks = [(own.start, own.transport, own.readout, own.spread, own.stage, own.last) for own in made]
    count = sum(len(block.nodes) for own in blocks for block in own)
    if count > MOST_NODES:
        raise Unproved("the family", f"the {count} nodes of its blocks are more than the limit of {MOST_NODES}")
    return sizes_of(tuple(chain((own.factor, own.base), *parts) for own, parts in zip(made, blocks, strict=True)))


def prove_members(problem, networks, progress=None):
    """Return (`Proof`, `Sizes`) for every n; the `Cut` networks {n: network} are checked to be members.

    The proof has the `Family` as what was examined. Raises `Unproved`.
    """
    made = programs(problem, construction_of(networks[min(networks)]))
    check_members(networks, made.check)
    most = sizes(made.family)
    proof = prove_all(made.family, theorem_for_all(most), progress)
    *some, last = map(str, networks)
    members = member_fact(
        "For each n the construction makes its network as the blocks that are proved here, as programs with the values "
        "eps = 2^-n and zeta = rho^-n: rows are c eps zeta times those of the network, selectors a constant times eps "
        f"times those. What it made for n = {', '.join(some)} and {last} was compared with them: the same forms over "
        "inputs and units, up to the scale of units."
    )
    return proof._replace(facts=(members, *proof.facts), examined=made.family), most
