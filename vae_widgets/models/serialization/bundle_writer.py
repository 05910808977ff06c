"""Write a model as a ``.vae`` bundle, and get the trainable model back."""

import os
import pathlib
import warnings
from collections.abc import Sequence
from typing import Any, TypeVar

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import ArrayLike

import vae_widgets
from vae_widgets.bundle import Archive, BundleError, read_archive, write_archive
from vae_widgets.bundle.detector_part import DETECTOR_PART, SCORE_PART, DetectorPart
from vae_widgets.bundle.manifest import ModelFacts
from vae_widgets.bundle.parts import LABELS_PART, LOG_VARS_PART
from vae_widgets.codec import OnnxModel
from vae_widgets.core import checks
from vae_widgets.core.atomic_file import atomic_file, check_target, read_file
from vae_widgets.core.labels.classes import index_classes
from vae_widgets.core.scores.policy import ThresholdPolicy
from vae_widgets.models.losses.divergence import has_nan_weights
from vae_widgets.models.serialization.export_spec import Exportable, spec_of
from vae_widgets.models.serialization.graphs import ScoreExportError, onnx_parts, score_part
from vae_widgets.models.serialization.half_weights import halve, round_weights
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

SUFFIX = ".vae"
_MOST_BYTES_AT_ONCE = 32_000_000
M = TypeVar("M", bound=keras.Model)


class BundleWriter:
    """Saves a model, as a bundle or as Keras does."""

    def __init__(self, model: Any) -> None:
        self._model = model

    def save(
        self,
        filepath: str | os.PathLike[str],
        overwrite: bool = True,
        zipped: bool | None = None,
        *,
        renderer: Renderer | str | None = None,
        preprocessing: Any = None,
        samples: ArrayLike | None = None,
        latents: ArrayLike | None = None,
        labels: ArrayLike | None = None,
        label_names: Sequence[Any] | None = None,
        policy: ThresholdPolicy | None = None,
        trainable: bool = True,
        weights: str = "float32",
        anomaly_score: bool = True,
    ) -> None:
        """Save the model as a bundle, ``name.vae``, or as Keras does, ``name.keras``.

        `vae_widgets.load` opens a bundle without TensorFlow, `VAE.load` gives back the trainable
        model. The options after `zipped` are for bundles. Half and mixed precision are exported in
        float32.

        Parameters
        ----------
        filepath
            A name that ends in ``.vae`` or ``.keras``.
        overwrite
            Whether to replace a file that exists.
        zipped
            As in `keras.Model.save`; not for bundles.
        renderer
            Draws the samples: a renderer of `vae_widgets` or of another package, or its name; None
            for one that suits their shape. Of your own renderer only the name is saved.
        preprocessing
            A note on how to prepare data for the model: text, or anything that JSON holds. It is
            not applied.
        samples
            Samples (n, *sample_shape) to save as pictures, with their codes. JupyterLab shows them
            when it opens the file.
        latents
            Codes (n, latent_dim) to save; the default is those of `samples`.
        labels
            One class for each of `samples` or `latents` to save, as for `LatentScatter`.
        label_names
            Names of the classes, which whole-number labels index.
        policy
            A threshold to save.
        trainable
            Whether the bundle holds the Keras model, too, for `VAE.load`. Without it a bundle
            takes about a third of the bytes; `vae_widgets.load` needs no Keras model.
        weights
            ``"float16"`` rounds the weights to half precision, 11 bits or 3 digits, and so halves
            the file; all is computed in float32. It needs ``trainable=False``.
        anomaly_score
            Whether the bundle holds an anomaly score, for `BundleCodec.anomaly_score`. It is a
            network of its own, as large as encoder and decoder together.

        Raises
        ------
        TypeError, ValueError
            If an argument is bad, or the model has a layer that cannot be exported to ONNX.
        FileExistsError
            If the bundle exists, and `overwrite` is False.
        """
        options = {
            "renderer": renderer,
            "preprocessing": preprocessing,
            "samples": samples,
            "latents": latents,
            "labels": labels,
            "label_names": label_names,
            "policy": policy,
        }
        if not isinstance(filepath, str | os.PathLike):
            raise TypeError(f"filepath must be the name of a file; received {filepath!r:.200}.")
        if os.path.splitext(filepath)[1] != SUFFIX:
            given = [name for name, value in options.items() if value is not None]
            given += [] if trainable else ["trainable=False"]
            given += [] if weights == "float32" else [f"weights={weights!r}"]
            given += [] if anomaly_score else ["anomaly_score=False"]
            if given:
                raise ValueError(
                    f"{given[0]} is for bundles; filepath is {str(filepath)!r}. Expected a name "
                    f"that ends in {SUFFIX}."
                )
            save_by_keras(self._model, filepath, overwrite, zipped)
            return
        if zipped is not None:
            raise ValueError(f"zipped={zipped!r} is not for bundles. Leave zipped out.")
        if not overwrite and os.path.exists(filepath):
            raise FileExistsError(f"{filepath} exists, and overwrite is False.")
        kept: dict[str, Any] = {
            "trainable": trainable,
            "weights": weights,
            "anomaly_score": anomaly_score,
        }
        save_bundle(self._model, filepath, **kept, **options)

    def to_onnx(self, *, convert: bool = True) -> OnnxModel:
        """Return the encoder and the decoder as ONNX; the widgets decode with these in their page.

        Parameters
        ----------
        convert
            Whether it may take seconds: to convert layers that `VAE.build` does not use, or for
            more than 32 MB of weights.

        Raises
        ------
        ValueError
            If a layer cannot be exported or gives other values in ONNX, or without `convert` it
            would take long.
        """
        size = 4 * self._model.count_params()
        if not convert and size > _MOST_BYTES_AT_ONCE:
            raise ValueError(
                f"the model has {size:,} bytes of weights, which take long to export; expected at "
                f"most {_MOST_BYTES_AT_ONCE:,} with convert=False."
            )
        parts = onnx_parts(self._model.export_spec(), convert)
        return OnnxModel(parts["decoder.onnx"], parts["encoder.onnx"])


