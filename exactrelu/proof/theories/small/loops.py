"""The facts on the loops of the coordinates in a stage, and on the seams that are read off them."""

from functools import partial

from exactrelu.field import mpq
from exactrelu.proof.domains import Domain, point
from exactrelu.proof.forms import ONE, combination, scaled
from exactrelu.proof.kernel import AtLeast, Case, Claim, Each, Everywhere, Same
from exactrelu.proof.theories import common
from exactrelu.proof.theories.common import T, inputs, named_node
from exactrelu.proof.theories.small.family import CLOSING, STAGE, kappa, renamed
from exactrelu.proof.theories.small.start import ALONG


def claims(found):
    """Yield the claims on loops and seams."""
    for axis in found.axes:
        yield multiplication(found, axis)
        for number in range(len(found.classes)):
            yield seams(found, number, axis)
    for number in range(len(found.classes)):
        yield deficiency(found, number)


def multiplication(found, axis):
    """Return the claim that a stage leads loops from t to M t."""
    program, nodes, letter, M = found.stage, inputs(found.stage), found.letters[axis], found.factors[axis]
    words = "loops at t become those at M t, for all t in [0, 1]"
    steep = partial(renamed, {ONE: kappa(letter), "t": "kappa t"})
    count = M * M * found.parts[axis]
    judgements = []
    for piece in range(count):
        low, high = mpq(piece, count), mpq(piece + 1, count)
        middle = (low + high) / 2
        before, after = (found.loops_at(axis, scaled(T, m), m * middle, steep) for m in (1, M))
        env = found.parameters(program) | {nodes[own]: form for own, form in before.items()}
        goals = tuple(
            Same(f"{own}, {piece}", words, program.outlets[own], form) for own, form in after.items()
        )
        domain = Domain([point(t=low), point(t=high)])
        judgements.append(Everywhere(
            program, domain, env, (Case((), {}, goals),), (), ((kappa(letter), "t", "kappa t"),),
            inverses=found.inverses,
        ))
    return Claim("loops", STAGE, (letter,), "", Each(tuple(judgements)), ALONG)


def summand(found, number, axis):
    """Return the node of the summand of a seam deficiency in a coordinate."""
    return named_node(found.closing, f"s{number}/seam/{axis}", CLOSING)


def seams(found, number, axis):
    """Return the claim on a summand of a seam deficiency: at least 1 next to the seam, 0 far from it."""
    program, shift, nodes = found.closing, found.classes[number].shift[axis], inputs(found.closing)

    def curves(place):
        loops = found.loops_at(axis, combination([(T, 1)], -shift), place - shift, dict)
        return {nodes[own]: loops[own] for own in found.hats_along(axis)}

    return common.seams(
        CLOSING, (number, found.letters[axis]), program, summand(found, number, axis), curves, (), found.widths[axis],
        found.parts[axis],
    )


def deficiency(found, number):
    """Return the claim that a seam deficiency is the sum of its summands, and these are ≥ 0 for any loops."""
    summands = [summand(found, number, axis) for axis in found.axes]
    words = f"{common.SUMMANDS} >= 0 for any values of the loops"
    goals = [AtLeast(f"b >= 0, {axis}", words, ((node, mpq(1)),), {}) for axis, node in enumerate(summands)]
    bounded = common.for_any_inputs(found.closing, goals)
    words = "the seam deficiency of a class is D = b(r_n(x)) + b(r_n(y)) + ..., one b a coordinate"
    total = named_node(found.closing, f"s{number}/seam", CLOSING)
    return common.deficiency(CLOSING, (number,), found.closing, summands, total, words, (bounded,))
