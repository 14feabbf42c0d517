"""What ``exactrelu regions`` says about single regions: a list, a file, statistics, a point, a decision boundary."""

from exactrelu.commands.output import delivered
from exactrelu.commands.points import read_points
from exactrelu.errors import InputError, UndecidedError
from exactrelu.field import annotated, parse, text
from exactrelu.planar.listing import list_of
from exactrelu.planar.statistics import statistics
from exactrelu.show.region_files import (
    Records, csv_chunks, geojson_chunks, json_chunks, listed_lines, npz_of, region_line,
)
from exactrelu.streams import output_name
from exactrelu.writing import check_writable, write_bytes_atomically, write_text_atomically

MOST_LISTED = 1 << 20
"""The most regions that are listed."""

_TEXTS = {".json": json_chunks, ".csv": csv_chunks, ".geojson": geojson_chunks}


def check_options(options):
    """Raise `InputError` for a file that cannot be written, before there is any work."""
    if options.output is None:
        return
    if _kind(options.output) is None:
        raise InputError(
            f"--output {options.output}: regions are written as .json (also .json.gz; - is standard output), .csv, "
            ".geojson or .npz"
        )
    check_writable(options.output)


def described(options, network, place, count):
    """Return (lines for people, JSON data, complaint) that the options ask for; the regions have been counted."""
    if options.at is None and options.output is None and not (options.list or options.statistics or options.boundary):
        return [], {}, None
    if count.regions > MOST_LISTED:
        raise UndecidedError(
            f"{count.regions} regions are too many to list, more than {MOST_LISTED}: take a smaller box"
        )
    regions = list_of(network, place)
    if count != (len(regions), int(regions.pieces.max()) + 1):
        raise UndecidedError(
            f"{count.regions} regions were counted, and {len(regions)} were found for the list: this is an error of "
            "exactrelu itself; please report it"
        )
    point = None
    if options.at is not None:
        if not regions.dimension:
            raise InputError("--at: no input varies here, there is one region")
        (point,) = read_points([options.at], regions.dimension, parse)
    lines, data, complaint = [], {}, None
    if options.statistics:
        lines, data = _statistics(regions)
    if point is not None:
        found, records = regions.containing(point), Records(regions)
        data["at"] = [{"region": k} | records.data(k) for k in found]
        lines += [f"the point {options.at.strip()} lies in"] if found else [f"no region has {options.at.strip()}"]
        lines += [region_line(regions, k) for k in found]
    if options.boundary:
        found, said = _boundary(regions)
        lines += said
        data["decision_boundary"] = found
    if options.list:
        records = Records(regions)
        lines += listed_lines(regions)
        data["list"] = [records.data(k) for k in range(len(regions))] if options.json else []
    if options.output is not None:
        complaint = delivered(options.output, lambda: _write(options.output, regions))
        if complaint is None:
            lines.append(f"the regions are written to {output_name(options.output)}")
    return lines, data, complaint


def _kind(path):
    """Return the end of a file's name that tells its kind, None for other kinds."""
    name = path.lower()
    if name == "-":
        return ".json"
    name = name.removesuffix(".gz") if name.endswith((".json.gz", ".csv.gz", ".geojson.gz")) else name
    return next((end for end in (*_TEXTS, ".npz") if name.endswith(end)), None)


def _write(path, regions):
    kind = _kind(path)
    if kind == ".npz":
        write_bytes_atomically(path, npz_of(regions))
    else:
        write_text_atomically(path, _TEXTS[kind](regions))


def _statistics(regions):
    """Return lines and data about all regions together."""
    found, size = statistics(regions), "area" if regions.dimension == 2 else "length"
    lines = [f"{found.unbounded} regions are unbounded"] if found.unbounded else []
    if found.smallest_area is not None:
        lines.append(f"{size}s from {annotated(found.smallest_area)} to {annotated(found.largest_area)}")
    outputs = []
    for k, each in enumerate(found.outputs):
        ends = [("no minimum" if each.minimum is None else f"minimum {annotated(each.minimum)}"),
                ("no maximum" if each.maximum is None else f"maximum {annotated(each.maximum)}")]
        lines.append(f"output {k}: {', '.join(ends)}")
        lines.append(
            f"output {k}: Lipschitz constants {annotated(each.lipschitz_1)} in the 1-norm, the square root of "
            f"{annotated(each.lipschitz_2_squared)} in the 2-norm, {annotated(each.lipschitz_inf)} in the max-norm"
        )
        if each.integral is not None:
            low, high = each.integral
            value = annotated(low) if low == high else f"between {annotated(low)} and {annotated(high)}"
            lines.append(f"output {k}: integral {value}")
        outputs.append({
            name: None if value is None else list(map(text, value)) if name == "integral" else text(value)
            for name, value in each._asdict().items()
        })
    areas = {
        name: None if getattr(found, name) is None else text(getattr(found, name))
        for name in ("smallest_area", "largest_area")
    }
    return lines, {"statistics": {"unbounded": found.unbounded, **areas, "outputs": outputs}}


def _boundary(regions):
    """Return data and lines about the decision boundary: segments, or points with one coordinate."""
    found = regions.decision_boundary()
    if regions.dimension == 1:
        data = [{"at": list(map(text, t)), "outputs": list(outputs)} for t, outputs in found]
        said = [f"{_named(outputs)}: {_place(t)}" for t, outputs in found]
        return data, [f"decision boundary of the largest output: {len(found)} points", *said]
    data = [{"from": list(map(text, p)), "to": list(map(text, q)), "outputs": list(pair)} for p, q, pair in found]
    said = [f"{_named(pair)}: {_place(p)} to {_place(q)}" for p, q, pair in found]
    return data, [f"decision boundary of the largest output: {len(found)} segments", *said]


def _named(outputs):
    """Return numbers of outputs in words; one alone is the largest where another one was just before."""
    *others, last = map(str, outputs)
    return f"outputs {', '.join(others)} and {last}" if others else f"output {last}"


def _place(point):
    return f"({', '.join(map(annotated, point))})"
