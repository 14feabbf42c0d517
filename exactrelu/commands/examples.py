"""``exactrelu examples``: the built-in problems, masks and seeds."""

from exactrelu.commands import Answer
from exactrelu.commands.tables import table
from exactrelu.data import problems
from exactrelu.data import table as entries
from exactrelu.scheme import builtin_problems, builtin_schemes


def run(_):
    """Return the `Answer` with names and notes; the data has the coefficients, vertices and values as well."""
    masks, seeds = entries("masks"), entries("seeds")
    windows = {name: problem.window or () for name, problem in (builtin_problems() | builtin_schemes()).items()}
    parts = [
        (title, [(name, _size(windows[name]), entry["comment"]) for name, entry in entries(kind).items()])
        for title, kind in (
            ("Problems: exactrelu certify NAME", "problems"),
            ("Other schemes, problems as well: exactrelu certify NAME", "schemes"),
        )
    ]
    parts += [
        ('Masks, for "mask" in a problem file', [
            (name, _size((0, side) for side in entry["window"]), entry["note"] or entry["source"])
            for name, entry in masks.items()
        ]),
        ('Seeds, for "seed" in a problem file', [(name, "", entry["note"]) for name, entry in seeds.items()]),
    ]
    text = "\n\n".join(f"{title}\n\n{table(rows)}" for title, rows in parts)
    data = {
        "problems": [
            {"name": name, **entry, "window": [list(side) for side in windows[name]]}
            for name, entry in problems().items()
        ],
        "masks": [{"name": name, **entry} for name, entry in masks.items()],
        "seeds": [{"name": name, **entry} for name, entry in seeds.items()],
    }
    return Answer(0, text, data)


def _size(window):
    """Return "3x2" for a window with sides of these lengths."""
    return "x".join(str(high - low) for low, high in window)
