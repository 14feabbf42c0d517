"""(2.3): the entries of T_q are those that the expansion of V gives, and no others would do."""

from exactrelu.lemmas.expansion import PointClass, expanded_operator, generic_mask, patch_indices, window_range, windows
from exactrelu.lemmas.matrices import MATRICES
from exactrelu.lemmas.result import WITHIN_RANGE, Fact, Statement

STATEMENT = Statement(
    "(2.3)",
    "entries of the transition matrices",
    r"""
For each digit pair $q$ the entry of $T_q$ from source patch $(\alpha, \beta)$ to target patch $(a, b)$ is

$$(T_q)_{(a,b),(\alpha,\beta)} = c_{q_1 + 2(a-1) - (\alpha-1), \ q_2 + 2(b-1) - (\beta-1)},$$

zero where the mask has no such index. It is the coefficient of $g$ on patch $(\alpha, \beta)$ in $Vg$ on the quadrant
$q$ of patch $(a, b)$;
since the values of $g$ inside different patches are independent, no other matrix satisfies the cascade identity.
""",
)

LARGEST = 4


def check(matrices=MATRICES):
    """Return the `Check`; ``matrices`` are functions (mask, lengths, q) -> {(target, source): entry}."""
    return STATEMENT.check(*(entries_fact(name, matrix) for name, matrix in matrices.items()))


def expanded_matrix(lengths, q):
    """Return {(target, source): index k} from the expansion of V at points inside the quadrant q."""
    along_x, along_y = (PointClass("inside", digit, "inside") for digit in q)
    entries = {}
    for target in patch_indices(lengths):
        for place, indices in expanded_operator(lengths, target, along_x, along_y).items():
            ((index, count),) = indices.items()
            if count != 1:
                raise AssertionError("two terms of one coefficient at one place")
            entries[target, tuple(whole + 1 for whole, _ in place)] = index
    return entries


def entries_fact(name, matrix):
    """Every entry of every T_q on the windows, zeros included."""
    cases, witness = 0, None
    for lengths in windows(LARGEST):
        mask, patches = generic_mask(lengths), patch_indices(lengths)
        for q in ((0, 0), (0, 1), (1, 0), (1, 1)):
            found, expected = matrix(mask, lengths, q), expanded_matrix(lengths, q)
            cases += len(patches) ** 2
            for pair in (found.keys() | expected.keys()) if found != expected and witness is None else ():
                if found.get(pair) != expected.get(pair):
                    witness = {
                        "window": lengths, "q": q, "target": pair[0], "source": pair[1],
                        "entry": f"c{found.get(pair, ' none')}", "from V": f"c{expected.get(pair, ' none')}",
                    }
    return Fact(
        rf"The matrices of the {name} have exactly the entries that the expansion of $V$ has.",
        WITHIN_RANGE,
        "all masks (every coefficient a symbol), all four $q$",
        cases,
        witness,
        within=window_range(LARGEST),
    )
