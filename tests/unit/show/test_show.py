"""Pictures: exact, the same bytes every time, well formed, and legible."""

import hashlib
import os
import re
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from functools import cache
from itertools import combinations
from random import Random

import pytest
from browser import needs_browser, seen
from command import answer, refusal, run
from folders import ROOT
from hypothesis import given
from hypothesis import strategies as st
from networks import perceptron
from random_networks import networks

from exactrelu.construction import build
from exactrelu.construction.loop import controller, embedding
from exactrelu.construction.readout import minus_readout, plus_readout
from exactrelu.cpwl.polygon import affine_at, box, coordinates
from exactrelu.field import mpq
from exactrelu.formats import write_network
from exactrelu.network import Affine, Network, Relu
from exactrelu.network.builder import Builder
from exactrelu.network.layers import layered
from exactrelu.planar import activation_regions
from exactrelu.refinement.cascade import cascade, residual
from exactrelu.scheme import load_problem
from exactrelu.show import iterates, surfaces
from exactrelu.show import networks as drawings
from exactrelu.show.bands import Scale, banded
from exactrelu.show.charts import Linear, Logarithmic, distance_panel, order, size_panels
from exactrelu.show.controller import EPSILON, curves, doubled_points, loop_points, panels
from exactrelu.show.frames import Frame, tenths
from exactrelu.show.maps import Drawn, value_map
from exactrelu.show.marks import mark
from exactrelu.show.mesh import Mesh
from exactrelu.show.palette import RULES, TYPE, classes_of
from exactrelu.show.regions import MAX_LINKED, Regions, adjacency, region_map, tinted, value_picture
from exactrelu.show.surfaces import VIEWER, far_to_near, surface
from exactrelu.show.svg import decimal

PLACE = mpq(311, 1009)
"""A share of an edge at which no other edge ends."""

SQUARE = box(-2, 2, -2, 2)


NETWORK = perceptron(Random(29), (8, 8), 4, 8)


@cache
def gallery():
    """A tuple of pictures of all kinds, those of what is degenerate among them."""
    return tuple(_gallery())


def _gallery():
    bilinear, butterfly, zero = map(load_problem, ("bilinear", "butterfly", "zero"))
    yield from panels()
    for problem, n in ((bilinear, 0), (bilinear, 3), (butterfly, 1), (zero, 1)):
        drawn = iterates.drawn_iterate(problem, n)
        yield iterates.map_picture(problem, n)
        yield iterates.surface_picture(problem, n)
        point = coordinates(drawn.pieces[0][0].vertices[0])
        words = "(0, 0)", "value −12345/1024"
        yield value_map("m", "A mark", drawn, marks=lambda frame, p=point: mark(frame, p, words))
        yield iterates.cut(problem, iterates.shown_levels(problem, n))
        yield distance_panel("d", iterates.distances(problem, range(n + 1)))
        yield from iterates.thumbnails(problem, range(n + 1))
    constant = Network(2, [Affine((), mpq(1, 3))], [2])
    long = Network(2, [Affine(((0, mpq(1, 10**9)),), 10**9), Relu(2)], [3])
    for network, where in ((NETWORK, SQUARE), (NETWORK, None), (constant, None), (long, None), (long, SQUARE)):
        regions = Regions(activation_regions(network, where))
        yield from (draw(regions) for draw in (region_map, adjacency, value_picture))
    many = {
        name: [{"width": 10**k * n, "depth": n + k, "largest_weight": 10 ** (k * n)} for n in range(1, 6)]
        for k, name in enumerate(("one-pass", "small", "paper"))
    }
    yield from size_panels("sizes", many)
    yield from size_panels("size", {"my-construction": [{"width": 0, "depth": 0, "largest_weight": 0}]})
    cases = (bilinear, 3, "one-pass"), (bilinear, 300, "small"), (bilinear, 2, "paper"), (zero, 1, "paper")
    for problem, n, name in cases:
        network = build(problem, n, name)
        form = layered(network)
        parts = drawings.stretches(network, form)
        yield drawings.network_sheet("sheet", network, form)
        yield drawings.width_strip("strip", form, parts, drawings.NARROW)
        if len(parts) > 1:
            yield drawings.block_stack("stack", network, parts)
    for network in (NETWORK, constant, perceptron(Random(1), (70,))):
        yield drawings.network_sheet("sheet", network, layered(network))


