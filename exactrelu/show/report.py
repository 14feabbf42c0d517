"""One page on a verdict: what was decided and how, in pictures and formulas, and how to check it again.

Everything on it is read off the verdict, the network and the specification; what is left out is said.
"""

from typing import NamedTuple

from exactrelu.field import mpq, rounded, text
from exactrelu.refinement.mask import coset_sums, largest_coset_norm
from exactrelu.show import controller, networks
from exactrelu.show.again import check, trust
from exactrelu.show.bands import Scale
from exactrelu.show.blocks import in_words, introduction, listing
from exactrelu.show.charts import distance_panel, size_panels
from exactrelu.show.formulas import html
from exactrelu.show.hand import by_hand
from exactrelu.show.iterates import (
    MAX_COMPARED, MAX_PIECES, SHOWN, cut, difference_pieces, distances, drawn_iterate, network_pieces, piece_count,
    shown_levels, thumbnails,
)
from exactrelu.show.maps import Drawn, value_map
from exactrelu.show.marks import mark
from exactrelu.show.page import (
    badge, details, figure, figures, grid, keys, lines, page, section, wide, words,
)
from exactrelu.show.regions import clipped
from exactrelu.show.surfaces import surface
from exactrelu.show.svg import MINUS, grouped, iterate, raised

MAX_MASK = 400
"""The most places of a mask that are written out as a table."""

ENLARGED = 8
"""How much larger the place of a counterexample is shown."""

THUMBNAIL_PIECES = 2_000
"""The most pieces of an iterate in the row of thumbnails of a page."""


class Source(NamedTuple):
    """Where a verdict comes from, as a command line names it: ``problem`` (its words) and ``network`` (a file or None).

    ``construction`` built the network where there is no file; ``certificate`` is (name, SHA-256) of a certificate that
    was written, or None; ``version`` is that of exactrelu.
    """

    problem: str
    network: str | None
    construction: str | None
    certificate: tuple | None
    version: str


def report(verdict, source, form=None, sizes=None, notes=()):
    """Return the HTML of the page on a `Verdict`.

    ``form`` is the layered form of the network (None for all n), ``sizes`` maps constructions to rows for n = 1, 2, …
    with the keys of `charts.SIZES`, or is None. ``notes`` are sentences on the network's numbers.
    """
    problem, n = verdict.problem, verdict.n
    parts = [_header(verdict, source, form), *(f'<p class="kicker">{words(note)}</p>' for note in notes)]
    if verdict.counterexample is not None:
        parts += [_differences(verdict), section("hand", f"{_name(n)} at this point, by hand", _by_hand(verdict))]
    elif verdict.verdict != "undecided":
        parts.append(_function(problem, n))
    parts.append(_problem(problem))
    if verdict.verdict == "certified":
        parts.append(_proof(verdict) if verdict.proof is not None else _enumeration(verdict))
    if form is not None:
        parts.append(_network(verdict, form))
    if sizes:
        parts.append(_sizes(problem, sizes, verdict))
    if verdict.verdict == "certified":
        parts.append(_iterates(problem))
    parts += [check(verdict, source), trust(verdict)]
    footer = (
        f"<footer>exactrelu {words(source.version)} · paper: T. Gantumur, arXiv:2605.03917 · this page has no scripts "
        "and loads nothing</footer>"
    )
    return page(f"{verdict.verdict}: {problem.name}, n = {n}", "".join([*parts, footer]))


def _name(n):
    """Return V^n g as HTML."""
    if n == "all":
        return "<i>V</i><sup><i>n</i></sup><i>g</i>"
    return "<i>g</i>" if n == 0 else "<i>Vg</i>" if n == 1 else f"<i>V</i><sup>{n}</sup><i>g</i>"


HOW = {
    "enumerate": "on every piece of the plane, by exact rational arithmetic: no samples, no floats, no tolerance.",
    "induction": "by a proof of {} facts in exact rational arithmetic: no samples, no floats, no tolerance.",
}


