"""Networks with two inputs, exactly: activation regions, affine pieces, their numbers, equality on all of R²."""

from exactrelu.planar.arrays import Regions
from exactrelu.planar.bounds import Bound, Bounds, bound
from exactrelu.planar.counting import RegionCount, count_regions
from exactrelu.planar.enumeration import activation_regions, region_arrays
from exactrelu.planar.equality import Difference, Equality, equal
from exactrelu.planar.pieces import affine_pieces

__all__ = [
    "Bound", "Bounds", "Difference", "Equality", "RegionCount", "Regions", "activation_regions", "affine_pieces",
    "bound", "count_regions", "equal", "region_arrays",
]