def test_every_picture_is_well_formed():
    """Pictures are XML with a title and a description, unique ids, nothing to load, and only classes with a rule."""
    for picture in gallery():
        text = picture.standalone()
        tree = ElementTree.fromstring(text)
        ids = re.findall(r' id="([^"]*)"', text)
        assert tree.get("role") == "img" and tree.get("aria-labelledby").split() == ids and len(set(ids)) == 2
        assert picture.title and picture.description
        assert text.count("http") == 1 and not re.search(r"src=|href|<script|url\(|nan|inf\b", text)
        known = {*RULES, *(name[1:] for name in TYPE), "zero-line"}
        assert classes_of(text) <= known
        assert all(f".{name}{{" in text for name in classes_of(text))


@needs_browser
def test_text_is_legible(tmp_path):
    """In a browser no text of a picture is smaller than 9 px, outside of the picture, or over other text."""
    body = "".join(f"<div>{picture.standalone()}</div>" for picture in gallery())
    found = seen(tmp_path, f"<!doctype html><html><body>{body}</body></html>")
    assert not found["problems"], "\n".join(map(str, found["problems"]))
    assert found["pictures"] > 60


def test_same_bytes_in_every_process():
    """A picture does not depend on hashes, and so not on the process that draws it."""
    source = (
        "from test_show import gallery; import hashlib; "
        "print(hashlib.sha256(''.join(p.standalone() for p in gallery()).encode()).hexdigest())"
    )
    paths = os.pathsep.join(sys.path)
    found = subprocess.run(
        [sys.executable, "-c", source], check=True, capture_output=True, text=True,
        env={**os.environ, "PYTHONPATH": paths, "PYTHONHASHSEED": "1"},
    ).stdout.strip()
    here = "".join(picture.standalone() for picture in gallery())
    assert found == hashlib.sha256(here.encode()).hexdigest()


@given(st.fractions(), st.integers(0, 4))
def test_numbers_are_rounded_once_half_up(number, places):
    """A coordinate is the decimal that is nearest, the larger one of two."""
    shown = mpq(decimal(number, places).replace("-.", "-0."))
    assert -mpq(1, 2) < (shown - mpq(number.numerator, number.denominator)) * 10**places <= mpq(1, 2)


@given(networks())
def test_lines_are_where_the_output_bends(network):
    """The pieces on the two sides of a line have different forms, those of a seam one; outlines keep the areas."""
    regions = Regions(activation_regions(network, SQUARE))
    mesh = regions.mesh
    forms = {form for _, form in regions.pieces}
    for segments, is_bend in ((mesh.bends, True), (mesh.seams, False)):
        for (x, y), (X, Y) in segments:
            inner = x + PLACE * (X - x), y + PLACE * (Y - y)  # where no other line crosses, most likely
            there = {form for polygon, form in regions.pieces if polygon.contains(*inner)}
            assert len(there) == (2 if is_bend else 1)
    for form in forms:
        area = sum(polygon.area() for polygon, own in regions.pieces if own == form)
        assert sum(map(signed_area, mesh.outline(form))) == area
    tints = tinted(mesh, [form for _, form in regions.pieces])
    assert set(tints) == forms
    assert all(tints[one] != tints[other] for one, other in mesh.touching) or len(forms) > 8


def signed_area(points):
    """Return the area to the left of a closed polygon."""
    pairs = zip(points, [*points[1:], *points[:1]])
    return sum(x * Y - X * y for (x, y), (X, Y) in pairs) / 2


