"""A neural network in the ONNX format, run on ONNX Runtime.

An ONNX file may name other files as the place of its weights, and operators that plug-ins bring.
Both are refused before ONNX Runtime sees the file. To look for them, the file is walked here as
what it is, a tree of Protocol Buffers messages (onnx.proto3 numbers their fields): the package
``onnx``, which could do it too, takes longer to import than all else that a codec needs.
"""

import functools
import math
import os
from collections.abc import Iterator
from typing import Any

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from vae_widgets.bundle.errors import BundleError
from vae_widgets.core.fixed_blocks import Arrays, place_matters, run_in_blocks

DOMAINS = {b"", b"ai.onnx", b"ai.onnx.ml"}
"""Sets of operators that ONNX itself defines."""

_MAX_THREADS = 4
_BLOCK_SIZE = 8
"""Rows in a block: as quick per row as more, and one row does not wait long."""
_SMALLEST_IMAGE = 2**9
"""Numbers in a sample from which on the convolutions of one row are as quick as of several."""
_CHECKS = 16
_MAX_DEPTH = 64  # of graphs within graphs

# For each kind of message, the fields that hold messages: number of the field -> kind.
_MESSAGES = {
    "model": {7: "graph", 8: "operators"},
    "graph": {1: "node", 5: "tensor", 15: "sparse tensor"},
    "node": {5: "attribute"},
    "attribute": {
        5: "tensor",
        6: "graph",
        10: "tensor",
        11: "graph",
        22: "sparse tensor",
        23: "sparse tensor",
    },
    "sparse tensor": {1: "tensor", 2: "tensor"},
}
_TENSOR_EXTERNAL_DATA, _TENSOR_DATA_LOCATION = 13, 14
_NODE_DOMAIN, _OPERATORS_DOMAIN = 7, 1
_MODEL_TRAINING, _MODEL_FUNCTIONS = 20, 25


class OnnxGraph:
    """A function of arrays with any number of rows.

    Parameters
    ----------
    content
        The ONNX file.
    inputs, outputs
        Shape of one row of each, by name.
    where
        What to call it in messages.

    Raises
    ------
    BundleError
        If the file is damaged, refers to anything outside it, or has other inputs and outputs.
    """

    def __init__(
        self,
        content: bytes,
        inputs: dict[str, tuple[int, ...]],
        outputs: dict[str, tuple[int, ...]],
        where: str,
    ) -> None:
        check_self_contained(content, where)
        self._where = where
        self._outputs = outputs
        widest = max(math.prod(shape) for shape in (*inputs.values(), *outputs.values()))
        self._shapes = inputs
        has_images = widest >= _SMALLEST_IMAGE and b"Conv" in content
        self._wanted_block_size = 1 if has_images else _BLOCK_SIZE
        try:
            self._session = onnxruntime.InferenceSession(
                content,
                _options(),
                providers=["CPUExecutionProvider"],
                enable_fallback=0,  # it prints, and tries the same again
                read_config_from_model=0,
            )
            # Here, not below: a damaged name is decoded, and refused, only when it is asked for.
            found_inputs = [_signature(each) for each in self._session.get_inputs()]
            found_outputs = [_signature(each) for each in self._session.get_outputs()]
        except Exception as error:  # ONNX Runtime has a dozen kinds, with no common base
            raise BundleError(f"{where} is no model that runs: {_reason(error)}") from error
        for role, found, expected in (
            ("inputs", found_inputs, inputs),
            ("outputs", found_outputs, outputs),
        ):
            shapes = {name: shape for name, shape, _ in found}
            types = {dtype for *_, dtype in found}
            if types != {"tensor(float)"} or not _fit(shapes, expected):
                raise BundleError(
                    f"{where} has the {role} {shapes} of {', '.join(sorted(types))}; expected "
                    f"{expected} of tensor(float), as the manifest says."
                )

    def __call__(self, **arrays: NDArray[np.float32]) -> list[NDArray[np.float32]]:
        """Return the outputs for all rows of float32 arrays, one for each input.

        The outputs for a row do not depend on the other rows, not even in their last digits.
        """
        rows = [arrays[name] for name in self._shapes]
        return run_in_blocks(self._run, rows, self._block_size)

    @functools.cached_property
    def _block_size(self) -> int:
        size = self._wanted_block_size
        return 1 if place_matters(self._run, self._shapes.values(), size, _CHECKS) else size

    def _run(self, arrays: Arrays) -> list[NDArray[np.float32]]:
        try:
            given = dict(zip(self._shapes, arrays, strict=True))
            results: list[NDArray[np.float32]] = self._session.run(list(self._outputs), given)
        except Exception as error:
            raise BundleError(f"{self._where} does not run: {_reason(error)}") from error
        n = len(arrays[0])
        for (name, shape), result in zip(self._outputs.items(), results, strict=True):
            if result.shape != (n, *shape):
                raise BundleError(
                    f"{self._where} gives {name!r} of shape {result.shape}; expected {(n, *shape)}."
                )
        return results


