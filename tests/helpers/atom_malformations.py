"""Certificates by atoms that cannot be read, one reason each: files atoms_*.json.gz of the corpus."""

from atom_files import base, cascade, term


def level_0():
    """No evidence of this kind for n = 0."""
    certificate = base()
    certificate["n"], certificate["evidence"]["terms"] = 0, []
    return certificate


def unknown_key():
    """A key that the format does not name."""
    certificate = base()
    term(certificate)["window"] = [[0, 2], [0, 2]]
    return certificate


def without_patches():
    """A key that is missing."""
    certificate = base()
    del term(certificate)["patches"]
    return certificate


def node_out_of_range():
    """A node that the network does not have."""
    certificate = base()
    cascade(certificate)["value"][0][0] = len(certificate["network"]["nodes"]) + 2
    return certificate


def interface_missing():
    """One interface of the first run less."""
    certificate = base()
    term(certificate)["transport"].pop()
    return certificate


def controllers_at_the_end():
    """Controllers at the last interface, which nobody reads."""
    certificate = base()
    term(certificate)["controllers"] *= 2
    return certificate


def selector_missing():
    """A line without a selector."""
    certificate = base()
    term(certificate)["selectors"][1].pop()
    return certificate


def rows_too_long():
    """A row without a state."""
    certificate = base()
    cascade(certificate)["rows"][1].append(2)
    return certificate


def axis_2():
    """A line of a third coordinate."""
    certificate = base()
    term(certificate)["lines"][1][0] = 2
    return certificate


def two_lines_of_x():
    """A cascade without a line of y."""
    certificate = base()
    cascade(certificate)["lines"] = [0, 0]
    return certificate


def line_that_is_none():
    """A cascade of a line that is not there."""
    certificate = base()
    cascade(certificate)["lines"] = [0, 2]
    return certificate


def line_of_no_cell():
    """A line of length 0."""
    certificate = base()
    term(certificate)["lines"][0][2] = 0
    return certificate


def line_without_end():
    """A line of more cells than the network has nodes."""
    certificate = base()
    term(certificate)["lines"][0][2] = len(certificate["network"]["nodes"]) + 3
    return certificate


def first_cell_of_31_digits():
    """An integer that is too long."""
    certificate = base()
    term(certificate)["lines"][0][1] = 10**30
    return certificate


def first_cell_as_text():
    """A text in place of an integer."""
    certificate = base()
    term(certificate)["lines"][0][1] = "0"
    return certificate


def patch_twice():
    """Two weights for a patch."""
    certificate = base()
    term(certificate)["patches"] *= 2
    return certificate


def patch_of_two():
    """A patch without a weight."""
    certificate = base()
    term(certificate)["patches"][0].pop()
    return certificate


def state_twice():
    """The same state twice."""
    certificate = base()
    cascade(certificate)["states"][1] = cascade(certificate)["states"][0]
    return certificate


def signs_0_and_1():
    """Some rows have one sign, others have not."""
    certificate = base()
    cascade(certificate)["states"][0][2] = 0
    return certificate


def sign_2():
    """A sign that is none."""
    certificate = base()
    cascade(certificate)["states"][0][2] = 2
    return certificate


def value_of_nodes():
    """Nodes without weights."""
    certificate = base()
    cascade(certificate)["value"] = [k for k, _ in cascade(certificate)["value"]]
    return certificate


MALFORMED = [
    level_0, unknown_key, without_patches, node_out_of_range, interface_missing, controllers_at_the_end,
    selector_missing, rows_too_long, axis_2, two_lines_of_x, line_that_is_none, line_of_no_cell,
    line_without_end, first_cell_of_31_digits, first_cell_as_text, patch_twice, patch_of_two, state_twice,
    signs_0_and_1, sign_2, value_of_nodes,
]
"""Functions that return a certificate each: unreadable ones."""
