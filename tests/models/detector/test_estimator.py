"""The detector against formulas of its scores, and in scikit-learn's hands."""

import copy
import json
import pickle
import subprocess
import sys

import dask.array
import h5py
import numpy as np
import pandas as pd
import pytest
import tensorflow as tf
from sklearn.base import clone
from sklearn.datasets import load_breast_cancer
from sklearn.exceptions import NotFittedError
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler

import vae_widgets as vw
from vae_widgets.bundle import read_archive, write_archive
from vae_widgets.bundle.detector_part import DETECTOR_PART
from vae_widgets.models.data import row_source
from vae_widgets.models.detector.threshold import clear_of

TINY = {"latent_dim": 2, "hidden_units": (), "epochs": 2}


@pytest.fixture(scope="module")
def table():
    """Benign samples and all samples, named columns and labels."""
    data = load_breast_cancer(as_frame=True)
    X = data.data.iloc[:, :6]
    return X[data.target == 1], X, np.asarray(data.target == 0)


@pytest.fixture(scope="module")
def detector(table):
    return vw.VAEDetector(latent_dim=2, hidden_units=(16,), epochs=8, learning_rate=0.01).fit(
        table[0]
    )


@pytest.fixture(scope="module")
def saved(detector, tmp_path_factory):
    path = tmp_path_factory.mktemp("detector") / "tumours.vae"
    return detector.save(path, note="for the clinic", author="A. Analyst")


# Scores and signs


def test_scores_are_those_of_the_model_on_standardised_samples(detector, table):
    benign, X, is_malignant = table
    standardised = StandardScaler().fit(benign.to_numpy()).transform(X.to_numpy())
    np.testing.assert_allclose(detector.preprocess(X), standardised, rtol=1e-4, atol=1e-5)

    z_mean, z_log_var = detector.vae_.encode(standardised)
    error = ((standardised - detector.vae_.decode(z_mean)) ** 2).sum(axis=1)
    kl = 0.5 * (z_mean**2 + np.exp(z_log_var) - z_log_var - 1).sum(axis=1)
    deviation = detector.vae_.likelihood.deviation
    elbo = error / 2 / deviation**2 + 6 * np.log(deviation) + 6 / 2 * np.log(2 * np.pi) + kl
    np.testing.assert_allclose(detector.anomaly_score(X), elbo, rtol=1e-4)
    np.testing.assert_array_equal(detector.score_samples(X), -detector.anomaly_score(X))
    assert roc_auc_score(is_malignant, detector.anomaly_score(X)) > 0.85


def test_policy_and_prediction_agree_exactly(detector, table):
    benign, X, _ = table
    decision, outlier = detector.decision_function(X), detector.predict(X) == -1
    np.testing.assert_array_equal(decision, detector.score_samples(X) - detector.offset_)
    np.testing.assert_array_equal(outlier, decision < 0)
    policy = detector.policy(author="A. Analyst")
    np.testing.assert_array_equal(outlier, policy.apply(detector.anomaly_score(X), score="elbo"))
    # The threshold lies right below the lowest score that is flagged.
    lowest = detector.anomaly_score(benign)[detector.predict(benign) == -1].min()
    assert policy.threshold < lowest == pytest.approx(policy.threshold, rel=2e-5)
    assert (policy.n_scores, policy.author) == (len(benign), "A. Analyst")
    assert policy.alert_rate == np.mean(detector.predict(benign) == -1)
    assert 0.04 < policy.alert_rate <= 0.05


