"""The ONNX of a model, for the page of a widget: of a VAE, of a bundle, and with a label."""

import keras
import numpy as np
import onnxruntime
import pytest

import vae_widgets as vw

Z = np.random.default_rng(0).normal(size=(5, 2)).astype(np.float32)


def run(content, **inputs):
    return onnxruntime.InferenceSession(content).run(None, inputs)


def test_a_vae_and_its_bundle_as_onnx(make_vae, digits, tmp_path):
    vae = make_vae()
    vae.save(tmp_path / "digits.vae")
    for codec in (vae, vw.load(tmp_path / "digits.vae")):
        onnx = codec.to_onnx()
        assert onnx.label is None
        decoded = run(onnx.decoder, z=Z)[0]
        np.testing.assert_allclose(decoded, vae.decode(Z), atol=1e-6)
        z_mean, z_log_var = run(onnx.encoder, x=digits[:5])
        for ours, theirs in zip((z_mean, z_log_var), vae.encode(digits[:5]), strict=True):
            np.testing.assert_allclose(ours, theirs, atol=1e-5)


def test_a_label_goes_along(make_vae, tmp_path):
    vae = make_vae(n_labels=3)
    vae.save(tmp_path / "labelled.vae")
    for model in (vae, vw.load(tmp_path / "labelled.vae")):
        codec = model.condition_on(2)
        onnx = codec.to_onnx(convert=False)
        np.testing.assert_array_equal(onnx.label, [0, 0, 1])
        labels = np.tile(onnx.label, (5, 1))
        np.testing.assert_allclose(run(onnx.decoder, z=Z, y=labels)[0], vae.decode(Z, 2), atol=1e-6)
    codec = vae.condition_on(0)
    told = []
    codec.on_weights_changed(listener := lambda: told.append(codec.weights_version()))
    vae.set_weights([w + 1 for w in vae.get_weights()])
    assert told == [vae.weights_version()]
    assert listener is not None
    bundled = vw.load(tmp_path / "labelled.vae").condition_on(0)
    bundled.on_weights_changed(listener)  # never
    assert bundled.weights_version() == 0


def test_layers_that_must_be_converted_are_refused_if_that_takes_too_long():
    encoder = keras.Sequential([keras.Input((4,)), keras.layers.Dense(4)])
    x = keras.Input((4,))
    both = encoder(x)
    encoder = keras.Model(x, [both[:, :2], both[:, 2:]])
    layers = [keras.Input((2,)), keras.layers.Dense(4), keras.layers.UnitNormalization()]
    vae = vw.VAE(encoder, keras.Sequential(layers), likelihood="gaussian")
    with pytest.raises(ValueError, match="cannot be exported to ONNX"):
        vae.to_onnx(convert=False)


def test_a_large_model_is_exported_only_if_it_may_take_long(make_vae, monkeypatch):
    vae = make_vae()
    name = "vae_widgets.models.serialization.bundle_writer._MOST_BYTES_AT_ONCE"
    monkeypatch.setattr(name, 4 * vae.count_params() - 1)
    with pytest.raises(ValueError, match="bytes of weights, which take long to export"):
        vae.to_onnx(convert=False)
    assert vae.to_onnx().decoder


def test_a_large_bundle_is_not_kept_twice(make_vae, tmp_path, monkeypatch):
    make_vae().save(tmp_path / "digits.vae")
    monkeypatch.setattr("vae_widgets.bundle.codec.MOST_ONNX_BYTES", 1000)
    with pytest.raises(ValueError, match=r"digits.vae is too large .* at most 1,000 bytes"):
        vw.load(tmp_path / "digits.vae").to_onnx()
