"""The readable enumerator: every activation region of a network with two inputs, one polygon after the other.

A region is a maximal full-dimensional convex cell on which no unit changes sign: the pre-activation of every ReLU of
the network, whether or not it reaches an output, is <= 0 or >= 0 throughout. Walking through the nodes in topological
order, a cell carries the affine form of every node so far; a unit whose form has both strict signs inside the cell cuts
it in two. A form that is zero on the whole cell, or inside it nowhere, cuts nothing, so that kinks which meet in a
point, coincide or vanish need no special case. Everything faster is tested against these lines.
"""

from exactrelu.cpwl.polygon import Polygon, plane
from exactrelu.errors import InputError, shown
from exactrelu.field import RATIONALS, Rational, mpq, text
from exactrelu.network import Affine, Relu, as_network
from exactrelu.network.restriction import Slice

ZERO = (mpq(0), mpq(0), mpq(0))
COORDINATES = ((mpq(1), mpq(0), mpq(0)), (mpq(0), mpq(1), mpq(0)))
"""The forms of the two inputs x and y."""

LONG = 4096
"""Numerators and denominators of more bits are long."""

MAX_BITS = 1 << 20
"""The most bits of all long numbers of a network that is enumerated; one of its forms may be as long as all of them."""


def planar(network):
    """Return the flat form of a network with two inputs; raises `InputError` for others, and for long weights.

    One input is taken for two, of which the second is not read: its regions are strips.
    """
    if as_network(network).inputs == 1:
        network = Slice((mpq(0),), ((mpq(1),), (mpq(0),))).of(network)
    if network.inputs != 2:
        raise InputError(f"regions are enumerated in the plane: expected a network with 2 inputs, got {network.inputs}")
    flat = network.flatten()
    check_weights(flat)
    return flat


def check_weights(network, field=RATIONALS):
    """Raise `InputError` for weights of a flat network beyond a field, and for long numbers with over `MAX_BITS` bits.

    With these, steps would take for ever.
    """
    long = 0
    for k, node in enumerate(network.nodes, network.inputs):
        if type(node) is Affine:
            numbers = [node.bias, *[weight for _, weight in node.terms]]
            for number in numbers:
                if type(number) is not Rational and number not in field:
                    raise InputError(
                        f"node {k} has the weight {text(number)[:60]}: this enumeration is about weights in {field}"
                    )
            long += sum([bits for bits in map(_bits, numbers) if bits > LONG])
        if long > MAX_BITS:
            raise InputError(
                f"the weights up to node {k} have too many digits for an enumeration: those of more than {LONG} bits "
                f"have {long} bits, the limit is {MAX_BITS}; shorten the numbers of the network, or of its problem"
            )


def _bits(number):
    """Return how many bits the longest integer in a number has."""
    if type(number) is Rational:
        above, below = number.numerator.bit_length(), number.denominator.bit_length()
        return above if above > below else below
    return max(map(_bits, (number.a, number.b)))


def domain_of(domain):
    """Return a `Polygon` itself, the whole plane for None; raises `InputError` for anything else."""
    if domain is None:
        return plane()
    if not isinstance(domain, Polygon):
        raise InputError(f"expected a domain such as box(0, 1, 0, 1), half_plane(1, 0, 0) or None, got {shown(domain)}")
    return domain


def activation_regions(network, domain):
    """Yield (cell, forms) for every activation region of ``network`` inside ``domain``.

    ``network`` has two inputs and any number of outputs; ``domain`` is a `Polygon`, bounded or not. ``forms`` holds one
    form (alpha, beta, gamma) of ``mpq`` for each output. The cells have disjoint interiors and cover the domain. Raises
    `InputError` for a network that does not have two inputs.
    """
    network = planar(network)
    stack = [(domain, list(COORDINATES))]

    def negative_first(halves, opened):
        negative, positive = halves
        stack.append((positive, opened))
        return negative

    while stack:
        yield descended(network, *stack.pop(), negative_first)


def descended(network, cell, forms, choose):
    """Return (cell, forms of the outputs) of one activation region, coming from a cell with the ``forms`` of the first
    nodes of a flat network, which are continued.

    Where a unit cuts, ``choose((negative, positive), opened)`` is the half on which it goes on; ``opened`` are the
    forms, that of the unit included, on the positive half.
    """
    for node in network.nodes[len(forms) - 2 :]:
        if type(node) is Relu:
            form = forms[node.of]
            halves = cell.split(form)
            if all(halves):
                cell = choose(halves, [*forms, form])
                halves = [half if half is cell else None for half in halves]
            forms.append(form if halves[1] else ZERO)
        else:
            forms.append(combination(node.terms, node.bias, forms))
    return cell, tuple(forms[output] for output in network.outputs)


def combination(terms, bias, forms):
    """Return the form  sum of weight * forms[node] + bias  over the pairs (node, weight) in ``terms``."""
    alpha, beta, gamma = mpq(0), mpq(0), bias
    for node, weight in terms:
        a, b, c = forms[node]
        alpha += weight * a
        beta += weight * b
        gamma += weight * c
    return (alpha, beta, gamma)
