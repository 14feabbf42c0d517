"""Certification by enumeration: network and V^n g side by side on every piece of every dyadic cell, and outside.

The plane is cut into the dyadic cells of level n of the window, a ring of such cells around it, and four unbounded
regions. On the cells the specification says what V^n g is, piece by piece (`exactrelu.refinement.cells`); on the ring
and beyond it is zero. The region enumerator, which knows nothing of refinement, cuts each piece until the network is
affine on it. The network equals V^n g on all of R² if and only if the two affine forms agree on every piece.
"""

from functools import lru_cache
from itertools import product
from time import monotonic_ns
from typing import NamedTuple

from exactrelu.certify.verdict import Counterexample, Verdict
from exactrelu.errors import InputError
from exactrelu.geometry.polygon import Polygon, box, plane, value
from exactrelu.network.dag import Network
from exactrelu.rational import mpq
from exactrelu.refinement.cells import cell_pieces
from exactrelu.refinement.direct import direct_sum
from exactrelu.regions.bisection import Bisection, values_match
from exactrelu.regions.pool import Lane, results

ZERO = (mpq(0), mpq(0), mpq(0))

SHARD = 16
"""Largest side of the blocks of cells that are handed out as one piece of work: large batches, work for every core."""

OUTSIDE = "outside"
"""The block of the unbounded regions; it has no cells."""


class Task(NamedTuple):
    """What every worker knows: the problem, n and the flat network."""

    problem: object
    n: int
    network: Network


def certify(problem, n, network, jobs=None, progress=None):
    """Return the `Verdict` on whether ``network`` equals V^n g on all of R².

    ``network`` has two inputs and one output; nothing else is believed of it. ``jobs`` is the number of processes,
    None for one a core; ``progress(done, total)`` is told how many cells are done. Raises `InputError` for a network of
    another shape.
    """
    network = network.flatten()
    if network.inputs != 2 or len(network.outputs) != 1:
        raise InputError(
            f"V^n g has two inputs and one output, but the network has {network.inputs} and {len(network.outputs)}"
        )
    task = Task(problem, n, network)
    blocks = [*shards(problem, n), OUTSIDE]
    total = sum(map(block_size, blocks))
    cells = pieces = 0
    for _, outcomes in results([Lane(work, task, blocks)], jobs):
        for block_cells, block_pieces, found, cell in outcomes:
            cells += block_cells
            pieces += block_pieces
            if found is not None:
                return Verdict("refuted", cells, pieces, counterexample(task, found, cell))
        if progress is not None:
            progress(cells, total)
    return Verdict("certified", cells, pieces)


def shards(problem, n):
    """Return blocks ((low1, high1), (low2, high2)) of cell indices that fill the window and the ring around it."""
    sides = []
    for low, high in problem.window:
        count = (high - low) * 2**n + 2
        parts = max(2, -(-count // SHARD))
        sides.append([(count * part // parts - 1, count * (part + 1) // parts - 1) for part in range(parts)])
    return list(product(*sides))


def block_size(block):
    """Return the number of cells in a block."""
    if block == OUTSIDE:
        return 0
    (low1, high1), (low2, high2) = block
    return (high1 - low1) * (high2 - low2)


def work(task, blocks, deadline):
    """Return ([(cells, pieces, point or None, cell)] for the blocks done before the deadline, blocks left over)."""
    bisection = prepared(task.network)
    outcomes = []
    while blocks and (not outcomes or monotonic_ns() < deadline):
        outcomes.append(compare_block(task, bisection, blocks.pop()))
        if outcomes[-1][2] is not None:
            break
    return outcomes, blocks


@lru_cache(maxsize=1)
def prepared(network):
    """Return the `Bisection` of a network; a worker prepares its network once."""
    return Bisection(network)


def compare_block(task, bisection, block):
    """Return (cells, pieces, a point where the two differ or None, its cell) for one block of cells."""
    targets = targets_on(task, block)
    pieces = 0
    for piece in bisection.pieces([polygon for _, polygon, _ in targets]):
        pieces += 1
        cell, _, form = targets[piece.root]
        if not values_match(piece, form):
            return block_size(block), pieces, point_off(piece, form), cell
    return block_size(block), pieces, None, None


def targets_on(task, block):
    """Return [(cell, polygon, form of V^n g on it)] for the cells of a block, or for the unbounded regions."""
    if block == OUTSIDE:
        return [(None, region, ZERO) for region in unbounded_regions(task.problem, task.n)]
    return [
        (cell, polygon, form)
        for cell in product(*(range(low, high) for low, high in block))
        for polygon, form in target_on(task.problem, task.n, *cell)
    ]


def target_on(problem, n, m1, m2):
    """Return the (polygon, form) of V^n g on a cell of the window or of the ring around it, where it is zero."""
    L1, L2 = problem.size
    if 0 <= m1 < L1 << n and 0 <= m2 < L2 << n:
        return cell_pieces(problem, n, m1, m2)
    (x0, _), (y0, _) = problem.window
    x, y, side = x0 + mpq(m1, 2**n), y0 + mpq(m2, 2**n), mpq(1, 2**n)
    return [(box(x, x + side, y, y + side), ZERO)]


def point_off(piece, form):
    """Return a point of the piece at which its values are not those of ``form``: a vertex, or one on a ray."""
    x, y = next((mpq(X, W), mpq(Y, W)) for X, Y, W in piece.polygon.vertices if W)
    for vertex, at in zip(piece.polygon.vertices, piece.values[0]):
        X, Y, W = vertex
        if value(form, vertex) != at * (W or 1):
            # at an ideal vertex the slopes differ: then so do the values at (x, y) or one step along the ray
            return (mpq(X, W), mpq(Y, W)) if W else (x + X, y + Y)
    raise AssertionError("the piece matches the form at every vertex")


def unbounded_regions(problem, n) -> list[Polygon]:
    """Return four polygons that fill the plane outside of the window and its ring: left, right, below, above."""
    (x0, x1), (y0, y1) = problem.window
    ring = mpq(1, 2**n)
    left, rest = plane().split((mpq(1), mpq(0), ring - x0))
    middle, right = rest.split((mpq(1), mpq(0), -ring - x1))
    below, rest = middle.split((mpq(0), mpq(1), ring - y0))
    _, above = rest.split((mpq(0), mpq(1), -ring - y1))
    return [left, right, below, above]


def counterexample(task, point, cell):
    """Return the `Counterexample` at ``point``, both values computed anew; raises ``AssertionError`` if they agree."""
    (found,) = task.network.evaluate(point)
    target = direct_sum(task.problem, task.n, *point)
    if found == target:
        raise AssertionError(f"network and target agree at {point}, where they were found to differ")
    return Counterexample(point, found, target, cell)