def test_thresholds_by_any_method_and_on_other_samples(detector, table):
    benign, X, is_malignant = table
    scores = detector.anomaly_score(X)
    chosen = copy.copy(detector).choose_threshold(X, is_malignant, method="f_beta", beta=2.0)
    expected = vw.choose_threshold(scores, is_malignant, "f_beta", beta=2.0)
    policy = chosen.policy()
    np.testing.assert_array_equal(chosen.predict(X) == -1, scores >= expected.threshold)
    assert policy.threshold == pytest.approx(expected.threshold, rel=1e-4)
    assert policy.method == "f_beta"
    assert policy.n_labelled == len(X)
    assert policy.metrics["recall"] == np.mean(chosen.predict(X[is_malignant]) == -1)
    assert chosen.offset_ != detector.offset_

    by_name = clone(detector).set_params(contamination="mad", **TINY).fit(benign)
    scores = by_name.anomaly_score(benign)
    threshold = vw.choose_threshold(scores, method="mad").threshold
    assert by_name.policy().threshold == pytest.approx(threshold, rel=1e-4)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("iqr",), r"labels is 'iqr'; .*Did you mean method='iqr'"),
        (([1, 0], "mad"), r"labels has shape \(2,\); .* one label for each row of X"),
        ((None, "irq"), "did you mean 'iqr'"),
    ],
)
def test_bad_labels_are_refused_before_scoring(detector, table, monkeypatch, arguments, message):
    monkeypatch.setattr(type(detector), "anomaly_score", None)
    with pytest.raises((TypeError, ValueError), match=message):
        detector.choose_threshold(table[1], *arguments)
    frame, labels = pd.DataFrame(table[1]), pd.Series(table[2])
    with pytest.raises(ValueError, match="labels has another index than X"):
        detector.choose_threshold(frame, labels[::-1])


@pytest.mark.parametrize(
    ("scores", "threshold", "expected"),
    [
        ([1, 2, 3], 2, 2 - 2e-5),  # on a score
        ([1, 2, 3], np.nextafter(2, 3), 2 + 2e-5),  # just above one, as "conformal" chooses
        ([1, 2 - 2e-6, 2], 2, 2 - 1e-6),  # in a narrow gap: its middle
        ([0.1, 0.2], 0.1, 0.1 - 1e-5),  # no score below
        ([0.1, 0.2], np.nextafter(0.2, 1), 0.2 + 1e-5),  # none above
        ([1, 2, 3], 2.5, 2.5),
    ],
)
def test_no_score_lies_on_the_threshold(scores, threshold, expected):
    scores = np.array(scores, float)
    moved = clear_of(scores, threshold)
    assert moved == pytest.approx(expected, rel=1e-9)
    np.testing.assert_array_equal(scores >= moved, scores >= threshold)


def test_a_policy_chosen_elsewhere(detector, table):
    scores = detector.anomaly_score(table[1])
    threshold = float(np.median(scores))
    twin = copy.copy(detector).use_policy(vw.ThresholdPolicy(threshold, score="elbo"))
    np.testing.assert_array_equal(twin.predict(table[1]) == -1, scores >= threshold)
    assert twin.policy().model_hash == detector.policy().model_hash
    twin.use_policy(detector.policy())
    assert twin.offset_ == detector.offset_
    for policy, expected in [
        (vw.ThresholdPolicy(1.0, score="kl"), "is for the score 'kl'"),
        (vw.ThresholdPolicy(1.0, score="elbo", model_hash="b" * 64), "for the model bbb"),
    ]:
        with pytest.raises(ValueError, match=expected):
            twin.use_policy(policy)
    with pytest.raises(TypeError, match="must be a ThresholdPolicy; received float"):
        twin.use_policy(threshold)


@pytest.mark.parametrize("k", [30, 31])
def test_a_bundle_flags_as_a_policy_chosen_elsewhere_does(detector, table, k, tmp_path):
    X = table[1]
    histogram = vw.AnomalyHistogram(detector.anomaly_score(X), score_name="elbo")
    histogram.choose_threshold("top_k", k=k)  # a line on a score
    twin = copy.copy(detector).use_policy(histogram.policy(), X)
    assert abs(twin.policy().threshold - histogram.threshold) <= 1.001e-5 * abs(histogram.threshold)
    np.testing.assert_array_equal(twin.predict(X) == -1, histogram.flagged)
    codec = vw.load(twin.save(tmp_path / "twin.vae"))
    np.testing.assert_array_equal(codec.policy.apply(codec.anomaly_score(X)), histogram.flagged)


