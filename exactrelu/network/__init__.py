"""The object under test: networks of affine and ReLU nodes with rational weights."""

from exactrelu.network.builder import Builder, Expression, constant, linear_combination, total
from exactrelu.network.chain import Chain, Sum, as_network
from exactrelu.network.dag import Affine, Network, Relu

__all__ = [
    "Affine", "Builder", "Chain", "Expression", "Network", "Relu", "Sum", "as_network", "constant",
    "linear_combination", "total",
]
