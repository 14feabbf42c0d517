"""``exactrelu regions``: the activation regions of a network with one or two inputs, or on a line or a plane."""

import time

from exactrelu import core
from exactrelu.commands import Answer, seconds_since
from exactrelu.commands.networks import read, with_arithmetic
from exactrelu.commands.places import chosen_place
from exactrelu.commands.plots import check_plot, drawn
from exactrelu.commands.progress import Forecast, progress_bar
from exactrelu.errors import InputError, unknown
from exactrelu.planar import activation_regions, count_regions
from exactrelu.show.regions import PICTURES, Regions


def run(options):
    """Return the `Answer` with the number of activation regions and of linear pieces."""
    start = time.monotonic()
    check_plot(options.plot)
    if options.picture not in PICTURES:
        raise InputError(unknown("picture", options.picture, PICTURES))
    file = read(options.network)
    place, forecast = chosen_place(options, file[0], file[1].network), Forecast()
    network, domain = place.network(file[1].network), place.polygon
    with progress_bar("regions", f"a network of {len(network)} nodes", forecast) as progress:
        count = count_regions(
            network, domain, jobs=options.jobs, progress=progress, most=options.most, announce=forecast
        )
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
    answer += "".join(f"\n{what} {where}" for what, where in plotted)
    return with_arithmetic(Answer(0 if complaint is None else 3, answer, data | forecast.data(), complaint), file)


def region_picture(network, domain, name):
    """Return the picture of the regions of a network on a polygon; ``name`` says which one."""
    return PICTURES[name](Regions(activation_regions(network, domain)))
