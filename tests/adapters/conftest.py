import numpy as np
import pytest
from sklearn.decomposition import PCA

import vae_widgets as vw
from tests.support.pca_codec import digits
from tests.support.torch_models import TorchVae, onnx_of, pythae_vae


@pytest.fixture(scope="session")
def x():
    """Digits (40, 8, 8) in [0, 1]."""
    return digits()[0][:40]


@pytest.fixture
def vae():
    return TorchVae()


@pytest.fixture(scope="session")
def codecs(x):
    """A codec of each library, by its name."""
    vae = TorchVae()
    return {
        "torch": vw.from_torch(vae.encode, vae.decode, (8, 8), likelihood="bernoulli"),
        "sklearn": vw.from_sklearn(PCA(3, random_state=0).fit(x.reshape(len(x), -1)), (8, 8)),
        "pythae": vw.from_pythae(pythae_vae(), (8, 8), channels_first=True),
        "onnx": vw.from_onnx(
            onnx_of(vae, "encode", (8, 8), ["mu", "logvar"]),
            onnx_of(vae, "decode", (2,), ["out"]),
        ),
    }


@pytest.fixture(scope="session")
def z():
    """Codes (5, 2)."""
    return np.random.default_rng(0).standard_normal((5, 2), np.float32)
