"""fit_async: a run in a thread that can be awaited, paused and stopped."""

import asyncio
import contextvars
import os
import signal
import subprocess
import sys
import threading
import traceback
from concurrent.futures import Future, ThreadPoolExecutor

import keras
import numpy as np
import pytest

from vae_widgets import VAE, TrainingRun

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


@pytest.fixture(scope="module")
def used(make_vae):
    """The model of most runs: their course depends on no weights, and a new one is traced anew."""
    return make_vae()


@pytest.fixture
def start(used, digits):
    """Start endless runs, of a model that was trained before or of another, and end them."""
    runs = []

    def start(vae=used, **options):
        if vae is used:
            vae.beta, vae.learning_rate = 1.0, 0.01
        run = vae.fit_async(digits[:200], **{"epochs": FOREVER, **options})
        runs.append(run)
        return vae, run

    yield start
    for run in runs:
        run.stop()
        ended = threading.Event()
        run.when_done(ended.set)
        assert ended.wait(PATIENCE)


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
    assert run.interrupted
    assert run.status == "interrupted"
    assert vae.fit(digits[:50], verbose=0).epoch == [0]  # free at once


def interrupt_after(watch):
    """Send SIGINT from another thread once the first epoch has ended."""

    def send():
        watch.first_epoch.wait(PATIENCE)
        os.kill(os.getpid(), signal.SIGINT)

    thread = threading.Thread(target=send)
    thread.start()
    return thread


def test_an_interrupt_is_noticed_by_a_loop_that_nothing_else_wakes(start):
    """As in ipykernel 7.4, whose handler adds a callback to the loop but does not wake it."""
    watch = Watch()
    _, run = start(callbacks=[watch])

    async def cell():
        loop, waiting = asyncio.get_running_loop(), asyncio.ensure_future(_await(run))
        before = signal.signal(signal.SIGINT, lambda *_: loop.call_soon(waiting.cancel))
        stopper = threading.Timer(PATIENCE, run.stop)  # so that a failure ends, too
        stopper.start()
        sender = interrupt_after(watch)
        try:
            await waiting
        finally:
            signal.signal(signal.SIGINT, before)
            stopper.cancel()
            sender.join()

    with pytest.raises(asyncio.CancelledError):
        asyncio.run(cell())
    assert run.status == "interrupted"


def test_an_interrupt_of_wait_stops_the_run(start, digits):
    vae, run = start()
    interrupted = threading.Event()

    def interrupt(_, frame):
        # On a busy computer the signal may come before the test waits, and would end all tests.
        stack = [each.f_code for each, _ in traceback.walk_stack(frame)]
        if Future.result.__code__ in stack:
            interrupted.set()
            raise KeyboardInterrupt

    def send():
        while not interrupted.wait(0.05):
            os.kill(os.getpid(), signal.SIGINT)

    before = signal.signal(signal.SIGINT, interrupt)
    sender = threading.Thread(target=send)
    sender.start()
    try:
        with pytest.raises(KeyboardInterrupt):
            run.wait(PATIENCE)
    finally:
        interrupted.set()
        sender.join()
        signal.signal(signal.SIGINT, before)
    assert run.status == "interrupted"
    assert vae.fit(digits[:50], verbose=0).epoch == [0]  # free at once


def test_when_done_calls_once_at_the_end_or_at_once(start):
    _, run = start(epochs=1)
    calls = []
    run.when_done(lambda: calls.append(run.status))
    run.wait(PATIENCE)
    run.when_done(lambda: calls.append(run.status))
    assert calls == ["finished", "finished"]


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
    vae.learning_rate = 0.0
    watch.first_epoch.clear()
    assert watch.first_epoch.wait(PATIENCE)  # perhaps an epoch with the old values
    watch.first_epoch.clear()
    assert watch.first_epoch.wait(PATIENCE)
    run.stop()
    history = run.wait(PATIENCE).history
    assert history["loss"][-1] == pytest.approx(history["reconstruction_loss"][-1])
    assert vae.learning_rate == 0.0


def test_pause_acts_within_a_fifth_of_a_second(start):
    watch = Watch()
    _, run = start(callbacks=[watch])
    assert watch.first_epoch.wait(PATIENCE)
    run.pause()
    with pytest.raises(TimeoutError):
        run.wait(0.2)
    batches = watch.batches
    with pytest.raises(TimeoutError):
        run.wait(0.3)
    assert watch.batches == batches
    assert run.status == "paused"


