"""The rules of the kernel for units of no sign, which become symbols, and for products of parameters and values."""

from exactrelu.proof.domains import HALF_LINE, LINE, UNIT, Shape
from exactrelu.proof.forms import ONE, combination, key, minus, scaled, shown


class Failure(Exception):
    """Raised when a judgement is not proved; ``part`` is the part of its domain where it fails, if that is known."""

    part = None


def symbol(k, form, domain, units, others):
    """Return the form of the unit k with the argument e = ``form``, a symbol.

    ``units`` {normal form: (symbol, lead, argument)} are those that there are; ``others`` gets what the new symbol is
    in terms of the key of max(0, −e), for `shorter`.
    """
    lead = form[min(form, key=hash)]
    normal = frozenset((name, entry / lead) for name, entry in form.items())
    if normal in units:
        symbol, own, argument = units[normal]
        factor = lead / own
        return scaled(symbol, factor) if factor > 0 else scaled(minus(symbol, argument), -factor)
    name, other = ("unit", k), ("other", k)
    for own, most in ((name, domain.most(form)), (other, domain.most(scaled(form, -1)))):
        if most is not None and all(generator.at(most) >= 0 for generator in domain.generators):
            domain.add((own,), UNIT, most)
        else:
            domain.add((own,), HALF_LINE)
    units[normal] = key(name), lead, form
    others[name] = combination([(key(other), 1), (form, 1)])
    return key(name)


def shorter(form, others):
    """Return the form with max(0, e) = max(0, −e) + e put in where that leaves fewer keys."""
    for name in [name for name in form if name in others]:
        if name not in form:
            continue
        found = combination([(form, 1), (others[name], form[name]), (key(name), -form[name])])
        if len(found) < len(form):
            form = found
    return form


def product(judgement, parameter, form, domain):
    """Return a number, or a parameter times a form in keys whose products with it are keys; or κ e, a key of its own.
    """
    ((theta, weight),) = parameter.items()
    if theta is ONE:
        return scaled(form, weight)
    names = {ONE: theta}
    for own, along, name in judgement.products:
        if own == theta:
            names[along] = name
        elif (own, theta) in judgement.inverses:
            names[name] = along
    for pair in judgement.inverses:
        if theta in pair:
            names[pair[1 - pair.index(theta)]] = ONE
    if form.keys() <= names.keys():
        return {names[name]: weight * entry for name, entry in form.items()}
    for own, inverse in judgement.inverses:
        if own == theta:
            return scaled(_multiple(theta, key(inverse), form, domain), weight)
    raise Failure(f"a product of {theta} and {shown(form)} has no key")


def _multiple(theta, inverse, form, domain):
    """Return a key of the domain for κ times a form e, which is at least 1 if e ≥ ε, at most −1 if e ≤ −ε."""
    name = "times", theta, frozenset(form.items())
    for sign in (1, -1):
        own = scaled(form, sign)
        for end, least in ((1, inverse), (0, {})):
            if domain.is_nonnegative(minus(own, least)):
                domain.add((name,), Shape([(sign * end,)], [(sign,)]))
                return key(name)
    domain.add((name,), LINE)
    return key(name)


def add_product(domain, parameter, along, name, inverse_low, inverse_high):
    """Add the keys θ and θt to a domain: θ ≥ 0 and t is in some interval, so that θt is between θ times its ends.

    If 1/θ is known to be in an interval, its ends are given, or else None.
    """
    low, high = domain.range_of(along)
    ends = sorted({end for end in (low, high) if end is not None}) or [0]
    least = 1 / inverse_high if inverse_high else 0
    points = [(least, least * end) for end in ends]
    if inverse_low:
        points += [(1 / inverse_low, end / inverse_low) for end in ends]
        rays = []
    else:
        rays = [(1, end) for end in ends]
    rays += [(0, sign) for sign, end in ((1, high), (-1, low)) if end is None]
    domain.add((parameter, name), Shape(points, rays))
