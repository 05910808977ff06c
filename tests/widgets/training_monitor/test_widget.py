import io
import math
import sys
import threading
import time as clock
from collections import Counter

import numpy as np
import pytest
import traitlets
from comm import DummyComm
from PIL import Image

from tests.support.messages import send
from tests.widgets.base.test_rate_limit import Time
from vae_widgets.core.training.history import TrainingHistory
from vae_widgets.widgets.training_monitor.curve_lines import best_epoch, ordered_metrics
from vae_widgets.widgets.training_monitor.widget import TrainingMonitor


@pytest.fixture
def time():
    return Time()


@pytest.fixture
def monitor(time, monkeypatch):
    return make_monitor(time, monkeypatch)


def make_monitor(time, monkeypatch, **arguments):
    monkeypatch.setattr(TrainingMonitor, "_clock", staticmethod(time))
    monkeypatch.setattr(TrainingMonitor, "_timer", staticmethod(time.timer))
    return TrainingMonitor(**arguments)


@pytest.fixture
def messages(time, monkeypatch):
    """Times of all messages to the page."""
    sent = []
    monkeypatch.setattr(DummyComm, "publish_msg", lambda *args, **kwargs: sent.append(time.now))
    return sent


class Model:
    stop_training = False


class LinearCodec(Model):
    """Decodes to level z, so that its pictures can be computed by hand."""

    latent_dim = 2
    sample_shape = (8, 8)
    level = 0.25

    def encode(self, x):
        return np.full((len(x), 2), self.level), np.zeros((len(x), 2))

    def decode(self, z):
        return np.broadcast_to(np.clip(z[:, :1, None], 0, 1), (len(z), 8, 8))


def drive(monitor, time, model, epochs=3, steps=10, batch_seconds=0.05, **params):
    """Call the hooks as Keras' fit does."""
    callback = monitor.callback
    callback.set_params({"verbose": 1, "epochs": epochs, "steps": steps, **params})
    callback.set_model(model)
    model.stop_training = False
    callback.on_train_begin(None)
    for epoch in range(epochs):
        callback.on_epoch_begin(epoch, None)
        for batch in range(steps):
            callback.on_train_batch_begin(batch, logs=None)
            time.advance(batch_seconds)
            value = 100 / (1 + epoch + batch / steps)
            callback.on_train_batch_end(batch, logs={"loss": value, "kl_loss": 5.0})
            if model.stop_training:
                break
        callback.on_test_begin(None)
        callback.on_test_batch_end(0, logs={"loss": 1.0})
        callback.on_test_end({"loss": 1.0})
        logs = {"loss": value, "kl_loss": 5.0, "val_loss": value + 1, "val_kl_loss": 5.5}
        callback.on_epoch_end(epoch, logs)
        if model.stop_training:
            break
    callback.on_train_end(None)
    time.advance(2)


def click(monitor, run=None, **message):
    """Send what a button of the page sends."""
    content = {
        **message,
        "run": shown(monitor, "run") if run is None else run,
        "page": "a",
        "seq": 1,
    }
    data = {"method": "custom", "content": content}
    monitor._drawing.controls._handle_msg({"content": {"data": data}, "buffers": []})


def shown(monitor, key):
    return monitor._drawing.controls.shown[key]


def figure(monitor, panel=0):
    return monitor._drawing.curves._panels[panel].figure


def training(monitor):
    return figure(monitor).lines[False, 2]


def others(monitor):
    return figure(monitor).lines[False, 1]


def lines(monitor, panel=0):
    """Drawn points of the training lines and the strong validation lines of a figure."""
    marks = figure(monitor, panel).lines
    return np.atleast_2d(marks[False, 2].y), np.atleast_2d(marks[True, 2].y)[1::2]


def test_a_fit_from_waiting_to_finished(monitor, time):
    assert monitor.state == "waiting"
    assert "callbacks=[monitor.callback]" in shown(monitor, "status")
    drive(monitor, time, Model(), n_samples=1000, batch_size=100)
    assert monitor.state == "finished"
    assert shown(monitor, "fraction") == 1.0
    assert shown(monitor, "progress") == "Epoch 3 of 3 in 1.5 s · best: epoch 3"
    assert shown(monitor, "warning") == ""
    assert monitor.history.to_dict()["val_loss"] == pytest.approx(
        [100 / v + 1 for v in (1.9, 2.9, 3.9)]
    )
    # The last state is what is drawn: epochs 1 to 3 of the loss, left, and of the KL, right.
    training, validation = lines(monitor)
    np.testing.assert_allclose(training[1][:3], [100 / v for v in (1.9, 2.9, 3.9)], rtol=1e-6)
    np.testing.assert_allclose(validation[0][:3], [100 / v + 1 for v in (1.9, 2.9, 3.9)], rtol=1e-6)
    assert set(lines(monitor, 1)[1][0]) == {5.5}
    assert [entry["label"] for entry in monitor._drawing.legend.entries] == ["loss", "KL"]


def test_progress_while_it_trains(monitor, time):
    seen = []
    model = Model()
    monitor._drawing.controls.observe(lambda change: seen.append(change.new), "shown")
    drive(monitor, time, model, epochs=4, steps=20, n_samples=1000)
    training = [
        state for state in seen if state["state"] == "training" and "left" in state["progress"]
    ]
    # 1000 samples in 20 steps of 0.05 s: 50 samples a step, 1,000 samples a second, 4 s in all.
    for state in training:
        epoch = max(1, math.ceil(state["fraction"] * 4 - 1e-9))
        where, left, rate = state["progress"].split(" · ")
        assert where == f"epoch {epoch} of 4"
        assert float(left.removesuffix(" s left")) == pytest.approx(
            4.0 * (1 - state["fraction"]), abs=0.051
        )
        assert rate == "1,000 samples/s"
    assert len(training) >= 3


