"""Maps of continuous piecewise linear functions: bands of equal value, and over them all lines where they bend."""

from exactrelu.field import mpq
from exactrelu.show.bands import Scale, band_meshes, banded, value_range, zero_line
from exactrelu.show.frames import LEFT, PANEL, WIDTH, Frame, areas, lines
from exactrelu.show.mesh import Mesh
from exactrelu.show.svg import Picture, counted, heading, label, tag

ZERO = (mpq(0), mpq(0), mpq(0))

LINES_LEFT_OUT = "lines left out"

BEND = mpq(11, 20)
"""The opacity of the lines where a function bends."""


class Drawn:
    """A function given by ``pieces``, pairs (bounded polygon, form), on a ``box``, with what all of its pictures need.

    ``outside`` is the form where there are no pieces: zero for an iterate, None if nothing is known.
    """

    def __init__(self, pieces, box, outside=ZERO):
        self.pieces, self.box = pieces, box
        self.mesh = Mesh(pieces, outside)
        self.range = value_range(pieces)

    @property
    def maps(self):
        """The number of different affine maps, zero not counted."""
        return len({form for _, form in self.pieces if any(form)})

    def about(self):
        """Return in words how many affine maps there are."""
        return f"{counted(self.maps, 'affine map')} besides 0"


def value_map(name, title, drawn, subtitle=None, scale=None, marks=None, zoom=None):
    """Return the `Picture` of a map with its key.

    ``scale`` is a `Scale` (None: that of the function); ``marks(frame)`` draws over the map; ``zoom`` is a part of the
    box to show instead of all of it, the pieces being cut to it already.
    """
    frame = Frame(drawn.box if zoom is None else zoom)
    scale = Scale(*drawn.range) if scale is None else scale
    body, has_lines = plot(frame, drawn, scale)
    subtitle = drawn.about() if subtitle is None else subtitle
    if not has_lines:
        subtitle += f"; {LINES_LEFT_OUT}"
    bottom = frame.top + frame.height
    marked = "" if marks is None else marks(frame)
    content = (
        heading(title, subtitle) + body + marked + frame.axes() + scale.key(LEFT, bottom + 26, WIDTH)
    )
    low, high = drawn.range
    description = (
        f"Map in bands of equal value, in steps of {scale.step}, from {low} to {high}; {subtitle}. Paper colour: zero. "
        + ("Lines: where the function bends." if has_lines else "")
    )
    return Picture(name, title, description.strip(), PANEL, int(bottom) + 64, content)


def plot(frame, drawn, scale):
    """Return (SVG of a map in a frame, whether its lines are shown)."""
    bands = banded(drawn.pieces, scale)
    filled = "".join(
        tag("path", cls=scale.shade(band), d=areas(frame, outlines)) for band, outlines in band_meshes(bands)
    )
    width = frame.line_width(drawn.mesh.bends)
    over = ""
    if width and drawn.mesh.bends:
        over = tag(
            "path", cls="line-ink", stroke_width=width * 10, stroke_opacity=BEND, stroke_linecap="round",
            d=lines(frame, drawn.mesh.bends),
        )
    if scale.low and scale.high and (change := lines(frame, zero_line(bands))):
        over += tag("path", cls="zero-line", stroke_width=12, d=change)
    body = tag("g", tag("g", filled, shape_rendering="crispEdges") + over, transform="scale(.1)")
    return frame.ground("zero") + body + frame.outline("line-muted", mpq(4, 5)), bool(width)


def thumbnail(name, title, drawn, scale, width=168):
    """Return the small `Picture` of one function in a row of them, all on one scale."""
    frame = Frame(drawn.box, left=8, top=40, width=width - 16)
    body, has_lines = plot(frame, drawn, scale)
    maps = counted(drawn.maps, "affine map")
    note = "" if has_lines else LINES_LEFT_OUT
    content = label(8, 18, title, "ink math") + label(48, 18, maps, "muted small")
    content += label(48, 33, note, "muted small") if note else ""
    description = f"Map of {title} in bands of equal value; {maps}{'; ' if note else ''}{note}."
    return Picture(name, title, description, width, int(frame.top + frame.height) + 8, content + body)
