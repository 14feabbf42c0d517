"""Does a JSON value conform to the schema of a kind of file? jsonschema decides, but takes no 1.0 for an integer."""

import json
from functools import cache
from importlib import resources

from jsonschema import Draft202012Validator
from jsonschema.validators import extend
from referencing import Registry, Resource

FOLDER = resources.files("exactrelu.data") / "schemas"

_TYPES = Draft202012Validator.TYPE_CHECKER.redefine("integer", lambda _, value: type(value) is int)  # 1.0 is none
_Validator = extend(Draft202012Validator, type_checker=_TYPES)


@cache
def schema_of(kind):
    """Return the schema of a kind of file, such as "problem" or "network"."""
    return json.loads((FOLDER / f"{kind}.schema.json").read_text(encoding="utf-8"))


def kinds():
    """Return the kinds of files that have a schema."""
    return sorted(path.name.removesuffix(".schema.json") for path in FOLDER.iterdir() if path.name.endswith(".json"))


@cache
def _validator(kind):
    registry = Registry().with_resources(
        (f"{each}.schema.json", Resource.from_contents(schema_of(each))) for each in kinds()
    )
    return _Validator(schema_of(kind), registry=registry)


def conforms(value, kind):
    """Return whether a JSON value conforms to the schema of its kind."""
    return _validator(kind).is_valid(value)
