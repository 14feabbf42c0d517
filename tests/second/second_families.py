"""Families, for the second checker of certificates of format 2, written from section 7 of docs/certificate.md alone.

Here they are read, and it is decided which theory is about one: `second_functionals`, `second_steps` and
`second_closing` have section 7.2, `second_row_classes` and `second_one_pass` 7.1, `second_atoms` 7.5.
"""

from collections import namedtuple

from second_atoms import OF_ATOMS, AtomTheory, read_atom_family, read_atoms
from second_closing import check_closing
from second_files import integer, items, keyed, need, rational, read_node
from second_functionals import Theory, check_numbers, read_functionals
from second_members import read_member
from second_one_pass import (
    check_cells, check_growth, check_orbits, check_reading, check_row_seams, check_row_steps, check_rows,
)
from second_row_classes import RowTheory, check_row_numbers, read_rows
from second_steps import check_nothing, check_stages_of_loops, check_starts, check_steps

# starts: [(first n, period, program)]; last is the stage in a family of functionals
Family = namedtuple("Family", "of_rows starts stage last closing factor base")


class Program:
    """A program: nodes are as in `second_programs.follow`, but a product has the place of its parameter."""

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


def read_family(value, problem, least):
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
        starts = []
        for first, period, program in (items(start, 3) for start in items(programs["starts"])):
            program = Program(program, root, 2 * d + 1, d, stage.inputs)
            starts.append((integer(first, least, 1000), integer(period, 0, 1000), program))
    factor, base = (rational(value[key], root) for key in ("factor", "base"))
    return Family(of_rows, starts, stage, last, closing, factor, base)


def read_theory(problem, family, evidence, member=None, least=None):
    """Return (what the evidence claims of a family, η or None).

    ``member`` is (n, network) where it is about one network; ``least`` the least n where it is part of a reduction.
    """
    need(isinstance(family, dict), "a family")
    need(isinstance(evidence, dict) and evidence.get("kind") == "family", "kind of evidence")
    of_plane = problem.dimension == 2 and problem.root is None and least is None
    if "terms" in family:
        need(of_plane, "a family of sums of atoms")
        read, family = read_atoms, read_atom_family(family, lambda program: Program(program, None, 2))
    else:
        family = read_family(family, problem, 1 if least is None else least)
        need(of_plane or not family.of_rows, "a family of rows")
        read = read_rows if family.of_rows else read_functionals
    evidence, eta = read_member(evidence, family, *member, problem.root) if member else (evidence, None)
    return read(problem, family, evidence), eta


def prove_theory(theory):
    """Raise `Unproved` unless for all n the network of the family is V^n g."""
    for check in {RowTheory: OF_ROWS, Theory: OF_FUNCTIONALS, AtomTheory: OF_ATOMS}[type(theory)]:
        check(theory)


OF_ROWS = (
    check_row_numbers, check_orbits, check_cells, check_rows, check_row_steps, check_growth, check_row_seams,
    check_reading,
)
OF_FUNCTIONALS = (check_numbers, check_nothing, check_stages_of_loops, check_steps, check_closing, check_starts)
