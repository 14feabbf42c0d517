"""Damages of a JSON value, each of them small: a number changed, an entry left out, doubled, exchanged with another."""

from fractions import Fraction

HAIR = Fraction(1, 2**60)


def damages(value):
    """Yield (what was done, a damaged value) for each place of a JSON value; the value itself stays as it is."""
    for path, part in _places(value):
        for name, new in _others(part):
            yield f"{'/'.join(map(str, path))}: {name}", _replaced(value, path, new)


def _places(value, path=()):
    """Yield (path, part) for all parts of a JSON value."""
    yield path, value
    for key, part in value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ():
        yield from _places(part, (*path, key))


def _replaced(value, path, new):
    """Return a JSON value with another part at a path."""
    if not path:
        return new
    parts = dict(value) if isinstance(value, dict) else list(value)
    parts[path[0]] = _replaced(value[path[0]], path[1:], new)
    return parts


def _others(part):
    """Yield (name, another part)."""
    if isinstance(part, bool):
        yield "negated", not part
    elif isinstance(part, dict):
        for key in part:
            yield f"without {key}", {other: entry for other, entry in part.items() if other != key}
    elif isinstance(part, list):
        for k, entry in enumerate(part):
            yield f"without entry {k}", part[:k] + part[k + 1 :]
            yield f"entry {k} twice", part[:k] + [entry, entry] + part[k + 1 :]
            for j in range(k):
                exchanged = [*part[:j], entry, *part[j + 1 : k], part[j], *part[k + 1 :]]
                if exchanged != part:
                    yield f"entries {j} and {k} exchanged", exchanged
    elif part is None:
        yield "0", 0
    else:
        yield "null", None
        number = _number(part)
        if number is not None:
            for other in (number + 1, number - 1, -number, number + HAIR, number - HAIR, number / 2, number * 0):
                if other != number:
                    yield str(other), int(other) if other.denominator == 1 else str(other)


def _number(part):
    """Return the rational that a JSON integer or a string is, or None."""
    try:
        return Fraction(part)
    except ValueError:
        return None
