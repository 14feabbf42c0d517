"""Networks with two inputs that the tests use: tents, hats, ramps, arrangements of lines, random, degenerate ones."""

import numpy as np

from exactrelu.field import mpq
from exactrelu.network import Affine, Builder, Network, Relu, linear_combination, total

HALF = mpq(1, 2)


def tent(b, t, kink=HALF):
    """Return the tent over t >= 0 that rises from 0 to 1 at ``kink`` and falls to 0 at 1 (and on, below zero)."""
    rise, fall = 1 / mpq(kink), 1 / (1 - mpq(kink))
    return rise * b.relu(t) - (rise + fall) * b.relu(t - kink)


def iterated(b, t, k, kink=HALF):
    """Return the k-fold iterate of `tent` at the expression t."""
    for _ in range(k):
        t = tent(b, t, kink)
    return t


def tents(k, kink=HALF):
    """Return the network T^k(x) + T^k(y), with exactly 4^k activation regions on the unit square."""
    b = Builder(2)
    x, y = b.inputs
    return b.network([iterated(b, x, k, kink) + iterated(b, y, k, kink)])


def oblique_tents(k, kink=HALF):
    """Return the network T^k((x + y)/2) + T^k((x − y + 1)/2), all of whose units depend on both inputs."""
    b = Builder(2)
    x, y = b.inputs
    return b.network([iterated(b, (x + y) / 2, k, kink) + iterated(b, (x - y + 1) / 2, k, kink)])


def hats(k):
    """Return `tents` (k >= 2) in closed form: in each variable the sum of the 2^(k−1) teeth of T^k."""
    b = Builder(2)
    step = mpq(1, 2**k)
    return b.network([total(_hat(b, t, 2 * j * step, step) for t in b.inputs for j in range(2 ** (k - 1)))])


def _hat(b, t, start, step):
    """Return the hat that rises from 0 at ``start`` to 1 and falls back to 0, each over the length ``step``."""
    return (b.relu(t - start) - 2 * b.relu(t - start - step) + b.relu(t - start - 2 * step)) / step


def ramp(p):
    """Return t₊ − (t − 2^−p)₊ for t = x + y − 1: two parallel kinks 2^−p apart, three regions on the unit square."""
    b = Builder(2)
    x, y = b.inputs
    return b.network([b.relu(x + y - 1) - b.relu(x + y - 1 - mpq(1, 2**p))])


def arrangement(forms):
    """Return the sum of one unit for each form (alpha, beta, gamma): its kinks are the lines of the forms."""
    b = Builder(2)
    x, y = b.inputs
    return b.network([total(b.relu(p * x + q * y + r) for p, q, r in forms)])


def perceptron(random, widths, denominator=64, bound=64):
    """Return a fully connected network 2 – widths… – 1 with random weights k/``denominator``, |k| <= ``bound``."""
    b = Builder(2)
    values = list(b.inputs)

    def row():
        bias, *weights = (mpq(random.randint(-bound, bound), denominator) for _ in range(len(values) + 1))
        return linear_combination(weights, values) + bias

    for width in widths:
        values = [b.relu(row()) for _ in range(width)]
    return b.network([row()])


def float_perceptron(seed, widths, kind=np.float32):
    """Return a fully connected network 2 – widths… – 1 with normal weights of a kind of numpy's floats, as they are.

    They have the variance 2 / inputs of the layer, the biases 1/4.
    """
    source, nodes, values = np.random.default_rng(seed), [], [0, 1]
    for layer, width in enumerate([*widths, 1]):
        weights = (source.standard_normal((width, len(values))) * np.sqrt(2 / len(values))).astype(kind)
        biases = (source.standard_normal(width) / 2).astype(kind)
        rows = [[mpq(*map(int, float(w).as_integer_ratio())) for w in row] for row in (*weights, biases)]
        for row, bias in zip(rows[:-1], rows[-1], strict=True):
            nodes.append(Affine(tuple(zip(values, row, strict=True)), bias))
        values = [len(nodes) + 2 - width + k for k in range(width)]
        if layer < len(widths):
            nodes += [Relu(k) for k in values]
            values = [k + width for k in values]
    return Network(2, nodes, [values[0]])


DEGENERATE_WEIGHTS = (0, 0, 1, 1, -1, -1, 2, -2, HALF, -HALF, mpq(1, 3), 2**60, mpq(1, 2**60))
CONSTANTS = (1, 1, HALF, 3, 0, -1, -2, 2**60, mpq(1, 2**60))


