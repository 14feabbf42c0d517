"""Damaged certificates by atoms, one fact violated by each: the invalid files atoms_*.json.gz of the corpus.

    python tests/helpers/atom_damages.py

writes them anew, and with them the unreadable ones of `atom_malformations`. Those for the facts (a) to (d) are in
`atom_damages_early`.
"""

from fractions import Fraction

from atom_damages_early import EARLY
from atom_files import (
    CORPUS,
    HAIR,
    added,
    affine,
    appended,
    argument,
    base,
    cascade,
    inserted,
    node,
    packed,
    relu,
    scaled,
    term,
    with_tent,
)

# ------------------------------------------------------------------------------------------------------------- fact (e)


def without_state(certificate, place):
    """Leave out a state in the evidence and its rows in the network."""
    own = cascade(certificate)
    del own["states"][place]
    rows = {nodes.pop(place) for nodes in own["rows"]}
    for gate in certificate["network"]["nodes"]:
        if "terms" in gate:
            gate["terms"] = [[k, weight] for k, weight in gate["terms"] if k not in rows]


def state_missing():
    """A state is left out by the network and the evidence alike."""
    certificate = base()
    without_state(certificate, 1)
    return certificate


def negative_state_missing():
    """A state with the sign -1, to which another one leads, is left out by the network and the evidence alike."""
    certificate = base("atoms_signs")
    without_state(certificate, [state[2] for state in cascade(certificate)["states"]].index(-1))
    return certificate


def negative_states_only():
    """All states are said to have the sign -1, so that all rows are 0; so is the network."""
    certificate = base()
    own = cascade(certificate)
    for state in own["states"]:
        state[2] = -1
    for k in own["rows"][0]:
        gate = node(certificate, argument(certificate, k))
        gate["terms"], gate["bias"] = [], "0"
    own["reading"] = [[k, str(-Fraction(weight))] for k, weight in own["reading"]]
    scaled(certificate, certificate["network"]["outputs"][0], -1)
    return certificate


def cascade_twice():
    """A cascade is named twice, and its reading counts twice in the output."""
    certificate = base("atoms_paper")
    cascades = term(certificate)["cascades"]
    cascades.append(cascades[0])
    read = {k for k, _ in cascades[0]["reading"]}
    double_readings(certificate, read, 2)
    return certificate


def cascade_missing():
    """A cascade is left out by network and evidence alike."""
    certificate = base("atoms_paper")
    (own,) = [term(certificate)["cascades"].pop(2)]
    double_readings(certificate, {k for k, _ in own["reading"]}, 0)
    return certificate


def double_readings(certificate, read, factor):
    """Multiply the weights of some nodes in the output, and their part of its constant, all nodes having the same."""
    output = node(certificate, certificate["network"]["outputs"][0])
    share = Fraction(len(read), len(output["terms"]))
    output["terms"] = [[k, str(Fraction(w) * (factor if k in read else 1))] for k, w in output["terms"]]
    output["bias"] = str(Fraction(output["bias"]) * (1 + (factor - 1) * share))


# ------------------------------------------------------------------------------------------------------- facts (f), (g)


def step_gates(certificate):
    """Return the affine nodes of the units of the first step of the rows."""
    nodes = cascade(certificate)["rows"][1]
    return sorted({argument(certificate, source) for k in nodes for source, _ in node(certificate, k)["terms"]})


def weight_off_in_a_step():
    """One weight of a step is off by 2^-60."""
    certificate = base()
    k = step_gates(certificate)[0]
    added(certificate, k, (node(certificate, k)["terms"][0][0], HAIR))
    return certificate


def step_gates_too_weak():
    """The gates of a step close by a third of what they have to."""
    certificate = base()
    for k in step_gates(certificate):
        gate = node(certificate, k)
        rows = cascade(certificate)["rows"][0]
        gate["terms"] = [[source, w if source in rows else str(Fraction(w) / 3)] for source, w in gate["terms"]]
        gate["bias"] = str(Fraction(gate["bias"]) / 3)
    return certificate


