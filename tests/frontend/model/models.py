"""Small models of every kind as ONNX, with codes, samples and what Keras makes of them."""

import json
import pathlib
from typing import Any

import keras
import numpy as np
from keras import layers, ops

from vae_widgets import VAE
from vae_widgets.models.losses.likelihoods import Bernoulli, Gaussian
from vae_widgets.models.serialization.export_spec import spec_of
from vae_widgets.models.serialization.graphs import onnx_parts
from vae_widgets.models.serialization.half_weights import halve, round_weights

ROWS = 21  # a block of 16 and five more
HALVED = "float16"  # in the names of models whose weights are stored as such
WRITTEN = ("elu", "exponential", "gelu", "relu", "selu", "sigmoid", "silu", "softplus", "softsign")
CONVERTED = (
    *("celu", "hard_sigmoid", "hard_silu", "hard_tanh", "leaky_relu", "log_sigmoid", "mish"),
    *("relu6", "softmax", "log_softmax", "tanh_shrink", "squareplus"),
)


def model_with(activations: Any, latent_dim: int = 3) -> VAE:
    """Return a model whose halves use every one of these activations."""
    x = keras.Input((9,), name="x")
    h = layers.Concatenate()([layers.Dense(5, activation=name)(x) for name in activations])
    encoder = keras.Model(x, [layers.Dense(latent_dim)(h), layers.Dense(latent_dim)(h)])
    z = keras.Input((latent_dim,), name="z")
    h = layers.Concatenate()([layers.Dense(4, activation=name)(z) for name in activations])
    return VAE(encoder, keras.Model(z, layers.Dense(9)(h)), likelihood="gaussian")


def images_with_other_layers() -> VAE:
    """Return a model of layers that `VAE.build` does not use, converted by tf2onnx."""
    x = keras.Input((8, 12, 2), name="x")
    h = layers.ZeroPadding2D(1)(layers.SeparableConv2D(4, 3, padding="same")(x))
    h = layers.Conv2D(6, 3, strides=2, groups=2, use_bias=False)(h)
    h = layers.LeakyReLU()(layers.BatchNormalization()(h))
    h = layers.Concatenate()([layers.MaxPooling2D(2)(h), layers.AveragePooling2D(2)(h)])
    h = layers.PReLU(alpha_initializer="ones")(layers.GroupNormalization(2)(h))
    mean = layers.GlobalAveragePooling2D()(h)
    h = layers.LayerNormalization()(layers.Concatenate()([mean, layers.GlobalMaxPooling2D()(h)]))
    encoder = keras.Model(x, [layers.Dense(3)(h), layers.Dense(3)(h)])
    z = keras.Input((3,), name="z")
    h = layers.Reshape((2, 3, 4))(layers.Dense(24, activation="relu")(z))
    h = layers.UpSampling2D(2)(h)
    h = layers.Conv2D(3, 3, dilation_rate=2, padding="same")(h)
    h = layers.UpSampling2D(2, interpolation="bilinear")(h)
    h = layers.Permute((2, 1, 3))(layers.Permute((2, 1, 3))(h))
    h = layers.Conv2DTranspose(2, 4, strides=1, padding="same", activation="sigmoid")(h)
    likelihood = Bernoulli(from_logits=False)
    return VAE(encoder, keras.Model(z, h), likelihood=likelihood)


def signals_with_other_layers() -> VAE:
    """Return a model of sequences with attention, pooling along time and products of tensors."""
    x = keras.Input((12, 2), name="x")
    h = layers.Conv1D(6, 4, strides=3, padding="causal", activation="tanh")(x)
    h = layers.MultiHeadAttention(2, 3)(h, h)
    h = layers.Dot(axes=1)([h, layers.AveragePooling1D(2, 1, padding="same")(h)])
    h = layers.Flatten()(h)
    h = ops.clip(ops.where(h > 0.1, ops.square(h), ops.sqrt(ops.abs(h))), 0.01, 3.0)
    h = layers.UnitNormalization()(h)
    encoder = keras.Model(x, [layers.Dense(2)(h), layers.Dense(2)(h)])
    z = keras.Input((2,), name="z")
    h = layers.RepeatVector(4)(z)
    h = layers.Conv1DTranspose(6, 3, strides=3, activation="elu")(h)
    h = layers.Conv1D(6, 3, groups=3, padding="causal")(h)
    h = layers.Add()([h, ops.mean(h, axis=1, keepdims=True)])
    h = layers.Dense(2)(ops.maximum(h, ops.roll(h, 1, axis=1)))
    return VAE(encoder, keras.Model(z, h), likelihood="gaussian")


