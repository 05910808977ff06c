"""What the widgets know about a model: it encodes samples and decodes latent vectors."""

from typing import Any, Protocol, runtime_checkable

import numpy as np
from numpy.typing import ArrayLike, NDArray

from vae_widgets.core import checks
from vae_widgets.core.labels import check_labels


@runtime_checkable
class Codec(Protocol):
    """Anything that encodes and decodes: a VAE, a bundle, a PCA, a torch or ONNX model."""

    @property
    def latent_dim(self) -> int:
        """Number of latent dimensions."""

    @property
    def sample_shape(self) -> tuple[int, ...]:
        """Shape of one sample."""

    def encode(self, x: ArrayLike) -> Any:
        """Map samples (n, *sample_shape) to (z_mean, z_log_var), each (n, latent_dim).

        A codec without a variance, such as PCA, may return z_mean alone.
        """

    def decode(self, z: ArrayLike) -> NDArray[np.float32]:
        """Map latent vectors (n, latent_dim) to samples (n, *sample_shape) in data space."""


def check_codec(codec: Any) -> Codec:
    """Return `codec` if it has everything a widget needs.

    Raises
    ------
    TypeError
        If one of ``encode``, ``decode``, ``latent_dim`` and ``sample_shape`` is missing.
    """
    needed = ("encode", "decode", "latent_dim", "sample_shape")
    if isinstance(codec, str):  # which has an `encode` of its own
        raise TypeError(
            f"codec is the text {codec!r:.80}; expected an object with {', '.join(needed)}, such "
            "as a VAE. If it is another argument, pass it by its name."
        )
    missing = [name for name in needed if not hasattr(codec, name)]
    if missing:
        raise TypeError(
            f"codec of type {type(codec).__name__} lacks {', '.join(missing)}; expected an object "
            f"with {', '.join(needed)}, such as a VAE. Wrap your model in a small class with these."
        )
    return codec


def encode_mean(codec: Codec, x: ArrayLike) -> NDArray[np.float32]:
    """Return the latent means (n, latent_dim) of samples x (n, *sample_shape)."""
    return _checked_mean(codec, codec.encode(x))


def encode_distribution(
    codec: Codec, x: ArrayLike
) -> tuple[NDArray[np.float32], NDArray[np.float32] | None]:
    """Return z_mean and z_log_var, each (n, latent_dim); None for a codec without variances."""
    code = codec.encode(x)
    z_mean = _checked_mean(codec, code)
    if not isinstance(code, tuple | list) or len(code) < 2:
        return z_mean, None
    z_log_var = _checked(codec, "z_log_var of codec.encode(x)", code[1])
    if len(z_log_var) != len(z_mean):
        raise ValueError(
            f"z_log_var of codec.encode(x) has {len(z_log_var)} rows; expected {len(z_mean)}, as "
            "z_mean has."
        )
    return z_mean, z_log_var


def _checked_mean(codec: Codec, code: Any) -> NDArray[np.float32]:
    z_mean = code[0] if isinstance(code, tuple | list) else code
    return _checked(codec, "codec.encode(x)", z_mean)


def _checked(codec: Codec, name: str, code: Any) -> NDArray[np.float32]:
    hint = "Check the encoder; where training has diverged, lower the learning rate."
    # A copy: the codec may use its memory again.
    return checks.samples(name, code, (codec.latent_dim,), if_not_finite=hint).copy()


def decode_samples(codec: Codec, z: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the samples (n, *sample_shape) that `codec` makes of latent vectors z (n, latent_dim).

    Raises
    ------
    ValueError
        If the codec returns another shape, or values that are not finite.
    """
    x = checks.samples(
        "codec.decode(z)",
        codec.decode(z),
        tuple(codec.sample_shape),
        if_not_finite="Choose z nearer to the data, or check the decoder.",
    )
    if len(x) != len(z):
        raise ValueError(f"codec.decode(z) has {len(x)} samples for {len(z)} latent vectors.")
    return x


class ConditionalCodec(Protocol):
    """What a `GivenLabel` needs: a conditional `VAE` or a bundle of one."""

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


class GivenLabel:
    """A codec for the widgets: a conditional model with its label fixed; ``given`` makes one.

    It holds the model itself and no copy, so it follows as the model trains.
    """

    def __init__(self, model: ConditionalCodec, label: int, n_labels: int) -> None:
        self._model = model
        self.label = int(check_labels("label", label, None, n_labels))

    @property
    def latent_dim(self) -> int:
        """Number of latent dimensions."""
        return self._model.latent_dim

    @property
    def sample_shape(self) -> tuple[int, ...]:
        """Shape of one sample."""
        return self._model.sample_shape

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

    def sample(self, n: int, seed: int | None = None) -> NDArray[np.float32]:
        """Decode `n` draws from the prior to samples (n, *sample_shape) with the label."""
        return self._model.sample(n, seed, y=self.label)

    def __repr__(self) -> str:
        return f"<{type(self._model).__name__} given label {self.label}>"
