"""The shards of a certification: blocks of cells, what comes out of each, and both as text for files and other hosts.

Nothing that comes back as text is believed without a check: an `Outcome` is taken from a record only if the record is,
digest included, the one that the same outcome of the same task has, and a point at which network and target are said to
differ only if they do.
"""

import hashlib
import json
from socket import gethostname
from typing import NamedTuple

from exactrelu.certification.provenance import LIBRARIES, code_digest
from exactrelu.errors import InputError
from exactrelu.field import parse, text
from exactrelu.jsonio import parse_json
from exactrelu.network.dag import Network
from exactrelu.network.files import network_from_json, network_text
from exactrelu.refinement import cells, pieces
from exactrelu.refinement.direct import direct_sum
from exactrelu.refinement.live import rectangles
from exactrelu.scheme import problem_from_json, problem_to_json

METHOD = "enumerate"
"""The method whose shards these are."""

FORMAT = "exactrelu-shard/1"

SHARD = 16
"""Largest side of the blocks of cells on which V^n g is not zero: large batches, work for every core."""

OUTSIDE = "outside"
"""The block of the unbounded regions; it has no cells."""


class Task(NamedTuple):
    """What every worker knows: the problem, n and the flat network."""

    problem: object
    n: int
    network: Network


class Outcome(NamedTuple):
    """What comes out of a block: the number of convex ``pieces``, and a ``point`` where the two differ or None.

    ``samples`` are points inside some of the pieces on which the two were found to be equal.
    """

    block: object
    pieces: int
    point: tuple | None
    samples: tuple = ()


def shards(problem, n):
    """Return blocks ((low1, high1), (low2, high2)) of cell indices that fill the window and the ring around it.

    Blocks on which V^n g is zero, the four sides of the ring among them, may be of any size. The last block is
    `OUTSIDE`, so that together they fill the plane. Beyond the dilation 2, one component and one mask the indices are
    those of the cells of Aⁿ z (`exactrelu.refinement.pieces`), and not counted from the corner of the window.
    """
    if problem.beyond():
        return [*pieces.shards(pieces.lattice_box(problem, n), SHARD), OUTSIDE]
    width, height = (length << n for length in problem.size)
    ring = [((-1, 0), (-1, height + 1)), ((width, width + 1), (-1, height + 1))]
    ring += [((0, width), (-1, 0)), ((0, width), (height, height + 1))]
    return [*(sides for sides, _ in rectangles(problem, n, SHARD)), *ring, OUTSIDE]


def block_targets(problem, n, block):
    """Return [(polygon, form of V^n g on it)] for the cells of a block that is not `OUTSIDE`."""
    return (pieces if problem.beyond() else cells).target_on(problem, n, block)


def block_size(block):
    """Return the number of cells in a block."""
    if block == OUTSIDE:
        return 0
    (low1, high1), (low2, high2) = block
    return (high1 - low1) * (high2 - low2)


def difference_at(task, point):
    """Return network − V^n g at a point, both evaluated."""
    return task.network.evaluate(point)[0] - direct_sum(task.problem, task.n, *point)


def task_text(task):
    """Return the task as text, all that a verdict depends on: the code that decides, problem, n and network."""
    problem = json.dumps(problem_to_json(task.problem))
    head = f'{{"code": "{code_digest()}",\n"problem": {problem},\n"n": {task.n},\n"network": '
    return head + "".join(network_text(task.network)) + "}\n"


def task_of(source):
    """Return the `Task` in a text made by `task_text`, on a worker; raises `InputError` if other code made it."""
    found = parse_json(source, "task")
    if found.get("code") != code_digest():
        raise InputError(
            f"a worker on the host {gethostname()} has other code than this exactrelu, or other versions of "
            f"{', '.join(LIBRARIES)}: install the same everywhere"
        )
    return Task(problem_from_json(found["problem"], "task"), found["n"], network_from_json(found["network"], "task"))


def digest(source):
    """Return the SHA-256 digest of a text in hexadecimal digits."""
    return hashlib.sha256(source.encode()).hexdigest()


def record(identity, outcome):
    """Return the JSON object of an `Outcome`; ``identity`` is the `digest` of the text of its task."""
    point = outcome.point
    content = {
        "format": FORMAT,
        "task": identity,
        "shard": OUTSIDE if outcome.block == OUTSIDE else [list(side) for side in outcome.block],
        "cells": block_size(outcome.block),
        "pieces": outcome.pieces,
        "point": None if point is None else as_texts(point),
        "samples": list(map(as_texts, outcome.samples)),
    }
    return content | {"digest": digest(json.dumps(content))}


def as_texts(point):
    """Return a point as it stands in a record."""
    return [text(coordinate) for coordinate in point]


def as_point(found):
    """Return the point in a record; raises `InputError` if there is none."""
    if not isinstance(found, list) or len(found) != 2:
        raise InputError("expected a pair of rationals")
    return tuple(parse(coordinate, "point") for coordinate in found)


def outcome_of(found, identity, task, block):
    """Return the `Outcome` of a block in a JSON object, None if it is not exactly the record that this outcome has."""
    if not isinstance(found, dict) or type(found.get("pieces")) is not int or found["pieces"] < 1:
        return None
    try:
        point = None if found.get("point") is None else as_point(found["point"])
        samples = found.get("samples")
        samples = tuple(map(as_point, samples)) if isinstance(samples, list) else ()
    except InputError:
        return None
    outcome = Outcome(block, found["pieces"], point, samples)
    if found != record(identity, outcome) or (point is not None and not difference_at(task, point)):
        return None
    return outcome
