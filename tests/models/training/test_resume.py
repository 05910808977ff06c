"""VAE.resume: an interrupted run and its uninterrupted twin end alike."""

import json
import os
import signal
import subprocess
import sys
import warnings

import keras
import numpy as np
import pytest
import tensorflow as tf

from vae_widgets import VAE
from vae_widgets.models.losses.schedules import Warmup
from vae_widgets.models.training import array_loop

BATCHES = 10  # in an epoch of 300 samples, 32 at a time
EPOCHS = 4


class StopAt(keras.callbacks.Callback):
    """Stops in an epoch after a batch, or while it validates."""

    def __init__(self, epoch, batch=None):
        super().__init__()
        self.at, self.batch, self.epoch = epoch, batch, 0

    def on_epoch_begin(self, epoch, logs=None):
        self.epoch = epoch

    def on_train_batch_end(self, batch, logs=None):
        if (self.epoch, self.batch) == (self.at, batch):
            self.model.stop_training = True

    def on_test_batch_end(self, batch, logs=None):
        if (self.epoch, self.batch) == (self.at, None):
            self.model.stop_training = self.model.stop_evaluating = True


def small(optimizer=None, **options):
    vae = VAE.build((8, 8), hidden_units=(), **options)
    # It has a state, too, and is traced in half of Adam's time.
    optimizer = optimizer or keras.optimizers.SGD(0.005, momentum=0.5)
    vae.compile(optimizer, jit_compile=False, steps_per_execution=1)
    return vae


def train(digits, vae, **options):
    defaults = {"epochs": EPOCHS, "batch_size": 32, "verbose": 0}
    defaults["validation_data"] = digits[300:340]
    return vae.fit(digits[:300], **{**defaults, **options})


@pytest.fixture(scope="module")
def twin(digits):
    """What a model is that was never interrupted."""
    vae = small()
    train(digits, vae)
    return vae


@pytest.fixture(scope="module")
def broken_off(digits, tmp_path_factory):
    """The checkpoint of a run that was stopped in its second epoch, after batch 4."""
    path = tmp_path_factory.mktemp("broken_off") / "run.vae"
    train(digits, small(), callbacks=[StopAt(1, 4)], checkpoint=path)
    return path


@pytest.fixture
def run(digits, tmp_path):
    """Return a function that trains a model on digits, with a checkpoint or without."""

    def run(vae, stop=None, checkpoint=tmp_path / "run.vae", callbacks=(), **options):
        callbacks = [*callbacks, *([stop] if stop else [])]
        return train(digits, vae, callbacks=callbacks, checkpoint=checkpoint, **options)

    return run


def assert_twins(one, other):
    """Sums over threads may round differently from process to process: the test allows for it."""
    assert one.history.epoch == other.history.epoch
    assert set(one.history.history) == set(other.history.history)
    for name, values in one.history.history.items():
        np.testing.assert_allclose(other.history.history[name], values, rtol=1e-5)
    for attribute in ("variables", "optimizer.variables"):
        variables = [one, other]
        for part in attribute.split("."):
            variables = [getattr(v, part) for v in variables]
        for a, b in zip(*variables, strict=True):
            np.testing.assert_allclose(b.numpy(), a.numpy(), rtol=1e-4, atol=1e-6)
    np.testing.assert_allclose(
        other.code_statistics.covariance, one.code_statistics.covariance, rtol=1e-3
    )


def test_a_run_that_is_stopped_time_and_again_ends_as_its_twin(run, tmp_path, twin):
    vae = small()
    for stop, epochs_kept in (
        (StopAt(0, 0), 0),  # after the first batch
        (StopAt(1, 3), 1),
        (StopAt(1, 7), 1),  # twice in an epoch
        (StopAt(1, None), 1),  # while it validates
        (StopAt(2, BATCHES - 1), 3),  # at the end of an epoch
        (StopAt(3, 1), 3),
    ):
        run(vae, stop)
        vae = VAE.resume(tmp_path / "run.vae")
        assert len(vae.history.epoch) == epochs_kept
    history = run(vae)
    assert history.epoch == list(range(EPOCHS))
    assert_twins(twin, vae)


def test_noise_drawn_in_several_parts(run, tmp_path, monkeypatch):
    """As for data so large that the noise of an epoch does not fit in memory."""
    monkeypatch.setattr(array_loop, "_NOISE_AT_ONCE", 3 * 32 * 2)  # of 3 batches, 2 latents
    twin = small()
    run(twin, checkpoint=None)
    vae = small()
    for batch in (4, 5):  # within a part, and at its end
        run(vae, StopAt(1, batch))
        vae = VAE.resume(tmp_path / "run.vae")
    run(vae)
    assert_twins(twin, vae)


