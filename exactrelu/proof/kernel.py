"""The kernel: follows a block over a domain, unit by unit, and makes facts. Nothing else in exactrelu makes any.

The steps are those of coq/Kernel.v. A value of the block is an affine form over keys: an affine node is the sum of its
terms (Aff); a unit max(0, e) is e (On) or 0 (Off) where the domain shows that e ≥ 0 or e ≤ 0; otherwise the domain is
split where e changes its sign (Split), or, if the judgement says so, the unit becomes a key itself (Sym), from 0 to
the largest value of e (Low, Up); max(0, se) is s max(0, e) for s ≥ 0 and −s (max(0, e) − e) for s < 0 (Scale). For
parameters there are three more: a node θ · k is θ times the form of k (Mul), θ t is between θ a and θ b where θ ≥ 0
and t is between a and b (Times), and where κ ε = 1, κ e is a key of its own that is ≥ 1 if e ≥ ε (Inverse). A part of
a domain on which nothing is claimed makes the judgement fail: nothing has to be believed about how it was cut.
"""

from typing import NamedTuple

from exactrelu.errors import UndecidedError
from exactrelu.field import text
from exactrelu.network.dag import Affine, Relu
from exactrelu.network.program import needed
from exactrelu.proof.forms import ONE, combination, minus, shown
from exactrelu.proof.rules import Failure, add_product, product, shorter, symbol

MAX_PARTS = 10_000
"""The most parts into which one domain is split."""


class Unproved(UndecidedError):
    """Raised when a fact about the block ``where`` was not proved; ``spot`` tells where to look for a difference."""

    def __init__(self, where, reason, spot=None):
        super().__init__(f"{where}: {reason}")
        self.where = where
        self.reason = reason
        self.spot = spot


class _Undecided(Exception):
    """Raised for a unit whose argument, ``form``, has not one sign; ``found`` are the forms of the nodes before it."""

    def __init__(self, form, found):
        super().__init__()
        self.form = form
        self.found = found
        self.case = None


class Same(NamedTuple):
    """The goal that a ``node`` has a ``form``; ``name`` is what a theory asks for, ``words`` the sentence it proves."""

    name: str
    words: str
    node: int
    form: dict

    def nodes(self):
        """Return the nodes that are spoken of."""
        return (self.node,)

    def check(self, found, domain):
        """Return why the goal is missed, None if it is not."""
        value = found[self.node]
        return None if value == self.form else f"it is {shown(value)}, not {shown(self.form)}"


class AtLeast(NamedTuple):
    """The goal that  ``form`` + Σ weight · node ≥ 0  over the ``terms`` (node, weight)."""

    name: str
    words: str
    terms: tuple
    form: dict

    def nodes(self):
        """Return the nodes that are spoken of."""
        return tuple(node for node, _ in self.terms)

    def check(self, found, domain):
        """Return why the goal is missed, None if it is not."""
        total = combination([(self.form, 1), *((found[node], weight) for node, weight in self.terms)])
        return None if domain.is_nonnegative(total) else f"{shown(total)} may be negative"


class Strip(NamedTuple):
    """The goal that 2ⁿ t mod 1 is in [0, w], ε being 2⁻ⁿ.

    It is shown by t being between ``low``, an integer plus an integer times ε, and low + wε; ``along`` is the form t.
    """

    name: str
    words: str
    low: dict
    width: object
    along: dict
    eps: dict

    def nodes(self):
        """Return the nodes that are spoken of: none."""
        return ()

    def check(self, found, domain):
        """Return why the goal is missed, None if it is not."""
        if any(entry.denominator != 1 for entry in self.low.values()) or self.low.keys() - self.eps.keys() - {ONE}:
            return f"{shown(self.low)} is no integer plus a multiple of eps"
        above = minus(self.along, self.low)
        below = combination([(self.eps, self.width), (above, -1)])
        return None if domain.is_nonnegative(above) and domain.is_nonnegative(below) else "it may be outside"


