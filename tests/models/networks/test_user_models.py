"""VAE(encoder, decoder) with models that users write."""

import keras
import numpy as np
import pytest
from keras import layers

from vae_widgets import VAE, Sampling
from vae_widgets.models.networks.user_models import nested_layers


def keras_documentation_style(last_activation="sigmoid"):
    """The shape of the VAE in the Keras documentation, on 8x8 images."""
    x = keras.Input((8, 8, 1))
    h = layers.Conv2D(4, 3, activation="relu", strides=2, padding="same")(x)
    h = layers.Dense(16, activation="relu")(layers.Flatten()(h))
    z_mean = layers.Dense(2, name="z_mean")(h)
    z_log_var = layers.Dense(2, name="z_log_var")(h)
    encoder = keras.Model(x, [z_mean, z_log_var, Sampling()([z_mean, z_log_var])], name="encoder")
    z = keras.Input((2,))
    h = layers.Reshape((4, 4, 4))(layers.Dense(64, activation="relu")(z))
    h = layers.Conv2DTranspose(4, 3, activation="relu", strides=2, padding="same")(h)
    out = layers.Conv2DTranspose(1, 3, activation=last_activation, padding="same")(h)
    return encoder, keras.Model(z, out, name="decoder")


def dense_pair(latent=2, decoder_latent=None, out=64, activation=None):
    x = keras.Input((64,))
    encoder = keras.Model(x, [layers.Dense(latent)(x), layers.Dense(latent)(x)])
    z = keras.Input((decoder_latent or latent,))
    return encoder, keras.Model(z, layers.Dense(out, activation=activation)(z))


@pytest.mark.parametrize("activation", [None, "sigmoid"])
def test_keras_documentation_style_trains(activation, digits):
    vae = VAE(*keras_documentation_style(activation), from_logits=activation is None)
    x = digits[..., np.newaxis]
    history = vae.fit(x, epochs=2, batch_size=64, verbose=0).history
    assert history["loss"][1] < history["loss"][0]
    assert vae.latent_dim == 2
    decoded = vae.decode(vae.encode(x[:3])[0])
    assert decoded.shape == (3, 8, 8, 1)
    assert decoded.min() >= 0
    assert decoded.max() <= 1


def test_a_sigmoid_under_logits_is_caught():
    with pytest.raises(ValueError, match=r"(?s)sigmoid.*from_logits=True.*from_logits=False"):
        VAE(*keras_documentation_style("sigmoid"))


def test_logits_of_one_number_may_be_between_0_and_1_near_the_origin():
    x, z = keras.Input((1,)), keras.Input((2,))
    encoder = keras.Model(x, [layers.Dense(2)(x), layers.Dense(2)(x)])
    small = keras.initializers.Constant(0.01)
    hidden = layers.Dense(4, "relu", kernel_initializer="ones")(z)
    decoder = keras.Model(z, layers.Dense(1, kernel_initializer=small)(hidden))
    assert VAE(encoder, decoder).sample_shape == (1,)


def test_a_sigmoid_hidden_in_a_layer_is_caught():
    encoder, decoder = dense_pair()
    wrapped = keras.Sequential([keras.Input((2,)), decoder, layers.Activation("sigmoid")])
    with pytest.raises(ValueError, match="sigmoid"):
        VAE(encoder, wrapped)


def test_logits_under_from_logits_false_are_caught():
    with pytest.raises(ValueError, match=r"(?s)from_logits=False.*probabilities in \[0, 1\]"):
        VAE(*dense_pair(), from_logits=False)


def test_a_sigmoid_is_fine_for_gaussian_means():
    assert VAE(*dense_pair(activation="sigmoid"), likelihood="gaussian").latent_dim == 2


def test_subclassed_models_need_a_sample_shape():
    class Encoder(keras.Model):
        def __init__(self):
            super().__init__()
            self.mean, self.log_var = layers.Dense(3), layers.Dense(3)

        def call(self, x):
            return self.mean(x), self.log_var(x)

    decoder = keras.Sequential([layers.Dense(5)])  # not built until called
    with pytest.raises(ValueError, match="pass sample_shape"):
        VAE(Encoder(), decoder)
    vae = VAE(Encoder(), decoder, sample_shape=5)
    assert vae.latent_dim == 3
    assert vae.sample(2).shape == (2, 5)


