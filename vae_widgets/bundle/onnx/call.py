"""A node of a graph with the known facts about its inputs."""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from vae_widgets.bundle.onnx.model import Node


class TensorFacts(NamedTuple):
    """What is known about a tensor."""

    shape: tuple[int, ...]
    dtype: np.dtype[Any]
    is_constant: bool = False  # whether it can be computed without the inputs of the graph
    value: NDArray[Any] | None = None  # if it is small and known


class Call:
    """A node with its inputs, for the rules below."""

    def __init__(self, node: Node, inputs: list[TensorFacts | None]) -> None:
        self.node = node
        self._inputs = inputs
        self.attribute = node.attributes.get

    def has(self, i: int) -> bool:
        """Whether input i is there."""
        return i < len(self._inputs) and self._inputs[i] is not None

    def tensor(self, i: int) -> TensorFacts:
        """Return input i."""
        tensor = self._inputs[i] if i < len(self._inputs) else None
        if tensor is None:
            raise ValueError(f"it lacks input {i}")
        return tensor

    def shape(self, i: int = 0) -> tuple[int, ...]:
        """Return the shape of input i."""
        return self.tensor(i).shape

    @property
    def given(self) -> list[TensorFacts]:
        """The inputs that are there."""
        return [tensor for tensor in self._inputs if tensor is not None]

    @property
    def shapes(self) -> list[tuple[int, ...]]:
        """The shapes of the inputs that are there."""
        return [tensor.shape for tensor in self.given]

    def value(self, i: int) -> NDArray[Any]:
        """Return the numbers in input i."""
        value = self.tensor(i).value
        if value is None:
            raise ValueError("the shape of its result depends on data")
        return value

    def numbers(self, i: int, name: str, default: Any = None) -> Any:
        """Return whole numbers that are input i or an attribute."""
        if self.has(i):
            return [int(x) for x in self.value(i).reshape(-1)]
        return self.attribute(name, default)

    def axis(self, default: int, rank: int | None = None) -> int:
        """Return the attribute of this name, counted from the front."""
        return positive_axis(
            self.attribute("axis", default), len(self.shape()) if rank is None else rank
        )


def positive_axis(axis: int, rank: int) -> int:
    """Return an axis counted from the front."""
    if not -rank <= axis < rank:
        raise ValueError(f"its axis {axis} is none of {rank}")
    return axis % rank
