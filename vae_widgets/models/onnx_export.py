"""Encoder and decoder as ONNX, which runs without TensorFlow."""

import contextlib
import logging
import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from vae_widgets.models.likelihoods import Likelihood

_OPSET = 18  # the newest that tf2onnx writes


def encoder_to_onnx(encoder: keras.Model, sample_shape: tuple[int, ...]) -> bytes:
    """Return the ONNX file of x (n, *sample_shape) -> z_mean, z_log_var, each (n, latent_dim)."""

    def encode(x: Any) -> dict[str, Any]:
        z_mean, z_log_var = encoder(x, training=False)[:2]
        return {"z_mean": z_mean, "z_log_var": z_log_var}

    return _to_onnx(encode, x=sample_shape)


def decoder_to_onnx(decoder: keras.Model, likelihood: Likelihood, latent_dim: int) -> bytes:
    """Return the ONNX file of z (n, latent_dim) -> x_mean (n, *sample_shape), in data space."""

    def decode(z: Any) -> dict[str, Any]:
        return {"x_mean": likelihood.mean(decoder(z, training=False))}

    return _to_onnx(decode, z=(latent_dim,))


def _to_onnx(function: Callable[..., dict[str, Any]], **shapes: tuple[int, ...]) -> bytes:
    """Convert a function of float32 tensors (n, *shape) that returns tensors by name."""
    import tf2onnx  # half a second, for those who save

    signature = [
        tf.TensorSpec((None, *shape), tf.float32, name=name) for name, shape in shapes.items()
    ]
    traced = tf.function(function, input_signature=signature)
    with _quiet():
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
    """Keep the notes of the converter, in Python and in C++, out of the notebook.

    C++ writes to the process's own standard error, which is put aside meanwhile. What is no such
    note ("I0000 ...") is written afterwards.
    """
    logger = logging.getLogger("tf2onnx")
    level = logger.level
    logger.setLevel(logging.CRITICAL)  # what it cannot convert is raised as well
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
