"""Affine forms in the inputs of a block: dicts {input: weight}, weights not 0, the key `CONSTANT` for the constant."""

CONSTANT = None


def combination(terms, bias):
    """Return the form  bias + Σ weight · form  over the pairs (form, weight)."""
    total = {CONSTANT: bias} if bias else {}
    for form, weight in terms:
        for key, entry in form.items():
            total[key] = total.get(key, 0) + weight * entry
    return {key: entry for key, entry in total.items() if entry}


def constant(value):
    """Return the form of a constant."""
    return {CONSTANT: value} if value else {}
