"""Modules of PyTorch: their weights, their mode, and tensors that fit them."""

import contextlib
import itertools
from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray


def module_of(name: str, function: Any) -> Any:
    """Return the module that a function is, or is a method of; None for another function."""
    import torch

    if isinstance(function, type) or not callable(function):
        raise TypeError(
            f"{name} must be a torch.nn.Module or a method of one, such as vae.encode; received "
            f"{function!r:.80}."
        )
    owner = getattr(function, "__self__", function)
    return owner if isinstance(owner, torch.nn.Module) else None


def weights_of(module: Any) -> Iterator[Any]:
    """Yield the parameters and the buffers of a module; nothing for None."""
    if module is not None:
        yield from itertools.chain(module.parameters(), module.buffers())


def tensor_for(module: Any, array: NDArray[np.float32]) -> Any:
    """Return a copy of an array where a module has its weights, and of their type."""
    import torch

    like = next((weight for weight in weights_of(module) if weight.is_floating_point()), None)
    if like is None:
        return torch.tensor(array)
    return torch.tensor(array, dtype=like.dtype, device=like.device)


@contextlib.contextmanager
def evaluating(module: Any) -> Iterator[None]:
    """Run a module in evaluation mode without gradients; each part gets back its mode."""
    import torch

    parts = [] if module is None else list(module.modules())
    modes = [part.training for part in parts]
    try:
        if module is not None:
            module.eval()
        with torch.no_grad():
            yield
    finally:
        for part, mode in zip(parts, modes, strict=True):
            part.training = mode
