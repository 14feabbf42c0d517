"""Theorem 1.1: a class of networks of depth exactly C_1 n needs padding by identity layers."""

from exactrelu.construction import one_pass
from exactrelu.lemmas.remark_2_1 import as_network
from exactrelu.lemmas.result import INSTANCES, Fact, Statement, Table
from exactrelu.network import Builder, Chain
from exactrelu.network.layers import layered
from exactrelu.planar import equal
from exactrelu.scheme import load_problem

STATEMENT = Statement(
    "Υ, exact depth",
    "padding to depth C₁n",
    r"""
$\Upsilon_{W, L}$ is defined by networks of width $W$ and depth $L$, and the theorems put $V^n g$ into $\Upsilon_{C_0,
C_1 n}$, while constructions give a depth such as $n + c$. The
step between is not mentioned: a network of smaller depth is padded by identity layers $t = t_+ - (-t)_+$ behind its
output, two units each, and one
of smaller width by idle units. So $\Upsilon_{W, L} \subset \Upsilon_{W', L'}$ for $W' \geq \max(W, 2)$ and $L' \geq L$
(with one output), and depth at most $C_1 n$ is enough.
""",
)

PROBLEM = "haar"

LEVELS = 3


def check(build=one_pass.build):
    """Return the `Check`; ``build`` is (problem, n) -> network."""
    return STATEMENT.check(depth_fact(build), padding_fact(build))


def depths(build):
    """Return [(n, network, its layered form)]."""
    problem = load_problem(PROBLEM)
    networks = [(n, build(problem, n)) for n in range(1, LEVELS + 1)]
    return [(n, network, layered(network)) for n, network in networks]


def depth_fact(build):
    """The depths are not multiples C_1 n of n."""
    found = [(n, form.depth) for n, _, form in depths(build)]
    multiples = {depth * found[0][0] == found[0][1] * n for n, depth in found}
    return Fact(
        r"The network that a construction gives has depth $C_1 n$ exactly.",
        INSTANCES,
        f"one-pass, problem {PROBLEM}",
        len(found),
        {"n": tuple(n for n, _ in found), "depth": tuple(depth for _, depth in found)} if False in multiples else None,
        printed=True,
        reading="Without padding",
    )


def identity_layer(b, t):
    """Return t = t₊ − (−t)₊, one layer."""
    return b.relu(t) - b.relu(-t)


def padding_fact(build, identity_layer=identity_layer):
    """Padded to depth C_1 n, with C_1 one more than the depth for n = 1, the network is no wider.

    For the first n the padded network, which has one identity layer more, is compared as a function.
    """
    b = Builder(1)
    (t,) = b.inputs
    identity = b.network([identity_layer(b, t)])
    rows, witness = [], None
    found = depths(build)
    ratio = found[0][2].depth + 1
    for n, network, form in found:
        padded = layered(Chain([*network.blocks] + [identity] * (ratio * n - form.depth)))
        rows.append((n, form.depth, padded.depth, form.width, padded.width))
        differing = equal(as_network(padded), network.flatten(), jobs=1).counterexample if n == 1 else None
        if (padded.depth != ratio * n or padded.width > max(form.width, 2) or differing) and witness is None:
            witness = {"n": n, "depth": padded.depth, "width": padded.width}
            witness |= {} if differing is None else {"differs at": differing.point}
    return Fact(
        rf"Padded by identity layers it has depth exactly $C_1 n$ with $C_1 = {ratio}$, and the same width; for $n = 1$"
        " it was compared with the network at every point of the plane.",
        INSTANCES,
        f"one-pass, problem {PROBLEM}; the layered networks themselves",
        len(rows),
        witness,
        table=Table(("n", "depth", "padded depth", "width", "padded width"), tuple(rows)),
        within={"n": (1, LEVELS)},
    )
