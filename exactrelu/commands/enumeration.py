"""``exactrelu certify --method enumerate``: network and V^n g compared piece by piece."""

from exactrelu.certification.certificate import write_certificate
from exactrelu.certification.enumeration import certify
from exactrelu.certification.splits import split_tree
from exactrelu.certification.state import State
from exactrelu.commands import complain, timed
from exactrelu.commands.decision import Decision
from exactrelu.commands.progress import progress_bar
from exactrelu.errors import UndecidedError

MAX_CELLS = 2**24
"""The most dyadic cells that are enumerated."""


def check(options, problem):
    """Raise `UndecidedError` for too many cells, `InputError` for a state or scheduler that cannot be used."""
    L1, L2 = problem.size
    if L1 * L2 << 2 * options.level > MAX_CELLS:
        raise UndecidedError(
            f"nothing was decided: for n = {options.level} there are {L1} * {L2} * 4^{options.level} dyadic cells, "
            f"more than the limit of {MAX_CELLS}; take a smaller n, or --method induction"
        )
    if options.state is not None:
        State(options.state, complain)
    if options.scheduler is not None:
        from exactrelu.certification.distributed import check_answer  # an extra

        check_answer(options.scheduler)


def decide(options, problem, network, timings):
    """Return the `Decision`, and write its certificate if one is wanted."""
    state = None if options.state is None else State(options.state, complain)
    with timed(timings, "enumeration"), progress_bar("certify") as progress:
        verdict = certify(problem, options.level, network, options.jobs, progress, state, options.scheduler)
    evidence = verdict.counterexample
    if options.output is not None:
        with timed(timings, "certificate"), progress_bar("certificate") as progress:
            if evidence is None:
                evidence = split_tree(problem, options.level, network.flatten(), options.jobs, progress)
            write_certificate(options.output, problem, options.level, network, evidence)
    work = f"{verdict.cells} dyadic cells and the unbounded outside: {verdict.pieces} convex pieces"
    return Decision(*verdict, work, (), {})


def hint(options):
    """Return how to go on after an interruption."""
    if options.state is None:
        return " (--state DIR keeps what is finished)"
    return f" (what is finished is kept in {options.state})"
