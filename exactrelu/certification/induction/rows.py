"""Facts about the rows (p, pu, pv): they start right, every stage multiplies them by T_qᵀ, and they stay bounded."""

from functools import reduce
from itertools import product
from typing import NamedTuple

from exactrelu.certification.induction.facts import Unproved
from exactrelu.certification.induction.forms import (
    CONSTANT,
    Ambiguous,
    Rows,
    combination,
    constant,
    signed_by,
)
from exactrelu.field import lcm, mpq, mpz, text
from exactrelu.refinement.transition import DIGITS

KINDS = ("p", "pu", "pv")
HALF = mpq(1, 2)


def row_name(state, kind):
    """Return the name of an entry of a row, such as "pu(2,0,+)"."""
    return f"{KINDS[kind]}({state.i},{state.j},{'+' if state.sign > 0 else '-'})"


def entries(layout):
    """Return {position: (state, kind)} of the rows of a `ClassLayout`."""
    return {position: (state, kind) for state, row in layout.rows.items() for kind, position in enumerate(row)}


def check_stage(block, before, after, target, bound, where):
    """Check that one stage is p → T_qᵀ p, pu → T_qᵀ(2 pu − q_1 p), pv → T_qᵀ(2 pv − q_2 p) for each digit pair q.

    The selectors have the exact values q, 0 ≤ p ≤ ``bound``, and (u, v) lies in the quadrant of q. ``block`` is a
    `Block`, ``before`` and ``after`` are the `ClassLayout`s of its inputs and outputs. Raises `QuadrantUnproved`.
    """
    known, rows = entries(before), entries(after)
    part = row_part(block, before, after, where)
    for q in DIGITS:
        quadrant = tuple(product(*((digit * HALF, (digit + 1) * HALF) for digit in q)))
        relu = signed_by(Rows(known, quadrant, bound).bounds)
        inputs = [{k: mpq(1)} if k in known else {} for k in range(block.inputs)]
        for position, digit in zip(before.digits, q, strict=True):
            inputs[position] = constant(mpq(digit))
        try:
            found = part.run(inputs, combination, relu)
        except Ambiguous as unit:
            raise QuadrantUnproved(where, f"digits {q}: {gate_reason(unit)}", q) from None
        for (state, kind), form in zip(rows.values(), found, strict=True):
            if form != expected_form(before, target, q, state, kind):
                raise QuadrantUnproved(where, f"digits {q}: {row_name(state, kind)} is not the entry of T_q^T", q)


def row_part(block, before, after, where):
    """Return the part of a stage that makes the rows; raises `Unproved` if they read more than rows and selectors."""
    part = block.part(list(entries(after)))
    others = part.used_inputs() - entries(before).keys() - set(before.digits)
    if others:
        raise Unproved(where, f"the rows read {len(others)} inputs that are neither rows nor selectors of their class")
    return part


class QuadrantUnproved(Unproved):
    """Raised when the rows are wrong under the digit pair ``digits``."""

    def __init__(self, where, reason, digits):
        super().__init__(where, reason)
        self.digits = digits


def expected_form(before, target, q, state, kind):
    """Return the form of the new row's entry: Σ T p, or Σ T (2 pu − q_1 p), or Σ T (2 pv − q_2 p)."""
    form = {}
    for source, weight in target.columns[q][state]:
        if source in before.rows:
            row = before.rows[source]
            form[row[kind]] = form.get(row[kind], 0) + weight * (2 if kind else 1)
            if kind and q[kind - 1]:
                form[row[0]] = form.get(row[0], 0) - weight
    return {position: weight for position, weight in form.items() if weight}


def gate_reason(unit):
    """Return why a unit has no sign."""
    low, high = ("infinity" if end is None else shown(end) for end in (unit.low, unit.high))
    return f"the argument of a unit lies between {low} and {high}, neither open nor closed"


def shown(number):
    """Return a rational for people: in full if it is short, else the next power of two that is larger in size."""
    numeral = text(number)
    if len(numeral) <= 24:
        return numeral
    power = abs(number.numerator).bit_length() - number.denominator.bit_length() + 1
    return f"{'-' if number < 0 else ''}2^{power}"


class BoundMap(NamedTuple):
    """Upper bounds of new rows from those of the old ones: ``rows`` {entry: ((old entry, weight ≥ 0), …)}, linear.

    An entry is a pair (state, kind).
    """

    rows: dict

    def integral(self):
        """Return (c, rows) with integer weights that are c times those of this map, c a positive integer."""
        scale = common_denominator(weight for pairs in self.rows.values() for _, weight in pairs)
        rows = {
            entry: tuple((source, (scale * weight).numerator) for source, weight in pairs)
            for entry, pairs in self.rows.items()
        }
        return scale, rows


def bounds_after(bounds, maps):
    """Return {entry: bound} after stages with these `BoundMap`s, one after the other, exactly.

    The numbers grow with the stages; as integers over one denominator they take no time for common divisors.
    """
    integral = {key: stage.integral() for key, stage in {id(stage): stage for stage in maps}.items()}
    denominator = common_denominator(bounds.values())
    current = {entry: (denominator * bound).numerator for entry, bound in bounds.items()}
    for stage in maps:
        scale, rows = integral[id(stage)]
        denominator *= scale
        current = {
            entry: sum((weight * current[source] for source, weight in pairs), mpz(0)) for entry, pairs in rows.items()
        }
    return {entry: mpq(bound, denominator) for entry, bound in current.items()}


def common_denominator(numbers):
    """Return the least common denominator of rationals, 1 if there are none."""
    return reduce(lcm, {number.denominator for number in numbers}, mpz(1))


def bound_map(block, before, after, where):
    """Return the `BoundMap` of the rows of a stage, valid for all rows ≥ 0 and all selectors in [0, 1].

    Checks that the new rows are ≥ 0, and that their bounds do not exceed a linear function of the old ones.
    """
    rows = entries(after)
    part = row_part(block, before, after, where)
    inputs = [None] * block.inputs
    for position, entry in entries(before).items():
        inputs[position] = ({}, {entry: mpq(1)})
    for position in before.digits:
        inputs[position] = ({}, constant(mpq(1)))
    found = {}
    for entry, (low, high) in zip(rows.values(), part.run(inputs, _enclosure_sum, _enclosure_relu), strict=True):
        if any(weight < 0 for weight in low.values()) or CONSTANT in high:
            raise Unproved(where, f"{row_name(*entry)} is not between 0 and a sum of the old rows")
        found[entry] = tuple(high.items())
    return BoundMap(found)


def _enclosure_sum(terms, bias):
    """Return forms (low, high) around an affine combination of values between forms, for inputs ≥ 0."""
    low = [(pair[0] if weight > 0 else pair[1], weight) for pair, weight in terms]
    high = [(pair[1] if weight > 0 else pair[0], weight) for pair, weight in terms]
    return combination(low, bias), combination(high, bias)


def _enclosure_relu(pair):
    low, high = pair
    if any(weight < 0 for weight in low.values()):
        low = {}
    return low, {key: weight for key, weight in high.items() if weight > 0}
