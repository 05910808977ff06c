"""Where a training step of a convolutional network spends its time, layer by layer.

    python -m tests.benchmarks.convolution_layers [conv|conv64]

Forward and back, batches of 128, least processor time of some calls on one thread: as a plain
graph, whose kernels are oneDNN's, and by XLA; beside them, what the arithmetic takes at the rate of
a large product of matrices. A transposed convolution with strides of 2 is also tried as one
convolution of the small image to four times the filters, which are then interleaved.
"""

import os
import sys
import time
from collections.abc import Callable

os.environ.update(TF_NUM_INTRAOP_THREADS="1", TF_NUM_INTEROP_THREADS="1", OMP_NUM_THREADS="1")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import tensorflow as tf
from keras import layers

from tests.benchmarks.peers.convolution_arithmetic import operations, rate, weighted_layers
from tests.benchmarks.peers.plain_keras import conv

BATCH_SIZE, CALLS = 128, 8


def milliseconds(call: Callable[[], object]) -> float:
    """Return the least processor time of some calls; the first ones compile."""
    call()
    times = []
    for _ in range(CALLS):
        before = time.process_time()
        call()
        times.append(time.process_time() - before)
    return 1000 * min(times)


def forward_and_back(function: Callable, x: tf.Tensor, kernel: tf.Tensor, jit: bool) -> Callable:
    """Return a compiled call of function(x, kernel) and its gradients."""

    @tf.function(jit_compile=jit)
    def step():
        with tf.GradientTape() as tape:
            tape.watch((x, kernel))
            y = function(x, kernel)
        return tape.gradient(y, (x, kernel), output_gradients=y)

    return step


def plain(layer: layers.Layer) -> Callable:
    """Return the operation of a layer, without bias and activation, of (x, kernel)."""
    if isinstance(layer, layers.Dense):
        return tf.matmul
    if isinstance(layer, layers.Conv2D):
        return lambda x, kernel: tf.nn.conv2d(x, kernel, layer.strides, "SAME")
    shape = (BATCH_SIZE, *layer.output.shape[1:])
    return lambda x, kernel: tf.nn.conv2d_transpose(x, kernel, shape, layer.strides, "SAME")


def interleaved(x: tf.Tensor, kernel: tf.Tensor) -> tf.Tensor:
    """Return the transposed convolution with a kernel (3, 3, out, in) and strides of 2."""
    n_out, n_in = kernel.shape[2:]
    kernel = tf.reshape(tf.pad(kernel, [[0, 1], [0, 1], [0, 0], [0, 0]]), (2, 2, 2, 2, n_out, n_in))
    # Axes: offset and phase of a row, offset and phase of a column, out, in.
    kernel = tf.transpose(tf.reverse(kernel, [0, 2]), (0, 2, 5, 1, 3, 4))
    kernel = tf.reshape(kernel, (2, 2, n_in, 4 * n_out))
    x = tf.pad(x, [[0, 0], [1, 0], [1, 0], [0, 0]])
    return tf.nn.depth_to_space(tf.nn.conv2d(x, kernel, 1, "VALID"), 2)


def main(network: str = "conv") -> None:
    """Print a table."""
    per_millisecond = rate(time.process_time) / 1000
    print(f"the rate of a product of 1,024 x 1,024: {per_millisecond / 1e6:.0f} GFLOP/s")
    print("| layer | oneDNN, ms | XLA, ms | interleaved, ms | arithmetic, ms |")
    print("| --- | ---: | ---: | ---: | ---: |")
    totals = [0.0, 0.0]
    for layer in weighted_layers(*conv(network)):
        x = tf.random.normal((BATCH_SIZE, *layer.input.shape[1:]))
        kernel = tf.random.normal(layer.kernel.shape)
        step = plain(layer)
        one_dnn, xla = (
            milliseconds(forward_and_back(step, x, kernel, jit)) for jit in (False, True)
        )
        other = ""
        if isinstance(layer, layers.Conv2DTranspose) and layer.strides == (2, 2):
            difference = tf.reduce_max(abs(step(x, kernel) - interleaved(x, kernel)))
            assert difference < 1e-2, difference  # of sums that are some tens
            other = f"{milliseconds(forward_and_back(interleaved, x, kernel, False)):.1f}"
        arithmetic = 3 * BATCH_SIZE * operations(layer) / per_millisecond
        totals = [totals[0] + one_dnn, totals[1] + arithmetic]
        shapes = " to ".join("x".join(map(str, t.shape[1:])) for t in (layer.input, layer.output))
        name = f"{type(layer).__name__}, {shapes}"
        print(f"| {name} | {one_dnn:.1f} | {xla:.1f} | {other} | {arithmetic:.1f} |", flush=True)
    print(f"| sum | {totals[0]:.1f} | | | {totals[1]:.1f} |")


if __name__ == "__main__":
    main(*sys.argv[1:])