@pytest.mark.parametrize("kind", ["reconstruction", "kl", "mahalanobis", "iwae"])
def test_every_kind_of_score(kind, table):
    detector = vw.VAEDetector(score_kind=kind, **TINY).fit(table[0])
    x = detector.preprocess(table[1])
    np.testing.assert_array_equal(
        detector.anomaly_score(table[1]), detector.vae_.anomaly_score(x, kind)
    )


def test_parameters_set_after_a_fit_wait_for_the_next_one(detector, table, tmp_path):
    benign, X, _ = table
    changed = copy.copy(detector).set_params(score_kind="kl", preprocessing=None)
    np.testing.assert_array_equal(changed.anomaly_score(X), detector.anomaly_score(X))
    assert changed.use_policy(detector.policy()).policy().score == "elbo"
    assert changed.choose_threshold(benign).policy().score == "elbo"

    path = changed.save(tmp_path / "x.vae")
    codec, loaded = vw.load(path), vw.VAEDetector.load(path)
    assert (codec.policy.score, codec.preprocessing) == ("elbo", "standardize_features")
    assert (loaded.score_kind, loaded.preprocessing) == ("kl", None)
    outliers = changed.predict(X) == -1
    np.testing.assert_array_equal(loaded.predict(X) == -1, outliers)
    np.testing.assert_array_equal(codec.policy.apply(codec.anomaly_score(X)), outliers)
    assert changed.set_params(**TINY).fit(benign / 1000).policy().score == "kl"


# Fits that fail


@pytest.mark.parametrize(
    "change",
    [{"latent_dim": -1}, {"contamination": "peaks_over_threshold"}, {"learning_rate": 1e30}],
)
def test_a_fit_that_fails_changes_nothing(change, detector, table):
    twin = copy.copy(detector).set_params(**{**TINY, **change})
    before = vars(twin).copy()
    with pytest.raises(ValueError, match=r"latent_dim|scores"):
        twin.fit(np.random.default_rng(0).normal(size=(60, 3)))
    assert vars(twin) == before
    np.testing.assert_array_equal(twin.predict(table[1]), detector.predict(table[1]))


def test_an_interrupted_first_fit_leaves_no_detector(monkeypatch):
    def interrupted(*args, **kwargs):
        raise KeyboardInterrupt

    monkeypatch.setattr(vw.VAE, "fit", interrupted)
    detector = vw.VAEDetector(**TINY)
    with pytest.raises(KeyboardInterrupt):
        detector.fit(np.zeros((5, 3)))
    assert vars(detector) == vars(vw.VAEDetector(**TINY))
    with pytest.raises(NotFittedError):
        detector.predict(np.zeros((5, 3)))


# Samples of every shape


def test_images_keep_their_shape():
    images = np.random.default_rng(0).integers(0, 256, (40, 8, 9), dtype=np.uint8)
    detector = vw.VAEDetector(preprocessing="standardize_samples", **TINY).fit(images)
    assert (detector.sample_shape_, detector.n_features_in_) == ((8, 9), 72)
    ready = detector.preprocess(images)
    assert ready.shape == images.shape
    np.testing.assert_allclose(ready.std(axis=(1, 2)), 1, rtol=1e-5)
    scores = detector.score_samples(images)
    np.testing.assert_array_equal(detector.score_samples(images.reshape(40, -1)), scores)
    np.testing.assert_array_equal(detector.score_samples(images.tolist()), scores)
    np.testing.assert_array_equal(detector.score_samples(list(images)), scores)
    # Brightness and contrast say nothing.
    np.testing.assert_allclose(detector.score_samples(images / 2.0 + 3), scores, rtol=1e-5)
    with pytest.raises(ValueError, match=r"samples of shape \(9, 8\); expected \(8, 9\)"):
        detector.predict(images.swapaxes(1, 2))
    for fit_or_predict, n in ((detector.predict, 1), (clone(detector).fit, 2)):
        with pytest.raises(ValueError, match=rf"0 sample.* minimum of {n} is required"):
            fit_or_predict(images[:0])


