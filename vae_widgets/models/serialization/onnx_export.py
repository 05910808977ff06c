"""Functions of tensors as ONNX, converted by tf2onnx, which no other module imports.

tf2onnx knows most layers of Keras. It takes seconds, so `onnx_writer` comes first.
"""

import contextlib
import logging
import os
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
import tensorflow as tf

_OPSET = 18  # the newest that tf2onnx writes
_stderr_lock = threading.Lock()


def to_onnx(
    function: Callable[..., Sequence[Any]],
    inputs: dict[str, tuple[int, ...]],
    outputs: Sequence[str],
) -> bytes:
    """Return an ONNX file that computes what a function computes, for any number of rows.

    `function` maps float32 tensors (n, *shape) of these `inputs` to tensors (n, ...) called
    `outputs`.
    """
    import tf2onnx

    def named(*tensors: Any) -> dict[str, Any]:
        return dict(zip(outputs, function(*tensors), strict=True))

    signature = [
        tf.TensorSpec((None, *shape), tf.float32, name=name) for name, shape in inputs.items()
    ]
    traced = tf.function(named, input_signature=signature)
    with _stderr_lock, _quiet():
        model, _ = tf2onnx.convert.from_function(
            traced, signature, opset=_OPSET, custom_op_handlers={"Erfc": (_erfc, [])}
        )
    for tensor in (*model.graph.input, *model.graph.output):
        tensor.type.tensor_type.shape.dim[0].dim_param = "n"
    content: bytes = model.SerializeToString()
    return content


def _erfc(graph: Any, node: Any, name: str, args: list[Any]) -> Any:
    """Write the erfc of the GELU activation, which tf2onnx does not know, as 1 - erf."""
    x, outputs, dtypes = node.input[0], node.output, node.output_dtypes
    shapes = node.output_shapes
    graph.remove_node(name)
    one = graph.make_const(f"{name}_one", np.float32(1))
    erf = graph.make_node("Erf", [x], dtypes=dtypes, shapes=shapes)
    return graph.make_node(
        "Sub",
        [one.output[0], erf.output[0]],
        name=name,
        outputs=outputs,
        dtypes=dtypes,
        shapes=shapes,
    )


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    logger = logging.getLogger("tf2onnx")
    level = logger.level
    logger.setLevel(logging.CRITICAL)
    sys.stderr.flush()
    stderr = os.dup(2)
    with tempfile.TemporaryFile() as notes:
        os.dup2(notes.fileno(), 2)
        try:
            yield
        finally:
            os.dup2(stderr, 2)
            os.close(stderr)
            logger.setLevel(level)
            notes.seek(0)
            for line in notes:
                if not line.startswith((b"I0000", b"WARNING: All log messages before absl")):
                    os.write(2, line)
