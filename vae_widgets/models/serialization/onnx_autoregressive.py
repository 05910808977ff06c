"""The likelihood `AutoregressiveCategorical`, written as ONNX.

Greedy decoding is written out step by step, about 12 operations each, because bundles and pages
run no Loop.
"""

import numpy as np
from onnx import TensorProto

from vae_widgets.models.losses.autoregressive import AutoregressiveCategorical
from vae_widgets.models.serialization.onnx_writer import GraphWriter, Tensor, to_int64


def greedy_tokens(
    graph: GraphWriter, likelihood: AutoregressiveCategorical, features: Tensor
) -> Tensor:
    """Return the tokens (n, steps) of greedy decoding, of features (n, steps, features)."""
    add, head = graph.add, _Head(graph, likelihood)
    steps, width = features.shape
    kernel = np.asarray(likelihood.context_kernel).reshape(-1, width)
    whole_kernel = graph.constant(kernel)
    embeddings = graph.constant(likelihood.embeddings)
    rows = add("Reshape", features, [-1, steps * width], shape=(steps * width,))
    tokens: list[Tensor] = []
    vectors: list[Tensor] = []  # of the last `context` tokens
    for step in range(steps):
        h = add("Slice", rows, [step * width], [(step + 1) * width], [1], shape=(width,))
        if vectors:
            joined = sum(vector.shape[0] for vector in vectors)
            before = add("Concat", *vectors, shape=(joined,), axis=1)
            used = whole_kernel
            if joined < len(kernel):
                used = add("Slice", whole_kernel, [len(kernel) - joined], [len(kernel)], [0])
            h = add("Add", h, add("MatMul", before, used, shape=(width,)))
        token = add("ArgMax", head(h), shape=(), axis=1, keepdims=0)
        tokens.append(add("Unsqueeze", token, [1], shape=(1,)))
        vector = add("Gather", embeddings, token, shape=(likelihood.embedding_dim,))
        vectors = [*vectors, vector][-likelihood.context :]
    joined_tokens = add("Concat", *tokens, shape=(steps,), axis=1)
    return add("Cast", joined_tokens, to=TensorProto.FLOAT)


def logits(
    graph: GraphWriter, likelihood: AutoregressiveCategorical, x: Tensor, features: Tensor
) -> Tensor:
    """Return the logits (n, steps, n_classes) of tokens x (n, steps), given those before."""
    add = graph.add
    steps, width = features.shape
    context, dim = likelihood.context, likelihood.embedding_dim
    embeddings = graph.constant(likelihood.embeddings)
    vectors = add("Gather", embeddings, to_int64(graph, x), shape=(steps, dim))
    # Zeros before the first token; the last one is nobody's context.
    before = add("Pad", vectors, [0, context, 0, 0, -1, 0], shape=(steps - 1 + context, dim))
    images = graph.channels_first(before)
    kernel = np.moveaxis(np.asarray(likelihood.context_kernel), (-1, -2), (0, 1))
    moved = add("Conv", images, kernel[:, :, None], shape=(width, 1, steps))
    return _Head(graph, likelihood)(add("Add", features, graph.channels_last(moved, 2)))


class _Head:
    """The two dense layers that make logits; their weights are in the file once."""

    def __init__(self, graph: GraphWriter, likelihood: AutoregressiveCategorical) -> None:
        self._add = graph.add
        weights = (
            (likelihood.hidden_kernel, likelihood.hidden_bias),
            (likelihood.output_kernel, likelihood.output_bias),
        )
        self._layers = [tuple(map(graph.constant, layer)) for layer in weights]

    def __call__(self, h: Tensor) -> Tensor:
        """Return the logits (n, ..., n_classes) of h (n, ..., features)."""
        for kernel, bias in self._layers:
            h = self._add("Relu", h)
            shape = (*h.shape[:-1], kernel.shape[-1])
            h = self._add("Add", self._add("MatMul", h, kernel, shape=shape), bias)
        return h