def test_flattened_images_get_the_shape_asked_for():
    rows = np.random.default_rng(0).random((40, 72))
    detector = vw.VAEDetector(
        architecture="conv",
        filters=(4,),
        sample_shape=(8, 9),
        likelihood="bernoulli",
        preprocessing=None,
        **TINY,
    ).fit(rows)
    assert detector.vae_.sample_shape == (8, 9)
    np.testing.assert_array_equal(detector.predict(rows.reshape(-1, 8, 9)), detector.predict(rows))
    with pytest.raises(ValueError, match="bernoulli likelihood does not take these"):
        clone(detector).set_params(preprocessing="standardize_samples").fit(rows)


@pytest.mark.parametrize("preprocessing", ["standardize_features", "standardize_samples", None])
def test_two_constant_samples_of_one_feature(preprocessing):
    detector = vw.VAEDetector(preprocessing=preprocessing, **TINY).fit([[3.0], [3.0]])
    assert detector.predict([[3.0], [3.0]]).tolist() == [1, 1]
    assert np.isfinite(detector.decision_function([[3.0], [1e6]])).all()


def test_samples_so_far_out_that_scores_overflow(detector, saved, table):
    X = table[1].to_numpy()[:3] * [[1], [1e6], [1e30]]
    for scores in (detector.anomaly_score(X), vw.load(saved).anomaly_score(X)):
        assert np.isfinite(scores).all()
        assert scores[0] < scores[1] <= scores[2]
    assert detector.predict(X)[1:].tolist() == [-1, -1]


def test_a_training_that_diverges_says_so():
    X = np.random.default_rng(0).normal(size=(30, 2))
    with pytest.raises(ValueError, match="training has diverged"):
        vw.VAEDetector(preprocessing=None, **TINY).fit(1e18 * X)


def test_large_numbers_that_vary_little_are_not_rounded_away():
    X = 1e9 + np.random.default_rng(0).normal(size=(30, 2))
    detector = vw.VAEDetector(**TINY).fit(X)
    np.testing.assert_allclose(detector.preprocess(X), StandardScaler().fit_transform(X), atol=1e-5)


def test_the_deviation_is_learned_unless_it_is_given(detector, table):
    assert vw.VAEDetector().likelihood == "gaussian"
    assert detector.vae_.likelihood.get_config() == {"deviation": "learned"}
    fixed = vw.VAEDetector(likelihood=vw.Gaussian(deviation=1.0), **TINY).fit(table[0])
    assert fixed.vae_.likelihood.deviation == pytest.approx(1)


@pytest.mark.parametrize("kind", ["reconstruction", "kl"])
def test_attribution_adds_up_to_the_score_in_the_order_of_the_columns(detector, table, kind):
    X = table[1][:9]
    parts = detector.attribution(X, kind)
    assert parts.shape == (9, X.shape[1] if kind == "reconstruction" else 2)
    ready = detector.preprocess(X)
    np.testing.assert_allclose(
        parts.sum(axis=1), detector.vae_.anomaly_score(ready, kind), rtol=1e-5, atol=1e-5
    )
    if kind == "reconstruction":  # the closed form of a normal density
        deviation = detector.vae_.likelihood.deviation
        error = (ready - detector.vae_.decode(detector.vae_.encode(ready)[0])) / deviation
        expected = error**2 / 2 + np.log(deviation) + np.log(2 * np.pi) / 2
        np.testing.assert_allclose(parts, expected, rtol=1e-3, atol=1e-4)


def test_attribution_refuses_other_kinds_and_needs_a_fit(detector, table):
    with pytest.raises(ValueError, match="kind"):
        detector.attribution(table[1], "elbo")
    with pytest.raises(NotFittedError):
        vw.VAEDetector().attribution(table[1])


