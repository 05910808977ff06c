"""Keras's own export straight after a fit, and halves whose outputs have names."""

import keras
import numpy as np
import onnxruntime
import pytest
import tensorflow as tf

from vae_widgets import VAE, Gaussian


@pytest.fixture(scope="module")
def x():
    return np.random.default_rng(0).random((20, 6), dtype=np.float32)


def fitted(x, **options):
    vae = VAE.build((6,), hidden_units=(8,), **options)
    vae.compile(jit_compile=False)
    vae.fit(x, np.arange(len(x)) % 3 if options else None, verbose=0)
    return vae


def test_a_saved_model_straight_after_fit(x, tmp_path):
    vae = fitted(x)
    vae.export(tmp_path / "x", verbose=False)
    loaded = tf.saved_model.load(tmp_path / "x")  # which owns the variables
    served = loaded.serve(x)
    np.testing.assert_allclose(served, vae.decode(vae.encode(x)[0]), rtol=1e-5, atol=1e-6)


def test_onnx_straight_after_fit(x, tmp_path):
    vae = fitted(x)
    vae.export(tmp_path / "x.onnx", format="onnx", verbose=False)
    session = onnxruntime.InferenceSession(tmp_path / "x.onnx")
    (served,) = session.run(None, {session.get_inputs()[0].name: x})
    np.testing.assert_allclose(served, vae.decode(vae.encode(x)[0]), rtol=1e-5, atol=1e-6)


def test_a_conditional_model(x, tmp_path):
    vae = fitted(x, n_labels=3)
    vae.export(tmp_path / "x", verbose=False)
    y = np.arange(len(x)) % 3
    hot = np.eye(3, dtype=np.float32)[y]
    loaded = tf.saved_model.load(tmp_path / "x")
    served = loaded.serve([x, hot])
    np.testing.assert_allclose(served, vae.decode(vae.encode(x, y)[0], y), rtol=1e-5, atol=1e-6)


def halves(form, decoded=lambda mean, log_var: mean):
    x, z = keras.Input((6,)), keras.Input((2,))
    dense = [keras.layers.Dense(2, kernel_initializer="ones")(x), keras.layers.Dense(2)(x)]
    outputs = [keras.layers.Dense(6, name=name)(z) for name in ("mean", "log_var")]
    return keras.Model(x, form(*dense)), keras.Model(z, decoded(*outputs))


FORMS = {
    "dict": lambda mean, log_var: {"z_log_var": log_var, "z_mean": mean},
    "dict with more": lambda mean, log_var: {"a": mean + 1, "z_mean": mean, "z_log_var": log_var},
    "list": lambda mean, log_var: [mean, log_var],
    "tuple": lambda mean, log_var: (mean, log_var),
}


@pytest.mark.parametrize("form", FORMS)
def test_an_encoder_with_named_outputs(form, x, tmp_path):
    vae = VAE(*halves(FORMS[form]), "gaussian")
    vae.compile(jit_compile=False)
    np.testing.assert_allclose(
        vae.encode(x)[0], np.repeat(x.sum(1, keepdims=True), 2, axis=1), rtol=1e-5
    )
    vae.fit(x, verbose=0)
    vae.save(tmp_path / "x.vae")
    np.testing.assert_array_equal(VAE.load(tmp_path / "x.vae").encode(x)[1], vae.encode(x)[1])


@pytest.mark.parametrize(
    ("decoded", "likelihood"),
    [
        (lambda mean, log_var: {"x": mean}, "gaussian"),
        (lambda mean, log_var: [mean], "gaussian"),
        (lambda mean, log_var: {"log_var": log_var, "mean": mean}, Gaussian("predicted")),
    ],
)
def test_a_decoder_with_named_outputs(decoded, likelihood, x):
    encoder, decoder = halves(FORMS["list"], decoded)
    vae = VAE(encoder, decoder, likelihood)
    vae.compile(jit_compile=False)
    vae.fit(x, verbose=0)
    z = np.ones((3, 2), np.float32)
    kernel, bias = decoder.get_layer("mean").get_weights()
    np.testing.assert_allclose(vae.decode(z), z @ kernel + bias, rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize(
    ("form", "decoded", "message"),
    [
        (lambda m, v: {"mu": m, "sigma": v}, None, "dict with the outputs 'mu', 'sigma'; expected"),
        (lambda m, v: {"z_mean": m}, None, "gives one output; expected two"),
        (lambda m, v: m, None, "gives one output; expected two"),
        (lambda m, v: [[m, v], m], None, "encoder .* gives nested outputs"),
        (None, lambda m, v: {"a": m, "b": v}, "dict with the outputs 'a', 'b'; expected 'mean'"),
        (None, lambda m, v: [[m, v], m], "decoder .* gives nested outputs"),
    ],
)
def test_other_outputs_are_refused(form, decoded, message):
    parts = halves(form or FORMS["list"], decoded or (lambda mean, log_var: mean))
    with pytest.raises(ValueError, match=message):
        VAE(*parts, "gaussian")
