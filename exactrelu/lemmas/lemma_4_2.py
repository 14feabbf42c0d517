"""Lemma 4.2: the modified cascade identity, selectors in place of digits where the scalar factor is not zero."""

from itertools import product

from exactrelu.construction.choices import DEFAULT
from exactrelu.construction.lattice import lattice, lattice_form, minimum
from exactrelu.construction.loop import controller, embedding
from exactrelu.construction.readout import READOUTS
from exactrelu.construction.selector import digit_selectors
from exactrelu.cpwl.polygon import box, coordinates
from exactrelu.field import mpq
from exactrelu.lemmas.instances import special_atoms
from exactrelu.lemmas.result import FOR_ALL, INSTANCES, Fact, Statement
from exactrelu.network import Builder
from exactrelu.planar.bisection import Bisection

STATEMENT = Statement(
    "Lemma 4.2",
    "modified cascade identity",
    r"""
Let $\widehat{M}_j = \sum_q \chi_{q_1}(z^{(1)}_{j-1}) \chi_{q_2}(z^{(2)}_{j-1}) T_q$, the transition matrices blended by
the selectors of width $\delta_n$. For every
special atom $H$ in the patch $(1, 1)$, every $\ell$ and every $(x, y) \in [0, 1]^2$

$$e_\ell^\top G_n(x, y) = H(R_n(x, y)) \ e_\ell^\top \widehat{M}_1(x, y) \cdots \widehat{M}_n(x, y) \ b_{11} .$$

By (4.1) this is: where $H(R_n) \neq 0$, every $\widehat{M}_j$ is $T_{Q_j}$. That is so if no coordinate has entered the
transition set
(§4.1 (ii)), and otherwise $H(R_n) = 0$ (Lemma 4.1). No coefficient of a mask enters into this: what is checked for some
atoms and $n$ below does not depend on the mask and the window.
""",
)

LEVELS = {"hexagon": 3, "reflex star": 2, "two peaks": 2}
"""The atoms and the largest n for each."""


def blend(first, second):
    """Return {q: the weight of T_q} for the selectors (χ_0, χ_1) of x and of y."""
    return {q: first[q[0]] * second[q[1]] for q in product((0, 1), repeat=2)}


def check(selectors=digit_selectors, width=DEFAULT.transition_width, levels=LEVELS, blend=blend):
    """Return the `Check`; ``selectors`` is a formula of (builder, p, q, δ), ``width`` is n -> δ_n.

    ``levels`` are names of atoms and the largest n for each, ``blend`` makes the weights of M̂_j.
    """
    return STATEMENT.check(one_hot_fact(blend), regions_fact(selectors, width, levels))


def one_hot_fact(blend=blend):
    """With binary selectors the blended matrix is T_Q: one product of selectors is 1, the others are 0."""
    pairs = list(product((0, 1), repeat=2))
    witness = None
    for digits in pairs:
        weights = blend(*((1 - digit, digit) for digit in digits))
        if weights != {q: int(q == digits) for q in pairs}:
            witness = {"digits": digits, "weights": str(weights)}
    return Fact(
        r"If $\chi_1$ is the digit in both coordinates and $\chi_0 = 1 - \chi_1$, then $\widehat{M}_j = T_{Q_j}$.",
        FOR_ALL,
        "all masks, all four digit pairs",
        len(pairs),
        witness,
    )


def regions_fact(selectors, width, levels):
    """On every region of every dyadic square: H(R_n) is zero, or all selectors are the digits of the square."""
    cases, witness = 0, None
    for name, largest in levels.items():
        shape = lattice_form(special_atoms()[name].pieces())
        for n in range(1, largest + 1):
            cells = list(product(range(2**n), repeat=2))
            cases += len(cells)
            found = wrong_selector(network(shape, n, selectors, width(n)), n, cells)
            if found is not None and witness is None:
                witness = {"atom": name, "n": n, **found}
    return Fact(
        r"On every region of the square on which $H(R_n)$ and all selectors of all stages are affine, $H(R_n) = 0$ or"
        r" the selectors are the"
        r" binary digits of the dyadic square around it; the cases are the dyadic squares.",
        INSTANCES,
        r"all points of $[0, 1]^2$ (masks and windows do not enter); "
        + ", ".join(f"{name} for $n$ up to {n}" for name, n in levels.items()),
        cases,
        witness,
    )


def network(shape, n, selectors, delta):
    """Return the network of H(R_n) and of χ_1 at z_0, …, z_{n−1}, first for x and then for y."""
    b = Builder(2)
    loops = [embedding(b, t) for t in b.inputs]
    digits = []
    for _ in range(n):
        digits += [selectors(b, *loop, delta)[1] for loop in loops]
        loops = [controller(b, *loop) for loop in loops]
    branches = [
        b.relu(lattice(b, shape, first(b, *loops[0], DEFAULT.epsilon), second(b, *loops[1], DEFAULT.epsilon)))
        for first, second in product(READOUTS, repeat=2)
    ]
    return b.network([minimum(b, branches), *digits])


def wrong_selector(network, n, cells):
    """Return a witness where H(R_n) is not zero and a selector is not the digit, None if there is none."""
    side = mpq(1, 2**n)
    squares = [box(m1 * side, (m1 + 1) * side, m2 * side, (m2 + 1) * side) for m1, m2 in cells]
    for piece in Bisection(network).pieces(squares):
        height, *selected = piece.values
        if not any(height):
            continue
        digits = [index >> place & 1 for place in reversed(range(n)) for index in cells[piece.root]]
        for stage, (values, digit) in enumerate(zip(selected, digits, strict=True)):
            for vertex, value in zip(piece.polygon.vertices, values, strict=True):
                if value != digit:
                    return {
                        "stage": stage // 2 + 1, "coordinate": "xy"[stage % 2], "digit": digit, "chi_1": value,
                        "at a corner of a region with H(R_n) > 0": coordinates(vertex),
                    }
    return None
