"""The variational autoencoder: a `keras.Model` that is also a codec for the widgets."""

import math
import os
import types
from collections.abc import Callable, Sequence
from typing import Any

import keras
import numpy as np
import tensorflow as tf
from keras import ops
from numpy.typing import ArrayLike, NDArray

from vae_widgets.core import checks
from vae_widgets.core.policy import ThresholdPolicy
from vae_widgets.models.architectures import build_architecture
from vae_widgets.models.array_loop import Batch
from vae_widgets.models.code_statistics import CodeStatistics
from vae_widgets.models.compiled import CompiledFunction
from vae_widgets.models.fit_arguments import first_samples, is_array
from vae_widgets.models.importance_sampling import ImportanceSampler
from vae_widgets.models.layers import reparameterize
from vae_widgets.models.likelihoods import Likelihood, kl_divergence, make_likelihood
from vae_widgets.models.saving import SUFFIX, load_trainable, save_bundle
from vae_widgets.models.schedules import Schedule
from vae_widgets.models.trainer import Trainer
from vae_widgets.models.user_models import check_halves, check_sample_shape, sample_shape_of
from vae_widgets.rendering import Renderer

SCORE_KINDS = ("elbo", "reconstruction", "kl", "mahalanobis")
_CODES_KEPT = 10_000  # training samples whose codes make the statistics for "mahalanobis"


class _FactoryOnClass:
    """``VAE.build(...)`` makes a model, while ``vae.build(input_shape)`` stays Keras's own."""

    def __init__(self, factory: Callable[..., Any]) -> None:
        self._factory = factory
        self.__doc__ = factory.__doc__

    def __get__(self, instance: Any, owner: type) -> Any:
        if instance is None:
            return types.MethodType(self._factory, owner)
        return keras.Model.build.__get__(instance, owner)


