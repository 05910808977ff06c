"""Two bars of Bach's chorales, four voices in eighth notes, with 32 latent dimensions.

The networks know that tokens are pitches: the encoder also sees them as numbers, and the decoder
adds to the logits of tokens those of a normal distribution around a predicted pitch.
"""

from pathlib import Path
from typing import Any

import keras
import numpy as np
from keras import layers, ops
from numpy.typing import NDArray

from vae_widgets import VAE, Categorical, Dataset, Warmup, load_dataset

SEED, EPOCHS = 0, 16
BETA = 0.1
N_SHOWN = 40

_CHANNELS, _DILATIONS = 36, (1, 2)
_OCTAVE = 12
_PRECISION = 30.0  # of the normal distribution at first, in octaves^-2
_BATCH_SIZE, _LEARNING_RATE = 128, 1.5e-3


def make(path: Path) -> None:
    """Train the model and save it."""
    ds = load_dataset("music")
    vae = train(ds, EPOCHS, SEED)
    shown = np.linspace(0, len(ds.x_test) - 1, N_SHOWN).astype(int)
    vae.save(
        path,
        renderer=ds.renderer,
        samples=ds.x_test[shown],
        labels=ds.y_test[shown],
        label_names=ds.label_names,
        trainable=False,
    )


def train(ds: Dataset, epochs: int, seed: int, callbacks: Any = None) -> VAE:
    """Return a VAE that was trained for `epochs` on all keys of the training pieces."""
    encoder, decoder = networks(ds.sample_shape, ds.n_classes, latent_dim=32, seed=seed)
    beta = Warmup(max(1, epochs // 10), end=BETA)
    vae = VAE(encoder, decoder, Categorical(ds.n_classes), beta, seed=seed, name="bach-chorales")
    steps = epochs * -(-len(ds.x_train) // _BATCH_SIZE)
    rate = keras.optimizers.schedules.CosineDecay(_LEARNING_RATE, steps, alpha=0.01)
    vae.compile(keras.optimizers.Adam(rate, clipnorm=10.0))
    vae.fit(ds.x_train, epochs=epochs, batch_size=_BATCH_SIZE, verbose=0, callbacks=callbacks)
    return vae


def accuracy(codec: Any, x: NDArray[np.float32]) -> NDArray[np.float64]:
    """Return the share of steps of each voice that the decoder gives back: (voices,)."""
    z_mean, _ = codec.encode(x)
    return (codec.decode(z_mean) == x).mean(axis=(0, 1))


def networks(
    sample_shape: tuple[int, ...], n_classes: int, latent_dim: int, seed: int
) -> tuple[keras.Model, keras.Model]:
    """Return (encoder, decoder) for tokens (steps, voices), of which 0 is a rest."""
    keras.utils.set_random_seed(seed)
    steps, voices = sample_shape
    middle = (n_classes - 1) / 2

    x = keras.Input(sample_shape, name="x")
    pitch = layers.Rescaling(1 / _OCTAVE, -middle / _OCTAVE)(x)
    embedded = layers.Embedding(n_classes, _CHANNELS // voices)(x)
    h = layers.Concatenate()([layers.Reshape((steps, -1))(embedded), pitch])
    h = layers.Conv1D(_CHANNELS, 1)(h)
    for dilation in _DILATIONS:
        h = _residual_block(h, dilation)
    h = layers.Concatenate()([layers.Flatten()(h), layers.Flatten()(pitch)])
    z_mean, z_log_var = ops.split(layers.Dense(2 * latent_dim)(h), 2, axis=-1)
    encoder = keras.Model(
        x, [layers.Identity(name="z_mean")(z_mean), layers.Identity(name="z_log_var")(z_log_var)]
    )

    z = keras.Input((latent_dim,), name="z")
    h = layers.Reshape((steps, _CHANNELS))(layers.Dense(steps * _CHANNELS)(z))
    for dilation in reversed(_DILATIONS):
        h = _residual_block(h, dilation)
    h = layers.Activation("relu")(h)
    pitch = layers.Reshape(sample_shape)(layers.Dense(steps * voices)(z))
    pitch = layers.Add()([pitch, layers.Conv1D(voices, 1, kernel_initializer="zeros")(h)])
    # log N(token; pitch, 1 / precision) is linear in the predicted pitch, up to a constant.
    token = (np.arange(n_classes) - middle) / _OCTAVE
    near = layers.Dense(n_classes)
    near_logits = near(layers.Reshape((*sample_shape, 1))(pitch))
    near.set_weights([_PRECISION * token[np.newaxis], -_PRECISION * token**2 / 2])
    free = layers.Reshape((*sample_shape, n_classes))(layers.Conv1D(voices * n_classes, 1)(h))
    return encoder, keras.Model(z, layers.Add()([near_logits, free]))


def _residual_block(h: Any, dilation: int) -> Any:
    change = h
    for _ in range(2):
        change = layers.Activation("relu")(change)
        change = layers.Conv1D(_CHANNELS, 3, padding="same", dilation_rate=dilation)(change)
    return layers.Add()([h, change])
