"""What the experiments on anomalies share: a `VAEDetector` beside its baselines, over five seeds.

The figures are areas under the ROC curve (AUROC) of `score_samples` on samples that the detector
has not seen; labels serve to measure, and for nothing else. The baselines get the same samples
after the same preprocessing: how far from the mean, from the plane of eight principal components,
and from the five nearest training samples.
"""

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from tests.benchmarks.reproduce.experiment import Clock, Row, Settings

if TYPE_CHECKING:
    from vae_widgets import VAEDetector

N_SEEDS = 5
Reconstruct = Callable[[NDArray[np.float32]], NDArray[np.float32]]


class Case(NamedTuple):
    """Normal samples for training, samples for the test, and which of these are anomalous."""

    x_train: NDArray[Any]
    x_test: NDArray[Any]
    is_anomaly: NDArray[np.bool_]


def split(
    normal: NDArray[Any], anomalous: NDArray[Any], rng: np.random.Generator, share: float = 0.7
) -> Case:
    """Return a case that trains on a random share of the normal samples, and tests on the rest."""
    normal = rng.permutation(normal)
    n_train = int(share * len(normal))
    held_out = normal[n_train:]
    is_anomaly = np.repeat([False, True], [len(held_out), len(anomalous)])
    return Case(normal[:n_train], np.concatenate([held_out, anomalous]), is_anomaly)


def of_dataset(name: str) -> Case:
    """Return the case of a data set whose samples for training are normal, and so is its class 0.

    Raises ``SystemExit``, with a line that says how to get the data set, if it is not here.
    """
    from vae_widgets import load_dataset

    try:
        ds = load_dataset(name)
    except FileNotFoundError as error:
        raise SystemExit(str(error)) from None
    assert ds.y_test is not None
    return Case(ds.x_train, ds.x_test, ds.y_test > 0)


def map_scores(
    detector: "VAEDetector", reconstruct: Reconstruct, case: Case, smooth: float
) -> NDArray[np.float64]:
    """Return the mean squares (n,) of the residual maps of the samples for the test."""
    from vae_widgets import residual_maps

    train, test = (
        x - reconstruct(x) for x in map(detector.preprocess, (case.x_train, case.x_test))
    )
    maps = residual_maps(test, train, smooth=smooth)
    means: NDArray[np.float64] = (maps.reshape(len(maps), -1) ** 2).mean(axis=1)
    return means


def _reconstructed(detector: "VAEDetector") -> Reconstruct:
    vae = detector.vae_
    return lambda x: vae.decode(vae.encode(x)[0])


def _projected(detector: "VAEDetector", case: Case) -> Reconstruct:
    """Return the projection of samples onto the plane of eight principal components."""
    from sklearn.decomposition import PCA

    train = detector.preprocess(case.x_train)
    pca = PCA(8, random_state=0).fit(train.reshape(len(train), -1))

    def project(x: NDArray[np.float32]) -> NDArray[np.float32]:
        projected: NDArray[np.float32] = pca.inverse_transform(pca.transform(x.reshape(len(x), -1)))
        return projected.reshape(x.shape)

    return project


def run(
    settings: Settings,
    what: str,
    cases: Callable[[int], Iterable[Case]],
    differences: list[str],
    smooth: float | None = None,
    **options: Any,
) -> Row:
    """Train a ``VAEDetector(**options)`` on each case of each seed, and compare.

    Parameters
    ----------
    settings
        Of the command line; its seed is the first.
    what
        The experiment in words.
    cases
        Given a seed, what to train and test on; the figure of the seed is the mean over them.
    differences
        What a reader should know about the data and the choices.
    smooth
        Also score by the mean squares of the `residual_maps` of the detector and of the plane,
        smoothed by this many pixels.
    **options
        Of the detector.
    """
    from vae_widgets import VAEDetector
    from vae_widgets.core.scores.baselines import baseline_scores
    from vae_widgets.core.scores.comparison import compare_scores

    clock = Clock()
    epochs = settings.pick(settings.epochs, usual=50, quick=1)
    n_seeds = settings.pick(settings.seeds, usual=N_SEEDS, quick=2)
    by_seed: list[dict[str, float]] = []
    nearest = (0.0, "none")  # the highest correlation with a baseline, and which
    for seed in range(settings.seed, settings.seed + n_seeds):
        found = []
        for case in cases(seed):
            detector = VAEDetector(**{"seed": seed, "epochs": epochs, **options}).fit(case.x_train)
            baselines = baseline_scores(*map(detector.preprocess, (case.x_train, case.x_test)))
            del baselines["norm"]  # constant where each sample is standardised
            scores = {"VAE": detector.anomaly_score(case.x_test)}
            if smooth is not None:
                scores["VAE, maps"] = map_scores(detector, _reconstructed(detector), case, smooth)
                plane = map_scores(detector, _projected(detector, case), case, smooth)
                baselines["PCA residual, maps"] = plane
            compared = compare_scores(scores, baselines, case.is_anomaly)
            found.append(compared.auroc)
            ranks = ((value, name) for name, value in compared.spearman["VAE"].items())
            nearest = max(nearest, *ranks)
        by_seed.append({name: float(np.mean([f[name] for f in found])) for name in found[0]})
        clock.say(f"seed {seed}: {', '.join(f'{k} {v:.3f}' for k, v in by_seed[-1].items())}")
    aurocs = {name: [figures[name] for figures in by_seed] for name in by_seed[0]}
    ours = {}
    for name, values in aurocs.items():
        label = name.replace("VAE", "AUROC") if name in scores else f"baseline: {name}"
        ours[label] = float(np.mean(values))
        if n_seeds > 1 and (name in scores or np.ptp(values) > 0):
            ours[f"{label}, deviation over seeds"] = float(np.std(values, ddof=1))
    written = ", ".join(f"{name}={value!r}" for name, value in options.items())
    return Row(
        what=what,
        published={},
        ours=ours,
        schedule=f"VAEDetector({written}), {epochs} epochs, on normal samples only; mean over "
        f"{n_seeds} seeds from {settings.seed} on. Highest rank correlation with a baseline, of "
        f"all runs: {nearest[0]:.3f} ({nearest[1]}).",
        differences=differences,
        seed=settings.seed,
        minutes=clock.minutes,
    )
