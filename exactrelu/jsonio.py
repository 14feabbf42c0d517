"""Reading and writing JSON: strict JSON in, atomic files out, every failure one clear `InputError`.

JSON floats, NaN and infinities are refused with their place named (a weight that is not exact must never slip in), as
are duplicate keys. Integers may be as long as `exactrelu.field.MAX_DIGITS` digits, beyond Python's own limit of
4300. Files beginning with the gzip magic are decompressed, within the same limit on the size of the text.
"""

import gzip
import io
import json
import re
import zlib
from itertools import count

from exactrelu.errors import InputError, shown
from exactrelu.field import MAX_DIGITS, Field, Integer, Rational, mpz, parse, text
from exactrelu.streams import file_name, input_name, open_input
from exactrelu.writing import MAX_BYTES, replace_text

MAX_NESTING = 100
"""The deepest nesting of JSON arrays and objects that is read."""

MAX_MEMORY = 2**31
"""About the most bytes that the values of a file may take, as its brackets, commas and quotes tell."""

MAX_FLOATS = 1000
"""The most JSON floats that are kept for the message about one of them."""

_TOO_DEEP = f"{{}}: nested deeper than {MAX_NESTING} levels"
_EXPONENT = re.compile(r"[0-9.][eE][+-]?0*([0-9]{1,6})", re.ASCII)
_GZIP_MAGIC = b"\x1f\x8b"
_SHORT = 4000  # numerals up to here are within the limit of Python's own int()


def read_json(path, max_bytes=MAX_BYTES):
    """Return the object in a JSON file (plain or gzip): dict, list, str, int, bool and None only.

    Raises `InputError`, naming the file and the place in it, for anything that cannot be read or used.
    """
    return parse_json(decoded(read_bytes(path, max_bytes), input_name(path)), input_name(path))


def parse_json(source, where):
    """Return the object in the JSON text ``source``; ``where`` names it in the message of an `InputError`."""
    if memory_of(source) > MAX_MEMORY:
        raise InputError(
            f"{where}: so many lists, objects and values that they would take more than {MAX_MEMORY} bytes of memory"
        )
    try:
        answer = _decoder(where).decode(source)
    except json.JSONDecodeError as error:
        raise InputError(f"{where}: not JSON: {error.msg} (line {error.lineno}, column {error.colno})") from None
    except RecursionError:
        raise InputError(_TOO_DEEP.format(where)) from None
    _refuse_unusable(answer, where)
    return answer


def replace_json(path, answer):
    """Write a JSON file, rationals (``mpq``, ``mpz``) as strings; see `exactrelu.writing.replace_text`."""
    encoder = json.JSONEncoder(default=_numeral, allow_nan=False)
    replace_text(path, _with_newline(encoder.iterencode(answer)))


def memory_of(source):
    """Return about how many bytes the values in a JSON text take at most: a small text can hold very many of them."""
    weights = {"[": 64, "{": 240, '"': 28, ",": 40, ":": 40}
    return len(source) + sum(weight * source.count(mark) for mark, weight in weights.items())


class _Unusable:
    """A value that JSON allows and exactrelu does not, kept until its place in the file is known."""

    __slots__ = ("reason",)

    def __init__(self, reason):
        self.reason = reason


def _decoder(where):
    """Return a decoder for the text that ``where`` names."""
    floats = count(1)

    def unusable(numeral):
        if next(floats) > MAX_FLOATS:
            raise InputError(f'{where}: more than {MAX_FLOATS} JSON floats; write rationals as strings, as "0.125"')
        return _float(numeral)

    return json.JSONDecoder(
        parse_float=unusable, parse_constant=_constant, parse_int=_integer, object_pairs_hook=_object
    )


def _float(numeral):
    shown = numeral if len(numeral) <= 40 else numeral[:37] + "..."
    return _Unusable(f'{shown} is a JSON float; write a rational as a string, such as "-7/16" or "0.125"')


def _constant(name):
    return _Unusable(f"{name} is not a rational number")


def _integer(numeral):
    if len(numeral) <= _SHORT:
        return int(numeral)
    if len(numeral) > MAX_DIGITS:
        return _Unusable(f"an integer of more than {MAX_DIGITS} digits")
    return int(mpz(numeral))


def _object(pairs):
    answer = dict(pairs)
    if len(answer) < len(pairs):
        seen = set()
        twice = next(key for key, _ in pairs if key in seen or seen.add(key))
        return _Unusable(f"the key {json.dumps(twice)} appears twice")
    return answer


