"""Properties in files: VNN-LIB queries, of version 1.0 or 2.0, and JSON objects with an inequality or an argmax."""

from exactrelu.errors import InputError
from exactrelu.field import parse
from exactrelu.formats.queries import MAX_VARIABLES, read_query
from exactrelu.jsonio import decoded, parse_json, read_bytes
from exactrelu.planar.claims import Property
from exactrelu.streams import input_name

MAX_BYTES = 16 * 2**20
"""The longest file, in bytes."""


def read_property(path):
    """Return the `Property` in a VNN-LIB or JSON file; raises `InputError` with the file and the reason.

    >>> import tempfile
    >>> from exactrelu import Network, prove, read_property
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     with open(f"{folder}/p.vnnlib", "w") as stream:
    ...         _ = stream.write("(declare-const X_0 Real)(declare-const Y_0 Real)"
    ...                          "(assert (>= X_0 0))(assert (<= X_0 1))(assert (>= Y_0 2.5))")
    ...     bool(prove(Network(1, [], [0]), read_property(f"{folder}/p.vnnlib")))
    True
    """
    where = input_name(path)
    source = decoded(read_bytes(path, MAX_BYTES), where)
    return _of_json(parse_json(source, where), where) if source.lstrip()[:1] == "{" else read_query(source, where)


def _of_json(data, where):
    """Return the `Property` of a JSON object: box, and output with at_most or at_least, or largest with outputs."""
    if data.get("format") != "exactrelu-property/1":
        raise InputError(f'{where}: expected "format": "exactrelu-property/1"')
    keys = {key for key in data if key not in ("format", "box")}
    box = data.get("box")
    if box is not None:
        if not isinstance(box, list) or not all(isinstance(side, list) and len(side) == 2 for side in box):
            raise InputError(f'{where}: box: expected a pair for each input, such as [["-1", "1"], ["0", "1/2"]]')
        box = [tuple(parse(end, f"{where}: box[{k}]") for end in side) for k, side in enumerate(box)]
    if keys in ({"output", "at_most"}, {"output", "at_least"}):
        (name,) = keys - {"output"}
        make = Property.at_most if name == "at_most" else Property.at_least
        return make(_count(data, "output", where), parse(data[name], f"{where}: {name}"), box)
    if keys == {"largest", "outputs"}:
        return Property.largest(_count(data, "largest", where), _count(data, "outputs", where, 1), box)
    raise InputError(f"{where}: expected output with at_most or at_least, or largest with outputs, beside box")


def _count(data, name, where, low=0):
    value = data[name]
    if type(value) is not int or not low <= value <= MAX_VARIABLES:
        raise InputError(f"{where}: {name}: expected an integer from {low} to {MAX_VARIABLES}")
    return value
