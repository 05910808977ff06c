"""The floor under the tutorial's epoch: its big matrix products and nothing else."""

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

BATCH_SIZE = 128


class Peer:
    """The five products of a step of 784-256-2-256-784 that are not tiny, in a compiled loop.

    Two of them go forward, three back: no gradient of the input is needed. As a plain graph, whose
    kernels are oneDNN's; `xla_matrix_products` has the slower ones of XLA.
    """

    jit_compile = False

    def __init__(self, x: NDArray[np.float32], network: str) -> None:
        assert network == "dense"
        self._x = tf.constant(x)
        rng = np.random.default_rng(0)
        first = tf.constant(rng.normal(0, 0.05, (784, 256)), tf.float32)
        last = self._last = tf.constant(rng.normal(0, 0.05, (256, 784)), tf.float32)

        @tf.function(jit_compile=self.jit_compile)
        def products(
            x: tf.Tensor, steps: tf.Tensor, first: tf.Tensor, last: tf.Tensor
        ) -> tuple[tf.Tensor, ...]:
            def step(i: tf.Tensor, *_: tf.Tensor) -> tuple[tf.Tensor, ...]:
                batch = tf.slice(x, [i * BATCH_SIZE, 0], [BATCH_SIZE, 784])
                hidden = tf.matmul(batch, first)
                output = tf.matmul(hidden, last)
                last_gradient = tf.matmul(hidden, output, transpose_a=True)
                hidden_gradient = tf.matmul(output, last, transpose_b=True)
                first_gradient = tf.matmul(batch, hidden_gradient, transpose_a=True)
                return i + 1, first_gradient, last_gradient

            return tf.while_loop(lambda i, *_: i < steps, step, (0, first, last))

        self._epoch = lambda steps: products(self._x, tf.constant(steps), first, last)

    def epoch(self) -> None:
        # The last batch of 60,000 is not full, but the others' is computed, too.
        self._epoch(len(self._x) // BATCH_SIZE)[1].numpy()

    def decode(self, n: int) -> None:
        """Compute the large product behind `n` codes, 1,000 at a time."""
        hidden = tf.ones((1000, 256))
        for _ in range(-(-n // 1000)):
            tf.matmul(hidden, self._last).numpy()
