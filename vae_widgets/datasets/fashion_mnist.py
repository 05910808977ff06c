"""Fashion-MNIST: 70,000 pictures of clothes, 28x28."""

from pathlib import Path

from vae_widgets.datasets import places, sources
from vae_widgets.datasets.dataset import Dataset
from vae_widgets.datasets.image_files import Images, grey_images

# Where Debian's package dataset-fashion-mnist puts it.
DEBIAN_FOLDER = Path("/usr/share/datasets/fashion-mnist")

LABEL_NAMES = (
    "T-shirt/top",
    "Trouser",
    "Pullover",
    "Dress",
    "Coat",
    "Sandal",
    "Shirt",
    "Sneaker",
    "Bag",
    "Ankle boot",
)


def load_fashion_mnist(timeout: float) -> Dataset:
    """Load Fashion-MNIST from the first place that has it; a download may take `timeout` s."""
    debian = "Debian's dataset-fashion-mnist"
    return places.read_first(
        "fashion_mnist",
        [
            *sources.stored_copies("fashion_mnist", "fashion-mnist", _made),
            sources.stored("fashion_mnist", debian, DEBIAN_FOLDER, _made),
            *sources.downloads("fashion_mnist", "fashion-mnist", timeout, _made),
        ],
        remedy="Allow a download (timeout above 0), set VAE_WIDGETS_DATA to a folder with "
        "fashion_mnist.npz, or on Debian: apt install dataset-fashion-mnist",
    )


def _made(images: Images, source: str) -> Dataset:
    return grey_images("fashion_mnist", images, LABEL_NAMES, source, "MIT (Zalando SE)")
