"""Values in notebooks: problems, networks, verdicts, proofs and regions as HTML, SVG or LaTeX."""

from functools import singledispatch

from exactrelu.certification.verdict import Verdict
from exactrelu.field import annotated, annotated_point
from exactrelu.network import Chain, Network, Sum
from exactrelu.network.layers import Layered, layered
from exactrelu.planar import Bound, Equality, Regions
from exactrelu.planar.properties import Decision
from exactrelu.proof.proofs import Proof
from exactrelu.scheme import Problem
from exactrelu.show import networks, regions
from exactrelu.show.formulas import html as formula
from exactrelu.show.iterates import MAX_COMPARED, difference_pieces, drawn_iterate, piece_count
from exactrelu.show.latex import coefficients, has_formula, kind, operator, sentences
from exactrelu.show.maps import Drawn, value_map
from exactrelu.show.marks import mark
from exactrelu.show.page import details, grid, words
from exactrelu.show.report import mask_table
from exactrelu.show.svg import grouped, iterate

MAX_REGIONS = 20_000
"""The most regions of which a notebook shows a picture unasked."""

SIGNS = {"certified": "✓", "refuted": "✕", "undecided": "?"}


@singledispatch
def html(_value):
    """Return a value as HTML, None for one that has no more to show than its text."""


@singledispatch
def svg(_value):
    """Return a value as the text of an SVG picture, None if there is none."""


@singledispatch
def latex(_value):
    """Return a value as LaTeX, None for one that states nothing."""


@html.register
def _(problem: Problem):
    beyond = problem.beyond()
    said = f"<p><b>{words(problem.name)}</b>: {words(repr(problem)[1:-1].partition(': ')[2])}</p>"
    if beyond:
        return said
    return said + mask_table(problem.mask) + _seed(problem).standalone()


@latex.register
def _(problem: Problem):
    return f"$Vf(z) = {operator(problem)}$, {coefficients(problem)}" if has_formula(problem) else None


@svg.register(Network)
@svg.register(Chain)
@svg.register(Sum)
def _(network):
    form = layered(network)
    return _drawn(form, networks.stretches(network, form))


@svg.register
def _(form: Layered):
    return _drawn(form, [networks.Stretch("the network", "", 1, form.depth)])


@svg.register
def _(found: Regions):
    if len(found) > MAX_REGIONS or not found.scales:
        return None
    cells = ((found.polygon(number), found.forms(number)) for number in range(len(found)))
    return regions.region_map(regions.Regions(cells)).standalone()


@html.register
def _(verdict: Verdict):
    found = verdict.counterexample
    parts = [_decision(verdict.verdict, verdict.problem.name, verdict.statement)]
    if verdict.sizes is not None:
        parts.append(f"<p>Theorem 1.1 for this mask and this seed: {_bounds(verdict)}.</p>")
    if found is not None:
        values = ("point", annotated_point(found.point)), ("network", annotated(found.network))
        parts.append(grid((), [*values, (iterate(verdict.n), annotated(found.target))]))
        is_drawn = found.cell is not None and not verdict.problem.beyond()
        if is_drawn and piece_count(verdict.problem, verdict.n) <= MAX_COMPARED:
            parts.append(_difference(verdict).standalone())
    elif verdict.verdict == "certified" and verdict.proof is None:
        parts.append(f"<p>{grouped(verdict.pieces)} convex pieces of {grouped(verdict.cells)} dyadic cells and of the "
                     "unbounded outside were compared, in rational arithmetic.</p>")
    if verdict.proof is not None:
        parts.append(html(verdict.proof))
    return "".join(parts)


@latex.register
def _(verdict: Verdict):
    if verdict.verdict == "undecided" or not has_formula(verdict.problem):
        return None
    return rf"\textbf{{{kind(verdict)}.}} {sentences(verdict)}"


@html.register
def _(proof: Proof):
    rows = [
        (str(number), formula(fact.where), f"{formula(fact.statement)} <i>({formula(fact.check)})</i>")
        for number, fact in enumerate(proof.facts, 1)
    ]
    return (
        f"<p><b>Theorem.</b> {formula(proof.theorem)}</p>"
        + details(f"The {len(proof.facts)} facts, and the proof", grid(("fact", "about", "statement"), rows)
                  + f"<p><b>Proof.</b> {formula(proof.conclusion)}</p>")
    )


@html.register
def _(answer: Equality):
    found = answer.counterexample
    said = {"certified": "they are equal wherever it was asked", "undecided": answer.reason}
    claim = said.get(answer.verdict, "they differ")
    if answer.largest_difference is not None:
        where = "" if answer.at is None else f" at {annotated_point(answer.at)}"
        claim = f"their largest difference is {annotated(answer.largest_difference)}{where}"
    parts = [_decision(answer.verdict, "two networks", claim)]
    if found is not None:
        rows = ("output", str(found.output)), ("point", annotated_point(found.point))
        parts.append(grid((), [*rows, ("first", annotated(found.first)), ("second", annotated(found.second))]))
    return "".join(parts)


@html.register
def _(found: Decision):
    said = {"certified": "it holds wherever it was asked", "undecided": found.reason}.get(found.verdict, "it fails")
    parts = [_decision(found.verdict, "a property", said)]
    if found.point is not None:
        values = ((f"output {number}", annotated(value)) for number, value in enumerate(found.outputs))
        parts.append(grid((), [("point", annotated_point(found.point)), *values]))
    return "".join(parts)


@html.register
def _(found: Bound):
    rows = [
        (str(number), *_end(output.minimum, output.argmin), *_end(output.maximum, output.argmax))
        for number, output in enumerate(found.outputs)
    ]
    return grid(("output", "minimum", "at", "maximum", "at"), rows)


def _decision(verdict, subject, said):
    return f"<p><b>{SIGNS[verdict]} {verdict}</b> · {words(subject)}: {formula(said)}</p>"


def _bounds(verdict):
    return f"<i>W</i> = {verdict.sizes.width}, <i>L</i> = {formula(verdict.sizes.depth)}"


def _seed(problem):
    return value_map("seed", "The seed g", drawn_iterate(problem, 0))


def _difference(verdict):
    problem, n, point = verdict.problem, verdict.n, verdict.counterexample.point
    pieces = difference_pieces(verdict.network, drawn_iterate(problem, n).pieces)
    return value_map(
        "difference", f"Network minus {iterate(n)}", Drawn(pieces, problem.window),
        "paper colour: equal; ring: the point", marks=lambda frame: mark(frame, point),
    )


def _drawn(form, parts):
    """Return the picture of a layered form: its units if they are few, else the widths of its layers."""
    small = networks.units_and_weights("units", form)
    return (small or networks.width_strip("strip", form, parts)).standalone()


def _end(number, point):
    return ("unbounded", "") if number is None else (annotated(number), annotated_point(point))
