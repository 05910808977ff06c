"""One batch of a VAE: its losses, and a step of the optimizer."""

from typing import Any, Protocol

import keras
import tensorflow as tf
from keras import ops

from vae_widgets.core.labels.conditioning import missing_labels
from vae_widgets.models.data.rules import DataRules
from vae_widgets.models.devices import rows_of_share, sum_over_devices
from vae_widgets.models.losses.latent_model import LatentModel
from vae_widgets.models.losses.objective import EncodedBatch
from vae_widgets.models.training.array_loop import Batch, chain_gradients


class Trainable(Protocol):
    """The Keras model that is trained."""

    optimizer: Any
    jit_compile: bool
    trainable_variables: list[Any]
    losses: list[Any]

    def auxiliary_loss(self, batch: EncodedBatch, x: Any, y: Any, training: bool) -> Any:
        """Return what is added to the loss of each sample, (b,)."""


class TrainingStep:
    """Measures batches, and trains a model on them."""

    def __init__(
        self, model: Trainable, networks: LatentModel, rules: DataRules, latent_dim: int
    ) -> None:
        self._model = model
        self._networks = networks
        self._rules = rules
        self._latent_dim = latent_dim

    @property
    def noise_shape(self) -> tuple[int, int]:
        """Shape of the noise of one sample, (n_draws, latent_dim)."""
        return self._rules.objective.n_draws, self._latent_dim

    def train(self, batch: Batch) -> Any:
        """Take an optimizer step; return what `evaluate` does."""
        model = self._model
        with tf.GradientTape() as tape:
            sums = self._weighted_sums(batch, training=True)
            # The optimizer sums the gradients of the devices.
            of_batch = sum_over_devices(tf.stack(sums))
            # The gradient need not go through sums that are only shown.
            mean = tf.math.divide_no_nan(sums[0], tf.stop_gradient(of_batch[-1]))
            loss = model.optimizer.scale_loss(mean)
        variables = model.trainable_variables
        gradients = tape.gradient(loss, variables)
        model.optimizer.apply(
            chain_gradients(gradients) if model.jit_compile else gradients, variables
        )
        return of_batch

    def evaluate(self, batch: Batch) -> Any:
        """Return the sums over the batch of `LOG_NAMES`, and of the weights: (4,)."""
        return sum_over_devices(tf.stack(self._weighted_sums(batch, training=False)))

    def batch_of(
        self, data: Any, seeds: keras.random.SeedGenerator, beta: Any, n_samples: Any
    ) -> Batch:
        """Return a batch of Keras's own loop: x, or (x, labels, sample weights)."""
        x, y, weights = keras.utils.unpack_x_y_sample_weight(data)
        n_labels = self._rules.n_labels
        if n_labels is not None and y is None:
            raise missing_labels("y", n_labels)
        x = ops.cast(x, "float32")
        n = ops.shape(x)[0]
        return Batch(
            data=(x, y) if y is not None and self._rules.uses_targets else (x,),
            weights=ops.ones(n, dtype="float32")
            if weights is None
            else ops.cast(weights, "float32"),
            noise=rows_of_share(lambda n: self.noise(n, seeds), n),
            beta=beta,
            n_samples=n_samples,
        )

    def noise(self, n: Any, seeds: keras.random.SeedGenerator) -> Any:
        """Draw noise for n samples, (n, n_draws, latent_dim)."""
        return keras.random.normal((n, *self.noise_shape), dtype="float32", seed=seeds)

    def _weighted_sums(self, batch: Batch, training: bool) -> list[Any]:
        networks, model = self._networks, self._model
        x, *targets = batch.data
        data = (x, *map(networks.one_hot, targets)) if networks.n_labels else (x,)
        z_mean, z_log_var = networks.code(*data, training=training)

        def reconstruction(z: Any) -> Any:
            return networks.reconstruction_loss(z, *data, training=training)

        encoded = EncodedBatch(
            z_mean=z_mean,
            z_log_var=z_log_var,
            epsilon=batch.noise,
            weights=batch.weights,
            beta=batch.beta,
            n_samples=batch.n_samples,
            reconstruction=reconstruction,
        )
        losses = self._rules.objective(encoded)
        more = model.auxiliary_loss(encoded, x, targets[0] if targets else None, training)
        penalties = sum(model.losses)
        return [
            ops.sum(batch.weights * (losses.loss + more + penalties)),
            ops.sum(batch.weights * losses.reconstruction),
            ops.sum(batch.weights * losses.kl),
            ops.sum(batch.weights),
        ]
