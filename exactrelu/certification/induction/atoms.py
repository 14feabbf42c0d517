"""The proof by induction for the constructions compact and paper: sums of terms, one for each atom up to translation.

A term computes H(R_n) first, for an atom H that vanishes next to the border of the unit square, and then the cascade
from a carried copy of the input. On bad orbits the residual R_n is next to the border, H(R_n) = 0, and all rows are
zero. As in `one_pass`, all that is assumed about a block is checked on it; `atom_facts` puts it into words.
"""

from contextlib import contextmanager
from itertools import product
from typing import NamedTuple

from exactrelu.certification.induction.atom_facts import conclusion, facts_of, zero_fact
from exactrelu.certification.induction.atom_layout import carries_input
from exactrelu.certification.induction.atom_shape import Shape, selected, shape_of
from exactrelu.certification.induction.atom_start import RectangleUnproved, check_start, start_of
from exactrelu.certification.induction.atom_steps import check_step, coefficients
from exactrelu.certification.induction.atom_term import AtomTerm, Known, atom_terms, carried_functions, lines_of
from exactrelu.certification.induction.blocks import Block
from exactrelu.certification.induction.facts import ANYWHERE, Proof, Spot, Unproved, theorem
from exactrelu.certification.induction.loops import along, digit_error, doubling_error, is_first_digit, loop
from exactrelu.proof.target import State, Target
from exactrelu.cpwl.overlay import find_difference, total
from exactrelu.errors import InputError
from exactrelu.field import Rational, mpq, text
from exactrelu.network.dag import Affine

HAIR = mpq(1, 2**20)

STRIP = (mpq(0), mpq(1, 8))
"""Residuals close to the seam."""

ZERO = Block(2, (Affine((), mpq(0)),), (2,))
"""The block of the zero function."""


class Summand(NamedTuple):
    """What a term was shown to compute: V^n of Σ_k weights[k] · H(· − shift − k), H = max(0, h) of the ``shape``.

    The shift is in the coordinates of the normalized problem. ``norm`` is B, and ``rectangles`` counts those on which
    the rows at stage 0 were examined. ``lines`` are its lines {name: `Line`}; for each cascade, ``values`` has h as
    {node of the spread block: weight} and ``readings`` its share of the output as {node of the last block: weight}.
    """

    term: AtomTerm
    shift: tuple
    shape: Shape
    weights: dict
    norm: Rational
    rectangles: int
    lines: dict
    values: dict
    readings: dict


class Place(NamedTuple):
    """Where a term lives in the plane: where its grid starts, the window, and residuals at which its atom is large."""

    origin: tuple
    lengths: tuple
    peak: tuple

    def spot(self, stage, residual=(ANYWHERE, ANYWHERE)):
        """Return the `Spot` of points with such a residual at this stage."""
        return Spot(stage, self.origin, self.lengths, residual, self.peak)


def prove(problem, n, found):
    """Return the `Proof` that a `Cut` network equals V^n g on R², n ≥ 1; raises `Unproved` where a fact fails."""
    if is_zero(found):
        check_sum((), problem)
        return Proof(theorem(n), (zero_fact(),), "V^n 0 = 0. QED", ())
    summands = examined(problem, atom_terms(n, found))
    return Proof(theorem(n), facts_of(n, summands), conclusion(n), summands)


def are_terms(found):
    """Return whether a `Cut` network has the interfaces of compact or paper, or is the sum of no atoms."""
    return is_zero(found) or any(term.names and carries_input(term.names[0]) for term in found.terms)


def is_zero(found):
    """Return whether a `Cut` network is the constant zero, with no units at all."""
    return all(len(term.steps) == 1 and found.blocks[term.steps[0]] == ZERO for term in found.terms)


def examined(problem, terms):
    """Return the tuple of the `Summand`s of the terms, whose sum is V^n g; raises `Unproved` where a fact fails."""
    normal, corner = problem.normalized()
    target, known = Target(normal), Known()
    summands = tuple(summand(term, target, corner, known) for term in terms)
    check_sum(summands, problem)
    return summands


