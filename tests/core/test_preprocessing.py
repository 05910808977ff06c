"""Standardisation against scikit-learn, and where there is nothing to divide by."""

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from sklearn.preprocessing import StandardScaler

from vae_widgets.core.preprocessing import (
    StandardizeFeatures,
    StandardizeSamples,
    preprocess,
    preprocessing_from_json,
)


@settings(max_examples=50, deadline=None)
@given(
    arrays(np.float64, st.tuples(st.integers(2, 9), st.integers(1, 5)), elements=st.floats(-9, 9)),
    st.sampled_from([0, 1e9]),
)
def test_features_are_those_of_scikit_learn(x, offset):
    # Apart from features that vary by rounding alone, for which each has a rule of its own.
    x = np.round(x, 3) + offset
    scaler = StandardScaler().fit(x)
    np.testing.assert_allclose(
        StandardizeFeatures.of(x)(x + 1), scaler.transform(x + 1), rtol=1e-4, atol=1e-5
    )


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_samples_have_mean_0_and_deviation_1_whatever_their_gain(dtype):
    x = np.random.default_rng(0).normal(size=(5, 30)).astype(dtype)
    ready = StandardizeSamples.of(x)(x)
    np.testing.assert_allclose(ready.mean(axis=1), 0, atol=1e-6)
    np.testing.assert_allclose(ready.std(axis=1), 1, rtol=1e-6)
    gain, offset = np.linspace(0.5, 9, 5)[:, None], np.arange(5)[:, None]
    np.testing.assert_allclose(StandardizeSamples()(gain * x + offset), ready, atol=1e-5)


@pytest.mark.parametrize("value", [0.0, 0.1, 1e9 + 0.1])
def test_what_is_constant_is_centred_only(value):
    constant = np.full((7, 3), value)
    by_feature = StandardizeFeatures.of(constant)
    np.testing.assert_array_equal(by_feature.deviation, 1)
    np.testing.assert_allclose(by_feature(constant + 2), 2, rtol=1e-6)
    np.testing.assert_array_equal(StandardizeSamples()(constant), 0)


@pytest.mark.parametrize("kind", [StandardizeFeatures, StandardizeSamples])
def test_json_gives_it_back(kind):
    x = np.random.default_rng(0).normal(3, 2, (20, 4))
    learned = kind.of(x)
    again = preprocessing_from_json(json.loads(json.dumps(learned.to_json())))
    np.testing.assert_array_equal(again(x), learned(x))


@pytest.mark.parametrize(
    "content",
    [
        None,
        "divide by 255",
        {},
        {"name": "standardise"},
        {"name": "standardize_samples", "mean": [0]},
        {"name": "standardize_features"},
        {"name": "standardize_features", "mean": [0, 1], "deviation": [1]},
        {"name": "standardize_features", "mean": [0], "deviation": [0]},
        {"name": "standardize_features", "mean": [0], "deviation": [float("nan")]},
        {"name": "standardize_features", "mean": "x", "deviation": [1]},
    ],
)
def test_anything_else_is_refused(content):
    with pytest.raises((TypeError, ValueError)):
        preprocessing_from_json(content)


def test_samples_keep_the_shape_asked_for_and_stay_finite():
    x = np.arange(12.0).reshape(2, 6)
    ready = preprocess(x, None, (2, 3))
    assert ready.shape == (2, 2, 3)
    assert ready.dtype == np.float32
    np.testing.assert_array_equal(ready.reshape(2, 6), x)
    with pytest.raises(ValueError, match="Scale them"), np.errstate(over="ignore"):
        preprocess(np.full((1, 2), 1e300), None, (2,))


@given(
    x=arrays(np.float64, (12, 3), elements=st.floats(-1e3, 1e3, allow_nan=False, width=32)),
    cuts=st.sets(st.integers(1, 11)),
    offset=st.sampled_from([0.0, 1e9]),
)
def test_statistics_of_parts_are_those_of_the_whole(x, cuts, offset):
    x = x + offset
    parts = np.split(x, sorted(cuts))
    found = StandardizeFeatures.of_parts(iter(parts))
    np.testing.assert_allclose(found.mean, x.mean(axis=0), rtol=1e-12, atol=1e-9)
    expected = x.std(axis=0)
    constant = expected <= 1e-14 * np.abs(x).max()
    np.testing.assert_allclose(
        found.deviation, np.where(constant, found.deviation, expected), rtol=1e-6, atol=1e-6
    )


@given(counts=arrays(np.int64, 12, elements=st.integers(0, 3)), cut=st.integers(1, 11))
def test_a_weight_counts_like_repeated_samples(counts, cut):
    x = np.random.default_rng(0).normal(3, 2, (12, 2))
    counts[:2] += 1
    found = StandardizeFeatures.of_parts(np.split(x, [cut]), counts.astype(np.float64))
    repeated = StandardScaler().fit(np.repeat(x, counts, axis=0))
    np.testing.assert_allclose(found.mean, repeated.mean_, rtol=1e-10)
    np.testing.assert_allclose(found.deviation, np.sqrt(repeated.var_), rtol=1e-10)
