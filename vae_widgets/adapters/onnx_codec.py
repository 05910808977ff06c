"""Pairs of ONNX files as codecs."""

import math
import os
import pathlib
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vae_widgets.adapters.adapted_codec import AdaptedCodec, Code
from vae_widgets.adapters.onnx_files import Rewired, plain_model
from vae_widgets.adapters.options import (
    check_options,
    check_shape,
    model_shape,
)
from vae_widgets.adapters.outputs import LOG_VARS, MEANS, SAMPLES, pick
from vae_widgets.bundle.onnx.graph import OnnxGraph
from vae_widgets.bundle.onnx.model import OnnxModel as CheckedModel
from vae_widgets.bundle.onnx.shapes import infer
from vae_widgets.codec import MOST_ONNX_BYTES, OnnxModel
from vae_widgets.core import checks
from vae_widgets.core.atomic_file import read_file
from vae_widgets.rendering import Renderer


@checks.suggest_keywords
def from_onnx(
    encoder: str | os.PathLike[str] | bytes,
    decoder: str | os.PathLike[str] | bytes,
    sample_shape: tuple[int, ...] | None = None,
    *,
    channels_first: bool = False,
    likelihood: str | None = None,
    bounds: tuple[float, float] | None = None,
    renderer: Renderer | str | None = None,
) -> AdaptedCodec:
    """Make a codec of two ONNX files, for all widgets.

    They are read as strictly as the files in a bundle: operators of ONNX itself, without loops,
    with bounded memory and work. They run on ONNX Runtime, and pages decode with the decoder.

    Parameters
    ----------
    encoder
        The path of an ONNX file, or its content. It has one input, float32 samples, and gives the
        mean (n, latent_dim), and the log-variance if there is one. Of several outputs those called
        "mean", "mu", "z_mean", "loc" or "embedding", and "log_var", "logvar", "z_log_var" or
        "log_covariance" are taken; of two with other names the first is the mean.
    decoder
        The same, from codes (n, latent_dim) to samples. Of several outputs the one called
        "x_mean", "reconstruction", "recon_x", "x_hat" or "mean" is taken, or else the first.
    sample_shape
        Shape of one sample in your arrays, such as (28, 28). None takes that of the encoder's
        input. Where the files take or give flat vectors, samples are reshaped.
    channels_first
        Whether the files take images (channels, h, w), as exported from PyTorch, where your arrays
        have (h, w, channels), or (h, w) for one channel. Leave it out where your arrays have the
        order of the files.
    likelihood
        "bernoulli" or "gaussian": ``anomaly_score`` is then the negative ELBO. None scores by the
        squared error of the reconstruction. See `from_torch`.
    bounds
        Lowest and highest value of samples; others are refused. None takes [0, 1] for "bernoulli",
        and any values otherwise.
    renderer
        Draws samples in widgets that are given no renderer.

    Returns
    -------
    AdaptedCodec

    Raises
    ------
    ValueError
        If a file is damaged or not allowed, or the shapes of encoder and decoder do not fit.

    Examples
    --------
    >>> vae = vw.VAE.build((4,), latent_dim=2, likelihood="gaussian", seed=0)
    >>> made = vae.to_onnx()
    >>> codec = vw.from_onnx(made.encoder, made.decoder)
    >>> codec.decode([[0.0, 0.0]]).shape
    (1, 4)
    >>> slider = vw.InterpolationSlider(codec, [0.0, 0.0], [1.0, 1.0])
    """
    likelihood, bounds = check_options(likelihood, bounds)
    shape = None if sample_shape is None else check_shape(sample_shape)
    network = OnnxNetwork(encoder, decoder, shape, bool(channels_first))
    return AdaptedCodec(network, likelihood, bounds, renderer)


