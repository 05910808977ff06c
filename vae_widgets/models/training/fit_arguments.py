"""The arguments of `VAE.fit`, checked before any work is done."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Self

import keras

from vae_widgets.core import checks
from vae_widgets.models.data.fit_data import (
    Samples,
    check_dataset_alone,
    check_rows,
    check_validation,
    check_weights,
    check_weights_of_dataset,
    is_array,
)
from vae_widgets.models.data.rules import DataRules
from vae_widgets.models.training.checkpoint import check_checkpoint_path

HOOKS = [
    name
    for name in dir(keras.callbacks.Callback)
    if name.startswith(("set_", "on_train", "on_test", "on_epoch"))
]
"""Methods that a callback must have, whether it is a Keras one or not."""


@dataclass(frozen=True)
class FitArguments:
    """Arguments of `VAE.fit`: as they were given, or valid and complete, as `checked` returns them.

    Checked ones hold data as `Samples`. The weights of the classes of an array have become part of
    `sample_weight`; callbacks are a tuple, and numbers are plain ones.
    """

    x: Any
    y: Any = None
    batch_size: int = 128
    epochs: int = 1
    verbose: Any = "auto"
    callbacks: Any = None
    validation_split: float = 0.0
    validation_data: Any = None
    shuffle: bool = True
    class_weight: dict[int, float] | None = None
    sample_weight: Any = None
    initial_epoch: int | None = None
    steps_per_epoch: int | None = None
    validation_steps: int | None = None
    validation_batch_size: Any = None
    validation_freq: int | list[int] = 1
    checkpoint: Any = None
    checkpoint_every: int = 1

    @property
    def data(self) -> Samples:
        """What is trained on."""
        return Samples(self.x, self.y, self.sample_weight)

    @property
    def validation(self) -> Samples:
        """What is validated on."""
        data: Samples = self.validation_data
        return data

    def checked(self, rules: DataRules) -> Self:
        """Return good and complete arguments; raise ``TypeError`` or ``ValueError`` for others."""
        batch_size = checks.positive_int("batch_size", self.batch_size)
        epochs = checks.positive_int("epochs", self.epochs)
        initial_epoch = self.initial_epoch
        if initial_epoch is not None:
            initial_epoch = checks.positive_int("initial_epoch", initial_epoch, minimum=0)
        split = checks.number_between("validation_split", self.validation_split, 0, 1)
        data = self._checked_data(rules)
        if split and self.validation_data is None:
            data, validation = _split(data, split)
        else:
            validation = check_validation(rules, self.validation_data)
        validation_batch_size = self.validation_batch_size
        if validation_batch_size is None:
            validation_batch_size = batch_size
        validation_batch_size = checks.positive_int("validation_batch_size", validation_batch_size)
        validation_steps = self.validation_steps
        if validation_steps is not None:
            validation_steps = checks.positive_int("validation_steps", validation_steps)
            if validation.are_array:
                validation = validation.part(slice(validation_steps * validation_batch_size))
                validation_steps = None
        return replace(
            self,
            x=data.x,
            y=data.y,
            sample_weight=data.weights,
            class_weight=None if data.are_array else self.class_weight,
            validation_data=validation,
            batch_size=batch_size,
            epochs=epochs,
            callbacks=check_callbacks(self.callbacks),
            shuffle=bool(self.shuffle),
            initial_epoch=initial_epoch,
            validation_steps=validation_steps,
            validation_batch_size=validation_batch_size,
            validation_freq=_checked_frequency(self.validation_freq),
            checkpoint=None if self.checkpoint is None else check_checkpoint_path(self.checkpoint),
            checkpoint_every=checks.positive_int("checkpoint_every", self.checkpoint_every),
        )

    def _checked_data(self, rules: DataRules) -> Samples:
        if not is_array(self.x):
            dataset = check_dataset_alone(rules, "x", self.x, self.y)
            check_weights_of_dataset(rules, dataset, self.sample_weight, self.class_weight)
            return Samples(dataset)
        x, y = check_rows(rules, "x", self.x, "y", self.y)
        if self.steps_per_epoch is not None:
            raise ValueError(
                "steps_per_epoch is for datasets; x is an array, which is used whole in each "
                "epoch. Leave it out, or pass a tf.data.Dataset."
            )
        return Samples(x, y, check_weights(rules, self.sample_weight, self.class_weight, y, len(x)))


def _split(data: Samples, share: float) -> tuple[Samples, Samples]:
    if not data.are_array:
        raise ValueError("validation_split needs an array x; pass validation_data with a dataset.")
    n = len(data.x)
    kept = int(n * (1 - share))
    if not 0 < kept < n:
        raise ValueError(
            f"validation_split={share:g} of {n} samples leaves {kept} for training; both parts "
            "need at least one."
        )
    return data.part(slice(kept)), data.part(slice(kept, n))


def _checked_frequency(frequency: int | list[int]) -> int | list[int]:
    if isinstance(frequency, list):
        return [checks.positive_int("validation_freq", epoch) for epoch in frequency]
    return checks.positive_int("validation_freq", frequency)


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
