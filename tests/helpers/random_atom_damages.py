"""Random damages of certificates with evidence by induction over atoms, each a function (rng, certificate)."""

from fractions import Fraction

from mutants import HAIR, changes, places

ZERO = Fraction(0)


def text(number):
    return str(Fraction(number))


def the_name(_, certificate):
    certificate["problem"]["name"] += "."


def altered(rng, number):
    """Return another rational, near or far."""
    number = Fraction(number)
    return text(rng.choice([number + HAIR, number - HAIR, -number, 2 * number, number + 1, ZERO if number else HAIR]))


def some_term(rng, certificate):
    return rng.choice(certificate["evidence"]["terms"])


def some_cascade(rng, certificate):
    return rng.choice(some_term(rng, certificate)["cascades"])


def arrays_of_nodes(rng, certificate):
    """Return the arrays of one key, for the interfaces 0, 1, …"""
    key = rng.choice(["transport", "controllers", "selectors", "rows"])
    return (some_cascade if key == "rows" else some_term)(rng, certificate)[key]


def nodes_exchanged(rng, certificate):
    array = rng.choice(arrays_of_nodes(rng, certificate))
    i, j = rng.sample(range(len(array)), 2)
    array[i], array[j] = array[j], array[i]


def another_node(rng, certificate):
    array = rng.choice(arrays_of_nodes(rng, certificate))
    others = [*rng.choice(arrays_of_nodes(rng, certificate)), [rng.randrange(len(certificate["network"]["nodes"]))]]
    array[rng.randrange(len(array))] = rng.choice([node for part in others for node in [part] if isinstance(node, int)])


def interfaces_exchanged(rng, certificate):
    arrays = arrays_of_nodes(rng, certificate)
    i, j = rng.sample(range(len(arrays)), 2)
    arrays[i], arrays[j] = arrays[j], arrays[i]


def a_weight(rng, certificate):
    node = rng.choice([node for node in certificate["network"]["nodes"] if node.get("terms")])
    term = rng.choice(node["terms"])
    term[1] = altered(rng, term[1])


def a_bias(rng, certificate):
    node = rng.choice([node for node in certificate["network"]["nodes"] if "bias" in node])
    node["bias"] = altered(rng, node["bias"])


def a_term_of_weight_0(rng, certificate):
    nodes = certificate["network"]["nodes"]
    k = rng.randrange(1, len(nodes))
    if "terms" in nodes[k]:
        free = set(range(k + 2)) - {source for source, _ in nodes[k]["terms"]}
        nodes[k]["terms"].append([rng.choice(sorted(free)), 0])


def a_unit(rng, certificate):
    node = rng.choice([node for node in certificate["network"]["nodes"] if "of" in node])
    node["of"] = max(0, node["of"] + rng.choice([-2, -1, 1]))


def a_unit_for_an_affine_node(rng, certificate):
    nodes = certificate["network"]["nodes"]
    k = rng.choice([k for k, node in enumerate(nodes) if "of" in node])
    nodes[k] = {"op": "affine", "terms": [[nodes[k]["of"], 1]], "bias": 0}


def the_output(rng, certificate):
    certificate["network"]["outputs"][0] -= rng.choice([1, 2])


def a_term_dropped(rng, certificate):
    terms = certificate["evidence"]["terms"]
    del terms[rng.randrange(len(terms))]


def a_term_twice(rng, certificate):
    certificate["evidence"]["terms"].append(some_term(rng, certificate))


def a_cascade_dropped(rng, certificate):
    cascades = some_term(rng, certificate)["cascades"]
    del cascades[rng.randrange(len(cascades))]


def a_cascade_twice(rng, certificate):
    term = some_term(rng, certificate)
    term["cascades"].append(rng.choice(term["cascades"]))


def a_patch(rng, certificate):
    patches = some_term(rng, certificate)["patches"]
    patch = rng.choice(patches)
    k = rng.randrange(3)
    patch[k] = altered(rng, patch[k]) if k == 2 else patch[k] + rng.choice([-1, 1])


def a_patch_more(rng, certificate):
    place = rng.choice([(7, 7), (-1, 0), (10**30 - 1, -5), (10**30, 0)])
    some_term(rng, certificate)["patches"].append([*place, rng.choice([0, 0, 1, text(HAIR)])])


def a_patch_dropped(rng, certificate):
    patches = some_term(rng, certificate)["patches"]
    del patches[rng.randrange(len(patches))]


def a_state_dropped(rng, certificate):
    cascade = some_cascade(rng, certificate)
    k = rng.randrange(len(cascade["states"]))
    for array in [cascade["states"], *cascade["rows"]]:
        del array[k]


