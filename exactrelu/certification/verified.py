"""The families of one-pass as hints for `exactrelu-check`, the checker that is extracted from the proofs in coq/.

Of a certificate by induction it shows that the network is, for n, that of a family which is V^n g for every n. Which
family that might be, it is told here; it believes nothing of that. A node of a program is written as its id plus 1, an
entry of an interface as its place in it, from 1 on.

    python -m exactrelu.certification.verified PROBLEM

writes the family of a built-in problem as JSON, for `make -C coq theorems`.
"""

import json
import sys
from itertools import product

from exactrelu.construction.one_pass import SEAM, interface_names, programs, shift_classes, terminal_names
from exactrelu.cpwl.polygon import coordinates
from exactrelu.errors import InputError
from exactrelu.jsonio import read_json
from exactrelu.network.dag import Affine, Relu
from exactrelu.network.ports import AXES, ROW, Port, port
from exactrelu.proof.target import moved_target
from exactrelu.scheme import load_problem, problem_from_json, refuse_beyond
from exactrelu.streams import STANDARD

ARC = "1/6"
"""A class has no deficit where its orbits end at least so far from 0 and 1."""


def hints(path):
    """Return the family, as JSON, that a certificate by induction may be about; None for others and standard input.

    What is wrong with a file is not said here: the checker reads it, too.
    """
    if path == STANDARD:
        return None
    try:
        match read_json(path):
            case {"problem": problem, "evidence": {"kind": "induction"}}:
                return json.dumps(family(problem_from_json(problem, "problem")))
    except InputError:
        return None


def family(problem):
    """Return the family of one-pass for a `Problem` over Q, for JSON; raises `InputError` if there is none."""
    refuse_beyond(problem, "the construction one-pass")
    normal, corner = problem.normalized()
    corner = tuple(map(int, corner))
    classes = shift_classes(normal)
    if not all(shift_class.transitions.are_shared for shift_class in classes):
        raise InputError("the states of its rows depend on n, since the window is large")
    found = programs(classes, corner)
    names, last_names = interface_names(classes), terminal_names(classes)
    mask = [[*map(int, k), str(weight)] for k, weight in problem.mask.items()]
    return {
        "name": problem.name,
        "mask": mask,
        "seed": seed(problem.seed),
        "opening": block(found.start, names),
        "stage": block(found.stage, names),
        "final": block(found.last, last_names),
        "closing": block(found.closing, ["value"]),
        "classes": [
            one_class(shift_class, normal, mask, corner, names, last_names, found.closing) for shift_class in classes
        ],
        "width": str(SEAM), "arc": ARC,
        # as large as the comparisons of numbers allow
        "bound": str(found.base / 2), "growth": str(found.base), "limit": str(1 / found.factor),
        "top": str(found.factor), "ratio": str(1 / found.base),
        "low": [int(low) for low, _ in problem.window], "high": [int(high) for _, high in problem.window],
        "selectors": [node + 1 for name, node in found.start.marks.items() if "/cell/" in name],
        "residuals": [node + 1 for name, node in found.start.marks.items() if "/residual/" in name],
    }


def seed(g):
    """Return the triangles of the seed, each as three corners [x, y, value]."""
    return [[[*map(str, g.vertices[k]), str(g.values[k])] for k in simplex] for simplex in g.simplices]


def block(program, names):
    """Return a program as JSON; ``names`` are those of its outputs, in order."""
    return {
        "inputs": program.inputs,
        "nodes": [written(node) for node in program.nodes],
        "outputs": [program.outlets[name] + 1 for name in names],
    }


def written(node):
    """Return a node as JSON."""
    if type(node) is Affine:
        return {"affine": [[source + 1, str(weight)] for source, weight in node.terms], "bias": str(node.bias)}
    return {"relu": node.of + 1} if type(node) is Relu else {"times": [node.parameter + 1, node.of + 1]}


