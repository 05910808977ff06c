"""What several commands ask of a bundle."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vae_widgets.bundle import BundleError
from vae_widgets.cli.errors import CommandError
from vae_widgets.core.one_line import one_line
from vae_widgets.datasets.pixels import divide_pixels
from vae_widgets.datasets.rows import Batch

_TOO_FEW = 1_000
"""If this many rows at the beginning of a file are all bad, it is the file that is wrong."""


def load_bundle(path: Path, label: int | None = None) -> Any:
    """Return the codec in a bundle; raise unless `label` is one of a conditional model."""
    if path.suffix.lower() != ".vae":
        raise CommandError(f"{path} is no .vae file. 'vae-widgets train' makes one.")
    from vae_widgets.bundle.loading import load

    codec = load(path)
    n = codec.n_labels
    if n is None and label is not None:
        raise CommandError(f"--label is {label}; {path} has no conditional model. Leave it out.")
    if n is not None and (label is None or not 0 <= label < n):
        raise CommandError(f"--label is {label}; the model in {path} needs one of 0 to {n - 1}.")
    return codec


def check_shape(
    codec: Any, path: Path, found: tuple[int, ...], names: Sequence[str] | None
) -> None:
    """Raise unless rows of shape `found` have as many values as a sample of the model."""
    expected = tuple(codec.sample_shape)
    if found in (expected, (int(np.prod(expected)),)):
        return
    listed = "" if names is None else f": {', '.join(map(repr, names[:10]))}"
    raise CommandError(
        f"{path} has samples of shape {found}{listed}; {codec.path} expects {expected}. Choose the "
        "columns or another file."
    )


def are_pixels(codec: Any, dtype: Any) -> bool:
    """Return whether values of one byte are pixels, for a model of values in [0, 1]."""
    return bool(codec.likelihood == "bernoulli" and dtype == np.uint8)


def samples_of(codec: Any, values: NDArray[Any], path: Path, is_first: bool = True) -> NDArray[Any]:
    """Return values as samples (n, *sample_shape); pixels are divided by 255.

    Raises if the first values of a file are only 0 and 1: they may be no pixels.
    """
    samples = values.reshape(-1, *codec.sample_shape)
    if not are_pixels(codec, values.dtype):
        return samples
    if is_first and values.max() <= 1:
        raise CommandError(
            f"{path} has no pixel above 1; values of one byte are taken for pixels of 0 to 255. "
            "Save array.astype('float32') for values of 0 and 1."
        )
    return divide_pixels(samples)


def scores_of(codec: Any, batch: Batch, label: int | None = None) -> NDArray[np.float32]:
    """Return the anomaly scores (n,) of a batch, NaN for rows with a problem.

    A row that the model refuses, such as one outside of its range, gets a problem.
    """
    samples = samples_of(codec, batch.values, batch.path, is_first=batch.first == 0)
    scores = np.full(len(batch), np.nan, np.float32)
    waiting = [np.flatnonzero(batch.good)]
    while waiting:
        rows = waiting.pop()
        if len(rows) == 0:
            continue
        try:
            scores[rows] = codec.anomaly_score(samples[rows], y=label)
        except BundleError:
            raise
        except (ValueError, TypeError) as error:
            if len(rows) == 1:
                batch.problems[int(rows[0])] = one_line(error).rstrip(".")
            else:  # scores do not depend on other rows, so halves find those that are refused
                waiting += np.array_split(rows, 2)[::-1]
        if batch.first == 0 and len(batch.problems) > _TOO_FEW and np.isnan(scores).all():
            break
    if batch.first == 0 and np.isnan(scores).all():
        first = min(batch.problems)
        raise CommandError(f"the first rows cannot be scored. {batch.described(first)}.")
    return scores
