"""How values show themselves in a notebook: as `exactrelu.show.notebooks` does, which is found when a notebook asks.

The classes of lower rooms have these functions as methods ``_repr_html_``, ``_repr_svg_`` and ``_repr_latex_``. What
runs without a notebook never comes to show/.
"""

from importlib import import_module


def html(self):
    """Return the value as HTML; None where its text says as much."""
    return _notebooks().html(self)


def svg(self):
    """Return the value as an SVG picture; None if there is none."""
    return _notebooks().svg(self)


def latex(self):
    """Return the value as LaTeX with mathematics between dollars; None if there is nothing to state."""
    return _notebooks().latex(self)


def theorem(self):
    """Return what was proved, with W and L, as a ``theorem`` or ``proposition`` of LaTeX, ready for a paper.

    Raises `InputError` if nothing was decided.
    """
    return import_module("exactrelu.show.latex").theorem(self)


def _notebooks():
    return import_module("exactrelu.show.notebooks")
