"""The parts of a problem file: masks, seeds, windows, dilations and fields from and to JSON, every refusal one line."""

import re
from typing import NamedTuple

from exactrelu.errors import InputError, shown
from exactrelu.field import RATIONALS, Field, parse, text
from exactrelu.jsonio import at, check_object, integer_from_json
from exactrelu.scheme.dilation import as_dilation
from exactrelu.scheme.mask import Mask
from exactrelu.scheme.seed import Seed

MAX_VERTICES = 20_000
"""The most vertices of a seed."""

MAX_SIMPLICES = 40_000
"""The most simplices of a seed."""

_INDEX = re.compile(r"\s*[+-]?[0-9]{1,30}\s*(?:,\s*[+-]?[0-9]{1,30}\s*)*", re.ASCII)


class Shape(NamedTuple):
    """What a part of a file has to fit to: the ``field``, the numbers of coordinates and components, None for any."""

    field: Field = RATIONALS
    dimension: int | None = 2
    components: int | None = 1


def mask_from_json(found, where, shape=Shape()):
    """Return the `Mask` of a JSON object {index: coefficient}; raises `InputError`."""
    if not isinstance(found, dict):
        raise InputError(f'{where}: expected an object such as {{"0,0": "1/2"}} or the name of a built-in mask')
    coefficients = {}
    for key, entry in found.items():
        k = tuple(map(int, key.split(","))) if _INDEX.fullmatch(key) else ()
        if not k or shape.dimension not in (len(k), None):
            raise InputError(f'{where}: {shown(key)} is not an index such as "-1,2" (at most 30 digits each)')
        if k in coefficients:
            raise InputError(f"{where}: the index {','.join(map(str, k))} is given twice")
        coefficients[k] = _coefficient(entry, f"{where}: {shown(key)}", shape)
    return at(where, Mask, coefficients)


def mask_to_json(mask):
    """Return the object that `mask_from_json` turns back into the mask."""
    return {
        ",".join(map(str, k)): [[text(entry) for entry in row] for row in c] if isinstance(c, tuple) else text(c)
        for k, c in mask.items()
    }


def seed_from_json(found, where, shape=Shape(), key="triangles"):
    """Return the `Seed` of a JSON object with vertices, simplices and values; raises `InputError`.

    ``key`` is the name of the field with the simplices.
    """
    fields = ("vertices", key, "values")
    check_object(found, where, fields, fields)
    for name in fields:
        if not isinstance(found[name], list):
            raise InputError(f"{where}: {name}: expected a list")
        limit = MAX_SIMPLICES if name == key else MAX_VERTICES
        if len(found[name]) > limit:
            raise InputError(f"{where}: {name}: {len(found[name])} entries, more than the limit {limit}")
    d = shape.dimension
    vertices = []
    for i, point in enumerate(found["vertices"]):
        if not isinstance(point, list) or len(point) != d:
            expected = 'a pair such as ["1/2", "0"]' if d == 2 else f"a list of {_count(d, 'number')}, the coordinates"
            raise InputError(f"{where}: vertices[{i}]: expected {expected}")
        vertices.append(tuple(shape.field.parse(entry, f"{where}: vertices[{i}]") for entry in point))
    for i, corners in enumerate(found[key]):
        if not isinstance(corners, list) or len(corners) != d + 1 or not all(type(c) is int for c in corners):
            count = {2: "three"}.get(d, d + 1)
            example = list(range(d + 1))
            raise InputError(f"{where}: {key}[{i}]: expected {count} indices of vertices, such as {example}")
    values = [_value(height, f"{where}: values[{i}]", shape) for i, height in enumerate(found["values"])]
    return at(where, Seed, vertices, found[key], values)


def seed_to_json(seed, key="triangles"):
    """Return the object that `seed_from_json` turns back into the seed."""
    return {
        "vertices": [[text(t) for t in vertex] for vertex in seed.vertices],
        key: [list(corners) for corners in seed.simplices],
        "values": [[text(h) for h in v] if isinstance(v, tuple) else text(v) for v in seed.values],
    }


def window_from_json(found, where, dimension=2):
    """Return ((x0, x1), ...) of a JSON list of lengths or of pairs of ends; raises `InputError`."""
    shape = "expected [L1, L2] with integers L1, L2 >= 1, or [[x0, x1], [y0, y1]] with integers x0 < x1, y0 < y1"
    if dimension != 2:
        lengths, pairs = _count(dimension, "length"), _count(dimension, "pair")
        shape = f"expected a list of {lengths}, integers >= 1, or of {pairs} of integers low < high"
    if not isinstance(found, list) or len(found) != dimension:
        raise InputError(f"{where}: {shape}")
    sides = [side if isinstance(side, list) else [0, side] for side in found]
    if len({isinstance(side, list) for side in found}) > 1 or any(len(side) != 2 for side in sides):
        raise InputError(f"{where}: {shape}")
    window = []
    for side in sides:
        low, high = (parse(end, where) for end in side)
        if low.denominator != 1 or high.denominator != 1 or low >= high:
            raise InputError(f"{where}: {shape}")
        window.append((int(low), int(high)))
    return tuple(window)


def dilation_from_json(found, where, dimension):
    """Return the `Dilation` of a JSON integer, a list of integers or a list of rows; raises `InputError`."""
    rows = [isinstance(row, list) for row in found] if isinstance(found, list) else None
    if rows is None:
        given = integer_from_json(found, where)
    elif rows and all(rows):
        given = [[integer_from_json(entry, where) for entry in row] for row in found]
    elif rows and not any(rows):
        given = [integer_from_json(entry, where) for entry in found]
    else:
        raise InputError(f"{where}: expected an integer, a list with one for each coordinate, or the rows of a matrix")
    return at(where, as_dilation, given, dimension)


def dilation_to_json(dilation):
    """Return the object that `dilation_from_json` turns back into the dilation: as short as it can be."""
    if dilation.factors is None:
        return [list(row) for row in dilation.matrix]
    return dilation.factors[0] if len(set(dilation.factors)) == 1 else list(dilation.factors)


def _coefficient(found, where, shape):
    if not isinstance(found, list) or shape.components == 1:
        return shape.field.parse(found, where)
    if not found or any(not isinstance(row, list) or len(row) != len(found) for row in found):
        raise InputError(f'{where}: expected a number or a square matrix such as [["1", "0"], ["1/2", "0"]]')
    return [[shape.field.parse(entry, where) for entry in row] for row in found]


def _value(found, where, shape):
    if shape.components == 1 and not isinstance(found, list):
        return shape.field.parse(found, where)
    if not isinstance(found, list) or len(found) != shape.components:
        raise InputError(f"{where}: expected a number for each component, {shape.components} in all")
    return tuple(shape.field.parse(entry, where) for entry in found)


def _count(number, noun):
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
