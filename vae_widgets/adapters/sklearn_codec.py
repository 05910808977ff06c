"""Transformers of scikit-learn as codecs."""

import math
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vae_widgets.adapters.adapted_codec import AdaptedCodec, Code
from vae_widgets.adapters.options import check_shape
from vae_widgets.codec import MOST_ONNX_BYTES, OnnxModel
from vae_widgets.core import checks
from vae_widgets.rendering import Renderer

_TOLERANCE = 1e-5
_ROWS_AT_ONCE = 256
_ROWS_COMPARED = 8
_MOST_FEATURES = 4096  # up to here the encoder's matrix is found in a tenth of a second

Rows = NDArray[np.float64]


@checks.suggest_keywords
def from_sklearn(
    estimator: Any,
    sample_shape: tuple[int, ...] | None = None,
    *,
    renderer: Renderer | str | None = None,
) -> AdaptedCodec:
    """Make a codec of a fitted transformer of scikit-learn, for all widgets.

    It takes what has ``transform`` and ``inverse_transform``: PCA, NMF, FastICA, TruncatedSVD,
    KernelPCA with ``fit_inverse_transform=True``, pipelines of these. It also takes FactorAnalysis,
    which has no ``inverse_transform``: a code is decoded to ``z @ components_ + mean_``.

    Parameters
    ----------
    estimator
        The fitted transformer.
    sample_shape
        Shape of one sample in your arrays, such as (8, 8) for images; they are flattened for the
        transformer. None takes vectors, (n_features,).
    renderer
        Draws samples in widgets that are given no renderer.

    Returns
    -------
    AdaptedCodec
        Scores are squared errors of the reconstruction. Pages decode by themselves if
        ``inverse_transform`` is a matrix product and a sum, as in PCA and NMF.

    Raises
    ------
    TypeError
        If the estimator has no ``transform`` or no ``inverse_transform``.
    ValueError
        If it is not fitted, or was fitted on another number of features.

    Examples
    --------
    >>> from sklearn.decomposition import PCA
    >>> x = np.random.default_rng(0).normal(size=(50, 8, 8))
    >>> codec = vw.from_sklearn(PCA(2).fit(x.reshape(50, 64)), (8, 8))
    >>> codec.encode(x).shape
    (50, 2)
    >>> scatter = vw.LatentScatter(codec, x)
    """
    return AdaptedCodec(SklearnNetwork(estimator, sample_shape), renderer=renderer)


