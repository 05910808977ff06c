"""The 1,797 handwritten digits that scikit-learn ships."""

import numpy as np

from vae_widgets.datasets.dataset import Dataset
from vae_widgets.rendering import ImageRenderer


def load_digits() -> Dataset:
    """Load 1,797 handwritten digits, 8x8, four fifths of each class for training."""
    from sklearn import datasets
    from sklearn.model_selection import train_test_split

    bunch = datasets.load_digits()
    images = bunch.images[..., np.newaxis].astype(np.float32) / 16  # counts of 16 pixels
    x_train, x_test, y_train, y_test = train_test_split(
        images, bunch.target, test_size=0.2, stratify=bunch.target, random_state=0
    )
    return Dataset(
        name="digits",
        x_train=x_train,
        x_test=x_test,
        y_train=y_train,
        y_test=y_test,
        label_names=tuple("0123456789"),
        renderer=ImageRenderer(),
        likelihood="bernoulli",
        source="scikit-learn",
        licence="CC BY 4.0 (E. Alpaydin and C. Kaynak, UCI Machine Learning Repository, 1998)",
    )
