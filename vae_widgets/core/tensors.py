"""Convert arrays and numbers of other libraries, such as PyTorch, to numpy and Python."""

from typing import Any

import numpy as np


def as_numpy(value: Any) -> Any:
    """Return a tensor, or a list of tensors, as numpy arrays; anything else as it is.

    Tensors are detached and copied to the CPU; bfloat16 becomes float32.
    """
    if isinstance(value, list | tuple) and any(hasattr(part, "detach") for part in value):
        return [as_numpy(part) for part in value]
    if isinstance(value, np.ndarray | np.generic) or not hasattr(value, "numpy"):
        return value
    if callable(getattr(value, "detach", None)):  # of PyTorch; `cpu` of TensorFlow is deprecated
        value = value.detach().cpu()
    if not callable(value.numpy):
        return value
    try:
        return np.asarray(value.numpy())
    except TypeError:
        return np.asarray(value.float().numpy()) if hasattr(value, "float") else value


def as_float(value: Any) -> float:
    """Return one number, array or tensor (1,) as a float; raise for anything else, and for text."""
    if isinstance(value, str | bytes):
        raise TypeError("text is not a number")
    value = as_numpy(value)
    if isinstance(value, np.ndarray) or hasattr(value, "__array__"):
        array = np.asarray(value)
        if array.ndim > 1 or array.size != 1:
            raise TypeError(f"an array of shape {array.shape} is not a number")
        value = array.reshape(-1)[0]
    if isinstance(value, np.complexfloating | np.datetime64 | np.timedelta64):
        raise TypeError(f"{type(value).__name__} is not a number")
    return float(value)
