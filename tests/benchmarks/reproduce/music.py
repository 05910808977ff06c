"""Bach's chorales, two bars of four voices: accuracy of the reconstruction of held-out pieces."""

import time
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from tests.benchmarks.chorale_vae import LATENT_DIM, train
from tests.benchmarks.reproduce.experiment import Clock, Row, Settings

if TYPE_CHECKING:
    from vae_widgets import Dataset

Tokens = NDArray[np.float32]

EPOCHS = 7  # four minutes of a processor
_FALLING = 1  # of these, with a falling learning rate
_ROWS_FOR_PCA = 20_000  # one-hot samples of 3,008 numbers


def run(settings: Settings) -> Row:
    """Train for a few minutes; print floors, and the model of the package, beside the accuracy."""
    from vae_widgets import load_dataset, load_pretrained

    ds = _random_pieces() if settings.quick else load_dataset("music")
    clock = Clock()
    figures = floors(ds.x_train, ds.x_test, ds.n_classes)
    epochs = settings.pick(settings.epochs, EPOCHS, 1)
    started = time.process_time()
    codecs = {"VAE": train(ds, epochs, _FALLING, settings.seed)}
    figures["VAE, CPU minutes of training"] = (time.process_time() - started) / 60
    if not settings.quick:
        codecs['load_pretrained("chorales")'] = load_pretrained("chorales")
    for name, codec in codecs.items():
        z_mean, _ = codec.encode(ds.x_test)
        by_voice = (codec.decode(z_mean) == ds.x_test).mean(axis=(0, 1))
        figures[name] = float(by_voice.mean())
        voices = zip(("soprano", "alto", "tenor", "bass"), by_voice, strict=True)
        figures |= {f"{name}, {voice}": float(share) for voice, share in voices}
    return Row(
        "Chorales, share of notes in held-out pieces",
        {},
        figures,
        f"{epochs} epochs.",
        [
            f"{len(ds.x_test)} windows of held-out pieces ({ds.source}), reconstructed from z_mean "
            f"of {LATENT_DIM} dimensions; each of 64 notes counts. PCA has no noise in its codes; "
            "the previous note is the true one. Chorales on one melody are in both parts of the "
            "data, in different harmony."
        ],
        settings.seed,
        clock.minutes,
    )


def floors(x_train: Tokens, x_test: Tokens, n_classes: int) -> dict[str, float]:
    """Return the accuracy of what is simpler than a VAE."""
    from sklearn.decomposition import PCA

    figures = {"previous note": float((x_test[:, 1:] == x_test[:, :-1]).mean())}
    flat, held_out = (x.reshape(len(x), -1) for x in (x_train, x_test))
    for n in (LATENT_DIM, 48, 64):  # 64 are all there are
        pca = PCA(min(n, flat.shape[1]), svd_solver="covariance_eigh").fit(flat)
        back = np.rint(pca.inverse_transform(pca.transform(held_out)))
        figures[f"PCA-{n} of pitches"] = float((back == held_out).mean())
    rng = np.random.default_rng(0)
    some = rng.choice(len(flat), min(len(flat), _ROWS_FOR_PCA), replace=False)
    one_hot = [
        np.eye(n_classes, dtype=np.float32)[x.astype(int)].reshape(len(x), -1)
        for x in (flat[some], held_out)
    ]
    pca = PCA(LATENT_DIM, svd_solver="randomized", random_state=0).fit(one_hot[0])
    back = pca.inverse_transform(pca.transform(one_hot[1])).reshape(*held_out.shape, n_classes)
    figures[f"PCA-{LATENT_DIM} one-hot"] = float((back.argmax(axis=-1) == held_out).mean())
    return figures


def _random_pieces() -> "Dataset":
    from vae_widgets import Dataset, PianoRollRenderer

    tokens = np.random.default_rng(0).integers(0, 9, (300, 16, 4)).astype(np.float32)
    return Dataset(
        "random",
        tokens[:200],
        tokens[200:],
        renderer=PianoRollRenderer(60, 67),
        likelihood="categorical",
        n_classes=9,
    )
