"""Certificates of format ``exactrelu-certificate/2``: networks are equal, near, or V^n g; bounds; properties.

The format and the calculus are those of docs/certificate.md. The statement stands in the file in full: the networks,
where it is asked, and what is claimed. The evidence of what holds everywhere there is a tree of cuts, on whose leaves
the difference of the networks, or the network, is affine; that of a difference is a point.
"""

import json

from exactrelu import checker
from exactrelu.certification.programs import texts
from exactrelu.certification.splits import bisected, on_line, parts_of
from exactrelu.errors import InputError, UndecidedError
from exactrelu.field import mpq, rational, text
from exactrelu.network.files import network_text
from exactrelu.planar.equality import difference_network
from exactrelu.planar.places import place_of
from exactrelu.planar.properties import cases, cases_of, network_of
from exactrelu.planar.reference import planar
from exactrelu.scheme import problem_to_json
from exactrelu.streams import output_name
from exactrelu.writing import readable, write_text_atomically

ROW = 1000
"""How many entries of a tree, or lines, stand on a line of the file."""


def write_equality(path, first, second, found, *, box=None, on=None, within=None, check=True):
    """Write the certificate of an `Equality` of two networks, as `equal` finds it with the same arguments.

    It says that they are equal, or differ by no more than ``within``, at every point of the box or slice, or that they
    do not at one. The file is gzip if its name ends in .gz, and appears complete or not at all; unless ``check`` is
    false, the checker has gone through all of it before. Raises `InputError` if nothing was decided and if the file
    cannot be written, and `UndecidedError`, the answer being none the less right, if the checker is not convinced.

    >>> import tempfile
    >>> from exactrelu import Network, Relu, check, equal, write_equality
    >>> one, other, where = Network(1, [], [0]), Network(1, [Relu(0)], [1]), {"box": [(0, 1)]}
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write_equality(f"{folder}/e.json", one, other, equal(one, other, **where), **where)
    ...     answer = check(f"{folder}/e.json")
    >>> answer.statement.partition(" at ")[2]
    'every point of R^1 with coordinates in [0, 1]'
    """
    _refuse_undecided(found)
    place = place_of(first, box, on)
    kind = {"kind": "equal"} if within is None else {"kind": "within", "epsilon": text(rational(within))}
    statement = [kind | {"domain": _domain(place)}, {"networks": (first, second)}]
    if found.counterexample is not None:
        _write(path, statement, place.slice.coordinates(found.counterexample.point)[: _size(place)], None, check)
        return
    difference = difference_network(place.network(first), place.network(second))
    _write(path, statement, None, _tree(difference, place), check)


def write_bound(path, network, found, *, box=None, on=None, check=True):
    """Write the certificate of the `Bound` of a network, as `bound` finds it with the same arguments.

    It says of each output what its least and its largest value are, as far as it has them, and where they are taken;
    see `write_equality`. Raises `InputError` if no output has a bound.

    >>> import tempfile
    >>> from exactrelu import Network, Relu, bound, check, write_bound
    >>> unit = Network(1, [Relu(0)], [1])
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write_bound(f"{folder}/b.json", unit, bound(unit))
    ...     check(f"{folder}/b.json").statement
    'at every point of R^1, output 0 is at least 0 (its value at 0), for the network with 1 ReLU nodes'
    """
    place = place_of(network, box, on)
    bounds = []
    for each in found.outputs:
        ends = ((each.minimum, each.argmin), (each.maximum, each.argmax))
        bounds.append(dict(zip(("least", "most"), (_end(place, *end) for end in ends), strict=True)))
    if not any(end for ends in bounds for end in ends.values()):
        raise InputError("no output has a bound, so that there is nothing to write a certificate of")
    statement = [{"kind": "bound", "domain": _domain(place), "bounds": bounds}, {"network": network}]
    _write(path, statement, None, _tree(planar(place.network(network)), place), check)


def write_property(path, network, claim, found, *, jobs=None, check=True):
    """Write the certificate of the `Decision` of `prove` about a `Property`, with the same arguments.

    It says that at no point of the box one of the cases occurs in which the property fails, or that one does at a
    point; see `write_equality`. Of several networks it has one that has them side by side, with all inputs and outputs
    in their order. Raises `UndecidedError` where there are more cases than `prove` tells apart.

    >>> import tempfile
    >>> from exactrelu import Network, Property, Relu, check, prove, write_property
    >>> unit, claim = Network(1, [Relu(0)], [1]), Property.at_most(0, 2, [(-1, 2)])
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write_property(f"{folder}/p.json", unit, claim, prove(unit, claim))
    ...     check(f"{folder}/p.json").statement.partition(", for")[0]
    'at every point of R^1 with coordinates in [-1, 2], never output 0 > 2'
    """
    _refuse_undecided(found)
    flat = network_of(network, claim)
    if claim.is_empty:
        raise InputError("the box has no point, so that there is nothing to write a certificate of")
    place = place_of(flat, claim.box, claim.on)
    refuted = found.point is not None
    told = None if refuted else cases(flat, claim, jobs)
    ways = cases_of(claim.bad) if refuted else told.ways
    never = [[_inequality(atom, flat) for atom in (*way.closed, *way.open)] for way in ways]
    statement = [{"kind": "property", "domain": _domain(place), "never": never}, {"network": flat}]
    if refuted:
        _write(path, statement, place.slice.coordinates(found.point)[: _size(place)], None, check)
        return
    numbers = {"margin": told.margin} if told.margin is not None else {}
    if any(way.closed and way.open for way in ways):
        numbers["weight"] = told.weight
    _write(path, statement, None, _tree(planar(place.network(told.network)), place), check, numbers)


