"""Trees of cuts of the plane, the evidence of an enumeration."""

from collections.abc import Sequence
from typing import NamedTuple


class SplitTree(NamedTuple):
    """A tree of cuts: ``lines`` are integer triples (a, b, c), the lines a x + b y + c = 0; ``preorder`` is the tree.

    An entry of ``preorder`` is -1 for a leaf, or the index of the line of a cut, followed by the tree of the part
    where a x + b y + c <= 0 and the tree of that where it is >= 0. In a certificate it is the trees of the four
    quadrants, one after the other: x <= 0 and y <= 0, x <= 0 and y >= 0, x >= 0 and y <= 0, x >= 0 and y >= 0.
    """

    lines: Sequence
    preorder: Sequence


class TreeRecorder:
    """Collects a tree in preorder, each line once."""

    def __init__(self):
        self._index = {}
        self._preorder = []

    def cut(self, line):
        """Append a cut along the line of an integer form (a, b, c); the trees of both sides have to follow."""
        line = tuple(map(int, line))
        self._preorder.append(self._index.setdefault(line, len(self._index)))

    def leaf(self):
        """Append a leaf."""
        self._preorder.append(-1)

    def graft(self, tree):
        """Append a whole `SplitTree`."""
        index = [self._index.setdefault(line, len(self._index)) for line in tree.lines]
        self._preorder.extend(index[entry] if entry >= 0 else -1 for entry in tree.preorder)

    def tree(self):
        """Return the `SplitTree` collected so far."""
        return SplitTree(tuple(self._index), tuple(self._preorder))
