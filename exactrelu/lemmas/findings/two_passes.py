"""Theorem 4.3 needs two controller passes and a carried input, which the text does not mention."""

from exactrelu.construction.choices import DEFAULT
from exactrelu.construction.loop import controller
from exactrelu.construction.selector import digit_selectors
from exactrelu.field import mpq
from exactrelu.lemmas.loop_spec import printed_embedding
from exactrelu.lemmas.result import FOR_ALL, Fact, Statement
from exactrelu.lemmas.symbolic import POINTWISE, positive
from exactrelu.lemmas.thm_4_3 import INSTANCES_OF_MASKS, network_fact

STATEMENT = Statement(
    "Thm. 4.3, order",
    "two controller passes and a carried input",
    r"""
The recursion starts from $\Phi_0 = H(R_n) e_\ell$, which is read from the last controller state $z_n$, and its stage
$j$ needs the selectors at $z_{j-1}$, the first of which
is $z_0$. The states cannot be recovered from $z_n$: $F$ is two-to-one on $\Gamma$, and the two preimages of a point
have different digits. So a network of fixed width
has to run the controller twice, the second time from a copy of the input that it has carried along. The text does not
say so; width and depth stay
$O(1)$ and $O(n)$. The project's construction `paper` does this; `one-pass` avoids the second pass.
""",
)


def check(F=controller, selectors=digit_selectors, choices=DEFAULT):
    """Return the `Check`; ``F`` is the controller, ``selectors`` those of §4.1."""
    instances = {"haar_half": INSTANCES_OF_MASKS["haar_half"]}
    return STATEMENT.check(single_pass_fact(F, selectors), network_fact(choices, instances))


def single_pass_fact(F, selectors):
    """Two points of the loop with the same image under F and different digits."""
    (s,) = positive("s")
    delta = DEFAULT.transition_width(1)
    points = (mpq(1, 4), mpq(3, 4))
    images, digits = [], []
    for t in points:
        state = printed_embedding(t + 0 * s)
        images.append(tuple(entry.number() for entry in F(POINTWISE, *state)))
        digits.append((selectors(POINTWISE, *state, delta)[1] + 0 * s).number())
    witness = None
    if images[0] == images[1] and digits[0] != digits[1]:
        witness = {"t": points, "F(E(t))": images[0], "chi_1(E(t))": tuple(digits)}
    return Fact(
        r"The selectors at $z_{j-1}$ are functions of $z_n$, so that the pass of the controller from $z_0$ to $z_n$"
        r" serves both $H(R_n)$ and the recursion after it.",
        FOR_ALL,
        "$n = j = 1$, one pair of points",
        1,
        witness,
        printed=True,
        reading="With one pass",
    )
