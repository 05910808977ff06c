"""The interface between models and widgets: encode samples, decode latent vectors."""

import dataclasses
from collections.abc import Callable, Mapping
from typing import Any, Protocol, runtime_checkable

import numpy as np
from numpy.typing import ArrayLike, NDArray

from vae_widgets.core import checks
from vae_widgets.core.fixed_blocks import slices_of
from vae_widgets.core.labels.conditioning import check_class_labels, one_hot
from vae_widgets.core.scores.reconstruction import squared_error

MOST_ONNX_BYTES = 8_000_000
"""The largest decoder that widgets give to their page unless they are told to."""


@dataclasses.dataclass(frozen=True)
class OnnxModel:
    """A model as ONNX, which widgets run in their page.

    Attributes
    ----------
    decoder
        An ONNX file that maps ``z`` (n, latent_dim) to ``x_mean`` (n, *sample_shape), float32.
    encoder
        One that maps ``x`` to ``z_mean`` and ``z_log_var``, or None.
    label
        For a conditional model: the one-hot label (n_labels,) of all rows, float32. Both files have
        the input ``y`` for it.
    """

    decoder: bytes
    encoder: bytes | None = None
    label: NDArray[np.float32] | None = None


@runtime_checkable
class Codec(Protocol):
    """Anything that encodes and decodes: a VAE, a bundle, a PCA, a torch or ONNX model.

    A codec may also have:

    - ``to_onnx(convert=True)`` returns an `OnnxModel`, so that widgets can decode in their page.
      With ``convert=False`` it takes less than a second, or raises ``ValueError``.
    - ``n_classes`` is the number of tokens where samples hold numbers of tokens, else None. Widgets
      compare such samples by the share of tokens that differ.
    - ``attribution(x)`` returns what each element adds to the reconstruction loss of its sample, in
      nats, (n, *sample_shape). A `ReviewQueue` shows it for rows of a table.
    - ``weights_version()`` returns a number that changes with the weights, if these may change.
    - ``on_weights_changed(callback)`` calls a function without arguments when they have changed. It
      does not keep the function, or the object of a method, alive.

    Examples
    --------
    >>> class Scaled:
    ...     latent_dim, sample_shape = 2, (2,)
    ...
    ...     def encode(self, x):
    ...         return x / 10
    ...
    ...     def decode(self, z):
    ...         return z * 10
    >>> isinstance(Scaled(), vw.Codec)
    True
    """

    @property
    def latent_dim(self) -> int:
        """Number of latent dimensions."""

    @property
    def sample_shape(self) -> tuple[int, ...]:
        """Shape of one sample."""

    def encode(self, x: ArrayLike) -> Any:
        """Map samples (n, *sample_shape) to (z_mean, z_log_var), each (n, latent_dim).

        A codec without a variance, such as PCA, may return z_mean alone. It gets a float32 array,
        and may return arrays or tensors of any library, or a dict with "z_mean" and "z_log_var".
        """

    def decode(self, z: ArrayLike) -> NDArray[np.float32]:
        """Map latent vectors (n, latent_dim) to samples (n, *sample_shape) in data space.

        It gets a float32 array and returns an array or a tensor of any library.
        """


def check_codec(codec: Any) -> Codec:
    """Return `codec` if it has ``encode``, ``decode``, ``latent_dim`` and ``sample_shape``."""
    needed = ("encode", "decode", "latent_dim", "sample_shape")
    if isinstance(codec, str):  # a text has a method `encode`, too
        raise TypeError(
            f"codec is the text {codec!r:.80}; expected an object with {', '.join(needed)}, such "
            "as a VAE. If it is another argument, pass it by its name."
        )
    missing = [name for name in needed if not hasattr(codec, name)]
    if missing:
        hint = " LatentScatter alone does without decode." if "decode" in missing else ""
        raise TypeError(
            f"codec of type {type(codec).__name__} lacks {', '.join(missing)}; expected an object "
            f"with {', '.join(needed)}, such as a VAE. Wrap your model in a small class with these."
            f"{hint}"
        )
    checked: Codec = codec
    return checked


def encode_mean(codec: Codec, x: ArrayLike) -> NDArray[np.float32]:
    """Return the latent means (n, latent_dim) of samples x (n, *sample_shape)."""
    return encode_distribution(codec, x)[0]


