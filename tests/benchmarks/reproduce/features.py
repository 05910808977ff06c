"""Latent means of MNIST as features: 5-NN and linear probes, beside PCA and pixels."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from tests.benchmarks.reproduce.experiment import Clock, Images, Row, Settings, full_mnist

DIMENSIONS = (2, 4, 8, 16, 32)
N_LABELS = (20_000, 600)
HIDDEN_UNITS = (512, 256)
EPOCHS = 20
N_SEEDS = 3

Labels = NDArray[np.int64]


class LabelledDigits(NamedTuple):
    """Digits (n, 784) in [0, 1] with their classes (n,)."""

    x_train: Images
    y_train: Labels
    x_test: Images
    y_test: Labels


def run(settings: Settings) -> Row:
    """Train models without labels; then see what classifiers make of their codes."""
    from sklearn.decomposition import PCA

    from vae_widgets import VAE

    clock = Clock()
    digits = _digits(settings)
    dimensions = (2,) if settings.quick else DIMENSIONS
    epochs = settings.pick(settings.epochs, usual=EPOCHS, quick=1)
    n_seeds = settings.pick(settings.seeds, usual=N_SEEDS, quick=1)
    found: dict[str, list[float]] = {}

    def measure(name: str, x: Images, x_test: Images, seed: int) -> None:
        order = np.random.default_rng(seed).permutation(len(x))
        for n_labels in N_LABELS:
            rows = order[:n_labels]
            scores = probes(x[rows], digits.y_train[rows], x_test, digits.y_test)
            for probe, score in scores.items():
                found.setdefault(f"{probe}, {n_labels:,} labels: {name}", []).append(score)
                clock.say(f"seed {seed}, {probe}, {n_labels:,} labels: {name} {score:.3f}")

    for seed in range(settings.seed, settings.seed + n_seeds):
        measure("pixels", digits.x_train, digits.x_test, seed)
        for latent_dim in dimensions:
            pca = PCA(latent_dim, random_state=seed).fit(digits.x_train)
            codes = [pca.transform(x) for x in (digits.x_train, digits.x_test)]
            measure(f"PCA-{latent_dim}", *codes, seed)
            vae = VAE.build((784,), latent_dim, hidden_units=HIDDEN_UNITS, seed=seed)
            vae.fit(digits.x_train, epochs=epochs, batch_size=128, verbose=0)
            codes = [vae.encode(x)[0] for x in (digits.x_train, digits.x_test)]
            measure(f"VAE-{latent_dim}", *codes, seed)
    return Row(
        what="Features of MNIST, accuracy on the test digits",
        published={},
        ours={name: float(np.mean(scores)) for name, scores in found.items()},
        schedule=f"VAE.build((784,), latent_dim, hidden_units={HIDDEN_UNITS}), {epochs} epochs of "
        f"{len(digits.x_train):,} digits; mean over {n_seeds} seed(s), which also draw the labels.",
        differences=[
            "Models and PCA see all training digits, without labels. Five nearest neighbours take "
            "the codes as they are; the linear probe is a logistic regression on codes that were "
            "standardised over the labelled digits."
        ],
        seed=settings.seed,
        minutes=clock.minutes,
    )


def probes(x: Images, y: Labels, x_test: Images, y_test: Labels) -> dict[str, float]:
    """Return the accuracy of two classifiers that are trained on x (n, n_features) and y (n,)."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.neighbors import KNeighborsClassifier
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    classifiers = {
        "5-NN": KNeighborsClassifier(5),
        "linear": make_pipeline(StandardScaler(), LogisticRegression(max_iter=300)),
    }
    return {name: float(c.fit(x, y).score(x_test, y_test)) for name, c in classifiers.items()}


def _digits(settings: Settings) -> LabelledDigits:
    """Return the full MNIST, or random images for a smoke test."""
    if settings.quick:
        rng = np.random.default_rng(0)
        x, y = rng.random((300, 784), dtype=np.float32), np.arange(300) % 10
        return LabelledDigits(x[:250], y[:250], x[250:], y[250:])
    ds = full_mnist()
    x_train, x_test = (x.reshape(-1, 784) for x in (ds.x_train, ds.x_test))
    return LabelledDigits(x_train, ds.y_train, x_test, ds.y_test)
