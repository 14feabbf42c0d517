"""Lemma 4.4: exact clamped gluing of the patches of a continuous function on the window."""

from collections import Counter
from itertools import product

from exactrelu.construction.gluing import gluing_copies, ramp
from exactrelu.lemmas.expansion import window_range, windows
from exactrelu.lemmas.result import FOR_ALL, INSTANCES, WITHIN_RANGE, Fact, Statement, Table
from exactrelu.lemmas.symbolic import POINTWISE, between, failure, positive
from exactrelu.network import Builder, linear_combination
from exactrelu.network.layers import layered

STATEMENT = Statement(
    "Lemma 4.4",
    "clamped gluing",
    r"""
Let $f$ be continuous with support in the window $[0, L_1] \times [0, L_2]$, with patches $f_{a,b}$ on $[0, 1]^2$, and
let
$\sigma_a(t) = (t - a + 1)_+ - (t - a)_+$ be the coordinate in the cell $[a-1, a]$, clamped to $[0, 1]$. Then on all of
$\mathbb{R}^2$

$$f(x, y) = \sum_{a,b} f_{a,b}(\sigma_a, \sigma_b) - \sum_{a \geq 2, b} f_{a,b}(0, \sigma_b) - \sum_{a, b \geq 2}
f_{a,b}(\sigma_a, 0)
+ \sum_{a,b \geq 2} f_{a,b}(0, 0), \qquad \sigma_a = \sigma_a(x), \ \sigma_b = \sigma_b(y),$$

which is the nested sum of the lemma written out. If all patches are networks of width $W$ and depth $L$, this is one of
width at most $(2L_1 - 1)(2L_2 - 1) W$ or twice the number of ramps, and depth $L + 1$.
""",
)

LARGEST = 4

GLUED, DEPTHS = 3, (1, 2, 3)
"""The largest side of the windows, and the depths of the patches, of the glued networks whose size is counted."""


def check(copies=gluing_copies, ramp=ramp):
    """Return the `Check`; ``copies`` lists the terms for (L1, L2), ``ramp`` is a formula of (builder, t, index)."""
    return STATEMENT.check(ramp_fact(ramp), gluing_fact(copies), count_fact(copies), size_fact(copies, ramp))


def ramp_fact(ramp):
    """σ is 0 to the left of its cell, the coordinate in it, 1 to the right."""
    s, a = positive("s", "a")
    cases = []
    for index in (0 * a, a):
        points = [index - s, index, between(index, index + 1, s), index + 1, index + 1 + s]
        cases += [{"t": t, "a": index} for t in points]

    def claim(t, a):
        return (ramp(POINTWISE, t, a),), (0 if t <= a else t - a if t <= a + 1 else 1,)

    return Fact(
        r"The ramp on the cell that starts at $a$ is 0 to its left, $t - a$ on it, 1 to its right.",
        FOR_ALL,
        r"all $a \geq 0$, all $t \in \mathbb{R}$",
        len(cases),
        failure(claim, cases),
    )


def gluing_fact(copies):
    """The signed sum over the copies is f in every cell of the window and in every direction outside."""
    cases, witness = 0, None
    for lengths in windows(LARGEST):
        for cell in product(*(range(-1, length + 1) for length in lengths)):
            cases += 1
            total = glued(copies(lengths), lengths, cell)
            expected = place_value(cell, ("inside", "inside"), lengths)
            if total != Counter([expected] if expected else []) and witness is None:
                witness = {"window": lengths, "cell": cell, "sum": str(sorted(total.items())), "f": str(expected)}
    return Fact(
        r"The sum is $f$ in every cell of the window and 0 outside; patches that meet along an edge agree there, and"
        r" $f$ is 0 on the border.",
        WITHIN_RANGE,
        "all continuous $f$, all points of the plane (cells of the window, and the strips and corners around it)",
        cases,
        witness,
        within=window_range(LARGEST),
    )


def glued(copies, lengths, cell):
    """Return the sum of the copies as a Counter of values of f, for points of a cell (−1 and L: outside)."""
    total = Counter()
    for copy in copies:
        places = []
        for index, here, is_edge in zip(copy.patch, cell, (copy.on_left_edge, copy.on_lower_edge), strict=True):
            places.append("0" if is_edge or here < index else "1" if here > index else "inside")
        at = place_value(copy.patch, places, lengths)
        if at is not None:
            total[at] += copy.sign
    return Counter({at: count for at, count in total.items() if count})


def place_value(patch, places, lengths):
    """Return the point of the window at which a patch is taken, in a normal form, None where f is 0."""
    point = []
    for index, place, length in zip(patch, places, lengths, strict=True):
        if place == "inside":
            if not 0 <= index < length:
                return None
            point.append((index, "inside"))
            continue
        whole = index + (place == "1")
        if not 0 < whole < length:
            return None
        point.append((whole, "edge"))
    return tuple(point)


def count_fact(copies):
    """There are (2 L1 − 1)(2 L2 − 1) copies."""
    rows = tuple((*lengths, len(copies(lengths))) for lengths in windows(LARGEST))
    off = next((row for row in rows if row[2] != (2 * row[0] - 1) * (2 * row[1] - 1)), None)
    return Fact(
        "The number of copies of patch networks is $(2L_1 - 1)(2L_2 - 1)$.",
        WITHIN_RANGE,
        "the list of copies itself",
        len(rows),
        None if off is None else {"window": off[:2], "copies": off[2]},
        table=Table(("L1", "L2", "copies"), tuple(row for row in rows if row[0] <= row[1])),
        within=window_range(LARGEST),
    )


def size_fact(copies, ramp):
    """Networks of patches that differ, glued: width and depth of the layered form."""
    header = ("L1", "L2", "L", "W", "depth", "width", "bound on the width")
    rows, witness = [], None
    for lengths in windows(GLUED):
        for depth in DEPTHS:
            b = Builder(2)
            signs, values, alone = [], [], 0
            for copy in copies(lengths):
                u, v = (ramp(b, t, index) for t, index in zip(b.inputs, copy.patch, strict=True))
                u, v = 0 * u if copy.on_left_edge else u, 0 * v if copy.on_lower_edge else v
                signs.append(copy.sign)
                values.append(patch_network(b, u, v, copy.patch, depth))
                own = Builder(2)
                alone = max(alone, layered(own.network([patch_network(own, *own.inputs, copy.patch, depth)])).width)
            form = layered(b.network([linear_combination(signs, values)]))
            most = max((2 * lengths[0] - 1) * (2 * lengths[1] - 1) * alone, 2 * sum(lengths))
            rows.append((*lengths, depth, alone, form.depth, form.width, most))
            if (form.depth != depth + 1 or form.width > most) and witness is None:
                witness = {"window": lengths, "L": depth, "W": alone, "depth": form.depth, "width": form.width}
    return Fact(
        r"If all patches have width $W$ and depth $L$, the sum has at most the width $(2L_1 - 1)(2L_2 - 1) W$, or that"
        r" of two units a ramp, and the depth $L + 1$: the ramps are one layer before the patches.",
        INSTANCES,
        "the layered networks themselves, with patches that are iterated tents of different slopes",
        len(rows),
        witness,
        table=Table(header, tuple(row for row in rows if row[0] <= row[1])),
        within=window_range(GLUED) | {"L": (DEPTHS[0], DEPTHS[-1])},
    )


def patch_network(b, u, v, patch, depth):
    """Return a formula of so many layers, with other weights for each patch."""
    value = u + (2 + patch[0] + 3 * patch[1]) * v
    for _ in range(depth):
        value = b.relu(value) - 2 * b.relu(value - 1)
    return value
