"""The fast enumerator: the same regions and forms as `reference`, many cells at a time, in arrays of integers.

A chunk of cells walks through the stages of the network together. Affine nodes are one matrix product of integer forms:
in 64-bit words while  largest entry × largest column sum of the matrix + largest bias  is below 2^62, which bounds all
partial sums, and in Python integers otherwise; every product is preceded by this check. Units need only the signs of
their input at the generators of the cells. The network is continuous, so that a vertex has one sign for all the cells
around it, and it is computed once, exactly (`signs`). A cell is cut if its vertices have both strict signs; the new
vertices are exact integer points. No step rounds, so that nothing depends on the order of cells, the size of chunks or
the number of processes. Cells that were one when a form was computed share it.

A chunk that has grown too large is halved, and the halves are finished one after the other: memory stays flat.
"""

from time import monotonic_ns
from typing import NamedTuple

import numpy as np

from exactrelu.cpwl.polygon import Polygon
from exactrelu.field import mpq, mpz
from exactrelu.planar.cutting import cut
from exactrelu.planar.signs import heads
from exactrelu.planar.stages import WORD, Affines, plan, words

ENTRIES = 2**20
"""The most integers in forms that a chunk may hold before it is halved."""

CELLS = 2**13
"""The most cells that a chunk may hold before it is halved."""

SLICE = 10**9
"""Nanoseconds after which finished cells are handed out."""


class Forms(NamedTuple):
    """The forms of a group of nodes: on cell k, ``rows[origin[k]]``; ``rows`` has the shape (n, 3, nodes).

    Cells that were one when the group was computed share a row.
    """

    rows: np.ndarray
    origin: np.ndarray

    def take(self, cells):
        """Return the forms on the cells ``cells`` alone."""
        used, origin = np.unique(self.origin[cells], return_inverse=True)
        return Forms(self.rows[used], origin)


class Chunk(NamedTuple):
    """Cells between two stages.

    ``stage``: the next stage; ``points``: the vertices, integer triples, and ``heads``, their leading bits;
    ``corners``: for each cell the numbers of its vertices, counterclockwise, and ``counts``, how many there are; a row
    is filled by repeating its last point, which for the whole plane is the last of the `Polygon.generators`, so that
    signs are read off a row; ``forms``: for each group still in use its `Forms`.
    """

    stage: int
    points: list
    heads: np.ndarray
    corners: np.ndarray
    counts: np.ndarray
    forms: dict

    def take(self, rows):
        """Return the chunk of the cells ``rows`` alone."""
        used, corners = np.unique(self.corners[rows], return_inverse=True)
        return self._replace(
            points=[self.points[index] for index in used.tolist()],
            heads=self.heads[used],
            corners=corners.reshape(-1, self.corners.shape[1]),
            counts=self.counts[rows],
            forms={group: forms.take(rows) for group, forms in self.forms.items()},
        )


class Cells(NamedTuple):
    """Final cells: ``points`` (as ``int``), ``corners`` and ``counts`` as in a `Chunk`, and the outputs' integer forms.

    Output number k has on each cell the form in columns 3k … 3k + 2 of ``forms``, divided by its scale in the plan.
    """

    points: list
    corners: np.ndarray
    counts: np.ndarray
    forms: np.ndarray

    def polygon(self, row):
        """Return cell number ``row``."""
        corners = self.corners[row, : self.counts[row]].tolist()
        return Polygon.trusted(tuple(tuple(map(mpz, self.points[k])) for k in corners))

    def output_forms(self, row, network_plan):
        """Return the forms of all outputs on cell number ``row``."""
        entries = self.forms[row].tolist()
        return tuple(
            tuple(mpq(entry, scale) for entry in entries[3 * k : 3 * k + 3])
            for k, (_, _, scale) in enumerate(network_plan.outputs)
        )


def start(domain):
    """Return the `Chunk` of the one cell ``domain`` before the first stage."""
    points = list(domain.generators)
    inputs = Forms(np.array([[[1, 0], [0, 1], [0, 0]]], dtype=np.int64), np.array([0]))
    return Chunk(0, points, heads(points), np.arange(len(points))[None], np.array([len(domain.vertices)]), {0: inputs})


def finished(chunk, network_plan):
    """Whether the chunk has passed all stages."""
    return chunk.stage == len(network_plan.stages)


