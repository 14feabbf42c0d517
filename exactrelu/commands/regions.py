"""``exactrelu regions``: the activation regions of a network with two inputs."""

import time

from exactrelu import core
from exactrelu.commands import Answer, seconds_since
from exactrelu.commands.networks import read, with_arithmetic
from exactrelu.commands.plots import check_plot, drawn
from exactrelu.commands.progress import progress_bar
from exactrelu.cpwl.polygon import box, plane
from exactrelu.errors import InputError, unknown
from exactrelu.field import parse, text
from exactrelu.planar import activation_regions, count_regions
from exactrelu.show.regions import PICTURES, Regions
from exactrelu.streams import input_name


def run(options):
    """Return the `Answer` with the number of activation regions and of linear pieces."""
    start = time.monotonic()
    check_plot(options.plot)
    if options.picture not in PICTURES:
        raise InputError(unknown("picture", options.picture, PICTURES))
    domain, name = _domain(options.box)
    file = read(options.network)
    network = planar_network(*file)
    with progress_bar("regions", f"a network of {len(network)} nodes") as progress:
        count = count_regions(network, domain, jobs=options.jobs, progress=progress)
    seconds = seconds_since(start)
    answer = (
        f"{count.regions} activation regions on {name}: full-dimensional convex cells on which no unit changes sign\n"
        f"{count.linear_pieces} linear pieces after merging neighbours with the same affine form ({seconds:.1f} s)"
    )
    data = {"engine": core.PATH, "regions": count.regions, "linear_pieces": count.linear_pieces, "seconds": seconds}
    plotted, complaint = drawn(options.plot, lambda: region_picture(network, domain, options.picture))
    answer += "".join(f"\n{what} {where}" for what, where in plotted)
    return with_arithmetic(Answer(0 if complaint is None else 3, answer, data, complaint), file)


def region_picture(network, domain, name):
    """Return the picture of the regions of a network on a polygon; ``name`` says which one."""
    return PICTURES[name](Regions(activation_regions(network, domain)))


def planar_network(path, source):
    """Return the network of a `Source`; raises `InputError` unless it has two inputs."""
    network = source.network
    if network.inputs != 2:
        raise InputError(f"{input_name(path)}: expected a network with two inputs, got one with {network.inputs}")
    return network


def _domain(ends):
    """Return (polygon, name) of the box with these ends, or of the whole plane if there are none."""
    if ends is None:
        return plane(), "R^2"
    x0, x1, y0, y1 = (parse(end, f"--box {name}") for name, end in zip(("X0", "X1", "Y0", "Y1"), ends))
    if x0 >= x1 or y0 >= y1:
        raise InputError("--box X0 X1 Y0 Y1: expected X0 < X1 and Y0 < Y1")
    return box(x0, x1, y0, y1), f"[{text(x0)}, {text(x1)}] x [{text(y0)}, {text(y1)}]"
