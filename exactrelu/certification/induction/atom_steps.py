"""Facts about the stages of a term of atoms: rows c_β h with 0 ≤ h are multiplied by T_qᵀ, and zero rows stay zero."""

from collections import defaultdict

from exactrelu.certification.induction.blocks import Block, expanded
from exactrelu.certification.induction.boxes import Box
from exactrelu.certification.induction.facts import Unproved
from exactrelu.certification.induction.forms import CONSTANT, combination, constant
from exactrelu.field import mpq
from exactrelu.network.dag import Affine
from exactrelu.refinement.transition import DIGITS


def check_step(block, before, after, lines, target, bound, where):
    """Check that a stage multiplies the row of a cascade, entries of at most ``bound`` in size, by T_qᵀ for each q.

    ``lines`` is the cascade, ``before`` and ``after`` are the `AtomLayout`s. With selectors anywhere in [0, 1] a zero
    row stays zero. Raises `Unproved`.
    """
    rows = after.rows[lines]
    part = block.part(list(rows.values()))
    others = part.used_inputs() - set(before.rows[lines].values()) - {before.digits[line] for line in lines}
    if others:
        raise Unproved(where, f"the row reads {len(others)} inputs that are neither its entries nor its selectors")
    for q in DIGITS:
        found = step(part, before, {lines: q}, bound)
        for state, form in zip(rows, found, strict=True):
            if form != expected(before, lines, target, q, state):
                raise Unproved(where, f"digits {q}: the entry {tuple(state)} is not that of T_q^T")
    if any(step(part, before, {}, bound)):
        raise Unproved(where, "a zero row does not stay zero for all selectors in [0, 1]")


def step(part, before, exact, bound):
    """Return the forms of the outputs of a stage, with undecided units as symbols.

    The cascades in ``exact``, {lines: q}, have free rows with entries up to ``bound`` and the selectors q, all others
    zero rows; selectors of other lines are anywhere in [0, 1].
    """
    spans, inputs = {}, [{}] * part.inputs
    for position in before.digits.values():
        spans[position] = (mpq(0), mpq(1))
        inputs[position] = {position: mpq(1)}
    for lines, q in exact.items():
        for state, position in before.rows[lines].items():
            spans[position] = (mpq(0) if state.sign else -bound, bound)
            inputs[position] = {position: mpq(1)}
        for line, digit in zip(lines, q, strict=True):
            inputs[before.digits[line]] = constant(mpq(digit))
    return part.run(inputs, combination, Box(spans).relu)


def expected(before, lines, target, q, state):
    """Return the form of the new entry at ``state`` under the digits q."""
    form = {}
    for source, weight in target.columns[q][state]:
        position = before.rows[lines].get(source)
        if position is not None:
            form[position] = form.get(position, 0) + weight
    return {position: weight for position, weight in form.items() if weight}


def coefficients(block, before, target, bound, where):
    """Return ({patch k: κ_k}, `shares`): the output of the last stage is Σ_k κ_k · (the entry of the next row at k).

    Patches that no entry leads to have no coefficient. Raises `Unproved` if there are no such κ, the same for every
    cascade, or if the output is not zero for zero rows.
    """
    own, rest = shares(block, before, where)
    parts = {lines: share(block, terms) for lines, terms in own.items()}
    closed = {}
    for lines, part in parts.items():
        (closed[lines],) = step(part, before, {}, bound)
    if any(form.keys() - {CONSTANT} for form in (rest, *closed.values())) or combination(
        [(form, mpq(1)) for form in (rest, *closed.values())], mpq(0)
    ):
        raise Unproved(where, "the output is not zero where all rows are zero")
    equations = []
    for lines, rows in before.rows.items():
        for q in DIGITS:
            form = {}
            if lines in parts:
                (opened,) = step(parts[lines], before, {lines: q}, bound)
                form = combination([(opened, mpq(1)), (closed[lines], mpq(-1))], mpq(0))
            if form.keys() - set(rows.values()):
                raise Unproved(where, f"digits {q}: the output is not linear in the last row")
            equations += equations_of(rows, target, q, form)
    return solved(equations, where), own


def shares(block, before, where):
    """Return ({cascade: {node: weight}, its share of the output}, the form of the rest), which add up to the output."""
    entries = [set(rows.values()) for rows in before.rows.values()]
    if others := block.used_inputs() - set().union(before.digits.values(), *entries):
        raise Unproved(where, f"the output reads {len(others)} inputs that are neither entries of rows nor selectors")
    forms, owners = expanded(block, {position: position for position in range(block.inputs)})
    found, rest = defaultdict(dict), {}
    for key, weight in forms[block.outputs[0]].items():
        if key is CONSTANT or owners[key] <= set(before.digits.values()):
            rest[key] = weight
            continue
        # an entry that is zero may be one node in the rows of several cascades: then their selectors tell which it is
        cascades = [
            lines for lines, own in zip(before.rows, entries, strict=True)
            if owners[key] <= own | {before.digits[line] for line in lines}
        ]
        if len(cascades) != 1:
            raise Unproved(where, "a unit of the last stage does not read one cascade and its selectors")
        found[cascades[0]][key] = weight
    return dict(found), rest


def share(block, weights):
    """Return the `Block` of Σ weight · node over ``weights``, {node: weight}."""
    total = Affine(tuple(weights.items()), mpq(0))
    return Block(block.inputs, (*block.nodes, total), (block.inputs + len(block.nodes),)).part([0])


def equations_of(rows, target, q, form):
    """Return [({patch k: weight}, value)]: Σ_k weight κ_k = value, one for each different entry of the row."""
    sums = {}
    for state, position in rows.items():
        entries = sums.setdefault(position, defaultdict(mpq))
        for patch, weight in target.contributions(state, q):
            entries[patch] += weight
    unknown = [(entries, form.get(position, mpq(0))) for position, entries in sums.items()]
    return unknown + [({}, weight) for position, weight in form.items() if position not in sums]


def solved(equations, where):
    """Return {unknown: value} of linear equations [({unknown: weight}, value)], 0 for unknowns that are free."""
    pivots = {}
    for entries, value in equations:
        entries = {key: weight for key, weight in entries.items() if weight}
        while entries:
            pivot = min(entries)
            if pivot not in pivots:
                leading = entries.pop(pivot)
                pivots[pivot] = ({key: weight / leading for key, weight in entries.items()}, value / leading)
                break
            factor = entries.pop(pivot)
            others, known = pivots[pivot]
            value -= factor * known
            for key, weight in others.items():
                left = entries.get(key, 0) - factor * weight
                if left:
                    entries[key] = left
                else:
                    entries.pop(key, None)
        else:
            if value:
                raise Unproved(where, "the output is not a combination of the entries of the next row")
    answers = {}
    for pivot in sorted(pivots, reverse=True):
        others, value = pivots[pivot]
        answers[pivot] = value - sum((weight * answers.get(key, 0) for key, weight in others.items()), mpq(0))
    return answers
