import json
import sys
import threading

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vae_widgets.core.training.history import TrainingHistory, scalar


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


def test_what_a_listener_hears_rebuilds_the_history():
    entries = []
    history = TrainingHistory(entries.append)
    fit(history, epochs=2, steps=3)
    history.log_setting("beta", 0.5)
    history.log_setting("beta", 0.5)  # has not changed
    history.log_action("beta 0.5")
    history.log_latents(np.array([0.25, 1.5]))
    history.begin_epoch(2)
    history.log_batch(0, {"loss": np.float32(np.nan), "confusion": np.eye(2)})
    again = TrainingHistory()
    for entry in entries:
        again.replay(entry)
    np.testing.assert_equal(again.to_dict(), history.to_dict())
    assert again.actions == history.actions == [(6.0, "beta 0.5")]
    assert [part.tolist() for part in again.setting("beta")] == [[6.0], [0.5]]
    steps, kl = again.kl_per_dimension()
    assert (steps.tolist(), kl.tolist()) == ([6.0], [[0.25, 1.5]])
    assert again.warnings == ["loss became NaN at step 7"]


def test_going_back_drops_what_was_done_beyond():
    history = TrainingHistory()
    fit(history, epochs=1, steps=4)
    history.log_action("early")
    fit(history, epochs=3, steps=4, initial=1)
    history.log_action("late")
    history.log_setting("beta", 2.0)
    history.begin_epoch(1)
    assert [action.text for action in history.actions] == ["early"]
    assert not len(history.setting("beta")[0])


def test_pandas_frames_of_epochs_and_steps():
    history = TrainingHistory()
    fit(history, epochs=3, steps=4)
    frame = history.to_pandas()
    assert frame.index.name == "epoch"
    assert frame["val_loss"].tolist() == [0.5, 1.5, 2.5]
    assert frame.attrs["steps"].loc[5, "loss"] == 100
    loop = TrainingHistory()
    loop.log_step(3, {"loss": 1.0})
    assert loop.to_pandas().loc[3, "loss"] == 1.0


def test_without_pandas_the_error_says_what_to_do(monkeypatch):
    monkeypatch.setitem(sys.modules, "pandas", None)
    with pytest.raises(ImportError, match=r"pip install pandas.*to_dict\(\)"):
        TrainingHistory().to_pandas()