@given(networks())
def test_bands_hold_their_values(network):
    """A point inside of a band has a value of that band, and where there is none the value is zero."""
    pieces = Regions(activation_regions(network, SQUARE)).pieces
    drawn = Drawn(pieces, ((-2, 2), (-2, 2)), outside=None)
    scale = Scale(*drawn.range)
    assert 1 <= scale.count <= 9 and (not scale.top or 4 < scale.top / scale.step <= 9)
    covered = mpq(0)
    for band, polygons in banded(pieces, scale).items():
        for polygon in polygons:
            value = network.evaluate(polygon.interior_point())[0]
            low = scale.step * (band if band >= 0 else -band - 1)
            assert low <= abs(value) <= low + scale.step and (value > 0) == (band >= 0)
            covered += polygon.area()
    assert covered + sum(polygon.area() for polygon, form in pieces if not any(form)) == 16


def test_what_hides_is_drawn_later():
    """Along every line towards the viewer the nearer piece comes later."""
    drawn = iterates.drawn_iterate(load_problem("zp"), 1)
    order_of = {number: place for place, number in enumerate(far_to_near(drawn))}
    assert len(order_of) == len(drawn.pieces)
    inner = [polygon.interior_point() for polygon, _ in drawn.pieces]
    step = mpq(1, 7)
    for number, (x, y) in enumerate(inner):
        place = x + step * VIEWER[0], y + step * VIEWER[1]
        for other, (polygon, _) in enumerate(drawn.pieces):
            if other != number and polygon.contains(*place):
                assert order_of[other] > order_of[number]


def test_no_surface_of_too_many_pieces(monkeypatch):
    """A surface with too many facets is left out rather than simplified."""
    drawn = iterates.drawn_iterate(load_problem("bilinear"), 1)
    assert surface("s", "s", drawn).title == "s"
    monkeypatch.setattr(surfaces, "MAX_FACETS", len(drawn.pieces) - 1)
    assert surface("s", "s", drawn) is None


@pytest.mark.parametrize("name", ["bilinear", "zp", "loop"])
def test_cuts_and_distances_are_exact(name):
    """A cut has the values of the iterate between its knots, too; the distance is not exceeded."""
    problem = load_problem(name)
    ends = ((mpq(0), mpq(1, 3)), (mpq(2), mpq(5, 3)))
    points = iterates.along(problem, 2, ends)
    for (t, one), (u, other) in zip(points, points[1:]):
        middle = (t + u) / 2
        at = [low + middle * (high - low) for low, high in zip(*ends)]
        assert cascade(problem, 2, *at) == (one + other) / 2
    largest, random = iterates.distance(problem, 1), Random(5)
    assert largest > 0
    for _ in range(200):
        point = [mpq(random.randint(0, 48), 24) for _ in range(2)]
        assert abs(cascade(problem, 2, *point) - cascade(problem, 1, *point)) <= largest


def test_the_difference_of_a_network_and_an_iterate():
    """On every piece it is what the two values differ by; the network for n = 1 differs from V²g, and not from Vg."""
    problem, network = load_problem("bilinear"), build("bilinear", 1, "small")
    for n, is_zero in ((1, True), (2, False)):
        pieces = iterates.difference_pieces(network, iterates.drawn_iterate(problem, n).pieces)
        for polygon, form in pieces:
            x, y = polygon.interior_point()
            assert affine_at(form, x, y) == network.evaluate((x, y))[0] - cascade(problem, n, x, y)
        assert all(not any(form) for _, form in pieces) == is_zero
    inside = iterates.network_pieces(network, problem.window)
    assert sum(polygon.area() for polygon, _ in inside) == 4