def _header(verdict, source, form):
    n, name = verdict.n, words(verdict.problem.name)
    made = f"construction {source.construction}" if source.network is None else f"network file {source.network}"
    if verdict.verdict == "certified":
        where = "at every point of ℝ²"
        claim = f"For every <i>n</i> ≥ 1 the network equals {_name(n)} {where}." if n == "all" else (
            f"The network equals {_name(n)} {where}."
        )
        how = HOW[verdict.method].format(len(verdict.proof.facts) if verdict.proof is not None else "")
    elif verdict.verdict == "refuted":
        claim, how = f"The network differs from {_name(n)}.", "by one point, in exact rational arithmetic."
    else:
        claim, how = f"Whether the network equals {_name(n)} was not decided.", words(verdict.reason)
    numbers = []
    if verdict.sizes is not None:
        numbers += [("width W", verdict.sizes.width), ("depth L", words(str(verdict.sizes.depth).replace("+", " + ")))]
    if form is not None:
        numbers += [("width", grouped(form.width)), ("depth", grouped(form.depth)), ("neurons", grouped(form.neurons))]
        numbers += [("edges", grouped(form.edges)), ("largest weight", _size(form.largest_weight))]
    if verdict.proof is not None:
        numbers.append(("facts", len(verdict.proof.facts)))
    if verdict.cells:
        numbers.append(("dyadic cells", grouped(verdict.cells)))
    if verdict.pieces:
        numbers.append(("affine pieces compared", grouped(verdict.pieces)))
    return (
        f'<header><p class="kicker">exactrelu report · problem <b>{name}</b> · {words(made)} · n = {n}</p>'
        f"<h1>{claim}</h1>"
        f'<p class="verdict">{badge(verdict.verdict)}<span>{how}</span></p>{_point(verdict)}{keys(numbers)}</header>'
    )


def _size(number):
    """Return a weight, or a power of 2 that bounds it if it is long."""
    shown = text(number)
    if len(shown) <= 12:
        return grouped(number) if number.denominator == 1 else words(shown)
    return f"&lt; 2<sup>{int(number).bit_length()}</sup>"


def _point(verdict):
    """Return the table of the counterexample, if there is one."""
    found = verdict.counterexample
    if found is None:
        return ""
    pairs = [
        ("point", f"({', '.join(map(text, found.point))})", f"({', '.join(map(rounded, found.point))})"),
        ("network", text(found.network), rounded(found.network)),
        (_name(verdict.n), text(found.target), rounded(found.target)),
        ("difference", text(found.network - found.target), rounded(found.network - found.target)),
    ]
    rows = [
        (name, f'<span class="large">{_minus(exact)}</span> <span class="rounded">≈ {_minus(decimal)}</span>')
        for name, exact, decimal in pairs
    ]
    where = "outside of the window" if found.cell is None else "in the dyadic cell " + " × ".join(
        f"[{_minus(text(low))}, {_minus(text(high))}]" for low, high in _cell(verdict)
    )
    return grid((), rows, cls="point") + (
        f'<p class="kicker">The point lies {where}. Decimals are rounded; the fractions are exact.</p>'
    )


def _minus(words_of_a_number):
    return words(words_of_a_number.replace("-", MINUS))


def _cell(verdict):
    """Return the sides of the dyadic cell of the counterexample."""
    size = mpq(1, 2**verdict.n)
    cell = verdict.counterexample.cell
    return [(low + m * size, low + (m + 1) * size) for m, (low, _) in zip(cell, verdict.problem.window)]


def _function(problem, n):
    """Return the pictures of the function; for all n, those of n = 3 or of the largest n below that can be drawn."""
    shown = max((k for k in range(4) if piece_count(problem, k) <= MAX_PIECES), default=None) if n == "all" else n
    title = "The function" if n != "all" else f"The function, for n = {shown}"
    if shown is None or piece_count(problem, shown) > MAX_PIECES:
        return section("function", title, f"<p>{_name(n)} has too many pieces for a picture of all of them.</p>")
    drawn, name = drawn_iterate(problem, shown), iterate(shown)
    pictures = [
        figure(
            value_map("map", f"{name} on its window", drawn),
            "Lines: where it bends, all of them. Bands: values. Outside of the window it is 0.",
        )
    ]
    graph = surface("surface", f"{name} as a surface", drawn)
    pictures.append(
        figure(graph) if graph is not None else "<p>There are too many facets for a surface; the map shows all.</p>"
    )
    levels = [k for k in shown_levels(problem, min(shown, 4)) if piece_count(problem, k) <= THUMBNAIL_PIECES]
    pictures.append(figure(cut(problem, levels)))
    return section("function", title, figures(*pictures))


