"""A codec without a neural network: the widgets know codecs, not models."""

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from sklearn.datasets import load_digits
from sklearn.decomposition import PCA

from vae_widgets.codec import OnnxModel


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


class OnnxPcaCodec(PcaCodec):
    """The same with variances of 1, as a model that runs in a page."""

    def encode(self, x):
        z_mean = super().encode(x)
        return z_mean, np.zeros_like(z_mean)

    def to_onnx(self, *, convert=True):
        """Return two linear graphs."""
        basis = self.pca.components_.astype(np.float32)
        mean = self.pca.mean_.astype(np.float32)
        size, k = len(mean), self.latent_dim
        encoder = _graph(
            {"x": self.sample_shape},
            {"z_mean": (k,), "z_log_var": (k,)},
            {
                "basis": basis.T,
                "mean": mean,
                "flat": [-1, size],
                "nothing": np.zeros(k, np.float32),
            },
            [
                ("Reshape", ["x", "flat"], "pixels"),
                ("Sub", ["pixels", "mean"], "centred"),
                ("MatMul", ["centred", "basis"], "z_mean"),
                ("Mul", ["z_mean", "nothing"], "z_log_var"),
            ],
        )
        decoder = _graph(
            {"z": (k,)},
            {"x_mean": self.sample_shape},
            {"basis": basis, "mean": mean, "shape": [-1, *self.sample_shape]},
            [
                ("MatMul", ["z", "basis"], "centred"),
                ("Add", ["centred", "mean"], "pixels"),
                ("Reshape", ["pixels", "shape"], "x_mean"),
            ],
        )
        return OnnxModel(decoder, encoder)


def _graph(inputs, outputs, constants, nodes):
    def values(shapes):
        return [
            helper.make_tensor_value_info(name, TensorProto.FLOAT, ["n", *shape])
            for name, shape in shapes.items()
        ]

    graph = helper.make_graph(
        [helper.make_node(kind, given, [made]) for kind, given, made in nodes],
        "graph",
        values(inputs),
        values(outputs),
        [numpy_helper.from_array(np.asarray(of), name) for name, of in constants.items()],
    )
    opset = [helper.make_opsetid("", 17)]
    model = helper.make_model(graph, opset_imports=opset, ir_version=9)
    onnx.checker.check_model(model)
    return model.SerializeToString()


def digits():
    """Return scikit-learn's digits (1797, 8, 8) in [0, 1] and their labels."""
    bunch = load_digits()
    return (bunch.images / 16).astype(np.float32), bunch.target