def save_bundle(
    model: Exportable,
    path: str | os.PathLike[str],
    *,
    renderer: Renderer | str | None = None,
    preprocessing: Any = None,
    samples: ArrayLike | None = None,
    latents: ArrayLike | None = None,
    labels: ArrayLike | None = None,
    label_names: Sequence[Any] | None = None,
    policy: ThresholdPolicy | None = None,
    trainable: bool = True,
    weights: str = "float32",
    anomaly_score: bool = True,
    detector: DetectorPart | None = None,
) -> pathlib.Path:
    """Write a bundle; see `VAE.save`, and for `detector` `VAEDetector.save`."""
    path = pathlib.Path(path)
    check_target(path)
    spec = model.export_spec()
    facts = spec.facts
    is_half = checks.one_of("weights", weights, ("float32", "float16")) == "float16"
    if is_half and trainable:
        raise ValueError(
            "weights='float16' is for a bundle that is not trained further: training needs the "
            "weights as they are. Pass trainable=False, too, or leave weights out."
        )
    if policy is not None and not isinstance(policy, ThresholdPolicy):
        raise TypeError(f"policy must be a ThresholdPolicy; received {type(policy).__name__}.")
    if renderer is not None:
        renderer = check_renderer(renderer, facts.sample_shape)
    if samples is not None:
        given, samples = samples, spec.check_samples("samples", samples)
        renderer = check_renderer(renderer, facts.sample_shape, given)
    if latents is not None:
        latents = checks.samples("latents", latents, (facts.latent_dim,))
        if samples is not None and len(latents) != len(samples):
            raise ValueError(
                f"latents has {len(latents)} rows; expected {len(samples)}, one for each of "
                "samples. Leave latents out to save the codes of samples."
            )
    rows = latents if samples is None else samples
    if rows is None and (labels is not None or label_names is not None):
        raise ValueError(
            "labels and label_names are for the codes that are saved: pass samples or latents, too."
        )
    classes, names = index_classes(labels, 0 if rows is None else len(rows), label_names)
    if has_nan_weights(model):
        raise ValueError(
            "the model has weights that are NaN or infinite: its training has diverged. Train it "
            "again with a lower learning rate or scaled data. save('name.keras') saves it as it is."
        )
    if samples is not None and latents is None and facts.n_labels is not None:
        raise ValueError(
            "latents is missing; samples of a conditional model have codes only with their labels. "
            "Pass latents=vae.encode(samples, labels)[0]."
        )
    manifest = facts.to_manifest()
    manifest["likelihood"]["config"] = spec.networks.likelihood.get_config()
    manifest |= {
        "renderer": None if renderer is None else renderer_to_json(renderer),
        "preprocessing": preprocessing,
        "training": spec.training,
        "versions": {
            "vae_widgets": vae_widgets.__version__,
            "keras": keras.__version__,
            "tensorflow": tf.__version__,
        },
    }
    parts = {PART: model_to_bytes(model, model.custom_objects)}
    # All else comes from the model as it was saved, which shows that it loads, and makes the parts
    # agree although a training run may change `model` meanwhile.
    restored = read_back(parts[PART], model, model.custom_objects)
    if is_half:
        round_weights(restored)
    saved = spec_of(restored)
    exact = in_float32(parts[PART])
    exported = saved
    if exact is not parts[PART]:
        where = f"model {model.name!r} in float32"
        restored = model_from_bytes(exact, where, model.custom_objects)
        if is_half:
            round_weights(restored)
        exported = spec_of(restored)
    parts |= onnx_parts(exported)
    kind = "elbo" if facts.variational else "reconstruction"
    if detector is not None and policy is not None:
        kind = policy.score
    missing = None
    try:
        if anomaly_score:
            parts[SCORE_PART] = score_part(exported, kind)
        else:
            missing = "it was saved with anomaly_score=False."
    except ScoreExportError as error:
        missing = str(error)
        if detector is not None:
            warnings.warn(
                f"{path} has no anomaly score: {missing} All else is saved; VAEDetector.load gives "
                "the detector back, which scores with TensorFlow.",
                stacklevel=4,
            )
    if is_half:
        graphs = [name for name in parts if name.endswith(".onnx")]
        parts |= {name: halve(parts[name]) for name in graphs}
    manifest["score"] = {"kind": kind, "missing": missing, "named": True}
    if samples is not None:
        atlas = tile_atlas(render(check_renderer(renderer, facts.sample_shape), samples))
        parts["tiles.png"] = atlas.pop("png")
        manifest["tiles"] = atlas
        if latents is None:
            latents, log_vars = saved.encode(samples)
            if facts.variational:
                parts[LOG_VARS_PART] = np.asarray(log_vars).astype("<f4").tobytes()
    if latents is not None:
        parts["latents.f32"] = np.asarray(latents).astype("<f4").tobytes()
    if labels is not None:
        parts[LABELS_PART] = classes.astype("<u4").tobytes()
        manifest["label_names"] = names
    if policy is not None:
        parts["policy.json"] = policy.to_json().encode()
    if detector is not None:
        parts[DETECTOR_PART] = detector.to_json()
    if not trainable:
        del parts[PART]
    return write_archive(path, "bundle", parts, manifest)


