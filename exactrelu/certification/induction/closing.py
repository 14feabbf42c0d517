"""Facts about the closing block: what it reads off the rows of each class, and how the seam gates put it together.

Every value of the block is a combination of *readers*, units that see the rows of one class only, and *gates*, units
that see a seam deficiency D_s or several classes. The first fact is about the readers on rows (p, pu, pv) with p ≥ 0
and (u, v) in the unit square, the second about the gates as functions of the values y_s and the D_s.
"""

from collections import defaultdict
from itertools import product
from typing import NamedTuple

from exactrelu.certification.induction.blocks import expanded
from exactrelu.certification.induction.boxes import Box
from exactrelu.certification.induction.facts import Unproved
from exactrelu.certification.induction.forms import Ambiguous, Rows, combination, signed_by
from exactrelu.certification.induction.rows import entries
from exactrelu.cpwl.polygon import coordinates
from exactrelu.field import mpq
from exactrelu.network.dag import Relu, sources


class Gates(NamedTuple):
    """The gates of a closing block over the symbols ("y", s) and ("D", s).

    ``units`` is a list of (id, form of the argument over symbols and earlier units ("unit", id)); ``output`` a form.
    """

    units: list
    output: dict


def reading_class(owners):
    """Return the class s if only its rows are among the ``owners`` of a node, else None."""
    labels = set(owners)
    if len(labels) != 1:
        return None
    kind, index = labels.pop()
    return index if kind == "y" else None


def split(form, owners):
    """Return ({class: the part of ``form`` that its readers and rows make up}, the rest)."""
    parts, rest = defaultdict(dict), {}
    for key, weight in form.items():
        index = None if key is None else reading_class(owners[key])
        if index is None:
            rest[key] = weight
        else:
            parts[index][key] = weight
    return parts, rest


def gates_and_readings(block, layouts, where):
    """Return (`Gates`, {class: form of what it reads}); raises `Unproved` if two gates read different things.

    The reading of a class is determined up to a factor: here the first of its weights is 1.
    """
    seams = {layout.seam: ("D", index) for index, layout in layouts.items()}
    owner = {position: ("y", index) for index, layout in layouts.items() for position in entries(layout)}
    forms, owners = expanded(block, owner | seams)
    readings, units = {}, []

    def over_symbols(form):
        parts, rest = split(form, owners)
        renamed = {}
        for key, weight in rest.items():
            if key is not None and key < block.inputs and key not in seams:
                raise Unproved(where, f"it reads input {key}, which has no name")
            renamed[seams.get(key, key if key is None else ("unit", key))] = weight
        for index, part in parts.items():
            leading = part[min(part)]
            scaled = {key: weight / leading for key, weight in part.items()}
            if readings.setdefault(index, scaled) != scaled:
                raise Unproved(where, f"two gates read different values from the rows of class {index}")
            renamed["y", index] = leading
        return renamed

    for k, node in enumerate(block.nodes, block.inputs):
        if type(node) is Relu and reading_class(owners[k]) is None:
            units.append((("unit", k), over_symbols(forms[node.of])))
    (output,) = block.outputs
    return Gates(units, over_symbols(forms[output])), readings


def check_reading(block, layout, target, form, where, spot=None):
    """Return (factor, pieces): the reading ``form`` is factor · Σ ± p_β g_β(u, v) on the whole unit square.

    Here p_β ≥ 0 are arbitrary and (u, v) in [0, 1]². Raises `Unproved`.
    """
    factor, pieces = None, 0
    waiting = list(target.mesh)
    while waiting:
        polygon, patches = waiting.pop()
        rows = Rows(entries(layout), tuple(coordinates(vertex) for vertex in polygon.vertices), None)
        try:
            found = _read(block, rows, form)
        except Ambiguous as unit:
            line = rows.splitting_line(unit.form)
            if line is None:
                raise Unproved(where, "a reader has not one sign for all rows that share (u, v)", spot) from None
            waiting += [(part, patches) for part in polygon.split(line) if part is not None]
            continue
        pieces += 1
        wanted = _sum_of_patches(layout, patches)
        if factor is None and wanted:
            key = next(iter(wanted))
            factor = found.get(key, 0) / wanted[key]
        if factor == 0 or found != {key: (factor or 1) * weight for key, weight in wanted.items()}:
            raise Unproved(where, "the value read off the rows is not the sum of the patches of the seed", spot)
    return factor or mpq(1), pieces