def _differences(verdict):
    """Return where the network and the iterate differ, with the point marked."""
    problem, n, network = verdict.problem, verdict.n, verdict.network
    point = verdict.counterexample.point

    def marked(frame):
        (x0, x1), (y0, y1) = frame.box
        return mark(frame, point) if x0 <= point[0] <= x1 and y0 <= point[1] <= y1 else ""

    if piece_count(problem, n) > MAX_COMPARED or verdict.counterexample.cell is None:
        return section(
            "pictures", "Where they differ",
            "<p>A picture of the difference is left out: there are too many pieces, or the point lies outside of the "
            "window, where the network should be 0.</p>",
        )
    target = drawn_iterate(problem, n)
    difference = Drawn(difference_pieces(network, target.pieces), problem.window)
    scale, zoom = Scale(*difference.range), _zoom(problem.window, point)
    near = Drawn(clipped([(polygon, (form,)) for polygon, form in difference.pieces], zoom), zoom, outside=None)
    itself = Drawn(network_pieces(network, problem.window), problem.window, outside=None)
    return section("pictures", "Where they differ", figures(
        figure(value_map(
            "difference", f"Network minus {iterate(n)}", difference, "paper colour: equal; ring: the point", scale,
            marked,
        )),
        figure(value_map("near", "Near the point", near, f"{ENLARGED} times larger, same colours", scale, marked)),
        figure(value_map("itself", "The network", itself, "what it is", marks=marked)),
        figure(value_map("target", iterate(n), target, "what it should be", marks=marked)),
    ))


def _zoom(window, point):
    """Return a square around the point, as far as the window goes, that is shown larger."""
    side = max(high - low for low, high in window) / mpq(ENLARGED)
    corner = [
        max(low, min(t - side / 2, high - side)) for t, (low, high) in zip(point, window, strict=True)
    ]
    return tuple((low, low + side) for low in corner)


def _by_hand(verdict):
    return by_hand(verdict.problem, verdict.n, verdict.counterexample.point)


def _problem(problem):
    mask = problem.mask
    sides = " × ".join(f"[{_minus(str(low))}, {_minus(str(high))}]" for low, high in problem.window)
    sums = coset_sums(mask)
    same = len(set(sums.values())) == 1
    listed = ", ".join(
        f"{_minus(text(number))} at ({', '.join(map(str, residue))})" for residue, number in sums.items()
    )
    one = _minus(text(next(iter(sums.values()))))
    totals = f"Sum over each coset: {one}" if same else f"Sums over the cosets: {listed}"
    signs = "All coefficients are ≥ 0." if all(c >= 0 for c in mask.values()) else "Some coefficients are negative."
    seed = value_map("seed", "The seed g", drawn_iterate(problem, 0), _seed_words(problem))
    text_part = (
        "<p><i>V f</i>(<i>z</i>) = Σ<sub><i>k</i></sub> <i>c</i><sub><i>k</i></sub> <i>f</i>(2<i>z</i> − <i>k</i>), "
        f"and {_name('all')} is <i>V</i> applied <i>n</i> times to the seed <i>g</i>. The mask has {len(mask)} "
        f"coefficients; the window, outside of which every iterate is 0, is {sides}.</p>{mask_table(mask)}"
        f'<p class="kicker">{totals}. Largest coset norm B = {_minus(text(largest_coset_norm(mask)))}. {signs}</p>'
    )
    return section("problem", "The problem", f'<div class="two"><div>{text_part}</div>{figure(seed)}</div>')


def _seed_words(problem):
    count = len(problem.seed.simplices)
    return f"{grouped(count)} triangle{'' if count == 1 else 's'}; 0 outside of them"


def mask_table(mask):
    """Return the mask as a table with its indices, or a sentence if it is too large for one."""
    columns, rows = (range(min(side), max(side) + 1) for side in zip(*mask))
    if len(columns) * len(rows) > MAX_MASK:
        return f"<p>Its indices fill {len(columns)} × {len(rows)} places, too many for a table here.</p>"
    lines = [
        (_minus(str(y)), *(_minus(text(mask[x, y])) if (x, y) in mask else "·" for x in columns))
        for y in reversed(rows)
    ]
    return grid(
        (), lines, "mask", "Mask <i>c</i><sub><i>k</i></sub>, <i>k</i> = (column, row)",
        ("", *(_minus(str(x)) for x in columns)),
    )