# Samples that are read in parts

IMAGES = np.random.default_rng(0).integers(0, 256, (90, 6, 5), np.uint8)


def read_all(kind, folder):
    """Return IMAGES as another kind of data, whose fit ends as that of the array."""
    if kind == "memmap":
        np.save(folder / "images.npy", IMAGES)
        return np.load(folder / "images.npy", mmap_mode="r")
    if kind == "hdf5":
        return h5py.File(folder / "images.h5", "w").create_dataset("images", data=IMAGES)
    if kind == "dask":
        return dask.array.from_array(IMAGES, chunks=(25, 6, 5))
    if kind == "tf.data":
        return tf.data.Dataset.from_tensor_slices(IMAGES).batch(20)
    return IMAGES


@pytest.mark.parametrize(
    ("kind", "preprocessing"),
    [
        ("uint8", "standardize_features"),
        ("memmap", "standardize_samples"),
        ("hdf5", "standardize_features"),
        ("dask", "standardize_samples"),
        ("tf.data", "standardize_features"),
    ],
)
def test_samples_that_are_read_in_parts(kind, preprocessing, tmp_path, monkeypatch):
    monkeypatch.setattr(row_source, "READ_AT_ONCE", 20 * 30 * 4)  # 20 images
    monkeypatch.setattr(row_source, "CONVERT_AT_ONCE", 7 * 30 * 4)
    X = read_all(kind, tmp_path)
    detector = vw.VAEDetector(preprocessing=preprocessing, **TINY).fit(X)
    assert detector.sample_shape_ == (6, 5)
    assert detector.n_features_in_ == 30
    flat = IMAGES.reshape(90, 30).astype(np.float64)
    axis = 0 if preprocessing == "standardize_features" else 1
    standardised = (flat - flat.mean(axis, keepdims=True)) / flat.std(axis, keepdims=True)
    np.testing.assert_allclose(
        detector.preprocess(X), standardised.reshape(90, 6, 5), rtol=1e-5, atol=1e-5
    )
    scores = detector.anomaly_score(X)
    np.testing.assert_allclose(scores, detector.anomaly_score(IMAGES.tolist()), rtol=1e-5)
    assert detector.attribution(X).shape == (90, 6, 5)
    flagged = scores >= detector.policy().threshold
    np.testing.assert_array_equal(detector.predict(X) == -1, flagged)
    assert flagged.sum() == 4  # at most 5 % of 90
    labels = np.arange(90) < 40
    detector.choose_threshold(X, labels, method="f1")
    assert detector.policy().n_labelled == 90
    with pytest.raises(ValueError, match="90"):
        detector.choose_threshold(X, labels[:50], method="f1")


@pytest.mark.parametrize("in_parts", [False, True])
def test_samples_of_weight_zero_do_not_count(in_parts, monkeypatch):
    if in_parts:
        monkeypatch.setattr(row_source, "READ_AT_ONCE", 10 * 3 * 4)
    rng = np.random.default_rng(0)
    X = np.concatenate([rng.normal(size=(40, 3)), rng.normal(50, 9, (20, 3))])
    weight = np.repeat([2.0, 0.0], [40, 20])
    detector = vw.VAEDetector(**{**TINY, "epochs": 30}).fit(X, sample_weight=weight)
    np.testing.assert_allclose(detector.preprocess(X[:40]).mean(axis=0), 0, atol=1e-6)
    assert detector.policy().n_scores == 40
    assert (detector.predict(X[40:]) == -1).all()


@pytest.mark.parametrize("weight", [[1.0], np.full(20, -1.0), np.zeros(20), np.full(20, np.nan)])
def test_bad_weights_are_refused(weight):
    with pytest.raises(ValueError, match="sample_weight"):
        vw.VAEDetector(**TINY).fit(np.ones((20, 2)), sample_weight=weight)