class Case(NamedTuple):
    """Goals that are claimed where all forms of ``condition`` are ≥ 0, given values ``env`` {node: form} there."""

    condition: tuple
    env: dict
    goals: tuple


class Everywhere(NamedTuple):
    """The judgement on a ``program`` that on each part of a ``domain`` the goals of one of the ``cases`` hold.

    ``env`` gives the forms of some nodes; what is wanted must be a function of these. The domain is cut along ``cuts``.
    ``products`` are triples (parameter θ, global t, θ t) of keys, for nodes `Times`, ``inverses`` pairs of keys of
    parameters κ, ε > 0 with κ ε = 1. With ``has_symbols`` units of no sign become keys.
    """

    program: object
    domain: object
    env: dict
    cases: tuple
    cuts: tuple = ()
    products: tuple = ()
    has_symbols: bool = False
    inverses: tuple = ()

    def prove(self):
        """Return the number of parts; raises `Failure`."""
        return sum(1 for _ in self.parts())

    def parts(self):
        """Yield (part of the domain, {node: form}), all goals being checked there; raises `Failure`."""
        orders = self._orders()
        waiting, parts = [(self.domain, None)], 0
        while waiting:
            domain, begun = waiting.pop()
            halves = next(filter(None, (_halves(domain, cut) for cut in self.cuts)), None)
            if halves is None:
                try:
                    found = self._prove_on(domain, orders, begun)
                except _Undecided as unit:
                    begun = unit
                    halves = domain.split(unit.form)
                    if halves is None or not all(halves):
                        failure = Failure(f"the unit of {shown(unit.form)} is neither open nor closed")
                        failure.part = domain
                        raise failure from None
                except Failure as failure:
                    failure.part = domain
                    raise
                else:
                    parts += 1
                    yield domain, found
                    continue
            waiting += [(half, begun) for half in halves]
            if len(waiting) + parts > MAX_PARTS:
                raise Failure(f"there are more than {MAX_PARTS} parts")

    def _orders(self):
        """Return, for each case, the nodes that it needs in order; cases that need the same have one list."""
        orders, made = [], {}
        for case in self.cases:
            wanted = frozenset(node for goal in case.goals for node in goal.nodes())
            entry = frozenset(case.env), wanted
            if entry not in made:
                made[entry] = _order(self.program, self.env.keys() | case.env.keys(), wanted)
            orders.append(made[entry])
        return orders

    def _prove_on(self, domain, orders, begun):
        """Return {node: form}, once all goals are checked on a part of the domain.

        What was found on a larger part before a unit was undecided, ``begun``, holds here, too, if the case is the
        same, but for keys of products that were added to the domain there.
        """
        for case, order in zip(self.cases, orders, strict=True):
            if all(map(domain.is_nonnegative, case.condition)):
                break
        else:
            raise Failure("nothing is claimed of some part of the domain")
        if self.products or self.has_symbols or self.inverses:
            domain = domain.copy()
        ranges = {own: domain.range_of(inverse) for own, inverse in self.inverses if inverse in domain.globals}
        for parameter, along, name in self.products:
            if name in domain:
                continue  # what is known of the product is known already
            add_product(domain, parameter, along, name, *ranges.get(parameter, (None, None)))
        holds = begun is not None and begun.case is case and not self.inverses
        before = begun.found if holds else self.env | case.env
        try:
            found = _follow(self, order, before, domain)
        except _Undecided as unit:
            unit.case = case
            raise
        for goal in case.goals:
            reason = goal.check(found, domain)
            if reason is not None:
                raise Failure(f"it does not hold that {goal.words}: {reason}")
        return found

    def extremes(self, node):
        """Return forms in globals between which a node lies, where the domain needs no cuts and units are symbols."""
        domain = self.domain.copy()
        form = _follow(self, _order(self.program, self.env.keys(), [node]), self.env, domain)[node]
        return domain.least(form), domain.most(form)

    def goals(self):
        """Yield all goals."""
        for case in self.cases:
            yield from case.goals


