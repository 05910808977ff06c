"""Limits on what Keras may build from a configuration, checked beforehand."""

import contextlib
import math
import re
import threading
from collections.abc import Iterator
from typing import Any

import keras

_SPARE = 2**20  # numbers that layers may have and not save
_MOST_TENSORS = 50_000  # symbolic ones; a model of 1,000 layers has about 5,000
_MOST_LAYERS = 2_000
_MOST_NUMBERS = 2**26  # of one tensor for one sample; fewer where a file has few weights
_MOST_STEPS = 1_000  # of a loop that Keras writes out step by step
_KINDS = {
    "activations", "constraints", "dtype_policies", "initializers", "layers", "losses", "models",
    "ops", "optimizers", "quantizers", "random", "regularizers",
}  # fmt: skip
_ARRAYS = {"__numpy__", "__tensor__"}
_lock = threading.RLock()


def check_config(objects: list[tuple[dict[str, Any], str]]) -> None:
    """Raise ``ValueError`` for a configuration of a kind or size that no model has.

    `objects` are its serialized objects, of `own_classes.serialized_objects`.
    """
    n_layers, longest, written_out = 0, 0, ""
    for entry, owner in objects:
        module, inner = str(entry.get("module")), entry.get("config")
        root, _, part = module.replace("keras.src", "keras").partition(".")
        if root == "keras" and part and part.split(".")[0] not in _KINDS:
            raise ValueError(f"{owner!r} uses {module}.{entry['class_name']}, no part of a model")
        name = str(inner if entry["class_name"] == "function" else entry["class_name"])
        if "." in name and ">" not in name and root in ("keras", "builtins"):
            raise ValueError(f"{owner!r} uses {module}.{name:.100}, no part of a model")
        inner = inner if isinstance(inner, dict) else {}
        dtype = str(inner.get("dtype"))
        if entry["class_name"] in _ARRAYS and not re.fullmatch(r"[a-z]+\d{0,2}", dtype):
            raise ValueError(f"{owner!r} has an array of the type {dtype!r:.100}")
        if isinstance(inner.get("vocabulary"), str):
            raise ValueError(f"{owner!r} reads its vocabulary from another file")
        n_layers += "inbound_nodes" in entry or "build_config" in entry
        if inner.get("unroll") or entry["class_name"] == "TimeDistributed":
            written_out = owner
        shape = inner.get("batch_shape")
        for side in shape if isinstance(shape, list) else []:
            longest = max(longest, side) if isinstance(side, int) else longest
    if n_layers > _MOST_LAYERS:
        raise ValueError(f"it has {n_layers:,} layers; expected at most {_MOST_LAYERS:,}")
    if written_out and longest > _MOST_STEPS:
        raise ValueError(
            f"{written_out!r} writes out each of up to {longest:,} steps; expected at most "
            f"{_MOST_STEPS:,}"
        )


class Limits:
    """Counts of what was built; `problem` names the exceeded limit, or is empty."""

    def __init__(self, n_numbers: int) -> None:
        self.problem = ""
        self._n_numbers = n_numbers
        self._most_numbers = min(2**22 + 16 * n_numbers, _MOST_NUMBERS)
        self._weights = self._tensors = 0
        self._thread = threading.get_ident()

    def add(self, shape: Any = None, is_weight: bool = False) -> None:
        """Count a weight or a tensor, or raise ``ValueError`` if it is too many."""
        if threading.get_ident() != self._thread:
            return
        if is_weight:
            self._weights += math.prod(shape or ())
        self._tensors += 1
        if self._weights > self._n_numbers + _SPARE:
            self.problem = (
                f"its layers want more than {self._weights:,} weights, and the file has "
                f"{self._n_numbers:,}"
            )
        elif not is_weight and math.prod(side or 1 for side in shape or ()) > self._most_numbers:
            self.problem = f"it makes a tensor of the shape {tuple(shape)}"
        elif self._tensors > _MOST_TENSORS:
            self.problem = f"it makes more than {_MOST_TENSORS:,} tensors"
        if self.problem:
            raise ValueError(self.problem)


@contextlib.contextmanager
def limits(n_numbers: int) -> Iterator[Limits]:
    """Limit the weights that Keras builds in this thread by the numbers in a file."""
    made = Limits(n_numbers)
    layer, tensor = keras.layers.Layer, keras.KerasTensor
    add_weight, init = layer.add_weight, tensor.__init__

    def counted_weight(self: Any, *args: Any, **kwargs: Any) -> Any:
        shape = kwargs.get("shape") or next((a for a in args if isinstance(a, tuple | list)), ())
        made.add(shape, is_weight=True)
        return add_weight(self, *args, **kwargs)

    def counted_tensor(self: Any, *args: Any, **kwargs: Any) -> None:
        shape = kwargs.get("shape", args[0] if args else ())
        made.add(shape if isinstance(shape, tuple | list) else ())
        init(self, *args, **kwargs)

    with _lock:
        layer.add_weight, tensor.__init__ = counted_weight, counted_tensor
        try:
            yield made
        finally:
            layer.add_weight, tensor.__init__ = add_weight, init
