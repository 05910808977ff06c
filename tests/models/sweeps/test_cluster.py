"""Sweeps and scikit-learn's searches on a Dask cluster of two workers."""

import os
import pathlib
import signal
import subprocess
import sys
import threading
import time

import joblib
import keras
import numpy as np
import pytest
from distributed import Client, LocalCluster
from sklearn.model_selection import GridSearchCV

import vae_widgets as vw

# Both workers are forks of a process that has imported TensorFlow: once for two.
WORKERS = """
import asyncio, os, sys
import tensorflow, vae_widgets.models, vae_widgets.models.detector
from distributed import Worker

async def work():
    async with Worker(sys.argv[1], nthreads=1, dashboard=False) as worker:
        await worker.finished()

os.fork()
asyncio.run(work())
"""


@pytest.fixture(scope="module")
def client():
    with (
        LocalCluster(n_workers=0, processes=True, dashboard_address=None) as cluster,
        # As the default it would leave its scheduler to later tests, once shut down.
        Client(cluster, set_as_default=False) as client,
        subprocess.Popen([sys.executable, "-c", WORKERS, cluster.scheduler_address]) as workers,
    ):
        client.wait_for_workers(2, timeout=300)
        yield client
        client.shutdown()
        workers.wait()


def make_model(latent_dim, rate, victim=None):
    if victim is not None:
        threading.Thread(target=kill_once, args=(pathlib.Path(victim),), daemon=True).start()
    vae = vw.VAE.build((8, 8), latent_dim, hidden_units=(), seed=0)
    vae.compile(keras.optimizers.SGD(rate), run_eagerly=True)  # nothing to trace
    return vae


def kill_once(folder):
    """Kill this worker once the run under way has a checkpoint, the first time."""
    while not any("victim" in path.name for path in folder.glob("*.vae")):
        time.sleep(0.001)
    try:
        (folder / "killed").touch(exist_ok=False)
    except FileExistsError:
        return
    os.kill(os.getpid(), signal.SIGKILL)


def test_a_search_of_scikit_learn(client, digits):
    x, known = digits[:200].reshape(-1, 64), digits[200:250].reshape(-1, 64)
    split = [(np.arange(200), np.arange(200, 250))]
    grid = {"latent_dim": [1, 2]}
    options = {"epochs": 1, "batch_size": 200, "hidden_units": ()}

    def mean_elbo(detector, x, y=None):
        return detector.score_samples(x).mean()

    search = GridSearchCV(vw.VAEDetector(**options), grid, scoring=mean_elbo, cv=split, refit=False)
    with joblib.parallel_config("dask", client=client):
        search.fit(np.concatenate([x, known]))
    expected = [
        mean_elbo(vw.VAEDetector(latent_dim=n, **options).fit(x), known) for n in grid["latent_dim"]
    ]
    np.testing.assert_allclose(search.cv_results_["mean_test_score"], expected, rtol=1e-5)


def test_twelve_runs_one_worker_killed_half_way(client, digits, tmp_path):
    """The last test: one worker is left."""
    rates = [0.001, 0.002, 0.004, 0.006, 0.008, 0.01]
    grid = [{"latent_dim": [n], "rate": [rate]} for n in (1, 2) for rate in rates]
    options = {"epochs": 3, "batch_size": 50, "shuffle": False, "verbose": 0}
    x = digits[:50]
    serial = vw.sweep(make_model, grid, x, n_jobs=1, **options)

    grid[6]["victim"] = [str(tmp_path)]
    result = vw.sweep(make_model, grid, x, client, folder=tmp_path, **options)
    assert (tmp_path / "killed").exists()
    assert len(client.scheduler_info()["workers"]) == 1
    assert result.table["error"].tolist() == [""] * 12
    assert len(result.histories) == 12
    for history, expected in zip(result.histories, serial.histories, strict=True):
        for name, values in expected.items():
            np.testing.assert_allclose(history[name], values, rtol=1e-5, err_msg=name)
    assert result.best_params["rate"] == serial.best_params["rate"]
    np.testing.assert_allclose(
        result.best_model.encode(x)[0], serial.best_model.encode(x)[0], rtol=1e-4, atol=1e-6
    )
