"""A model whose training can be saved and continued in another process."""

import os
import pathlib
from types import MappingProxyType
from typing import Any, Self

import keras

from vae_widgets.models.serialization.own_classes import CustomObjects, check_custom_objects
from vae_widgets.models.training.checkpoint import (
    check_checkpoint_path,
    check_checkpoints,
    read_checkpoint,
    write_checkpoint,
)
from vae_widgets.models.training.model_training import ModelTraining
from vae_widgets.models.training.state import TrainingState
from vae_widgets.models.training.weights_watch import WatchedModel


class Resumable(WatchedModel):
    """Base of `Trainer` that handles checkpoints."""

    _training: ModelTraining

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
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
        """Write a checkpoint now, from which `VAE.resume` continues, and return its path.

        It may be called while the model trains. `path` None takes the ``checkpoint`` of `fit`.
        Raises ``TypeError``, ``ValueError`` or ``OSError`` if there is no path, or it cannot be
        written.
        """
        checkpointer = self._training.checkpointer
        if path is None:
            path = checkpointer.path if checkpointer else None
            if path is None:
                raise ValueError(
                    "path is None, and this model was not trained with checkpoint=...; expected "
                    "the path of a .vae file: save_checkpoint('run.vae')."
                )
        path = check_checkpoint_path(path)
        if checkpointer is None or path != checkpointer.path:
            check_checkpoints(self)
        if checkpointer is None:
            drawn = self._training.randomness.drawn
            state = self._training.resumed or TrainingState.of_new(self, drawn)
            return write_checkpoint(path, self, state)
        return checkpointer.save(path)

    @classmethod
    def resume(
        cls, path: str | os.PathLike[str], custom_objects: CustomObjects | None = None
    ) -> Self:
        """Return the model of a checkpoint, ready to continue its training.

        ``vae = VAE.resume("run.vae"); vae.fit(x, epochs=30, checkpoint="run.vae")`` trains the
        epochs that are left of 30, with the losses and weights of a run that was never interrupted,
        also from mid-epoch.

        Pass the same data and arguments. With other ones, and on datasets, an epoch that was begun
        begins again. Callbacks such as ``EarlyStopping`` start again.

        Parameters
        ----------
        path
            A file that `fit` wrote for ``checkpoint=``, or `save_checkpoint`.
        custom_objects
            As for `load`.

        Raises
        ------
        BundleError
            If it is not a checkpoint, is damaged, or needs classes of yours that are neither
            registered nor in `custom_objects`.
        OSError
            If there is no such file.
        TypeError
            If the model is of another class, or `custom_objects` is not a dict of classes by name.
        """
        objects = check_custom_objects(custom_objects)
        model, state = read_checkpoint(path, objects)
        if not isinstance(model, cls):
            raise TypeError(
                f"{path} holds a {type(model).__name__}; expected a {cls.__name__}. "
                f"Use {type(model).__name__}.resume, or VAE.resume."
            )
        model.custom_objects = objects
        cls._continue_from(model, state)
        return model

    def _continue_from(self, state: TrainingState) -> None:
        training = self._training
        training.resumed = state
        training.randomness.drawn = state.seed
        training.beta.reach(state.epochs_done)
        self.history = keras.callbacks.History()
        self.history.set_model(self)
        self.history.epoch = list(state.epochs)
        self.history.history = {name: list(values) for name, values in state.history.items()}
