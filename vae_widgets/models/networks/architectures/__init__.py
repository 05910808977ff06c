"""Encoders and decoders as plain Keras functional models, without Lambda layers.

Encoders map x (n, *sample_shape) to (z_mean, z_log_var), each (n, latent_dim). Decoders map z to
what the likelihood takes, such as logits or means (n, *sample_shape).
"""

from collections.abc import Sequence

import keras
import numpy as np

from vae_widgets.core import checks
from vae_widgets.models.losses.likelihood import Likelihood
from vae_widgets.models.networks.architectures.conv import conv, default_filters, image_shape
from vae_widgets.models.networks.architectures.dense import dense
from vae_widgets.models.networks.architectures.layer_factory import LayerFactory
from vae_widgets.models.networks.architectures.sequence import check_sequence_shape, sequence

ARCHITECTURES = ("dense", "conv", "sequence")


def build_architecture(
    architecture: str,
    sample_shape: tuple[int, ...],
    latent_dim: int,
    *,
    likelihood: Likelihood,
    hidden_units: Sequence[int] | None = None,
    filters: Sequence[int] | None = None,
    activation: str = "relu",
    variational: bool = True,
    n_labels: int | None = None,
    seed: int = 0,
) -> tuple[keras.Model, keras.Model]:
    """Return (encoder, decoder) for samples of shape `sample_shape`; see `VAE.build`."""
    architecture = checks.one_of("architecture", architecture, ARCHITECTURES)
    keras.activations.get(activation)  # raises for an unknown name
    if likelihood.n_outputs != 1:
        raise ValueError(
            "VAE.build makes decoders of one output; the likelihood needs (mean, log_var). Use "
            "Gaussian(deviation='learned'), or pass your own decoder: VAE(encoder, decoder, ...)."
        )
    n_classes, output_shape = likelihood.n_classes, likelihood.output_shape_for(sample_shape)
    layer = LayerFactory(activation, seed, variational, n_labels)
    if architecture == "dense":
        if filters is not None:
            raise ValueError(
                f"filters={filters!r} is for architecture='conv' or 'sequence'; architecture is "
                "'dense'. Leave filters out, or pass hidden_units."
            )
        units = _sizes("hidden_units", hidden_units, (256,), empty=True)
        return dense(sample_shape, latent_dim, units, layer, n_classes, output_shape)
    if architecture == "sequence":
        check_sequence_shape(sample_shape)
        counts = _sizes("filters", filters, (32,))
        units = _sizes("hidden_units", hidden_units, (256,), empty=True)
        return sequence(sample_shape, latent_dim, counts, units, layer, n_classes, output_shape)
    if n_classes is not None:
        raise ValueError(
            "architecture='conv' is for images, whose values are ordered; the categorical "
            "likelihood has tokens. Use architecture='sequence' or 'dense'."
        )
    counts = _sizes("filters", filters, default_filters(max(image_shape(sample_shape)[:2])))
    units = _sizes("hidden_units", hidden_units, (64,), empty=True)
    return conv(sample_shape, latent_dim, counts, units, layer)


def _sizes(
    name: str, value: Sequence[int] | None, default: tuple[int, ...], *, empty: bool = False
) -> tuple[int, ...]:
    if value is None:
        return default
    if isinstance(value, str) or not isinstance(value, Sequence | np.ndarray):
        raise TypeError(
            f"{name} must be a sequence of layer sizes such as {default}; received {value!r}."
        )
    if len(value) == 0 and not empty:
        raise ValueError(f"{name} is empty; expected at least one layer size, such as {default}.")
    return tuple(checks.positive_int(f"{name}[{i}]", size) for i, size in enumerate(value))
