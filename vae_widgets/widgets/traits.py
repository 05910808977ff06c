"""Traits that travel as bytes: an array owns its dtype, its validation and its wire form."""

import contextlib
import operator
from typing import Any

import numpy as np
import traitlets
from numpy.typing import NDArray

from vae_widgets.core.tensors import as_float, as_numpy


def array_to_json(array: NDArray[Any], widget: Any = None) -> dict[str, Any]:
    """Return the wire form of an array, read by ``frontend/src/arrays.ts``."""
    array = np.ascontiguousarray(array)
    return {"dtype": array.dtype.name, "shape": list(array.shape), "data": array.data}


def array_from_json(value: dict[str, Any], widget: Any = None) -> NDArray[Any]:
    """Return the array of a wire form; it owns its memory."""
    flat = np.frombuffer(bytes(value["data"]), dtype=np.dtype(value["dtype"]))
    return flat.reshape(value["shape"])


class Number(traitlets.Float[Any, Any]):
    """A float, which takes a number of numpy, PyTorch and the like as well."""

    def validate(self, obj: Any, value: Any) -> Any:
        """Return `value` as a float."""
        if value is not None and not isinstance(value, bool):
            with contextlib.suppress(TypeError, ValueError, OverflowError):
                value = as_float(value)
        return super().validate(obj, value)


class WholeNumber(traitlets.Int[Any, Any]):
    """An int, which takes a whole number of numpy, PyTorch and the like as well."""

    def validate(self, obj: Any, value: Any) -> Any:
        """Return `value` as an int."""
        if not isinstance(value, bool):
            with contextlib.suppress(TypeError):
                value = operator.index(value)
        return super().validate(obj, value)


class Asked(traitlets.TraitType[Any, Any]):
    """A trait that asks for something: set to what it is already, it asks once more.

    Observers tell such a change by its equal ``old`` and ``new``. The value is up to a validator.
    """

    def set(self, obj: Any, value: Any) -> None:
        """Set the trait, and notify in any case."""
        name = str(self.name)
        before = getattr(obj, name)
        super().set(obj, value)
        if obj._trait_values[name] == before:
            obj._notify_trait(name, before, before)


class Array(traitlets.TraitType[Any, Any]):
    """A numpy array of one dtype and number of dimensions, synchronised as bytes.

    Parameters
    ----------
    dtype
        Values are cast to it, unless a cast to whole numbers would change one.
    ndim
        Number of dimensions, or None for any.
    """

    def __init__(self, dtype: str = "float32", ndim: int | None = 1, **kwargs: Any) -> None:
        self.dtype = np.dtype(dtype)
        self.ndim = ndim
        self.info_text = f"a {dtype} array" + (f" with {ndim} dimension(s)" if ndim else "")
        super().__init__(default_value=np.zeros((0,) * (ndim or 1), self.dtype), **kwargs)
        self.tag(to_json=array_to_json, from_json=array_from_json)

    def validate(self, obj: Any, value: Any) -> NDArray[Any]:
        """Return `value` as a read-only array of the trait's dtype."""
        try:
            given = np.asarray(as_numpy(value))
            with np.errstate(invalid="ignore"):  # NaN to whole numbers: found below
                array = given.astype(self.dtype)
        except (TypeError, ValueError, OverflowError):
            self.error(obj, value)
        if self.dtype.kind in "iu" and not np.array_equal(array, given):
            raise traitlets.TraitError(
                f"{self.name} must hold whole numbers that fit {self.dtype}; received "
                f"{given[array != given].ravel()[0]}."
            )
        if self.ndim is not None and array.ndim != self.ndim:
            raise traitlets.TraitError(
                f"{self.name} has shape {array.shape}; expected {self.ndim} dimension(s)."
            )
        array.flags.writeable = False  # a change in place would not reach the page
        return array

    def set(self, obj: Any, value: Any) -> None:
        """Set the trait; equal arrays cause no notification (== alone is ambiguous for arrays)."""
        new: Any = self._validate(obj, value)
        old = obj._trait_values.get(self.name)
        obj._trait_values[self.name] = new
        if old is None or not np.array_equal(old, new):
            obj._notify_trait(self.name, old, new)
