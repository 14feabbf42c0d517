"""As much of JSON Schema (2020-12) as the schemas of the files use; an unknown keyword is an error."""

import json
import re
from functools import cache
from importlib import resources

FOLDER = resources.files("exactrelu.data") / "schemas"
TYPES = {"object": dict, "array": list, "string": str, "integer": int, "null": type(None)}
ANNOTATIONS = {"$schema", "$id", "$defs", "title", "description"}


@cache
def schema_of(kind):
    """Return the schema of a "problem", "network" or "certificate"."""
    return json.loads((FOLDER / f"{kind}.schema.json").read_text())


def conforms(value, kind):
    """Return whether a JSON value conforms to the schema of its kind."""
    return _matches(value, schema_of(kind), schema_of(kind))


def _matches(value, schema, root):
    return all(
        _CHECKS[keyword](value, argument, schema, root)
        for keyword, argument in schema.items()
        if keyword not in ANNOTATIONS
    )


def _reference(value, target, _, root):
    name, _, place = target.partition("#/")
    root = schema_of(name.removesuffix(".schema.json")) if name else root
    schema = root
    for step in place.split("/"):
        schema = schema[step]
    return _matches(value, schema, root)


def _type(value, name, *_):
    return isinstance(value, TYPES[name]) and not isinstance(value, bool)


def _on(kind, test):
    """Return the check that a value of another kind passes, as in the standard."""
    return lambda value, argument, schema, root: not isinstance(value, kind) or test(value, argument, schema, root)


def _properties(value, properties, _, root):
    return all(_matches(value[key], schema, root) for key, schema in properties.items() if key in value)


def _patterns(value, patterns, _, root):
    return all(
        _matches(part, schema, root) for pattern, schema in patterns.items() for key, part in value.items()
        if re.search(pattern, key, re.ASCII)
    )


def _additional(value, argument, schema, root):
    patterns = schema.get("patternProperties", ())
    rest = [
        part for key, part in value.items()
        if key not in schema.get("properties", ()) and not any(re.search(p, key, re.ASCII) for p in patterns)
    ]
    return not rest if argument is False else all(_matches(part, argument, root) for part in rest)


_CHECKS = {
    "$ref": _reference,
    "type": _type,
    "const": lambda value, constant, *_: value == constant and type(value) is type(constant),
    "anyOf": lambda value, schemas, _, root: any(_matches(value, schema, root) for schema in schemas),
    "required": _on(dict, lambda value, keys, *_: all(key in value for key in keys)),
    "properties": _on(dict, _properties),
    "patternProperties": _on(dict, _patterns),
    "additionalProperties": _on(dict, _additional),
    "minProperties": _on(dict, lambda value, size, *_: len(value) >= size),
    "items": _on(list, lambda value, schema, _, root: all(_matches(part, schema, root) for part in value)),
    "prefixItems": _on(
        list, lambda value, schemas, _, root: all(_matches(part, s, root) for part, s in zip(value, schemas))
    ),
    "minItems": _on(list, lambda value, size, *_: len(value) >= size),
    "maxItems": _on(list, lambda value, size, *_: len(value) <= size),
    "minimum": _on(int, lambda value, bound, *_: value >= bound),
    "maximum": _on(int, lambda value, bound, *_: value <= bound),
    "maxLength": _on(str, lambda value, size, *_: len(value) <= size),
    "pattern": _on(str, lambda value, pattern, *_: re.search(pattern, value, re.ASCII) is not None),
}
