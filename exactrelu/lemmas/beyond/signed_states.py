"""The doubled cascade: rows of any sign as non-negative rows on patches with a sign."""

from itertools import product

from exactrelu.construction.states import DIGITS, State, Transitions
from exactrelu.field import mpq
from exactrelu.lemmas.expansion import window_range, windows
from exactrelu.lemmas.matrices import specified_matrix
from exactrelu.lemmas.result import INSTANCES, WITHIN_RANGE, Fact, Statement
from exactrelu.scheme import builtin_masks

STATEMENT = Statement(
    "Doubled cascade",
    "non-negative rows on signed patches",
    r"""
Write a row as $p = p^+ - p^-$ with $p^\pm \geq 0$ on the patches, and $T_q = T_q^+ - T_q^-$ with non-negative parts.
Then

$$p^+ \leftarrow p^+ T_q^+ + p^- T_q^-, \qquad p^- \leftarrow p^+ T_q^- + p^- T_q^+$$

gives $p \leftarrow p T_q$, keeps $p^\pm \geq 0$, and grows by at most the column sums of $\lvert T_q \rvert$, as the
signed cascade does. States (a patch with a sign) that the start does not reach,
or that do not reach a patch that is read, are left out; a non-negative mask reaches no negative state. Gates of
non-negative rows have one unit instead of two.
""",
)

LARGEST = 3

MASKS = ("courant_M111", "difference_zero_sum", "random_rational_3x2", "random_zero_rows_4x3", "butterfly_w1_16")


def check(transitions=Transitions):
    """Return the `Check`; ``transitions`` is (mask, lengths, readable) -> `Transitions`."""
    return STATEMENT.check(unit_masks_fact(transitions), masks_fact(transitions), positive_fact(transitions))


def states_of(lengths):
    """Return all signed patches of a window, counted from 0."""
    return [State(i, j, sign) for i, j in product(*map(range, lengths)) for sign in (1, -1)]


def difference(found, mask, lengths):
    """Return where the signed update of a unit row is not that of T_q, None if it is everywhere."""
    kept = set(found.states)
    for q in DIGITS:
        matrix = specified_matrix(mask, lengths, q)
        for source in found.states:
            image = {}
            for state, column in found.columns[q].items():
                for origin, weight in column:
                    if weight <= 0:
                        return {"q": q, "state": state, "weight": weight}
                    if origin == source:
                        image[state.i, state.j] = image.get((state.i, state.j), 0) + state.sign * weight
            for patch in product(*map(range, lengths)):
                pair = (source.i + 1, source.j + 1), (patch[0] + 1, patch[1] + 1)
                expected = source.sign * matrix.get(pair, mpq(0))
                is_read = any(State(*patch, sign) in kept for sign in (1, -1))
                if image.get(patch, 0) != expected and (is_read or image.get(patch, 0)):
                    return {"q": q, "from": source, "to": patch, "found": image.get(patch, 0), "expected": expected}
    return None


def unit_masks_fact(transitions):
    """Masks with one coefficient, of either sign, at every index: all masks are sums of these."""
    cases, witness = 0, None
    for lengths in windows(LARGEST):
        for index in product(*(range(length + 1) for length in lengths)):
            for sign in (1, -1):
                mask = {index: mpq(sign)}
                cases += 1
                found = difference(transitions(mask, lengths, states_of(lengths)), mask, lengths)
                if found is not None and witness is None:
                    witness = {"window": lengths, "index": index, "sign": sign, **found}
    return Fact(
        r"$p T_q$ is $p^+ - p^-$ after the doubled step, for every unit row $p$ on a state that is reached, with"
        r" positive weights throughout.",
        WITHIN_RANGE,
        "masks with one coefficient of either sign; $T_q$ and the step are sums over the coefficients",
        cases,
        witness,
        within=window_range(LARGEST),
    )


def masks_fact(transitions):
    """Named masks on their own windows, whole and with a single patch to read."""
    cases, witness = 0, None
    for name in MASKS:
        mask = builtin_masks()[name]
        lengths = tuple(max(1, *(index[axis] for index in mask)) for axis in (0, 1))
        for readable in (states_of(lengths), states_of((1, 1))):
            cases += 1
            found = difference(transitions(mask, lengths, readable), mask, lengths)
            if found is not None and witness is None:
                witness = {"mask": name, **found}
    return Fact(
        "The same for masks with coefficients of both signs, with all patches read, and with one.",
        INSTANCES,
        "all unit rows, hence all rows; masks " + ", ".join(MASKS),
        cases,
        witness,
    )


def positive_fact(transitions):
    """A non-negative mask has no negative state."""
    names = [name for name, mask in builtin_masks().items() if min(mask.values()) > 0]
    witness = None
    for name in names:
        mask = builtin_masks()[name]
        lengths = tuple(max(1, *(index[axis] for index in mask)) for axis in (0, 1))
        negative = [state for state in transitions(mask, lengths, states_of(lengths)).states if state.sign < 0]
        if negative and witness is None:
            witness = {"mask": name, "state": negative[0]}
    return Fact(
        "A non-negative mask reaches no negative state.",
        INSTANCES,
        "all built-in masks without negative coefficients",
        len(names),
        witness,
    )
