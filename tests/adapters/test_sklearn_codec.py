"""Codecs of scikit-learn against scikit-learn itself."""

import warnings

import numpy as np
import onnxruntime
import pandas as pd
import pytest
from sklearn.decomposition import (
    NMF,
    PCA,
    FactorAnalysis,
    FastICA,
    IncrementalPCA,
    KernelPCA,
    TruncatedSVD,
)
from sklearn.manifold import TSNE
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MinMaxScaler, StandardScaler

import vae_widgets as vw
from vae_widgets.codec import MOST_ONNX_BYTES

SEEDED = {"random_state": 0}
LINEAR = {
    "PCA": PCA(3),
    "whitened PCA": PCA(3, whiten=True),
    "IncrementalPCA": IncrementalPCA(3),
    "TruncatedSVD": TruncatedSVD(3, **SEEDED),
    "FastICA": FastICA(3, **SEEDED, whiten="unit-variance", max_iter=1000, tol=1e-2),
    "pipeline": make_pipeline(StandardScaler(), PCA(3)),
}
OTHERS = {
    "NMF": NMF(3, **SEEDED, max_iter=1000, tol=1e-3),
    "KernelPCA": KernelPCA(3, kernel="rbf", gamma=0.05, fit_inverse_transform=True),
}


@pytest.fixture(scope="module")
def fitted(x):
    vectors = x.reshape(len(x), -1).astype(float)
    return {name: one.fit(vectors) for name, one in {**LINEAR, **OTHERS}.items()}


@pytest.mark.parametrize("name", [*LINEAR, *OTHERS])
def test_it_gives_what_the_transformer_gives(fitted, x, name):
    estimator, vectors = fitted[name], x.reshape(len(x), -1).astype(float)
    codec = vw.from_sklearn(estimator, (8, 8))
    z = estimator.transform(vectors)
    np.testing.assert_allclose(codec.encode(x), z, rtol=1e-5, atol=1e-6)
    expected = estimator.inverse_transform(z).reshape(x.shape)
    np.testing.assert_allclose(codec.decode(z), expected, rtol=1e-5, atol=1e-6)
    errors = ((x - expected) ** 2).sum(axis=(1, 2))
    np.testing.assert_allclose(codec.anomaly_score(x), errors, rtol=1e-4, atol=1e-6)
    assert codec.score_name == "squared reconstruction error"


@pytest.mark.parametrize("name", LINEAR)
def test_linear_transformers_are_matrix_products_in_onnx(fitted, x, name):
    codec = vw.from_sklearn(fitted[name], (8, 8))
    made = codec.to_onnx(convert=False)
    z = np.random.default_rng(0).standard_normal((5, 3), np.float32)
    (samples,) = onnxruntime.InferenceSession(made.decoder).run(["x_mean"], {"z": z})
    np.testing.assert_allclose(samples, codec.decode(z), rtol=1e-4, atol=1e-4)
    mean, log_var = onnxruntime.InferenceSession(made.encoder).run(
        ["z_mean", "z_log_var"], {"x": x}
    )
    np.testing.assert_allclose(mean, codec.encode(x), rtol=1e-3, atol=1e-3)
    assert not log_var.any()


def test_nmf_decodes_in_onnx_and_encodes_in_the_kernel(x):
    single = NMF(3, **SEEDED).fit(x.reshape(len(x), -1))  # takes float32 alone, as it was fitted
    codec = vw.from_sklearn(single, (8, 8))
    made = codec.to_onnx()
    z = np.random.default_rng(0).random((5, 3), np.float32)
    (samples,) = onnxruntime.InferenceSession(made.decoder).run(["x_mean"], {"z": z})
    np.testing.assert_allclose(samples, codec.decode(z), rtol=1e-4, atol=1e-4)
    assert made.encoder is None


def test_what_is_not_linear_stays_in_the_kernel(fitted, x):
    codec = vw.from_sklearn(fitted["KernelPCA"], (8, 8))
    with pytest.raises(ValueError, match="inverse_transform of KernelPCA is not a matrix product"):
        codec.to_onnx()
    with pytest.raises(ValueError, match="KernelPCA is not a matrix product"):
        vw.LatentScatter(codec, x, in_page=True).pick(0)


def test_factor_analysis_decodes_to_the_mean_given_the_factors(x):
    vectors = x.reshape(len(x), -1)
    estimator = FactorAnalysis(3, max_iter=50, tol=0.1).fit(vectors)
    codec = vw.from_sklearn(estimator)
    z = estimator.transform(vectors)
    np.testing.assert_allclose(codec.encode(vectors), z, rtol=1e-4, atol=1e-5)
    # The noise has mean 0, so that the mean of many draws is the mean given the factors.
    expected = z[:2] @ estimator.components_ + estimator.mean_
    np.testing.assert_allclose(codec.decode(z[:2]), expected, rtol=1e-5, atol=1e-5)
    assert codec.to_onnx().encoder is not None


def test_a_table_with_names(x):
    table = pd.DataFrame(x.reshape(len(x), -1)[:, :10], columns=[f"feature {i}" for i in range(10)])
    estimator = make_pipeline(MinMaxScaler(), PCA(2)).fit(table)
    codec = vw.from_sklearn(estimator)
    assert codec.sample_shape == (10,)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = codec.encode(table)
    np.testing.assert_allclose(found, estimator.transform(table), rtol=1e-4, atol=1e-5)
    explorer = vw.Explorer(codec, table)
    assert explorer.histogram.scores.shape == (len(x),)


def test_transformers_that_return_tables(x):
    estimator = PCA(2).fit(x.reshape(len(x), -1))
    expected = estimator.transform(x.reshape(len(x), -1))
    codec = vw.from_sklearn(estimator.set_output(transform="pandas"), (8, 8))
    np.testing.assert_allclose(codec.encode(x), expected, rtol=1e-5, atol=1e-6)


def test_a_large_matrix_is_sent_on_request_alone():
    n = MOST_ONNX_BYTES // 8 + 4
    estimator = PCA(2).fit(np.random.default_rng(0).random((3, n), np.float32))
    codec = vw.from_sklearn(estimator)
    with pytest.raises(ValueError, match=r"its matrix has .* pass in_page=True"):
        codec.to_onnx(convert=False)


def test_a_live_page_does_not_wait_for_the_encoder_of_many_features():
    estimator = PCA(2).fit(np.random.default_rng(0).random((3, 5000), np.float32))
    codec = vw.from_sklearn(estimator)
    assert codec.to_onnx(convert=False).encoder is None
    assert codec.to_onnx().encoder is not None


def test_what_is_no_fitted_transformer(x):
    with pytest.raises(TypeError, match="TSNE lacks transform and inverse_transform"):
        vw.from_sklearn(TSNE())
    for estimator in (PCA(2), NMF(2), make_pipeline(StandardScaler(), PCA(2))):
        with pytest.raises(ValueError, match="Call fit first"):
            vw.from_sklearn(estimator)
    with pytest.raises(ValueError, match="not fitted"):
        vw.from_sklearn(FactorAnalysis(2), (8, 8))
    with pytest.raises(ValueError, match="Fit it first"):
        vw.from_sklearn(PCA(2), (8, 8))


def test_samples_of_another_size(x):
    estimator = PCA(2).fit(x.reshape(len(x), -1))
    with pytest.raises(ValueError, match=r"sample_shape \(8, 9\) has 72 elements; .* 64 features"):
        vw.from_sklearn(estimator, (8, 9))
