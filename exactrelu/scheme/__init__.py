"""Schemes as validated data: dilation, masks, seed, window and source, problems made of them, and their files."""

from exactrelu.scheme.builtin import builtin_mask, builtin_masks, builtin_seed, builtin_seeds
from exactrelu.scheme.dilation import Dilation
from exactrelu.scheme.files import (
    as_problem,
    builtin_problems,
    builtin_schemes,
    load_problem,
    problem_from_json,
    problem_of,
    problem_to_json,
)
from exactrelu.scheme.mask import Mask, Masks
from exactrelu.scheme.problem import Problem, refuse_beyond, smallest_window
from exactrelu.scheme.seed import Seed

__all__ = [
    "Dilation", "Mask", "Masks", "Problem", "Seed", "as_problem", "builtin_mask", "builtin_masks", "builtin_problems",
    "builtin_schemes", "builtin_seed", "builtin_seeds", "load_problem", "problem_from_json", "problem_of",
    "problem_to_json", "refuse_beyond", "smallest_window",
]
