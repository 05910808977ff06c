"""The samples of a scatter and their codes: of a codec, of what only encodes, or given."""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from vae_widgets.codec import (
    CannotDecodeError,
    check_codec,
    check_codes,
    encode_distribution,
    parts_of_code,
)
from vae_widgets.core import checks
from vae_widgets.core.fixed_blocks import is_stored, slices_of
from vae_widgets.core.latent.aggregated_posterior import evenly_chosen
from vae_widgets.core.lazy_samples import Samples, lazy_samples

Codes = tuple[NDArray[np.float32], NDArray[np.float32] | None]
"""z_mean and z_log_var, each (n, latent_dim); None for a codec without variances."""

# Samples that stay where they are have the range of values of this many, at equal distances.
MOST_FOR_RANGE = 100


class EncodedSamples:
    """Samples with their codes, or with what gives them.

    Parameters
    ----------
    codec
        As `LatentScatter` takes it: it may lack ``decode``.
    x
        Samples (n, *sample_shape). In a file they stay there; with `codes` also a function of rows.
    codes
        What ``codec.encode(x)`` would give; None for `encode` to call it.

    Attributes
    ----------
    codec : Codec
        One that has ``decode``, which may raise.
    x : ndarray or LazySamples
        The samples, float32 (n, *sample_shape).
    for_range : array-like
        Samples that say what values are usual.
    """

    def __init__(self, codec: Any, x: Any, codes: Any = None) -> None:
        if codes is None and callable(x):
            raise TypeError(
                "x is a function of rows, which does not say how many samples there are; expected "
                "samples. Pass also codes (n, latent_dim), those of all samples."
            )
        only_encodes = _only_encodes(codec)
        sample_shape = None if only_encodes else tuple(check_codec(codec).sample_shape)
        lazy = None
        if codes is not None:
            n_codes = _number_of(codes)  # wrong codes are named before samples are read
            n = len(x) if hasattr(x, "__len__") else n_codes
            lazy = lazy_samples(x, n, sample_shape)
        elif is_stored(x) and not only_encodes:  # UMAP and its like take all samples at once
            lazy = lazy_samples(x, len(x), sample_shape)
        self.x: Samples = _in_memory(x, sample_shape) if lazy is None else lazy
        self.for_range = x if lazy is None else lazy[evenly_chosen(len(lazy), MOST_FOR_RANGE)]
        self.codec = EncodingOnly(codec, self.x, codes) if only_encodes else codec
        self._codes = None
        if codes is not None:
            self._codes = check_codes(self.codec, "codes", codes)
            _check_length("codes", self._codes, self.x)

    def encode(self) -> Codes:
        """Return z_mean and z_log_var."""
        if self._codes is not None:
            return self._codes
        if isinstance(self.x, np.ndarray):
            return _encode(self.codec, self.x)
        parts = [_encode(self.codec, self.x[rows]) for rows in slices_of(len(self.x))]
        log_vars = [log_var for _, log_var in parts if log_var is not None]
        z_mean = np.concatenate([z_mean for z_mean, _ in parts])
        return z_mean, np.concatenate(log_vars) if log_vars else None


def _number_of(codes: Any) -> int:
    z_mean = checks.float_array("codes", parts_of_code("codes", codes)[0])
    if z_mean.ndim != 2:
        raise ValueError(f"codes has shape {z_mean.shape}; expected (n, latent_dim).")
    return len(z_mean)


def _encode(codec: Any, x: NDArray[np.float32]) -> Codes:
    codes = encode_distribution(codec, x)
    _check_length("codec.encode(x)", codes, x)
    return codes


def _check_length(name: str, codes: Codes, x: Samples) -> None:
    if len(codes[0]) != len(x):
        raise ValueError(
            f"{name} has {len(codes[0])} rows; expected {len(x)}, one for each sample."
        )


def _in_memory(x: ArrayLike, sample_shape: tuple[int, ...] | None) -> NDArray[np.float32]:
    if sample_shape is not None:
        return checks.samples("x", x, sample_shape)
    samples = checks.float_array("x", x)
    if samples.ndim < 2:
        raise ValueError(f"x has shape {samples.shape}; expected (n, *sample_shape).")
    return samples


def _only_encodes(codec: Any) -> bool:
    has_all = all(hasattr(codec, name) for name in ("encode", "decode"))
    ways = ("encode", "transform", "embedding_", "__call__")
    return not (has_all or isinstance(codec, str | type)) and any(hasattr(codec, w) for w in ways)


class EncodingOnly:
    """A codec for `LatentScatter` that only encodes: UMAP, t-SNE, an encoder, a function.

    Parameters
    ----------
    encoder
        A function of samples, or an object with ``encode``, ``transform`` (of flattened samples),
        or ``embedding_`` of these samples.
    x
        Samples (n, *sample_shape).
    codes
        The codes of x, if they are known.
    """

    def __init__(self, encoder: Any, x: Samples, codes: Any = None) -> None:
        self._encoder, self._x = encoder, x
        self.sample_shape = x.shape[1:]
        self._code: Any = codes
        if codes is None:
            self._code = self.encode(x)  # once: t-SNE and UMAP are slow
        code = parts_of_code(f"codec of type {type(encoder).__name__}", self._code)[0]
        shape = getattr(code, "shape", None) or np.shape(code)
        if len(shape) != 2 or shape[0] != len(x):
            raise ValueError(
                f"codec of type {type(encoder).__name__} gives shape {tuple(shape)} for {len(x)} "
                f"samples; expected ({len(x)}, latent_dim)."
            )
        self.latent_dim = int(shape[1])

    def encode(self, x: Any) -> Any:
        """Map samples (n, *sample_shape) to their codes."""
        if self._code is not None and x is self._x:
            return self._code
        if hasattr(self._encoder, "encode"):
            return self._encoder.encode(x)
        if hasattr(self._encoder, "transform"):
            return self._encoder.transform(np.reshape(x, (len(np.asarray(x)), -1)))
        if hasattr(self._encoder, "embedding_"):
            return self._encoder.embedding_
        return self._encoder(x)

    def decode(self, z: ArrayLike) -> NDArray[np.float32]:
        """Raise ``CannotDecodeError``."""
        raise CannotDecodeError(
            "This codec only encodes, so nothing can be decoded. Samples can still be looked at, "
            "selected and coloured; pass a codec with decode for the rest."
        )
