"""Affine forms over keys: dicts {key: weight} without zeros; the key None stands for the constant 1.

A key is a value of which nothing but its domain is known: any hashable object, mostly a string.
"""

from exactrelu.field import mpq

ONE = None
"""The key of the constant."""


def constant(value):
    """Return the form of a rational constant."""
    return {ONE: mpq(value)} if value else {}


def key(name):
    """Return the form that is a key itself."""
    return {name: mpq(1)}


def combination(terms, bias=0):
    """Return the form  bias + Σ weight · form  over the pairs (form, weight)."""
    total = {ONE: bias} if bias else {}
    for form, weight in terms:
        for name, entry in form.items():
            total[name] = total.get(name, 0) + weight * entry
    return {name: entry for name, entry in total.items() if entry}


def scaled(form, factor):
    """Return the form times a rational."""
    return {name: factor * entry for name, entry in form.items()} if factor else {}


def minus(first, second):
    """Return the difference of two forms."""
    return combination([(first, 1), (second, -1)])


def shown(form):
    """Return a form as text, for messages."""
    words = [f"{entry}" if name is ONE else f"{entry} {name}" for name, entry in form.items()]
    text = " + ".join(words[:4]) or "0"
    return text if len(words) <= 4 else f"{text} + ..."
