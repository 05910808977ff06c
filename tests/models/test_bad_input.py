"""Every bad argument: the type of the error, and what its message must name."""

import re

import keras
import numpy as np
import pandas as pd
import pytest
import tensorflow as tf

import vae_widgets as vw
from vae_widgets import VAE

GOOD = np.zeros((5, 8, 8), np.float32)


def with_value(value):
    x = GOOD.copy()
    x[1, 2, 3] = value
    return x


BUILD = [
    ({"latent_dim": 0}, ValueError, ["latent_dim", "at least 1", "received 0"]),
    ({"latent_dim": 2.5}, TypeError, ["latent_dim", "whole number", "2.5"]),
    ({"sample_shape": ()}, ValueError, ["sample_shape", "empty"]),
    ({"sample_shape": "28"}, TypeError, ["sample_shape", "(28, 28)", "'28'"]),
    ({"sample_shape": (8, 0)}, ValueError, ["sample_shape[1]", "at least 1", "received 0"]),
    ({"likelihood": "bernouli"}, ValueError, ["likelihood", "did you mean 'bernoulli'"]),
    ({"architecture": "convv"}, ValueError, ["architecture", "did you mean 'conv'"]),
    ({"beta": -1}, ValueError, ["beta", "[0, inf]", "received -1"]),
    ({"beta": float("nan")}, ValueError, ["beta", "finite", "nan"]),
    ({"beta": "high"}, TypeError, ["beta", "number", "'high'"]),
    ({"seed": -1}, ValueError, ["seed", "at least 0", "received -1"]),
    ({"seed": 2**40}, ValueError, ["seed", "2147483647", str(2**40)]),
    ({"hidden_units": 256}, TypeError, ["hidden_units", "sequence", "256"]),
    ({"hidden_units": (256, 0)}, ValueError, ["hidden_units[1]", "at least 1", "received 0"]),
    ({"hidden_units": "256"}, TypeError, ["hidden_units", "sequence", "'256'"]),
    ({"filters": (4,)}, ValueError, ["filters", "architecture='conv'", "'dense'"]),
    ({"activation": "rely"}, ValueError, ["activation", "rely"]),
    ({"latent_dims": 2}, TypeError, ["VAE.build", "'latent_dims'", "did you mean 'latent_dim'"]),
    (
        {"architecture": "conv", "sample_shape": (784,)},
        ValueError,
        ["needs images", "(h, w)", "(784,)"],
    ),
    (
        {"architecture": "conv", "sample_shape": (28, 600)},
        ValueError,
        ["8 to 512", "(28, 600)"],
    ),
    ({"architecture": "conv", "filters": ()}, ValueError, ["filters", "empty"]),
    ({"architecture": "sequence", "filters": ()}, ValueError, ["filters", "empty", "(32,)"]),
    (
        {"architecture": "sequence", "sample_shape": (8, 8, 1)},
        ValueError,
        ["'sequence'", "(steps,) or (steps, voices)", "(8, 8, 1)"],
    ),
    (
        {"architecture": "sequence", "sample_shape": (4, 64)},
        ValueError,
        ["time first", "(4, 64)", "transpose(0, 2, 1)"],
    ),
    (
        {"architecture": "conv", "likelihood": "categorical", "n_classes": 3},
        ValueError,
        ["'conv'", "images", "categorical", "architecture='sequence'"],
    ),
    ({"likelihood": "categorical"}, ValueError, ["n_classes", "received None", "x.max()"]),
    (
        {"likelihood": "categorical", "n_classes": 1},
        ValueError,
        ["n_classes", "at least 2", "received 1"],
    ),
    (
        {"likelihood": "categorical", "n_classes": 2.5},
        TypeError,
        ["n_classes", "whole number", "2.5"],
    ),
    ({"n_classes": 3}, ValueError, ["n_classes=3", "'categorical'", "'bernoulli'"]),
    ({"likelihood": 3}, TypeError, ["likelihood", "name", "object", "received 3"]),
    ({"likelihood": vw.Gaussian}, TypeError, ["likelihood", "class Gaussian", "Call it"]),
    (
        {"likelihood": vw.Gaussian("predicted")},
        ValueError,
        ["one output", "(mean, log_var)", "VAE(encoder, decoder"],
    ),
]

SAMPLES = [
    (with_value(np.nan), ValueError, ["1 NaN or infinite", "finite"]),
    (with_value(np.inf), ValueError, ["1 NaN or infinite", "finite"]),
    (with_value(255), ValueError, ["[0, 255]", "Bernoulli", "[0, 1]", "Divide"]),
    (with_value(-0.5), ValueError, ["[-0.5, 0]", "Bernoulli", "[0, 1]"]),
    (GOOD.reshape(5, 64), ValueError, ["(5, 64)", "(n, 8, 8)", "reshape(-1, 8, 8)"]),
    (GOOD[0], ValueError, ["(8, 8)", "(n, 8, 8)", "np.newaxis"]),
    (GOOD[:0], ValueError, ["empty", "(0, 8, 8)"]),
    ([["a"]], TypeError, ["array of numbers", "list"]),
    (["CCO", "O"], TypeError, ["strings, the first 'CCO'", "vw.Vocabulary.fit", "encode"]),
    (np.array(["CCO", "O"]), TypeError, ["strings, the first 'CCO'", "vw.Vocabulary.fit"]),
    (pd.Series(["CCO", "O"]), TypeError, ["strings, the first 'CCO'", "vw.Vocabulary.fit"]),
]

