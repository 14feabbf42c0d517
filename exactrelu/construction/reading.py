"""Reading Σ_β p_β g_β(u, v) off the carried rows: each patch of the seed as a positively homogeneous formula.

With p ≥ 0, a form α u + β v + γ on the unit square becomes α pu + β pv + γ p, a kink ℓ₊ becomes (p ℓ)₊ and a tent
p·max(0, min(a, b)) becomes min((p a)₊, (p b)₊). All rows share the point (u, v), so p may be a sum of rows with
positive weights: one unit a line and three a tent, for each sign of the weights, serve all patches.
"""

from collections import defaultdict

from exactrelu.network.builder import linear_combination, total


def read_rows(b, forms, rows):
    """Return Σ sign · p g_β(u, v) as an expression, of one layer if no patch has a tent and of two otherwise.

    ``forms`` maps patches (i, j) to `PatchForm`; ``rows`` maps states to (p, pu, pv), all ≥ 0.
    """
    affine = total(form_on(forms[state.i, state.j].affine, row) * state.sign for state, row in rows.items())
    first, second = [b.value(affine)], []
    for (line, sign), row in _collected(rows, {patch: form.kinks for patch, form in forms.items()}).items():
        first.append(b.relu(form_on(line, row)) * sign)
    for (tent, sign), row in _collected(rows, {patch: form.tents for patch, form in forms.items()}).items():
        left, right = b.relu(form_on(tent.left, row)), b.relu(form_on(tent.right, row))
        first.append(left * sign)
        second.append(b.relu(left - right) * -sign)
    if not second:
        return total(first)
    # one value to carry past the second layer instead of every unit of the first
    return total([b.value(total(first)), *second])


def form_on(form, row):
    """Return α pu + β pv + γ p for the form (α, β, γ) and the row entries (p, pu, pv)."""
    p, pu, pv = row
    return linear_combination(form, (pu, pv, p))


def _collected(rows, weights):
    """Return {(shape, sign): Σ |weight| row} over the states, for ``weights`` {patch: {shape: weight}}."""
    parts = defaultdict(list)
    for state, row in rows.items():
        for shape, weight in weights[state.i, state.j].items():
            weight *= state.sign
            parts[shape, 1 if weight > 0 else -1].append((abs(weight), row))
    return {
        key: tuple(
            linear_combination([weight for weight, _ in summands], entries)
            for entries in zip(*(row for _, row in summands))
        )
        for key, summands in parts.items()
    }
