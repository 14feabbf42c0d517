"""The peer: relucent searches the activation regions of a perceptron in float64, cell by cell, with linear programs."""

import numpy as np
from relucent import AmbiguousGeometryError, Complex
from relucent.model.model import LinearLayer, ReLULayer, ReLUNetwork

from exactrelu.network.layers import layered

START = np.array([0.0123, -0.0077])
"""A point of the square that is on no kink."""


def region_count(network):
    """Return the number of regions that meet the unit square, in words if relucent did not find all of them."""
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
        result = complex.bfs(START, cube_radius=0.5, cube_mode="intersect", verify=False, verbose=0)
    except AmbiguousGeometryError:
        return f"gives up at {len(complex)}"
    return str(len(complex)) if result.complete else f"{len(complex)}, incomplete"
