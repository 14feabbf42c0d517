"""The layered, fully connected form of a network: what depth and width are counted on.

A layer is an affine map of the layer before, followed by ReLU in every unit; the last affine map gives the outputs. A
ReLU node lies one level above what it needs, and a value that is needed further up is carried through the layers in
between: by one unit where its sign is known from exact interval bounds, v = ±(±v)₊, by two otherwise,
v = (v)₊ − (−v)₊. Equal units of a layer are one unit; what no output needs is left out.

A `Chain` is layered block by block, each block and sign pattern once, so that n equal stages cost n references: the
outputs of a block are brought to its last level, and the affine map that they are there is composed with the first
layer of the next block. The terms of a `Sum` stand side by side, and the sum of those that have ended is carried.
"""

from functools import cache, cached_property
from typing import NamedTuple

from exactrelu.field import Rational, mpq, rational
from exactrelu.network.bounds import HALF_LINES, interval_bounds
from exactrelu.network.chain import Chain
from exactrelu.network.dag import Network, Relu, sources

ZERO, ONE = mpq(0), mpq(1)


class Row(NamedTuple):
    """The affine form  Σ weight * unit + bias  on a layer: ``terms`` are (unit, weight), sorted, no weight 0."""

    terms: tuple
    bias: Rational


class AffineMap:
    """An affine map between layers: `rows`, one for each unit (or output) that it feeds."""

    def __init__(self, rows):
        self.rows = tuple(rows)

    @cached_property
    def edges(self):
        """The number of non-zero weights."""
        return sum(len(row.terms) for row in self.rows)

    @cached_property
    def largest_weight(self):
        """The largest absolute value of a weight or bias."""
        return max((abs(w) for row in self.rows for w in (row.bias, *(w for _, w in row.terms))), default=ZERO)

    def apply(self, values):
        """Return the list of the values of the rows, given those of the layer that they read."""
        return [sum((weight * values[unit] for unit, weight in row.terms), row.bias) for row in self.rows]


class Layered:
    """A layered network: hidden ``layers`` and ``outputs``, all `AffineMap`; equal layers may be the same object.

    ``depth`` is the number of hidden layers and ``width`` the most units in one of them (0 if there is none).
    ``neurons`` counts the units, ``edges`` the non-zero weights, those of the output map included;
    ``largest_weight`` is the largest absolute value of a weight or bias.
    """

    def __init__(self, inputs, layers, outputs):
        self.inputs = inputs
        self.layers = tuple(layers)
        self.outputs = outputs
        self.depth = len(self.layers)
        self.width = max((len(layer.rows) for layer in self.layers), default=0)
        self.neurons = sum(len(layer.rows) for layer in self.layers)
        self.edges = sum(layer.edges for layer in (*self.layers, outputs))
        self.largest_weight = max(layer.largest_weight for layer in (*self.layers, outputs))

    def evaluate(self, point):
        """Return the tuple of the exact outputs at ``point``, a sequence of ``inputs`` rationals."""
        if len(point) != self.inputs:
            raise ValueError(f"expected {self.inputs} coordinates, got {len(point)}")
        values = [rational(coordinate) for coordinate in point]
        for layer in self.layers:
            values = [max(value, ZERO) for value in layer.apply(values)]
        return tuple(self.outputs.apply(values))


def layered(network):
    """Return the `Layered` form of a `Network`, `Chain` or `Sum`."""
    chains = (Chain((network,)),) if isinstance(network, Network) else network.terms
    block_form, compose, needed_inputs = cache(_block_form), cache(_compose), cache(_needed_inputs)
    forms = [_chain_form(chain, block_form, compose, needed_inputs) for chain in chains]
    form = forms[0] if len(forms) == 1 else _side_by_side(forms, network.inputs)
    return Layered(network.inputs, form.layers, form.outputs)


class _Form(NamedTuple):
    """Hidden layers, the affine map of the outputs on the last of them, and the known signs (or 0) of the outputs."""

    layers: tuple
    outputs: AffineMap
    signs: tuple


