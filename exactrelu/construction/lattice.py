"""The max-min form of a non-negative CPwL function, and balanced trees of maxima and minima.

A function H ≥ 0 with finitely many affine pieces g_1, …, g_m beside the zero outside its support is

    H = max(0, max_S min_{k ∈ S} g_k),    S = {k : g_k ≥ H on the cell},

one index set S for each cell on which H > 0 is affine and no g_k − H changes its sign. For every point y of a cell and
every z, some piece has g_k(y) ≥ H(y) and g_k(z) ≤ H(z): so min_S g_k ≤ H everywhere, with equality on the cell. A set
that contains another one can be left out. What remains is a single set if and only if the simple form
H = max(0, min_k g_k) holds on it: for nodal hats with a convex star.
"""

from typing import NamedTuple

from exactrelu.cpwl.polygon import affine_at, value


class LatticeForm(NamedTuple):
    """H = max(0, max over ``sets`` of the min over k in the set of ``forms``[k]).

    ``forms`` are affine forms (α, β, γ), each in some set; ``sets`` are ascending index tuples, none inside another.
    Equal functions with equal pieces have equal lattice forms.
    """

    forms: tuple
    sets: tuple

    def evaluate(self, x, y):
        """Return the value at the rational point (x, y)."""
        heights = [affine_at(form, x, y) for form in self.forms]
        return max(0, *(min(heights[k] for k in chosen) for chosen in self.sets))


def lattice_form(pieces):
    """Return the `LatticeForm` of the CPwL function H ≥ 0 with these (polygon, form), zero elsewhere, not zero.

    Raises `ValueError` if H has a negative value.
    """
    pieces = [(polygon, form) for polygon, form in pieces if any(form)]
    if any(value(form, vertex) < 0 for polygon, form in pieces for vertex in polygon.vertices):
        raise ValueError("a lattice form max(0, …) needs a function that is nowhere negative")
    forms = sorted({form for _, form in pieces})
    sets = {chosen for polygon, form in pieces for chosen in _index_sets(polygon, form, forms)}
    minimal = [chosen for chosen in sets if not any(other < chosen for other in sets)]
    kept = sorted(set().union(*minimal))
    position = {old: new for new, old in enumerate(kept)}
    renamed = (tuple(sorted(position[k] for k in chosen)) for chosen in minimal)
    return LatticeForm(tuple(forms[k] for k in kept), tuple(sorted(renamed)))


def _index_sets(polygon, form, forms):
    """Return the sets {k : forms[k] ≥ form} over the cells into which the lines forms[k] = form cut ``polygon``."""
    cells = [polygon]
    for other in forms:
        difference = tuple(p - q for p, q in zip(other, form, strict=True))
        if any(difference):
            cells = [part for cell in cells for part in cell.split(difference) if part is not None]
    return {_dominating(form, forms, cell.interior_point()) for cell in cells}


def _dominating(form, forms, point):
    height = affine_at(form, *point)
    return frozenset(k for k, other in enumerate(forms) if affine_at(other, *point) >= height)


def lattice(b, shape, u, v):
    """Return max_S min_{k ∈ S} g_k(u, v) of a `LatticeForm` on expressions u, v, without the final max(0, ·)."""
    heights = [alpha * u + beta * v + gamma for alpha, beta, gamma in shape.forms]
    return maximum(b, [minimum(b, [heights[k] for k in chosen]) for chosen in shape.sets])


def minimum(b, values):
    """Return the minimum of a non-empty sequence of expressions, ⌈log₂⌉ of their number layers deep."""
    return _tree(b.minimum, list(values))


def maximum(b, values):
    """Return the maximum of a non-empty sequence of expressions, ⌈log₂⌉ of their number layers deep."""
    return _tree(b.maximum, list(values))


def _tree(combine, values):
    while len(values) > 1:
        pairs = [combine(first, second) for first, second in zip(values[::2], values[1::2])]
        values = pairs + values[2 * len(pairs):]
    return values[0]
