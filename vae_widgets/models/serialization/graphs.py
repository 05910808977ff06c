"""The graphs of a bundle: encoder, decoder and anomaly score as ONNX, compared with the model."""

from collections.abc import Callable
from typing import Any

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from vae_widgets.bundle.detector_part import SCORE_PART
from vae_widgets.bundle.manifest import ModelFacts
from vae_widgets.core.labels.conditioning import one_hot
from vae_widgets.models.losses.likelihoods import kl_divergence
from vae_widgets.models.networks.nested_layers import nested_layers
from vae_widgets.models.serialization.export_spec import ExportSpec
from vae_widgets.models.serialization.onnx_export import to_onnx

_SCORES_WITHOUT_DRAWS = ("elbo", "reconstruction", "kl", "mahalanobis")
_ROWS_COMPARED = 8
_SHARE_AGREEING = 0.99  # two tokens that are equally likely may come out either way


class ScoreExportError(ValueError):
    """An anomaly score that cannot be computed by ONNX Runtime; the message says why."""


def onnx_parts(spec: ExportSpec) -> dict[str, bytes]:
    """Return the encoder and the decoder as parts of a bundle, or raise ``ValueError``."""
    from vae_widgets.bundle.codec import BundleCodec

    facts, networks = spec.facts, spec.networks
    for layer in nested_layers(networks.encoder, networks.decoder):
        # The converter would make a Loop of these, which a bundle must not have.
        if isinstance(layer, keras.layers.RNN) and not isinstance(layer, keras.layers.LSTM):
            layer.unroll = True
    try:
        code = ("z_mean", "z_log_var")
        parts = {
            "encoder.onnx": to_onnx(networks.code, facts.encoder_inputs, code),
            "decoder.onnx": to_onnx(
                lambda *data: (networks.mean(*data),), facts.decoder_inputs, ("x_mean",)
            ),
        }
        encoder, decoder = BundleCodec.graphs(facts, parts, spec.name)
        z, labels, hot = _rows(facts)
        x = spec.decode(z, *labels)
        _compare("decoder", decoder(z=z, **hot)[0], x)
        for ours, theirs in zip(encoder(x=x, **hot), spec.encode(x, *labels), strict=True):
            _compare("encoder", ours, theirs)
    except Exception as error:  # the converter has any kind for a layer that it does not know
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
        content = to_onnx(_score_function(spec, kind), facts.encoder_inputs, (f"score_{kind}",))
        graph = BundleCodec.score_graph(facts, {SCORE_PART: content}, spec.name, kind)
        z, labels, hot = _rows(facts)
        x = spec.decode(z, *labels)
        theirs = spec.anomaly_score(x, kind, y=labels[0] if labels else None)
        _compare("score", graph(x=x, **hot)[0], theirs)
    except Exception as error:
        reason = " ".join(str(error).split())
        raise ScoreExportError(
            f"the score {kind!r} of the likelihood {spec.facts.likelihood!r} cannot be exported to "
            f"ONNX ({reason:.300})."
        ) from error
    return content


def _score_function(spec: ExportSpec, kind: str) -> Callable[..., tuple[Any]]:
    networks = spec.networks
    if kind == "mahalanobis":
        statistics = spec.code_statistics()
        whitening = np.linalg.inv(np.linalg.cholesky(statistics.covariance)).astype(np.float32)

    def score(x: Any, *labels: Any) -> tuple[Any]:
        z_mean, z_log_var = networks.code(x, *labels)
        if kind == "mahalanobis":
            centred = z_mean - statistics.mean.astype(np.float32)
            return (tf.norm(tf.matmul(centred, whitening, transpose_b=True), axis=1),)
        if kind == "reconstruction":
            return (networks.reconstruction_loss(z_mean, x, *labels),)
        kl = tf.reduce_sum(kl_divergence(z_mean, z_log_var), axis=1)
        return (kl if kind == "kl" else networks.reconstruction_loss(z_mean, x, *labels) + kl,)

    return score


def _rows(
    facts: ModelFacts,
) -> tuple[NDArray[np.float32], list[NDArray[np.int32]], dict[str, NDArray[np.float32]]]:
    z = np.random.default_rng(0).standard_normal((_ROWS_COMPARED, facts.latent_dim), np.float32)
    if facts.n_labels is None:
        return z, [], {}
    labels = np.arange(_ROWS_COMPARED, dtype=np.int32) % facts.n_labels
    return z, [labels], {"y": one_hot(labels, facts.n_labels)}


def _compare(role: str, ours: NDArray[Any], theirs: NDArray[Any]) -> None:
    if np.isclose(ours, theirs, rtol=1e-3, atol=1e-4).mean() < _SHARE_AGREEING:
        raise ValueError(f"its {role} gives other values in ONNX than in Keras.")