class _Units:
    """The rows of a hidden layer in the making; equal rows are one unit."""

    def __init__(self):
        self.rows = {}

    def add(self, row):
        """Return the index of the unit (row)₊."""
        return self.rows.setdefault(row, len(self.rows))

    def value(self, row):
        """Return the row that reads (row)₊ off this layer."""
        return _unit_row(self.add(row))

    def carry(self, row, sign, on_units):
        """Return the row on this layer with the value of ``row`` on the layer before, whose sign may be known.

        ``on_units`` says that the layer before consists of ReLU units: they are ≥ 0, and where the value reads no more
        of them than it costs to carry it, they are carried instead.
        """
        if not row.terms or (on_units and len(row.terms) <= (1 if sign else 2)):
            return _combination(row, {unit: self.value(_unit_row(unit)) for unit, _ in row.terms})
        parts = (sign,) if sign else (1, -1)
        return Row(tuple(sorted((self.add(_scaled(row, part)), mpq(part)) for part in parts)), ZERO)


def _unit_row(unit):
    return Row(((unit, ONE),), ZERO)


def _scaled(row, factor):
    return Row(tuple((unit, factor * weight) for unit, weight in row.terms), factor * row.bias)


def _combination(node, rows):
    """Return the row  Σ weight * rows[source] + bias  of a node or row with ``terms`` (source, weight) and ``bias``."""
    weights, bias = {}, node.bias
    for source, weight in node.terms:
        terms, constant = rows[source]
        bias += weight * constant
        for unit, factor in terms:
            weights[unit] = weights.get(unit, ZERO) + weight * factor
    return Row(tuple(sorted((unit, weight) for unit, weight in weights.items() if weight)), bias)


def _block_form(block, wanted, signs):
    """Return the `_Form` of one block, given the known signs of its inputs.

    ``wanted`` are the positions of the outputs that anything needs; the others are made constant 0.
    """
    bounds = interval_bounds(block, [HALF_LINES[sign] for sign in signs])
    level = _levels(block, _needed(block, wanted))
    depth = max(level.values(), default=0)
    last_use = _last_uses(block, level, wanted, depth)
    members = [[] for _ in range(depth + 1)]
    for k, on in level.items():
        members[on].append(k)
    rows, layers = {}, []
    for here, nodes in enumerate(members):
        if here:
            units, below = _Units(), rows
            rows = {k: units.value(below[_sources(block, k)[0]]) for k in nodes if _is_relu(block, k)}
            for k in below:
                if last_use[k] >= here:
                    rows[k] = units.carry(below[k], bounds[k].sign, here > 1)
            layers.append(AffineMap(units.rows))
        for k in nodes:
            if k not in rows:
                rows[k] = _row_here(block, k, rows)
    outputs = [(rows[k], bounds[k].sign) if i in wanted else (Row((), ZERO), 1) for i, k in enumerate(block.outputs)]
    return _Form(tuple(layers), AffineMap(row for row, _ in outputs), tuple(sign for _, sign in outputs))


def _chain_form(chain, block_form, compose, needed_inputs):
    """Return the `_Form` of a `Chain`; the functions remember what they made, so that equal stages are one layer."""
    wanted = frozenset(range(len(chain.blocks[-1].outputs)))
    steps = []
    for block in reversed(chain.blocks):
        steps.append((block, wanted))
        wanted = needed_inputs(block, wanted)
    layers, below, signs = [], None, (0,) * chain.inputs
    for block, wanted in reversed(steps):
        form = block_form(block, wanted, signs)
        maps = [*form.layers, form.outputs]
        if below is not None:
            maps[0] = compose(maps[0], below)
        layers += maps[:-1]
        below, signs = maps[-1], form.signs
    return _Form(tuple(layers), below, signs)


def _compose(above, below):
    """Return the affine map ``above`` after the affine map ``below``."""
    return AffineMap(_combination(row, below.rows) for row in above.rows)


