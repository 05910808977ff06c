"""The anomaly score of a bundle: that of its model, or the reason why there is none."""

import keras
import numpy as np
import pytest
import scipy.sparse
import tensorflow as tf

import vae_widgets as vw
from tests.bundle.bombs import SAVED
from tests.bundle.conftest import KINDS
from vae_widgets.bundle import BundleError, read_archive, write_archive


@keras.saving.register_keras_serializable(package="test_bundle_scores")
class Poisson(vw.Likelihood):
    """Counts; their density has a lgamma, for which ONNX has no operator."""

    bounds = (0.0, float("inf"))

    def __init__(self):
        super().__init__("poisson")

    def elementwise_negative_log_likelihood(self, x, decoder_output):
        return tf.exp(decoder_output) - x * decoder_output + tf.math.lgamma(x + 1.0)

    def mean(self, decoder_output):
        return tf.exp(decoder_output)


@keras.saving.register_keras_serializable(package="test_bundle_scores")
class Exponential(Poisson):
    """Durations, 0 and more."""

    def elementwise_negative_log_likelihood(self, x, decoder_output):
        return decoder_output + x * tf.exp(-decoder_output)


@pytest.fixture(scope="module")
def counts():
    return np.random.default_rng(0).poisson(3.0, (60, 5)).astype(np.float32)


@pytest.mark.parametrize("kind", ["dense bernoulli", "voices categorical", "own halves predicted"])
def test_a_bundle_scores_as_its_model(kind, tmp_path):
    make_model, make_samples = KINDS[kind]
    vae, x = make_model(), make_samples(np.random.default_rng(1))
    vae.save(tmp_path / "x.vae")
    codec = vw.load(tmp_path / "x.vae")
    assert codec.score_name == vae.score_name
    np.testing.assert_allclose(codec.anomaly_score(x), vae.anomaly_score(x), rtol=1e-4, atol=1e-4)


def test_a_conditional_bundle_scores_with_labels(tmp_path):
    vae = vw.VAE.build((6,), hidden_units=(8,), n_labels=3)
    x, y = np.random.default_rng(0).random((9, 6), np.float32), np.arange(9) % 3
    vae.save(tmp_path / "x.vae")
    codec = vw.load(tmp_path / "x.vae")
    np.testing.assert_allclose(codec.anomaly_score(x, y=y), vae.anomaly_score(x, y=y), rtol=1e-4)
    given = codec.condition_on(2)
    np.testing.assert_allclose(given.anomaly_score(x), vae.anomaly_score(x, y=2), rtol=1e-4)
    assert given.score_name == codec.score_name == vae.score_name
    with pytest.raises(TypeError, match="needs labels"):
        codec.anomaly_score(x)


def test_a_plain_autoencoder_scores_by_its_likelihood(tmp_path):
    vae = vw.VAE.build((6,), hidden_units=(8,), variational=False)
    x = np.random.default_rng(0).random((9, 6), np.float32)
    vae.save(tmp_path / "x.vae")
    codec = vw.load(tmp_path / "x.vae")
    assert codec.score_name == vae.score_name == "negative log-likelihood (nats)"
    np.testing.assert_allclose(codec.anomaly_score(x), vae.anomaly_score(x), rtol=1e-4)


def test_bounds_without_an_end_are_saved(counts, tmp_path):
    vae = vw.VAE.build((5,), hidden_units=(8,), likelihood=Exponential())
    vae.save(tmp_path / "x.vae")
    codec = vw.load(tmp_path / "x.vae")
    assert codec.manifest["likelihood"]["bounds"] == [0.0, None]
    np.testing.assert_allclose(codec.anomaly_score(counts), vae.anomaly_score(counts), rtol=1e-4)
    far = vae.encode(1e6 * counts)[0]  # codes near zero are differences of large numbers
    np.testing.assert_allclose(codec.encode(1e6 * counts)[0], far, atol=1e-5 * np.abs(far).max())
    for model in (codec, vae, vw.VAE.load(tmp_path / "x.vae")):
        with pytest.raises(ValueError, match=r"x spans \[-1, .* needs values in \[0, inf\]"):
            model.encode(counts - 1.0)


