"""A plugin of vae_widgets: a data set, a renderer, a codec and a threshold method."""

import numpy as np

import vae_widgets as vw


def load_wine():
    """Load 178 wines of three cultivars, 13 standardized chemical properties each."""
    from sklearn import datasets  # a slow import belongs where it is used

    wine = datasets.load_wine()
    x = (wine.data - wine.data.mean(axis=0)) / wine.data.std(axis=0)
    order = np.random.default_rng(0).permutation(len(x))
    train, test = order[:142], order[142:]
    return vw.Dataset(
        "wine",
        x_train=x[train],
        x_test=x[test],
        y_train=wine.target[train],
        y_test=wine.target[test],
        label_names=("cultivar 1", "cultivar 2", "cultivar 3"),
        renderer="stripes",
        likelihood="gaussian",
        source="scikit-learn",
        licence="CC BY 4.0, S. Aeberhard and M. Forina, UCI Machine Learning Repository",
    )


class StripesRenderer:
    """Draw a row of numbers as stripes: blue below 0, orange above, strong far from 0."""

    def __init__(self, reach=3.0, stripe=4, height=32):
        self.reach = reach  # each argument is an attribute of its name: a .vae file keeps it
        self.stripe = stripe
        self.height = height

    def __call__(self, batch):
        """Map rows (n, n_columns) to RGBA tiles (n, height, width, 4), uint8."""
        rows = np.asarray(batch, np.float64)
        pixels = np.empty((*rows.shape, 4), np.uint8)
        pixels[..., :3] = np.where(rows[..., None] < 0, (63, 144, 218), (231, 99, 0))
        pixels[..., 3] = np.round(255 * np.clip(np.abs(rows) / self.reach, 0, 1))
        wide = np.repeat(pixels, self.stripe, axis=1)
        return np.repeat(wide[:, None], self.height, axis=1)


class Pca:
    """Principal components as a codec."""

    def __init__(self, mean, components):
        self.mean, self.components = mean, components
        self.latent_dim, self.sample_shape = len(components), mean.shape

    @classmethod
    def fit(cls, x, latent_dim=2):
        """Return the components of the largest variance of rows x (n, n_columns)."""
        mean = x.mean(axis=0)
        return cls(mean, np.linalg.svd(x - mean, full_matrices=False)[2][:latent_dim])

    def encode(self, x):
        """Map rows (n, n_columns) to codes (n, latent_dim)."""
        return (x - self.mean) @ self.components.T

    def decode(self, z):
        """Map codes (n, latent_dim) to rows (n, n_columns)."""
        return z @ self.components + self.mean

    def save(self, path):
        """Write a file that `open_pca` reads."""
        with open(path, "wb") as file:
            np.savez(file, mean=self.mean, components=self.components)


def open_pca(path):
    """Open a file with the suffix .pca."""
    with np.load(path, allow_pickle=False) as arrays:  # a pickle could run code
        return Pca(arrays["mean"], arrays["components"])


def widest_gap(scores, share=0.1):
    """Cut in the middle of the widest gap among the highest scores.

    Parameters
    ----------
    scores
        Finite scores (n,), at least 2, higher = more anomalous.
    share
        The largest share of scores that may be flagged, between 0 and 1.
    """
    if not 0 < share < 1:
        raise ValueError(f"share must lie between 0 and 1; received {share:g}.")
    if len(scores) < 2:
        raise ValueError("widest_gap needs at least 2 scores; received 1.")
    most = max(1, int(share * len(scores)))
    top = np.sort(scores)[-most - 1 :]
    at = int(np.argmax(np.diff(top)))
    low, high = top[at], top[at + 1]
    return vw.Threshold(
        threshold=(low + high) / 2 if low < high else np.nextafter(high, np.inf),
        method="widest_gap",
        parameters={"share": share},
        explanation=f"The widest gap among the {most + 1} highest of {len(scores):,} scores.",
        assumes="Assumes that anomalies are rarer than the share, and apart from all other scores.",
        estimates={"gap": high - low},
    )
