"""Networks with two inputs that the tests use: tents, hats, ramps, arrangements of lines, random, degenerate ones."""

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


DEGENERATE_WEIGHTS = (0, 0, 1, 1, -1, -1, 2, -2, mpq(1, 2), mpq(-1, 2), mpq(1, 3), 2**60, mpq(1, 2**60))


def degenerate(random, nodes, outputs=1):
    """Return a random flat network of about ``nodes`` nodes whose kinks coincide, meet, vanish and hide each other."""
    built = []
    for k in range(2, 2 + nodes):
        if random.random() < 0.5:
            built.append(Relu(random.randrange(k)))
        else:
            sources = random.sample(range(k), min(k, random.randint(1, 3)))
            weights = [mpq(random.choice(DEGENERATE_WEIGHTS)) for _ in sources]
            bias = mpq(random.choice((0, 0, 1, -1, HALF)))
            built.append(Affine(tuple(zip(sources, weights, strict=True)), bias))
    return Network(2, built, [random.randrange(2 + nodes) for _ in range(outputs - 1)] + [1 + nodes])
