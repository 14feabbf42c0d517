"""Certificates for problems that are reduced, as JSON values: written by the program, and made by hand."""

import json
from fractions import Fraction
from functools import cache
from random import Random

import pytest
from format_2 import family_value
from random_schemes import HAT, kuhn_hat, line, random_scheme

from exactrelu import checker, direct_sum
from exactrelu.certification.families import family_data
from exactrelu.certification.induction.small_network import Part, family, scheme_of
from exactrelu.certification.reduced import families_data
from exactrelu.errors import InputError
from exactrelu.field import Field
from exactrelu.proof.kernel import Unproved
from exactrelu.scheme import load_problem, problem_from_json, problem_to_json
from exactrelu.scheme.reductions import residues

HALF = Fraction(1, 2)
ROOT = Field(2).parse("sqrt(2)", "root")

LINES = {
    "masks": line([{0: HALF, 1: 1, 2: HALF}, {0: 1, 1: 1}]),
    "shifts": line([{0: HALF, 1: 1, 2: HALF}, {1: HALF, 2: 1, 3: HALF}]),
    "negative": line({0: HALF, 1: 1, 3: HALF}, [[-2]]),
    "negative masks": line([{0: HALF, 2: HALF}, {0: 1, 1: -HALF}], [[-2]]),
    "source": line({0: HALF, 1: 1}, source=HAT),
    "source, ternary": line({0: HALF, 2: 1}, 3, source=load_problem("takagi").source),
    "source, masks": line([{0: 1}, {0: HALF, 1: HALF}], source=HAT),
    "source, root": line([{0: 1, 1: ROOT / 2}, {0: ROOT}], source=kuhn_hat(1, ROOT), field=Field(2)),
    "negative, root": line({0: HALF, 2: ROOT / 2}, [[-2]], kuhn_hat(1, 1 + ROOT), field=Field(2)),
}
"""Problems on the line of all kinds that are reduced."""


def problem_of(name):
    """Return one of the problems above, or a built-in one."""
    return LINES[name] if name in LINES else load_problem(name)


@cache
def text_of(name):
    """Return the text of the certificate for every n that the program writes, without sizes."""
    return text_for(problem_of(name))


def text_for(problem):
    """Return the text of that of any problem."""
    parts = [Part(*pair, scheme_of(problem, pair[0])[0]) for pair in residues(problem)]
    statement, evidence = families_data(problem, parts)
    return json.dumps({"format": checker.FORMAT, "statement": statement, "evidence": evidence})


def certificate(name):
    """Return its JSON object."""
    return json.loads(text_of(name))


def hand_made(problem, other, levels=None, place=(1, 0), stages=(1, 1), sourceless=None):
    """Return a certificate on the line that V^n g of a problem is an iterate of ``other``, in one family for n ≥ 1.

    A level is (steps, B, [(l, c, b), …]); without ``levels`` the component 0 is the same function for ever.
    """
    programs, evidence = family_data(family(scheme_of(other, 1)[0]))
    matrix, offset = place
    entry = {
        "first": 1, "period": 1, "stages": list(stages), "matrix": [[str(matrix)]], "offset": [str(offset)],
        "family": programs,
    }
    part = {
        "problem": problem_to_json(other), "rest": 0, "return": 0, "theory": evidence, "levels": [
            {"steps": steps, "matrix": [[str(B)]], "components": [[l, c, [str(b)]] for l, c, b in components]}
            for steps, B, components in levels or [(1, 1, [(0, 0, 0)])]
        ],
    }
    evidence = {"kind": "reduction", "parts": [part]}
    if sourceless is not None:
        evidence["sourceless"] = problem_to_json(sourceless)
    statement = {"kind": "every", "problem": problem_to_json(problem), "families": [entry]}
    return {"format": checker.FORMAT, "statement": statement, "evidence": evidence}


def value(found, n, z):
    """Return the value at a point of the network for n that a certificate is about."""
    pairs = zip(found["statement"]["families"], found["evidence"]["parts"], strict=True)
    entry, part = next(
        pair for pair in pairs
        if n == pair[0]["first"] or pair[0]["period"] and n > pair[0]["first"]
        and (n - pair[0]["first"]) % pair[0]["period"] == 0
    )
    t = (n - entry["first"]) // entry["period"] if entry["period"] else 0
    w = [
        sum(Fraction(a) * x for a, x in zip(row, z, strict=True)) + Fraction(start)
        for row, start in zip(entry["matrix"], entry["offset"], strict=True)
    ]
    other, K = problem_from_json(part["problem"], "part"), entry["stages"][0] + t * entry["stages"][1]
    return family_value(entry["family"], other.dilation.factors, K, w)


def is_true(found, random, levels=(1, 2, 3), count=6):
    """Return whether the families of a certificate compute V^n g at some points, many of them near to grid lines."""
    problem = problem_from_json(found["statement"]["problem"], "problem")
    for n in levels:
        for _ in range(count):
            scale = problem.dilation.determinant**n
            point = [
                Fraction(random.randrange(-scale, 3 * scale), scale) + Fraction(random.randrange(-8, 9), random.choice(
                    (12 * scale, 77, 500 * scale))) for _ in range(problem.dimension)
            ]
            if value(found, n, point) != direct_sum(problem, n, *point):
                return False
    return True


def random_certificate(seed):
    """Return the certificate of a random scheme on the line, with turns, masks that vary, sources, for every n.

    A scheme that takes long, or has no networks for every n, is skipped.
    """
    problem = random_scheme(Random(seed), 1)
    if "field" in problem.beyond() or problem.components > 2:
        pytest.skip("it takes long")
    try:
        return json.loads(text_for(problem))
    except (InputError, Unproved):
        pytest.skip("there are no networks for every n")
