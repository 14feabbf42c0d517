"""``exactrelu build``: the network for V^n g, and its size."""

from exactrelu.commands import Answer
from exactrelu.commands.output import delivered
from exactrelu.commands.plots import check_plot, drawn
from exactrelu.commands.problem import chosen_problem
from exactrelu.commands.tables import short_number, table
from exactrelu.construction import build
from exactrelu.field import text
from exactrelu.formats import write_network
from exactrelu.network.files import check_size
from exactrelu.network.layers import layered
from exactrelu.show.networks import network_sheet
from exactrelu.streams import output_name
from exactrelu.writing import check_writable


def run(options):
    """Return the `Answer` with width, depth, neurons, edges and largest weight of the layered form."""
    if options.output is not None:
        check_writable(options.output)
    check_plot(options.plot)
    problem = chosen_problem(options)
    network = build(problem, options.level, options.construction)
    if options.output is not None:
        check_size(options.output, network)
    form = layered(network)
    rows = [
        *described(problem),
        ("network", f"{options.construction}, n = {options.level}"),
        *((name.replace("_", " "), short_number(value)) for name, value in counts(form).items()),
    ]
    complaint = None
    if options.output is not None:
        complaint = delivered(options.output, lambda: write_network(options.output, network))
        if complaint is None:
            rows.append(("written to", output_name(options.output)))
    plotted, failure = drawn(options.plot, lambda: network_sheet("network", network, form))
    rows, complaint = rows + plotted, complaint or failure
    data = counts(form) | {"largest_weight": text(form.largest_weight)}
    return Answer(0 if complaint is None else 3, table(rows), data, complaint)


def described(problem):
    """Return rows for people that say what the problem is, and how its window was moved."""
    words = [f"{sum(map(len, problem.masks.all))} coefficients", *problem.beyond().values()]
    if problem.window is not None:
        words.append(f"window {_box(problem.window)}")
        _, shift = problem.normalized()
        if any(shift):
            by = str(shift[0]) if len(shift) == 1 else f"({', '.join(map(str, shift))})"
            words.append(f"built on {_box([(0, length) for length in problem.size])} and shifted by {by}")
    return [("problem", f"{problem.name}: {', '.join(words)}")]


def _box(sides):
    return " x ".join(f"[{low}, {high}]" for low, high in sides)


def counts(form):
    """Return what is counted on a `Layered` form, by the names of the answers."""
    return {name: getattr(form, name) for name in ("width", "depth", "neurons", "edges", "largest_weight")}
