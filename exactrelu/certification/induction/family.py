"""The theorem for all n about constructions with atoms: what they make for n = 1, 2, … equals V^n g.

What is proved is the template of their blocks (`template`), whose weights are functions of h = 2⁻ⁿ; the template is
compared with the networks for some n. The facts are those for one n, with comparisons of numbers that hold for all n at
once (`uniform`). Where they do not hold for small n, these n are proved one by one.
"""

from functools import cache

from exactrelu.certification.induction import atom_family, atoms
from exactrelu.certification.induction.atom_facts import conclusion
from exactrelu.certification.induction.blocks import cut
from exactrelu.certification.induction.facts import Fact, Proof, Unproved
from exactrelu.certification.induction.uniform import NotUniform
from exactrelu.network.layers import layered
from exactrelu.proof.levels import Sizes

COUNT = 6
"""How many members of a family are compared with its template; three determine it."""

LATEST = 6
"""The largest n from which on a proof for all n is tried; those before are proved one by one."""

COUNTED = 9
"""Up to which n the layered networks are counted."""


def prove_all(problem, build):
    """Return (`Proof`, `Sizes`): ``build(n)`` equals V^n g on R² for every n ≥ 1; raises `Unproved`."""
    build = cache(build)
    found = cache(lambda n: cut(build(n)))
    alone = []
    for first in range(1, LATEST + 1):
        try:
            facts = atom_family.facts_for_all(problem, {n: found(n) for n in range(first, first + COUNT)})
        except NotUniform:
            proof = atoms.prove(problem, first, found(first))
            alone.append(Fact(f"n = {first}", proof.theorem, f"for itself, by {len(proof.facts)} facts", proof.pieces))
            continue
        sizes, size_fact = sizes_for_all(build)
        theorem = (
            "For every n >= 1, the network made of the blocks below equals V^n g at every point of R^2; its width is "
            f"W = {sizes.width} and its depth L = {sizes.depth.replace('+', ' + ')} (Theorem 1.1 for this mask and "
            "this seed)."
        )
        return Proof(theorem, (*alone, *facts, size_fact), conclusion("n")), sizes
    raise Unproved("the family", f"its proof does not become the same for all n from n = {LATEST} on")


def sizes_for_all(build):
    """Return (`Sizes`, the fact that they are those of every n), counted on the layered networks of some n."""
    widths = {n: [len(layer) for layer in layered(build(n)).layers] for n in range(1, COUNTED + 1)}
    slope = len(widths[COUNTED]) - len(widths[COUNTED - 1])
    extra = len(widths[COUNTED]) - slope * COUNTED
    if any(len(row) != slope * n + extra for n, row in widths.items()):
        raise Unproved("the family", f"its depth is not {slope} n + {extra} for all n up to {COUNTED}")
    for n in range(COUNTED - 2, COUNTED):
        if widths[n + 1] not in lengthened(widths[n], slope):
            raise Unproved("the family", "its layers do not become stationary when n grows")
    sizes = Sizes(max((max(row) for row in widths.values() if row), default=0), extra, slope)
    layers = "one layer, as wide as the one" if slope == 1 else f"{slope} layers, as wide as those"
    fact = Fact(
        "network",
        f"The layered form has the width {sizes.width} and the depth {sizes.depth.replace('+', ' + ')}. In the end "
        f"another stage adds {layers} before." if slope else "The layered form has no units.",
        f"counted for n = 1, ..., {COUNTED}",
    )
    return sizes, fact


def lengthened(row, count):
    """Return the lists with ``count`` more entries, of which one and the others repeat entries that they follow.

    That is how another step of transport, of one layer, and another stage add to the widths of the layers.
    """
    if count < 2:
        return repeated(row, count)
    return [longer for shorter in repeated(row, 1) for longer in repeated(shorter, count - 1)]


def repeated(row, count):
    """Return the lists in which ``count`` entries in a row are repeated right behind themselves."""
    return [row[:k] + row[k - count:k] + row[k:] for k in range(count, len(row) + 1)]
