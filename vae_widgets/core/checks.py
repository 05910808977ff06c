"""Check what the user passed before any work is done.

Every message says which argument is wrong, what was expected, what was received and what to do.
"""

import difflib
import functools
import inspect
import operator
from collections.abc import Callable, Iterable
from typing import Any, ParamSpec, TypeVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

from vae_widgets.core.image_shapes import axes_to_move
from vae_widgets.core.missing import is_missing as is_missing
from vae_widgets.core.tables import floats_of, where_not_finite
from vae_widgets.core.tensors import as_float, as_numpy

MAX_TILE_SIDE = 2048
"""Pixels of a side of a tile; a larger one would fill a gigabyte in a few samples."""

P = ParamSpec("P")
R = TypeVar("R")


def suggest_keywords(function: Callable[P, R]) -> Callable[P, R]:
    """Make a misspelt keyword argument of `function` raise ``TypeError`` with the nearest name."""
    parameters = inspect.signature(function).parameters
    known = [
        name
        for name, parameter in parameters.items()
        if name not in ("self", "cls") and parameter.kind is not parameter.POSITIONAL_ONLY
    ]
    is_method = "self" in parameters and function.__name__ != "__init__"

    @functools.wraps(function)
    def checked(*args: P.args, **kwargs: P.kwargs) -> R:
        if kwargs:
            owner = function.__qualname__.removesuffix(".__init__")
            if is_method and args:  # the user's object may be of a derived class
                owner = f"{type(args[0]).__name__}.{function.__name__}"
            reject_unknown(owner, kwargs, known)
        return function(*args, **kwargs)

    return checked


def reject_unknown(owner: str, given: Iterable[str], known: Iterable[str]) -> None:
    """Raise ``TypeError`` for the first name in `given` that is not in `known`."""
    known = list(known)
    for name in given:
        if name not in known:
            raise TypeError(
                f"{owner} got an unknown keyword {name!r}; {_did_you_mean(name, known)}"
            )


def reject_unknown_attribute(owner: type, name: str, package: str) -> None:
    """Raise ``AttributeError`` if a class of a package declares no attribute of that name.

    Names with an underscore, and classes of other packages, may have any.
    """
    if name.startswith("_") or hasattr(owner, name):
        return
    if owner.__module__.partition(".")[0] != package:
        return
    ours = [base for base in owner.__mro__ if base.__module__.partition(".")[0] == package]
    declared = {one for base in ours for one in inspect.get_annotations(base)}
    if name in declared:
        return
    known = declared | {one for base in ours for one in vars(base) if _may_be_set(base, one)}
    public = sorted(one for one in known if not one.startswith("_"))
    raise AttributeError(
        f"{owner.__name__} has no attribute {name!r}; {_did_you_mean(name, public)}"
    )


def _may_be_set(owner: type, name: str) -> bool:
    value = vars(owner)[name]
    if isinstance(value, property):
        return value.fset is not None
    return not callable(value) and not isinstance(value, classmethod | staticmethod)


def one_of(name: str, value: Any, choices: Iterable[str]) -> str:
    """Return `value` if it is one of `choices`; raise ``ValueError`` naming the nearest one."""
    choices = list(choices)
    if not isinstance(value, str) or value not in choices:
        raise ValueError(f"{name} is {value!r}; {_did_you_mean(value, choices)}")
    return str(value)


def _did_you_mean(name: Any, known: list[str]) -> str:
    near = difflib.get_close_matches(str(name), known, n=1)
    listed = ", ".join(one or "''" for one in known)
    if near:
        return f"did you mean {near[0]!r}? Expected one of: {listed}."
    return f"expected one of: {listed}."


