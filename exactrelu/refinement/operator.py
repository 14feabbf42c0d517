"""The refinement operator V itself, (2.1), on whole functions: V f is again a CPwL function, made explicitly."""

from exactrelu.cpwl.overlay import total
from exactrelu.scheme import refuse_beyond


def apply_operator(mask, f):
    """Return V f, the `CPwL` function that is the sum of c_k f(2 z - k)."""
    return total([(c, f.dilated(2, j, k)) for (j, k), c in mask.items()])


def iterate(problem, n):
    """Return V^n g as one `CPwL` function, n >= 0; meant for small n, since the pieces grow like 4^n."""
    refuse_beyond(problem, "the operator on whole functions")
    f = problem.seed.function
    for _ in range(n):
        f = apply_operator(problem.mask, f)
    return f
