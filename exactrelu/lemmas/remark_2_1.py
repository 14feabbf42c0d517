"""Remark 2.1 (i)–(iv): closure properties of network classes, with exact width and depth."""

from itertools import combinations

from exactrelu.certification.enumeration import certify
from exactrelu.construction import one_pass
from exactrelu.construction.lattice import lattice, lattice_form
from exactrelu.field import mpq
from exactrelu.lemmas.instances import special_atoms
from exactrelu.lemmas.result import INSTANCES, Fact, Statement, Table
from exactrelu.lemmas.torus import torus_controller
from exactrelu.network import Affine, Builder, Chain, Network, Relu, Sum
from exactrelu.network.layers import layered
from exactrelu.planar import equal
from exactrelu.scheme import load_problem

STATEMENT = Statement(
    "Remark 2.1",
    "closure properties",
    r"""
* (i) Every compactly supported CPwL function of the plane is an exact finite network.
* (ii) A finite sum of networks of depths $L_i$ and widths $W_i$ with $M$ outputs is a network of depth $\max L_i$ and
  width at most
  $\sum W_i + 2M$: two units carry each output of the terms that have ended.
* (iii) Moving the input by a fixed vector changes neither width nor depth; a fixed CPwL map with finitely many pieces
  after the output adds
  its own depth.
* (iv) If $F$ is in $\Upsilon_{W,L}$ and $\Phi$ in $\Upsilon_{W',L'}$, then $\Phi \circ F$ is in $\Upsilon_{\max(W, W'),
  L + L'}$: affine maps that meet are multiplied out.

Depth counts hidden layers. For (iii) and (iv) the printed definition of CPwL is too wide, see the findings.
""",
)

SEEDS = ("courant", "single_c21", "nonconvex", "ring", "window_edges")
"""Problems whose seeds are realized."""


def check(realize=one_pass.build, layered=layered):
    """Return the `Check`; ``realize`` is (problem, n) -> network, ``layered`` makes the layered form."""
    return STATEMENT.check(
        seeds_fact(realize), sums_fact(layered), translation_fact(layered), composition_fact(layered)
    )


def seeds_fact(realize):
    """(i): seeds of different shapes as networks, compared with the seed on the whole plane."""
    rows, cases, witness = [], 0, None
    for name in SEEDS:
        problem = load_problem(name)
        network = realize(problem, 0)
        verdict = certify(problem, 0, network, jobs=1)
        form = layered(network)
        rows.append((name, len(problem.seed.simplices), form.width, form.depth))
        cases += len(problem.seed.simplices)
        if verdict.counterexample is not None and witness is None:
            witness = {"seed": name, "point": verdict.counterexample.point, "network": verdict.counterexample.network}
    return Fact(
        "(i) The seeds of these problems as networks; the cases are their triangles.",
        INSTANCES,
        "all points of the plane",
        cases,
        witness,
        table=Table(("seed of", "triangles", "width", "depth"), tuple(rows)),
    )


def tents(depth):
    """Return the `Chain` of T^depth(x) + T^depth(y) with the tent map T(t) = 2 t₊ − 4 (t − 1/2)₊."""
    b = Builder(2)
    step = b.network([2 * b.relu(t) - 4 * b.relu(t - mpq(1, 2)) for t in b.inputs])
    b = Builder(2)
    x, y = b.inputs
    return Chain([step] * depth + [b.network([x + y])])


def as_network(form):
    """Return the flat `Network` of a layered form, unit by unit."""
    nodes, below = [], list(range(form.inputs))

    def add(node):
        nodes.append(node)
        return form.inputs + len(nodes) - 1

    def apply(rows, below):
        return [add(Affine(tuple((below[unit], weight) for unit, weight in row.terms), row.bias)) for row in rows]

    for layer in form.layers:
        below = [add(Relu(node)) for node in apply(layer.rows, below)]
    return Network(form.inputs, nodes, apply(form.outputs.rows, below))


