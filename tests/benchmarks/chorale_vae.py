"""The VAE of the chorales, for `make reproduce` and for the model that comes with the package."""

from typing import TYPE_CHECKING, Any

import keras
from keras import layers, ops

if TYPE_CHECKING:
    from vae_widgets import VAE, Dataset

LATENT_DIM, BETA = 32, 0.1
_FILTERS = (32, 60, 88)  # for eighth notes, quarter notes and half notes
_EMBEDDING, _BATCH_SIZE, _RATE = 8, 128, 2e-3


def train(ds: "Dataset", epochs: int, falling: int, seed: int) -> "VAE":
    """Return a VAE that was trained as `fit` does."""
    from vae_widgets import VAE, Categorical

    keras.utils.set_random_seed(seed)
    encoder, decoder = halves(*ds.sample_shape, ds.n_classes)
    vae = VAE(encoder, decoder, Categorical(ds.n_classes), BETA, seed=seed)
    fit(vae, ds, epochs, falling)
    return vae


def fit(vae: "VAE", ds: "Dataset", epochs: int, falling: int, rate: float = _RATE) -> None:
    """Train with a new optimizer; the rate falls to a hundredth in the last `falling` epochs."""
    steps = -(-len(ds.x_train) // _BATCH_SIZE)
    schedule = FallingRate(rate, epochs * steps, falling * steps)
    vae.compile(keras.optimizers.Adam(schedule, clipnorm=10.0))
    vae.fit(ds.x_train, epochs=epochs, batch_size=_BATCH_SIZE, verbose=0)


@keras.saving.register_keras_serializable(package="vae_widgets_benchmarks")
class FallingRate(keras.optimizers.schedules.LearningRateSchedule):
    """A constant rate, which falls linearly to a hundredth in the last steps."""

    def __init__(self, rate: float, steps: int, falling: int) -> None:
        self._rate, self._steps, self._falling = rate, steps, max(1, falling)

    def __call__(self, step: Any) -> Any:
        """Return the rate of a step."""
        left = (self._steps - ops.cast(step, "float32")) / self._falling
        return self._rate * ops.clip(left, 0.01, 1.0)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that rebuild this schedule."""
        return {"rate": self._rate, "steps": self._steps, "falling": self._falling}


def halves(steps: int, voices: int, n_classes: int) -> tuple[keras.Model, keras.Model]:
    """Return encoder and decoder: residual blocks on eighths, quarters and half notes.

    Each level joins two neighbours, so that the layers that see the whole window are small. The
    decoder mirrors the encoder.
    """
    x = keras.Input((steps, voices), name="x")
    initializer = keras.initializers.RandomUniform(-1, 1)
    h = layers.Embedding(n_classes, _EMBEDDING, embeddings_initializer=initializer)(x)
    h = layers.Reshape((steps, -1))(h)
    for level, filters in enumerate(_FILTERS):
        if level:
            steps //= 2
            h = layers.Reshape((steps, -1))(h)
            h = layers.Conv1D(filters, 1)(h)
        h = _residual_block(h, filters)
    code = layers.Dense(2 * LATENT_DIM, name="code")(layers.Flatten()(h))
    encoder = keras.Model(x, ops.split(code, 2, axis=-1), name="encoder")

    z = keras.Input((LATENT_DIM,), name="z")
    h = layers.Dense(steps * filters)(z)
    h = layers.Reshape((steps, filters))(h)
    for filters, finer in zip(_FILTERS[::-1], [*_FILTERS[-2::-1], None], strict=True):
        h = _residual_block(h, filters)
        if finer is not None:
            h = layers.Conv1D(2 * finer, 1)(h)
            steps *= 2
            h = layers.Reshape((steps, finer))(h)
    h = layers.Conv1D(voices * n_classes, 1)(layers.Activation("relu")(h))
    h = layers.Reshape((steps, voices, n_classes), name="logits")(h)
    return encoder, keras.Model(z, h, name="decoder")


def _residual_block(h: Any, filters: int) -> Any:
    change = layers.Conv1D(filters, 3, padding="same", activation="relu")(
        layers.Activation("relu")(h)
    )
    return layers.Add()([h, layers.Conv1D(filters, 3, padding="same")(change)])
