"""Where the values of an interface stand, by their names: a hint that the facts then confirm or refute."""

import re
from typing import NamedTuple

from exactrelu.certification.induction.facts import Unproved
from exactrelu.proof.target import State

NUMBER = r"(0|[1-9]\d{0,5})"
"""A number in a name: one numeral for each, so that values of one name have one name."""

_ROW = re.compile(rf"s{NUMBER}/(p|pu|pv)/{NUMBER},{NUMBER},([+-])", re.ASCII)
_OTHER = re.compile(rf"s{NUMBER}/(chi1/[xy]|z/[xy]/[pq]|seam)", re.ASCII)


class ClassLayout(NamedTuple):
    """The positions of the values of one shift class in an interface.

    ``rows``: {state: (p, pu, pv)}; ``digits``: (χ₁ of x, of y) and ``loops``: ((p, q) of x, of y), both None before
    the closing block; ``seam``: the deficiency D_s, None everywhere else.
    """

    rows: dict
    digits: tuple | None
    loops: tuple | None
    seam: int | None


def stage_layout(names, positions, where):
    """Return {class: `ClassLayout`} of an interface between stages; raises `Unproved` for other names."""
    found = _by_class(names, positions, where)
    layouts = {}
    for index, (rows, others) in found.items():
        expected = ["chi1/x", "chi1/y", "z/x/p", "z/x/q", "z/y/p", "z/y/q"]
        if sorted(others) != expected:
            found_names = ", ".join(sorted(others))
            raise Unproved(where, f"class {index}: expected the values {', '.join(expected)}, got {found_names}")
        chi_x, chi_y, px, qx, py, qy = (others[name] for name in expected)
        layouts[index] = ClassLayout(rows, (chi_x, chi_y), ((px, qx), (py, qy)), None)
    return layouts


def closing_layout(names, positions, where):
    """Return {class: `ClassLayout`} of the inputs of the closing block; raises `Unproved` for other names."""
    layouts = {}
    for index, (rows, others) in _by_class(names, positions, where).items():
        if sorted(others) != ["seam"]:
            raise Unproved(where, f"class {index}: expected the value seam, got {', '.join(sorted(others)) or 'none'}")
        layouts[index] = ClassLayout(rows, None, None, others["seam"])
    return layouts


def _by_class(names, positions, where):
    """Return {class: ({state: (p, pu, pv)}, {other name: position})}, classes in order."""
    rows, others = {}, {}
    for position, name in zip(positions, names, strict=True):
        row, other = _ROW.fullmatch(name), _OTHER.fullmatch(name)
        if row:
            index, kind, i, j, sign = row.groups()
            state = State(int(i), int(j), 1 if sign == "+" else -1)
            place = rows.setdefault(int(index), {}).setdefault(state, {})
        elif other:
            index, kind = other.groups()
            place = others.setdefault(int(index), {})
        else:
            raise Unproved(where, f"the name {name[:40]!r} does not belong to the construction one-pass")
        if kind in place:
            raise Unproved(where, f"the name {name!r} is given twice")
        place[kind] = position
    found = {}
    for index in sorted({*rows, *others}):
        whole = {}
        for state, kinds in rows.get(index, {}).items():
            if len(kinds) != 3:
                raise Unproved(where, f"class {index}: the row of {tuple(state)} lacks one of p, pu, pv")
            whole[state] = (kinds["p"], kinds["pu"], kinds["pv"])
        found[index] = (whole, others.get(index, {}))
    return found