def test_the_drawn_loop_is_that_of_the_code():
    """The corners of the loop are E at 0, 1/3, 2/3; F∘E goes round twice; both agree with the code."""
    third = mpq(1, 3)
    assert loop_points() == [(0, 0), (1, 1), (1, 0), (0, 0)]
    assert doubled_points(mpq(0), mpq(1)) == [(0, 0), (1, 1), (1, 0), (0, 0), (1, 1), (1, 0), (0, 0)]
    for t in (mpq(1, 7), third, mpq(4, 5)):
        b = Builder(1)
        p, q = embedding(b, b.inputs[0])
        network = b.network([p, q, *controller(b, p, q)])
        p, q, *doubled = network.evaluate((t,))
        assert loop_points(t, mpq(1))[0] == (p, q) and tuple(doubled) == loop_points(residual(t), mpq(1))[0]


def test_the_figure_is_right_side_up():
    """ρ⁻ is t but on [0, ε], where it falls from 1 to ε; ρ⁺ is t but on [1 − ε, 1], where it falls from 1 − ε to 0."""
    minus = curves(lambda b, p, q: minus_readout(b, p, q, EPSILON))
    plus = curves(lambda b, p, q: plus_readout(b, p, q, EPSILON))
    corners = [point for point in minus if point[0] in (0, EPSILON, 1)]
    assert corners == [(0, 1), (EPSILON, EPSILON), (1, 1)] and all(t == value for t, value in minus if t >= EPSILON)
    corners = [point for point in plus if point[0] in (0, 1 - EPSILON, 1)]
    assert corners == [(0, 0), (1 - EPSILON, 1 - EPSILON), (1, 0)]
    assert all(t == value for t, value in plus if t <= 1 - EPSILON)


def test_layers_of_blocks():
    """The bars of a strip are the layers of the network; equal blocks are one stretch."""
    for name in ("one-pass", "small", "compact"):
        network = build("bilinear", 5, name)
        form = layered(network)
        parts = drawings.stretches(network, form)
        assert sum(part.count * part.layers for part in parts) == form.depth
    network = build("bilinear", 5)
    assert [part.count for part in drawings.stretches(network, layered(network))] == [1, 4, 1, 1]
    strip = drawings.width_strip("s", layered(network), drawings.stretches(network, layered(network)))
    assert strip.body.count("<rect") == layered(network).depth


def test_large_networks_are_no_hairballs():
    """A network of many layers takes a few kilobytes, and units are drawn of small networks alone."""
    network = build("bilinear", 1000)
    form = layered(network)
    assert len(drawings.network_sheet("net", network, form).standalone()) < 9000
    assert drawings.units_and_weights("net", form) is None
    assert drawings.units_and_weights("net", layered(NETWORK)).title == "Units and weights"


@given(st.integers(1, 10**30), st.integers(1, 10**30))
def test_logarithms(a, b):
    """Heights on a logarithmic axis grow with the values, a power of the base is at its tick."""
    low, high = sorted((mpq(a, b), mpq(b, a)))
    for base in (2, 10):
        assert mpq(base) ** order(low, base) <= low < mpq(base) ** (order(low, base) + 1)
        axis = Logarithmic(low, high, base)
        heights = [axis.height(number) for number in (low, (low + high) / 2, high)]
        assert heights == sorted(heights, reverse=True)
    assert Linear(max(a, 1)).height(0) > Linear(max(a, 1)).height(a)


def test_places_on_the_screen():
    """y points up, both coordinates have one scale, and points that are rounded to one place are one."""
    frame = Frame(((0, 4), (0, 2)), 10, 20, 100)
    assert (frame((0, 0)), frame((4, 2))) == ((10, 70), (110, 20)) and frame.height == 50
    assert Frame(((0, 1), (0, 100)), 0, 0, 100).height == 150
    points = [(mpq(0), mpq(0)), (mpq(1, 10**6), mpq(0)), (mpq(4), mpq(2))]
    assert tenths(frame, points, close=False) == "M100 700l1000-500"