def _sum_of_patches(layout, patches):
    """Return the form Σ ± (a pu + b pv + c p) over the states of ``layout``, for ``patches`` {patch: (a, b, c)}."""
    total = {}
    for state, (p, pu, pv) in layout.rows.items():
        for key, entry in zip((pu, pv, p), patches.get(state[:2], ()), strict=False):
            total[key] = total.get(key, 0) + state.sign * entry
    return {key: weight for key, weight in total.items() if weight}


def _read(block, rows, form):
    """Return the form over the rows that a reading is in a polygon; raises `Ambiguous` where a reader bends."""
    relu = signed_by(rows.bounds)
    values = {k: {k: mpq(1)} for k in range(block.inputs)}
    needed = _ancestors(block, form)
    for k, node in enumerate(block.nodes, block.inputs):
        if k in needed:
            if type(node) is Relu:
                values[k] = relu(values[node.of])
            else:
                values[k] = combination([(values[source], weight) for source, weight in node.terms], node.bias)
    return combination([(values[key], weight) for key, weight in form.items() if key is not None], form.get(None, 0))


def _ancestors(block, form):
    """Return the set of the nodes that a form over nodes is computed from."""
    found, waiting = set(), [key for key in form if key is not None]
    while waiting:
        k = waiting.pop()
        if k not in found:
            found.add(k)
            if k >= block.inputs:
                waiting += sources(block.nodes[k - block.inputs])
    return found


def reading_bound(block, form, bounds):
    """Return a bound of |form| for inputs between 0 and ``bounds`` {input: bound}, by exact interval arithmetic."""
    spans = {position: (mpq(0), high) for position, high in bounds.items()}
    needed = _ancestors(block, form)
    for k, node in enumerate(block.nodes, block.inputs):
        if k in needed:
            if type(node) is Relu:
                spans[k] = tuple(max(end, mpq(0)) for end in spans[node.of])
            else:
                spans[k] = _span(node.terms, node.bias, spans)
    low, high = _span([(key, weight) for key, weight in form.items() if key is not None], form.get(None, mpq(0)), spans)
    return max(-low, high, mpq(0))


def _span(terms, bias, spans):
    low = high = bias
    for source, weight in terms:
        down, up = spans[source] if weight > 0 else reversed(spans[source])
        low += weight * down
        high += weight * up
    return low, high


def check_gates(gates, factors, limits, is_zero, where):
    """Check that the gates put y_s and D_s together rightly; return the number of cases, raise `Unproved`.

    ``factors`` {s: factor of the reading}, ``limits`` {s: bound of |y_s|}. A class is *good* where y_s is the value V
    to be computed, else *bad*, and then D_s ≥ 1. Case A: V = 0. Case B: one class i has D_i = 0 and is good. In both
    the other classes are good with any D ≥ 0, or bad. ``is_zero`` leaves out case B: V is 0 everywhere.
    """
    classes = tuple(limits)
    cases = 0
    for status in product((True, False), repeat=len(classes)):
        good = {index for index, is_good in zip(classes, status, strict=True) if is_good}
        cases += 1
        if _evaluated(gates, factors, limits, good, None):
            raise Unproved(where, f"where V^n g = 0 and the classes {sorted(good)} are good, they do not give 0")
        for open_class in () if is_zero else good:
            cases += 1
            if _evaluated(gates, factors, limits, good, open_class) != {"V": mpq(1)}:
                reason = f"where D_{open_class} = 0 and the classes {sorted(good)} are good, they do not give V^n g"
                raise Unproved(where, reason)
    return cases


def _evaluated(gates, factors, limits, good, open_class):
    """Return the output as a form over "V", bad y_s, D_s and units that stay undecided."""
    value_limit = min((limits[index] for index in good), default=mpq(0))
    symbols, spans = {}, {"V": (-value_limit, value_limit)}
    for index, limit in limits.items():
        if index not in good:
            symbols["y", index] = {("y", index): factors[index]}
            spans["y", index] = (-limit, limit)
        else:
            symbols["y", index] = {} if open_class is None else {"V": factors[index]}
        if index == open_class:
            symbols["D", index] = {}
        else:
            symbols["D", index] = {("D", index): mpq(1)}
            spans["D", index] = (mpq(0) if index in good else mpq(1), None)
    box = Box(spans)

    def substituted(form):
        terms = [(symbols[key], weight) for key, weight in form.items() if key is not None]
        return combination(terms, form.get(None, mpq(0)))

    for name, argument in gates.units:
        symbols[name] = box.relu(substituted(argument))
    return substituted(gates.output)