def test_stop_does_not_wait_for_validation(make_vae, digits):
    stopped = threading.Event()

    class StopInValidation(keras.callbacks.Callback):
        batches = 0

        def on_test_batch_end(self, batch, logs=None):
            self.batches += 1
            run.stop()
            stopped.set()

    vae = make_vae()
    vae.compile("sgd", jit_compile=False, steps_per_execution=1)
    watch = StopInValidation()
    run = vae.fit_async(
        digits[:50], validation_data=digits, validation_batch_size=1, callbacks=[watch], epochs=9
    )
    history = run.wait(PATIENCE)
    assert stopped.is_set()
    assert watch.batches == 1
    assert history.epoch == [0]
    assert run.status == "stopped"


def test_each_of_several_awaits_gets_the_history(start):
    _, run = start(epochs=2)

    async def cells():
        return await asyncio.gather(run, run)

    one, other = asyncio.run(cells())
    assert one is other
    assert asyncio.run(_await(run)) is one  # in another event loop


def test_two_event_loops_await_at_once(start):
    watch = Watch()
    _, run = start(callbacks=[watch])
    results = []
    thread = threading.Thread(target=lambda: results.append(asyncio.run(_await(run))))
    thread.start()
    assert watch.first_epoch.wait(PATIENCE)

    async def stop_and_await():
        run.stop()
        return await run

    results.append(asyncio.run(stop_and_await()))
    thread.join(PATIENCE)
    assert results == [run.history] * 2


def test_an_error_stays_and_is_raised_to_everyone(start):
    _, run = start(callbacks=[Fail()])
    for _ in range(2):
        with pytest.raises(ValueError, match="deliberate"):
            asyncio.run(_await(run))
        with pytest.raises(ValueError, match="deliberate") as caught:
            run.wait(PATIENCE)
    assert caught.value is run.exception
    run.pause()
    run.resume()
    run.stop()
    assert run.status == "failed"


def test_a_stop_iteration_does_not_hang_the_cell(start):
    """As a generator that has run dry raises it; asyncio refuses to carry it."""

    class RunDry(keras.callbacks.Callback):
        def on_epoch_end(self, epoch, logs=None):
            next(iter(()))

    _, run = start(callbacks=[RunDry()])

    async def cell():
        return await asyncio.wait_for(run, PATIENCE)

    with pytest.raises(RuntimeError, match="StopIteration ended the training"):
        asyncio.run(cell())
    assert isinstance(run.exception.__cause__, StopIteration)


def test_pause_and_resume_change_nothing(make_vae, digits):
    expected = make_vae().fit(digits[:200], epochs=3, verbose=0).history

    class PauseOften(keras.callbacks.Callback):
        def on_train_batch_end(self, batch, logs=None):
            ready.wait(PATIENCE)
            run.pause()
            threading.Timer(0.01, run.resume).start()

    ready = threading.Event()
    run = make_vae().fit_async(digits[:200], epochs=3, callbacks=[PauseOften()])
    ready.set()
    assert run.wait(PATIENCE).history == expected


def test_evaluating_in_another_thread_disturbs_no_validation(make_vae, digits):
    """Which have compiled loops in common."""
    vae = make_vae(likelihood="gaussian")
    vae.compile("sgd", jit_compile=False, steps_per_execution=1)
    inside, done = threading.Event(), threading.Event()

    class Hold(keras.callbacks.Callback):
        def on_test_batch_end(self, batch, logs=None):
            if batch == 3:
                inside.set()
                done.wait(PATIENCE)

    held_out = digits[:160]
    run = vae.fit_async(
        digits[:50], validation_data=held_out, validation_batch_size=16, callbacks=[Hold()]
    )
    assert inside.wait(PATIENCE)
    vae.evaluate(held_out + 10, batch_size=16, verbose=0)  # far worse
    done.set()
    validated = run.wait(PATIENCE).history["val_reconstruction_loss"][0]
    assert validated == pytest.approx(vae.evaluate(held_out, verbose=0)[1], rel=0.05)


# Checkpoints


def test_checkpoint_now_of_a_live_and_of_a_paused_run(start, tmp_path):
    watch = Watch()
    _, run = start(callbacks=[watch], checkpoint=tmp_path / "run.vae", checkpoint_every=FOREVER)
    assert watch.first_epoch.wait(PATIENCE)
    assert run.checkpoint() == tmp_path / "run.vae"
    assert len(VAE.resume(tmp_path / "run.vae").history.epoch) >= 1
    run.pause()
    batches = None
    while batches != watch.batches:  # until the execution under way is done
        batches = watch.batches
        with pytest.raises(TimeoutError):
            run.wait(0.2)
    assert run.checkpoint(str(tmp_path / "paused.vae")) == tmp_path / "paused.vae"
    assert watch.batches == batches
    assert run.status == "paused"
    paused = VAE.resume(tmp_path / "paused.vae")
    assert paused.optimizer.iterations.numpy() == run._model.optimizer.iterations.numpy()


