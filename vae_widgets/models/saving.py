"""Write a model as a ``.vae`` bundle, and get the trainable model back."""

import os
import pathlib
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import ArrayLike

import vae_widgets
from vae_widgets.bundle import Archive, BundleError, read_archive, write_archive
from vae_widgets.bundle.detector_part import DETECTOR_PART, SCORE_PART, DetectorPart
from vae_widgets.bundle.manifest import ModelFacts
from vae_widgets.core import checks
from vae_widgets.core.atomic_file import check_target
from vae_widgets.core.labels import one_hot
from vae_widgets.core.policy import ThresholdPolicy
from vae_widgets.models.divergence import has_nan_weights
from vae_widgets.models.likelihoods import kl_divergence
from vae_widgets.models.model_file import PART, model_from_bytes, model_to_bytes, read_back
from vae_widgets.models.onnx_export import to_onnx
from vae_widgets.models.own_classes import CustomObjects, check_custom_objects
from vae_widgets.models.precision import in_float32
from vae_widgets.rendering import (
    Renderer,
    check_renderer,
    render,
    renderer_to_json,
)
from vae_widgets.rendering.atlas import tile_atlas

if TYPE_CHECKING:
    from vae_widgets.models.vae import VAE

SUFFIX = ".vae"
_SCORES_WITHOUT_DRAWS = ("elbo", "reconstruction", "kl", "mahalanobis")
_ROWS_COMPARED = 8
_SHARE_AGREEING = 0.99  # two tokens that are equally likely may come out either way


def save_bundle(
    vae: "VAE",
    path: str | os.PathLike[str],
    *,
    renderer: Renderer | None = None,
    preprocessing: Any = None,
    samples: ArrayLike | None = None,
    latents: ArrayLike | None = None,
    policy: ThresholdPolicy | None = None,
    detector: DetectorPart | None = None,
) -> pathlib.Path:
    """Write a bundle; see `VAE.save`, and for `detector` `VAEDetector.save`."""
    path = pathlib.Path(path)
    check_target(path)
    if policy is not None and not isinstance(policy, ThresholdPolicy):
        raise TypeError(f"policy must be a ThresholdPolicy; received {type(policy).__name__}.")
    if renderer is not None:
        check_renderer(renderer, vae.sample_shape)
    if samples is not None:
        given, samples = samples, vae._rules.samples("samples", samples)
        renderer = check_renderer(renderer, vae.sample_shape, given)
    if latents is not None:
        latents = checks.samples("latents", latents, (vae.latent_dim,))
        if samples is not None and len(latents) != len(samples):
            raise ValueError(
                f"latents has {len(latents)} rows; expected {len(samples)}, one for each of "
                "samples. Leave latents out to save the codes of samples."
            )
    if has_nan_weights(vae):
        raise ValueError(
            "the model has weights that are NaN or infinite: its training has diverged. Train it "
            "anew, with a lower learning rate or scaled data; save('name.keras') takes it as it is."
        )
    facts = _facts_of(vae)
    if samples is not None and latents is None and facts.n_labels is not None:
        raise ValueError(
            "latents is missing; samples of a conditional model have codes only with their labels. "
            "Pass latents=vae.encode(samples, labels)[0]."
        )
    manifest = facts.to_manifest()
    manifest["likelihood"]["config"] = vae.likelihood.get_config()
    manifest |= {
        "renderer": None if renderer is None else renderer_to_json(renderer),
        "preprocessing": preprocessing,
        "training": _training_summary(vae),
        "versions": {
            "vae_widgets": vae_widgets.__version__,
            "keras": keras.__version__,
            "tensorflow": tf.__version__,
        },
    }
    parts = {PART: model_to_bytes(vae, vae.custom_objects)}
    # All else comes from the model as it was saved, which shows that it loads, and makes the parts
    # agree although a training run may change `vae` meanwhile.
    saved = read_back(parts[PART], vae, vae.custom_objects)
    score = policy.score if detector is not None and policy is not None else None
    exact = in_float32(parts[PART])
    exported = saved
    if exact is not parts[PART]:
        exported = model_from_bytes(exact, f"model {vae.name!r} in float32", vae.custom_objects)
    parts |= _onnx_parts(exported, facts, score)
    if samples is not None:
        atlas = tile_atlas(render(check_renderer(renderer, vae.sample_shape), samples))
        parts["tiles.png"] = atlas.pop("png")
        manifest["tiles"] = atlas
        latents = saved.encode(samples)[0] if latents is None else latents
    if latents is not None:
        parts["latents.f32"] = np.asarray(latents).astype("<f4").tobytes()
    if policy is not None:
        parts["policy.json"] = policy.to_json().encode()
    if detector is not None:
        parts[DETECTOR_PART] = detector.to_json()
    return write_archive(path, "bundle", parts, manifest)


def load_trainable(
    path: str | os.PathLike[str], kind: type["VAE"], custom_objects: CustomObjects | None = None
) -> "VAE":
    """Return the model in a bundle, a checkpoint or a ``.keras`` file; see `VAE.load`."""
    if not isinstance(path, str | os.PathLike):
        raise TypeError(f"path must be the name of a file; received {path!r:.200}.")
    path = pathlib.Path(path)
    if path.suffix == ".keras" and path.is_file():
        return _model_of(path.read_bytes(), path, kind, custom_objects)
    return trainable_in(read_archive(path), kind, custom_objects)