def test_the_time_left_is_without_the_time_to_compile(monitor, time):
    """Keras compiles training in the first step, and validation at the end of the first epoch."""
    callback, left = monitor.callback, []
    callback.set_params({"epochs": 40, "steps": 10})
    callback.set_model(Model())
    callback.on_train_begin()
    for epoch in range(3):
        callback.on_epoch_begin(epoch)
        for batch in range(10):
            time.advance(8.0 if epoch == batch == 0 else 0.1)
            callback.on_train_batch_end(batch, {"loss": 1.0})
            left.append(monitor._session.progress.seconds_left)
        time.advance(6.0 if epoch == 0 else 0.5)  # validation
        callback.on_epoch_end(epoch, {"loss": 1.0, "val_loss": 1.0})
    # An epoch takes 1.5 s, so that 38 of them are left after the second; 1 s without validation.
    assert left[0] is None
    assert all(30 < seconds < 62 for seconds in left[1:10] + left[11:])
    assert monitor._session.progress.seconds_left == pytest.approx(37 * 1.5)


def test_the_legend_explains_what_is_drawn(monitor, time):
    legend = monitor._drawing.legend
    drive(monitor, time, Model())
    assert legend.key == ["training", "validation", "batch", "best"]
    monitor.smoothing = 0.5
    time.advance(2)
    assert legend.key == ["training", "validation", "unsmoothed", "best"]
    monitor.hidden = ["loss", "kl_loss"]
    time.advance(2)
    assert legend.key == []
    monitor.smoothing, monitor.hidden = 0.0, []
    monitor.log(0, loss=1.0)
    monitor.log(1, loss=0.5)
    time.advance(2)
    assert legend.key == []


@pytest.mark.parametrize("batch_seconds", [0.0005, 0.03, 0.5])
def test_at_most_ten_messages_a_second(monitor, time, messages, batch_seconds):
    messages.clear()
    samples = np.zeros((4, 8, 8), np.float32)
    drive(monitor, time, LinearCodec(), 6, 40, batch_seconds, preview=samples)
    times = np.array(messages)
    busiest = max(((times >= start) & (times < start + 0.999)).sum() for start in times)
    assert busiest <= 10
    assert shown(monitor, "fraction") == 1.0


def test_long_runs_keep_marks_and_points(monitor, time):
    def marks():
        return [mark for panel in (0, 1) for mark in figure(monitor, panel).marks]

    before = [mark.model_id for mark in marks()]
    rng = np.random.default_rng(0)
    for step in range(10_000):
        monitor.log(step, loss=rng.normal(), val_loss=rng.normal())
        time.advance(0.001)
    time.advance(2)
    assert [mark.model_id for mark in marks()] == before
    assert max(mark.y.shape[-1] for mark in marks()) <= 2000
    assert len(monitor.history.to_dict()["loss"]) == 10_000
    _, y = monitor.history.steps("loss")
    assert np.nanmax(lines(monitor)[0][0]) == np.float32(y.max())


def test_stop_ends_the_fit_at_the_next_batch(monitor, time):
    model = Model()
    monitor.stop()  # before a run there is nothing to stop
    assert monitor.state == "waiting"
    end_batch = monitor.callback.on_train_batch_end

    def click_in_epoch_two(batch, logs):
        if monitor.history.epochs_done == 1 and batch == 4:
            click(monitor, kind="stop")
            assert monitor.state == "stopping"
        end_batch(batch, logs)

    monitor.callback.on_train_batch_end = click_in_epoch_two
    drive(monitor, time, model, epochs=5)
    assert model.stop_training
    assert monitor.state == "stopped"
    assert shown(monitor, "progress") == "Stopped at epoch 2 of 5 · best: epoch 2"
    assert len(monitor.history.to_dict()["steps"]["loss"]) == 15
    # The next fit is not stopped by it.
    monitor.callback.on_train_batch_end = end_batch
    drive(monitor, time, model, epochs=2)
    assert monitor.state == "finished"
    assert monitor.history.to_dict()["epoch"] == [1, 2]


def test_a_click_that_comes_too_late_does_not_stop_the_next_run(monitor, time):
    drive(monitor, time, Model(), epochs=1)
    late = shown(monitor, "run")
    begin(monitor)
    click(monitor, run=late, kind="stop")
    assert monitor.state == "training"
    click(monitor, kind="stop")
    assert monitor.state == "stopping"


class Rate:
    """Stands in for a variable."""

    def __init__(self, value):
        self.value = value

    def assign(self, value):
        self.value = value

    def __array__(self, dtype=None, copy=None):
        return np.array(self.value, dtype)


class Optimizer:
    def __init__(self):
        self.learning_rate = Rate(0.01)


class SteeredModel(LinearCodec):
    """Has what the controls ask for; beta refuses negative values."""

    def __init__(self):
        self.optimizer = Optimizer()
        self._beta = 1.0
        self.saved = []

    @property
    def beta(self):
        return self._beta

    @beta.setter
    def beta(self, value):
        if value < 0:
            raise ValueError(f"beta must lie in [0, inf]; received {value:g}.")
        self._beta = value

    def save(self, path):
        self.saved.append(path)


