"""The arguments of `VAE.fit`, checked before any work is done."""

import pathlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from vae_widgets.core import checks
from vae_widgets.models.checkpoint import check_checkpoint_path

HOOKS = [
    name
    for name in dir(keras.callbacks.Callback)
    if name.startswith(("set_", "on_train", "on_test", "on_epoch"))
]
"""Methods that a callback must have, whether it is a Keras one or not."""


@dataclass(frozen=True)
class FitArguments:
    """Arguments of `VAE.fit`, valid and complete.

    Attributes
    ----------
    x, validation
        float32 array (n, *sample_shape), or anything else that Keras trains on, such as a
        ``tf.data.Dataset``. `validation` may be None.
    """

    x: Any
    validation: Any
    batch_size: int
    epochs: int
    verbose: Any
    callbacks: tuple[Any, ...]
    shuffle: bool
    initial_epoch: int | None
    steps_per_epoch: int | None
    validation_steps: int | None
    validation_batch_size: int
    validation_freq: int | list[int]
    checkpoint: pathlib.Path | None
    checkpoint_every: int

    @property
    def data(self) -> tuple[Any, ...]:
        """The arrays that a batch is gathered from."""
        return (self.x,)

    @classmethod
    def check(
        cls,
        as_samples: Callable[[str, Any], NDArray[np.float32]],
        sample_shape: tuple[int, ...],
        x: Any,
        y: Any,
        *,
        batch_size: int,
        epochs: int,
        verbose: Any,
        callbacks: Any,
        validation_split: float,
        validation_data: Any,
        shuffle: bool,
        initial_epoch: int | None,
        steps_per_epoch: int | None,
        validation_steps: int | None,
        validation_batch_size: int | None,
        validation_freq: int | list[int],
        checkpoint: Any,
        checkpoint_every: int,
    ) -> "FitArguments":
        """Return the arguments if they are good; raise ``TypeError`` or ``ValueError`` if not.

        Parameters
        ----------
        as_samples
            Checks an array of samples, given its name.
        """
        check_targets(x, y)
        batch_size = checks.positive_int("batch_size", batch_size)
        epochs = checks.positive_int("epochs", epochs)
        if initial_epoch is not None:
            initial_epoch = checks.positive_int("initial_epoch", initial_epoch, minimum=0)
        split = checks.number_between("validation_split", validation_split, 0, 1)
        if is_array(x):
            x = as_samples("x", x)
            if steps_per_epoch is not None:
                raise ValueError(
                    "steps_per_epoch is for datasets; x is an array, which is used whole in each "
                    "epoch. Leave it out, or pass a tf.data.Dataset."
                )
        else:
            check_dataset("x", x, sample_shape)
        if split and validation_data is None:
            if not is_array(x):
                raise ValueError(
                    "validation_split needs an array x; pass validation_data with a dataset."
                )
            kept = int(len(x) * (1 - split))
            if not 0 < kept < len(x):
                raise ValueError(
                    f"validation_split={split:g} of {len(x)} samples leaves {kept} for training; "
                    "both parts need at least one."
                )
            x, validation_data = x[:kept], x[kept:]
        return cls(
            x=x,
            validation=check_validation(validation_data, sample_shape, as_samples),
            batch_size=batch_size,
            epochs=epochs,
            verbose=verbose,
            callbacks=check_callbacks(callbacks),
            shuffle=bool(shuffle),
            initial_epoch=initial_epoch,
            steps_per_epoch=steps_per_epoch,
            validation_steps=validation_steps,
            validation_batch_size=checks.positive_int(
                "validation_batch_size",
                batch_size if validation_batch_size is None else validation_batch_size,
            ),
            validation_freq=validation_freq
            if isinstance(validation_freq, list)
            else checks.positive_int("validation_freq", validation_freq),
            checkpoint=None if checkpoint is None else check_checkpoint_path(checkpoint),
            checkpoint_every=checks.positive_int("checkpoint_every", checkpoint_every),
        )


def is_array(x: Any) -> bool:
    """Tell an array, or nested lists of numbers, from a dataset or another stream of batches."""
    return isinstance(x, np.ndarray | tf.Tensor | list | tuple) or (
        hasattr(x, "__array__") and not hasattr(x, "element_spec")
    )


def check_targets(x: Any, y: Any) -> None:
    """Raise ``TypeError`` for targets other than `x` itself, which tutorials pass twice."""
    if y is not None and y is not x:
        raise TypeError(
            "y is given; a VAE learns to reproduce x, and takes no targets. Leave y out."
        )


def first_samples(dataset: tf.data.Dataset, n: int) -> NDArray[np.float32]:
    """Return the first `n` samples of a dataset of batches, or as many as it has."""
    batches: list[NDArray[np.float32]] = []
    for element in dataset:
        x = element[0] if isinstance(element, tuple) else element
        batches.append(tf.cast(x, tf.float32).numpy())
        if sum(map(len, batches)) >= n:
            break
    return np.concatenate(batches)[:n]


def check_dataset(name: str, dataset: Any, sample_shape: tuple[int, ...]) -> None:
    """Raise if `dataset` is nothing to train on, or does not yield batches of samples."""
    if not (hasattr(dataset, "__iter__") or isinstance(dataset, keras.utils.PyDataset)):
        raise TypeError(f"{name} must be an array or a dataset; received {type(dataset).__name__}.")
    if isinstance(dataset, str | bytes | dict):
        raise TypeError(f"{name} must be an array or a dataset; received {type(dataset).__name__}.")
    if not isinstance(dataset, tf.data.Dataset):
        return
    spec = dataset.element_spec
    shape = (spec[0] if isinstance(spec, tuple) else spec).shape
    if not shape.is_compatible_with((None, *sample_shape)):
        hint = " Call .batch(128) on it." if shape.is_compatible_with(sample_shape) else ""
        expected = ", ".join(["batch", *map(str, sample_shape)])
        raise ValueError(
            f"{name} is a dataset of elements of shape {shape}; expected batches of samples, "
            f"({expected}).{hint}"
        )


def check_validation(
    data: Any, sample_shape: tuple[int, ...], as_samples: Callable[[str, Any], Any]
) -> Any:
    """Return validation samples or dataset; of a tuple (x, targets), x."""
    if isinstance(data, tuple):
        if len(data) not in (1, 2):
            raise ValueError(
                f"validation_data is a tuple of {len(data)}; expected samples, a dataset, or a "
                "tuple (samples, targets), whose targets are ignored."
            )
        data = data[0]
    if data is None:
        return None
    if is_array(data):
        return as_samples("validation_data", data)
    check_dataset("validation_data", data, sample_shape)
    return data


def check_callbacks(callbacks: Any) -> tuple[Any, ...]:
    """Return callbacks, one or several, as a tuple; raise ``TypeError`` for another object."""
    if callbacks is None:
        return ()
    given = tuple(callbacks) if isinstance(callbacks, Sequence) else (callbacks,)
    for callback in given:
        missing = [hook for hook in HOOKS if not hasattr(callback, hook)]
        if missing:
            hint = " Pass its .callback." if hasattr(callback, "callback") else ""
            raise TypeError(
                f"callbacks has a {type(callback).__name__} without {', '.join(missing)}; "
                f"expected Keras callbacks.{hint}"
            )
    return given