def one_class(shift_class, normal, mask, corner, names, last_names, closing):
    """Return a class as JSON; its cells are counted in the coordinates of the problem."""
    index, shift = shift_class.index, shift_class.shift
    places, last_places = ({name: k for k, name in enumerate(l, 1)} for l in (names, last_names))
    finals = rows(index, last_places, corner)
    target, reason = moved_target(normal, (shift, shift), shift_class.lengths)
    if target is None:
        raise InputError(reason)
    written_class = {
        "shift": str(shift),
        "rows": rows(index, places, corner),
        "finals": finals,
        "alive": alive(mask, [tuple(row[:2]) for row in finals]),
        "deficit": last_places[str(Port(index, "seam"))],
        "value": closing.marks[str(Port(index, "value"))] + 1,
        "read": reading(target.mesh, [(row[0] - corner[0], row[1] - corner[1]) for row in finals]),
    }
    for axis, cells in enumerate(shift_class.transitions.embedded_cells()):
        running = range(shift_class.lengths[axis]) if cells is None else cells
        loops = {entry: places[str(Port(index, "z", (axis, k)))] for k, entry in enumerate("pq")}
        written_class[AXES[axis]] = {
            "low": corner[axis],
            "high": corner[axis] + int(shift_class.lengths[axis]),
            "running": [int(cell) + corner[axis] for cell in running],
            "digit": places[str(Port(index, "chi1", (axis,)))],
            **loops,
        }
    return written_class


def rows(index, places, corner):
    """Return the rows [i, j, sign, p, pu, pv] of a class among {name: place}."""
    states = [known.place for name in places if (known := port(name)).index == index and known.kind == "p"]
    return [
        [i + corner[0], j + corner[1], sign, *(places[str(Port(index, kind, (i, j, sign)))] for kind in ROW)]
        for i, j, sign in states
    ]


def alive(mask, cells):
    """Return the cells from which arrows lead to one of these."""
    found, waiting = set(cells), list(cells)
    while waiting:
        i, j = waiting.pop()
        for (k1, k2, weight), q1, q2 in product(mask, (0, 1), (0, 1)):
            a, b = i + k1 - q1, j + k2 - q2
            if weight != "0" and a % 2 == b % 2 == 0 and (a // 2, b // 2) not in found:
                found.add((a // 2, b // 2))
                waiting.append((a // 2, b // 2))
    return sorted(found)


def reading(mesh, cells):
    """Return how the unit square is cut into the polygons of a mesh, with forms [c, a, b] of g next to the cells."""
    pieces = [([coordinates(vertex) for vertex in polygon.vertices], forms) for polygon, forms in mesh]
    lines = sorted({line for corners, _ in pieces for line in edges(corners)})

    def cut(here):
        for line in lines:
            sides = [{sign(value(line, corner)) for corner in corners} for corners, _ in here]
            below = [piece for piece, signs in zip(here, sides, strict=True) if 1 not in signs]
            above = [piece for piece, signs in zip(here, sides, strict=True) if -1 not in signs]
            if below and above and len(below) + len(above) == len(here):
                return {"cut": form(line), "below": cut(below), "above": cut(above)}
        if len(here) > 1:
            raise InputError("no line separates the polygons of the seed on the unit square")
        ((_, forms),) = here
        return {"leaf": [form(forms.get(cell, (0, 0, 0))) for cell in cells]}

    return cut(pieces)


def edges(corners):
    """Yield the lines (a, b, c), a x + b y + c = 0, through the edges of a polygon, scaled so that a line is one."""
    for (x, y), (u, v) in zip(corners, corners[1:] + corners[:1], strict=True):
        a, b = y - v, u - x
        scale = a or b
        yield a / scale, b / scale, -(a * x + b * y) / scale


def value(line, point):
    """Return the value of a form at a point."""
    return line[0] * point[0] + line[1] * point[1] + line[2]


def sign(number):
    """Return −1, 0 or 1."""
    return (number > 0) - (number < 0)


def form(line):
    """Return (a, b, c) as [c, a, b], in JSON."""
    a, b, c = line
    return [str(c), str(a), str(b)]


if __name__ == "__main__":
    json.dump(family(load_problem(sys.argv[1])), sys.stdout, indent=1)
