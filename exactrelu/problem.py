"""A problem: mask, window and seed as validated, immutable data, with its file format and the built-in collection.

The user's coordinates may lie anywhere in Z^2 and R^2. The window [x0,x1] x [y0,y1] is preserved by V if and only if
it holds every mask index (2.2). Shifting mask, seed and window by the same integer vector shifts every iterate by it
(`Problem.normalized`), so that a window that starts at (0, 0), as in the paper, is no restriction.
"""

import math
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from operator import index

from exactrelu.cpwl.cpwl import CPwL
from exactrelu.data import table
from exactrelu.errors import InputError
from exactrelu.field import parse, rational, text
from exactrelu.jsonio import read_json
from exactrelu.streams import STANDARD, input_name

FORMAT = "exactrelu-problem/1"

MAX_FILE_BYTES = 32 * 2**20
"""The longest problem file."""

MAX_CELLS = 10_000
"""The most unit squares L1 * L2 in a window."""

MAX_VERTICES = 20_000
"""The most vertices of a seed."""

MAX_TRIANGLES = 40_000
"""The most triangles of a seed."""

_INDEX = re.compile(r"\s*([+-]?[0-9]{1,30})\s*,\s*([+-]?[0-9]{1,30})\s*", re.ASCII)
_FIELDS = ("format", "name", "mask", "window", "seed", "comment")


class Mask(Mapping):
    """The coefficients c_{j,k} that are not zero: an immutable mapping (j, k) -> ``mpq``, in the order of the indices.

    Raises `InputError` when no coefficient is left.
    """

    __slots__ = ("_coefficients", "_hash")

    def __init__(self, coefficients):
        checked = {(index(j), index(k)): rational(c) for (j, k), c in coefficients.items()}
        if not checked:
            raise InputError("the mask is empty; give at least one coefficient")
        self._coefficients = {key: checked[key] for key in sorted(checked) if checked[key]}
        if not self._coefficients:
            raise InputError("every coefficient of the mask is zero; give at least one that is not")
        self._hash = hash(tuple(self._coefficients.items()))

    def __getitem__(self, key):
        return self._coefficients[key]

    def __iter__(self):
        return iter(self._coefficients)

    def __len__(self):
        return len(self._coefficients)

    def __hash__(self):
        return self._hash

    def __repr__(self):
        return f"Mask({{{', '.join(f'{key}: {text(c)}' for key, c in self.items())}}})"

    def shifted(self, dj, dk):
        """Return the mask with the index of every coefficient moved by (dj, dk)."""
        return Mask({(j + dj, k + dk): c for (j, k), c in self.items()})


@dataclass(frozen=True)
class Seed:
    """The function g by values on a triangulation, as written in the file; `function` is g itself, checked.

    Raises `InputError` for everything that `CPwL` refuses.
    """

    vertices: tuple
    triangles: tuple
    values: tuple
    function: CPwL = field(init=False, repr=False, compare=False)

    def __post_init__(self):
        vertices = tuple((rational(x), rational(y)) for x, y in self.vertices)
        object.__setattr__(self, "vertices", vertices)
        object.__setattr__(self, "triangles", tuple(tuple(map(index, corners)) for corners in self.triangles))
        object.__setattr__(self, "values", tuple(rational(height) for height in self.values))
        object.__setattr__(self, "function", CPwL(self.vertices, self.triangles, self.values))

    def shifted(self, dx, dy):
        """Return the seed of the function z -> g(z - (dx, dy))."""
        return Seed(tuple((x + dx, y + dy) for x, y in self.vertices), self.triangles, self.values)


@dataclass(frozen=True)
class Problem:
    """A mask, a preserved window ((x0, x1), (y0, y1)) that holds the support of the seed, and the seed.

    Raises `InputError` for a window that is not preserved, too small for the seed, empty, or of more than `MAX_CELLS`
    unit squares.
    """

    name: str
    mask: Mask
    window: tuple
    seed: Seed

    def __post_init__(self):
        if not isinstance(self.mask, Mask):
            object.__setattr__(self, "mask", Mask(self.mask))
        window = tuple((index(low), index(high)) for low, high in self.window)
        object.__setattr__(self, "window", window)
        _check_window(window, self.mask, self.seed)

    def __hash__(self):
        return hash((self.mask, self.window, len(self.seed.vertices)))

    @property
    def size(self):
        """(L1, L2), the sides of the window."""
        return tuple(high - low for low, high in self.window)

    def normalized(self):
        """Return (problem, (sx, sy)) with the window moved to [0,L1] x [0,L2].

        V^n g(z) of this problem is V^n g(z - (sx, sy)) of the one returned, for every n.
        """
        (sx, _), (sy, _) = self.window
        if not sx and not sy:
            return self, (0, 0)
        window = tuple((0, length) for length in self.size)
        return Problem(self.name, self.mask.shifted(-sx, -sy), window, self.seed.shifted(-sx, -sy)), (sx, sy)


