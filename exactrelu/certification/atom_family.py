"""The families of the constructions compact and paper as certificates of format 2 have them: sums of atoms.

Each term is a composition of programs; the evidence says where in them the values of its cascades are, and what its
atom is. What the theory asks of them a checker finds by itself.
"""

import json

from exactrelu.certification.programs import Part, texts
from exactrelu.field import text
from exactrelu.network.program import Program, Times, references
from exactrelu.proof.kernel import Unproved
from exactrelu.proof.theories.atoms.family import SPREAD, renumbered


def sum_data(found):
    """Return (the JSON object of a `Family` of sums of atoms for all n, that of the evidence for it)."""
    programs, terms, proofs = Programs(), [], []
    for term in found.terms:
        numbers, spread = programs.of(term)
        terms.append(numbers | {"factor": text(term.factor), "base": text(term.base)})
        proofs.append(proof_data(term, spread))
    evidence = {
        "kind": "family", "corner": [int(entry) for entry in found.corner], "lengths": list(found.problem.size),
        "terms": proofs,
    }
    return {"programs": programs.entries, "terms": terms}, evidence


class Programs:
    """The JSON objects ``entries`` of the programs of terms; equal ones stand there once."""

    def __init__(self):
        self.entries, self._known, self._numbers = [], {}, {}

    def of(self, term):
        """Return ({name: number of the program of a `Term`}, the `Part` that readout and spread block are).

        That has marks, for each cascade the node that is h.
        """
        transport, stage, last = term.transports[0].block.program, term.stages[0].block.program, term.last.program
        first, second = transport.inlets, stage.inlets
        blocks = {
            "start": (first, term.start.program), "transport": (first, transport),
            "spread": (second, term.readout.program, term.spread.program), "stage": (second, stage),
            "last": (tuple(last.outlets), last),
        }
        found = {name: self._part(term, *block) for name, block in blocks.items()}
        return {name: number for name, (number, _) in found.items()}, found["spread"][1]

    def _part(self, term, outlets, *programs):
        """Return (its number, `Part`) of a program, or of two, one after the other."""
        key = tuple(map(id, programs))
        if key not in self._known:
            *first, last = programs
            whole = composed(*first, last._replace(marks=heights(term.spread))) if first else last
            part = Part(whole, outlets, ("eps", "zeta"))
            found = part.data()
            number = self._numbers.setdefault(json.dumps(found), len(self.entries))
            if number == len(self.entries):
                self.entries.append(found)
            self._known[key] = number, part
        return self._known[key]


def composed(first, second):
    """Return the program of two, the one without parameters first; the inner nodes of the second are at its end."""
    count = len(first.inlets)
    shift = len(second.parameters)
    ids = [k if k < count else k + shift for k in range(count + len(first.nodes))]
    nodes = [renumbered(node, ids) for node in first.nodes]
    own = [ids[first.outlets[name]] for name in second.inlets] + list(range(count, count + shift))
    for node in second.nodes:
        nodes.append(renumbered(node, own))
        own.append(count + shift + len(nodes) - 1)
    outlets, marks = ({name: own[node] for name, node in named.items()} for named in (second.outlets, second.marks))
    return Program(first.inlets, second.parameters, tuple(nodes), outlets, marks)


def proof_data(term, spread):
    """Return the JSON object of the evidence for a `Term`; ``spread`` is the `Part` of its readout and spread block."""
    before, after = term.readout.before, term.stages[0].block.before
    names = sorted(term.lines, key=term.lines.__getitem__)
    atom, *_ = term.atoms.values()
    function = atom.function()
    return {
        "shift": texts(term.shift), "carried": [before.carried[axis] for axis in "xy"],
        "lines": [
            [*term.lines[name], *before.loops[name], *after.loops[name], after.digits[name]] for name in names
        ],
        "cascades": [
            {
                "lines": list(map(names.index, pair)), "value": spread.mark(pair),
                "states": [[*state, place] for state, place in sorted(after.rows[pair].items())],
            }
            for pair in term.rows
        ],
        "atom": {
            "vertices": list(map(texts, function.vertices)), "triangles": list(map(list, function.triangles)),
            "values": texts(function.values),
        },
        "patches": [[*patch, text(weight)] for patch, weight in sorted(term.weights.items()) if weight],
    }


def heights(spread):
    """Return {cascade: node} of a spread block: the number h that its rows of the cascade are multiples of.

    It is made of the branches of this cascade alone. Raises `Unproved` if there is none.
    """
    program, found = spread.program, {}
    places = {place: cascade for cascade, branches in spread.before.branches.items() for place in branches}
    owners = [{places.get(k)} for k in range(program.inputs)]
    for node in program.nodes:
        owners.append(set().union(*(owners[source] for source in references(node))))
        if type(node) is Times and len(owners[node.of]) == 1:
            (cascade,) = owners[node.of]
            found.setdefault(cascade, node.of)
    missing = spread.after.rows.keys() - found.keys()
    if missing:
        raise Unproved(SPREAD, f"no number is made of the branches of the cascade {min(missing)}")
    return {cascade: found[cascade] for cascade in spread.after.rows}


def sum_interfaces(n, flat, found):
    """Return, for each term of a `Family`, lists of nodes of a flat network for n: the outputs of its programs.

    The last one has the node that the term gives; there are no lists if the output is not the sum of one for each term.
    """
    (end,) = flat.outputs
    ends = [end] if len(found.terms) == 1 else sorted(references(flat.nodes[end - flat.inputs]))
    if len(ends) != len(found.terms):
        return []
    nodes = []
    for index, (term, end) in enumerate(zip(found.terms, ends, strict=True)):
        first, second = term.readout.program.inlets, term.last.program.inlets
        inlets = {k: first for k in range(n + 1)} | {k: second for k in range(n + 2, 2 * n + 2)}
        nodes.append([*([flat.marks[f"{index}/{k}/{name}"] for name in names] for k, names in inlets.items()), [end]])
    return nodes