def train_in_thread(monitor, model, epochs=2, steps=5):
    """Train like Keras in a thread, a batch whenever `go.release()` lets it.

    The monitor may hold a batch until its hook returns, which is when it is in `ended`.
    """
    go = threading.Semaphore(0)
    ended = []

    def train():
        callback = monitor.callback
        callback.set_params({"epochs": epochs, "steps": steps})
        callback.set_model(model)
        callback.on_train_begin()
        for epoch in range(epochs):
            callback.on_epoch_begin(epoch)
            for batch in range(steps):
                go.acquire()
                callback.on_train_batch_end(batch, {"loss": 1.0})
                ended.append((epoch, batch))
            callback.on_epoch_end(epoch, {"loss": 1.0})
        callback.on_train_end()

    thread = threading.Thread(target=train)
    thread.start()
    return thread, go, ended


def wait_until(condition):
    end = clock.monotonic() + 30
    while not condition():
        assert clock.monotonic() < end
        clock.sleep(0.005)


def test_pause_resume_settings_and_checkpoint_of_any_model(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "checkpoint.keras").touch()
    path = tmp_path / "run.jsonl"
    monitor, model = TrainingMonitor(log=path), SteeredModel()
    thread, go, ended = train_in_thread(monitor, model)
    go.release()
    wait_until(lambda: ended)
    click(monitor, kind="pause")
    assert monitor.state == "paused"
    go.release(2)
    wait_until(lambda: monitor.history.last_step == 2)  # the batch that was under way
    # While it is paused: a checkpoint that does not overwrite a file of the user, and settings.
    monitor._throttle.finish()
    assert "checkpoint-2.keras" in shown(monitor, "buttons")["checkpoint"]["hint"]
    click(monitor, kind="checkpoint")
    # The thread of the run saves it, so that the run is held from now on.
    wait_until(lambda: monitor.history.actions[-1].text == "checkpoint")
    assert model.saved == ["checkpoint-2.keras"]
    click(monitor, kind="change", name="beta", value=0.5)
    click(monitor, kind="change", name="learning_rate", value=0.001)
    click(monitor, kind="change", name="beta", value=-1)
    assert (model.beta, model.optimizer.learning_rate.value) == (0.5, 0.001)
    monitor._throttle.finish()
    assert "received -1" in shown(monitor, "warning")
    assert shown(monitor, "settings") == {"learning_rate": 0.001, "beta": 0.5}
    assert shown(monitor, "buttons")["pause"]["text"] == "Resume"
    assert monitor.history.last_step == 2
    click(monitor, kind="resume")
    wait_until(lambda: monitor.history.last_step == 3)
    go.release(100)
    thread.join(30)
    assert monitor.state == "finished"
    done = ["paused", "checkpoint", "β 0.5", "rate 0.001", "resumed"]
    assert [action.text for action in monitor.history.actions] == done
    # All of it is in the log, which gives the same monitor again.
    again = TrainingMonitor.from_log(path)
    np.testing.assert_equal(again.history.to_dict(), monitor.history.to_dict())
    assert again.history.actions == monitor.history.actions
    assert again.history.setting("beta")[1].tolist() == [1.0, 0.5]
    again._throttle.finish()
    assert again.state == "finished"
    assert shown(again, "progress").startswith("Epoch 2 of 2 in ")
    monitor._throttle.finish()
    np.testing.assert_array_equal(lines(again)[0], lines(monitor)[0])
    events = again._drawing.controls.readout["events"]
    assert [event["text"] for event in events] == done


def test_stop_ends_a_paused_run():
    monitor, model = TrainingMonitor(), Model()
    thread, go, ended = train_in_thread(monitor, model)
    go.release()
    wait_until(lambda: ended)
    monitor.pause()
    go.release(20)
    monitor.stop()
    wait_until(lambda: model.stop_training)
    thread.join(30)
    assert monitor.state == "stopped"


@pytest.mark.parametrize("by_click", [False, True])
def test_a_loop_in_a_thread_can_be_paused(by_click):
    monitor = TrainingMonitor()
    logged = []

    def loop():
        for step in range(10_000):
            monitor.log(step, loss=1.0)
            logged.append(step)
            if monitor.should_stop:
                return

    thread = threading.Thread(target=loop)
    thread.start()
    wait_until(lambda: logged)
    if by_click:
        controls = monitor._drawing.controls
        wait_until(lambda: controls.shown.get("state") == "training")
        assert send(controls, "pause", run=controls.shown["run"]) == []
        (answer,) = send(controls, "stop", run=controls.shown["run"] - 1)
        assert "is over" in answer["error"]
    else:
        monitor.pause()
    wait_until(lambda: monitor.history.last_step == len(logged))  # one is held in log()
    assert monitor.state == "paused"
    monitor.stop()
    thread.join(30)
    assert not thread.is_alive()


def test_controls_without_anything_behind_them_are_not_shown(monitor, time):
    monitor.log(0, loss=1.0)
    time.advance(2)
    assert list(shown(monitor, "buttons")) == ["stop"]
    assert shown(monitor, "settings") == {}
    with pytest.raises(AttributeError, match="beta cannot be set"):
        monitor.change(beta=2.0)
    with pytest.raises(TypeError, match="did you mean 'learning_rate'"):
        monitor.change(learning_rat=2.0)
    with pytest.raises(RuntimeError, match="nothing to save"):
        monitor.checkpoint()
    # A number that was compiled into a graph does nothing when it changes.
    model = Model()
    model.beta = 1.0
    begin(monitor, model)
    time.advance(2)
    assert shown(monitor, "settings") == {}
    assert list(shown(monitor, "buttons")) == ["pause", "stop"]
    assert shown(monitor, "blocked")


