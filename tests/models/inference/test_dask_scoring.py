"""Dask arrays are scored lazily, and give the scores of the same arrays in memory."""

import pickle

import cloudpickle
import dask
import dask.array as da
import numpy as np
import pytest

from vae_widgets.core import dask_rows


@pytest.fixture(autouse=True)
def fresh_worker():
    """Threads of this process play the workers; what earlier tests loaded is forgotten."""
    dask_rows._loaded.cache_clear()


@pytest.mark.parametrize("chunks", [(500, 8, 8), ((1, 1000, 796), (3, 5), 8)])
def test_scores_are_those_of_the_array_in_its_chunks_of_rows(trained, digits, chunks):
    x = da.from_array(digits, chunks=chunks)
    for kind in (None, "mahalanobis"):
        lazy = trained.anomaly_score(x, kind)
        assert isinstance(lazy, da.Array)
        assert (lazy.shape, lazy.dtype, lazy.chunks) == ((1797,), np.float32, x.chunks[:1])
        got = lazy.compute()
        assert got.dtype == np.float32
        np.testing.assert_array_equal(got, trained.anomaly_score(digits, kind))
    np.testing.assert_array_equal(
        trained.reconstruction_error(x), trained.reconstruction_error(digits)
    )


def test_draws_do_not_depend_on_the_chunks(trained, digits):
    x = da.from_array(digits[:50], chunks=(7, 8, 8))
    got = trained.anomaly_score(x, "iwae", n_samples=20).compute()
    expected = trained.anomaly_score(digits[:50], "iwae", n_samples=20)
    np.testing.assert_array_equal(got, expected)


def test_nothing_is_computed_before_it_is_asked_for(trained, digits):
    @dask.delayed
    def never():
        raise AssertionError("computed")

    x = da.from_delayed(never(), (10, 8, 8), np.float32)
    lazy = trained.anomaly_score(x)
    with pytest.raises(AssertionError, match="computed"):
        lazy.compute()


def test_the_model_is_one_part_of_the_graph_and_loaded_once(trained, digits):
    """Tasks are small, the model's bytes stand alone, and no live object of Keras goes along."""
    x = da.from_array(digits, chunks=(50, 8, 8))
    lazy = trained.anomaly_score(x)
    (optimized,) = dask.optimize(lazy)
    sizes = [len(cloudpickle.dumps(task)) for task in dict(optimized.dask).values()]
    assert sum(size > 50_000 for size in sizes) == 1
    travelled = pickle.loads(cloudpickle.dumps(lazy))
    with dask.config.set(scheduler="threads", num_workers=4):
        got = travelled.compute()
    np.testing.assert_array_equal(got, trained.anomaly_score(digits))
    assert dask_rows._loaded.cache_info().misses == 1


def test_labels(make_vae, digits):
    vae = make_vae(n_labels=3)
    x, y = digits[:60], np.arange(60) % 3
    lazy = da.from_array(x, chunks=(25, 8, 8))
    expected = vae.anomaly_score(x, y=y)
    for labels in (y, da.from_array(y, chunks=60)):
        np.testing.assert_array_equal(vae.anomaly_score(lazy, y=labels), expected)
    np.testing.assert_array_equal(vae.anomaly_score(lazy, y=2), vae.anomaly_score(x, y=2))
    with pytest.raises(ValueError, match=r"y has 5 labels; expected 60"):
        vae.anomaly_score(lazy, y=y[:5])
    with pytest.raises(TypeError, match="y is missing"):
        vae.anomaly_score(lazy)


def test_a_chunk_that_a_filter_left_empty(trained, digits):
    x = da.from_array(digits[:30], chunks=(10, 8, 8))
    some = x[da.from_array(np.arange(30) >= 15, chunks=10)]
    assert np.isnan(some.shape[0])
    got = trained.anomaly_score(some).compute()
    np.testing.assert_array_equal(got, trained.anomaly_score(digits[15:30]))


@pytest.mark.parametrize(
    ("columns", "options", "error", "message"),
    [
        (7, {}, ValueError, r"x has shape \(1, 7, 8\); expected \(n, 8, 8\)"),
        (8, {"kind": "klx"}, ValueError, "did you mean 'kl'"),
        (8, {"n_samples": 3}, ValueError, "n_samples=3 is for kind='iwae'"),
        (8, {"y": 3}, TypeError, "y is given"),
    ],
)
def test_wrong_arguments_fail_at_once(trained, columns, options, error, message):
    with pytest.raises(error, match=message):
        trained.anomaly_score(da.zeros((20, columns, 8), chunks=(5, 8, 8)), **options)


def test_bad_values_are_met_on_the_worker(trained):
    x = da.full((20, 8, 8), np.nan, chunks=(5, 8, 8))
    with pytest.raises(ValueError, match="x has 320 NaN"):
        trained.anomaly_score(x).compute()
