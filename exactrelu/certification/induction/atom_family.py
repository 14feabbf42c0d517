"""The facts for all n about sums of terms, the constructions compact and paper.

They are those for one n (`atoms`), on blocks whose weights are functions of h = 2⁻ⁿ (`template`). The transports of a
member are all equal, and so are its stages but the last; so a term of all n at once looks like one for n = 2. The
bounds a_n of the gates, which grow with n, are divided out of the rows.
"""

from dataclasses import dataclass

from exactrelu.certification.induction.atom_facts import facts_of, zero_fact
from exactrelu.certification.induction.atom_term import AtomTerm, Known, atom_terms, carried_functions, lines_of
from exactrelu.certification.induction.atoms import check_sum, examined, is_zero
from exactrelu.certification.induction.facts import Fact, Unproved
from exactrelu.certification.induction.template import (
    Growth,
    dyadic,
    growth_of,
    largest_weight,
    merged,
    same,
    stage_weight,
)
from exactrelu.certification.induction.uniform import symbol
from exactrelu.field import mpq, text


@dataclass(frozen=True)
class FamilyTerm(AtomTerm):
    """A term for all n at once: start, transport twice, readout, spread, a stage and the last; ``step`` is h.

    The gates of the stages have the bound a_1 in place of a_n = ``growth``.
    """

    growth: Growth

    def label(self, k):
        """Return the name of block k in a message."""
        names = ("start", "transport", "transport", "readout", "spread", "stage", "last stage")
        return f"term {self.index}, {names[k]} for all n"

    def rows_bound(self, height, norm, stages):
        """Return the bound of rows c h with 0 ≤ h ≤ ``height``, divided by a_n / a_1, before any stage."""
        if norm > self.growth.base:
            raise Unproved(self.label(stages[0]), f"rows may grow by {text(norm)} a stage, faster than a_n")
        return max(height, mpq(0))


def facts_for_all(problem, networks):
    """Return the facts for all n from the first n on, given the networks {n: `Cut`} for some n.

    Raises `Unproved`, and `NotUniform` where an argument depends on n.
    """
    if all(map(is_zero, networks.values())):
        check_sum((), problem)
        return [zero_fact()]
    members = {n: atom_terms(n, found) for n, found in networks.items()}
    if len(set(map(len, members.values()))) != 1:
        raise Unproved("the network", "the number of its terms depends on n")
    known = {}
    terms = [
        family_term({n: terms[index] for n, terms in members.items()}, known)
        for index in range(len(members[min(members)]))
    ]
    for term in terms:
        check_carried(term, problem)
    summands = examined(problem, terms)
    return [template_fact(members, summands), *facts_of("n", summands)]


def family_term(members, known):
    """Return the `FamilyTerm` of {n: `AtomTerm`}; ``known`` keeps one block for each family of blocks."""
    first = min(members)
    pattern = members[max(first, 2)]
    for n, member in members.items():
        check_like(pattern, member, f"term {pattern.index} of the network for n = {n}")
    h = symbol(first)
    into_stage, into_last = pattern.inlets[pattern.readout + 1], pattern.inlets[pattern.last - 1]
    digits = set(into_last.digits.values())

    def once(kind, blocks, weight, marked=()):
        key = (kind, *map(id, blocks.values()))
        if key not in known:
            known[key] = merged(blocks, weight, marked)
        return known[key]

    def blocks(number):
        return {n: member.blocks[number(member)] for n, member in members.items()}

    growth = growth_of({n: largest_weight(block, digits) for n, block in blocks(lambda term: term.last).items()})
    if set(into_stage.digits.values()) != digits:
        raise Unproved(f"term {pattern.index}", "its selectors do not enter the last stage as they enter the others")
    in_stage = stage_weight(growth, digits, h)
    stages = {n: member.blocks[member.readout + 2] for n, member in members.items() if n > 1}
    transport = once("transport", blocks(lambda _: 1), lambda values, *_: same(values))
    whole = (
        once("start", blocks(lambda _: 0), lambda values, *_: dyadic(values, h)), transport, transport,
        once("readout", blocks(lambda term: term.readout), lambda values, *_: same(values)),
        once("spread", blocks(lambda term: term.readout + 1), lambda values, *_: dyadic(values, h)),
        once(("stage", growth), stages, in_stage, row_inputs(into_stage)),
        once(("last", growth), blocks(lambda term: term.last), in_stage, row_inputs(into_last)),
    )
    k = pattern.readout
    places = (0, 1, 1, k, k + 1, k + 2)
    outlets, inlets = (tuple(side[place] for place in places) for side in (pattern.outlets, pattern.inlets))
    return FamilyTerm(pattern.index, 2, h, whole, outlets, inlets, (), growth)


def check_carried(term, problem):
    """Check that another transport does not change the copies of the input: the readout gets the same for all n."""
    origin, _ = lines_of(term, problem.size)
    once, twice = (carried_functions(term, origin, Known(), until) for until in (1, 2))
    if once != twice:
        raise Unproved(term.label(1), "the carried copies of the input depend on n")


def row_inputs(layout):
    """Return the positions of the rows and the selectors among the inputs of a stage."""
    return {*layout.digits.values(), *(position for row in layout.rows.values() for position in row.values())}


def check_like(pattern, member, where):
    """Check that a member has the interfaces of the ``pattern``, one block for transport and one for its stages."""
    if len(member.transports()) > 1 or len(member.stages()) > 1:
        raise Unproved(where, "its transports or its stages are not all equal")
    k, m = pattern.readout, member.readout
    pairs = [(0, 0), (1, 1), (k, m), (k + 1, m + 1)]
    if member.n > 1:
        pairs.append((k + 2, m + 2))
    for own, other in ((pattern.outlets, member.outlets), (pattern.inlets, member.inlets)):
        if any(own[first] != other[second] for first, second in pairs):
            raise Unproved(where, "its interfaces are not those of the other n")


def template_fact(members, summands):
    """Return the fact that says which networks are meant."""
    first, *_, last = members
    growths = sorted({str(found.term.growth) for found in summands})
    listed = growths[0] if len(growths) == 1 else f"in all terms one of {'; '.join(growths)}"
    return Fact(
        "network",
        f"For n >= {first} the blocks have one shape, and the same weights but these: a + b 2^-n + c 2^n in S, P and "
        f"the selectors; the bound of the gates in A_j and L, a_n = {listed}. All rows have degree 1 in (rows, a_n); "
        "so what is shown of rows c h for a_1 in place of a_n and entries of c of at most 1 holds for a_n and entries "
        "of at most a_n/a_1, hence of at most B^(j-1), j <= n.",
        f"weight by weight on the networks for n = {first}, ..., {last}",
    )
