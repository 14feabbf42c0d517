"""The value of V^n g at one point, step by step, so that a person can check it (Corollary 2.6)."""

from math import floor
from typing import NamedTuple

from exactrelu.field import mpq, text
from exactrelu.refinement.cascade import digit, residual
from exactrelu.refinement.transition import patches, row_times, sparse_rows
from exactrelu.show.page import grid, words
from exactrelu.show.svg import MINUS

MAX_STEPS = 40
"""More steps than that are not written out."""

MAX_ENTRIES = 12
"""The most entries of a row that are written out."""


class Step(NamedTuple):
    """After step ``j``: the ``digits`` that were read (None for j = 0), the ``residual``, the row {patch: entry}."""

    j: int
    digits: tuple | None
    residual: tuple
    row: dict


def steps(problem, n, point):
    """Return the `Step`s 0, …, n of the cascade at a point of the window, None for one outside of it."""
    normal, shift = problem.normalized()
    z = [t - s for t, s in zip(point, shift, strict=True)]
    if not all(0 <= t <= length for t, length in zip(z, normal.size, strict=True)):
        return None
    cell = [min(floor(t), length - 1) for t, length in zip(z, normal.size, strict=True)]
    rest = tuple(mpq(t - a) for t, a in zip(z, cell, strict=True))
    row = {cell[0] * normal.size[1] + cell[1]: mpq(1)}
    found = [Step(0, None, rest, row)]
    for j in range(1, n + 1):
        q = tuple(map(digit, rest))
        rest, row = tuple(map(residual, rest)), row_times(row, sparse_rows(problem, q))
        found.append(Step(j, q, rest, row))
    return found


def patch_values(problem, rest):
    """Return {patch: value of the seed's patch at the residual} of those that are not zero."""
    normal, _ = problem.normalized()
    u, v = rest
    values = (
        (position, normal.seed.function.evaluate(u + a - 1, v + b - 1))
        for position, (a, b) in enumerate(patches(problem))
    )
    return {position: value for position, value in values if value}


def value_of(problem, found):
    """Return the value that the last `Step` gives."""
    last = found[-1]
    heights = patch_values(problem, last.residual)
    return sum((weight * heights.get(position, mpq(0)) for position, weight in last.row.items()), mpq(0))


def by_hand(problem, n, point):
    """Return the HTML of the value at a point: a table of the steps, and the sum at the end."""
    found = steps(problem, n, point)
    if found is None:
        return "<p>The point lies outside of the window, where every iterate is 0.</p>"
    if n > MAX_STEPS:
        return f"<p>The {n} steps are left out here; <code>exactrelu value</code> goes through them.</p>"
    names = dict(enumerate(patches(problem)))
    head = "j", "digits", "residual (u, v)", "row p<sub>j</sub>, by cells"
    rows = [
        (
            str(step.j), "–" if step.digits is None else "".join(map(str, step.digits)), _pair(step.residual),
            _row(step.row, names),
        )
        for step in found
    ]
    heights = patch_values(problem, found[-1].residual)
    products = [
        f"{_number(weight)} · {_number(heights[position])}"
        for position, weight in sorted(found[-1].row.items()) if position in heights
    ]
    values = ", ".join(f"{_number(height)} on {_cell(names[position])}" for position, height in sorted(heights.items()))
    total = " + ".join(products) if products else "0"
    return (
        "<p>Corollary 2.6 of the paper: the binary digits of the point choose transition matrices, p<sub>j</sub> = "
        "p<sub>j−1</sub> T<sub>q</sub>, and doubling leaves the residual. The row starts as 1 on the cell of the "
        f"point.</p>{grid(head, rows)}<p>At the last residual the seed has the values "
        f"{values or '0 on every cell'}; those that are left out are 0. So <i>V</i><sup>{n}</sup><i>g</i> = {total} = "
        f"<b>{_number(value_of(problem, found))}</b>.</p>"
    )


def _row(row, names):
    """Return a row by its entries that are not zero."""
    entries = [f"{_number(weight)} on {_cell(names[position])}" for position, weight in sorted(row.items())]
    more = f", and {len(entries) - MAX_ENTRIES} more" if len(entries) > MAX_ENTRIES else ""
    return ", ".join(entries[:MAX_ENTRIES]) + more if entries else "0"


def _cell(patch):
    return f"({patch[0] - 1}, {patch[1] - 1})"


def _pair(point):
    return f"({', '.join(map(_number, point))})"


def _number(number):
    return words(text(number).replace("-", MINUS))