def test_latent_dimensions_must_agree():
    with pytest.raises(ValueError, match=r"takes codes of shape \(3,\); the encoder gives \(2,\)"):
        VAE(*dense_pair(decoder_latent=3))


def test_shapes_must_agree():
    with pytest.raises(ValueError, match=r"gives samples of shape \(63,\); the encoder takes"):
        VAE(*dense_pair(out=63))


def test_same_size_of_another_shape_gets_a_reshape():
    encoder, _ = keras_documentation_style(None)
    _, decoder = dense_pair()
    with pytest.raises(ValueError, match=r"Reshape\(\(8, 8, 1\)\)"):
        VAE(encoder, decoder)


def test_encoder_must_give_two_outputs():
    x = keras.Input((64,))
    with pytest.raises(ValueError, match=r"one output; expected two, \(z_mean, z_log_var\)"):
        VAE(keras.Model(x, layers.Dense(2)(x)), dense_pair()[1])


def test_mean_and_log_var_must_have_one_shape():
    x = keras.Input((64,))
    encoder = keras.Model(x, [layers.Dense(2)(x), layers.Dense(1)(x)])
    with pytest.raises(ValueError, match=r"\(1, 2\) and \(1, 1\)"):
        VAE(encoder, dense_pair()[1])


def test_only_keras_models():
    with pytest.raises(TypeError, match="encoder must be a Keras model; received function"):
        VAE(lambda x: x, dense_pair()[1])


def test_regularizers_enter_the_loss(digits):
    x = keras.Input((64,))
    encoder = keras.Model(x, [layers.Dense(2)(x), layers.Dense(2)(x)])
    z = keras.Input((2,))
    penalised = layers.Dense(64, kernel_regularizer=keras.regularizers.L2(0.1))
    vae = VAE(encoder, keras.Model(z, penalised(z)))
    vae.compile(jit_compile=False)
    logs = vae.evaluate(digits.reshape(-1, 64), verbose=0, return_dict=True)
    penalty = 0.1 * float((penalised.kernel.numpy() ** 2).sum())
    assert logs["loss"] - logs["reconstruction_loss"] - logs["kl_loss"] == pytest.approx(
        penalty, rel=1e-3
    )


def test_batch_normalisation_learns_its_statistics(digits):
    x = keras.Input((64,))
    normalise = layers.BatchNormalization()
    h = normalise(x)
    encoder = keras.Model(x, [layers.Dense(2)(h), layers.Dense(2)(h)])
    vae = VAE(encoder, dense_pair()[1])
    vae.compile(jit_compile=False)
    vae.fit(digits.reshape(-1, 64), epochs=20, verbose=0)
    expected = digits.reshape(-1, 64).mean(0)
    np.testing.assert_allclose(normalise.moving_mean.numpy(), expected, atol=0.05)


@pytest.mark.parametrize("policy", ["mixed_float16", "mixed_bfloat16", "float64"])
def test_layers_may_compute_in_another_type(policy):
    x = np.random.default_rng(0).random((60, 12), np.float32)
    keras.config.set_dtype_policy(policy)
    try:
        vae = VAE.build((12,), hidden_units=(8,))
    finally:
        keras.config.set_dtype_policy("float32")
    losses = vae.fit(x, epochs=5, verbose=0).history["loss"]
    assert losses[-1] < losses[0]
    z_mean, z_log_var = vae.encode(x)
    assert z_mean.dtype == z_log_var.dtype == vae.decode(z_mean).dtype == np.float32
    np.testing.assert_allclose(vae.anomaly_score(x).mean(), losses[-1], rtol=0.2)


def test_nested_layers_are_found_wherever_keras_tracks_them():
    class Holder(keras.layers.Layer):
        def __init__(self):
            super().__init__()
            self.listed = [keras.layers.Dense(2), [keras.layers.Dense(2)]]
            self.named = {"a": keras.layers.Dropout(0.5)}
            self.twice = self.listed[0]

        def call(self, x):
            return x

    inner = keras.Sequential([keras.Input((4, 3)), keras.layers.Bidirectional(keras.layers.GRU(2))])
    x = keras.Input((4, 3))
    model = keras.Model(x, Holder()(keras.layers.Dense(3)(inner(x))))
    found = list(nested_layers(model))
    assert {type(layer) for layer in found} >= {keras.layers.GRU, keras.layers.Dropout}
    assert len(found) == len(set(map(id, found)))
    assert set(map(id, found)) >= set(map(id, model._flatten_layers()))