def compared(form, network):
    """Return a point at which a layered form is not the function of ``network``, None if they are equal on R²."""
    found = equal(as_network(form), network.flatten(), jobs=1)
    return None if found.counterexample is None else found.counterexample.point


def sums_fact(layered):
    """(ii): sums of two and three tent networks of different depths."""
    terms = {depth: tents(depth) for depth in (1, 2, 4)}
    rows, witness = [], None
    for size in (2, 3):
        for chosen in combinations(terms, size):
            network = Sum([terms[depth] for depth in chosen])
            form = layered(network)
            most = sum(layered(terms[depth]).width for depth in chosen) + 2
            rows.append((" + ".join(map(str, chosen)), form.depth, form.width, most))
            point = compared(form, network)
            if (form.depth != max(chosen) or form.width > most or point) and witness is None:
                witness = {"depths": chosen, "depth": form.depth, "width": form.width, "differs at": point}
    return Fact(
        r"(ii) Sums of networks $T^k(x) + T^k(y)$ with the tent map $T$; as functions on $\mathbb{R}^2$ they are the"
        r" sums.",
        INSTANCES,
        "all points of the plane, depths of the table",
        len(rows),
        witness,
        table=Table(("depths of the terms", "depth", "width", "bound on the width"), tuple(rows)),
    )


def translation_fact(layered):
    """(iii): a moved input, and the hat of an atom after the output."""
    b = Builder(2)
    x, y = b.inputs
    shift = b.network([x - mpq(1, 3), y + mpq(2, 7)])
    b = Builder(1)
    (t,) = b.inputs
    outer = Chain([b.network([b.relu(b.clamp(t) - mpq(1, 4))])])
    rows, witness = [], None
    for depth in (1, 3):
        chain = tents(depth)
        form, moved = layered(chain), layered(Chain([shift, *chain.blocks]))
        mapped = layered(Chain([*chain.blocks, *outer.blocks]))
        rows.append((depth, form.width, moved.depth, moved.width, mapped.depth))
        kept = (moved.depth, moved.width) == (form.depth, form.width)
        point = compared(moved, Chain([shift, *chain.blocks]))
        point = point or compared(mapped, Chain([*chain.blocks, *outer.blocks]))
        if not (kept and mapped.depth == form.depth + layered(outer).depth and point is None) and witness is None:
            witness = {"depth": depth, "moved": (moved.depth, moved.width), "mapped": mapped.depth, "differs at": point}
    header = ("depth", "width", "depth, moved", "width, moved", "depth with a map of depth 2 after it")
    return Fact(
        "(iii) The input moved by a fixed vector, and an output map of depth 2.",
        INSTANCES,
        "all points of the plane, tent networks",
        len(rows),
        witness,
        table=Table(header, tuple(rows)),
    )


def composition_fact(layered):
    """(iv): a network of an atom after two components of the torus controller."""
    rows, witness = [], None
    for name in ("hexagon", "two peaks"):
        b = Builder(4)
        px, _, py, _ = b.inputs
        outer = b.network([b.relu(lattice(b, lattice_form(special_atoms()[name].pieces()), px, py))])
        for n in (1, 3):
            inner = torus_controller(n)
            whole = Chain([*inner.blocks, outer])
            parts, both = (layered(inner), layered(outer)), layered(whole)
            depths, widths = [part.depth for part in parts], [part.width for part in parts]
            rows.append((name, n, "{} + {}".format(*depths), both.depth, "{}, {}".format(*widths), both.width))
            point = compared(both, whole)
            if (both.depth != sum(depths) or both.width > max(widths) or point) and witness is None:
                witness = {"atom": name, "n": n, "depth": both.depth, "width": both.width, "differs at": point}
    header = ("Phi", "n", "depths", "depth", "widths", "width")
    return Fact(
        r"(iv) A CPwL map $\Phi$ of two components of the torus controller $z_n$: the layered network is $\Phi \circ"
        r" F$, its depth the sum and its width at most the larger one.",
        INSTANCES,
        "all points of the plane, the layered networks themselves",
        len(rows),
        witness,
        table=Table(header, tuple(rows)),
    )