@pytest.mark.filterwarnings("ignore:.*tf2onnx")
def test_a_score_without_an_operator_is_left_out(counts, tmp_path):
    detector = vw.VAEDetector(
        2, likelihood=Poisson(), preprocessing=None, hidden_units=(8,), epochs=1
    ).fit(counts)
    with pytest.warns(UserWarning, match=r"x\.vae has no anomaly score: .*'poisson'.*Lgamma"):
        path = detector.save(tmp_path / "x.vae")
    codec = vw.load(path)
    assert codec.score_name is None
    assert codec.policy == detector.policy()
    np.testing.assert_allclose(codec.encode(counts)[0], detector.vae_.encode(counts)[0], atol=1e-4)
    with pytest.raises(RuntimeError, match=r"x\.vae has no anomaly score: .*'poisson'.*Lgamma"):
        codec.anomaly_score(counts)
    loaded = vw.VAEDetector.load(path)  # the advice
    np.testing.assert_allclose(loaded.anomaly_score(counts), detector.anomaly_score(counts))


def test_an_explorer_names_its_score(bundle, samples, vae, tmp_path):
    explorer = vw.Explorer(vw.load(bundle), samples)
    assert explorer.histogram.policy().score == "negative ELBO (nats)"
    np.testing.assert_allclose(explorer.histogram.scores, vae.anomaly_score(samples), rtol=1e-4)
    archive = read_archive(bundle)  # as an earlier version wrote it
    parts = {name: part for name, part in archive.parts.items() if name != "score.onnx"}
    manifest = {k: v for k, v in archive.manifest.items() if k not in ("parts", "score")}
    write_archive(tmp_path / "old.vae", "bundle", parts, manifest)
    old = vw.load(tmp_path / "old.vae")
    with pytest.raises(RuntimeError, match="an earlier version of vae_widgets wrote it"):
        old.anomaly_score(samples)
    explorer = vw.Explorer(old, samples)
    assert explorer.histogram.policy().score == "squared reconstruction error"


def test_an_explorer_of_a_detector_preprocesses_no_sample_again(monkeypatch):
    codec = vw.load(SAVED / "detector.vae")
    raw = np.random.default_rng(0).normal(3, 2, (20, *codec.sample_shape))
    calls = []
    preprocess = type(codec).preprocess
    monkeypatch.setattr(
        type(codec), "preprocess", lambda self, x: calls.append(len(x)) or preprocess(self, x)
    )
    x = codec.preprocess(raw)
    explorer = vw.Explorer(codec, x)
    assert calls == [20]
    assert np.abs(x - preprocess(codec, x)).max() > 0.1  # twice would be something else
    np.testing.assert_array_equal(explorer.histogram.scores, codec.anomaly_score(raw))
    np.testing.assert_array_equal(explorer.scatter.z_mean, codec.encode(x)[0])
    assert explorer.histogram.policy().score == codec.score_name


@pytest.mark.parametrize("note", [3, [], {"kind": 1}, {"kind": "elbo", "missing": 2}, {}])
def test_a_note_that_makes_no_sense(bundle, note, tmp_path):
    archive = read_archive(bundle)
    manifest = {k: v for k, v in archive.manifest.items() if k != "parts"} | {"score": note}
    write_archive(tmp_path / "x.vae", "bundle", archive.parts, manifest)
    with pytest.raises(BundleError, match=r"part 'manifest\.json': 'score' must have"):
        vw.load(tmp_path / "x.vae")


def test_a_sparse_matrix_is_told_how_to_become_dense(bundle, samples):
    codec = vw.load(bundle)
    x = scipy.sparse.csr_matrix(samples.reshape(len(samples), -1))
    for method in (codec.encode, codec.anomaly_score):
        with pytest.raises(TypeError, match=r"Pass x\.toarray\(\)"):
            method(x)