def test_a_refused_click_is_shown_and_a_fault_in_code_is_also_raised(monitor, time):
    class Refusing(Model):
        @property
        def beta(self):
            return 1.0

        @beta.setter
        def beta(self, value):
            raise self.error

    model = Refusing()
    begin(monitor, model)
    time.advance(2)
    message = {"run": shown(monitor, "run"), "name": "beta", "value": 9}
    model.error = ValueError("beta is too high")
    assert send(monitor._drawing.controls, "change", **message) == []
    time.advance(2)
    assert shown(monitor, "warning") == "beta is too high"
    model.error = KeyError("wieght")
    with pytest.raises(KeyError, match="wieght"):  # which ipywidgets logs
        send(monitor._drawing.controls, "change", **message)
    time.advance(2)
    assert shown(monitor, "warning") == "KeyError: 'wieght'"


def test_runs_are_drawn_behind_the_present_one(monitor, time):
    drive(monitor, time, Model(), epochs=2)
    monitor.start_run("wide")
    drive(monitor, time, Model(), epochs=3)
    drive(monitor, time, Model(), epochs=3)
    assert list(monitor.runs) == ["run 1", "wide", "run 3"]
    assert monitor.runs["wide"].epochs_done == 3
    assert [run["name"] for run in monitor._drawing.legend.runs] == ["run 1", "wide"]
    behind = others(monitor)
    drawn = np.atleast_2d(behind.y)[np.array(behind.opacities) > 0]
    np.testing.assert_allclose(drawn[:, :2], [[100 / 1.9, 100 / 2.9]] * 2, rtol=1e-6)
    monitor._drawing.legend.hidden = ["run:run 1"]
    time.advance(2)
    assert np.count_nonzero(behind.opacities) == 1
    # As many as can be told apart, and no more.
    for _ in range(12):
        drive(monitor, time, Model(), epochs=1, steps=1)
    assert len(monitor.runs) == 8
    begin(monitor)
    with pytest.raises(RuntimeError, match="a fit is running"):
        monitor.start_run("late")


def test_zoom_shows_more_detail_and_all_again(monitor, time):
    rng = np.random.default_rng(0)
    values = rng.normal(size=5000)
    for step, value in enumerate(values):
        monitor.log(step, loss=value)
    monitor._drawing.controls.zoom = [1000.0, 1200.0]
    time.advance(2)
    x = figure(monitor).x_scale
    assert (x.min, x.max) == (1000.0, 1200.0)
    np.testing.assert_array_equal(lines(monitor)[0][0], np.float32(values[999:1201]))
    monitor._drawing.controls.zoom = []
    time.advance(2)
    assert (x.min, x.max) == (0.0, 5000.0)
    with pytest.raises(traitlets.TraitError, match="zoom must be two numbers"):
        monitor._drawing.controls.zoom = [3.0, 1.0]


def test_the_axis_and_the_mark_of_the_replay_change_before_the_curves(monitor, time):
    for step in range(100):
        monitor.log(step, loss=float(step))
    monitor._drawing.controls.panels = ["replay"]
    time.advance(2)
    heard = []
    replay, line = monitor._drawing.replay, training(monitor)
    figure(monitor).x_scale.observe(lambda change: heard.append("axis"), "max")
    replay.observe(lambda change: heard.append("replay"), "limits")
    line.observe(lambda change: heard.append("curve"), "y")
    monitor._drawing.controls.zoom = [20.0, 40.0]
    time.advance(2)
    assert heard == ["replay", "axis", "curve"]
    assert replay.limits == [20.0, 40.0]


def test_smoothing_keeps_the_raw_line_behind(monitor, time):
    for step in range(100):
        monitor.log(step, loss=float(step % 2))
    monitor.smoothing = 0.9
    time.advance(2)
    raw, smooth = lines(monitor)[0][:2]
    assert raw.tolist() == [0.0, 1.0] * 50
    assert np.ptp(smooth[50:]) < 0.2
    assert training(monitor).opacities[:2] == [0.35, 1.0]
    with pytest.raises(ValueError, match="smoothing must lie"):
        monitor.smoothing = 1.0


def test_the_best_epoch_is_marked(monitor, time):
    callback = monitor.callback
    callback.set_params({"epochs": 4, "steps": 1})
    callback.set_model(Model())
    callback.on_train_begin()
    for epoch, validation in enumerate([5.0, 3.0, 4.0, 4.5]):
        callback.on_epoch_begin(epoch)
        callback.on_epoch_end(epoch, {"loss": 4.0 - epoch, "val_loss": validation})
    callback.on_train_end()
    time.advance(2)
    best = figure(monitor).points
    assert (best.visible, best.x.tolist(), best.y.tolist()) == (True, [2.0], [3.0])
    assert shown(monitor, "progress").endswith(" · best: epoch 2")


def test_the_best_epoch_does_not_move_with_beta():
    """Without validation the loss says when beta was small, and the ELBO when the model was good.

    With validation the best epoch is that of ``val_loss``, which has the final beta throughout.
    """
    history = TrainingHistory()
    for epoch, beta in enumerate([0.0, 0.5, 1.0]):
        history.begin_epoch(epoch)
        history.log_batch(0, {"loss": 20.0 + epoch})
        history.log_setting("beta", beta)
        history.log_epoch(epoch, {"loss": 20.0 + epoch, "elbo": -40.0 + epoch})
    assert best_epoch(history) == (3.0, 22.0)
    history.log_epoch(0, {"val_loss": 30.0})
    history.log_epoch(1, {"val_loss": 33.0})
    assert best_epoch(history) == (1.0, 30.0)


def test_the_elbo_is_not_drawn_beside_its_parts():
    parts = ["loss", "elbo", "reconstruction_loss", "kl_loss", "auc"]
    assert ordered_metrics(parts) == ["loss", "reconstruction_loss", "kl_loss", "auc"]
    assert ordered_metrics(["elbo", "loss"]) == ["loss", "elbo"]


