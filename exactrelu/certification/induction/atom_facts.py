"""The proof for sums of terms in words: what `atoms` checked, block by block, and the induction drawn from it."""

from exactrelu.certification.induction.facts import ONE_VARIABLE, Fact
from exactrelu.field import text

LISTED = 12
"""The most terms whose shifts are written out."""


def shown(number):
    """Return a rational for people: in full if it is short, else the next power of two that is larger in size."""
    numeral = text(number)
    if len(numeral) <= 24:
        return numeral
    power = abs(number.numerator).bit_length() - number.denominator.bit_length() + 1
    return f"{'-' if number < 0 else ''}2^{power}"


def zero_fact():
    """Return the fact that the network is the zero function, and the seed, too."""
    return Fact("network", "It is the constant 0, and g = 0.", "the seed is zero on all its triangles")


def facts_of(n, summands):
    """Return the facts that were checked on these `Summand`s, in the order of the argument; ``n`` may be the letter."""
    return (
        network_fact(n, summands), start_fact(summands), transport_fact(n, summands), readout_fact(summands),
        restart_fact(summands), spread_fact(summands), *stage_facts(n, summands), last_fact(summands),
        cell_fact(summands), sum_fact(summands),
    )


def network_fact(n, summands):
    """Return the fact that the network is a sum of compositions."""
    blocks = {id(block) for found in summands for block in found.term.blocks}
    before = n - 1 if type(n) is int else f"{n} - 1"
    stages = "the stage A_1, " if before == 1 else f"the stages A_1, ..., A_{before_index(n)}, " if before else ""
    return Fact(
        "network",
        f"It is the sum of {counted(len(summands), 'term')}. Each is a composition of blocks, applied in this "
        f"order: the start S, the transports T_1, ..., T_{n}, the readout R, the spread P, {stages}the last stage "
        f"L. {len(blocks)} of all these blocks are different.",
        "every path backwards from an interface ends in the one before it",
    )


def before_index(n):
    """Return the index n − 1 as it is written below a letter."""
    return n - 1 if type(n) is int else f"({n}-1)"


def counted(number, noun):
    """Return "1 term" or "9 terms"."""
    return f"{number} {noun}{'' if number == 1 else 's'}"


def start_fact(summands):
    """Return the fact that says what the coordinates and controllers of the terms are."""
    listed = ", ".join(f"({', '.join(map(text, found.shift))})" for found in summands[:LISTED])
    more = f", ... ({len(summands)} in all)" if len(summands) > LISTED else ""
    lines = {name for found in summands for name in found.term.outlets[0].loops}
    cells = (
        "In each coordinate there is one controller, and its cells are those of the window."
        if lines == {"x", "y"}
        else f"There are the controllers {', '.join(sorted(lines))}, each with one cell: that of x1 is 1 <= t < 2."
    )
    return Fact(
        "S",
        "With o the corner of the window, t = (x, y) - o - d/2^n are the coordinates of a term; the shifts d of "
        f"the terms are {listed}{more}. {cells} Let r(t) = 2t mod 1, r_0 = t mod 1 in the cells of a controller "
        "and 0 outside, r_j = r(r_(j-1)). The controllers leave S as E(r_0). A cascade is a row of numbers, one "
        "for each of some patches, with a controller of x and one of y.",
        ONE_VARIABLE, 3 * len(summands) * len(lines),
    )


def different(summands, kinds):
    """Return the number of different blocks, interfaces included, among the ``kinds`` (function of a term)."""
    return len({found.term.key(stages[0]) for found in summands for stages in kinds(found.term)})


def transport_fact(n, summands):
    """Return the fact on the first pass of the controllers."""
    number = different(summands, lambda term: term.transports())
    label = "T_1" if n == 1 else f"T_1 = ... = T_{n}" if number == 1 else f"T_1, ..., T_{n}: {number} different"
    lines = max(len(found.term.outlets[0].loops) for found in summands)
    return Fact(
        label,
        "F(E(t)) = E(r(t)) for t in [0, 1]. Hence, by induction on k, the controllers leave T_k as E(r_k). Beside "
        "them a copy of x and one of y are carried, each a function of its own coordinate alone"
        f"{'.' if type(n) is int else ', the same after every transport.'}",
        ONE_VARIABLE, 6 * lines * number,
    )


def readout_fact(summands):
    """Return the fact on the scalar factors."""
    shapes = {found.shape.support: found.shape for found in summands}.values()
    margin = min(shape.margin for shape in shapes)
    return Fact(
        "R, P",
        f"From E(u) and E(v) a term reads h(u, v), with h <= 0 if u or v is in [0, w], w = {text(margin)}, and h "
        f"<= {shown(max(shape.high for shape in shapes))}, for all u, v in [0, 1]. Its atom H = max(0, h) is "
        "continuous and vanishes outside of the unit square; the terms have "
        f"{counted(len(shapes), 'different function')} h.",
        "all affine pieces of the unit square", sum(shape.pieces for shape in shapes),
    )


