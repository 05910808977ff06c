"""What a training objective is.

It maps an `EncodedBatch` to `Losses` and has ``n_draws``. To survive ``VAE.save`` it also has
``get_config`` and is registered with `keras.saving`. docs/how_to/extending.md has an example.
"""

from collections.abc import Callable
from typing import Any, NamedTuple, Protocol, runtime_checkable

from keras import ops

from vae_widgets.models.devices import sum_over_devices


class EncodedBatch(NamedTuple):
    """The inputs of an objective: tensors, and one function.

    Attributes
    ----------
    z_mean, z_log_var
        (b, latent_dim): mean and log-variance of q(z | x).
    epsilon
        (b, n_draws, latent_dim), standard normal.
    weights
        (b,), at least 0. Rows that fill up the last batch weigh 0, so means must be weighted.
    beta
        Weight of the KL term in this step, a scalar.
    n_samples
        Size of the data set, a scalar.
    reconstruction
        Maps z (b, latent_dim) to -log p(x | z), (b,), and z (b, k, latent_dim) to (b, k).

    Examples
    --------
    >>> batch = vw.EncodedBatch(None, None, None, np.float32([1, 3]), 1.0, 2, None)
    >>> float(batch.mean(np.float32([2, 6])))
    5.0
    """

    z_mean: Any
    z_log_var: Any
    epsilon: Any
    weights: Any
    beta: Any
    n_samples: Any
    reconstruction: Callable[[Any], Any]

    def mean(self, values: Any) -> Any:
        """Return the weighted mean over the batch of values (b, ...), on all devices together."""
        weights = ops.reshape(self.weights, (-1, *[1] * (len(values.shape) - 1)))
        total = sum_over_devices(ops.sum(weights * values, axis=0))
        return ops.divide_no_nan(total, sum_over_devices(ops.sum(self.weights)))


class Losses(NamedTuple):
    """The minimised loss and its shown parts: each (b,), in nats.

    Examples
    --------
    >>> vw.Losses(loss=3.0, reconstruction=2.0, kl=1.0).kl
    1.0
    """

    loss: Any
    reconstruction: Any
    kl: Any


@runtime_checkable
class Objective(Protocol):
    """Computes the losses of an encoded batch.

    Examples
    --------
    >>> isinstance(vw.ELBO(), vw.Objective)
    True
    """

    @property
    def n_draws(self) -> int:
        """Draws of z for each sample: the second dimension of ``epsilon``."""

    def __call__(self, batch: EncodedBatch) -> Losses:
        """Return the losses."""