def test_latent_dimensions_are_followed_and_kept(monitor, time, tmp_path):
    class TwoCodes(LinearCodec):
        shade = 0.0

        def decode(self, z):
            self.shade += 0.01
            return np.full((len(z), 8, 8), self.shade)

        def encode(self, x):
            mean = np.zeros((len(x), 2))
            mean[:, 1] = np.linspace(-2, 2, len(x))
            return mean, np.zeros((len(x), 2))

    model, x = TwoCodes(), np.zeros((5, 8, 8), np.float32)
    drive(monitor, time, model, epochs=4, preview=x)
    steps, kl = monitor.history.kl_per_dimension()
    # KL(N(m, 1) || N(0, 1)) = m^2 / 2, and the means are -2, -1, 0, 1 and 2.
    np.testing.assert_allclose(kl, [[0, 1]] * len(steps))
    assert monitor.history.active_units == 1
    assert shown(monitor, "available") == ["latent", "replay"]
    health, replay = monitor._drawing.health, monitor._drawing.replay
    assert health.shown == replay.shown == {}  # closed panels cost nothing
    monitor._drawing.controls.panels = ["latent", "replay"]
    time.advance(2)
    assert (health.shown["active"], health.shown["kl"]["shape"]) == (1, [len(steps), 2])
    frames = replay.shown["frames"]
    assert frames[0] == 0.0
    assert frames[-1] == 4.0
    newest = monitor._drawing.strip._content
    replay.at = frames[1]
    time.advance(2)
    assert replay.shown["seen"] == frames[1]
    kept = [frame.content for frame in monitor._session.pictures.frames]
    assert monitor._drawing.strip._content == kept[1] != newest == kept[-1]
    replay.at = None
    time.advance(2)
    assert monitor._drawing.strip._content == newest


def test_a_long_run_keeps_few_frames(monitor, time):
    drive(monitor, time, LinearCodec(), epochs=400, steps=2, batch_seconds=0.5)
    frames = monitor._session.pictures.frames
    assert 50 < len(frames) <= 100
    gaps = np.diff([frame.at for frame in frames][:-1])
    np.testing.assert_allclose(gaps, gaps[-1], atol=0.5)  # the first is made in a hurry


def test_a_log_that_cannot_be_written_does_not_end_the_training(monitor, time, tmp_path):
    class Full(io.BytesIO):
        def write(self, data):
            raise OSError("No space left on device")

    monitor = TrainingMonitor(log=tmp_path / "run.jsonl")
    monitor._session._log._file = Full()
    drive(monitor, time, Model(), epochs=1)
    monitor._throttle.finish()
    assert monitor.state == "finished"
    assert "training continues: No space left" in shown(monitor, "warning")
    assert len(monitor.history.to_dict()["steps"]["loss"]) == 10


def test_a_log_that_can_be_written_again_says_what_is_missing(time, tmp_path, monkeypatch):
    path = tmp_path / "run.jsonl"
    monitor = TrainingMonitor(log=path)
    monitor.log(0, loss=1.0)

    class Full(io.BytesIO):
        def write(self, data):
            raise OSError("No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(monitor._session._log, "_file", Full())
        for step in (1, 2):
            monitor.log(step, loss=1.0)
    monitor._throttle.finish()
    assert "could not be written, training continues" in shown(monitor, "warning")
    monitor.log(3, loss=1.0)
    monitor._throttle.finish()
    assert shown(monitor, "warning") == f"{path} is written again; 2 entries are missing in it."
    again = TrainingMonitor.from_log(path)
    assert again.history.steps("loss")[0].tolist() == [0, 3]
    assert "2 entries are missing in the log" in shown(again, "warning")


def test_a_loop_of_your_own(monitor, time):
    for step in range(100):
        monitor.log(step, loss=np.float32(step), val_loss=np.array(2.0 * step), accuracy=0.5)
        time.advance(0.02)
        if step == 60:
            monitor.stop()
        if monitor.should_stop:
            break
    time.advance(2)
    record = monitor.history.to_dict()
    assert record["step"] == list(range(61))
    assert record["val_loss"][-1] == 120.0
    training, validation = lines(monitor)
    assert validation[0].max() == 120.0
    assert training[0].max() == 60.0
    assert "step 60 · 50.0 steps/s" in shown(monitor, "progress")
    # The same loop again starts afresh.
    monitor.log(0, loss=1.0)
    assert monitor.history.to_dict() == {"step": [0], "loss": [1.0]}


@pytest.mark.parametrize(
    ("step", "metrics", "error", "message"),
    [
        (0, {"loss": "low"}, TypeError, "loss must be one number; received str"),
        (0, {"loss": [1.0, 2.0]}, TypeError, r"received list of shape \(2,\)"),
        ("first", {"loss": 1.0}, TypeError, "step must be a number; received 'first'"),
        (np.nan, {"loss": 1.0}, ValueError, "step must be a finite number"),
    ],
)
def test_bad_metrics_of_a_loop_are_named(monitor, step, metrics, error, message):
    with pytest.raises(error, match=message):
        monitor.log(step, **metrics)
    assert monitor.history.to_dict() == {"step": []}


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"sample": np.zeros((2, 8))}, TypeError, "did you mean 'samples'"),
        ({"samples": np.zeros((0, 8))}, ValueError, "samples is empty"),
        ({"samples": np.full((2, 8), np.nan)}, ValueError, "samples has 16 NaN"),
        (
            {"samples": np.zeros((2, 9)), "codec": LinearCodec()},
            ValueError,
            r"expected \(n, 8, 8\)",
        ),
        ({"codec": Model()}, TypeError, "lacks encode, decode"),
        ({"renderer": 3}, TypeError, "renderer must be callable"),
        ({"labels": [1, 2]}, ValueError, "labels are given without samples"),
        ({"compare": [1, 2]}, TypeError, "compare must map names to histories"),
        ({"log": "no/such/folder/run.jsonl"}, FileNotFoundError, "there is no folder"),
    ],
)
def test_bad_arguments_are_named(arguments, error, message):
    with pytest.raises(error, match=message):
        TrainingMonitor(**arguments)


