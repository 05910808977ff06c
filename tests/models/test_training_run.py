"""fit_async: a run in a thread that can be awaited, paused and stopped."""

import asyncio
import contextvars
import threading

import keras
import numpy as np
import pytest

from vae_widgets import TrainingRun

PATIENCE = 60  # seconds until a condition that never comes fails a test
FOREVER = 1_000_000  # epochs


class Watch(keras.callbacks.Callback):
    """Counts epochs and batches, and tells when the first epoch has ended."""

    def __init__(self):
        super().__init__()
        self.first_epoch = threading.Event()
        self.batches = 0

    def on_train_batch_end(self, batch, logs=None):
        self.batches += 1

    def on_epoch_end(self, epoch, logs=None):
        self.first_epoch.set()


class Fail(keras.callbacks.Callback):
    def on_epoch_end(self, epoch, logs=None):
        raise ValueError("deliberate")


@pytest.fixture
def start(make_vae, digits):
    """Start endless runs, and end them after the test."""
    runs = []

    def start(**options):
        vae = make_vae()
        run = vae.fit_async(digits[:200], **{"epochs": FOREVER, **options})
        runs.append(run)
        return vae, run

    yield start
    for run in runs:
        run.stop()


def test_await_returns_the_history_while_the_loop_stays_free(start):
    watch = Watch()
    _, run = start(callbacks=[watch])
    ticks = 0

    async def cell():
        nonlocal ticks

        async def click():
            nonlocal ticks
            while not watch.first_epoch.is_set():
                ticks += 1
                await asyncio.sleep(0)
            run.stop()

        _, history = await asyncio.gather(click(), run)
        return history

    history = asyncio.run(cell())
    assert ticks > 0
    assert isinstance(history, keras.callbacks.History)
    assert len(history.history["loss"]) >= 1
    assert run.status == "stopped"


def test_finishes_by_itself(start):
    vae, run = start(epochs=2)
    assert isinstance(run, TrainingRun)
    history = run.wait(PATIENCE)
    assert history is vae.history is run.history
    assert history.epoch == [0, 1]
    assert run.status == "finished"
    assert run.exception is None
    run.stop()
    assert run.status == "finished"
    assert asyncio.run(_await(run)) is history  # again, after the end


async def _await(run):
    return await run


def test_same_course_as_fit(make_vae, digits):
    one, other = make_vae(), make_vae()
    expected = one.fit(digits[:200], epochs=3, verbose=0).history
    assert other.fit_async(digits[:200], epochs=3).wait(PATIENCE).history == expected


def test_stop_keeps_history_and_model(start, digits):
    watch = Watch()
    vae, run = start(callbacks=[watch])
    assert watch.first_epoch.wait(PATIENCE)
    assert run.status == "running"
    run.stop()
    history = run.wait(PATIENCE)
    assert 1 <= len(history.history["loss"]) < FOREVER
    assert run.status == "stopped"
    assert vae.fit(digits[:50], verbose=0).epoch == [0]


def test_pause_holds_the_run_until_resume(start):
    paused = threading.Event()

    class PauseOnce(Watch):
        def on_train_batch_end(self, batch, logs=None):
            super().on_train_batch_end(batch, logs)
            if not paused.is_set():
                run.pause()
                paused.set()

    ready = threading.Event()

    class WaitForRun(keras.callbacks.Callback):
        def on_train_begin(self, logs=None):
            ready.wait(PATIENCE)

    watch = PauseOnce()
    vae, run = start(callbacks=[WaitForRun(), watch])
    ready.set()
    assert paused.wait(PATIENCE)
    assert run.status == "paused"
    with pytest.raises(TimeoutError):
        run.wait(0.3)
    assert watch.batches == 1  # the thread that counts is the one that is held
    assert vae.sample(1).shape == (1, 8, 8)  # the model can be used meanwhile
    run.resume()
    assert run.status == "running"
    assert watch.first_epoch.wait(PATIENCE)


