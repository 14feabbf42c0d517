"""Certificates of families of sums of atoms in the corpus, and the damages that make the others there."""

import copy
import gzip
import json
from fractions import Fraction

from folders import TESTS

CORPUS = TESTS / "certificates" / "atoms"
HAIR = Fraction(1, 2**60)

FAMILY, EVIDENCE = ("statement", "family", "terms", 0), ("evidence", "terms", 0)
"""Where the first term of a family is, and the evidence for it."""


def read(kind, name):
    """Return the JSON value of a file of the corpus."""
    return json.loads(gzip.decompress((CORPUS / kind / f"{name}.json.gz").read_bytes()))


def packed(found):
    """Return the bytes of a file of the corpus."""
    return gzip.compress(json.dumps(found, separators=(",", ":")).encode(), 9, mtime=0)


def at(found, *path):
    """Return the part of a JSON value at a path."""
    for key in path:
        found = found[key]
    return found


def more(*path, by=HAIR):
    """Return a function that adds to the number at a path."""

    def change(found):
        *outer, last = path
        inner = at(found, *outer)
        inner[last] = inner[last] + by if isinstance(by, int) else str(Fraction(inner[last]) + by)

    return change


def put(*path, to):
    """Return a function that puts something at a path."""
    return lambda found: at(found, *path[:-1]).__setitem__(path[-1], to)


def without(*paths):
    """Return a function that leaves out what is at some paths."""

    def change(found):
        for path in paths:
            del at(found, *path[:-1])[path[-1]]

    return change


def twice(*paths):
    """Return a function that adds the first entry of some lists once more."""

    def change(found):
        for path in paths:
            entries = at(found, *path)
            entries.append(copy.deepcopy(entries[0]))

    return change


def program(found, name):
    """Return a program of the first term of a family."""
    return found["statement"]["family"]["programs"][at(found, *FAMILY)[name]]


def off(name):
    """Return a function that adds 2^-60 to the first output of a program."""

    def change(found):
        part = program(found, name)
        part["nodes"].append({"op": "affine", "terms": [[part["outputs"][0], 1]], "bias": str(HAIR)})
        part["outputs"][0] = part["inputs"] + 1 + len(part["nodes"])

    return change


def height_off(found):
    """The height of an atom is another one."""
    values = at(found, *EVIDENCE, "atom", "values")
    k = max(range(len(values)), key=lambda k: Fraction(values[k]))
    values[k] = str(Fraction(values[k]) + HAIR)


def atom_at_the_border(found):
    """An atom begins at the left side of the unit square."""
    for vertex in at(found, *EVIDENCE, "atom", "vertices"):
        vertex[0] = str(Fraction(vertex[0]) - Fraction(1, 4))


def atom_that_jumps(found):
    """An atom has a triangle twice, with other values."""
    atom = at(found, *EVIDENCE, "atom")
    size, corners = len(atom["vertices"]), atom["triangles"][0]
    atom["vertices"] += [atom["vertices"][k] for k in corners]
    atom["values"] += [1, 1, 1]
    atom["triangles"].append([size, size + 1, size + 2])


def network_off(found):
    """The network gives 2^-60 more."""
    network = found["statement"]["network"]
    node = network["nodes"][network["outputs"][0] - 2]
    node["bias"] = str(Fraction(node["bias"]) + HAIR)


def seed_of_nothing(found):
    """The problem has the seed 0."""
    found["statement"]["problem"] = read("valid", "no_terms")["statement"]["problem"]


def mask_off(found):
    """A coefficient of the mask is another one."""
    mask = found["statement"]["problem"]["mask"]
    mask["0,0"] = str(Fraction(mask["0,0"]) + HAIR)


def last_with_two_outputs(found):
    """The last program has an output more."""
    part = program(found, "last")
    part["outputs"] *= 2


def place_twice(found):
    """Both copies of the input are at one place."""
    carried = at(found, *EVIDENCE, "carried")
    carried[0] = carried[1]