def smallest_window(mask, seed):
    """Return the smallest integer box, at least 1 x 1, that holds all mask indices and the support of the seed."""
    support = seed.function.support_box() or ((), ())
    window = []
    for axis in (0, 1):
        ends = [position[axis] for position in mask] + [math.floor(e) for e in support[axis]]
        low, high = min(ends), max(ends + [math.ceil(e) for e in support[axis]])
        window.append((index(low), index(max(high, low + 1))))
    return tuple(window)


def as_problem(problem):
    """Return a `Problem` itself, or what `load_problem` returns for anything else."""
    return problem if isinstance(problem, Problem) else load_problem(problem)


def load_problem(path_or_name):
    """Return the built-in problem of that name, or else the one in the file of that name; raises `InputError`."""
    if not isinstance(path_or_name, (str, os.PathLike)):
        raise InputError(
            f"expected the name of a built-in problem or the path of a problem file, got a "
            f"{type(path_or_name).__name__}; problem_from_json makes a problem of a JSON object"
        )
    path_or_name = os.fspath(path_or_name)
    if path_or_name in table("problems"):
        return builtin_problems()[path_or_name]
    for kind, find in (("mask", builtin_mask), ("seed", builtin_seed)):
        if path_or_name in table(f"{kind}s"):
            find(path_or_name)
            raise InputError(f"{path_or_name} is a built-in {kind}, not a problem; use it in a problem file")
    if path_or_name != STANDARD and not os.path.lexists(path_or_name):
        raise InputError(f"{_shown(path_or_name)} is neither a file nor a built-in problem (see: exactrelu examples)")
    return problem_from_json(read_json(path_or_name, MAX_FILE_BYTES), input_name(path_or_name))


def problem_from_json(found, where):
    """Return the `Problem` of a JSON object in the format "exactrelu-problem/1"; ``where`` names it in messages.

    ``mask`` and ``seed`` may be built-in names; ``name``, ``window`` and ``comment`` may be missing. Raises
    `InputError`.
    """
    _check_object(found, where, ("format", "mask", "seed"), _FIELDS)
    if found["format"] != FORMAT:
        raise InputError(f'{where}: the field "format" has to be "{FORMAT}"')
    name = found.get("name", "unnamed")
    if not isinstance(name, str) or not name.isprintable() or len(name) > 200:
        raise InputError(f"{where}: name: expected a string of at most 200 printable characters")
    mask = _mask_from_json(found["mask"], f"{where}: mask")
    seed = _seed_from_json(found["seed"], f"{where}: seed")
    window = smallest_window(mask, seed)
    if found.get("window") is not None:
        window = _window_from_json(found["window"], f"{where}: window")
    return _at(where, Problem, name, mask, window, seed)


def problem_to_json(problem):
    """Return the JSON object, with numbers as strings, that `problem_from_json` turns back into the problem."""
    seed = problem.seed
    return {
        "format": FORMAT,
        "name": problem.name,
        "mask": {f"{j},{k}": text(c) for (j, k), c in problem.mask.items()},
        "window": [list(side) for side in problem.window],
        "seed": {
            "vertices": [[text(x), text(y)] for x, y in seed.vertices],
            "triangles": [list(corners) for corners in seed.triangles],
            "values": [text(height) for height in seed.values],
        },
    }


@cache
def builtin_masks():
    """Return {name: Mask} of the built-in masks that can be used; `unsupported_masks` has the others."""
    return {name: builtin_mask(name) for name in table("masks") if name not in unsupported_masks()}


def unsupported_masks():
    """Return {name: reason} of the built-in masks that are listed, but cannot be used yet."""
    return {
        name: f"not yet: coefficients in {entry['field'].replace('sqrt3', 'sqrt 3')}; masks have to be rational"
        for name, entry in table("masks").items()
        if entry["field"] != "Q"
    }


def builtin_mask(name):
    """Return the built-in mask of that name; raises `InputError` when there is none or it cannot be used yet."""
    if name in unsupported_masks():
        raise InputError(f"mask {name}: {unsupported_masks()[name]}")
    if name not in table("masks"):
        raise InputError(f"there is no built-in mask {_shown(name)}; there are {', '.join(table('masks'))}")
    return _mask_from_json(table("masks")[name]["coefficients"], f"mask {name}")


@cache
def builtin_seeds():
    """Return {name: Seed} of the built-in seeds."""
    return {name: builtin_seed(name) for name in table("seeds")}


def builtin_seed(name):
    """Return the built-in seed of that name; raises `InputError` when there is none."""
    if name not in table("seeds"):
        raise InputError(f"there is no built-in seed {_shown(name)}; there are {', '.join(table('seeds'))}")
    return _seed_from_json({key: table("seeds")[name][key] for key in _SEED_FIELDS}, f"seed {name}")


@cache
def builtin_problems():
    """Return {name: Problem} of the built-in problems."""
    return {
        name: problem_from_json({"format": FORMAT, "name": name, **entry}, f"problem {name}")
        for name, entry in table("problems").items()
    }


