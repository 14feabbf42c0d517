"""Normal forms: every node of a network as an affine form, plus ridges, plus weighted atoms.

Units whose input depends on one linear form of x and y only become ridges in closed form (`ridges`). Every other unit
is an atom, known by the normal form of its input up to a positive factor, since max(0, c z) = c max(0, z) for c > 0: a
unit that occurs twice, rescaled or in another place, is one atom; a positive combination of atoms is not negative and
passes through a unit unchanged. What remains of the difference of two networks after
cancellation is all that an enumeration has to look at.

A sum of ridges without atoms is zero if and only if it has no knots and its affine form is zero: along a line u = knot
only ridges in this direction have a kink that does not end, so kinks of different directions or places never cancel.
"""

from typing import NamedTuple

from exactrelu.field import mpq, mpz
from exactrelu.network import Relu
from exactrelu.network.dag import references
from exactrelu.planar.reference import COORDINATES, ZERO
from exactrelu.planar.ridges import Ridge, direction, positive_part

LIMIT = 4_000_000
"""The most summands (knots and atoms) that the normal forms of one network may have in all."""


class Normal(NamedTuple):
    """The function  form + sum over u = p x + q y, knots of jump * (u − knot)₊ + sum of weight * atom.

    ``ridges`` maps (p, q) to a dictionary from knots to jumps that are not 0, none of them empty; ``atoms`` maps
    numbers of atoms to weights that are not 0.
    """

    form: tuple
    ridges: dict
    atoms: dict

    @property
    def is_zero(self):
        """Whether nothing at all is left."""
        return not (any(self.form) or self.ridges or self.atoms)

    @property
    def size(self):
        """The number of summands."""
        return len(self.atoms) + sum(map(len, self.ridges.values()))


class Analysis(NamedTuple):
    """The normal forms of a network's nodes, what they are made of, and where its units change sign.

    ``normals``: node by node, None where the analysis did not come; ``atoms``: for each atom a pair (node, factor), a
    unit that is factor times the atom; ``lines``: (p, q) mapped to the set of the c for which a unit changes sign
    across p x + q y = c; ``is_complete``: every node has a normal form.
    """

    normals: list
    atoms: list
    lines: dict
    is_complete: bool = True

    def knots(self, nodes):
        """Return (p, q) mapped to the set of the c for which one of ``nodes`` has a kink along p x + q y = c."""
        found = {}
        for node in nodes:
            for slopes, jumps in self.normals[node].ridges.items():
                found.setdefault(slopes, set()).update(jumps)
        return found

    @property
    def is_arrangement(self):
        """Whether every unit is a ridge, so that the regions are the cells of an arrangement of ``lines``."""
        return self.is_complete and not self.atoms


def analysed(network, limit=LIMIT, atoms=True):
    """Return the `Analysis` of a flat network with two inputs.

    It stops, incomplete, at the first atom unless ``atoms`` are wanted, and after ``limit`` summands.
    """
    inputs = [Normal(form, {}, {}) for form in COORDINATES]
    found = Analysis(inputs + [None] * len(network.nodes), [], {})
    known, size = {}, 0
    for k in _in_order(network):
        node = network.nodes[k - 2]
        if type(node) is Relu:
            normal = _unit(k, found.normals[node.of], found, known if atoms else None)
        else:
            normal = combined(node.terms, node.bias, found.normals)
        size += normal.size if normal else 0
        if normal is None or size > limit:
            return found._replace(is_complete=False)
        found.normals[k] = normal
    return found


def _in_order(network):
    """Yield the nodes of a flat network, each after its sources, affine ones when a unit needs them, others at the end.

    An analysis that stops at a unit has not looked at what no unit before it needs.
    """
    done = [True, True] + [False] * len(network.nodes)
    for k in (*(k for k, node in enumerate(network.nodes, 2) if type(node) is Relu), *range(2, len(done))):
        stack = [k]
        while stack:
            k = stack[-1]
            missing = [] if done[k] else [source for source in references(network.nodes[k - 2]) if not done[source]]
            stack.extend(missing)
            if not missing:
                stack.pop()
                if not done[k]:
                    done[k] = True
                    yield k


def combined(terms, bias, normals):
    """Return the `Normal` of  sum of weight * normals[node] + bias  over the pairs (node, weight) in ``terms``."""
    alpha, beta, gamma, ridges, atoms = mpq(0), mpq(0), bias, {}, {}
    for node, weight in terms:
        if not weight:
            continue
        form, node_ridges, node_atoms = normals[node]
        alpha += weight * form[0]
        beta += weight * form[1]
        gamma += weight * form[2]
        for slopes, jumps in node_ridges.items():
            _add(ridges.setdefault(slopes, {}), jumps, weight)
        _add(atoms, node_atoms, weight)
    ridges = {slopes: jumps for slopes, jumps in ridges.items() if jumps}
    return Normal((alpha, beta, gamma), ridges, atoms)


def _add(total, summands, weight):
    """Add ``weight`` times the dictionary ``summands`` to ``total``, dropping what becomes zero."""
    for key, summand in summands.items():
        value = total.get(key, 0) + weight * summand
        if value:
            total[key] = value
        else:
            del total[key]


def _unit(number, normal, found, known):
    """Return the `Normal` of a unit, the positive part of ``normal``; None if it is no ridge and ``known`` is None.

    ``known`` maps the inputs of the atoms found so far, up to scale, to the numbers of the atoms.
    """
    split = as_ridge(normal)
    if split is not None:
        slopes, ridge = split
        positive, zeros = positive_part(ridge)
        found.lines.setdefault(slopes, set()).update(zeros)
        form = (positive.slope * slopes[0], positive.slope * slopes[1], positive.intercept)
        return Normal(form, {slopes: positive.jumps} if positive.jumps else {}, {})
    if known is None:
        return None
    if not any(normal.form) and not normal.ridges and min(normal.atoms.values()) > 0:
        return normal
    key, factor = _up_to_scale(normal)
    if key not in known:
        known[key] = len(found.atoms)
        found.atoms.append((number, factor))
    return Normal(ZERO, {}, {known[key]: factor})


def as_ridge(normal):
    """Return ((p, q), `Ridge` in u = p x + q y) for a normal form that depends on one linear form only, else None."""
    if normal.atoms or len(normal.ridges) > 1:
        return None
    alpha, beta, gamma = normal.form
    slopes, slope = direction(alpha, beta) if alpha or beta else (None, mpq(0))
    if not normal.ridges:
        return slopes or (mpz(1), mpz(0)), Ridge(gamma, slope, {})
    ((ridge_slopes, jumps),) = normal.ridges.items()
    if slopes not in (None, ridge_slopes):
        return None
    return ridge_slopes, Ridge(gamma, slope, jumps)


def _up_to_scale(normal):
    """Return (key, factor > 0): two normal forms have equal keys if and only if one is c > 0 times the other."""
    factor = abs(next(filter(None, normal.form), None) or min(_summands(normal))[1])
    form = tuple(entry / factor for entry in normal.form)
    return (form, frozenset((name, weight / factor) for name, weight in _summands(normal))), factor


def _summands(normal):
    """Return the pairs (name of a knot or an atom, weight) of a normal form; the names can be compared."""
    knots = [((0, *slopes, knot), jump) for slopes, jumps in normal.ridges.items() for knot, jump in jumps.items()]
    return knots + [((1, atom, 0, 0), weight) for atom, weight in normal.atoms.items()]
