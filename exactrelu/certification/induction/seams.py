"""Facts about the seam deficiencies D_s: ≥ 1 where an orbit may be bad, never > 0 for two classes in a coordinate."""

from itertools import combinations

from exactrelu.certification.induction.blocks import Block, expanded
from exactrelu.certification.induction.facts import Unproved
from exactrelu.certification.induction.loops import along, loop, positive_arcs, reach
from exactrelu.field import mpq
from exactrelu.planar.univariate import affine_combination

AXES = ("x", "y")


def seam_bumps(block, loops, seam, where):
    """Return functions (β_x, β_y) of t in [0, 1], both ≥ 0, with D = β_x(t_x) + β_y(t_y) at the points E(t_x), E(t_y).

    ``loops`` are the inputs (p, q) of x and of y, ``seam`` is the position of the output D of the `Block`.
    """
    part = block.part([seam])
    owner = {position: axis for axis, pair in enumerate(loops) for position in pair}
    forms, owners = expanded(part, owner)
    form = forms[part.outputs[0]]
    bias = form.get(None, mpq(0))
    if any(owners[key] not in ({0}, {1}) for key in form if key is not None):
        raise Unproved(where, "the seam deficiency is not a sum of functions of the two controllers")
    bumps = []
    for axis, pair in enumerate(loops):
        keys = [key for key in form if key is not None and owners[key] == {axis}]
        feeds = dict(zip(pair, loop(), strict=True))
        units = along(Block(part.inputs, part.nodes, tuple(keys)), range(len(keys)), feeds, where)
        weights = [form[key] for key in keys]
        bumps.append(affine_combination(zip(units, weights, strict=True), bias if axis == 0 else mpq(0)))
    for axis, bump in enumerate(bumps):
        if bump.range_on(mpq(0), mpq(1))[0] < 0:
            raise Unproved(where, f"the seam deficiency is negative on the controller of {AXES[axis]}")
    return tuple(bumps)


def seam_width(bumps, where):
    """Return the largest w such that D ≥ 1 where one of the residuals is in [0, w]."""
    widths = [reach(bump, 1) for bump in bumps]
    if None in widths:
        raise Unproved(where, f"the seam deficiency is less than 1 at the seam of {AXES[widths.index(None)]}")
    return min(widths)


def early_widths(bumps, width):
    """Return, for each coordinate, the given width w if D ≥ 1 where its residual is in [1 − w, 1], too, and else 0."""
    return tuple(width if bump.range_on(1 - width, mpq(1))[0] >= 1 else mpq(0) for bump in bumps)


def overlap(bumps, shifts):
    """Return None, or two classes whose functions are positive at one point w: β_s((w + shift_s) mod 1) > 0.

    ``bumps`` and ``shifts`` map each class to its function along one coordinate and to its shift there.
    """
    arcs = {index: positive_arcs(bump, shifts[index] % 1) for index, bump in bumps.items()}
    for first, second in combinations(arcs, 2):
        if any(max(a, c) < min(b, d) for a, b in arcs[first] for c, d in arcs[second]):
            return first, second
    return None
