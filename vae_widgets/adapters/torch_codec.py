"""Models of PyTorch as codecs."""

import contextlib
import zlib
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vae_widgets.adapters.adapted_codec import AdaptedCodec, Code
from vae_widgets.adapters.options import (
    check_options,
    check_shape,
    model_shape,
)
from vae_widgets.adapters.outputs import code_of, sample_of
from vae_widgets.adapters.torch_modules import evaluating, module_of, tensor_for, weights_of
from vae_widgets.codec import OnnxModel
from vae_widgets.core import checks
from vae_widgets.core.tensors import as_numpy
from vae_widgets.rendering import Renderer


@checks.suggest_keywords
def from_torch(
    encoder: Callable[..., Any],
    decoder: Callable[..., Any],
    sample_shape: tuple[int, ...],
    *,
    channels_first: bool = False,
    likelihood: str | None = None,
    bounds: tuple[float, float] | None = None,
    renderer: Renderer | str | None = None,
) -> AdaptedCodec:
    """Make a codec of an encoder and a decoder of PyTorch, for all widgets.

    They run where their weights are, without gradients and in evaluation mode; afterwards each
    module is in the mode that it had before.

    Parameters
    ----------
    encoder
        A ``torch.nn.Module``, or a method of one such as ``vae.encode``. It returns the mean
        (n, latent_dim); (mean, log_var); a ``torch.distributions.Distribution``; or a dict with
        "mean", "mu", "z_mean", "loc" or "embedding", and "log_var", "logvar", "z_log_var" or
        "log_covariance" if there is one.
    decoder
        The same, from z (n, latent_dim) to samples: a tensor, the first of several, a distribution,
        or a dict with "reconstruction", "recon_x", "x_mean", "x_hat" or "mean". Samples that are
        flat vectors are reshaped.
    sample_shape
        Shape of one sample in your arrays, such as (784,), (28, 28) or (3, 64, 64).
    channels_first
        Whether the model takes images (channels, h, w) where your arrays have (h, w, channels), or
        (h, w) for one channel. Axes are then moved before and after. Leave it out where your arrays
        have the order of the model.
    likelihood
        "bernoulli" (the decoder gives probabilities, trained by the cross-entropy) or "gaussian"
        (trained by the squared error, variance 1): ``anomaly_score`` is then the negative ELBO.
        None scores by the squared error of the reconstruction.
    bounds
        Lowest and highest value of samples; others are refused. None takes [0, 1] for "bernoulli",
        and any values otherwise.
    renderer
        Draws samples in widgets that are given no renderer, such as
        ``vw.ImageRenderer(shape=(28, 28))`` for flat vectors.

    Returns
    -------
    AdaptedCodec
        It follows the weights as they are trained. After each epoch call
        ``codec.tell_weights_changed()`` to tell pages that decode by themselves.

    Raises
    ------
    TypeError, ValueError
        If the encoder or the decoder does not take a sample or a code, or returns something else.

    Examples
    --------
    >>> import torch
    >>> encoder = torch.nn.Sequential(torch.nn.Flatten(), torch.nn.Linear(64, 2))
    >>> decoder = torch.nn.Sequential(torch.nn.Linear(2, 64), torch.nn.Sigmoid())
    >>> codec = vw.from_torch(encoder, decoder, (8, 8))
    >>> codec.decode([[0.0, 0.0]]).shape
    (1, 8, 8)
    >>> scatter = vw.LatentScatter(codec, np.zeros((5, 8, 8)))
    """
    shape = check_shape(sample_shape)
    model_shape(shape, channels_first)
    likelihood, bounds = check_options(likelihood, bounds)
    network = TorchNetwork(encoder, decoder, shape, bool(channels_first))
    return AdaptedCodec(network, likelihood, bounds, renderer)


