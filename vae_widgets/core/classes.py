"""Labels of any kind as indices into a list of class names."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vae_widgets.core import checks


def index_classes(
    labels: Any, n: int, label_names: Sequence[Any] | None = None
) -> tuple[NDArray[np.uint32], list[str]]:
    """Map labels to indices into class names.

    Parameters
    ----------
    labels
        Whole numbers, booleans or texts (n,); None for no labels.
    n
        Number of labels expected.
    label_names
        The classes in their order. Whole numbers index it; texts are looked up in it. None takes
        the different values of `labels`, sorted.

    Returns
    -------
    indices : ndarray
        uint32 (n,); empty for no labels.
    names : list of str
        One name for each class.

    Raises
    ------
    ValueError
        If `labels` has another length, misses values, holds fractions, or a label has no name.
    TypeError
        If `label_names` is one text or a mapping instead of a list of them.
    """
    if isinstance(label_names, Mapping):
        raise TypeError(
            "label_names must be a list of names, in the order of the classes; received a "
            f"{type(label_names).__name__}. Pass [names[k] for k in range(len(names))]."
        )
    if isinstance(label_names, str):
        raise TypeError(f"label_names must be a list of names; received the text {label_names!r}.")
    if labels is None:
        return np.zeros(0, np.uint32), []
    values = _texts_or_integers(checks.labels("labels", labels, n))
    if label_names is None:
        classes, indices = np.unique(values, return_inverse=True)
        return indices.astype(np.uint32), [str(name) for name in classes]
    names = [str(name) for name in label_names]
    if values.dtype.kind == "U":
        order = {name: index for index, name in enumerate(names)}
        indices = np.array([order.get(value, -1) for value in values.tolist()])
    else:
        indices = values
    nameless = values[(indices < 0) | (indices >= len(names))]
    if nameless.size:
        raise ValueError(
            f"labels has {nameless[0].item()!r}, which has no name: label_names has {len(names)} "
            f"names ({', '.join(names[:5])}{', ...' if len(names) > 5 else ''}). Add its name, or "
            "leave label_names out."
        )
    return indices.astype(np.uint32), names


def _texts_or_integers(values: NDArray[Any]) -> NDArray[Any]:
    if values.dtype.kind == "u":  # the largest do not fit int64
        return values
    if values.dtype.kind in "bi":
        return values.astype(np.int64)
    missing = [checks.is_missing(value) for value in values.tolist()]
    if any(missing):
        raise ValueError(
            f"labels misses {sum(missing)} of {len(values)} values (NaN or None). Give those "
            "samples a class of their own, for example 'unlabelled'."
        )
    if values.dtype.kind == "f":
        if np.any(values != np.rint(values)):
            raise ValueError(
                f"labels has fractions such as {values[values != np.rint(values)][0]:g}; expected "
                "classes. To colour by a quantity, pass it as color_by."
            )
        return values.astype(np.int64)
    return values.astype(str)
