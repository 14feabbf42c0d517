"""Does a network equal V^n g? One question, decided by the method that is asked for: the way in for everybody."""

from functools import partial
from math import prod

from exactrelu.certification import enumeration, families, induction, line, reduced, space
from exactrelu.certification.induction import atoms
from exactrelu.certification.induction.small_network import Parts
from exactrelu.certification.splits import cell_tree, split_tree
from exactrelu.certification.state import State
from exactrelu.certification.statements import write_iterate, write_refutation
from exactrelu.certification.verdict import Verdict
from exactrelu.construction import build, default_construction
from exactrelu.errors import Contradiction, InputError, UndecidedError, unknown
from exactrelu.field import RATIONALS, integer
from exactrelu.network import as_network
from exactrelu.proof.members import Member
from exactrelu.refinement.live import has_more_cells
from exactrelu.refinement.pieces import lattice_box
from exactrelu.scheme import as_problem

METHODS = (enumeration.METHOD, induction.METHOD)

MAX_CELLS = 2**24
"""The most dyadic cells that are enumerated, not counting those on which V^n g is zero as a matter of course."""

FINEST_LEVEL = 10_000
"""The largest n of an enumeration: the digits of every cell are followed one by one."""


def certify(
    problem, n, network=None, *, construction=None, method=None, jobs=None, progress=None, state=None,
    scheduler=None, announce=None,
):
    """Return the `Verdict` on whether a network equals V^n g at every point of R^d, or does so for every n ≥ 1.

    ``problem`` is a `Problem`, the name of a built-in one or the path of a problem file; ``n`` is an integer ≥ 0, or
    "all" for every n ≥ 1 (Theorem 1.1). ``network`` is a `Network`, `Chain` or `Sum` with two inputs and one output,
    of which nothing is believed; without one, that of the ``construction`` is built. ``method`` is "enumerate" (every
    piece of the plane; the default for one n) or "induction" (facts about blocks; n may be in the thousands; the only
    one for all n). ``progress(done, total)`` is told of cells, or of facts; ``announce`` is told an
    `exactrelu.planar.forecast.Estimate` of the time before the work begins. The rest belongs to enumeration: ``jobs``,
    the number of processes (None: one a core); ``state``, a folder or `State` that keeps what is finished;
    ``scheduler``, the address of a dask scheduler whose workers are taken. Both are trusted, but for refutations and a
    random share.

    The verdict is "undecided", with the reason, where a method does not get through. Before it is "certified", network
    and V^n g are evaluated at some points (`exactrelu.planar.opinion`): if they differ at one, it is "undecided" by a
    ``contradiction``. Raises `InputError` for arguments that cannot be used.

    >>> from exactrelu import build, certify
    >>> certify("haar", 1)
    <Verdict on 'haar': certified: the network equals V^1 g at every point of R^2>
    >>> certify("haar", 2, build("haar", 1)).verdict
    'refuted'
    >>> certify("haar", 1000, method="induction").proof.theorem
    'The network equals V^1000 g at every point of R^2.'
    >>> certify("haar", "all").sizes.depth
    'n+5'
    """
    problem = as_problem(problem)
    network = None if network is None else as_network(network)
    construction = default_construction(problem) if construction is None else construction
    if state is not None and not isinstance(state, State):
        state = State(state)
    try:
        n, method = check_question(problem, n, network, method=method, state=state, scheduler=scheduler)
        if n == "all":
            made = partial(build, problem, construction=construction)
            return _explained(induction.certify_all(problem, made, progress, announce))
        if network is None:
            network = build(problem, n, construction)
        if method == induction.METHOD:
            return _explained(induction.certify(problem, n, network, progress, announce))
        engine = _engine(problem)
        if engine is enumeration:
            return enumeration.certify(problem, n, network, jobs, progress, state, scheduler, announce)
        return engine.certify(problem, n, network, jobs, progress)
    except UndecidedError as stop:
        found = stop if isinstance(stop, Contradiction) else None
        return Verdict("undecided", problem, n, network, method, reason=str(stop), contradiction=found)


def check_question(problem, n, network=None, *, method=None, state=None, scheduler=None):
    """Return (n, method) of a question to `certify` that can be tried; it takes no longer than to ask the scheduler.

    Raises `InputError` for what does not belong together and for a scheduler that does not answer, and `UndecidedError`
    for more than `MAX_CELLS` dyadic cells on which V^n g may not be zero, and for n > `FINEST_LEVEL`.
    """
    if isinstance(n, str) and n == "all":
        if network is not None:
            raise InputError("n = all is about the networks of a construction; one network has one n")
        if method == enumeration.METHOD:
            raise InputError("n = all belongs to the method induction; leave out the method enumerate")
        method = induction.METHOD
    else:
        n, method = integer(n, "n", 0), enumeration.METHOD if method is None else method
    if method not in METHODS:
        raise InputError(unknown("method", method, METHODS))
    if method == enumeration.METHOD:
        return _check_enumeration(problem, n, state, scheduler), method
    for name, value in (("state", state), ("scheduler", scheduler)):
        if value is not None:
            raise InputError(f"{name} belongs to the method enumerate; leave it out for induction")
    return n, method