def _signature(tensor: onnxruntime.NodeArg) -> tuple[str, tuple[Any, ...], str]:
    """Return name, shape of a row and type of an input or output."""
    return tensor.name, tuple(tensor.shape[1:]), tensor.type


def check_self_contained(content: bytes, where: str) -> None:
    """Raise ``BundleError`` if an ONNX file needs another file, a plug-in, or is damaged.

    Parameters
    ----------
    content
        The ONNX file.
    where
        What to call it in messages.
    """
    waiting: list[tuple[str, memoryview, int]] = [("model", memoryview(content), 0)]
    has_graph = False
    while waiting:
        kind, message, depth = waiting.pop()
        if depth > _MAX_DEPTH:
            raise BundleError(f"{where} is nested too deeply; expected a plain model.")
        try:
            for field, value in _fields(message):
                if kind == "tensor" and (
                    field == _TENSOR_EXTERNAL_DATA or (field == _TENSOR_DATA_LOCATION and value)
                ):
                    raise BundleError(f"{where} keeps weights in another file; that is refused.")
                if kind == "model" and field in (_MODEL_TRAINING, _MODEL_FUNCTIONS):
                    raise BundleError(f"{where} has functions of its own; expected plain nodes.")
                if (kind, field) in (("node", _NODE_DOMAIN), ("operators", _OPERATORS_DOMAIN)):
                    domain = bytes(value) if isinstance(value, memoryview) else b"?"
                    if domain not in DOMAINS:
                        raise BundleError(
                            f"{where} needs operators of {domain!r:.100}; expected only those of "
                            "ONNX itself."
                        )
                inner = _MESSAGES.get(kind, {}).get(field)
                if inner and not isinstance(value, memoryview):
                    raise ValueError(f"field {field} of a {kind} is a number")
                if inner:
                    has_graph |= inner == "graph"
                    waiting.append((inner, value, depth + 1))  # type: ignore[arg-type]
        except BundleError:
            raise
        except ValueError as error:
            raise BundleError(f"{where} is no ONNX file: {error}.") from None
    if not has_graph:
        raise BundleError(f"{where} is no ONNX file: it has no graph.")


def _fields(message: memoryview) -> Iterator[tuple[int, int | memoryview]]:
    """Yield the number and value of each field of a Protocol Buffers message."""
    position = 0
    while position < len(message):
        key, position = _varint(message, position)
        field, wire_type = key >> 3, key & 7
        if wire_type == 0:
            value, position = _varint(message, position)
            yield field, value
            continue
        if wire_type == 2:
            length, position = _varint(message, position)
        elif wire_type in (1, 5):
            length = 8 if wire_type == 1 else 4
        else:
            raise ValueError(f"wire type {wire_type} at byte {position}")
        if position + length > len(message):
            raise ValueError(f"field {field} runs beyond its end")
        yield field, message[position : position + length]
        position += length


def _varint(message: memoryview, position: int) -> tuple[int, int]:
    value = 0
    for shift in range(0, 70, 7):
        if position >= len(message):
            raise ValueError("it ends within a number")
        byte = message[position]
        position += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, position
    raise ValueError("a number is too long")


def _options() -> onnxruntime.SessionOptions:
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 4  # errors are raised, hence need not be printed as well
    options.intra_op_num_threads = min(_MAX_THREADS, os.cpu_count() or 1)
    # ONNX Runtime has a format of its own, which is not what was checked.
    options.add_session_config_entry("session.load_model_format", "ONNX")
    # Threads that wait by spinning would burn a shared core between two gestures.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    # It plans memory for one number of rows; gestures come with any.
    options.enable_mem_pattern = False
    return options


def _fit(found: dict[str, tuple], expected: dict[str, tuple[int, ...]]) -> bool:
    """Whether names are the same, and sides too where the graph knows them."""
    return set(found) == set(expected) and all(
        len(found[name]) == len(shape)
        and all(not isinstance(a, int) or a == b for a, b in zip(found[name], shape, strict=True))
        for name, shape in expected.items()
    )


def _reason(error: Exception) -> str:
    return f"{type(error).__name__}: {str(error).strip().splitlines()[0]:.300}"
