"""Networks layer by layer: a strip of widths and a diagram of blocks for all of them, units and weights for small ones.

There is never a picture of a million edges: what is left out is said, and equal layers in a row are broken off.
"""

from itertools import groupby
from typing import NamedTuple

from exactrelu.field import mpq
from exactrelu.show.palette import SERIES
from exactrelu.show.svg import (
    Picture, arrow, counted, decimal, dot, grouped, heading, label, lowered, polyline, rect, segment, tag,
)

BROAD, NARROW = 680, 340
"""The widths of a drawing for a page, and for a narrow screen."""

MAX_UNITS, MAX_EDGES = 60, 400
"""The largest networks whose units and weights are drawn."""

MOST_EQUAL = 6
"""More equal layers in a row than that are shown as two, a break, and two."""


class Stretch(NamedTuple):
    """Consecutive equal blocks: their ``name``, how many there are, and how many hidden ``layers`` each of them has."""

    name: str
    role: str
    count: int
    layers: int


def stretches(network, form):
    """Return the `Stretch`es of a network whose layered ``form`` is given: those of a chain, or one for a sum."""
    blocks = blocks_of(network)
    if not blocks:
        terms = getattr(network, "terms", ())
        return [Stretch(f"{len(terms)} terms", "side by side", 1, form.depth)] if terms else [
            Stretch("the network", "", 1, form.depth)
        ]
    found, start, last = [], 0, len(blocks) - 1
    pairs = zip(blocks, form.block_depths, strict=True)
    for (_, layers), group in groupby(pairs, key=lambda pair: (id(pair[0]), pair[1])):
        count = len(list(group))
        end = start + count - 1
        role = "start" if start == 0 else "closing" if end == last else "stage" if count == 1 else "stages"
        found.append(Stretch(_block_names(start, end), "" if not last else role, count, layers))
        start = end + 1
    return found


def blocks_of(network):
    """Return the blocks of a network that is one chain, () for another."""
    terms = getattr(network, "terms", ())
    return terms[0].blocks if len(terms) == 1 else ()


def _block_names(start, end):
    """Return the name of the blocks from one number to another, all equal."""
    first, last = (f"B{lowered(number)}" for number in (start, end))
    return first if start == end else f"{first} = {last}" if end == start + 1 else f"{first} = … = {last}"


