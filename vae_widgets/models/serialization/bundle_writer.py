"""Write a model as a ``.vae`` bundle, and get the trainable model back."""

import os
import pathlib
import warnings
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
from vae_widgets.core.atomic_file import atomic_file, check_target, read_file
from vae_widgets.core.scores.policy import ThresholdPolicy
from vae_widgets.models.losses.divergence import has_nan_weights
from vae_widgets.models.serialization.graphs import ScoreExportError, onnx_parts, score_part
from vae_widgets.models.serialization.model_file import (
    PART,
    keras_file,
    model_from_bytes,
    model_to_bytes,
    read_back,
)
from vae_widgets.models.serialization.own_classes import CustomObjects, check_custom_objects
from vae_widgets.models.serialization.precision import in_float32
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
    exact = in_float32(parts[PART])
    exported = saved
    if exact is not parts[PART]:
        exported = model_from_bytes(exact, f"model {vae.name!r} in float32", vae.custom_objects)
    parts |= onnx_parts(exported, facts)
    kind = "elbo" if vae.variational else "reconstruction"
    if detector is not None and policy is not None:
        kind = policy.score
    try:
        parts[SCORE_PART] = score_part(exported, facts, kind)
        missing = None
    except ScoreExportError as error:
        missing = str(error)
        if detector is not None:
            warnings.warn(
                f"{path} has no anomaly score: {missing} All else is saved; VAEDetector.load gives "
                "the detector back, which scores with TensorFlow.",
                stacklevel=3,
            )
    manifest["score"] = {"kind": kind, "missing": missing, "named": True}
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


def save_by_keras(
    vae: "VAE", path: str | os.PathLike[str], overwrite: bool, zipped: bool | None
) -> None:
    """Save as `keras.Model.save` does; a local ``.keras`` file appears whole or not at all."""
    is_local_file = str(path).endswith(".keras") and "://" not in str(path)
    is_new = overwrite or not os.path.exists(path)  # else Keras asks the user
    if is_local_file and is_new and zipped is not False:
        with atomic_file(path) as file:
            file.write(keras_file(vae))
    else:
        keras.Model.save(vae, path, overwrite=overwrite, zipped=zipped)


def load_trainable(
    path: str | os.PathLike[str], kind: type["VAE"], custom_objects: CustomObjects | None = None
) -> "VAE":
    """Return the model in a bundle, a checkpoint or a ``.keras`` file; see `VAE.load`."""
    if not isinstance(path, str | os.PathLike):
        raise TypeError(f"path must be the name of a file; received {path!r:.200}.")
    path = pathlib.Path(path)
    if path.suffix == ".keras":
        return _model_of(read_file(path), path, kind, custom_objects)
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
        if has_nan_weights(model):
            raise BundleError(f"{path}: part {PART!r} has weights that are NaN or infinite.")
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
