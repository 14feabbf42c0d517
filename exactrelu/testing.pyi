"""The types of the pytest plugin; see `exactrelu.testing`."""

from collections.abc import Callable
from typing import Any, Literal

from exactrelu import AnyNetwork, Chain, Equality, Path, Problem, Sum, Verdict

def assert_realizes(
    network: AnyNetwork, problem: Problem | str, n: int | Literal["all"], *,
    method: Literal["enumerate", "induction"] | None = ...,
) -> Verdict: ...
def assert_equal_networks(first: AnyNetwork, second: AnyNetwork) -> Equality: ...
def assert_certificate(path: Path) -> Any: ...
def register_construction(name: str, build: Callable[[Problem, int], Chain | Sum]) -> None: ...
