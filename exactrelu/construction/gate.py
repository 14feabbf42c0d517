"""Gates, which let a state pass or stop it: the product gadget Π_a of Lemma 2.7 and gates of one layer.

A gate acts on a sequence of expressions and returns a list. Expressions that are identically zero pass without a unit.
"""

from itertools import combinations

from exactrelu.network.builder import total


def product_gadget(b, selector, states, bound, one=1):
    """Return Π_a(λ, y) of Lemma 2.7 for λ = ``selector`` and a = ``bound``, two layers.

    With ``one``, what the selector is where λ = 1, ``states`` and values are as many times as large.

    Π_a(λ, y) = −(λ a − y)₊ − ((1 − λ) a − (−y)₊)₊ + a. For a > 0: Π_a(1, y) = min(y, a), Π_a(0, y) = min(0, a + y) and
    Π_a(λ, 0) = 0 for λ in [0, 1]; so it is y or 0 for y in [−a, a].
    """
    scaled, whole = bound * selector, bound * one
    return [
        y if is_zero(y) else whole - b.relu(scaled - y) - b.relu(whole - scaled - b.relu(-y))
        for y in states
    ]


def gate(b, deficiency, states, bound):
    """Return G_a(d, y) = (y − a d)₊ − (−y − a d)₊ for d = ``deficiency`` ≥ 0 and a = ``bound``, one layer.

    G_a(0, y) = y for every y, G_a(d, y) = 0 for d ≥ 1 and |y| ≤ a, and G_a(d, 0) = 0.
    """
    closing = bound * deficiency
    return [y if is_zero(y) else b.relu(y - closing) - b.relu(-y - closing) for y in states]


def positive_gate(b, deficiency, states, bound):
    """Return (y − a d)₊ for d = ``deficiency`` ≥ 0 and a = ``bound``: the gate of one layer for states y ≥ 0."""
    closing = bound * deficiency
    return [y if is_zero(y) else b.relu(y - closing) for y in states]


def seam_gates(b, deficiencies, values, bound):
    """Return − Σ_{∅ ≠ A} (−1)^{|A|} G_a(Σ_{i ∈ A} D_i, y_{min A}) for D = ``deficiencies``, y = ``values``, one layer.

    It is V if some D_i = 0 and y_i = V wherever D_i < 1, |y_i| ≤ a = ``bound`` elsewhere.
    """
    summands = []
    for size in range(1, len(values) + 1):
        for chosen in combinations(range(len(values)), size):
            closing = total(deficiencies[i] for i in chosen)
            (gated,) = gate(b, closing, [values[chosen[0]]], bound)
            summands.append(gated if size % 2 else -gated)
    return total(summands)


def bracket(b, condition, value):
    """Return (y + ψ)₊ − (ψ)₊ for y = ``value`` and ψ = ``condition``, one layer; equal conditions share the unit (ψ)₊.

    For |y| ≤ 1 it is y if ψ ≥ 1 and 0 if ψ ≤ −1; y may have any sign.
    """
    return b.relu(value + condition) - b.relu(condition)


def bounded_below(b, value, bound):
    """Return (y + a)₊ − a = max(y, −a) for y = ``value`` and a = ``bound``: y itself where |y| ≤ a, by one unit."""
    return value if is_zero(value) else b.relu(value + bound) - bound


def is_zero(expression):
    """Return whether the expression is the constant 0."""
    return not expression.terms and expression.bias == 0
