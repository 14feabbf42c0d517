"""Networks made to fool an enumerator of affine pieces: gates that cancel, spikes, strips, leaks, huge weights."""

from networks import degenerate, perceptron, random_network, with_degenerate_units

from exactrelu.field import mpq
from exactrelu.network import Affine, Builder, Network, Relu, constant, linear_combination, total

HUGE = (2**62, -(2**63), 2**64, 10**30, mpq(1, 2**70), mpq(2**65, 3))
"""Weights at and beyond the ends of ``int64``."""


def network_of(function):
    """Return the network of ``function(b, x, y)``."""
    b = Builder(2)
    return b.network([function(b, *b.inputs)])


def absolute(b, t):
    """Return |t|, two units."""
    return b.relu(t) + b.relu(-t)


def spike(b, point, width, height=1):
    """Return the pyramid of that height and half-width (in the 1-norm) about ``point``, zero elsewhere."""
    x, y = b.inputs
    radius = absolute(b, x - point[0]) + absolute(b, y - point[1])
    return height * b.relu(1 - radius / mpq(width))


def plateau(b, point, width, height=1):
    """Return a pyramid cut off half way up: a function whose kinks are oblique to every cell's edges."""
    x, y = b.inputs
    u, v = x + y / 3 - (point[0] + mpq(point[1]) / 3), y - x / 5 - (point[1] - mpq(point[0]) / 5)
    ramp = b.relu(1 - (absolute(b, u) + absolute(b, v)) / mpq(width))
    return height * (ramp - b.relu(ramp - mpq(1, 2)))


def wrapping_spike(b, point, exponent):
    """Return 2^(64−e) ((1 − 2^e r)₊ − (1 − 2^(e+1) r)₊), r the 1-norm about ``point``, for e = ``exponent``.

    At the vertices of cells of integer coordinates its two terms differ by multiples of 2^64 only.
    """
    x, y = b.inputs
    radius = absolute(b, x - point[0]) + absolute(b, y - point[1])
    inner, outer = (b.relu(1 - 2**k * radius) for k in (exponent + 1, exponent))
    return 2 ** (64 - exponent) * (outer - inner)


def leaks(b):
    """Return {name: function} that are zero in |x|, |y| ≤ 10^8 and not zero somewhere beyond."""
    x, y = b.inputs
    far = 10**9
    strip = mpq(1, 2**60)
    across = absolute(b, x - y - mpq(1, 3))
    return {
        "far right": b.relu(x - far),
        "a quadrant": b.relu(b.minimum(-x, -y) - far),
        "a wedge": b.relu(x - far - absolute(b, 3 * y - x)),
        "a strip": b.relu(b.minimum(x - far, 1 - across / strip)),
        "a bump": spike(b, (mpq(far), mpq(-far) / 3), mpq(1, 2**40)),
        "a half plane": b.relu(x + y - 2 * far),
        "bounded growth": b.clamp(y - far),
    }


def random_form(random, b, bound=3):
    """Return a random small affine form in x and y."""
    x, y = b.inputs
    a, c, d = (mpq(random.randint(-bound, bound), random.choice((1, 1, 2, 3))) for _ in range(3))
    return a * x + c * y + d


def vanishing(random, b):
    """Return a function ≥ 0 of x or of y that is zero on an interval, or on a half line."""
    t = random.choice(b.inputs)
    left, right = sorted(mpq(random.randint(-6, 6), random.choice((2, 3))) for _ in range(2))
    kinds = [b.relu(t - right), b.relu(left - t), b.relu(t - right) + b.relu(left - t)]
    kinds.append(b.clamp(3 * (t - right)) + b.clamp(5 * (left - t)))
    return random.choice(kinds)


def gated_sum(random):
    """Return an alternating sum of gates (y − a D)₊ that share values y and deficiencies D, as `one-pass` ends."""
    b = Builder(2)
    values = [random_value(random, b) for _ in range(2)]
    values.append(values[0] + random.choice((0, 0, mpq(1, 2**60))))
    deficiencies = [vanishing(random, b) for _ in range(3)]
    summands = []
    for _ in range(random.randint(2, 7)):
        chosen = [d for d in deficiencies if random.random() < 0.5]
        weight = random.choice((1, -1, 1, -1, 2, mpq(-1, 3)))
        closed = random.choice((1, 7, 2**61)) * total(chosen)
        scale = random.choice((1, 1, 2, mpq(1, 3)))
        summands.append(weight / mpq(scale) * b.relu(scale * (random.choice(values) - closed)))
    return b.network([total(summands)])


def random_value(random, b):
    """Return a random value of one or two layers of both coordinates."""
    units = [b.relu(random_form(random, b)) for _ in range(random.randint(1, 3))]
    value = linear_combination([random.choice((1, -1, 2, mpq(-1, 2))) for _ in units], units)
    if random.random() < 0.5:
        value = b.relu(value + random_form(random, b))
    return value + random.choice((constant(0), random_form(random, b)))