@keras.saving.register_keras_serializable(package="vae_widgets")
class VAE(Trainer):
    """A variational autoencoder made of your own encoder and decoder.

    `VAE.build` makes both for you. The model minimises

        loss = reconstruction_loss + beta * kl_loss,

    where reconstruction_loss = E_q[-log p(x | z)], with one draw of z per sample, and kl_loss =
    KL(q(z | x) || N(0, I)); both are sums over dimensions in nats, and means over samples. With
    ``beta=1`` the loss is the negative ELBO of Kingma & Welling (2014), equation 10; other values
    give the beta-VAE of Higgins et al. (2017). Regularisation losses of the two models are added.

    It is compiled with Adam(1e-3) until you call `compile`.

    Parameters
    ----------
    encoder
        Keras model that maps x (n, *sample_shape) to (z_mean, z_log_var), each (n, latent_dim).
        A third output, such as a z that it samples itself, is ignored.
    decoder
        Keras model that maps z (n, latent_dim) to (n, *sample_shape): logits for the Bernoulli
        likelihood, means for the Gaussian one. For the categorical one logits with one more axis,
        (n, *sample_shape, n_classes).
    likelihood
        "bernoulli" for data in [0, 1], "gaussian" (unit deviation), or an object:
        ``Bernoulli()``, ``Gaussian(deviation="learned")``, ``Categorical(n_classes)`` for tokens.
    beta
        Weight of the KL term, at least 0. Can be set at any time, also while training runs.
    from_logits
        Pass False if the decoder ends in a sigmoid, hence returns probabilities.
    seed
        Seed of noise and shuffling; None for a new one each time.
    sample_shape
        Shape of one sample, needed only if the encoder does not know its input shape.
    name
        The model's name.

    Raises
    ------
    ValueError
        If encoder, decoder and likelihood do not fit together: shapes, latent dimensions, or
        probabilities where logits are expected.
    """

    @checks.suggest_keywords
    def __init__(
        self,
        encoder: keras.Model,
        decoder: keras.Model,
        likelihood: str | Likelihood = "bernoulli",
        beta: float | Schedule = 1.0,
        *,
        from_logits: bool = True,
        seed: int | None = 0,
        sample_shape: Sequence[int] | int | None = None,
        name: str = "vae",
    ) -> None:
        for role, model in (("encoder", encoder), ("decoder", decoder)):
            if not isinstance(model, keras.layers.Layer):
                raise TypeError(
                    f"{role} must be a Keras model; received {type(model).__name__}. "
                    "VAE.build(sample_shape) makes both for you."
                )
        rule = make_likelihood(likelihood, from_logits)
        shape = sample_shape_of(encoder, sample_shape)
        latent_dim = check_halves(encoder, decoder, shape, rule)
        drawn_seed = _draw_seed(seed)

        super().__init__(beta, name=name)
        self.encoder = encoder
        self.decoder = decoder
        self.likelihood = rule
        self.seed = seed
        self._drawn_seed = drawn_seed
        self._sample_shape = shape
        self._latent_dim = self._noise_width = latent_dim
        # Validation has noise of its own, so that it does not change the course of training.
        self._training_seeds = keras.random.SeedGenerator(drawn_seed)
        self._evaluation_seeds = keras.random.SeedGenerator(drawn_seed)
        self._code_statistics = CodeStatistics.prior(latent_dim)
        self._encode = CompiledFunction(self._code, shape)
        self._decode = CompiledFunction(self._mean_of_codes, (latent_dim,))
        self._elbo_terms = CompiledFunction(self._terms, shape, (latent_dim,))
        self._kl = CompiledFunction(self._kl_of_samples, shape)
        self._errors = CompiledFunction(self._errors_of_means, shape)
        self._importance_sampler = ImportanceSampler(
            self._reconstruction, latent_dim, math.prod(rule.output_shape_for(shape)), shape
        )
        self.build((None, *shape))
        self.compile()

    @_FactoryOnClass
    @checks.suggest_keywords
    def build(
        cls,  # noqa: N805
        sample_shape: Sequence[int] | int,
        latent_dim: int = 2,
        architecture: str = "dense",
        likelihood: str | Likelihood = "bernoulli",
        beta: float | Schedule = 1.0,
        seed: int | None = 0,
        *,
        hidden_units: Sequence[int] | None = None,
        filters: Sequence[int] | None = None,
        activation: str = "relu",
        n_classes: int | None = None,
        name: str = "vae",
    ) -> "VAE":
        """Make a VAE with an encoder and a decoder for samples of a given shape.

        Parameters
        ----------
        sample_shape
            Shape of one sample, such as (784,), (28, 28) or (28, 28, 1).
        latent_dim
            Number of latent dimensions, at least 1.
        architecture
            "dense" for anything, "conv" for images of 8 to 128 pixels a side, "sequence" for tokens
            (steps,), grids of several voices (steps, voices), and signals.
        likelihood, beta, seed, name
            As for `VAE`; the seed also draws the initial weights. "categorical" needs `n_classes`.
        hidden_units
            Sizes of the dense layers of the encoder; the decoder has them in reverse. The default
            is (256,) for "dense" and "sequence", and (64,) for "conv"; there they lie between
            convolutions and codes. () leaves them out: a linear model for "dense".
        filters
            For "conv": filters of the 3x3 convolutions of the encoder, each of stride 2; the
            decoder has them in reverse, transposed. The default is 32, 64, 64, ..., as many as
            bring the longest side down to 8 pixels. For "sequence": channels of the residual blocks
            of the encoder, with dilations 1, 2, 4, ...; the default is (32,).
        activation
            Name of the Keras activation of the hidden layers.
        n_classes
            For likelihood="categorical": the number of tokens; x holds 0 to n_classes - 1.

        Raises
        ------
        TypeError, ValueError
            If an argument is unknown or outside its range.
        """
        shape = check_sample_shape(sample_shape)
        rule = make_likelihood(likelihood, n_classes=n_classes)
        encoder, decoder = build_architecture(
            architecture,
            shape,
            checks.positive_int("latent_dim", latent_dim),
            likelihood=rule,
            hidden_units=hidden_units,
            filters=filters,
            activation=activation,
            seed=_draw_seed(seed),
        )
        return cls(encoder, decoder, rule, beta, seed=seed, name=name)

    @property
    def latent_dim(self) -> int:
        """Number of latent dimensions."""
        return self._latent_dim

    @property
    def sample_shape(self) -> tuple[int, ...]:
        """Shape of one sample."""
        return self._sample_shape

    @property
    def beta(self) -> float:
        """Weight of the KL term in the loss, now.

        Set it to a number or to a schedule at any time. While training runs, it acts from the next
        execution of batches on (after at most about 0.1 s), and a number ends a schedule.
        """
        return self._beta.current

    @beta.setter
    def beta(self, value: float | Schedule) -> None:
        self._beta.set(value)

    @property
    def beta_schedule(self) -> Schedule | None:
        """The schedule that moves `beta` while the model trains; None for a constant."""
        return self._beta.schedule

    @property
    def learning_rate(self) -> float:
        """The optimizer's learning rate, now.

        Set it at any time; while training runs, it acts from the next execution of batches on.

        Raises
        ------
        TypeError
            If it is set, but the optimizer was given a schedule rather than a number.
        """
        return float(ops.convert_to_numpy(self.optimizer.learning_rate))

    @learning_rate.setter
    def learning_rate(self, value: float) -> None:
        rate = checks.number_between("learning_rate", value, 0)
        schedule = getattr(self.optimizer, "_learning_rate", None)
        if isinstance(schedule, keras.optimizers.schedules.LearningRateSchedule):
            raise TypeError(
                f"learning_rate cannot be set: the optimizer follows {type(schedule).__name__}; "
                "expected an optimizer with a number. Compile with one: "
                "vae.compile(keras.optimizers.Adam(1e-3))."
            )
        self.optimizer.learning_rate = rate

    # One batch

    def call(self, inputs: Any, training: bool | None = None) -> Any:
        """Reconstruct x (n, *sample_shape) in data space, from z_mean (from a draw in training)."""
        z_mean, z_log_var = self._code(inputs, training)
        z = z_mean
        if training:
            z = reparameterize(z_mean, z_log_var, self._training_noise(ops.shape(z_mean)[0]))
        return self.likelihood.mean(self.decoder(z, training=training))

    def _train_on_batch(self, batch: Batch) -> Any:
        with tf.GradientTape() as tape:
            sums = self._weighted_sums(batch, training=True)
            loss = self.optimizer.scale_loss(sums[0] / sums[-1])
        variables = self.trainable_variables
        self.optimizer.apply(tape.gradient(loss, variables), variables)
        return sums

    def _evaluate_on_batch(self, batch: Batch) -> Any:
        return self._weighted_sums(batch, training=False)

    def _weighted_sums(self, batch: Batch, training: bool) -> Any:
        """Return the sums over the batch of `LOG_NAMES`, and of the weights: (4,)."""
        (x,), weights, noise, beta, _ = batch
        reconstruction, kl = self._terms(x, noise, training)
        penalties = sum(self.losses)  # of regularizers
        return tf.stack(
            [
                ops.sum(weights * (reconstruction + beta * kl + penalties)),
                ops.sum(weights * reconstruction),
                ops.sum(weights * kl),
                ops.sum(weights),
            ]
        )

    def _terms(self, x: Any, epsilon: Any, training: bool = False) -> tuple[Any, Any]:
        """Return -log p(x | z) and KL(q(z | x) || p(z)), each (n,), with z from `epsilon`."""
        z_mean, z_log_var = self._code(x, training)
        z = reparameterize(z_mean, z_log_var, epsilon)
        decoded = self.decoder(z, training=training)
        reconstruction = self.likelihood.negative_log_likelihood(x, decoded)
        return reconstruction, ops.sum(kl_divergence(z_mean, z_log_var), axis=-1)

    def _code(self, x: Any, training: bool | None = False) -> tuple[Any, Any]:
        z_mean, z_log_var = self.encoder(x, training=training)[:2]
        return z_mean, z_log_var

    def _reconstruction(self, z: Any, x: Any) -> Any:
        return self.likelihood.negative_log_likelihood(x, self.decoder(z, training=False))

    def _kl_of_samples(self, x: Any) -> tuple[Any]:
        return (kl_divergence(*self._code(x)),)

    def _errors_of_means(self, x: Any) -> tuple[Any]:
        return (self.likelihood.error(x, self.decoder(self._code(x)[0], training=False)),)

    def _mean_of_codes(self, z: Any) -> tuple[Any]:
        return (self.likelihood.mean(self.decoder(z, training=False)),)

    # What a codec does

    def encode(self, x: ArrayLike) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Map samples to their codes.

        Parameters
        ----------
        x
            Samples (n, *sample_shape).

        Returns
        -------
        z_mean, z_log_var
            Each (n, latent_dim): mean and log-variance of q(z | x).
        """
        z_mean, z_log_var = self._encode(self._samples("x", x))
        return z_mean, z_log_var

    def decode(self, z: ArrayLike) -> NDArray[np.float32]:
        """Map codes (n, latent_dim) to samples (n, *sample_shape) in data space.

        The samples are the means of p(x | z): probabilities for the Bernoulli likelihood. For the
        categorical one they are the most likely tokens.
        """
        return self._decode(checks.samples("z", z, (self._latent_dim,)))[0]

    def sample(self, n: int, seed: int | None = None) -> NDArray[np.float32]:
        """Decode `n` draws from the prior N(0, I) to samples (n, *sample_shape)."""
        n = checks.positive_int("n", n)
        rng = np.random.default_rng(seed)
        return self.decode(rng.standard_normal((n, self._latent_dim), dtype=np.float32))

    # Figures of merit

    def elbo(self, x: ArrayLike, seed: int | None = None) -> NDArray[np.float32]:
        """Estimate the evidence lower bound of each sample with one draw of z.

        log p(x | z) - KL(q(z | x) || N(0, I)) with z ~ q(z | x); `beta` does not enter.

        Parameters
        ----------
        x
            Samples (n, *sample_shape).
        seed
            Seed of the draws; None for new ones.

        Returns
        -------
        (n,) in nats, summed over data and latent dimensions.
        """
        x = self._samples("x", x)
        rng = np.random.default_rng(seed)
        epsilon = rng.standard_normal((len(x), self._latent_dim), dtype=np.float32)
        reconstruction, kl = self._elbo_terms(x, epsilon)
        return -(reconstruction + kl)

    @checks.suggest_keywords
    def log_likelihood(
        self, x: ArrayLike, n_samples: int = 100, seed: int | None = None
    ) -> NDArray[np.float64]:
        """Estimate log p(x) of each sample by importance sampling, with the encoder as proposal.

        log (1/K) sum_k p(x | z_k) p(z_k) / q(z_k | x) with z_k ~ q(z | x); Burda, Grosse &
        Salakhutdinov, "Importance Weighted Autoencoders" (2016), equation 8. On average it is below
        the true value and rises with K; with K = 1 it is the ELBO, with K = 5,000 what papers
        report. The memory needed does not depend on K.

        Parameters
        ----------
        x
            Samples (n, *sample_shape).
        n_samples
            Draws for each sample, K.
        seed
            Seed of the draws; None for new ones.

        Returns
        -------
        (n,) in nats, summed over data dimensions.
        """
        n_samples = checks.positive_int("n_samples", n_samples)
        x = self._samples("x", x)
        z_mean, z_log_var = self._encode(x)
        rng = np.random.default_rng(seed)
        return self._importance_sampler.log_likelihood(z_mean, z_log_var, (x,), n_samples, rng)

    @checks.suggest_keywords
    def bits_per_dimension(
        self,
        x: ArrayLike,
        n_samples: int = 100,
        seed: int | None = None,
        *,
        levels: int | None = None,
    ) -> NDArray[np.float64]:
        """Return -log2 p(x) divided by the number of dimensions of a sample.

        For black-and-white pixels and tokens these are the bits that an ideal code needs. Grey
        values under the Bernoulli likelihood are no such case: what it gives is no normalised
        density, so compare it only with itself. A Gaussian density depends on the unit of x: for
        integers that were scaled to [0, 1] by their highest value or their number (pixels / 255),
        pass ``levels=256``, which adds log2(levels) and so gives the bits of the integers,
        comparable with the literature (Theis, van den Oord & Bethge, "A note on the evaluation of
        generative models", 2016, section 3.1).

        Parameters
        ----------
        x, n_samples, seed
            As for `log_likelihood`.
        levels
            Integers in a unit of x, for densities only.

        Returns
        -------
        (n,) in bits per dimension; lower is better.
        """
        if levels is not None:
            levels = checks.positive_int("levels", levels)
            if not self.likelihood.is_density:
                raise ValueError(
                    f"levels={levels} is for densities, such as the gaussian likelihood; the "
                    f"{self.likelihood.name} one gives probabilities. Leave levels out."
                )
        nats = -self.log_likelihood(x, n_samples, seed) / math.prod(self._sample_shape)
        return nats / math.log(2) + math.log2(levels or 1)

    def reconstruction_error(self, x: ArrayLike) -> NDArray[np.float32]:
        """Return how far each sample is from its reconstruction from z_mean.

        Parameters
        ----------
        x
            Samples (n, *sample_shape).

        Returns
        -------
        (n,): the mean over dimensions of the squared error, in squared units of x, whatever the
        likelihood; for tokens the share of wrong ones. In nats it is
        ``anomaly_score(x, kind="reconstruction")``.
        """
        return self._errors(self._samples("x", x))[0]

    def anomaly_score(self, x: ArrayLike, kind: str = "elbo") -> NDArray[np.float32]:
        """Score how anomalous each sample is; higher is more anomalous.

        Scores are deterministic: the reconstruction is from z_mean and not from a draw.

        Parameters
        ----------
        x
            Samples (n, *sample_shape).
        kind
            "elbo"
                Reconstruction and KL together: the negative ELBO at z_mean, in nats.
            "reconstruction"
                -log p(x | z_mean), in nats.
            "kl"
                KL(q(z | x) || N(0, I)), in nats.
            "mahalanobis"
                Distance of z_mean from the codes of the training data, in deviations: with the
                mean and the covariance of the aggregate posterior of up to 10,000 training
                samples, taken at the end of each fit and saved with the model. Before any fit,
                with those of the prior.

        Returns
        -------
        (n,)
        """
        kind = checks.one_of("kind", kind, SCORE_KINDS)
        x = self._samples("x", x)
        if kind == "mahalanobis":
            return self._code_statistics.mahalanobis(self._encode(x)[0]).astype(np.float32)
        reconstruction, kl = self._elbo_terms(x, np.zeros((len(x), self._latent_dim), np.float32))
        return {"elbo": reconstruction + kl, "reconstruction": reconstruction, "kl": kl}[kind]

    def kl_per_dimension(self, x: ArrayLike) -> NDArray[np.float64]:
        """Return KL(q(z_i | x) || N(0, 1)) of each latent dimension, averaged over x.

        Parameters
        ----------
        x
            Samples (n, *sample_shape).

        Returns
        -------
        (latent_dim,) in nats; their sum is the kl_loss. Near 0 is a dimension that has collapsed.
        """
        mean: NDArray[np.float64] = self._kl(self._samples("x", x))[0].mean(0, dtype=np.float64)
        return mean

    def active_units(self, x: ArrayLike, threshold: float = 0.01) -> int:
        """Count the latent dimensions whose z_mean varies over x.

        A unit is active if the variance of its z_mean is above 0.01; Burda, Grosse &
        Salakhutdinov, "Importance Weighted Autoencoders" (2016), section 2.3.

        Parameters
        ----------
        x
            Samples (n, *sample_shape), at least two.
        threshold
            The variance to exceed.
        """
        threshold = checks.number_between("threshold", threshold, 0)
        return int(np.count_nonzero(self.encode(x)[0].var(axis=0) > threshold))

    # Saving

    @checks.suggest_keywords
    def save(
        self,
        filepath: str | os.PathLike[str],
        overwrite: bool = True,
        zipped: bool | None = None,
        *,
        renderer: Renderer | None = None,
        preprocessing: Any = None,
        samples: ArrayLike | None = None,
        latents: ArrayLike | None = None,
        policy: ThresholdPolicy | None = None,
    ) -> None:
        """Save the model as a bundle, ``name.vae``, or as Keras does, ``name.keras``.

        `vae_widgets.load` opens a bundle without TensorFlow, `VAE.load` gives back the trainable
        model. A bundle appears whole or not at all. The options after `zipped` are for bundles.

        Parameters
        ----------
        filepath
            Where to: a name that ends in ``.vae`` or ``.keras``.
        overwrite
            Whether to replace a file that exists.
        zipped
            As in `keras.Model.save`; not for bundles.
        renderer
            Draws the samples: an `ImageRenderer` or a `SignalRenderer`. None for the one that
            suits their shape.
        preprocessing
            What must be done to data before it fits the model: text, or anything that JSON holds.
            It is stored as a note, and not applied.
        samples
            Samples (n, *sample_shape) whose pictures go along, and whose codes.
        latents
            Codes (n, latent_dim) to go along; the default is those of `samples`.
        policy
            A threshold to go along.

        Raises
        ------
        TypeError, ValueError
            If an argument is bad, or the model has a layer that cannot be exported to ONNX.
        FileExistsError
            If the bundle exists, and `overwrite` is False.
        """
        options = {
            "renderer": renderer,
            "preprocessing": preprocessing,
            "samples": samples,
            "latents": latents,
            "policy": policy,
        }
        if not isinstance(filepath, str | os.PathLike):
            raise TypeError(f"filepath must be the name of a file; received {filepath!r:.200}.")
        if os.path.splitext(filepath)[1] != SUFFIX:
            given = [name for name, value in options.items() if value is not None]
            if given:
                raise ValueError(
                    f"{given[0]} is for bundles; filepath is {str(filepath)!r}. Expected a name "
                    f"that ends in {SUFFIX}."
                )
            super().save(filepath, overwrite=overwrite, zipped=zipped)
            return
        if zipped is not None:
            raise ValueError(f"zipped={zipped!r} is not for bundles. Leave zipped out.")
        if not overwrite and os.path.exists(filepath):
            raise FileExistsError(f"{filepath} exists, and overwrite is False.")
        save_bundle(self, filepath, **options)

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> "VAE":
        """Load a trainable model: compiled, with its optimizer where it was.

        `vae_widgets.load` is faster, where nothing is to be trained. `VAE.resume` goes on with the
        training of a checkpoint.

        Parameters
        ----------
        path
            A ``.vae`` file, bundle or checkpoint, or a ``.keras`` file.

        Raises
        ------
        BundleError
            If it is damaged, manipulated, of a newer version, or holds a model of another class. It
            is a ``ValueError`` and names the part. Nothing in the file is run as code; classes of
            your own must be registered with ``keras.saving.register_keras_serializable`` first.
        OSError
            If there is no such file.
        """
        return load_trainable(path, cls)

    def get_config(self) -> dict[str, Any]:
        """Return what rebuilds this model; Keras calls this when it saves."""
        return {
            "encoder": keras.saving.serialize_keras_object(self.encoder),
            "decoder": keras.saving.serialize_keras_object(self.decoder),
            "likelihood": keras.saving.serialize_keras_object(self.likelihood),
            "beta": self._beta.get_config(),
            "seed": self.seed,
            "sample_shape": list(self._sample_shape),
            "name": self.name,
        }

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> "VAE":
        """Rebuild a model from `get_config`; Keras calls this when it loads."""
        parts = {
            role: keras.saving.deserialize_keras_object(config[role])
            for role in ("encoder", "decoder", "likelihood", "beta")
        }
        return cls(**{**config, **parts})

    def save_own_variables(self, store: Any) -> None:
        """Put the statistics of the training codes into a file; Keras calls this."""
        store["code_mean"] = self._code_statistics.mean
        store["code_covariance"] = self._code_statistics.covariance

    def load_own_variables(self, store: Any) -> None:
        """Read what `save_own_variables` wrote; Keras calls this."""
        self._code_statistics = CodeStatistics(
            np.asarray(store["code_mean"]), np.asarray(store["code_covariance"])
        )

    # What the trainer asks for

    def _samples(self, name: str, x: Any) -> NDArray[np.float32]:
        why = f"the {self.likelihood.name.capitalize()} likelihood"
        x = checks.samples(name, x, self._sample_shape, self.likelihood.bounds, why)
        self.likelihood.check_samples(name, x)
        return x

    def _training_noise(self, n: Any) -> Any:
        return keras.random.normal((n, self._latent_dim), seed=self._training_seeds)

    def _evaluation_noise(self, n: Any) -> Any:
        return keras.random.normal((n, self._latent_dim), seed=self._evaluation_seeds)

    def _before_evaluation(self) -> None:
        self._evaluation_seeds.state.assign([self._drawn_seed, 0])

    def _shuffler(self, iterations: int) -> np.random.Generator:
        return np.random.default_rng([self._drawn_seed, iterations])

    def _after_training(self, x: Any) -> None:
        if isinstance(x, tf.data.Dataset):
            x = first_samples(x, _CODES_KEPT)
        elif is_array(x):
            x = x[:: -(-len(x) // _CODES_KEPT)]
        else:
            return  # a stream that may not be read twice
        statistics = CodeStatistics.of(*self._encode(x))
        if np.isfinite(statistics.covariance).all():
            self._code_statistics = statistics


def _draw_seed(seed: int | None) -> int:
    if seed is None:
        return int(np.random.default_rng().integers(2**31))
    seed = checks.positive_int("seed", seed, minimum=0)
    if seed >= 2**31:
        raise ValueError(f"seed must be at most {2**31 - 1}; received {seed}.")
    return seed
