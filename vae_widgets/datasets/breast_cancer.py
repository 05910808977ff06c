"""The Wisconsin breast-cancer table that scikit-learn ships."""

import numpy as np

from vae_widgets.core.preprocessing import StandardizeFeatures
from vae_widgets.datasets.dataset import Dataset
from vae_widgets.rendering import TableRenderer


def load_breast_cancer() -> Dataset:
    """Load 569 tumours with 30 measurements each, four fifths of each class for training.

    Each column has mean 0 and deviation 1 over the training samples.
    """
    from sklearn import datasets
    from sklearn.model_selection import train_test_split

    bunch = datasets.load_breast_cancer()
    names = tuple(map(str, bunch.target_names))  # malignant, benign
    label_names = ("benign", "malignant")
    labels = np.array([label_names.index(name) for name in names])[bunch.target]
    x_train, x_test, y_train, y_test = train_test_split(
        bunch.data, labels, test_size=0.2, stratify=labels, random_state=0
    )
    standardize = StandardizeFeatures.of(x_train)
    return Dataset(
        name="breast_cancer",
        x_train=standardize(x_train),
        x_test=standardize(x_test),
        y_train=y_train,
        y_test=y_test,
        label_names=label_names,
        renderer=TableRenderer(
            columns=bunch.feature_names,
            mean=standardize.mean,
            deviation=standardize.deviation,
        ),
        likelihood="gaussian",
        preprocessing=standardize,
        source="scikit-learn",
        licence="CC BY 4.0 (W. Wolberg, O. Mangasarian, N. Street and W. Street, UCI Machine "
        "Learning Repository, 1993)",
    )
