"""Writing certificates: trees of splits, refutations, and files that appear whole or not at all."""

import gzip
import json
import os
import random
import resource
import signal
import time

import pytest
from format_2 import enumerated
from json_schema import conforms

from exactrelu.certification.enumeration import certify
from exactrelu.certification.splits import split_tree
from exactrelu.certification.statements import write_iterate, write_refutation
from exactrelu.certification.trees import SplitTree, TreeRecorder
from exactrelu.checker import check_file
from exactrelu.construction import CONSTRUCTIONS
from exactrelu.errors import InputError, UndecidedError
from exactrelu.field import mpq
from exactrelu.network import Builder, Chain, Sum
from exactrelu.refinement.cascade import cascade
from exactrelu.scheme import Problem, builtin_masks, builtin_problems, builtin_seeds, load_problem, smallest_window
from exactrelu.writing import write_text_atomically


def problem_of(mask, seed):
    """Return the problem of a built-in mask and a built-in seed."""
    mask, seed = builtin_masks()[mask], builtin_seeds()[seed]
    return Problem("test", mask, smallest_window(mask, seed), seed)


def hat():
    """Return the Courant hat around (1, 1) as a network."""
    b = Builder(2)
    x, y = (coordinate - 1 for coordinate in b.inputs)
    sizes = [b.relu(t) + b.relu(-t) for t in (x, y, x - y)]
    return b.network([b.relu(1 - b.maximum(b.maximum(sizes[0], sizes[1]), sizes[2]))])


def test_recorder():
    """A recorder keeps each line once, also those of trees that are grafted."""
    small = TreeRecorder()
    small.cut((mpq(1), mpq(2), mpq(-3)))
    small.leaf()
    small.leaf()
    assert small.tree() == SplitTree(((1, 2, -3),), (0, -1, -1))
    large = TreeRecorder()
    large.cut((0, 1, 0))
    large.graft(small.tree())
    large.cut((1, 2, -3))
    large.leaf()
    large.graft(SplitTree((), (-1,)))
    assert large.tree() == SplitTree(((0, 1, 0), (1, 2, -3)), (0, 1, -1, -1, 1, -1, -1))


@pytest.mark.parametrize("n", [0, 1, 2])
def test_equality(tmp_path, n):
    """The hat with the tree of its own pieces is certified as V^n g of the fixed point, plain and compressed."""
    problem = load_problem("courant")
    tree = split_tree(problem, 0, hat())
    for name in ("hat.json", "hat.json.gz"):
        write_iterate(tmp_path / name, problem, n, hat(), tree)
        assert check_file(tmp_path / name).valid is True
    content = (tmp_path / "hat.json").read_text()
    assert gzip.decompress((tmp_path / "hat.json.gz").read_bytes()).decode() == content
    assert conforms(json.loads(content)["statement"]["network"], "network")
    assert conforms(json.loads(content)["statement"]["problem"], "problem")


def test_chains_and_sums(tmp_path):
    """A chain and a sum are written as the flat networks that they stand for."""
    problem = load_problem("courant")
    half = Builder(1)
    halved = half.network([half.inputs[0] / 2])
    chain = Chain([hat(), halved])
    tree = split_tree(problem, 0, hat())
    for network in (Sum([chain, chain]), Sum([chain, chain]).flatten()):
        write_iterate(tmp_path / "sum.json", problem, 0, network, tree)
        assert check_file(tmp_path / "sum.json").valid is True
    with pytest.raises(UndecidedError, match="the difference is"):
        write_iterate(tmp_path / "chain.json", problem, 0, chain, tree)
    write_iterate(tmp_path / "chain.json", problem, 0, chain, tree, check=False)
    assert check_file(tmp_path / "chain.json").valid is False


def test_far_windows(tmp_path):
    """A window far from the origin, in any quadrant, is cut like one at the origin."""
    problem = load_problem("courant")
    for dx, dy in ((10**6, 3), (-7, 10**6), (-(10**6), -5)):
        b = Builder(2)
        x, y = b.inputs
        moved = Chain([b.network([x - dx, y - dy]), hat()])
        mask, seed = problem.mask.shifted(dx, dy), problem.seed.shifted(dx, dy)
        shifted = Problem("far", mask, smallest_window(mask, seed), seed)
        write_iterate(tmp_path / "far.json", shifted, 1, moved, split_tree(shifted, 1, moved.flatten()))
        assert check_file(tmp_path / "far.json").valid is True


@pytest.mark.parametrize("construction", ["one-pass", "compact"])
def test_constructions(tmp_path, construction):
    """Networks of the constructions are certified by the trees that the enumerators leave."""
    problem = problem_of("bspline_tensor_1", "unit_atom")
    network = CONSTRUCTIONS[construction](problem, 1)
    write_iterate(tmp_path / "c.json", problem, 1, network, split_tree(problem, 1, network.flatten()))
    assert check_file(tmp_path / "c.json")[::2] == (True, None)


