"""Proposition 5.1: every compactly supported CPwL seed is a finite sum of translated special atoms."""

from exactrelu.certification.enumeration import certify
from exactrelu.construction.atoms import decomposition
from exactrelu.construction.lattice import lattice
from exactrelu.cpwl.polygon import coordinates, plane
from exactrelu.field import mpq
from exactrelu.lemmas.instances import RHO
from exactrelu.lemmas.result import FOR_ALL, INSTANCES, Fact, Statement, Table
from exactrelu.lemmas.symbolic import between, failure, positive
from exactrelu.network import Builder, linear_combination
from exactrelu.planar import affine_pieces
from exactrelu.scheme import Mask, Problem, builtin_seeds, smallest_window

STATEMENT = Statement(
    "Prop. 5.1",
    "finite special-atom decomposition",
    r"""
Every compactly supported CPwL function $g$ is a finite sum $g(z) = \sum_\nu a_\nu H_\nu(z - \delta_\nu)$ of translated
special atoms.

The atoms are nodal hats of a triangulation on which $g$ is affine and on which every hat with $g \neq 0$ at its vertex
fits into a square of side
$1 - 2\varrho$; such a vertex is interior, since $g$ is continuous and 0 outside. On a triangle, $g$ is the combination
of the hats of its corners with
the values of $g$ there: barycentric coordinates.
""",
)

SEEDS = ("courant", "mixed_signs", "nonconvex_star", "window_edges", "ring", "hanging_node")


def check(decompose=decomposition, seeds=SEEDS):
    """Return the `Check`; ``decompose`` is (CPwL, ϱ) -> terms."""
    return STATEMENT.check(barycentric_fact(), fits_fact(), sum_fact(decompose, seeds))


def barycentric_fact():
    """The affine function with given values at three points is the combination of its barycentric coordinates."""
    x, y, f, g, h, base, right, up = positive("x", "y", "f", "g", "h", "base", "right", "up")
    # by affine maps: the triangle (0, 0), (base, 0), (right, up), any corner first, covers all triangles
    cases = [{"x": x, "y": y, "f": f, "g": g, "h": h, "base": base, "right": right, "up": up}]

    def claim(x, y, f, g, h, base, right, up):
        third = y / up
        second = (x - right * third) / base
        first = 1 - second - third
        slope_x = (g - f) / base
        slope_y = (h - f - slope_x * right) / up
        return (f + slope_x * x + slope_y * y,), (f * first + g * second + h * third,)

    return Fact(
        r"On a triangle the affine function with values $f, g, h$ at the corners is $f \lambda_1 + g \lambda_2 + h"
        r" \lambda_3$.",
        FOR_ALL,
        r"all triangles $(0,0), (b, 0), (r, u)$, to which rigid motions and reflections bring all others; all values"
        r" and points",
        len(cases),
        failure(claim, cases),
    )


def fits_fact():
    """An interval of length ≤ 1 − 2ϱ, centred in [0, 1], lies in [ϱ, 1 − ϱ]."""
    low, size, rho = positive("low", "size", "rho")
    margin = between(mpq(0), mpq(1, 2), rho)
    cases = [
        {"low": sign * low, "length": length, "rho": margin}
        for sign in (-1, 0, 1)
        for length in (between(0 * size, 1 - 2 * margin, size), 1 - 2 * margin)
    ]

    def claim(low, length, rho):
        shift = (low + low + length - 1) / 2
        return (rho <= low - shift, low + length - shift <= 1 - rho), (True, True)

    return Fact(
        r"An interval $[t, t + s]$ with $s \leq 1 - 2\varrho$, moved by $-(2t + s - 1)/2$, lies in $[\varrho, 1 -"
        r" \varrho]$.",
        FOR_ALL,
        r"all $t$, all $0 < s \leq 1 - 2\varrho$, all $0 < \varrho < 1/2$, one coordinate",
        len(cases),
        failure(claim, cases),
    )


def sum_fact(decompose, seeds):
    """The project's decompositions, each as one network: the sum is g on the plane; and every atom on its own."""
    rows, cases, witness = [], 0, None
    for name in seeds:
        seed = builtin_seeds()[name]
        terms = decompose(seed.function, RHO)
        atoms = {term.atom for term in terms}
        rows.append((name, len(seed.simplices), len(terms), len(atoms)))
        cases += len(terms)
        mask = Mask({(0, 0): 1})
        problem = Problem(name, mask, smallest_window(mask, seed), seed)
        verdict = certify(problem, 0, sum_network(terms), jobs=1)
        if verdict.counterexample is not None and witness is None:
            point, found, expected, _ = verdict.counterexample
            witness = {"seed": name, "point": point, "sum of the atoms": found, "g": expected}
        for atom in atoms:
            bad = atom_network_failure(atom)
            if bad is not None and witness is None:
                witness = {"seed": name, **bad}
    return Fact(
        r"The project's decompositions: the sum of the translated atoms is $g$, and every atom is a special atom. The"
        r" atoms are taken as the networks"
        r" that the constructions use, $\max(0, \max_S \min_{k \in S} g_k)$ with affine $g_k$.",
        INSTANCES,
        rf"all points of the plane, $\varrho = {RHO}$; the cases are the translated atoms",
        cases,
        witness,
        table=Table(("seed", "triangles", "translated atoms", "different atoms"), tuple(rows)),
    )


def sum_network(terms):
    """Return the network of Σ a_ν H_ν(z − δ_ν)."""
    b = Builder(2)
    x, y = b.inputs
    heights = [b.relu(lattice(b, term.atom.shape, x - term.shift[0], y - term.shift[1])) for term in terms]
    return b.network([linear_combination([term.coefficient for term in terms], heights)])


def atom_network_failure(atom):
    """Return None if the network of an atom is 0 outside [ϱ, 1 − ϱ]² (it is ≥ 0 everywhere), else a witness."""
    b = Builder(2)
    network = b.network([b.relu(lattice(b, atom.shape, *b.inputs))])
    for polygon, form in affine_pieces(network, plane()):
        if any(form) and not polygon.is_bounded:
            return {"an unbounded region with H": polygon.interior_point()}
        for x, y in map(coordinates, polygon.vertices) if any(form) else ():
            if not (RHO <= x <= 1 - RHO and RHO <= y <= 1 - RHO):
                return {"point of the support": (x, y)}
    return None
