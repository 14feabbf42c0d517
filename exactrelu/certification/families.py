"""Certificates for every n at once, and of networks for one n, of all constructions: format 2.

The statement has the problem and the programs that make the networks of all n; the evidence says where in them the
values of each class, or term, are. What the theory asks of them a checker finds by itself.
"""

import json

from exactrelu import checker
from exactrelu.certification.atom_family import sum_data, sum_interfaces
from exactrelu.certification.induction.small_network import eta
from exactrelu.certification.programs import Part, texts
from exactrelu.certification.statements import write_text
from exactrelu.field import text
from exactrelu.network.files import network_text
from exactrelu.network.ports import Port
from exactrelu.proof.theories import atoms, small
from exactrelu.proof.theories.one_pass.family import CLOSING, STAGE
from exactrelu.proof.theories.small.family import eps, growth, kappa, states
from exactrelu.scheme import problem_to_json

NAMES = ("start", "stage", "last", "closing")


def write_family(path, problem, proof, sizes, check=True):
    """Write the certificate that the networks of a family equal V^n g of ``problem`` for every n ≥ 1.

    ``proof`` is that of the family, ``sizes`` bound their width and depth, which is stated but of sums of atoms. Unless
    ``check`` is false, the checker has gone through it before. Raises `InputError` if the file cannot be written, and
    `UndecidedError` if the checker is not convinced.
    """
    family, evidence = family_data(proof.examined)
    statement = {"kind": "every", "problem": problem_to_json(problem), "family": family}
    if not isinstance(proof.examined, atoms.Family):
        statement["sizes"] = [sizes.width, sizes.slope, sizes.layers]
    parts = {"format": checker.FORMAT, "statement": statement, "evidence": evidence}
    write_text(path, [json.dumps(parts), "\n"], check)


def write_member(path, problem, n, network, found, check=True):
    """Write the certificate that a network, the `Member` ``found`` of a family, equals V^n g everywhere.

    The checker is told where its blocks end, if its names or marks say so; of one that is not cut it has to follow
    everything at once, which takes more time and memory. See `write_family`.
    """
    statement = {"kind": "iterate", "domain": {}, "problem": problem_to_json(problem), "n": n}
    family, evidence = family_data(found.family)
    if isinstance(found.family, small.Family):
        evidence["eta"] = text(eta(problem, n))
    between = interfaces(n, network, found.family) if found.is_cut else []
    known = evidence | {"family": family} | ({"interfaces": between} if between else {})
    write_text(path, member_text(statement, network, known), check)


def member_text(statement, network, evidence):
    """Yield the text of a certificate about a network, given the JSON objects of statement and evidence."""
    yield f'{{"format": "{checker.FORMAT}",\n"statement": {json.dumps(statement)[:-1]},\n"network": '
    yield from network_text(network)
    yield f'}},\n"evidence": {json.dumps(evidence)}}}\n'


def interfaces(n, network, found):
    """Return the nodes of the flat network between its blocks, as lists in the order of the outputs of the programs.

    They are those that its names or marks say. For a sum of atoms see `sum_interfaces`.
    """
    flat = network.flatten()
    if isinstance(found, atoms.Family):
        return sum_interfaces(n, flat, found)
    inlets = [found.programs[STAGE].inlets] * n + [found.programs[CLOSING].inlets]
    return [[flat.marks[f"0/{k}/{name}"] for name in names] for k, names in enumerate(inlets)]


def family_data(found):
    """Return (the JSON object of a family, that of the evidence for it)."""
    if isinstance(found, atoms.Family):
        return sum_data(found)
    return (_moved_data if isinstance(found, small.Family) else _rows_data)(found)


def _rows_data(found):
    stage, closing = found.programs[STAGE], found.programs[CLOSING]
    outlets = stage.inlets, stage.inlets, closing.inlets, tuple(closing.outlets)
    parts = {
        name: Part(*pair, ("eps", "eta"))
        for name, *pair in zip(NAMES, found.programs.values(), outlets, strict=True)
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


def _moved_data(found):
    """Return the same of a `Family` of small."""
    parameters = (*map(eps, found.letters), *map(kappa, found.letters), "eta")
    inlets = found.stage.inlets
    starts = [(start.first, start.period, Part(start.program, inlets, parameters)) for start in found.starts]
    stage = Part(found.stage, inlets, parameters)
    closing = Part(found.closing, tuple(found.closing.outlets), parameters)
    programs = {
        "starts": [[first, period, part.data()] for first, period, part in starts], "stage": stage.data(),
        "closing": closing.data(),
    }
    family = {"programs": programs, "factor": "1", "base": text(growth(found.problem))}
    evidence = {
        "kind": "family", "corner": [int(entry) for entry in found.corner], "limit": text(found.limit),
        "loops": [_loop(found, axis, stage) for axis in found.axes],
        "classes": [_moved_class(found, k, stage, closing) for k in range(len(found.classes))],
    }
    return family, evidence


def _loop(found, axis, stage):
    """Return the JSON object of the loop of a coordinate."""
    both = found.hats_along(axis), found.early_along(axis)
    curves, early = ([[stage.place(name), texts(own)] for name, own in each.items()] for each in both)
    return {"width": text(found.widths[axis]), "curves": curves, "early": early}


def _moved_class(found, number, stage, closing):
    """Return the JSON object of a class of a `Family` of small."""
    own, readings = found.classes[number], found.readings[number]
    affine = next((reading for reading in readings if not reading.forms), None)
    marks, name = closing.program.marks, f"s{number}"

    def terms(reading):
        return [[closing.ids[unit], text(height)] for unit, height in reading.terms]

    return {
        "shift": texts(own.shift), "lengths": list(own.lengths), "before": own.before,
        "functionals": list(map(_functional, own.functionals)),
        "states": [stage.place(state) for state in states(number, own)],
        "bumps": [closing.mark(f"{name}/seam/{axis}") for axis in found.axes], "seam": closing.mark(f"{name}/seam"),
        "value": closing.mark(f"{name}/value") if f"{name}/value" in marks else None,
        "passed": [
            [closing.ids[unit], text(height), _functional(row)] for unit, (row, height) in found.passed[number].items()
        ],
        "affine": _functional(affine.row) if affine else [], "terms": terms(affine) if affine else [],
        "shapes": [
            {
                "forms": list(map(texts, reading.forms)), "terms": terms(reading),
                "weights": [[*cell, component, text(w)] for (cell, component), w in reading.weights.items()],
            }
            for reading in readings if reading.forms
        ],
    }


def _functional(row):
    """Return the array of the entries of a functional: cell, component, k, weight."""
    return [[*cell, component, k, text(weight)] for ((cell, component), k), weight in row.items()]
