"""exactrelu.data: the built-in masks have their known properties, and the seeds are what their names say."""

from itertools import product
from math import prod

from gmpy2 import mpq
from pytest import mark, raises

from exactrelu.data import table
from exactrelu.errors import InputError
from exactrelu.field import RATIONALS, Field
from exactrelu.refinement.mask import coset_sums, largest_coset_norm, total
from exactrelu.refinement.sum_rules import sum_rule_order
from exactrelu.scheme import (
    builtin_mask,
    builtin_masks,
    builtin_problems,
    builtin_seed,
    builtin_seeds,
    problem_from_json,
    problem_of,
)

INTERPOLATORY = {"dd4_centred": 3, "butterfly_centred": 3}


@mark.parametrize("name", sorted(table("masks")))
def test_known_properties_of_the_masks(name):
    """Total, coset sums, B, sum-rule order, number of coefficients, window and N are those of the table."""
    mask, known = builtin_mask(name), table("masks")[name]
    field = RATIONALS if known["field"] == "Q" else Field(known["field"]["sqrt"])
    assert total(mask) == field.parse(known["total"], name)
    sums = {"".join(map(str, k)): c for k, c in coset_sums(mask).items()}
    assert sums == {coset: field.parse(numeral, name) for coset, numeral in known["coset_sums"].items()}
    assert largest_coset_norm(mask) == field.parse(known["B"], name)
    assert sum_rule_order(mask) == known["sum_rule_order"]
    assert len(mask) == known["nonzeros"]
    assert all(0 <= t <= length for k in mask for t, length in zip(k, known["window"], strict=True))
    assert prod(known["window"]) == known["N"] and len(known["window"]) == mask.dimension


def test_there_are_23_rational_masks_of_the_plane_and_one_with_a_root():
    """All masks of the table are listed, each over its field and in its dimension."""
    assert len(builtin_masks()) == 23
    assert set(builtin_masks(dimension=1)) == {"bspline_2", "bspline_3", "bspline_4", "dd4", "dd6"}
    assert sum(len(builtin_masks(Field(3), d)) for d in (1, 2)) == len(table("masks"))
    assert set(builtin_masks(Field(3))) - set(builtin_masks()) == {"daubechies_D4_tensor"}
    assert builtin_masks(Field(2)) == builtin_masks()
    with raises(InputError, match="there is no built-in mask 'x'"):
        builtin_mask("x")
    with raises(InputError, match="there is no built-in seed 'x'"):
        builtin_seed("x")


def test_the_default_problem():
    """`bilinear` is the Courant hat under bspline_tensor_2 on the window 2 x 2."""
    problem = builtin_problems()["bilinear"]
    assert problem.mask == builtin_mask("bspline_tensor_2") and problem.seed == builtin_seed("courant")
    assert problem.window == ((0, 2), (0, 2))


def test_every_mask_and_every_seed_is_used():
    """Every rational mask and seed of the plane is in a built-in problem; every pair of one dimension is a problem."""
    for mask in builtin_masks():
        for seed in builtin_seeds():
            problem = problem_from_json({"format": "exactrelu-problem/1", "mask": mask, "seed": seed}, "pair")
            assert problem.mask == builtin_mask(mask)
    for mask, seed in product(builtin_masks(Field(3), 1), builtin_seeds(1)):
        assert problem_of(mask, seed).dimension == 1
    assert {entry["seed"] for entry in table("problems").values()} == set(builtin_seeds())
    masks = {entry["mask"] for entry in table("problems").values() if isinstance(entry["mask"], str)}
    assert masks == set(builtin_masks())


@mark.parametrize("name", sorted(builtin_problems()))
def test_problems_have_names_comments_and_small_windows(name):
    """Every built-in problem carries its name and a comment, and its window is at most 6 x 6."""
    problem = builtin_problems()[name]
    assert problem.name == name and table("problems")[name]["comment"]
    assert max(problem.size) <= 6


def test_seeds_are_what_their_names_say():
    """Supports, signs, integrals and special values of the built-in seeds."""
    boxes = {name: seed.function.support_box() for name, seed in builtin_seeds().items()}
    assert boxes["courant"] == boxes["courant_anti"] == boxes["window_edges"] == ((0, 2), (0, 2))
    assert boxes["courant_stretched"] == ((0, mpq(8, 3)), (0, mpq(4, 3)))
    assert boxes["courant3"] == ((0, 6), (0, 6)) and boxes["ring"] == ((0, 3), (0, 3))
    quarter = (mpq(1, 4), mpq(3, 4))
    assert boxes["unit_atom"] == boxes["hat8"] == (quarter, quarter)
    assert boxes["zero"] is None
    functions = {name: seed.function for name, seed in builtin_seeds().items()}
    assert functions["hat8"].evaluate(mpq(1, 2), mpq(1, 2)) == 8
    assert functions["nonconvex_star"].evaluate(mpq(9, 16), mpq(3, 2)) == mpq(1, 16)
    assert {height > 0 for height in functions["mixed_signs"].values if height} == {True, False}
    assert functions["ring"].evaluate(mpq(3, 2), mpq(3, 2)) == 0 and functions["ring"].evaluate(mpq(1, 2), 1) == 1
    assert not functions["hanging_node"].triangulation.is_conforming
    assert functions["courant_anti"].evaluate(mpq(3, 2), mpq(1, 2)) == mpq(1, 2)
    assert functions["courant"].evaluate(mpq(3, 2), mpq(1, 2)) == 0
    for edge in ((1, 0), (0, 1), (2, 1), (1, 2)):
        inside = [(19 * edge[axis] + 1) / mpq(20) for axis in (0, 1)]
        assert functions["window_edges"].evaluate(*inside) > 0
    assert all(functions[name].is_zero == (name == "zero") for name in functions)


@mark.parametrize("name", sorted(INTERPOLATORY))
def test_centred_masks_are_shifted_copies(name):
    """The centred problems carry the built-in interpolatory masks about 0: c at (0, 0) is 1 and 0 at other even k."""
    mask, reach = builtin_problems()[name].mask, INTERPOLATORY[name]
    assert {(j, k): c for (j, k), c in mask.items() if j % 2 == k % 2 == 0} == {(0, 0): 1}
    assert mask.shifted(reach, reach) in builtin_masks().values()
