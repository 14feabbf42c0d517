"""The plain twin of `exactrelu.network.layers`: every layer of a chain made unit by unit, also those that only carry.

Each level is made from the one before: first the ReLU nodes on it, then, for every value that is needed further up, the
units that carry it. Nothing is remembered from one level to the next but rows.
"""

from exactrelu.field import mpq
from exactrelu.network.bounds import HALF_LINES, interval_bounds
from exactrelu.network.dag import Network, Relu, sources


def plain_layers(network):
    """Return (layers, outputs) of a network or chain, lists of rows ({unit: weight}, bias) on the layer before."""
    blocks = [network] if isinstance(network, Network) else network.blocks
    needed = [set(range(len(blocks[-1].outputs)))]
    for block in reversed(blocks):
        needed.insert(0, {k for k in needed_nodes(block, needed[0]) if k < block.inputs})
    layers, signs = [], [0] * network.inputs
    rows = [({k: mpq(1)}, mpq(0)) for k in range(network.inputs)]
    for block, wanted in zip(blocks, needed[1:], strict=True):
        own, ends, signs = block_layers(block, wanted, signs)
        maps = [*own, ends]
        maps[0] = [combination(row, rows) for row in maps[0]]
        layers += maps[:-1]
        rows = maps[-1]
    return layers, rows


def block_layers(block, wanted, signs):
    """Return (layers, rows of the outputs on the last one, their signs); outputs that are not wanted are constant 0."""
    bounds = interval_bounds(block, [HALF_LINES[sign] for sign in signs])
    nodes = needed_nodes(block, wanted)
    level, constant = {}, set()
    for k in nodes:
        read = read_by(block, k)
        if k >= block.inputs and constant.issuperset(read):
            constant.add(k)
        level[k] = max((level[j] for j in read), default=0) + (is_relu(block, k) and k not in constant)
    depth = max(level.values(), default=0)
    last = dict(level)
    for k in nodes:
        for j in () if is_relu(block, k) else read_by(block, k):
            last[j] = max(last[j], level[k])
    last |= {block.outputs[i]: depth for i in wanted}
    layers, below = [], {}
    for here in range(depth + 1):
        units, rows = [], {}
        if here:
            for k in nodes:
                if level[k] == here and is_relu(block, k):
                    rows[k] = unit(units, below[block.nodes[k - block.inputs].of])
            for k in below:
                if last[k] >= here:
                    rows[k] = carried(units, below[k], bounds[k].sign, here > 1)
            layers.append(units)
        for k in nodes:
            if level[k] == here and k not in rows:
                rows[k] = row_of(block, k, rows)
        below = rows
    ends = [(below[k], bounds[k].sign) if i in wanted else (({}, mpq(0)), 1) for i, k in enumerate(block.outputs)]
    return layers, [row for row, _ in ends], [sign for _, sign in ends]


def unit(units, row):
    """Return the row that reads the unit (row)₊, appended to ``units`` unless it is among them."""
    if row not in units:
        units.append(row)
    return {units.index(row): mpq(1)}, mpq(0)


def carried(units, row, sign, on_units):
    """Return the row with the value of ``row`` on the layer whose ``units`` carry it."""
    if not row[0] or (on_units and len(row[0]) <= (1 if sign else 2)):
        return combination(row, {j: unit(units, ({j: mpq(1)}, mpq(0))) for j in row[0]})
    answer = {}
    for part in (sign,) if sign else (1, -1):
        terms, _ = unit(units, combination(({0: mpq(part)}, mpq(0)), [row]))
        answer |= dict.fromkeys(terms, mpq(part))
    return answer, mpq(0)


def combination(row, rows):
    """Return the affine form ``row`` of the forms ``rows``."""
    terms, bias = {}, row[1]
    for source, weight in row[0].items():
        bias += weight * rows[source][1]
        for j, factor in rows[source][0].items():
            terms[j] = terms.get(j, 0) + weight * factor
    return {j: weight for j, weight in terms.items() if weight}, bias


def row_of(block, k, rows):
    """Return the row of an input, an affine node or a constant ReLU node on the level of what it needs."""
    if k < block.inputs:
        return {k: mpq(1)}, mpq(0)
    node = block.nodes[k - block.inputs]
    if isinstance(node, Relu):
        return {}, max(rows[node.of][1], mpq(0))
    return combination(({j: weight for j, weight in node.terms if weight}, node.bias), rows)


def needed_nodes(block, wanted):
    """Return the sorted list of the nodes that reach one of the outputs at the positions ``wanted``."""
    found, stack = set(), [block.outputs[i] for i in wanted]
    while stack:
        k = stack.pop()
        if k not in found:
            found.add(k)
            stack.extend(read_by(block, k))
    return sorted(found)


def read_by(block, k):
    """Return the nodes that node ``k``, perhaps an input, reads."""
    return () if k < block.inputs else sources(block.nodes[k - block.inputs])


def is_relu(block, k):
    """Return whether node ``k`` is a ReLU node."""
    return k >= block.inputs and isinstance(block.nodes[k - block.inputs], Relu)


