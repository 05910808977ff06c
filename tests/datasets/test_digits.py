import numpy as np
import pytest
from sklearn.datasets import load_digits

import vae_widgets as vw


@pytest.fixture(scope="module")
def ds():
    return vw.load_dataset("digits")


def sorted_rows(x):
    return x[np.lexsort(x.T)]


def test_holds_every_digit_of_scikit_learn_once(ds):
    both = np.concatenate([ds.x_train, ds.x_test])
    assert both.shape == (1797, 8, 8, 1)
    expected = load_digits().data
    assert np.array_equal(sorted_rows(both.reshape(1797, 64) * 16), sorted_rows(expected))


def test_labels_stay_with_their_images(ds):
    bunch = load_digits()
    label_of = dict(zip(map(bytes, bunch.data), bunch.target, strict=True))
    for x, y in [(ds.x_train, ds.y_train), (ds.x_test, ds.y_test)]:
        images = x.reshape(len(x), 64).astype(float) * 16
        assert [label_of[bytes(image)] for image in images] == y.tolist()


def test_a_fifth_of_each_class_is_for_testing(ds):
    total = np.bincount(load_digits().target)
    assert np.abs(np.bincount(ds.y_test) - total / 5).max() < 1


def test_is_the_same_every_time(ds):
    again = vw.load_dataset("digits")
    assert np.array_equal(again.x_train, ds.x_train)
    assert np.array_equal(again.y_test, ds.y_test)


def test_names_its_source_licence_and_how_to_show_it(ds):
    assert ds.source == "scikit-learn"
    assert "CC BY 4.0" in ds.licence
    assert ds.label_names == tuple("0123456789")
    assert ds.likelihood == "bernoulli"
    assert ds.renderer(ds.x_test[:2]).shape == (2, 8, 8, 4)
