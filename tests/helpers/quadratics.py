"""Numbers of Q(√D) for tests: of all sizes, and such that are nearly 0; and what to do with two of them."""

import operator
from math import isqrt

from gmpy2 import mpq

from exactrelu.field import Quadratic

ROOTS = (2, 3, 5, 7, 999_983, 6_469_693_230)
OPERATIONS = (operator.add, operator.sub, operator.mul, operator.truediv)
COMPARISONS = (operator.lt, operator.le, operator.gt, operator.ge, operator.eq, operator.ne)


def best_approximations(D, count):
    """Return the first convergents p / q of the continued fraction of √D, the rationals that are nearest to it."""
    answer, (m, d, a) = [], (0, 1, isqrt(D))
    (p, q), (older_p, older_q) = (a, 1), (1, 0)
    for _ in range(count):
        answer.append((p, q))
        m = d * a - m
        d = (D - m * m) // d
        a = (isqrt(D) + m) // d
        (p, q), (older_p, older_q) = (a * p + older_p, a * q + older_q), (p, q)
    return answer


def some_numbers(random, D, count):
    """Return numbers of Q(√D): small, large, rational, opposite, conjugate, and very close to 0 and to integers."""
    def fraction():
        return mpq(random.choice((0, 1, -1, random.randint(-30, 30), random.getrandbits(80))), random.randint(1, 12))

    numbers = [mpq(0), mpq(1), mpq(-1, 2)]
    for p, q in random.sample(best_approximations(D, 25), 4):
        near = Quadratic(mpq(p), mpq(-q), D)
        numbers += [near, -near, near.conjugate(), near + random.randint(-9, 9), near / 10**9]
    for _ in range(count):
        a, b = fraction(), fraction()
        numbers.append(Quadratic(a, b, D) if b else a)
    return numbers
