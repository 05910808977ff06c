"""`sweep` on threads: the same runs as one after the other, each with its place and its error."""

import keras
import numpy as np
import pandas as pd
import pytest

import vae_widgets as vw

GRID = {"latent_dim": [1, 2], "rate": [0.001, 0.01]}
# Keras shuffles by a seed of its own where it runs eagerly.
OPTIONS = {"epochs": 2, "batch_size": 100, "shuffle": False, "verbose": 0}


def make_model(latent_dim, rate):
    vae = vw.VAE.build((8, 8), latent_dim, hidden_units=(), seed=0)
    vae.compile(keras.optimizers.SGD(rate), run_eagerly=True)  # nothing to trace
    return vae


@pytest.fixture(scope="module")
def x(digits):
    return digits[:100]


@pytest.fixture(scope="module")
def serial(x):
    """What one run after the other finds."""
    runs = []
    for latent_dim in GRID["latent_dim"]:
        for rate in GRID["rate"]:
            vae = make_model(latent_dim, rate)
            runs.append((vae, vae.fit(x, validation_data=x[:10], **OPTIONS).history))
    return runs


def test_threads_find_what_one_run_after_the_other_finds(x, serial, tmp_path):
    monitor = vw.TrainingMonitor()
    result = vw.sweep(
        make_model, GRID, lambda: x, monitor=monitor, validation_data=x[:10], **OPTIONS
    )
    assert result.histories == [history for _, history in serial]

    assert isinstance(result.table, pd.DataFrame)
    assert result.table["latent_dim"].tolist() == [1, 1, 2, 2]
    assert result.table["rate"].tolist() == [0.001, 0.01] * 2
    final = [history["val_elbo"][-1] for _, history in serial]
    assert result.table["val_elbo"].tolist() == final
    assert (result.table[["epochs", "error"]] == [2, ""]).all(axis=None)

    best = int(np.argmax(final))
    assert result.metric == "val_elbo"
    assert result.best_params == dict(result.table.loc[best, ["latent_dim", "rate"]])
    result.best_model.save(tmp_path / "best.vae")
    codes = vw.load(tmp_path / "best.vae").encode(x)[0]
    np.testing.assert_allclose(codes, serial[best][0].encode(x)[0], rtol=1e-4, atol=1e-5)

    shown = {
        f"latent_dim={latent_dim}, rate={rate}": result.histories[2 * i + j]
        for i, latent_dim in enumerate(GRID["latent_dim"])
        for j, rate in enumerate(GRID["rate"])
    }
    assert monitor.state == "finished"
    assert set(monitor.runs) == set(shown)
    for name, history in monitor.runs.items():
        np.testing.assert_array_equal(history.epochs("elbo")[1], shown[name]["elbo"])


def test_runs_go_on_from_their_checkpoints(x, tmp_path, monkeypatch):
    trained = []
    fit = vw.VAE.fit
    monkeypatch.setattr(
        vw.VAE, "fit", lambda vae, *a, **k: trained.append(vae) or fit(vae, *a, **k)
    )
    options = {**OPTIONS, "folder": tmp_path}
    grid = {"latent_dim": [1], "rate": [0.01, 0.02]}
    vw.sweep(make_model, {**grid, "rate": [0.01]}, x, **{**options, "epochs": 1})
    assert len(list(tmp_path.iterdir())) == 1
    result = vw.sweep(make_model, grid, x, **options)
    assert [len(history["loss"]) for history in result.histories] == [2, 2]
    assert len(trained) == 3
    again = vw.sweep(make_model, grid, x, **options)  # all complete
    assert len(trained) == 3
    assert again.histories == result.histories

    whole = vw.sweep(make_model, grid, x, **{**options, "folder": None})
    for history, expected in zip(result.histories, whole.histories, strict=True):
        np.testing.assert_allclose(history["loss"], expected["loss"], rtol=1e-5)


def test_a_run_that_fails_does_not_end_the_others(x):
    def make(latent_dim):
        if latent_dim == 0:
            raise OSError("no such network")
        return make_model(latent_dim, 0.01)

    result = vw.sweep(make, [{"latent_dim": [0]}, {"latent_dim": [1]}], x, **OPTIONS)
    assert result.table["error"].tolist() == ["OSError: no such network", ""]
    assert np.isnan(result.table["elbo"][0])
    assert result.best_params == {"latent_dim": 1}
    with pytest.raises(RuntimeError, match="all 1 runs failed; the first with OSError"):
        vw.sweep(make, {"latent_dim": [0]}, x, **OPTIONS)


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"make_model": 3}, TypeError, "make_model must be a function"),
        ({"grid": {"latent_dim": 3}}, TypeError, "grid is no grid of parameters"),
        ({"grid": {"latentdim": [3]}}, TypeError, "make_model cannot be called with .*'latentdim'"),
        ({"grid": []}, ValueError, "grid has no runs"),
        ({"client": "scheduler:8786"}, TypeError, "client must be a distributed.Client"),
        ({"mode": "highest"}, ValueError, "mode is 'highest'"),
        ({"n_jobs": 0}, ValueError, "n_jobs"),
        ({"epoch": 3}, TypeError, "sweep got an unknown keyword 'epoch'; did you mean 'epochs'"),
        ({"callbacks": []}, TypeError, "sweep got an unknown keyword 'callbacks'"),
    ],
)
def test_bad_arguments_are_named_before_any_run(x, arguments, error, message):
    given = {"make_model": make_model, "grid": GRID, "data": x, **arguments}
    with pytest.raises(error, match=message):
        vw.sweep(**given)
