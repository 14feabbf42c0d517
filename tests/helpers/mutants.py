"""Single changes of JSON values: each number, index, text, element and key in turn."""

import copy
from fractions import Fraction

HAIR = Fraction(1, 2**60)


def mutants(value, chosen=None):
    """Yield (description, changed copy) for every single change of a JSON value made of dicts, lists and scalars.

    With ``chosen``, pairs (path, part), only these are changed.
    """
    for path, part in places(value) if chosen is None else chosen:
        for name, change in changes(part):
            changed = copy.deepcopy(value)
            if path:
                parent = changed
                for step in path[:-1]:
                    parent = parent[step]
                parent[path[-1]] = change
            else:
                changed = change
            yield f"{'/'.join(map(str, path))}: {name}", changed


def places(value, path=()):
    """Yield (path, part) for the value and all its parts."""
    yield path, value
    entries = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, part in entries:
        yield from places(part, (*path, key))


def changes(part):
    """Yield (name, another value) for one part."""
    if isinstance(part, dict):
        for key in part:
            yield f"without {key}", {k: v for k, v in part.items() if k != key}
            yield f"{key} renamed", {(k + "x" if k == key else k): v for k, v in part.items()}
        yield "one more key", {**part, "more": 0}
    elif isinstance(part, list):
        for k in range(len(part)):
            yield f"without element {k}", part[:k] + part[k + 1 :]
            yield f"element {k} twice", part[: k + 1] + part[k:]
        for k in range(len(part) - 1):
            yield f"elements {k} and {k + 1} exchanged", part[:k] + [part[k + 1], part[k]] + part[k + 2 :]
    elif isinstance(part, int):
        yield from ((f"{part + step}", part + step) for step in (-1, 1, 2))
        yield "negative", -part
        yield "float", part + 0.5
        yield "a hair more", str(part + HAIR)
    elif isinstance(part, str):
        yield from _changes_of_text(part)
    yield "null", None
    yield "an empty array", []


def _changes_of_text(part):
    if part in ("affine", "relu"):
        yield "other operation", {"affine": "relu", "relu": "affine"}[part]
    yield "one more character", part + "1"
    yield "without the last character", part[:-1]
    try:
        number = Fraction(part)
    except ValueError:
        return
    for name, other in (("negative", -number), ("one more", number + 1), ("a hair less", number - HAIR)):
        yield name, str(other)
