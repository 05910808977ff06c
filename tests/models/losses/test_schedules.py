"""Schedules of beta: closed forms, and how they act while a model trains."""

import warnings

import keras
import numpy as np
import pytest
import tensorflow as tf
from hypothesis import given
from hypothesis import strategies as st

from vae_widgets import VAE, Cyclical, Warmup

epochs = st.floats(0, 1000)
positive = st.floats(0.01, 100)
PARTS = ("reconstruction_loss", "kl_loss")


class Betas(keras.callbacks.Callback):
    """Notes beta after each execution, at each validation and at the end of each epoch."""

    def __init__(self):
        super().__init__()
        self.steps, self.tests, self.epochs = [], [], []

    def on_train_batch_end(self, batch, logs=None):
        self.steps.append(self.model.beta)

    def on_test_begin(self, logs=None):
        self.tests.append(self.model.beta)

    def on_epoch_end(self, epoch, logs=None):
        self.epochs.append(self.model.beta)


@given(epochs, positive, positive, positive)
def test_warmup_is_a_line_and_then_stays(epoch, length, end, start):
    expected = start + (end - start) * min(epoch / length, 1)
    assert Warmup(length, end, start)(epoch) == pytest.approx(expected, rel=1e-9, abs=1e-9)


@given(st.integers(0, 9), st.floats(0.001, 0.999), positive, st.floats(0.01, 1), positive)
def test_every_cycle_rises_and_stays(cycle, position, length, ramp, end):
    schedule = Cyclical(length, ramp, end)
    expected = end * min(position / ramp, 1)
    assert schedule((cycle + position) * length) == pytest.approx(expected, abs=1e-6 * end / ramp)