def degenerate(random, nodes, outputs=1, inputs=2):
    """Return a random flat network of so many ``nodes`` in which much is degenerate.

    Kinks coincide, meet, vanish and hide each other; units are constant, dead, multiples or opposites of others;
    weights are 0; nodes and inputs are unused; outputs are inputs, constants or doubled.
    """
    built = []
    for k in range(inputs, inputs + nodes):
        kind = random.random()
        if kind < 0.5:
            built.append(Relu(random.randrange(k)))
        elif kind < 0.6:
            unused = random.sample(range(k), min(k, random.choice((0, 0, 1, 2))))
            built.append(Affine(tuple((source, mpq(0)) for source in unused), mpq(random.choice(CONSTANTS))))
        elif kind < 0.7:
            built.append(Affine(((random.randrange(k), mpq(random.choice((-1, -1, 2, -3, HALF)))),), mpq(0)))
        else:
            sources = random.sample(range(k), min(k, random.randint(1, 3)))
            weights = [mpq(random.choice(DEGENERATE_WEIGHTS)) for _ in sources]
            bias = mpq(random.choice((0, 0, 1, -1, HALF)))
            built.append(Affine(tuple(zip(sources, weights, strict=True)), bias))
    last = inputs + nodes - 1
    return Network(inputs, built, [random.randrange(last + 1) for _ in range(outputs - 1)] + [last])


class Nodes:
    """The nodes of a network with two inputs, one by one: nothing is folded or shared, other than in a `Builder`."""

    def __init__(self):
        self.nodes = []

    def __len__(self):
        return 2 + len(self.nodes)

    def affine(self, terms, bias=0):
        """Append an affine node, ``terms`` mapping nodes to weights, and return its number."""
        self.nodes.append(Affine(tuple((node, mpq(weight)) for node, weight in terms.items()), mpq(bias)))
        return len(self) - 1

    def relu(self, of):
        """Append a unit and return its number."""
        self.nodes.append(Relu(of))
        return len(self) - 1


def with_degenerate_units(random, network, often=1):
    """Return a network that is equal to one with two inputs, and in which what is degenerate takes part.

    Biases are carried by units of constants; dead units are added, also with large weights; units are doubled,
    rescaled, repeated, and written by their opposites; weights are 0; nodes are used by none. Marks stay with the nodes
    that they name. All this is the less frequent the less ``often`` is.
    """
    b, place = Nodes(), [0, 1]
    for node in network.nodes:
        if random.random() < 0.2 * often:
            b.relu(b.affine({random.randrange(len(b)): random.choice((-1, 1, 2))}))
        if type(node) is Relu:
            z = place[node.of]
            place.append(_same_unit(random, b, z) if random.random() < 0.5 * often else b.relu(z))
            continue
        terms, bias = {}, node.bias
        for source, weight in node.terms:
            terms[place[source]] = terms.get(place[source], 0) + weight
        if random.random() < 0.5 * often:
            value = mpq(random.choice(CONSTANTS))
            unit = b.relu(b.affine({}, value))
            terms[unit], bias = (bias / value, 0) if value > 0 else (random.choice((1, -7, 2**70)), bias)
        if random.random() < 0.3 * often:
            terms[_dead_unit(random, b)] = random.choice((1, -7, 2**70))
        if random.random() < 0.3 * often:
            terms.setdefault(random.randrange(len(b)), 0)
        place.append(b.affine(terms, bias))
    marks = {name: place[node] for name, node in network.marks.items()}
    return Network(2, b.nodes, [place[output] for output in network.outputs], marks)


def _same_unit(random, b, z):
    """Return a node that is max(0, z): twice over, rescaled, halved in two, or z + max(0, −z)."""
    kind, factor = random.randrange(4), random.choice((3, HALF, 2**60))
    if kind == 0:
        return b.relu(b.relu(z))
    if kind == 1:
        return b.affine({b.relu(b.affine({z: factor})): 1 / mpq(factor)})
    if kind == 2:
        return b.affine({b.relu(z): HALF, b.relu(b.affine({z: factor})): HALF / factor})
    return b.affine({z: 1, b.relu(b.affine({z: -factor})): 1 / mpq(factor)})


def _dead_unit(random, b):
    """Return a unit that is 0 everywhere, some of them where no sum of single bounds tells: −|z|, −max(0, z) − 1, …"""
    z = random.randrange(len(b))
    parts = random.sample([b.relu(z), b.relu(b.affine({z: -1}))], random.choice((1, 2, 2)))
    return b.relu(b.affine(dict.fromkeys(parts, -2), random.choice((0, 0, -1))))


def random_network(random, size=4, outputs=1):
    """Return a random network of any kind: `degenerate`, or layered, both also `with_degenerate_units`.

    It has up to ``size`` units in each of two layers, or five times as many nodes. Outputs beyond the last are any
    nodes, inputs and constants among them, or the last again.
    """
    if random.random() < 0.6:
        widths = [random.randint(1, size) for _ in range(random.randint(1, 2))]
        network = with_degenerate_units(random, perceptron(random, widths, random.choice((1, 1, 1, 64)), 2))
    else:
        network = degenerate(random, random.randint(size, 5 * size))
        network = random.choice((network, with_degenerate_units(random, network)))
    ends = [random.choice((random.randrange(len(network)), *network.outputs)) for _ in range(outputs - 1)]
    return Network(2, network.nodes, [*ends, *network.outputs])