class TorchNetwork:
    """An encoder and a decoder of PyTorch, which are tried with zeros first."""

    def __init__(
        self,
        encoder: Callable[..., Any],
        decoder: Callable[..., Any],
        sample_shape: tuple[int, ...],
        channels_first: bool,
    ) -> None:
        self.sample_shape = sample_shape
        self._channels_first = channels_first
        self._encoder, self._decoder = encoder, decoder
        self._encoding = module_of("encoder", encoder)
        self._decoding = module_of("decoder", decoder)
        self.name = type(self._decoding or decoder).__name__
        self.latent_dim, self.has_variances = self._try_encoder()
        self._try_decoder()

    def encode(self, x: NDArray[np.float32]) -> Code:
        """Map samples (n, *sample_shape) to z_mean and z_log_var, each (n, latent_dim)."""
        with evaluating(self._encoding):
            z_mean, z_log_var = self._code(tensor_for(self._encoding, x))
            return as_numpy(z_mean), None if z_log_var is None else as_numpy(z_log_var)

    def decode(self, z: NDArray[np.float32]) -> NDArray[Any]:
        """Map codes (n, latent_dim) to samples (n, *sample_shape)."""
        with evaluating(self._decoding):
            x: NDArray[Any] = as_numpy(self._sample(tensor_for(self._decoding, z)))
        return x

    def to_onnx(self, convert: bool) -> OnnxModel:
        """Return decoder and encoder as ONNX, or raise ``ValueError``."""
        from vae_widgets.adapters.torch_export import export  # needs onnxruntime

        decoder = export(
            "decoder",
            self._sample,
            self._decoding,
            self.decode,
            {"z": (self.latent_dim,)},
            {"x_mean": self.sample_shape},
            convert,
        )
        code = (self.latent_dim,)
        encoder: bytes | None = None
        with contextlib.suppress(ValueError):  # the page decodes without it
            encoder = export(
                "encoder",
                self._code_with_variances,
                self._encoding,
                self._encode_with_variances,
                {"x": self.sample_shape},
                {"z_mean": code, "z_log_var": code},
                convert,
            )
        return OnnxModel(decoder, encoder)

    def weights_version(self) -> int:
        """Return the CRC-32 of the weights of the decoder, about a millisecond per megabyte."""
        checksum = 0
        for weight in weights_of(self._decoding):
            checksum = zlib.crc32(np.ascontiguousarray(as_numpy(weight)).tobytes(), checksum)
        return checksum

    def _code(self, x: Any) -> tuple[Any, Any]:
        """Return the codes of a tensor of samples."""
        return code_of(self._encoder(self._to_model(x)))

    def _code_with_variances(self, x: Any) -> tuple[Any, Any]:
        z_mean, z_log_var = self._code(x)
        # The page asks for both; without variances it uses the mean alone.
        return z_mean, z_mean * 0 if z_log_var is None else z_log_var

    def _encode_with_variances(self, x: NDArray[np.float32]) -> list[NDArray[Any]]:
        z_mean, z_log_var = self.encode(x)
        return [z_mean, np.zeros_like(z_mean) if z_log_var is None else z_log_var]

    def _sample(self, z: Any) -> Any:
        """Return the samples of a tensor of codes."""
        return self._from_model(sample_of(self._decoder(z)))

    def _to_model(self, x: Any) -> Any:
        if not self._channels_first:
            return x
        return x.unsqueeze(1) if len(self.sample_shape) == 2 else x.permute(0, 3, 1, 2)

    def _from_model(self, x: Any) -> Any:
        """Move channels last, and reshape vectors; anything else is left for the check."""
        shape = self.sample_shape
        if self._channels_first and x.ndim == 4:
            return x.squeeze(1) if len(shape) == 2 else x.permute(0, 2, 3, 1)
        if x.ndim == 2 and len(shape) > 1 and x.shape[1] == np.prod(shape):
            if self._channels_first and len(shape) == 3:
                return x.reshape(-1, shape[2], *shape[:2]).permute(0, 2, 3, 1)
            return x.reshape(-1, *shape)
        return x

    def _try_encoder(self) -> tuple[int, bool]:
        try:
            z_mean, z_log_var = self.encode(np.zeros((1, *self.sample_shape), np.float32))
        except (RuntimeError, ValueError, IndexError) as error:
            raise ValueError(
                f"encoder does not take samples of shape {self.sample_shape}: {_first(error)}. "
                "sample_shape is that of one sample in your arrays. For an encoder of flat vectors "
                "pass torch.nn.Sequential(torch.nn.Flatten(), encoder); for one of images "
                "(channels, h, w) where your arrays have (h, w) or (h, w, channels) pass "
                "channels_first=True."
            ) from error
        for name, part in (("mean", z_mean), ("log-variance", z_log_var)):
            if part is not None and (
                part.ndim != 2 or part.shape != z_mean.shape or len(part) != 1
            ):
                raise ValueError(
                    f"the {name} of encoder(x) has shape {part.shape} for one sample; expected "
                    "(1, latent_dim). Flatten it in the encoder; an encoder of flat vectors needs "
                    "torch.nn.Flatten() before it."
                )
        return z_mean.shape[1], z_log_var is not None

    def _try_decoder(self) -> None:
        try:
            x = self.decode(np.zeros((1, self.latent_dim), np.float32))
        except (RuntimeError, ValueError, IndexError) as error:
            raise ValueError(
                f"decoder does not take codes of shape (n, {self.latent_dim}), which the encoder "
                f"gives: {_first(error)}. Pass the encoder and the decoder of one model."
            ) from error
        if x.shape != (1, *self.sample_shape):
            raise ValueError(
                f"decoder(z) has shape {x.shape} for one code; expected {(1, *self.sample_shape)}, "
                "or as many elements in a flat vector. sample_shape is that of one sample in your "
                "arrays; for a model of images (channels, h, w) where these have (h, w) or "
                "(h, w, channels) pass channels_first=True."
            )


def _first(error: Exception) -> str:
    return f"{str(error).strip().splitlines()[0]:.300}".rstrip(".") if str(error) else repr(error)