def summand(term, target, corner, known):
    """Return the `Summand` that a term is, every block of it examined."""
    sizes = target.problem.size
    origin, lines = lines_of(term, sizes)
    place = Place(origin, sizes, ((), ()))
    with looking_at(place.spot(0)):
        cascades = cascades_of(term, lines, sizes)
        carried = carried_functions(term, origin, known)
        starts = [cascade_start(term, pair, place, lines, carried, known) for pair in cascades]
        shape = common_shape([shape for shape, _, _ in starts], term)
    place = place._replace(peak=shape.peak())
    check_transport(term, lines, known, place)
    check_selectors(term, lines, carried, shape.margin, known, place)
    weights, norm, readings = check_rows(term, cascades, target, shape, known, place)
    check_cells(term, cascades, lines, target, weights)
    shift = tuple((own - start) / term.step for own, start in zip(origin, corner, strict=True))
    if any(type(entry) is not Rational for entry in shift):
        raise Unproved(term.label(0), "its shift is not a constant times 2^-n")
    rectangles = sum(count for _, count, _ in starts)
    values = {pair: value for pair, (_, _, value) in zip(cascades, starts, strict=True)}
    return Summand(term, shift, shape, weights, norm, rectangles, lines, values, readings)


@contextmanager
def looking_at(spot):
    """Give a fact that is not proved inside this `Spot`, unless it has one."""
    try:
        yield
    except Unproved as failure:
        raise Unproved(failure.where, failure.reason, failure.spot or spot) from None


def cascades_of(term, lines, sizes):
    """Return the cascades of a term, pairs of lines, the same in all interfaces between stages."""
    rows = term.outlets[term.readout + 1].rows
    between = {id(layout): layout for layouts in (term.outlets, term.inlets) for layout in layouts[term.readout + 1:]}
    if any(layout.rows.keys() != rows.keys() for layout in between.values()):
        raise Unproved(term.label(term.readout + 1), "its cascades are not the same at every stage")
    if not rows:
        raise Unproved(term.label(term.readout + 1), "it has no row")
    for pair in rows:
        if not set(pair) <= lines.keys():
            raise Unproved(term.label(0), f"the cascade {pair} has no controllers")
        states = {state for layout in between.values() for state in layout.rows[pair]}
        if any(state.i >= sizes[0] or state.j >= sizes[1] for state in states):
            raise Unproved(term.label(term.last - 1), f"the cascade {pair} has a state outside of the window")
    return tuple(rows)


def cascade_start(term, pair, place, lines, carried, known):
    """Return (`Shape`, rectangles, h as in `Start.value`) of the atom of a cascade, once it starts its row rightly."""
    k = term.readout
    where = term.label(k + 1)
    rows = term.outlets[k + 1].rows[pair]
    both = (carried["x"], carried["y"])
    start = known.once(
        ("start", term.key(k + 1), pair, both), start_of, term.blocks[k + 1], term.inlets[k], rows, pair, carried, where
    )
    branches = [term.outlets[k].branches.get(pair, []), term.inlets[k].branches.get(pair, [])]
    loops = [position for line in pair for position in term.inlets[k - 1].loops.get(line, ())]
    if len(loops) != 4:
        raise Unproved(term.label(k), f"a controller of the cascade {pair} does not reach it")
    readout = selected(term.blocks[k], branches[0], loops, term.label(k))
    reader = selected(start.reader, [0], branches[1], where)
    if any(not block.is_rational() for block in (readout, reader)):
        raise Unproved(term.label(k), "the atom depends on n")
    shape = known.once(("shape", readout, reader), shape_of, readout, reader)
    own = tuple(lines[line] for line in pair)

    def is_bad(low, high):
        return low / term.step % 1 + (high - low) / term.step <= shape.margin

    key = ("check start", term.key(k + 1), pair, both, own, shape.margin, shape.low, shape.high, term.step)
    try:
        rectangles = known.once(key, check_start, start, own, shape, sign_of(rows), is_bad, where)
    except RectangleUnproved as failure:
        raise Unproved(where, failure.reason, Spot(0, place.origin, (1, 1), failure.rectangle, ((), ()))) from None
    except Unproved as failure:
        peak = tuple((*along, STRIP) for along in shape.peak())
        raise Unproved(where, failure.reason, place._replace(peak=peak).spot(0)) from None
    return shape, rectangles, start.value


