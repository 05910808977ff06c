"""The user's own classes and functions in the configuration of a Keras model."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import keras

CustomObjects = Mapping[str, Any]
"""Name of a class or function -> the class or function itself, as Keras takes it."""

_KERAS_FUNCTIONS = ("activations", "initializers", "regularizers", "constraints", "ops", "losses")


@dataclass(frozen=True)
class OwnObject:
    """A class or function that is not part of Keras.

    `module` is "__main__" for a notebook; `key` the name under which it is registered, else `name`;
    `owner` the layer, model or optimizer that uses it; `entry` its part of the configuration.
    """

    name: str
    key: str
    module: str
    owner: str
    entry: dict[str, Any]

    def __str__(self) -> str:
        if self.entry["class_name"] == "function":
            return f"{self.owner!r} uses the function {self.name} of the module {self.module!r}"
        return f"{self.owner!r} is of the class {self.name} of the module {self.module!r}"

    def found_in(self, custom_objects: CustomObjects) -> Any:
        """Return the class or function if it is registered or in `custom_objects`, else None."""
        for name in (self.key, self.name):
            if name in custom_objects:
                return custom_objects[name]
        return keras.saving.get_registered_object(self.key)


def check_custom_objects(custom_objects: Any) -> dict[str, Any]:
    """Return `custom_objects` as a dict; raise ``TypeError`` for anything but one, or None."""
    if custom_objects is None:
        return {}
    if not isinstance(custom_objects, Mapping):
        raise TypeError(
            f"custom_objects must be a dict of classes and functions by name, such as "
            f"{{'MyLayer': MyLayer}}; received {type(custom_objects).__name__}."
        )
    for name, made in custom_objects.items():
        if not isinstance(name, str) or not callable(made):
            raise TypeError(
                f"custom_objects has {name!r:.100}: {made!r:.100}; expected names and classes or "
                "functions, such as {'MyLayer': MyLayer}."
            )
    return dict(custom_objects)


def serialized_objects(config: Any, owner: str = "model") -> Iterator[tuple[dict[str, Any], str]]:
    """Yield every serialized object, the inner ones first, and the layer that it belongs to."""
    if isinstance(config, dict):
        if "class_name" in config:
            inner = config.get("config")
            name = config.get("name", inner.get("name") if isinstance(inner, dict) else None)
            owner = name if isinstance(name, str) else owner
        for value in config.values():
            yield from serialized_objects(value, owner)
        if "class_name" in config:
            yield config, owner
    elif isinstance(config, list):
        for value in config:
            yield from serialized_objects(value, owner)


def own_object(entry: dict[str, Any], owner: str) -> OwnObject | None:
    """Return what an entry of `serialized_objects` names if it is the user's own, else None."""
    name, module = entry["class_name"], entry.get("module")
    if module is None and "registered_name" not in entry:
        return None
    module = "__main__" if module is None else str(module)
    if module.split(".")[0] == "keras":
        return None
    if name != "function":
        key = str(entry.get("registered_name") or name)
        return None if module == "builtins" else OwnObject(name, key, module, owner, entry)
    key = str(entry.get("config"))
    if module == "builtins":  # of all functions, as Keras does not write down their module
        if any(hasattr(getattr(keras, part), key) for part in _KERAS_FUNCTIONS):
            return None
        module = "__main__"
    return OwnObject(key.split(">")[-1], key, module, owner, entry)
