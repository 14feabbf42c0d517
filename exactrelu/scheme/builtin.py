"""The built-in masks and seeds."""

from functools import cache

from exactrelu.data import table
from exactrelu.errors import InputError, unknown
from exactrelu.field import RATIONALS
from exactrelu.jsonio import field_from_json
from exactrelu.scheme.parts import Shape, mask_from_json, seed_from_json


@cache
def builtin_masks(field=RATIONALS, dimension=2):
    """Return {name: Mask} of the built-in masks of that dimension with coefficients in the field."""
    masks = {name: builtin_mask(name) for name in table("masks") if field_of_mask(name) in (RATIONALS, field)}
    return {name: mask for name, mask in masks.items() if mask.dimension == dimension}


def builtin_mask(name):
    """Return the built-in mask of that name; raises `InputError` when there is none."""
    if name not in table("masks"):
        raise InputError(unknown("built-in mask", name, table("masks"), "exactrelu examples"))
    shape = Shape(field_of_mask(name), None, None)
    return mask_from_json(table("masks")[name]["coefficients"], f"mask {name}", shape)


def field_of_mask(name):
    """Return the field that the built-in mask of that name needs."""
    found = table("masks")[name]["field"]
    return RATIONALS if found == "Q" else field_from_json(found, f"mask {name}: field")


@cache
def builtin_seeds(dimension=2):
    """Return {name: Seed} of the built-in seeds of that dimension."""
    seeds = {name: builtin_seed(name) for name in table("seeds")}
    return {name: seed for name, seed in seeds.items() if seed.dimension == dimension}


def builtin_seed(name):
    """Return the built-in seed of that name; raises `InputError` when there is none."""
    if name not in table("seeds"):
        raise InputError(unknown("built-in seed", name, table("seeds"), "exactrelu examples"))
    entry = table("seeds")[name]
    key = "simplices" if "simplices" in entry else "triangles"
    shape = Shape(dimension=len(entry["vertices"][0]))
    return seed_from_json({part: entry[part] for part in ("vertices", key, "values")}, f"seed {name}", shape, key)
