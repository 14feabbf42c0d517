"""The regions of a network as files: JSON with exact numbers, CSV, and GeoJSON and npz in floats, marked as rounded."""

import csv
import io
import json
from functools import lru_cache
from itertools import accumulate

import numpy as np

from exactrelu.errors import InputError
from exactrelu.field import exact, rounded, text

LONGEST = 12
"""In a list for people, longer numbers are rounded."""


def json_chunks(regions):
    """Yield the text of a JSON object with everything about a `RegionList`, in exact numbers."""
    chosen = regions.place.slice
    head = {
        "format": "exactrelu-regions/1", "domain": regions.place.name,
        "origin": _texts(chosen.origin), "directions": list(map(_texts, chosen.directions[: regions.dimension])),
        "units": regions.units.tolist(),
    }
    yield json.dumps(head)[:-1] + ', "regions": ['
    records = Records(regions)
    for k in range(len(regions)):
        yield (",\n" if k else "\n") + json.dumps(records.data(k))
    yield '\n],\n"neighbours": ' + json.dumps(regions.neighbours().tolist()) + "}\n"


def csv_chunks(regions):
    """Yield the lines of a CSV table of a `RegionList`: exact numbers, and the area rounded, too.

    Points and the coefficients of a map have spaces between their numbers, and semicolons between them.
    """
    records = Records(regions)
    maps = [f"map_{output}" for output in range(regions.outputs)]
    yield _row(["region", "linear_piece", "pattern", "area", "area_rounded", "vertices", "rays", *maps])
    for k in range(len(regions)):
        found = records.data(k)
        vertices, rays = (";".join(map(" ".join, found[name])) for name in ("vertices", "rays"))
        area = "" if found["area"] is None else found["area"]
        decimal = "" if found["area"] is None else repr(_float(regions.area(k)))
        rest = map(" ".join, found["maps"])
        yield _row([k, found["linear_piece"], found["pattern"], area, decimal, vertices, rays, *rest])


def geojson_chunks(regions):
    """Yield the text of a GeoJSON collection of polygons in floats; raises `InputError` where some are unbounded."""
    if regions.dimension != 2 or regions.place.polygon is None and any(map(regions.rays, range(len(regions)))):
        raise InputError("GeoJSON holds bounded regions in two coordinates: give a --box, or write .json or .csv")
    records = Records(regions)
    yield '{"type": "FeatureCollection", "rounded": true, "features": ['
    for k in range(len(regions)):
        ring = [list(map(_float, point)) for point in regions.vertices(k)]
        feature = {
            "type": "Feature", "id": k,
            "properties": {
                "region": k, "linear_piece": int(regions.pieces[k]), "pattern": records.pattern(k),
                "area": _float(regions.area(k)), "maps": [list(map(_float, form)) for form in regions.maps(k)],
            },
            "geometry": {"type": "Polygon", "coordinates": [[*ring, ring[0]]]},
        }
        yield (",\n" if k else "\n") + json.dumps(feature)
    yield "\n]}\n"


def npz_of(regions):
    """Return the bytes of an npz file of a `RegionList` in floats, rounded.

    ``vertices`` and ``rays`` are rows of coordinates, those of region k from ``vertex_offsets[k]`` to
    ``vertex_offsets[k + 1]``, and so for rays; ``maps`` has the shape (regions, outputs, coordinates + 1);
    ``areas`` are infinite for unbounded regions; ``patterns``, ``units``, ``pieces``, ``neighbours`` are those of the
    list.
    """
    arrays = {"units": regions.units, "patterns": regions.patterns, "pieces": regions.pieces}
    arrays["neighbours"] = regions.neighbours()
    for name, offsets, lists in (
        ("vertices", "vertex_offsets", list(map(regions.vertices, range(len(regions))))),
        ("rays", "ray_offsets", list(map(regions.rays, range(len(regions))))),
    ):
        flat = [list(map(_float, point)) for points in lists for point in points]
        arrays[name] = np.array(flat, dtype=np.float64).reshape(-1, regions.dimension)
        arrays[offsets] = np.array([0, *accumulate(map(len, lists))], dtype=np.int64)
    maps = [[list(map(_float, form)) for form in regions.maps(k)] for k in range(len(regions))]
    shape = len(regions), regions.outputs, regions.dimension + 1
    arrays["maps"] = np.array(maps, dtype=np.float64).reshape(shape)
    areas = map(regions.area, range(len(regions)))
    arrays["areas"] = np.array([np.inf if area is None else _float(area) for area in areas])
    file = io.BytesIO()
    np.savez_compressed(file, **arrays)
    return file.getvalue()


def listed_lines(regions):
    """Yield the `region_line` of each region."""
    shown = lru_cache(maxsize=None)(_point)
    return (region_line(regions, k, shown) for k in range(len(regions)))


def region_line(regions, k, shown=None):
    """Return a line for people about region k; numbers of more than `LONGEST` characters are rounded, after a ~.

    ``shown`` makes the text of a point, if the caller keeps those of corners of several regions.
    """
    shown = shown or _point
    area = regions.area(k)
    size = "unbounded" if area is None else f"{'area' if regions.dimension == 2 else 'length'} {_short(area)}"
    parts = [f"region {k}: {size}, piece {regions.pieces[k]}, corners {' '.join(map(shown, regions.vertices(k)))}"]
    if rays := regions.rays(k):
        parts.append(f"rays {' '.join(map(_point, rays))}")
    parts += [f"output {i}: {' '.join(map(_short, form))}" for i, form in enumerate(regions.maps(k))]
    return ", ".join(parts)


class Records:
    """The regions of a `RegionList` as JSON objects."""

    def __init__(self, regions):
        self._regions, self._text = regions, lru_cache(maxsize=None)(_texts)

    def data(self, k):
        """Return the object of region k."""
        regions, area = self._regions, self._regions.area(k)
        return {
            "vertices": list(map(self._text, regions.vertices(k))), "rays": list(map(_texts, regions.rays(k))),
            "maps": list(map(_texts, regions.maps(k))), "pattern": self.pattern(k),
            "area": None if area is None else text(area), "linear_piece": int(regions.pieces[k]),
        }

    def pattern(self, k):
        """Return 1 for each unit that is open on region k, 0 for the others."""
        return (self._regions.patterns[k].astype(np.uint8) + ord("0")).tobytes().decode()


def _texts(numbers):
    return list(map(text, numbers))


def _short(number):
    if number.numerator.bit_length() + number.denominator.bit_length() > 4 * LONGEST:
        return f"~{rounded(number)}"
    numeral = text(number)
    return numeral if len(numeral) <= LONGEST else f"~{rounded(number)}"


def _point(point):
    return f"({', '.join(map(_short, point))})"


def _float(number):
    """Return the nearest float; infinite beyond their range."""
    number = exact(number)
    try:
        return float(number)
    except OverflowError:
        return float("inf") if number > 0 else float("-inf")


def _row(entries):
    line = io.StringIO()
    csv.writer(line, lineterminator="\n").writerow(entries)
    return line.getvalue()
