"""Certificates of format 2 as JSON values: what the checker says of them, and an evaluator of its own."""

import json
import re

from exactrelu import checker
from exactrelu.certification.families import family_data
from exactrelu.certification.induction.one_pass_family import programs
from exactrelu.certification.trees import SplitTree
from exactrelu.field import Field, mpq
from exactrelu.network.files import network_text
from exactrelu.scheme import load_problem, problem_to_json


def number_of(word):
    """Return the exact number that an integer or a text stands for, in whatever field; raises `InputError`."""
    root = re.search(r"sqrt\(([0-9]+)\)", str(word))
    return Field(int(root[1]) if root else None).parse(word, "number")


def checked(found):
    """Return the `Answer` to a JSON value."""
    return checker.judged(json.dumps(found).encode, checker.Certificate.check)


def enumerated(problem, n, network, tree=SplitTree((), (-1,) * 4)):
    """Return the certificate that a network equals V^n g, by a tree: by default the quadrants are its leaves."""
    statement = {"kind": "iterate", "domain": {}, "problem": problem_to_json(problem), "n": n}
    statement["network"] = json.loads("".join(network_text(network)))
    evidence = {"kind": "enumeration", "lines": [list(map(int, line)) for line in tree.lines], "tree": [*tree.preorder]}
    return {"format": checker.FORMAT, "statement": statement, "evidence": evidence}


def rows_for_every_n(name):
    """Return the certificate for every n of a built-in problem."""
    problem = load_problem(name)
    family, evidence = family_data(programs(problem).family)
    statement = {"kind": "every", "problem": problem_to_json(problem), "family": family}
    return {"format": checker.FORMAT, "statement": statement, "evidence": evidence}


def converted(certificate):
    """Return the certificate of format 2 with the statement and the evidence of one of format 1, but for its values."""
    statement = {"kind": "iterate", "domain": {}, **{key: certificate[key] for key in ("problem", "n", "network")}}
    if certificate["claim"]["kind"] == "differs":
        statement = {"kind": "refutation", "point": certificate["claim"]["point"], "of": statement}
    return {"format": checker.FORMAT, "statement": statement, "evidence": certificate["evidence"]}


def family_value(family, dilations, n, point):
    """Return the value of the network for n of a family of functionals, given by its JSON object, at a point."""
    powers = [mpq(M) ** n for M in dilations]
    own = number_of(family["factor"]) / number_of(family["base"]) ** n
    parameters, programs = [*(1 / power for power in powers), *powers, own], family["programs"]
    start = next(part for k, m, part in programs["starts"] if n == k or m and n > k and (n - k) % m == 0)
    for program in (start, *[programs["stage"]] * n, programs["closing"]):
        point = outputs(program, [*point, *parameters])
    return point[0] / own


def outputs(part, values):
    """Return the outputs of the JSON object of a network, or of a program whose parameters are the last ``values``."""
    found = list(values)
    for node in part["nodes"]:
        if node["op"] == "relu":
            found.append(max(0, found[node["of"]]))
        elif node["op"] == "times":
            found.append(found[node["by"]] * found[node["of"]])
        else:
            found.append(sum(number_of(w) * found[k] for k, w in node["terms"]) + number_of(node["bias"]))
    return [found[k] for k in part["outputs"]]


def numbers_of(value, path=()):
    """Yield the paths of all numbers in a JSON value."""
    for key, inner in value.items() if isinstance(value, dict) else enumerate(value):
        if isinstance(inner, (dict, list)):
            yield from numbers_of(inner, (*path, key))
        elif key not in ("op", "name", "format", "kind") and inner is not None:
            yield (*path, key)