def test_nan_is_a_gap_and_a_warning(monitor, time):
    for step, loss in enumerate([4.0, 3.0, np.nan, np.inf, 2.0]):
        monitor.log(step, loss=loss)
    time.advance(2)
    np.testing.assert_array_equal(lines(monitor)[0][0], [4, 3, np.nan, np.nan, 2])
    assert "loss 2.000" in shown(monitor, "status")
    monitor.log(5, loss=np.nan)
    time.advance(2)
    assert "loss NaN" in shown(monitor, "status")
    assert shown(monitor, "warning").startswith("loss became NaN at step 2: ")


def test_a_fit_that_diverges_from_the_first_batch(monitor, time):
    callback = monitor.callback
    callback.set_params({"epochs": 1, "steps": None})
    callback.set_model(Model())
    callback.on_train_begin()
    callback.on_epoch_begin(0)
    callback.on_train_batch_end(0, {"loss": np.nan})
    callback.on_epoch_end(0, {"loss": np.nan, "val_loss": -np.inf})
    callback.on_train_end()
    time.advance(2)
    assert monitor.state == "finished"
    named = "loss became NaN at step 1; val_loss became infinite at epoch 1: "
    assert shown(monitor, "warning").startswith(named)


def test_log_scale_leaves_out_what_it_cannot_show(monitor, time):
    for step, loss in enumerate([10.0, 1.0, 0.0, -1.0, 0.1]):
        monitor.log(step, loss=loss)
    monitor.log_scale = True
    time.advance(2)
    np.testing.assert_allclose(lines(monitor)[0][0], [10, 1, np.nan, np.nan, 0.1])
    assert "loss has values at or below 0" in shown(monitor, "warning")
    scale = figure(monitor).y_axis.scale
    assert training(monitor).scales["y"] is scale is figure(monitor).y_scales["log"]
    monitor.log_scale = False
    time.advance(2)
    np.testing.assert_allclose(lines(monitor)[0][0], [10, 1, 0, -1, 0.1])
    assert shown(monitor, "warning") == ""


def test_a_hidden_metric_leaves_the_others_room(monitor, time):
    for step in range(3):
        monitor.log(step, loss=100.0, reconstruction_loss=90.0 + step)
    monitor._drawing.legend.hidden = ["loss"]
    time.advance(2)
    mark = training(monitor)
    drawn = [row for row, opacity in zip(mark.y, mark.opacities, strict=True) if opacity]
    np.testing.assert_array_equal(drawn, [[90, 91, 92]])
    assert mark.y.min() >= 90  # nothing else stretches the axis


def test_pictures_of_a_codec(monitor, time):
    model = LinearCodec()
    originals = np.linspace(0, 1, 4)[:, None, None] * np.ones((4, 8, 8), np.float32)
    drive(monitor, time, model, epochs=4, preview=originals)
    made = [frame.content for frame in monitor._session.pictures.frames]
    shown_last = monitor._drawing.strip._content
    assert shown_last == made[-1]
    assert shown_last["names"] == ["originals", "reconstructed", "from the prior"]
    rows = levels(shown_last)
    assert rows[0].tolist() == [0, 85, 170, 255]
    assert rows[1].tolist() == [64] * 4  # 0.25 of 255
    # Two seconds of training: at the start, a few in between, and at the end.
    assert 3 <= len(made) <= 8
    # The noise is fixed: what changes between two pictures is the model.
    np.testing.assert_array_equal(levels(made[0])[2], rows[2])


def levels(content):
    """Grey level of each tile, row by row."""
    atlas = content["atlas"]
    sheet = np.array(Image.open(io.BytesIO(atlas["png"])).convert("RGBA"))[..., 0]
    corners = sheet[:: atlas["tile_height"], :: atlas["tile_width"]].ravel()
    return corners[: atlas["count"]].reshape(len(content["names"]), -1)


def test_a_classifier_gets_no_pictures(monitor, time):
    drive(monitor, time, Model(), preview=np.zeros((4, 8, 8)))
    assert monitor._drawing.strip._content == {}
    # Nor does it keep those of a run before.
    drive(monitor, time, LinearCodec())
    assert monitor._drawing.strip._content["atlas"]["count"] == 10  # of the prior
    drive(monitor, time, Model())
    assert monitor._drawing.strip._content["atlas"]["count"] == 0


def test_a_codec_that_fails_is_shown_once_and_training_goes_on(monitor, time):
    class Broken(LinearCodec):
        calls = 0

        def decode(self, z):
            self.calls += 1
            raise RuntimeError("out of paint")

    model = Broken()
    drive(monitor, time, model, epochs=20, preview=np.zeros((4, 8, 8)))
    assert monitor.state == "finished"
    assert shown(monitor, "warning").endswith("RuntimeError: out of paint")
    assert model.calls == 1