def sign_of(rows):
    """Return the sign of the states in which a cascade starts: 0 if its entries are signed, else 1."""
    return abs(next(iter(rows)).sign)


def common_shape(shapes, term):
    """Return the `Shape` of the cascades of a term, with the bounds of all; raises `Unproved` if H differs."""
    first, *others = {id(shape): shape for shape in shapes}.values()
    where = term.label(term.readout)
    try:
        if any(find_difference(first.function(), other.function()) is not None for other in others):
            raise Unproved(where, "its copies do not have the same atom")
    except InputError as error:
        raise Unproved(where, f"what it reads is no atom: {error}") from None
    margin = min(shape.margin for shape in shapes)
    return first if not others else first._replace(margin=margin, high=max(shape.high for shape in shapes))


def check_transport(term, lines, known, place):
    """Check F∘E = E∘r for every line in every kind of transport and of stage that the next block reads."""
    for kinds in (term.transports(), term.stages()):
        for k in (blocks[0] for blocks in kinds if any(term.reads_loops(block + 1) for block in blocks)):
            j = k - 1 if k < term.readout else term.stage(k)
            known.once(("transport", term.key(k), tuple(lines)), check_controllers, term, k, lines, place, j)


def within(axis, interval):
    """Return residuals in an interval in one coordinate and anywhere in the other, as a pair of intervals."""
    return tuple(interval if other == axis else ANYWHERE for other in (0, 1))


def check_controllers(term, k, lines, place, stage):
    """Check F∘E = E∘r for every line in block k."""
    before, after = term.inlets[k - 1].loops, term.outlets[k].loops
    where = term.label(k)
    for name, line in lines.items():
        if name not in before or name not in after:
            raise Unproved(where, f"there is no controller for {name}", place.spot(stage))
        with looking_at(place.spot(stage)):
            error = doubling_error(term.blocks[k], before[name], after[name], where)
        if error is not None:
            t, interval = error
            reason = f"F(E(t)) is not E(r(t)) for the controller of {name}, at t = {text(t)}"
            raise Unproved(where, reason, place.spot(stage, within(line.axis, interval)))


def check_selectors(term, lines, carried, margin, known, place):
    """Check the selectors of every line: those of stage j exact where r_j is not in J_j, d = margin/2^(n-j)."""
    k = term.readout + 1
    key = ("first selectors", term.key(k), tuple(lines.items()), carried["x"], carried["y"], margin, term.step)
    with looking_at(place.spot(0)):
        known.once((*key, term.reads_loops(k + 1)), check_first_selectors, term, k, lines, carried, margin * term.step)
    for k in (blocks[0] for blocks in term.stages()):
        j = term.stage(k)
        width = margin * term.step * 2**j
        with looking_at(place.spot(j)):
            known.once(("selectors", term.key(k), tuple(lines), width), check_stage_selectors, term, k, lines, width)


def check_first_selectors(term, k, lines, carried, width):
    """Check the selectors and the controllers that start again from the carried input."""
    where = term.label(k)
    for name, line in lines.items():
        axis = name[0]
        feeds = {term.inlets[k - 1].carried[axis]: carried[axis]}
        (function,) = along(term.blocks[k], [digit_of(term.outlets[k], name, where)], feeds, where)
        if not is_first_digit(function, mpq(line.first), line.length, width):
            raise Unproved(where, f"the selector of {name} is not the first digit, or leaves [0, 1]")
        pair = term.outlets[k].loops.get(name, ())
        again = list(loop(line.length, 1, mpq(line.first)))
        if term.reads_loops(k + 1) and along(term.blocks[k], pair, feeds, where) != again:
            raise Unproved(where, f"the controller of {name} does not start again as E(r_1)")


