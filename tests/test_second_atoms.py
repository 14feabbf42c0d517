"""Evidence by induction over atoms: two checkers of which one knows the specification alone agree on every file."""

import json
import random
from fractions import Fraction
from functools import cache

import pytest
import second_checker
from atom_damages import inserted
from mutants import HAIR, changes, places
from test_mutants import assert_true

from exactrelu import checker
from exactrelu.certify.certificate import certificate_text
from exactrelu.certify.induction import certify
from exactrelu.certify.induction.evidence import induction_evidence
from exactrelu.construction import CONSTRUCTIONS
from exactrelu.problem import load_problem

ZERO = Fraction(0)
WORDS = {True: "valid", False: "invalid", None: "unreadable"}
SMALL = [
    ("single_c00", "compact", 1), ("difference", "compact", 2), ("haar", "compact", 2), ("needle", "compact", 2),
    ("single_c21", "compact", 3), ("difference", "paper", 1), ("single_c21", "paper", 2), ("zero", "compact", 2),
]
LARGER = [
    ("bilinear", "compact", 1), ("bilinear", "compact", 2), ("haar", "paper", 2), ("shifted", "compact", 2),
    ("bilinear", "paper", 2), ("nonconvex", "compact", 2), ("loop", "compact", 2), ("difference", "compact", 3),
]


@cache
def certificate_of(name, construction, n):
    """Return the certificate of a built-in problem as a JSON text, without marks."""
    problem = load_problem(name)
    network = CONSTRUCTIONS[construction](problem, n)
    evidence = induction_evidence(problem, network, certify(problem, n, network).proof)
    certificate = json.loads("".join(certificate_text(problem, n, network, evidence)))
    certificate["network"].pop("marks", None)
    return json.dumps(certificate)


def text(number):
    return str(Fraction(number))


def judged(tmp_path, certificate):
    """Return the answers of the two checkers to a JSON value."""
    path = tmp_path / "certificate.json"
    path.write_text(json.dumps(certificate))
    return WORDS[checker.check_file(path).valid], second_checker.judge(path)


@pytest.mark.parametrize(("name", "construction", "n"), SMALL)
def test_small_certificates(tmp_path, name, construction, n):
    """Right networks of both constructions, signs and the zero seed among them, are accepted by both."""
    assert judged(tmp_path, json.loads(certificate_of(name, construction, n))) == ("valid", "valid")


@pytest.mark.exhaustive
@pytest.mark.parametrize(("name", "construction", "n"), LARGER)
def test_larger_certificates(tmp_path, name, construction, n):
    """Several terms, several cascades in a term, seeds of many pieces."""
    test_small_certificates(tmp_path, name, construction, n)


# ------------------------------------------------------------------------------------------ one fact and no other


def idle_term(n, width):
    """Return a term without lines."""
    return {
        "origin": [0, 0], "width": width, "lines": [], "transport": [[]] * (n + 1), "controllers": [[]] * (n - 1),
        "selectors": [[]] * n, "patches": [], "cascades": [],
    }


@pytest.mark.parametrize(("width", "word"), [("7/16", "valid"), ("1/2", "invalid"), (0, "invalid")])
def test_width_of_a_term_that_does_nothing(tmp_path, width, word):
    """0 < w < 1/2 is asked of every term."""
    certificate = json.loads(certificate_of("haar", "compact", 2))
    certificate["evidence"]["terms"].append(idle_term(2, width))
    assert judged(tmp_path, certificate) == (word, word)


@pytest.mark.parametrize("place", range(4))
def test_first_run_off_at_the_start(tmp_path, place):
    """Controllers of the first run that are off by 2^-60 at interface 0, and right after that if these were right."""
    certificate = json.loads(certificate_of("haar", "compact", 2))
    node = certificate["network"]["nodes"][certificate["evidence"]["terms"][0]["transport"][0][place] - 2]
    node["bias"] = text(Fraction(node["bias"]) + HAIR)
    assert judged(tmp_path, certificate) == ("invalid", "invalid")


