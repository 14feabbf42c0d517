"""A problem: masks, dilation, window, seed and source as validated, immutable data; what goes beyond the plane.

The wanted function is a component of V_1 V_2 ... V_n g, where V_j f(z) = Σ_k c_k f(A z - k) with the j-th mask; with a
source h each step is f -> V_j f + h. The user's coordinates may lie anywhere in Z^d and R^d. For a diagonal dilation M
the window, an integer box B, is preserved by V if and only if (B + k)/M ⊂ B for every mask index k; for M = 2 that
means that it holds every mask index (2.2). Shifting seed, source and window by an integer vector s, and mask indices
by (M - 1) s, shifts every iterate by s (`Problem.normalized`), so that a window that starts at 0, as in the paper, is
no restriction.
"""

import math
from dataclasses import dataclass
from operator import index

from exactrelu import display
from exactrelu.errors import InputError, sequence, shown
from exactrelu.field import RATIONALS, Field, Quadratic, exact, integer, text
from exactrelu.scheme.dilation import Dilation, as_dilation
from exactrelu.scheme.mask import Mask, Masks
from exactrelu.scheme.seed import Seed

MAX_CELLS = 10_000
"""The most unit cells in a window."""


@dataclass(frozen=True, repr=False)
class Problem:
    """Masks, a preserved window ((x0, x1), ...) that holds the support of the seed, and the seed.

    ``masks`` may be given as one `Mask`, ``dilation`` as `as_dilation` reads it; ``window`` is None if the dilation is
    not diagonal. ``component`` is the output that is meant, ``field`` holds all numbers. Raises `InputError` for a
    window that is not preserved, too small for seed or source, empty, or of more than `MAX_CELLS` unit cells, and for
    parts whose dimensions, numbers of components or fields do not fit together.

    >>> from exactrelu import Mask, Problem, Seed, direct_sum
    >>> tent = Seed([(0,), (1,), (2,)], [(0, 1), (1, 2)], [0, 1, 0])
    >>> ternary = Problem("ternary", Mask({0: 1, 1: 2, 2: 1}), ((0, 2),), tent, 3)
    >>> direct_sum(ternary, 2, 1)
    mpq(1,1)
    """

    name: str
    masks: Masks
    window: tuple | None
    seed: Seed
    dilation: Dilation = 2
    source: Seed | None = None
    component: int = 0
    field: Field = RATIONALS

    def __post_init__(self):
        for what, seed in (("seed", self.seed), ("source", self.source)):
            if not (isinstance(seed, Seed) or what == "source" and seed is None):
                raise InputError(f"{what}: expected a Seed, got {shown(seed)}; problem_of takes names")
        object.__setattr__(self, "masks", as_masks(self.masks))
        object.__setattr__(self, "dilation", as_dilation(self.dilation, self.masks.dimension))
        if self.window is not None:
            sides = [sequence(side, "window") for side in sequence(self.window, "window")]
            if any(len(side) != 2 for side in sides):
                raise InputError(f"window: expected pairs of integers, ((0, 2), (0, 2)), got {shown(self.window)}")
            object.__setattr__(self, "window", tuple(tuple(integer(end, "window") for end in side) for side in sides))
        self._check_sizes()
        self._check_field()
        self._check_window()

    _repr_html_ = display.html
    _repr_latex_ = display.latex

    def __hash__(self):
        return hash((self.masks, self.window, len(self.seed.vertices)))

    def __repr__(self):
        count = sum(len(mask) for mask in self.masks.all)
        noun = "triangle" if self.dimension == 2 else "simplex"
        plural = "triangles" if self.dimension == 2 else "simplices"
        pieces = len(self.seed.simplices)
        sides = " x ".join(f"[{low}, {high}]" for low, high in self.window or ())
        window = f", window {sides}" if sides else ""
        beyond = "".join(f", {words}" for words in self.beyond().values())
        return (
            f"<Problem {self.name!r}: {count} coefficient{'' if count == 1 else 's'}{window}, seed with {pieces} "
            f"{noun if pieces == 1 else plural}{beyond}>"
        )

    @property
    def mask(self):
        """The mask of V; raises `InputError` if it varies."""
        if self.masks.first or len(self.masks.repeat) > 1:
            raise InputError(f"{self.name}: the masks vary; there is not one for all steps")
        return self.masks.repeat[0]

    @property
    def dimension(self):
        """The number d of coordinates."""
        return self.masks.dimension

    @property
    def components(self):
        """The number r of components of the seed."""
        return self.masks.components

    @property
    def size(self):
        """(L1, ..., Ld), the sides of the window."""
        return tuple(high - low for low, high in self.window)

    def point(self, z):
        """Return d exact numbers as a tuple; raises `InputError` for others and for those of another field Q(√D)."""
        z = tuple(map(exact, z))
        if len(z) != self.dimension:
            raise InputError(f"the problem has {self.dimension} coordinates, the point {len(z)}")
        roots = {t.D for t in z if type(t) is Quadratic} | ({self.field.root} - {None})
        if len(roots) > 1:
            raise InputError(f"the point and the problem mix roots of {' and '.join(map(str, sorted(roots)))}")
        return z

    def normalized(self):
        """Return (problem, s) with the window moved to [0,L1] x ... x [0,Ld].

        V^n g(z) of this problem is V^n g(z - s) of the one returned, for every n.
        """
        shift = tuple(low for low, _ in self.window)
        if not any(shift):
            return self, shift
        back = tuple(-s for s in shift)
        moved = Problem(
            self.name,
            self.masks.shifted(*((M - 1) * s for M, s in zip(self.dilation.factors, back, strict=True))),
            tuple((0, length) for length in self.size),
            self.seed.shifted(*back),
            self.dilation,
            None if self.source is None else self.source.shifted(*back),
            self.component,
            self.field,
        )
        return moved, shift

    def beyond(self):
        """Return {feature: text}: what there is beyond the plane, dilation 2, one component, one mask and Q."""
        found = {}
        if self.dimension != 2:
            found["dimension"] = f"dimension {self.dimension}"
        if self.dilation.factors is None or set(self.dilation.factors) != {2}:
            found["dilation"] = f"the dilation {self.dilation}"
        if self.components != 1:
            found["components"] = f"{self.components} components"
        if len(self.masks.all) > 1:
            found["masks"] = "masks that vary"
        if self.source is not None:
            found["source"] = "a source"
        if self.field != RATIONALS:
            found["field"] = f"the field {self.field}"
        return found

    def _check_sizes(self):
        d, r = self.dimension, self.components
        for what, seed in (("seed", self.seed), ("source", self.source)):
            if seed is not None and seed.dimension not in (d, None):
                raise InputError(f"the {what} has {seed.dimension} coordinates, an index of the mask {d}")
            if seed is not None and seed.components not in (r, None):
                raise InputError(f"the {what} has {seed.components} components, a coefficient of the mask {r} rows")
        object.__setattr__(self, "component", integer(self.component, "component"))
        if not 0 <= self.component < r:
            raise InputError(f"there is no component {self.component} (components are 0 to {r - 1})")

    def _check_field(self):
        coefficients = (c for mask in self.masks.all for row in mask.entries for _, _, c in row)
        seeds = [("seed", self.seed)] + ([] if self.source is None else [("source", self.source)])
        for what, numbers in (("mask", coefficients), *((what, seed.numbers()) for what, seed in seeds)):
            for number in numbers:
                if number not in self.field:
                    raise InputError(
                        f"the {what} has the number {text(number)[:60]}, but the field of the problem is {self.field}"
                    )

    def _check_window(self):
        """Raise `InputError` unless the window is a preserved box of moderate size with the seed's support."""
        factors = self.dilation.factors
        if factors is None:
            if self.window is not None:
                raise InputError(f"the dilation {self.dilation} is not diagonal, so that no window is; leave it out")
            return
        if self.window is None or len(self.window) != self.dimension:
            raise InputError(f"expected a window with {self.dimension} sides")
        needed = smallest_window(self.masks, self.seed, self.dilation, self.source)
        mend = f"the smallest window that works is {[list(side) for side in needed]}"
        shown = f"the window {[list(side) for side in self.window]}"
        if any(low >= high for low, high in self.window):
            raise InputError(f"{shown} is empty; {mend}")
        for k in (k for mask in self.masks.all for k in mask):
            for entry, (low, high), M in zip(k, self.window, factors, strict=True):
                if not (M - 1) * low <= entry <= (M - 1) * high:
                    where = "lies outside" if M == 2 else f"lies outside of {M} - 1 times the window"
                    raise InputError(f"{shown} is not preserved: the mask index {_joined(k)} {where}; {mend}")
        for what, seed in (("seed", self.seed), ("source", self.source)):
            box = seed.support_box() if seed is not None else None
            for (low, high), support in zip(self.window, box or (), strict=False):
                if support[0] < low or support[1] > high:
                    raise InputError(f"{shown} is too small for the {what}: its support lies partly outside; {mend}")
        cells = math.prod(self.size)
        if cells > MAX_CELLS:
            noun = "unit squares" if self.dimension == 2 else "unit cells"
            raise InputError(f"{shown} has {cells} {noun}, more than the limit {MAX_CELLS}")