def check_stage_selectors(term, k, lines, width):
    """Check the selectors that block k, a stage, makes from the controllers."""
    before, after, where = term.inlets[k - 1], term.outlets[k], term.label(k)
    for name in lines:
        t = digit_error(term.blocks[k], before.loops.get(name, ()), digit_of(after, name, where), width, where)
        if t is not None:
            raise Unproved(where, f"the selector of {name} is not the digit of t = {t}, or leaves [0, 1]")


def digit_of(layout, name, where):
    """Return the position of the selector of a line."""
    if name not in layout.digits:
        raise Unproved(where, f"there is no selector for {name}")
    return layout.digits[name]


def check_rows(term, cascades, target, shape, known, place):
    """Check that all stages multiply the rows by T_qᵀ; return (κ, B, readings of `Summand`); raise `Unproved`."""
    between = {id(layout): layout.rows for layout in term.outlets[term.readout + 1:]}
    norms = {}
    for pair in cascades:
        states = frozenset().union(*(rows[pair] for rows in between.values()))
        norms[pair] = known.once(("norm", states), target.norm, states)
    for stages in term.stages():
        k = stages[0]
        for pair in cascades:
            bound = term.rows_bound(shape.high, norms[pair], stages)
            key = (term.key(k), pair)
            if key not in known.bounds or known.bounds[key] < bound:
                with looking_at(place.spot(term.stage(k) - 1)):
                    before, after = term.inlets[k - 1], term.outlets[k]
                    check_step(term.blocks[k], before, after, pair, target, bound, term.label(k))
                known.bounds[key] = bound
    norm = max(norms.values())
    bound = term.rows_bound(shape.high, norm, [term.last])
    with looking_at(place.spot(term.n - 1)):
        last = term.inlets[term.last - 1]
        weights, readings = coefficients(term.blocks[term.last], last, target, bound, term.label(term.last))
    return weights, norm, readings


def check_cells(term, cascades, lines, target, weights):
    """Check that a cell starts one cascade at most, that no live cell starts none, and no live state is missing."""
    where = term.label(term.readout + 1)
    between = list({id(layout): layout.rows for layout in term.outlets[term.readout + 1:]}.values())
    cells = set()
    live = target.reaching({patch for patch, weight in weights.items() if weight})
    for pair in cascades:
        x, y = (lines[line] for line in pair)
        own = set(product(range(x.first, x.first + x.length), range(y.first, y.first + y.length)))
        if cells & own:
            raise Unproved(where, f"the cell {min(cells & own)} starts two cascades")
        cells |= own
        sign = sign_of(between[0][pair])
        needed = target.reached({State(*cell, sign) for cell in own}) & live
        for rows in between:
            missing = sorted(needed - rows[pair].keys())
            if missing:
                raise Unproved(where, f"the state {tuple(missing[0])} is live, but has no entry in the row")
    for patch in set(target.patches) - cells:
        if State(*patch, 0) in live:
            raise Unproved(where, f"no cascade starts in the cell {patch}, which is live")


def check_sum(summands, problem):
    """Check that the atoms add up to the seed of the problem."""
    normal, corner = problem.normalized()
    functions = []
    for found in summands:
        atom = found.shape.function()
        for (i, j), weight in found.weights.items():
            if weight:
                functions.append((weight, atom.shifted(found.shift[0] + i, found.shift[1] + j)))
    point = find_difference(total(functions), normal.seed.function)
    if point is not None:
        n = summands[0].term.n if summands else 1
        spot = Spot(n, corner, normal.size, tuple((t - HAIR, t + HAIR) for t in point), ((), ()))
        raise Unproved("the sum of the atoms", f"it is not the seed at ({', '.join(map(text, point))})", spot)
