"""The patches of a seed in normal form: an affine form, kinks along whole lines, and wedge tents."""

from exactrelu.construction.kinks import patch_forms
from exactrelu.construction.one_pass import SHIFTS
from exactrelu.construction.reading import read_rows
from exactrelu.construction.states import State
from exactrelu.cpwl.overlay import overlay
from exactrelu.field import mpq
from exactrelu.lemmas.enumeration import UNIT_SQUARE, difference
from exactrelu.lemmas.result import FOR_ALL, INSTANCES, Fact, Statement, Table
from exactrelu.lemmas.symbolic import POINTWISE, failure, positive
from exactrelu.network import Affine, Builder
from exactrelu.scheme import load_problem

STATEMENT = Statement(
    "Patch form",
    "kinks and wedge tents",
    r"""
On a unit square every CPwL function is

$$g_\beta = A + \sum_\ell \kappa_\ell \, \ell_+ + \sum_w c_w \, w, \qquad w = \max(0, \min(a, b)),$$

with an affine form $A$, lines $\ell$, and *wedge tents* $w$, whose affine forms $a$ and $b$ vanish at the tent's
vertex. To find it, follow each line that carries kinks in one direction: the slope jump at the start of its chord goes
to the whole line, each later change of the jump starts a ray; the rays from one point lie in
a half plane, their jumps balance, and $k$ rays are a combination of $k - 2$ tents.

Written with $p, pu, pv$ in place of $1, u, v$ the formula is positively homogeneous: for $p \geq 0$ it gives $p \,
g_\beta(u, v)$, and $\sum_\beta p_\beta g_\beta(u, v)$ for rows that share the point $(u, v)$, with one unit for each
line and sign. No atoms are needed.
""",
)

PROBLEMS = ("courant", "bilinear", "nonconvex", "ring", "window_edges", "hanging", "random_rational", "needle")


def check(forms_of=patch_forms, read=read_rows):
    """Return the `Check`; ``forms_of`` makes the normal forms from (pieces, lengths), ``read`` the reading network."""
    return STATEMENT.check(homogeneous_fact(), reading_fact(forms_of, read))


def homogeneous_fact():
    """(P ℓ)₊ = P ℓ₊ and min((P a)₊, (P b)₊) = P max(0, min(a, b)) for P ≥ 0, whatever the signs."""
    p, a, b = positive("p", "a", "b")
    signs = (1, 0, -1)
    pairs = [(sign_a * a, sign_b * (a + more)) for sign_a in signs for sign_b in signs for more in (0 * b, b)]
    pairs += [pair[::-1] for pair in pairs]  # either form may be the larger one
    cases = [{"p": weight, "a": first, "b": second} for weight in (0 * p, p) for first, second in pairs]

    def claim(p, a, b):
        relu = POINTWISE.relu
        smaller = min(a, b)
        return (relu(p * a), POINTWISE.minimum(relu(p * a), relu(p * b))), (p * relu(a), p * relu(smaller))

    return Fact(
        r"$(P\ell)_+ = P \ell_+$ and $\min((Pa)_+, (Pb)_+) = P \max(0, \min(a, b))$ for $P = \sum_\beta \lvert"
        r" \kappa_\beta \rvert p_\beta \geq 0$: the rows may be added before the unit.",
        FOR_ALL,
        r"all $P \geq 0$, all values of the forms",
        len(cases),
        failure(claim, cases),
    )


def reading_fact(forms_of, read):
    """The reading network at p = 1 on each patch, and with different p on all patches at once; it has no biases."""
    rows, cases, witness = [], 0, None
    for name in PROBLEMS:
        normal = load_problem(name).normalized()[0]
        for shift in SHIFTS:
            function = normal.seed.function.shifted(shift, shift)
            lengths = tuple(length + (shift != 0) for length in normal.size)
            forms = forms_of(function.pieces(), lengths)
            states = [State(*patch, sign) for patch in forms for sign in (1, -1)]
            weights = {state: mpq(3 + 2 * k + state.sign, 5) for k, state in enumerate(states)}
            chosen = [{State(*patch, 1): mpq(1)} for patch in forms] + [weights]
            tents = {tent for form in forms.values() for tent in form.tents}
            lines = {line for form in forms.values() for line in form.kinks}
            rows.append((name, shift, len(forms), len(lines), len(tents)))
            for p in chosen:
                cases += 1
                found = reading_failure(function, forms, p, read)
                if found is not None and witness is None:
                    witness = {"seed of": name, "shift": shift, **found}
    return Fact(
        r"The reading network is $\sum_\beta p_\beta g_\beta(u, v)$ at $(p_\beta, p_\beta u, p_\beta v)$, for each"
        r" patch alone with $p = 1$, and for all patches and both signs with different $p$; and it has no bias, so"
        r" that it is positively homogeneous.",
        INSTANCES,
        r"all points of $[0, 1]^2$; seeds of the table moved by the shifts of the three classes",
        cases,
        witness,
        table=Table(("seed of", "shift", "patches", "lines", "tents"), tuple(rows)),
    )


def reading_failure(function, forms, p, read):
    """Return None if the reading network with the row ``p`` {state: p ≥ 0} is Σ ± p g_β on [0, 1]², else a witness."""
    b = Builder(3 * len(p))
    entries = iter(b.inputs)
    network = b.network([read(b, forms, {state: (next(entries), next(entries), next(entries)) for state in p})])
    biased = next((node for node in network.nodes if isinstance(node, Affine) and node.bias), None)
    if biased is not None:
        return {"bias": biased.bias}
    b = Builder(2)
    u, v = b.inputs
    rows = [entry for weight in p.values() for entry in (weight + 0 * u, weight * u, weight * v)]
    whole = b.network(embedded(b, network, rows))
    weights = [state.sign * weight for state, weight in p.items()]
    parts = [function.shifted(-state.i, -state.j) for state in p]
    targets = [(cell, (combined(weights, forms),)) for cell, forms in overlay(parts, UNIT_SQUARE)]
    return difference(whole, targets)


def combined(weights, forms):
    """Return the form Σ weight · form."""
    return tuple(sum(weight * form[k] for weight, form in zip(weights, forms, strict=True)) for k in range(3))


def embedded(b, network, inputs):
    """Return the outputs of ``network`` as expressions on the builder ``b``, its inputs replaced by expressions."""
    values = list(inputs)
    for node in network.nodes:
        if isinstance(node, Affine):
            terms = [weight * values[source] for source, weight in node.terms]
            values.append(sum(terms[1:], terms[0]) + node.bias if terms else 0 * inputs[0] + node.bias)
        else:
            values.append(b.relu(values[node.of]))
    return [values[output] for output in network.outputs]
