"""The fact on seam gates, by which a network takes the value of a class that is not at a seam."""

from exactrelu.proof.domains import HALF_LINE, SIGNED_UNIT, Domain, Shape, point
from exactrelu.proof.forms import constant, key, scaled
from exactrelu.proof.kernel import Case, Claim, Each, Everywhere, Same

BAD = Shape([(1,)], [(1,)])
"""The deficiency of a bad class: all numbers ≥ 1."""


def gates(where, program, output, classes, goods, bound=1, factor=1):
    """Return the claim on the ``output`` if the classes in ``goods`` are good (y = V) and the others have D ≥ 1.

    ``classes`` are pairs of nodes (y, D), y being None for a constant; |y| and |V| are at most ``bound``, and the
    output is ``factor`` · V. If all y are constants, the output is claimed for V = 0 only.
    """
    good = [own for own, is_good in zip(classes, goods, strict=True) if is_good]
    has_values = any(y is not None for y, _ in classes)
    judgements = []
    for opened in (None, *(good if has_values else [])):
        value = {} if opened is None else key("V")
        domain, env = Domain([point()]), {}
        domain.add(("V",), SIGNED_UNIT, constant(bound))
        for index, (own, is_good) in enumerate(zip(classes, goods, strict=True)):
            y, D = own
            domain.add((f"y{index}",), SIGNED_UNIT, constant(bound))
            domain.add((f"D{index}",), HALF_LINE if is_good else BAD)
            env[D] = {} if own is opened else key(f"D{index}")
            if y is not None:
                # what is None is the constant that it is
                env[y] = value if is_good else key(f"y{index}")
        words = (
            "the output is 0 where V = 0" if opened is None
            else "the output is V where some good class has D = 0, all |y| and |V| being bounded"
        )
        name = "zero" if opened is None else f"open, {classes.index(opened)}"
        goal = Same(name, words, output, scaled(value, factor))
        judgements.append(Everywhere(program, domain, env, (Case((), {}, (goal,)),), has_symbols=True))
    given = "Let each class be good (y = V) or have D >= 1: "
    check = "as forms in y, V, D and undecided units, which cancel"
    return Claim("gates", where, goods, given, Each(tuple(judgements)), check)


def gate_goals(goods, has_values):
    """Return the names of the goals of `gates`."""
    return ["zero", *(f"open, {k}" for k, is_good in enumerate(goods) if is_good and has_values)]
