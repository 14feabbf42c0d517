"""The built-in masks, seeds and problems as plain JSON objects; `exactrelu.scheme` turns them into checked data."""

import json
from functools import cache
from importlib import resources


@cache
def table(name):
    """Return the object in the data file ``name``.json: "masks", "seeds" or "problems"."""
    return json.loads(resources.files(__name__).joinpath(f"{name}.json").read_text(encoding="utf-8"))