def test_weights_beside_a_dataset_are_refused():
    X = tf.data.Dataset.from_tensor_slices(IMAGES).batch(20)
    with pytest.raises(TypeError, match="sample_weight is for arrays"):
        vw.VAEDetector(**TINY).fit(X, sample_weight=np.ones(90))


def test_what_can_be_read_only_once_is_refused(detector):
    with pytest.raises(TypeError, match=r"read only once.*PyDataset"):
        vw.VAEDetector(**TINY).fit(batch for batch in [IMAGES])


def test_a_likelihood_that_is_trained_belongs_to_one_fit_only():
    X = np.random.default_rng(0).normal(size=(40, 3))
    rule = vw.Gaussian(deviation="learned")
    detector = vw.VAEDetector(likelihood=rule, **TINY)
    first = detector.fit(X).vae_.likelihood.deviation
    assert rule.deviation == pytest.approx(1)
    assert first != rule.deviation
    assert detector.fit(X).vae_.likelihood.deviation == first


def test_a_likelihood_with_bounds_is_told_to_go_without_preprocessing():
    class Positive(vw.Gaussian):
        bounds = (0.0, np.inf)

    X = np.random.default_rng(0).random((40, 3))
    with pytest.raises(ValueError, match="Pass preprocessing=None"):
        vw.VAEDetector(likelihood=Positive(), **TINY).fit(X)
    detector = vw.VAEDetector(likelihood=Positive(), preprocessing=None, **TINY)
    assert np.isfinite(detector.fit(X).offset_)


# In scikit-learn


def test_in_a_pipeline_under_grid_search(table):
    benign, X, is_malignant = table
    pipeline = make_pipeline(FunctionTransformer(np.log1p), vw.VAEDetector(**TINY))
    grid = {"vaedetector__latent_dim": [1, 3]}
    halves = (np.arange(0, len(X), 2), np.arange(1, len(X), 2))
    search = GridSearchCV(pipeline, grid, scoring="roc_auc", cv=[halves])
    search.fit(X, ~is_malignant)
    auroc = roc_auc_score(~is_malignant, search.decision_function(X))
    assert search.score(X, ~is_malignant) == auroc
    assert search.best_estimator_[-1].vae_.latent_dim in (1, 3)
    assert list(search.best_estimator_[-1].feature_names_in_) == list(X.columns)
    assert search.best_estimator_.predict(benign).shape == (len(benign),)


def test_clones_and_copies(detector, table):
    assert clone(detector).get_params() == detector.get_params()
    assert detector.fit(table[0]) is detector
    again = clone(detector).fit(table[0])
    np.testing.assert_array_equal(again.score_samples(table[1]), detector.score_samples(table[1]))
    for twin in (pickle.loads(pickle.dumps(detector)), copy.deepcopy(detector)):
        np.testing.assert_array_equal(
            twin.decision_function(table[1]), detector.decision_function(table[1])
        )


# Files


def test_save_and_load(detector, saved, table):
    loaded = vw.VAEDetector.load(saved)
    X = table[1]
    np.testing.assert_allclose(
        loaded.decision_function(X), detector.decision_function(X), rtol=1e-5, atol=1e-5
    )
    assert loaded.get_params() == {**detector.get_params(), "hidden_units": [16]}
    assert list(loaded.feature_names_in_) == list(X.columns)
    assert loaded.policy().note == "for the clinic"
    assert loaded.policy().model_hash == detector.policy().model_hash
    refitted = clone(loaded).fit(table[0])
    np.testing.assert_array_equal(refitted.predict(X), detector.predict(X))


