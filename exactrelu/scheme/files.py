"""Problem files: "exactrelu-problem/1", the plane with dilation 2 and one rational mask, and "exactrelu-problem/2"."""

import os
from functools import cache

from exactrelu.data import problems, table
from exactrelu.errors import InputError, closest, shown
from exactrelu.field import RATIONALS
from exactrelu.jsonio import at, check_object, field_from_json, integer_from_json, read_json
from exactrelu.kinds import PROBLEM, mistaken
from exactrelu.scheme import parts
from exactrelu.scheme.builtin import builtin_mask, builtin_seed, field_of_mask
from exactrelu.scheme.mask import Masks
from exactrelu.scheme.parts import Shape
from exactrelu.scheme.problem import Problem, smallest_window
from exactrelu.streams import STANDARD, input_name

PLANE, GENERAL = "exactrelu-problem/1", "exactrelu-problem/2"

MAX_FILE_BYTES = 32 * 2**20
"""The longest problem file."""

MAX_MASKS = 1000
"""The most masks of a sequence."""

_FIELDS = ("format", "name", "mask", "window", "seed", "comment")
_NEW_FIELDS = ("masks", "dilation", "source", "component", "field")


def as_problem(problem):
    """Return a `Problem` itself, or what `load_problem` returns for anything else."""
    return problem if isinstance(problem, Problem) else load_problem(problem)


def load_problem(path_or_name):
    """Return the built-in problem of that name, or else the one in the file of that name; raises `InputError`.

    >>> from exactrelu import load_problem
    >>> load_problem("bilinear").window
    ((0, 2), (0, 2))
    """
    if not isinstance(path_or_name, (str, os.PathLike)):
        raise InputError(
            f"expected the name of a built-in problem or the path of a problem file, got a "
            f"{type(path_or_name).__name__}; problem_from_json makes a problem of a JSON object"
        )
    path_or_name = os.fspath(path_or_name)
    if path_or_name in problems():
        return (builtin_problems() | builtin_schemes())[path_or_name]
    for kind in ("mask", "seed"):
        if path_or_name in table(f"{kind}s"):
            other = "--seed NAME" if kind == "mask" else "--mask NAME"
            raise InputError(
                f"{path_or_name} is a built-in {kind}, not a problem; use it in a problem file, or take "
                f"--{kind} {path_or_name} {other}"
            )
    if path_or_name != STANDARD and not os.path.lexists(path_or_name):
        close = closest(path_or_name, problems())
        guess = f"; did you mean {close[0]}?" if close else ""
        raise InputError(
            f"{shown(path_or_name)} is neither a file nor a built-in problem{guess} (see: exactrelu examples)"
        )
    return problem_from_json(read_json(path_or_name, MAX_FILE_BYTES), input_name(path_or_name))


def problem_of(mask, seed):
    """Return the `Problem` of a built-in mask and a built-in seed, given by name; raises `InputError`.

    >>> from exactrelu import problem_of
    >>> problem_of("loop_M222", "courant").window
    ((0, 4), (0, 4))
    """
    c, g = builtin_mask(mask), builtin_seed(seed)
    return Problem(f"{mask} with {seed}", c, smallest_window(c, g), g, field=field_of_mask(mask))


@cache
def builtin_problems():
    """Return {name: Problem} of the built-in problems of the plane with dilation 2, one rational mask and no source."""
    return {
        name: problem_from_json({"format": PLANE, "name": name, **entry}, f"problem {name}")
        for name, entry in table("problems").items()
    }


@cache
def builtin_schemes():
    """Return {name: Problem} of the built-in schemes: on the line and in space, other dilations, and so on."""
    return {
        name: problem_from_json({"name": name, **entry}, f"problem {name}") for name, entry in table("schemes").items()
    }


def problem_from_json(found, where):
    """Return the `Problem` of a JSON object in one of the two formats; ``where`` names it in messages.

    Masks and seeds may be built-in names; of the other fields only ``format`` has to be there. Raises `InputError`.

    >>> from exactrelu import problem_from_json
    >>> problem_from_json({"format": "exactrelu-problem/2", "mask": {"0": 1, "1": 1}, "seed": "hat"}, "Haar").dimension
    1
    """
    other = mistaken(found, PROBLEM)
    if other is not None:
        raise InputError(f"{where}: {other}")
    version = found.get("format") if isinstance(found, dict) else None
    if version == GENERAL:
        check_object(found, where, ("format", "seed"), (*_FIELDS, *_NEW_FIELDS))
        if ("mask" in found) == ("masks" in found):
            raise InputError(f'{where}: expected one of the fields "mask" and "masks"')
    else:
        if any(key in found for key in _NEW_FIELDS if isinstance(found, dict)) and version == PLANE:
            key = next(key for key in _NEW_FIELDS if key in found)
            raise InputError(f'{where}: the field "{key}" needs "format": "{GENERAL}"')
        check_object(found, where, ("format", "mask", "seed"), _FIELDS)
        if version != PLANE:
            raise InputError(f'{where}: the field "format" has to be "{PLANE}" or "{GENERAL}"')
    name = found.get("name", "unnamed")
    if not isinstance(name, str) or not name.isprintable() or len(name) > 200:
        raise InputError(f"{where}: name: expected a string of at most 200 printable characters")
    return _problem(found, where, name, Shape() if version == PLANE else Shape(_field(found, where), None, None))


