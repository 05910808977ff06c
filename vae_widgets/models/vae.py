"""The variational autoencoder: a `keras.Model` that is also a codec for the widgets."""

import os
import types
import warnings
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Self

import keras
import numpy as np
import tensorflow as tf
from keras import ops
from numpy.typing import ArrayLike, NDArray

from vae_widgets.bundle import Archive
from vae_widgets.bundle.manifest import ModelFacts
from vae_widgets.codec import ConditionedCodec
from vae_widgets.core import checks
from vae_widgets.core.dask_rows import is_dask_array
from vae_widgets.core.image_shapes import MOVE_CHANNELS, has_channels_first
from vae_widgets.core.scores.policy import ThresholdPolicy
from vae_widgets.models.data.rules import DataRules
from vae_widgets.models.delegation import delegated
from vae_widgets.models.inference.anomaly_scores import AnomalyScorer
from vae_widgets.models.inference.code_statistics import CodeStatistics
from vae_widgets.models.inference.evaluation import Evaluator
from vae_widgets.models.inference.row_functions import RowFunctions
from vae_widgets.models.losses.latent_model import LatentModel
from vae_widgets.models.losses.likelihoods import Likelihood, make_likelihood
from vae_widgets.models.losses.objectives import EncodedBatch, Objective, make_objective
from vae_widgets.models.losses.sampling import reparameterize
from vae_widgets.models.losses.schedules import Schedule
from vae_widgets.models.networks.architectures import build_architecture
from vae_widgets.models.networks.conditional import n_labels_of
from vae_widgets.models.networks.user_models import (
    check_halves,
    check_sample_shape,
    sample_shape_of,
)
from vae_widgets.models.serialization.bundle_writer import (
    SUFFIX,
    load_trainable,
    save_bundle,
    save_by_keras,
    trainable_in,
)
from vae_widgets.models.serialization.export_spec import ExportSpec, training_summary
from vae_widgets.models.serialization.own_classes import CustomObjects
from vae_widgets.models.training.array_loop import Batch, in_order
from vae_widgets.models.training.fit_arguments import is_array
from vae_widgets.models.training.trainer import Trainer
from vae_widgets.models.training.training_codes import TrainingCodes
from vae_widgets.rendering import Renderer

