"""The facts of ``exactrelu mask`` as rows for people."""

from exactrelu.field import parse

MAX_LINES = 40
"""The most values of the limit function that are shown."""

DIGITS = 6
"""How many decimals of a bound are shown."""

CONVERGENCE = {
    "certified": "converges uniformly, as the joint spectral radius on W_1 is < 1",
    "refuted": "does not converge uniformly to limits other than 0",
    "undecided": "not decided whether it converges",
}


def lines(fact):
    """Return the rows (label, words) of the facts about a mask."""
    rows = [("indices", " x ".join(f"[{low}, {high}]" for low, high in fact["box"]))]
    if fact["components"] > 1:
        rows.append(("components", str(fact["components"])))
    else:
        rows += _symbol_lines(fact)
    rows += [("column norm B", fact["column_norm"]), ("row norm", fact["row_norm"])]
    rows.append(("sum rules", f"of order {fact['sum_rules']}" if fact["sum_rules"] else "none"))
    if fact["sum_rules"] and fact["scale"] != "1":
        rows.append(("normalised", f"what follows is about the mask divided by {fact['scale']}"))
    if fact["components"] == 1:
        rows += _polynomial_lines(fact)
    return rows + _radius_lines(fact) + _limit_lines(fact["limit"])


def _symbol_lines(fact):
    rows = [("symbol", fact["symbol"]), ("sum", fact["total"])]
    factors = fact.get("factors", {"directions": {}})
    if factors["directions"]:
        powers = (f"({v})^{power}" if power > 1 else f"({v})" for v, power in factors["directions"].items())
        rest = _counted(len(factors["rest"]), "term")
        rows.append(("factors", f"of the box spline with the directions {' '.join(powers)}; the rest has {rest}"))
    return rows


def _polynomial_lines(fact):
    if not fact["sum_rules"]:
        return []
    degree, shift = fact["reproduction"]["degree"], ", ".join(fact["reproduction"]["shift"])
    kappa = fact["interpolation"]
    return [
        ("polynomials", f"at least those of degree <= {fact['generation']} are sums of translates"),
        ("reproduction", f"of degree <= {degree}, from values at the points of Z^d moved by ({shift})"),
        ("interpolatory", "no" if kappa is None else f"yes, about ({', '.join(map(str, kappa))})"),
    ]


def _radius_lines(fact):
    found, m = fact["joint_spectral_radius"], fact["sum_rules"]
    if "reason" in found:
        return [("joint spectral radius", f"not looked for: {found['reason']}")]
    low, high = found["lower"], found["upper"]
    bounds = low if low == high else f"from {_decimal(low)} to {_decimal(high, up=True)} (rounded outward)"
    if not m:
        space = "of the matrices themselves"
    elif fact["components"] == 1:
        space = f"on W_{m}: columns v with sum p(a) v_a = 0 for all polynomials p of degree < {m}"
    else:
        space = f"on W_{m}: columns v with sum (p * y)(-a) v_a = 0 for all polynomials p of degree < {m}"
    states, dimension = _counted(found["states"], "row"), found["dimension"]
    return [
        ("joint spectral radius", f"{bounds}, {space}"),
        ("", f"matrices (c_(q + A a - b)), a digit q each, of {states}; dimension {dimension} is left"),
        ("", f"{_counted(found['products'], 'product')} of up to {found['length']} of them"),
        ("subdivision", CONVERGENCE[fact["convergence"]]),
    ]


def _limit_lines(limit):
    if limit["values"] is None:
        return [("limit function", limit["reason"])]
    rows = [(f"phi({', '.join(entry['point'])})", _value(entry["value"])) for entry in limit["values"][:MAX_LINES]]
    left = len(limit["values"]) - len(rows)
    return rows + ([("", f"and {_counted(left, 'more value')} (--json)")] if left else [])


def _decimal(numeral, up=False):
    """Return a rational >= 0 as a decimal, rounded down or up."""
    scaled = parse(numeral, "a bound") * 10**DIGITS
    units = int(-(-scaled // 1) if up else scaled // 1)
    return f"{units // 10**DIGITS}.{units % 10**DIGITS:0{DIGITS}d}"


def _value(value):
    return value if isinstance(value, str) else f"({', '.join(value)})"


def _counted(number, noun):
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