def trainable_in(
    archive: Archive, kind: type["VAE"], custom_objects: CustomObjects | None = None
) -> "VAE":
    """Return the model in a bundle or checkpoint."""
    path = archive.path
    model = _model_of(archive.parts[PART], path, kind, custom_objects)
    if archive.kind == "bundle":
        facts = ModelFacts.from_manifest(archive.manifest, str(path))
        if (model.sample_shape, model.latent_dim) != (facts.sample_shape, facts.latent_dim):
            raise BundleError(
                f"{path}: part {PART!r} has {model.latent_dim} latent dimensions and samples of "
                f"{model.sample_shape}; the manifest says {facts.latent_dim} and "
                f"{facts.sample_shape}."
            )
        model._saved_summary = archive.manifest.get("training")
    return model


def _model_of(
    content: bytes, path: pathlib.Path, kind: type["VAE"], custom_objects: CustomObjects | None
) -> "VAE":
    objects = check_custom_objects(custom_objects)
    model = model_from_bytes(content, str(path), objects)
    if not isinstance(model, kind):
        raise BundleError(
            f"{path}: part {PART!r} is a {type(model).__name__}; expected a {kind.__name__}."
        )
    model.custom_objects = objects
    return model


def _facts_of(vae: "VAE") -> ModelFacts:
    rule = vae.likelihood
    return ModelFacts(
        latent_dim=vae.latent_dim,
        sample_shape=vae.sample_shape,
        likelihood=rule.name,
        bounds=rule.bounds,
        n_classes=rule.n_classes,
        n_labels=vae.n_labels,
        variational=vae.variational,
    )


def _training_summary(vae: "VAE") -> dict[str, Any]:
    """Return how the model was trained, as far as it knows."""
    history = getattr(vae, "history", None)
    if not (isinstance(history, keras.callbacks.History) and history.epoch):
        return getattr(vae, "_saved_summary", None) or _summary_of(vae, 0, {}, None)
    losses = {name: values[-1] for name, values in history.history.items() if values}
    n_samples = (history.params or {}).get("n_samples")
    return _summary_of(vae, len(history.epoch), losses, n_samples)


def _summary_of(
    vae: "VAE", epochs: int, losses: dict[str, Any], n_samples: int | None
) -> dict[str, Any]:
    numbers = {name: float(value) for name, value in losses.items() if np.ndim(value) == 0}
    return {
        "epochs": epochs,
        "steps": int(vae.optimizer.iterations.numpy()),
        # JSON has no NaN.
        "losses": {k: value if np.isfinite(value) else None for k, value in numbers.items()},
        "n_samples": n_samples,
        "seed": vae.seed,
        "beta": vae.beta,
    }


def _onnx_parts(vae: "VAE", facts: ModelFacts, score: str | None) -> dict[str, bytes]:
    try:
        code = ("z_mean", "z_log_var")
        parts = {
            "encoder.onnx": to_onnx(vae._code, facts.encoder_inputs, code),
            "decoder.onnx": to_onnx(vae._mean_of_codes, facts.decoder_inputs, ("x_mean",)),
        }
        if score in _SCORES_WITHOUT_DRAWS:
            function = _score_function(vae, score)
            parts[SCORE_PART] = to_onnx(function, facts.encoder_inputs, ("score",))
        _compare(vae, facts, parts, score)
    except Exception as error:  # the converter has any kind for a layer that it does not know
        raise ValueError(
            f"model {vae.name!r} cannot be exported to ONNX, which a bundle needs: {error} "
            "Use layers of keras.layers, or save it for Keras alone: vae.save('name.keras')."
        ) from error
    return parts


def _score_function(vae: "VAE", kind: str) -> Callable[[Any], tuple[Any]]:
    """Return what ``vae.anomaly_score(x, kind)`` computes, as a function of tensors."""
    statistics = vae._code_statistics
    whitening = np.linalg.inv(np.linalg.cholesky(statistics.covariance)).astype(np.float32)

    def score(x: Any) -> tuple[Any]:
        z_mean, z_log_var = vae._code(x)
        if kind == "mahalanobis":
            centred = z_mean - statistics.mean.astype(np.float32)
            return (tf.norm(tf.matmul(centred, whitening, transpose_b=True), axis=1),)
        kl = tf.reduce_sum(kl_divergence(z_mean, z_log_var), axis=1)
        if kind == "kl":
            return (kl,)
        reconstruction = vae._reconstruction(z_mean, x)
        return (reconstruction + kl if kind == "elbo" else reconstruction,)

    return score


def _compare(vae: "VAE", facts: ModelFacts, parts: dict[str, bytes], score: str | None) -> None:
    """Raise ``ValueError`` if the exported functions do not do what those in Keras do."""
    from vae_widgets.bundle.codec import BundleCodec  # loads ONNX Runtime, for those who save

    z = np.random.default_rng(0).standard_normal((_ROWS_COMPARED, vae.latent_dim), np.float32)
    encoder, decoder = BundleCodec.graphs(facts, parts, vae.name)
    labels, hot = [], {}
    if facts.n_labels is not None:
        labels = [np.arange(_ROWS_COMPARED, dtype=np.int32) % facts.n_labels]
        hot = {"y": one_hot(labels[0], facts.n_labels)}
    x = vae.decode(z, *labels)
    codes = zip(encoder(x=x, **hot), vae.encode(x, *labels), strict=True)
    pairs = [("decoder", decoder(z=z, **hot)[0], x), *(("encoder", *pair) for pair in codes)]
    if SCORE_PART in parts:
        ours = BundleCodec.score_graph(facts, parts, vae.name)(x=x)[0]
        pairs.append(("score", ours, vae.anomaly_score(x, score)))
    for role, ours, theirs in pairs:
        agreeing = np.isclose(ours, theirs, rtol=1e-3, atol=1e-4).mean()
        if agreeing < _SHARE_AGREEING:
            raise ValueError(f"its {role} gives other values in ONNX than in Keras.")