def test_scores_without_tensorflow(detector, saved, table, tmp_path):
    X = table[1].to_numpy()
    np.save(tmp_path / "X.npy", X)
    code = (
        "import sys, numpy as np, vae_widgets as vw\n"
        "codec = vw.load(sys.argv[1])\n"
        "scores = codec.anomaly_score(np.load(sys.argv[2]))\n"
        "np.savez(sys.argv[3], scores=scores, flagged=codec.policy.apply(scores, score='elbo'))\n"
        "assert not {'tensorflow', 'keras', 'sklearn'} & set(sys.modules)\n"
    )
    files = [saved, tmp_path / "X.npy", tmp_path / "out.npz"]
    subprocess.run([sys.executable, "-c", code, *map(str, files)], check=True)
    found = np.load(tmp_path / "out.npz")
    np.testing.assert_allclose(found["scores"], detector.anomaly_score(X), rtol=1e-4, atol=1e-4)
    assert np.mean(found["flagged"] == (detector.predict(X) == -1)) > 0.99


def test_columns_in_another_order_are_refused_without_tensorflow_too(detector, saved, table):
    X = table[1]
    for score in (detector.anomaly_score, vw.load(saved).anomaly_score):
        with pytest.raises(ValueError, match=r"order|from column 0 on"):
            score(X[X.columns[::-1]])


def test_a_bundle_has_samples_as_the_model_sees_them(detector, table, tmp_path):
    X = table[1]
    codec = vw.load(detector.save(tmp_path / "x.vae", samples=X[:7]))
    assert codec.feature_names == tuple(X.columns)
    np.testing.assert_allclose(codec.preprocess(X), detector.preprocess(X), rtol=1e-6)
    z_mean, _ = detector.vae_.encode(detector.preprocess(X[:7]))
    np.testing.assert_allclose(codec.latents, z_mean, rtol=1e-5, atol=1e-5)
    np.testing.assert_allclose(codec.encode(codec.preprocess(X[:7]))[0], z_mean, atol=1e-4)
    assert len(codec.tiles) == 7


def test_a_bundle_raises_the_same_alerts(detector, saved, table):
    X = table[1]
    scores, twin = vw.load(saved).anomaly_score(X), copy.copy(detector)
    for k in range(1, 21):  # thresholds that choose a sample's own score, or stay just above one
        for method, parameters in (("top_k", {"k": k}), ("conformal", {"rate": k / 100})):
            outliers = twin.choose_threshold(X, method=method, **parameters).predict(X) == -1
            np.testing.assert_array_equal(twin.policy().apply(scores), outliers)
            assert twin.policy().metrics["n_flagged"] == outliers.sum()


@pytest.mark.parametrize("kind", ["reconstruction", "kl", "mahalanobis"])
def test_a_bundle_has_the_score_of_its_detector(kind, table, tmp_path):
    detector = vw.VAEDetector(score_kind=kind, **TINY).fit(table[0])
    codec = vw.load(detector.save(tmp_path / "x.vae"))
    np.testing.assert_allclose(
        codec.anomaly_score(table[1]), detector.anomaly_score(table[1]), rtol=1e-4, atol=1e-4
    )
    assert codec.policy.score == kind
    assert codec.preprocessing == "standardize_features"


def test_objects_among_the_parameters_come_back(tmp_path):
    X = np.random.default_rng(0).random((30, 8, 8))
    detector = vw.VAEDetector(
        likelihood=vw.Gaussian(deviation=0.3),
        beta=vw.Warmup(3),
        preprocessing=None,
        score_kind="iwae",
        **{**TINY, "latent_dim": np.int64(2)},  # as a grid search sets it
    ).fit(X)
    with pytest.warns(UserWarning, match="has no anomaly score: the score 'iwae' needs"):
        path = detector.save(tmp_path / "x.vae")
    loaded = vw.VAEDetector.load(path)
    assert loaded.likelihood.deviation == pytest.approx(0.3)
    assert loaded.beta == vw.Warmup(3)
    assert loaded.latent_dim == 2
    np.testing.assert_allclose(loaded.score_samples(X), detector.score_samples(X), rtol=1e-5)
    with pytest.raises(RuntimeError, match="no anomaly score: the score 'iwae' needs random draws"):
        vw.load(path).anomaly_score(X)


