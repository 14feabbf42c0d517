"""Every n, and members of families, for the second checker of certificates of format 2: section 7 of
docs/certificate.md. `second_families` has families and theories, `second_reductions` section 7.4, `second_members`
7.3."""

from math import lcm

from second_families import prove_theory, read_theory
from second_files import integer, items, keyed, need, rational, read_problem
from second_members import check_layers, check_network
from second_programs import require
from second_reductions import check_reduction, read_parts


def check_every(statement, evidence):
    """Raise `Unreadable` or `Unproved` unless for all n ≥ 1 the network is V^n g; return the problem."""
    is_reduced = "families" in statement
    keyed(statement, "kind", "problem", "families" if is_reduced else "family", maybe=["sizes"])
    problem, sizes = read_problem(statement["problem"]), statement.get("sizes")
    if sizes is not None:
        width, slope, offset = items(sizes, 3)
        sizes = integer(width), rational(slope) if is_reduced else integer(slope), integer(offset)
    if is_reduced:
        wider, parts = read_parts(problem, problem.root, statement["families"], evidence)
        check_coverage(parts)
        check_reduction(problem, wider, parts)
    else:
        theory, _ = read_theory(problem, statement["family"], evidence)
        need(sizes is None or hasattr(theory, "classes"), "sizes of sums of atoms")
        prove_theory(theory)
    for entry in [(part.theory, part.first, part.period, *part.stages) for part in parts] if is_reduced else [
            (theory, 1, 1, 1, 1)]:
        if sizes is not None:
            check_layers(*entry, *sizes)
    return problem


def check_coverage(parts):
    """Require one part for each n; behind the largest first one they come again and again."""
    latest = max(part.first for part in parts) + lcm(*(part.period or 1 for part in parts))
    require(latest <= 1000, "periods that are too long")
    for n in range(1, latest + 1):
        fits = [part for part in parts if n == part.first or part.period and n > part.first
                and (n - part.first) % part.period == 0]
        require(len(fits) == 1, f"not one family for {n}")


def check_member(statement, evidence):
    """Raise `Unreadable` or `Unproved` unless the evidence proves that the network is one of a family, V^n g."""
    problem, n, (network,) = statement.problem, statement.n, statement.networks
    need(n >= 1, "there is no member for n = 0")
    if evidence.get("kind") == "reduction":
        need("families" in evidence, "families for n")
        wider, (part,) = read_parts(problem, statement.root, evidence["families"], evidence, (n, network))
        check_reduction(problem, wider, [part])
        check_network(part.theory, part.stages[0], network, part.eta, part.place)
    else:
        need("family" in evidence, "no family")
        own = {key: value for key, value in evidence.items() if key != "family"}
        theory, eta = read_theory(problem, evidence["family"], own, (n, network))
        prove_theory(theory)
        check_network(theory, n, network, eta)
