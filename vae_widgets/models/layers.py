"""The reparameterisation trick, as a function and as a Keras layer."""

from typing import Any

import keras
from keras import ops


def reparameterize(z_mean: Any, z_log_var: Any, seed: Any) -> Any:
    """Draw z = z_mean + exp(z_log_var / 2) * epsilon with epsilon ~ N(0, I).

    Kingma & Welling, "Auto-Encoding Variational Bayes" (2014), equation 10.

    Parameters
    ----------
    z_mean, z_log_var
        Tensors (n, latent_dim).
    seed
        A ``keras.random.SeedGenerator`` for a new draw at each call, or an int for a fixed one.

    Returns
    -------
    tensor
        (n, latent_dim)
    """
    epsilon = keras.random.normal(ops.shape(z_mean), dtype=z_mean.dtype, seed=seed)
    return z_mean + ops.exp(0.5 * z_log_var) * epsilon


@keras.saving.register_keras_serializable(package="vae_widgets")
class Sampling(keras.layers.Layer):
    """Draw z from (z_mean, z_log_var), for encoders that you write yourself.

    `VAE` samples by itself and needs only the first two outputs of an encoder; this layer is for
    encoders that also return z, as the one in the Keras documentation does.

    Parameters
    ----------
    seed
        Seed of the noise; None for a new one.
    """

    def __init__(self, seed: int | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.seed = seed
        self.seed_generator = keras.random.SeedGenerator(seed)

    def call(self, inputs: Any) -> Any:
        """Map the pair (z_mean, z_log_var), each (n, latent_dim), to z (n, latent_dim)."""
        z_mean, z_log_var = inputs
        return reparameterize(z_mean, z_log_var, self.seed_generator)

    def compute_output_shape(self, input_shape: Any) -> Any:
        """Return the shape of z, which is that of z_mean."""
        return input_shape[0]

    def get_config(self) -> dict[str, Any]:
        """Return what rebuilds this layer."""
        return {**super().get_config(), "seed": self.seed}
