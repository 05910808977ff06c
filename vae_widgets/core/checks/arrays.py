"""Arrays of numbers of any shape, and samples (n, *sample_shape)."""

import math
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from vae_widgets.core.image_shapes import axes_to_move
from vae_widgets.core.tables import floats_of, where_not_finite
from vae_widgets.core.tensors import as_numpy


def _has_mask(value: Any) -> bool:
    # The first use of np.ma imports it, which takes 10 ms: not for arrays without a mask.
    return hasattr(value, "mask") and isinstance(value, np.ma.MaskedArray)


def refuse_masked(name: str, value: Any) -> None:
    """Raise ``ValueError`` for masked values: ``np.asarray`` would return them."""
    if _has_mask(value) and np.ma.is_masked(value):
        raise ValueError(
            f"{name} has masked values ({np.ma.count_masked(value)}); expected none. Pass "
            f"{name}.filled(...), or {name}.compressed() for the others alone."
        )


def unmasked(value: Any) -> tuple[Any, NDArray[np.bool_] | None]:
    """Return the data and the mask of a masked array; for any other value, itself and None."""
    if _has_mask(value):
        return value.data, np.ma.getmaskarray(value)
    return value, None


def any_array(name: str, value: Any) -> NDArray[Any]:
    """Return `value` as an array; nested lists of unequal length as an array of objects."""
    refuse_masked(name, value)
    value = as_numpy(value)
    try:
        return np.asarray(value)
    except ValueError:
        return np.asarray(value, object)


def as_array(name: str, value: Any) -> str:
    """Return code, for a message, that makes an array of the argument called `name`."""
    return name if isinstance(value, np.ndarray) else f"np.asarray({name})"


def float_array(
    name: str,
    value: ArrayLike,
    dtype: Any = np.float32,
    if_not_finite: str = "Drop or impute them first.",
) -> NDArray[Any]:
    """Return `value` as a non-empty, finite array of any shape and of a floating `dtype`.

    `if_not_finite` is the remedy for other values.
    """
    return _floats_and_range(name, value, dtype, if_not_finite)[0]


def _floats_and_range(
    name: str,
    value: ArrayLike,
    dtype: Any = np.float32,
    if_not_finite: str = "Drop or impute them first.",
) -> tuple[NDArray[Any], float, float]:
    """Return the array of `float_array`, its lowest and its highest value."""
    refuse_masked(name, value)
    received, hint = type(value).__name__, ""
    try:
        if callable(getattr(value, "toarray", None)):  # a sparse matrix, which numpy would wrap
            hint = f" Pass {name}.toarray()."
            raise TypeError
        array = np.asarray(as_numpy(value))
        if array.dtype.kind == "c":  # the imaginary part would get lost
            received, hint = "complex numbers", f" Pass their .real part or np.abs({name})."
            raise TypeError
        if array.dtype.kind in "mM" and hasattr(value, "columns"):
            array = np.asarray(value, object)  # which is refused below by its columns
        if array.dtype.kind in "mM":  # NaT would become a number
            span = f"({name} - np.datetime64('2024-01-01'))" if array.dtype.kind == "M" else name
            hint = f" Count them in a unit, such as {span} / np.timedelta64(1, 'D')."
            received = "dates or durations"
            raise TypeError
    except (TypeError, ValueError):
        raise TypeError(f"{name} must be an array of numbers; received {received}.{hint}") from None
    try:
        array = floats_of(name, value, array, dtype)
    except OverflowError:
        raise ValueError(
            f"{name} has a number too large for a float; expected finite numbers. {if_not_finite}"
        ) from None
    if array.size == 0:
        raise ValueError(f"{name} is empty (shape {array.shape}); expected at least one value.")
    # Without a temporary, and NaN where there is one.
    low, high = float(array.min()), float(array.max())
    if not (math.isfinite(low) and math.isfinite(high)):
        bad = int(np.count_nonzero(~np.isfinite(array)))
        raise ValueError(
            f"{name} has {bad} NaN or infinite value{'s' * (bad != 1)} of {array.size}"
            f"{where_not_finite(value, array)}; expected finite numbers. {if_not_finite}"
        )
    return array, low, high


def refuse_strings(name: str, value: Any) -> None:
    """Raise ``TypeError`` for a list or array of strings; name what turns them into numbers."""
    listed = "O" if isinstance(value, list | tuple) else None
    kind = getattr(getattr(value, "dtype", None), "kind", listed)
    if kind in {"O", "S", "T", "U"} and getattr(value, "ndim", 1) == 1:
        first = next(iter(value), None)
        if isinstance(first, str | bytes):
            raise TypeError(
                f"{name} must be an array of numbers; received strings, the first "
                f"{str(first)!r:.40}. Turn them into numbers with vocabulary = "
                "vw.Vocabulary.fit(strings) and vocabulary.encode(strings), for a VAE of "
                "vocabulary.sample_shape with likelihood='categorical' and "
                "n_classes=len(vocabulary)."
            )


def samples(
    name: str,
    value: ArrayLike,
    sample_shape: tuple[int, ...],
    bounds: tuple[float, float] | None = None,
    why_bounds: str = "",
    **options: Any,
) -> NDArray[Any]:
    """Return `value` as samples of shape (n, *sample_shape), n >= 1; float32 by default.

    They must be within `bounds`, inclusive, which `why_bounds` asks for; `options` are those of
    `float_array`.
    """
    refuse_strings(name, value)
    array, low, high = _floats_and_range(name, value, **options)
    if array.shape[1:] != tuple(sample_shape):
        expected = ", ".join(["n", *map(str, sample_shape)])
        hint = ""
        if array.shape == tuple(sample_shape):
            hint = f" For one sample, pass {as_array(name, value)}[np.newaxis]."
        elif move := axes_to_move(array.shape[1:], tuple(sample_shape)):
            hint = f" np.{move.format(as_array(name, value))} has the right shape."
        elif sorted(array.shape[1:]) == sorted(sample_shape):
            hint = " Its axes have another order: transpose it, and do not reshape it."
        elif array.ndim and array[0].size == np.prod(sample_shape):
            wanted = expected.replace("n", "-1", 1)
            hint = f" {as_array(name, value)}.reshape({wanted}) has the right shape."
        raise ValueError(f"{name} has shape {array.shape}; expected ({expected}).{hint}")
    if bounds is not None and (low < bounds[0] or high > bounds[1]):
        hint = " Divide pixel values by 255." if bounds == (0, 1) and 1 < high <= 255 else ""
        raise ValueError(
            f"{name} spans [{low:g}, {high:g}]; {why_bounds or 'it'} needs values in "
            f"[{bounds[0]:g}, {bounds[1]:g}].{hint}"
        )
    return array


def tokens(name: str, array: NDArray[np.float32], n_classes: int, why: str) -> None:
    """Raise ``ValueError`` unless an array holds whole numbers from 0 to `n_classes` - 1.

    `why` says who asks for tokens.
    """
    low, high = float(array.min()), float(array.max())
    wanted = f"{why} needs tokens 0 to {n_classes - 1}"
    if low < 0 or high >= n_classes:
        raise ValueError(
            f"{name} spans [{low:g}, {high:g}]; {wanted}. Number the tokens from 0, or pass "
            "n_classes, the highest token plus one."
        )
    strange = array[array != np.floor(array)]
    if strange.size:
        raise ValueError(
            f"{name} holds {strange.flat[0]:g}; {wanted}, whole numbers. Pass tokens, not scaled "
            "values or one-hot vectors."
        )
