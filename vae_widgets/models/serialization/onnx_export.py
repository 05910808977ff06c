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
    traced = _trace(named, signature)
    handlers: dict[str, Any] = {"Erfc": (_erfc, []), "Expm1": (_expm1, [])}
    with _stderr_lock, _quiet():
        model, _ = tf2onnx.convert.from_function(
            traced, signature, opset=_OPSET, custom_op_handlers=handlers
        )
    for tensor in (*model.graph.input, *model.graph.output):
        tensor.type.tensor_type.shape.dim[0].dim_param = "n"
    content: bytes = model.SerializeToString()
    return content


def _trace(function: Callable[..., Any], signature: Sequence[Any]) -> Any:
    """Return a traced function, without functions within it that XLA compiles.

    Keras compiles grouped convolutions with XLA, which tf2onnx cannot look into.
    """
    traced = tf.function(function, input_signature=signature, autograph=False)
    operations = traced.get_concrete_function().graph.get_operations()
    if not any("_XlaMustCompile" in operation.node_def.attr for operation in operations):
        return traced
    traced = tf.function(function, input_signature=signature, autograph=False)
    before = tf.config.functions_run_eagerly()
    tf.config.run_functions_eagerly(True)  # functions within it become a part of the trace
    try:
        traced.get_concrete_function()
    finally:
        tf.config.run_functions_eagerly(before)
    return traced


def _erfc(graph: Any, node: Any, name: str, args: list[Any]) -> Any:
    """Write the erfc of the GELU activation, which tf2onnx does not know, as 1 - erf."""
    return _with_one(graph, node, name, "Erf", is_first=True)


def _expm1(graph: Any, node: Any, name: str, args: list[Any]) -> Any:
    """Write the expm1 of the CELU activation, which ONNX does not have, as exp - 1."""
    return _with_one(graph, node, name, "Exp", is_first=False)


def _with_one(graph: Any, node: Any, name: str, op: str, is_first: bool) -> Any:
    """Replace a node by the difference of one and another operator."""
    x, outputs, dtypes = node.input[0], node.output, node.output_dtypes
    shapes = node.output_shapes
    graph.remove_node(name)
    one = graph.make_const(f"{name}_one", np.float32(1)).output[0]
    other = graph.make_node(op, [x], dtypes=dtypes, shapes=shapes).output[0]
    inputs = [one, other] if is_first else [other, one]
    return graph.make_node("Sub", inputs, name=name, outputs=outputs, dtypes=dtypes, shapes=shapes)


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
