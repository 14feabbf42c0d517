"""Pictures as SVG 1.1, written by hand: the same bytes for the same picture, on every machine.

Coordinates are exact rationals, rounded once, half up; no float is ever formatted, and ids come from the name of the
picture. There is no script, no font to load and nothing else that a picture would need from elsewhere, so that
browsers, librsvg and cairosvg show the same.
"""

from html import escape
from math import floor
from typing import NamedTuple

from exactrelu.field import isqrt, mpq, rounded, text
from exactrelu.show.palette import classes_of, style

MINUS = "\u2212"
NARROW_SPACE = "\u202f"

_LONGEST = 9
"""The longest fraction that a picture shows as it is."""


class Picture(NamedTuple):
    """A drawing: its ``name`` (for ids), ``title``, ``description`` for those who do not see it, sizes and ``body``.

    ``width`` and ``height`` are integers, the size at which it is meant to be shown, in CSS pixels. In a notebook it
    shows itself.
    """

    name: str
    title: str
    description: str
    width: int
    height: int
    body: str

    def standalone(self):
        """Return the text of an SVG file: on a ground of its own, with the styles that occur, light and dark."""
        ground = f'<rect class="paper" width="{self.width}" height="{self.height}"/>'
        size = f' width="{self.width}" height="{self.height}"'
        sheet = f"<style>{style(classes_of(ground + self.body))}</style>"
        return self._element(' xmlns="http://www.w3.org/2000/svg"', f"0 0 {self.width}", size, sheet + ground) + "\n"

    def embedded(self, inset=8):
        """Return an element for a page whose style sheet is that of `palette.style`; ``inset`` cuts the left margin."""
        return self._element("", f"{inset} 0 {self.width - inset}", "", "")

    def _element(self, namespace, start, size, head):
        return (
            f'<svg{namespace} viewBox="{start} {self.height}"{size} role="img" '
            f'aria-labelledby="{self.name}-title {self.name}-desc"><title id="{self.name}-title">{escape(self.title)}'
            f'</title><desc id="{self.name}-desc">{escape(self.description)}</desc>{head}{self.body}</svg>'
        )

    def _repr_svg_(self):
        return self.standalone()


def decimal(number, places=2):
    """Return the decimal text of a rational, rounded half up, without trailing zeros.

    >>> from exactrelu.field import mpq
    >>> decimal(mpq(1, 3)), decimal(mpq(-1, 8)), decimal(7)
    ('.33', '-.12', '7')
    """
    units = 10**places
    digits = floor(mpq(number) * units + mpq(1, 2))
    whole, part = divmod(abs(digits), units)
    part = f"{part:0{places}d}".rstrip("0") if places else ""
    shown = f"{whole or ''}.{part}" if part else str(whole)
    return f"-{shown}" if digits < 0 else shown


def tag(name, content=None, **attributes):
    """Return an element; numbers among the attributes are rounded, ``cls`` is the class, and _ stands for -."""
    parts = [name]
    for key, entry in attributes.items():
        key = "class" if key == "cls" else key.replace("_", "-")
        parts.append(f'{key}="{entry if isinstance(entry, str) else decimal(entry)}"')
    return f"<{' '.join(parts)}/>" if content is None else f"<{' '.join(parts)}>{content}</{name}>"


def label(x, y, words, cls="ink", **more):
    """Return a text whose base line starts, ends or is centred at (x, y)."""
    return tag("text", escape(str(words), quote=False), x=x, y=y, cls=cls, **more)


def rect(cls, x, y, width, height, **more):
    """Return a rectangle."""
    return tag("rect", cls=cls, x=x, y=y, width=width, height=height, **more)


def polyline(cls, width, points, close=False, **more):
    """Return a path through points of the screen."""
    steps = "L".join(f"{decimal(x)} {decimal(y)}" for x, y in points)
    return tag("path", cls=cls, stroke_width=width, d=f"M{steps}{'z' if close else ''}", **more)


def segment(cls, width, x0, y0, x1, y1, **more):
    """Return a straight line."""
    return polyline(cls, width, ((x0, y0), (x1, y1)), **more)


def dot(cls, x, y, radius, outline=None):
    """Return a disc, with an ``outline`` of that class if there is one."""
    disc = tag("circle", cls=cls, cx=x, cy=y, r=radius)
    return disc if outline is None else disc + tag("circle", cls=outline, stroke_width=mpq(7, 5), cx=x, cy=y, r=radius)


def arrow(x, y, dx, dy, size=6):
    """Return an arrow head at (x, y) in the direction (dx, dy)."""
    length = root(dx * dx + dy * dy)
    ux, uy = mpq(dx) / length, mpq(dy) / length
    back, side = mpq(size, 2), mpq(3 * size, 5)
    corners = (
        (x + size * ux, y + size * uy),
        (x - back * ux - side * uy, y - back * uy + side * ux),
        (x - back * ux + side * uy, y - back * uy - side * ux),
    )
    return tag("path", cls="ink", d="M" + "L".join(f"{decimal(a)} {decimal(b)}" for a, b in corners) + "z")


def heading(title, subtitle="", cls="ink bold"):
    """Return the title of a panel and the line below it."""
    return label(12, 20, title, cls) + (label(12, 36, subtitle, "muted small") if subtitle else "")


def root(number):
    """Return the square root of a rational >= 0, to six decimals, the same on every machine."""
    number = mpq(number) * 10**12
    return mpq(isqrt(number.numerator // number.denominator), 10**6)


def fraction(number):
    """Return a rational as a picture shows it: as it is, or, if it is long, its decimal, marked as rounded.

    >>> from exactrelu.field import mpq
    >>> fraction(mpq(-1, 16)), fraction(mpq(1, 3**20))
    ('−1/16', '≈ 2.86797e−10')
    """
    shown = text(number)
    return (f"≈ {rounded(number)}" if len(shown) > _LONGEST else shown).replace("-", MINUS)


def grouped(number):
    """Return an integer with narrow spaces between its thousands."""
    return f"{int(number):,}".replace(",", NARROW_SPACE)


def counted(number, noun):
    """Return a number of things in words."""
    return f"{grouped(number)} {noun}{'' if number == 1 else 's'}"


_RAISED = str.maketrans("0123456789-n+", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻ⁿ⁺")
_LOWERED = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")


def raised(words):
    """Return words as a superscript; ``baseline-shift`` is not portable.

    >>> raised(12), lowered(1000)
    ('¹²', '₁₀₀₀')
    """
    return str(words).translate(_RAISED)


def lowered(words):
    """Return words as a subscript."""
    return str(words).translate(_LOWERED)


def iterate(n):
    """Return the name of V^n g in a picture.

    >>> iterate(0), iterate(1), iterate(10)
    ('g', 'Vg', 'V¹⁰g')
    """
    return "g" if n == 0 else "Vg" if n == 1 else f"V{raised(n)}g"
