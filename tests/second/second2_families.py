"""Every n, for the second checker of certificates of format 2, written from section 7 of docs/certificate.md alone.

Here families are read, and it is decided which theory is about one: `second2_functionals`, `second2_steps` and
`second2_closing` have section 7.2, `second2_one_pass` has 7.1, `second2_members` 7.3.
"""

from collections import namedtuple

from second2_closing import check_closing
from second2_files import integer, items, keyed, need, rational, read_node
from second2_functionals import check_numbers, read_functionals
from second2_members import check_layers, check_parts_of_member
from second2_one_pass import (
    check_cells, check_growth, check_orbits, check_reading, check_row_seams, check_row_steps, check_rows,
)
from second2_programs import require
from second2_row_classes import check_row_numbers, read_rows
from second2_steps import check_nothing, check_stages_of_loops, check_starts, check_steps

# starts: [(first n, period, program)]; last is the stage in a family of functionals
Family = namedtuple("Family", "starts stage last closing factor base")


class Program:
    """A program: nodes are as in `second2_programs.follow`, but a product has the place of its parameter."""

    def __init__(self, value, root, parameters, inputs=None, outputs=None):
        keyed(value, "inputs", "nodes", "outputs")
        self.inputs, self.parameters = integer(value["inputs"], 0), parameters
        need(inputs in (None, self.inputs), "a program has another number of inputs than what is before it has outputs")
        self.nodes = [None] * (self.inputs + parameters)
        for node in items(value["nodes"]):
            self.nodes.append(self.read(node, len(self.nodes), root))
        self.outputs = [integer(node, 0, len(self.nodes) - 1) for node in items(value["outputs"], outputs)]

    def read(self, value, earlier, root):
        if isinstance(value, dict) and value.get("op") == "times":
            keyed(value, "op", "by", "of")
            by = integer(value["by"], self.inputs, self.inputs + self.parameters - 1)
            return "times", by, integer(value["of"], 0, earlier - 1)
        node = read_node(value, earlier, root)
        return ("relu", node) if isinstance(node, int) else ("affine", *node)

    def with_symbols(self, symbols):
        """Return the nodes, with a name or a number for each parameter in products."""
        return [
            (node[0], symbols[node[1] - self.inputs], node[2]) if node and node[0] == "times" else node
            for node in self.nodes
        ]


def read_family(value, problem):
    """Return (family, whether it is one of rows)."""
    keyed(value, "programs", "factor", "base")
    programs, d, root = value["programs"], problem.dimension, problem.root
    need(isinstance(programs, dict), "programs")
    of_rows = "start" in programs
    if of_rows:
        keyed(programs, "start", "stage", "last", "closing")
        closing = Program(programs["closing"], root, 2, outputs=1)
        last = Program(programs["last"], root, 2, outputs=closing.inputs)
        stage = Program(programs["stage"], root, 2, inputs=last.inputs, outputs=last.inputs)
        starts = [(1, 1, Program(programs["start"], root, 2, d, stage.inputs))]
    else:
        keyed(programs, "starts", "stage", "closing")
        closing = Program(programs["closing"], root, 2 * d + 1, outputs=1)
        stage = last = Program(programs["stage"], root, 2 * d + 1, closing.inputs, closing.inputs)
        starts = [
            (integer(first, 1, 1000), integer(period, 0, 1000), Program(program, root, 2 * d + 1, d, stage.inputs))
            for first, period, program in (items(start, 3) for start in items(programs["starts"]))
        ]
    return Family(starts, stage, last, closing, rational(value["factor"], root), rational(value["base"], root)), of_rows


def read_theory(problem, family, evidence):
    """Return (theory, whether it is that of rows)."""
    family, of_rows = read_family(family, problem)
    need(evidence.get("kind") == "family", "kind of evidence")
    require(len(problem.first) + len(problem.repeat) == 1 and not problem.source, "a mask that varies, or a source")
    diagonal = all(not entry or i == j for i, row in enumerate(problem.dilation) for j, entry in enumerate(row))
    require(diagonal and all(2 <= row[i] <= 64 for i, row in enumerate(problem.dilation)), "dilation")
    need(not of_rows or problem.root is None, "families of rows are for problems without a field")
    if of_rows:
        return read_rows(problem, family, evidence), of_rows
    return read_functionals(problem, family, evidence), of_rows


def check_every(problem, family, sizes, evidence):
    """Raise `Unreadable` or `Unproved` unless the evidence proves that the network for n is V^n g, for all n >= 1."""
    if sizes is not None:
        sizes = [integer(entry) for entry in items(sizes, 3)]
    theory, of_rows = read_theory(problem, family, evidence)
    prove_theory(theory, of_rows)
    if sizes is not None:
        check_layers(theory, of_rows, *sizes)


def check_member(problem, n, network, evidence):
    """Raise `Unreadable` or `Unproved` unless the evidence proves that the network is one of a family, V^n g."""
    need("family" in evidence, "no family")
    own = "family", "eta", "interfaces"
    theory, of_rows = read_theory(problem, evidence["family"], {k: v for k, v in evidence.items() if k not in own})
    need(not of_rows or "eta" not in evidence, "eta in a family of rows")
    read_interfaces(evidence.get("interfaces"), theory.family, n, network)
    eta = rational(evidence["eta"], problem.root) if "eta" in evidence else None
    prove_theory(theory, of_rows)
    check_parts_of_member(theory, of_rows, n, network, eta)


def read_interfaces(value, family, n, network):
    """Read what is of use to checkers that compare block by block; this one compares all at once."""
    if value is not None:
        counts = [family.stage.inputs] * n + [family.closing.inputs]
        for nodes, count in zip(items(value, n + 1), counts):
            for node in items(nodes, count):
                integer(node, 0, len(network.nodes) - 1)


def prove_theory(theory, of_rows):
    for check in OF_ROWS if of_rows else OF_FUNCTIONALS:
        check(theory)


OF_ROWS = (
    check_row_numbers, check_orbits, check_cells, check_rows, check_row_steps, check_growth, check_row_seams,
    check_reading,
)
OF_FUNCTIONALS = (check_numbers, check_nothing, check_stages_of_loops, check_steps, check_closing, check_starts)
