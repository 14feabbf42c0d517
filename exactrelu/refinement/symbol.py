"""The symbol of a mask, the Laurent polynomial a(z) = Σ c_k z^k, and what is seen on it: factors, interpolation."""

from itertools import product

from exactrelu.field import mpq, text
from exactrelu.linear import inverse, times
from exactrelu.scheme.mask import Mask

MAX_TERMS = 12
"""The most terms of a symbol that are written out for people."""


def factors(mask, M):
    """Return ({v: multiplicity}, rest) for the factors 1 + z^v + ... + z^{(M-1)v} of the symbol with v in {-1, 0, 1}^d.

    They are those of box splines for the dilation M; the first entry of v that is not 0 is positive. The coefficients
    are numbers.
    """
    found, rest = {}, mask
    for v in product((0, 1, -1), repeat=mask.dimension):
        if any(v) and next(t for t in v if t) > 0:
            while (quotient := _divided(rest, v, M)) is not None:
                found[v] = found.get(v, 0) + 1
                rest = quotient
    return found, rest


def _divided(mask, v, M):
    """Return the mask divided by 1 + z^v + ... + z^{(M-1)v}, or None if that is not possible: line by line along v."""
    axis = next(i for i, t in enumerate(v) if t)
    lines = {}
    for k, c in mask.items():
        steps = k[axis]  # v[axis] is 1
        lines.setdefault(tuple(t - steps * s for t, s in zip(k, v, strict=True)), {})[steps] = c
    quotient = {}
    for base, entries in lines.items():
        left = dict(entries)
        first, last = min(left), max(left)
        for steps in range(first, last + 1):
            c = left.get(steps, mpq(0))
            if not c:
                continue
            if steps > last - M + 1:
                return None
            quotient[tuple(t + steps * s for t, s in zip(base, v, strict=True))] = c
            for more in range(M):
                left[steps + more] = left.get(steps + more, mpq(0)) - c
    return Mask(quotient)


def interpolation_point(mask, dilation):
    """Return the integer vector κ with c_{(A-1)κ + A m} = 1 for m = 0 and 0 for other m, or None if there is none.

    Then φ(κ) = 1 and φ(j) = 0 for all other integer vectors j; the coefficients are numbers.
    """
    less = [[entry - (i == k) for k, entry in enumerate(row)] for i, row in enumerate(dilation.matrix)]
    back = inverse(less)
    for k in (k for k, c in mask.items() if c == 1):
        kappa = times(back, k)
        coset = dilation.residue(k)
        if all(t.denominator == 1 for t in kappa) and not any(
            j != k and dilation.residue(j) == coset for j in mask
        ):
            return tuple(int(t) for t in kappa)
    return None


def symbol_text(mask):
    """Return the symbol as text for people, in z, in x, y, z for two or three coordinates, or in z1, z2, ...; cut."""
    names = ("x", "y", "z")[: mask.dimension] if mask.dimension <= 3 else [f"z{i + 1}" for i in range(mask.dimension)]
    if mask.dimension == 1:
        names = ("z",)
    terms = []
    for k, c in list(mask.items())[:MAX_TERMS]:
        powers = " ".join(name if t == 1 else f"{name}^{t}" for name, t in zip(names, k, strict=True) if t)
        terms.append(f"({text(c)})" + (f" {powers}" if powers else "") if not _is_plain(c) else _term(c, powers))
    more = f" + ... ({len(mask)} terms)" if len(mask) > MAX_TERMS else ""
    return " + ".join(terms).replace("+ -", "- ") + more


def _is_plain(c):
    return "+" not in text(c) and "-" not in text(c)[1:]


def _term(c, powers):
    if powers and abs(c) == 1:
        return powers if c > 0 else f"-{powers}"
    return f"{text(c)} {powers}" if powers else text(c)

