"""Check that an encoder and a decoder fit together, and find the layers in them."""

import math
from collections.abc import Iterator, Sequence
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from vae_widgets.core import checks
from vae_widgets.models.losses.latent_model import decoder_output, encoder_outputs
from vae_widgets.models.losses.likelihood import Likelihood

_PROBE = 8  # random codes to decode, to check the output of the decoder


def sample_shape_of(
    encoder: keras.Model, sample_shape: Sequence[int] | int | None
) -> tuple[int, ...]:
    """Return the shape of one sample: the one given, else the encoder's input shape."""
    if sample_shape is not None:
        return check_sample_shape(sample_shape)
    shape = getattr(encoder, "input_shape", None) if encoder.built else None
    shape = shape[0] if isinstance(shape, list) else shape  # samples, then labels
    if not isinstance(shape, tuple) or None in shape[1:]:
        raise ValueError(
            f"encoder {encoder.name!r} has no fixed input shape (received {shape}); pass "
            "sample_shape, such as sample_shape=(28, 28)."
        )
    return shape[1:]


def check_sample_shape(sample_shape: Any) -> tuple[int, ...]:
    """Return `sample_shape`, an int or a sequence of positive ints, as a tuple."""
    if isinstance(sample_shape, int | np.integer):
        sample_shape = (sample_shape,)
    if isinstance(sample_shape, str) or not isinstance(sample_shape, Sequence):
        raise TypeError(
            f"sample_shape must be a tuple such as (28, 28); received {sample_shape!r}."
        )
    if len(sample_shape) == 0:
        raise ValueError("sample_shape is empty; expected the shape of one sample, such as (784,).")
    return tuple(
        checks.positive_int(f"sample_shape[{i}]", side) for i, side in enumerate(sample_shape)
    )


def nested_layers(*layers: keras.layers.Layer) -> Iterator[keras.layers.Layer]:
    """Yield layers, and the layers within them at any depth, each once."""
    seen: set[int] = set()
    waiting: list[Any] = list(layers)
    while waiting:
        found = waiting.pop()
        if isinstance(found, dict):
            waiting += found.values()
        elif isinstance(found, list | tuple | set):
            waiting += found
        elif isinstance(found, keras.layers.Layer) and id(found) not in seen:
            seen.add(id(found))
            yield found
            waiting += vars(found).values()


def check_halves(
    encoder: keras.Model,
    decoder: keras.Model,
    sample_shape: tuple[int, ...],
    likelihood: Likelihood,
    variational: bool = True,
    n_labels: int | None = None,
) -> int:
    """Return the number of latent dimensions that encoder and decoder agree on.

    Runs both once, which also builds them. Raises ``ValueError`` if an output has a wrong shape.
    """

    def inputs(array: Any) -> Any:
        if n_labels is None:
            return array
        return [tf.constant(array), tf.zeros((len(array), n_labels))]

    code = encoder_outputs(encoder.name, encoder(inputs(tf.zeros((1, *sample_shape)))))
    if not variational and len(code) == 1:
        code = (code[0], code[0])  # a plain autoencoder needs no z_log_var
    if len(code) not in (2, 3):
        received = f"{len(code)} outputs" if len(code) > 1 else "one output"
        raise ValueError(
            f"encoder {encoder.name!r} gives {received}; expected two, (z_mean, z_log_var), each "
            "(n, latent_dim). End it in two Dense layers without activation."
        )
    shapes = [tuple(part.shape) for part in code[:2]]
    if shapes[0] != shapes[1] or len(shapes[0]) != 2:
        raise ValueError(
            f"encoder {encoder.name!r} gives z_mean and z_log_var of shapes {shapes[0]} and "
            f"{shapes[1]}; expected the same (n, latent_dim) for both."
        )
    latent_dim = shapes[0][1]
    accepts = getattr(decoder, "input_shape", None) if decoder.built else None
    accepts = accepts[0] if isinstance(accepts, list) else accepts
    if isinstance(accepts, tuple) and accepts[1:] != (latent_dim,):
        raise ValueError(
            f"decoder {decoder.name!r} takes codes of shape {accepts[1:]}; the encoder gives "
            f"({latent_dim},). Give both the same latent dimensions."
        )
    codes = np.random.default_rng(0).standard_normal((_PROBE, latent_dim), dtype=np.float32)
    codes[_PROBE // 2 :] *= 100  # near 0 a few logits may be in [0, 1] by chance
    output = decoder_output(decoder.name, decoder(inputs(codes)))
    _check_decoder_shapes(decoder.name, output, sample_shape, likelihood)
    likelihood.check_decoder_output(output)
    return int(latent_dim)


def _check_decoder_shapes(
    decoder: str, output: Any, sample_shape: tuple[int, ...], likelihood: Likelihood
) -> None:
    parts = output if isinstance(output, tuple | list) else [output]
    if len(parts) != likelihood.n_outputs:
        raise ValueError(
            f"decoder {decoder!r} gives {len(parts)} output{'s' * (len(parts) != 1)}; the "
            f"{likelihood.name} likelihood needs {likelihood.n_outputs}. Two, (mean, log_var), are "
            "for Gaussian(deviation='predicted')."
        )
    expected = likelihood.output_shape_for(sample_shape)
    for part in parts:
        received = tuple(part.shape[1:])
        if received == expected:
            continue
        same_size = math.prod(received) == math.prod(expected)
        hint = f" End it in keras.layers.Reshape({expected})." if same_size else ""
        if likelihood.n_classes == expected[-1]:
            hint = hint or f" The last axis holds the logits of {likelihood.n_classes} classes."
        raise ValueError(
            f"decoder {decoder!r} gives samples of shape {received}; the encoder takes "
            f"{sample_shape}, so {expected} was expected.{hint}"
        )