def _problem(found, where, name, shape):
    """Return the `Problem` of an object whose fields are known to be those of its format."""
    masks = _masks(found, where, shape)
    shape = Shape(shape.field, masks.dimension, masks.components)
    given = {key: found[key] for key in ("dilation", "source", "window", "component") if found.get(key) is not None}
    dilation = parts.dilation_from_json(given.get("dilation", 2), f"{where}: dilation", masks.dimension)
    seed = _seed(found["seed"], f"{where}: seed", shape)
    source = _seed(given["source"], f"{where}: source", shape) if "source" in given else None
    window = smallest_window(masks, seed, dilation, source)
    if "window" in given:
        window = parts.window_from_json(given["window"], f"{where}: window", masks.dimension)
    component = integer_from_json(given.get("component", 0), f"{where}: component")
    return at(where, Problem, name, masks, window, seed, dilation, source, component, shape.field)


def problem_to_json(problem):
    """Return the JSON object, with numbers as strings, that `problem_from_json` turns back into the problem.

    It has the format "exactrelu-problem/1" if that is enough.

    >>> from exactrelu import load_problem, problem_to_json
    >>> problem_to_json(load_problem("haar"))["mask"]
    {'0,0': '1', '0,1': '1', '1,0': '1', '1,1': '1'}
    """
    beyond, masks = problem.beyond(), problem.masks
    key = "triangles" if problem.dimension == 2 else "simplices"
    answer = {"format": GENERAL if beyond else PLANE, "name": problem.name}
    if "masks" in beyond:
        lists = {part: [parts.mask_to_json(mask) for mask in getattr(masks, part)] for part in ("first", "repeat")}
        answer["masks"] = lists if masks.first else lists["repeat"]
    else:
        answer["mask"] = parts.mask_to_json(problem.mask)
    if problem.window is not None:
        answer["window"] = [list(side) for side in problem.window]
    answer["seed"] = parts.seed_to_json(problem.seed, key)
    if "dilation" in beyond:
        answer["dilation"] = parts.dilation_to_json(problem.dilation)
    if "source" in beyond:
        answer["source"] = parts.seed_to_json(problem.source, key)
    if problem.component:
        answer["component"] = problem.component
    if "field" in beyond:
        answer["field"] = {"sqrt": problem.field.root}
    return answer


def _field(found, where):
    given = found.get("field")
    return RATIONALS if given is None else field_from_json(given, f"{where}: field")


def _masks(found, where, shape):
    """Return the `Masks` of the field "mask" or "masks"."""
    if "mask" in found:
        return Masks((), (_mask(found["mask"], f"{where}: mask", shape),))
    given, where = found["masks"], f"{where}: masks"
    lists = {"repeat": given} if isinstance(given, list) else given
    if not isinstance(lists, dict):
        raise InputError(f'{where}: expected a list of masks, or an object with the lists "first" and "repeat"')
    check_object(lists, where, ("repeat",), ("first", "repeat"))
    read = {}
    for part, entries in lists.items():
        if not isinstance(entries, list) or len(entries) > MAX_MASKS:
            raise InputError(f"{where}: {part}: expected a list of at most {MAX_MASKS} masks")
        place = where if lists is not given else f"{where}: {part}"
        read[part] = tuple(_mask(entry, f"{place}[{i}]", shape) for i, entry in enumerate(entries))
    return at(where, Masks, read.get("first", ()), read["repeat"])


def _mask(found, where, shape):
    if not isinstance(found, str):
        return parts.mask_from_json(found, where, shape)
    mask = at(where, builtin_mask, found)
    field = field_of_mask(found)
    if field not in (RATIONALS, shape.field):
        need = f'"format": "{GENERAL}" and "field": {{"sqrt": {field.root}}}'
        raise InputError(f"{where}: {found} has coefficients in {field}; the problem needs {need}")
    return mask


def _seed(found, where, shape):
    if isinstance(found, str):
        return at(where, builtin_seed, found)
    general = shape.dimension != 2 or isinstance(found, dict) and "simplices" in found and "triangles" not in found
    return parts.seed_from_json(found, where, shape, "simplices" if general else "triangles")