def encode_distribution(
    codec: Codec, x: ArrayLike
) -> tuple[NDArray[np.float32], NDArray[np.float32] | None]:
    """Return z_mean and z_log_var, each (n, latent_dim); None for a codec without variances.

    Raises ``TypeError`` or ``ValueError`` if the codec returns anything else, or takes tensors
    only.
    """
    return check_codes(codec, "codec.encode(x)", _call(codec, "encode", x))


def check_codes(
    codec: Codec, name: str, code: Any
) -> tuple[NDArray[np.float32], NDArray[np.float32] | None]:
    """Return z_mean and z_log_var (None without variances) of what ``encode`` may return."""
    parts = parts_of_code(name, code)
    z_mean = _checked(codec, name, parts[0])
    if len(parts) < 2:
        return z_mean, None
    z_log_var = _checked(codec, f"z_log_var of {name}", parts[1])
    if len(z_log_var) != len(z_mean):
        raise ValueError(
            f"z_log_var of {name} has {len(z_log_var)} rows; expected {len(z_mean)}, as z_mean has."
        )
    return z_mean, z_log_var


def parts_of_code(name: str, code: Any) -> list[Any]:
    """Return z_mean, and z_log_var if there is one, of what ``encode`` may return; not checked."""
    if isinstance(code, Mapping):
        if "z_mean" not in code:
            raise TypeError(
                f"{name} is a dict with {', '.join(map(repr, code))}; expected 'z_mean', and "
                "'z_log_var' if there is one."
            )
        return [code["z_mean"], *([code["z_log_var"]] if "z_log_var" in code else [])]
    if isinstance(code, tuple | list) and len(code) and _is_table(code[0]):
        return list(code)
    return [code]  # an array, or a list of rows


def _is_table(part: Any) -> bool:
    return len(getattr(part, "shape", None) or np.shape(part)) > 1


def _checked(codec: Codec, name: str, code: Any) -> NDArray[np.float32]:
    hint = "Check the encoder; where training has diverged, lower the learning rate."
    # Copied, because the codec may reuse its memory.
    return checks.samples(name, code, (codec.latent_dim,), if_not_finite=hint).copy()