def width_strip(name, form, parts, width=BROAD):
    """Return the `Picture` with a bar for every hidden layer, as high as the layer is wide, coloured by its block."""
    widths = [len(layer) for layer in form.layers]
    owners = [number for number, part in enumerate(parts) for _ in range(part.count * part.layers)]
    title, top = "Units in each hidden layer", max(widths, default=0)
    if not top:
        return Picture(name, title, "There is no hidden layer.", width, 60, heading(title, "there is none"))
    runs = [(key, len(list(group))) for key, group in groupby(zip(widths, owners, strict=True))]
    slots = sum(count if count <= MOST_EQUAL else mpq(11, 2) for _, count in runs)
    unit = min((width - 70) / mpq(slots), mpq(56))
    base, x, spans, bars = 168, mpq(52), {}, [heading(title)]
    for high in sorted({top, top // 2} - {0}):
        y = base - mpq(120 * high, top)
        bars.append(segment("line-rule", 1, 48, y, width - 14, y))
        bars.append(label(44, y + 4, grouped(high), "muted small end"))
    for (high, owner), count in runs:
        start = x
        x = _bars(bars, x, unit, base, high, owner, count, top)
        first = spans.setdefault(owner, (start, x))[0]
        spans[owner] = first, x
    bars += [_bracket(owner, parts[owner], start, end, base, width) for owner, (start, end) in spans.items()]
    description = f"{counted(form.depth, 'hidden layer')}, the widest with {counted(top, 'unit')}: " + ", ".join(
        f"{part.name} with {counted(part.count * part.layers, 'layer')}" for part in parts
    )
    return Picture(name, title, f"{description}.", width, 236, "".join(bars))


def _bars(bars, x, unit, base, high, owner, count, top):
    """Add the bars of equal layers of one block from x on; return where they end."""
    height, gap, is_broken, start = mpq(120 * high, top), min(unit / 8, mpq(2)), count > MOST_EQUAL, x
    for number in range(4 if is_broken else count):
        if is_broken and number == 2:
            x += unit * mpq(3, 2)
        bars.append(rect(f"c{owner % len(SERIES)}", x + gap / 2, base - height, unit - gap, height))
        if (unit > 30 or high == top and number == 0) and not (is_broken and number):
            bars.append(label(x + unit / 2, base - height - 5, grouped(high), "muted small middle"))
        x += unit
    if is_broken:
        middle = start + unit * mpq(11, 4)
        bars.append(label(middle, base - height / 2, "⋯", "ink bold middle"))
        bars.append(label(middle, base - height / 2 + 18, f"× {grouped(count)}", "ink small middle"))
    return x


def _bracket(owner, part, start, end, base, width):
    """Return the bracket below the bars of a block, with as much of its name as there is room for."""
    middle, room = (start + end) / 2, end - start
    bracket = segment(f"s{owner % len(SERIES)}", 3, start + 1, base + 7, end - 1, base + 7)
    layers = part.count * part.layers
    if room < 7 * len(part.name):
        short = part.name.split()[0] if room >= 14 else ""
        return bracket + label(middle, base + 24 + 15 * (owner % 2), short, "ink math middle")
    words = [part.role, counted(layers, "layer")] if room > 54 else [str(layers)]
    lines = "".join(
        label(middle, base + 40 + 15 * row, line, "muted small middle") for row, line in enumerate(filter(None, words))
    )
    return bracket + label(middle, base + 24, part.name, "ink math middle") + lines


def block_diagram(name, network, parts):
    """Return the `Picture` of the blocks of a chain from left to right, with how many values pass between them."""
    title, count = "Blocks, and how many values pass between them", len(parts)
    gap, left, right = 52, 50, 46
    size = mpq(BROAD - left - right - gap * (count - 1)) / count
    drawn = [heading(title)]
    for number, part in enumerate(parts):
        x = left + number * (size + gap)
        drawn.append(_box(part, number, x, mpq(44), size, 76))
        lines = [part.role, _layers(part)]
        drawn.append(label(x + size / 2, 66, part.name, "ink math middle"))
        drawn += [label(x + size / 2, 85 + 15 * row, line, "muted small middle") for row, line in enumerate(lines)]
    for number, words in enumerate(_passed(network, parts)):
        end = left + number * (size + gap) - 3 if number < count else mpq(BROAD - 4)
        start = mpq(8) if number == 0 else end - gap + 6 if number < count else end - right + 7
        start += 8 if number and parts[number - 1].count > 1 else 0
        drawn += [
            segment("line-ink", mpq(7, 5), start, 82, end - 7, 82), arrow(end - 6, 82, 1, 0),
            label((start + end - 6) / 2, 74, words, "ink small middle"),
        ]
    return Picture(name, title, _told("left to right", parts, network), BROAD, 132, "".join(drawn))


def block_stack(name, network, parts):
    """Return the block diagram for narrow screens, from top to bottom."""
    title, y = "Blocks and what passes between", mpq(34)
    words, drawn = _passed(network, parts), [heading("Blocks and what passes between")]
    for number, part in enumerate(parts):
        drawn += [
            segment("line-ink", mpq(7, 5), 170, y, 170, y + 20), arrow(170, y + 21, 0, 1),
            label(180, y + 15, words[number], "ink small"), _box(part, number, mpq(40), y + 34, mpq(260), 46),
            label(170, y + 53, part.name, "ink math middle"),
            label(170, y + 70, f"{part.role}, {_layers(part)}", "muted small middle"),
        ]
        y += 82
    drawn += [
        segment("line-ink", mpq(7, 5), 170, y, 170, y + 18), arrow(170, y + 19, 0, 1),
        label(180, y + 15, words[-1], "ink small"),
    ]
    return Picture(name, title, _told("top to bottom", parts, network), NARROW, int(y) + 34, "".join(drawn))


def _box(part, number, x, y, width, height):
    """Return the box of a block; several equal ones are a stack."""
    colour = number % len(SERIES)
    behind = "".join(
        rect("paper", x + d, y - d, width, height, rx="4")
        + rect(f"s{colour}", x + d, y - d, width, height, rx="4", stroke_width=mpq(6, 5))
        for d in ((8, 4) if part.count > 1 else ())
    )
    return behind + rect("paper", x, y, width, height, rx="4") + "".join((
        rect(f"c{colour}", x, y, width, height, rx="4", fill_opacity=".12"),
        rect(f"s{colour}", x, y, width, height, rx="4", stroke_width=mpq(8, 5)),
    ))


def _passed(network, parts):
    """Return what enters the first block, how many values each stretch hands on, and what leaves the last one."""
    names, at, words = {1: "x", 2: "x, y"}, 0, []
    for part in parts[:-1]:
        at += part.count
        words.append(grouped(blocks_of(network)[at].inputs))
    outputs = network.shape[1]
    return [names.get(network.inputs, str(network.inputs)), *words, "value" if outputs == 1 else str(outputs)]


def _layers(part):
    """Return in words how many hidden layers a block has."""
    return counted(part.layers, "layer") + (" each" if part.count > 1 else "")


def _told(direction, parts, network):
    words = ", ".join(_passed(network, parts)[1:-1])
    blocks = "; ".join(f"{part.name} ({_layers(part)})" for part in parts)
    return f"From {direction}: {blocks}." + (f" Numbers of values passed on: {words}." if words else "")


def units_and_weights(name, form):
    """Return the `Picture` of all units and weights of a small layered network, None for a larger one."""
    if form.neurons > MAX_UNITS or form.edges > MAX_EDGES or not form.depth:
        return None
    columns = [form.inputs, *map(len, form.layers), len(form.outputs.rows)]
    maps, places = (*form.layers, form.outputs), {}
    for column, count in enumerate(columns):
        gap = min(mpq(30), mpq(240, count))
        for row in range(count):
            x = 30 + mpq(260 * column, len(columns) - 1)
            places[column, row] = x, 155 + (row - mpq(count - 1, 2)) * gap
    weights = [
        (places[column, source], places[column + 1, row], weight)
        for column, layer in enumerate(maps)
        for row, affine in enumerate(layer.rows)
        for source, weight in affine.terms
    ]
    title, top = "Units and weights", max((abs(weight) for *_, weight in weights), default=1)
    drawn = [heading(title, "solid plus, dashed minus; wider is larger")]
    for is_plus, cls, dashes in ((True, "s0", {}), (False, "s1", {"stroke_dasharray": "5 3"})):
        for step, width in enumerate((mpq(1, 2), mpq(11, 10), mpq(19, 10))):
            path = "".join(
                "M{} {}L{} {}".format(*map(decimal, (*start, *end)))
                for start, end, weight in weights
                if (weight > 0) == is_plus and min(int(abs(weight) * 3 / top), 2) == step
            )
            if path:
                drawn.append(tag("path", cls=cls, stroke_opacity=".75", stroke_width=width, d=path, **dashes))
    for (column, _), (x, y) in places.items():
        drawn.append(dot("paper", x, y, mpq(13, 2), "line-ink"))
        if 0 < column < len(columns) - 1:
            drawn.append(polyline("line-ink", mpq(6, 5), ((x - 4, y + 2), (x, y + 2), (x + 3, y - mpq(5, 2)))))
    for column, count in enumerate(columns):
        words = "input" if column == 0 else "output" if column == len(columns) - 1 else str(count)
        drawn.append(label(places[column, 0][0], 300, words, "muted small middle"))
    description = (
        f"A layered network with {', '.join(map(str, columns))} nodes; the lines are weights, solid for positive and "
        "dashed for negative ones, thicker for larger ones."
    )
    return Picture(name, title, description, 320, 308, "".join(drawn))


def network_sheet(name, network, form):
    """Return one `Picture` of a network: its units and weights if it is small, else its layers and its blocks."""
    small = units_and_weights(name, form)
    if small is not None:
        return small
    parts = stretches(network, form)
    strip = width_strip(name, form, parts)
    if len(parts) < 2:
        return strip
    blocks = block_diagram(name, network, parts)
    body = strip.body + tag("g", blocks.body, transform=f"translate(0,{strip.height})")
    height = strip.height + blocks.height
    description = f"{strip.description} {blocks.description}"
    return Picture(name, "The network, layer by layer", description, BROAD, height, body)
