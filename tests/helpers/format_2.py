"""Certificates of format 2 as JSON values: what the checker says of them, and an evaluator of its own."""

import json
from fractions import Fraction

from exactrelu import checker2


def checked(found):
    """Return the `Answer` to a JSON value."""
    return checker2.judged(json.dumps(found).encode, checker2.Certificate.check)


def outputs(part, values, number=Fraction):
    """Return the outputs of the JSON object of a network, or of a program whose parameters are the last ``values``.

    ``number`` makes numbers of those in the object.
    """
    found = list(values)
    for node in part["nodes"]:
        if node["op"] == "relu":
            found.append(max(0, found[node["of"]]))
        elif node["op"] == "times":
            found.append(found[node["by"]] * found[node["of"]])
        else:
            found.append(sum(number(w) * found[k] for k, w in node["terms"]) + number(node["bias"]))
    return [found[k] for k in part["outputs"]]
