"""A Keras model as bytes, and back: the part ``model.keras`` of bundles and checkpoints.

Keras refuses Lambda layers and foreign modules by itself, each version more of them. What is
checked here holds for every version, before Keras reads a byte: three plain files; no class that
carries code; weights that lie in the file, uncompressed, and not behind a link to elsewhere.
"""

import io
import json
import pathlib
import tempfile
from collections.abc import Iterator
from typing import Any

import h5py
import keras

from vae_widgets.bundle import BundleError, read_stored_zip

PART = "model.keras"
_FILES = {"metadata.json", "config.json", "model.weights.h5"}
# Each of these runs code that a file brings along.
_CODE_CLASSES = {"Lambda", "__lambda__", "TFSMLayer", "TorchModuleWrapper", "JaxLayer", "FlaxLayer"}


def model_to_bytes(model: keras.Model) -> bytes:
    """Return what ``model.save("model.keras")`` writes.

    Raises
    ------
    ValueError
        If the model has a layer that carries code, such as Lambda; it could not be loaded safely.
    """
    with tempfile.TemporaryDirectory() as folder:
        file = pathlib.Path(folder) / PART
        keras.Model.save(model, file)
        content = file.read_bytes()
    _check(content, str(model.name))
    return content


def model_from_bytes(content: bytes, where: str) -> keras.Model:
    """Return the model, compiled and with the optimizer's state.

    Parameters
    ----------
    content
        What `model_to_bytes` gave.
    where
        The file that it is from, for messages.

    Raises
    ------
    BundleError
        If it is damaged, carries code, or is no model that Keras can load.
    """
    where = f"{where}: part {PART!r}"
    _check(content, where)
    try:
        with tempfile.TemporaryDirectory() as folder:
            file = pathlib.Path(folder) / PART
            file.write_bytes(content)
            return keras.saving.load_model(file, safe_mode=True)
    except Exception as error:  # Keras, TensorFlow and HDF5 have any kind for a wrong file
        reason = str(error).strip().split("\n")[0]
        raise BundleError(f"{where} cannot be loaded: {type(error).__name__}: {reason}") from error


def _check(content: bytes, where: str) -> None:
    """Raise ``BundleError`` unless the file is one that Keras may read."""
    files = read_stored_zip(io.BytesIO(content), where)
    if set(files) != _FILES:
        odd = sorted(set(files) ^ _FILES)[0]
        raise BundleError(
            f"{where} has {', '.join(sorted(files)) or 'no files'}; expected exactly "
            f"{', '.join(sorted(_FILES))} ({odd!r} is missing or too many)."
        )
    try:
        config = json.loads(files["config.json"])
        classes = list(_classes(config))
    except (ValueError, RecursionError) as error:
        raise BundleError(f"{where}: 'config.json' is not JSON: {error}.") from None
    for entry in classes:
        name, module = entry["class_name"], entry.get("module")
        if not isinstance(name, str):
            raise BundleError(f"{where}: 'config.json' has the class name {name!r:.100}.")
        if name in _CODE_CLASSES:
            raise BundleError(
                f"{where} has a {name.strip('_')} layer, which carries code; loading it would "
                "run that code. Write a keras.layers.Layer with get_config instead, and register "
                "it with keras.saving.register_keras_serializable."
            )
        package = str(module).split(".")[0]
        registered = keras.saving.get_registered_object(str(entry.get("registered_name")))
        if module is not None and package not in ("keras", "builtins") and registered is None:
            raise BundleError(
                f"{where} needs {name!r} of module {module!r}, which is not registered. Import the "
                "code that defines it with keras.saving.register_keras_serializable first."
            )
    _check_weights(files["model.weights.h5"], f"{where}: 'model.weights.h5'")


def _classes(config: Any) -> Iterator[dict[str, Any]]:
    """Yield every serialized object, however deep."""
    if isinstance(config, dict):
        if "class_name" in config:
            yield config
        for value in config.values():
            yield from _classes(value)
    elif isinstance(config, list):
        for value in config:
            yield from _classes(value)


def _check_weights(content: bytes, where: str) -> None:
    """Raise ``BundleError`` unless all data of an HDF5 file lies in it, as large as it claims."""
    try:
        with h5py.File(io.BytesIO(content), "r") as file:
            problem = _problem_in(file)
    except Exception as error:  # HDF5 has any kind for a damaged file
        raise BundleError(f"{where} is damaged: {error}") from error
    if problem:
        raise BundleError(f"{where} {problem}; expected plain arrays.")


def _problem_in(group: h5py.Group) -> str | None:
    for name in group:
        if not isinstance(group.get(name, getlink=True), h5py.HardLink):
            return f"has a link to elsewhere, {name!r}"
        entry = group[name]
        if isinstance(entry, h5py.Group):
            problem = _problem_in(entry)
            if problem:
                return problem
        elif entry.external or entry.is_virtual:
            return f"has data in another file, {entry.name!r}"
        elif entry.size and entry.id.get_storage_size() != entry.nbytes:
            return f"has data smaller than it claims, {entry.name!r}"
    return None
