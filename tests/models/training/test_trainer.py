"""fit and evaluate: the fast path, Keras's path, callbacks, validation, interruption."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from scipy.special import expit

from vae_widgets import VAE, BetaTC, Gaussian
from vae_widgets.models.training import fit_session
from vae_widgets.models.training.array_loop import xla_pays

LOGS = {"loss", "reconstruction_loss", "kl_loss", "elbo"}


def weights_of(vae):
    return [w.numpy() for w in vae.trainable_variables]


def assert_same_weights(a, b, **tolerance):
    for one, other in zip(weights_of(a), weights_of(b), strict=True):
        np.testing.assert_allclose(one, other, **(tolerance or {"rtol": 1e-4, "atol": 1e-6}))


@pytest.fixture(scope="module")
def used(make_vae):
    """A model that earlier tests have trained; another one would be traced anew."""
    return make_vae()


class Recorder(keras.callbacks.Callback):
    """Notes every call."""

    def __init__(self):
        super().__init__()
        self.calls = []
        self.batches = []

    def on_train_begin(self, logs=None):
        self.calls.append("train_begin")

    def on_epoch_begin(self, epoch, logs=None):
        self.calls.append(f"epoch_begin {epoch}")

    def on_train_batch_begin(self, batch, logs=None):
        self.batches.append([batch, None])

    def on_train_batch_end(self, batch, logs=None):
        self.batches[-1][1] = batch
        assert set(logs) == LOGS

    def on_test_begin(self, logs=None):
        self.calls.append("test_begin")

    def on_test_end(self, logs=None):
        self.calls.append("test_end")
        assert set(logs) == LOGS

    def on_epoch_end(self, epoch, logs=None):
        self.calls.append(f"epoch_end {epoch}")

    def on_train_end(self, logs=None):
        self.calls.append("train_end")


class OnBatch(keras.callbacks.Callback):
    """Calls a function of the model after each execution."""

    def __init__(self, action):
        super().__init__()
        self.action = action

    def on_train_batch_end(self, batch, logs=None):
        self.action(self.model)


def gradient_step_by_hand(vae, x, learning_rate):
    """Return the weights after one step of gradient descent, by the chain rule in numpy."""
    x = x.reshape(len(x), -1).astype(np.float64)
    flat = [w.astype(np.float64) for w in weights_of(vae)]
    w1, b1, w_code, b_code, w2, b2, w3, b3 = flat
    seeds = keras.random.SeedGenerator(vae.seed)
    epsilon = np.asarray(keras.random.normal((len(x), vae.latent_dim), seed=seeds))

    h1 = np.maximum(x @ w1 + b1, 0)
    z_mean, z_log_var = np.split(h1 @ w_code + b_code, 2, axis=1)
    deviation = np.exp(z_log_var / 2)
    z = z_mean + deviation * epsilon
    h2 = np.maximum(z @ w2 + b2, 0)
    d_logits = (expit(h2 @ w3 + b3) - x) / len(x)
    d_h2 = (d_logits @ w3.T) * (h2 > 0)
    d_z = d_h2 @ w2.T
    d_mean = d_z + vae.beta * z_mean / len(x)
    d_log_var = d_z * epsilon * deviation / 2
    d_log_var += vae.beta * (np.exp(z_log_var) - 1) / 2 / len(x)
    d_code = np.concatenate([d_mean, d_log_var], axis=1)
    d_h1 = d_code @ w_code.T * (h1 > 0)
    pairs = ((x, d_h1), (h1, d_code), (z, d_h2), (h2, d_logits))
    gradients = [g for a, d in pairs for g in (a.T @ d, d.sum(0))]
    return [w - learning_rate * g for w, g in zip(flat, gradients, strict=True)]


@pytest.mark.parametrize("jit_compile", [False, True])
def test_one_step_is_gradient_descent_on_the_loss(make_vae, digits, jit_compile):
    x = digits[:50]
    sgd = keras.optimizers.SGD(0.5)
    vae = make_vae(jit_compile, sgd, hidden_units=(16,), beta=2.0, seed=3)
    expected = gradient_step_by_hand(vae, x, 0.5)
    before = weights_of(vae)
    vae.fit(x, batch_size=50, shuffle=False, verbose=0)
    for old, new, wanted in zip(before, weights_of(vae), expected, strict=True):
        assert not np.array_equal(old, new)
        np.testing.assert_allclose(new, wanted, rtol=1e-3, atol=1e-5)


def test_a_partial_last_batch_is_weighted_exactly(make_vae, digits):
    """The padding of the last batch must change neither the step nor the means."""
    x = digits[:50]
    plain, padded = (make_vae(optimizer=keras.optimizers.SGD(0.5)) for _ in range(2))
    logs = plain.fit(x, batch_size=50, shuffle=False, verbose=0).history
    padded_logs = padded.fit(x, batch_size=64, shuffle=False, verbose=0).history
    assert_same_weights(plain, padded)
    assert padded_logs["loss"] == pytest.approx(logs["loss"], rel=1e-5)


def without_noise(vae):
    """Start with a deviation of q(z | x) of almost 0, so that other noise makes no difference."""
    layer = vae.encoder.get_layer("code")
    kernel, bias = layer.get_weights()
    kernel[:, 2:], bias[2:] = 0, -30
    layer.set_weights([kernel, bias])
    return vae


def test_the_fast_path_is_keras_path(make_vae, digits):
    """Arrays and a dataset of the same batches, Adam, a partial last batch: the same weights."""
    x, x_val = digits[:150], digits[150:215]
    slow = without_noise(make_vae())
    slow_history = slow.fit(
        tf.data.Dataset.from_tensor_slices(x).batch(64),
        epochs=3,
        validation_data=tf.data.Dataset.from_tensor_slices(x_val).batch(64),
        verbose=0,
    ).history
    for jit_compile in (False, True):
        fast = without_noise(make_vae(jit_compile))
        history = fast.fit(
            x, epochs=3, batch_size=64, shuffle=False, validation_data=x_val, verbose=0
        ).history
        assert_same_weights(fast, slow, rtol=1e-3, atol=1e-5)
        assert set(history) == set(slow_history) == LOGS | {f"val_{name}" for name in LOGS}
        for name, values in history.items():
            np.testing.assert_allclose(values, slow_history[name], rtol=1e-4)


def test_logs_are_exact_means(make_vae, digits):
    """With a learning rate of 0 and a deviation of almost 0, every batch meets the same model."""
    vae = without_noise(make_vae(optimizer=keras.optimizers.SGD(0.0)))
    history = vae.fit(digits[:150], batch_size=64, verbose=0).history
    score = {
        kind: vae.anomaly_score(digits[:150], kind).mean() for kind in ("reconstruction", "kl")
    }
    assert history["reconstruction_loss"] == pytest.approx([score["reconstruction"]], rel=1e-5)
    assert history["kl_loss"] == pytest.approx([score["kl"]], rel=1e-5)
    assert history["loss"] == pytest.approx([sum(score.values())], rel=1e-5)


def test_beta_weighs_the_kl(make_vae, digits):
    vae = make_vae(beta=3.0)
    logs = vae.evaluate(digits, verbose=0, return_dict=True)
    assert logs["loss"] == pytest.approx(logs["reconstruction_loss"] + 3 * logs["kl_loss"])
    vae.beta = 0
    logs = vae.evaluate(digits, verbose=0, return_dict=True)
    assert logs["loss"] == pytest.approx(logs["reconstruction_loss"])


def test_beta_can_change_while_it_trains(make_vae, digits):
    def halve(model):
        model.beta /= 2

    vae = make_vae(beta=8.0)
    vae.compile("sgd", jit_compile=False, steps_per_execution=2)
    history = vae.fit(
        digits[:256], batch_size=64, epochs=2, verbose=0, callbacks=[OnBatch(halve)]
    ).history
    assert vae.beta == 0.5
    # Two executions an epoch, of 128 samples each: beta is 8 then 4, then 2 then 1.
    extra = np.subtract(history["loss"], history["reconstruction_loss"]) / history["kl_loss"]
    assert 4 < extra[0] < 8
    assert 1 < extra[1] < 2


def test_training_improves_both_sets(make_vae, digits):
    history = (
        make_vae().fit(digits[:1500], epochs=5, validation_data=digits[1500:], verbose=0).history
    )
    for name in ("loss", "val_loss"):
        assert history[name][-1] < 0.9 * history[name][0]


def test_same_seed_same_course(make_vae, digits):
    def losses(seed, **options):
        vae = make_vae(seed=seed)
        return vae.fit(digits[:300], epochs=2, verbose=0, **options).history["loss"]

    # Sums over threads may round differently from run to run.
    expected = pytest.approx(losses(1), rel=1e-5)
    assert losses(1) == expected
    assert losses(1, validation_data=digits[300:400]) == expected
    assert losses(2) != expected


def test_a_second_fit_shuffles_again(make_vae, digits, monkeypatch):
    vae = make_vae()
    randomness, orders = vae._training.randomness, []
    order = randomness.order

    def noted(iterations):
        orders.append(tuple(order(iterations).permutation(100)))
        return order(iterations)

    monkeypatch.setattr(randomness, "order", noted)
    vae.fit(digits[:100], epochs=2, verbose=0)
    vae.fit(digits[:100], verbose=0)
    assert len(set(orders)) == 3


def test_callbacks_are_called_as_keras_does(make_vae, digits):
    vae, recorder = make_vae(), Recorder()
    vae.compile("sgd", jit_compile=False, steps_per_execution=3)
    vae.fit(
        digits[:320],
        epochs=2,
        batch_size=64,
        validation_data=digits[:9],
        callbacks=recorder,
        verbose=0,
    )
    assert recorder.calls == [
        "train_begin",
        *("epoch_begin 0", "test_begin", "test_end", "epoch_end 0"),
        *("epoch_begin 1", "test_begin", "test_end", "epoch_end 1"),
        "train_end",
    ]
    assert recorder.batches == [[0, 2], [3, 4]] * 2


def test_executions_grow_while_they_are_short(make_vae, digits):
    recorder = Recorder()
    make_vae().fit(digits, epochs=4, batch_size=4, callbacks=recorder, verbose=0)
    sizes = [last - first + 1 for first, last in recorder.batches]
    assert sizes[0] == 1
    assert max(sizes) > 4
    assert sum(sizes) == 4 * 450


def test_params_tell_a_monitor_what_it_needs(used, digits):
    recorder = Recorder()
    used.fit(digits[:100], batch_size=64, epochs=2, callbacks=[recorder], verbose=0)
    params = recorder.params
    assert {k: params[k] for k in ("epochs", "steps", "batch_size", "n_samples", "verbose")} == {
        "epochs": 2,
        "steps": 2,
        "batch_size": 64,
        "n_samples": 100,
        "verbose": 0,
    }
    np.testing.assert_array_equal(params["preview"], digits[:100])
    used.fit(digits[:100], validation_data=digits[100:105], callbacks=[recorder], verbose=0)
    np.testing.assert_array_equal(recorder.params["preview"], digits[100:105])


def test_a_plain_object_can_be_a_callback(used, digits):
    """As the monitor of a package that must not import Keras."""

    class Plain:
        async_safe = True

        def __init__(self):
            self.seen = []

        def __getattr__(self, name):
            if not name.startswith(("on_", "set_")):
                raise AttributeError(name)
            return lambda *args, **kwargs: self.seen.append(name)

    plain = Plain()
    data = tf.data.Dataset.from_tensor_slices(digits[:100]).batch(50)
    for x in (digits[:100], data):
        plain.seen.clear()
        used.fit(x, validation_data=x, callbacks=[plain], verbose=0)
        assert {"set_params", "set_model", "on_train_begin", "on_epoch_end"} <= set(plain.seen)
        assert {"on_train_batch_end", "on_test_end", "on_train_end"} <= set(plain.seen)


def test_early_stopping_restores_the_best(make_vae, digits):
    vae = make_vae(optimizer=keras.optimizers.Adam(0.5))  # far too fast: it gets worse soon
    stopping = keras.callbacks.EarlyStopping("loss", patience=1, restore_best_weights=True)
    history = vae.fit(digits[:300], epochs=50, callbacks=[stopping], verbose=0).history
    assert len(history["loss"]) < 50
    assert stopping.stopped_epoch == len(history["loss"]) - 1
    assert np.argmin(history["loss"]) == stopping.best_epoch


def test_learning_rate_scheduler_acts(make_vae, digits):
    rates = {0: 1e-3, 1: 0.0}
    vae = make_vae()
    seen = []

    class Weights(keras.callbacks.Callback):
        def on_epoch_end(self, epoch, logs=None):
            seen.append(weights_of(self.model))

    scheduler = keras.callbacks.LearningRateScheduler(lambda epoch: rates[epoch])
    start = weights_of(vae)
    vae.fit(digits[:100], epochs=2, callbacks=[scheduler, Weights()], verbose=0)
    assert not np.array_equal(start[0], seen[0][0])
    np.testing.assert_array_equal(seen[0][0], seen[1][0])


def test_a_schedule_in_the_optimizer_acts(make_vae, digits):
    schedule = keras.optimizers.schedules.PiecewiseConstantDecay([2], [0.5, 0.0])
    x = digits[:128]
    two, four = (make_vae(optimizer=keras.optimizers.SGD(schedule)) for _ in range(2))
    two.fit(x, batch_size=32, shuffle=False, verbose=0, callbacks=[OnBatch(lambda m: None)])
    four.fit(x, batch_size=32, shuffle=False, verbose=0, epochs=3)
    assert int(four.optimizer.iterations.numpy()) == 12
    assert_same_weights(two, four)  # nothing moved after the third step


def test_model_checkpoint_saves_what_loads(make_vae, digits, tmp_path):
    path = tmp_path / "best.keras"
    vae = make_vae()
    checkpoint = keras.callbacks.ModelCheckpoint(path, monitor="val_loss", save_best_only=True)
    vae.fit(digits[:100], epochs=2, validation_data=digits[:50], callbacks=[checkpoint], verbose=0)
    loaded = keras.models.load_model(path)
    np.testing.assert_allclose(loaded.encode(digits[:5])[0], vae.encode(digits[:5])[0], atol=1e-6)


def test_stop_training_ends_between_executions(make_vae, digits):
    def stop(model):
        model.stop_training = True

    vae = make_vae()
    history = vae.fit(
        digits,
        epochs=9,
        batch_size=8,
        validation_data=digits[:9],
        callbacks=[OnBatch(stop)],
        verbose=0,
    )
    assert history.epoch == [0]
    assert int(vae.optimizer.iterations.numpy()) == 1
    assert "val_loss" in history.history


def test_an_interrupt_leaves_the_model_usable(used, digits):
    recorder = Recorder()
    epochs = []

    class Interrupt(keras.callbacks.Callback):
        def on_epoch_begin(self, epoch, logs=None):
            epochs.append(epoch)
            if epoch == 2:
                raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        used.fit(digits[:100], epochs=9, callbacks=[recorder, Interrupt()], verbose=0)
    assert used.history.epoch == [0, 1]
    assert recorder.calls[-1] == "train_end"
    assert np.isfinite(used.elbo(digits)).all()
    assert len(used.fit(digits[:100], epochs=2, verbose=0).epoch) == 2


def test_an_error_in_a_callback_is_raised_and_the_model_stays_usable(used, digits):
    def fail(model):
        raise RuntimeError("in the callback")

    with pytest.raises(RuntimeError, match="in the callback"):
        used.fit(digits, callbacks=[OnBatch(fail)], verbose=0)
    assert used.fit(digits, verbose=0).epoch == [0]


def test_backup_and_restore_goes_on_where_it_broke_off(make_vae, digits, tmp_path):
    class Break(keras.callbacks.Callback):
        def on_epoch_end(self, epoch, logs=None):
            if epoch == 2:
                raise RuntimeError("power cut")

    vae = make_vae()
    backup = keras.callbacks.BackupAndRestore(tmp_path)
    with pytest.raises(RuntimeError, match="power cut"):
        vae.fit(digits[:50], epochs=5, callbacks=[backup, Break()], verbose=0)
    assert vae.fit(digits[:50], epochs=5, callbacks=[backup], verbose=0).epoch == [3, 4]
    assert vae.fit(digits[:50], epochs=1, verbose=0).epoch == [0]


def test_initial_epoch_and_validation_freq(used, digits):
    history = used.fit(
        digits[:50],
        epochs=6,
        initial_epoch=2,
        validation_data=digits[:9],
        validation_freq=2,
        verbose=0,
    )
    assert history.epoch == [2, 3, 4, 5]
    assert len(history.history["val_loss"]) == 2


def test_validation_split_holds_out_the_end(make_vae, digits):
    one, other = make_vae(), make_vae()
    a = one.fit(digits[:100], validation_split=0.2, verbose=0).history
    b = other.fit(digits[:80], validation_data=(digits[80:100], None), verbose=0).history
    assert a == b


@pytest.mark.parametrize("mixed", ["array first", "dataset first"])
def test_arrays_and_datasets_can_be_mixed(used, digits, mixed):
    array, dataset = digits[:60], tf.data.Dataset.from_tensor_slices(digits[:60]).batch(20)
    x, held_out = (array, dataset) if mixed == "array first" else (dataset, array)
    history = used.fit(x, validation_data=held_out, verbose=0).history
    assert set(history) == LOGS | {f"val_{name}" for name in LOGS}


def test_a_dataset_gives_the_same_evaluation(trained, digits):
    dataset = tf.data.Dataset.from_tensor_slices(digits).batch(128)
    from_dataset = trained.evaluate(dataset, verbose=0, return_dict=True)
    from_array = trained.evaluate(digits, verbose=0, return_dict=True)
    assert from_dataset["kl_loss"] == pytest.approx(from_array["kl_loss"], rel=1e-4)
    assert from_dataset == pytest.approx(from_array, rel=5e-3)  # other draws of z


def test_targets_in_a_dataset_are_ignored(used, digits):
    pairs = tf.data.Dataset.from_tensor_slices((digits[:60], np.arange(60))).batch(20)
    assert set(used.fit(pairs, verbose=0).history) == LOGS


def test_a_dataset_also_yields_code_statistics(make_vae, digits):
    vae = make_vae()
    vae.fit(tf.data.Dataset.from_tensor_slices(digits[:60]).batch(20), verbose=0)
    codes = vae.encode(digits[:60])[0]
    np.testing.assert_allclose(vae.code_statistics.mean, codes.mean(0), rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("step", ["train_step", "test_step"])
def test_a_users_own_step_is_used(digits, step):
    calls = []

    def own_step(self, data):
        calls.append(step)
        return getattr(VAE, step)(self, data)

    mine = type("Mine", (VAE,), {step: own_step}).build((8, 8), hidden_units=(4,))
    history = mine.fit(digits[:60], validation_data=digits[:20], verbose=0).history
    assert calls
    assert set(history) == LOGS | {f"val_{name}" for name in LOGS}


def test_the_tutorials_fit_x_x_works(used, digits):
    x = digits[:50]
    assert used.fit(x, x, verbose=0).epoch == [0]


def test_verbose_prints_keras_progress(used, digits, capsys):
    used.fit(digits[:50], verbose=2)
    assert "kl_loss" in capsys.readouterr().out


def test_compile_takes_an_optimizer_only():
    vae = VAE.build((8, 8), hidden_units=())
    assert type(vae.optimizer) is keras.optimizers.Adam
    vae.compile()
    assert type(vae.optimizer) is keras.optimizers.Adam
    assert float(vae.optimizer.learning_rate.numpy()) == pytest.approx(1e-3)
    vae.compile("sgd")
    assert type(vae.optimizer) is keras.optimizers.SGD
    with pytest.raises(TypeError, match="makes its own loss"):
        vae.compile("adam", loss="mse")
    with pytest.raises(TypeError, match="did you mean 'optimizer'"):
        vae.compile(optimiser="adam")


@pytest.mark.skipif(bool(tf.config.list_physical_devices("GPU")), reason="a GPU always uses XLA")
def test_xla_is_used_on_a_cpu_where_the_steps_of_the_whole_training_pay(digits, monkeypatch):
    """Two steps an epoch here; it pays from five steps on, those of earlier fits included."""
    monkeypatch.setattr(fit_session, "xla_pays", lambda model, steps, batch_size: steps >= 5)
    x, options = digits[:100], {"batch_size": 64, "verbose": 0}
    vae = VAE.build((8, 8), hidden_units=(4,))
    chosen = []
    for epochs in (1, 1, 1, 1):
        vae.fit(x, epochs=epochs, **options)
        chosen.append(vae.jit_compile)
    assert chosen == [False, False, True, True]
    vae.fit(tf.data.Dataset.from_tensor_slices(x).batch(64), epochs=3, verbose=0)
    assert not vae.jit_compile
    conv = VAE.build((8, 8), architecture="conv", filters=(4,), hidden_units=())
    conv.fit(x, epochs=3, **options)
    assert not conv.jit_compile
    asked = VAE.build((8, 8), hidden_units=(4,))
    asked.compile(jit_compile=True)
    asked.fit(x, **options)
    assert asked.jit_compile


def test_a_large_network_pays_for_xla_sooner():
    small, large = VAE.build((8,), hidden_units=(16,)), VAE.build((784,), hidden_units=(256,))
    assert not xla_pays(small, 5_000, 32)
    assert xla_pays(small, 20_000, 32)
    assert not xla_pays(large, 469, 128)
    assert xla_pays(large, 10 * 469, 128)


@pytest.mark.skipif(bool(tf.config.list_physical_devices("GPU")), reason="slow on a CPU only")
def test_layers_that_draw_do_without_xla_on_a_cpu(digits):
    x, z = keras.Input((8, 8)), keras.Input((2,))
    h = keras.layers.Dropout(0.2, seed=0)(keras.layers.Flatten()(x))
    encoder = keras.Model(x, [keras.layers.Dense(2)(h), keras.layers.Dense(2)(h)])
    decoder = keras.Model(z, keras.layers.Reshape((8, 8))(keras.layers.Dense(64)(z)))
    vae = VAE(encoder, decoder)
    assert not vae.jit_compile
    history = vae.fit(digits[:512], epochs=3, verbose=0).history
    assert history["loss"][-1] < history["loss"][0]


def test_conv_trains(digits):
    vae = VAE.build((8, 8), architecture="conv", filters=(4,), hidden_units=())
    history = vae.fit(digits[:512], epochs=3, verbose=0).history
    assert history["loss"][-1] < history["loss"][0]


@pytest.mark.parametrize(
    "objective", [*("elbo", "free_bits", "iwae", "info_vae"), BetaTC(dataset_size=60)]
)
def test_a_batch_without_weight_counts_nothing(make_vae, digits, objective):
    weights = np.ones(60, np.float32)
    weights[10:20] = 0
    rows = (digits[:60], digits[:60], weights)
    vae = make_vae(objective=objective)
    options = {"verbose": 0, "return_dict": True}
    weighted = vae.evaluate(tf.data.Dataset.from_tensor_slices(rows).batch(10), **options)
    rest = tuple(np.delete(part, np.s_[10:20], axis=0) for part in rows)
    others = vae.evaluate(tf.data.Dataset.from_tensor_slices(rest).batch(10), **options)
    expected = pytest.approx(others["reconstruction_loss"], rel=0.02)  # other draws of z
    assert weighted["reconstruction_loss"] == expected
    vae.fit(tf.data.Dataset.from_tensor_slices(rows).batch(10), verbose=0)
    assert all(np.isfinite(weight).all() for weight in vae.get_weights())


def test_validation_steps_count_batches_of_an_array(make_vae, digits):
    def losses(x_val, **options):
        vae = make_vae(seed=0)
        validation = {"validation_data": x_val, "validation_batch_size": 10, **options}
        return vae.fit(digits[:50], verbose=0, **validation).history["val_loss"]

    assert losses(digits[:50], validation_steps=2) == losses(digits[:20])
    with pytest.raises(ValueError, match="validation_steps must be at least 1"):
        losses(digits[:50], validation_steps=0)
    with pytest.raises(TypeError, match="validation_freq must be a whole number; received 'a'"):
        losses(digits[:50], validation_freq=[1, "a"])


def test_an_optimizer_of_another_model_is_refused_or_replaced(make_vae, digits):
    optimizer = keras.optimizers.Adam(0.02)
    first, second = make_vae(optimizer=optimizer), make_vae(optimizer=optimizer)
    second.fit(digits[:32], verbose=0)  # it had not trained yet: the second has its own
    assert int(optimizer.iterations.numpy()) == 0
    assert second.learning_rate == pytest.approx(0.02)
    first.fit(digits[:32], verbose=0)
    first.compile(optimizer, jit_compile=False)
    first.fit(digits[:32], verbose=0)
    with pytest.raises(ValueError, match=r"has trained other weights than this model's.*Compile"):
        second.compile(optimizer)


@pytest.fixture
def float64():
    keras.config.set_floatx("float64")
    keras.config.set_dtype_policy("float64")  # another test may have set one
    yield
    keras.config.set_floatx("float32")
    keras.config.set_dtype_policy("float32")


@pytest.mark.parametrize("objective", ["elbo", "info_vae", BetaTC(dataset_size=64)])
def test_models_of_float64_train_and_score(float64, digits, objective, tmp_path):
    x = digits[:64].astype(np.float64)
    vae = VAE.build((8, 8), hidden_units=(8,), objective=objective)
    assert vae.encoder.get_weights()[0].dtype == np.float64
    data = tf.data.Dataset.from_tensor_slices(x).batch(32)
    fast = vae.fit(x, epochs=2, validation_data=x, verbose=0).history
    slow = vae.fit(data, epochs=2, validation_data=data, verbose=0).history
    assert fast["loss"][0] > slow["loss"][-1]
    assert np.isfinite(vae.elbo(x)).all()
    assert vae.sample(3).shape == vae(x[:3], training=True).shape == (3, 8, 8)
    if objective == "elbo":
        likelihood = VAE.build((8, 8), hidden_units=(8,), likelihood=Gaussian("learned"))
        likelihood.fit(x, verbose=0)
        vae.save(tmp_path / "model.vae")
        loaded = VAE.load(tmp_path / "model.vae")
        np.testing.assert_allclose(loaded.anomaly_score(x), vae.anomaly_score(x), rtol=1e-5)
