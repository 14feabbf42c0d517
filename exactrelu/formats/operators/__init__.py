"""The operators of ONNX that are read, by their names, each a function of a `Call` that returns its output arrays."""

from exactrelu.formats.operators import affine, kinks, moves, windows

OPERATORS = affine.OPERATORS | kinks.OPERATORS | moves.OPERATORS | windows.OPERATORS
