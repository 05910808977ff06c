"""The reparameterisation trick, as a function and as a Keras layer."""

from typing import Any

import keras
from keras import ops


def reparameterize(z_mean: Any, z_log_var: Any, epsilon: Any) -> Any:
    """Return z = z_mean + exp(z_log_var / 2) * epsilon; with epsilon ~ N(0, I), a draw of q(z | x).

    Kingma & Welling, "Auto-Encoding Variational Bayes" (2014), equation 10.

    Examples
    --------
    >>> float(vw.reparameterize(np.float32(1), np.float32(0), np.float32(2)))
    3.0
    """
    return z_mean + ops.exp(0.5 * z_log_var) * epsilon


@keras.saving.register_keras_serializable(package="vae_widgets")
class Sampling(keras.layers.Layer):
    """Draw z from (z_mean, z_log_var), for your own encoders that also return z.

    `VAE` samples by itself and needs only the first two outputs of an encoder. `seed` None draws a
    new one each time.

    Examples
    --------
    >>> z_mean = z_log_var = np.zeros((5, 2), "float32")
    >>> np.asarray(vw.Sampling(seed=0)((z_mean, z_log_var))).shape
    (5, 2)
    """

    def __init__(self, seed: int | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.seed = seed
        self.seed_generator = keras.random.SeedGenerator(seed)

    def call(self, inputs: Any) -> Any:
        """Map the pair (z_mean, z_log_var), each (n, latent_dim), to z (n, latent_dim)."""
        z_mean, z_log_var = inputs
        epsilon = keras.random.normal(
            ops.shape(z_mean), dtype=z_mean.dtype, seed=self.seed_generator
        )
        return reparameterize(z_mean, z_log_var, epsilon)

    def compute_output_shape(self, input_shape: Any) -> Any:
        """Return the shape of z, which is that of z_mean."""
        return input_shape[0]

    def get_config(self) -> dict[str, Any]:
        """Return what rebuilds this layer."""
        return {**super().get_config(), "seed": self.seed}
