"""Codes, means and anomaly scores of a VAE, written as ONNX.

The formulas are those of `LatentModel` and the likelihoods, which compute with TensorFlow.
"""

import math
from typing import Any

import numpy as np
from onnx import TensorProto

from vae_widgets.models.losses.autoregressive import AutoregressiveCategorical
from vae_widgets.models.losses.latent_model import LatentModel, decoder_output, encoder_outputs
from vae_widgets.models.losses.likelihoods import Bernoulli, Categorical, Gaussian
from vae_widgets.models.serialization import onnx_autoregressive
from vae_widgets.models.serialization.onnx_writer import (
    GraphWriter,
    Tensor,
    UnknownLayerError,
    to_int64,
)


class LatentModelWriter:
    """Writes q(z | x) and p(x | z) of two networks into a graph.

    Its methods raise `UnknownLayerError` for layers and likelihoods that it cannot write.
    """

    def __init__(self, graph: GraphWriter, networks: LatentModel) -> None:
        self._graph, self._add = graph, graph.add
        self._networks, self._likelihood = networks, networks.likelihood

    def code(self, x: Tensor, *labels: Tensor) -> list[Tensor]:
        """Return z_mean and z_log_var of samples."""
        encoder = self._networks.encoder
        code = encoder_outputs(encoder.name, self._graph.call(encoder, x, *labels))
        if self._networks.variational:
            return [code[0], code[1]]
        shape = self._add("Shape", code[0])
        return [code[0], self._add("ConstantOfShape", shape, shape=code[0].shape)]

    def mean(self, z: Tensor, *labels: Tensor) -> list[Tensor]:
        """Return the mean of p(x | z), or the most likely tokens."""
        decoded, kind = self._decoded(z, *labels), type(self._likelihood)
        if kind is Categorical:
            token = self._add("ArgMax", decoded, shape=decoded.shape[:-1], axis=-1, keepdims=0)
            return [self._add("Cast", token, to=TensorProto.FLOAT)]
        if kind is AutoregressiveCategorical:
            return [onnx_autoregressive.greedy_tokens(self._graph, self._likelihood, decoded)]
        if kind is Bernoulli:
            return [self._add("Sigmoid", decoded) if self._likelihood.from_logits else decoded]
        if kind is Gaussian:
            return [decoded if isinstance(decoded, Tensor) else decoded[0]]
        raise UnknownLayerError(self._likelihood.name)

    def score(self, x: Tensor, *labels: Tensor, kind: str, statistics: Any = None) -> list[Tensor]:
        """Return an anomaly score of samples; "mahalanobis" needs the `CodeStatistics`."""
        add = self._add
        z_mean, z_log_var = self.code(x, *labels)
        if kind == "mahalanobis":
            whitening = np.linalg.inv(np.linalg.cholesky(statistics.covariance))
            whitened = add("MatMul", add("Sub", z_mean, statistics.mean), whitening.T)
            return [add("ReduceL2", whitened, [1], shape=(), keepdims=0)]
        terms = []
        if kind != "kl":
            terms.append(self._negative_log_likelihood(x, self._decoded(z_mean, *labels)))
        if kind != "reconstruction":
            moments = add("Add", add("Mul", z_mean, z_mean), add("Exp", z_log_var))
            excess = add("Sub", add("Sub", moments, z_log_var), 1.0)
            terms.append(add("Mul", excess, 0.5))
        sums = [
            add("ReduceSum", term, [*range(1, len(term.shape) + 1)], shape=(), keepdims=0)
            for term in terms
        ]
        return [add("Add", *sums)] if len(sums) == 2 else sums

    def _decoded(self, z: Tensor, *labels: Tensor) -> Any:
        decoder = self._networks.decoder
        return decoder_output(decoder.name, self._graph.call(decoder, z, *labels))

    def _negative_log_likelihood(self, x: Tensor, decoded: Any) -> Tensor:
        """Return -log p(x | z) of each element."""
        add = self._add
        rule = self._likelihood
        if type(rule) is AutoregressiveCategorical:
            decoded = onnx_autoregressive.logits(self._graph, rule, x, decoded)
        if type(rule) in (Categorical, AutoregressiveCategorical):
            index = add("Unsqueeze", to_int64(self._graph, x), [-1], shape=(*x.shape, 1))
            log_p = add("LogSoftmax", decoded, axis=-1)
            return add("Neg", add("GatherElements", log_p, index, shape=index.shape, axis=-1))
        if type(rule) is Bernoulli and rule.from_logits:
            # The Softplus of ONNX Runtime is slower than all these together.
            decay = add("Exp", add("Neg", add("Abs", decoded)))
            softplus = add("Add", add("Relu", decoded), add("Log", add("Add", decay, 1.0)))
            return add("Sub", softplus, add("Mul", x, decoded))
        if type(rule) is not Gaussian:
            raise UnknownLayerError(rule.name)
        log_deviation: Tensor | float
        precision: Tensor | float
        if rule.deviation is None:
            decoded, log_var = decoded
            log_deviation = add("Mul", add("Clip", log_var, -12.0, 12.0), 0.5)
            precision = add("Exp", add("Neg", log_deviation))
        else:
            log_deviation = math.log(rule.deviation)
            precision = 1 / rule.deviation
        error = add("Mul", add("Sub", x, decoded), precision)
        half = add("Mul", add("Mul", error, error), 0.5)
        return add("Add", add("Add", half, log_deviation), 0.5 * math.log(2 * math.pi))
