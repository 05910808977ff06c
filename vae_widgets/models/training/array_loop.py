"""The fast training loop for arrays.

A compiled loop gathers batch after batch from one tensor, and returns to Python about ten times a
second for callbacks and Stop. Keras's own ``fit`` returns for every batch.
"""

import time
from collections.abc import Callable, Generator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, NamedTuple, Protocol

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import ArrayLike, NDArray

from vae_widgets.models.data.row_source import ALIGNMENT, RowSource
from vae_widgets.models.networks.user_models import nested_layers

LOG_NAMES = ("loss", "reconstruction_loss", "kl_loss")
"""Means over samples that a step sums up."""

_SECONDS_TO_COMPILE = 2.0  # by XLA
_NOISE_AT_ONCE = 2**24  # random numbers drawn ahead: 64 MiB


class Batch(NamedTuple):
    """What a step gets.

    `data` are samples (b, *sample_shape), and labels (b,) of a conditional model; `weights` (b,)
    are zero for the rows that fill up the last batch; `noise` (b, n_draws, latent_dim) is standard
    normal; `n_samples` is the size of the data set.
    """

    data: tuple[Any, ...]
    weights: Any
    noise: Any
    beta: Any
    n_samples: Any

    def share(self, rows_of: Callable[[Any], Any]) -> "Batch":
        """Return the batch of some rows: what a function makes of each tensor with rows."""
        return self._replace(
            data=tuple(map(rows_of, self.data)),
            weights=rows_of(self.weights),
            noise=rows_of(self.noise),
        )


Update = Callable[[Batch], tf.Tensor]
"""Returns the weighted sums over a batch of `LOG_NAMES` and, last, of the weights: (4,)."""


class Pace:
    """How many batches to run before returning to Python: a fixed number, or about 100 ms."""

    SECONDS = 0.1
    MOST = 100_000  # steps; without a limit, short epochs would double it forever

    def __init__(self, steps: int | None = None) -> None:
        self.steps = steps or 1
        self._adaptive = steps is None

    def record(self, seconds: float) -> None:
        """Adapt to an execution of `steps` batches that took `seconds`."""
        if self._adaptive:
            factor = min(2.0, self.SECONDS / max(seconds, 1e-6))
            self.steps = max(1, min(self.MOST, round(self.steps * factor)))


class Hook(Protocol):
    """Called before and after each execution, as Keras calls callbacks around each batch."""

    def __call__(self, batch: int, logs: dict[str, float] | None = None) -> None:
        """Receive the number of the first or last batch, and the means over the epoch so far."""


Window = tuple[tuple[tf.Tensor, ...], tf.Tensor]


class LoopData:
    """The source of batches for an `ArrayLoop`: tensors, or windows of a `RowSource`.

    `parts` are arrays of n rows, the samples first; `weights` (n,), None for 1 each.
    """

    def __init__(self, parts: Sequence[Any], weights: NDArray[np.float32] | None = None) -> None:
        weights = np.ones(len(parts[0]), np.float32) if weights is None else weights
        self._parts = (*parts, weights)
        sources = [part for part in self._parts if isinstance(part, RowSource)]
        self._source = sources[0] if sources else None
        self._tensors = () if sources else tuple(map(tf.constant, self._parts))

    def __len__(self) -> int:
        return len(self._parts[0])

    def shuffled(self, rng: np.random.Generator) -> NDArray[np.int64]:
        """Return the row numbers (n,) in random order."""
        return rng.permutation(len(self)) if self._source is None else self._source.shuffled(rng)

    def rows_at_once(self) -> int | None:
        """How many rows become tensors at a time; None for all."""
        return None if self._source is None else self._source.rows_at_once

    def windows(self, rows: NDArray[np.int64], size: int) -> Generator[Window, None, None]:
        """Yield rows, `size` at a time; the next ones are read while the loop trains.

        Tensors with the rows, weights last, and the place of each row in them. All have one shape,
        because XLA would compile for each other one; the last is filled up.
        """
        parts = (np.resize(rows[i : i + size], size) for i in range(0, len(rows), size))
        if self._source is None:
            yield from map(self._window, parts)
            return
        with ThreadPoolExecutor(1, "vae_widgets reading") as pool:
            ahead = pool.submit(self._window, next(parts))
            for part in parts:
                window = ahead.result()
                ahead = pool.submit(self._window, part)
                yield window
            yield ahead.result()

    def _window(self, rows: NDArray[np.int64]) -> Window:
        if self._source is None:
            return self._tensors, tf.constant(rows, tf.int32)
        parts = (
            _tensor_of_memory(part.take(rows))
            if isinstance(part, RowSource)
            else tf.constant(part[rows])
            for part in self._parts
        )
        return tuple(parts), tf.range(len(rows), dtype=tf.int32)


