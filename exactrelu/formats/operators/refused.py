"""What is said about an operator that is not read: why, and what would help."""

_SMOOTH = (
    "it is not piecewise linear, and exact networks are; use Relu, LeakyRelu, Clip, Max or Min in its place, and train "
    "or export again"
)
_LAST = "it is not piecewise linear; where it is the last step, cut it off: the largest output stays the same"
_STEPS = "it jumps, and a network of affine and ReLU nodes is continuous; cut it off, or use Clip"
_FLOW = "graphs inside of graphs are not read; export the model with fixed sizes and no control flow"
_ROUNDS = "it rounds, which is no continuous function; export the network before it is quantised"
_MOVES = "it is not read; simplify the file with fixed sizes (onnxsim), which computes constants, and try again"

_WAYS = {
    **dict.fromkeys(
        ("Sigmoid", "Tanh", "Gelu", "Erf", "Exp", "Log", "Elu", "Selu", "Celu", "Softplus", "Softsign", "Mish", "Swish",
         "HardSwish", "Sin", "Cos", "Sqrt", "Reciprocal", "Pow", "LSTM", "GRU", "RNN", "LayerNormalization",
         "InstanceNormalization", "GroupNormalization", "LpNormalization", "LRN", "ReduceL2", "Attention"),
        _SMOOTH,
    ),
    **dict.fromkeys(("Softmax", "LogSoftmax", "Hardmax"), _LAST),
    **dict.fromkeys(
        ("Sign", "Floor", "Ceil", "Round", "Greater", "Less", "Equal", "GreaterOrEqual", "LessOrEqual", "Where", "Not",
         "And", "Or", "ArgMax", "ArgMin", "TopK", "ThresholdedRelu", "Shrink", "NonZero", "Mod"),
        _STEPS,
    ),
    **dict.fromkeys(("If", "Loop", "Scan", "SequenceMap"), _FLOW),
    **dict.fromkeys(
        ("QuantizeLinear", "DequantizeLinear", "DynamicQuantizeLinear", "QLinearConv", "QLinearMatMul", "MatMulInteger",
         "ConvInteger"),
        _ROUNDS,
    ),
}


def way_out(operator):
    """Return why an operator of ONNX is not read, and what would help."""
    return _WAYS.get(operator, _MOVES)
