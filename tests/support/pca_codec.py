"""A codec without a neural network: the widgets know codecs, not models."""

import numpy as np
from sklearn.datasets import load_digits
from sklearn.decomposition import PCA


class PcaCodec:
    """Principal components of flattened samples."""

    def __init__(self, x, latent_dim=2):
        self.sample_shape = x.shape[1:]
        self.latent_dim = latent_dim
        self.pca = PCA(latent_dim, random_state=0).fit(x.reshape(len(x), -1))

    def encode(self, x):
        return self.pca.transform(np.asarray(x).reshape(len(x), -1)).astype(np.float32)

    def decode(self, z):
        return self.pca.inverse_transform(z).reshape(-1, *self.sample_shape).astype(np.float32)


def digits():
    """Return scikit-learn's digits (1797, 8, 8) in [0, 1] and their labels."""
    bunch = load_digits()
    return (bunch.images / 16).astype(np.float32), bunch.target
