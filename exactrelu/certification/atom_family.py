"""Certificates for every n at once, and of networks for one n, of the constructions compact and paper: format 2.

Each term is a composition of programs of its own; the evidence says where in them the values of its cascades are, and
what its atom is. What the theory asks of them a checker finds by itself.
"""

from exactrelu.certification.programs import Part, texts
from exactrelu.field import text

PARAMETERS = ("eps", "zeta")


class Terms:
    """The JSON objects of the terms of a `Family`: equal programs and atoms of several terms stand there once."""

    def __init__(self, family):
        self.family, self.programs, self.atoms = family, [], []
        self.entries, self.evidence = zip(*map(self._term, family.terms)) if family.terms else ((), ())

    def _term(self, term):
        """Return the (JSON object of a term, that of the evidence for it)."""
        blocks = [term.start, term.transports[0].block, term.readout, term.spread, term.stages[0].block, term.last]
        outlets = [*(block.program.inlets for block in blocks[1:]), tuple(term.last.program.outlets)]
        # a transport and a stage lead to themselves as well
        parts = [Part(block.program, own, PARAMETERS) for block, own in zip(blocks, outlets, strict=True)]
        programs = [self._number(self.programs, part.data()) for part in parts]
        entry = {"programs": programs, "factor": text(term.factor), "base": text(term.base)}
        transport, readout, spread, stage = (block.before for block in blocks[1:5])
        names = sorted(term.lines, key=term.lines.__getitem__)

        def cascade(pair):
            """Return the JSON object of a cascade."""
            value = [[parts[3].ids[node], text(weight)] for node, weight in term.readers[pair]]
            rows = [[*state, node] for state, node in sorted(stage.rows[pair].items())]
            return {
                "lines": list(map(names.index, pair)), "branches": spread.branches[pair], "value": value, "rows": rows,
                "atom": self._number(self.atoms, atom_data(term.atoms[pair])),
            }

        return entry, {
            "shift": texts(term.shift), "width": text(term.width), "least": text(term.kept("low")),
            "most": text(term.kept("high")), "lines": [list(term.lines[name]) for name in names],
            "loops": [list(transport.loops[name]) for name in names],
            "copies": [transport.carried[axis] for axis in "xy"],
            "carried": [spread.carried[axis] for axis in "xy"],
            "digits": [stage.digits[name] for name in names], "again": [list(stage.loops[name]) for name in names],
            "patches": [[*patch, text(weight)] for patch, weight in sorted(term.weights.items()) if weight],
            "cascades": list(map(cascade, term.rows)),
        }

    def _number(self, known, entry):
        """Return the number of an entry among those that are known, with it from then on."""
        if entry not in known:
            known.append(entry)
        return known.index(entry)


def atom_data(atom):
    """Return the JSON object of an `Atom`, as that of a seed."""
    function = atom.function()
    return {
        "vertices": [texts(point) for point in function.vertices],
        "triangles": [list(corners) for corners in function.triangles], "values": texts(function.values),
    }


def family_data(found):
    """Return (the JSON object of a family, that of the evidence for it)."""
    terms = Terms(found)
    family = {"programs": terms.programs, "terms": list(terms.entries)}
    evidence = {
        "kind": "family", "corner": [int(entry) for entry in found.corner], "atoms": terms.atoms,
        "terms": list(terms.evidence),
    }
    if found.terms:
        evidence["one"] = text(found.one["eps"])
    return family, evidence