def test_equation_of_fu_et_al():
    """Their beta_t of step t of T, with M cycles and ramp R: equations 6 and 7."""
    total, cycles, ramp = 400, 4, 0.5
    schedule = Cyclical(10, ramp=ramp)  # 40 epochs of 10 steps
    for t in range(1, total + 1):
        tau = ((t - 1) % (total // cycles)) / (total / cycles)
        expected = tau / ramp if tau <= ramp else 1.0
        assert schedule((t - 1) / 10) == pytest.approx(expected, abs=1e-9)


def test_after_the_last_cycle_beta_stays():
    schedule = Cyclical(2, end=3.0, cycles=2)
    np.testing.assert_allclose(schedule([3.999, 4, 4.2, 100]), [3, 3, 3, 3])
    assert schedule(2.0) == 0


@given(st.lists(epochs, min_size=1, max_size=20))
def test_an_array_is_its_elements(values):
    for schedule in (Warmup(30, 4.0), Cyclical(7.5, 0.3, cycles=5)):
        several = schedule(np.array(values))
        np.testing.assert_array_equal(several, [schedule(value) for value in values])
        assert isinstance(schedule(values[0]), float)


@pytest.mark.parametrize("schedule", [Warmup(10), Warmup(2.5, 4, 1), Cyclical(10, 0.4, 2.0, 3)])
def test_config_repr_and_equality(schedule):
    config = keras.saving.serialize_keras_object(schedule)
    assert keras.saving.deserialize_keras_object(config) == schedule
    assert eval(repr(schedule)) == schedule
    assert len({schedule, type(schedule).from_config(schedule.get_config())}) == 1
    assert schedule != Warmup(11)


@pytest.mark.parametrize(
    ("make", "error", "parts"),
    [
        (lambda: Warmup(0), ValueError, r"epochs must lie in \(0, inf\]; received 0"),
        (lambda: Warmup("ten"), TypeError, "epochs must be a number; received 'ten'"),
        (lambda: Warmup(10, end=-1), ValueError, r"end must lie in \[0, inf\]; received -1"),
        (lambda: Warmup(10, begin=1), TypeError, "unknown keyword 'begin'"),
        (lambda: Cyclical(0), ValueError, "epochs_per_cycle"),
        (lambda: Cyclical(10, ramp=0), ValueError, r"ramp must lie in \(0, 1\]; received 0"),
        (lambda: Cyclical(10, ramp=2), ValueError, r"ramp must lie in .*; received 2"),
        (lambda: Cyclical(10, cycles=0), ValueError, "cycles must be at least 1; received 0"),
        (lambda: Cyclical(10, cycles=1.5), TypeError, "cycles must be a whole number"),
        (lambda: Cyclical(10, cycle=3), TypeError, "did you mean 'cycles'"),
        (lambda: Warmup(10)(-1), ValueError, "epoch must be at least 0; received -1"),
        (lambda: VAE.build((8, 8), beta=lambda epoch: "high"), TypeError, "as a schedule"),
        (lambda: VAE.build((8, 8), beta=lambda epoch: -1.0), ValueError, "beta at epoch 0"),
        (lambda: VAE.build((8, 8), beta=Warmup), TypeError, "as a schedule"),
    ],
)
def test_bad_arguments(make, error, parts):
    with pytest.raises(error, match=parts):
        make()


def effective_betas(history):
    """Return the mean beta of each epoch of one step, from its logs."""
    return np.subtract(history["loss"], history["reconstruction_loss"]) / history["kl_loss"]


@pytest.mark.parametrize("jit_compile", [False, True])
def test_every_step_has_the_beta_of_its_moment(make_vae, digits, jit_compile):
    """One step an epoch: the log shows the beta of that step."""
    vae = make_vae(jit_compile, beta=Warmup(4, end=2.0))
    assert vae.beta == 0.0
    history = vae.fit(digits[:64], batch_size=64, epochs=6, verbose=0).history
    np.testing.assert_allclose(effective_betas(history), [0, 0.5, 1, 1.5, 2, 2], atol=1e-3)
    assert vae.beta == 2.0


def test_steps_within_an_execution_have_betas_of_their_own(make_vae, digits):
    """With a learning rate of 0 and equal batches, an epoch's log shows the mean of its betas."""
    vae = make_vae(beta=Warmup(1), optimizer=keras.optimizers.SGD(0.0))
    vae.compile(keras.optimizers.SGD(0.0), jit_compile=False, steps_per_execution=8)
    x = np.repeat(digits[:1], 80, axis=0)
    history = vae.fit(x, batch_size=10, verbose=0).history
    assert effective_betas(history) == pytest.approx(np.mean(np.arange(8) / 8), rel=1e-3)


def test_the_fast_path_and_keras_path_agree(make_vae, digits):
    x = digits[:128]
    fast, slow = (Betas() for _ in range(2))
    vae = make_vae(beta=Cyclical(2, ramp=1.0))
    vae.compile("sgd", jit_compile=False, steps_per_execution=1)
    vae.fit(x, batch_size=32, epochs=3, validation_data=x, callbacks=[fast], verbose=0)
    # With a rate of 0, the KL keeps still and weighs each beta alike.
    other = make_vae(beta=Cyclical(2, ramp=1.0), optimizer=keras.optimizers.SGD(0.0))
    dataset = tf.data.Dataset.from_tensor_slices(x).batch(32)
    history = other.fit(
        dataset, epochs=3, validation_data=dataset, callbacks=[slow], verbose=0
    ).history
    np.testing.assert_allclose(fast.steps, slow.steps, atol=1e-6)
    np.testing.assert_allclose(fast.steps, [*np.arange(1, 9) / 8, *np.arange(1, 5) / 8], atol=1e-6)
    assert fast.tests == slow.tests == fast.epochs == slow.epochs == [0.5, 1.0, 0.5]
    assert vae.beta == other.beta == 0.5
    mean_beta = [np.mean(np.arange(0, 4) / 8), np.mean(np.arange(4, 8) / 8)]
    np.testing.assert_allclose(effective_betas(history)[:2], mean_beta, rtol=0.05)


def test_keras_path_trains_with_the_same_betas(make_vae, digits):
    x = digits[:64]
    vae = make_vae(beta=Warmup(4, end=2.0))
    dataset = tf.data.Dataset.from_tensor_slices(x).batch(64)
    history = vae.fit(dataset, epochs=6, verbose=0).history
    np.testing.assert_allclose(effective_betas(history), [0, 0.5, 1, 1.5, 2, 2], atol=1e-3)
    assert vae.beta == 2.0


def test_a_dataset_of_unknown_length(make_vae, digits):
    """Its first epoch has the beta of its beginning; then the length is known."""
    dataset = tf.data.Dataset.from_tensor_slices(digits[:64]).batch(32).filter(lambda x: True)
    betas = Betas()
    vae = make_vae(beta=Warmup(2))
    vae.fit(dataset, epochs=3, callbacks=[betas], verbose=0)
    np.testing.assert_allclose(betas.steps, [0, 0, 0.75, 1, 1, 1], atol=1e-6)


def falls_to_three(epoch):
    """A schedule of one's own; its last value is 3 if it is asked for four epochs."""
    return 7 - np.asarray(epoch, float)


def rises_and_ends_at_half(epoch):
    return np.minimum(np.asarray(epoch, float), 5)


rises_and_ends_at_half.final = 0.5


@pytest.fixture(scope="module", params=["array", "dataset"])
def still(request, make_vae, digits):
    """A model that does not learn, and what it trains and is validated on."""
    parts = digits[:32], digits[32:64]
    if request.param == "dataset":
        parts = (tf.data.Dataset.from_tensor_slices(part).batch(16) for part in parts)
    return make_vae(optimizer=keras.optimizers.SGD(0.0)), *parts


@pytest.mark.parametrize(
    ("schedule", "final"),
    [
        (Warmup(10, end=2.0), 2.0),
        (Warmup(10, end=0.5, start=4.0), 0.5),
        (Cyclical(3, ramp=1.0, end=1.5), 1.5),
        (falls_to_three, 3.0),
        (rises_and_ends_at_half, 0.5),
    ],
)
def test_nothing_that_is_validated_moves_with_the_schedule(still, schedule, final):
    """With a learning rate of 0 the model stays what it is; so must all that callbacks monitor."""
    vae, x, x_val = still
    vae.beta = schedule
    history = vae.fit(x, epochs=4, validation_data=x_val, verbose=0).history
    validation = {name: history[f"val_{name}"] for name in ("loss", *PARTS, "elbo")}
    np.testing.assert_allclose(effective_betas(validation), [final] * 4, atol=1e-3)
    for values in validation.values():
        assert values == [values[0]] * 4
    parts = np.add(*(validation[name] for name in PARTS))
    np.testing.assert_allclose(validation["elbo"], -parts, rtol=1e-6)
    logs = vae.evaluate(x_val, verbose=0, return_dict=True)
    assert logs["loss"] == pytest.approx(validation["loss"][-1], rel=1e-6)


def test_the_elbo_in_the_logs_is_the_elbo(make_vae, digits):
    """Of the same draws beta and objective do not matter, and many draws agree with `vae.elbo`."""
    logs = [
        make_vae(seed=1, **options).evaluate(digits, verbose=0, return_dict=True)
        for options in ({}, {"beta": 7.0}, {"objective": "free_bits"})
    ]
    assert logs[1]["elbo"] == pytest.approx(logs[0]["elbo"], rel=1e-6)
    assert logs[2]["elbo"] == pytest.approx(logs[0]["elbo"], rel=1e-6)
    assert logs[0]["elbo"] == pytest.approx(make_vae(seed=1).elbo(digits, seed=0).mean(), rel=1e-2)
    plain = make_vae(variational=False).evaluate(digits, verbose=0, return_dict=True)
    assert "elbo" not in plain  # it has no posterior, so no bound


def test_early_stopping_sees_the_best_model_and_not_the_smallest_beta(make_vae, digits):
    """Validated at the beta of the moment, each epoch of a steep rise would be worse."""
    vae = make_vae(beta=Warmup(6, end=50.0), optimizer=keras.optimizers.Adam(1e-2))
    stopping = keras.callbacks.EarlyStopping(patience=2, restore_best_weights=True)
    history = vae.fit(
        *(digits[:512],),
        epochs=6,
        validation_data=digits[512:640],
        callbacks=[stopping],
        verbose=0,
    ).history
    assert len(history["loss"]) == 6
    assert stopping.best_epoch == np.argmin(history["val_loss"])
    assert vae.evaluate(digits[512:640], verbose=0)[0] == pytest.approx(
        min(history["val_loss"]), rel=1e-5
    )


def test_a_callback_that_monitors_the_moving_loss_is_warned_of(make_vae, digits):
    stopping = keras.callbacks.EarlyStopping("loss", patience=3)
    vae = make_vae(beta=Warmup(9))
    with pytest.warns(UserWarning, match="monitors 'loss', which moves with the schedule") as seen:
        vae.fit(digits[:32], callbacks=[stopping], verbose=0)
    assert "monitor='elbo', mode='max'" in str(seen[0].message)
    as_told = keras.callbacks.EarlyStopping("elbo", mode="max", patience=3)
    with warnings.catch_warnings():
        warnings.simplefilter("error", UserWarning)
        vae.fit(digits[:32], callbacks=[as_told], verbose=0)
        vae.beta = 1.0
        vae.fit(digits[:32], callbacks=[stopping], verbose=0)
    assert as_told.best < 0


def test_a_final_beta_that_cannot_be_is_refused_before_training(make_vae, digits):
    vae = make_vae(beta=rises_and_ends_at_half)
    rises_and_ends_at_half.final = -1
    try:
        with pytest.raises(ValueError, match=r"beta\.final must lie in \[0, inf\]; received -1"):
            vae.fit(digits[:32], verbose=0)
    finally:
        rises_and_ends_at_half.final = 0.5
    assert int(vae.optimizer.iterations.numpy()) == 0


def test_a_number_set_while_it_trains_ends_the_schedule(make_vae, digits):
    class SetByHand(keras.callbacks.Callback):
        def on_train_batch_end(self, batch, logs=None):
            if self.model.optimizer.iterations == 2:
                self.model.beta = 7.0

    vae = make_vae(beta=Warmup(4))
    betas = Betas()
    vae.fit(digits[:32], batch_size=32, epochs=4, callbacks=[SetByHand(), betas], verbose=0)
    assert betas.steps == [0.25, 7.0, 7.0, 7.0]
    assert vae.beta_schedule is None


def test_a_schedule_set_while_it_trains_in_a_thread_acts_without_a_retrace(make_vae, digits):
    reached = keras.callbacks.LambdaCallback(
        on_train_batch_end=lambda batch, logs: vae.beta == 5.0 and run.stop()
    )
    vae = make_vae()
    run = vae.fit_async(digits, epochs=10**6, batch_size=64, callbacks=[reached])
    vae.beta = Warmup(1e-6, end=5.0)
    run.wait(60)
    assert run.status == "stopped"
    assert vae.beta == 5.0
    assert vae._training.loop("train", 64)._function.experimental_get_tracing_count() == 1


def test_a_second_fit_restarts_the_schedule_and_initial_epoch_continues_it(make_vae, digits):
    vae, betas = make_vae(beta=Warmup(4)), Betas()
    vae.fit(digits[:32], epochs=2, verbose=0)
    vae.fit(digits[:32], epochs=1, callbacks=[betas], verbose=0)
    vae.fit(digits[:32], initial_epoch=2, epochs=4, callbacks=[betas], verbose=0)
    assert betas.steps == [0.25, 0.75, 1.0]


def test_a_schedule_comes_back_from_a_file(make_vae, digits, tmp_path):
    vae = make_vae(beta=Cyclical(4, end=2.0))
    vae.fit(digits[:32], epochs=1, verbose=0)
    assert vae.beta == 1.0
    vae.save(tmp_path / "vae.keras")
    loaded = keras.models.load_model(tmp_path / "vae.keras")
    assert loaded.beta_schedule == Cyclical(4, end=2.0)
    assert loaded.beta == 1.0


def test_learning_rate_can_be_read_and_set(digits):
    vae = VAE.build((8, 8), hidden_units=())
    assert vae.learning_rate == pytest.approx(1e-3)
    vae.learning_rate = 0
    before = [w.numpy() for w in vae.trainable_variables]
    vae.fit(digits[:64], verbose=0)
    for old, new in zip(before, vae.trainable_variables, strict=True):
        np.testing.assert_array_equal(old, new.numpy())
    vae.learning_rate = np.float32(0.1)
    assert vae.learning_rate == pytest.approx(0.1)
    assert float(vae.optimizer.learning_rate.numpy()) == pytest.approx(0.1)


def test_learning_rate_acts_while_it_trains(make_vae, digits):
    class Freeze(keras.callbacks.Callback):
        def __init__(self):
            super().__init__()
            self.weights = []

        def on_train_batch_end(self, batch, logs=None):
            self.model.learning_rate = 0.0
            self.weights.append(self.model.trainable_variables[0].numpy())

    vae, freeze = make_vae(), Freeze()
    start = vae.trainable_variables[0].numpy()
    vae.fit(digits[:32], epochs=3, batch_size=32, callbacks=[freeze], verbose=0)
    assert not np.array_equal(start, freeze.weights[0])
    np.testing.assert_array_equal(freeze.weights[0], freeze.weights[2])


@pytest.mark.parametrize(
    ("value", "error", "parts"),
    [
        (-1, ValueError, r"learning_rate must lie in \[0, inf\]; received -1"),
        ("fast", TypeError, "learning_rate must be a number; received 'fast'"),
        (float("nan"), ValueError, "learning_rate must be a finite number"),
    ],
)
def test_bad_learning_rates(make_vae, value, error, parts):
    with pytest.raises(error, match=parts):
        make_vae().learning_rate = value


def test_learning_rate_of_a_keras_schedule_can_be_read_only(make_vae):
    decay = keras.optimizers.schedules.ExponentialDecay(0.5, 10, 0.9)
    vae = make_vae(optimizer=keras.optimizers.SGD(decay))
    assert vae.learning_rate == pytest.approx(0.5)
    with pytest.raises(TypeError, match=r"(?s)follows ExponentialDecay.*compile"):
        vae.learning_rate = 0.1


@pytest.mark.parametrize("as_dataset", [False, True])
def test_a_schedule_must_not_leave_the_range_of_beta(make_vae, digits, as_dataset):
    x = digits[:32]
    x = tf.data.Dataset.from_tensor_slices(x).batch(8) if as_dataset else x
    vae = make_vae(beta=lambda epoch: 1 - np.asarray(epoch) / 2)
    start = vae.get_weights()
    with pytest.raises(
        ValueError, match=r"gives -0\.5 at epoch 3; expected finite numbers of at l"
    ):
        vae.fit(x, epochs=4, verbose=0)
    for one, other in zip(start, vae.get_weights(), strict=True):  # before any work is done
        np.testing.assert_array_equal(one, other)


def test_a_schedule_is_watched_within_an_epoch(make_vae, digits):
    vae = make_vae(beta=lambda epoch: np.where(np.asarray(epoch) == 0.25, np.nan, 1.0))
    with pytest.raises(ValueError, match=r"gives nan at epoch 0\.25"):
        vae.fit(digits[:32], batch_size=8, verbose=0)
