"""The model in a bundle, used without TensorFlow."""

import functools
import io
import pathlib
from collections.abc import Callable, Mapping
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from vae_widgets.bundle.archive import Archive, parse_archive
from vae_widgets.bundle.detector_part import (
    DETECTOR_PART,
    SCORE_PART,
    DetectorPart,
    saturated,
)
from vae_widgets.bundle.errors import BundleError
from vae_widgets.bundle.manifest import ModelFacts
from vae_widgets.bundle.onnx.graph import OnnxGraph
from vae_widgets.bundle.parts import (
    read_labels,
    read_latents,
    read_log_vars,
    read_policy,
    read_renderer,
    read_score_note,
    read_tiles,
)
from vae_widgets.codec import MOST_ONNX_BYTES, ConditionedCodec, OnnxModel
from vae_widgets.core import checks
from vae_widgets.core.atomic_file import read_file
from vae_widgets.core.dask_rows import is_dask_array, map_lazily
from vae_widgets.core.fixed_blocks import is_stored, slices_of
from vae_widgets.core.labels.conditioning import check_class_labels, missing_labels, one_hot
from vae_widgets.core.pairing import shared_index
from vae_widgets.core.tensors import as_numpy
from vae_widgets.core.vocabulary import Vocabulary
from vae_widgets.rendering import AbsentRenderer, Renderer

_SCORE_NAMES = {
    "elbo": "negative ELBO (nats)",
    "reconstruction": "negative log-likelihood (nats)",
}
"""As of `VAE.score_name`."""


