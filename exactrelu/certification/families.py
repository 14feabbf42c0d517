"""Certificates for every n at once, of the construction one-pass: ``exactrelu-certificate/2``.

The statement has the problem and the four programs that make the networks of all n; the evidence says where in them the
rows, selectors and controllers of each shift class are. What the theory asks of them a checker finds by itself.
"""

from exactrelu.certification.induction.one_pass_family import programs
from exactrelu.field import text
from exactrelu.network.dag import Relu
from exactrelu.network.ports import AXES, ROW, Port, port
from exactrelu.network.program import Times
from exactrelu.scheme import problem_to_json

NAMES = ("start", "stage", "last", "closing")


def family_statement(problem):
    """Return (the JSON object of the family of a problem, that of the evidence); raises `Unproved` without one."""
    found = programs(problem).family
    inlets = [("x", "y"), *(program.inlets for program in list(found.programs.values())[1:]), ("value",)]
    names = [(*inlets[1],), (*inlets[1],), (*inlets[3],), ("value",)]
    parts = {
        name: _Part(program, outlets) for name, program, outlets in zip(NAMES, found.programs.values(), names, strict=True)
    }
    family = {
        "programs": {name: part.data() for name, part in parts.items()},
        "factor": text(found.factor), "base": text(found.base),
    }
    evidence = {
        "kind": "family", "width": text(found.width), "corner": [int(entry) for entry in found.corner],
        "classes": [_class(shift_class, parts) for shift_class in found.classes],
    }
    return family, evidence


class _Part:
    """A program as the format has it: the nodes of eps and eta follow its inputs, whether it has them or not."""

    def __init__(self, program, outlets):
        self.program, self.outlets, self.size = program, outlets, len(program.inlets)
        names = (*program.inlets, "eps", "eta")
        own = [names.index(name) for name in (*program.inlets, *program.parameters)]
        self.ids = [*own, *range(len(names), len(names) + len(program.nodes))]

    def data(self):
        """Return the JSON object."""
        outputs = [self.ids[self.program.outlets[name]] for name in self.outlets]
        return {"inputs": self.size, "nodes": [self._node(node) for node in self.program.nodes], "outputs": outputs}

    def _node(self, node):
        if type(node) is Relu:
            return {"op": "relu", "of": self.ids[node.of]}
        if type(node) is Times:
            return {"op": "times", "by": self.ids[node.parameter], "of": self.ids[node.of]}
        terms = [[self.ids[source], text(weight)] for source, weight in node.terms]
        return {"op": "affine", "terms": terms, "bias": text(node.bias)}

    def place(self, name):
        """Return the place of an input of that name."""
        return self.program.inlets.index(name)

    def mark(self, name):
        """Return the node of a mark."""
        return self.ids[self.program.marks[name]]

    def rows(self, index):
        """Return the arrays i, j, sign, p, pu, pv of the rows of a class among the inputs."""
        found = {}
        for k, name in enumerate(self.program.inlets):
            known = port(name)
            if known is not None and known.index == index and known.kind in ROW:
                found.setdefault(known.place, {})[known.kind] = k
        return [[*state, *(row[kind] for kind in ROW)] for state, row in sorted(found.items())]


def _class(shift_class, parts):
    """Return the JSON object of a shift class."""
    index, stage, closing = shift_class.index, parts["stage"], parts["closing"]

    def place(part, kind, *rest):
        return part.place(str(Port(index, kind, rest)))

    cells = [
        [
            [i, *(parts["start"].mark(shift_class.mark(kind, axis, i)) for kind in ("cell", "residual"))]
            for i in range(length) if shift_class.mark("cell", axis, i) in parts["start"].program.marks
        ]
        for axis, length in enumerate(shift_class.lengths)
    ]
    return {
        "shift": text(shift_class.shift), "lengths": list(shift_class.lengths), "rows": stage.rows(index),
        "digits": [place(stage, "chi1", axis) for axis in range(2)],
        "loops": [[place(stage, "z", axis, entry) for entry in range(2)] for axis in range(2)],
        "cells": cells,
        "bumps": [parts["last"].mark(shift_class.mark("seam", axis)) for axis in range(2)],
        "read": closing.rows(index), "seam": place(closing, "seam"), "value": closing.mark(str(Port(index, "value"))),
    }