def finite_number(name: str, value: Any) -> float:
    """Return `value` as a float; raise unless it is one finite number, not text or a boolean."""
    try:
        if isinstance(value, str | bytes | bool | np.bool_):
            raise TypeError
        number = as_float(value)
    except (TypeError, ValueError):
        raise TypeError(f"{name} must be a number; received {value!r}.") from None
    except OverflowError:
        raise ValueError(
            f"{name} must be a finite number; received one too large for a float."
        ) from None
    if not np.isfinite(number):
        raise ValueError(f"{name} must be a finite number; received {number}.")
    return number


def number_between(
    name: str, value: Any, low: float = -np.inf, high: float = np.inf, *, open_low: bool = False
) -> float:
    """Return `value` as a float in [low, high] (or (low, high] with `open_low`)."""
    number = finite_number(name, value)
    if number < low or number > high or (open_low and number == low):
        bounds = f"{'(' if open_low or np.isinf(low) else '['}{low:g}, {high:g}]"
        raise ValueError(f"{name} must lie in {bounds}; received {number:g}.")
    return number


def open_share(name: str, value: Any) -> float:
    """Return `value` as a float between 0 and 1, neither of them included."""
    number = finite_number(name, value)
    if not 0 < number < 1:
        raise ValueError(f"{name} must lie between 0 and 1 (0.05 is 5 %); received {number:g}.")
    return number


def positive_int(name: str, value: Any, minimum: int = 1) -> int:
    """Return `value` as an int of at least `minimum`; booleans and fractions are refused."""
    number = whole_number(name, value)
    if number < minimum:
        raise ValueError(f"{name} must be at least {minimum}; received {number}.")
    return number


def whole_number(name: str, value: Any) -> int:
    """Return `value` as an int; integers of numpy or PyTorch are converted, booleans refused."""
    try:
        if isinstance(value, bool | np.bool_):
            raise TypeError
        return operator.index(value)
    except (TypeError, RuntimeError):
        raise TypeError(f"{name} must be a whole number; received {value!r:.200}.") from None


def int_up_to(name: str, value: Any, highest: int, why: str, minimum: int = 1) -> int:
    """Return `value` as an int from `minimum` to `highest`, which is `why`."""
    number = positive_int(name, value, minimum)
    if number > highest:
        raise ValueError(f"{name} must be at most {highest}, {why}; received {number}.")
    return number


