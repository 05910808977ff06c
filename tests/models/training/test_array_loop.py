import inspect
import re

import numpy as np
import pytest
import tensorflow as tf

from vae_widgets.models.data.row_source import RowSource
from vae_widgets.models.training.array_loop import ArrayLoop, LoopData, Pace, chain_gradients


def nothing(batch, logs=None):
    pass


def no_noise(n):
    return tf.zeros((n, 1))


def sums_of(batch):
    """Sums of x, of x^2, of nothing, and of the weights."""
    x, weights = batch.data[0][:, 0], batch.weights
    return tf.stack(
        [tf.reduce_sum(weights * x), tf.reduce_sum(weights * x * x), 0.0, tf.reduce_sum(weights)]
    )


@pytest.mark.parametrize("jit_compile", [False, True])
@pytest.mark.parametrize("batch_size", [1, 7, 10, 64])
def test_every_row_counts_once(batch_size, jit_compile):
    x = np.arange(10, dtype=np.float32)[:, np.newaxis]
    loop = ArrayLoop(sums_of, batch_size, jit_compile)
    order = np.random.default_rng(0).permutation(10)
    logs = loop.run(LoopData([x]), order, no_noise, nothing, nothing)
    assert logs["loss"] == pytest.approx(x.mean())
    assert logs["reconstruction_loss"] == pytest.approx((x**2).mean())


def test_rows_come_in_the_order_given():
    seen = []

    def update(batch):
        def note(x, weights):
            seen.extend(x.numpy()[weights.numpy() > 0, 0])

        tf.py_function(note, [*batch.data, batch.weights], [])
        return tf.ones(4)

    order = np.random.default_rng(0).permutation(10)
    data = LoopData([np.arange(10, dtype=np.float32)[:, np.newaxis]])
    ArrayLoop(update, 4, jit_compile=False).run(data, order, no_noise, nothing, nothing)
    np.testing.assert_array_equal(seen, order)


def test_one_trace_serves_all_epochs():
    traces = []

    def update(batch):
        traces.append(1)
        return sums_of(batch)

    loop = ArrayLoop(update, 4, jit_compile=True)
    data = LoopData([np.zeros((50, 1), np.float32)])
    for _ in range(5):
        loop.run(data, np.arange(50), no_noise, nothing, nothing)
    once = len(traces)
    loop.run(data, np.arange(50), no_noise, nothing, nothing)
    assert len(traces) == once <= 2


def test_code_of_users_is_traced_as_it_is_written():
    """AutoGraph would convert it first, so that tracebacks show other lines."""
    files = []

    def update(batch):
        files.append(inspect.currentframe().f_code.co_filename)
        return sums_of(batch)

    data = LoopData([np.zeros((4, 1), np.float32)])
    ArrayLoop(update, 4, jit_compile=False).run(data, np.arange(4), no_noise, nothing, nothing)
    assert set(files) == {__file__}


def test_a_debugger_can_stop_in_each_step_where_functions_run_eagerly():
    seen = []

    def update(batch):
        seen.append(batch.data[0].numpy()[:, 0].tolist())
        return sums_of(batch)

    data = LoopData([np.arange(6, dtype=np.float32)[:, np.newaxis]])
    loop = ArrayLoop(update, 3, jit_compile=False)
    tf.config.run_functions_eagerly(True)
    try:
        logs = loop.run(data, np.arange(6), no_noise, nothing, nothing)
    finally:
        tf.config.run_functions_eagerly(False)
    assert seen == [[0, 1, 2], [3, 4, 5]]
    assert logs["loss"] == pytest.approx(2.5)


def test_stops_when_asked():
    ends = []

    def end(batch, logs=None):
        ends.append(batch)

    loop = ArrayLoop(sums_of, 1, jit_compile=False, steps=3)
    loop.run(
        LoopData([np.zeros((10, 1), np.float32)]),
        np.arange(10),
        no_noise,
        nothing,
        end,
        stop=lambda: True,
    )
    assert ends == [2]


