import json
import threading

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vae_widgets.core.history import TrainingHistory, decimate, scalar


class Tensor:
    """Stands in for a tensor of torch, jax or TensorFlow: float() is all that is asked of it."""

    shape = ()

    def __float__(self):
        return 2.5

    def __array__(self, dtype=None, copy=None):
        return np.array(2.5, dtype)


def fit(history, epochs, steps, initial=0):
    for epoch in range(initial, epochs):
        history.begin_epoch(epoch)
        for batch in range(steps):
            history.log_batch(batch, {"loss": 100 * epoch + batch})
        history.log_epoch(epoch, {"loss": float(epoch), "val_loss": epoch + 0.5})


def test_a_fit_reads_like_keras_history():
    history = TrainingHistory()
    fit(history, epochs=3, steps=4)
    record = history.to_dict()
    assert record["epoch"] == [1, 2, 3]
    assert record["loss"] == [0.0, 1.0, 2.0]
    assert record["val_loss"] == [0.5, 1.5, 2.5]
    assert record["steps"]["step"] == list(range(1, 13))
    assert record["steps"]["loss"] == [100.0 * e + b for e in range(3) for b in range(4)]
    assert history.metrics() == ["loss"]
    json.dumps(record, allow_nan=False)


def test_a_loop_of_steps_with_gaps():
    history = TrainingHistory()
    for step in range(5):
        history.log_step(step, {"loss": step, **({"val_loss": -step} if step % 2 == 0 else {})})
    assert history.to_dict() == {
        "step": [0, 1, 2, 3, 4],
        "loss": [0.0, 1.0, 2.0, 3.0, 4.0],
        "val_loss": [0.0, None, -2.0, None, -4.0],
    }


@given(st.lists(st.tuples(st.integers(0, 50), st.floats(-10, 10)), max_size=300))
def test_points_in_any_order_are_read_in_order_and_the_last_counts(points):
    history = TrainingHistory()
    for step, value in points:
        history.log_step(step, {"loss": value})
    expected = dict(sorted(dict(points).items()))
    steps, values = history.steps("loss")
    assert steps.tolist() == list(expected)
    assert values.tolist() == list(expected.values())


def test_what_a_reader_holds_does_not_change():
    history = TrainingHistory()
    history.log_step(0, {"loss": 1.0})
    steps, values = history.steps("loss")
    for step in range(1, 1000):
        history.log_step(step, {"loss": 7.0})
    assert (steps.tolist(), values.tolist()) == ([0.0], [1.0])


def test_a_second_fit_starts_afresh_and_a_continued_one_goes_on():
    history = TrainingHistory()
    fit(history, epochs=3, steps=4)
    fit(history, epochs=5, steps=4, initial=3)
    assert history.to_dict()["loss"] == [0.0, 1.0, 2.0, 3.0, 4.0]
    assert history.last_step == 20
    # Back to epoch 2: what went beyond it is dropped.
    fit(history, epochs=3, steps=4, initial=2)
    assert history.to_dict()["loss"] == [0.0, 1.0, 2.0]
    assert history.last_step == 12
    fit(history, epochs=1, steps=4)
    assert history.to_dict()["epoch"] == [1]


def test_steps_in_epochs():
    history = TrainingHistory()
    fit(history, epochs=2, steps=10)
    history.begin_epoch(2)
    history.log_batch(4, {"loss": 1.0})
    steps = np.array([5.0, 10.0, 15.0, 25.0])
    np.testing.assert_allclose(history.epoch_of(steps, 10), [0.5, 1.0, 1.5, 2.5])
    np.testing.assert_allclose(history.epoch_of(steps, None), [0.5, 1.0, 1.5, 2.5])
    np.testing.assert_allclose(history.epoch_of(np.array([25.0]), 20), [2.25])


def test_steps_of_an_epoch_of_unknown_length_stay_within_it():
    history = TrainingHistory()
    history.begin_epoch(0)
    for batch in range(7):
        history.log_batch(batch, {"loss": 1.0})
        assert history.epoch_of(np.array([batch + 1.0]))[0] == 1.0


@pytest.mark.parametrize("value", [2.5, np.float32(2.5), np.array(2.5), np.array([2.5]), Tensor()])
def test_a_scalar_is_what_float_takes(value):
    assert scalar(value) == 2.5


@pytest.mark.parametrize("value", ["2.5", None, [1, 2], np.zeros((1, 1)), {}, object(), b"1", []])
def test_other_values_are_no_scalar(value):
    assert scalar(value) is None


def test_non_scalars_of_keras_logs_are_left_out():
    history = TrainingHistory()
    history.log_step(1, {"loss": 1.0, "confusion": np.eye(2)})
    assert history.metrics() == ["loss"]


def test_nan_is_recorded_and_named_once():
    history = TrainingHistory()
    for step, value in enumerate([1.0, np.nan, np.inf, 2.0]):
        history.log_step(step, {"loss": value})
    np.testing.assert_array_equal(history.to_dict()["loss"], [1.0, np.nan, np.inf, 2.0])
    assert history.warnings == ["loss became NaN at step 1"]


def test_reading_while_another_thread_writes():
    history = TrainingHistory()
    n = 20_000
    writer = threading.Thread(
        target=lambda: [history.log_step(i, {"loss": 2.0 * i}) for i in range(n)]
    )
    writer.start()
    seen = 0
    while seen < n:
        steps, values = history.steps("loss")
        np.testing.assert_array_equal(values, 2 * steps)
        assert len(steps) >= seen
        seen = len(steps)
    writer.join()


values = st.one_of(st.floats(width=32), st.floats(-5, 5))


@given(st.lists(values, min_size=1, max_size=500), st.integers(8, 60))
def test_decimation_keeps_extremes_gaps_and_ends(y, max_points):
    x, y = np.arange(len(y), dtype=float), np.array(y)
    thin_x, thin_y = decimate(x, y, max_points)
    assert len(thin_x) <= max_points
    assert (np.diff(thin_x) > 0).all()
    np.testing.assert_array_equal(thin_y, y[thin_x.astype(int)])  # a subset of the points
    assert (thin_x[0], thin_x[-1]) == (0, len(y) - 1)
    if len(y) <= max_points:
        assert len(thin_y) == len(y)
        return
    # Brute force over the same stretches.
    size = -(-len(y) // ((max_points - 2) // 3))
    for start in range(0, len(y), size):
        stretch = y[start : start + size]
        kept = thin_y[(thin_x >= start) & (thin_x < start + size)]
        finite = stretch[np.isfinite(stretch)]
        if len(finite):
            assert np.nanmin(finite) == kept[np.isfinite(kept)].min()
            assert np.nanmax(finite) == kept[np.isfinite(kept)].max()
        assert np.isfinite(stretch).all() == np.isfinite(kept).all()


def test_decimation_refuses_too_few_points():
    with pytest.raises(ValueError, match="max_points must be at least 8; received 3"):
        decimate(np.arange(9.0), np.arange(9.0), 3)
