"""Facts about the start block: the rows at stage 0, on the rectangles where every unit of theirs is affine."""

from collections import defaultdict
from collections.abc import Callable
from itertools import pairwise, product
from typing import NamedTuple

from exactrelu.certification.induction.facts import Unproved
from exactrelu.certification.induction.loops import MAX_KINKS
from exactrelu.certification.induction.rows import entries, row_name
from exactrelu.field import Rational, mpq
from exactrelu.network.dag import Relu
from exactrelu.planar.univariate import affine_combination, univariate_nodes


class Grid(NamedTuple):
    """The grid of a class: ``origin`` and ``lengths`` of its window, and the problem's ``window`` inside of it.

    ``is_bad`` tells of two coordinates t ≤ t' relative to the origin whether every orbit from [t, t'] is bad: 2ⁿ t
    mod 1 is in [0, w] throughout.
    """

    origin: tuple
    lengths: tuple
    window: tuple
    is_bad: Callable


class Section(NamedTuple):
    """An interval of a coordinate in the cell ``index`` of a grid; ``is_inside``: it meets the problem's window."""

    low: Rational
    high: Rational
    index: int
    is_inside: bool


def check_start(block, layout, grid, where, spot=None):
    """Check the rows at stage 0 wherever an orbit is not bad from the start; return the number of rectangles.

    They are (e_cell, e_cell u, e_cell v), or zero and the point is not in the interior of the problem's window.
    ``block`` is the start block, a function of (x, y). Raises `Unproved`.
    """
    rows = entries(layout)
    part = block.part(list(rows))
    functions = univariate_nodes(part, MAX_KINKS)
    along = [
        [(section, _segments(functions, axis, section)) for section in sections(functions, grid, axis)]
        for axis in (0, 1)
    ]
    for (x, on_x), (y, on_y) in product(*along):
        cell = (x.index, y.index)
        found = _forms_on(part, on_x | on_y, tuple(product((x.low, x.high), (y.low, y.high))))
        if found is None:
            raise Unproved(where, f"a unit of the rows changes its sign inside of the cell {cell}", spot)
        if not (x.is_inside and y.is_inside) and not any(map(any, found)):
            continue
        u = (mpq(1), mpq(0), -grid.origin[0] - x.index)
        v = (mpq(0), mpq(1), -grid.origin[1] - y.index)
        ones = ((mpq(0), mpq(0), mpq(1)), u, v)
        for (state, kind), form in zip(rows.values(), found, strict=True):
            if form != (ones[kind] if state == (*cell, 1) else (0, 0, 0)):
                raise Unproved(where, f"in the cell {cell} {row_name(state, kind)} does not start right", spot)
    return len(along[0]) * len(along[1])


def sections(functions, grid, axis):
    """Return the `Section`s of an axis between kinks of ``functions``, {node: (axis, Piecewise)}, but not bad ones."""
    origin, length = grid.origin[axis], grid.lengths[axis]
    low, high = grid.window[axis]
    kinks = {knot for own, function in functions.values() if own == axis for knot in function.knots}
    ends = {knot for knot in kinks if origin < knot < origin + length} | {origin + index for index in range(length + 1)}
    found, index = [], 0
    for begin, end in pairwise(sorted(ends)):
        while begin >= origin + index + 1:
            index += 1
        if not grid.is_bad(begin - origin, end - origin):
            found.append(Section(begin, end, index, begin < high and end > low))
    return found


def _segments(functions, axis, section):
    """Return {node: affine form in (x, y)} on a section, for the functions of its axis."""
    found = {}
    for node, (own, function) in functions.items():
        if own == axis:
            slope, intercept = function.on(section.low, section.high)
            found[node] = (mpq(0), slope, intercept) if axis else (slope, mpq(0), intercept)
    return found


def _forms_on(part, values, corners):
    """Return the affine forms of the outputs on the rectangle with these corners, None if a unit changes its sign."""
    for k, node in enumerate(part.nodes, part.inputs):
        if k in values:
            continue
        if type(node) is not Relu:
            values[k] = tuple(
                sum((weight * values[source][entry] for source, weight in node.terms), bias)
                for entry, bias in enumerate((mpq(0), mpq(0), node.bias))
            )
            continue
        form = values[node.of]
        heights = [form[0] * x + form[1] * y + form[2] for x, y in corners]
        if min(heights) >= 0:
            values[k] = form
        elif max(heights) <= 0:
            values[k] = (mpq(0),) * 3
        else:
            return None
    return [values[output] for output in part.outputs]


def start_bounds(block, layout, where):
    """Return {(state, kind): upper bound} of the rows at stage 0 over all of R²; checks that the rows are ≥ 0."""
    rows = entries(layout)
    part = block.part(list(rows))
    functions = univariate_nodes(part, MAX_KINKS)
    ranges = {node: function.range_on(None, None) for node, (_, function) in functions.items()}
    for k, node in enumerate(part.nodes, part.inputs):
        if k in functions:
            continue
        if type(node) is Relu:
            low_high = ranges[node.of]
            ranges[k] = None if low_high is None else tuple(max(end, mpq(0)) for end in low_high)
        else:
            ranges[k] = _planar_range(node, functions, ranges)
    bounds = {}
    for entry, output in zip(rows.values(), part.outputs, strict=True):
        if ranges[output] is None or ranges[output][0] < 0:
            raise Unproved(where, f"{row_name(*entry)} is not known to be >= 0 and bounded on R^2")
        bounds[entry] = ranges[output][1]
    return bounds


def _planar_range(node, functions, ranges):
    """Return (low, high) of an affine node over R²: the x- and y-parts exactly, the rest by interval arithmetic."""
    parts = defaultdict(list)
    low = high = node.bias
    spans = []
    for source, weight in node.terms:
        if source in functions:
            axis, function = functions[source]
            parts[axis].append((function, weight))
        elif ranges[source] is None:
            return None
        else:
            spans.append(tuple(sorted(weight * end for end in ranges[source])))
    spans += [affine_combination(terms, mpq(0)).range_on(None, None) for terms in parts.values()]
    if None in spans:
        return None
    return low + sum((span[0] for span in spans), mpq(0)), high + sum((span[1] for span in spans), mpq(0))
