"""The problem that the words of a command name."""

from exactrelu.construction import default_construction
from exactrelu.errors import InputError
from exactrelu.scheme import load_problem, problem_of

DEFAULT = "bilinear"
"""The built-in problem that is taken if none is named."""


def chosen_problem(options):
    """Return the problem of the options: PROBLEM, or a built-in ``--mask`` with a built-in ``--seed``.

    Where a construction can be chosen and none is named, the options get the default of that problem. Raises
    `InputError` where both are given, or one half of the second.
    """
    problem = _chosen(options)
    if "construction" in options and options.construction is None:
        options.construction = default_construction(problem)
    return problem


def _chosen(options):
    if options.mask is None and options.seed is None:
        return load_problem(DEFAULT if options.problem is None else options.problem)
    if options.problem is not None:
        raise InputError("--mask and --seed take the place of PROBLEM; leave out the one or the other")
    if options.mask is None or options.seed is None:
        raise InputError("--mask and --seed belong together; exactrelu examples lists the masks and seeds")
    return problem_of(options.mask, options.seed)