def opposite_pairs(random):
    """Return a sum of c f₊ − d h₊ in which c f = d h exactly, nearly, or on a part of the plane only."""
    b = Builder(2)
    summands = []
    for _ in range(random.randint(1, 3)):
        f = random_value(random, b)
        c, scale = mpq(random.randint(1, 9), random.randint(1, 3)), mpq(random.choice((1, 2, mpq(1, 3), 2**60)))
        off = random.choice((0, 0, b.relu(random_form(random, b)), mpq(1, 2**60), vanishing(random, b)))
        summands += [c * b.relu(f), -c / scale * b.relu(scale * f + off)]
    return b.network([total(summands)])


def huge_weights(random):
    """Return a small network with weights at and beyond the ends of ``int64``, most of them cancelling."""
    b = Builder(2)
    big = mpq(random.choice(HUGE))
    units = [b.relu(random.choice((1, big, 1 / big)) * random_form(random, b)) for _ in range(3)]
    inner = linear_combination([random.choice((1, -1, big, -big, 1 / big)) for _ in units], units)
    outer = [b.relu(inner), b.relu(inner + random.choice((0, 1, 1 / big)) * random_form(random, b))]
    return b.network([linear_combination([random.choice((1, big)), random.choice((-1, -big))], outer)])


def disjoint_sum(random, count=3):
    """Return a sum of functions that share no node, some of them with opposite signs, so that much cancels."""
    b = Builder(2)
    summands = []
    for number in range(1, count + 1):
        scale = mpq(number)
        f = random_form(random, b)
        sign = random.choice((1, -1))
        summands.append(sign / scale * b.relu(b.relu(scale * f) - scale * random.choice((0, 1, mpq(1, 2)))))
        if random.random() < 0.5:
            # the same function from nodes of its own
            factor = scale + mpq(1, 7)
            summands.append(-sign / factor * b.relu(b.relu(factor * f) - factor * random.choice((0, 1, mpq(1, 2)))))
    return b.network([total(summands)])


def with_zero_weights(network):
    """Return an equal network whose affine nodes have terms of weight 0 from the inputs and from the node before."""
    nodes = []
    for k, node in enumerate(network.nodes, network.inputs):
        if type(node) is Affine:
            present = dict(node.terms)
            extra = tuple((source, mpq(0)) for source in {0, 1, k - 1} if source not in present)
            node = Affine(node.terms + extra, node.bias)
        nodes.append(node)
    return Network(network.inputs, nodes, network.outputs)


def tame(network):
    """Return the flat network with every weight of many digits replaced by 5, 1/7 or one of their negatives."""
    def weight(number):
        if max(number.numerator.bit_length(), number.denominator.bit_length()) <= 16:
            return number
        return (1 if number > 0 else -1) * (mpq(5) if abs(number) > 1 else mpq(1, 7))

    nodes = [
        node if type(node) is Relu else Affine(tuple((k, weight(w)) for k, w in node.terms), weight(node.bias))
        for node in network.nodes
    ]
    return Network(network.inputs, nodes, network.outputs)


def disguised(random, network):
    """Return an equal network made of nodes of its own: units rescaled, or written as z₊ = z + (−z)₊."""
    b = Builder(network.inputs)
    values = list(b.inputs)
    for node in network.nodes:
        if type(node) is Affine:
            weights, sources = [w for _, w in node.terms], [values[k] for k, _ in node.terms]
            values.append(linear_combination(weights, sources) + node.bias)
            continue
        z, scale = values[node.of], mpq(random.randint(2, 9), random.randint(1, 4)) + 1
        kinds = [lambda: b.relu(scale * z) / scale, lambda: z + b.relu(-scale * z) / scale]
        kinds.append(lambda: b.relu(b.relu(scale * z)) / scale)
        values.append(random.choice(kinds)())
    return b.network([values[k] for k in network.outputs])


def joined(networks, weights):
    """Return the network  Σ weight * network  of networks with two inputs and one output, their nodes side by side."""
    nodes, ends = [], {}
    for network, weight in zip(networks, weights, strict=True):
        place = [0, 1, *range(2 + len(nodes), 2 + len(nodes) + len(network.nodes))]
        for node in network.nodes:
            if type(node) is Affine:
                nodes.append(Affine(tuple((place[k], w) for k, w in node.terms), node.bias))
            else:
                nodes.append(node._replace(of=place[node.of]))
        end = place[network.outputs[0]]
        ends[end] = ends.get(end, 0) + mpq(weight)
    nodes.append(Affine(tuple(ends.items()), mpq(0)))
    return Network(2, nodes, [len(nodes) + 1])


def plus(network, function):
    """Return the network with ``function(b)``, an expression on the builder of another network, added to its output."""
    b = Builder(2)
    return joined([network, b.network([function(b)])], [1, 1])


GENERATORS = {
    "degenerate": lambda random: degenerate(random, random.randint(2, 18)),
    "weights 0": lambda random: with_zero_weights(degenerate(random, random.randint(2, 14))),
    "perceptron": lambda random: perceptron(random, [3] * random.randint(1, 2), random.choice((1, 3, 64)), 2),
    "gated": gated_sum,
    "opposite": opposite_pairs,
    "huge": huge_weights,
    "disjoint": disjoint_sum,
    "of any kind": random_network,
    "degenerate units": lambda random: with_degenerate_units(
        random, random.choice((gated_sum, opposite_pairs, huge_weights, disjoint_sum))(random)
    ),
}
