"""The baseline: a plain region enumerator on `fractions.Fraction`, as one writes it in an afternoon.

It cuts polygons given by their corners along the zeros of the units, one cell after the other, in topological order.
It is exact, knows bounded domains only, and shares no code with exactrelu.
"""


def regions(nodes, outputs, corners):
    """Yield (corners, forms of the outputs) for the activation regions inside the convex polygon ``corners``.

    ``nodes`` are ("relu", source) or ("affine", [(source, weight), …], bias), numbered from 2 after the inputs 0 and
    1; weights and the coordinates of the corners are Fractions, or exact numbers of another kind.
    """
    zero, one = 0 * corners[0][0], 0 * corners[0][0] + 1
    stack = [(corners, [(one, zero, zero), (zero, one, zero)])]
    while stack:
        cell, forms = stack.pop()
        for node in nodes[len(forms) - 2 :]:
            if node[0] == "affine":
                a, b, c = zero, zero, node[2]
                for source, weight in node[1]:
                    p, q, r = forms[source]
                    a, b, c = a + weight * p, b + weight * q, c + weight * r
                forms.append((a, b, c))
                continue
            form = forms[node[1]]
            values = [form[0] * x + form[1] * y + form[2] for x, y in cell]
            if min(values) < 0 < max(values):
                stack.append((clipped(cell, values, 1), [*forms, form]))
                cell = clipped(cell, values, -1)
                forms.append((zero, zero, zero))
            else:
                forms.append(form if max(values) > 0 else (zero, zero, zero))
        yield cell, [forms[output] for output in outputs]


def clipped(cell, values, side):
    """Return the part of the polygon ``cell`` where ``side`` times the form with these corner values is >= 0."""
    part = []
    for k, (x, y) in enumerate(cell):
        (u, v), at, before = cell[k - 1], values[k], values[k - 1]
        if at * before < 0:
            t = before / (before - at)
            part.append((u + t * (x - u), v + t * (y - v)))
        if at * side >= 0:
            part.append((x, y))
    return part
