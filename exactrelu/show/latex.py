"""What was proved, as LaTeX for a paper: the theorem with W and L, or the point that refutes it."""

from exactrelu.errors import InputError
from exactrelu.field import text
from exactrelu.network.layers import layered

MAX_COEFFICIENTS = 64
"""The most coefficients of a mask that a theorem lists."""

_SPECIAL = {letter: rf"\{letter}" for letter in "_&%#${}"} | {
    "\\": r"\textbackslash{}", "^": r"\textasciicircum{}", "~": r"\textasciitilde{}",
}


def theorem(verdict):
    """Return what was proved as an environment of LaTeX; raises `InputError` if nothing was decided."""
    if verdict.verdict == "undecided":
        raise InputError(f"nothing was decided, so there is no theorem: {verdict.reason}")
    if not has_formula(verdict.problem):
        raise InputError("a theorem in LaTeX is about one mask without a source; this problem has more than that")
    name = kind(verdict).lower()
    return f"\\begin{{{name}}}\n{sentences(verdict)}\n\\end{{{name}}}\n"


def has_formula(problem):
    """Return whether V f is one sum: one mask, and no source."""
    return len(problem.masks.all) == 1 and problem.source is None


def kind(verdict):
    """Return what a decision is in a paper."""
    return "Theorem" if verdict.verdict == "certified" else "Proposition"


def sentences(verdict):
    """Return what is certified or refuted as sentences of LaTeX."""
    problem, n, found = verdict.problem, verdict.n, verdict.counterexample
    power = "V^n g" if n == "all" else f"V^{{{n}}} g"
    let = (
        f"Let $Vf(z) = {operator(problem)}$, {coefficients(problem)}, and let $g$ be the continuous piecewise linear "
        rf"function of the problem \texttt{{{_escaped(problem.name)}}}, on {len(problem.seed.simplices)} simplices."
    )
    if found is not None:
        values = f"N(p) = {_number(found.network)} \\neq {_number(found.target)} = {power}(p)"
        return f"{let}\nThe network $N$ differs from ${power}$: ${values}$ at $p = {_tuple(found.point)}$."
    where = rf"at every point of $\mathbb{{R}}^{{{problem.dimension}}}$"
    if n == "all":
        width, depth = verdict.sizes.width, verdict.sizes.depth
        return (
            f"{let}\nFor every $n \\ge 1$ there is a ReLU network of width at most $W = {width}$ and depth at most "
            f"$L = {depth}$\nthat equals ${power}$ {where}."
        )
    form = layered(verdict.network)
    return (
        f"{let}\nThere is a ReLU network of width $W = {form.width}$ and depth $L = {form.depth}$\nthat equals "
        f"${power}$ {where}."
    )


def operator(problem):
    """Return V f(z) as a formula."""
    factors = problem.dilation.factors
    if factors is not None and len(set(factors)) == 1:
        return rf"\sum_k c_k f({factors[0]} z - k)"
    rows = r" \\ ".join(" & ".join(map(str, row)) for row in problem.dilation.matrix)
    return rf"\sum_k c_k f(\begin{{pmatrix}} {rows} \end{{pmatrix}} z - k)"


def coefficients(problem):
    """Return the mask in words and formulas, or how many coefficients there are."""
    mask = problem.mask
    if problem.components > 1 or len(mask) > MAX_COEFFICIENTS:
        return f"with {len(mask)} coefficients"
    listed = ", ".join(f"c_{{{','.join(map(str, index))}}} = {_number(c)}" for index, c in mask.items())
    return f"${listed}$"


def _number(number):
    shown = text(number).replace("*sqrt", r" \sqrt")
    sign, digits = ("-", shown[1:]) if shown.startswith("-") else ("", shown)
    above, slash, below = digits.partition("/")
    return rf"{sign}\frac{{{above}}}{{{below}}}" if slash and below.isdigit() else shown


def _tuple(point):
    return rf"\left({', '.join(map(_number, point))}\right)"


def _escaped(name):
    return "".join(_SPECIAL.get(letter, letter) for letter in name)