def as_masks(given):
    """Return `Masks` for one `Mask` (or mapping), or for a sequence of masks, which repeats."""
    if isinstance(given, Masks):
        return given
    return Masks((), tuple(given) if isinstance(given, (list, tuple)) else (_mask(given),))


def smallest_window(masks, seed, dilation=2, source=None):
    """Return the least integer box B, 1 x ... x 1 at least, that holds the supports, with (B + k)/M ⊂ B for all k.

    ``masks`` and ``dilation`` are given as for a `Problem`; k are all mask indices. None if the dilation is not
    diagonal.
    """
    masks = as_masks(masks)
    dilation = as_dilation(dilation, masks.dimension)
    if dilation.factors is None:
        return None
    boxes = [part.support_box() for part in (seed, source) if part is not None]
    window = []
    for axis, M in enumerate(dilation.factors):
        sides = [box[axis] for box in boxes if box is not None]
        indices = [k[axis] for mask in masks.all for k in mask]
        low = min([k // (M - 1) for k in indices] + [math.floor(start) for start, _ in sides])
        high = max([-(-k // (M - 1)) for k in indices] + [math.ceil(end) for _, end in sides])
        window.append((index(low), index(max(high, low + 1))))
    return tuple(window)


def refuse_beyond(problem, who, can=(), instead="exactrelu value"):
    """Raise `InputError` if a problem has something beyond the plane (`Problem.beyond`) that is not in ``can``.

    ``who`` says in the message which construction or method cannot do it, and ``instead`` what can.
    """
    missing = [words for feature, words in problem.beyond().items() if feature not in can]
    if missing:
        raise InputError(f"{problem.name}: {who} cannot do {', '.join(missing)} yet; {instead} can")


def _mask(given):
    return given if isinstance(given, Mask) else Mask(given)


def _joined(k):
    return ",".join(map(str, k))