@pytest.mark.exhaustive
@pytest.mark.parametrize("name", "courant bilinear haar shifted difference nonconvex hanging ring zp".split())
@pytest.mark.parametrize("construction", ["one-pass", "compact"])
def test_builtin_problems(tmp_path, construction, name):
    """Built-in problems at n = 1: what the enumerators cut is accepted by the checker."""
    problem = builtin_problems()[name]
    network = CONSTRUCTIONS[construction](problem, 1)
    write_iterate(tmp_path / "c.json.gz", problem, 1, network, split_tree(problem, 1, network.flatten()))
    assert check_file(tmp_path / "c.json.gz")[::2] == (True, None)


@pytest.mark.exhaustive
@pytest.mark.parametrize("n", [2, 3])
def test_default_problem(tmp_path, n):
    """The built-in problem `bilinear` at n = 2 and 3."""
    problem = load_problem("bilinear")
    network = CONSTRUCTIONS["one-pass"](problem, n)
    write_iterate(tmp_path / "c.json.gz", problem, n, network, split_tree(problem, n, network.flatten()))
    assert check_file(tmp_path / "c.json.gz")[::2] == (True, None)


def test_the_tree_does_not_depend_on_the_processes():
    """One process and two make the same tree, whose work takes longer than one process keeps for itself."""
    problem = load_problem("bilinear")
    network = CONSTRUCTIONS["one-pass"](problem, 2).flatten()
    assert split_tree(problem, 2, network, jobs=1) == split_tree(problem, 2, network, jobs=2)


def test_progress():
    """The producer of a tree tells how many of its regions are done."""
    told = []
    split_tree(load_problem("courant"), 1, hat(), progress=lambda done, total: told.append((done, total)))
    assert told and told[-1][0] == told[-1][1]


def test_refutation(tmp_path):
    """A refuted network gives a certificate of the difference at the point that was found."""
    problem = load_problem("courant")
    b = Builder(2)
    network = Chain([b.network([b.inputs[0], b.inputs[1] + mpq(1, 2**60)]), hat()]).flatten()
    found = certify(problem, 1, network, jobs=1).counterexample
    write_refutation(tmp_path / "refuted.json", problem, 1, network, found.point)
    valid, statement, _ = check_file(tmp_path / "refuted.json")
    assert valid and statement.startswith("at the point (") and "it is wrong that" in statement
    write_refutation(tmp_path / "wrong.json", problem, 1, network, (100, 100), check=False)
    assert check_file(tmp_path / "wrong.json").valid is False


def test_refutation_at_a_high_level(tmp_path):
    """A point decides at n = 2000, where there are 4^2000 cells."""
    problem = load_problem("bilinear")
    point, b = (mpq(1, 3), mpq(1, 7)), Builder(2)
    zero, right = b.network([0 * b.inputs[0]]), b.network([0 * b.inputs[0] + cascade(problem, 2000, *point)])
    write_refutation(tmp_path / "high.json", problem, 2000, zero, point)
    assert check_file(tmp_path / "high.json")[::2] == (True, None)
    with pytest.raises(UndecidedError, match="there the statement holds"):
        write_refutation(tmp_path / "right.json", problem, 2000, right, point)


def test_unwritable(tmp_path):
    """A folder in place of the file gives one line."""
    with pytest.raises(InputError, match="cannot write"):
        write_iterate(tmp_path, load_problem("courant"), 0, hat(), SplitTree((), (-1,) * 4))


def versions():
    """Return two certificates, as lists of chunks, that differ in length."""
    problem = load_problem("courant")
    tree = split_tree(problem, 0, hat())
    trees = (tree, SplitTree(tree.lines * 50, tree.preorder))
    return [[json.dumps(enumerated(problem, n, hat(), tree))] for n, tree in enumerate(trees)]


def in_child(work):
    """Run ``work()`` in a forked process and return its process id."""
    child = os.fork()
    if child == 0:
        try:
            work()
        finally:
            os._exit(1)
    return child


def write_for_ever(path, texts):
    """Write one text after the other to the same path, without end."""
    while True:
        for text in texts:
            write_text_atomically(path, text)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_killed_writers_leave_whole_files(tmp_path):
    """A writer killed at random moments, hundreds of times, leaves no file, the old or the new one, always whole."""
    rng, path, texts = random.Random(4), tmp_path / "certificate.json", versions()
    whole = {"".join(text) for text in texts}
    found = set()
    for _ in range(300):
        child = in_child(lambda: write_for_ever(path, texts))
        time.sleep(rng.uniform(0, 0.02))
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        if path.exists():
            found.add(path.read_text())
        if rng.random() < 0.2:
            path.unlink(missing_ok=True)
    assert found == whole


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_no_room(tmp_path):
    """When the file system takes no more bytes, the old file stands, nothing else is left, and there is one line."""
    path = tmp_path / "certificate.json"
    path.write_text("old")
    reader, writer = os.pipe()

    def work():
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
        try:
            write_iterate(path, load_problem("courant"), 0, hat(), SplitTree((), (-1,) * 4))
        except InputError as error:
            os.write(writer, str(error).encode())

    child = in_child(work)
    os.waitpid(child, 0)
    os.close(writer)
    with os.fdopen(reader) as pipe:
        message = pipe.read()
    assert message.startswith(f"{path}: cannot write: ") and "\n" not in message
    assert path.read_text() == "old" and os.listdir(tmp_path) == ["certificate.json"]
