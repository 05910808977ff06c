"""An outlier detector for scikit-learn around a `VAE`."""

import dataclasses
import math
import os
import pathlib
from collections.abc import Sequence
from typing import Any

import keras
import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.base import BaseEstimator, OutlierMixin
from sklearn.utils.validation import check_is_fitted

from vae_widgets.bundle import BundleError
from vae_widgets.bundle.detector_part import DETECTOR_PART, saturated
from vae_widgets.core import checks
from vae_widgets.core.pairing import shared_index
from vae_widgets.core.preprocessing import PREPROCESSING, Preprocessing, preprocess
from vae_widgets.core.scores.policy import ThresholdPolicy
from vae_widgets.core.thresholds import check_labels, check_method
from vae_widgets.models.detector.bundle import read_detector, write_detector
from vae_widgets.models.detector.inputs import in_parts, learn_preprocessing, parts_of, read_rows
from vae_widgets.models.detector.threshold import (
    check_policy,
    chosen_policy,
    clear_of,
    hash_of,
    offset_of,
    scores_of,
    threshold_method,
)
from vae_widgets.models.inference.anomaly_scores import ATTRIBUTION_KINDS, SCORE_KINDS
from vae_widgets.models.losses.divergence import has_nan_weights
from vae_widgets.models.losses.likelihood import Likelihood
from vae_widgets.models.losses.likelihoods import Gaussian, make_likelihood
from vae_widgets.models.losses.schedules import Schedule
from vae_widgets.models.networks.architectures import ARCHITECTURES
from vae_widgets.models.networks.user_models import check_sample_shape
from vae_widgets.models.serialization.own_classes import CustomObjects
from vae_widgets.models.vae import VAE


