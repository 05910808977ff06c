"""Weights in half the bytes: float16 in the file, float32 in the computation."""

import keras
import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

_FEWEST = 64  # numbers; the operation that widens fewer takes the bytes that they save


def round_weights(model: keras.Model) -> None:
    """Round the weights of a model to numbers that float16 has; they stay in their own type.

    Raises ``ValueError`` for a weight beyond the range of float16, which ends at 65,504.
    """
    for variable in model.weights:
        value = keras.ops.convert_to_numpy(variable)
        if value.dtype.kind != "f" or not value.size:
            continue
        most = np.finfo(np.float16).max
        if (largest := np.abs(value).max()) > most:
            raise ValueError(
                f"weights='float16' holds numbers up to {most:,.0f}; the weight {variable.path!r} "
                f"has {largest:.4g}. Leave weights out, which saves them as float32."
            )
        variable.assign(value.astype(np.float16))


def halve(content: bytes) -> bytes:
    """Return an ONNX file with arrays in float16 where that loses nothing.

    Each is cast to float32 before it is used, so that the graph computes what it did.
    """
    model = onnx.load_from_string(content)
    casts = []
    for constant in model.graph.initializer:
        if constant.data_type != TensorProto.FLOAT:
            continue
        array = numpy_helper.to_array(constant)
        with np.errstate(over="ignore"):
            half = array.astype(np.float16)
        if array.size < _FEWEST or not np.array_equal(half.astype(np.float32), array):
            continue
        name = constant.name
        constant.CopyFrom(numpy_helper.from_array(half, f"{name}_half"))
        casts.append(helper.make_node("Cast", [constant.name], [name], to=TensorProto.FLOAT))
    nodes = [*casts, *model.graph.node]
    del model.graph.node[:]
    model.graph.node.extend(nodes)
    halved: bytes = model.SerializeToString()
    return halved
