"""Networks of the construction one-pass, proved for every n at once, and which networks are the ones of an n."""

from functools import lru_cache, partial

from exactrelu.certification.induction.refutation import ANYWHERE, Spot
from exactrelu.construction import one_pass
from exactrelu.errors import InputError
from exactrelu.network.ports import port
from exactrelu.proof.kernel import Unproved
from exactrelu.proof.members import Member, check_member, check_members, member_among, member_fact
from exactrelu.proof.proofs import theorem
from exactrelu.proof.theories.one_pass import family, prove_all


class Programs:
    """The programs that the builder makes for a problem, if they serve all n, and the `family` that they are."""

    def __init__(self, problem):
        normal, origin = problem.normalized()
        classes = one_pass.shift_classes(normal)
        if not all(shift_class.transitions.are_shared for shift_class in classes):
            raise Unproved("the family", "the states of its rows depend on n, since the window is large")
        self._made = one_pass.programs(classes, origin)
        shifts = {shift_class.index: (shift_class.shift, shift_class.lengths) for shift_class in classes}
        numbers = one_pass.SEAM, self._made.factor, self._made.base
        self.family = family(problem, shifts, self._made[:4], *numbers)

    def check(self, n, steps):
        """Raise `NotMember` unless a network, given by its ``steps`` (`check_member`), is the one for n."""
        start, stage, last, closing = self._made[:4]
        check_member([start, *[stage] * (n - 1), last, closing], self._made.parameters(n), steps)


@lru_cache(maxsize=8)
def programs(problem):
    """Return the `Programs` of a problem; raises `Unproved` where there are none for all n."""
    try:
        return Programs(problem)
    except InputError as error:
        raise Unproved("the family", str(error)) from None


@lru_cache(maxsize=8)
def proved(problem, progress=None):
    """Return (`Proof`, `Sizes`) for every n; ``progress`` is told of facts; raises `Unproved`."""
    return prove_all(programs(problem).family, progress)


def prove_member(problem, n, ways, progress=None):
    """Return the `Proof` that a network, given by its steps in some ``ways``, equals V^n g; raises `Unproved`."""
    steps, failures = member_among(ways, partial(programs(problem).check, n))
    if steps is None:
        raise unproved(programs(problem).family, n, failures[0])
    proof, _ = proved(problem, progress)
    member = member_fact(
        f"It is the network of this family for n = {n}: the blocks below, with eps = 2^-{n} and eta = c/rho^{n}, are "
        "the same forms over its inputs and units, up to the scale of units."
    )
    examined = Member(programs(problem).family, len(steps) > 1)
    return proof._replace(theorem=theorem(n), facts=(member, *proof.facts), examined=examined)


def unproved(found, n, failure):
    """Return the `Unproved` of a network that is not the one for n of a `Family`, with the place where it differs."""
    where, spot = "the network", None
    if failure.block is not None:
        k = failure.block
        where = f"block {k} ({'start' if not k else 'closing' if k > n else f'stage {k}'})"
        known = failure.name and port(failure.name)
        if known:
            where += f", class {known.index}"
            spot = spot_of(found, next(c for c in found.classes if c.index == known.index), n, min(k, n))
    return Unproved(where, f"it is not the one of the family for n = {n}: {failure}", spot)


def spot_of(found, shift_class, n, stage):
    """Return the `Spot` of all points in the window of a class, where other classes are at their seams."""
    others = [shift_class.shift - other.shift for other in found.classes if other is not shift_class]
    seams = tuple((offset % 1, offset % 1 + found.width) for offset in others)
    origin = tuple(corner - shift_class.shift / 2**n for corner in found.corner)
    return Spot(stage, origin, shift_class.lengths, (ANYWHERE, ANYWHERE), (seams, seams))


def prove_members(problem, networks, progress=None):
    """Return (`Proof`, `Sizes`) for every n; {n: steps} of some networks are checked to be members.

    The proof has the `Family` as what was examined. Raises `Unproved`.
    """
    check_members(networks, programs(problem).check)
    proof, sizes = proved(problem, progress)
    *some, last = map(str, networks)
    members = member_fact(
        "For each n the construction makes its network from the four programs that are proved here, by putting in eps "
        "= 2^-n and eta = c/rho^n, so that no n has blocks of its own. What it made for n = "
        f"{', '.join(some)} and {last} was compared with them: the same forms over inputs and units, up to the scale "
        "of units."
    )
    return proof._replace(facts=(members, *proof.facts), examined=programs(problem).family), sizes