def tile_side(name: str, value: Any, minimum: int = 8, pixels: int = 1) -> int:
    """Return `value`, times `pixels` a side of a tile, as an int of at least `minimum`."""
    return int_up_to(name, value, MAX_TILE_SIDE // pixels, "the largest tile", minimum)


def refuse_masked(name: str, value: Any) -> None:
    """Raise ``ValueError`` for masked values: ``np.asarray`` would return them."""
    if isinstance(value, np.ma.MaskedArray) and np.ma.is_masked(value):
        raise ValueError(
            f"{name} has masked values ({np.ma.count_masked(value)}); expected none. Pass "
            f"{name}.filled(...), or {name}.compressed() for the others alone."
        )


def unmasked(value: Any) -> tuple[Any, NDArray[np.bool_] | None]:
    """Return the data and the mask of a masked array; for any other value, itself and None."""
    if isinstance(value, np.ma.MaskedArray):
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
    if not (np.isfinite(array.min()) and np.isfinite(array.max())):
        bad = int(np.count_nonzero(~np.isfinite(array)))
        raise ValueError(
            f"{name} has {bad} NaN or infinite value{'s' * (bad != 1)} of {array.size}"
            f"{where_not_finite(value, array)}; expected finite numbers. {if_not_finite}"
        )
    return array


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
    array = float_array(name, value, **options)
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
    if bounds is not None:
        low, high = float(array.min()), float(array.max())
        if low < bounds[0] or high > bounds[1]:
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


def labels(name: str, value: Any, n: int, of: str = "x", hint: str = "") -> NDArray[Any]:
    """Return `value` as a 1-D array of `n` labels, one for each row of `of`; `hint`: the remedy."""
    array = any_array(name, value)
    if array.ndim == 0:  # such as a text, if arguments were passed in the wrong order
        raise TypeError(
            f"{name} is {value!r:.80}; expected ({n},), one label for each row of {of}. "
            f"{hint or 'If it is another argument, pass it by its name.'}"
        )
    if array.ndim != 1 or len(array) != n:
        if array.size == n == max(array.shape):
            hint = f"{as_array(name, value)}.ravel() has the right shape."
        raise ValueError(
            f"{name} has shape {array.shape}; expected ({n},), one label for each row of {of}."
            f"{hint and ' '}{hint}"
        )
    return array


def weights(
    name: str, value: ArrayLike, n: int, dtype: Any = np.float32, at_least: int = 1
) -> NDArray[Any]:
    """Return `value` as weights (n,) of samples, none below zero and at least `at_least` above."""
    array = float_array(name, value, dtype)
    if array.shape != (n,):
        raise ValueError(f"{name} has shape {array.shape}; expected ({n},), one for each sample.")
    if array.min() < 0 or np.count_nonzero(array) < at_least:
        raise ValueError(
            f"{name} spans [{array.min():g}, {array.max():g}]; expected numbers of at least 0, "
            f"some of them above zero: {at_least} or more, received {np.count_nonzero(array)}. "
            "Drop the samples that must not count."
        )
    return array


def scores(name: str, value: ArrayLike) -> NDArray[np.float64]:
    """Return `value` as finite scores of shape (n,), n >= 1: float64, to compare exactly."""
    array = float_array(name, value, np.float64)
    if array.ndim != 1:
        hint = (
            f" {as_array(name, value)}.ravel() has the right shape."
            if array.size == max(array.shape, default=0)
            else ""
        )
        raise ValueError(
            f"{name} has shape {array.shape}; expected (n,), one score a sample.{hint}"
        )
    low, high = float(array.min()), float(array.max())
    if not np.isfinite(high - low):
        raise ValueError(
            f"{name} reach from {low:g} to {high:g}, further than float64 can subtract; rescale "
            "them, for example by 1e-10."
        )
    return array


def anomaly_labels(
    name: str, value: Any, n: int, of: str = "scores", hint: str = ""
) -> NDArray[np.float64]:
    """Return labels as float64 (n,): 1 anomalous, 0 normal, NaN where there is no label.

    Takes booleans or 0 and 1, and None, NaN, pandas' NA or masked values. -1 is refused: it means
    "outlier" in scikit-learn and "unlabelled" elsewhere.
    """
    value, hidden = unmasked(value)
    given = labels(name, value, n, of, hint)
    if given.dtype.kind in "biuf":
        numbers = given.astype(np.float64)
    elif given.dtype == object:
        numbers = np.array([_label(one) for one in given])
    else:
        numbers = np.full(n, np.inf)
    if hidden is not None:
        numbers[hidden] = np.nan
    strange = np.flatnonzero(~np.isnan(numbers) & (numbers != 0) & (numbers != 1))
    if not strange.size:
        return numbers
    hint, first = "", numbers[strange[0]]
    is_number = given.dtype.kind == "f" or np.isfinite(first)
    value_there = given[strange[0]].item() if given.dtype.kind in "US" else given[strange[0]]
    received = f"{first:g}" if is_number else f"{value_there!r:.80}"
    if -1 in numbers:
        own = as_array(name, value)
        hint = f" For scikit-learn's -1 (outlier) and +1 pass {own} == -1."
    elif not is_number:
        own = as_array(name, value)
        hint = f" For named classes pass {own} == 'the anomalous class'."
    raise ValueError(
        f"{name} must hold booleans or 0 and 1 (1 = anomalous; None or NaN = not labelled); "
        f"received {received}.{hint}"
    )


def _label(value: Any) -> float:
    """Return a label as a number: NaN if it is missing, infinity if it is not a number."""
    if is_missing(value):
        return np.nan
    try:
        return np.inf if isinstance(value, str | bytes) else float(value)
    except (TypeError, ValueError, OverflowError):
        return np.inf
