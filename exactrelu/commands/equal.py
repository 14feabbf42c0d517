"""``exactrelu equal``: are two networks the same function on all of R²?"""

import time

from exactrelu.commands import VERDICT_CODES, Answer, contradiction_data, reason, seconds_since
from exactrelu.commands.progress import progress_bar
from exactrelu.commands.regions import read_planar_network
from exactrelu.errors import UndecidedError
from exactrelu.field import text
from exactrelu.planar import equal


def run(options):
    """Return the `Answer` with the verdict and, where they differ, a point at which they do."""
    start = time.monotonic()
    first, second = read_planar_network(options.first), read_planar_network(options.second)
    data = {"verdict": "undecided", "pieces": None, "seconds": None, "counterexample": None}
    try:
        with progress_bar("equal") as progress:
            found = equal(first, second, jobs=options.jobs, progress=progress)
    except (UndecidedError, KeyboardInterrupt) as stop:
        return Answer(3, "", data | {"seconds": seconds_since(start)} | contradiction_data(stop), reason(stop))
    data |= {"verdict": found.verdict, "pieces": found.pieces, "seconds": seconds_since(start)}
    cost = f"({found.pieces} convex pieces, {data['seconds']:.1f} s)"
    if found.counterexample is None:
        return Answer(VERDICT_CODES[found.verdict], f"certified: equal at every point of R^2 {cost}", data)
    point, *values = found.counterexample[:3]
    x, y, v, w = map(text, (*point, *values))
    data["counterexample"] = {"point": [x, y], "first": v, "second": w}
    answer = f"refuted: at ({x}, {y}) the first network has the value {v}, the second {w} {cost}"
    return Answer(VERDICT_CODES[found.verdict], answer, data)