def _check_enumeration(problem, n, state, scheduler):
    """Return n for an enumeration that can be tried; see `check_question`."""
    if n > FINEST_LEVEL:
        raise UndecidedError(
            f"nothing was decided: n = {n} is more than {FINEST_LEVEL}, the largest n of an enumeration; take the "
            "method induction"
        )
    if _engine(problem) is not enumeration:
        for name, value in (("state", state), ("scheduler", scheduler)):
            if value is not None:
                raise InputError(f"{name} belongs to enumerations of the plane over Q; leave it out for this problem")
    if problem.beyond():
        count = prod(high - low for low, high in lattice_box(problem, n))
        if count > MAX_CELLS:
            raise UndecidedError(
                f"nothing was decided: for n = {n} there are {count} cells, more than the limit of {MAX_CELLS}; take a "
                "smaller n"
            )
    elif prod(problem.size) << 2 * n > MAX_CELLS and has_more_cells(problem, n, MAX_CELLS):
        L1, L2 = problem.size
        raise UndecidedError(
            f"nothing was decided: for n = {n} there are {L1} * {L2} * 4^{n} dyadic cells, more than the limit of "
            f"{MAX_CELLS}; take a smaller n, or the method induction"
        )
    if scheduler is not None:
        from exactrelu.certification.distributed import check_answer  # an extra

        check_answer(scheduler)
    return n


def _engine(problem):
    """Return the module that enumerates: for the line, for the plane over Q, and in general."""
    if problem.dimension == 1 and problem.dilation.factors:
        return line
    return enumeration if problem.dimension == 2 and problem.field == RATIONALS else space


def _explained(verdict):
    """Return the verdict of an induction, with the next step where nothing was decided."""
    if verdict.verdict != "undecided":
        return verdict
    if verdict.n == "all":
        return verdict._replace(reason=f"nothing was decided for all n: {verdict.reason}")
    reason = f"nothing was decided: {verdict.reason}; the method enumerate needs no such structure"
    return verdict._replace(reason=reason)


def write_certificate(path, verdict, *, check=True, jobs=None, progress=None):
    """Write the certificate of a `Verdict`: that the network equals V^n g, or that it differs from it at a point.

    The file is gzip if its name ends in .gz, and appears complete or not at all. Unless ``check`` is false, the checker
    has gone through all of it before, and found it valid. ``jobs`` and ``progress`` are those of `certify`, for an
    enumeration: first for the evidence, a tree of cuts, which takes about as long as the verdict, then, from 0 on
    again, for the check of it, which is done by one process and may take a hundred times as long.
    Raises `InputError` for a verdict without certificate ("undecided"; by enumeration in space), when the file cannot
    be written, and `UndecidedError`, the verdict being none the less right, where the checker is not convinced, and for
    a network that was proved by induction without being the one for n that a construction makes.

    >>> import tempfile
    >>> from exactrelu import certify, check, write_certificate
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write_certificate(f"{folder}/haar.json.gz", certify("haar", 30, method="induction"))
    ...     check(f"{folder}/haar.json.gz").valid
    True
    """
    if verdict.verdict == "undecided":
        raise InputError("nothing was decided, so that there is nothing to write a certificate of")
    problem, n, network = verdict.problem, verdict.n, verdict.network
    refuse_certificate(problem, n, verdict.method)
    if verdict.counterexample is not None:
        write_refutation(path, problem, n, network, verdict.counterexample.point, check)
    elif verdict.proof is not None:
        _write_proof(path, verdict, check)
    else:
        is_rational = problem.field == RATIONALS
        tree = split_tree(problem, n, network.flatten(), jobs, progress) if is_rational else cell_tree(problem, n)
        write_iterate(path, problem, n, network, tree, check, progress)


def _write_proof(path, verdict, check):
    """Write the certificate of a verdict by induction."""
    problem, n, network, examined = verdict.problem, verdict.n, verdict.network, verdict.proof.examined
    if isinstance(examined, Parts):
        if n == "all":
            reduced.write_families(path, problem, examined.parts, verdict.sizes, check)
        else:
            reduced.write_member(path, problem, n, network, examined.parts[0].scheme, check)
    elif n == "all":
        families.write_family(path, problem, verdict.proof, verdict.sizes, check)
    else:
        found = examined if isinstance(examined, Member) else atoms.member(problem, n, network)
        families.write_member(path, problem, n, network, found, check)


def refuse_certificate(problem, n, method):
    """Raise `InputError` for a problem of which a method writes no certificate."""
    if problem.dimension > 2 and n != "all" and method != induction.METHOD:
        raise InputError(
            f"{problem.name}: the certificates of the method {method} are about the line and the plane, and cannot "
            f"state {problem.beyond()['dimension']}; take the method induction, or leave out the certificate"
        )
