"""The families of the constructions compact and paper as certificates of format 2 have them: sums of atoms.

Each term is a composition of programs; the evidence says where in them the values of its cascades are, and what its
atom is. What the theory asks of them a checker finds by itself.
"""

from exactrelu.certification.programs import Part, texts
from exactrelu.field import text
from exactrelu.network.program import Program, Times, references
from exactrelu.proof.kernel import Unproved
from exactrelu.proof.theories.atoms.family import SPREAD, renumbered


def sum_data(found):
    """Return (the JSON object of a `Family` of sums of atoms for all n, that of the evidence for it)."""
    programs, terms, proofs = [], [], []
    for term in found.terms:
        made = parts(term)
        terms.append(
            {name: number(programs, part.data()) for name, part in made.items()}
            | {"factor": text(term.factor), "base": text(term.base)}
        )
        proofs.append(proof_data(term, made["spread"]))
    evidence = {
        "kind": "family", "corner": [int(entry) for entry in found.corner], "lengths": list(found.problem.size),
        "terms": proofs,
    }
    return {"programs": programs, "terms": terms}, evidence


def number(known, entry):
    """Return the number of an entry among those that are known, with it from then on."""
    if entry not in known:
        known.append(entry)
    return known.index(entry)


def parts(term):
    """Return {name: `Part`} of the programs of a `Term`; readout and spread block are one, with marks of cascades."""
    stage = term.stages[0].block.program
    marks = {cascade: value_of(term.spread, cascade) for cascade in term.rows}
    made = {
        "start": term.start.program, "transport": term.transports[0].block.program,
        "spread": composed(term.readout.program, term.spread.program._replace(marks=marks)), "stage": stage,
        "last": term.last.program,
    }
    first, second = made["transport"].inlets, stage.inlets
    outlets = first, first, second, second, tuple(term.last.program.outlets)
    return {
        name: Part(program, own, ("eps", "zeta")) for (name, program), own in zip(made.items(), outlets, strict=True)
    }


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


def value_of(spread, cascade):
    """Return the node of a spread block that its rows of a cascade are multiples of: what is made of branches alone."""
    program, branches = spread.program, set(spread.before.branches[cascade])
    owners = [{k} for k in range(program.inputs)]
    for node in program.nodes:
        owners.append(set().union(*(owners[source] for source in references(node))))
        if type(node) is Times and owners[node.of] and owners[node.of] <= branches:
            return node.of
    raise Unproved(SPREAD, f"no number is made of the branches of the cascade {cascade}")