def a_state_more(rng, certificate):
    """A state that is not live, mostly, with a node that may be 0."""
    cascade = some_cascade(rng, certificate)
    (*cell, sign), k = rng.choice(cascade["states"]), rng.randrange(len(cascade["states"]))
    cell[rng.randrange(2)] += rng.choice([-1, 1, 5, 10**20])
    cascade["states"].append([*cell, sign])
    for row in cascade["rows"]:
        row.append(row[k])


def a_state(rng, certificate):
    state = rng.choice(some_cascade(rng, certificate)["states"])
    k = rng.randrange(3)
    state[k] += rng.choice([-1, 1]) * (1 if k < 2 or not state[2] else 2 * state[2])


def all_signs(rng, certificate):
    for state in some_cascade(rng, certificate)["states"]:
        state[2] = 0 if state[2] else 1


def a_line(rng, certificate):
    line = rng.choice(some_term(rng, certificate)["lines"])
    line[rng.choice([0, 1, 1, 2, 2])] += rng.choice([-1, 1])


def lines_of_a_cascade(rng, certificate):
    term = some_term(rng, certificate)
    rng.choice(term["cascades"])["lines"] = [rng.randrange(len(term["lines"])) for _ in "xy"]


def the_origin(rng, certificate):
    origin = some_term(rng, certificate)["origin"]
    k = rng.randrange(2)
    origin[k] = altered(rng, origin[k])


def the_width(rng, certificate):
    term = some_term(rng, certificate)
    width = Fraction(term["width"])
    others = [width + HAIR, width - HAIR, width / 2, width / 64, width * 2, Fraction(1, 2), ZERO]
    term["width"] = text(rng.choice(others))


def pairs(rng, certificate):
    return some_cascade(rng, certificate)[rng.choice(["value", "reading"])]


def a_pair(rng, certificate):
    pair = rng.choice(pairs(rng, certificate))
    pair[1] = altered(rng, pair[1])


def a_pair_dropped(rng, certificate):
    array = pairs(rng, certificate)
    del array[rng.randrange(len(array))]


def a_pair_in_two(rng, certificate):
    """The same sum, but a node is named twice."""
    array = pairs(rng, certificate)
    node, weight = array.pop(rng.randrange(len(array)))
    part = Fraction(weight) * rng.choice([0, Fraction(1, 3), 1])
    for entry in (part, Fraction(weight) - part):
        array.insert(rng.randrange(len(array) + 1), [node, text(entry)])


def pairs_in_another_order(rng, certificate):
    rng.shuffle(pairs(rng, certificate))


def the_mask(rng, certificate):
    mask = certificate["problem"]["mask"]
    index = rng.choice(list(mask))
    if rng.randrange(2):
        mask[index] = altered(rng, mask[index])
    else:
        mask[rng.choice(["0,1", "1,1", "2,0", "-1,3", f"{10**29},4"])] = mask.pop(index)


def the_seed(rng, certificate):
    seed = certificate["problem"]["seed"]
    k = rng.randrange(len(seed["values"]))
    seed["values"][k] = altered(rng, seed["values"][k])


def anything(rng, certificate):
    """Any single change, of the form as well."""
    area = rng.choice(["evidence", "network"])
    path, part = rng.choice(list(places(certificate[area], (area,))))
    parent = certificate
    for step in path[:-1]:
        parent = parent[step]
    parent[path[-1]] = rng.choice(list(changes(part)))[1]


DAMAGES = [
    nodes_exchanged, another_node, interfaces_exchanged, a_weight, a_weight, a_weight, a_bias, a_term_of_weight_0,
    a_unit, a_unit_for_an_affine_node, the_output, a_term_dropped, a_term_twice, a_cascade_dropped, a_cascade_twice,
    a_patch, a_patch_more, a_patch_dropped, a_state_dropped, a_state_more, a_state, all_signs, a_line,
    lines_of_a_cascade, the_origin, the_width, a_pair, a_pair_dropped, a_pair_in_two, pairs_in_another_order,
    the_mask, the_seed,
]


def damaged(rng, certificate):
    """Damage a certificate up to three times; return what was done."""
    done, count = [], rng.choice([1, 1, 1, 2, 3])
    while len(done) < count:
        damage = rng.choice(DAMAGES)
        try:
            damage(rng, certificate)
        except (IndexError, ValueError):  # there is nothing to choose from, as in the zero network
            damage = the_name
            the_name(rng, certificate)
        done.append(damage.__name__)
    if rng.random() < 0.1:
        anything(rng, certificate)
        done.append("anything")
    return done