class OnnxNetwork:
    """Two ONNX files, checked, with the names that pages expect."""

    def __init__(
        self,
        encoder: str | os.PathLike[str] | bytes,
        decoder: str | os.PathLike[str] | bytes,
        sample_shape: tuple[int, ...] | None,
        channels_first: bool,
    ) -> None:
        where, content = _read("encoder", encoder)
        self.name, decoder_content = _read("decoder", decoder)
        encoding = Rewired(plain_model(content, where), where)
        self.sample_shape = sample_shape or _declared(encoding.input_shape, where, channels_first)
        images = model_shape(self.sample_shape, channels_first)
        steps = _steps_to(images, encoding.input_shape, self.sample_shape, where)
        encoding.give("x", self.sample_shape, steps)
        mean, log_var = _code_names(encoding.outputs, where)
        self.has_variances = log_var is not None
        # The page asks for variances, too; without them it uses the mean alone.
        names = {"z_mean": mean, "z_log_var": log_var}
        code = _shape_of(encoding, mean, where, {"x": (1, *self.sample_shape)})
        if len(code) != 1:
            raise ValueError(
                f"output {mean!r} of {where} has shape {(1, *code)} for one sample; expected "
                "(1, latent_dim). Flatten it before the export."
            )
        (self.latent_dim,) = code
        encoding.take(names, code)
        self._encoder_content = encoding.content()
        self._decoder_content = self._rewire_decoder(decoder_content, images)
        self._encoder = OnnxGraph(
            self._encoder_content,
            {"x": self.sample_shape},
            dict.fromkeys(names, code),
            where,
        )
        self._decoder = OnnxGraph(
            self._decoder_content, {"z": code}, {"x_mean": self.sample_shape}, self.name
        )

    def encode(self, x: NDArray[np.float32]) -> Code:
        """Map samples (n, *sample_shape) to z_mean and z_log_var, each (n, latent_dim)."""
        z_mean, z_log_var = self._encoder(x=x)
        return z_mean, z_log_var if self.has_variances else None

    def decode(self, z: NDArray[np.float32]) -> NDArray[Any]:
        """Map codes (n, latent_dim) to samples (n, *sample_shape)."""
        return self._decoder(z=z)[0]

    def to_onnx(self, convert: bool) -> OnnxModel:
        """Return the files; ``ValueError`` for a large decoder if not `convert`."""
        size = len(self._decoder_content)
        if size > MOST_ONNX_BYTES and not convert:
            raise ValueError(
                f"its decoder has {size:,} bytes; pass in_page=True to send more than "
                f"{MOST_ONNX_BYTES:,}."
            )
        return OnnxModel(self._decoder_content, self._encoder_content)

    def weights_version(self) -> int:
        """Return 0: the files have been read."""
        return 0

    def _rewire_decoder(self, content: bytes, images: tuple[int, ...]) -> bytes:
        where = self.name
        graph = Rewired(plain_model(content, where), where)
        code = (self.latent_dim,)
        if len(graph.input_shape) != 1 or graph.input_shape[0] not in (None, self.latent_dim):
            raise ValueError(
                f"{where} takes codes of shape {graph.input_shape}; encoder gives {code}. Pass the "
                "encoder and the decoder of one model."
            )
        graph.give("z", code)
        source = pick(graph.outputs, SAMPLES) or graph.outputs[0]
        found = _shape_of(graph, source, where, {"z": (1, *code)})
        steps: list[tuple[str, Any]] = []
        if found != images and found == (math.prod(images),):
            steps.append(("Reshape", images))
        elif found != images:
            raise ValueError(
                f"{where} gives samples of shape {found}; expected {images}. Pass the sample_shape "
                "of your arrays, and channels_first=True if they have another order of axes."
            )
        graph.take({"x_mean": source}, self.sample_shape, [*steps, *self._moves_back(images)])
        return graph.content()

    def _moves_back(self, images: tuple[int, ...]) -> list[tuple[str, Any]]:
        """Return the steps from images of the model to samples."""
        if images == self.sample_shape:
            return []
        if len(self.sample_shape) == 2:
            return [("Reshape", self.sample_shape)]
        return [("Transpose", (0, 2, 3, 1))]


def _read(role: str, source: Any) -> tuple[str, bytes]:
    """Return what messages call an ONNX file, and its content."""
    if isinstance(source, bytes):
        return role, source
    if not isinstance(source, str | os.PathLike):
        raise TypeError(
            f"{role} must be the path of an ONNX file, or its content as bytes; received "
            f"{type(source).__name__}."
        )
    path = pathlib.Path(source)
    return path.name, read_file(path)


def _declared(shape: tuple[int | None, ...], where: str, channels_first: bool) -> tuple[int, ...]:
    """Return the shape of samples that a file says itself."""
    known = tuple(side for side in shape if side is not None)
    if len(known) != len(shape) or not known or (channels_first and len(known) != 3):
        raise ValueError(
            f"{where} takes samples of shape {shape}; pass sample_shape, the shape of one sample "
            "in your arrays, such as sample_shape=(28, 28)."
        )
    return (*known[1:], known[0]) if channels_first else known


def _steps_to(
    images: tuple[int, ...],
    declared: tuple[int | None, ...],
    sample_shape: tuple[int, ...],
    where: str,
) -> list[tuple[str, Any]]:
    """Return the steps from samples to what the encoder takes."""
    steps: list[tuple[str, Any]] = []
    if images != sample_shape:
        moves = len(sample_shape) == 3
        steps.append(("Transpose", (0, 3, 1, 2)) if moves else ("Reshape", images))
    fits = len(declared) == len(images) and all(
        a in (None, b) for a, b in zip(declared, images, strict=False)
    )
    if fits:
        return steps
    if declared == (math.prod(images),):
        return [*steps, ("Reshape", declared)]
    raise ValueError(
        f"{where} takes samples of shape {declared}; received sample_shape {sample_shape}. Pass "
        "the shape of your arrays, and channels_first=True if they have another order of axes."
    )


def _code_names(outputs: list[str], where: str) -> tuple[str, str | None]:
    """Return the names of the outputs with the mean and the log-variance."""
    mean = pick(outputs, MEANS)
    if mean is not None:
        return mean, pick(outputs, LOG_VARS)
    if len(outputs) > 2:
        raise ValueError(
            f"{where} has the outputs {outputs}; expected the mean, and the log-variance if there "
            f"is one. Name them 'mean' and 'log_var', or export these two alone."
        )
    return outputs[0], outputs[1] if len(outputs) == 2 else None


def _shape_of(
    graph: Rewired, output: str, where: str, rows: dict[str, tuple[int, ...]]
) -> tuple[int, ...]:
    """Return the shape of one row of an output of the file."""
    try:
        known = infer(CheckedModel.from_bytes(graph.content()), rows)
    except ValueError as error:
        raise ValueError(f"{where} is refused: {error}.") from None
    return known[graph.tensor(output)].shape[1:]
