"""Certification by enumeration: network and V^n g side by side on every piece of every dyadic cell, and outside.

The plane is cut into the dyadic cells of level n of the window, a ring of such cells around it, and four unbounded
regions. On the cells the specification says what V^n g is, piece by piece (`exactrelu.refinement.cells`, and for other
dilations, components, masks that vary and sources `exactrelu.refinement.pieces`); on the ring and beyond it is zero.
Rectangles of cells on which it is zero, the sides of the ring among them, are one piece, as the unbounded regions are
(`exactrelu.refinement.live`). The region enumerator, which knows nothing of refinement, cuts each
piece until the network is affine on it. The network equals V^n g on all of R² if and only if the two affine forms agree
on every piece.

The cells are for the compiled core (`exactrelu.planar.native`), if there is one; what it gives back, any difference
that it finds, and a few blocks drawn at random are done by the plain twin.
"""

import secrets
from functools import lru_cache
from itertools import chain
from random import Random
from time import monotonic

from exactrelu.certification.again import check_share
from exactrelu.certification.opinion import at_odds, confirm_iterate, counterexample, early_counterexample
from exactrelu.certification.shards import (
    METHOD, OUTSIDE, Outcome, Task, block_size, block_targets, difference_at, shards,
)
from exactrelu.certification.trial import estimate
from exactrelu.certification.verdict import Verdict, check_shape
from exactrelu.core import PATH, PLAIN, compiled
from exactrelu.cpwl.polygon import Polygon, coordinates, value
from exactrelu.field import mpq
from exactrelu.planar.bisection import Bisection, piece_form, values_match
from exactrelu.planar.native import native
from exactrelu.planar.opinion import MOST, SAMPLES, Reservoir
from exactrelu.planar.pool import Lane, in_time, results
from exactrelu.planar.reference import check_weights
from exactrelu.planar.summands import Ledger, summands
from exactrelu.refinement.direct import direct_sum
from exactrelu.refinement.pieces import lattice_box, outside_polygons, ringed

ZERO = (mpq(0), mpq(0), mpq(0))

TWICE = 256
"""One block of so many that the compiled core has done, drawn at random, is done by its plain twin as well."""


def certify(problem, n, network, jobs=None, progress=None, state=None, scheduler=None, announce=None):
    """Return the `Verdict` on whether ``network`` equals V^n g on all of R².

    ``network`` has two inputs and one output; nothing else is believed of it. ``jobs`` is the number of processes, None
    for one a core; ``scheduler`` is the address of a dask scheduler whose workers are taken instead. ``state``, a
    `exactrelu.certification.state.State`, keeps what is finished, and what it has already is not done again. Both are
    trusted, but for a random share (`exactrelu.certification.again`) and for refutations, which are evaluated here.
    ``progress(done, total)`` is told how many of the cells that were left are done, and ``announce``, before any is,
    the `exactrelu.planar.forecast.Estimate` of the time, but where a scheduler's workers do the work. Raises
    `InputError` for a network of another shape, and `UndecidedError` where what was trusted is found to be wrong.
    """
    began = monotonic()
    check_shape(problem, network)
    blocks = shards(problem, n)
    found = early_counterexample(Task(problem, n, network), sum(map(block_size, blocks)))
    if found is not None:
        return Verdict("refuted", problem, n, network, METHOD, counterexample=found)
    task = Task(problem, n, network.flatten())
    check_weights(task.network)
    shelf = None if state is None else state.shelf(task)
    kept = [] if shelf is None else shelf.outcomes(blocks)
    kept.sort(key=lambda found: found[0].point is not None)  # what refutes comes last, as in the run that found it
    missing, known = set(blocks), {outcome.block for outcome, _ in kept}
    left = [block for block in blocks if block not in known]
    if announce is not None and scheduler is None:
        expected = estimate(task, left, prepared(task.network), prepared_cores(task.network), jobs)
        if expected is not None:
            announce(expected)
    sampled, samples = sampled_blocks(blocks), []
    cells, pieces, believed = 0, 0, []
    for outcome, origin in chain(kept, fresh(task, left, jobs, progress, shelf, scheduler)):
        missing.remove(outcome.block)
        if origin is not None:
            believed.append((outcome, origin))
        cells += block_size(outcome.block)
        pieces += outcome.pieces
        if outcome.block in sampled:
            samples.extend(outcome.samples)
        if outcome.point is not None:
            found = counterexample(task, outcome.point)
            return Verdict("refuted", problem, n, network, METHOD, cells, pieces, found, engine=engine(task.network))
    if missing:
        raise AssertionError(f"nothing is known of {len(missing)} blocks")
    check_share(task, believed, work, jobs, progress)
    confirm_iterate(problem, n, network, sorted(samples), began)
    return Verdict("certified", problem, n, network, METHOD, cells, pieces, engine=engine(task.network))


