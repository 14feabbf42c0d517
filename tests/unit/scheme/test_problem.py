"""exactrelu.scheme in the plane: masks, seeds, windows, the problem file, and everything that it refuses."""

import json
import pickle
from random import Random

import pytest
from folders import CASES
from functions import HEXAGON, RIM, random_data
from gmpy2 import mpq

from exactrelu.cpwl.overlay import equal
from exactrelu.errors import InputError
from exactrelu.scheme import (
    Mask,
    Problem,
    Seed,
    builtin_mask,
    builtin_problems,
    builtin_seed,
    load_problem,
    problem_from_json,
    problem_to_json,
    smallest_window,
)

BAD = CASES / "bad_problems"
MESSAGES = dict(line.split(": ", 1) for line in (BAD / "messages.txt").read_text(encoding="utf-8").splitlines())

CONTRACT = """{
  "format": "exactrelu-problem/1",
  "name": "courant",
  "mask": {"0,0": "1/2", "1,0": "1/2", "0,1": "1/2", "1,1": 1, "2,1": "1/2", "1,2": "1/2", "2,2": "1/2"},
  "window": [2, 2],
  "seed": {
    "vertices": [["1","1"], ["2","1"], ["2","2"], ["1","2"], ["0","1"], ["0","0"], ["1","0"]],
    "triangles": [[0,1,2], [0,2,3], [0,3,4], [0,4,5], [0,5,6], [0,6,1]],
    "values": [1, 0, 0, 0, 0, 0, 0]
  }
}"""


def courant(shift=(0, 0), values=(1, 0, 0, 0, 0, 0, 0)):
    dx, dy = shift
    return Seed(tuple((x + dx, y + dy) for x, y in [(1, 1), *RIM]), HEXAGON, values)


@pytest.mark.parametrize("name", sorted(set(MESSAGES) | {path.name for path in BAD.iterdir()} - {"messages.txt"}))
def test_bad_problem_files(name):
    """Every file of the corpus is refused with one line: its own message, after the name of the file."""
    with pytest.raises(InputError) as error:
        load_problem(str(BAD / name))
    assert str(error.value) == f"{BAD / name}: {MESSAGES[name]}"


def test_the_file_of_the_documentation(tmp_path):
    """The documented example is the built-in problem `courant`."""
    path = tmp_path / "courant.json"
    path.write_text(CONTRACT)
    problem = load_problem(str(path))
    assert problem == builtin_problems()["courant"]
    assert problem.window == ((0, 2), (0, 2)) and problem.mask[1, 1] == 1 and problem.size == (2, 2)


def test_names():
    """A built-in name is loaded; another name, or that of a mask or seed, is explained in one line."""
    assert load_problem("bilinear") is builtin_problems()["bilinear"]
    for name, reason in {
        "bilinaer": "'bilinaer' is neither a file nor a built-in problem",
        "a\nb": r"'a\\nb' is neither",
        "dd4_tensor": "a built-in mask, not a problem",
        "courant3": "a built-in seed, not a problem",
    }.items():
        with pytest.raises(InputError, match=reason):
            load_problem(name)


@pytest.mark.parametrize("name", sorted(builtin_problems()))
def test_problems_survive_a_round_trip_through_json(name):
    """Writing a problem as JSON text and reading it again gives the same problem; so does pickling."""
    problem = builtin_problems()[name]
    copy = problem_from_json(json.loads(json.dumps(problem_to_json(problem))), "copy")
    assert copy == problem and hash(copy) == hash(problem)
    assert equal(copy.seed.function, problem.seed.function)
    twin = pickle.loads(pickle.dumps(problem))
    assert twin == problem and hash(twin) == hash(problem)


def test_ten_thousand_digits(tmp_path):
    """Rationals of 10,000 digits, as strings and as JSON integers, are ordinary numbers."""
    digits = "7" * 10_000
    found = json.loads(CONTRACT)
    found["mask"] = {"0,0": f"{digits}/3", "1,1": "0." + digits}
    path = tmp_path / "long.json"
    path.write_text(json.dumps(found).replace('"values": [1,', f'"values": [{digits},'))
    problem = load_problem(str(path))
    assert problem.mask[0, 0] == mpq(digits) / 3 and problem.seed.values[0] == mpq(digits)
    assert problem_from_json(problem_to_json(problem), "again") == problem


def test_default_window():
    """Without a window, the smallest integer box with all mask indices and the support is taken, at least 1 x 1."""
    single = Mask({(0, 0): mpq(1)})
    assert smallest_window(single, courant(values=[0] * 7)) == ((0, 1), (0, 1))
    assert smallest_window(single, courant()) == ((0, 2), (0, 2))
    assert smallest_window(single, courant((mpq(1, 2), -5))) == ((0, 3), (-5, 0))
    assert smallest_window(Mask({(-3, 7): mpq(1), (4, 7): mpq(2)}), courant()) == ((-3, 4), (0, 7))
    assert smallest_window(Mask({(5, 5): mpq(1)}), courant(values=[0] * 7)) == ((5, 6), (5, 6))
    found = json.loads(CONTRACT)
    del found["window"]
    assert problem_from_json(found, "x").window == ((0, 2), (0, 2))


def test_windows_in_both_notations():
    """[L1, L2] and [[x0, x1], [y0, y1]] are read; a larger window than needed is fine; null is no window."""
    found = json.loads(CONTRACT)
    for window, expected in (
        ([2, 3], ((0, 2), (0, 3))),
        ([[-1, 2], [0, 5]], ((-1, 2), (0, 5))),
        (["2", "4/2"], ((0, 2), (0, 2))),
        (None, ((0, 2), (0, 2))),
    ):
        found["window"] = window
        assert problem_from_json(found, "x").window == expected