def test_executions_of_any_length_give_the_same(make_vae, run):
    """Pace follows the clock; neither weights nor losses may."""
    one, other = make_vae(), make_vae()
    one.compile("sgd", jit_compile=False, steps_per_execution=1)
    other.compile("sgd", jit_compile=False, steps_per_execution=7)
    for vae in (one, other):
        run(vae, checkpoint=None)
    assert one.history.history == other.history.history
    for a, b in zip(one.weights, other.weights, strict=True):
        np.testing.assert_array_equal(a, b)


def with_random_layers():
    x, z = keras.Input((8, 8)), keras.Input((2,))
    h = keras.layers.Dropout(0.2, seed=0)(keras.layers.Flatten()(x))
    h = keras.layers.BatchNormalization()(keras.layers.Dense(16, "relu")(h))
    encoder = keras.Model(x, [keras.layers.Dense(2)(h), keras.layers.Dense(2)(h)])
    h = keras.layers.GaussianNoise(0.1, seed=1)(z)
    decoder = keras.Model(z, keras.layers.Reshape((8, 8))(keras.layers.Dense(64)(h)))
    return VAE(encoder, decoder, seed=5)


def test_random_layers_go_on_with_their_draws(run, tmp_path):
    def make():
        keras.utils.set_random_seed(0)
        vae = with_random_layers()
        vae.compile(keras.optimizers.SGD(0.005), jit_compile=False, steps_per_execution=1)
        return vae

    twin = make()
    run(twin, checkpoint=None)
    vae = make()
    for batch in (4, BATCHES - 1):
        run(vae, StopAt(1, batch))
        vae = VAE.resume(tmp_path / "run.vae")
    run(vae)
    assert_twins(twin, vae)


def test_a_schedule_of_the_rate_goes_on(run, tmp_path):
    def schedule():
        return [keras.callbacks.LearningRateScheduler(lambda epoch, rate: 0.7 * rate)]

    twin, broken_off = (small(keras.optimizers.Adam(1e-3)) for _ in range(2))
    run(twin, checkpoint=None, callbacks=schedule())
    run(broken_off, StopAt(1, 4), callbacks=schedule())
    resumed = VAE.resume(tmp_path / "run.vae")
    run(resumed, callbacks=schedule())
    assert_twins(twin, resumed)
    assert resumed.learning_rate == pytest.approx(1e-3 * 0.7**EPOCHS)


def test_a_schedule_of_beta_goes_on(run, tmp_path):
    twin = small(beta=Warmup(3))
    run(twin, checkpoint=None)
    vae = small(beta=Warmup(3))
    for batch in (4, BATCHES - 1):
        run(vae, StopAt(1, batch))
        vae = VAE.resume(tmp_path / "run.vae")
        assert vae.beta == pytest.approx((1 + (batch + 1) / BATCHES) / 3)
    run(vae)
    assert_twins(twin, vae)
    assert vae.beta == 1


def test_what_was_set_by_hand_stays(run, tmp_path):
    vae = small(keras.optimizers.Adam())
    vae.beta, vae.learning_rate = 3.0, 0.02
    run(vae, StopAt(1, 4))
    resumed = VAE.resume(tmp_path / "run.vae")
    assert resumed.beta == 3.0
    assert resumed.learning_rate == pytest.approx(0.02)
    resumed.learning_rate = 0.0
    before = [w.numpy() for w in resumed.trainable_weights]
    run(resumed)
    for old, new in zip(before, resumed.trainable_weights, strict=True):
        np.testing.assert_array_equal(old, new)


def test_a_seed_drawn_by_chance_goes_on(run, tmp_path):
    vae = small(seed=None)
    run(vae, StopAt(1, 4))
    resumed = VAE.resume(tmp_path / "run.vae")
    run(resumed)
    again = VAE.resume(tmp_path / "run.vae")
    assert again._training.randomness.drawn == vae._training.randomness.drawn


def test_a_checkpoint_now_is_exact_too(run, tmp_path, twin):
    class Now(keras.callbacks.Callback):
        def on_train_batch_end(self, batch, logs=None):
            if self.model.optimizer.iterations.numpy() == BATCHES + 4:
                self.model.save_checkpoint(tmp_path / "now.vae")

        def on_epoch_end(self, epoch, logs=None):
            if epoch == 2:
                self.model.save_checkpoint(tmp_path / "end.vae")

    run(small(), checkpoint=None, callbacks=[Now()])
    for name, epochs in (("now", [0]), ("end", [0, 1])):
        resumed = VAE.resume(tmp_path / f"{name}.vae")
        assert resumed.history.epoch == epochs
        run(resumed, checkpoint=None)
        assert_twins(twin, resumed)


