"""The built-in masks, seeds and problems as plain JSON objects; `exactrelu.scheme` turns them into checked data."""

import json
from functools import cache
from importlib import resources


@cache
def table(name):
    """Return the object in the data file ``name``.json: "masks", "seeds", "problems", "schemes" or "broken".

    The problems are those of the plane, with masks and seeds by name as far as can be; the schemes are problems, too.
    The last has what checks of the paper's statements say where something is broken on purpose.
    """
    return json.loads(resources.files(__name__).joinpath(f"{name}.json").read_text(encoding="utf-8"))


def problems():
    """Return {name: entry} for all built-in problems, the schemes included."""
    return table("problems") | table("schemes")
