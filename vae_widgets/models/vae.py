"""The variational autoencoder: a `keras.Model` that is also a codec for the widgets."""

import os
import warnings
from collections.abc import Sequence
from typing import Any, Self

import keras
import numpy as np
from keras import ops

from vae_widgets.bundle import Archive
from vae_widgets.bundle.manifest import ModelFacts
from vae_widgets.codec import ConditionedCodec
from vae_widgets.core import checks
from vae_widgets.core.image_shapes import MOVE_CHANNELS, has_channels_first
from vae_widgets.models.data.rules import DataRules
from vae_widgets.models.delegation import FactoryOnClass, delegated
from vae_widgets.models.inference.anomaly_scores import AnomalyScorer
from vae_widgets.models.inference.code_statistics import CodeStatistics
from vae_widgets.models.inference.evaluation import Evaluator
from vae_widgets.models.inference.row_functions import Coder, RowFunctions
from vae_widgets.models.losses.autoregressive import with_context
from vae_widgets.models.losses.beta import Beta
from vae_widgets.models.losses.latent_model import LatentModel
from vae_widgets.models.losses.likelihood import Likelihood
from vae_widgets.models.losses.likelihoods import make_likelihood
from vae_widgets.models.losses.objective import EncodedBatch, Objective
from vae_widgets.models.losses.objectives import make_objective
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
    BundleWriter,
    load_trainable,
    trainable_in,
)
from vae_widgets.models.serialization.export_spec import ExportSpec, training_summary
from vae_widgets.models.serialization.own_classes import CustomObjects
from vae_widgets.models.training.model_training import ModelTraining
from vae_widgets.models.training.optimizer import build_optimizer
from vae_widgets.models.training.state import Randomness, draw_seed
from vae_widgets.models.training.trainer import Trainer
from vae_widgets.models.training.training_codes import TrainingCodes
from vae_widgets.models.training.training_step import TrainingStep

_ANOTHER = "Make another VAE; VAE(vae.encoder, vae.decoder, ...) shares the trained weights."
_OF_HALVES = "It is that of the encoder and the decoder; make another VAE with others."
_FIXED = {
    **dict.fromkeys(("encoder", "decoder", "likelihood", "variational"), _ANOTHER),
    **dict.fromkeys(("latent_dim", "sample_shape", "n_labels"), _OF_HALVES),
    "beta_schedule": "Set beta to the schedule: vae.beta = Warmup(10).",
}
"""Attributes that are decided when a VAE is made, and what to do instead of changing them."""


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
        randomness = Randomness(seed)
        weight = Beta(beta)
        rule = rule.claim()

        super().__init__(name=name)
        self.encoder = encoder
        self.decoder = decoder
        self.likelihood = rule
        self.variational = bool(variational)
        replaced = [
            name
            for name in ("auxiliary_loss", "train_step", "test_step")
            if getattr(type(self), name) is not getattr(VAE, name)
        ]
        self._rules = DataRules(shape, rule, goal, n_labels, takes_targets=bool(replaced))
        self._latent_model = LatentModel(encoder, decoder, rule, self.variational, n_labels)
        self._functions = RowFunctions(self, self._latent_model, self._rules, latent_dim)
        self._writer = BundleWriter(self)
        self._coder = Coder(self._functions)
        self._evaluator = Evaluator(self._functions)
        self._codes = TrainingCodes(self._functions)
        self._scorer = AnomalyScorer(self._functions, lambda: self._codes.code_statistics)
        self._training = ModelTraining(
            self,
            self._rules,
            TrainingStep(self, self._latent_model, self._rules, latent_dim),
            self._codes,
            weight,
            randomness,
            replaced_steps=frozenset(replaced),
        )
        # Here Keras finds them, so that checkpoints hold their states.
        self._training_seeds = randomness.training
        self._evaluation_seeds = randomness.evaluation
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

    @FactoryOnClass
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
        context: int | None = None,
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
        context
            For architecture="sequence" with tokens (steps,): each token depends on z and on this
            many tokens before it; see `AutoregressiveCategorical`. `decode` and `sample` then take
            the most likely token, step by step. None makes tokens independent given z.
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
        initial = draw_seed(seed)
        if context is not None:
            rule = with_context(rule, context, architecture, initial)
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
            seed=initial,
        )
        vae: VAE = cls(
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
        return vae

    @property
    def latent_dim(self) -> int:
        """Number of latent dimensions."""
        return self._functions.latent_dim

    @property
    def sample_shape(self) -> tuple[int, ...]:
        """Shape of one sample."""
        return self._rules.sample_shape

    @property
    def n_classes(self) -> int | None:
        """Number of tokens for a categorical likelihood, None for others."""
        number: int | None = self.likelihood.n_classes
        return number

    @property
    def n_labels(self) -> int | None:
        """Number of labels of a conditional VAE; None if it takes none."""
        return self._rules.n_labels

    # What a subclass may add

    def auxiliary_loss(self, batch: EncodedBatch, x: Any, y: Any, training: bool) -> Any:
        """Return what to add to the loss of each sample, (b,); for subclasses.

        It is called with tensors for each batch of training and evaluation. Set the layers and
        metrics that it uses after ``super().__init__``; pass ``sample_weight=batch.weights`` to
        metrics. See docs/how_to/extending.md.

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

    # What a codec does

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

    # What its parts do

    encode = delegated("_coder", Coder.encode)
    decode = delegated("_coder", Coder.decode)
    sample = delegated("_coder", Coder.sample)
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
        """Read what `save_own_variables` wrote; Keras calls this before it loads the optimizer."""
        if not self.optimizer.built:
            build_optimizer(self)
        self._codes.load(store)

    # Saving

    save = delegated("_writer", BundleWriter.save)
    to_onnx = delegated("_writer", BundleWriter.to_onnx)

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
            "beta": self._training.beta.get_config(),
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
        model._training.beta.show(current_beta)
        return model
