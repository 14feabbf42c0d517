"""Points on the command line: the coordinates one by one, or several points as words X,Y."""

from exactrelu.errors import InputError


def read_points(words, dimension, parse):
    """Return the points, tuples of numbers, that the words stand for; ``parse`` is that of a field.

    The words are the ``dimension`` coordinates of one point, or each of them is a point. Raises `InputError`.
    """
    groups = [word.split(",") for word in words]
    if dimension > 1 and all(len(group) == 1 for group in groups):
        groups = [list(words)]
    for group in groups:
        if len(group) != dimension:
            example = ",".join(f"X{k}" for k in range(1, dimension + 1)) if dimension > 1 else "X1"
            raise InputError(
                f"a point has {dimension} coordinates here, not {len(group)}; give {example.replace(',', ' ')}"
                + (f", or several points as {example}" if dimension > 1 else "")
            )
    return [tuple(parse(word, f"coordinate {k}") for k, word in enumerate(group, 1)) for group in groups]
