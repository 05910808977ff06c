"""The graphs of a bundle: encoder, decoder and anomaly score as ONNX, compared with the model."""

import functools
from collections.abc import Callable, Iterable
from typing import Any

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from vae_widgets.bundle.detector_part import SCORE_PART
from vae_widgets.bundle.manifest import ModelFacts
from vae_widgets.core.labels.conditioning import one_hot
from vae_widgets.models.losses.kl_terms import kl_divergence
from vae_widgets.models.losses.latent_model import LatentModel
from vae_widgets.models.networks.user_models import nested_layers
from vae_widgets.models.serialization.export_spec import ExportSpec
from vae_widgets.models.serialization.onnx_export import to_onnx
from vae_widgets.models.serialization.onnx_heads import LatentModelWriter
from vae_widgets.models.serialization.onnx_writer import GraphWriter, Tensor, UnknownLayerError

_SCORES_WITHOUT_DRAWS = ("elbo", "reconstruction", "kl", "mahalanobis")
_ROWS_COMPARED = 8
_SHARE_AGREEING = 0.99  # equally likely tokens may be swapped


class ScoreExportError(ValueError):
    """An anomaly score that cannot be computed by ONNX Runtime; the message says why."""


def onnx_parts(spec: ExportSpec, convert: bool = True) -> dict[str, bytes]:
    """Return the encoder and the decoder as parts of a bundle, or raise ``ValueError``.

    Networks with layers that are not written directly are converted, which takes seconds, or
    refused if not `convert`.
    """
    from vae_widgets.bundle.codec import BundleCodec

    facts, networks = spec.facts, spec.networks
    for layer in nested_layers(networks.encoder, networks.decoder) if convert else ():
        # The converter would make a Loop of these, which a bundle must not have.
        if isinstance(layer, keras.layers.RNN) and not isinstance(layer, keras.layers.LSTM):
            layer.unroll = True
    try:
        parts = {
            "encoder.onnx": _part(
                networks,
                LatentModelWriter.code,
                networks.code,
                facts.encoder_inputs,
                ("z_mean", "z_log_var"),
                convert,
            ),
            "decoder.onnx": _part(
                networks,
                LatentModelWriter.mean,
                networks.mean,
                facts.decoder_inputs,
                ("x_mean",),
                convert,
            ),
        }
        encoder, decoder = BundleCodec.graphs(facts, parts, spec.name)
        z, *labels = _rows(facts)
        x = networks.mean(z, *labels)
        _compare("decoder", _run(decoder, facts.decoder_inputs, z, *labels)[0], x)
        codes = _run(encoder, facts.encoder_inputs, x, *labels)
        for ours, theirs in zip(codes, networks.code(x, *labels), strict=True):
            _compare("encoder", ours, theirs)
    except Exception as error:  # the converter raises any error for an unknown layer
        raise ValueError(
            f"model {spec.name!r} cannot be exported to ONNX, which a bundle needs: {error} "
            "Use layers of keras.layers, recurrent ones with unroll=True, or save it for Keras "
            "alone: vae.save('name.keras')."
        ) from error
    return parts


def score_part(spec: ExportSpec, kind: str) -> bytes:
    """Return what ``vae.anomaly_score(x, kind)`` computes as a part of a bundle.

    Raises `ScoreExportError` if it cannot be exported with the values of the model.
    """
    from vae_widgets.bundle.codec import BundleCodec

    if kind not in _SCORES_WITHOUT_DRAWS:
        raise ScoreExportError(f"the score {kind!r} needs random draws.")
    try:
        facts = spec.facts
        statistics = spec.code_statistics() if kind == "mahalanobis" else None
        write = functools.partial(LatentModelWriter.score, kind=kind, statistics=statistics)
        score = _score_function(spec.networks, kind, statistics)
        content = _part(spec.networks, write, score, facts.encoder_inputs, (f"score_{kind}",))
        graph = BundleCodec.score_graph(facts, {SCORE_PART: content}, spec.name, kind)
        z, *labels = _rows(facts)
        x = spec.networks.mean(z, *labels)
        ours = _run(graph, facts.encoder_inputs, x, *labels)[0]
        _compare("score", ours, score(x, *labels))
    except Exception as error:
        reason = " ".join(str(error).split())
        raise ScoreExportError(
            f"the score {kind!r} of the likelihood {spec.facts.likelihood!r} cannot be exported to "
            f"ONNX ({reason:.300})."
        ) from error
    return content


def _part(
    networks: LatentModel,
    write: Callable[..., list[Tensor]],
    function: Callable[..., Any],
    inputs: dict[str, tuple[int, ...]],
    outputs: tuple[str, ...],
    convert: bool = True,
) -> bytes:
    """Return `function` as ONNX: written directly where all layers are known, else converted."""
    graph = GraphWriter(inputs)
    try:
        results = write(LatentModelWriter(graph, networks), *graph.inputs)
    except UnknownLayerError:
        if not convert:
            raise
        return to_onnx(lambda *data: keras.tree.flatten(function(*data)), inputs, outputs)
    return graph.to_bytes(dict(zip(outputs, results, strict=True)))


def _score_function(networks: LatentModel, kind: str, statistics: Any) -> Callable[..., Any]:
    if kind == "mahalanobis":
        whitening = np.linalg.inv(np.linalg.cholesky(statistics.covariance)).astype(np.float32)

    def score(x: Any, *labels: Any) -> Any:
        z_mean, z_log_var = networks.code(x, *labels)
        if kind == "mahalanobis":
            centred = z_mean - statistics.mean.astype(np.float32)
            return tf.norm(tf.matmul(centred, whitening, transpose_b=True), axis=1)
        if kind == "reconstruction":
            return networks.reconstruction_loss(z_mean, x, *labels)
        kl = tf.reduce_sum(kl_divergence(z_mean, z_log_var), axis=1)
        return kl if kind == "kl" else networks.reconstruction_loss(z_mean, x, *labels) + kl

    return score


def _rows(facts: ModelFacts) -> list[Any]:
    """Return codes (n, latent_dim), and one-hot labels of a conditional model."""
    z = np.random.default_rng(0).standard_normal((_ROWS_COMPARED, facts.latent_dim), np.float32)
    if facts.n_labels is None:
        return [tf.constant(z)]
    labels = np.arange(_ROWS_COMPARED, dtype=np.int32) % facts.n_labels
    return [tf.constant(z), tf.constant(one_hot(labels, facts.n_labels))]


def _run(graph: Callable[..., Any], inputs: Iterable[str], *tensors: Any) -> Any:
    return graph(**{name: np.asarray(x) for name, x in zip(inputs, tensors, strict=True)})


def _compare(role: str, ours: NDArray[Any], theirs: Any) -> None:
    if np.isclose(ours, theirs, rtol=1e-3, atol=1e-4).mean() < _SHARE_AGREEING:
        raise ValueError(f"its {role} gives other values in ONNX than in Keras.")
