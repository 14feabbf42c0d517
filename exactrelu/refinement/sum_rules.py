"""Sum rules: which polynomials the integer translates of a refinable function add up to.

For a polynomial p and row vectors y_ν, one for each exponent ν, write (p ∗ y)(x) = Σ_ν y_ν D^ν p(x)/ν!. A mask has *sum
rules of order m* if some y with y_0 ≠ 0 satisfies Σ_β (p ∗ y)(β) c_{α - Aβ} = (p(A⁻¹·) ∗ y)(α) for all polynomials p of
degree < m and all α in Z^d. Then Σ_β (p ∗ y)(β) φ(x - β) = p(x) for the refinable function φ: the translates generate
all polynomials of degree < m. For a mask of numbers that means that Σ c_k p(k) over each coset of A Z^d is the same for
deg p < m, and 1 for p = 1.
"""

from itertools import product
from math import comb, prod
from typing import NamedTuple

from exactrelu.field import mpq
from exactrelu.linear import null_space
from exactrelu.refinement.mask import coset_sums
from exactrelu.scheme.dilation import as_dilation

MAX_ORDER = 16
"""The highest order of sum rules that is looked for."""


class SumRules(NamedTuple):
    """Sum rules of a mask divided by the number ``scale``: their ``order``, and y as {ν: row}, for |ν| < order.

    ``scale`` is 1 unless the sums over cosets are all equal to another number; with 0, or unequal, the order is 0.
    """

    order: int
    scale: object
    y: dict


def sum_rules(mask, dilation):
    """Return the `SumRules` of the highest order up to `MAX_ORDER`; y is one solution, with a number 1 in y_0."""
    if dilation.determinant > len(mask):  # a coset without a coefficient
        return SumRules(0, mpq(0), {})
    if mask.components == 1:
        scale = common_sum(mask, dilation)
        order = sum_rule_order(mask, dilation) if scale else 0
        return SumRules(order, scale, _solution(mask, dilation, order, scale) if order else {})
    best = SumRules(0, mpq(1), {})
    while best.order < MAX_ORDER:
        y = _solution(mask, dilation, best.order + 1, mpq(1))
        if y is None:
            break
        best = SumRules(best.order + 1, mpq(1), y)
    return best


def common_sum(mask, dilation):
    """Return the sum of the coefficients, numbers, over each coset of A Z^d, if it is the same for all; else 0."""
    sums = set(coset_sums(mask, dilation).values())
    return mpq(0) if len(sums) > 1 else sums.pop()


def sum_rule_order(mask, dilation=2):
    """Return the largest m <= `MAX_ORDER` such that Σ c_k p(k) is the same over all cosets of A Z^d, for deg p < m.

    The coefficients are numbers.
    """
    dilation, order = as_dilation(dilation, mask.dimension), 0
    if dilation.determinant > len(mask):
        return 0
    cosets = {k: dilation.residue(k) for k in mask}
    while order < MAX_ORDER and all(
        _moments_agree(mask, cosets, dilation, mu) for mu in exponents_of_degree(mask.dimension, order)
    ):
        order += 1
    return order


def _moments_agree(mask, cosets, dilation, mu):
    moments = dict.fromkeys(dilation.cosets, mpq(0))
    for k, c in mask.items():
        moments[cosets[k]] += c * prod(t**power for t, power in zip(k, mu, strict=True))
    return len(set(moments.values())) == 1


def exponents(d, m):
    """Return the exponents ν in N^d with |ν| < m, in the order of their degree."""
    return [nu for degree in range(m) for nu in exponents_of_degree(d, degree)]


def exponents_of_degree(d, degree):
    """Return the exponents ν in N^d with |ν| = degree."""
    if d == 1:
        return [(degree,)]
    return [(first, *rest) for first in range(degree + 1) for rest in exponents_of_degree(d - 1, degree - first)]


def convolved(y, mu, x):
    """Return (p ∗ y)(x) for the monomial p = x^μ, with the rows of y."""
    width = len(next(iter(y.values())))
    answer = [mpq(0)] * width
    for nu, row in y.items():
        if all(n <= m for n, m in zip(nu, mu, strict=True)):
            factor = _weight(mu, nu, x)
            answer = [a + factor * b for a, b in zip(answer, row, strict=True)]
    return answer


def reproduction(rules):
    """Return (degree, τ): the highest degree, and the shift, for which Σ_β p(β + τ) φ(x - β) = p(x); -1 for none.

    For a mask of numbers: then y_ν = τ^ν. The shift is 0 if only constants are reproduced.
    """
    if not rules.order:
        return -1, None
    d = len(next(iter(rules.y)))
    units = [tuple(int(i == k) for k in range(d)) for i in range(d)]
    tau = tuple(rules.y[unit][0] for unit in units) if rules.order > 1 else (mpq(0),) * d
    degree = 0
    while degree + 1 < rules.order and all(
        rules.y[nu] == [prod(t**n for t, n in zip(tau, nu, strict=True))] for nu in rules.y if sum(nu) == degree + 1
    ):
        degree += 1
    return degree, tau


def _solution(mask, dilation, m, scale):
    """Return a y for the order m, or None; the equations at α = 0 for p = x^μ and each coset of k are all of them."""
    d, r = mask.dimension, mask.components
    powers = exponents(d, m)
    columns = {(nu, i): number for number, (nu, i) in enumerate(product(powers, range(r)))}
    by_coset = {gamma: [] for gamma in dilation.cosets}
    for i, row in enumerate(mask.entries):
        for k, l, c in row:
            by_coset[dilation.residue(k)].append((_minus_preimage(dilation, k), i, l, c / scale))
    equations = []
    for mu in powers:
        image = _composed(mu, dilation)
        for entries in by_coset.values():
            rows = [[mpq(0)] * len(columns) for _ in range(r)]
            for nu in powers:
                if all(n <= p for n, p in zip(nu, mu, strict=True)):
                    for x, i, l, c in entries:
                        rows[l][columns[nu, i]] += c * _weight(mu, nu, x)
            for nu, c in image.items():
                for l in range(r):
                    rows[l][columns[nu, l]] -= c
            equations += rows
    zero = (0,) * d
    for vector in null_space(equations, len(columns)):
        row = [vector[columns[zero, i]] for i in range(r)]
        if any(row):
            unit = next(entry for entry in row if entry)
            return {nu: [vector[columns[nu, i]] / unit for i in range(r)] for nu in powers}
    return None


def _weight(mu, nu, x):
    """Return D^ν x^μ / ν! at x: binomial(μ, ν) x^(μ - ν)."""
    return prod((comb(m, n) * t ** (m - n) for m, n, t in zip(mu, nu, x, strict=True)), start=mpq(1))


def _minus_preimage(dilation, k):
    return tuple(-sum(a * t for a, t in zip(row, k, strict=True)) for row in dilation.inverse)


def _composed(mu, dilation):
    """Return {ν: coefficient} of the polynomial (A⁻¹x)^μ."""
    d = len(mu)
    answer = {(0,) * d: mpq(1)}
    for row, power in zip(dilation.inverse, mu, strict=True):
        for _ in range(power):
            longer = {}
            for nu, c in answer.items():
                for axis, a in enumerate(row):
                    if a:
                        key = tuple(n + (i == axis) for i, n in enumerate(nu))
                        longer[key] = longer.get(key, 0) + c * a
            answer = longer
    return answer
