"""Where the values of the interfaces of the constructions compact and paper stand, by their names: hints, again.

Both are sums of terms, one for each atom H up to translation. In a term the *lines* are the coordinates that have a
controller of their own: x and y in compact, one for each column x0, x1, … and row y0, y1, … of patches in paper. A
*cascade* is a row of states with the lines that it takes its digits from: one in compact, one a copy of a patch in
paper.
"""

import re
from typing import NamedTuple

from exactrelu.proof.kernel import Unproved
from exactrelu.proof.target import State

_LOOP = re.compile(r"z/([xy]\d{0,6})/([pq])", re.ASCII)
_DIGIT = re.compile(r"chi1/([xy]\d{0,6})", re.ASCII)
_CARRIED = re.compile(r"carried/([xy])", re.ASCII)
_BRANCH = re.compile(r"H/(?:(\d{1,6}),(\d{1,6})/)?[-+]{1,2}", re.ASCII)
_SPLIT = re.compile(r"phi/(\d{1,6}),(\d{1,6}),([+-])", re.ASCII)
_SIGNED = re.compile(r"phi/(\d{1,6}),(\d{1,6})/(\d{1,6}),(\d{1,6})", re.ASCII)


class AtomLayout(NamedTuple):
    """The positions of the values of a term in an interface; what an interface does not have is empty.

    ``loops`` {line: (p, q)}, ``digits`` {line: χ₁}, ``carried`` {"x" or "y": position}, ``branches`` {cascade:
    positions of the readout of H}, ``rows`` {cascade: {state: position}}. A line is "x", "y", "x0", …; a cascade is the
    pair of its lines. States of paper have the sign 0: their values are signed.
    """

    loops: dict
    digits: dict
    carried: dict
    branches: dict
    rows: dict


def atom_layout(names, positions, where):
    """Return the `AtomLayout` of an interface; raises `Unproved` for a name that belongs to neither construction."""
    layout = AtomLayout({}, {}, {}, {}, {})
    loops = {}
    for position, name in zip(positions, names, strict=True):
        if match := _LOOP.fullmatch(name):
            _enter(loops.setdefault(match[1], {}), match[2], position, name, where)
        elif match := _DIGIT.fullmatch(name):
            _enter(layout.digits, match[1], position, name, where)
        elif match := _CARRIED.fullmatch(name):
            _enter(layout.carried, match[1], position, name, where)
        elif match := _BRANCH.fullmatch(name):
            layout.branches.setdefault(_lines(match[1], match[2]), []).append(position)
        elif match := _SPLIT.fullmatch(name):
            state = State(int(match[1]), int(match[2]), 1 if match[3] == "+" else -1)
            _enter(layout.rows.setdefault(("x", "y"), {}), state, position, name, where)
        elif match := _SIGNED.fullmatch(name):
            state = State(int(match[3]), int(match[4]), 0)
            _enter(layout.rows.setdefault(_lines(match[1], match[2]), {}), state, position, name, where)
        else:
            raise Unproved(where, f"the name {name[:40]!r} belongs neither to compact nor to paper")
    for line, pair in loops.items():
        if len(pair) != 2:
            raise Unproved(where, f"the controller of {line} lacks p or q")
        layout.loops[line] = (pair["p"], pair["q"])
    return layout


def _lines(column, row):
    return ("x", "y") if column is None else (f"x{column}", f"y{row}")


def _enter(table, key, position, name, where):
    if key in table:
        raise Unproved(where, f"the name {name!r} is given twice")
    table[key] = position


def carries_input(names):
    """Return whether some value of an interface is a carried copy of the input, as in compact and paper."""
    return any(_CARRIED.fullmatch(name) for name in names)
