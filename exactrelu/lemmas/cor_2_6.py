"""Corollary 2.6: the iterated cascade identity G_n(z) = T_{Q_1(z)} … T_{Q_n(z)} G(R_n(z))."""

from collections import Counter
from itertools import chain, pairwise

from exactrelu.cpwl.overlay import overlay
from exactrelu.field import mpq
from exactrelu.lemmas.expansion import (
    PointClass, classes_of, coordinate, generic_mask, outside_witness, patch_indices, place_of, windows,
)
from exactrelu.lemmas.matrices import MATRICES
from exactrelu.lemmas.prop_2_5 import doubling_fact
from exactrelu.lemmas.result import INSTANCES, WITHIN_RANGE, Fact, Statement
from exactrelu.lemmas.symbolic import between, positive
from exactrelu.refinement.cascade import digit, residual
from exactrelu.refinement.cells import target_pieces
from exactrelu.refinement.operator import iterate
from exactrelu.scheme import load_problem

STATEMENT = Statement(
    "Cor. 2.6",
    "iterated cascade identity",
    r"""
With $G_n$ the vector of patches of $V^n g$, for every $n \geq 1$ and every $z \in [0, 1]^2$

$$G_n(z) = T_{Q_1(z)} T_{Q_2(z)} \cdots T_{Q_n(z)} \, G(R_n(z)).$$

Induction: $V^n g$ is continuous with support in the window, (2.2), so that Prop. 2.5 gives $G_{n+1}(z) = T_{Q_1(z)}
G_n(R(z))$; the
digits of $R(z)$ are $Q_2(z), Q_3(z), \ldots$, and $R_n(R(z)) = R_{n+1}(z)$. For a special atom $H$ in the patch $(1,
1)$ this is (4.1):
$G_n(z) = T_{Q_1(z)} \cdots T_{Q_n(z)} H(R_n(z)) b_{11}$.
""",
)

MOST = 3

LEVELS = {n: MOST + 1 - n for n in range(1, MOST + 1)}
"""n and the largest side of a window on which both sides are expanded."""

PROBLEMS = {"bilinear": 2, "random_rational": 2, "zp": 1, "shifted": 2}
"""Problems and the largest n for which V^n g is made as one function."""


def check(matrices=MATRICES, digit=digit, residual=residual, pieces=target_pieces):
    """Return the `Check`; ``pieces`` is the specification's (problem, n) -> pieces of V^n g, made by the identity."""
    facts = [expanded_fact(name, matrix, digit, residual) for name, matrix in matrices.items()]
    return STATEMENT.check(doubling_fact(digit, residual), *facts, pieces_fact(pieces))


def expanded_fact(name, matrix, digit, residual):
    """Both sides as polynomials in the mask coefficients times values of g, at every class of points of level n."""
    cases, witness, doubt = 0, None, None
    for n, largest in LEVELS.items():
        classes, open_class = level_classes(n, digit, residual)
        doubt = doubt or open_class
        witness = witness or outside_witness(chain.from_iterable(classes))
        for lengths in windows(largest):
            coefficients = iterated_generic_mask(lengths, n)
            mask = generic_mask(lengths)
            transitions = {q: matrix(mask, lengths, q) for q in ((0, 0), (0, 1), (1, 0), (1, 1))}
            for along_x in classes:
                for along_y in classes:
                    for patch in patch_indices(lengths):
                        cases += 1
                        found = cascade_side(transitions, lengths, patch, along_x, along_y)
                        if witness is None and found != direct_side(coefficients, lengths, patch, n, along_x, along_y):
                            witness = {
                                "n": n, "window": lengths, "patch": patch, "x": along_x[0].name, "y": along_y[0].name,
                            }
    return Fact(
        rf"Both sides, expanded in the mask coefficients and the values of $g$, agree; matrices of the {name}.",
        WITHIN_RANGE,
        r"all masks (every coefficient a symbol), all continuous $g$, all $z \in [0, 1]^2$ (dyadic points of level"
        " $n$, edges and cells)",
        cases,
        witness or doubt,
        within={"n": (1, MOST), "n + L_1": (2, MOST + 1), "n + L_2": (2, MOST + 1)},
    )