@pytest.mark.parametrize(("batch_seconds", "steps"), [(0.004, 25), (0.08, 1), (3.0, 1)])
def test_pace_settles_at_a_tenth_of_a_second(batch_seconds, steps):
    pace = Pace()
    for _ in range(20):
        pace.record(batch_seconds * pace.steps)
    assert pace.steps == steps


def test_pace_at_most_doubles():
    pace = Pace()
    for expected in (2, 4, 8):
        pace.record(0.0)
        assert pace.steps == expected


def test_short_epochs_do_not_double_the_pace_without_end():
    pace = Pace()
    for _ in range(2000):  # 2.0**1024 is not a float any more
        pace.record(1e-4)
    assert pace.steps <= Pace.MOST


def test_pace_can_be_fixed():
    pace = Pace(7)
    pace.record(9)
    pace.record(0)
    assert pace.steps == 7


@pytest.mark.parametrize("jit_compile", [False, True])
@pytest.mark.parametrize("rows_at_once", [1, 4, 10, 1000])
def test_rows_that_are_read_in_windows_are_those_of_the_array(
    rows_at_once, jit_compile, monkeypatch
):
    """The order matters here: the sum of a batch is multiplied by its noise."""

    def update(batch):
        x, y = batch.data
        product = batch.weights * x[:, 0] * tf.cast(y, tf.float32) * batch.noise[:, 0]
        return tf.stack([tf.reduce_sum(product), 0.0, 0.0, tf.reduce_sum(batch.weights)])

    monkeypatch.setattr("vae_widgets.models.data.row_source.READ_AT_ONCE", 4 * rows_at_once)
    rng = np.random.default_rng(0)
    x, y = rng.integers(0, 255, (21, 1), np.uint8), rng.integers(5, size=21)
    noise, order = rng.normal(size=(24, 1)).astype(np.float32), rng.permutation(21)
    data = LoopData([RowSource(x), y])
    loop = ArrayLoop(update, 4, jit_compile)
    for _ in range(2):
        logs = loop.run(data, order, lambda n: noise[:n], nothing, nothing)
        assert logs["loss"] == pytest.approx(
            (x[order, 0] * y[order] * noise[:21, 0]).mean(), rel=1e-5
        )


@pytest.mark.skipif(bool(tf.config.list_physical_devices("GPU")), reason="rows go to the GPU")
@pytest.mark.parametrize("dtype", [np.uint8, np.float32])
def test_a_window_of_a_file_is_in_memory_once(dtype, tmp_path, monkeypatch):
    x = np.arange(60, dtype=dtype).reshape(20, 3)
    np.save(tmp_path / "rows.npy", x)
    taken = []
    take = RowSource.take
    monkeypatch.setattr(
        RowSource, "take", lambda rows, which: taken.append(take(rows, which)) or taken[-1]
    )
    data = LoopData([RowSource(np.load(tmp_path / "rows.npy", mmap_mode="r"))])
    windows = list(data.windows(np.arange(20)[::-1], 5))
    assert len(windows) == len(taken) == 4
    for ((rows, _), _), memory in zip(windows, taken, strict=True):
        assert np.shares_memory(np.asarray(memoryview(rows)), memory)  # `numpy()` copies
    del taken[:], memory, rows
    found = np.concatenate([parts[0].numpy() for parts, _ in windows])
    np.testing.assert_array_equal(found, x[::-1])


def test_each_row_has_its_noise():
    def update(batch):
        noise = tf.reduce_sum(batch.weights * batch.noise[:, 0])
        return tf.stack([noise, 0.0, 0.0, tf.reduce_sum(batch.weights)])

    noise = np.random.default_rng(0).normal(size=(12, 1)).astype(np.float32)
    loop = ArrayLoop(update, 4, jit_compile=True)
    logs = loop.run(
        LoopData([np.zeros((10, 1), np.float32)]),
        np.arange(10),
        lambda n: noise[:n],
        nothing,
        nothing,
    )
    assert logs["loss"] == pytest.approx(noise[:10].mean(), rel=1e-5)


