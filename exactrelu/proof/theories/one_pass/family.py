"""The networks of one-pass for all n, as what the theory speaks of: four programs, shift classes, and numbers."""

from typing import NamedTuple

from exactrelu.field import Rational, mpq
from exactrelu.network.ports import AXES, ROW, Port, port
from exactrelu.proof.forms import key, scaled
from exactrelu.proof.kernel import Unproved
from exactrelu.proof.target import State, Target, moved_target
from exactrelu.proof.theories.common import named_node

EPS, ETA = key("eps"), key("eta")
"""The parameters as forms: ε = 2⁻ⁿ and η = c/ρⁿ."""

BLOCKS = START, STAGE, LAST, CLOSING = "B_0", "B_1 = ... = B_(n-1)", "B_n", "B_(n+1)"
"""How the blocks are called."""


class ShiftClass(NamedTuple):
    """A shift class: the grid of ``lengths`` cells starts at the corner of the problem's window minus shift · 2⁻ⁿ."""

    index: int
    shift: Rational
    lengths: tuple
    target: Target

    def rows(self, nodes):
        """Return {state: (p, pu, pv)}, the nodes of the rows, given {name: node}."""
        found = {}
        for name, node in nodes.items():
            known = port(name)
            if known is not None and known.index == self.index and known.kind in ROW:
                found.setdefault(State(*known.place), {})[known.kind] = node
        return {state: tuple(row[kind] for kind in ROW) for state, row in sorted(found.items())}

    def loop(self, nodes, axis):
        """Return the nodes (p, q) of the controller of a coordinate, given {name: node}."""
        return tuple(self._node(nodes, "z", axis, entry) for entry in (0, 1))

    def digit(self, nodes, axis):
        """Return the node of the selector of a coordinate, given {name: node}."""
        return self._node(nodes, "chi1", axis)

    def seam(self, nodes):
        """Return the node of the seam deficiency, given {name: node}."""
        return self._node(nodes, "seam")

    def value(self, nodes):
        """Return the node of the value y that is read off the rows, given {name: node}."""
        return self._node(nodes, "value")

    def _node(self, nodes, kind, *place):
        name = str(Port(self.index, kind, place))
        if name not in nodes:
            raise Unproved("the family", f"there is no value {name}")
        return nodes[name]

    def mark(self, kind, axis, *rest):
        """Return the name of a marked value, such as "s0/cell/x/2"."""
        return "/".join([f"s{self.index}", kind, AXES[axis], *map(str, rest)])


class Family(NamedTuple):
    """What is to be proved: the programs compute V^n g of ``problem`` for ε = 2⁻ⁿ, η = ``factor`` / ``base`` ⁿ, n ≥ 1.

    ``problem`` is normalized: its window is [0, L_1] × [0, L_2]; ``corner`` is where that lies in the coordinates of
    the user. ``width`` is w of the seams.
    """

    problem: object
    corner: tuple
    classes: tuple
    programs: dict
    width: Rational
    factor: Rational
    base: Rational

    def node(self, block, name):
        """Return the node of a block that is called so, an input, parameter, or mark; raises `Unproved` without it."""
        return named_node(self.programs[block], name, block)

    @property
    def delta(self):
        """The form δ = wε."""
        return scaled(EPS, self.width)


def family(problem, shifts, programs, width, factor, base):
    """Return the `Family` of a problem, given {class: (shift, lengths)} and the programs start, stage, last, closing.

    Raises `Unproved` for a class whose window does not hold the seed.
    """
    normal, corner = problem.normalized()
    classes = []
    for index, (shift, lengths) in shifts.items():
        target, reason = moved_target(normal, (shift, shift), lengths)
        if target is None:
            raise Unproved("the family", f"class {index}: {reason}")
        classes.append(ShiftClass(index, mpq(shift), tuple(lengths), target))
    named = dict(zip(BLOCKS, programs, strict=True))
    return Family(normal, corner, tuple(classes), named, width, factor, base)