def test_stop_ends_a_paused_run(start):
    watch = Watch()
    _, run = start(callbacks=[watch])
    assert watch.first_epoch.wait(PATIENCE)
    run.pause()
    run.stop()
    run.wait(PATIENCE)
    assert run.status == "stopped"


def test_a_callback_can_stop_a_paused_run(start):
    watch = Watch()
    vae, run = start(callbacks=[watch])
    assert watch.first_epoch.wait(PATIENCE)
    run.pause()
    vae.stop_training = True
    run.wait(PATIENCE)
    assert run.status == "stopped"


def test_an_error_is_raised_where_it_is_awaited(start, caplog):
    _, run = start(callbacks=[Fail()])
    with pytest.raises(ValueError, match="deliberate"):
        asyncio.run(_await(run))
    assert run.status == "failed"
    assert isinstance(run.exception, ValueError)
    assert "deliberate" in repr(run)


def test_an_error_that_nobody_awaits_is_logged(make_vae, digits, caplog):
    release = threading.Event()

    class FailLater(keras.callbacks.Callback):
        def on_epoch_end(self, epoch, logs=None):
            release.wait(PATIENCE)
            raise ValueError("deliberate")

    run = make_vae().fit_async(digits[:50], callbacks=[FailLater()])
    release.set()
    run._thread.join(PATIENCE)
    assert "training failed: ValueError('deliberate')" in caplog.text


def test_cancelling_the_cell_stops_the_run(start, digits):
    watch = Watch()
    vae, run = start(callbacks=[watch])

    async def interrupted_cell():
        cell = asyncio.ensure_future(_await(run))
        while not watch.first_epoch.is_set():
            await asyncio.sleep(0.01)
        cell.cancel()
        await cell

    with pytest.raises(asyncio.CancelledError):
        asyncio.run(interrupted_cell())
    assert run.status == "stopped"
    assert vae.fit(digits[:50], verbose=0).epoch == [0]  # free at once


def test_one_run_at_a_time(start, digits):
    vae, run = start()
    for again in (vae.fit, vae.fit_async):
        with pytest.raises(RuntimeError, match=r"being trained already.*run\.stop\(\)"):
            again(digits[:50])
    run.stop()
    run.wait(PATIENCE)
    assert vae.fit_async(digits[:50]).wait(PATIENCE).epoch == [0]


def test_arguments_are_checked_before_it_returns(make_vae, digits):
    vae = make_vae()
    with pytest.raises(ValueError, match="NaN"):
        vae.fit_async(np.full((3, 8, 8), np.nan))
    with pytest.raises(TypeError, match="did you mean 'epochs'"):
        vae.fit_async(digits, epoch=3)
    assert vae.fit(digits[:50], verbose=0).epoch == [0]  # not left as if training


def test_the_thread_sees_the_cells_context(start):
    cell = contextvars.ContextVar("cell", default="none")
    seen = []

    class Look(keras.callbacks.Callback):
        def on_train_begin(self, logs=None):
            seen.append(cell.get())

    cell.set("this one")
    _, run = start(epochs=1, callbacks=[Look()])
    run.wait(PATIENCE)
    assert seen == ["this one"]


def test_beta_and_learning_rate_act_on_a_live_run(start):
    watch = Watch()
    vae, run = start(callbacks=[watch])
    assert watch.first_epoch.wait(PATIENCE)
    vae.beta = 0.0
    vae.optimizer.learning_rate = 0.0
    watch.first_epoch.clear()
    assert watch.first_epoch.wait(PATIENCE)  # perhaps an epoch with the old values
    watch.first_epoch.clear()
    assert watch.first_epoch.wait(PATIENCE)
    run.stop()
    history = run.wait(PATIENCE).history
    assert history["loss"][-1] == pytest.approx(history["reconstruction_loss"][-1])