def _inequality(atom, network):
    """Return the JSON object of an inequality, which is about the opposite of the left side of an `Atom`."""
    sides = [
        texts(-dict(pairs).get(k, mpq(0)) for k in range(size))
        for pairs, size in zip((atom.inputs, atom.outputs), network.shape, strict=True)
    ]
    found = {"inputs": sides[0], "outputs": sides[1], "constant": text(-atom.constant)}
    return found | {"strict": True} if atom.strict else found


def _refuse_undecided(found):
    """Raise `InputError` if nothing was decided."""
    if found.verdict == "undecided":
        raise InputError("nothing was decided, so that there is nothing to write a certificate of")


def write_iterate(path, problem, n, network, tree, check=True, progress=None):
    """Write the certificate that a network equals V^n g, by a `SplitTree` of the line or the plane.

    See `write_equality`. ``progress(done, total)`` is told how many of the entries of the tree are checked.
    """
    _write(path, _iterate(problem, n, network), None, tree, check, progress=progress)


def write_refutation(path, problem, n, network, point, check=True):
    """Write the certificate that a network does not equal V^n g at a point; see `write_equality`."""
    _write(path, _iterate(problem, n, network), point, None, check)


def _iterate(problem, n, network):
    kind = {"kind": "iterate", "domain": {}, "problem": problem_to_json(problem), "n": n}
    return [kind, {"network": network.flatten()}]


def _end(place, value, point):
    """Return the JSON object of a bound, None for none."""
    if value is None:
        return None
    return {"value": text(value), "at": texts(place.slice.coordinates(point)[: _size(place)])}


def _size(place):
    """Return the number of coordinates of a statement's domain, which has one even where nothing changes."""
    return max(place.dimension, 1)


def _ends(place):
    """Return the pair (low, high) of each of the two coordinates of a `Place`, (None, None) where there are no ends."""
    if place.polygon is not None:
        sides = zip(*((mpq(X, W), mpq(Y, W)) for X, Y, W in place.polygon.vertices), strict=True)
        return [(min(side), max(side)) for side in sides]
    return [(None, None)] * place.dimension + [(mpq(0), mpq(1))] * (2 - place.dimension)


def _domain(place):
    """Return the JSON object of a domain: the points of the slice, unless it is all of the space, and the box."""
    size, inputs = _size(place), len(place.slice.origin)
    found = {}
    steps = place.slice.directions[:size]
    if any(place.slice.origin) or steps != tuple(tuple(mpq(i == k) for i in range(inputs)) for k in range(inputs)):
        unit = [[mpq(i == k) for i in range(len(place.slice.directions))] for k in range(size)]
        found["points"] = [texts(place.slice.origin), *(texts(place.point(coordinates)) for coordinates in unit)]
    ends = _ends(place)[:size]
    if any(end is not None for pair in ends for end in pair):
        found["box"] = [[None if end is None else text(end) for end in pair] for pair in ends]
    return found


def _tree(network, place):
    """Return the `SplitTree` of a network with two inputs: of the box, cut at 0 where a coordinate has no ends."""
    tree = bisected(network, parts_of(_ends(place)))
    return tree if place.dimension == 2 else on_line(tree)


def _write(path, statement, point, tree, check, numbers=None, progress=None):
    """Write a certificate: of the statement, by a `SplitTree`, or that it is wrong at a point of the domain.

    ``numbers`` are those that the evidence of a property has beside the tree, {name: number}.
    """
    write_text(path, _certificate_text(*statement, point, tree, numbers or {}), check, progress)


def write_text(path, chunks, check, progress=None):
    """Write the text of a certificate of format 2; unless ``check`` is false, the checker goes through it before.

    ``progress(done, total)`` is told how many of the entries of a tree are checked. Raises `InputError` if it cannot be
    written, and `UndecidedError` if the checker is not convinced.
    """
    if check:
        chunks = ["".join(readable(output_name(path), chunks))]
        valid, _, reason = checker.judged(chunks[0].encode, lambda certificate: certificate.check(progress))
        if not valid:
            raise UndecidedError(f"there is an answer, but no certificate: the checker is not convinced ({reason})")
    write_text_atomically(path, chunks)


def _certificate_text(statement, networks, point, tree, numbers):
    """Yield the text of a certificate; ``networks`` are the parts of the statement that are networks."""
    yield f'{{"format": "{checker.FORMAT}",\n"statement": '
    if point is not None:
        yield f'{{"kind": "refutation", "point": {json.dumps(texts(point))}, "of":\n'
    yield json.dumps(statement)[:-1]
    for name, content in networks.items():
        yield f',\n"{name}": '
        if isinstance(content, tuple):
            for start, network in zip(("[", ",\n"), content, strict=True):
                yield start
                yield from network_text(network)
            yield "]"
        else:
            yield from network_text(content)
    if point is not None:
        yield '}},\n"evidence": {"kind": "point"}}\n'
        return
    yield '},\n"evidence": {"kind": "enumeration",\n"lines": '
    yield from _array([int(entry) for entry in line] for line in tree.lines)
    yield ',\n"tree": '
    yield from _array(tree.preorder)
    yield "".join(f',\n"{name}": "{text(number)}"' for name, number in numbers.items())
    yield "}}\n"


def _array(entries):
    """Yield the text of a JSON array, in rows."""
    row, separator = [], "["
    for entry in entries:
        row.append(json.dumps(entry))
        if len(row) == ROW:
            yield separator + ",".join(row)
            row, separator = [], ",\n"
    yield (separator + ",".join(row) if row or separator == "[" else "") + "]"
