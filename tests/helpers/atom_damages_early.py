"""Damages of certificates by atoms, for the facts (a) to (d): controllers, selectors, atoms, rows at the start."""

from fractions import Fraction

from atom_files import HAIR, added, affine, argument, base, cascade, inserted, node, relu, scaled, term, with_tent

# ---------------------------------------------------------------------------------------------------- facts (a) and (b)


def transport_off():
    """A controller of the first run is off by 2^-60 from interface 1 on."""
    certificate = base()
    added(certificate, term(certificate)["transport"][1][0], (None, HAIR))
    return certificate


def first_run_of_one_cell():
    """The line of x is said to have one cell of two."""
    certificate = base()
    term(certificate)["lines"][0][2] = 1
    return certificate


def second_run_off():
    """A controller of the second run is off by 2^-60."""
    certificate = base()
    added(certificate, term(certificate)["controllers"][0][2], (None, HAIR))
    return certificate


def too_wide():
    """The width 1/2."""
    certificate = base()
    term(certificate)["width"] = "1/2"
    return certificate


def selector_overshoots():
    """The selector of x grows beyond 1 far away, so that gates open there."""
    certificate = base()
    k = term(certificate)["selectors"][0][0]
    inserted(certificate, k, affine(-1000, (0, 1)), relu(k))
    added(certificate, k + 2, (k + 1, 1))
    return certificate


def selector_too_slow():
    """The selector of x rises all over the first half of the right half of a cell, and h > 0 in a part of it."""
    certificate = base()
    for unit, _ in node(certificate, term(certificate)["selectors"][0][0])["terms"]:
        k = argument(certificate, unit)
        bias = node(certificate, k)["bias"]
        scaled(certificate, k, Fraction(1, 16))
        node(certificate, k)["bias"] = bias
    return certificate


def selector_between_digits():
    """The selector of x, which should be 0, is 1/2 at a point of a cell, though not far from its left side."""
    certificate = base()
    start = Fraction(term(certificate)["origin"][0]) + Fraction(15, 128)
    with_tent(certificate, term(certificate)["selectors"][0][0], 0, start, Fraction(1, 64), Fraction(1, 2))
    return certificate


# ------------------------------------------------------------------------------------------------------- facts (c), (d)


def atom_at_the_border():
    """h is 1/8 greater, and so positive next to the border of the unit square."""
    certificate = base("atoms_signs")
    minimum = node(certificate, argument(certificate, cascade(certificate)["value"][1][0]))
    for k, _ in minimum["terms"]:
        added(certificate, k, (None, Fraction(1, 8)))
    return certificate


def wider_border():
    """The width is said to be greater than it is."""
    certificate = base("atoms_signs")
    term(certificate)["width"] = "5/16"
    return certificate


def another_atom():
    """One of four cascades has H/2 in place of H."""
    certificate = base("atoms_paper")
    own = cascade(certificate, 1)
    scaled(certificate, own["rows"][0][1], Fraction(1, 2))
    own["value"] = [[k, str(Fraction(weight) / 2)] for k, weight in own["value"]]
    return certificate


def start_gate_too_weak():
    """A gate at interface 0 closes by half of what it has to."""
    certificate = base()
    value = {k for k, _ in cascade(certificate)["value"]}
    gate = node(certificate, argument(certificate, cascade(certificate)["rows"][0][0]))
    gate["terms"] = [[k, w if k in value else str(Fraction(w) / 2)] for k, w in gate["terms"]]
    gate["bias"] = str(Fraction(gate["bias"]) / 2)
    return certificate


def spike_in_a_bad_strip():
    """A row is not 0 in a strip, where h is not positive."""
    certificate = base()
    start = Fraction(term(certificate)["origin"][0]) + 1
    with_tent(certificate, argument(certificate, cascade(certificate)["rows"][0][2]), 0, start, Fraction(1, 64), 10**8)
    return certificate


def spike_beside_a_bad_strip():
    """A row is a little too large where h > 0, on a strip 2^-60 wide, and 0 where h = 0."""
    certificate = base()
    k = argument(certificate, cascade(certificate)["rows"][0][0])
    middle = Fraction(term(certificate)["origin"][0]) + Fraction(1, 8)
    with_tent(certificate, k, 0, middle - HAIR / 2, HAIR, Fraction(-1, 2))
    return certificate


def negative_where_h_is():
    """A row is min(0, h) more than it should be: what it is where h <= 0 is not 0."""
    certificate = base("atoms_signs")
    (_, row), _ = cascade(certificate)["rows"]
    value = [(k, -Fraction(weight)) for k, weight in cascade(certificate)["value"]]
    inserted(certificate, row + 1, affine(0, *value), relu(row + 1), affine(0, (row, 1), (row + 2, -1)))
    for later in certificate["network"]["nodes"][row + 2 :]:
        if "terms" in later:
            later["terms"] = [[row + 3 if k == row else k, weight] for k, weight in later["terms"]]
    cascade(certificate)["rows"][0][1] = row + 3
    return certificate


def row_far_away():
    """A gate at interface 0 opens where x is very large."""
    certificate = base()
    k = argument(certificate, cascade(certificate)["rows"][0][3])
    inserted(certificate, k, affine(-1000, (0, 1)), relu(k))
    added(certificate, k + 2, (k + 1, 10**9))
    return certificate


def rows_exchanged():
    """Two rows are said to be each other's."""
    certificate = base()
    nodes = cascade(certificate)["rows"][0]
    nodes[0], nodes[1] = nodes[1], nodes[0]
    return certificate


def row_of_a_negative_state():
    """The rows of the two signs are said to be each other's."""
    certificate = base("atoms_signs")
    cascade(certificate)["rows"][0].reverse()
    return certificate


EARLY = [
    transport_off, first_run_of_one_cell, second_run_off, too_wide, selector_overshoots, selector_too_slow,
    selector_between_digits, atom_at_the_border, wider_border, another_atom, negative_where_h_is, row_far_away,
    start_gate_too_weak, spike_in_a_bad_strip, spike_beside_a_bad_strip, rows_exchanged, row_of_a_negative_state,
]
"""Functions that return a certificate each: invalid ones."""
