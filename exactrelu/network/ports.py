"""The names of the values that blocks of cascades hand to each other: one grammar, read and written here alone.

    s0/p/2,0,+   s0/pu/2,0,+   s0/pv/2,0,+     the row of the state (2, 0), sign +, of shift class 0
    s0/chi1/x    s0/chi1/y                     the selectors of the digit 1
    s0/z/x/p     s0/z/x/q      …               the controllers
    s0/seam                                    the seam deficiency
"""

import re
from typing import NamedTuple

_NUMBER = r"(0|[1-9]\d{0,5})"  # one numeral for each, so that values of one name have one name

_NAME = re.compile(
    rf"s{_NUMBER}/(?:(p|pu|pv)/{_NUMBER},{_NUMBER},([+-])|(chi1)/([xy])|(z)/([xy])/([pq])|(seam|value))", re.ASCII
)

AXES = ("x", "y")

ROW = ("p", "pu", "pv")


class Port(NamedTuple):
    """A value of shift class ``index``: of the ``kind`` "p", "pu", "pv", "chi1", "z" or "seam", and which of them.

    ``place`` is (i, j, sign) for rows, (axis,) for selectors, (axis, 0 or 1) for controllers, () for the deficiency;
    an axis is 0 or 1.
    """

    index: int
    kind: str
    place: tuple = ()

    def __str__(self):
        prefix = f"s{self.index}/{self.kind}"
        if self.kind in ROW:
            i, j, sign = self.place
            return f"{prefix}/{i},{j},{'+' if sign > 0 else '-'}"
        if self.kind == "chi1":
            return f"{prefix}/{AXES[self.place[0]]}"
        return f"{prefix}/{AXES[self.place[0]]}/{'pq'[self.place[1]]}" if self.kind == "z" else prefix


def port(name):
    """Return the `Port` of that name, None if it is not of the grammar."""
    match = _NAME.fullmatch(name)
    if match is None:
        return None
    index, row, i, j, sign, chi, axis, loop, along, entry, other = match.groups()
    if row:
        return Port(int(index), row, (int(i), int(j), 1 if sign == "+" else -1))
    if chi:
        return Port(int(index), chi, (AXES.index(axis),))
    return Port(int(index), loop, (AXES.index(along), "pq".index(entry))) if loop else Port(int(index), other)