INVALID = {
    "another_factor": ("compact", more(*FAMILY, "factor")),
    "factor_negative": ("compact", put(*FAMILY, "factor", to="-3/16")),
    "base_too_small": ("growing", put(*FAMILY, "base", to=2)),
    "base_below_1": ("compact", put(*FAMILY, "base", to="1/2")),
    "another_weight_of_a_patch": ("compact", more(*EVIDENCE, "patches", 0, 2)),
    "another_patch": ("paper", more(*EVIDENCE, "patches", 0, 0, by=1)),
    "another_shift": ("compact", more(*EVIDENCE, "shift", 0)),
    "another_corner": ("compact", more("evidence", "corner", 0, by=1)),
    "another_value": ("compact", more(*EVIDENCE, "cascades", 0, "value", by=-1)),
    "state_missing": ("paper", without((*EVIDENCE, "cascades", 1, "states", -1))),
    "cascade_missing": ("paper", without((*EVIDENCE, "cascades", 1))),
    "line_too_long": ("paper", more(*EVIDENCE, "lines", 0, 2, by=1)),
    "window_too_long": ("compact", more("evidence", "lengths", 0, by=1)),
    "height_off": ("compact", height_off),
    "atom_at_the_border": ("compact", atom_at_the_border),
    "atom_that_jumps": ("compact", atom_that_jumps),
    "term_missing": ("compact", without(EVIDENCE, FAMILY)),
    "term_twice": ("compact", twice(EVIDENCE[:-1], FAMILY[:-1])),
    **{f"{name}_off": ("compact", off(name)) for name in ("start", "transport", "spread", "stage", "last")},
    "mask_off": ("compact", mask_off),
    "seed_of_nothing": ("compact", seed_of_nothing),
    "member_of_another_n": ("member_of_compact", put("statement", "n", to=3)),
    "member_off": ("member_of_paper", network_off),
    "member_of_no_terms_off": ("member_without_terms", network_off),
    "member_cut_off": ("member_cut", network_off),
    "member_cut_elsewhere": ("member_cut", more("evidence", "interfaces", 0, 2, 0, by=1)),
    "member_cut_too_late": ("member_cut_of_paper", put("evidence", "interfaces", 0, 0, 0, to=0)),
}
"""Files that can be read and do not prove what they say: {name: (valid file, what is done to it)}."""

MALFORMED = {
    "place_twice": ("compact", place_twice),
    "no_such_program": ("compact", put(*FAMILY, "stage", to=9)),
    "last_with_two_outputs": ("compact", last_with_two_outputs),
    "sizes": ("compact", put("statement", "sizes", to=[99, 9, 9])),
    "first_negative": ("compact", put(*EVIDENCE, "lines", 0, 1, to=-1)),
    "axis_2": ("compact", put(*EVIDENCE, "lines", 0, 0, to=2)),
    "patch_twice": ("compact", twice((*EVIDENCE, "patches"))),
    "state_twice": ("compact", twice((*EVIDENCE, "cascades", 0, "states"))),
    "signs_of_both_kinds": ("signs", put(*EVIDENCE, "cascades", 0, "states", 0, 2, to=0)),
    "lines_of_one_axis": ("compact", put(*EVIDENCE, "cascades", 0, "lines", to=[0, 0])),
    "fewer_terms_in_the_evidence": ("compact", without(EVIDENCE)),
    "key_missing": ("compact", without((*EVIDENCE, "shift"))),
    "float": ("compact", put(*EVIDENCE, "shift", 0, to=0.5)),
    "interface_missing": ("member_cut", without(("evidence", "interfaces", 0, 3))),
    "interface_too_long": ("member_cut", twice(("evidence", "interfaces", 0, 1))),
    "interfaces_of_two_terms": ("member_cut", twice(("evidence", "interfaces"))),
    "member_for_n_0": ("member_of_compact", put("statement", "n", to=0)),
}
"""Files that cannot be read."""


def made(base, change):
    """Return the JSON value of a valid file, changed."""
    found = read("valid", base)
    change(found)
    return found
