"""The layered, fully connected form of a network: what depth and width are counted on.

A layer is an affine map of the layer before, followed by ReLU in every unit; the last affine map gives the outputs. A
ReLU node lies one level above what it needs, and a value that is needed further up is carried through the layers in
between: by one unit where its sign is known from exact interval bounds, v = ±(±v)₊, by two otherwise,
v = (v)₊ − (−v)₊. Equal units of a layer are one unit; what no output needs is left out.

A `Chain` is layered block by block, each block and sign pattern once, so that n equal stages cost n references: the
outputs of a block are brought to its last level, and the affine map that they are there is composed with the first
layer of the next block. The terms of a `Sum` stand side by side, and the sum of those that have ended is carried.
"""

from functools import cache

from exactrelu import display
from exactrelu.network.chain import Chain, as_network
from exactrelu.network.dag import Network, coordinates_of, counted, described
from exactrelu.network.levels import Form, block_form, needed_inputs
from exactrelu.network.rows import ONE, ZERO, AffineMap, Row, carried_row, combination, needs_units, placed, unit_row


class Layered:
    """A layered network: hidden ``layers`` and ``outputs``, all `AffineMap`; equal layers may be the same object.

    ``depth`` is the number of hidden layers and ``width`` the most units in one of them (0 if there is none).
    ``neurons`` counts the units, ``edges`` the non-zero weights, those of the output map included;
    ``largest_weight`` is the largest absolute value of a weight or bias. ``block_depths`` are the numbers of hidden
    layers of the blocks of a chain, None for a sum of several.

    >>> from exactrelu import build, layered
    >>> form = layered(build("bilinear", 2, "compact"))
    >>> form.depth
    11
    >>> form.evaluate((1, 1)) == build("bilinear", 2).evaluate((1, 1))
    True
    """

    def __init__(self, inputs, layers, outputs, block_depths=None):
        self.inputs = inputs
        self.block_depths = block_depths
        self.layers = tuple(layers)
        self.outputs = outputs
        self.depth = len(self.layers)
        self.width = max((len(layer) for layer in self.layers), default=0)
        self.neurons = sum(len(layer) for layer in self.layers)
        self.edges = sum(layer.edges for layer in (*self.layers, outputs))
        self.largest_weight = max(layer.largest_weight for layer in (*self.layers, outputs))

    _repr_svg_ = display.svg

    def __repr__(self):
        size = f"width {self.width}, depth {self.depth}, {counted(self.neurons, 'neuron')}"
        return f"<Layered: {described(self)}, {size}>"

    @property
    def shape(self):
        """(number of inputs, number of outputs)."""
        return self.inputs, len(self.outputs.rows)

    def evaluate(self, point):
        """Return the tuple of the exact outputs at ``point``, a sequence of ``inputs`` rationals.

        Raises `InputError` for a point of another shape and for coordinates that are not exact.
        """
        values = coordinates_of(point, self.inputs)
        for layer in self.layers:
            values = [max(value, ZERO) for value in layer.apply(values)]
        return tuple(self.outputs.apply(values))


def layered(network):
    """Return the `Layered` form of a `Network`, `Chain` or `Sum`; raises `InputError` for anything else.

    >>> from exactrelu import Affine, Network, Relu, layered
    >>> layered(Network(2, [Relu(0), Relu(1), Affine(((2, 1), (3, -1)), 0)], [4]))
    <Layered: 2 inputs, 1 output, width 2, depth 1, 2 neurons>
    """
    network = as_network(network)
    chains = (Chain((network,)),) if isinstance(network, Network) else network.terms
    remembered = cache(block_form), cache(_compose), cache(needed_inputs)
    forms, depths = zip(*(_chain_form(chain, *remembered) for chain in chains), strict=True)
    if len(forms) == 1:
        return Layered(network.inputs, forms[0].layers, forms[0].outputs, depths[0])
    form = _side_by_side(forms, network.inputs)
    return Layered(network.inputs, form.layers, form.outputs)


class _Units:
    """The rows of a hidden layer in the making; equal rows are one unit."""

    def __init__(self):
        self.rows = {}

    def add(self, row):
        """Return the number of the unit (row)₊."""
        return self.rows.setdefault(row, len(self.rows))

    def carry(self, row, sign, on_units):
        """Return the row on this layer with the value of ``row`` on the layer before, whose sign may be known.

        ``on_units`` says that the layer before consists of ReLU units.
        """
        if not row.terms or (on_units and not needs_units(row, sign)):
            return placed(row, {unit: self.add(unit_row(unit)) for unit, _ in row.terms})
        return carried_row(row, sign, self.add)


def _chain_form(chain, form_of, compose, inputs_of):
    """Return the `Form` of a `Chain` and the number of hidden layers of each of its blocks.

    The functions remember what they made, so that equal stages are one layer.
    """
    wanted = frozenset(range(len(chain.blocks[-1].outputs)))
    steps = []
    for block in reversed(chain.blocks):
        steps.append((block, wanted))
        wanted = inputs_of(block, wanted)
    layers, depths, below, signs = [], [], None, (0,) * chain.inputs
    for block, wanted in reversed(steps):
        form = form_of(block, wanted, signs)
        maps = [*form.layers, form.outputs]
        if below is not None:
            maps[0] = compose(maps[0], below)
        layers += maps[:-1]
        depths.append(len(form.layers))
        below, signs = maps[-1], form.signs
    return Form(tuple(layers), below, signs), tuple(depths)


def _compose(above, below):
    """Return the affine map ``above`` after the affine map ``below``."""
    return AffineMap(combination(row, below.rows) for row in above.rows)


def _side_by_side(forms, inputs):
    """Return the `Form` of the sum of the outputs of ``forms``, all with the same ``inputs``."""
    merge = cache(_merge)
    depth = max(len(form.layers) for form in forms)
    places, carried, layers = (tuple(range(inputs)),) * len(forms), (), []
    for here in range(depth + 1):
        ended = [
            tuple((placed(row, place), sign) for row, sign in zip(form.outputs.rows, form.signs))
            for form, place in zip(forms, places)
            if len(form.layers) == here
        ]
        carried = tuple(_sum(column) for column in zip(*ended, *([carried] if carried else [])))
        if here < depth:
            active = tuple(form.layers[here] if here < len(form.layers) else None for form in forms)
            layer, places, carried = merge(active, places, carried, here > 0)
            layers.append(layer)
    return Form(tuple(layers), AffineMap(row for row, _ in carried), tuple(sign for _, sign in carried))


def _merge(active, places, carried, on_units):
    """Return the layer made of the ``active`` ones and of ``carried``, where their units are in it, and ``carried``.

    ``places[i]`` are the numbers, in the merged layer below, of the units below ``active[i]`` (None if term i has
    ended); ``carried`` are pairs (row on the merged layer below, sign).
    """
    units = _Units()
    above = tuple(
        () if layer is None else tuple(units.add(placed(row, place)) for row in layer.rows)
        for layer, place in zip(active, places)
    )
    carried = tuple((units.carry(row, sign, on_units), sign) for row, sign in carried)
    return AffineMap(units.rows), above, carried


def _sum(summands):
    """Return the sum of pairs (row, sign) as such a pair."""
    rows, signs = zip(*summands)
    row = combination(Row(tuple((i, ONE) for i in range(len(rows))), ZERO), rows)
    return row, signs[0] if len(set(signs)) == 1 else 0