@pytest.mark.parametrize("jit_compile", [False, True])
def test_noise_is_drawn_in_parts_where_it_would_not_fit(jit_compile):
    drawn = []

    def draw(n):
        drawn.append(np.random.default_rng(len(drawn)).normal(size=(n, 2**20)).astype(np.float32))
        return drawn[-1]

    def update(batch):
        noise = tf.reduce_sum(batch.weights * batch.noise[:, 0])
        return tf.stack([noise, 0.0, 0.0, tf.reduce_sum(batch.weights)])

    loop = ArrayLoop(update, 4, jit_compile, noise_width=2**20)
    logs = loop.run(
        LoopData([np.zeros((21, 1), np.float32)]), np.arange(21), draw, nothing, nothing
    )
    assert [len(part) for part in drawn] == [16, 16]  # 2^24 numbers at a time
    expected = np.concatenate(drawn)[:21, 0].mean()
    assert logs["loss"] == pytest.approx(expected, rel=1e-5)


def test_labels_stay_with_their_samples():
    def update(batch):
        x, y = batch.data
        product = tf.reduce_sum(batch.weights * x[:, 0] * tf.cast(y, tf.float32))
        return tf.stack([product, 0.0, 0.0, tf.reduce_sum(batch.weights)])

    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(10, 1)).astype(np.float32), rng.integers(5, size=10)
    loop = ArrayLoop(update, 4, jit_compile=True)
    data = LoopData([x, y])
    logs = loop.run(data, rng.permutation(10), no_noise, nothing, nothing)
    assert logs["loss"] == pytest.approx((x[:, 0] * y).mean(), rel=1e-5)


@pytest.mark.parametrize("jit_compile", [False, True])
def test_each_step_has_its_beta(jit_compile):
    def update(batch):
        return tf.stack([batch.beta * 4, batch.n_samples * 4, 0.0, 4.0])

    loop = ArrayLoop(update, 4, jit_compile, steps=2)
    betas = np.array([0.5, 1.0, 4.0], np.float32)
    asked = []

    def of_steps(steps):
        asked.append(steps)
        return betas

    data = LoopData([np.zeros((12, 1), np.float32)])
    logs = loop.run(data, np.arange(12), no_noise, nothing, nothing, betas=of_steps)
    assert logs["loss"] == pytest.approx(betas.mean())
    assert logs["reconstruction_loss"] == 12
    assert asked == [3, 3]  # before each of two executions


def copies_of_weights(order):
    """Count the copies of weights in a compiled loop over steps of training."""

    @tf.function(jit_compile=True)
    def train(x, first, second):
        def step(i, first, second):
            with tf.GradientTape() as tape:
                tape.watch([first, second])
                loss = tf.reduce_mean((tf.nn.relu(x @ first) @ second) ** 2)
            gradients = order(tape.gradient(loss, [first, second]))
            return i + 1, first - gradients[0], second - gradients[1]

        return tf.while_loop(lambda i, *_: i < 9, step, (0, first, second))

    arguments = (tf.ones((64, 300)), tf.ones((300, 200)), tf.ones((200, 100)))
    compiled = train.experimental_get_compiler_ir(*arguments)(stage="optimized_hlo")
    body = compiled[: compiled.index("ENTRY")]
    return len(re.findall(r"= f32\[(?:300,200|200,100)\]\S* copy\(", body))


def test_gradients_in_order_spare_copies_of_the_weights():
    assert copies_of_weights(list) > 0  # or this XLA needs no help any more
    assert copies_of_weights(chain_gradients) == 0


def test_gradients_in_order_keep_their_values():
    sparse = tf.IndexedSlices(tf.ones((1, 3)), [0], [4, 3])
    dense = [tf.constant([[np.nan, 1.0]]), tf.constant([np.inf, 2.0]), tf.constant([[3.0], [4.0]])]
    half = tf.constant([[5.0]], tf.float16)
    ordered = chain_gradients(
        [None, dense[0], sparse, dense[1], dense[2], half, tf.zeros((0, 4)), half]
    )
    assert ordered[0] is None
    assert ordered[2] is sparse
    for before, after in zip([*dense, half], [ordered[i] for i in (1, 3, 4, 5)], strict=True):
        np.testing.assert_array_equal(before, after)
        assert before.dtype == after.dtype