class SklearnNetwork:
    """A fitted transformer, which is tried with zeros first."""

    has_variances = False

    def __init__(self, estimator: Any, sample_shape: tuple[int, ...] | None) -> None:
        self.name = type(estimator).__name__
        self._estimator = estimator
        self._dtype: Any = np.float64
        self._inverse = _inverse_of(estimator)
        n_features = getattr(estimator, "n_features_in_", None)
        if sample_shape is not None:
            self.sample_shape = check_shape(sample_shape)
        elif n_features is None:
            raise ValueError(
                f"estimator of type {self.name} has no n_features_in_; expected a fitted one. Call "
                "fit first, or pass sample_shape."
            )
        else:
            self.sample_shape = (int(n_features),)
        size = math.prod(self.sample_shape)
        if n_features not in (None, size):
            raise ValueError(
                f"sample_shape {self.sample_shape} has {size} elements; estimator was fitted on "
                f"{n_features} features. Pass the shape of one sample."
            )
        self.latent_dim = self._try(size)

    def encode(self, x: NDArray[np.float32]) -> Code:
        """Map samples (n, *sample_shape) to codes (n, latent_dim)."""
        return self._transform(x.reshape(len(x), -1)), None

    def decode(self, z: NDArray[np.float32]) -> NDArray[Any]:
        """Map codes (n, latent_dim) to samples (n, *sample_shape)."""
        return _dense(self._inverse(z.astype(np.float64))).reshape(-1, *self.sample_shape)

    def to_onnx(self, convert: bool) -> OnnxModel:
        """Return the matrix products as ONNX; ``ValueError`` if `inverse_transform` is no such."""
        from vae_widgets.adapters.onnx_files import Rewired, affine_graph, plain_model

        size = math.prod(self.sample_shape)
        if size * self.latent_dim * 4 > MOST_ONNX_BYTES and not convert:
            raise ValueError(
                f"its matrix has {size * self.latent_dim * 4:,} bytes; pass in_page=True to send "
                f"more than {MOST_ONNX_BYTES:,}."
            )
        decoder = _affine(lambda z: _dense(self._inverse(z)), self.latent_dim)
        if decoder is None:
            raise ValueError(
                f"inverse_transform of {self.name} is not a matrix product and a sum, and cannot "
                "be written as ONNX."
            )
        # A live page never encodes; looking at each of many features takes seconds.
        is_quick = convert or size <= _MOST_FEATURES
        encoder = _affine(self._transform, size) if is_quick else None
        code = (self.latent_dim,)
        content: bytes | None = None
        if encoder is not None:
            content = affine_graph("x", "z_mean", (self.sample_shape, code), *encoder)
            # The page asks for variances, too; without them it uses the mean alone.
            graph = Rewired(plain_model(content, "encoder"), "encoder")
            graph.give("x", self.sample_shape)
            graph.take({"z_mean": "z_mean", "z_log_var": None}, code)
            content = graph.content()
        return OnnxModel(affine_graph("z", "x_mean", (code, self.sample_shape), *decoder), content)

    def weights_version(self) -> int:
        """Return 0: a fitted transformer stays as it is."""
        return 0

    def _transform(self, rows: NDArray[Any]) -> Rows:
        rows = rows.astype(self._dtype)
        with warnings.catch_warnings():
            # Of one that was fitted on a DataFrame.
            warnings.filterwarnings("ignore", "X does not have valid feature names")
            return _dense(self._estimator.transform(rows))

    def _try(self, size: int) -> int:
        try:
            try:
                z = self._transform(np.zeros((1, size)))
            except TypeError:  # NMF takes the precision alone that it was fitted in
                self._dtype = np.float32
                z = self._transform(np.zeros((1, size)))
        except Exception as error:
            reason = " ".join(str(error).split())
            raise ValueError(
                f"estimator of type {self.name} does not transform a sample of {size} zeros: "
                f"{reason:.300} Fit it first, on samples of this shape."
            ) from error
        if z.ndim != 2 or len(z) != 1:
            raise ValueError(
                f"estimator.transform(x) has shape {z.shape} for one sample; expected "
                "(1, latent_dim)."
            )
        x = _dense(self._inverse(np.zeros((1, z.shape[1]))))
        if x.shape != (1, size):
            raise ValueError(
                f"estimator.inverse_transform(z) has shape {x.shape} for one code; expected "
                f"{(1, size)}, as it was fitted."
            )
        return int(z.shape[1])


def _inverse_of(estimator: Any) -> Callable[[Rows], Any]:
    """Return the function that decodes, or raise ``TypeError``."""
    missing = [name for name in ("transform", "inverse_transform") if not hasattr(estimator, name)]
    # As of FactorAnalysis: the mean of x given z.
    is_factor_analysis = all(
        hasattr(estimator, n) for n in ("components_", "mean_", "noise_variance_")
    )
    if missing == ["inverse_transform"] and is_factor_analysis:
        return lambda z: z @ estimator.components_ + estimator.mean_
    if missing and type(estimator).__name__ != "FactorAnalysis":
        raise TypeError(
            f"estimator of type {type(estimator).__name__} lacks {' and '.join(missing)}; expected "
            "a transformer of scikit-learn with both. LatentScatter takes one that only encodes, "
            "such as t-SNE, as its codec."
        )
    if missing:
        raise ValueError("estimator of type FactorAnalysis is not fitted. Call fit first.")
    inverse: Callable[[Rows], Any] = estimator.inverse_transform
    return inverse


def _dense(rows: Any) -> Rows:
    """Return an array, of a DataFrame or a sparse matrix too."""
    return np.asarray(rows.toarray() if hasattr(rows, "toarray") else rows, np.float64)


def _affine(function: Callable[[Rows], Rows], size: int) -> tuple[Rows, Rows] | None:
    """Return (matrix, offset) of a function of rows of `size` numbers; None if it is not affine.

    It is tried: each unit vector gives a row of the matrix.
    """
    rng = np.random.default_rng(0)
    a, b = rng.standard_normal((2, _ROWS_COMPARED, size))
    try:
        offset = function(np.zeros((1, size)))[0]
        if not _near(function(a) + function(b) - offset, function(a + b)):
            return None
        parts = []
        for start in range(0, size, _ROWS_AT_ONCE):
            n = min(_ROWS_AT_ONCE, size - start)
            parts.append(function(np.eye(n, size, start)) - offset)
        matrix = np.concatenate(parts)
        return (matrix, offset) if _near(a @ matrix + offset, function(a)) else None
    except ValueError:  # of a transformer that takes no negative numbers, such as NMF
        return None


def _near(a: Rows, b: Rows) -> bool:
    return bool(np.allclose(a, b, rtol=0, atol=_TOLERANCE * (float(np.abs(b).max()) or 1.0)))
