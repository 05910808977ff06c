"""Load thousands of spoiled bundles: ``python -m tests.bundle.fuzz 10000``.

Each must end in our own error, or in a codec that works. Workers of their own load them, so that
a crash of ONNX Runtime, TensorFlow or HDF5 is counted too, with the seed that brought it about.
"""

import argparse
import collections
import contextlib
import pathlib
import subprocess
import sys
import tempfile
import time

import numpy as np

from tests.bundle.mutations import mutate
from vae_widgets.bundle import BundleError, read_archive
from vae_widgets.bundle.loading import load


def outcome(path, seed, whole, original):
    """Load one spoiled bundle, and return in a word how it ended; raise if it ended badly."""
    content, signed = mutate(whole, seed)
    path.write_bytes(content)
    before = set(path.parent.iterdir())
    result = "refused"
    try:
        codec = load(path)
        codec.tiles  # noqa: B018
        label = None if codec.n_labels is None else 0
        decoded = codec.decode(np.zeros((3, codec.latent_dim)), label)
        assert decoded.shape == (3, *codec.sample_shape)
        # Bounds may be others now, so that no sample is sure to be a good one.
        with contextlib.suppress(BundleError, ValueError):
            codec.encode(decoded, label)
        result = "works"
    except BundleError:
        pass
    found = None
    with contextlib.suppress(BundleError):
        found = read_archive(path)
    if found and found.parts.get("model.keras") != original.parts["model.keras"]:
        from vae_widgets import VAE

        try:
            vae = VAE.load(path)
            vae.sample(1, y=None if vae.n_labels is None else 0)
            result += ", model works"
        except BundleError:
            result += ", model refused"
    if not signed and found:
        same = (found.parts, found.manifest) == (original.parts, original.manifest)
        assert same, "other content was taken for good"
    assert set(path.parent.iterdir()) == before, "something was written beside it"
    return result


def work(bundle, start, stop):
    """Print the outcome of each seed, so that the last line tells where a crash came."""
    original = read_archive(bundle)
    whole = bundle.read_bytes()
    with tempfile.TemporaryDirectory() as folder:
        for seed in range(start, stop):
            try:
                result = outcome(pathlib.Path(folder, "x.vae"), seed, whole, original)
            except Exception as error:
                reason = str(error).splitlines()[0] if str(error) else ""
                result = f"STRAY {type(error).__name__}: {reason:.150}"
            print(seed, result, flush=True)


def make_bundle(path, n_labels=None):
    from vae_widgets import VAE, ThresholdPolicy

    vae = VAE.build((8, 8), hidden_units=(4,), n_labels=n_labels)
    x = np.random.default_rng(0).random((10, 8, 8), dtype=np.float32)
    y = None if n_labels is None else np.arange(10) % n_labels
    vae.fit(x, y, verbose=0)
    policy = ThresholdPolicy(1.0, metrics={"precision": 0.5})
    vae.save(path, samples=x, latents=vae.encode(x, y)[0], policy=policy)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("count", type=int)
    parser.add_argument("--start", type=int, default=0)
    parser.add_argument("--worker", type=pathlib.Path)
    options = parser.parse_args()
    if options.worker:
        work(options.worker, options.start, options.start + options.count)
        return
    began, outcomes = time.perf_counter(), collections.Counter()
    with tempfile.TemporaryDirectory() as folder:
        bundles = [pathlib.Path(folder, name) for name in ("plain.vae", "conditional.vae")]
        for bundle, n_labels in zip(bundles, (None, 3), strict=True):
            make_bundle(bundle, n_labels)
        seed, stop = options.start, options.start + options.count
        while seed < stop:
            block = min(500, stop - seed)
            bundles.reverse()
            command = [sys.executable, "-m", "tests.bundle.fuzz", str(block)]
            command += [f"--start={seed}", f"--worker={bundles[0]}"]
            done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
            lines = done.stdout.decode().splitlines()
            for line in lines:
                number, _, result = line.partition(" ")
                outcomes[result] += 1
                if result.startswith("STRAY"):
                    print(number, result, flush=True)
            seed += len(lines)
            if done.returncode:
                print(seed, "CRASH", done.returncode, flush=True)
                outcomes["CRASH"] += 1
                seed += 1
    for result, count in outcomes.most_common():
        print(f"{count:6} {result}")
    print(f"{options.count} bundles in {time.perf_counter() - began:.0f} s")


if __name__ == "__main__":
    main()
