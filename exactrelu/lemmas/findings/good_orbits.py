"""§4.2: on a good orbit the stage itself must be outside the transition set, not only the stages before it."""

from itertools import product

from exactrelu.construction.choices import DEFAULT
from exactrelu.construction.selector import digit_selectors
from exactrelu.field import mpq
from exactrelu.lemmas.lemma_4_2 import blend
from exactrelu.lemmas.loop_spec import printed_embedding
from exactrelu.lemmas.result import FOR_ALL, Fact, Statement
from exactrelu.lemmas.selectors_4_1 import is_transition, loop_cases
from exactrelu.lemmas.symbolic import POINTWISE, failure, positive
from exactrelu.refinement.cascade import digit, residual

STATEMENT = Statement(
    "§4.2, good orbits",
    "the stage itself counts",
    r"""
The text before Lemma 4.2 calls an orbit good "if neither coordinate has entered the transition set at the preceding
stages", and says that then exactly one digit pair is active and $\widehat{M}_j$ is $T_{Q_j}$. The stages before $j$ do
not suffice: a coordinate that enters the transition set at stage $j$ itself, $r^{j-1}(x) \in J_n$, blends the matrices
of two digits. Correct is what the proofs of Lemma 4.2 and Theorem 4.3 use: $\widehat{M}_j = T_{Q_j}$ if
$r^{i-1}(x), r^{i-1}(y) \notin J_n$ for $i = 1, \ldots, j$, of which $i = j$ alone is needed.
""",
)

N = 2

PAIRS = tuple(product((0, 1), repeat=2))


def check(selectors=digit_selectors, blend=blend):
    """Return the `Check`; ``selectors`` is a formula of (builder, p, q, δ), ``blend`` makes the weights of M̂_j."""
    delta = DEFAULT.transition_width(N)
    entering = ((1, delta / 2), (2, mpq(1, 4) + delta / 4))
    return STATEMENT.check(
        *(printed_fact(selectors, blend, stage, x, delta) for stage, x in entering), corrected_fact(selectors, blend)
    )


def weights(selectors, blend, x, y, delta):
    """Return {q: the weight of T_q} where the coordinates of the stage are x and y."""
    return blend(*(selectors(POINTWISE, *printed_embedding(t), delta) for t in (x, y)))


def printed_fact(selectors, blend, stage, x, delta):
    """An orbit of which x is in the transition set at this stage, and no coordinate at the stages before it."""
    (s,) = positive("s")
    point = (x, mpq(3, 8))
    orbit = [point]
    for _ in range(1, stage):
        orbit.append(tuple(map(residual, orbit[-1])))
    before = any(is_transition(t, delta) for earlier in orbit[:-1] for t in earlier)
    found = weights(selectors, blend, *(t + 0 * s for t in orbit[-1]), delta)
    active = {q: weight.number() for q, weight in found.items() if weight != 0}
    digits = tuple(map(digit, orbit[-1]))
    witness = None
    if not before and active != {digits: 1}:
        witness = {
            "z": point, f"R_{stage - 1}(z)": orbit[-1], "delta_n": delta, f"Q_{stage}(z)": digits,
            "active digit pairs": tuple(active), "their weights": tuple(active.values()),
        }
    return Fact(
        rf"If neither coordinate has entered $J_n$ at the stages before $j = {stage}$"
        rf"{' (there are none)' if stage == 1 else ''}, exactly one digit pair is active.",
        FOR_ALL,
        rf"one point, $n = {N}$",
        1,
        witness,
        printed=True,
    )


def corrected_fact(selectors, blend):
    """Outside the transition set the weight of T_Q is 1 and the others are 0."""
    cases = [
        {**case, "other": other + 0 * case["t"]}
        for case in loop_cases() if not is_transition(**case)
        for other in (mpq(1, 4), mpq(3, 4))
    ]

    def claim(t, other, delta):
        found, expected = [], []
        for x, y in ((t, other), (other, t)):
            active = weights(selectors, blend, x, y, delta)
            found += [active[q] for q in PAIRS]
            expected += [int(q == (digit(x), digit(y))) for q in PAIRS]
        return tuple(found), tuple(expected)

    return Fact(
        r"If $r^{j-1}(x), r^{j-1}(y) \notin J_n$, then $\widehat{M}_j = T_{Q_j}$: the weight of $T_{Q_j}$ is 1, the"
        r" others are 0.",
        FOR_ALL,
        r"all $\delta_n \in (0, 1/6]$, one coordinate anywhere outside $J_n$, the other one with digit 0 and with"
        r" digit 1; its selectors take no other values, by §4.1 (ii)",
        len(cases),
        failure(claim, cases),
    )
