"""``exactrelu value``: V^n g at points, without a network."""

from exactrelu.commands import Answer
from exactrelu.commands.points import read_points
from exactrelu.commands.problem import chosen_problem
from exactrelu.errors import InputError, UndecidedError
from exactrelu.field import annotated, text
from exactrelu.refinement.cascade import cascade
from exactrelu.refinement.direct import direct_sum

def run(options):
    """Return the `Answer` with one line for each point, the exact value there, found in two ways."""
    if options.mask is not None or options.seed is not None:  # then the first word is a coordinate or a point as well
        options.problem, words = None, [*([] if options.problem is None else [options.problem]), *options.point]
    elif options.problem is None:
        raise InputError("expected a PROBLEM, or --mask and --seed, and then a point; see exactrelu value --help")
    else:
        words = options.point
    problem = chosen_problem(options)
    points = read_points(words, problem.dimension, problem.field.parse)
    values = [value(problem, options.level, point) for point in points]
    data = {
        "problem": problem.name,
        "n": options.level,
        "values": [
            {"point": [text(t) for t in point], "value": text(number)}
            for point, number in zip(points, values, strict=True)
        ],
    }
    return Answer(0, "\n".join(map(annotated, values)), data)


def value(problem, n, point):
    """Return V_1 ... V_n g at the point by the direct sum; raises `UndecidedError` if the cascade differs."""
    number, other = direct_sum(problem, n, *point), cascade(problem, n, *point)
    if number != other:
        raise UndecidedError(
            f"nothing was decided: at ({', '.join(map(text, point))}) the direct sum is {text(number)} and the cascade "
            f"{text(other)}; this is an error of exactrelu itself, please report it"
        )
    return number