def engine(network):
    """Return in words what compares the cells: the core, if it takes a summand of the network, or plain Python."""
    return PATH if compiled is None or any(prepared_cores(network)) else PLAIN


def sampled_blocks(blocks):
    """Return the set of those blocks whose samples are looked at: the same in every run, spread over all of them."""
    return {*Random(0).sample(blocks, min(len(blocks), MOST // SAMPLES)), OUTSIDE}


def fresh(task, blocks, jobs, progress, shelf, scheduler):
    """Yield (the `Outcome` of each block as it is finished, the worker on another host it is from); see `certify`."""
    if scheduler is None:
        outcomes = ((outcome, None) for _, part in results([Lane(work, task, blocks)], jobs) for outcome in part)
    else:
        from exactrelu.certification.distributed import outcomes_from  # an extra

        outcomes = outcomes_from(scheduler, work, task, blocks)
    done, total = 0, sum(map(block_size, blocks))
    for outcome, origin in outcomes:
        if shelf is not None:
            shelf.keep(outcome)
        done += block_size(outcome.block)
        if progress is not None:
            progress(done, total)
        yield outcome, origin


def work(task, blocks, deadline):
    """Return (the `Outcome`s of the blocks done before the deadline, of one at least, and the blocks left over)."""
    bisections = prepared(task.network)
    outcomes = []
    for block in in_time(blocks, deadline):
        outcomes.append(compare_block(task, bisections, block))
        if outcomes[-1].point is not None:
            break
    return outcomes, blocks


@lru_cache(maxsize=1)
def prepared(network):
    """Return a `Bisection` for each independent summand of a network; a worker prepares its network once."""
    return [Bisection(summand) for summand in summands(network)]


@lru_cache(maxsize=1)
def prepared_cores(network):
    """Return the `Native` of each independent summand of a network, None for one that the core does not take."""
    return list(map(native, prepared(network), summands(network)))


def compare_block(task, bisections, block):
    """Return the `Outcome` of one block of cells."""
    targets = targets_on(task, block)
    cores = [None] if block == OUTSIDE else prepared_cores(task.network)
    if not any(cores):
        return Outcome(block, *compare_plain(task, bisections, targets))
    outcome = Outcome(block, *compare_compiled(task, bisections, cores, targets))
    if outcome.point is None and not secrets.randbelow(TWICE):
        twin = Outcome(block, *compare_plain(task, bisections, targets))
        if (twin.pieces, twin.point) != (outcome.pieces, None):
            raise other_core(task, f"{outcome.pieces} pieces", f"{twin.pieces} pieces", targets, twin.point)
    return outcome


def compare_plain(task, bisections, targets):
    """Return what an `Outcome` has of a block, from the plain twin."""
    # the unbounded regions are no polygons that `Ledger` takes
    is_sum = len(bisections) > 1 and all(polygon.is_bounded for polygon, _ in targets)
    return (compare_sum if is_sum else compare_whole)(task, bisections, targets)


def compare_compiled(task, bisections, cores, targets):
    """Return the same as `compare_plain`, from the compiled core; a point where they differ is found by its twin."""
    if len(cores) == 1:
        found = cores[0].compare([polygon for polygon, _ in targets], [(form,) for _, form in targets])
        given_back = [(polygon, targets[root][1]) for root, polygon in found.left]
        pieces, point, samples = compare_whole(task, bisections, given_back)
        chosen = Reservoir(len(targets))
        for sample in (*found.samples, *samples):
            chosen.offer(sample)
        pieces, samples = found.pieces + pieces, tuple(chosen.entries)
        differs = found.differs is not None or point is not None
    else:
        ways = [core or bisection for core, bisection in zip(cores, bisections, strict=True)]
        pieces, point, samples = compare_sum(task, ways, targets)
        differs = point is not None
    if not differs:
        return pieces, None, samples
    plain = compare_plain(task, bisections, targets)
    if plain[1] is None:
        raise other_core(task, "a difference", "none", targets, point)
    return plain


def other_core(task, found, expected, targets, point):
    """Return the `Contradiction` that the compiled core and its twin do not find the same on the ``targets``."""
    point = targets[0][0].interior_point() if point is None else point
    values = task.network.evaluate(point)[0], direct_sum(task.problem, task.n, *point)
    claim = f"next to this point the compiled core finds {found}, its plain twin {expected}"
    return at_odds(claim, task.n, point, *values)


def compare_whole(task, bisections, targets):
    """Return what an `Outcome` has of a block, from comparing forms on the pieces of the whole network."""
    bisection = bisections[0] if len(bisections) == 1 else Bisection(task.network)
    pieces, chosen = 0, Reservoir(len(targets))
    for piece in bisection.pieces([polygon for polygon, _ in targets]):
        pieces += 1
        form = targets[piece.root][1]
        if not values_match(piece, form):
            return pieces, point_off(piece, form), ()
        chosen.offer(piece.polygon)
    return pieces, None, insides(chosen)


def compare_sum(task, bisections, targets):
    """Return the same as `compare_whole`, adding up what each summand is on pieces of its own.

    Network and target are equal on a target's polygon if the sum has no kink inside it and the right value at its
    vertices.
    """
    ledgers = [Ledger(polygon) for polygon, _ in targets]
    values = [dict.fromkeys(polygon.vertices, mpq(0)) for polygon, _ in targets]
    pieces, chosen = 0, Reservoir(len(targets))
    for bisection in bisections:
        entered = set()
        for piece in bisection.pieces([polygon for polygon, _ in targets]):
            pieces += 1
            chosen.offer(piece.polygon)
            ledgers[piece.root].enter(piece.polygon, piece_form(piece))
            for vertex, at in zip(piece.polygon.vertices, piece.values[0]):
                if vertex in values[piece.root] and (piece.root, vertex) not in entered:
                    entered.add((piece.root, vertex))
                    values[piece.root][vertex] += at
    for root, (_, form) in enumerate(targets):
        for vertex, at in values[root].items():
            if value(form, vertex) != at * vertex[2]:
                return pieces, coordinates(vertex), ()
        kink = ledgers[root].kink()
        if kink is not None:
            return pieces, point_at_kink(task, *kink, ledgers[root].clear_step(*kink)), ()
    return pieces, None, insides(chosen)


def insides(chosen):
    """Return a point inside each of the polygons of a `Reservoir`."""
    return tuple(polygon.interior_point() for polygon in chosen.entries)


def point_at_kink(task, point, normal, step):
    """Return a point at or next to a kink m of network − target at which the difference is not zero.

    At three points m − h ν, m, m + h ν across the kink, with affine pieces between them, the second difference is not
    zero. Raises `Contradiction` if it is.
    """
    points = [tuple(m + sign * step * nu for m, nu in zip(point, normal)) for sign in (-1, 0, 1)]
    before, at, after = (difference_at(task, z) for z in points)
    if before - 2 * at + after == 0:
        values = task.network.evaluate(point)[0], direct_sum(task.problem, task.n, *point)
        raise at_odds(f"the network minus V^{task.n} g was found to have a kink", task.n, point, *values)
    return next(z for z, off in zip(points, (before, at, after)) if off)


def targets_on(task, block):
    """Return [(polygon, form of V^n g on it)] for the cells of a block, or for the unbounded regions."""
    if block == OUTSIDE:
        return [(region, ZERO) for region in unbounded_regions(task.problem, task.n)]
    return block_targets(task.problem, task.n, block)


def point_off(piece, form):
    """Return a point of the piece at which its values are not those of ``form``: a generator, or one on a ray."""
    corners, rays = [], []
    for point, at in zip(piece.polygon.generators, piece.values[0]):
        off = value(form, point) != at * (point[2] or 1)
        (corners if point[2] else rays).append((point, off))
    for point, off in corners:
        if off:
            return coordinates(point)
    # the values agree at all finite points: one step along a ray on which the slopes differ they do not
    X, Y, _ = next(point for point, off in rays if off)
    x, y = coordinates(corners[0][0])
    return x + X, y + Y


def unbounded_regions(problem, n) -> list[Polygon]:
    """Return four polygons that fill the plane outside of the window and its ring."""
    return outside_polygons(problem, n, ringed(lattice_box(problem, n)))
