"""Residual convolutions along time, for token sequences, multi-voice grids and signals."""

import math
from collections.abc import Sequence
from typing import Any

import keras
from keras import layers

from vae_widgets.models.networks.architectures.layer_factory import LayerFactory


def sequence(
    sample_shape: tuple[int, ...],
    latent_dim: int,
    filters: Sequence[int],
    hidden_units: Sequence[int],
    layer: LayerFactory,
    n_classes: int | None = None,
    output_shape: tuple[int, ...] | None = None,
) -> tuple[keras.Model, keras.Model]:
    """Return halves for samples (steps,) or (steps, voices): tokens, or numbers without classes.

    The encoder turns tokens into vectors, the voices of a step side by side, and sends them through
    residual blocks (He et al., "Identity mappings in deep residual networks", 2016, with dilations
    1, 2, 4, ...) and dense layers. The decoder mirrors it and gives what the likelihood takes for
    all steps at once, (n, *output_shape). With logits, steps are independent given z, and decoded
    strings need not be valid; `AutoregressiveCategorical` looks a few tokens back. A decoder that
    looks back without end would learn to do without z (Bowman et al., "Generating sentences from a
    continuous space", 2016).
    """
    steps, n_voices = sample_shape[0], math.prod(sample_shape[1:])
    x = keras.Input(sample_shape, name="x")
    h = x if n_classes is None else layer.embedding(x, n_classes, -(-filters[0] // n_voices))
    h = layers.Reshape((steps, -1))(h)
    for block, channels in enumerate(filters):
        h = _residual_block(h, channels, 2**block, layer)
    y = layer.labels()
    h = layer.encoder_stack(layers.Flatten()(h), y, hidden_units)
    encoder = layer.model(x, y, layer.code(h, latent_dim), "encoder")

    z, y = keras.Input((latent_dim,), name="z"), layer.labels()
    h = layer.decoder_stack(z, y, hidden_units[::-1])
    h = layer.dense(h, steps * filters[-1], activation=None)
    h = layers.Reshape((steps, filters[-1]))(h)
    for block, channels in reversed(list(enumerate(filters))):
        h = _residual_block(h, channels, 2**block, layer)
    output_shape = output_shape or sample_shape
    width = math.prod(output_shape) // steps
    h = layer.conv(layers.Conv1D, h, width, 1, activation=None, name="output")
    if h.shape[1:] != output_shape:
        h = layers.Reshape(output_shape)(h)
    return encoder, layer.model(z, y, h, "decoder")


def check_sequence_shape(sample_shape: tuple[int, ...]) -> None:
    """Raise ``ValueError`` for what is not a sequence, or has more voices than steps."""
    if len(sample_shape) not in (1, 2):
        raise ValueError(
            "architecture='sequence' needs sample_shape (steps,) or (steps, voices); received "
            f"{sample_shape}. Reshape the data, or use architecture='dense'."
        )
    if len(sample_shape) == 2 and sample_shape[1] > sample_shape[0]:
        raise ValueError(
            "architecture='sequence' has time first, (steps, voices); received sample_shape "
            f"{sample_shape}, more voices than steps. Pass x.transpose(0, 2, 1)."
        )


def _residual_block(h: Any, channels: int, dilation: int, layer: LayerFactory) -> Any:
    if h.shape[-1] != channels:
        h = layer.conv(layers.Conv1D, h, channels, 1, activation=None)
    change = layer.conv(layers.Conv1D, layer.activate(h), channels, dilation_rate=dilation)
    change = layer.conv(layers.Conv1D, change, channels, activation=None, dilation_rate=dilation)
    return layers.Add()([h, change])
