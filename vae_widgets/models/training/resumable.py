"""A model whose training can be saved in the middle, and gone on with in another process."""

import os
import pathlib
import warnings
from dataclasses import replace
from types import MappingProxyType
from typing import Any, Self

import keras

from vae_widgets.models.losses.beta import Beta
from vae_widgets.models.serialization.own_classes import CustomObjects, check_custom_objects
from vae_widgets.models.training.checkpoint import (
    check_checkpoint_path,
    check_checkpoints,
    read_checkpoint,
    write_checkpoint,
)
from vae_widgets.models.training.checkpointer import Checkpointer
from vae_widgets.models.training.fit_arguments import FitArguments
from vae_widgets.models.training.state import TrainingState


class Resumable(keras.Model):
    """Base of `Trainer` with what concerns checkpoints."""

    _beta: Beta
    _drawn_seed: int  # what the order of the samples and the noise follow from
    _training_seeds: keras.random.SeedGenerator

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._checkpointer: Checkpointer | None = None  # of the last fit, or of the present one
        self._resumed: TrainingState | None = None
        self.custom_objects = {}

    @property
    def custom_objects(self) -> CustomObjects:
        """Your own classes and functions in this model, by name, that are not registered.

        What is named here must be passed to `load` and `resume` as ``custom_objects`` again.
        """
        return self._custom_objects

    @custom_objects.setter
    def custom_objects(self, value: CustomObjects | None) -> None:
        # Read only, because Keras would wrap a dict.
        self._custom_objects = MappingProxyType(check_custom_objects(value))

    def save_checkpoint(self, path: str | os.PathLike[str] | None = None) -> pathlib.Path:
        """Write a checkpoint now, from which `VAE.resume` goes on, and return its path.

        It may be called while the model trains. `path` None takes the ``checkpoint`` of `fit`.
        Raises ``TypeError``, ``ValueError`` or ``OSError`` if there is no path, or it cannot be
        written.
        """
        if path is None:
            path = self._checkpointer.path if self._checkpointer else None
            if path is None:
                raise ValueError(
                    "path is None, and this model was not trained with checkpoint=...; expected "
                    "the path of a .vae file: save_checkpoint('run.vae')."
                )
        path = check_checkpoint_path(path)
        if self._checkpointer is None or path != self._checkpointer.path:
            check_checkpoints(self)
        if self._checkpointer is None:
            return write_checkpoint(path, self, self._resumed or TrainingState.of_new(self))
        return self._checkpointer.save(path)

    @classmethod
    def resume(
        cls, path: str | os.PathLike[str], custom_objects: CustomObjects | None = None
    ) -> Self:
        """Return the model of a checkpoint, ready to continue its training.

        ``vae = VAE.resume("run.vae"); vae.fit(x, epochs=30, checkpoint="run.vae")`` trains the
        epochs that are left of 30, with the losses and weights of a run that was never interrupted,
        also from mid-epoch.

        Pass the same data and arguments. With other ones, and on datasets, an epoch that was begun
        begins again. Callbacks such as ``EarlyStopping`` start anew.

        Parameters
        ----------
        path
            A file that `fit` wrote for ``checkpoint=``, or `save_checkpoint`.
        custom_objects
            As for `load`.

        Raises
        ------
        BundleError
            If it is no checkpoint, is damaged, or needs classes of yours that are neither
            registered nor in `custom_objects`.
        OSError
            If there is no such file.
        TypeError
            If the model is of another class, or `custom_objects` is no dict of classes by name.
        """
        objects = check_custom_objects(custom_objects)
        model, state = read_checkpoint(path, objects)
        if not isinstance(model, cls):
            raise TypeError(
                f"{path} holds a {type(model).__name__}; expected a {cls.__name__}. "
                f"Use {type(model).__name__}.resume, or VAE.resume."
            )
        model.custom_objects = objects
        model._resumed = state
        model._drawn_seed = state.seed
        model._beta.reach(state.epochs_done)
        model.history = keras.callbacks.History()
        model.history.set_model(model)
        model.history.epoch = list(state.epochs)
        model.history.history = {name: list(values) for name, values in state.history.items()}
        return model

    def _start_of(self, arguments: FitArguments, is_fast: bool) -> TrainingState:
        """Return where a fit starts, in mid-epoch only if `is_fast`, and warn about surprises."""
        if self._resumed is None or arguments.initial_epoch is not None:
            if arguments.checkpoint is not None and arguments.checkpoint.exists():
                warnings.warn(
                    f"checkpoint {str(arguments.checkpoint)!r} is there already; this training "
                    "starts from the beginning and will replace it. To go on with that one: "
                    f"vae = VAE.resume({str(arguments.checkpoint)!r}); vae.fit(...).",
                    stacklevel=4,
                )
            return TrainingState(epoch=arguments.initial_epoch or 0)
        start = self._resumed
        if start.epoch >= arguments.epochs:
            warnings.warn(
                f"nothing to train: the resumed model has {start.epoch} epochs behind it, and "
                f"epochs is {arguments.epochs}, which counts from the first. For ten more pass "
                f"epochs={start.epoch + 10}.",
                stacklevel=4,
            )
        elif start.position is not None and not (
            is_fast
            and start.position.fits(len(arguments.x), arguments.batch_size, arguments.shuffle)
        ):
            warnings.warn(
                f"epoch {start.epoch + 1} begins again: the checkpoint is from the middle of it, "
                f"of {start.position.n_samples} samples in batches of {start.position.batch_size}"
                f"{'' if start.position.shuffle else ', not shuffled'}, and x, batch_size or "
                "shuffle are others now.",
                stacklevel=4,
            )
            start = replace(start, position=None)
        return start