def decode_samples(codec: Codec, z: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the samples (n, *sample_shape) that `codec` makes of latent vectors z (n, latent_dim).

    Raises
    ------
    CannotDecodeError
        If the codec only encodes.
    TypeError, ValueError
        If the codec returns another shape or NaN, or takes tensors only.
    """
    x = checks.samples(
        "codec.decode(z)",
        _call(codec, "decode", z),
        tuple(codec.sample_shape),
        if_not_finite="Choose z nearer to the data, or check the decoder.",
    )
    if len(x) != len(z):
        raise ValueError(f"codec.decode(z) has {len(x)} samples for {len(z)} latent vectors.")
    return x


def attribution_of(codec: Codec, x: NDArray[Any]) -> NDArray[np.float32] | None:
    """Return what each element adds to the reconstruction loss (n, *sample_shape), in nats.

    None if the codec cannot say, as its likelihood may have no elements.
    """
    attribution = getattr(codec, "attribution", None)
    if attribution is None:
        return None
    try:
        nats: NDArray[np.float32] = np.asarray(attribution(x), np.float32)
    except TypeError:
        return None
    return nats if nats.shape == x.shape else None


def reconstruction_error(codec: Codec, x: ArrayLike) -> NDArray[np.float64]:
    """Score samples by what a model loses of them; an anomaly score for any codec.

    It is the sum over the elements of (x - x_hat)^2, where x_hat is what the codec decodes from
    ``z_mean`` of x.

    Parameters
    ----------
    codec
        A VAE, or anything with ``encode``, ``decode``, ``latent_dim`` and ``sample_shape``.
    x
        Samples (n, *sample_shape), as ``codec.encode`` takes them.

    Returns
    -------
    (n,), higher = more anomalous.

    Examples
    --------
    >>> class Rounded:
    ...     latent_dim, sample_shape = 1, (1,)
    ...
    ...     def encode(self, x):
    ...         return np.round(x)
    ...
    ...     def decode(self, z):
    ...         return z
    >>> vw.reconstruction_error(Rounded(), [[2.0], [2.5]])
    array([0.  , 0.25])
    """
    samples = checks.samples("x", x, check_codec(codec).sample_shape)
    parts = [samples[rows] for rows in slices_of(len(samples))]
    errors = [
        squared_error(part, decode_samples(codec, encode_mean(codec, part))) for part in parts
    ]
    return np.concatenate(errors)


def _call(codec: Codec, method: str, argument: ArrayLike) -> Any:
    """Call a codec; if it does not take numpy arrays, say what it must take."""
    try:
        return getattr(codec, method)(argument)
    except (TypeError, AttributeError, RuntimeError) as error:
        if "ndarray" not in str(error):
            raise
        raise TypeError(
            f"codec.{method} of {type(codec).__name__} does not take a numpy array: {error}. It "
            "gets float32 arrays, and may return arrays or tensors. Convert them in it, for "
            f"PyTorch by torch.from_numpy: def {method}(self, a): return "
            f"self.model.{method}(torch.from_numpy(a))."
        ) from error


class CannotDecodeError(TypeError):
    """Raised when a codec that only encodes is asked to decode."""


class ConditionalCodec(Protocol):
    """What a `ConditionedCodec` needs: a conditional `VAE` or a bundle of one."""

    @property
    def latent_dim(self) -> int:
        """Number of latent dimensions."""

    @property
    def sample_shape(self) -> tuple[int, ...]:
        """Shape of one sample."""

    def encode(self, x: ArrayLike, y: Any = None) -> Any:
        """Map samples and labels to (z_mean, z_log_var)."""

    def decode(self, z: ArrayLike, y: Any = None) -> NDArray[np.float32]:
        """Map codes and labels to samples."""

    def sample(self, n: int, seed: int | None = None, *, y: Any = None) -> NDArray[np.float32]:
        """Decode draws from the prior."""

    def anomaly_score(self, x: ArrayLike, *, y: Any = None) -> NDArray[np.float32]:
        """Score samples with labels, (n,)."""

    def to_onnx(self, *, convert: bool = True) -> OnnxModel:
        """Return the model as ONNX."""


class ConditionedCodec:
    """A conditional model with its label fixed, for the widgets; ``condition_on`` makes one.

    It follows as the model trains.
    """

    def __init__(self, model: ConditionalCodec, label: int, n_labels: int) -> None:
        self._model = model
        self._n_labels = n_labels
        self.label = int(check_class_labels("label", label, None, n_labels))

    @property
    def latent_dim(self) -> int:
        """Number of latent dimensions."""
        return self._model.latent_dim

    @property
    def sample_shape(self) -> tuple[int, ...]:
        """Shape of one sample."""
        return self._model.sample_shape

    @property
    def n_classes(self) -> int | None:
        """Number of tokens of the model's samples; None where they are not tokens."""
        number: int | None = getattr(self._model, "n_classes", None)
        return number

    @property
    def renderer(self) -> Any:
        """The renderer that came with the model, as from a bundle; None if there is none."""
        return getattr(self._model, "renderer", None)

    def encode(self, x: ArrayLike) -> Any:
        """Map samples (n, *sample_shape) to (z_mean, z_log_var), as if they had the label."""
        return self._model.encode(x, self.label)

    def decode(self, z: ArrayLike) -> NDArray[np.float32]:
        """Map codes (n, latent_dim) to samples (n, *sample_shape) with the label."""
        return self._model.decode(z, self.label)

    @property
    def score_name(self) -> str | None:
        """What `anomaly_score` gives; None for a bundle that has no score."""
        name: str | None = getattr(self._model, "score_name", None)
        return name

    def anomaly_score(self, x: ArrayLike) -> Any:
        """Score samples (n, *sample_shape) as the model does, as if they had the label: (n,)."""
        return self._model.anomaly_score(x, y=self.label)

    def sample(self, n: int, seed: int | None = None) -> NDArray[np.float32]:
        """Decode `n` draws from the prior to samples (n, *sample_shape) with the label."""
        return self._model.sample(n, seed, y=self.label)

    def to_onnx(self, *, convert: bool = True) -> OnnxModel:
        """Return the model as ONNX, with the label."""
        hot = one_hot(np.array(self.label), self._n_labels)
        model: OnnxModel = self._model.to_onnx(convert=convert)
        return dataclasses.replace(model, label=hot)

    def weights_version(self) -> int:
        """Return a number that changes with the weights of the model."""
        version: Callable[[], int] | None = getattr(self._model, "weights_version", None)
        return version() if version else 0

    def on_weights_changed(self, callback: Callable[[], None]) -> None:
        """Call a function when the weights of the model have changed."""
        watch = getattr(self._model, "on_weights_changed", None)
        if watch:
            watch(callback)

    def __repr__(self) -> str:
        return f"<{type(self._model).__name__} given label {self.label}>"
