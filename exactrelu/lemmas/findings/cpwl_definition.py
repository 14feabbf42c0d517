"""§2.1: "every compact set" allows infinitely many pieces, and Remark 2.1 (iii), (iv) need finitely many."""

from exactrelu.field import mpq
from exactrelu.lemmas.remark_2_1 import composition_fact
from exactrelu.lemmas.result import FOR_ALL, Fact, Statement, Table
from exactrelu.lemmas.symbolic import failure, positive
from exactrelu.network.layers import layered

STATEMENT = Statement(
    "§2.1, CPwL",
    "finitely many pieces",
    r"""
The paper calls $f$ CPwL if every compact set admits a finite polygonal subdivision on whose cells $f$ is affine. The
distance $\Phi(t)$ of $t$ to the nearest
integer is CPwL in this sense and has infinitely many pieces; then $\Phi \circ F$ is in no $\Upsilon_{W', L'}$ for $F(x,
y) = x$, and Remark 2.1 (iii) and (iv) fail. A
network of width $W$ and depth $L$ has at most $(W + 1)^L$ pieces on a line: each layer cuts each piece at most $W$
times. With finitely many pieces on
the whole space (as all compactly supported CPwL functions have) both remarks hold.
""",
)

SHAPES = ((1, 1), (2, 3), (8, 2), (100, 10))
"""Widths and depths for which the point beyond which Φ ∘ F has too many pieces is given."""


def nearest_integer(t):
    """Return the distance of t to the nearest integer."""
    t -= t // 1
    return min(t, 1 - t)


def check(distance=nearest_integer):
    """Return the `Check`; ``distance`` is the map Φ of one variable."""
    return STATEMENT.check(composition_printed_fact(distance), growth_fact(), composition_fact(layered))


def bends(distance, t):
    """Return whether a map has a kink at t: its slopes on both sides differ."""
    step = mpq(1, 8)
    return distance(t + step) - 2 * distance(t) + distance(t - step) != 0


def most_pieces(width, depth):
    """Return (W + 1)^L."""
    return (width + 1) ** depth


def composition_printed_fact(distance):
    """For each shape an interval on which Φ has more pieces than any such network has on a line."""
    rows = []
    for width, depth in SHAPES:
        most = most_pieces(width, depth)
        # kinks at all multiples of 1/2: the open interval (0, (most + 1)/2) has `most` of them, so most + 1 pieces
        rows.append((width, depth, most, mpq(most + 1, 2)))
    kinks_are_there = all(bends(distance, mpq(k, 2)) for k in range(1, 200))
    width, depth, most, end = rows[1]
    witness = {"W'": width, "L'": depth, "most pieces on a line": most, "interval with more": (mpq(0), end)}
    return Fact(
        r"Remark 2.1 (iii), (iv) for CPwL maps as defined: $\Phi \circ F$ with $F(x, y) = x$ and $\Phi$ the distance"
        r" to the nearest integer is a finite network.",
        FOR_ALL,
        r"all widths and depths: $\Phi$ has period 1 and a kink at every multiple of $1/2$, of which the first 199 were"
        r" looked at; the table gives, for some shapes, an interval on which it has more pieces than such a network",
        len(rows),
        witness if kinks_are_there else None,
        printed=True,
        table=Table(("W'", "L'", "most pieces on a line", "right end"), tuple(rows)),
    )


def growth_fact():
    """The bound on pieces: a layer of W units cuts each of P pieces into at most W + 1."""
    pieces, width, power = positive("pieces", "width", "power")
    cases = [{"pieces": pieces, "width": width, "power": power}]

    def claim(pieces, width, power):
        # on each piece W affine functions vanish at most once each; induction with P = (W + 1)^L
        cut = pieces + pieces * width
        return (cut, power * (width + 1)), (pieces * (width + 1), power + power * width)

    return Fact(
        r"If a layer sees $P$ pieces on a line, the next sees at most $P + P W = P (W + 1)$: so $(W + 1)^L$ after $L$"
        r" layers.",
        FOR_ALL,
        "all $W$ and $L$, by induction on $L$",
        len(cases),
        failure(claim, cases),
    )