FIT = [
    ({"epochs": 0}, ValueError, ["epochs", "at least 1", "received 0"]),
    ({"batch_size": 0}, ValueError, ["batch_size", "at least 1", "received 0"]),
    ({"batch_size": 1.5}, TypeError, ["batch_size", "whole number", "1.5"]),
    ({"initial_epoch": -1}, ValueError, ["initial_epoch", "at least 0", "received -1"]),
    ({"validation_split": 1.5}, ValueError, ["validation_split", "[0, 1]", "1.5"]),
    ({"validation_split": 0.9}, ValueError, ["validation_split", "5 samples"]),
    ({"validation_batch_size": 0}, ValueError, ["validation_batch_size", "at least 1", "0"]),
    ({"steps_per_epoch": 3}, ValueError, ["steps_per_epoch", "datasets", "array"]),
    ({"validation_freq": 0}, ValueError, ["validation_freq", "at least 1"]),
    ({"y": np.zeros(5)}, TypeError, ["y is given", "takes no targets but x", "Leave y out"]),
    ({"y": GOOD + 0.1}, TypeError, ["y is given", "takes no targets but x", "Leave y out"]),
    ({"validation_data": (GOOD, np.zeros(5))}, TypeError, ["validation_data[1] is given", "None"]),
    (
        {"validation_data": (GOOD, np.zeros(5), np.ones(5))},
        TypeError,
        ["validation_data[1] is given", "takes no targets but x", "None"],
    ),
    ({"validation_data": GOOD[:, 0]}, ValueError, ["validation_data", "(5, 8)", "(n, 8, 8)"]),
    ({"validation_data": (GOOD, None, None, GOOD)}, ValueError, ["validation_data", "tuple of 4"]),
    ({"callbacks": [print]}, TypeError, ["callbacks", "builtin_function", "on_epoch_end"]),
    ({"epoch": 3}, TypeError, ["'epoch'", "did you mean 'epochs'"]),
]

METHODS = ["fit", "fit_async", "evaluate", "encode", "elbo", "anomaly_score", "kl_per_dimension"]

DATASETS = [
    (tf.data.Dataset.from_tensor_slices(GOOD), ["(8, 8)", "(batch, 8, 8)", ".batch(128)"]),
    (tf.data.Dataset.from_tensor_slices(GOOD[..., None]).batch(2), ["(None, 8, 8, 1)"]),
]


@pytest.fixture(scope="module")
def vae():
    return VAE.build((8, 8), hidden_units=(4,))


def raises(error, parts):
    """Expect an error that names all `parts`, in any order."""
    return pytest.raises(error, match="(?s)" + "".join(f"(?=.*{re.escape(p)})" for p in parts))


@pytest.mark.parametrize(("options", "error", "parts"), BUILD, ids=lambda v: str(v)[:40])
def test_build(options, error, parts):
    with raises(error, parts):
        VAE.build(**{"sample_shape": (8, 8), **options})


@pytest.mark.parametrize(("x", "error", "parts"), SAMPLES, ids=lambda v: str(v)[:30])
@pytest.mark.parametrize(
    "method",
    [
        "fit",
        "fit_async",
        "evaluate",
        "encode",
        "elbo",
        "anomaly_score",
        "kl_per_dimension",
        "active_units",
        "log_likelihood",
        "bits_per_dimension",
        "reconstruction_error",
    ],
)
def test_samples(vae, method, x, error, parts):
    with raises(error, ["x", *parts]):
        getattr(vae, method)(x)


def test_the_gaussian_likelihood_takes_any_finite_value():
    vae = VAE.build((8, 8), likelihood="gaussian", hidden_units=(4,))
    assert np.isfinite(vae.elbo(with_value(-300.0))).all()


@pytest.mark.parametrize(("options", "error", "parts"), FIT, ids=lambda v: str(v)[:40])
@pytest.mark.parametrize("method", ["fit", "fit_async"])
def test_fit(vae, method, options, error, parts):
    before = [w.numpy() for w in vae.weights]
    with raises(error, parts):
        getattr(vae, method)(GOOD, **options)
    for old, new in zip(before, vae.weights, strict=True):
        np.testing.assert_array_equal(old, new.numpy())


@pytest.mark.parametrize(("dataset", "parts"), DATASETS, ids=["unbatched", "wrong shape"])
@pytest.mark.parametrize("method", ["fit", "evaluate"])
def test_datasets(vae, method, dataset, parts):
    with raises(ValueError, parts):
        getattr(vae, method)(dataset)


@pytest.mark.parametrize("x", [3, "digits", {"x": 1}, None])
@pytest.mark.parametrize("method", ["fit", "evaluate"])
def test_what_is_no_data(vae, method, x):
    with raises(TypeError, ["x must be an array or a dataset", type(x).__name__]):
        getattr(vae, method)(x)


