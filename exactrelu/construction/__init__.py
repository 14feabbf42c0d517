"""The paper's §3–§5 as builders of networks, and whole constructions made of them."""

from exactrelu.construction import compact, one_pass, paper

CONSTRUCTIONS = {"one-pass": one_pass.build, "compact": compact.build, "paper": paper.build}
"""Each whole construction by name: a function of (problem, n), n ≥ 1, that returns a `Chain` or a `Sum`."""


def build(problem, n, construction="one-pass"):
    """Return a network that equals V^n g on R²; for n = 0, g itself, every construction gives the same network."""
    return one_pass.build(problem, 0) if n == 0 else CONSTRUCTIONS[construction](problem, n)


__all__ = ["CONSTRUCTIONS", "build"]