def test_numbers_of_numpy_among_the_parameters(tmp_path):
    one = np.int64(1)
    parameters = {"epochs": one, "seed": one, "hidden_units": (8 * one,), "sample_shape": [3 * one]}
    detector = vw.VAEDetector(latent_dim=2 * one, beta=np.float32(0.5), **parameters)
    X = np.random.default_rng(0).normal(size=(30, 3))
    loaded = vw.VAEDetector.load(detector.fit(X).save(tmp_path / "x.vae"))
    assert (loaded.seed, loaded.hidden_units, loaded.sample_shape) == (1, [8], [3])
    assert type(detector.vae_.seed) is int
    np.testing.assert_array_equal(loaded.predict(X), detector.predict(X))


def test_files_that_hold_no_detector(detector, tmp_path):
    detector.vae_.save(tmp_path / "x.vae")
    with pytest.raises(vw.BundleError, match=r"x\.vae holds no detector"):
        vw.VAEDetector.load(tmp_path / "x.vae")
    archive = read_archive(detector.save(tmp_path / "y.vae"))
    policy = archive.parts["policy.json"].replace(b'"elbo"', b'"elbow"')
    parts = {**archive.parts, "policy.json": policy}
    write_archive(tmp_path / "y.vae", "bundle", parts, archive.manifest)
    with pytest.raises(vw.BundleError, match=r"y\.vae holds no detector"):
        vw.VAEDetector.load(tmp_path / "y.vae")
    with pytest.raises(ValueError, match=r"a name that ends in \.vae"):
        detector.save(tmp_path / "x.keras")


def test_parameters_of_a_newer_version(saved, tmp_path):
    archive = read_archive(saved)
    content = json.loads(archive.parts[DETECTOR_PART])
    content["parameters"]["dropout"] = 0.5
    parts = {**archive.parts, DETECTOR_PART: json.dumps(content).encode()}
    path = write_archive(tmp_path / "x.vae", "bundle", parts, archive.manifest)
    with pytest.raises(vw.BundleError, match="the parameter 'dropout', which is unknown"):
        vw.VAEDetector.load(path)


# Bad input


@pytest.mark.parametrize(
    ("parameters", "expected"),
    [
        ({"contamination": 0.6}, r"contamination must lie in \(0, 0.5\]"),
        ({"contamination": "f1"}, "contamination is 'f1'"),
        ({"contamination": "iqrs"}, "did you mean 'iqr'"),
        ({"score_kind": "elbow"}, "did you mean 'elbo'"),
        ({"preprocessing": "standardize"}, "preprocessing is 'standardize'"),
        ({"sample_shape": (2, 2)}, "has 4 values; X has 3"),
        ({"epochs": 0}, "epochs must be at least 1"),
        ({"batch_size": 0}, "batch_size must be at least 1"),
        ({"learning_rate": 0}, "learning_rate must lie in"),
        ({"architecture": "convolution"}, "architecture"),
    ],
)
def test_bad_parameters(parameters, expected):
    with pytest.raises(ValueError, match=expected):
        vw.VAEDetector(**parameters).fit(np.zeros((5, 3)))


def test_misspelt_parameters_and_detectors_without_a_fit():
    with pytest.raises(TypeError, match="did you mean 'latent_dim'"):
        vw.VAEDetector(latent_dims=3)
    for method in ("predict", "preprocess", "anomaly_score", "choose_threshold"):
        with pytest.raises(NotFittedError):
            getattr(vw.VAEDetector(), method)(np.zeros((5, 3)))
    with pytest.raises(NotFittedError):
        vw.VAEDetector().save("x.vae")


def test_masked_values_are_refused_before_and_after_the_fit():
    masked = np.ma.array(np.ones((5, 3)), mask=np.eye(5, 3))
    with pytest.raises(ValueError, match=r"X has masked values \(3\)"):
        vw.VAEDetector().fit(masked)
