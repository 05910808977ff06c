import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vae_widgets.core.training.history import TrainingHistory
from vae_widgets.widgets.training_monitor.best_weights import BestWeights
from vae_widgets.widgets.training_monitor.curve_lines import best_epoch
from vae_widgets.widgets.training_monitor.widget import TrainingMonitor


@pytest.fixture
def make():
    made = []

    def make(**arguments):
        made.append(TrainingMonitor(**arguments))
        return made[-1]

    yield make
    for monitor in made:
        monitor._throttle.finish()
        monitor.close()


class Model:
    """Has the number of its epoch as its weights."""

    stop_training = False

    def __init__(self):
        self.weights = np.zeros(3)

    def get_weights(self):
        return [self.weights.copy()]

    def set_weights(self, weights):
        (self.weights,) = weights


def fit(monitor, losses, model=None, first=0, end=True, name="val_loss"):
    model = model or Model()
    callback = monitor.callback
    callback.set_params({"epochs": first + len(losses), "steps": 1})
    callback.set_model(model)
    callback.on_train_begin()
    for epoch, loss in enumerate(losses, first):
        callback.on_epoch_begin(epoch)
        model.weights[:] = epoch + 1  # in place, as Keras does
        callback.on_epoch_end(epoch, {"loss": 9.0 - epoch, name: loss})
    if end:
        callback.on_train_end()
    return model


def button(monitor):
    return monitor._drawing.controls.shown["buttons"].get("restore_best")


def test_the_weights_of_the_best_epoch_are_restored(make):
    monitor = make()
    model = fit(monitor, [5.0, 3.0, 4.0, np.nan])
    monitor._throttle.finish()
    assert button(monitor)["enabled"]
    assert monitor.restore_best() == 2
    np.testing.assert_array_equal(model.weights, [2, 2, 2])
    monitor._throttle.finish()
    assert not button(monitor)["enabled"]
    assert monitor._drawing.controls.shown["progress"].endswith("best: epoch 2 (restored)")
    assert [action.text for action in monitor.history.actions] == ["restored epoch 2"]
    # A continued fit keeps the best epoch of all; a new one begins anew.
    fit(monitor, [3.5, 3.2], model, first=4)
    assert monitor.restore_best() == 2
    fit(monitor, [2.5], model, first=6)
    assert monitor.restore_best() == 7
    np.testing.assert_array_equal(model.weights, [7, 7, 7])
    fit(monitor, [8.0, 9.0], model)
    assert monitor.restore_best() == 1


def refused(monitor, why):
    with pytest.raises(RuntimeError, match=f"best epoch cannot be restored: .*{why}"):
        monitor.restore_best()


def test_restoring_is_refused_with_the_reason(make):
    monitor = make()
    refused(monitor, "no fit of a Keras model")
    monitor.log(1, loss=1.0)
    refused(monitor, "a fit is under way")
    monitor.stop()
    monitor = make()
    model = fit(monitor, [5.0, 3.0, 4.0], end=False)
    refused(monitor, r"a fit is under way \(training\)")
    assert model.weights[0] == 3
    fit(monitor, [5.0])
    refused(monitor, "two epochs")
    off = make(keep_best_weights=False)
    fit(off, [5.0, 3.0, 4.0])
    refused(off, "keep_best_weights=True")
    off._throttle.finish()
    assert button(off) is None
    fit(monitor, [5.0, 3.0, 4.0], model=type("NoWeights", (), {"weights": np.zeros(1)})())
    refused(monitor, "no fit of a Keras model")
    monitor._throttle.finish()
    assert button(monitor) is None


def test_a_best_epoch_without_weights_is_named(make):
    """Without validation, a change of beta makes the ELBO decide which epoch is the best."""
    monitor = make()
    model = fit(monitor, [-40.0, -42.0], end=False, name="elbo")
    for step, beta in enumerate([1.0, 0.5]):
        monitor.history.log_step(step, {"loss": 9.0})
        monitor.history.log_setting("beta", beta)
    fit(monitor, [-43.0], model, first=2, name="elbo")
    refused(monitor, "those of epoch 1 were not kept")


LOSS = st.sampled_from([1.0, 2.0, 3.0, np.nan, np.inf])


@given(st.lists(LOSS, min_size=2, max_size=12), st.sampled_from(["loss", "val_loss"]))
def test_the_best_epoch_so_far_needs_only_the_one_that_is_kept(losses, name):
    history, kept = TrainingHistory(), BestWeights()
    kept.begin(Model(), 0)
    for epoch, loss in enumerate(losses):
        history.begin_epoch(epoch)
        history.log_epoch(epoch, {"loss": 9.0, name: loss})
        known = [] if kept.epoch is None else [kept.epoch]
        best = best_epoch(history, [*known, epoch + 1])
        kept.end_epoch(epoch + 1, None if best is None else best[0])
    finite = np.where(np.isfinite(losses), losses, np.inf)
    if np.isfinite(finite).any():
        assert kept.epoch == 1 + finite.argmin() == best_epoch(history)[0]


def test_weights_that_are_not_kept_need_no_best_epoch(make, monkeypatch):
    def never(*arguments):
        raise AssertionError("searched for the best epoch")

    monkeypatch.setattr("vae_widgets.widgets.training_monitor.session.best_epoch", never)
    monitor = make(keep_best_weights=False)
    fit(monitor, [5.0, 3.0, 4.0])
    assert monitor.history.epochs_done == 3