@pytest.mark.parametrize("low", [(0, 0), (-7, 3), (10**20, -(10**20))])
def test_normalisation_moves_everything_by_one_vector(low):
    """The normalised problem has its window at (0, 0), and mask, seed and window are moved by the same integers."""
    a, b = low
    mask = Mask({(a, b): mpq(1, 3), (a + 2, b + 1): mpq(-2)})
    problem = Problem("moved", mask, ((a, a + 2), (b, b + 3)), courant(low))
    normal, shift = problem.normalized()
    assert shift == low and normal.window == ((0, 2), (0, 3))
    assert normal.mask == Mask({(0, 0): mpq(1, 3), (2, 1): mpq(-2)})
    assert equal(normal.seed.function, courant().function)
    assert normal.normalized() == (normal, (0, 0))


def test_masks():
    """A mask drops zeros, is sorted, frozen and hashable; it refuses floats and being empty."""
    mask = Mask({(1, 0): 2, (0, 1): mpq(1, 2), (5, 5): 0})
    assert list(mask.items()) == [((0, 1), mpq(1, 2)), ((1, 0), mpq(2))] and len(mask) == 2
    assert mask == Mask({(0, 1): mpq(1, 2), (1, 0): 2}) and hash(mask) == hash(Mask(dict(mask)))
    assert mask.shifted(-1, 2)[0, 2] == 2 and repr(mask) == "Mask({(0, 1): 1/2, (1, 0): 2})"
    with pytest.raises(TypeError):
        mask[0, 0] = 1
    for coefficients in ({}, {(0, 0): 0}, {(0, 0): 0.5}):
        with pytest.raises(InputError):
            Mask(coefficients)
    for bad, words in (({(0.5, 0): 1}, "index of the mask: expected an integer"), (7, "expected a mask as a mapping")):
        with pytest.raises(InputError, match=words):
            Mask(bad)


def test_seeds_keep_what_was_written():
    """A seed remembers vertices and triangles as given, and its function is the checked one."""
    vertices, triangles, values = random_data(Random(3))
    seed = Seed(vertices, [corners[::-1] for corners in triangles], values)
    assert seed.simplices == tuple(corners[::-1] for corners in triangles)
    assert seed.function.evaluate(*vertices[5]) == values[5]
    with pytest.raises(InputError, match="overlap"):
        Seed(vertices, [*triangles, triangles[0]], values)
    for bad, words in (
        ((vertices, [(0.0, 1, 2)], values), "a corner: expected an integer, got 0.0"),
        ((vertices, [5], values), "a simplex: expected a sequence, got 5"),
        (([3], [], [0]), "a vertex: expected a sequence, got 3"),
        ((7, [], []), "vertices: expected a sequence, got 7"),
    ):
        with pytest.raises(InputError, match=words):
            Seed(*bad)


def test_problems_made_of_what_does_not_fit():
    """A seed that is none, a window that is none: refused with a hint."""
    mask, seed = load_problem("haar").mask, load_problem("haar").seed
    for window, given, words in (
        (((0, 1), (0, 1)), "courant", "seed: expected a Seed, got 'courant'; problem_of takes names"),
        ((0, 1), seed, "window: expected a sequence, got 0"),
        (((0, 1, 2), (0, 1)), seed, "window: expected pairs of integers"),
        (((0, 1.0), (0, 1)), seed, "window: expected an integer, got 1.0"),
    ):
        with pytest.raises(InputError, match=words):
            Problem("bad", mask, window, given)


@pytest.mark.parametrize(
    ("window", "reason"),
    [
        (((0, 1), (0, 2)), "not preserved: the mask index 2,0"),
        (((1, 3), (0, 2)), "not preserved: the mask index 0,0"),
        (((0, 2), (0, 1)), "too small for the seed"),
        (((2, 0), (0, 2)), "is empty"),
        (((-100, 2), (0, 200)), "20400 unit squares"),
    ],
)
def test_windows_are_checked(window, reason):
    """A window has to be preserved, to hold the seed, to be a box and to have a moderate number of cells."""
    mask = Mask({(0, 0): mpq(1), (2, 0): mpq(1)})
    with pytest.raises(InputError, match=reason):
        Problem("x", mask, window, courant())


def test_index_spellings():
    """Indices may have signs, blanks and leading zeros."""
    found = json.loads(CONTRACT)
    found.update(mask={" +1 , -02": "1/2"}, window=None)
    assert problem_from_json(found, "x").mask == Mask({(1, -2): mpq(1, 2)})


def test_names_of_masks_and_seeds_in_a_file():
    """mask and seed may be built-in names; the problem is called "unnamed" when it has no name."""
    problem = problem_from_json({"format": "exactrelu-problem/1", "mask": "loop_M222", "seed": "nonconvex_star"}, "x")
    assert problem.mask == builtin_mask("loop_M222") and problem.seed == builtin_seed("nonconvex_star")
    assert problem.name == "unnamed" and problem.window == ((0, 4), (0, 4))


@pytest.mark.parametrize(("key", "limit"), [("vertices", 20_000), ("triangles", 40_000), ("values", 20_000)])
def test_too_many_entries(key, limit):
    """A seed with more vertices, triangles or values than the limit is refused at once."""
    found = json.loads(CONTRACT)
    found["seed"][key] = [None] * (limit + 1)
    with pytest.raises(InputError, match=f"{key}: {limit + 1} entries, more than the limit {limit}"):
        problem_from_json(found, "x")
