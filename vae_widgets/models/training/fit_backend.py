"""The two backends of a fit: a compiled loop over arrays, and Keras's own loop."""

import functools
from collections.abc import Callable
from typing import Any, Protocol

import keras
import numpy as np
from keras.callbacks import CallbackList

from vae_widgets.models.losses.beta import FollowSchedule
from vae_widgets.models.training.array_loop import ArrayLoop, LoopData
from vae_widgets.models.training.fit_arguments import FitArguments
from vae_widgets.models.training.model_training import ModelTraining
from vae_widgets.models.training.state import TrainingState


class FitBackend(Protocol):
    """Runs the epochs of a fit, with all calls to the callbacks of Keras.

    `callbacks` are those that it needs.
    """

    callbacks: tuple[keras.callbacks.Callback, ...]

    @property
    def loop(self) -> ArrayLoop | None:
        """The loop over arrays; None where Keras's own loop trains."""

    def run(self, callbacks: CallbackList, start: TrainingState) -> None:
        """Train from `start` to the last epoch."""


class ArrayFit:
    """Trains on arrays in an `ArrayLoop`, which returns to Python about ten times a second."""

    callbacks: tuple[keras.callbacks.Callback, ...] = ()

    def __init__(self, training: ModelTraining, arguments: FitArguments) -> None:
        self._training = training
        self._arguments = arguments
        self.loop = training.loop("train", arguments.batch_size)

    def run(self, callbacks: CallbackList, start: TrainingState) -> None:
        """Run the epochs as ``keras.Model.fit`` does."""
        training, arguments, model = self._training, self._arguments, self._training.model
        randomness, beta = training.randomness, training.beta
        position = start.position
        if position is not None and not position.is_at_end:
            randomness.training.state.assign(position.noise_seed)
        validate = self._validation(callbacks)
        data = LoopData(arguments.data.arrays, arguments.data.weights)
        n = len(data)
        steps = -(-n // arguments.batch_size)
        model.stop_training = False
        callbacks.on_train_begin()
        logs: dict[str, float] = {}
        for epoch in range(_restored_epoch(model) or start.epoch, arguments.epochs):
            before = position.iterations if position else int(model.optimizer.iterations.numpy())
            callbacks.on_epoch_begin(epoch)

            def end(batch: int, logs: dict[str, float] | None = None, epoch: int = epoch) -> None:
                beta.reach(epoch + (batch + 1) / steps)
                callbacks.on_train_batch_end(batch, logs)

            if position is None:
                model.reset_metrics()
            logs = self.loop.run(
                data,
                data.shuffled(randomness.order(before)) if arguments.shuffle else np.arange(n),
                lambda rows: training.step.noise(rows, randomness.training),
                callbacks.on_train_batch_begin,
                end,
                stop=lambda: model.stop_training,
                betas=functools.partial(beta.of_steps, epoch),
                totals=position.totals if position else None,
            )
            position = None
            if validate is not None and _is_due(epoch, arguments.validation_freq):
                logs.update({f"val_{name}": value for name, value in validate().items()})
            callbacks.on_epoch_end(epoch, logs)
            if model.stop_training:
                break
        model.optimizer.finalize_variable_values(model.trainable_variables)
        callbacks.on_train_end(logs)

    def _validation(self, callbacks: CallbackList) -> Callable[[], dict[str, float]] | None:
        training, arguments = self._training, self._arguments
        samples, batch_size = arguments.validation, arguments.validation_batch_size
        if samples.x is None:
            return None
        if samples.are_array and training.runs_in_loop("test_step"):
            held_out = LoopData(samples.arrays, samples.weights)

            def validate() -> dict[str, float]:
                training.begin_evaluation()
                return training.evaluate_in_loop(held_out, batch_size, callbacks)

            return validate

        def validate_as_the_user_does() -> dict[str, float]:
            logs: dict[str, float] = training.model.evaluate(
                *samples.arrays,
                batch_size=batch_size,
                sample_weight=samples.weights,
                steps=arguments.validation_steps,
                callbacks=callbacks,
                return_dict=True,
            )
            return logs

        return validate_as_the_user_does


class KerasFit:
    """Trains on datasets, and with a ``train_step`` of the user's own, by ``keras.Model.fit``."""

    loop = None

    def __init__(self, training: ModelTraining, arguments: FitArguments) -> None:
        self._training = training
        self._arguments = arguments
        self.callbacks: tuple[keras.callbacks.Callback, ...] = (FollowSchedule(training.beta),)

    def run(self, callbacks: CallbackList, start: TrainingState) -> None:
        """Let Keras run the epochs."""
        arguments = self._arguments
        data, validation = arguments.data, arguments.validation
        self._training.dataset_size.assign(len(data.x) if data.are_array else 0)
        held_out: Any = None if validation.x is None else validation.for_keras()
        if held_out is not None and len(held_out) == 1:
            (held_out,) = held_out
        shuffles = data.are_array or isinstance(data.x, keras.utils.PyDataset)
        keras.Model.fit(
            self._training.model,
            **dict(zip(("x", "y", "sample_weight"), data.for_keras(), strict=False)),
            class_weight=arguments.class_weight,
            batch_size=arguments.batch_size if data.are_array else None,
            epochs=arguments.epochs,
            verbose=arguments.verbose,
            callbacks=callbacks,
            validation_data=held_out,
            shuffle=arguments.shuffle and shuffles,  # other datasets shuffle themselves
            initial_epoch=start.epoch,
            steps_per_epoch=arguments.steps_per_epoch,
            validation_steps=arguments.validation_steps,
            validation_batch_size=arguments.validation_batch_size if validation.are_array else None,
            validation_freq=arguments.validation_freq,
        )


def _restored_epoch(model: Any) -> int | None:
    # Where keras.callbacks.BackupAndRestore writes it; Keras has no public name for it.
    return getattr(model, "_initial_epoch", None)


def _is_due(epoch: int, frequency: int | list[int]) -> bool:
    return epoch + 1 in frequency if isinstance(frequency, list) else (epoch + 1) % frequency == 0
