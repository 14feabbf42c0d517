"""``exactrelu sizes``: width, depth and weights of all constructions for n = 1..N, and the constants of Theorem 1.1.

What is counted for some n is no constant; constants are counted on the levels of the blocks, which serve all n.
"""

from itertools import pairwise
from time import monotonic

from exactrelu.certification.induction import Unproved, sizes_all
from exactrelu.commands import Answer
from exactrelu.commands.build import counts, described
from exactrelu.commands.plots import check_plot, drawn
from exactrelu.commands.problem import chosen_problem
from exactrelu.commands.progress import Forecast, progress_bar
from exactrelu.commands.tables import short_number, table
from exactrelu.construction import build, constructions_of
from exactrelu.errors import UndecidedError
from exactrelu.field import text
from exactrelu.network.layers import layered
from exactrelu.planar.forecast import Estimate
from exactrelu.show.charts import side_by_side, size_panels

COLUMNS = ("construction", "n", "width", "depth", "neurons", "edges", "largest weight")

NOTE = (
    "(W and L bound width and depth for every n >= 1, by the levels of the blocks; that the networks are V^n g is\n"
    "what exactrelu certify -n all proves)"
)


def run(options):
    """Return the `Answer` with one row for each construction and n, counted on the layered networks themselves."""
    check_plot(options.plot)
    problem, forecast = chosen_problem(options), Forecast()
    names = constructions_of(problem)
    about = f"networks of {len(names)} construction{'s' if len(names) > 1 else ''} for n = 1..{options.to}"
    with progress_bar("sizes", about, forecast) as progress:
        rows = counted(problem, options.to, progress, forecast)
    shown = ([str(cell) for cell in row.values()][:-1] + [short_number(row["largest_weight"])] for row in rows)
    cells = [COLUMNS, *shown]
    by_name = {name: [row for row in rows if row["construction"] == name] for name in names}
    constants = {name: constants_of(problem, name, own) for name, own in by_name.items()}
    statements = [statement(name, own, constants[name]) for name, own in by_name.items()]
    notes = "\n".join([*statements, NOTE])
    parts = table(described(problem)), table(cells, right=range(1, len(COLUMNS))), notes
    data = {"problem": problem.name, "rows": [row | {"largest_weight": text(row["largest_weight"])} for row in rows]}
    plotted, complaint = drawn(options.plot, lambda: size_picture(problem, rows))
    text_parts = [*parts, *([table(plotted)] if plotted else [])]
    data["constants"] = {
        name: found if isinstance(found, str) else {"width": found.width, "depth": found.depth}
        for name, found in constants.items()
    }
    data |= {"statements": statements} | forecast.data()
    return Answer(0 if complaint is None else 3, "\n\n".join(text_parts), data, complaint)


def counted(problem, to, progress, announce):
    """Return the rows, construction by construction, counted for one n after the other.

    ``announce`` is told, after n = 1 and 2, how long the others take if one takes as much longer than the last as 2
    takes longer than 1: in the end networks grow by as much from one n to the next, before that by more.
    """
    rows, seconds, names = [], [0.0], constructions_of(problem)
    for n in range(1, to + 1):
        start = monotonic()
        for name in names:
            rows.append({"construction": name, "n": n, **counts(layered(build(problem, n, name)))})
            if progress is not None:
                progress(len(rows), len(names) * to)
        seconds.append(monotonic() - start)
        if n == 2 < to:
            _, first, second = seconds
            growth = max(second - first, 0)
            rest = sum(second + growth * (k - 2) for k in range(3, to + 1))
            announce(Estimate(rest, f"n = 1 took {first:.2g} s, n = 2 {second:.2g} s", "at least"))
    return sorted(rows, key=lambda row: names.index(row["construction"]))


def size_picture(problem, rows):
    """Return the picture of the sizes in ``rows``, those of the answer."""
    by_name = {name: [row for row in rows if row["construction"] == name] for name in constructions_of(problem)}
    return side_by_side("sizes", f"Sizes of the networks for {problem.name}", size_panels("sizes", by_name))


def constants_of(problem, construction, rows):
    """Return the `Sizes` for every n, or the reason why there are none.

    Raises `UndecidedError` if a row contradicts them.
    """
    try:
        found = sizes_all(problem, construction)
    except Unproved as failure:
        return failure.reason
    for row in rows:
        if row["width"] > found.width or row["depth"] > found.depth_at(row["n"]):
            raise UndecidedError(
                f"the network of {construction} for n = {row['n']} has width {row['width']} and depth {row['depth']}, "
                f"and the levels of its blocks say W = {found.width}, L = {found.depth}; this is a mistake of "
                "exactrelu, please report it"
            )
    return found


def statement(construction, rows, constants):
    """Return the sentence on the constants for every n and on the largest sizes that the ``rows`` for n = 1..N have."""
    width, depth = (max(row[name] for row in rows) for name in ("width", "depth"))
    counted = "n = 1" if len(rows) == 1 else f"n = 1..{len(rows)}"
    if isinstance(constants, str):
        formula = depth_formula(rows)
        depth = f"{depth}" if formula == f"{depth}" else f"{depth} ({formula})"
        whole = f"no constants ({constants})"
    else:
        whole = f"W = {constants.width}, L = {constants.depth.replace('+', ' + ')}"
    return f"{construction}: {whole}; largest for {counted}: width {width}, depth {depth}; {growth(rows)}"


def depth_formula(rows):
    """Return the depth as a function of n: "2n + 9" if the rows have it, else "at most 7n"."""
    first = rows[0]["depth"]
    steps = {after["depth"] - before["depth"] for before, after in pairwise(rows)}
    if not steps:
        return str(first)
    if len(steps) > 1:
        return f"at most {max(-(-row['depth'] // row['n']) for row in rows)}n"
    step = steps.pop()
    return f"{'' if step == 1 else step}n + {first - step}" if step else str(first)


def growth(rows):
    """Return how the largest weight grows: the largest factor from one n to the next, exactly."""
    weights = [row["largest_weight"] for row in rows]
    factors = [after / before for before, after in pairwise(weights) if before]
    if not factors:
        return f"largest weight {short_number(rows[0]['largest_weight'])}"
    return f"the largest weight grows by a factor of at most {short_number(max(factors))} a step"