def test_the_stopped_model_itself_can_be_saved_later(run, tmp_path, twin):
    broken_off = small()
    run(broken_off, StopAt(1, 3), checkpoint=None)
    broken_off.evaluate(np.zeros((5, 8, 8)), verbose=0)
    broken_off.save_checkpoint(tmp_path / "later.vae")
    resumed = VAE.resume(tmp_path / "later.vae")
    run(resumed)
    assert_twins(twin, resumed)


def test_a_model_before_its_first_epoch(run, tmp_path, twin):
    vae = small()
    vae.save_checkpoint(tmp_path / "start.vae")
    VAE.resume(tmp_path / "start.vae").save_checkpoint(tmp_path / "again.vae")
    resumed = VAE.resume(tmp_path / "again.vae")
    run(resumed)
    assert_twins(twin, resumed)


def test_a_finished_run_says_so_and_can_go_on(run, tmp_path, twin):
    vae = small()
    run(vae, epochs=2)
    resumed = VAE.resume(tmp_path / "run.vae")
    for epochs in (1, 2):
        with pytest.warns(UserWarning, match=rf"has 2 epochs behind it, and epochs is {epochs}"):
            history = run(resumed, epochs=epochs)
        assert history.epoch == [0, 1]
        assert history.history == vae.history.history
    with pytest.warns(UserWarning, match="nothing to train"):
        assert resumed.fit_async(np.zeros((9, 8, 8)), epochs=2).wait(60).epoch == [0, 1]
    with warnings.catch_warnings():
        warnings.simplefilter("error", UserWarning)
        run(resumed)
    assert_twins(twin, resumed)
    assert run(resumed, epochs=1, checkpoint=None).epoch == [0]  # as any model's second fit


def test_an_explicit_initial_epoch_is_obeyed(run, broken_off):
    resumed = VAE.resume(broken_off)
    assert run(resumed, initial_epoch=3, checkpoint=None).epoch == [3]


