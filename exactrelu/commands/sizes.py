"""``exactrelu sizes``: width, depth and weights of every construction for n = 1..N, the constants of Theorem 1.1."""

from itertools import pairwise

from exactrelu.commands import Answer
from exactrelu.commands.build import counts, described
from exactrelu.commands.problem import chosen_problem
from exactrelu.commands.progress import progress_bar
from exactrelu.commands.tables import short_number, table
from exactrelu.construction import CONSTRUCTIONS, build
from exactrelu.field import text
from exactrelu.network.layers import layered

COLUMNS = ("construction", "n", "width", "depth", "neurons", "edges", "largest weight")


def run(options):
    """Return the `Answer` with one row for each construction and n, counted on the layered networks themselves."""
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
    answer = "\n\n".join((table(described(problem)), table(cells, right=range(1, len(COLUMNS))), "\n".join(statements)))
    data = {"problem": problem.name, "rows": [row | {"largest_weight": text(row["largest_weight"])} for row in rows]}
    return Answer(0, answer, data | {"statements": statements})


def statement(construction, rows):
    """Return the sentence on the constants W and L that the ``rows`` for n = 1..N show, with the n counted."""
    width = max(row["width"] for row in rows)
    counted = f"n = 1..{len(rows)}" if len(rows) > 1 else "n = 1"
    return (
        f"{construction}: V^n g in Upsilon_{{{width}, {depth_formula(rows)}}}, counted for {counted}"
        f"; {growth(rows)}"
    )


def depth_formula(rows):
    """Return the depth as a function of n: "2n + 9" if the rows have it, else the largest depth over n as C n."""
    first = rows[0]["depth"]
    steps = {after["depth"] - before["depth"] for before, after in pairwise(rows)}
    if not steps:
        return str(first)
    if len(steps) > 1:
        return f"{max(-(-row['depth'] // row['n']) for row in rows)}n"
    step = steps.pop()
    return f"{'' if step == 1 else step}n + {first - step}" if step else str(first)


def growth(rows):
    """Return how the largest weight grows: the largest factor from one n to the next, exactly."""
    factors = [after["largest_weight"] / before["largest_weight"] for before, after in pairwise(rows)]
    if not factors:
        return f"largest weight {short_number(rows[0]['largest_weight'])}"
    return f"the largest weight grows by a factor of at most {short_number(max(factors))} a step"
