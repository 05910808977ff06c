"""A cluster scores more than its memory holds, loses a worker on the way, and finds the same."""

import os
import signal
import sys

import dask.array as da
import numpy as np
import pytest
from distributed import Client, LocalCluster, as_completed, futures_of

import vae_widgets as vw
from vae_widgets.bundle import BundleError

MEMORY_LIMIT = 300_000_000  # of a worker; TensorFlow alone takes twice that
N_FEATURES = 1024


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    """A detector's bundle."""
    rng = np.random.default_rng(0)
    x = rng.standard_normal((300, N_FEATURES), np.float32)
    detector = vw.VAEDetector(latent_dim=2, hidden_units=(32,), epochs=1).fit(x)
    path = tmp_path_factory.mktemp("detector") / "detector.vae"
    detector.save(path)
    return path


def random_rows(n, rows_in_chunk):
    """Return random rows that are made when they are needed."""
    generator = da.random.default_rng(0)
    return generator.random((n, N_FEATURES), chunks=(rows_in_chunk, -1), dtype="f4")


def has_tensorflow():
    """Run on a worker."""
    return "tensorflow" in sys.modules


def test_more_than_the_memory_of_a_worker_and_one_of_them_killed(path):
    codec = vw.load(path)
    x = random_rows(90_000, rows_in_chunk=2_000)
    assert x.nbytes > 1.2 * MEMORY_LIMIT
    lazy = codec.anomaly_score(x)
    assert (lazy.shape, lazy.chunks, lazy.dtype) == ((len(x),), x.chunks[:1], np.float32)

    with (
        LocalCluster(
            n_workers=2,
            threads_per_worker=1,
            processes=True,
            memory_limit=MEMORY_LIMIT,
            dashboard_address=None,
        ) as cluster,
        Client(cluster) as client,
    ):
        before = set(client.run(os.getpid).values())
        running = client.persist(lazy)
        chunks = futures_of(running)
        for done, _ in enumerate(as_completed(chunks), start=1):
            if done == len(chunks) // 3:
                break
        os.kill(victim := min(before), signal.SIGKILL)
        assert not all(chunk.done() for chunk in chunks)
        got = running.compute()
        after = set(client.run(os.getpid).values())
        assert not any(client.run(has_tensorflow).values())

    # The other one was never over its limit, or Dask would have ended it too.
    assert before & after == before - {victim}
    expected = [codec.anomaly_score(chunk.compute(scheduler="synchronous")) for chunk in x.blocks]
    np.testing.assert_array_equal(got, np.concatenate(expected))


def test_a_bundle_that_was_replaced_is_refused(path, tmp_path):
    mine = tmp_path / "mine.vae"
    mine.write_bytes(path.read_bytes())
    codec = vw.load(mine)
    x = random_rows(20, rows_in_chunk=7)
    np.testing.assert_array_equal(
        codec.anomaly_score(x).compute(scheduler="threads"), codec.anomaly_score(x.compute())
    )
    vw.VAE.build((N_FEATURES,), likelihood="gaussian", hidden_units=(4,)).save(mine)
    with pytest.raises(BundleError, match=r"mine\.vae has changed since it was loaded"):
        codec.anomaly_score(x)


def test_wrong_rows_are_refused_before_any_work(path):
    with pytest.raises(ValueError, match="1023"):
        vw.load(path).anomaly_score(random_rows(20, rows_in_chunk=7)[:, :1023])