@pytest.mark.parametrize("change", [{"n": 250}, {"batch_size": 64, "shuffle": False}])
def test_other_batches_begin_the_epoch_again(digits, broken_off, change):
    resumed = VAE.resume(broken_off)
    options = {"batch_size": 32, "verbose": 0, "epochs": 3, **change}
    n = options.pop("n", 300)
    with pytest.warns(UserWarning, match="epoch 2 begins again.*300 samples in batches of 32"):
        history = resumed.fit(digits[:n], validation_data=digits[:9], **options)
    assert history.epoch == [0, 1, 2]
    steps = -(-n // options["batch_size"])
    assert int(resumed.optimizer.iterations.numpy()) == BATCHES + 5 + 2 * steps


def test_other_samples_are_refused(run, broken_off):
    resumed = VAE.resume(broken_off)
    with pytest.raises(ValueError, match=r"x has shape \(9, 7, 7\); expected \(n, 8, 8\)"):
        resumed.fit(np.zeros((9, 7, 7)), epochs=3)
    assert run(resumed).epoch == list(range(EPOCHS))  # it still knows where it was


def test_datasets_go_on_at_an_epoch(make_vae, digits, tmp_path):
    """A dataset without shuffling, and no noise to speak of: the twin of an unbroken run."""

    def train(vae, epochs, callbacks=()):
        data = tf.data.Dataset.from_tensor_slices(digits[:64]).batch(32)
        return vae.fit(
            data, epochs=epochs, checkpoint=tmp_path / "run.vae", callbacks=callbacks, verbose=0
        )

    twin, broken_off = make_vae(), make_vae()
    train(broken_off, 3)
    resumed = VAE.resume(tmp_path / "run.vae")
    train(resumed, 5)
    os.unlink(tmp_path / "run.vae")
    train(twin, 5)
    assert_twins(twin, resumed)


def test_a_dataset_broken_off_in_an_epoch_begins_it_again(make_vae, digits, tmp_path):
    data = tf.data.Dataset.from_tensor_slices(digits[:320]).batch(32)
    vae = make_vae()
    vae.fit(data, epochs=3, callbacks=[StopAt(1, 4)], checkpoint=tmp_path / "run.vae", verbose=0)
    resumed = VAE.resume(tmp_path / "run.vae")
    assert resumed.history.epoch == [0]
    assert resumed.fit(data, epochs=3, verbose=0).epoch == [0, 1, 2]
    assert int(resumed.optimizer.iterations.numpy()) == 10 + 5 + 2 * 10


@keras.saving.register_keras_serializable(package="test_resume")
class Mine(VAE):
    """A class of the user's."""


@keras.saving.register_keras_serializable(package="test_resume")
class Doubled(keras.layers.Layer):
    """A layer of the user's."""

    def call(self, x):
        return 2 * x


def test_classes_of_the_user_come_back(run, digits, tmp_path):
    x, z = keras.Input((8, 8)), keras.Input((2,))
    h = Doubled()(keras.layers.Flatten()(x))
    encoder = keras.Model(x, [keras.layers.Dense(2)(h), keras.layers.Dense(2)(h)])
    decoder = keras.Model(z, keras.layers.Reshape((8, 8))(keras.layers.Dense(64)(z)))
    run(Mine(encoder, decoder), epochs=1)
    for cls in (VAE, Mine):
        assert type(cls.resume(tmp_path / "run.vae")) is Mine
    run(VAE.build((8, 8), hidden_units=(4,)), epochs=1, checkpoint=tmp_path / "plain.vae")
    with pytest.raises(TypeError, match=r"holds a VAE; expected a Mine\. Use VAE\.resume"):
        Mine.resume(tmp_path / "plain.vae")


# For real: signals to another process

TRAIN = """
import asyncio, json, signal, sys, threading
import keras
from sklearn.datasets import load_digits
import vae_widgets as vw

# A shell without job control starts what runs in the background with SIGINT ignored.
signal.signal(signal.SIGINT, signal.default_int_handler)
digits = (load_digits().images / 16).astype("float32")


def small():
    vae = vw.VAE.build((8, 8), hidden_units=())
    sgd = keras.optimizers.SGD(0.005, momentum=0.5)
    vae.compile(sgd, jit_compile=False, steps_per_execution=1)
    return vae


class Tell(keras.callbacks.Callback):
    def __init__(self, wait):
        super().__init__()
        self.epoch, self.wait = 0, wait

    def on_epoch_begin(self, epoch, logs=None):
        self.epoch = epoch

    def on_train_batch_end(self, batch, logs=None):
        if (self.epoch, batch) == (2, 5):
            print("in mid-epoch", flush=True)
            if self.wait:
                threading.Event().wait()


def options(name, epochs=1_000_000, wait=False):
    return dict(
        epochs=epochs,
        batch_size=32,
        validation_data=digits[300:340],
        callbacks=[Tell(wait)],
        verbose=0,
        checkpoint=f"{sys.argv[1]}/{name}.vae",
    )


vae = small()
try:
    vae.fit(digits[:300], **options("run"))
except KeyboardInterrupt:
    print(json.dumps({
        "epochs": len(vae.history.epoch),
        "losses": len(vae.history.history["loss"]),
        "sample": vae.sample(1).shape,
    }), flush=True)


async def script():
    await vae.fit_async(digits[:300], **options("async"))


try:
    asyncio.run(script())
except KeyboardInterrupt:
    print("async", vae.history.epoch[-1], flush=True)

small().fit(digits[:300], **options("killed", epochs=4, wait=True))
"""


@pytest.fixture(scope="module")
def signalled(tmp_path_factory):
    """The folder of a process with three runs, and what it said after the first.

    A blocking fit is interrupted, anywhere in an execution or between two; then one in
    asyncio.run; the third is killed.
    """
    folder = tmp_path_factory.mktemp("signalled")
    process = subprocess.Popen(
        [sys.executable, "-c", TRAIN, str(folder)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )

    def wait_for_mid_epoch():
        line = process.stdout.readline()
        assert line == "in mid-epoch\n", (line, process.communicate()[1])

    wait_for_mid_epoch()
    process.send_signal(signal.SIGINT)
    said = json.loads(process.stdout.readline())
    wait_for_mid_epoch()
    process.send_signal(signal.SIGINT)
    assert process.stdout.readline().startswith("async ")
    wait_for_mid_epoch()
    process.kill()
    process.communicate()
    assert process.returncode == -signal.SIGKILL
    return folder, said


def test_after_kill_9_in_mid_epoch(run, signalled, twin):
    resumed = VAE.resume(signalled[0] / "killed.vae")
    assert resumed.history.epoch == [0, 1]
    run(resumed)
    assert_twins(twin, resumed)


def test_after_a_real_interrupt(run, signalled):
    folder, said = signalled
    assert said["epochs"] == said["losses"] >= 2
    assert said["sample"] == [1, 8, 8]
    assert len(VAE.resume(folder / "async.vae").history.epoch) >= 2
    resumed = VAE.resume(folder / "run.vae")
    epochs = len(resumed.history.epoch) + 2
    assert epochs - 2 in (said["epochs"], said["epochs"] - 1)
    assert epochs >= 4
    run(resumed, epochs=epochs)
    twin = small()
    run(twin, epochs=epochs, checkpoint=None)
    assert_twins(twin, resumed)