class VAEDetector(OutlierMixin, BaseEstimator):
    """Detect outliers with a VAE trained on samples that are (nearly) all normal.

    A scikit-learn outlier detector for ``Pipeline``, ``cross_val_score`` and ``GridSearchCV``:
    `score_samples` and `decision_function` are higher for normal samples, `predict` returns +1 for
    these and -1 for outliers. Samples are rows of a table (n, n_features), or images and signals
    with their shape. Large data are read in parts of 32 MiB: memmaps, HDF5, Zarr and Dask arrays,
    an open ``pyarrow.parquet.ParquetFile``, ``tf.data.Dataset`` and `keras.utils.PyDataset`.

    Parameters
    ----------
    latent_dim, architecture, hidden_units, filters, beta
        As for `VAE.build`.
    likelihood
        "gaussian" is ``Gaussian(deviation="learned")`` here (``docs/how_to/detector.md`` compares).
        Other names are as for `VAE.build`. An object is copied for each fit.
    preprocessing
        What happens to samples before training and scoring:

        "standardize_features"
            Each feature to mean 0 and deviation 1 over the training samples; for tables.
        "standardize_samples"
            Each sample to mean 0 and deviation 1 over its own features; for images and signals
            whose brightness, contrast or gain means nothing.
        None
            Nothing; for the likelihood "bernoulli", with values in [0, 1].
    epochs, batch_size, learning_rate, verbose
        As for `VAE.fit`, with Adam.
    seed
        Seed of weights, noise and shuffling; None for a new one each time.
    score_kind
        A kind of `VAE.anomaly_score`: "elbo", "reconstruction", "kl" or "mahalanobis".
    contamination
        How `fit` chooses the threshold from the scores of the training samples: the share of them
        to flag, above 0 and at most 0.5, or a method of `choose_threshold` that needs no labels,
        such as "mad". It changes `predict` and `offset_`, not scores.
    sample_shape
        Shape of one sample where X holds flattened ones, such as (28, 28) for architecture="conv";
        None for the shape that X has.

    Attributes
    ----------
    vae_ : VAE
        The trained model, for samples as `preprocess` makes them.
    offset_ : float
        The threshold of `score_samples`: outliers are below it.
    n_features_in_ : int
        Number of features, the product of the sample's shape.
    feature_names_in_ : ndarray of shape (n_features_in_,)
        Names of the columns, if X has any.
    sample_shape_ : tuple of int
        Shape of one sample.

    Examples
    --------
    >>> from sklearn.datasets import load_breast_cancer
    >>> X, y = load_breast_cancer(return_X_y=True)
    >>> detector = VAEDetector().fit(X[y == 1])  # benign ones
    >>> is_outlier = detector.predict(X) == -1
    """

    @checks.suggest_keywords
    def __init__(
        self,
        latent_dim: int = 8,
        architecture: str = "dense",
        likelihood: str | Likelihood = "gaussian",
        preprocessing: str | None = "standardize_features",
        epochs: int = 50,
        seed: int | None = 0,
        *,
        score_kind: str = "elbo",
        contamination: float | str = 0.05,
        hidden_units: Sequence[int] | None = None,
        filters: Sequence[int] | None = None,
        beta: float | Schedule = 1.0,
        batch_size: int = 32,
        learning_rate: float = 1e-3,
        sample_shape: Sequence[int] | None = None,
        verbose: Any = 0,
    ) -> None:
        self.latent_dim = latent_dim
        self.architecture = architecture
        self.likelihood = likelihood
        self.preprocessing = preprocessing
        self.epochs = epochs
        self.seed = seed
        self.score_kind = score_kind
        self.contamination = contamination
        self.hidden_units = hidden_units
        self.filters = filters
        self.beta = beta
        self.batch_size = batch_size
        self.learning_rate = learning_rate
        self.sample_shape = sample_shape
        self.verbose = verbose

    def fit(
        self, X: ArrayLike, y: Any = None, sample_weight: ArrayLike | None = None
    ) -> "VAEDetector":
        """Learn what is normal, and choose the threshold.

        Parameters
        ----------
        X
            At least two samples (n, n_features) or (n, *sample_shape), (nearly) all normal.
            Datasets hold batches x, or tuples that begin with x.
        y
            Ignored; scikit-learn passes it.
        sample_weight
            Weights (n,) of an array's samples, at least 0, in the standardisation of features and
            in the loss. Samples of weight 0 are left out. The threshold counts each of the others
            once.

        Raises
        ------
        TypeError, ValueError
            If a parameter or X is bad, before training; or if training diverged or no threshold can
            be chosen. The detector then stays what it was before.
        """
        before = vars(self).copy()
        try:
            return self._fit(X, sample_weight)
        except BaseException:  # an interrupt must not leave parts of two fits, either
            self.__dict__ = before
            raise

    def _fit(self, X: ArrayLike, sample_weight: Any) -> "VAEDetector":
        method, parameters, score_kind, likelihood, batch_size, epochs, rate = self._checked()
        preprocessing, x, weights = learn_preprocessing(self, X, sample_weight)

        vae = VAE.build(
            self.sample_shape_,
            latent_dim=self.latent_dim,
            architecture=self.architecture,
            likelihood=likelihood,
            beta=self.beta,
            seed=self.seed,
            hidden_units=self.hidden_units,
            filters=self.filters,
        )
        vae.compile(keras.optimizers.Adam(rate))
        vae.fit(
            x, epochs=epochs, batch_size=batch_size, verbose=self.verbose, sample_weight=weights
        )
        scores = scores_of(vae, x, score_kind)
        if not np.isfinite(scores).all():
            raise ValueError(
                "training has diverged: the scores of the training samples are not finite. "
                "Standardise the samples (preprocessing), or lower learning_rate, "
                f"{self.learning_rate:g}."
            )
        model_hash = hash_of(vae, preprocessing)
        policy = chosen_policy(scores, score_kind, None, method, parameters, model_hash)
        self.vae_ = vae
        self._preprocessing: Preprocessing | None = preprocessing
        return self._use(policy)

    def preprocess(self, X: Any) -> NDArray[np.float32]:
        """Return X as the model sees it, (n, *sample_shape_): ``detector.vae_.encode`` takes it."""
        check_is_fitted(self)
        return in_parts(self._prepare, X)

    def anomaly_score(self, X: ArrayLike) -> NDArray[np.float64]:
        """Return the anomaly score of each sample, (n,): `score_samples` negated.

        It is the kind named by `score_kind`, in nats ("mahalanobis": deviations); higher =
        more anomalous.
        """
        check_is_fitted(self)
        scores = in_parts(
            lambda part: scores_of(self.vae_, self._prepare(part), self._policy.score), X
        )
        if np.isnan(scores).any() and has_nan_weights(self.vae_):
            raise ValueError(
                "anomaly_score gives NaN: the weights of vae_ hold NaN or infinite numbers. Fit "
                "the detector again, with a lower learning_rate or standardised samples."
            )
        return saturated(scores)

    def attribution(self, X: Any, kind: str = "reconstruction") -> NDArray[np.float32]:
        """Return what each feature adds to the anomaly score of its sample, in nats.

        Parameters
        ----------
        X
            Samples (n, n_features) or (n, *sample_shape).
        kind
            "reconstruction" for each feature, or "kl" for each latent dimension. The score "elbo"
            is the sum of both.

        Returns
        -------
        (n, *sample_shape_), in the order of ``feature_names_in_`` for a table; (n, latent_dim) for
        "kl".
        """
        check_is_fitted(self)
        checks.one_of("kind", kind, ATTRIBUTION_KINDS)
        return in_parts(lambda part: self.vae_.attribution(self._prepare(part), kind), X)

    def score_samples(self, X: ArrayLike) -> NDArray[np.float64]:
        """Return the normality of each sample, (n,), lower = more anomalous, as in scikit-learn."""
        return -self.anomaly_score(X)

    def decision_function(self, X: ArrayLike) -> NDArray[np.float64]:
        """Return ``score_samples(X) - offset_``, (n,): negative for outliers."""
        return self.score_samples(X) - self.offset_

    def predict(self, X: ArrayLike) -> NDArray[np.int_]:
        """Return +1 for normal samples and -1 for outliers, (n,)."""
        return np.where(self.decision_function(X) < 0, -1, 1)

    def choose_threshold(
        self,
        X: ArrayLike,
        labels: ArrayLike | None = None,
        method: str = "percentile",
        **parameters: Any,
    ) -> "VAEDetector":
        """Choose the threshold again on other samples, and return the detector.

        Best take samples that were not trained on: a threshold from training samples gives more
        alerts than it promises. `X` is (n, n_features) or (n, *sample_shape); the rest is as for
        `choose_threshold`.
        """
        check_is_fitted(self)
        check_method(method, parameters)
        shared_index({"X": X, "labels": labels})
        known = None
        if labels is not None:  # before the work of scoring
            parts = parts_of(X)
            n = len(read_rows(self, X)) if parts is None else parts.count()
            known = check_labels(labels, n, of="X")
        scores = self.anomaly_score(X)
        model_hash = hash_of(self.vae_, self._preprocessing)
        kind = self._policy.score
        return self._use(chosen_policy(scores, kind, known, method, parameters, model_hash))

    def policy(self, note: str | None = None, *, author: str | None = None) -> ThresholdPolicy:
        """Return the threshold as a policy for this model, which is applied with numpy alone.

        `note` and `author` are as for `ThresholdPolicy`; None for those of a loaded detector.
        """
        check_is_fitted(self)
        kept = self._policy
        return dataclasses.replace(
            kept,
            note=kept.note if note is None else note,
            author=kept.author if author is None else author,
        )

    def use_policy(self, policy: ThresholdPolicy, X: ArrayLike | None = None) -> "VAEDetector":
        """Take a threshold chosen elsewhere, as with ``AnomalyHistogram(...).policy()``.

        Parameters
        ----------
        policy
            For the score that this detector was fitted for, and, if it names one, of this model.
        X
            The samples it was chosen on. The threshold is then moved away from their scores by at
            most 0.00001 of its size, because scores of a saved bundle differ in their last digits.

        Returns
        -------
        VAEDetector
            Itself, with another `offset_`.

        Raises
        ------
        TypeError, ValueError
            If it is not a policy, or one for another score or model.
        """
        check_is_fitted(self)
        check_policy(policy, self._policy)
        threshold = policy.threshold
        if X is not None:
            threshold = clear_of(self.anomaly_score(X), threshold)
        model_hash = self._policy.model_hash
        return self._use(dataclasses.replace(policy, threshold=threshold, model_hash=model_hash))

    def save(
        self,
        path: str | os.PathLike[str],
        *,
        note: str | None = None,
        author: str | None = None,
        samples: ArrayLike | None = None,
    ) -> pathlib.Path:
        """Write a bundle with model, preprocessing and policy; `load` gives the detector back.

        `vae_widgets.load` opens it without TensorFlow: ``codec.anomaly_score(X)`` gives the same
        scores up to rounding, and ``codec.policy.apply(scores)`` the same alerts. The bundle scores
        in float32.

        Parameters
        ----------
        path
            A name that ends in ``.vae``.
        note, author
            As for `policy`.
        samples
            Samples (n, n_features) or (n, *sample_shape) to save as pictures, with their codes.
        """
        policy = self.policy(note, author=author)
        return write_detector(
            path,
            self.vae_,
            policy,
            self._preprocessing,
            getattr(self, "feature_names_in_", None),
            self.get_params(),
            None if samples is None else self.preprocess(samples),
        )

    @classmethod
    def load(
        cls, path: str | os.PathLike[str], custom_objects: CustomObjects | None = None
    ) -> "VAEDetector":
        """Load a detector that `save` wrote; `custom_objects` are as for `VAE.load`.

        Raises
        ------
        BundleError
            If the file is damaged, manipulated, of a newer version, or holds no detector.
        OSError
            If there is no such file.
        """
        vae, policy, part, where = read_detector(path, custom_objects)
        detector = cls(likelihood=vae.likelihood, beta=vae.beta_schedule or vae.beta)
        unknown = sorted(set(part.parameters) - set(detector.get_params()))
        if unknown:
            raise BundleError(
                f"{where}: part {DETECTOR_PART!r} has the parameter {unknown[0]!r}, which is "
                "unknown. Upgrade vae_widgets, if it is of a newer version."
            )
        detector.set_params(**part.parameters)
        try:
            detector._check_parameters()
        except (TypeError, ValueError, OverflowError) as error:
            raise BundleError(f"{where}: part {DETECTOR_PART!r}: {error}") from None
        detector.vae_ = vae
        detector.sample_shape_ = vae.sample_shape
        detector.n_features_in_ = math.prod(vae.sample_shape)
        if part.feature_names is not None:
            detector.feature_names_in_ = np.array(part.feature_names, dtype=object)
        detector._preprocessing = part.preprocessing
        detector._use(policy)
        return detector

    def __sklearn_is_fitted__(self) -> bool:
        return hasattr(self, "offset_")

    def _use(self, policy: ThresholdPolicy) -> "VAEDetector":
        self._policy = policy
        self.offset_ = offset_of(policy)
        return self

    def _prepare(self, X: Any) -> NDArray[np.float32]:
        return preprocess(read_rows(self, X), self._preprocessing, self.sample_shape_)

    def _checked(self) -> tuple[str, dict[str, Any], str, Likelihood, int, int, float]:
        return (
            *threshold_method(self.contamination),
            checks.one_of("score_kind", self.score_kind, SCORE_KINDS),
            self._own_likelihood(),
            checks.positive_int("batch_size", self.batch_size),
            checks.positive_int("epochs", self.epochs),
            checks.number_between("learning_rate", self.learning_rate, 0, open_low=True),
        )

    def _check_parameters(self) -> None:
        """Check all parameters. They are for the next fit, and may differ from the model's."""
        self._checked()
        checks.one_of("architecture", self.architecture, ARCHITECTURES)
        if self.seed is not None:
            checks.positive_int("seed", self.seed, 0)
        if not hasattr(self.beta, "get_config"):  # else it is a schedule
            checks.number_between("beta", self.beta, 0)
        for name in ("hidden_units", "filters", "sample_shape"):
            value = getattr(self, name)
            if value is not None:
                sizes = value if isinstance(value, list) else [value]
                for size in sizes:
                    checks.positive_int(name, size)
        checks.number_between("latent_dim", self.latent_dim, 1, 2**20)
        if self.sample_shape is not None:
            check_sample_shape(self.sample_shape)

    def _own_likelihood(self) -> Likelihood:
        is_default = self.likelihood == "gaussian"
        rule = Gaussian("learned") if is_default else make_likelihood(self.likelihood)
        if rule is self.likelihood:
            rule = type(rule).from_config(rule.get_config())
        if self.preprocessing is not None:
            checks.one_of("preprocessing", self.preprocessing, PREPROCESSING)
            if not rule.is_density or rule.bounds is not None:
                raise ValueError(
                    f"preprocessing={self.preprocessing!r} makes any numbers; the {rule.name} "
                    "likelihood does not take these. Pass preprocessing=None with samples that it "
                    "takes, or likelihood='gaussian'."
                )
        return rule