def reading_gates_too_weak():
    """The gates of the reading close by a third of what they have to, though rows are at most 3 at first."""
    certificate = base("atoms_growing")
    (row,) = cascade(certificate)["rows"][1]
    for k, _ in cascade(certificate)["reading"]:
        gate = node(certificate, argument(certificate, k))
        gate["terms"] = [[source, w if source == row else str(Fraction(w) / 3)] for source, w in gate["terms"]]
        gate["bias"] = str(Fraction(gate["bias"]) / 3)
    return certificate


def gates_for_positive_rows():
    """Product gadgets without the unit for negative rows; no row is negative, but a sign 0 does not say so."""
    certificate = base("atoms_paper_steps")
    (row,) = cascade(certificate)["rows"][0]
    for gate in certificate["network"]["nodes"]:
        terms = dict(gate.get("terms", ()))
        if row in terms and gate["bias"] == "0" and max(map(Fraction, terms.values())) < 0:
            gate["terms"] = []
    return certificate


def product_gadget_too_weak():
    """The bound of a product gadget is a little less than the rows may be: off by 2^-60 of its constants."""
    certificate = base("atoms_paper_steps")
    own = cascade(certificate)
    selectors = {k for nodes in term(certificate)["selectors"] for k in nodes}
    for k in range(own["rows"][0][0] + 1, len(certificate["network"]["nodes"]) + 2):
        if "of" not in node(certificate, k) and selectors & dict(node(certificate, k)["terms"]).keys():
            gate = node(certificate, k)
            gate["terms"] = [[s, str(Fraction(w) * 3 / 4 if s in selectors else w)] for s, w in gate["terms"]]
            gate["bias"] = str(Fraction(gate["bias"]) * 3 / 4)
    return certificate


def step_open_between_digits():
    """A row grows where a selector is between 0 and 1, though all rows are 0 before."""
    certificate = base()
    selector = term(certificate)["selectors"][0][0]
    with_tent(certificate, cascade(certificate)["rows"][1][0], selector, Fraction(0), Fraction(1), 5)
    return certificate


def step_with_a_constant():
    """A row is too large by 1/8 after a step, everywhere."""
    certificate = base()
    added(certificate, cascade(certificate)["rows"][1][0], (None, Fraction(1, 8)))
    return certificate


def nine_symbols():
    """A gate of the reading is opened and closed again by units that depend on nine kinks of one row."""
    certificate = base()
    k = argument(certificate, cascade(certificate)["reading"][0][0])
    row = cascade(certificate)["rows"][1][0]
    kinks = [affine(Fraction(-j, 10), (row, 1)) for j in range(1, 10)]
    units = [relu(k + j) for j in range(9)]
    sums = [affine(-1, *((k + 9 + j, factor) for j in range(9))) for factor in (1, 2)]
    sums[1]["bias"] = "-2"
    inserted(certificate, k, *kinks, *units, *sums, relu(k + 18), relu(k + 19))
    added(certificate, k + 22, (k + 20, 2), (k + 21, -1))
    return certificate


def reading_without_a_unit():
    """A unit of the reading is left out by network and evidence alike."""
    certificate = base()
    k, _ = cascade(certificate)["reading"].pop()
    output = node(certificate, certificate["network"]["outputs"][0])
    output["terms"] = [entry for entry in output["terms"] if entry[0] != k]
    return certificate


def reading_open_between_digits():
    """A unit of the reading grows where the selector of y is between 0 and 1."""
    certificate = base()
    k, _ = cascade(certificate)["reading"][0]
    selector = term(certificate)["selectors"][1][1]
    with_tent(certificate, argument(certificate, k), selector, Fraction(1, 4), Fraction(1, 2), 5)
    return certificate


def other_kappa():
    """The patch of the atom is said to have another weight."""
    certificate = base()
    term(certificate)["patches"][0][2] = "1/2"
    return certificate


def other_patch():
    """The atom is said to be in another patch."""
    certificate = base()
    term(certificate)["patches"][0][0] = 1
    return certificate