def advance(chunk, network_plan):
    """Return the chunks, one or two, that ``chunk`` is after its next stage."""
    stage, group = network_plan.stages[chunk.stage], chunk.stage + 1
    sources, origin = _gathered(chunk, stage.sources)
    if type(stage) is Affines:
        new = Forms(affine_forms(stage, sources, origin.max() + 1), origin)
    else:
        inputs = np.concatenate(sources, axis=2)
        cells = cut(chunk, inputs, origin)
        chunk = _parts(chunk, cells)
        new = Forms(inputs[cells.origin] * (cells.signs > 0)[:, None, :], np.arange(len(cells.origin)))
    forms = {**chunk.forms, group: new}
    forms = {group: array for group, array in forms.items() if network_plan.last_use[group] > chunk.stage}
    chunk = chunk._replace(stage=group, forms=forms)
    if finished(chunk, network_plan) or not _too_large(chunk):
        return [chunk]
    cells = np.arange(len(chunk.counts))
    return [chunk.take(half) for half in np.array_split(cells, 2)]


def _gathered(chunk, sources):
    """Return (arrays (n, 3, nodes) of the forms of ``sources``, their common ``origin``), for runs (group, columns)."""
    found = [chunk.forms[group] for group, _ in sources]
    origin = found[0].origin if found else np.zeros(len(chunk.counts), dtype=np.int64)
    if not all(np.array_equal(forms.origin, origin) for forms in found):
        origin = np.arange(len(chunk.counts))
        found = [Forms(forms.rows[forms.origin], origin) for forms in found]
    return [_columns(forms.rows, columns) for forms, (_, columns) in zip(found, sources, strict=True)], origin


def _columns(rows, columns):
    whole = len(columns) == rows.shape[2] and (np.diff(columns) == 1).all()
    return rows if whole else rows[:, :, columns]


def _parts(chunk, cells):
    """Return the chunk of the parts ``cells`` into which the cells of ``chunk`` were cut."""
    forms = {group: Forms(forms.rows, forms.origin[cells.whole]) for group, forms in chunk.forms.items()}
    points, heads_of_points, corners, counts = cells[:4]
    return chunk._replace(points=points, heads=heads_of_points, corners=corners, counts=counts, forms=forms)


def _too_large(chunk):
    cells = len(chunk.counts)
    return cells > 1 and (cells > CELLS or sum(forms.rows.size for forms in chunk.forms.values()) > ENTRIES)


def affine_forms(stage, sources, count):
    """Return the integer forms of a group of affine nodes, (count, 3, nodes), from arrays of those of ``sources``."""
    largest = max((_largest(array) for array in sources), default=0)
    fits = max(largest, 1) * stage.norm + stage.bias_norm < WORD
    small = fits and all(array.dtype != object for array in sources)
    total = np.zeros((count, 3, len(stage.bias)), dtype=np.int64 if small else object)
    total[:, 2] += stage.bias
    for array, matrix in zip(sources, stage.matrices, strict=True):
        if small and matrix.words is not None:
            total += array @ matrix.words
            continue
        array = array if small else array.astype(object)
        for row, column, weight in matrix.entries:
            total[:, :, column] += array[:, :, row] * weight
    return total if small else words(total)


def _largest(array):
    """Return the largest absolute value in an array of integers, as a Python integer; words are below 2^62."""
    return max(int(array.max()), -int(array.min())) if array.size else 0


def cells_of(chunk, network_plan):
    """Return the `Cells` of a finished chunk."""
    outputs = ((chunk.forms[group], column) for group, column, _ in network_plan.outputs)
    columns = [forms.rows[:, :, column][forms.origin] for forms, column in outputs]
    forms = np.concatenate(columns, axis=1) if columns else np.zeros((len(chunk.counts), 0), dtype=np.int64)
    # Python's integers cross the border of a process ten times as fast as gmpy2's.
    return Cells([tuple(map(int, point)) for point in chunk.points], chunk.corners, chunk.counts, forms)


def enumerate_cells(network_plan, stack, deadline):
    """Advance the chunks on the stack until the clock passes ``deadline``: (list of `Cells`, chunks left over)."""
    final = []
    while stack and monotonic_ns() < deadline:
        chunk = stack.pop()
        if finished(chunk, network_plan):
            final.append(cells_of(chunk, network_plan))
        else:
            stack.extend(advance(chunk, network_plan))
    return final, stack


def cells(network, domain):
    """Yield (cell, forms) for every activation region, as `reference.activation_regions` does, in another order."""
    network_plan = plan(network)
    stack = [start(domain)]
    while stack:
        final, stack = enumerate_cells(network_plan, stack, monotonic_ns() + SLICE)
        for batch in final:
            for row in range(len(batch.counts)):
                yield batch.polygon(row), batch.output_forms(row, network_plan)
