"""All layers of a model, which Keras lists one level at a time."""

from collections.abc import Iterator
from typing import Any

import keras


def nested_layers(*layers: keras.layers.Layer) -> Iterator[keras.layers.Layer]:
    """Yield layers, and the layers within them at any depth, each once."""
    seen: set[int] = set()
    waiting: list[Any] = list(layers)
    while waiting:
        found = waiting.pop()
        if isinstance(found, dict):
            waiting += found.values()
        elif isinstance(found, list | tuple | set):
            waiting += found
        elif isinstance(found, keras.layers.Layer) and id(found) not in seen:
            seen.add(id(found))
            yield found
            waiting += vars(found).values()