def signs_exchanged():
    """Positive rows are subtracted, negative ones added, by network and evidence alike."""
    certificate = base("atoms_signs")
    scaled(certificate, certificate["network"]["outputs"][0], -1)
    own = cascade(certificate)
    own["reading"] = [[k, str(-Fraction(weight))] for k, weight in own["reading"]]
    return certificate


def other_mask():
    """The statement is about another mask."""
    certificate = base()
    certificate["problem"]["mask"]["0,1"] = "1/3"
    return certificate


def mask_index_far_away():
    """The statement is about a mask with one more coefficient, far away: live states are endlessly many."""
    certificate = base()
    certificate["problem"]["mask"]["9" * 30 + ",0"] = "1"
    return certificate


# ------------------------------------------------------------------------------------------------------------- fact (h)


def reading_twice():
    """The output is twice what it should be, by network and patches alike."""
    certificate = base()
    term(certificate)["patches"][0][2] = "2"
    scaled(certificate, certificate["network"]["outputs"][0], 2)
    own = cascade(certificate)
    own["reading"] = [[k, str(2 * Fraction(weight))] for k, weight in own["reading"]]
    return certificate


def term_twice():
    """The term is named twice."""
    certificate = base()
    certificate["evidence"]["terms"] *= 2
    return certificate


def no_term():
    """There is nothing in the evidence."""
    certificate = base()
    certificate["evidence"]["terms"] = []
    return certificate


def constant_off():
    """The output has a constant that is off by 2^-60."""
    certificate = base("atoms_paper")
    added(certificate, certificate["network"]["outputs"][0], (None, HAIR))
    return certificate


def thin_strip():
    """A bump on a strip 2^-60 wide far away goes around all interfaces."""
    certificate = base()
    (output,) = certificate["network"]["outputs"]
    ramps = [affine(-1000 - j * HAIR, (0, 1), (1, 1)) for j in range(3)]
    units = [relu(output + 1 + j) for j in range(3)]
    bump = affine(0, (output, 1), (output + 4, 1), (output + 5, -2), (output + 6, 1))
    appended(certificate, *ramps, *units, bump)
    return certificate


def output_through_a_unit():
    """The output is max(0, .) of the sum, which is the same function here."""
    certificate = base()
    appended(certificate, relu(certificate["network"]["outputs"][0]))
    return certificate


def moved_by_a_hair():
    """The whole network is moved by 2^-60, and the evidence says so."""
    certificate = base()
    for moved in certificate["network"]["nodes"]:
        for source, weight in moved.get("terms", ()):
            if source == 0:
                moved["bias"] = str(Fraction(moved["bias"]) - Fraction(weight) * HAIR)
    origin = term(certificate)["origin"]
    origin[0] = str(Fraction(origin[0]) + HAIR)
    return certificate


def other_seed():
    """The statement is about a seed that is higher by 2^-60."""
    certificate = base()
    values = certificate["problem"]["seed"]["values"]
    values[:] = [str(Fraction(value) * (1 + HAIR)) for value in values]
    return certificate


DAMAGES = [
    *EARLY,
    state_missing, negative_state_missing, negative_states_only, cascade_twice, cascade_missing,
    weight_off_in_a_step, step_gates_too_weak, reading_gates_too_weak, gates_for_positive_rows,
    product_gadget_too_weak, step_open_between_digits, step_with_a_constant, nine_symbols, reading_without_a_unit,
    reading_open_between_digits, other_kappa, other_patch, signs_exchanged, other_mask, mask_index_far_away,
    reading_twice, term_twice, no_term, constant_off, thin_strip, output_through_a_unit, moved_by_a_hair,
    other_seed,
]
"""Functions that return a certificate each: invalid ones."""


if __name__ == "__main__":
    from atom_malformations import MALFORMED

    for damage in DAMAGES:
        (CORPUS / "invalid" / f"atoms_{damage.__name__}.json.gz").write_bytes(packed(damage()))
    for damage in MALFORMED:
        (CORPUS / "malformed" / f"atoms_{damage.__name__}.json.gz").write_bytes(packed(damage()))
