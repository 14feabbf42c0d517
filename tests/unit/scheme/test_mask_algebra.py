"""exactrelu.scheme.algebra and symbols: box splines, tensor products, products and convolutions; norms of masks."""

from itertools import product
from random import Random

import pytest
from random_schemes import random_scheme_mask

from exactrelu.errors import InputError
from exactrelu.field import Quadratic, mpq
from exactrelu.refinement.mask import iterated_mask, largest_coset_norm, largest_row_norm
from exactrelu.refinement.symbol import factors, symbol_text
from exactrelu.scheme import Mask, builtin_mask, builtin_masks
from exactrelu.scheme.algebra import box_spline, convolution, tensor, tensor_dilation, times
from exactrelu.scheme.dilation import as_dilation

QUINCUNX = [[1, 1], [1, -1]]
ROOT3 = Quadratic(0, 1, 3)


def test_norms():
    """Column norms are the largest over cosets and columns, row norms over rows, of numbers and of matrices."""
    mask = Mask({0: [[1, -2], [0, 3]], 1: [[5, 0], [0, -7]], 2: [[0, 1], [4, 0]]})
    assert largest_coset_norm(mask) == 7 and largest_row_norm(mask) == 14 and largest_coset_norm(mask, 3) == 7
    for name, mask in builtin_masks().items():
        sums = [sum(abs(c) for k, c in mask.items() if (k[0] % 2, k[1] % 2) == e) for e in product((0, 1), repeat=2)]
        assert largest_coset_norm(mask) == max(sums) and largest_row_norm(mask) == sum(sums), name


def test_box_splines_and_tensor_products():
    """The built-in masks are box splines and tensor products, up to shifts."""
    line = {m: box_spline([(1,)] * m) for m in range(1, 5)}
    x, y, d, e = (1, 0), (0, 1), (1, 1), (1, -1)
    for m in (2, 3, 4):
        assert line[m] == builtin_mask(f"bspline_{m}")
    for m in (1, 2, 3, 4):
        assert tensor(line[m], line[m]) == box_spline([x, y] * m) == builtin_mask(f"bspline_tensor_{m}")
    assert box_spline([x, y, d]) == builtin_mask("courant_M111")
    assert box_spline([x, y, d] * 2) == builtin_mask("loop_M222")
    assert box_spline([x, y, d, e]).shifted(0, 1) == builtin_mask("ZP_M1111")
    assert box_spline([x, y, d, d]) == builtin_mask("box_M112")
    assert tensor(builtin_mask("dd4"), builtin_mask("dd4")) == builtin_mask("dd4_tensor")
    d4 = builtin_mask("daubechies_D4")
    assert tensor(d4, d4) == builtin_mask("daubechies_D4_tensor")
    assert tensor_dilation(as_dilation(3, 1), as_dilation(QUINCUNX, 2)).matrix == ((3, 0, 0), (0, 1, 1), (0, 1, -1))
    assert box_spline([(1,)], 5) == Mask(dict.fromkeys(range(5), 1))
    for directions, reason in (
        ([], "at least one"), ([(1, 0), (1,)], "one length"), ([(1, 0), (2, 0)], "their rank is 1"),
        ([(1,)] * 65, "limit 64"),
    ):
        with pytest.raises(InputError, match=reason):
            box_spline(directions)


def test_products_and_convolutions():
    """Symbols multiply; hat * hat is the cubic B-spline; iterates of tensor products are tensor products."""
    hat = builtin_mask("bspline_2")
    assert convolution(hat, hat) == builtin_mask("bspline_4")
    assert convolution(hat, box_spline([(1,)])) == builtin_mask("bspline_3")
    first, second, third = (random_scheme_mask(Random(k), 1, 2) for k in range(3))
    assert times(times(first, second), third) == times(first, times(second, third))
    assert times(first, second) != times(second, first)
    one, other = random_scheme_mask(Random(7), 1), random_scheme_mask(Random(8), 2)
    dilation = tensor_dilation(as_dilation(3, 1), as_dilation(QUINCUNX, 2))
    power = iterated_mask(tensor(one, other), 3, dilation)
    factors_of_power = iterated_mask(one, 3, 3), iterated_mask(other, 3, as_dilation(QUINCUNX, 2))
    assert power == dict(tensor(*map(Mask, factors_of_power)))
    square = tensor(first, second)
    assert square.components == 4 and iterated_mask(square, 2) == dict(
        tensor(Mask(iterated_mask(first, 2)), Mask(iterated_mask(second, 2)))
    )
    big = Mask({k: 1 for k in range(400)})
    for make in (times, tensor):
        with pytest.raises(InputError, match="too large"):
            make(big, big)
    with pytest.raises(InputError, match="several components"):
        convolution(first, second)


def test_symbols():
    """Box spline factors are found with their multiplicities, and no others; symbols are written in a few letters."""
    mask = box_spline([(1, 0), (1, 0), (0, 1), (1, -1), (1, 1)])
    assert factors(mask, 2) == ({(0, 1): 1, (1, 0): 2, (1, 1): 1, (1, -1): 1}, Mask({(0, 0): mpq(1, 8)}))
    found, rest = factors(builtin_mask("dd4"), 2)
    assert found == {(1,): 4} and len(rest) == 3
    assert factors(box_spline([(1,)] * 3, 3), 3)[0] == {(1,): 3} and factors(Mask({0: 1, 1: 1}), 3)[0] == {}
    assert symbol_text(builtin_mask("bspline_2")) == "1/2 + z + 1/2 z^2"
    assert symbol_text(Mask({(-1, 0): -1, (0, 2): ROOT3, (1, 1): 1 - ROOT3})) == "-x^-1 + sqrt(3) y^2 + (1-sqrt(3)) x y"
    assert symbol_text(Mask({(0, 0, 0, 0): 1, (1, 0, 0, -2): mpq(-1, 2)})) == "1 - 1/2 z1 z4^-2"
    assert symbol_text(builtin_mask("loop_M222")).endswith("+ ... (19 terms)")