def models() -> dict[str, VAE]:
    """Return models by name."""
    conv = {"architecture": "conv", "filters": (3, 5), "hidden_units": (7,)}
    tokens = {"likelihood": "categorical", "n_classes": 5, "hidden_units": (8,)}
    sequence = {"architecture": "sequence", "filters": (4, 6, 6), "hidden_units": (8,)}
    return {
        "dense bernoulli": VAE.build((6, 5), hidden_units=(16,)),
        "dense gaussian": VAE.build((30,), likelihood="gaussian", hidden_units=(9, 5)),
        "dense linear": VAE.build((7,), likelihood="gaussian", hidden_units=()),
        "dense categorical": VAE.build((7,), **tokens),
        "dense conditional": VAE.build((6, 5), hidden_units=(16,), n_labels=3),
        "dense autoencoder": VAE.build((6, 5), hidden_units=(16,), variational=False),
        "conv bernoulli": VAE.build((16, 16), **conv),
        "conv odd colour": VAE.build((9, 13, 3), latent_dim=5, activation="gelu", **conv),
        "conv gaussian learned": VAE.build((8, 11, 1), likelihood=Gaussian("learned"), **conv),
        "conv conditional": VAE.build((8, 8), n_labels=3, **conv),
        "sequence gaussian": VAE.build((13, 2), likelihood="gaussian", **sequence),
        "sequence categorical": VAE.build((13,), **{**sequence, **tokens}),
        "sequence with context": VAE.build((13,), context=3, **{**sequence, **tokens}),
        "sequence with context, conditional": VAE.build(
            (9,), context=8, n_labels=3, **{**sequence, **tokens}
        ),
        "sequence voices": VAE.build((8, 3), **{**sequence, **tokens}),
        "conv, float16": VAE.build((16, 16), **conv),
        "sequence with context, float16": VAE.build(
            (9,), context=8, n_labels=3, **{**sequence, **tokens}
        ),
        "images, converted, float16": images_with_other_layers(),
        "activations": model_with((*WRITTEN, "tanh", "linear")),
        "activations, converted": model_with(CONVERTED),
        "images, converted": images_with_other_layers(),
        "signals, converted": signals_with_other_layers(),
    }


def write_models(folder: pathlib.Path) -> list[str]:
    """Write every model, and what Keras makes of codes and samples; return their names."""
    rng = np.random.default_rng(0)
    made = models()
    for name, vae in made.items():
        for weight in vae.weights:  # biases begin with zeros, which would hide errors
            if weight.dtype == "float32" and "moving" not in weight.name:
                weight.assign(weight + 0.2 * rng.standard_normal(weight.shape))
        if HALVED in name:
            round_weights(vae)
        spec = spec_of(vae)
        n_labels, n_classes = spec.facts.n_labels, spec.facts.n_classes
        z = rng.standard_normal((ROWS, vae.latent_dim), dtype=np.float32)
        x = rng.random((ROWS, *vae.sample_shape), dtype=np.float32)
        if n_classes:
            x = np.floor(n_classes * x)
        labels = []
        if n_labels:
            label = np.eye(n_labels, dtype=np.float32)[1]
            labels = [np.tile(label, (ROWS, 1))]
        files = {"z": z, "x": x}
        files["x_mean"] = spec.networks.mean(z, *labels)
        files["z_mean"], files["z_log_var"] = spec.networks.code(x, *labels)
        (folder / name).mkdir()
        for part, content in onnx_parts(spec).items():
            content = halve(content) if HALVED in name else content
            (folder / name / part).write_bytes(content)
        for key, array in files.items():
            np.asarray(array, np.float32).tofile(folder / name / f"{key}.f32")
        if n_labels:
            (folder / name / "label.json").write_text(json.dumps(label.tolist()))
    return list(made)
