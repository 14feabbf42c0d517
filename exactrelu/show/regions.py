"""The activation regions of a network: tints by affine map, lines where the output bends or a unit changes sign.

A picture of the whole plane shows a box with all vertices of regions in it; beyond it, the regions go on for ever.
"""

from collections import Counter, defaultdict
from math import ceil, floor

from exactrelu.cpwl.polygon import box as rectangle, coordinates
from exactrelu.errors import InputError
from exactrelu.field import mpq
from exactrelu.show.bands import corners
from exactrelu.show.frames import PANEL, Frame, areas, lines, tenths
from exactrelu.show.maps import Drawn, value_map
from exactrelu.show.mesh import Mesh
from exactrelu.show.palette import TINTS
from exactrelu.show.svg import Picture, counted, fraction, heading, label, segment, tag

DOTTED = 400
"""With more seams than that they are solid, thin lines."""

MAX_LINKED = 150
"""The most regions whose adjacency is drawn."""

MAX_SEGMENTS = 200_000
"""With more segments, only those where the output bends are drawn."""

ORDINARY = 6
"""The tints that are taken first."""

WIDTH = 272


def drawn_box(cells):
    """Return the box ((x0, x1), (y0, y1)) in which regions are drawn: all finite vertices, with a margin around them.

    ``cells`` are pairs (`Polygon`, anything). If every polygon is bounded it is the hull of the vertices, else a square
    that ends at multiples of a power of 2.
    """
    points = [coordinates(vertex) for polygon, _ in cells for vertex in polygon.vertices if vertex[2]]
    if not points:
        return ((mpq(-1), mpq(1)),) * 2
    sides = [(min(ends), max(ends)) for ends in zip(*points)]
    if all(polygon.is_bounded for polygon, _ in cells):
        return tuple(sides)
    longest = max(high - low for low, high in sides)
    unit = mpq(1)
    while unit > longest / 2 > 0:
        unit /= 2
    while unit < longest / 4:
        unit *= 2
    lows = [floor(low / unit) - 1 for low, _ in sides]
    steps = max(ceil(high / unit) + 1 - low for (_, high), low in zip(sides, lows))
    return tuple((unit * low, unit * (low + steps)) for low in lows)


def clipped(cells, box):
    """Return the pairs (bounded polygon, form) of what lies in the box, in a fixed order; the form is the first one."""
    (x0, x1), (y0, y1) = box
    window = rectangle(x0, x1, y0, y1)
    parts = ((polygon.clip(window), forms[0]) for polygon, forms in cells)
    found = [(polygon, form) for polygon, form in parts if polygon is not None]
    return sorted(found, key=lambda piece: corners(piece[0]))


class Regions:
    """The regions of a network with two inputs, ready to be drawn: ``cells`` are pairs (`Polygon`, forms).

    ``box`` is ((x0, x1), (y0, y1)), None for one that holds all vertices.
    """

    def __init__(self, cells, box=None):
        cells = list(cells)
        self.count, self.is_whole = len(cells), box is None and not all(cell.is_bounded for cell, _ in cells)
        self.box = drawn_box(cells) if box is None else box
        self.pieces = clipped(cells, self.box)
        self.mesh = Mesh(self.pieces)

    @property
    def maps(self):
        """The number of affine maps of the first output."""
        return len({form for _, form in self.pieces})

    def where(self):
        """Return in words what is drawn."""
        sides = " x ".join(f"[{fraction(low)}, {fraction(high)}]" for low, high in self.box)
        return f"all vertices lie in {sides}" if self.is_whole else f"on {sides}"


def region_map(regions, name="regions", title="Activation regions"):
    """Return the `Picture` of regions: maps that touch have different tints, and the same map has one tint."""
    mesh, frame = regions.mesh, Frame(regions.box, width=WIDTH)
    tints = tinted(mesh, [form for _, form in regions.pieces])
    paths = defaultdict(list)
    for form in mesh.labels:
        paths[tints[form]].append(areas(frame, mesh.outline(form)))
    filled = "".join(tag("path", cls=f"t{tint}", d="".join(paths[tint])) for tint in sorted(paths))
    if len(tints) == 1:  # one map has no outline but the rim of the window
        filled = tag("path", cls="t0", d=areas(frame, [corners(polygon) for polygon, _ in regions.pieces]))
    is_thick, is_thin = len(mesh.seams) <= DOTTED, len(mesh.bends) + len(mesh.seams) > MAX_SEGMENTS
    width = max(frame.line_width(mesh.bends), mpq(4, 10))
    dotted, faint = {"stroke_dasharray": "12 16"}, {"stroke_opacity": ".5"}
    style = {"stroke_width": 9, **dotted} if is_thick else {"stroke_width": mpq(5, 2), **faint}
    over = "" if is_thin else tag("path", cls="line-muted", d=lines(frame, mesh.seams), **style)
    over += tag("path", cls="line-ink", stroke_width=9 * width, stroke_linecap="round", d=lines(frame, mesh.bends))
    body = tag("g", tag("g", filled, shape_rendering="crispEdges") + over, transform="scale(.1)")
    numbers = f"{counted(regions.count, 'region')}, {counted(regions.maps, 'affine map')}"
    subtitle = f"{numbers}; neighbours differ" + ("; unit boundaries left out" if is_thin else "")
    bottom = frame.top + frame.height
    key = _key(bottom + 34, is_thick, is_thin)
    content = heading(title, subtitle) + body + frame.outline("line-ink", 1) + frame.axes() + key
    description = (
        f"{numbers}, {regions.where()}; affine maps that touch have different tints. Solid lines: the output bends. "
        + ("The other boundaries of units are left out." if is_thin else "Other lines: a unit changes sign, and the "
           "output does not bend.")
    )
    return Picture(name, title, description, PANEL, int(bottom) + 62, content)


