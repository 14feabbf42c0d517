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
    options.problem = options.problem or None  # an empty word where --mask and --seed take its place
    if options.problem is None and options.mask is None and options.seed is None:
        raise InputError("expected a PROBLEM, or --mask and --seed, before the point; see exactrelu value --help")
    problem = chosen_problem(options)
    points = read_points(options.point, problem.dimension, problem.field.parse)
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
