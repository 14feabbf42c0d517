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
from exactrelu.network.program import references
from exactrelu.proof.forms import ONE, combination, key, minus, scaled, shown
from exactrelu.proof.domains import HALF_LINE, LINE, UNIT, Shape

MAX_PARTS = 10_000
"""The most parts into which one domain is split."""


class Unproved(UndecidedError):
    """Raised when a fact about the block ``where`` was not proved; ``spot`` tells where to look for a difference."""

    def __init__(self, where, reason, spot=None):
        super().__init__(f"{where}: {reason}")
        self.where = where
        self.reason = reason
        self.spot = spot


class Failure(Exception):
    """Raised when a judgement is not proved."""


class _Undecided(Exception):
    """Raised for a unit whose argument, ``form``, has not one sign."""

    def __init__(self, form):
        super().__init__()
        self.form = form


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
        orders = [self._order(case) for case in self.cases]
        waiting, parts = [self.domain], 0
        while waiting:
            domain = waiting.pop()
            halves = next(filter(None, (_halves(domain, cut) for cut in self.cuts)), None)
            if halves is None:
                try:
                    self._prove_on(domain, orders)
                    parts += 1
                    continue
                except _Undecided as unit:
                    halves = domain.split(unit.form)
                    if halves is None or not all(halves):
                        raise Failure(f"the unit of {shown(unit.form)} is neither open nor closed") from None
            waiting += halves
            if len(waiting) + parts > MAX_PARTS:
                raise Failure(f"there are more than {MAX_PARTS} parts")
        return parts

    def _order(self, case):
        wanted = [node for goal in case.goals for node in goal.nodes()]
        return _order(self.program, self.env.keys() | case.env.keys(), wanted)

    def _prove_on(self, domain, orders):
        for case, order in zip(self.cases, orders, strict=True):
            if all(map(domain.is_nonnegative, case.condition)):
                break
        else:
            raise Failure("nothing is claimed of some part of the domain")
        if self.products or self.has_symbols or self.inverses:
            domain = domain.copy()
        ranges = {own: domain.range_of(inverse) for own, inverse in self.inverses if inverse in domain.globals}
        for parameter, along, name in self.products:
            _add_product(domain, parameter, along, name, *ranges.get(parameter, (None, None)))
        found = _follow(self, order, self.env | case.env, domain)
        for goal in case.goals:
            reason = goal.check(found, domain)
            if reason is not None:
                raise Failure(f"it does not hold that {goal.words}: {reason}")

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
        raise Unproved(claim.where, f"{claim.name}, {', '.join(map(str, claim.case))}: {failure}") from None
    established = tuple(dict.fromkeys((goal.name, goal.words) for goal in claim.judgement.goals()))
    return Fact(claim.name, claim.where, claim.case, claim.given, established, claim.check, pieces)


def _order(program, known, wanted):
    """Return the ids of the nodes, in order, that the wanted ones are made of, down to the known ones."""
    first, needed, waiting = program.inputs, set(), [node for node in wanted if node not in known]
    while waiting:
        node = waiting.pop()
        if node in needed:
            continue
        if node < first:
            raise Failure(f"a value reads input {node} of the block, of which nothing is supposed")
        needed.add(node)
        waiting += [source for source in references(program.nodes[node - first]) if source not in known]
    return sorted(needed)


def _halves(domain, cut):
    """Return the parts of a domain on both sides of a cut, None if it lies on one side."""
    values = [generator.at(cut) for generator in domain.generators]
    return domain.split(cut) if min(values) < 0 < max(values) else None


def _follow(judgement, order, env, domain):
    """Return {node: form} of the nodes in ``order`` and those given; symbols are added to the domain."""
    program, found, units = judgement.program, dict(env), {}
    first, nodes = program.inputs, program.nodes
    for k in order:
        node = nodes[k - first]
        if type(node) is Affine:
            found[k] = combination([(found[source], weight) for source, weight in node.terms], node.bias)
        elif type(node) is Relu:
            form = found[node.of]
            if domain.is_nonnegative(form):
                found[k] = form
            elif domain.is_nonnegative(scaled(form, -1)):
                found[k] = {}
            elif judgement.has_symbols:
                found[k] = _symbol(k, form, domain, units)
            else:
                raise _Undecided(form)
        else:
            found[k] = _product(judgement, found[node.parameter], found[node.of], domain)
    return found


def _symbol(k, form, domain, units):
    """Return the form of the unit k with the argument ``form``; ``units`` {normal form: (symbol, argument)}."""
    lead = form[min(form, key=hash)]
    normal = frozenset((name, entry / lead) for name, entry in form.items())
    if normal in units:
        symbol, own, argument = units[normal]
        factor = lead / own
        return scaled(symbol, factor) if factor > 0 else scaled(minus(symbol, argument), -factor)
    name = "unit", k
    most = domain.most(form)
    if most is not None and all(generator.at(most) >= 0 for generator in domain.generators):
        domain.add((name,), UNIT, most)
    else:
        domain.add((name,), HALF_LINE)
    units[normal] = key(name), lead, form
    return key(name)


def _product(judgement, parameter, form, domain):
    """Return a number, or a parameter times a form in keys whose products with it are keys; or κ e, a key of its own.
    """
    ((theta, weight),) = parameter.items()
    if theta is ONE:
        return scaled(form, weight)
    names = {ONE: theta}
    for own, along, name in judgement.products:
        if own == theta:
            names[along] = name
        elif (own, theta) in judgement.inverses:
            names[name] = along
    for pair in judgement.inverses:
        if theta in pair:
            names[pair[1 - pair.index(theta)]] = ONE
    if form.keys() <= names.keys():
        return {names[name]: weight * entry for name, entry in form.items()}
    for own, inverse in judgement.inverses:
        if own == theta:
            return scaled(_multiple(theta, key(inverse), form, domain), weight)
    raise Failure(f"a product of {theta} and {shown(form)} has no key")


def _multiple(theta, inverse, form, domain):
    """Return a key of the domain for κ times a form e, which is at least 1 if e ≥ ε, at most −1 if e ≤ −ε."""
    name = "times", theta, frozenset(form.items())
    for sign in (1, -1):
        own = scaled(form, sign)
        for end, least in ((1, inverse), (0, {})):
            if domain.is_nonnegative(minus(own, least)):
                domain.add((name,), Shape([(sign * end,)], [(sign,)]))
                return key(name)
    domain.add((name,), LINE)
    return key(name)


def _add_product(domain, parameter, along, name, inverse_low, inverse_high):
    """Add the keys θ and θt to a domain: θ ≥ 0 and t is in some interval, so that θt is between θ times its ends.

    If 1/θ is known to be in an interval, its ends are given, or else None.
    """
    low, high = domain.range_of(along)
    ends = sorted({end for end in (low, high) if end is not None}) or [0]
    least = 1 / inverse_high if inverse_high else 0
    points = [(least, least * end) for end in ends]
    if inverse_low:
        points += [(1 / inverse_low, end / inverse_low) for end in ends]
        rays = []
    else:
        rays = [(1, end) for end in ends]
    rays += [(0, sign) for sign, end in ((1, high), (-1, low)) if end is None]
    domain.add((parameter, name), Shape(points, rays))