def level_classes(n, digit, residual):
    """Return (the `PointClass`es of t, r(t), …, r^{n−1}(t) for each dyadic point and interval of level n; None).

    As `point_classes` where a map has a kink inside of an interval.
    """
    (s,) = positive("s")
    knots = [mpq(k, 2**n) + 0 * s for k in range(2**n + 1)]
    named = [(f"t = {k}/{2**n}", knot) for k, knot in enumerate(knots)]
    named += [(f"{k}/{2**n} < t < {k + 1}/{2**n}", between(*pair, s)) for k, pair in enumerate(pairwise(knots))]

    def steps_of(name, t):
        steps = []
        for _ in range(n):
            bit, t = digit(t), residual(t)
            steps.append(PointClass(name, bit, place_of(t)))
        return steps

    return classes_of(dict(named), steps_of)


def iterated_generic_mask(lengths, n):
    """Return {k: Counter of monomials} of c^(n)_k: V^n g(z) = Σ c^(n)_k g(2^n z − k), monomials sorted tuples."""
    answer = {(0, 0): Counter({(): 1})}
    for level in range(n):
        following = {}
        for (i1, i2), polynomial in answer.items():
            for k in generic_mask(lengths):
                place = following.setdefault((2**level * k[0] + i1, 2**level * k[1] + i2), Counter())
                for monomial, count in polynomial.items():
                    place[tuple(sorted((*monomial, k)))] += count
        answer = following
    return answer


def direct_side(coefficients, lengths, patch, n, along_x, along_y):
    """Return {place: Counter of monomials} of V^n g at points of patch (a, b) with these digits, by the direct sum."""
    answer = {}
    for index, polynomial in coefficients.items():
        place = []
        for steps, a, k, length in zip((along_x, along_y), patch, index, lengths, strict=True):
            # 2^n (t + a − 1) − k = r^n(t) + the number with the digits of t + 2^n (a − 1) − k
            whole = sum(step.digit << (n - 1 - at) for at, step in enumerate(steps))
            place.append(coordinate(steps[-1].place, whole + 2**n * (a - 1) - k, length))
        if None not in place:
            answer.setdefault(tuple(place), Counter()).update(polynomial)
    return answer


def cascade_side(transitions, lengths, patch, along_x, along_y):
    """Return {place: Counter of monomials} of the row of T_{Q_1} ⋯ T_{Q_n} times the patches of g at R_n."""
    row = {patch: Counter({(): 1})}
    for step_x, step_y in zip(along_x, along_y, strict=True):
        following = {}
        for (target, source), index in transitions[step_x.digit, step_y.digit].items():
            for monomial, count in row.get(target, {}).items():
                following.setdefault(source, Counter())[tuple(sorted((*monomial, index)))] += count
        row = following
    answer = {}
    for source, polynomial in row.items():
        place = tuple(
            coordinate(steps[-1].place, alpha - 1, length)
            for steps, alpha, length in zip((along_x, along_y), source, lengths, strict=True)
        )
        if None not in place:
            answer.setdefault(place, Counter()).update(polynomial)
    return answer


def pieces_fact(pieces, problems=PROBLEMS):
    """The specification's pieces of V^n g, made by the identity, against V^n g as one function made by overlays."""
    cases, witness = 0, None
    for name, levels in problems.items():
        problem = load_problem(name)
        for n in range(1, levels + 1):
            whole = iterate(problem, n)
            for polygon, form in pieces(problem, n):
                cases += 1
                off = next((cell for cell, (found,) in overlay([whole], polygon) if found != form), None)
                if off is not None and witness is None:
                    witness = {"problem": name, "n": n, "point": off.interior_point()}
    return Fact(
        r"The specification's pieces of $V^n g$, made with digits and matrices, are those of $V^n g$ made as one"
        r" function by applying (2.1)"
        r" $n$ times.",
        INSTANCES,
        "all points of the window; " + ", ".join(f"{name} for n up to {levels}" for name, levels in problems.items()),
        cases,
        witness,
    )
