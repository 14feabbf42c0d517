"""The plain twin of the walk in the compiled core (regions.c): the same regions, in the same order, in `Regions`.

A cell is the list of its sides, numbers of lines; a corner is where a side and the next one meet, and neither of two
neighbouring sides contains the other. It walks through the nodes in the order of `stages.groups_of`. A unit whose input
has both strict signs at the corners cuts the cell; the part where it is closed walks on first.
"""

from typing import NamedTuple

import numpy as np

from exactrelu.cpwl.polygon import coordinates, integral, line_through, value
from exactrelu.field import lcm, mpz
from exactrelu.network import Relu
from exactrelu.planar.arrays import Integers, Regions, meet
from exactrelu.planar.reference import COORDINATES, ZERO, combination
from exactrelu.planar.stages import groups_of


class Cell(NamedTuple):
    """``sides``: numbers of lines, counterclockwise; ``corners``: the points where each and the next one meet."""

    sides: list
    corners: list


def sides_of(domain):
    """Return the primitive integer forms of the sides of a bounded polygon, >= 0 on it, counterclockwise."""
    return list(dict.fromkeys(integral(line_through(u, v)) for u, v in domain.edges()))


def walked(network, domain):
    """Return the `Regions` of a flat network on a bounded polygon."""
    lines = sides_of(domain)
    kinks, order = [-1] * len(lines), [node for group in groups_of(network)[1:] for node in group]
    corners = [meet(f, g) for f, g in zip(lines, lines[1:] + lines[:1], strict=True)]
    found, stack = [], [(Cell(list(range(len(lines))), corners), 0, dict(enumerate(COORDINATES)), frozenset())]
    while stack:
        cell, place, forms, opened = stack.pop()
        for place in range(place, len(order)):
            node = order[place]
            content = network.nodes[node - 2]
            if type(content) is not Relu:
                forms[node] = combination(content.terms, content.bias, forms)
                continue
            line = integral(forms[content.of])
            signs = [_sign(value(line, corner)) for corner in cell.corners]
            is_open = max(signs) > 0
            if min(signs) < 0 < max(signs):
                lines.append(line)
                kinks.append(node)
                below, above = _cut(cell, signs, lines)
                stack.append((above, place + 1, {**forms, node: forms[content.of]}, opened | {node}))
                cell, is_open = below, False
            forms[node] = forms[content.of] if is_open else ZERO
            opened = opened | {node} if is_open else opened
        found.append((cell, opened, [forms[output] for output in network.outputs]))
    return _regions(network, lines, kinks, found)


def _sign(number):
    return (number > 0) - (number < 0)


def _cut(cell, signs, lines):
    """Return the parts of a cell where the last of ``lines``, with these signs at its corners, is <= 0 and >= 0."""
    parts, number = {-1: Cell([], []), 1: Cell([], [])}, len(lines) - 1
    for k, (side, corner, sign) in enumerate(zip(cell.sides, cell.corners, signs, strict=True)):
        before = signs[k - 1]
        if before * sign < 0:
            crossing = meet(lines[number], lines[side])
            _add(parts[before], side, crossing)
            _add(parts[sign], number, crossing)
        _add(parts[sign or before], side, corner)
        if not sign:
            _add(parts[-before], number, corner)
    return parts[-1], parts[1]


def _add(cell, side, corner):
    cell.sides.append(side)
    cell.corners.append(corner)


def _regions(network, lines, kinks, found):
    """Return the `Regions` of lines and of triples (cell, open units, forms of the outputs)."""
    units = [node for group in groups_of(network)[1:] for node in group if type(network.nodes[node - 2]) is Relu]
    scales = tuple(
        lcm(mpz(1), *(entry.denominator for _, _, forms in found for entry in forms[k]))
        for k in range(len(network.outputs))
    )
    integers = [
        [entry * scale for form, scale in zip(forms, scales, strict=True) for entry in form] for _, _, forms in found
    ]
    corners = [coordinates(corner) for cell, _, _ in found for corner in cell.corners]
    return Regions(
        offsets=np.cumsum([0, *(len(cell.sides) for cell, _, _ in found)]),
        sides=np.array([side for cell, _, _ in found for side in cell.sides], dtype=np.int64),
        points=np.array([[float(x), float(y)] for x, y in corners], dtype=np.float64),
        kinks=np.array(kinks, dtype=np.int64),
        units=np.array(units, dtype=np.int64),
        patterns=np.array([[unit in opened for unit in units] for _, opened, _ in found], dtype=bool),
        lines=Integers.of(lines, 3),
        forms=Integers.of(integers, 3 * len(scales)),
        scales=scales,
    )
