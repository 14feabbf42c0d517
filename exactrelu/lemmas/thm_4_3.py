"""Theorem 4.3: the recursive realization of the vector of patches of V^n H on the unit square."""

from itertools import product

from exactrelu.construction import paper
from exactrelu.construction.choices import DEFAULT
from exactrelu.construction.lattice import lattice_form
from exactrelu.cpwl.polygon import Polygon
from exactrelu.field import mpq
from exactrelu.lemmas.enumeration import difference
from exactrelu.lemmas.instances import special_atoms
from exactrelu.lemmas.result import FOR_ALL, INSTANCES, Fact, Statement, Table
from exactrelu.lemmas.symbolic import between, failure, positive
from exactrelu.network import Builder, Chain, constant
from exactrelu.network.layers import layered
from exactrelu.refinement.cells import cells_within
from exactrelu.scheme import Problem, Seed, builtin_masks

STATEMENT = Statement(
    "Thm. 4.3",
    "recursive realization on the unit square",
    r"""
Let $\widehat\Phi_0 = H(R_n) e_\ell$ and, with the product gadget and the selectors at $z_{j-1}$,

$$\widehat\Phi_j = \sum_{q} \Pi_{a_n}\bigl(\chi_{q_2}, \ \Pi_{a_n}(\chi_{q_1}, \ T_q^\top \widehat\Phi_{j-1})\bigr),
\qquad j = 1, \ldots, n .$$

With $a_n = M_H \max(1, B, B^n)$ (the printed bound is too small, see the findings) $b_{11}^\top \widehat\Phi_n$ is the
patch $\ell$ of $V^n H$ on
$[0, 1]^2$. The network has fixed width and depth $O(n)$, and its weights are at most $C_2 \Lambda^n$; here $\Lambda = 2
\max(1, B)$.
""",
)

INSTANCES_OF_MASKS = {
    # mask: (window, atom, largest n); the first one has B < 1 < M_H, for which the printed a_n is too small
    "haar_half": ((1, 1), "reflex star", 3),
    "growing_haar_3": ((1, 1), "hexagon", 2),
    "difference_zero_sum": ((1, 1), "off centre", 2),
    "courant_M111": ((2, 2), "hexagon", 1),
}

WEIGHTS = 10


def check(choices=DEFAULT, instances=INSTANCES_OF_MASKS):
    """Return the `Check`; ``choices`` has the controller, the widths and a_n, ``instances`` the masks and atoms."""
    return STATEMENT.check(bound_fact(), network_fact(choices, instances), weights_fact(choices, instances))


def bound_fact():
    """Every state that a gate sees on a good orbit is at most a_n: B^j M_H ≤ M_H max(1, B, B^n) for 1 ≤ j ≤ n."""
    height, factor, power, rest = positive("height", "factor", "power", "rest")
    growing = {"B^j": power, "B^(n-j)": 1 + rest, "height": height}
    still = {"B^j": power, "B^(n-j)": 1 + 0 * rest, "height": height}
    shrinking = {"B": between(mpq(0), mpq(1), factor), "B^(j-1)": between(mpq(0), mpq(1), power), "height": height}
    first = {"B": between(mpq(0), mpq(1), factor), "B^(j-1)": 1 + 0 * power, "height": height}

    def claim(**case):
        if "B" in case:
            return (case["B"] * case["B^(j-1)"] * case["height"] <= case["height"],), (True,)
        return (case["B^j"] * case["height"] <= case["B^j"] * case["B^(n-j)"] * case["height"],), (True,)

    cases = [growing, still, shrinking, first]
    return Fact(
        r"$B^j M_H \leq M_H \max(1, B, B^n)$ for $1 \leq j \leq n$: for $B \geq 1$ since $B^{n-j} \geq 1$, for $B < 1$"
        r" since $B^j < 1$. So the gates"
        r" see states of size at most $a_n$ on good orbits, as Lemma 2.7 needs.",
        FOR_ALL,
        r"all $B > 0$, $M_H > 0$, $1 \leq j \leq n$ ($B^j$ and $B^{n-j}$ are symbols)",
        len(cases),
        failure(claim, cases),
    )


