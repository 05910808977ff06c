"""A Keras model as bytes, and back: the part ``model.keras`` of bundles and checkpoints.

The file is checked before Keras reads a byte: three plain files; no class that carries code;
weights that lie in the file, uncompressed, and not behind a link.
"""

import io
import pathlib
import re
import tempfile
from collections.abc import Iterator
from typing import Any

import h5py
import keras
import numpy as np

from vae_widgets.bundle import BundleError, read_stored_zip
from vae_widgets.core.strict_json import read_json
from vae_widgets.models.serialization.load_limits import check_config, limits
from vae_widgets.models.serialization.own_classes import (
    CustomObjects,
    OwnObject,
    own_object,
    serialized_objects,
)

PART = "model.keras"
_FILES = {"metadata.json", "config.json", "model.weights.h5"}
# Each of these would run code from the file.
_CODE_CLASSES = {"Lambda", "__lambda__", "TFSMLayer", "TorchModuleWrapper", "JaxLayer", "FlaxLayer"}


def keras_file(model: keras.Model) -> bytes:
    """Return the file that Keras saves of a model."""
    with tempfile.TemporaryDirectory() as folder:
        file = pathlib.Path(folder) / PART
        keras.Model.save(model, file)
        return file.read_bytes()


def model_to_bytes(model: keras.Model, custom_objects: CustomObjects | None = None) -> bytes:
    """Return what ``model.save("model.keras")`` writes.

    `custom_objects` holds the user's classes that are not registered with Keras, by name. Raises
    ``ValueError`` if the model has a layer that carries code, such as Lambda, or an unknown class.
    """
    try:
        content = keras_file(model)
    except Exception as error:  # a layer's get_config may raise any error
        if isinstance(error, OSError) and error.errno is not None:
            raise
        raise BundleError(
            f"model {model.name!r} cannot be written by Keras: {_innermost(error)} Check "
            "get_config() of your own layers; functions need a name, so no lambda."
        ) from error
    _check(content, f"model {model.name!r}", custom_objects or {}, _WHEN_WRITTEN)
    return content


def model_from_bytes(
    content: bytes, where: str, custom_objects: CustomObjects | None = None
) -> keras.Model:
    """Return the model, compiled and with the optimizer's state; `where` is its file.

    Raises
    ------
    BundleError
        If it is damaged, carries code, or is not a model that Keras can load.
    """
    where = f"{where}: part {PART!r}"
    found, n_numbers, writer = _check(content, where, custom_objects or {}, _WHEN_READ)
    objects = {own.key: own.found_in(custom_objects or {}) for own in found}
    with limits(n_numbers) as made, tempfile.TemporaryDirectory() as folder:
        try:
            file = pathlib.Path(folder) / PART
            file.write_bytes(content)
            return keras.saving.load_model(file, custom_objects=objects, safe_mode=True)
        except (
            Exception
        ) as error:  # Keras, TensorFlow and HDF5 may raise any error for a wrong file
            if made.problem:
                raise BundleError(f"{where}: 'config.json': {made.problem}.") from None
            note = ""
            if writer != keras.__version__:
                note = f" Keras {writer} wrote it, and this is Keras {keras.__version__}."
            raise BundleError(
                f"{where} cannot be loaded: {_cause(error, content, objects)}{note}"
            ) from error


def read_back(
    content: bytes, model: Any, custom_objects: CustomObjects | None = None
) -> keras.Model:
    """Return the model that a file gives, if it is the one that was written.

    Raises
    ------
    BundleError
        If it cannot be loaded, or gives other values than `model`.
    """
    again = model_from_bytes(content, f"model {model.name!r}", custom_objects)
    x = _one_sample(model)
    ours, twice, theirs = (_output(each, x) for each in (model, model, again))
    same = np.allclose(ours, theirs, rtol=1e-3, atol=1e-4, equal_nan=True)
    # A model that draws random numbers does not agree with itself, nor does one in training.
    if (
        not same
        and np.array_equal(ours, twice, equal_nan=True)
        and _have_equal_weights(model, again)
    ):
        raise BundleError(
            f"model {model.name!r} gives other values once it is read back. A layer of yours does "
            "not return all its arguments from get_config(); add those that are missing."
        )
    return again


def _have_equal_weights(model: keras.Model, other: keras.Model) -> bool:
    pairs = zip(model.get_weights(), other.get_weights(), strict=False)
    return all(np.array_equal(*pair, equal_nan=True) for pair in pairs)


def _one_sample(model: Any) -> Any:
    shape = model.sample_shape
    x = np.linspace(0, 1, int(np.prod(shape)), dtype=np.float32).reshape(1, *shape)
    return x if model.n_labels is None else [x, np.eye(1, model.n_labels, dtype=np.float32)]


def _output(model: Any, x: Any) -> Any:
    return np.asarray(keras.ops.convert_to_numpy(model(x, training=False)))


_WHEN_WRITTEN = (
    "{own}, which is not registered, so Keras would not find it when the file is loaded. Register "
    "it now, and try again: keras.saving.register_keras_serializable()({name}). Or set "
    "vae.custom_objects = {{{name!r}: {name}}}, and pass custom_objects={{{name!r}: {name}}} to "
    "VAE.resume and VAE.load later. The model itself is intact."
)
_WHEN_READ = (
    "{own}, which is not registered. Import the code that defines it with "
    "keras.saving.register_keras_serializable first, or pass custom_objects={{{name!r}: {name}}}."
)