def _side_by_side(forms, inputs):
    """Return the `_Form` of the sum of the outputs of ``forms``, all with the same ``inputs``."""
    merge = cache(_merge)
    depth = max(len(form.layers) for form in forms)
    places, carried, layers = (tuple(_unit_row(k) for k in range(inputs)),) * len(forms), (), []
    for here in range(depth + 1):
        ended = [
            tuple((_combination(row, place), sign) for row, sign in zip(form.outputs.rows, form.signs))
            for form, place in zip(forms, places)
            if len(form.layers) == here
        ]
        carried = tuple(_sum(column) for column in zip(*ended, *([carried] if carried else [])))
        if here < depth:
            active = tuple(form.layers[here] if here < len(form.layers) else None for form in forms)
            layer, places, carried = merge(active, places, carried, here > 0)
            layers.append(layer)
    return _Form(tuple(layers), AffineMap(row for row, _ in carried), tuple(sign for _, sign in carried))


def _merge(active, places, carried, on_units):
    """Return the layer made of the ``active`` ones and of ``carried``, where their units are in it, and ``carried``.

    ``places[i]`` are the rows that read the units below ``active[i]`` (None if term i has ended) off the merged layer
    below; ``carried`` are pairs (row on the merged layer below, sign).
    """
    units = _Units()
    above = tuple(
        () if layer is None else tuple(units.value(_combination(row, place)) for row in layer.rows)
        for layer, place in zip(active, places)
    )
    carried = tuple((units.carry(row, sign, on_units), sign) for row, sign in carried)
    return AffineMap(units.rows), above, carried


def _sum(summands):
    """Return the sum of pairs (row, sign) as such a pair."""
    rows, signs = zip(*summands)
    row = _combination(Row(tuple((i, ONE) for i in range(len(rows))), ZERO), rows)
    return row, signs[0] if len(set(signs)) == 1 else 0


def _is_relu(block, k):
    return k >= block.inputs and type(block.nodes[k - block.inputs]) is Relu


def _sources(block, k):
    """Return the ids of the nodes that node ``k``, perhaps an input, depends on."""
    return () if k < block.inputs else sources(block.nodes[k - block.inputs])


def _needed(block, wanted):
    """Return the sorted list of the nodes that reach one of the outputs at the positions ``wanted``."""
    needed = {block.outputs[i] for i in wanted}
    for k in range(len(block) - 1, block.inputs - 1, -1):
        if k in needed:
            needed.update(_sources(block, k))
    return sorted(needed)


def _needed_inputs(block, wanted):
    """Return the set of the inputs that reach one of the outputs at the positions ``wanted``."""
    return frozenset(k for k in _needed(block, wanted) if k < block.inputs)


def _levels(block, needed):
    """Return {node: level} in the order of ``needed``: inputs and constants 0, a ReLU one more than what it needs."""
    level, constants = {}, set()
    for k in needed:
        read = _sources(block, k)
        if k >= block.inputs and constants.issuperset(read):
            constants.add(k)
        level[k] = max((level[source] for source in read), default=0)
        if _is_relu(block, k) and k not in constants:
            level[k] += 1
    return level


def _last_uses(block, level, wanted, depth):
    """Return {node: the last level at which an affine node, or an output on level ``depth``, reads it}."""
    last_use = dict(level)
    for k in level:
        if not _is_relu(block, k):
            for source in _sources(block, k):
                last_use[source] = max(last_use[source], level[k])
    return last_use | {block.outputs[i]: depth for i in wanted}


def _row_here(block, k, rows):
    """Return the row of input, affine node or constant ReLU node ``k`` on the level of what it needs."""
    if k < block.inputs:
        return _unit_row(k)
    if _is_relu(block, k):
        return Row((), max(rows[_sources(block, k)[0]].bias, ZERO))
    node = block.nodes[k - block.inputs]
    return _combination(Row(tuple((j, weight) for j, weight in node.terms if weight), node.bias), rows)
