import numpy as np
from sklearn.datasets import load_breast_cancer

import vae_widgets as vw


def test_has_the_rows_of_scikit_learn_once_each():
    ds = vw.load_dataset("breast_cancer", timeout=0)
    bunch = load_breast_cancer()
    x = np.concatenate([ds.x_train, ds.x_test])
    x = x * ds.preprocessing.deviation + ds.preprocessing.mean
    y = np.concatenate([ds.y_train, ds.y_test])
    own = np.lexsort(x[:, :3].T.round(4))
    theirs = np.lexsort(bunch.data[:, :3].T.round(4))
    np.testing.assert_allclose(x[own], bunch.data[theirs], rtol=1e-4, atol=1e-5)
    assert ds.label_names == ("benign", "malignant")
    names = np.array(ds.label_names)[y[own]]
    np.testing.assert_array_equal(names, bunch.target_names[bunch.target[theirs]])
    assert ds.feature_names == tuple(bunch.feature_names)


def test_columns_are_standardised_over_the_training_samples_and_shown_in_their_units():
    ds = vw.load_dataset("breast_cancer")
    assert (ds.x_train.shape, ds.x_test.shape) == ((455, 30), (114, 30))
    np.testing.assert_allclose(ds.x_train.mean(axis=0), 0, atol=1e-5)
    np.testing.assert_allclose(ds.x_train.std(axis=0), 1, rtol=1e-4)
    assert ds.likelihood == "gaussian"
    assert abs(np.mean(ds.y_train) - np.mean(ds.y_test)) < 0.01
    own = np.full(30, 5.0)
    assert ">5<" in ds.renderer.detail(ds.preprocess(own[np.newaxis])[0])
