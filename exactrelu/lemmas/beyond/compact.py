"""Correctness of the construction compact."""

from exactrelu.certification.induction import sizes_all
from exactrelu.construction import compact
from exactrelu.construction.gate import positive_gate
from exactrelu.lemmas.result import FOR_ALL, Fact, Statement
from exactrelu.lemmas.symbolic import POINTWISE, between, failure, positive
from exactrelu.lemmas.whole import certified_fact, sizes_fact
from exactrelu.scheme import load_problem

STATEMENT = Statement(
    "compact",
    "correctness of the construction compact",
    r"""
`compact` follows Theorem 4.3, $H(R_n)$ first and then the cascade from a carried copy of the input, with one controller
for the whole window, two readout branches and gates of one layer. The argument, of which the pages named here check the
parts and this one checks the first gate and instances of the whole:

* the loop state of a coordinate in $[0, L]$ is that of its fractional part, and the cell of the input is one more
  digit, with the same localization of its transition set (*Cells*);
* $H(R_n)$ is the minimum of two branches (*Two branches*), and 0 outside the window, where the loop state is $E(0)$;
* the first gate is $(A - M_H d)_+$ with $A$ the minimum over the branches of the max-min form without its $\max(0,
  \cdot)$: for $d = 0$ it is $A_+ = H(R_n)$, for $d \geq 1$ it is 0, since $A \leq M_H$;
* rows are doubled and non-negative (*Doubled cascade*), their gates are right on good orbits since states are at most
  $a_n$ (Thm. 4.3), and on bad ones since $\Phi_0 = 0$ stays 0 (*One-layer gate*);
* atoms with the same $H$ whose shifts agree mod 1 differ in the entry of the last row that is read, so that one network
  serves them.
""",
)

CERTIFIED = (
    ("haar", 3),
    ("haar_growing", 2),
    ("a_n_witness", 3),
    ("difference", 3),
    ("single_c21", 3),
    ("bilinear", 1),
)

SIZED = (("haar",), ("bilinear",), ("difference",))

LEVELS = 8


def check(build=compact.build, certified=CERTIFIED):
    """Return the `Check`; ``build`` is (problem, n) -> network."""

    def network(name, n):
        return build(load_problem(name), n)

    sizes = r"The width is at most $W$, the depth at most $L = 2n + c$, for every $n \geq 1$."
    return STATEMENT.check(
        first_gate_fact(),
        certified_fact(r"The network is $V^n g$.", certified, network, load_problem),
        sizes_fact(sizes, SIZED, network, LEVELS, lambda name: sizes_all(load_problem(name), "compact")),
    )


def first_gate_fact():
    """(A − M_H d)₊ is A₊ for d = 0 and 0 for d ≥ 1, if A ≤ M_H; and 0 for every d if A ≤ 0."""
    height, extra, s, below = positive("height", "extra", "s", "below")
    values = (-below, 0 * s, between(0 * height, height, s), height)
    cases = [{"a": a, "d": d + 0 * s, "height": height} for a in values for d in (0, 1, 1 + extra)]
    cases += [{"a": a, "d": s, "height": height} for a in (-below, 0 * s)]

    def claim(a, d, height):
        found = positive_gate(POINTWISE, d, [a], height)
        return tuple(found), ((a if a > 0 else 0 * a) if d == 0 else 0,)

    return Fact(
        r"$(A - M_H d)_+$ is $A_+$ for $d = 0$, and 0 for $d \geq 1$, if $A \leq M_H$; it is 0 for every $d \geq 0$ if"
        r" $A \leq 0$, as on bad orbits.",
        FOR_ALL,
        r"all $M_H > 0$, $A \leq M_H$, $d$ as said",
        len(cases),
        failure(claim, cases),
    )
