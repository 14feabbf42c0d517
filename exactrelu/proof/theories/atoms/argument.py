"""Why the facts imply the theorem: all that is asked of each term, and the induction."""

from exactrelu.proof.kernel import Unproved
from exactrelu.proof.proofs import Demand
from exactrelu.proof.theories.atoms import loops, network, rows, shapes
from exactrelu.proof.theories.atoms.family import Parts


def roles(family):
    """Yield all that the conclusion needs, term by term, in the order of the blocks."""
    parts = Parts()
    yield from network.roles(family)
    for part in (loops, shapes, rows):
        for term in family.terms:
            try:
                yield from part.roles(family, term, parts)
            except Unproved as failure:
                raise Unproved(f"term {term.index}, {failure.where}", failure.reason) from None
    yield from shapes.sums(family)


def demands(family):
    """Yield the `Demand`s of the conclusion."""
    for role in roles(family):
        for goal in role.goals:
            yield Demand(role.name, role.where, role.case, goal)


CONCLUSION = (
    "Fix a point, a term and a cascade of it. The value read by the term is h(r_n). If it is <= 0, then the "
    "rows are zero from stage 0 to the end: the cascade adds 0 to the output. If it is > 0, then r_n is not "
    "in [0, w) in either coordinate. So t is in a cell (i, j) of the controllers, 2^n t mod 1 is not in [0, "
    "w), and no r_j, j < n, is in J_j, since r doubles the distance to the breakpoint behind. Hence the "
    "selectors of stage j are the digits of r_(j-1), and by induction on j the row after stage j is T_q(j)^T "
    "... T_q(1)^T e_ij h, with entries of at most B^j h; no other cascade starts in this cell, so that the others are "
    "zero, and the output is the sum of k_b (T_q(n)^T ... T_q(1)^T e_ij)_b H(r_n). In both cases it is the value at t "
    "of V^n applied to the sum of k_b H(. - b), in its cells (Corollary 2.6; bad orbits have H(r_n) = 0, and outside "
    "of the window both are 0). So a term is this function of (x, y) - o - d/2^n, which is V^n of the sum of "
    "k_b H(. - d - b) (Lemma 5.3). The sum over all terms is V^n g. QED"
)
