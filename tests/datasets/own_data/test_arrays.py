import numpy as np
import pandas as pd
import pytest
from sklearn.preprocessing import StandardScaler

import vae_widgets as vw
from vae_widgets.rendering import ImageRenderer, SignalRenderer, TableRenderer

RNG = np.random.default_rng(0)
FRAME = pd.DataFrame({"age": RNG.normal(40, 9, 50), "income": RNG.normal(3e9, 10, 50)})
KINDS = np.array(["cat", "dog"], object)[np.arange(50) % 5 // 4]


def test_a_table_keeps_its_names_and_each_column_is_standardised_over_the_training_rows():
    ds = vw.load_arrays(FRAME, KINDS, seed=3)
    assert (len(ds.x_train), len(ds.x_test)) == (40, 10)
    assert ds.feature_names == ("age", "income")
    assert ds.label_names == ("cat", "dog")
    assert np.bincount(ds.y_test).tolist() == [8, 2]
    assert isinstance(ds.renderer, TableRenderer)
    scaler = StandardScaler().fit(FRAME.to_numpy()[rows_of(ds)])
    np.testing.assert_allclose(ds.preprocessing.mean, scaler.mean_, rtol=1e-12)
    np.testing.assert_allclose(ds.preprocess(FRAME), scaler.transform(FRAME.to_numpy()), atol=1e-6)
    np.testing.assert_allclose(ds.x_train.std(axis=0), 1, rtol=1e-5)
    assert ">40<" in ds.renderer.detail(ds.preprocess([[40.0, 3e9]])[0])


def rows_of(ds):
    """The rows of the frame that are for training."""
    ages = ds.x_train[:, 0] * ds.preprocessing.deviation[0] + ds.preprocessing.mean[0]
    return [int(np.abs(FRAME["age"] - age).argmin()) for age in ages]


def test_the_split_is_that_of_its_seed_and_shares_no_row():
    x = np.arange(30.0).reshape(30, 1) / 30
    first, again, other = (vw.load_arrays(x, seed=seed) for seed in (1, 1, 2))
    np.testing.assert_array_equal(first.x_test, again.x_test)
    assert not np.array_equal(first.x_test, other.x_test)
    both = np.concatenate([first.x_train, first.x_test])
    np.testing.assert_array_equal(np.sort(both, axis=0), x.astype(np.float32))
    assert len(vw.load_arrays(x, test_size=0.5).x_test) == 15
    assert vw.load_arrays(x, np.arange(30)).y_train.shape == (24,)  # classes of one sample


SAMPLES = ("gaussian", "standardize_samples", None)
WHOLE = ("gaussian", "standardize_features", ImageRenderer)
PIXELS = ("bernoulli", "divide_pixels", ImageRenderer)


@pytest.mark.parametrize(
    ("x", "options", "likelihood", "preprocessing", "renderer"),
    [
        (RNG.integers(0, 255, (9, 8, 8, 3)).astype(np.uint8), {}, *PIXELS),
        (RNG.random((9, 8, 8)), {}, "bernoulli", None, ImageRenderer),
        (RNG.integers(0, 2, (9, 5), dtype=np.uint8), {}, "bernoulli", None, TableRenderer),
        (RNG.normal(size=(9, 90)), {}, "gaussian", "standardize_features", SignalRenderer),
        (RNG.normal(size=(9, 90)), {"renderer": "table"}, "gaussian", "standardize_features", None),
        (RNG.integers(0, 5, (9, 6)), {"likelihood": "categorical"}, "categorical", None, None),
        (RNG.random((9, 4)), {"preprocessing": "standardize_samples"}, *SAMPLES),
        (RNG.integers(0, 255, (9, 8, 8), np.uint8), {"preprocessing": "standardize"}, *WHOLE),
        (RNG.normal(size=(9, 4)), {"preprocessing": None}, "gaussian", None, TableRenderer),
    ],
)  # fmt: skip
def test_the_values_choose_likelihood_and_preprocessing(
    x, options, likelihood, preprocessing, renderer
):
    ds = vw.load_arrays(x, **options)
    assert ds.likelihood == likelihood
    assert getattr(ds.preprocessing, "name", None) == preprocessing
    assert renderer is None or isinstance(ds.renderer, renderer)
    model = {"likelihood": ds.likelihood, "n_classes": ds.n_classes}
    assert model["n_classes"] == (5 if likelihood == "categorical" else None)
    new = ds.preprocess(x)
    assert new.dtype == np.float32
    assert {row.tobytes() for row in new} == {
        row.tobytes() for row in np.concatenate([ds.x_train, ds.x_test])
    }


def test_signals_keep_their_form():
    x = RNG.normal(size=(20, 64)).cumsum(axis=1) * 7 + 3
    ds = vw.load_arrays(x, x_test=x[:5], renderer=vw.SignalRenderer(sample_rate=360))
    np.testing.assert_allclose(ds.x_test, (x[:5] - x.mean()) / x.std(), rtol=1e-4, atol=1e-5)
    assert ds.renderer.sample_rate == 360


def test_classes_of_both_parts_have_one_list_of_names():
    x = np.full((3, 2), [0.1, 0.9])
    ds = vw.load_arrays(x, [7, 3, 7], x_test=x[:2], y_test=np.array([5, 7], float))
    assert ds.label_names == ("3", "5", "7")
    assert (ds.y_train.tolist(), ds.y_test.tolist()) == ([2, 0, 2], [1, 2])
    only_test = vw.load_arrays(x, x_test=x, y_test=["a", "b", "a"])
    assert only_test.y_train is None
    assert only_test.y_test.tolist() == [0, 1, 0]
    sizes = pd.Categorical(["S", "L", "S"], ["S", "L"], ordered=True)
    assert vw.load_arrays(x, sizes, test_size=0.4).label_names == ("S", "L")
    assert vw.load_arrays(x, [0, 1, 0], label_names=["no", "yes"]).label_names == ("no", "yes")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"x": FRAME.assign(city="Rome")}, r"'city' has text \('Rome' in row 0\).*drop\(columns"),
        ({"x": FRAME.where(FRAME["age"] > 40)}, "x has .* NaN.*columns 'age' .*Drop or impute"),
        ({"x": np.zeros(5)}, r"x has shape \(5,\); expected samples.*x\[:, np.newaxis\]"),
        ({"x": np.zeros((1, 5))}, "x has 1 sample; expected at least 2"),
        ({"x": ["CCO", "CC"]}, "received strings.*Vocabulary"),
        ({"x": np.zeros((4, 2)), "y": [0, 1, 1]}, r"y has shape \(3,\); expected \(4,\)"),
        ({"x": np.zeros((4, 2)), "y": ["a", None, "b", "a"]}, "y: 1 of 4 .* no class.*row 1"),
        ({"x": np.zeros((4, 2)), "x_test": np.zeros((4, 3))}, r"x_test has samples of .*\(3,\)"),
        ({"x": FRAME, "x_test": FRAME[["income", "age"]]}, r"x_test\[x.columns\]"),
        ({"x": FRAME, "y": pd.Series(KINDS, range(1, 51))}, "y has another index than x"),
        ({"x": np.zeros((4, 2)), "y_test": [0]}, "y_test was given without x_test"),
        ({"x": np.zeros((4, 2)), "test_size": 20}, "test_size must lie between 0 and 1"),
        ({"x": np.zeros((4, 2)), "preprocessing": "standardise"}, "did you mean 'standardize'"),
        ({"x": np.zeros((4, 2)) + 3, "likelihood": "bernoulli"}, r"x_train spans \[3, 3\]"),
        ({"x": np.zeros((4, 2)) + 0.5, "likelihood": "categorical"}, "holds 0.5"),
        ({"x": np.zeros((4, 2)), "label": [0]}, "unknown keyword 'label'; did you mean"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_named(arguments, message):
    with pytest.raises((TypeError, ValueError), match=message):
        vw.load_arrays(**arguments)
