"""A codec without a neural network that also runs in the page."""

import numpy as np
from onnx import TensorProto, helper, numpy_helper

from tests.support.pca_codec import PcaCodec
from vae_widgets.codec import OnnxModel


class OnnxPcaCodec(PcaCodec):
    """Principal components with variances; `shift` is added to all that is decoded."""

    shift = 0.0

    def encode(self, x):
        z = super().encode(x)
        return z, np.full_like(z, -2)

    def decode(self, z):
        return super().decode(z) + np.float32(self.shift)

    def to_onnx(self, *, convert=True):
        constants = {
            "matrix": self.pca.components_.astype(np.float32),
            "mean": (self.pca.mean_ + self.shift).astype(np.float32),
            "shape": np.array([-1, *self.sample_shape], np.int64),
        }
        graph = helper.make_graph(
            [
                helper.make_node("MatMul", ["z", "matrix"], ["product"]),
                helper.make_node("Add", ["product", "mean"], ["flat"]),
                helper.make_node("Reshape", ["flat", "shape"], ["x_mean"]),
            ],
            "pca",
            [helper.make_tensor_value_info("z", TensorProto.FLOAT, ["n", self.latent_dim])],
            [helper.make_tensor_value_info("x_mean", TensorProto.FLOAT, ["n", *self.sample_shape])],
            [numpy_helper.from_array(array, name) for name, array in constants.items()],
        )
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=9)
        return OnnxModel(model.SerializeToString())

    def weights_version(self):
        return self.shift
