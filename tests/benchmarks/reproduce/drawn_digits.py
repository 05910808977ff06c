"""Digits drawn into an exported page: how many land beside their class, as in Python.

A model is trained on all digits, and an `Explorer` of 2,000 of them is saved as a page, which is
opened from the disk without a network. The lines of 100 test digits are drawn into it with the
mouse. The nearest sample is the one whose code is nearest to the code of the drawing.
"""

from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from playwright.sync_api import Browser, sync_playwright

from tests.benchmarks.reproduce.experiment import Clock, Images, Row, Settings, full_mnist
from tests.support import chromium
from tests.support.exported_page import OpenedPage
from tests.support.strokes import strokes
from vae_widgets import Explorer
from vae_widgets.codec import Codec, encode_mean

N_POINTS, N_DRAWN = 2_000, 100
LATENT_DIM, HIDDEN_UNITS, BETA = 16, (64,), 0.25


class LabelledDigits(NamedTuple):
    """Grey digits (n, 28, 28) in [0, 1] with their classes."""

    x_train: Images
    y_train: NDArray[np.int64]
    x_test: Images
    y_test: NDArray[np.int64]


def run(settings: Settings) -> Row:
    """Train, save the page, and draw."""
    from vae_widgets import VAE

    clock = Clock()
    data = _digits(settings)
    epochs = settings.pick(settings.epochs, usual=15, quick=2)
    vae = VAE.build(
        (28, 28), latent_dim=LATENT_DIM, hidden_units=HIDDEN_UNITS, beta=BETA, seed=settings.seed
    )
    vae.fit(data.x_train, epochs=epochs, batch_size=128, verbose=0)
    clock.say("the model is trained")
    path = settings.folder / "drawn_digits.html"
    n_drawn = settings.pick(None, usual=N_DRAWN, quick=4)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium.find_or_install(), args=["--no-sandbox"]
        )
        counts = drawn_beside_encoded(vae, data, n_drawn, browser, path)
        browser.close()
    return Row(
        what=f"{n_drawn} test digits beside {N_POINTS:,} digits of an exported page",
        published={},
        ours={**counts, "megabytes of the page": path.stat().st_size / 1e6},
        schedule=f"VAE.build((28, 28), latent_dim={LATENT_DIM}, hidden_units={HIDDEN_UNITS}, "
        f"beta={BETA}), {epochs} epochs of {len(data.x_train):,} digits.",
        differences=["Drawn are the lines in the middle of each digit's ink, with the page's pen."],
        seed=settings.seed,
        minutes=clock.minutes,
    )


def drawn_beside_encoded(
    codec: Codec, data: LabelledDigits, n_drawn: int, browser: Browser, path: Path
) -> dict[str, float]:
    """Count digits that land beside their class: encoded by Python, drawn into the page, in both.

    The page, saved as `path`, has the first `N_POINTS` digits for training; the first `n_drawn` of
    the others are drawn.
    """
    shown, classes = data.x_train[:N_POINTS], data.y_train[:N_POINTS]
    new, expected = data.x_test[:n_drawn], data.y_test[:n_drawn]
    Explorer(codec, shown, labels=classes).save_html(path)
    codes, new_codes = encode_mean(codec, shown), encode_mean(codec, new)
    nearest = np.linalg.norm(new_codes[:, np.newaxis] - codes, axis=2).argmin(axis=1)
    in_python = classes[nearest] == expected
    with browser.new_context() as context:
        opened = OpenedPage(context.new_page(), path)
        rows = [opened.draw(strokes(image), side=image.shape[1]).row for image in new]
        opened.check()
    in_page = classes[rows] == expected
    return {
        "beside their class, encoded by Python": float(in_python.sum()),
        "beside their class, drawn into the page": float(in_page.sum()),
        "in both": float((in_python & in_page).sum()),
    }


def _digits(settings: Settings) -> LabelledDigits:
    """Return the full MNIST, or scikit-learn's digits at the same size for a smoke test."""
    if not settings.quick:
        ds = full_mnist()
        x_train, x_test = (x.reshape(-1, 28, 28) for x in (ds.x_train, ds.x_test))
        return LabelledDigits(x_train, ds.y_train, x_test, ds.y_test)
    from sklearn.datasets import load_digits

    bunch = load_digits()
    x = np.kron(bunch.images / 16, np.ones((3, 3))).astype(np.float32)
    x = np.pad(x, ((0, 0), (2, 2), (2, 2)))
    return LabelledDigits(x[:300], bunch.target[:300], x[300:], bunch.target[300:])