def _check(
    content: bytes, where: str, custom_objects: CustomObjects, if_unknown: str
) -> tuple[list[OwnObject], int, str]:
    """Return the user's classes that a file needs, how many numbers, and which Keras wrote it.

    Raises ``BundleError`` for any other file than one of Keras.
    """
    files = read_stored_zip(io.BytesIO(content), where)
    if set(files) != _FILES:
        odd = sorted(set(files) ^ _FILES)[0]
        raise BundleError(
            f"{where} has {', '.join(sorted(files)) or 'no files'}; expected exactly "
            f"{', '.join(sorted(_FILES))} ({odd!r} is missing or too many)."
        )
    try:
        name = "config.json"
        config = read_json(files[name], allow_nan=True)
        entries = list(serialized_objects(config))
        name = "metadata.json"
        writer = f"{read_json(files[name])['keras_version']:.40}"
    except (ValueError, TypeError, KeyError) as error:
        raise BundleError(f"{where}: {name!r} is not JSON of Keras: {error}.") from None
    for entry, owner in reversed(entries):  # a Lambda before the function in it
        name = entry["class_name"]
        if not isinstance(name, str):
            raise BundleError(f"{where}: 'config.json' has the class name {name!r:.100}.")
        if name in _CODE_CLASSES:
            raise BundleError(_about_code(where, name, owner))
    try:
        check_config(entries)
    except ValueError as error:
        raise BundleError(f"{where}: 'config.json': {error}.") from None
    found = []
    for entry, owner in entries:
        own = own_object(entry, owner)
        if own is None:
            continue
        if own.found_in(custom_objects) is None:
            raise BundleError(f"{where}: {if_unknown.format(own=own, name=own.name)}")
        found.append(own)
    n_numbers = _check_weights(files["model.weights.h5"], f"{where}: 'model.weights.h5'")
    return found, n_numbers, writer


def _about_code(where: str, name: str, owner: str) -> str:
    what = f"uses a {name.strip('_')}" if name == "__lambda__" else f"is a {name} layer"
    return (
        f"{where}: {owner!r} {what}, which carries code; loading it would run that code. Write a "
        "keras.layers.Layer with get_config (or a named function) instead, and register it with "
        "keras.saving.register_keras_serializable. A model that is trained already is kept by "
        "vae.save_weights('name.weights.h5'), and load_weights takes them into the new model."
    )


def _cause(error: BaseException, content: bytes, objects: dict[str, Any]) -> str:
    """Return why Keras could not load a model: the innermost object that cannot be made again."""
    config = read_json(read_stored_zip(io.BytesIO(content), PART)["config.json"], allow_nan=True)
    for entry, owner in serialized_objects(config):  # inner objects first
        if "registered_name" not in entry:
            continue
        try:
            keras.saving.deserialize_keras_object(entry, custom_objects=objects)
        except Exception as reason:
            return (
                f"{owner!r}, of the class {entry['class_name']}, cannot be made again: "
                f"{_innermost(reason)} Let get_config() of a class of yours return all arguments "
                "of its __init__, which takes **kwargs (name, dtype) as well; pass a registered "
                "function, not a lambda."
            )
    return _innermost(error)


def _innermost(error: BaseException) -> str:
    while error.__cause__ or error.__context__:
        error = error.__cause__ or error.__context__  # type: ignore[assignment]
    # Configurations are long, and stand at the end of Keras's messages.
    text = re.sub(
        r"\s*(Full object config|config)?[:=]?\s*\{.{80,}", "", str(error), flags=re.DOTALL
    )
    return f"{type(error).__name__}: {text.strip().removesuffix('.')}."


def _check_weights(content: bytes, where: str) -> int:
    """Return how many numbers an HDF5 file holds, if they lie in it, each once and as they are.

    Raises ``BundleError`` otherwise.
    """
    n_bytes = n_numbers = 0
    try:
        with h5py.File(io.BytesIO(content), "r") as file:
            for entry in _entries(file):
                n_bytes += entry.nbytes
                n_numbers += entry.size
                if n_bytes > len(content):
                    raise ValueError(f"has data smaller than it claims, {entry.name!r}")
    except ValueError as error:
        raise BundleError(f"{where} {error}; expected plain arrays.") from None
    except Exception as error:  # HDF5 may raise any error for a damaged file
        raise BundleError(f"{where} is damaged: {error}") from error
    return n_numbers


def _entries(file: h5py.File) -> Iterator[h5py.Dataset]:
    seen = {h5py.h5o.get_info(file.id).addr}
    waiting = [file]
    while waiting:
        group = waiting.pop()
        for name in group:
            if not isinstance(group.get(name, getlink=True), h5py.HardLink):
                raise ValueError(f"has a link to elsewhere, {name!r}")
            entry = group[name]
            place = h5py.h5o.get_info(entry.id).addr
            if place in seen:
                raise ValueError(f"has one entry under two names, {entry.name!r}")
            seen.add(place)
            if isinstance(entry, h5py.Group):
                waiting.append(entry)
                continue
            if not isinstance(entry, h5py.Dataset):
                raise ValueError(f"has no array as {entry.name!r}")
            if entry.external or entry.is_virtual:
                raise ValueError(f"has data in another file, {entry.name!r}")
            odd = "dtype" in entry.attrs and entry.attrs.get_id("dtype").shape != ()
            if entry.dtype.hasobject or entry.shape is None or odd:
                raise ValueError(f"has something else than numbers, {entry.name!r}")
            # A chunk may lie at the place of another one, or be smaller than what it unpacks to.
            stored = entry.id.get_storage_size()
            if entry.chunks is not None or (entry.size and stored != entry.nbytes):
                raise ValueError(f"has data smaller than it claims, {entry.name!r}")
            yield entry
