"""Networks with two inputs, exactly: activation regions, affine pieces, their numbers, equality on all of R²."""

from exactrelu.planar.arrays import Regions
from exactrelu.planar.counting import RegionCount, count_regions
from exactrelu.planar.enumeration import activation_regions, region_arrays
from exactrelu.planar.equality import Difference, Equality, equal
from exactrelu.planar.pieces import affine_pieces

__all__ = [
    "Difference", "Equality", "RegionCount", "Regions", "activation_regions", "affine_pieces", "count_regions", "equal",
    "region_arrays",
]
