"""The examples in docstrings: they run, and every public name has one that stands alone."""

import doctest
import importlib
import pkgutil

import pytest

import exactrelu

MODULES = sorted(
    module.name for module in pkgutil.walk_packages(exactrelu.__path__, "exactrelu.") if "__main__" not in module.name
)

ALONE = {"CONSTRUCTIONS", "Rational"}
"""Public names without a docstring of ours: a dictionary, and the class of gmpy2."""


@pytest.mark.parametrize("name", MODULES)
def test_examples_run(name):
    """Every example of a module prints what is shown."""
    assert doctest.testmod(importlib.import_module(name)).failed == 0


@pytest.mark.parametrize("name", sorted({*exactrelu.__all__} - ALONE))
def test_public_names_have_examples(name):
    """A public function or class says what it is, with an example that needs only the imports that it shows."""
    subject = getattr(exactrelu, name)
    example = doctest.DocTestParser().get_doctest(subject.__doc__, {}, name, None, None)
    assert example.examples
    if not any("from exactrelu import" in step.source for step in example.examples):
        pytest.fail(f"the example of {name} does not show its imports")
    runner = doctest.DocTestRunner(verbose=False)
    assert runner.run(example).failed == 0