def _refuse_unusable(answer, where):
    """Raise `InputError` for what is no usable JSON, nesting deeper than `MAX_NESTING`, and too many digits.

    A decimal such as 1e9999 is a short text and a long number: written out, all decimals of a file together may have as
    many digits as a file without exponents.
    """
    level, digits = [answer], 0
    for _ in range(MAX_NESTING + 1):
        digits += sum(map(_digits, (node for node in level if type(node) is str and not node[:1].isalpha())))
        if digits > MAX_BYTES:
            raise InputError(f"{where}: written out, its decimals have more than {MAX_BYTES} digits")
        texts = [node for node in level if type(node) is str and not node.isascii() and _has_lone_surrogate(node)]
        if texts or any(type(node) is _Unusable for node in level):
            place, reason = _first_unusable(answer)
            raise InputError(f"{where}: {_place(place)}{reason}")
        lists = [entry for node in level if type(node) is list for entry in node if type(entry) is not int]
        level = [entry for node in level if type(node) is dict for pair in node.items() for entry in pair] + lists
        if not level:
            return
    raise InputError(_TOO_DEEP.format(where))


def _digits(numeral):
    """Return how many digits the exponents in a text stand for."""
    return sum(map(int, _EXPONENT.findall(numeral))) if "e" in numeral or "E" in numeral else 0


def _first_unusable(answer):
    """Return (place, reason) of one unusable value; a place is linked: ((((), "seed"), "values"), 3)."""
    stack = [(answer, ())]
    while stack:
        node, place = stack.pop()
        if isinstance(node, _Unusable):
            return place, node.reason
        if isinstance(node, str) and _has_lone_surrogate(node):
            return place, "a string with half of a surrogate pair"
        if isinstance(node, dict):
            stack.extend((entry, (place, key)) for key, entry in node.items())
            stack.extend((key, place) for key in node)
        elif isinstance(node, list):
            stack.extend((entry, (place, index)) for index, entry in enumerate(node))
    raise AssertionError("called for an answer without an unusable value")


def _place(place):
    """Return ``seed.values[3]: `` for the linked place ((((), "seed"), "values"), 3)."""
    steps = []
    while place:
        place, step = place
        steps.append(f"[{step}]" if isinstance(step, int) else f".{step}" if len(step) <= 40 else f".{step[:37]}...")
    return f"{''.join(reversed(steps)).removeprefix('.')}: " if steps else ""


def _has_lone_surrogate(string):
    return any("\ud800" <= character <= "\udfff" for character in string)


def field_from_json(found, where):
    """Return the `Field` of a JSON object such as {"sqrt": 3}; raises `InputError`."""
    check_object(found, where, ("sqrt",), ("sqrt",))
    return at(where, Field, integer_from_json(found["sqrt"], where))


def integer_from_json(found, where):
    """Return the integer that a JSON integer or string stands for; raises `InputError`."""
    number = parse(found, where)
    if number.denominator != 1:
        raise InputError(f"{where}: expected an integer, got {text(number)[:40]}")
    return int(number)


def check_object(found, where, required, known):
    """Raise `InputError` unless ``found`` is a JSON object with the required fields and no unknown one."""
    if not isinstance(found, dict):
        raise InputError(f"{where}: expected a JSON object with the fields {', '.join(required)}")
    for key in required:
        if key not in found:
            raise InputError(f'{where}: the field "{key}" is missing')
    for key in found:
        if key not in known:
            raise InputError(f"{where}: unknown field {shown(key)}; known are {', '.join(known)}")


def at(where, make, *arguments):
    """Return ``make(*arguments)``, with ``where`` put before the message of an `InputError`."""
    try:
        return make(*arguments)
    except InputError as error:
        raise InputError(f"{where}: {error}") from None


def read_bytes(path, max_bytes=MAX_BYTES):
    """Return the content of a file, decompressed if it is gzip; raises `InputError` as `read_json` does."""
    where = input_name(file_name(path))
    try:
        with open_input(path) as stream:
            content = stream.read(max_bytes + 1)
        if content.startswith(_GZIP_MAGIC) and len(content) <= max_bytes:
            with gzip.GzipFile(fileobj=io.BytesIO(content)) as stream:
                content = stream.read(max_bytes + 1)
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise InputError(f"{where}: damaged gzip file: {error}") from None
    except ValueError as error:  # a null byte in the name
        raise InputError(f"{path!r}: not a file name: {error}") from None
    except OSError as error:
        raise InputError(f"{where}: cannot read: {error.strerror or error}") from None
    if len(content) > max_bytes:
        raise InputError(f"{where}: longer than {max_bytes} bytes (decompressed), the limit for this kind of file")
    return content


def decoded(content, where):
    """Return the text of UTF-8 bytes; ``where`` names them in the message of an `InputError`."""
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(f"{where}: not UTF-8 text (byte {error.start})") from None


def _numeral(number):
    """Return the string for an ``mpq`` or ``mpz``; raises ``TypeError`` for what JSON cannot hold."""
    if isinstance(number, (Rational, Integer)):
        return text(number)
    raise TypeError(f"{type(number).__name__} does not belong in a file")


def _with_newline(chunks):
    yield from chunks
    yield "\n"