@pytest.mark.parametrize(("height", "word"), [(0, "valid"), (100, "invalid"), (-100, "invalid")])
def test_selector_that_overshoots_between_digits(tmp_path, height, word):
    """A selector at interface 1 that leaves [0, 1] for t in (1/2, 1/2 + d) only, where it may be anything else.

    With (p, q) = E(t), there p = 1 and q goes from 1/2 to 1/2 - 3d. A hat in q is added, where p = 1.
    """
    certificate = json.loads(certificate_of("haar", "compact", 2))
    (term,), nodes = certificate["evidence"]["terms"], certificate["network"]["nodes"]
    p, q = term["controllers"][0][:2]
    selector = term["selectors"][1][0]
    ends = [Fraction(1, 2) - 3 * Fraction(term["width"]) / 2 * part for part in (1, Fraction(1, 2), 0)]
    new, first = [], selector + 1
    for k, end in enumerate(ends):
        new += [affine(-end, (q, 1)), {"op": "relu", "of": first + 2 * k}]
    new += [affine(-1, (p, 1), (first + 1, 1), (first + 3, -2), (first + 5, 1)), {"op": "relu", "of": first + 6}]
    new += [affine(0, (selector, 1), (first + 7, height))]
    inserted(certificate, first, *new)
    for node in nodes[first + 9 - 2 :]:
        for entry in node.get("terms", ()):
            if entry[0] == selector:
                entry[0] = first + 8
    term["selectors"][1][0] = first + 8
    assert judged(tmp_path, certificate) == (word, word)


@pytest.mark.parametrize(("later", "word"), [("small", "valid"), ("large", "invalid")])
def test_age_of_symbols(tmp_path, later, word):
    """(x + y - 1/2)+ - (x - 1/2)+ counts as >= 0 for selectors x, y in [0, 1] if the second symbol is the newer one.

    The reading and the output have its positive part added, and itself subtracted.
    """
    certificate = json.loads(certificate_of("haar", "compact", 2))
    (term,), network = certificate["evidence"]["terms"], certificate["network"]
    cascade, first = term["cascades"][0], network["outputs"][0]
    x, y = (term["selectors"][1][line] for line in cascade["lines"])
    arguments = {"large": affine(Fraction(-1, 2), (x, 1), (y, 1)), "small": affine(Fraction(-1, 2), (x, 1))}
    order = sorted(arguments, key=lambda name: name == later)
    large, small = (first + 1 + 2 * order.index(name) for name in ("large", "small"))
    inserted(
        certificate, first, arguments[order[0]], {"op": "relu", "of": first}, arguments[order[1]],
        {"op": "relu", "of": first + 2}, affine(0, (large, 1), (small, -1)), {"op": "relu", "of": first + 4},
    )
    for sums in (cascade["reading"], network["nodes"][network["outputs"][0] - 2]["terms"]):
        sums += [[first + 5, 1], [first + 4, -1]]
    assert judged(tmp_path, certificate) == (word, word)


def affine(bias, *terms):
    return {"op": "affine", "terms": [[source, text(weight)] for source, weight in terms], "bias": text(bias)}


# ------------------------------------------------------------------------------------------------------------- damages


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
    term["width"] = text(rng.choice([width + HAIR, width - HAIR, width / 2, width / 64, width * 2, Fraction(1, 2), ZERO]))


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


def assert_agreement(tmp_path, seed, bases, number):
    """Assert that the checkers agree on damaged certificates, and that what they accept is true.

    Return how often each word was said.
    """
    rng, words = random.Random(seed), []
    for _ in range(number):
        base = rng.choice(bases)
        certificate = json.loads(certificate_of(*base))
        done = damaged(rng, certificate)
        first, second = judged(tmp_path, certificate)
        assert first == second, (base, done)
        if first == "valid":
            assert_true(certificate)
        words.append(first)
    return {word: words.count(word) for word in WORDS.values()}


def test_damaged_certificates(tmp_path):
    """Entries of the evidence, weights, nodes, patches and terms changed: both checkers give the same answer."""
    words = assert_agreement(tmp_path, 1, SMALL, 140)
    assert min(words.values()) >= 10


@pytest.mark.exhaustive
@pytest.mark.parametrize("seed", range(10))
def test_many_damaged_certificates(tmp_path, seed):
    """The same for thousands of damages."""
    assert_agreement(tmp_path, 100 + seed, SMALL, 300)


@pytest.mark.exhaustive
@pytest.mark.parametrize("seed", range(4))
def test_damaged_larger_certificates(tmp_path, seed):
    """The same for several terms and cascades."""
    assert_agreement(tmp_path, 200 + seed, LARGER[:4], 100)
