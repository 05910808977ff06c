"""A neural network in the ONNX format, run on ONNX Runtime.

ONNX Runtime gets a new file, written from what `onnx.model` has read and `onnx.shapes`
has bounded.
"""

import dataclasses
import functools
import math
import os

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from vae_widgets.bundle.errors import BundleError
from vae_widgets.bundle.onnx.model import OnnxModel
from vae_widgets.bundle.onnx.shapes import MOST_WORK, infer
from vae_widgets.core.agreeing_blocks import LARGER, PAIR, AgreeingBlocks
from vae_widgets.core.fixed_blocks import Arrays, BlockFunction, place_matters

_MAX_THREADS = 4
_BLOCK_SIZE = 8
"""Rows in the block that sets the rounding."""
_SMALLEST_IMAGE = 2**9
"""Numbers in a sample from which on the convolutions of one row are as quick as of several."""
_CHECKS = 16


class OnnxGraph:
    """A function of arrays with any number of rows, from the content of an ONNX file.

    `inputs` and `outputs` are the shape of one row of each, by name. Raises ``BundleError`` if the
    file is damaged, refers to anything outside it, or has other inputs and outputs.
    """

    def __init__(
        self,
        content: bytes,
        inputs: dict[str, tuple[int, ...]],
        outputs: dict[str, tuple[int, ...]],
        where: str,
    ) -> None:
        self._where = where
        self._inputs, self._outputs = inputs, outputs
        model = _read(content, where)
        widest = max(math.prod(shape) for shape in (*inputs.values(), *outputs.values()))
        has_conv = any(node.op.startswith("Conv") for node in model.nodes)
        size = 1 if has_conv and widest >= _SMALLEST_IMAGE else _BLOCK_SIZE
        try:
            _check_names("inputs", model.inputs, inputs)
            _check_names("outputs", model.outputs, outputs)
            self._check_block(model, 1, len(content))
        except ValueError as error:
            raise BundleError(f"{where} is refused: {error}.") from None
        if size > 1 and not self._can_run(model, size, len(content)):
            size = 1
        self._wanted_block_size = size
        self._other_sizes = {PAIR, *(n for n in LARGER if self._can_run(model, n, len(content)))}
        model = dataclasses.replace(
            model,
            inputs={name: (None, *shape) for name, shape in inputs.items()},
            outputs={name: (None, *shape) for name, shape in outputs.items()},
        )
        try:
            self._session = onnxruntime.InferenceSession(
                model.to_bytes(),
                _options(),
                providers=["CPUExecutionProvider"],
                enable_fallback=0,  # it prints, and tries the same again
                read_config_from_model=0,
            )
        except Exception as error:  # ONNX Runtime has a dozen kinds, with no common base
            raise BundleError(f"{where} is not a model that runs: {_reason(error)}") from error

    def _check_block(self, model: OnnxModel, n: int, n_bytes: int) -> None:
        rows = {name: (n, *shape) for name, shape in self._inputs.items()}
        # The first call runs `_CHECKS` blocks of several rows.
        known = infer(model, rows, n_bytes, MOST_WORK // (1 if n == 1 else _CHECKS))
        for name, shape in self._outputs.items():
            found = known[name]
            if (found.shape, found.dtype) != ((n, *shape), np.dtype(np.float32)):
                raise ValueError(
                    f"it gives {name!r} of shape {found.shape} for {n} rows; expected {(n, *shape)}"
                )

    def _can_run(self, model: OnnxModel, n: int, n_bytes: int) -> bool:
        """Return whether `n` rows at once need neither too much memory nor too much time."""
        try:
            self._check_block(model, n, n_bytes)
        except ValueError:
            return False
        return True

    def __call__(self, **arrays: NDArray[np.float32]) -> list[NDArray[np.float32]]:
        """Return the outputs for all rows of float32 arrays, one for each input.

        The outputs for a row do not depend on the other rows, not even in their last digits.
        """
        rows = [arrays[name] for name in self._inputs]
        return self._blocks(rows)

    @functools.cached_property
    def _blocks(self) -> AgreeingBlocks:
        shapes = list(self._inputs.values())
        size = self._wanted_block_size
        if place_matters(self._run, shapes, size, _CHECKS):
            size = 1

        def make(rows: int) -> BlockFunction | None:
            return self._run if rows in self._other_sizes else None

        return AgreeingBlocks((size, self._run), make, shapes)

    def _run(self, arrays: Arrays) -> list[NDArray[np.float32]]:
        try:
            given = dict(zip(self._inputs, arrays, strict=True))
            outputs: list[NDArray[np.float32]] = self._session.run(list(self._outputs), given)
            return outputs
        except Exception as error:
            raise BundleError(f"{self._where} does not run: {_reason(error)}") from error


def _read(content: bytes, where: str) -> OnnxModel:
    try:
        return OnnxModel.from_bytes(content)
    except ValueError as error:
        raise BundleError(f"{where} is refused: {error}.") from None


def _options() -> onnxruntime.SessionOptions:
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 4  # errors are raised, so they need not be printed
    options.intra_op_num_threads = min(_MAX_THREADS, os.cpu_count() or 1)
    # ONNX Runtime has a format of its own, which is not what was checked.
    options.add_session_config_entry("session.load_model_format", "ONNX")
    # Threads that wait by spinning would burn a shared core between two gestures.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    # It plans memory for one number of rows; gestures come with any.
    options.enable_mem_pattern = False
    return options


def _check_names(
    role: str, found: dict[str, tuple[int | None, ...]], expected: dict[str, tuple[int, ...]]
) -> None:
    good = found.keys() == expected.keys() and all(
        len(found[name]) == 1 + len(shape)
        and all(a in (None, b) for a, b in zip(found[name][1:], shape, strict=True))
        for name, shape in expected.items()
    )
    if not good:
        shapes = {name: shape[1:] for name, shape in found.items()}
        raise ValueError(f"it has the {role} {shapes}; expected {expected}, as the manifest says")


def _reason(error: Exception) -> str:
    return f"{type(error).__name__}: {str(error).strip().splitlines()[0]:.300}"
