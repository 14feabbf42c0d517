"""Families of sums of atoms as certificates: made from the programs of the constructions compact and paper."""

from format_2 import outputs

from exactrelu import checker
from exactrelu.construction.choices import DEFAULT
from exactrelu.field import mpq, text
from exactrelu.network.dag import Relu
from exactrelu.network.program import Times, references
from exactrelu.proof.theories.atoms.names import atom_layout
from exactrelu.scheme import problem_to_json

NAMES = ("start", "transport", "spread", "stage", "last")


def certificate(problem, construction):
    """Return the JSON object of the certificate that a construction equals V^n g for every n."""
    family, evidence = family_of(problem, construction)
    statement = {"kind": "every", "problem": problem_to_json(problem), "family": family}
    return {"format": checker.FORMAT, "statement": statement, "evidence": evidence}


def family_of(problem, construction):
    """Return the JSON objects of the family and of the evidence."""
    normal, corner = problem.normalized()
    programs, terms, found = [], [], []
    atoms = [members.atom for members in construction.classes_of(normal, DEFAULT)]
    for made, atom in zip(construction.programs(problem), atoms, strict=True):
        numbers = {}
        spread = composed(made.readout, made.spread)
        for name, program in zip(NAMES, (made.start, made.transport, spread, made.stage, made.last), strict=True):
            data = program_data(program)
            if data not in programs:
                programs.append(data)
            numbers[name] = programs.index(data)
        terms.append({**numbers, "factor": text(made.factor), "base": text(made.base)})
        found.append(term_evidence(made, spread, atom, [int(length) for length in normal.size]))
    evidence = {
        "kind": "family", "corner": [int(entry) for entry in corner],
        "lengths": [int(length) for length in normal.size], "terms": found,
    }
    return {"programs": programs, "terms": terms}, evidence


def composed(first, second):
    """Return (inlets, parameters, nodes, outputs): two programs one after the other, with eps and zeta."""
    inlets, size = first.inlets, len(first.inlets)
    nodes, names = [], (*first.inlets, "eps", "zeta")
    ids = [names.index(name) for name in (*first.inlets, *first.parameters)]
    for program in (first, second):
        if program is second:
            ends = [ids[first.outlets[name]] for name in second.inlets]
            ids = ends + [names.index(name) for name in second.parameters]
        for node in program.nodes:
            ids.append(size + 2 + len(nodes))
            nodes.append((node, tuple(ids[source] for source in references(node))))
    return inlets, nodes, {name: ids[node] for name, node in second.outlets.items()}


def program_data(program):
    """Return the JSON object of a program, or of two that are `composed`."""
    if not isinstance(program, tuple) or hasattr(program, "inlets"):
        names = (*program.inlets, "eps", "zeta")
        ids = [names.index(name) for name in (*program.inlets, *program.parameters)]
        ids += range(len(names), len(names) + len(program.nodes))
        nodes = [(node, tuple(ids[source] for source in references(node))) for node in program.nodes]
        program = program.inlets, nodes, {name: ids[node] for name, node in program.outlets.items()}
    inlets, nodes, outlets = program
    found = []
    for node, sources in nodes:
        if type(node) is Relu:
            found.append({"op": "relu", "of": sources[0]})
        elif type(node) is Times:
            found.append({"op": "times", "by": sources[0], "of": sources[1]})
        else:
            terms = {}
            for source, (_, weight) in zip(sources, node.terms, strict=True):
                terms[source] = terms.get(source, 0) + weight
            terms = [[source, text(weight)] for source, weight in terms.items() if weight]
            found.append({"op": "affine", "terms": terms, "bias": text(node.bias)})
    return {"inputs": len(inlets), "nodes": found, "outputs": list(outlets.values())}


def term_evidence(made, spread, atom, lengths):
    """Return the JSON object of the evidence for a term."""
    first = atom_layout(made.transport.inlets, range(len(made.transport.inlets)), "test")
    second = atom_layout(made.stage.inlets, range(len(made.stage.inlets)), "test")
    numbers = {name: k for k, name in enumerate(first.loops)}
    lines = []
    for name, pair in first.loops.items():
        axis = "xy".index(name[0])
        begin, length = (int(name[1:]), 1) if name[1:] else (0, lengths[axis])
        lines.append([axis, begin, length, *pair, *second.loops[name], second.digits[name]])
    cascades = []
    for names, row in second.rows.items():
        loops = {place for name in names for place in first.loops[name]}
        cascades.append({
            "lines": [numbers[name] for name in names], "value": value_node(spread, loops),
            "states": [[*state, place] for state, place in row.items()],
        })
    corners = sorted({corner for triangle in atom.triangles for corner in triangle})
    seed = {
        "vertices": [[text(x), text(y)] for x, y, _ in corners], "values": [text(h) for _, _, h in corners],
        "simplices": [[corners.index(corner) for corner in triangle] for triangle in atom.triangles],
    }
    return {
        "shift": [text(entry) for entry in made.shift], "carried": [first.carried["x"], first.carried["y"]],
        "lines": lines, "cascades": cascades, "atom": seed,
        "patches": [[*patch, text(weight)] for patch, weight in made.coefficients.items()],
    }


def value_node(spread, loops):
    """Return the node of the product of eps and what is made of these inputs alone."""
    inlets, nodes, _ = spread
    size = len(inlets)
    reads = [{k} for k in range(size)] + [set(), set()]
    for _, sources in nodes:
        reads.append(set().union(*(reads[source] for source in sources)))
    return next(
        of for node, (by, of) in ((node, sources) for node, sources in nodes if type(node) is Times)
        if by == size and reads[of] == loops
    )


def value(family, n, point):
    """Return the value of the network for n of a family, given by its JSON object, at a point."""
    sums = mpq(0)
    for term in family["terms"]:
        start, transport, spread, stage, last = (family["programs"][term[name]] for name in NAMES)
        eps, zeta = mpq(1, 2**n), 1 / mpq(term["base"]) ** n
        values = point
        for program in (start, *[transport] * n, spread, *[stage] * (n - 1), last):
            values = outputs(program, [*values, eps, zeta])
        sums += values[0] / (mpq(term["factor"]) * eps * zeta)
    return sums
