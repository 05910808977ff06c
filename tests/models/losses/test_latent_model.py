"""Encoders and decoders whose outputs have names."""

import keras
import numpy as np
import pytest

from vae_widgets import VAE, Gaussian


@pytest.fixture(scope="module")
def x():
    return np.random.default_rng(0).random((20, 6), dtype=np.float32)


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
