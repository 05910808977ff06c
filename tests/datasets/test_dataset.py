import dataclasses

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from vae_widgets import Dataset, ImageRenderer, SignalRenderer, TableRenderer

X = np.linspace(0, 1, 24).reshape(3, 4, 2)


@given(
    hnp.arrays(
        st.sampled_from([np.float32, np.float64]),
        hnp.array_shapes(min_dims=2, max_dims=4, max_side=4),
        elements=st.floats(0, 1, width=32),
    )
)
def test_keeps_samples_as_float32(x):
    ds = Dataset("mine", x, x[:1])
    assert ds.x_train.dtype == ds.x_test.dtype == np.float32
    assert np.array_equal(ds.x_train, x)
    assert ds.sample_shape == x.shape[1:]


def test_labels_are_int64_and_optional():
    ds = Dataset("mine", X, X, y_train=np.array([1, 0, 1], np.uint8), label_names=["no", "yes"])
    assert ds.y_train.dtype == np.int64
    assert ds.y_train.tolist() == [1, 0, 1]
    assert ds.y_test is None
    assert ds.label_names == ("no", "yes")


def test_renderer_suits_the_shape_unless_given():
    images, signals = np.zeros((2, 28, 28, 1)), np.zeros((2, 100, 1))
    assert isinstance(Dataset("mine", images, images).renderer, ImageRenderer)
    assert isinstance(Dataset("mine", signals, signals).renderer, SignalRenderer)
    mine = ImageRenderer(vmin=-1, vmax=1, invert=True)
    assert Dataset("mine", X, X, renderer=mine).renderer is mine


def test_renderer_has_the_range_of_the_training_samples():
    x_train, x_test = np.array([[[-2.0, 5.0]] * 2]), np.zeros((1, 2, 2))
    ds = Dataset("mine", x_train, x_test, likelihood="gaussian", renderer=ImageRenderer())
    assert (ds.renderer.vmin, ds.renderer.vmax) == (-2, 5)


def test_repr_says_sizes_and_source():
    ds = Dataset("mine", np.zeros((1500, 2, 3)), np.zeros((10, 2, 3)), source="my disk")
    assert repr(ds) == ("<Dataset mine: 1,500 train and 10 test samples of 2x3; source: my disk>")


def test_is_frozen():
    with pytest.raises(dataclasses.FrozenInstanceError):
        Dataset("mine", X, X).name = "yours"


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"x_train": X * 255}, r"x_train spans \[0, 255\].*Divide pixel values by 255"),
        ({"x_test": np.full_like(X, np.nan)}, "x_test has 24 NaN or infinite"),
        ({"x_test": X[:, :2]}, r"x_test has shape \(3, 2, 2\); expected \(n, 4, 2\)"),
        ({"x_train": X[:0]}, "x_train is empty"),
        ({"y_train": [0, 1]}, r"y_train has shape \(2,\); expected \(3,\).*of x_train"),
        ({"y_test": ["a", "b", "c"]}, "y_test has dtype <U1; expected whole numbers"),
        ({"y_test": [0, 1, 2], "label_names": ["a", "b"]}, r"y_test spans \[0, 2\].*\[0, 1\]"),
        ({"likelihood": "bernouli"}, "did you mean 'bernoulli'"),
        ({"renderer": 3}, "renderer must be callable"),
        (
            {"n_classes": 4},
            "n_classes=4 is for likelihood='categorical'; likelihood is 'bernoulli'",
        ),
        ({"likelihood": "categorical"}, "needs n_classes, the number of tokens; received None"),
        ({"likelihood": "categorical", "n_classes": 1}, "n_classes must be at least 2; received 1"),
        ({"likelihood": "categorical", "n_classes": 9.5}, "n_classes must be a whole number"),
        ({"likelihood": "categorical", "n_classes": 9}, r"x_train holds 0\.04.*whole numbers"),
        ({"lable_names": ["a"]}, "unknown keyword 'lable_names'; did you mean 'label_names'"),
    ],
)
def test_refuses_parts_that_do_not_fit(changes, message):
    with pytest.raises((TypeError, ValueError), match=message):
        Dataset(**{"name": "mine", "x_train": X, "x_test": X} | changes)


def test_gaussian_data_may_lie_anywhere():
    ds = Dataset("mine", X * 255 - 7, X, likelihood="gaussian")
    assert ds.x_train.max() == 248


def test_tokens_are_checked_in_both_parts_and_stored_as_models_take_them():
    tokens = np.array([[0, 3, 1], [2, 2, 0]], np.uint8)
    ds = Dataset("mine", tokens, tokens[:1], likelihood="categorical", n_classes=np.int64(4))
    assert ds.x_train.dtype == ds.x_test.dtype == np.float32
    np.testing.assert_array_equal(ds.x_train, tokens)
    assert type(ds.n_classes) is int
    assert ds.n_classes == 4
    with pytest.raises(ValueError, match=r"x_test spans \[1, 4\].*tokens 0 to 3.*highest token"):
        Dataset("mine", tokens, tokens + 1, likelihood="categorical", n_classes=4)
    assert Dataset("mine", X, X).n_classes is None


def test_names_of_columns_are_kept():
    frame = pd.DataFrame({"age": [30.0, 40.0], 7: [1.5, 2.5]})
    ds = Dataset("mine", frame, frame, likelihood="gaussian")
    assert ds.feature_names == ("age", "7")
    assert ">age<" in ds.renderer.detail(ds.x_test[0])
    named = TableRenderer(columns=["a", "b"])
    assert Dataset("m", frame.to_numpy() / 40, [[0, 1]], renderer=named).feature_names == ("a", "b")
    assert Dataset("mine", X, X).feature_names is None


def test_sampling_rate_is_kept():
    x = np.zeros((2, 100))
    ds = Dataset("mine", x, x, renderer=SignalRenderer(sample_rate=360))
    assert ds.renderer.sample_rate == 360


def test_channels_first_are_told_and_drawn_as_they_are():
    x = np.random.default_rng(0).random((2, 3, 9, 9))
    with pytest.warns(UserWarning, match=r"np.moveaxis\(x_train, 1, -1\)") as caught:
        ds = Dataset("mine", x, x)
    assert caught[0].filename == __file__
    moved = np.moveaxis(x, 1, -1)
    np.testing.assert_array_equal(ds.renderer(x), Dataset("mine", moved, moved).renderer(moved))
