"""Convolutional halves along time, for token sequences, multi-voice grids and signals."""

import math
from collections.abc import Sequence
from typing import Any

import keras
from keras import layers

from vae_widgets.models.architectures.layer_factory import LayerFactory

SHORTEST = 8
"""Steps at which the default number of stages stops halving."""

_EMBEDDING = 16  # numbers that stand for a token, for each voice


def sequence(
    sample_shape: tuple[int, ...],
    latent_dim: int,
    filters: Sequence[int],
    hidden_units: Sequence[int],
    layer: LayerFactory,
    n_classes: int | None = None,
) -> tuple[keras.Model, keras.Model]:
    """Return halves made of residual 1-D convolutions for samples (steps,) or (steps, voices).

    Each entry of `filters` is a stage: a convolution that halves the steps (rounded up), and a
    residual block (He et al. 2016). The decoder doubles them again and gives the logits of all
    steps at once from z alone.

    Why not a recurrent or another autoregressive decoder: it sees the tokens before the one it
    predicts and learns to do without z (posterior collapse, Bowman et al. 2016), so that there is
    nothing to pick or to slide in latent space. It also decodes step by step, and becomes a loop in
    ONNX; convolutions and dense layers run everywhere, the 60 steps of a molecule in a
    millisecond. The price is that steps are independent given z: the likelihood is lower than that
    of a language model, and decoded strings need not be valid.
    """
    steps, *voices = sample_shape
    n_voices = math.prod(voices)
    x = keras.Input(sample_shape, name="x")
    if n_classes is None:
        h = x if voices else layers.Reshape((steps, 1))(x)
    else:
        h = layer.embedding(x, n_classes, _EMBEDDING)
        h = layers.Reshape((steps, n_voices * _EMBEDDING))(h) if voices else h
    lengths = [steps]
    for count in filters:
        h = layer.conv(layers.Conv1D, h, count, strides=2)
        h = _residual(h, count, layer)
        lengths.append(math.ceil(lengths[-1] / 2))
    h = layers.Flatten()(h)
    for units in hidden_units:
        h = layer.dense(h, units)
    encoder = keras.Model(x, layer.code(h, latent_dim), name="encoder")

    z = keras.Input((latent_dim,), name="z")
    first, *others = (*reversed(hidden_units), lengths[-1] * filters[-1])
    h = layer.from_code(z, first)
    for units in others:
        h = layer.dense(h, units)
    h = layers.Reshape((lengths[-1], filters[-1]))(h)
    for count, length in zip(reversed(filters), lengths[-2::-1], strict=True):
        h = layers.UpSampling1D(2)(h)
        h = layers.Cropping1D((0, h.shape[1] - length))(h) if h.shape[1] > length else h
        h = layer.conv(layers.Conv1D, h, count)
        h = _residual(h, count, layer)
    channels = n_voices * (n_classes or 1)
    h = layer.conv(layers.Conv1D, h, channels, size=1, activation=None, name="output")
    output_shape = sample_shape if n_classes is None else (*sample_shape, n_classes)
    if h.shape[1:] != output_shape:
        h = layers.Reshape(output_shape)(h)
    return encoder, keras.Model(z, h, name="decoder")


def sequence_filters(sample_shape: tuple[int, ...]) -> tuple[int, ...]:
    """Return 64, 64, ...: as many as bring the steps down to 8, at least one.

    Raises
    ------
    ValueError
        If it is not the shape of a sequence, or has more voices than steps.
    """
    if len(sample_shape) not in (1, 2):
        raise ValueError(
            "architecture='sequence' needs sample_shape (steps,) or (steps, voices); received "
            f"{sample_shape}. Reshape the data, or use architecture='dense'."
        )
    if len(sample_shape) == 2 and sample_shape[1] > sample_shape[0]:
        raise ValueError(
            f"architecture='sequence' has time first, (steps, voices); received sample_shape "
            f"{sample_shape}, more voices than steps. Pass x.transpose(0, 2, 1)."
        )
    return (64,) * max(1, math.ceil(math.log2(sample_shape[0] / SHORTEST)))


def _residual(h: Any, filters: int, layer: LayerFactory) -> Any:
    change = layer.conv(layers.Conv1D, h, filters)
    change = layer.conv(layers.Conv1D, change, filters, activation=None)
    return layer.activate(layers.Add()([h, change]))
