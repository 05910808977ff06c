"""Fully connected encoder and decoder, for data of any shape."""

import math
from collections.abc import Sequence

import keras
from keras import layers

from vae_widgets.models.networks.architectures.layer_factory import LayerFactory


def dense(
    sample_shape: tuple[int, ...],
    latent_dim: int,
    hidden_units: Sequence[int],
    layer: LayerFactory,
    n_classes: int | None = None,
    output_shape: tuple[int, ...] | None = None,
) -> tuple[keras.Model, keras.Model]:
    """Return data - hidden_units - codes and codes - reversed hidden_units - data.

    Without hidden units both halves are linear. Tokens (`n_classes` given) enter one-hot, and the
    decoder returns what the likelihood takes, (n, *output_shape).
    """
    x = keras.Input(sample_shape, name="x")
    h = x if n_classes is None else keras.ops.one_hot(keras.ops.cast(x, "int32"), n_classes)
    h = layers.Flatten()(h) if len(h.shape) > 2 else h
    y = layer.labels()
    h = layer.encoder_stack(h, y, hidden_units)
    encoder = layer.model(x, y, layer.code(h, latent_dim), "encoder")

    output_shape = output_shape or sample_shape
    z, y = keras.Input((latent_dim,), name="z"), layer.labels()
    h = layer.decoder_stack(z, y, hidden_units[::-1])
    h = layer.dense(h, math.prod(output_shape), activation=None, name="output")
    if len(output_shape) > 1:
        h = layers.Reshape(output_shape)(h)
    return encoder, layer.model(z, y, h, "decoder")