def _proof(verdict):
    facts = "".join(
        f'<li id="fact-{number}"><a class="number" href="#fact-{number}">{number}</a><div>'
        f'<p><span class="tag">{html(fact.where)}</span>{html(fact.statement)}</p>'
        f'<p class="how">{html(fact.check)}{f"; {grouped(fact.pieces)} pieces" if fact.pieces else ""}</p></div></li>'
        for number, fact in enumerate(verdict.proof.facts, 1)
    )
    intro = (
        "The facts are about the blocks of every network of the construction" if verdict.n == "all"
        else "The facts are about the network that was given"
    )
    return section(
        "proof", "The proof",
        f"<p>{intro}; each was checked in the way that stands below it.</p><ol class=\"facts\">{facts}</ol>"
        f'<div class="proof"><p><b>Theorem.</b> {html(verdict.proof.theorem)}</p><p><b>Proof.</b> '
        f"{html(verdict.proof.conclusion)}</p></div>",
        _blocks(verdict.proof.blocks),
    )


def _blocks(blocks):
    """Return the blocks of a proof, if it has any: what each is in words, and all of its nodes on demand."""
    if not blocks:
        return ""
    parts = [
        details(f'<span class="tag">{html(name)}</span> {html(in_words(program))}', lines(listing(program)))
        for name, program in blocks.items()
    ]
    return f"<p>{html(introduction(blocks))}</p>" + "".join(parts)


def _enumeration(verdict):
    cells, pieces = grouped(verdict.cells), grouped(verdict.pieces)
    return section(
        "proof", "How it was decided",
        f"<p>The window was cut into dyadic cells of side 2{raised(-verdict.n) if verdict.n else '⁰'}, with a ring of "
        "such cells around it and four unbounded regions; together they are the plane. On each cell the specification "
        f"says what {_name(verdict.n)} is, on convex polygons on which it is affine; around the window it is 0. The "
        f"network was cut further until it, too, was affine. On all {pieces} pieces of {cells} cells and of the "
        "outside the two affine forms are the same, in rational arithmetic. Two affine forms that agree on a piece "
        "agree at each of its points, and the pieces cover the plane.</p>",
    )


def _network(verdict, form):
    network = verdict.network
    small = networks.units_and_weights("units", form)
    if small is not None:
        return section("network", "The network", figures(figure(small)))
    parts = networks.stretches(network, form)
    drawn = [wide(
        networks.width_strip("strip", form, parts), networks.width_strip("strip-slim", form, parts, networks.NARROW)
    )]
    if len(parts) > 1:
        drawn.append(wide(
            networks.block_diagram("blocks", network, parts), networks.block_stack("blocks-slim", network, parts),
            "Every block reads only what the block before passes on. B₀ is applied first.",
        ))
    carried = figures(*map(figure, controller.panels()))
    note = (
        "<p>The networks of exactrelu read binary digits off a loop. These panels show the parts; the widths of the "
        "strips are larger than in the network, so that they can be seen.</p>"
    )
    return section(
        "network", "The network", figures(*drawn), f"<h3>The controller that carries the digits</h3>{note}{carried}"
        if len(parts) > 1 else "",
    )


def _sizes(problem, sizes, verdict):
    count = max(map(len, sizes.values()))
    rows = [
        (words(name), str(k), *(_size(row[key]) for key in ("width", "depth", "neurons", "edges", "largest_weight")))
        for name, found in sizes.items() for k, row in enumerate(found, 1)
    ]
    head = "construction", "n", "width", "depth", "neurons", "edges", "largest weight"
    if verdict.sizes is not None:
        depth = words(str(verdict.sizes.depth).replace("+", " + "))
        claim = (
            f"For this mask and this seed <b>W = {verdict.sizes.width}</b> and <b>L = {depth}</b>, for every n ≥ 1: "
            "that is proved above. "
        )
    else:
        claim = (
            "These are counted, not proved for other n; <code>exactrelu report -n all</code> proves the constants for "
            "every n. "
        )
    return section(
        "sizes", "Constants of Theorem 1.1",
        f"<p>{claim}The layered networks of all constructions, n = 1, …, {count}:</p>",
        figures(*map(figure, size_panels("size", sizes))), details("The numbers", grid(head, rows)),
    )


def _iterates(problem):
    levels = [k for k in shown_levels(problem, SHOWN[-1]) if piece_count(problem, k) <= THUMBNAIL_PIECES]
    far = distances(problem, range(5))
    drawn = figures(*map(figure, thumbnails(problem, levels)), cls="figs thumbs")
    chart = figures(figure(distance_panel("distances", far))) if far else ""
    return section("iterates", "Where the iterates go", drawn, chart)