def test_an_exception_in_drawing_never_reaches_the_fit(monitor, time, monkeypatch):
    def fail(*args, **kwargs):
        raise RuntimeError("no ink")

    monkeypatch.setattr(monitor._drawing.curves, "plan", fail)
    drive(monitor, time, Model())
    assert monitor.state == "finished"
    assert shown(monitor, "fraction") == 1.0
    assert shown(monitor, "warning") == "Drawing failed, training continues: RuntimeError: no ink"
    assert len(monitor.history.to_dict()["steps"]["loss"]) == 30


def test_an_exception_in_a_hook_never_reaches_the_fit(monitor, time, monkeypatch):
    def fail(*args):
        raise RuntimeError("no memory")

    monkeypatch.setattr(TrainingHistory, "log_batch", fail)
    drive(monitor, time, Model())
    assert monitor.state == "finished"
    assert "no memory" in shown(monitor, "warning")


class Cell:
    """Stands in for IPython: cells begin and end."""

    def __init__(self):
        self.events, self.watchers = self, []

    def register(self, event, function):
        assert event == "post_run_cell"
        self.watchers.append(function)

    def unregister(self, event, function):
        self.watchers.remove(function)

    def end(self, error=None):
        self.error_in_exec = error
        for function in [*self.watchers]:
            function(self)


@pytest.fixture
def cell(monkeypatch):
    cell = Cell()
    monkeypatch.setattr("vae_widgets.widgets.training_monitor.widget.get_ipython", lambda: cell)
    return cell


def begin(monitor, model=None):
    monitor.callback.set_params({"epochs": 5, "steps": 10})
    monitor.callback.set_model(model or Model())
    monitor.callback.on_train_begin()
    monitor.callback.on_epoch_begin(0)
    monitor.callback.on_train_batch_end(4, {"loss": 1.0})


def test_an_interrupted_fit_says_so_and_keeps_its_history(cell, messages):
    monitor = TrainingMonitor()
    begin(monitor)
    assert "interrupt the kernel" in shown(monitor, "status")
    cell.end(KeyboardInterrupt())
    assert monitor.state == "interrupted"
    assert shown(monitor, "progress") == "Interrupted at epoch 1 of 5"
    assert "KeyboardInterrupt" in shown(monitor, "warning")
    assert monitor.history.to_dict()["steps"]["loss"] == [1.0]
    assert not cell.watchers


def test_a_fit_that_ends_itself_when_it_is_interrupted_says_so_too(cell):
    monitor = TrainingMonitor()
    begin(monitor)
    try:
        raise KeyboardInterrupt
    except KeyboardInterrupt:  # as `VAE.fit` does
        monitor.callback.on_train_end()
    monitor._throttle.finish()
    assert monitor.state == "interrupted"
    assert shown(monitor, "progress") == "Interrupted at epoch 1 of 5"


def test_a_fit_whose_error_the_cell_caught_is_interrupted_too(cell):
    monitor = TrainingMonitor()
    begin(monitor)
    cell.end()
    assert monitor.state == "interrupted"
    assert shown(monitor, "warning") == ""


def test_a_fit_in_a_thread_outlives_the_cell(cell):
    monitor = TrainingMonitor()
    go_on = threading.Event()

    def train():
        begin(monitor)
        go_on.wait(10)
        monitor.callback.on_train_end()

    thread = threading.Thread(target=train)
    thread.start()
    while not len(monitor.history.steps("loss")[0]):
        pass
    cell.end()
    assert monitor.state == "training"
    go_on.set()
    thread.join()
    cell.end()
    assert monitor.state == "finished"
    assert shown(monitor, "state") == "finished"
    assert not cell.watchers


class BackgroundRun:
    """What the monitor sees of `TrainingRun`."""

    status = "running"
    interrupted = False
    exception = None

    def when_done(self, call):
        self.end = call


@pytest.fixture
def background():
    model = Model()
    model.training_run = BackgroundRun()
    return model


@pytest.mark.parametrize(
    ("interrupted", "stopped", "state"),
    [(True, True, "interrupted"), (False, True, "stopped"), (False, False, "finished")],
)
def test_a_background_run_says_how_it_ended(background, interrupted, stopped, state):
    monitor = TrainingMonitor()
    begin(monitor, background)
    background.training_run.interrupted = interrupted
    background.stop_training = stopped
    monitor.callback.on_train_end()
    background.training_run.end()
    monitor._throttle.finish()
    assert monitor.state == shown(monitor, "state") == state


def test_a_fit_that_a_callback_stops_is_stopped_unless_it_was_at_its_end():
    for epochs, state in ((3, "stopped"), (5, "finished")):
        monitor, model = TrainingMonitor(), Model()
        monitor.callback.set_params({"epochs": 5, "steps": 1})
        monitor.callback.set_model(model)
        monitor.callback.on_train_begin()
        for epoch in range(epochs):
            monitor.callback.on_epoch_begin(epoch)
            monitor.callback.on_train_batch_end(0, {"loss": 1.0})
            monitor.callback.on_epoch_end(epoch, {"loss": 1.0})
        model.stop_training = True  # as EarlyStopping does
        monitor.callback.on_train_end()
        assert monitor.state == state


def test_a_background_run_that_fails_says_so_though_no_cell_waits(background):
    monitor = TrainingMonitor()
    begin(monitor, background)
    background.training_run.exception = ValueError("a bad batch")
    background.training_run.end()
    monitor._throttle.finish()
    assert monitor.state == "interrupted"
    assert shown(monitor, "warning") == "ValueError: a bad batch"


def test_a_loop_ends_with_its_cell_and_may_go_on_in_the_next(cell):
    monitor = TrainingMonitor()
    monitor.log(0, loss=2.0)
    cell.end()
    assert monitor.state == "finished"
    monitor.log(1, loss=1.0)
    assert monitor.state == "training"
    cell.end()
    assert monitor.history.to_dict()["loss"] == [2.0, 1.0]
    assert len(Counter(cell.watchers)) == 0


