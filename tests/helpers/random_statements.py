"""Random certificates of format 2 by enumeration, as JSON values: small networks and domains, the degenerate first.

Constant, dead, doubled and opposite units, coinciding points, boxes of width 0, lines that do not cut.
"""

from fractions import Fraction

HAIR = Fraction(1, 2**60)


def random_number(rng):
    return rng.choice((0, 1, -1, 2, -3, Fraction(1, 2), Fraction(-2, 3), HAIR))


def affine(terms, bias=0):
    return {"op": "affine", "terms": [[k, str(weight)] for k, weight in terms], "bias": str(bias)}


def network(inputs, nodes, outputs):
    return {"format": "exactrelu-network/1", "inputs": inputs, "nodes": nodes, "outputs": outputs}


def random_network(rng, inputs, outputs):
    """Return a network with up to 8 nodes."""
    nodes = []
    for k in range(inputs, inputs + rng.randint(0, 8)):
        if rng.random() < 0.5:
            nodes.append({"op": "relu", "of": rng.randrange(k)})
        else:
            chosen = rng.sample(range(k), rng.randint(0, min(k, 3)))
            nodes.append(affine([(j, random_number(rng)) for j in chosen], random_number(rng)))
    return network(inputs, nodes, [rng.randrange(inputs + len(nodes)) for _ in range(outputs)])


def other_network(rng, one):
    """Return a network that is the same function in another way, or differs from it, perhaps in a thin strip only."""
    nodes, outputs, kind = list(one["nodes"]), list(one["outputs"]), rng.randrange(4)
    k, end = one["inputs"] + len(nodes), outputs[-1]
    if kind == 0:  # y = max(0, y) - max(0, -y), and doubled
        nodes += [{"op": "relu", "of": end}, affine([(end, -2)]), {"op": "relu", "of": k + 1}]
        nodes += [affine([(k, 1), (k + 2, Fraction(-1, 2))])]
    elif kind == 1:  # a strip of width 2 HAIR, somewhere
        place = rng.choice((0, 1, Fraction(1, 3), 10**20))
        for j in range(3):
            nodes += [affine([(0, 1)], -place - j * HAIR), {"op": "relu", "of": k + 2 * j}]
        nodes += [affine([(end, 1), (k + 1, 1), (k + 3, -2), (k + 5, 1)])]
    elif kind == 2:
        return random_network(rng, one["inputs"], len(outputs))
    return network(one["inputs"], nodes, [*outputs[:-1], one["inputs"] + len(nodes) - 1 if kind < 2 else end])


def random_domain(rng, inputs):
    """Return (domain, its number of coordinates), 1 or 2."""
    domain, size = {}, inputs
    if inputs > 2 or rng.random() < 0.4:
        size = rng.randint(1, min(inputs, 2))
        domain["points"] = [[str(random_number(rng)) for _ in range(inputs)] for _ in range(size + 1)]
    if rng.random() < 0.7:
        domain["box"] = []
        for _ in range(size):
            low, high = sorted((random_number(rng), random_number(rng)))
            domain["box"].append([rng.choice((str(low), str(low), None)), rng.choice((str(high), str(high), None))])
    return domain, size


def random_tree(rng, lines, parts):
    """Return trees for all parts, each with a few cuts."""
    def tree(depth):
        if lines and depth and rng.random() < 0.5:
            return [rng.randrange(lines), *tree(depth - 1), *tree(depth - 1)]
        return [-1]

    return [entry for _ in range(parts) for entry in tree(3)]


def random_certificate(rng):
    inputs, outputs = rng.randint(1, 3), rng.randint(1, 2)
    one = random_network(rng, inputs, outputs)
    domain, size = random_domain(rng, inputs)
    kind, more = rng.choice(("equal", "within", "bound", "property")), {}
    statement = {"kind": kind, "domain": domain}
    if kind in ("equal", "within"):
        statement["networks"] = [one, other_network(rng, one)]
        if kind == "within":
            statement["epsilon"] = str(abs(random_number(rng)))
    else:
        statement["network"] = one
    if kind == "bound":
        ends = [[(-30, None), (30, None)], [(-1, None), None], [None, (HAIR, None)], [(0, None), (2, [0] * size)]]
        chosen = [rng.choice(ends) for _ in range(outputs)]
        statement["bounds"] = [
            {end: pair and {"value": str(pair[0]), "at": pair[1]} for end, pair in zip(("least", "most"), pairs)}
            for pairs in chosen
        ]
    if kind == "property":
        sizes = [rng.randint(1, 3) for _ in range(rng.randint(1, 2))]
        statement["never"] = [[random_inequality(rng, inputs, outputs) for _ in range(size)] for size in sizes]
        kinds = [{"strict" in entry for entry in case} for case in statement["never"]]
        more |= {"margin": rng.choice((1, str(HAIR)))} if {False} in kinds else {}
        more |= {"weight": rng.choice((0, 1, 5))} if {True, False} in kinds else {}
    lines = [[rng.randint(-2, 2) for _ in range(size)] for _ in range(3)]
    lines = [[*line, rng.randint(-1, 1)] for line in lines if any(line)]
    box = domain.get("box", [[None, None]] * size)
    parts = 2 ** sum(pair == [None, None] for pair in box)
    evidence = {"kind": "enumeration", "lines": lines, "tree": random_tree(rng, len(lines), parts), **more}
    return {"format": "exactrelu-certificate/2", "statement": statement, "evidence": evidence}


def random_inequality(rng, inputs, outputs):
    """Return an inequality that holds in few places, as a rule."""
    entry = {
        "inputs": [str(random_number(rng)) for _ in range(inputs)],
        "outputs": [str(random_number(rng)) for _ in range(outputs)],
        "constant": rng.choice((-30, -2, 0, str(-HAIR))),
    }
    return {**entry, "strict": True} if rng.random() < 0.5 else entry


def over_a_field(rng, value):
    """Return a JSON value in which some strings that are rationals are numbers of Q(√2), and networks say so."""
    if isinstance(value, dict):
        found = {key: over_a_field(rng, entry) for key, entry in value.items()}
        return {**found, "field": {"sqrt": 2}} if "nodes" in value else found
    if isinstance(value, list):
        return [over_a_field(rng, entry) for entry in value]
    if isinstance(value, str) and value.strip("-0123456789/") == "" and rng.random() < 0.2:
        return f"{value}{rng.choice(('+', '-'))}{abs(random_number(rng))}*sqrt(2)"
    return value