def _tensor_of_memory(array: NDArray[np.float32]) -> tf.Tensor:
    """Return an array that nobody changes as a tensor. On a CPU an aligned one is not copied."""
    if array.ctypes.data % ALIGNMENT or tf.config.list_physical_devices("GPU"):
        return tf.constant(array)
    return tf.experimental.dlpack.from_dlpack(array.__dlpack__())


class ArrayLoop:
    """Runs `update` over the batches of an array, many of them in one compiled execution.

    The last batch is filled up with rows of weight zero. `steps` is the number of batches in an
    execution; None adapts it, see `Pace`. `noise_width` random numbers go to a row. `complete` adds
    logs to the means of `LOG_NAMES`. `totals` of the epoch so far are the sums of `LOG_NAMES` and
    of the weights, and the number of batches.
    """

    def __init__(
        self,
        update: Update,
        batch_size: int,
        jit_compile: bool,
        steps: int | None = None,
        noise_width: int = 1,
        complete: Callable[[dict[str, float]], dict[str, float]] = dict,
    ) -> None:
        self._batch_size = batch_size
        self._complete = complete
        self._pace = Pace(steps)
        # A variable, so that an execution changes it together with the model: Python raises an
        # interrupt just after an execution, whose results would be lost. float64 and batch by
        # batch, so that the sums do not depend on where executions end.
        self.totals = tf.Variable(tf.zeros(len(LOG_NAMES) + 2, tf.float64), trainable=False)
        self._steps_of_noise = max(1, _NOISE_AT_ONCE // (batch_size * noise_width))

        def execute(
            data: tuple[tf.Tensor, ...],
            order: tf.Tensor,
            order_from: tf.Tensor,
            n: tf.Tensor,
            noise: tf.Tensor,
            noise_from: tf.Tensor,
            betas: tf.Tensor,
            first: tf.Tensor,
            last: tf.Tensor,
            so_far: tf.Tensor,
        ) -> tf.Tensor:
            def one_batch(step: tf.Tensor, sums: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
                start = step * batch_size
                rows = tf.slice(order, [start - order_from * batch_size], [batch_size])
                rest = noise.shape[1:]
                noise_start = [start - noise_from * batch_size, *[0] * len(rest)]
                *parts, weights = (tf.gather(part, rows) for part in data)
                batch = Batch(
                    data=tuple(parts),
                    weights=weights * tf.cast(start + tf.range(batch_size) < n, tf.float32),
                    noise=tf.slice(noise, noise_start, [batch_size, *rest]),
                    beta=betas[step],
                    n_samples=tf.cast(n, tf.float32),
                )
                return step + 1, sums + tf.cast(update(batch), tf.float64)

            # tf.while_loop rather than a loop over tf.range, whose length XLA would have to know:
            # it would compile again for every `first` and `last`.
            # The sums come as an argument: two threads may evaluate at a time.
            start = (first, tf.ensure_shape(so_far, self.totals.shape)[:-1])
            done, sums = tf.while_loop(lambda step, _: step < last, one_batch, start)
            totals = tf.concat([sums, [tf.cast(done, tf.float64)]], axis=0)
            self.totals.assign(totals)
            return totals

        # Without AutoGraph, as in Keras's own `fit`: to convert all code takes a second.
        self._function = tf.function(execute, jit_compile=jit_compile, autograph=False)
        self._graph: Callable[..., tf.Tensor] | None = None

    def _execute(self, *arguments: Any) -> NDArray[np.float64]:
        arguments = tf.nest.map_structure(tf.convert_to_tensor, arguments)
        # Users have functions run eagerly to stop in their own layers with a debugger.
        eagerly = tf.config.functions_run_eagerly()
        run = self._function if eagerly else self._trace(arguments)
        totals: NDArray[np.float64] = run(*arguments).numpy()
        return totals

    def _trace(self, arguments: Any) -> Callable[..., tf.Tensor]:
        if self._graph is None:
            # One trace for any number of rows. Calling the graph itself also spares the user a
            # warning of frequent retracing, which TensorFlow counts over all models together.
            self._graph = self._function.get_concrete_function(
                *tf.nest.map_structure(_spec_of_any_length, arguments)
            )
        return self._graph

    def run(
        self,
        data: LoopData,
        order: NDArray[np.int64],
        draw_noise: Callable[[int], tf.Tensor],
        begin: Hook,
        end: Hook,
        stop: Callable[[], bool] = lambda: False,
        betas: Callable[[int], NDArray[np.float32]] = lambda steps: np.ones(steps, np.float32),
        totals: ArrayLike | None = None,
    ) -> dict[str, float]:
        """Go once through the rows of `data` in an `order` (n,); return the means.

        Parameters
        ----------
        draw_noise
            Maps a number of rows to noise (rows, ...), for many batches: it is slow within XLA.
        begin, end
            Called around each execution.
        stop
            Asked after each execution whether to end early.
        betas
            Maps the number of steps in the epoch to beta of every step, (steps,).
        totals
            The attribute `totals` of an epoch that broke off, to continue it.
        """
        steps = -(-len(order) // self._batch_size)
        # The rows that fill up the last batch are real ones: they have no weight, but layers such
        # as batch normalisation see them.
        all_rows = np.resize(order, steps * self._batch_size)
        rows_at_once = data.rows_at_once() or len(all_rows)
        steps_of_rows = min(steps, max(1, rows_at_once // self._batch_size))
        steps_of_noise = min(steps, self._steps_of_noise)
        so_far = np.zeros(len(LOG_NAMES) + 2) if totals is None else np.asarray(totals)
        self.totals.assign(so_far)
        first, noise_to, rows_to = int(so_far[-1]), 0, 0
        n = np.int32(len(data))
        done = (first - first % steps_of_rows) * self._batch_size
        windows = data.windows(all_rows[done:], steps_of_rows * self._batch_size)
        while first < steps:
            if rows_to <= first:
                tensors = rows = None
                rows_from = first - first % steps_of_rows
                rows_to = rows_from + steps_of_rows
                tensors, rows = next(windows)
            while noise_to <= first:  # also draws the noise of batches done in an earlier process
                noise_from, noise_to = noise_to, noise_to + steps_of_noise
                noise = draw_noise(steps_of_noise * self._batch_size)
            last = min(first + self._pace.steps, steps, noise_to, rows_to)
            begin(first)
            started = time.perf_counter()
            so_far = self._execute(
                *(tensors, rows, rows_from, n, noise, noise_from),
                *(betas(steps), first, last, so_far),
            )
            self._pace.record(time.perf_counter() - started)
            end(last - 1, self._complete(_means(so_far)))
            first = last
            if stop():
                windows.close()
                break
        return self._complete(_means(so_far))


def _means(totals: NDArray[np.float64]) -> dict[str, float]:
    *sums, weight, _ = totals.tolist()
    # Sample weights may all be 0 so far.
    return {name: total / (weight or 1.0) for name, total in zip(LOG_NAMES, sums, strict=True)}


def _spec_of_any_length(tensor: tf.Tensor) -> tf.TensorSpec:
    shape = (None, *tensor.shape[1:]) if tensor.shape.rank else ()
    return tf.TensorSpec(shape, tensor.dtype)


_CONVOLUTIONS = tuple(
    getattr(keras.layers, name)
    for name in (
        *("Conv1D", "Conv2D", "Conv3D"),
        *("Conv1DTranspose", "Conv2DTranspose", "Conv3DTranspose"),
        *("SeparableConv1D", "SeparableConv2D", "DepthwiseConv1D", "DepthwiseConv2D"),
    )
)


def should_use_xla(model: keras.Model) -> bool:
    """Return whether XLA makes the training of `model` faster.

    It does on a GPU, and on a CPU without convolutions and random layers, which XLA slows there. On
    several devices it cannot be used.
    """
    if model.distribute_strategy.num_replicas_in_sync > 1:
        return False
    if tf.config.list_physical_devices("GPU"):
        return True
    return not any(
        isinstance(layer, _CONVOLUTIONS) or hasattr(layer, "seed_generator")
        for layer in nested_layers(model)
    )


def xla_pays(model: keras.Model, steps: int, batch_size: int) -> bool:
    """Return whether this many steps on a CPU save the 2 s that XLA takes to compile.

    `steps` counts those before a resume too, so that a resumed run decides as the whole one.
    """
    gain = 2e-4 + 2.4e-9 * model.count_params() * batch_size / 128
    return bool(steps * gain > _SECONDS_TO_COMPILE)


def chain_gradients(gradients: Sequence[Any]) -> list[Any]:
    """Make each gradient depend on the one before it in the list, without changing values.

    Otherwise XLA copies all weights in every step. None and `tf.IndexedSlices` stay as they are.
    """
    ordered: list[Any] = []
    nothing = None
    for gradient in gradients:
        is_dense = (
            isinstance(gradient, tf.Tensor)
            and gradient.dtype.is_floating
            and gradient.shape.num_elements()  # a known number, at least one
        )
        wait = is_dense and nothing is not None and gradient.shape.rank > 1  # others cost nothing
        ordered.append(gradient + tf.cast(nothing, gradient.dtype) if wait else gradient)
        if is_dense:
            # Always 0, which the compiler does not know.
            any_number = tf.reshape(gradient, [-1])[0]
            nothing = 0.0 * tf.cast(tf.math.is_nan(any_number), tf.float32)
    return ordered
