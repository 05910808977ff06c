"""Convolutional encoder and decoder, for images."""

import math
from collections.abc import Sequence

import keras
from keras import layers

from vae_widgets.core.image_shapes import MOVE_CHANNELS, has_channels_first
from vae_widgets.models.networks.architectures.layer_factory import LayerFactory

MIN_SIDE, MAX_SIDE = 8, 512
"""Shortest and longest side of an image, in pixels."""


def conv(
    sample_shape: tuple[int, ...],
    latent_dim: int,
    filters: Sequence[int],
    hidden_units: Sequence[int],
    layer: LayerFactory,
) -> tuple[keras.Model, keras.Model]:
    """Return halves in which each entry of `filters` halves the sides of an image (rounded up).

    The decoder doubles the sides and crops.
    """
    height, width, channels = image_shape(sample_shape)
    x = keras.Input(sample_shape, name="x")
    h = layers.Reshape((height, width, channels))(x) if len(sample_shape) == 2 else x
    sides = [(height, width)]
    for count in filters:
        h = layer.conv(layers.Conv2D, h, count, strides=2)
        sides.append((math.ceil(sides[-1][0] / 2), math.ceil(sides[-1][1] / 2)))
    y = layer.labels()
    h = layer.encoder_stack(layers.Flatten()(h), y, hidden_units)
    encoder = layer.model(x, y, layer.code(h, latent_dim), "encoder")

    z, y = keras.Input((latent_dim,), name="z"), layer.labels()
    h = layer.decoder_stack(z, y, (*reversed(hidden_units), math.prod(sides[-1]) * filters[-1]))
    h = layers.Reshape((*sides[-1], filters[-1]))(h)
    for count, (small_h, small_w), (large_h, large_w) in zip(
        reversed(filters), sides[:0:-1], sides[-2::-1], strict=True
    ):
        h = layer.conv(layers.Conv2DTranspose, h, count, strides=2)
        surplus = (2 * small_h - large_h, 2 * small_w - large_w)
        if any(surplus):
            h = layers.Cropping2D(((0, surplus[0]), (0, surplus[1])))(h)
    h = layer.conv(layers.Conv2DTranspose, h, channels, activation=None, name="output")
    if len(sample_shape) == 2:
        h = layers.Reshape(sample_shape)(h)
    return encoder, layer.model(z, y, h, "decoder")


def default_filters(longest_side: int) -> tuple[int, ...]:
    """Return 32, 64, 64, ... down to a longest side of 8 pixels, at least one.

    Above 128 pixels smaller ones come before, so that memory grows with the side, not its square.
    """
    stages = max(1, math.ceil(math.log2(longest_side / 8)))
    before = {5: (16,), 6: (8, 16)}.get(stages, ())
    return (*before, 32, *[64] * (stages - len(before) - 1))


def image_shape(sample_shape: tuple[int, ...]) -> tuple[int, int, int]:
    """Return (height, width, channels) of (h, w) or (h, w, channels), sides 8 to 512, or raise."""
    if len(sample_shape) not in (2, 3):
        raise ValueError(
            f"architecture='conv' needs images, sample_shape (h, w) or (h, w, channels); received "
            f"{sample_shape}. Reshape the data, or use architecture='dense'."
        )
    if has_channels_first(sample_shape):
        last = (*sample_shape[1:], sample_shape[0])
        raise ValueError(
            f"architecture='conv' needs images with the channels last, sample_shape {last}; "
            f"received {sample_shape}, with the channels first: {MOVE_CHANNELS.format('x')}."
        )
    height, width = sample_shape[:2]
    if not (min(height, width) >= MIN_SIDE and max(height, width) <= MAX_SIDE):
        raise ValueError(
            f"architecture='conv' handles sides of {MIN_SIDE} to {MAX_SIDE} pixels; received "
            f"sample_shape {sample_shape}. Resize the images, or use architecture='dense'."
        )
    return height, width, sample_shape[2] if len(sample_shape) == 3 else 1
