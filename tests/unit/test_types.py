"""The types of the public interface: the stubs agree with the code, and mypy --strict accepts and refuses programs."""

import ast
import inspect
import os
import site
import subprocess
import sys
from functools import cached_property
from pathlib import Path

import pytest

import exactrelu
from exactrelu import testing

PACKAGE = Path(exactrelu.__file__).parent
ALIASES = {"Number", "Scalar", "Point", "Side", "Box", "Path", "Progress", "Outcome", "AnyNetwork"}

PROGRAM = """
from fractions import Fraction

from exactrelu import Builder, Property, Slice, bound, build, certify, equal, layered, load_problem, prove, read_network
from exactrelu import region_list, statistics, write_network
from exactrelu.testing import assert_realizes

b = Builder(2)
x, y = b.inputs
network = b.network([b.relu(x - y / 3)])
write_network("n.onnx", network, "float64")
other = read_network("n.onnx")
found = equal(network, other, box=[(0, 1), (Fraction(-1, 2), 1)], within=Fraction(1, 10))
if not found and found.counterexample is not None:
    width: int = layered(build("bilinear", 3)).width + found.counterexample.output
for each in bound(network, on=Slice.line((0, 0), (1, 2))).outputs:
    if each.maximum is not None:
        total = each.maximum + 1 - Fraction(1, 2)
        print(total < 2, total / 3)
regions = region_list(network, [(0, 1), (0, 1)])
print(len(regions), statistics(regions).outputs[0].lipschitz_1, regions.patterns.sum())
print(prove(network, Property.at_most(0, 1)).verdict == "certified", certify(load_problem("haar"), "all").latex())
assert_realizes(build("haar", 1), "haar", 1)
"""

WRONG = {
    "equal(network, 3)": "arg-type", "bound(network, box=[(0.5, 1)])": "list-item", "network.evalute((0, 0))": "attr",
    "certify('haar', 1, method='guess')": "arg-type", "equal(network, network).pieces + 'x'": "operator",
}


def parameters(arguments):
    """Return [(name, whether it has a default)] of the arguments of a function in a stub."""
    plain = arguments.posonlyargs + arguments.args
    without = len(plain) - len(arguments.defaults)
    found = [(each.arg, k >= without) for k, each in enumerate(plain)]
    found += [(arguments.vararg.arg, False)] if arguments.vararg else []
    return found + [(each.arg, value is not None) for each, value in zip(arguments.kwonlyargs, arguments.kw_defaults)]


def compare(node, value, where):
    """Check that a function of a stub has the parameters of the function ``value``."""
    real = inspect.signature(value).parameters.values()
    assert parameters(node.args) == [(each.name, each.default is not each.empty) for each in real], where


def test_the_stub_has_the_public_names_and_their_signatures():
    """What is exported is in the stub, with the same parameters, methods, properties and fields; nothing else is."""
    tree = ast.parse((PACKAGE / "__init__.pyi").read_text(encoding="utf-8"))
    seen = set()
    for node in tree.body:
        if isinstance(node, ast.FunctionDef):
            compare(node, getattr(exactrelu, node.name), node.name)
        elif isinstance(node, ast.ClassDef):
            members(node, getattr(exactrelu, node.name))
        elif not (isinstance(node, ast.AnnAssign) and node.target.id == "CONSTRUCTIONS"):
            continue
        seen.add(node.target.id if isinstance(node, ast.AnnAssign) else node.name)
    assert seen == set(exactrelu.__all__)


def members(node, kind):
    """Check the body of a class in a stub."""
    fields = [each.target.id for each in node.body if isinstance(each, ast.AnnAssign)]
    if hasattr(kind, "_fields"):
        assert tuple(fields) == kind._fields
    shown = {each.name for each in node.body if isinstance(each, ast.FunctionDef)}
    public = {name for name in vars(kind) if not name.startswith("_")} - {*fields, *getattr(kind, "_fields", ())}
    assert kind is exactrelu.Rational or public <= shown | set(fields), node.name
    for each in node.body:
        if not isinstance(each, ast.FunctionDef) or kind is exactrelu.Rational:
            continue
        where, value = f"{node.name}.{each.name}", inspect.getattr_static(kind, each.name, None)
        if [ast.unparse(decorator) for decorator in each.decorator_list] == ["property"]:
            found = isinstance(value, (property, cached_property)) or value is None
            assert found and (value is not None or kind is exactrelu.Builder), where
        elif not each.name.startswith("__") or each.name == "__init__":
            compare(each, getattr(value, "__func__", value), where)


def test_the_stub_of_the_plugin_has_its_functions():
    """The assertions of the plugin have in the stub the parameters that they have."""
    tree = ast.parse((PACKAGE / "testing.pyi").read_text(encoding="utf-8"))
    functions = [node for node in tree.body if isinstance(node, ast.FunctionDef)]
    assert {node.name for node in functions} == {
        name for name, value in vars(testing).items()
        if name.startswith(("assert_", "register_")) and inspect.isfunction(value)
    }
    for node in functions:
        compare(node, getattr(testing, node.name), node.name)


def test_mypy_accepts_and_refuses(tmp_path):
    """A program that uses the interface passes mypy --strict, and each of some mistakes is an error of its kind."""
    pytest.importorskip("mypy", reason="needs mypy: pip install 'exactrelu[test]'")
    assert (PACKAGE / "py.typed").exists()
    (tmp_path / "program.py").write_text(PROGRAM + "".join(f"{line}\n" for line in WRONG))
    environment = {**os.environ, "PYTHONPATH": ""}
    if str(PACKAGE.parent) not in site.getsitepackages():  # where mypy finds it by itself, and takes no path to it
        environment["MYPYPATH"] = str(PACKAGE.parent)
    command = [sys.executable, "-m", "mypy", "--strict", "--cache-dir", tmp_path / "cache", "program.py"]
    ended = subprocess.run(command, check=False, capture_output=True, text=True, env=environment, cwd=tmp_path)
    first = len(PROGRAM.splitlines()) + 1
    errors = [line for line in ended.stdout.splitlines() if ": error: " in line]
    assert len(errors) == len(WRONG), ended.stdout + ended.stderr
    for number, (error, kind) in enumerate(zip(errors, WRONG.values()), first):
        assert error.startswith(f"program.py:{number}:") and kind in error, error
