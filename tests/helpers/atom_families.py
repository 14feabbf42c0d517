"""Families of sums of atoms as certificates, those of the constructions compact and paper, and their values."""

from format_2 import outputs

from exactrelu import checker
from exactrelu.certification.atom_family import sum_data
from exactrelu.certification.induction.atoms import programs
from exactrelu.field import mpq
from exactrelu.scheme import problem_to_json

NAMES = ("start", "transport", "spread", "stage", "last")


def certificate(problem, construction):
    """Return the JSON object of the certificate that a construction equals V^n g for every n."""
    family, evidence = family_of(problem, construction)
    statement = {"kind": "every", "problem": problem_to_json(problem), "family": family}
    return {"format": checker.FORMAT, "statement": statement, "evidence": evidence}


def family_of(problem, construction):
    """Return the JSON objects of the family and of the evidence."""
    return sum_data(programs(problem, construction).family)


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


def interfaces(network, n):
    """Return, for each term of a `Sum`, the nodes of the flat network that the outputs of its programs stand for."""
    flat, found = network.flatten(), []
    ends = flat.outputs if len(network.terms) == 1 else [k for k, _ in flat.nodes[-1].terms]
    for index, (chain, end) in enumerate(zip(network.terms, ends, strict=True)):
        lists = [[flat.marks[f"{index}/{k}/{name}"] for name in names] for k, names in enumerate(chain.names)]
        found.append([*lists[:n + 1], *lists[n + 2:], [end]])
    return found
