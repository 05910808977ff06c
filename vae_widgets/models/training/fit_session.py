"""One fit of a model, from its checked arguments to the History."""

import warnings
from dataclasses import replace
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from vae_widgets.models.data.fit_data import number_of_batches
from vae_widgets.models.devices import check_devices
from vae_widgets.models.losses.beta import warn_of_moving_loss
from vae_widgets.models.losses.divergence import DivergenceWatch
from vae_widgets.models.training.array_loop import should_use_xla, xla_pays
from vae_widgets.models.training.checkpoint import check_checkpoints
from vae_widgets.models.training.checkpointer import Checkpointer
from vae_widgets.models.training.fit_arguments import FitArguments
from vae_widgets.models.training.fit_backend import ArrayFit, FitBackend, KerasFit
from vae_widgets.models.training.interruption import Interruption
from vae_widgets.models.training.model_training import ModelTraining
from vae_widgets.models.training.optimizer import build_added_layers, build_optimizer
from vae_widgets.models.training.state import TrainingState
from vae_widgets.models.training.weights_watch import TellOfEpochs

_PREVIEW = 128  # samples shown to callbacks


class FitSession:
    """A fit that has taken its model, and must be run.

    Raises ``RuntimeError`` if the model is in another fit.
    """

    def __init__(self, training: ModelTraining, arguments: FitArguments) -> None:
        self._training = training
        self._arguments = arguments
        model = training.model
        check_devices(model)
        build_added_layers(model, arguments.data, training.runs_in_loop("train_step"))
        build_optimizer(model)
        if not training.lock.acquire(blocking=False):
            raise RuntimeError(
                "this model is being trained already, by an earlier fit_async or in another "
                "thread; one run at a time. Await that run, or end it: run.stop(); run.wait()."
            )
        try:
            if arguments.checkpoint is not None:
                check_checkpoints(model)
            in_loop = arguments.data.are_array and training.runs_in_loop("train_step")
            self._choose_xla(in_loop)
            self._start = _start_of_fit(arguments, training.resumed, in_loop)
            self._backend: FitBackend = (ArrayFit if in_loop else KerasFit)(training, arguments)
            self.checkpointer = Checkpointer(
                model,
                arguments,
                self._start,
                self._backend.loop,
                training.randomness,
                prepare=self._note_codes_of_array,
            )
            training.checkpointer = self.checkpointer
        except BaseException:
            training.lock.release()
            raise

    def run(self, *more_callbacks: keras.callbacks.Callback) -> Any:
        """Train, give the model back, and return its ``History``."""
        training = self._training
        self.checkpointer.begin()
        try:
            resumed = training.resumed
            if self._start is resumed and resumed.epoch >= self._arguments.epochs:
                return training.model.history
            training.resumed = None
            return self._train(*more_callbacks)
        finally:
            self.checkpointer.end()
            training.lock.release()

    def _train(self, *more_callbacks: keras.callbacks.Callback) -> Any:
        training, arguments = self._training, self._arguments
        training.beta.begin(arguments.epochs)
        warn_of_moving_loss(training.beta, arguments.callbacks)
        interruption = Interruption()
        own = [TellOfEpochs(), *more_callbacks, self.checkpointer, interruption, DivergenceWatch()]
        callbacks = keras.callbacks.CallbackList(
            [*self._backend.callbacks, *arguments.callbacks, *own],
            add_history=True,
            add_progbar=arguments.verbose != 0,
            model=training.model,
            **self._callback_params(),
        )
        # Behind the History, which Keras puts last: what they write or pause at is complete.
        callbacks.callbacks = [c for c in callbacks.callbacks if c not in own] + own
        try:
            with interruption:
                self._backend.run(callbacks, self._start)
        except KeyboardInterrupt:
            self.checkpointer.save_if_asked()
            callbacks.on_train_end()
            self._note_codes()
            raise
        self._note_codes()
        interruption.raise_if_lost()  # at the end of the training, which is complete
        return training.model.history

    def _choose_xla(self, in_loop: bool) -> None:
        """Decide about XLA, if `compile` left it to us."""
        training, model = self._training, self._training.model
        if not training.chooses_xla:
            return
        use = should_use_xla(model)
        if use and not tf.config.list_physical_devices("GPU"):
            use = in_loop and (model.jit_compile or self._xla_pays())
        if use != model.jit_compile:
            model.jit_compile = use
            training.forget_compiled()

    def _xla_pays(self) -> bool:
        training, arguments = self._training, self._arguments
        done = int(training.model.optimizer.iterations.numpy())
        start = arguments.initial_epoch or 0
        if training.resumed is not None and arguments.initial_epoch is None:
            start = training.resumed.epoch
        steps = (arguments.epochs - start) * self._steps_of_array()
        return xla_pays(training.model, done + steps, arguments.batch_size)

    def _steps_of_array(self) -> int:
        return -(-len(self._arguments.x) // self._arguments.batch_size)

    def _note_codes(self) -> None:
        arguments = self._arguments
        self._training.codes.note(arguments.x, arguments.y, arguments.steps_per_epoch)

    def _note_codes_of_array(self) -> None:
        if self._arguments.data.are_array:  # a dataset is not read once more for each checkpoint
            self._note_codes()

    def _callback_params(self) -> dict[str, Any]:
        arguments = self._arguments
        params = {"epochs": arguments.epochs, "verbose": arguments.verbose}
        if not arguments.data.are_array:
            return {**params, "steps": arguments.steps_per_epoch or number_of_batches(arguments.x)}
        shown = arguments.validation if arguments.validation.are_array else arguments.data
        shows_labels = self._training.rules.n_labels is not None
        names = ("preview", "preview_labels") if shows_labels else ("preview",)
        previews = zip(names, shown.arrays, strict=False)
        return {
            **params,
            "steps": self._steps_of_array(),
            "batch_size": arguments.batch_size,
            "n_samples": len(arguments.x),
            "checkpoint": arguments.checkpoint,
            **{name: np.array(part[:_PREVIEW]) for name, part in previews},
        }


def _start_of_fit(
    arguments: FitArguments, resumed: TrainingState | None, in_loop: bool
) -> TrainingState:
    """Return where a fit starts, in mid-epoch only if `in_loop`, and warn about surprises."""
    if resumed is None or arguments.initial_epoch is not None:
        if arguments.checkpoint is not None and arguments.checkpoint.exists():
            warnings.warn(
                f"checkpoint {str(arguments.checkpoint)!r} already exists; this training starts "
                "from the beginning and will replace it. To continue from that one: "
                f"vae = VAE.resume({str(arguments.checkpoint)!r}); vae.fit(...).",
                stacklevel=6,
            )
        return TrainingState(epoch=arguments.initial_epoch or 0)
    start = resumed
    if start.epoch >= arguments.epochs:
        warnings.warn(
            f"nothing to train: the resumed model has {start.epoch} epochs behind it, and "
            f"epochs is {arguments.epochs}, which counts from the first. For ten more pass "
            f"epochs={start.epoch + 10}.",
            stacklevel=6,
        )
    elif start.position is not None and not (
        in_loop and start.position.fits(len(arguments.x), arguments.batch_size, arguments.shuffle)
    ):
        warnings.warn(
            f"epoch {start.epoch + 1} begins again: the checkpoint is from the middle of it, "
            f"of {start.position.n_samples} samples in batches of {start.position.batch_size}"
            f"{'' if start.position.shuffle else ', not shuffled'}, and x, batch_size or "
            "shuffle are others now.",
            stacklevel=6,
        )
        start = replace(start, position=None)
    return start
