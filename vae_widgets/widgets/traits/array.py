"""Traits that travel as bytes: an array owns its dtype, its validation and its wire form."""

import contextlib
import reprlib
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import traitlets
from numpy.typing import NDArray

from vae_widgets.core import checks
from vae_widgets.core.tensors import as_numpy


class TraitValueError(traitlets.TraitError, ValueError):
    """A value that a trait cannot have."""


class TraitTypeError(traitlets.TraitError, TypeError):
    """A value of a type that a trait cannot have."""


@contextlib.contextmanager
def refusing() -> Iterator[None]:
    """Raise a ``TraitError`` for any error: traitlets takes a value back for that one alone."""
    try:
        yield
    except traitlets.TraitError:
        raise
    except Exception as error:
        kind = TraitTypeError if isinstance(error, TypeError) else TraitValueError
        raise kind(str(error) or type(error).__name__) from error


DTYPES = ("float32", "float64", "int32", "uint32", "uint8")
"""Those that ``frontend/src/kernel/arrays.ts`` knows."""
MOST_ARRAYS = 1000
"""In one message of a page."""


def array_to_json(array: NDArray[Any], widget: Any = None) -> dict[str, Any]:
    """Return the wire form of an array, read by ``frontend/src/kernel/arrays.ts``."""
    array = np.ascontiguousarray(array)
    return {"dtype": array.dtype.name, "shape": list(array.shape), "data": array.data}


@refusing()
def array_from_json(value: dict[str, Any], widget: Any = None) -> NDArray[Any]:
    """Return the array of a wire form, which a page may spoil; it owns its memory."""
    dtype, shape = value["dtype"], value["shape"]
    if dtype not in DTYPES or not all(type(n) is int and n >= 0 for n in shape):
        raise ValueError(f"expected an array; received {dtype!r:.80} of shape {shape!r:.80}")
    return np.frombuffer(bytes(memoryview(value["data"])), dtype).reshape(shape)


def validate(*names: str) -> Callable[[Callable[[Any, Any], Any]], Any]:
    """Decorate a method like ``traitlets.validate``; any error it raises refuses the value."""
    return lambda method: traitlets.validate(*names)(refusing()(method))


def _values_of(obj: Any) -> dict[Any, Any]:
    """Return where traitlets keeps the values of an object, for the traits that set themselves."""
    values: dict[Any, Any] = obj._trait_values  # noqa: SLF001
    return values


def _notify(obj: traitlets.HasTraits, name: str | None, old: Any, new: Any) -> None:
    change = {"name": name, "old": old, "new": new, "owner": obj, "type": "change"}
    obj.notify_change(traitlets.Bunch(change))


class Number(traitlets.Float[Any, Any]):
    """A finite float, which takes a number of numpy, PyTorch and the like as well."""

    @refusing()
    def validate(self, obj: Any, value: Any) -> Any:
        """Return `value` as a float."""
        return checks.finite_number(str(self.name), value)


class WholeNumber(traitlets.Int[Any, Any]):
    """An int, which takes a whole number of numpy, PyTorch and the like as well."""

    @refusing()
    def validate(self, obj: Any, value: Any) -> Any:
        """Return `value` as an int."""
        return checks.whole_number(str(self.name), value)


class Loose(traitlets.TraitType[Any, Any]):
    """A trait whose validator takes more than one type, and sees every value: also True for 1."""

    def validate(self, obj: Any, value: Any) -> Any:
        """Return `value`, an iterator as a tuple: it can be read once only."""
        return tuple(value) if isinstance(value, Iterator) else value

    def set(self, obj: Any, value: Any) -> None:
        """Set the trait."""
        values = _values_of(obj)
        before = values.get(self.name, self.default_value)
        super().set(obj, value)
        new = values[self.name]
        held = obj._cross_validation_lock  # noqa: SLF001 (traitlets has no other way to ask)
        if held and new is not before:
            _notify(obj, self.name, before, new)


class AlwaysNotify(Loose):
    """A trait that asks for something: set to what it is already, it asks once more.

    Observers tell such a change by its equal ``old`` and ``new``.
    """

    def set(self, obj: Any, value: Any) -> None:
        """Set the trait, and notify in any case."""
        before = _values_of(obj).get(self.name, self.default_value)
        _values_of(obj)[self.name] = new = self._validate(obj, value)
        _notify(obj, self.name, before, new)


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
            if given.dtype.kind not in "biufO":  # text and dates would become numbers
                raise TypeError
            with np.errstate(invalid="ignore", over="ignore"):
                array = given.astype(self.dtype)
        except Exception:  # of whatever the value is
            raise TraitTypeError(
                f"{self.name} must be {self.info_text}; received {reprlib.repr(value)}."
            ) from None
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
        old: Any = _values_of(obj).get(self.name, self.default_value)
        _values_of(obj)[self.name] = new
        if not np.array_equal(old, new):
            _notify(obj, self.name, old, new)


@refusing()
def _arrays_from_json(arrays: dict[str, Any], widget: Any) -> dict[str, NDArray[Any]]:
    if len(arrays) > MOST_ARRAYS:
        raise ValueError(f"received {len(arrays)} arrays; expected at most {MOST_ARRAYS}")
    return {name: array_from_json(of) for name, of in arrays.items()}


class Arrays(Loose, traitlets.Dict):
    """A dict of arrays by name, synchronised as bytes; what they hold is up to a validator."""

    validate = traitlets.Dict.validate

    def __init__(self) -> None:
        super().__init__({})
        self.tag(
            to_json=lambda value, widget: {name: array_to_json(of) for name, of in value.items()},
            from_json=_arrays_from_json,
        )
