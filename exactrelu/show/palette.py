"""The colours of pictures and pages, each for light and for dark ground, and the style sheet of what is in use.

A colour is a value or an identity, never decoration. Zero is the colour of paper, and values rise away from it: blue is
plus and orange is minus, in maps, differences and weights alike; the steps of both survive the common deficiencies of
colour vision. All text has a contrast of 4.5 : 1 at least on its ground.
"""

import re

INK = {
    "paper": ("#ffffff", "#12161c"),
    "panel": ("#f6f7f9", "#1a2029"),
    "ink": ("#1c2128", "#e7eaee"),
    "muted": ("#59626d", "#a2acb8"),
    "rule": ("#d3d9e0", "#38424e"),
    "certified": ("#0b6b5b", "#4cc9ae"),
    "refuted": ("#a83a0a", "#ff9a5c"),
    "undecided": ("#5d6670", "#aab3bd"),
    "link": ("#0a5aa0", "#7db9ee"),
    "zero": ("#fbfbfa", "#161b22"),
}
"""The colours with a role: (light, dark)."""

POSITIVE = tuple(zip(
    "#e9f1f8 #d6e4f1 #b5d0e8 #8db8dc #639ccb #3f7fb6 #25629b #134879 #0a3157".split(),
    "#1c2a3a #20364d #234868 #275c86 #3273a5 #468cc0 #66a6d6 #8cc0e6 #b3d7f2".split(),
))
NEGATIVE = tuple(zip(
    "#fae8d4 #f6dfc4 #efc493 #e3a05a #cf7a28 #aa5a12 #81400a #5b2b06".split(),
    "#33261a #4a321b #6b441c #8f591f #b57128 #d58d42 #eab077 #f6d3b0".split(),
))
"""The bands of values, from those next to zero to the largest."""

SERIES = tuple(zip(
    "#0072b2 #c9510a #008163 #9c4f86 #7a6a00 #4d5560".split(),
    "#5cb3ea #f79a52 #3ecba5 #e2a1cc #dccb4e #b3bcc7".split(),
))
"""Lines, blocks and constructions."""

TINTS = tuple(zip(
    "#dcebf8 #fbe4ca #a3c8e8 #f2bd7c #e6e8ec #bcc2cc #7fb0dc #e09a4a".split(),
    "#1c3a57 #553617 #2f6796 #935e22 #343c47 #586473 #4687bd #bb7f36".split(),
))
"""Affine maps, so that neighbours differ; the last two are spare."""

SHADES = 12
"""The steps of a surface from shadow to light."""

SANS = "system-ui,-apple-system,'Segoe UI',Roboto,'Liberation Sans','DejaVu Sans',sans-serif"
SERIF = "'STIX Two Text','Cambria Math','Latin Modern Math','Liberation Serif','DejaVu Serif',serif"
MONO = "ui-monospace,'SF Mono',Menlo,Consolas,'Liberation Mono',monospace"

TYPE = {
    "text": f"font:12px {SANS}",
    ".small": "font-size:11px",
    ".bold": "font-weight:600",
    ".math": f"font:italic 13.5px {SERIF}",
    ".end": "text-anchor:end",
    ".middle": "text-anchor:middle",
}
"""The type of pictures, by selector; lengths are those of the drawing, which is shown at about its own size."""

DARK = "@media screen and (prefers-color-scheme:dark)"
"""Dark colours are for screens: print is always light."""


def _shade(step, ends):
    """Return the colour of a step from shadow to light, between the two ends."""
    dark, light = (tuple(int(end[at : at + 2], 16) for at in (1, 3, 5)) for end in ends)
    top = SHADES - 1
    parts = ((low * (top - step) + high * step + top // 2) // top for low, high in zip(dark, light))
    return "#" + "".join(f"{part:02x}" for part in parts)


SURFACE = tuple(
    (_shade(step, ("#2f5f8c", "#f3f7fb")), _shade(step, ("#13263a", "#8db4d3"))) for step in range(SHADES)
)


def _fill(colour):
    return f"fill:{colour}"


def _stroke(colour):
    return f"fill:none;stroke:{colour}"


def _rules():
    """Return {class: (light, dark)} with the declarations of all classes of colours."""
    rules = {}
    for name, pair in INK.items():
        rules[name] = tuple(map(_fill, pair))
        rules[f"line-{name}"] = tuple(map(_stroke, pair))
    for prefix, colours in (("p", POSITIVE), ("n", NEGATIVE), ("c", SERIES), ("t", TINTS), ("h", SURFACE)):
        rules |= {f"{prefix}{k}": tuple(map(_fill, pair)) for k, pair in enumerate(colours)}
    rules |= {f"s{k}": tuple(map(_stroke, pair)) for k, pair in enumerate(SERIES)}
    rules |= {f"f{k}": tuple(f"stroke:{colour};stroke-opacity:1" for colour in pair) for k, pair in enumerate(SURFACE)}
    rules["edges"] = ("stroke:#16324d;stroke-opacity:.45", "stroke:#0b1118;stroke-opacity:.7")
    return rules


RULES = _rules()

ZERO_LINE = ".zero-line{display:none;fill:none;stroke:#1c2128}@media print{.zero-line{display:inline}}"
"""The line where the sign changes: in grey print, the sign of a band is lost."""


def classes_of(body):
    """Return the set of classes that occur in a piece of SVG or HTML."""
    return {name for names in re.findall(r'class="([^"]*)"', body) for name in names.split()}


def style(classes):
    """Return the style sheet of pictures with these classes, and with no others."""
    used = [name for name in RULES if name in classes]
    light, dark = ("".join(f".{name}{{{RULES[name][mode]}}}" for name in used) for mode in (0, 1))
    kinds = "".join(
        f"{selector}{{{rule}}}" for selector, rule in TYPE.items() if selector == "text" or selector[1:] in classes
    )
    return kinds + (ZERO_LINE if "zero-line" in classes else "") + light + (f"{DARK}{{{dark}}}" if dark else "")
