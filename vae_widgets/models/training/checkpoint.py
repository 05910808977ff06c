"""Checkpoint files: a model in the middle of its training.

A ``.vae`` archive of ``model.keras``, with the optimizer, and ``training.json``, see
`TrainingState`.
"""

import os
import pathlib
import tempfile
from typing import Any

from vae_widgets.bundle import BundleError, read_archive, write_archive
from vae_widgets.core.atomic_file import check_target
from vae_widgets.models.serialization.model_file import (
    PART,
    model_from_bytes,
    model_to_bytes,
    read_back,
)
from vae_widgets.models.serialization.own_classes import CustomObjects
from vae_widgets.models.training.state import TrainingState, set_generator_states

SUFFIX = ".vae"


def check_checkpoint_path(path: Any) -> pathlib.Path:
    """Return the path for checkpoints; raise if they cannot be written there."""
    if not isinstance(path, str | os.PathLike):
        raise TypeError(
            f"checkpoint must be the path of a {SUFFIX} file; received {path!r}, "
            f"a {type(path).__name__}."
        )
    path = pathlib.Path(path)
    if path.is_dir():
        raise IsADirectoryError(
            f"checkpoint is {str(path)!r}, a folder; expected a file: {str(path / 'run.vae')!r}."
        )
    if path.suffix != SUFFIX:
        raise ValueError(
            f"checkpoint is {str(path)!r}; expected a name that ends in {SUFFIX}: "
            f"{str(path.with_suffix(SUFFIX))!r}."
        )
    if not path.parent.is_dir():
        raise FileNotFoundError(
            f"checkpoint is {str(path)!r}, but there is no folder {str(path.parent)!r}; "
            "create it first."
        )
    target = check_target(path)
    try:
        with tempfile.TemporaryFile(dir=target.parent):
            pass
    except OSError as error:
        raise type(error)(
            f"checkpoint is {str(path)!r}, but its folder cannot be written to: {error}."
        ) from error
    if path.exists():
        _refuse_to_overwrite_others(path)
    return pathlib.Path(path)


def write_checkpoint(path: pathlib.Path, model: Any, state: TrainingState) -> pathlib.Path:
    """Write a model with the state of its training, and return `path`."""
    content = model_to_bytes(model, model.custom_objects)
    parts = {PART: content, "training.json": state.to_json()}
    return write_archive(path, "checkpoint", parts, {"training": {"epochs": state.epoch}})


def check_checkpoints(model: Any) -> None:
    """Raise ``ValueError`` if checkpoints of a model could not be read back."""
    try:
        content = model_to_bytes(model, model.custom_objects)
        read_back(content, model, model.custom_objects)
    except ValueError as error:
        raise ValueError(
            f"a checkpoint could not be read back: {error} Or leave checkpoint out."
        ) from error


def read_checkpoint(
    path: str | os.PathLike[str], custom_objects: CustomObjects
) -> tuple[Any, TrainingState]:
    """Return the model and the state of a checkpoint; see `VAE.resume` for errors."""
    archive = read_archive(path)
    if archive.kind != "checkpoint":
        raise BundleError(
            f"{path} is a {archive.kind}, which does not know where training was; expected a "
            f"checkpoint. VAE.load({str(path)!r}) gives its model."
        )
    model = model_from_bytes(archive.parts[PART], str(path), custom_objects)
    try:
        state = TrainingState.from_json(archive.parts["training.json"])
        set_generator_states(model, state.generators)
    except Exception as error:  # such as numbers that TensorFlow cannot take
        raise BundleError(
            f"{path}: part 'training.json' is not what it should be: {error!s:.300}"
        ) from error
    return model, state


def _refuse_to_overwrite_others(path: pathlib.Path) -> None:
    try:
        kind = read_archive(path).kind
    except BundleError as error:
        raise ValueError(
            f"checkpoint is {str(path)!r}, an existing file that is not a checkpoint: {error} "
            "Choose another name, or delete it."
        ) from error
    if kind != "checkpoint":
        raise ValueError(
            f"checkpoint is {str(path)!r}, a {kind} that already exists; a checkpoint would "
            "replace it. Choose another name."
        )
