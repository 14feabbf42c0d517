"""The project's two independent transition matrices behind one interface: {(target, source): entry}, patches from 1."""

from typing import NamedTuple

from exactrelu.construction import recursion
from exactrelu.refinement import transition


class Window(NamedTuple):
    """What `exactrelu.refinement.transition` reads of a problem; coefficients of ``mask`` may be symbols."""

    mask: dict
    size: tuple

    def normalized(self):
        """Return the problem itself: its window starts at (0, 0)."""
        return self, (0, 0)


def specified_matrix(mask, lengths, q):
    """Return T_q as the specification makes it."""
    window = Window(mask, lengths)
    indices = transition.patches(window)
    rows = transition.transition_matrix(window, q)
    return {
        (target, source): entry
        for target, row in zip(indices, rows, strict=True)
        for source, entry in zip(indices, row, strict=True)
        if entry
    }


def constructed_matrix(mask, lengths, q):
    """Return T_q as the constructions make it."""
    return {
        tuple((i + 1, j + 1) for i, j in pair): entry
        for pair, entry in recursion.transition_matrix(mask, lengths, q).items()
    }


MATRICES = {"specification": specified_matrix, "constructions": constructed_matrix}
