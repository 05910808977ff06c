"""A trait for a set of rows, such as a selection."""

from typing import Any

import numpy as np
import traitlets
from numpy.typing import NDArray

from vae_widgets.core import checks
from vae_widgets.core.pairing import index_of
from vae_widgets.widgets.traits.array import Array, array_from_json, refusing


@refusing()
def rows_from_json(value: dict[str, Any], widget: Any = None) -> NDArray[Any]:
    """Return the rows of a wire form: a list, or one bit for each row, the lowest bit first.

    A page sends long lists as bits (``writeRows`` of ``frontend/src/kernel/arrays.ts``).
    """
    if value["dtype"] != "bits":
        return array_from_json(value)
    bits = np.frombuffer(bytes(memoryview(value["data"])), np.uint8)
    rows = np.flatnonzero(np.unpackbits(bits, bitorder="little")).astype(np.uint32)
    if value["shape"] != [len(rows)]:
        raise ValueError(f"expected {value['shape']!r:.80} rows; received {len(rows)}")
    return rows


class IndexSet(Array):
    """Sorted, unique row numbers below ``obj.n_samples``; a boolean mask of the rows will do."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__("uint32", 1, **kwargs)
        self.tag(from_json=rows_from_json)

    def validate(self, obj: Any, value: Any) -> NDArray[Any]:
        """Return `value` as sorted, unique uint32 indices."""
        with refusing():
            given = checks.any_array(str(self.name), value)
        if given.dtype == bool:
            index, own = index_of(value), getattr(obj, "index", None)
            if index is not None and own is not None and not own.equals(index):
                raise traitlets.TraitError(
                    f"{self.name} is a mask with another index than the samples have. Pass "
                    "mask.reindex(widget.index, fill_value=False) to pair them by index, or "
                    "mask.to_numpy() to pair them by position."
                )
            if given.shape != (obj.n_samples,):
                raise traitlets.TraitError(
                    f"{self.name} is a mask of shape {given.shape}; expected ({obj.n_samples},), "
                    "one entry for each sample."
                )
            given = np.flatnonzero(given)
        # With the index numpy sorts, in 0.1 s for 600,000 numbers; its hash table takes 1.5 s.
        indices = np.unique(super().validate(obj, given), return_index=True)[0]
        if indices.size and indices[-1] >= obj.n_samples:
            raise traitlets.TraitError(
                f"{self.name} has index {indices[-1]}; expected indices below {obj.n_samples}, "
                "the number of samples."
            )
        indices.flags.writeable = False
        return indices