class Each(NamedTuple):
    """The judgement that all of ``judgements`` hold."""

    judgements: tuple

    def prove(self):
        """Return the number of parts; raises `Failure`."""
        return sum(judgement.prove() for judgement in self.judgements)

    def goals(self):
        """Yield all goals."""
        for judgement in self.judgements:
            yield from judgement.goals()


class Number(NamedTuple):
    """The goal that a rational ``value`` is ≥ 0."""

    name: str
    words: str
    value: object


class Numbers(NamedTuple):
    """The judgement that these `Number` goals hold."""

    numbers: tuple

    def prove(self):
        """Return 0, the number of parts; raises `Failure`."""
        for goal in self.numbers:
            if goal.value < 0:
                raise Failure(f"it does not hold that {goal.words}: {text(goal.value)} < 0")
        return 0

    def goals(self):
        """Return all goals."""
        return self.numbers


class Listed(NamedTuple):
    """The judgement that a finite set has all of ``first``, and the end of each arrow (from, to) that starts in it."""

    name: str
    words: str
    listed: frozenset
    first: tuple
    arrows: tuple

    def prove(self):
        """Return 0, the number of parts; raises `Failure`."""
        ends = (end for start, end in self.arrows if start in self.listed)
        for entry in (*self.first, *ends):
            if entry not in self.listed:
                raise Failure(f"it does not hold that {self.words}: {entry} is missing")
        return 0

    def goals(self):
        """Return the goal."""
        return (self,)


class Claim(NamedTuple):
    """What a theory wants to be a fact: a judgement on a block, one ``case`` of those that its ``name`` has.

    ``given`` says in words what is supposed, ``check`` how the judgement is shown.
    """

    name: str
    where: str
    case: tuple
    given: str
    judgement: object
    check: str


class Fact(NamedTuple):
    """A claim that was proved: the names and words of its goals, and on how many ``pieces`` they were shown."""

    name: str
    where: str
    case: tuple
    given: str
    established: tuple
    check: str
    pieces: int


def prove(claim):
    """Return the `Fact` that a claim is; raises `Unproved`."""
    try:
        pieces = claim.judgement.prove()
    except Failure as failure:
        reason = f"{claim.name}, {', '.join(map(str, claim.case))}: {failure}"
        raise Unproved(claim.where, reason, failure.part) from None
    established = tuple(dict.fromkeys((goal.name, goal.words) for goal in claim.judgement.goals()))
    return Fact(claim.name, claim.where, claim.case, claim.given, established, claim.check, pieces)


def _order(program, known, wanted):
    """Return the ids of the nodes, in order, that the wanted ones are made of, down to the known ones."""
    try:
        return needed(program.nodes, program.inputs, wanted, known)
    except KeyError as leak:
        raise Failure(f"a value reads input {leak.args[0]} of the block, of which nothing is supposed") from None


def _halves(domain, cut):
    """Return the parts of a domain on both sides of a cut, None if it lies on one side."""
    values = [generator.at(cut) for generator in domain.generators]
    return domain.split(cut) if min(values) < 0 < max(values) else None


def _follow(judgement, order, env, domain):
    """Return {node: form} of the nodes in ``order`` and those given; symbols are added to the domain."""
    program, found, units, others = judgement.program, dict(env), {}, {}
    first, nodes = program.inputs, program.nodes
    for k in order:
        if k in found:
            continue
        node = nodes[k - first]
        if type(node) is Affine:
            found[k] = combination([(found[source], weight) for source, weight in node.terms], node.bias)
        elif type(node) is Relu:
            form = found[node.of]
            short = shorter(form, others) if others else form
            sign = domain.sign_of(short)
            if sign:
                found[k] = form if sign > 0 else {}
            elif judgement.has_symbols:
                found[k] = symbol(k, form, domain, units, others)
            else:
                raise _Undecided(form, found)
        else:
            found[k] = product(judgement, found[node.parameter], found[node.of], domain)
    return found