def test_seams_and_bends_along_one_line():
    """Where more polygons meet on one side of a line than on the other, every part of it is told by itself."""
    lower, left, right = box(0, 2, 0, 1), box(0, 1, 1, 2), box(1, 2, 1, 2)
    mesh = Mesh([(lower, 1), (left, 1), (right, 2)], outside=0)
    assert ((0, 1), (1, 1)) in mesh.seams and ((1, 1), (2, 1)) in mesh.bends
    assert mesh.touching == {(1, 2)} and len(mesh.shared) == 3
    assert {frozenset(pair[:2]) for pair in mesh.shared} == {frozenset(p) for p in combinations(range(3), 2)}
    assert sorted(map(signed_area, mesh.outline(1))) == [3]


def test_commands(capsys, tmp_path):
    """--plot writes what is asked for beside the answer, plot writes a picture; both refuse what they cannot draw."""
    net, picture = tmp_path / "net.json", tmp_path / "picture.svg"
    code, out, _ = run(capsys, "build", "bilinear", "-n", 1, "--output", net, "--plot", picture)
    assert code == 0 and f"drawn in        {picture}" in out and "B₀" in picture.read_text()
    write_network(net, NETWORK)
    code, data = answer(capsys, "regions", net, "--box", 0, 1, 0, 1, "--plot", picture)
    assert code == 0 and f">{data['regions']} regions" in picture.read_text()
    assert run(capsys, "sizes", "--to", 1, "--plot", picture)[0] == 0 and "one-pass" in picture.read_text()
    assert run(capsys, "plot", "iterates", "-n", 2, "--output", picture)[0] == 0 and "V²g" in picture.read_text()
    code, out, err = run(capsys, "plot", "map", "-n", 1, "--output", "-")
    assert code == 0 and out.startswith("<svg") and out.endswith("</svg>\n") and "written to" in err
    assert "did you mean map" in refusal(capsys, "plot", "mapp", "--output", picture)
    assert "--output" in refusal(capsys, "plot", "map")
    assert "smaller n" in refusal(capsys, "plot", "map", "-n", 12, "--output", picture)
    assert "ends in .svg" in refusal(capsys, "build", "--plot", tmp_path / "picture.png")
    assert "standard output" in refusal(capsys, "build", "--plot", "-")
    assert "adjacency" in refusal(capsys, "regions", net, "--picture", "graph")


def test_an_answer_stands_without_its_picture(capsys, tmp_path):
    """Where a picture cannot be drawn the answer is there, and the exit code is 3."""
    net, picture = tmp_path / "net.json", tmp_path / "picture.svg"
    write_network(net, perceptron(Random(2), (12, 12)))
    code, out, err = run(capsys, "regions", net, "--plot", picture, "--picture", "adjacency")
    assert code == 3 and "activation regions" in out and f"at most {MAX_LINKED} regions" in err
    assert not picture.exists()


@pytest.mark.parametrize("name", iterates.PICTURES)
def test_pictures_of_the_documentation_are_current(name):
    """The pictures in docs/pictures are those that ``exactrelu plot NAME -n 3`` draws, byte for byte."""
    kept = ROOT / "docs" / "pictures" / f"{name}.svg"
    assert kept.read_text(encoding="utf-8") == iterates.PICTURES[name](load_problem("bilinear"), 3).standalone()


@pytest.mark.parametrize("problem", ["haar", "bilinear", "courant"])
def test_surfaces_stay_under_their_titles(problem):
    """However near the back of the window the largest values are, no facet reaches the two lines of the title."""
    picture = iterates.surface_picture(load_problem(problem), 2)
    tree = ElementTree.fromstring(picture.standalone())
    (moved,) = (each for each in tree.iter() if "scale(.1)" in each.get("transform", ""))
    lower = int(re.match(r"translate\(0,(-?\d+)\)", moved.get("transform"))[1])
    highest = []
    for path in moved.iter("{http://www.w3.org/2000/svg}path"):
        for part in re.findall(r"M[^M]*", path.get("d")):
            numbers = list(map(int, re.findall(r"-?\d+", part)))
            y = 0
            for step in numbers[1::2]:
                y += step
                highest.append(y)
    assert min(highest) / 10 + lower >= 45 and picture.height == 308 + lower