def test_checkpoint_now_at_the_end_of_a_run(start, tmp_path):
    vae, run = start(epochs=2)
    run.wait(PATIENCE)
    run.checkpoint(tmp_path / "run.vae")
    assert VAE.resume(tmp_path / "run.vae").history.epoch == [0, 1]
    assert vae.save_checkpoint(tmp_path / "again.vae").exists()


def test_checkpoint_now_may_come_before_the_first_batch(start, make_vae, tmp_path):
    for _ in range(3):
        _, run = start(make_vae())
        run.checkpoint(tmp_path / "run.vae")
        assert run.status == "running"
        run.stop()
        assert VAE.resume(tmp_path / "run.vae").optimizer.iterations.numpy() > 0


def test_a_checkpoint_of_a_run_that_fails_at_once_does_not_hang(make_vae, digits, tmp_path):
    class Broken(keras.callbacks.Callback):
        def set_model(self, model):
            ready.wait(PATIENCE)
            raise ValueError("deliberate")

    ready = threading.Event()
    vae = make_vae()
    run = vae.fit_async(digits[:50], callbacks=[Broken()])
    with ThreadPoolExecutor() as pool:
        asked = pool.submit(run.checkpoint, tmp_path / "run.vae")
        ready.set()
        asked.exception(PATIENCE)  # written or not, but it returns
    with pytest.raises(ValueError, match="deliberate"):
        run.wait(PATIENCE)
    assert vae.fit(digits[:50], verbose=0).epoch == [0]


def test_a_callback_may_ask_for_a_checkpoint(start, tmp_path):
    class Ask(Watch):
        def on_train_batch_end(self, batch, logs=None):
            ready.wait(PATIENCE)
            run.checkpoint(tmp_path / "run.vae")

    ready = threading.Event()
    watch = Ask()
    _, run = start(epochs=1, callbacks=[watch])
    ready.set()
    run.wait(PATIENCE)
    assert (tmp_path / "run.vae").exists()


def test_many_threads_may_ask_for_checkpoints(start, tmp_path):
    watch = Watch()
    _, run = start(callbacks=[watch])
    assert watch.first_epoch.wait(PATIENCE)
    with ThreadPoolExecutor(4) as pool:
        paths = [tmp_path / f"{n}.vae" for n in range(4)]
        assert list(pool.map(run.checkpoint, paths)) == paths
        late = pool.submit(lambda: [run.checkpoint(path) for path in paths])
        run.stop()
        assert late.result(PATIENCE) == paths  # whether the run has ended meanwhile or not
    for path in paths:
        assert VAE.resume(path).history.epoch


def test_stop_writes_a_checkpoint_and_a_resumed_run_goes_on(start, make_vae, digits, tmp_path):
    watch = Watch()
    checkpoints = {"checkpoint": tmp_path / "run.vae", "checkpoint_every": FOREVER}
    _, run = start(make_vae(), callbacks=[watch], **checkpoints)
    assert watch.first_epoch.wait(PATIENCE)
    run.stop()
    run.wait(PATIENCE)
    resumed = VAE.resume(tmp_path / "run.vae")
    done = len(resumed.history.epoch)
    assert done in (len(run.history.epoch), len(run.history.epoch) - 1)  # the last was cut short
    history = resumed.fit_async(digits[:200], epochs=done + 2).wait(PATIENCE)
    assert history.epoch == list(range(done + 2))
    twin = make_vae().fit(digits[:200], epochs=done + 2, verbose=0)
    np.testing.assert_allclose(history.history["loss"], twin.history["loss"], rtol=1e-5)


def test_in_a_plain_script(tmp_path):
    """asyncio.run, then the end of the process while another run is under way."""
    code = """
import asyncio, sys
import numpy as np
import vae_widgets as vw

x = np.random.default_rng(0).random((64, 4), dtype=np.float32)
vae = vw.VAE.build(4, hidden_units=())
vae.compile("sgd", jit_compile=False)

async def main():
    history = await vae.fit_async(x, epochs=2, checkpoint=sys.argv[1])
    print(history.epoch)

asyncio.run(main())
vae.fit_async(x, epochs=1_000_000)
"""
    result = subprocess.run(
        [sys.executable, "-c", code, tmp_path / "run.vae"],
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=True,
    )
    assert result.stdout == "[0, 1]\n"
    assert VAE.resume(tmp_path / "run.vae").history.epoch == [0, 1]
