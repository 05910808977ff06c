"""Faces of AT&T Laboratories Cambridge, 64x64: the error of held-out pictures and people."""

from typing import TYPE_CHECKING

import numpy as np
from scipy import ndimage

from tests.benchmarks.reproduce.experiment import Clock, Images, Row, Settings

if TYPE_CHECKING:
    from vae_widgets import VAE

LATENT_DIM = 32
FILTERS = (12, 24, 64, 64)
DEVIATION = 0.05
N_VARIANTS = 64
LARGEST_SHIFT, LARGEST_TURN, LARGEST_ZOOM = 3, 6, 0.08  # pixels, degrees, share
EPOCHS, BATCH_SIZE, LEARNING_RATE = 6, 16, 2e-3
N_SEEDS = 3
_N_HELD_OUT = 8  # of 40 people


def run(settings: Settings) -> Row:
    """Train a VAE and a PCA on the same variants of pictures; compare their errors."""
    clock = Clock()
    people = _people(settings)
    epochs = settings.pick(settings.epochs, usual=EPOCHS, quick=1)
    n_seeds = settings.pick(settings.seeds, usual=N_SEEDS, quick=1)
    n_variants = settings.pick(None, usual=N_VARIANTS, quick=1)
    ours = {}
    for held_out, (x_train, x_test) in splits(people).items():
        errors: dict[str, list[float]] = {f"PCA-{LATENT_DIM}": [], "VAE": []}
        for seed in range(settings.seed, settings.seed + n_seeds):
            x = augmented(x_train, n_variants, np.random.default_rng(seed))
            errors[f"PCA-{LATENT_DIM}"].append(pca_error(x, x_test, seed))
            vae = train(x, epochs, seed)
            errors["VAE"].append(mean_squared_error(vae.decode(vae.encode(x_test)[0]), x_test))
            last = ", ".join(f"{name} {values[-1]:.5f}" for name, values in errors.items())
            clock.say(f"held-out {held_out}, seed {seed}: {last}")
        for name, values in errors.items():
            ours[f"held-out {held_out}, {name}"] = 1000 * float(np.mean(values))
            ours[f"held-out {held_out}, {name}, range over seeds"] = 1000 * float(np.ptp(values))
        pca, vae_error = (np.mean(values) for values in errors.values())
        ours[f"held-out {held_out}, VAE / PCA"] = float(vae_error / pca)
    return Row(
        what="Faces 64x64, thousandths of squared error a pixel",
        published={},
        ours=ours,
        schedule=f"VAE.build(architecture='conv', filters={FILTERS}, hidden_units=(), "
        f"latent_dim={LATENT_DIM}, likelihood=Gaussian({DEVIATION})), {epochs} epochs of "
        f"{n_variants} variants of each picture, batches of {BATCH_SIZE}, "
        f"Adam({LEARNING_RATE:g}) with a cosine decay; mean over {n_seeds} seed(s).",
        differences=[
            f"Grey values in [0, 1]. A variant is shifted by up to {LARGEST_SHIFT} pixels, turned "
            f"by up to {LARGEST_TURN} degrees, scaled by up to {LARGEST_ZOOM:.0%}, and mirrored or "
            "not; the PCA is fitted to the same variants. The pictures are reconstructed from "
            "z_mean. Held-out pictures are two of ten of each person; held-out people are the last "
            f"{_N_HELD_OUT} of 40, with all their pictures."
        ],
        seed=settings.seed,
        minutes=clock.minutes,
    )


def splits(people: Images) -> dict[str, tuple[Images, Images]]:
    """Return the pictures for training and testing, by what is held out.

    Takes the pictures of each person (n_people, n_pictures, height, width, 1).
    """
    n_test = len(people) * _N_HELD_OUT // 40
    parts = {
        "pictures": (people[:, :-2], people[:, -2:]),
        "people": (people[:-n_test], people[-n_test:]),
    }
    return {
        name: (train.reshape(-1, *people.shape[2:]), test.reshape(-1, *people.shape[2:]))
        for name, (train, test) in parts.items()
    }


def augmented(x: Images, n_variants: int, rng: np.random.Generator) -> Images:
    """Return variants of each picture (n, height, width, 1), all those of one round together.

    Each is turned, scaled and shifted at random, in one interpolation; half of them are mirrored.
    """
    middle = (np.array(x.shape[1:3]) - 1) / 2
    variants = np.empty((n_variants, *x.shape), np.float32)
    for at in np.ndindex(variants.shape[:2]):
        angle = np.deg2rad(rng.uniform(-LARGEST_TURN, LARGEST_TURN))
        scale = rng.uniform(1 - LARGEST_ZOOM, 1 + LARGEST_ZOOM)
        cos, sin = scale * np.cos(angle), scale * np.sin(angle)
        matrix = np.array([[cos, -sin], [sin, cos]])
        matrix[:, 1] *= rng.choice([-1, 1])
        # Where a pixel of the variant comes from: about the middle, and then shifted.
        offset = middle - matrix @ middle + rng.uniform(-LARGEST_SHIFT, LARGEST_SHIFT, 2)
        ndimage.affine_transform(
            x[at[1], ..., 0],
            matrix,
            offset,
            output=variants[at][..., 0],
            order=1,
            mode="nearest",
        )
    return variants.reshape(-1, *x.shape[1:])


def train(x: Images, epochs: int, seed: int) -> "VAE":
    """Return a VAE trained on pictures (n, height, width, 1)."""
    import keras

    from vae_widgets import VAE, Gaussian

    vae = VAE.build(
        x.shape[1:],
        LATENT_DIM,
        "conv",
        Gaussian(DEVIATION),
        filters=FILTERS,
        hidden_units=(),
        seed=seed,
    )
    steps = epochs * -(-len(x) // BATCH_SIZE)
    rate = keras.optimizers.schedules.CosineDecay(LEARNING_RATE, steps, alpha=0.01)
    vae.compile(keras.optimizers.Adam(rate))
    vae.fit(x, epochs=epochs, batch_size=BATCH_SIZE, verbose=0)
    return vae


def pca_error(x_train: Images, x_test: Images, seed: int) -> float:
    """Return the error of pictures that are reconstructed from as many principal components."""
    from sklearn.decomposition import PCA

    flat, held_out = (x.reshape(len(x), -1) for x in (x_train, x_test))
    pca = PCA(LATENT_DIM, svd_solver="randomized", random_state=seed).fit(flat)
    return mean_squared_error(pca.inverse_transform(pca.transform(held_out)), held_out)


def mean_squared_error(x_hat: Images, x: Images) -> float:
    """Return the mean over samples and pixels."""
    return float(np.mean((x_hat - x) ** 2))


def _people(settings: Settings) -> Images:
    """Return the pictures by person, or random ones of 10 people for a smoke test."""
    if settings.quick:
        return np.random.default_rng(0).random((10, 10, 16, 16, 1), dtype=np.float32)
    from vae_widgets import load_dataset

    ds = load_dataset("faces")
    n = len(ds.label_names)
    parts = [x.reshape(n, -1, *ds.sample_shape) for x in (ds.x_train, ds.x_test)]
    return np.concatenate(parts, axis=1)