def atom_problem(mask, lengths, atom):
    """Return the `Problem` with an atom of the instances as its seed."""
    function = special_atoms()[atom]
    seed = Seed(function.vertices, function.triangles, function.values)
    return Problem(mask, builtin_masks()[mask], tuple((0, length) for length in lengths), seed)


def realization(problem, n, copy, choices):
    """Return the `Chain` of Theorem 4.3 for the patch ``copy``, placed on that patch; 0 if no entry can be non-zero."""
    layout = paper.layout_of(problem, n)
    if copy not in layout.live:
        return Chain([Builder(2).network([constant(0)])])
    layout = layout._replace(live={copy: layout.live[copy]})
    function = problem.seed.function
    bound = choices.gate_bound(layout.norm, max(function.values), n)
    delta = choices.transition_width(n)
    recursion = paper.recursion_block(layout, choices.controller, bound, delta)
    return Chain([
        paper.start_block(layout, (0, 0)),
        *[paper.transport_block(layout, choices.controller)] * n,
        paper.readout_block(layout, lattice_form(function.pieces()), choices.epsilon),
        paper.restart_block(layout, choices.controller, delta),
        *[recursion] * (n - 1),
        paper.last_block(layout, bound, mpq(1)),
    ])


def patch_pieces(problem, n, copy):
    """Return [(polygon, (form,))] of V^n H on the closed patch ``copy``, from the specification."""
    return [
        (Polygon(polygon.vertices), (form,))
        for _, pieces in cells_within(problem, n, 0, *copy)
        for polygon, form in pieces
    ]


def network_fact(choices, instances):
    """Every patch of every instance, on all of its unit square."""
    rows, cases, witness = [], 0, None
    for mask, (lengths, atom, levels) in instances.items():
        problem = atom_problem(mask, lengths, atom)
        for n in range(1, levels + 1):
            pieces = 0
            for copy in product(*map(range, lengths)):
                targets = patch_pieces(problem, n, copy)
                pieces += len(targets)
                found = difference(realization(problem, n, copy, choices), targets)
                if found is not None and witness is None:
                    witness = {"mask": mask, "atom": atom, "n": n, "patch": copy, **found}
            rows.append((mask, f"{lengths[0]} x {lengths[1]}", atom, n, pieces))
            cases += pieces
    return Fact(
        r"$b_{11}^\top \widehat\Phi_n$ is the patch $\ell$ of $V^n H$, for every $\ell$; the cases are the pieces of"
        r" $V^n H$.",
        INSTANCES,
        r"all points of $[0, 1]^2$; masks, windows, atoms and $n$ of the table",
        cases,
        witness,
        table=Table(("mask", "window", "atom", "n", "pieces"), tuple(rows)),
    )


def weights_fact(choices, instances):
    """Depth, width and weights for n = 1, …, WEIGHTS, on the layered networks themselves."""
    rows, witness = [], None
    for mask, (lengths, atom, _) in instances.items():
        problem = atom_problem(mask, lengths, atom)
        layout = paper.layout_of(problem, WEIGHTS)
        rate = 2 * max(mpq(1), layout.norm)
        constant = 3 * max(mpq(1), *problem.seed.values) / (choices.delta * choices.rho)
        copy = next(iter(layout.live))
        forms = [layered(realization(problem, n, copy, choices)) for n in range(1, WEIGHTS + 1)]
        width, depth = forms[-1].width, forms[0].depth
        rows.append((mask, width, f"5n + {depth - 5}", constant, rate))
        for n, form in enumerate(forms, 1):
            fits = form.width <= width and form.largest_weight <= constant * rate**n
            if not fits or form.depth != depth + 5 * (n - 1):
                found = {"width": form.width, "depth": form.depth, "weight": form.largest_weight}
                witness = witness or {"mask": mask, "n": n, **found}
    return Fact(
        r"The depth grows by 5 from $n$ to $n + 1$ (one layer for $\mathcal{F}$ before the readout, four for two"
        r" nested gadgets), the width is at"
        r" most that of the table, and all weights are at most $C_2 \Lambda^n$ with $C_2 = 3 \max(1, M_H) /"
        r" (\bar\delta \varrho)$.",
        INSTANCES,
        "the first patch, layered networks themselves",
        len(rows) * WEIGHTS,
        witness,
        table=Table(("mask", "width", "depth", "C2", "rate"), tuple(rows)),
        within={"n": (1, WEIGHTS)},
    )
