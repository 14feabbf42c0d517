"""``exactrelu regions``: the activation regions of a network with one or two inputs, or on a line or a plane."""

import time

from exactrelu import core
from exactrelu.commands import Answer, seconds_since
from exactrelu.commands.networks import read, with_arithmetic
from exactrelu.commands.places import chosen_place
from exactrelu.commands.plots import check_plot, drawn
from exactrelu.commands.progress import Forecast, progress_bar
from exactrelu.commands.region_data import check_options, described
from exactrelu.errors import InputError, unknown
from exactrelu.network import Network
from exactrelu.planar import activation_regions, count_regions
from exactrelu.show.regions import PICTURES, Regions


def run(options):
    """Return the `Answer` with the number of activation regions and of linear pieces."""
    start = time.monotonic()
    check_plot(options.plot)
    check_options(options)
    if options.picture not in PICTURES:
        raise InputError(unknown("picture", options.picture, PICTURES))
    file = read(options.network)
    place, forecast = chosen_place(options, file[0], file[1].network), Forecast()
    network, domain = _chosen_output(place.network(file[1].network), options.output_index), place.polygon
    with progress_bar("regions", f"a network of {len(network)} nodes", forecast) as progress:
        count = count_regions(
            network, domain, jobs=options.jobs, progress=progress, most=options.most, announce=forecast
        )
    said, facts, failure = described(options, network, place, count)
    seconds = seconds_since(start)
    answer = (
        f"{count.regions} activation regions on {place.name}: "
        "full-dimensional convex cells on which no unit changes sign\n"
        f"{count.linear_pieces} linear pieces after merging neighbours with the same affine form ({seconds:.1f} s)"
    )
    data = {
        "engine": core.PATH, "domain": place.name, "regions": count.regions, "linear_pieces": count.linear_pieces,
        "seconds": seconds,
    }
    plotted, complaint = drawn(options.plot, lambda: region_picture(network, domain, options.picture))
    complaint = "; ".join(filter(None, (failure, complaint))) or None
    answer += "".join(f"\n{line}" for line in (*said, *(f"{what} {where}" for what, where in plotted)))
    data |= facts | forecast.data()
    return with_arithmetic(Answer(0 if complaint is None else 3, answer, data, complaint), file)


def _chosen_output(network, index):
    """Return a flat network with one of its outputs alone, with all of its units; itself for None."""
    if index is None:
        return network
    if index >= len(network.outputs):
        raise InputError(f"--output-index {index}: the outputs are numbered from 0 to {len(network.outputs) - 1}")
    return Network(network.inputs, network.nodes, [network.outputs[index]])


def region_picture(network, domain, name):
    """Return the picture of the regions of a network on a polygon; ``name`` says which one."""
    return PICTURES[name](Regions(activation_regions(network, domain)))