class BundleCodec:
    """A saved VAE: encodes, decodes and samples on ONNX Runtime. `load` makes it.

    All that the file holds has been checked. It goes wherever a `VAE` goes that is not trained.

    Attributes
    ----------
    path
        The file.
    manifest
        All that its manifest says: training summary, versions, date, sizes of the parts.
    renderer
        The one that was saved, or one that suits the shape of a sample; the widgets take it.
    absent_renderer
        Name of the renderer that was saved, why it is not here, and what to do; None if it is here.
        A bundle does not hold the code of the author's own renderer, or of another package.
    vocabulary
        The `Vocabulary` of the renderer, which turns samples of tokens into strings; or None.
    preprocessing
        What was noted about preprocessing; only `anomaly_score` applies it. None if nothing.
    latents
        Codes (n, latent_dim) that were saved, or None.
    log_vars
        Log-variances (n, latent_dim) of q(z | x) of these codes, or None.
    labels
        Names of the classes of these codes, (n,) of texts; None for an unknown one. None if none
        were saved.
    policy
        The `ThresholdPolicy` that was saved, or None.

    Examples
    --------
    >>> vw.VAE.build((4,), likelihood="gaussian", seed=0).save("table.vae")
    >>> codec = vw.load("table.vae")
    >>> codec.decode([[0.0, 0.0]]).shape
    (1, 4)
    """

    def __init__(self, archive: Archive) -> None:
        where = str(archive.path)
        if archive.kind != "bundle":
            raise BundleError(
                f"{where} is a {archive.kind}, which has no parts for ONNX Runtime. Continue "
                "training with VAE.resume(path), or save a bundle with VAE.load(path).save(...)."
            )
        facts = ModelFacts.from_manifest(archive.manifest, where)
        self.path: pathlib.Path = archive.path
        self.manifest: dict[str, Any] = archive.manifest
        self._facts = facts
        self._encoder, self._decoder = self.graphs(facts, archive.parts, where)
        onnx = OnnxModel(archive.parts["decoder.onnx"], archive.parts["encoder.onnx"])
        # A larger one would lie in memory twice, and no page gets it by itself.
        self._onnx = onnx if len(onnx.decoder) <= MOST_ONNX_BYTES else None
        self.renderer: Renderer
        self.absent_renderer: AbsentRenderer | None
        self.renderer, self.absent_renderer = read_renderer(
            archive.manifest.get("renderer"), facts.sample_shape, where
        )
        self.vocabulary: Vocabulary | None = getattr(self.renderer, "vocabulary", None)
        self.preprocessing: Any = archive.manifest.get("preprocessing")
        self.latents = read_latents(archive, facts.latent_dim)
        self.log_vars = read_log_vars(archive, self.latents)
        self.labels = read_labels(archive, None if self.latents is None else len(self.latents))
        self.policy = read_policy(archive)
        self._detector: DetectorPart | None = None
        if DETECTOR_PART in archive.parts:
            content = archive.parts[DETECTOR_PART]
            self._detector = DetectorPart.from_json(content, facts.sample_shape, where)
        self._score: OnnxGraph | None = None
        note = read_score_note(archive.manifest.get("score"), where)
        self._score_kind, self._score_missing, self._score_is_named = note
        if SCORE_PART in archive.parts:
            if self._detector is not None and self.policy and self.policy.score != self._score_kind:
                raise BundleError(
                    f"{where}: part 'policy.json' is for the score {self.policy.score!r:.100}; "
                    f"part {SCORE_PART!r} gives {self._score_kind!r:.100}."
                )
            kind = self._score_kind if self._score_is_named else None
            self._score = self.score_graph(facts, archive.parts, where, kind)
        self._tiles_png = archive.parts.get("tiles.png")

    @classmethod
    def from_bytes(cls, content: bytes) -> Self:
        """Return the codec of a bundle whose file was read elsewhere, such as by a Dask client."""
        return cls(parse_archive(io.BytesIO(content), pathlib.Path("bundle.vae")))

    @staticmethod
    def graphs(
        facts: ModelFacts, parts: Mapping[str, bytes], where: str
    ) -> tuple[OnnxGraph, OnnxGraph]:
        """Return encoder and decoder, ready to run, from the parts of a bundle."""
        code, sample = (facts.latent_dim,), facts.sample_shape
        encoder = OnnxGraph(
            parts["encoder.onnx"],
            facts.encoder_inputs,
            {"z_mean": code, "z_log_var": code},
            f"{where}: part 'encoder.onnx'",
        )
        decoder = OnnxGraph(
            parts["decoder.onnx"],
            facts.decoder_inputs,
            {"x_mean": sample},
            f"{where}: part 'decoder.onnx'",
        )
        return encoder, decoder

    @staticmethod
    def score_graph(
        facts: ModelFacts, parts: Mapping[str, bytes], where: str, kind: str | None
    ) -> OnnxGraph:
        """Return the anomaly score of a bundle, ready to run; its output is named by its kind.

        `kind` is None for a file of an earlier version, in which the output is just "score".
        """
        output = "score" if kind is None else f"score_{kind}"
        where = f"{where}: part {SCORE_PART!r}"
        return OnnxGraph(parts[SCORE_PART], facts.encoder_inputs, {output: ()}, where)

    @property
    def latent_dim(self) -> int:
        """Number of latent dimensions."""
        return self._facts.latent_dim

    @property
    def sample_shape(self) -> tuple[int, ...]:
        """Shape of one sample."""
        return self._facts.sample_shape

    @property
    def likelihood(self) -> str:
        """Name of the likelihood, such as "bernoulli"."""
        return self._facts.likelihood

    @property
    def n_classes(self) -> int | None:
        """Number of tokens for a categorical likelihood, None for others."""
        return self._facts.n_classes

    @property
    def n_labels(self) -> int | None:
        """Number of labels of a conditional model; None if it takes none."""
        return self._facts.n_labels

    @functools.cached_property
    def tiles(self) -> NDArray[np.uint8] | None:
        """Pictures of samples that were saved, RGBA (n, height, width, 4), or None."""
        if self._tiles_png is None:
            return None
        return read_tiles(self._tiles_png, self.manifest.get("tiles"), str(self.path))

    def encode(
        self, x: ArrayLike, y: ArrayLike | None = None
    ) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Map samples to their codes.

        Parameters
        ----------
        x
            Samples (n, *sample_shape). A ``numpy.memmap`` or an array in a file, such as a
            ``h5py.Dataset``, is read in parts, a Dask array lazily.
        y
            For a conditional model: labels (n,), or one label for all.

        Returns
        -------
        z_mean, z_log_var
            Mean and log-variance of q(z | x), each (n, latent_dim).
        """
        if is_dask_array(x):
            codes = self._map_lazily("encode", x, y)
            return codes[:, 0], codes[:, 1]
        if is_stored(x):
            parts = self._in_parts(self.encode, x, y)
            means, log_vars = zip(*parts, strict=True)
            return np.concatenate(means), np.concatenate(log_vars)
        shared_index({"x": x, "y": y})
        samples = self._samples(x)
        z_mean, z_log_var = self._encoder(x=samples, **self._labels(y, len(samples)))
        return z_mean, z_log_var

    def decode(self, z: ArrayLike, y: ArrayLike | None = None) -> NDArray[np.float32]:
        """Map codes (n, latent_dim) to samples (n, *sample_shape) in data space.

        The samples are the means of p(x | z): probabilities for the Bernoulli likelihood, the most
        likely tokens for the categorical one. A conditional model needs `y`, as in `encode`.
        """
        codes = checks.samples("z", z, (self.latent_dim,))
        return self._decoder(z=codes, **self._labels(y, len(codes)))[0]

    def sample(
        self, n: int, seed: int | None = None, *, y: ArrayLike | None = None
    ) -> NDArray[np.float32]:
        """Decode `n` draws from the prior N(0, I) to samples (n, *sample_shape).

        A conditional model needs `y`: labels (n,), or one label for all. Raises ``RuntimeError``
        for a plain autoencoder, which has no prior.
        """
        if not self._facts.variational:
            raise RuntimeError(
                f"sample needs a prior; {self.path.name} holds a plain autoencoder, built with "
                "variational=False. Decode codes of your own by decode(z)."
            )
        n = checks.positive_int("n", n)
        rng = np.random.default_rng(seed)
        return self.decode(rng.standard_normal((n, self.latent_dim), dtype=np.float32), y)

    def condition_on(self, label: int) -> ConditionedCodec:
        """Return a codec with one label, 0 to n_labels - 1, for widgets."""
        if self.n_labels is None:
            raise TypeError(
                "condition_on(label) is for a conditional model; this one takes no labels. Use it "
                "as it is."
            )
        return ConditionedCodec(self, label, self.n_labels)

    def to_onnx(self, *, convert: bool = True) -> OnnxModel:
        """Return the encoder and the decoder of the file, which have been checked.

        Raises ``ValueError`` for a decoder of more than 8 MB. `convert` has no effect.
        """
        if self._onnx is None:
            raise ValueError(
                f"the decoder in {self.path.name} is too large to run in a page; expected at most "
                f"{MOST_ONNX_BYTES:,} bytes."
            )
        return self._onnx

    @property
    def score_name(self) -> str | None:
        """What `anomaly_score` gives, of a detector as in ``policy.score``; None if nothing."""
        if self._score is None:
            return None
        if self._detector is not None:
            return self.policy.score if self.policy else None
        return _SCORE_NAMES.get(self._score_kind) if self._score_is_named else "anomaly score"

    @property
    def feature_names(self) -> tuple[str, ...] | None:
        """Names of the columns that a `VAEDetector` was trained on; None if they had none."""
        return None if self._detector is None else self._detector.feature_names

    def preprocess(self, x: ArrayLike) -> NDArray[np.float32]:
        """Return samples as the model of a detector sees them, (n, *sample_shape), for `encode`.

        `x` is as for `anomaly_score`. Samples of a bundle without a detector are only checked.
        """
        if self._detector is not None:
            x = self._detector.preprocess(x, self.sample_shape)
        return self._samples(x)

    def anomaly_score(self, x: ArrayLike, *, y: ArrayLike | None = None) -> NDArray[np.float32]:
        """Score samples as the model that was saved does; higher is more anomalous.

        That of a `VAEDetector` scores by the kind ``policy.score``, and ``policy.apply`` takes its
        scores. That of a `VAE` gives its negative ELBO at z_mean, or of a plain autoencoder -log
        p(x | z_mean), in nats.

        Parameters
        ----------
        x
            Samples (n, *sample_shape); for a detector not preprocessed, also (n, n_features).
            Arrays in files and Dask arrays are as in `encode`; workers need no TensorFlow.
        y
            For a conditional model: labels (n,), or one label for all.

        Returns
        -------
        (n,), float32.

        Raises
        ------
        RuntimeError
            If the bundle has no score: because it needs random draws ("iwae"), its likelihood
            cannot be computed without TensorFlow, or an earlier version wrote the file.
        """
        if self._score is None:
            raise self._no_score()
        if is_dask_array(x):
            scores: NDArray[np.float32] = self._map_lazily("anomaly_score", x, y)
            return scores
        if is_stored(x):
            return np.concatenate(self._in_parts(self.anomaly_score, x, y))
        return self.score_preprocessed(self.preprocess(x), y=y)

    def score_preprocessed(
        self, x: ArrayLike, *, y: ArrayLike | None = None
    ) -> NDArray[np.float32]:
        """Score samples (n, *sample_shape) as `encode` takes them, without preprocessing them.

        Otherwise it is as `anomaly_score`.
        """
        if self._score is None:
            raise self._no_score()
        samples = self._samples(x)
        return saturated(self._score(x=samples, **self._labels(y, len(samples)))[0])

    def _no_score(self) -> RuntimeError:
        return RuntimeError(
            f"{self.path.name} has no anomaly score: {self._score_missing} VAE.load and "
            "VAEDetector.load give models that score, with TensorFlow."
        )

    def _map_lazily(self, method: str, x: Any, y: Any) -> Any:
        # The file travels to the workers, which need neither TensorFlow nor a path to it.
        content = read_file(self.path)
        read_again = BundleCodec.from_bytes(content)
        if read_again.manifest != self.manifest:
            raise BundleError(f"{self.path} has changed since it was loaded. Load it again.")
        return map_lazily(x, y, read_again, content, BundleCodec.from_bytes, method, {})

    def _in_parts(self, method: Callable[..., Any], stored: Any, y: Any) -> list[Any]:
        self._labels(y, len(stored))
        labels = np.asarray(y)
        return [
            method(np.asarray(as_numpy(stored[rows])), y=labels[rows] if labels.ndim else y)
            for rows in slices_of(max(1, len(stored)))
        ]

    def _samples(self, x: ArrayLike) -> NDArray[np.float32]:
        facts = self._facts
        why = f"the {facts.likelihood} likelihood"
        samples = checks.samples("x", x, facts.sample_shape, facts.bounds, why)
        if facts.n_classes is not None:
            checks.tokens("x", samples, facts.n_classes, why)
        return samples

    def _labels(self, y: Any, n: int) -> dict[str, NDArray[np.float32]]:
        if self.n_labels is None:
            if y is not None:
                raise TypeError(f"y is {y!r:.100}; this model takes no labels. Leave y out.")
            return {}
        if y is None:
            raise missing_labels("y", self.n_labels)
        return {"y": one_hot(check_class_labels("y", y, n, self.n_labels, True), self.n_labels)}

    def __repr__(self) -> str:
        shape = "x".join(map(str, self.sample_shape))
        return (
            f"<BundleCodec {self.path.name}: {self.latent_dim} latent dimensions, samples of "
            f"{shape}, {self.likelihood} likelihood>"
        )
