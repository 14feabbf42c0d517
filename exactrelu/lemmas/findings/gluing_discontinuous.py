"""Lemma 4.4 is false for a discontinuous f: the edge compatibilities do not see the border of the window."""

from exactrelu.construction.gluing import gluing_copies, ramp
from exactrelu.field import mpq
from exactrelu.lemmas.lemma_4_4 import gluing_fact
from exactrelu.lemmas.result import FOR_ALL, Fact, Statement
from exactrelu.network import Builder, constant, linear_combination

STATEMENT = Statement(
    "Lemma 4.4, continuity",
    "gluing needs continuity",
    r"""
The lemma assumes that $f$ has its support in the window, that every patch is a network, and that neighbouring patches
agree on common edges. It does not assume that $f$
vanishes on the border of the window, which the one-dimensional gluing lemma needs; "the support condition on $f$" does
not give it. For $L_1 = L_2 = 1$ and $f = 1$ on the
closed unit square, 0 elsewhere, all assumptions hold, and the glued function is 1 on the whole plane. For continuous
$f$ the lemma holds.
""",
)

POINT = (mpq(2), mpq(2))


def check(copies=gluing_copies):
    """Return the `Check`; ``copies`` lists the signed terms for (L1, L2)."""
    return STATEMENT.check(constant_patch_fact(copies), gluing_fact(copies))


def constant_patch(u, v):
    """Return the patch f_11 = 1, whatever the clamped coordinates are."""
    return 0 * u + 0 * v + constant(1)


def constant_patch_fact(copies):
    """The real glued network for the constant patch 1 on the window 1 × 1, at a point outside."""
    b = Builder(2)
    signs, values = [], []
    for copy in copies((1, 1)):
        u, v = (ramp(b, t, index) for t, index in zip(b.inputs, copy.patch, strict=True))
        signs.append(copy.sign)
        values.append(constant_patch(u, v))
    (found,) = b.network([linear_combination(signs, values)]).evaluate(POINT)
    witness = {"z": POINT, "glued": found, "f": mpq(0)} if found != 0 else None
    return Fact(
        r"The glued function is $f$ for every $f$ with support in the window whose patches are networks with the edge"
        r" compatibilities: $f = 1$ on $[0, 1]^2$, 0 elsewhere.",
        FOR_ALL,
        "one point",
        1,
        witness,
        printed=True,
    )
