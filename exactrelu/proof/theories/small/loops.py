"""The facts on the loops of the coordinates in a stage, and on the seams that are read off them."""

from functools import partial
from itertools import pairwise

from exactrelu.field import mpq
from exactrelu.proof.domains import LINE, Domain, point
from exactrelu.proof.forms import ONE, combination, constant, key, scaled
from exactrelu.proof.kernel import AtLeast, Case, Claim, Each, Everywhere, Same
from exactrelu.proof.theories.small.family import CLOSING, STAGE, inputs, kappa, renamed
from exactrelu.proof.theories.small.start import ALONG

T = key("t")


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


def seam_pieces(N):
    """Return the ends of pieces of [0, 1] on each of which hats and the summands of seam deficiencies are affine."""
    near = {mpq(k, 4 * N) for k in range(3)}
    return sorted(near | {1 - t for t in near} | {mpq(k, N) for k in range(N)})


def seams(found, number, axis):
    """Return the claim on a summand of a seam deficiency: at least 1 next to the seam, 0 far from it."""
    program, width, nodes = found.closing, found.widths[axis], inputs(found.closing)
    shift, node = found.classes[number].shift[axis], found.node(found.closing, f"s{number}/seam/{axis}")
    near_words = "the summands b of the seam deficiency are >= 1 where r_n is in [0, w] u [1 - w, 1]"
    judgements = []
    for low, high in pairwise(seam_pieces(found.parts[axis])):
        t, middle = combination([(T, 1)], -shift), (low + high) / 2 - shift
        env = {nodes[own]: curve for own, curve in hats_at(found, axis, t, middle).items()}
        goals = ()
        if high <= width or low >= 1 - width:
            goals = AtLeast(f"b >= 1, {low}", near_words, ((node, mpq(1)),), constant(-1)),
        elif low >= 2 * width and high <= 1 - 2 * width:
            goals = Same(f"b = 0, {low}", "b = 0 where r_n is in [2w, 1 - 2w]", node, {}),
        if goals:
            judgements.append(Everywhere(program, Domain([point(t=low), point(t=high)]), env, (Case((), {}, goals),)))
    check = "on pieces of r_n, unit by unit"
    return Claim("seams", CLOSING, (number, found.letters[axis]), "", Each(tuple(judgements)), check)


def hats_at(found, axis, t, place):
    """Return {name: form} of the hats of a coordinate at a form ``t`` that is ``place`` somewhere."""
    loops = found.loops_at(axis, t, place, dict)
    return {own: form for own, form in loops.items() if own in found.hats}


def deficiency(found, number):
    """Return the claim that a seam deficiency is the sum of its summands, and these are ≥ 0 for any loops."""
    program = found.closing
    parts = [found.node(program, f"s{number}/seam/{axis}") for axis in found.axes]
    domain = Domain([point()], [((name,), LINE, None) for name in program.inlets])
    env = {place: key(name) for name, place in inputs(program).items()}
    words = "they are >= 0 for any values of the loops"
    goals = tuple(AtLeast(f"b >= 0, {axis}", words, ((node, mpq(1)),), {}) for axis, node in enumerate(parts))
    bounded = Everywhere(program, domain, env, (Case((), {}, goals),), has_symbols=True)
    known = {node: key(f"b{axis}") for axis, node in enumerate(parts)}
    sum_goal = Same(
        "sum", "the seam deficiency of a class is D = b(r_n(x)) + b(r_n(y)) + ..., one b a coordinate",
        found.node(program, f"s{number}/seam"), combination([(form, 1) for form in known.values()]),
    )
    free = Domain([point()], [((f"b{axis}",), LINE, None) for axis in found.axes])
    summed = Everywhere(program, free, known, (Case((), {}, (sum_goal,)),))
    return Claim("deficiency", CLOSING, (number,), "", Each((bounded, summed)), "as forms in undecided units")
