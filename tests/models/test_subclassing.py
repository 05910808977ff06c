"""Subclasses with heads, metrics and steps of their own, as Keras users write them."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import ops
from sklearn.datasets import load_digits

from vae_widgets import VAE

Y = load_digits().target


@keras.saving.register_keras_serializable(package="tests")
class Classifying(VAE):
    """A VAE whose codes also tell the class; -1 is an unknown one."""

    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        self.head = keras.layers.Dense(10)
        self.accuracy = keras.metrics.SparseCategoricalAccuracy(name="accuracy")

    def auxiliary_loss(self, batch, x, y, training):
        logits = self.head(batch.z_mean)
        if y is None:
            return 0.0
        known = ops.cast(y >= 0, "float32")
        y = ops.maximum(y, 0)
        self.accuracy.update_state(y, logits, sample_weight=known * batch.weights)
        return 10 * known * ops.sparse_categorical_crossentropy(y, logits, from_logits=True)


def make(kind=Classifying, optimizer=None, jit_compile=False, **options):
    vae = kind.build((8, 8), latent_dim=8, hidden_units=(32,), **options)
    vae.compile(optimizer or keras.optimizers.SGD(0.01), jit_compile=jit_compile)
    return vae


def dataset(x, y, batch_size=64):
    return tf.data.Dataset.from_tensor_slices((x, y)).batch(batch_size)


@pytest.fixture(scope="module")
def classifying(digits):
    vae = make(optimizer=keras.optimizers.Adam(5e-3))
    options = {"epochs": 6, "batch_size": 64, "verbose": 0}
    vae.fit(digits, Y, validation_data=(digits[:100], Y[:100]), **options)
    return vae


def test_a_head_learns_and_is_logged(classifying, digits):
    logs = classifying.history.history
    assert logs["val_accuracy"][-1] > max(0.6, logs["accuracy"][0])
    predicted = ops.convert_to_numpy(classifying.head(classifying.encode(digits)[0])).argmax(1)
    evaluated = classifying.evaluate(digits, Y, verbose=0, return_dict=True)
    assert evaluated["accuracy"] == pytest.approx((predicted == Y).mean(), abs=1e-6)


@pytest.mark.parametrize("jit_compile", [False, True])
def test_arrays_and_datasets_train_the_same_with_a_partial_last_batch(digits, jit_compile):
    """Without a step of the optimizer all batches meet one model: the metrics are exact means."""
    x, y = digits[:150], Y[:150].copy()
    y[::3] = -1
    fast = make(optimizer=keras.optimizers.SGD(0.0), jit_compile=jit_compile)
    slow = make(optimizer=keras.optimizers.SGD(0.0))
    logs = fast.fit(x, y, batch_size=64, validation_data=(x, y), verbose=0).history
    slow.fit(dataset(x, y), verbose=0)
    slow.head.set_weights(fast.head.get_weights())
    other = slow.fit(dataset(x, y), validation_data=dataset(x, y), verbose=0).history
    predicted = ops.convert_to_numpy(fast.head(fast.encode(x)[0])).argmax(1)
    expected = (predicted == y)[y >= 0].mean()
    for name in ("accuracy", "val_accuracy"):
        assert logs[name] == pytest.approx([expected], abs=1e-6)
        assert other[name] == pytest.approx([expected], abs=1e-6)
    extra = [h["loss"][0] + h["elbo"][0] for h in (logs, other)]
    assert extra[0] == pytest.approx(extra[1], rel=1e-3)
    assert extra[0] > 1


@pytest.mark.parametrize("suffix", [".keras", ".vae"])
def test_it_is_saved_and_trains_on(classifying, digits, tmp_path, suffix):
    path = tmp_path / f"model{suffix}"
    classifying.save(path)
    loaded = VAE.load(path)
    assert type(loaded) is Classifying
    for one, other in zip(loaded.head.get_weights(), classifying.head.get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)
    assert int(loaded.optimizer.iterations.numpy()) == int(classifying.optimizer.iterations.numpy())
    before = classifying.evaluate(digits, Y, verbose=0)
    assert loaded.evaluate(digits, Y, verbose=0) == pytest.approx(before, rel=1e-5)
    assert loaded.fit(digits[:64], Y[:64], verbose=0).history["accuracy"][0] > 0.6


def test_a_model_saved_before_its_first_fit_loads(digits, tmp_path):
    vae = make()
    vae.head.build((None, vae.latent_dim))
    vae.save(tmp_path / "new.keras")
    loaded = VAE.load(tmp_path / "new.keras")
    np.testing.assert_array_equal(loaded.head.get_weights()[0], vae.head.get_weights()[0])
    loaded.fit(digits[:64], Y[:64], verbose=0)


def test_a_layers_own_metric_is_logged_on_arrays_too(digits):
    @keras.saving.register_keras_serializable(package="tests")
    class Watched(keras.layers.Layer):
        def __init__(self, **options):
            super().__init__(**options)
            self.mean = keras.metrics.Mean(name="mean_brightness")

        def call(self, x):
            self.mean.update_state(ops.mean(x, axis=(1, 2)))
            return x

    x, z = keras.Input((8, 8)), keras.Input((2,))
    h = keras.layers.Flatten()(Watched()(x))
    encoder = keras.Model(x, [keras.layers.Dense(2)(h), keras.layers.Dense(2)(h)])
    decoder = keras.Model(z, keras.layers.Reshape((8, 8))(keras.layers.Dense(64)(z)))
    vae = VAE(encoder, decoder)
    vae.compile(jit_compile=False)
    logs = vae.fit(digits[:100], batch_size=64, validation_data=digits[100:150], verbose=0).history
    assert logs["mean_brightness"] == pytest.approx([digits[:100].mean()], rel=1e-5)
    assert logs["val_mean_brightness"] == pytest.approx([digits[100:150].mean()], rel=1e-5)


def test_a_step_of_ones_own_trains_a_layer_of_ones_own(digits):
    class Own(VAE):
        def __init__(self, *args, **options):
            super().__init__(*args, **options)
            self.scale = keras.layers.Dense(1)
            self.scale.build((None, self.latent_dim))

        def train_step(self, data):
            x, y, _ = keras.utils.unpack_x_y_sample_weight(data)
            with tf.GradientTape() as tape:
                z_mean, _ = self.encoder(x, training=True)
                loss = ops.mean(ops.square(self.scale(z_mean)[:, 0] - ops.cast(y, "float32")))
            variables = self.encoder.trainable_variables + self.scale.trainable_variables
            self.optimizer.apply(tape.gradient(loss, variables), variables)
            return {"loss": loss}

    def error():
        guess = ops.convert_to_numpy(vae.scale(vae.encode(digits)[0]))[:, 0]
        return np.mean((guess - Y) ** 2)

    vae = make(Own, keras.optimizers.Adam(5e-3))
    before = error()  # about 28, the mean square of 0 to 9
    vae.fit(digits, Y, epochs=4, verbose=0)
    assert error() < 0.5 * before


def test_targets_are_checked(digits):
    vae = make()
    with pytest.raises(ValueError, match=r"y has shape \(9,\); expected \(20, \.\.\.\)"):
        vae.fit(digits[:20], Y[:9], verbose=0)
    with pytest.raises(TypeError, match="y must be an array of numbers"):
        vae.fit(digits[:20], ["one"] * 20, verbose=0)
    with pytest.raises(TypeError, match="takes no targets"):
        VAE.build((8, 8), hidden_units=(4,)).fit(digits[:20], Y[:20], verbose=0)
    vae.fit(digits[:64], verbose=0)  # without targets


def test_a_layer_that_cannot_be_built_here_is_named(digits):
    with pytest.raises(ValueError, match=r"layer 'head' is not built.*self\.head\.build\(\(None"):
        make().fit((part for part in [(digits[:20], Y[:20])]), verbose=0)
    after = make()
    after.fit(digits[:64], Y[:64], verbose=0)
    after.another = keras.layers.Dense(2)
    after.another.build((None, 8))
    with pytest.raises(ValueError, match=r"before layers were added. Compile with a new one"):
        after.fit(digits[:64], Y[:64], verbose=0)
    after.compile(keras.optimizers.Adam(), jit_compile=False)
    after.fit(digits[:64], Y[:64], verbose=0)


@pytest.mark.parametrize(
    ("name", "value", "remedy"),
    [
        *((name, None, "VAE(vae.encoder") for name in ("encoder", "decoder", "likelihood")),
        ("variational", False, "Make another VAE"),
        *((name, 3, "encoder and the decoder") for name in ("latent_dim", "n_labels")),
        ("sample_shape", (3,), "encoder and the decoder"),
        ("beta_schedule", None, "vae.beta = Warmup"),
    ],
)
def test_what_is_decided_when_a_model_is_made_is_not_changed_in_silence(
    trained, name, value, remedy
):
    before = getattr(trained, name)
    with pytest.raises(AttributeError, match=f"{name} of a VAE cannot be changed") as error:
        setattr(trained, name, value)
    assert remedy in str(error.value)
    assert getattr(trained, name) is before or getattr(trained, name) == before


@pytest.mark.parametrize("as_dataset", [False, True])
def test_another_objective_acts_from_the_next_fit_on(digits, as_dataset):
    """Free bits beyond any KL: the loss charges them all, whatever the KL is."""
    x = digits[:64]
    data = tf.data.Dataset.from_tensor_slices(x).batch(64) if as_dataset else x
    vae = make(VAE, keras.optimizers.SGD(0.0))
    vae.fit(data, verbose=0)
    vae.objective = "free_bits"
    assert type(vae.objective).__name__ == "FreeBits"
    vae.objective = type(vae.objective)(nats=100.0)
    logs = vae.fit(data, validation_data=data, verbose=0).history
    assert logs["loss"][0] - logs["reconstruction_loss"][0] == pytest.approx(800, rel=1e-4)
    assert logs["val_loss"][0] - logs["val_reconstruction_loss"][0] == pytest.approx(800, rel=1e-4)
    vae.objective = "iwae"  # which draws more noise
    assert np.isfinite(vae.fit(data, verbose=0).history["loss"]).all()
    with pytest.raises(ValueError, match="objective"):
        vae.objective = "free_bit"


def test_settings_that_a_run_reads_are_not_changed_during_it(digits):
    vae = make(VAE)
    errors = []

    class Change(keras.callbacks.Callback):
        def on_epoch_begin(self, epoch, logs=None):
            for name, value in (("objective", "iwae"), ("seed", 3)):
                with pytest.raises(RuntimeError, match=f"{name} cannot be changed while") as error:
                    setattr(self.model, name, value)
                errors.append(error)

    vae.fit(digits[:32], callbacks=[Change()], verbose=0)
    assert len(errors) == 2


def test_another_seed_draws_as_a_new_model_with_it(digits):
    one, other = make(VAE, seed=1), make(VAE, seed=2)
    other.set_weights(one.get_weights())
    other.seed = 1
    assert other.seed == 1
    histories = [vae.fit(digits[:200], epochs=2, verbose=0).history for vae in (one, other)]
    assert histories[0]["loss"] == pytest.approx(histories[1]["loss"], rel=1e-5)
