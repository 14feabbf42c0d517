"""``exactrelu sizes``: width, depth and weights of every construction for n = 1..N, what Theorem 1.1 bounds for all n.

What is counted for some n is no constant; the proof for every n (``certify -n all``) states those of the theorem.
"""

from itertools import pairwise

from exactrelu.commands import Answer
from exactrelu.commands.build import counts, described
from exactrelu.commands.plots import check_plot, drawn
from exactrelu.commands.problem import chosen_problem
from exactrelu.commands.progress import progress_bar
from exactrelu.commands.tables import short_number, table
from exactrelu.construction import CONSTRUCTIONS, build
from exactrelu.field import text
from exactrelu.network.layers import layered
from exactrelu.show.charts import side_by_side, size_panels

COLUMNS = ("construction", "n", "width", "depth", "neurons", "edges", "largest weight")

BEYOND = "(constants W and L for every n >= 1: exactrelu certify -n all, which proves them)"


def run(options):
    """Return the `Answer` with one row for each construction and n, counted on the layered networks themselves."""
    check_plot(options.plot)
    problem = chosen_problem(options)
    rows = []
    with progress_bar("sizes") as progress:
        for name in CONSTRUCTIONS:
            for n in range(1, options.to + 1):
                rows.append({"construction": name, "n": n, **counts(layered(build(problem, n, name)))})
                if progress is not None:
                    progress(len(rows), len(CONSTRUCTIONS) * options.to)
    shown = ([str(cell) for cell in row.values()][:-1] + [short_number(row["largest_weight"])] for row in rows)
    cells = [COLUMNS, *shown]
    statements = [
        statement(name, [row for row in rows if row["construction"] == name]) for name in CONSTRUCTIONS
    ]
    parts = table(described(problem)), table(cells, right=range(1, len(COLUMNS))), "\n".join([*statements, BEYOND])
    data = {"problem": problem.name, "rows": [row | {"largest_weight": text(row["largest_weight"])} for row in rows]}
    plotted, complaint = drawn(options.plot, lambda: size_picture(problem, rows))
    text_parts = [*parts, *([table(plotted)] if plotted else [])]
    return Answer(0 if complaint is None else 3, "\n\n".join(text_parts), data | {"statements": statements}, complaint)


def size_picture(problem, rows):
    """Return the picture of the sizes in ``rows``, those of the answer."""
    by_name = {name: [row for row in rows if row["construction"] == name] for name in CONSTRUCTIONS}
    return side_by_side("sizes", f"Sizes of the networks for {problem.name}", size_panels("sizes", by_name))


def statement(construction, rows):
    """Return the sentence on the largest width and depth that the ``rows`` for n = 1..N have."""
    width, depth = (max(row[name] for row in rows) for name in ("width", "depth"))
    counted, formula = "n = 1" if len(rows) == 1 else f"n = 1..{len(rows)}", depth_formula(rows)
    depth = f"{depth}" if formula == f"{depth}" else f"{depth} ({formula})"
    return f"{construction}: largest for {counted}: width {width}, depth {depth}; {growth(rows)}"


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
