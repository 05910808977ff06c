"""Functions of PyTorch tensors as ONNX."""

import io
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vae_widgets.adapters.onnx_files import plain_content
from vae_widgets.adapters.torch_modules import evaluating, tensor_for, weights_of
from vae_widgets.bundle.onnx.graph import OnnxGraph
from vae_widgets.codec import MOST_ONNX_BYTES

_OPSET = 18  # the newest that the strict reader takes
_ROWS_COMPARED = 3  # not one, which an exporter may have taken for a fixed number of rows


def export(
    role: str,
    function: Callable[[Any], Any],
    module: Any,
    expected: Callable[[NDArray[np.float32]], Any],
    inputs: dict[str, tuple[int, ...]],
    outputs: dict[str, tuple[int, ...]],
    convert: bool,
) -> bytes:
    """Return an ONNX file of a function of tensors, which has been compared with `expected`.

    Parameters
    ----------
    role
        What messages call it: "encoder" or "decoder".
    function
        Maps a float32 tensor (n, *shape) to one tensor, or to one for each of `outputs`.
    module
        The ``torch.nn.Module`` that has its weights, or None.
    expected
        Computes the same with arrays.
    inputs, outputs
        Shapes of one row by name; one input.
    convert
        Whether to export more weights than a page gets by itself, which takes seconds.

    Raises
    ------
    ValueError
        If it cannot be exported, or the file gives other values.
    """
    size = 4 * sum(weight.numel() for weight in weights_of(module))
    if size > MOST_ONNX_BYTES and not convert:
        raise ValueError(
            f"its {role} has {size:,} bytes of weights; pass in_page=True to export more than "
            f"{MOST_ONNX_BYTES:,}."
        )
    ((name, shape),) = inputs.items()
    rows = np.random.default_rng(0).random((_ROWS_COMPARED, *shape), np.float32)
    try:
        content = plain_content(_exported(function, module, rows, name, list(outputs)), role)
        ours = OnnxGraph(content, inputs, outputs, f"the ONNX file of the {role}")(**{name: rows})
    except Exception as error:  # the exporter has an error of its own for each reason
        reason = " ".join(str(error).split())
        raise ValueError(f"its {role} cannot be exported to ONNX: {reason:.400}") from error
    theirs = expected(rows)
    for mine, other in zip(ours, theirs if len(outputs) > 1 else [theirs], strict=True):
        scale = float(np.abs(other).max()) or 1.0
        if not np.allclose(mine, other, rtol=0, atol=1e-3 * scale):
            raise ValueError(f"its {role} gives other values in ONNX than in PyTorch.")
    return content


def _exported(
    function: Callable[[Any], Any],
    module: Any,
    rows: NDArray[np.float32],
    name: str,
    outputs: list[str],
) -> bytes:
    import torch

    class Exported(torch.nn.Module):
        """A module whose forward pass is the function."""

        def __init__(self) -> None:
            super().__init__()
            self.inner = module

        def forward(self, rows: Any) -> Any:
            return function(rows)

    file = io.BytesIO()
    with evaluating(module), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of the exporter, which is older and needs nothing else
        torch.onnx.export(
            Exported(),
            (tensor_for(module, rows),),
            file,
            input_names=[name],
            output_names=outputs,
            dynamic_axes={each: {0: "n"} for each in (name, *outputs)},
            opset_version=_OPSET,
            dynamo=False,
        )
    return file.getvalue()
