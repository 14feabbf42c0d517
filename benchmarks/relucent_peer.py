"""The peer: relucent searches the activation regions of a perceptron in float64, cell by cell, with linear programs."""

import signal
from contextlib import contextmanager

import numpy as np
from relucent import AmbiguousGeometryError, Complex
from relucent.model.model import LinearLayer, ReLULayer, ReLUNetwork

from exactrelu.network.layers import layered

START = np.array([0.0123, -0.0077])
"""A point of the square that is on no kink."""


class OutOfPatience(BaseException):
    """Raised in the middle of relucent's work, where nothing takes it for an error of its own."""


@contextmanager
def at_most(seconds):
    """Raise `OutOfPatience` in the block when it has taken so many seconds."""
    def stop(*_):
        raise OutOfPatience

    before = signal.signal(signal.SIGALRM, stop)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def region_count(network, patience):
    """Return the number of regions that meet the unit square, in words if relucent does not find all of them.

    It is stopped after ``patience`` seconds.
    """
    layers = []
    form = layered(network)
    sources = network.inputs
    for affine in (*form.layers, form.outputs):
        weight = np.zeros((len(affine.rows), sources))
        for index, row in enumerate(affine.rows):
            for source, entry in row.terms:
                weight[index, source] = entry
        bias = np.array([float(row.bias) for row in affine.rows])
        if not layers:
            bias += weight @ [0.5, 0.5]  # relucent knows squares about the origin
        layers += [LinearLayer(weight, bias), ReLULayer()]
        sources = len(affine.rows)
    complex = Complex(ReLUNetwork(layers[:-1]))
    try:
        with at_most(patience):
            result = complex.bfs(START, cube_radius=0.5, cube_mode="intersect", verify=False, verbose=0)
    except AmbiguousGeometryError:
        return f"gives up at {len(complex)}"
    except OutOfPatience:
        return f"{len(complex)}, not done in {patience} s"
    return str(len(complex)) if result.complete else f"{len(complex)}, incomplete"
