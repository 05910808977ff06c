"""Write the files of this folder: ``python -m tests.saved.make FOLDER``.

They were written by commit 8848f9f, before the modules of the package moved. They stay as they are:
`test_saved_files` shows that later versions read them. Run this into another folder to compare.
"""

import json
import sys
from pathlib import Path

import keras
import numpy as np

import vae_widgets as vw

NUMBERS = "numbers.json"
"""What the saved models gave, by file and quantity."""


def samples(n_features: int) -> np.ndarray:
    """Return 12 samples in (0, 1) that need no random generator."""
    grid = np.outer(np.arange(1, 13), np.arange(1, n_features + 1))
    return (0.5 + 0.5 * np.sin(0.37 * grid)).astype(np.float32)


def signals(n_features: int) -> np.ndarray:
    """Return the samples around zero, some further from it than others."""
    return (samples(n_features) - 0.5) * np.linspace(1, 3, 12, dtype=np.float32)[:, None]


def main(folder: Path) -> None:
    """Train small models and write all files."""
    keras.utils.set_random_seed(0)
    numbers = {}
    x = samples(16)
    dense = vw.VAE.build((16,), latent_dim=2, hidden_units=(8,), beta=vw.Warmup(4), seed=0)
    dense.fit(x, epochs=2, verbose=0, checkpoint=folder / "checkpoint.vae")
    policy = vw.AnomalyHistogram(
        dense.anomaly_score(x), method="percentile", score_name="elbo"
    ).policy(note="ten percent", author="an analyst")
    policy.save(folder / "policy.json")
    dense.save(folder / "dense.vae", policy=policy)
    dense.save(folder / "dense.keras")
    z_mean, z_log_var = dense.encode(x)
    numbers["dense"] = {
        "z_mean": z_mean.tolist(),
        "z_log_var": z_log_var.tolist(),
        "decoded": dense.decode(z_mean).tolist(),
        "score": dense.anomaly_score(x).tolist(),
        "threshold": policy.threshold,
    }

    images = samples(64).reshape(-1, 8, 8, 1)
    conv = vw.VAE.build(
        (8, 8, 1), latent_dim=2, architecture="conv", n_labels=3, filters=(2, 4), seed=0
    )
    y = np.arange(12) % 3
    conv.fit(images, y, epochs=1, verbose=0)
    z_mean, _ = conv.encode(images, y)
    conv.save(folder / "conditional.vae", samples=images[:2], latents=z_mean[:2])
    numbers["conditional"] = {
        "z_mean": z_mean.tolist(),
        "decoded": conv.decode(z_mean, y).tolist(),
    }

    detector = vw.VAEDetector(latent_dim=2, hidden_units=(8,), epochs=2, seed=0)
    detector.fit(signals(6)).save(folder / "detector.vae")
    numbers["detector"] = {
        "score": detector.anomaly_score(signals(6)).tolist(),
        "prediction": detector.predict(signals(6)).tolist(),
    }

    monitor = vw.TrainingMonitor(log=folder / "run.jsonl")
    for step in range(3):
        monitor.log(step, loss=1 / (step + 1), kl_loss=0.25 * step)
    monitor.close()
    (folder / NUMBERS).write_text(json.dumps(numbers) + "\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