def _key(y, is_dotted, is_thin):
    """Return what the two kinds of lines mean."""
    dashes = {"stroke_dasharray": "1.2 1.6"} if is_dotted else {}
    bend = segment("line-ink", mpq(7, 5), 34, y, 56, y) + label(62, y + 4, "the output bends", "ink small")
    if is_thin:
        return bend
    seam = segment("line-muted", mpq(9, 10), 34, y + 17, 56, y + 17, **dashes)
    return bend + seam + label(62, y + 21, "a unit changes sign, the output does not bend", "ink small")


def tinted(mesh, forms):
    """Return {form: number of its tint}: greedily, most neighbours first, then the tint that is used least."""
    near = defaultdict(set)
    for one, other in mesh.touching:
        near[one].add(other)
        near[other].add(one)
    tints, used = {}, Counter()
    for form in sorted(set(forms), key=lambda form: (-len(near[form]), form)):
        taken = {tints[other] for other in near[form] if other in tints}
        free = [tint for tint in range(ORDINARY) if tint not in taken]
        free = free or [tint for tint in range(len(TINTS)) if tint not in taken] or [ORDINARY - 1]
        tints[form] = min(free, key=lambda tint: (used[tint], tint))
        used[tints[form]] += 1
    return tints


def adjacency(regions, name="adjacency", title="Which regions touch"):
    """Return the `Picture` of which regions share an edge; raises `InputError` for more than `MAX_LINKED` regions."""
    if regions.count > MAX_LINKED:
        raise InputError(f"adjacency is drawn of at most {MAX_LINKED} regions, and there are {regions.count}")
    mesh, frame = regions.mesh, Frame(regions.box, width=WIDTH)
    centres = [_centre(polygon) for polygon, _ in regions.pieces]
    pairs = {}
    for left, right, _, middle in mesh.shared:
        pairs.setdefault(tuple(sorted((left, right))), middle)
    links = "".join(
        tenths(frame, (centres[one], middle, centres[other]), close=False)
        for (one, other), middle in sorted(pairs.items())
    )
    dots = "".join("M{} {}h0".format(*(int(10 * t) for t in frame(centre))) for centre in centres)
    body = tag("g", "".join((
        tag("path", cls="line-muted", stroke_width=6, stroke_opacity=".7", d=lines(frame, mesh.bends + mesh.seams)),
        tag("path", cls="s1", stroke_width=9, stroke_linejoin="round", d=links),
        tag("path", cls="s1", stroke_width=36, stroke_linecap="round", d=dots),
    )), transform="scale(.1)")
    bottom = frame.top + frame.height
    key = segment("s1", 1, 34, bottom + 34, 56, bottom + 34) + label(
        62, bottom + 38, "regions that share an edge", "ink small"
    )
    subtitle = f"{counted(regions.count, 'region')}, {counted(len(pairs), 'pair')}"
    plot = frame.ground("panel") + body + frame.outline("line-ink", 1) + frame.axes()
    content = heading(title, subtitle) + plot + key
    description = f"A dot in each of {subtitle} that share an edge, a line through the middle of it; {regions.where()}."
    return Picture(name, title, description, PANEL, int(bottom) + 62, content)


def value_picture(regions, name="values", title="The value of the network"):
    """Return the `Picture` of the values of the first output on the box of the regions."""
    return value_map(name, title, Drawn(regions.pieces, regions.box, outside=None))


def _centre(polygon):
    points = corners(polygon)
    return tuple(sum(ends) / len(points) for ends in zip(*points))


PICTURES = {"regions": region_map, "adjacency": adjacency, "values": value_picture}
"""What can be drawn of a network's regions, by name."""