def test_keras_takes_the_callback_and_stop_works(tmp_path):
    keras = pytest.importorskip("keras")
    rng = np.random.default_rng(0)
    x = rng.normal(size=(256, 4)).astype(np.float32)
    y = (x.sum(axis=1) > 0).astype(np.float32)

    def classifier():
        model = keras.Sequential([keras.layers.Input((4,)), keras.layers.Dense(1, "sigmoid")])
        model.compile("adam", "binary_crossentropy", metrics=["accuracy"])
        return model

    monitor = TrainingMonitor()
    model = classifier()
    arguments = {"batch_size": 32, "validation_split": 0.25, "verbose": 0}

    class Spoil(keras.callbacks.Callback):
        def on_epoch_begin(self, epoch, logs=None):
            if epoch == 2:
                self.model.set_weights([-9 * np.ones_like(w) for w in self.model.get_weights()])

    path = tmp_path / "best.weights.h5"
    best = keras.callbacks.ModelCheckpoint(path, save_best_only=True, save_weights_only=True)
    callbacks = [Spoil(), best, monitor.callback]
    history = model.fit(x, y, epochs=3, callbacks=callbacks, **arguments)
    last = model.get_weights()
    assert monitor.restore_best() == 2
    restored = model.get_weights()
    assert not np.array_equal(restored[0], last[0])
    model.load_weights(path)  # what Keras found best
    for ours, of_keras in zip(restored, model.get_weights(), strict=True):
        np.testing.assert_array_equal(ours, of_keras)
    record = monitor.history.to_dict()
    for name, values in history.history.items():
        assert record[name] == pytest.approx(values)
    assert len(record["steps"]["loss"]) == 18
    assert monitor.state == "finished"

    class StopInEpochTwo(keras.callbacks.Callback):
        def on_train_batch_end(self, batch, logs=None):
            if monitor.history.epochs_done == 4 and batch == 2:
                monitor.stop()

    # A continued fit; and a single callback without a list, beside Keras' evaluate and predict.
    callbacks = [StopInEpochTwo(), monitor.callback]
    model.fit(x, y, epochs=9, initial_epoch=3, callbacks=callbacks, **arguments)
    assert monitor.state == "stopped"
    assert monitor.history.to_dict()["epoch"] == [1, 2, 3, 4, 5]
    assert len(monitor.history.to_dict()["steps"]["loss"]) == 18 + 6 + 3
    model.evaluate(x, y, callbacks=[monitor.callback], verbose=0)
    model.predict(x, callbacks=monitor.callback, verbose=0)
    assert monitor.state == "stopped"


def test_the_widget_loads_neither_keras_nor_tensorflow():
    import subprocess

    code = (
        "import sys, vae_widgets as vw; vw.TrainingMonitor(); "
        "print(any(name in sys.modules for name in ('keras', 'tensorflow')))"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "False"


def test_what_the_page_chooses_is_kept_and_nonsense_is_not(monitor, time):
    def choose(**state):
        send(monitor._drawing.controls, "state", state=state)

    choose(smoothing=0.5)
    choose(smoothing=7)
    assert monitor.smoothing == 0.5


def test_an_axis_fits_its_curves_and_its_numbers_tell_them_apart(monitor, time):
    for step in range(50):
        monitor.log(step, loss=1000 + np.exp(-step / 10), gap=50.0)
    time.advance(2)
    # Marks that are not visible count in bqplot's axis, too.
    best, axis = figure(monitor).points, figure(monitor).y_axis
    assert not best.visible
    assert all(value >= 1000 for mark in (training(monitor), best) for value in np.ravel(mark.y))
    digits = int(axis.tick_format[1:].partition("~")[0])
    labels = [f"{tick:.{digits}g}" for tick in axis.tick_values]
    assert len(labels) > 3
    assert len(set(labels)) == len(labels)
    assert "loss 1000," in shown(monitor, "status")


def test_ticks_cover_the_runs_behind(monitor, time):
    for level in (100.0, 1.0):
        callback = monitor.callback
        begin(monitor, Model())
        for epoch in range(4):
            callback.on_epoch_begin(epoch)
            callback.on_epoch_end(epoch, {"loss": level + epoch})
            time.advance(1)
        callback.on_train_end()
        time.advance(2)
    ticks = figure(monitor).y_axis.tick_values
    assert ticks.min() <= 20
    assert ticks.max() >= 100


def test_settings_of_a_run_that_has_ended_are_those_it_had(monitor, time):
    model = SteeredModel()
    drive(monitor, time, model, epochs=1)
    model.beta = 0.25
    drive(monitor, time, model, epochs=1, steps=1, batch_seconds=1e-6)
    assert not shown(monitor, "active")
    assert shown(monitor, "settings") == {"learning_rate": 0.01, "beta": 0.25}


def test_samples_of_no_class_have_a_number_of_their_own():
    labels = np.array(["12", None, "3"], object)
    monitor = TrainingMonitor(np.zeros((3, 8, 8)), labels=labels)
    assert monitor._drawing._classes.tolist() == [1, 10, 0]


@pytest.mark.parametrize("zoom", [[0.0, 1e15], [-1.7e308, 1.7e308], [1e300, 1.1e300]])
def test_an_enormous_zoom_is_drawn(monitor, time, zoom):
    drive(monitor, time, Model())
    monitor._drawing.controls.zoom = zoom
    time.advance(2)
    assert monitor.zoom == tuple(zoom)
    x = figure(monitor).x_scale
    assert (x.min, x.max) == tuple(zoom)
