"""Bundles whose weights are float16: they compute in float32 with rounded weights."""

import numpy as np
import onnx
import pytest

import vae_widgets as vw
from vae_widgets.bundle.archive import read_archive

TOKENS = {"architecture": "sequence", "likelihood": "categorical", "n_classes": 5}
MODELS = {
    "image": lambda: vw.VAE.build((8, 8, 1), architecture="conv", filters=(8, 16)),
    "voices": lambda: vw.VAE.build((8, 4), filters=(16,), hidden_units=(32,), **TOKENS),
    "context": lambda: vw.VAE.build((8,), filters=(16,), context=3, **TOKENS),
}


@pytest.mark.parametrize("kind", MODELS)
def test_a_bundle_computes_with_the_rounded_weights(kind, tmp_path):
    rng = np.random.default_rng(0)
    vae = MODELS[kind]()
    vae.set_weights([w + 0.2 * rng.standard_normal(w.shape) for w in vae.get_weights()])
    before = vae.get_weights()
    vae.save(tmp_path / "float32.vae", trainable=False)
    vae.save(tmp_path / "float16.vae", trainable=False, weights="float16")
    for ours, theirs in zip(vae.get_weights(), before, strict=True):
        np.testing.assert_array_equal(ours, theirs)  # the model itself is not rounded
    vae.set_weights([w.astype(np.float16).astype(np.float32) for w in before])
    codec = vw.load(tmp_path / "float16.vae")
    x = rng.integers(0, 2, (20, *vae.sample_shape)).astype(np.float32)
    z = rng.standard_normal((20, vae.latent_dim), dtype=np.float32)
    np.testing.assert_allclose(codec.decode(z), vae.decode(z), atol=1e-5)
    np.testing.assert_allclose(codec.encode(x)[0], vae.encode(x)[0], rtol=1e-4, atol=1e-4)
    np.testing.assert_allclose(codec.anomaly_score(x), vae.anomaly_score(x, "elbo"), rtol=1e-4)


def test_only_the_weights_of_bundles_that_ask_for_it_are_halved(tmp_path):
    vae = vw.VAE.build((10,), likelihood="gaussian", hidden_units=(200,), seed=0)
    sizes = {}
    for weights in ("float32", "float16"):
        vae.save(tmp_path / "x.vae", trainable=False, weights=weights)
        parts = read_archive(tmp_path / "x.vae").parts
        sizes[weights] = sum(len(parts[name]) for name in parts if name.endswith(".onnx"))
        kinds = [
            constant.data_type
            for name in ("encoder.onnx", "decoder.onnx", "score.onnx")
            for constant in onnx.load_from_string(parts[name]).graph.initializer
        ]
        assert (onnx.TensorProto.FLOAT16 in kinds) == (weights == "float16")
    assert 0.5 < sizes["float16"] / sizes["float32"] < 0.65


def test_numbers_that_float16_lacks_are_refused(tmp_path):
    vae = vw.VAE.build((10,), likelihood="gaussian", seed=0)
    first, *rest = vae.get_weights()
    first[0, 0] = -65_520  # the first number that is rounded to infinity
    vae.set_weights([first, *rest])
    with pytest.raises(ValueError, match=r"up to 65,504; the weight '.*kernel' has 6.552e\+04"):
        vae.save(tmp_path / "x.vae", trainable=False, weights="float16")
    assert not (tmp_path / "x.vae").exists()


def test_options_that_do_not_fit(tmp_path):
    vae = vw.VAE.build((10,), likelihood="gaussian")
    for options, expected in [
        ({"weights": "float16"}, r"weights='float16' is for .* Pass trainable=False, too"),
        ({"weights": "int8", "trainable": False}, "weights is 'int8'; .* float32, float16"),
    ]:
        with pytest.raises(ValueError, match=expected):
            vae.save(tmp_path / "x.vae", **options)
    for options in ({"weights": "float16"}, {"anomaly_score": False}):
        with pytest.raises(ValueError, match=f"{next(iter(options))}=.* is for bundles"):
            vae.save(tmp_path / "x.keras", **options)
    assert not list(tmp_path.iterdir())


def test_a_bundle_without_a_score_says_so(tmp_path):
    vae = vw.VAE.build((10,), likelihood="gaussian")
    vae.save(tmp_path / "x.vae", trainable=False, anomaly_score=False)
    assert "score.onnx" not in read_archive(tmp_path / "x.vae").parts
    with pytest.raises(RuntimeError, match=r"x.vae has no anomaly score: .* anomaly_score=False"):
        vw.load(tmp_path / "x.vae").anomaly_score(np.zeros((1, 10)))
