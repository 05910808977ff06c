"""Train on a file that is four times as large as the address space of its process.

``python -m tests.benchmarks.larger_than_memory [GiB of address space] [folder]``, by default 3 GiB
and a temporary folder, prints the peak memory and compares the model with some that were trained on
the same rows in memory, from other seeds: these say how far apart models are by chance. The file
holds some rows over and over, so that these fit there.
"""

import pathlib
import resource
import subprocess
import sys
import tempfile
import time

import h5py
import numpy as np

SHAPE = (64, 64, 3)
ROWS = 2048  # 96 MiB
BATCH = 64
SEEDS = 3


def write(path, size):
    """Write the rows over and over, until the file has `size` bytes; return how often."""
    rng = np.random.default_rng(0)
    patterns = rng.random((4, *SHAPE), np.float32)
    shares = rng.dirichlet(np.ones(4), ROWS).astype(np.float32)
    x = np.einsum("nk,k...->n...", shares, patterns)
    repeats = -(-size // x.nbytes)
    with h5py.File(path, "w") as file:
        rows = file.create_dataset("x", (repeats * ROWS, *SHAPE), np.float32)
        for i in range(repeats):
            rows[i * ROWS : (i + 1) * ROWS] = x
    return repeats


def train(path, limit, repeats, seed):
    """Train on the file within `limit` bytes of address space, or on its rows in memory if 0."""
    if limit:
        resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    import vae_widgets as vw

    with h5py.File(path) as file:
        few = file["x"][:ROWS]
        vae = vw.VAE.build(SHAPE, 4, hidden_units=(16,), likelihood="gaussian", seed=seed)
        vae.compile(jit_compile=False)  # XLA alone takes 0.7 GiB of addresses
        began, spent = time.perf_counter(), time.process_time()
        if limit:
            vae.fit(file["x"], epochs=1, batch_size=BATCH, verbose=0)
        else:
            vae.fit(few, epochs=repeats, batch_size=BATCH, verbose=0)
        seconds = time.perf_counter() - began, time.process_time() - spent
    elbo = vae.elbo(few, seed=0)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**10
    print(
        f"{'from the file' if limit else 'in memory'}, seed {seed}: ELBO {elbo.mean():.3f} nats "
        f"(standard error {elbo.std() / np.sqrt(len(elbo)):.3f}), peak {peak:,.0f} MiB, "
        f"{seconds[0]:.0f} s, processor {seconds[1]:.0f} s",
        flush=True,
    )


def main(gib=3.0, folder=None):
    """Write the file, and train on it in processes of their own."""
    limit = int(gib * 2**30)
    with tempfile.TemporaryDirectory(dir=folder) as own:
        path = pathlib.Path(own) / "x.h5"
        repeats = write(path, 4 * limit)
        size = path.stat().st_size
        print(f"file: {size / 2**20:,.0f} MiB; limit: {limit / 2**20:,.0f} MiB", flush=True)
        for most, seed in ((limit, 0), *((0, seed) for seed in range(SEEDS))):
            command = [sys.executable, "-m", __spec__.name, "train", str(path)]
            subprocess.run([*command, *map(str, (most, repeats, seed))], check=True)


if __name__ == "__main__":
    if sys.argv[1:2] == ["train"]:
        train(sys.argv[2], *map(int, sys.argv[3:]))
    else:
        main(*map(float, sys.argv[1:2]), *sys.argv[2:3])
