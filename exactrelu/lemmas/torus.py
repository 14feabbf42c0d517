"""Networks on the unit square that several checks share: the torus controller and the scalar factor read from it."""

from itertools import product

from exactrelu.construction.lattice import lattice, minimum
from exactrelu.construction.loop import controller, embedding
from exactrelu.construction.readout import minus_readout, plus_readout
from exactrelu.network import Builder, Chain

FOUR_BRANCHES = tuple(product("-+", repeat=2))
"""The sign patterns (σ, τ) of Theorem 3.7."""

TWO_BRANCHES = (("-", "-"), ("+", "+"))
"""The sign patterns that suffice."""

READOUTS = {"-": minus_readout, "+": plus_readout}


def start_block():
    """Return the block (x, y) → (E(x), E(y))."""
    b = Builder(2)
    return b.network([entry for t in b.inputs for entry in embedding(b, t)])


def transport_block(F=controller):
    """Return the block (z1, z2) → (F(z1), F(z2))."""
    b = Builder(4)
    px, qx, py, qy = b.inputs
    return b.network([*F(b, px, qx), *F(b, py, qy)])


def torus_controller(n, F=controller):
    """Return the `Chain` of z_n = (F × F)^n (E(x), E(y))."""
    return Chain([start_block()] + [transport_block(F)] * n)


def scalar_factor(shape, n, epsilon, branches=FOUR_BRANCHES, F=controller, readouts=READOUTS):
    """Return the `Chain` of the minimum of H(ρ^{σ,τ}(z_n)) over the ``branches``, for the `LatticeForm` of H."""
    b = Builder(4)
    px, qx, py, qy = b.inputs
    values = [
        b.relu(lattice(b, shape, readouts[sigma](b, px, qx, epsilon), readouts[tau](b, py, qy, epsilon)))
        for sigma, tau in branches
    ]
    return Chain([*torus_controller(n, F).blocks, b.network([minimum(b, values)])])