def test_validation_split_of_a_dataset(vae):
    dataset = tf.data.Dataset.from_tensor_slices(GOOD).batch(2)
    with raises(ValueError, ["validation_split", "array"]):
        vae.fit(dataset, validation_split=0.5)


@pytest.mark.parametrize(
    ("z", "parts"),
    [
        (np.zeros((3, 5)), ["z", "(3, 5)", "(n, 2)"]),
        (np.zeros(2), ["z", "(2,)", "(n, 2)", "z[np.newaxis]"]),
        (np.full((1, 2), np.nan), ["z", "NaN"]),
        (np.zeros((0, 2)), ["z", "empty"]),
    ],
    ids=["latent dims", "one code", "nan", "empty"],
)
def test_codes(vae, z, parts):
    with raises(ValueError, parts):
        vae.decode(z)


def test_unknown_kind_of_score(vae):
    with raises(ValueError, ["kind", "'mahalonobis'", "did you mean 'mahalanobis'"]):
        vae.anomaly_score(GOOD, kind="mahalonobis")


def test_beta_of_a_model(vae):
    with raises(ValueError, ["beta", "[0, inf]", "received -2"]):
        vae.beta = -2
    assert vae.beta == 1.0


def test_number_of_samples(vae):
    with raises(ValueError, ["n", "at least 1", "received 0"]):
        vae.sample(0)


def test_misspelt_keyword_of_vae(vae):
    with raises(TypeError, ["'likelyhood'", "did you mean 'likelihood'"]):
        VAE(vae.encoder, vae.decoder, likelyhood="gaussian")


def test_a_monitor_instead_of_its_callback(vae):
    class Monitor:
        callback = keras.callbacks.Callback()

    with raises(TypeError, ["Monitor", "Pass its .callback"]):
        vae.fit(GOOD, callbacks=[Monitor()])


FRAME = pd.DataFrame(
    {"a": [0.1, 0.2, 0.3], "b": ["x", "y", "z"], "c": pd.array([1, None, 3], "Int64")},
    index=["p1", "p2", "p3"],
)


def test_a_table_is_refused_by_the_names_of_its_columns():
    vae = vw.VAE.build((2,), hidden_units=(4,), likelihood="gaussian")
    detector = vw.VAEDetector(2)
    for use in (vae.fit, vae.encode, vae.anomaly_score, detector.fit):
        with pytest.raises(TypeError, match=r"column 'b' has text \('x' in row 0, index 'p1'\)"):
            use(FRAME[["a", "b"]])
        with pytest.raises(ValueError, match=r"in column 'c' \(1, the first in row 1, index 'p2'"):
            use(FRAME[["a", "c"]])
    dates = pd.DataFrame({"t": pd.to_datetime(["2020", "2021"])})
    with pytest.raises(TypeError, match="column 't' has values of type Timestamp"):
        detector.fit(dates)
    with pytest.raises(TypeError, match="X must be an array of numbers; received dates"):
        detector.fit(dates.to_numpy())


def test_the_remedy_for_strings_works():
    strings = ["CCO", "O"]
    with raises(TypeError, ["X must be", "vw.Vocabulary.fit"]):
        vw.VAEDetector(2).fit(strings)
    vocabulary = vw.Vocabulary.fit(strings)
    vae = vw.VAE.build(
        vocabulary.sample_shape,
        architecture="sequence",
        likelihood="categorical",
        n_classes=len(vocabulary),
    )
    assert vae.elbo(vocabulary.encode(strings)).shape == (2,)


@pytest.mark.parametrize("again", [GOOD, GOOD.copy(), GOOD.tolist()], ids=["same", "copy", "list"])
def test_targets_may_be_the_samples_again_as_in_keras(again, monkeypatch):
    two_rows = 8 * 64 * 2
    monkeypatch.setattr("vae_widgets.models.data.fit_data.READ_AT_ONCE", two_rows)
    logs = []
    for targets in (None, again):
        vae = VAE.build((8, 8), hidden_units=(4,), seed=0)
        options = {"epochs": 1, "verbose": 0, "validation_data": (GOOD, targets, np.ones(5))}
        logs.append(vae.fit(GOOD, targets, **options).history)
        logs.append(vae.evaluate(GOOD, targets, verbose=0))
    assert logs[:2] == logs[2:]
    with raises(TypeError, ["y is given", "takes no targets but x"]):  # to clean noisy samples
        vae.evaluate(GOOD, np.vstack([GOOD[:4], GOOD[4:] + 0.1]))


def test_samples_and_labels_of_other_indices_are_refused():
    vae = vw.VAE.build((2,), hidden_units=(4,), likelihood="gaussian", n_labels=2)
    x, y = FRAME[["a", "a"]], pd.Series([0, 1, 1], index=["p3", "p2", "p1"])
    for use in (vae.fit, vae.encode):
        with pytest.raises(ValueError, match=r"y has another index than x.*pass y.loc\[x.index\]"):
            use(x, y)
    assert vae.encode(x, y.loc[x.index])[0].shape == (3, 2)