_SEED_FIELDS = ("vertices", "triangles", "values")


def _mask_from_json(found, where):
    if isinstance(found, str):
        return _at(where, builtin_mask, found)
    if not isinstance(found, dict):
        raise InputError(f'{where}: expected an object such as {{"0,0": "1/2"}} or the name of a built-in mask')
    coefficients = {}
    for key, number in found.items():
        match = _INDEX.fullmatch(key)
        if not match:
            raise InputError(f'{where}: {_shown(key)} is not an index such as "-1,2" (at most 30 digits each)')
        j, k = int(match[1]), int(match[2])
        if (j, k) in coefficients:
            raise InputError(f"{where}: the index {j},{k} is given twice")
        coefficients[j, k] = parse(number, f"{where}: {_shown(key)}")
    return _at(where, Mask, coefficients)


def _seed_from_json(found, where):
    if isinstance(found, str):
        return _at(where, builtin_seed, found)
    _check_object(found, where, _SEED_FIELDS, _SEED_FIELDS)
    for key in _SEED_FIELDS:
        if not isinstance(found[key], list):
            raise InputError(f"{where}: {key}: expected a list")
        limit = MAX_TRIANGLES if key == "triangles" else MAX_VERTICES
        if len(found[key]) > limit:
            raise InputError(f"{where}: {key}: {len(found[key])} entries, more than the limit {limit}")
    vertices = []
    for i, pair in enumerate(found["vertices"]):
        if not isinstance(pair, list) or len(pair) != 2:
            raise InputError(f'{where}: vertices[{i}]: expected a pair such as ["1/2", "0"]')
        vertices.append(tuple(parse(entry, f"{where}: vertices[{i}]") for entry in pair))
    for i, corners in enumerate(found["triangles"]):
        if not isinstance(corners, list) or len(corners) != 3 or not all(type(corner) is int for corner in corners):
            raise InputError(f"{where}: triangles[{i}]: expected three indices of vertices, such as [0, 1, 2]")
    values = [parse(height, f"{where}: values[{i}]") for i, height in enumerate(found["values"])]
    return _at(where, Seed, vertices, found["triangles"], values)


def _window_from_json(found, where):
    shape = "expected [L1, L2] with integers L1, L2 >= 1, or [[x0, x1], [y0, y1]] with integers x0 < x1, y0 < y1"
    if not isinstance(found, list) or len(found) != 2:
        raise InputError(f"{where}: {shape}")
    sides = [side if isinstance(side, list) else [0, side] for side in found]
    if isinstance(found[0], list) != isinstance(found[1], list) or any(len(side) != 2 for side in sides):
        raise InputError(f"{where}: {shape}")
    window = []
    for side in sides:
        low, high = (parse(end, where) for end in side)
        if low.denominator != 1 or high.denominator != 1 or low >= high:
            raise InputError(f"{where}: {shape}")
        window.append((int(low), int(high)))
    return tuple(window)


def _check_window(window, mask, seed):
    """Raise `InputError` unless the window is a box of moderate size with all mask indices and the seed's support."""
    (x0, x1), (y0, y1) = window
    needed = smallest_window(mask, seed)
    mend = f"the smallest window that works is {[list(side) for side in needed]}"
    shown = f"the window {[list(side) for side in window]}"
    if x0 >= x1 or y0 >= y1:
        raise InputError(f"{shown} is empty; {mend}")
    for j, k in mask:
        if not (x0 <= j <= x1 and y0 <= k <= y1):
            raise InputError(f"{shown} is not preserved: the mask index {j},{k} lies outside; {mend}")
    for (low, high), support in zip(window, seed.function.support_box() or (), strict=False):
        if support[0] < low or support[1] > high:
            raise InputError(f"{shown} is too small for the seed: its support lies partly outside; {mend}")
    if (x1 - x0) * (y1 - y0) > MAX_CELLS:
        raise InputError(f"{shown} has {(x1 - x0) * (y1 - y0)} unit squares, more than the limit {MAX_CELLS}")


def _check_object(found, where, required, known):
    """Raise `InputError` unless ``found`` is a JSON object with the required fields and no unknown one."""
    if not isinstance(found, dict):
        raise InputError(f"{where}: expected a JSON object with the fields {', '.join(required)}")
    for key in required:
        if key not in found:
            raise InputError(f'{where}: the field "{key}" is missing')
    for key in found:
        if key not in known:
            raise InputError(f"{where}: unknown field {_shown(key)}; known are {', '.join(known)}")


def _at(where, make, *arguments):
    """Return ``make(*arguments)``, with ``where`` put before the message of an `InputError`."""
    try:
        return make(*arguments)
    except InputError as error:
        raise InputError(f"{where}: {error}") from None


def _shown(key):
    """Return a string from outside, quoted and cut for a message."""
    return repr(key if len(key) <= 40 else key[:37] + "...")