def restart_fact(summands):
    """Return the fact on the second pass of the controllers."""
    return Fact(
        "P",
        "The controllers leave P as E(r_1). The selectors leave P in [0, 1], on all of R, and equal to the digit "
        "of r_0 (0 on [0, 1/2), 1 on [1/2, 1)) unless r_0 is in J_0, where J_j = [0, e) u [1/2, 1/2 + e), e = "
        "w/2^(n-j).",
        ONE_VARIABLE, 6 * different(summands, lambda term: [[term.readout + 1]]),
    )


def spread_fact(summands):
    """Return the fact on the rows at stage 0."""
    return Fact(
        "P",
        "The rows leave P as zero wherever h <= 0. They leave it as h e_ij where h >= 0, t is in the cell [i, "
        "i+1) x [j, j+1) of the controllers and 2^n t mod 1 is not in [0, w) in either coordinate.",
        "forms in x, y and h, unit by unit, on rectangles that fill the plane",
        sum({found.term.key(found.term.readout + 1): found.rectangles for found in summands}.values()),
    )


def stage_facts(n, summands):
    """Return the facts on the stages but the last; there are none if n is 1."""
    number = different(summands, lambda term: term.stages())
    if not number:
        return []
    listed = f"A_1, ..., A_{before_index(n)}"
    label = "A_1" if n == 2 else listed.replace(", ", " = ") if number == 1 else f"{listed}: {number} different"
    norm = max(found.norm for found in summands)
    return [
        Fact(
            label,
            "F(E(t)) = E(r(t)) for t in [0, 1]; hence, by induction on j, the controllers leave A_j as E(r_(j+1)). The "
            "selectors are in [0, 1] on E([0, 1]), and equal to the digit of r_j unless r_j is in J_j.",
            ONE_VARIABLE, 12 * number,
        ),
        Fact(
            label,
            "If the selectors are the digits q, a row c h becomes T_q^T c h, for h as above and entries of c of "
            f"at most B^(j-1) in size; those of T_q^T c are at most B^j, B = {text(norm)}. A zero row stays zero "
            "for all selectors in [0, 1].",
            "linear forms, unit by unit, for the 4 pairs of digits, with exact bounds; undecided units cancel",
            5 * number * len(summands[0].term.inlets[-1].rows),
        ),
    ]


def last_fact(summands):
    """Return the fact on the last stages."""
    return Fact(
        "L",
        "If the selectors are the digits q, a row c h with entries of c of at most B^(n-1) gives the output, the "
        "sum of k_b (T_q^T c)_b h over the patches b, with numbers k_b of the term. Zero rows give 0, for all "
        "selectors in [0, 1].",
        "linear forms, unit by unit, for the 4 pairs of digits; a linear system for the k_b",
        5 * sum(len(found.term.inlets[-1].rows) for found in summands),
    )


def cell_fact(summands):
    """Return the fact that nothing is missing in the rows."""
    cascades = max(len(found.term.inlets[-1].rows) for found in summands)
    return Fact(
        "P, ..., L",
        f"A term has {counted(cascades, 'cascade')}; at most one starts in a cell. If T_q(n)^T ... T_q(1)^T e_ij "
        "may be different from zero at a patch b with k_b <> 0, for some digits, then one starts in the cell (i, "
        "j), and its rows have entries for all patches on the way.",
        "the graph of the transitions between patches",
    )


def sum_fact(summands):
    """Return the fact that the atoms add up to the seed."""
    number = sum(1 for found in summands for weight in found.weights.values() if weight)
    return Fact(
        "all terms",
        f"The sum of k_b H(z - d - b) over all terms and patches b, {counted(number, 'summand')}, is g(z) for all "
        "z, with o moved to 0.",
        "piecewise linear functions on a common refinement", number,
    )


def conclusion(n):
    """Return the induction, written out; ``n`` may be the letter."""
    return (
        f"Let n = {n}. " if type(n) is int else ""
    ) + (
        "Fix a point, a term and a cascade of it. The value read by the term is h(r_n). If it is <= 0, then the "
        "rows are zero from stage 0 to the end: the cascade adds 0 to the output. If it is > 0, then r_n is not "
        "in [0, w] in either coordinate. So t is in a cell (i, j) of the controllers, 2^n t mod 1 is not in [0, "
        "w), and no r_j, j < n, is in J_j, since r doubles the distance to the breakpoint behind. Hence the "
        "selectors of stage j are the digits of r_(j-1), and by induction on j the row after stage j is T_q(j)^T "
        "... T_q(1)^T e_ij h, with entries of at most B^j h; the cascade adds the sum of k_b (T_q(n)^T ... "
        "T_q(1)^T e_ij)_b H(r_n) to the output. In both cases it is the value at t of V^n applied to the sum of "
        "k_b H(. - b), in its cells (Corollary 2.6; bad orbits have H(r_n) = 0, and outside of the window both "
        "are 0). So a term is this function of (x, y) - o - d/2^n, which is V^n of the sum of k_b H(. - d - b) "
        "(Lemma 5.3). The sum over all terms is V^n g. QED"
    )