def save_by_keras(
    model: keras.Model, path: str | os.PathLike[str], overwrite: bool, zipped: bool | None
) -> None:
    """Save as `keras.Model.save` does; a local ``.keras`` file appears whole or not at all."""
    is_local_file = str(path).endswith(".keras") and "://" not in str(path)
    is_new = overwrite or not os.path.exists(path)  # else Keras asks the user
    if is_local_file and is_new and zipped is not False:
        with atomic_file(path) as file:
            file.write(keras_file(model))
    else:
        keras.Model.save(model, path, overwrite=overwrite, zipped=zipped)


def load_trainable(
    path: str | os.PathLike[str], kind: type[M], custom_objects: CustomObjects | None = None
) -> tuple[M, dict[str, Any] | None]:
    """Return the model in a bundle, a checkpoint or a ``.keras`` file; see `VAE.load`.

    Beside it is what a bundle says about its training, else None.
    """
    if not isinstance(path, str | os.PathLike):
        raise TypeError(f"path must be the name of a file; received {path!r:.200}.")
    path = pathlib.Path(path)
    if path.suffix == ".keras":
        return _model_of(read_file(path), path, kind, custom_objects), None
    return trainable_in(read_archive(path), kind, custom_objects)


def trainable_in(
    archive: Archive, kind: type[M], custom_objects: CustomObjects | None = None
) -> tuple[M, dict[str, Any] | None]:
    """Return the same of a bundle or checkpoint that was read already."""
    path = archive.path
    if PART not in archive.parts:
        raise BundleError(
            f"{path} has no part {PART!r}: it was saved with trainable=False. vw.load(path) opens "
            "it; for a model to train, save it again with trainable=True."
        )
    model = _model_of(archive.parts[PART], path, kind, custom_objects)
    if archive.kind != "bundle":
        return model, None
    facts = ModelFacts.from_manifest(archive.manifest, str(path))
    if (model.sample_shape, model.latent_dim) != (facts.sample_shape, facts.latent_dim):
        raise BundleError(
            f"{path}: part {PART!r} has {model.latent_dim} latent dimensions and samples of "
            f"{model.sample_shape}; the manifest says {facts.latent_dim} and "
            f"{facts.sample_shape}."
        )
    if has_nan_weights(model):
        raise BundleError(f"{path}: part {PART!r} has weights that are NaN or infinite.")
    return model, archive.manifest.get("training")


def _model_of(
    content: bytes, path: pathlib.Path, kind: type[M], custom_objects: CustomObjects | None
) -> M:
    objects = check_custom_objects(custom_objects)
    model = model_from_bytes(content, str(path), objects)
    if not isinstance(model, kind):
        raise BundleError(
            f"{path}: part {PART!r} is a {type(model).__name__}; expected a {kind.__name__}."
        )
    model.custom_objects = objects
    return model