_ANOTHER = "Make another VAE; VAE(vae.encoder, vae.decoder, ...) shares the trained weights."
_OF_HALVES = "It is that of the encoder and the decoder; make another VAE with others."
_FIXED = {
    **dict.fromkeys(("encoder", "decoder", "likelihood", "variational"), _ANOTHER),
    **dict.fromkeys(("latent_dim", "sample_shape", "n_labels"), _OF_HALVES),
    "beta_schedule": "Set beta to the schedule: vae.beta = Warmup(10).",
}
"""Attributes that are decided when a VAE is made, and what to do instead of changing them."""


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

    `VAE.build` makes both for you. The loss is ``reconstruction_loss + beta * kl_loss`` with
    reconstruction_loss = E_q[-log p(x | z)], one draw of z per sample, and kl_loss =
    KL(q(z | x) || N(0, I)): sums over dimensions in nats, means over samples. With ``beta=1`` it is
    the negative ELBO of Kingma & Welling (2014), equation 10; other values give the beta-VAE of
    Higgins et al. (2017). Regularisation losses of the two models are added.

    It is compiled with Adam(1e-3) until you call `compile`.

    Parameters
    ----------
    encoder
        Keras model that maps x (n, *sample_shape) to (z_mean, z_log_var), each (n, latent_dim), or
        to a dict with these names. A third output is ignored.
    decoder
        Keras model that maps z (n, latent_dim) to (n, *sample_shape): logits for the Bernoulli
        likelihood, means for the Gaussian one; for the categorical one logits
        (n, *sample_shape, n_classes).
    likelihood
        "bernoulli" for data in [0, 1], "gaussian" (unit deviation), or an object:
        ``Bernoulli()``, ``Gaussian(deviation="learned")``, ``Categorical(n_classes)``.
    beta
        Weight of the KL term: a number of at least 0, or a schedule in epochs such as
        ``Warmup(10)`` or ``Cyclical(10)``. Can be set at any time.
    objective
        "elbo", "free_bits", "iwae", "info_vae", "beta_tc", or an object such as
        ``IWAE(n_draws=50)``.
    variational
        False makes a plain autoencoder: it decodes z_mean without noise and minimises the
        reconstruction loss. Its z_log_var is 0, and what needs a KL raises ``RuntimeError``.
    n_labels
        Number of labels of a conditional VAE: its encoder maps [x, y], its decoder [z, y], with y
        one-hot (n, n_labels). The default follows from the number of inputs.
    from_logits
        False if the decoder returns probabilities.
    seed
        Seed of noise and shuffling; None for a new one each time.
    sample_shape
        Shape of one sample, needed only if the encoder does not know its input shape.
    name
        The model's name.

    Raises
    ------
    ValueError
        If the shapes or latent dimensions of encoder, decoder and likelihood do not fit together,
        or the decoder returns probabilities where logits are expected.

    Examples
    --------
    >>> digits = vw.load_dataset("digits")
    >>> vae = vw.VAE.build(digits.sample_shape, hidden_units=(32,), seed=0)
    >>> history = vae.fit(digits.x_train, epochs=1, verbose=0)
    >>> vae.sample(3).shape
    (3, 8, 8, 1)
    """

    _saved_training: dict[str, Any] | None = None  # what the bundle says that it was loaded from

    @checks.suggest_keywords
    def __init__(
        self,
        encoder: keras.Model,
        decoder: keras.Model,
        likelihood: str | Likelihood = "bernoulli",
        beta: float | Schedule = 1.0,
        *,
        objective: str | Objective = "elbo",
        variational: bool = True,
        n_labels: int | None = None,
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
        n_labels = n_labels_of(encoder, decoder, n_labels)
        latent_dim = check_halves(encoder, decoder, shape, rule, bool(variational), n_labels)
        goal = make_objective(objective, variational)
        drawn_seed = _draw_seed(seed)
        rule = rule.claim()

        super().__init__(beta, name=name)
        self.encoder = encoder
        self.decoder = decoder
        self.likelihood = rule
        self.variational = self._logs_elbo = bool(variational)
        self._seed = None if seed is None else drawn_seed  # an int also from numpy, for JSON
        self._drawn_seed = drawn_seed
        self._rules = DataRules(shape, rule, goal, n_labels, self._has_own_targets())
        self._latent_dim = latent_dim
        self._noise_width = max(1, goal.n_draws * latent_dim)
        # Validation has noise of its own, so that it does not change the course of training.
        self._training_seeds = keras.random.SeedGenerator(drawn_seed)
        self._evaluation_seeds = keras.random.SeedGenerator(drawn_seed)
        model = LatentModel(encoder, decoder, rule, self.variational, n_labels)
        self._latent_model = model
        self._functions = functions = RowFunctions(self, model, self._rules, latent_dim)
        self._evaluator = Evaluator(functions)
        self._codes = TrainingCodes(functions)
        self._scorer = AnomalyScorer(functions, lambda: self._codes.code_statistics)
        batch = (None, *shape)
        self.build(batch if n_labels is None else [batch, (None, n_labels)])
        self._tracker.unlock()  # Keras locks what is built; a subclass adds its layers only now
        self.compile()
        self._is_complete = True

    def __setattr__(self, name: str, value: Any) -> None:
        remedy = _FIXED.get(name)
        if remedy is not None and vars(self).get("_is_complete"):
            raise AttributeError(f"{name} of a VAE cannot be changed. {remedy}")
        super().__setattr__(name, value)

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
        objective: str | Objective = "elbo",
        variational: bool = True,
        n_labels: int | None = None,
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
            "dense" for anything, "conv" for images of 8 to 512 pixels a side, channels last,
            "sequence" for tokens (steps,), grids of voices (steps, voices) and signals.
        likelihood, beta, seed, objective, variational, name
            As for `VAE`; the seed also draws the initial weights. "categorical" needs `n_classes`.
        hidden_units
            Sizes of the encoder's dense layers; the decoder has them in reverse. The default is
            (256,) for "dense" and "sequence", and (64,) for "conv". () leaves them out.
        filters
            For "conv": filters of the encoder's 3x3 convolutions of stride 2; the decoder has them
            in reverse. The default is 32, 64, 64, ..., down to a longest side of 8 pixels; it
            begins with 16 above 128 pixels and with 8, 16 above 256. For "sequence": channels of
            the residual blocks, with dilations 1, 2, 4, ...; the default is (32,).
        activation
            Name of the Keras activation of the hidden layers.
        n_classes
            For likelihood="categorical": the number of tokens; x holds 0 to n_classes - 1.
        n_labels
            Makes a conditional VAE for labels 0 to n_labels - 1.

        Raises
        ------
        TypeError, ValueError
            If an argument is unknown or outside its range.
        """
        shape = check_sample_shape(sample_shape)
        if architecture == "dense" and has_channels_first(shape):
            warnings.warn(
                f"sample_shape {shape} looks like images with the channels first. Dense layers "
                "take them as they are; for architecture='conv' and for other tools "
                f"{MOVE_CHANNELS.format('x')}.",
                stacklevel=3,  # the caller, above the check of the keywords
            )
        rule = make_likelihood(likelihood, n_classes=n_classes).renew()
        encoder, decoder = build_architecture(
            architecture,
            shape,
            checks.positive_int("latent_dim", latent_dim),
            likelihood=rule,
            hidden_units=hidden_units,
            filters=filters,
            activation=activation,
            variational=bool(variational),
            n_labels=None if n_labels is None else checks.positive_int("n_labels", n_labels),
            seed=_draw_seed(seed),
        )
        return cls(
            encoder,
            decoder,
            rule,
            beta,
            objective=objective,
            variational=variational,
            n_labels=n_labels,
            seed=seed,
            name=name,
        )

    @property
    def latent_dim(self) -> int:
        """Number of latent dimensions."""
        return self._latent_dim

    @property
    def sample_shape(self) -> tuple[int, ...]:
        """Shape of one sample."""
        return self._rules.sample_shape

    @property
    def n_labels(self) -> int | None:
        """Number of labels of a conditional VAE; None if it takes none."""
        return self._rules.n_labels

    @property
    def beta(self) -> float:
        """Weight of the KL term in the loss, now.

        Set it to a number, which ends a schedule, or to a schedule. While training runs, it acts
        within about 0.1 s.
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
    def objective(self) -> Objective:
        """What training minimises: a name or an object. Setting it in training raises."""
        return self._rules.objective

    @objective.setter
    def objective(self, value: str | Objective) -> None:
        self._refuse_while_training("objective")
        goal = make_objective(value, self.variational)
        self._rules.objective = goal
        self._noise_width = max(1, goal.n_draws * self._latent_dim)
        self._forget_compiled_steps()

    @property
    def seed(self) -> int | None:
        """The seed of noise and shuffling; None if it was drawn.

        Set it between two fits. The weights do not change.
        """
        return self._seed

    @seed.setter
    def seed(self, value: int | None) -> None:
        self._refuse_while_training("seed")
        self._drawn_seed = _draw_seed(value)
        self._seed = None if value is None else self._drawn_seed
        self._training_seeds.state.assign([self._drawn_seed, 0])

    @property
    def learning_rate(self) -> float:
        """The optimizer's learning rate, now. It can be set while training runs.

        Raises
        ------
        TypeError
            If it is set, but the optimizer has a schedule.
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

    # What a subclass may add

    def auxiliary_loss(self, batch: EncodedBatch, x: Any, y: Any, training: bool) -> Any:
        """Return what to add to the loss of each sample, (b,); for subclasses.

        It is called with tensors for each batch of training and evaluation. Set the layers and
        metrics that it uses after ``super().__init__``; pass ``sample_weight=batch.weights`` to
        metrics. See docs/extending.md.

        Parameters
        ----------
        batch
            Codes, noise and weights of the batch.
        x
            Samples (b, *sample_shape).
        y
            Targets of `fit` (b, ...), or labels (b,) of a conditional VAE, or None.
        training
            Whether this is a training step.
        """
        return 0.0

    def _has_own_targets(self) -> bool:
        names = ("auxiliary_loss", "train_step", "test_step")
        return any(getattr(type(self), name) is not getattr(VAE, name) for name in names)

    def _added_layers(self) -> dict[str, keras.layers.Layer]:
        return {
            name: value
            for name, value in vars(self).items()
            if isinstance(value, keras.layers.Layer)
            and not any(value is own for own in (self.encoder, self.decoder, self.likelihood))
        }

    def _prepare_training(self, data: tuple[Any, ...]) -> None:
        if any(not layer.built for layer in self._added_layers().values()):
            self._build_added_layers(data)
        super()._prepare_training(data)

    def _build_added_layers(self, data: tuple[Any, ...]) -> None:
        parts: Any = None
        if is_array(data[0]):
            parts = tuple(tf.constant(part[:2]) for part in data)
        elif isinstance(data[0], tf.data.Dataset):
            parts = next(iter(data[0].take(1)), None)
        if parts is not None and self._keeps("train_step"):
            self.test_step(parts)
            self.reset_metrics()
        for name, layer in self._added_layers().items():
            if not layer.built:
                raise ValueError(
                    f"layer {name!r} is not built, so the optimizer cannot train it. Build it in "
                    f"__init__, with the shape of its input: self.{name}.build((None, "
                    "self.latent_dim))."
                )

    def get_compile_config(self) -> dict[str, Any]:
        """Return what `compile_from_config` needs; Keras calls this when it saves."""
        shapes = {
            name: layer.get_build_config()
            for name, layer in self._added_layers().items()
            if layer.built
        }
        return {**super().get_compile_config(), "added_layers": shapes}

    def compile_from_config(self, config: dict[str, Any]) -> None:
        """Build the layers that a subclass added, and compile; Keras calls this when it loads."""
        for name, shapes in config.get("added_layers", {}).items():
            layer = getattr(self, name, None)
            if layer is not None and not layer.built and shapes:
                layer.build_from_config(shapes)
        super().compile_from_config({k: v for k, v in config.items() if k != "added_layers"})

    # One batch

    def call(self, inputs: Any, training: bool | None = None) -> Any:
        """Reconstruct x (n, *sample_shape) in data space, from z_mean (from a draw in training).

        A conditional VAE takes [x, y], with y as labels (n,) or one-hot (n, n_labels).
        """
        x, *labels = inputs if self.n_labels else [inputs]
        labels = [self._latent_model.one_hot(y) if len(y.shape) == 1 else y for y in labels]
        z_mean, z_log_var = self._latent_model.code(x, *labels, training=training)
        z = z_mean
        if training and self.variational:
            epsilon = keras.random.normal(
                ops.shape(z_mean), dtype="float32", seed=self._training_seeds
            )
            z = reparameterize(z_mean, z_log_var, epsilon)
        return self._latent_model.mean(z, *labels, training=training)

    def _train_on_batch(self, batch: Batch) -> Any:
        with tf.GradientTape() as tape:
            sums = self._weighted_sums(batch, training=True)
            loss = self.optimizer.scale_loss(tf.math.divide_no_nan(sums[0], sums[-1]))
        variables = self.trainable_variables
        gradients = tape.gradient(loss, variables)
        self.optimizer.apply(in_order(gradients) if self.jit_compile else gradients, variables)
        return sums

    def _evaluate_on_batch(self, batch: Batch) -> Any:
        return self._weighted_sums(batch, training=False)

    def _weighted_sums(self, batch: Batch, training: bool) -> Any:
        """Return the sums over the batch of `LOG_NAMES`, and of the weights: (4,)."""
        x, *targets = batch.data
        data = (x, *map(self._latent_model.one_hot, targets)) if self.n_labels else (x,)
        z_mean, z_log_var = self._latent_model.code(*data, training=training)

        def reconstruction(z: Any) -> Any:
            return self._latent_model.reconstruction_loss(z, *data, training=training)

        encoded = EncodedBatch(
            z_mean=z_mean,
            z_log_var=z_log_var,
            epsilon=batch.noise,
            weights=batch.weights,
            beta=batch.beta,
            n_samples=batch.n_samples,
            reconstruction=reconstruction,
        )
        losses = self.objective(encoded)
        more = self.auxiliary_loss(encoded, x, targets[0] if targets else None, training)
        penalties = sum(self.losses)
        return tf.stack(
            [
                ops.sum(batch.weights * (losses.loss + more + penalties)),
                ops.sum(batch.weights * losses.reconstruction),
                ops.sum(batch.weights * losses.kl),
                ops.sum(batch.weights),
            ]
        )

    # What a codec does

    def encode(
        self, x: ArrayLike | Iterable[Any], y: ArrayLike | None = None
    ) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Map samples to their codes.

        Parameters
        ----------
        x
            Samples (n, *sample_shape), or a stream of them as for `anomaly_score`.
        y
            For a conditional VAE: labels (n,), or one label for all. Streams hold batches (x, y).

        Returns
        -------
        z_mean, z_log_var
            Mean and log-variance of q(z | x), each (n, latent_dim); lazy for a Dask array.
        """
        if is_dask_array(x):
            codes = self._functions.lazily("encode", x, y)
            return codes[:, 0], codes[:, 1]
        function = self._functions.encode
        z_mean, z_log_var = self._functions.map(lambda _, *rows: function(*rows), x, y)
        return z_mean, z_log_var

    def decode(self, z: ArrayLike, y: ArrayLike | None = None) -> NDArray[np.float32]:
        """Map codes (n, latent_dim) to samples (n, *sample_shape) in data space.

        The samples are the means of p(x | z), or the most likely tokens of a categorical
        likelihood. A conditional VAE needs `y`, as in `encode`.
        """
        z = checks.samples("z", z, (self._latent_dim,))
        return self._functions.decode(z, *self._rules.conditions(y, len(z)))[0]

    def sample(
        self, n: int, seed: int | None = None, *, y: ArrayLike | None = None
    ) -> NDArray[np.float32]:
        """Decode `n` draws from the prior N(0, I) to samples (n, *sample_shape).

        A conditional VAE needs `y`: labels (n,), or one label for all.
        """
        self._functions.need_prior("sample")
        n = checks.positive_int("n", n)
        rng = np.random.default_rng(seed)
        return self.decode(rng.standard_normal((n, self._latent_dim), dtype=np.float32), y)

    def condition_on(self, label: int) -> ConditionedCodec:
        """Return a codec with the label fixed: ``LatentScatter(vae.condition_on(3), x)``.

        Parameters
        ----------
        label
            A label of this conditional VAE, 0 to n_labels - 1.
        """
        if self.n_labels is None:
            raise TypeError(
                "condition_on(label) is for a conditional VAE; this one takes no labels. Build it "
                "with n_labels, or use it as it is."
            )
        return ConditionedCodec(self, label, self.n_labels)

    # What others do for it

    elbo = delegated("_evaluator", Evaluator.elbo)
    log_likelihood = delegated("_evaluator", Evaluator.log_likelihood)
    bits_per_dimension = delegated("_evaluator", Evaluator.bits_per_dimension)
    kl_per_dimension = delegated("_evaluator", Evaluator.kl_per_dimension)
    kl_decomposition = delegated("_evaluator", Evaluator.kl_decomposition)
    active_units = delegated("_evaluator", Evaluator.active_units)
    anomaly_score = delegated("_scorer", AnomalyScorer.anomaly_score)
    attribution = delegated("_scorer", AnomalyScorer.attribution)
    reconstruction_error = delegated("_scorer", AnomalyScorer.reconstruction_error)
    update_code_statistics = delegated("_codes", TrainingCodes.update_code_statistics)

    @property
    def score_name(self) -> str:
        """What `anomaly_score` gives by default, with its unit."""
        return "negative ELBO (nats)" if self.variational else "negative log-likelihood (nats)"

    @property
    def code_statistics(self) -> CodeStatistics:
        """Mean and covariance of the codes of the training samples, under the present weights.

        Raises
        ------
        RuntimeError
            If they are not known for these weights.
        ValueError
            If the encoder's weights hold NaN, because training has diverged.
        """
        return self._codes.code_statistics

    def save_own_variables(self, store: Any) -> None:
        """Put the statistics of the training codes into a file; Keras calls this."""
        self._codes.save(store)

    def load_own_variables(self, store: Any) -> None:
        """Read what `save_own_variables` wrote; Keras calls this."""
        self._codes.load(store)

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
        model. The options after `zipped` are for bundles. Half and mixed precision are exported in
        float32.

        Parameters
        ----------
        filepath
            A name that ends in ``.vae`` or ``.keras``.
        overwrite
            Whether to replace a file that exists.
        zipped
            As in `keras.Model.save`; not for bundles.
        renderer
            Draws the samples: an `ImageRenderer`, `SignalRenderer`, `TableRenderer` or
            `TextRenderer`; None for one that suits their shape. Of your own renderer only the name
            is saved.
        preprocessing
            A note on how to prepare data for the model: text, or anything that JSON holds. It is
            not applied.
        samples
            Samples (n, *sample_shape) to save as pictures, with their codes.
        latents
            Codes (n, latent_dim) to save; the default is those of `samples`.
        policy
            A threshold to save.

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
            save_by_keras(self, filepath, overwrite, zipped)
            return
        if zipped is not None:
            raise ValueError(f"zipped={zipped!r} is not for bundles. Leave zipped out.")
        if not overwrite and os.path.exists(filepath):
            raise FileExistsError(f"{filepath} exists, and overwrite is False.")
        save_bundle(self, filepath, **options)

    def export(self, filepath: Any, *args: Any, **options: Any) -> None:
        """Export the reconstruction x -> x_hat for serving; arguments as in `keras.Model.export`.

        A conditional VAE takes [x, y], with y one-hot. Use ``vae.encoder.export`` and
        ``vae.decoder.export`` for one half.
        """
        x = np.zeros((1, *self.sample_shape), np.float32)
        y = [np.eye(1, self.n_labels, dtype=np.float32)] if self.n_labels else []
        self([x, *y] if y else x, training=False)  # Keras exports what was called once
        super().export(filepath, *args, **options)

    @classmethod
    def load(
        cls, path: str | os.PathLike[str], custom_objects: CustomObjects | None = None
    ) -> Self:
        """Load a trainable model, compiled, with the state of its optimizer.

        `vae_widgets.load` is faster when nothing is to be trained; `VAE.resume` continues the
        training of a checkpoint. Nothing in the file is run as code.

        Parameters
        ----------
        path
            A ``.vae`` file, bundle or checkpoint, or a ``.keras`` file.
        custom_objects
            Your classes and functions that are not registered with
            ``keras.saving.register_keras_serializable``, by name: ``{"MyLayer": MyLayer}``.

        Raises
        ------
        BundleError
            If the file is damaged, manipulated, of a newer version, or holds another class. It is a
            ``ValueError`` and names the part.
        OSError
            If there is no such file.
        """
        return cls._remember(*load_trainable(path, cls, custom_objects))

    @classmethod
    def from_archive(cls, archive: Archive, custom_objects: CustomObjects | None = None) -> Self:
        """Load the model of a bundle or checkpoint that is open already; otherwise like `load`."""
        return cls._remember(*trainable_in(archive, cls, custom_objects))

    def _remember(self, training: dict[str, Any] | None) -> Self:
        self._saved_training = training
        return self

    def export_spec(self) -> ExportSpec:
        """Return what a bundle is made from: facts about the model, and its functions."""
        rule = self.likelihood
        facts = ModelFacts(
            latent_dim=self.latent_dim,
            sample_shape=self.sample_shape,
            likelihood=rule.name,
            bounds=rule.bounds,
            n_classes=rule.n_classes,
            n_labels=self.n_labels,
            variational=self.variational,
        )
        return ExportSpec(
            name=self.name,
            facts=facts,
            networks=self._latent_model,
            training=training_summary(self, self._saved_training),
            check_samples=self._rules.samples,
            encode=self.encode,
            code_statistics=lambda: self.code_statistics,
        )

    def get_config(self) -> dict[str, Any]:
        """Return what rebuilds this model; Keras calls this when it saves."""
        return {
            "encoder": keras.saving.serialize_keras_object(self.encoder),
            "decoder": keras.saving.serialize_keras_object(self.decoder),
            "likelihood": keras.saving.serialize_keras_object(self.likelihood),
            "beta": self._beta.get_config(),
            "current_beta": self.beta,
            "objective": keras.saving.serialize_keras_object(self.objective)
            if self.variational
            else "elbo",
            "variational": self.variational,
            "n_labels": self.n_labels,
            "seed": self.seed,
            "sample_shape": list(self.sample_shape),
            "name": self.name,
        }

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> "VAE":
        """Rebuild a model from `get_config`; Keras calls this when it loads."""
        parts = {
            name: keras.saving.deserialize_keras_object(value) if isinstance(value, dict) else value
            for name, value in config.items()
        }
        current_beta = parts.pop("current_beta")
        model = cls(**parts)
        model._beta.show(current_beta)
        return model

    # What the trainer asks for

    def _after_training(self, x: Any, labels: Any = None, batches: int | None = None) -> None:
        self._codes.note(x, labels, batches)

    def _training_noise(self, n: Any) -> Any:
        return self._noise(n, self._training_seeds)

    def _evaluation_noise(self, n: Any) -> Any:
        return self._noise(n, self._evaluation_seeds)

    def _noise(self, n: Any, seeds: keras.random.SeedGenerator) -> Any:
        shape = (n, self.objective.n_draws, self._latent_dim)
        return keras.random.normal(shape, dtype="float32", seed=seeds)

    def _before_evaluation(self) -> None:
        super()._before_evaluation()
        self._evaluation_seeds.state.assign([self._drawn_seed, 0])

    def _shuffler(self, iterations: int) -> np.random.Generator:
        return np.random.default_rng([self._drawn_seed, iterations])


def _draw_seed(seed: int | None) -> int:
    if seed is None:
        return int(np.random.default_rng().integers(2**31))
    seed = checks.positive_int("seed", seed, minimum=0)
    if seed >= 2**31:
        raise ValueError(f"seed must be at most {2**31 - 1}; received {seed}.")
    return seed
