"""Exact ReLU networks for dyadic refinement iterates V^n g (T. Gantumur, arXiv:2605.03917), in rational arithmetic.

The names below are found in their modules when they are first used, so that a command imports only what it needs.
"""

from importlib import import_module

__version__ = "0.1.0"

_HOMES = {
    "exactrelu.errors": ("ExactReluError", "InputError", "UndecidedError"),
    "exactrelu.field": ("Field", "Quadratic", "Rational", "parse", "text"),
    "exactrelu.scheme": (
        "Dilation", "Mask", "Masks", "Problem", "Seed", "load_problem", "problem_from_json", "problem_of",
        "problem_to_json",
    ),
    "exactrelu.scheme.algebra": ("box_spline", "convolution", "tensor"),
    "exactrelu.network": ("Affine", "Builder", "Chain", "Network", "Relu", "Sum"),
    "exactrelu.network.restriction": ("Slice",),
    "exactrelu.network.layers": ("Layered", "layered"),
    "exactrelu.network.files": ("network_from_json",),
    "exactrelu.formats": ("read_network", "write_network"),
    "exactrelu.construction": ("CONSTRUCTIONS", "build"),
    "exactrelu.certification.methods": ("certify", "write_certificate"),
    "exactrelu.certification.statements": ("write_bound", "write_equality", "write_property"),
    "exactrelu.certification.verdict": ("Counterexample", "Verdict"),
    "exactrelu.certification.checking": ("check",),
    "exactrelu.cpwl.polygon": ("Polygon", "box", "half_plane", "plane", "polygon_of"),
    "exactrelu.planar": (
        "Bound", "Bounds", "Difference", "Equality", "RegionCount", "Regions", "activation_regions", "affine_pieces",
        "bound", "count_regions", "equal", "region_arrays",
    ),
    "exactrelu.formats.float_error": ("float_error",),
    "exactrelu.formats.vnnlib": ("read_property",),
    "exactrelu.planar.claims": ("Property",),
    "exactrelu.planar.properties": ("Decision", "prove"),
    "exactrelu.planar.listing": ("RegionList", "region_list"),
    "exactrelu.planar.statistics": ("OutputStatistics", "Statistics", "statistics"),
    "exactrelu.refinement.direct": ("direct_sum",),
}
_HOME = {name: module for module, names in _HOMES.items() for name in names}

__all__ = sorted(_HOME)


def __getattr__(name):
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOME[name]), name)


def __dir__():
    return sorted({*globals(), *__all__})
