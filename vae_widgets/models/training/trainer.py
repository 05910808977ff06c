"""A `keras.Model` whose `fit` and `evaluate` take the fast path on arrays."""

import os
from dataclasses import fields
from typing import Any

import keras

from vae_widgets.core import checks
from vae_widgets.models.data.fit_data import (
    Samples,
    check_dataset_alone,
    check_rows,
    check_weights,
    check_weights_of_dataset,
    is_array,
)
from vae_widgets.models.training.array_loop import LOG_NAMES, LoopData
from vae_widgets.models.training.fit_arguments import FitArguments, check_callbacks
from vae_widgets.models.training.fit_session import FitSession
from vae_widgets.models.training.keras_protocol import KerasProtocol
from vae_widgets.models.training.run import TrainingRun


class Trainer(KerasProtocol):
    """Base of `VAE` with `fit` and `evaluate`; its parts do the work."""

    _training_run: TrainingRun | None = None

    @checks.suggest_keywords
    def fit(
        self,
        x: Any,
        y: Any = None,
        *,
        batch_size: int = 128,
        epochs: int = 1,
        verbose: Any = "auto",
        callbacks: Any = None,
        validation_split: float = 0.0,
        validation_data: Any = None,
        shuffle: bool = True,
        class_weight: dict[int, float] | None = None,
        sample_weight: Any = None,
        initial_epoch: int | None = None,
        steps_per_epoch: int | None = None,
        validation_steps: int | None = None,
        validation_batch_size: int | None = None,
        validation_freq: int | list[int] = 1,
        checkpoint: str | os.PathLike[str] | None = None,
        checkpoint_every: int = 1,
    ) -> Any:
        """Train, and return the Keras ``History``.

        Arrays are trained on in one compiled loop, with callbacks about every 100 ms. Datasets, and
        subclasses that override `train_step`, use Keras's own ``fit``. The logs hold ``loss``,
        ``reconstruction_loss``, ``kl_loss`` and ``elbo`` in nats, and ``val_`` of each.

        ``elbo`` is ``-(reconstruction_loss + kl_loss)`` for every beta and objective; higher is
        better: ``monitor="val_elbo", mode="max"``. ``loss`` follows a schedule of beta;
        ``val_loss`` has the schedule's final beta in every epoch, so that ``EarlyStopping`` can
        compare epochs.

        A model made within ``tf.distribute.MirroredStrategy().scope()`` trains on all its devices:
        each gets its share of every batch, and the losses are those of one device (apart from the
        last digits). Layers that draw or measure by themselves, such as dropout and batch
        normalisation, and the objectives "info_vae" and "beta_tc" see the share of their device.

        A NaN or infinite loss gives one ``RuntimeWarning``. After an interrupt (Ctrl-C, or the
        notebook's ■) the model can be used, and ``vae.history`` holds the epochs so far. A callback
        that catches an interrupt must set ``model.stop_training``, or it is raised again.

        Parameters
        ----------
        x
            Samples (n, *sample_shape), or batches of them: a ``tf.data.Dataset``, a
            `keras.utils.PyDataset`, a generator, or another iterable such as a PyTorch
            ``DataLoader``. A memmap, HDF5, Zarr or Dask array, or an open ``ParquetFile`` is read
            in parts: in each epoch its blocks (chunks, row groups, or 256 KiB) are put in random
            order, and rows are mixed within 32 MiB of them.
        y
            For a conditional VAE: labels (n,), whole numbers from 0 to n_labels - 1. For a subclass
            with `auxiliary_loss` or its own step: targets (n, ...). Otherwise leave it out, or pass
            `x` again; other values are refused. Datasets hold batches (x, y), whose y is ignored
            where the model takes none.
        batch_size
            Samples in a batch of an array.
        epochs, verbose, callbacks, validation_split, shuffle, steps_per_epoch
            As in `keras.Model.fit`; callbacks may be any object with the hooks of one. For arrays,
            their `params` also hold ``batch_size``, ``n_samples``, ``preview`` (up to 128
            validation or training samples) and ``preview_labels``.
        class_weight
            Weight of each label of `y`, such as ``{0: 1.0, 1: 5.0}``; 1 for others. For arrays,
            ``tf.data.Dataset`` and `keras.utils.PyDataset`.
        sample_weight
            Weights (n,) of the samples of an array, at least 0; the losses are weighted means.
            Datasets hold batches (x, y, sample_weight).
        initial_epoch
            Epoch to start at. The default is 0, or where a model from `VAE.resume` stopped.
        validation_data
            Samples, a tuple (samples, labels) or (samples, labels, sample_weight), or a dataset.
            For the labels the rule of `y` holds; None leaves them out.
        validation_steps, validation_batch_size, validation_freq
            As in `keras.Model.fit`.
        checkpoint
            A ``.vae`` file for `VAE.resume`, replaced every `checkpoint_every` epochs, at the end,
            on Stop and on an interrupt. Before the first epoch a trial shows that it can be read
            back.
        checkpoint_every
            Epochs from one checkpoint to the next.

        Returns
        -------
        keras.callbacks.History
            Of a resumed model it holds all epochs, from the first one on.

        Raises
        ------
        TypeError, ValueError
            If an argument is bad, before any work is done.
        tf.errors.InvalidArgumentError
            If a later batch of a dataset is bad.
        OSError
            If `checkpoint` cannot be written, before any work is done.
        RuntimeError
            If this model is being trained already.
        """
        given = locals()  # the arguments, by name
        arguments = FitArguments(**{each.name: given[each.name] for each in fields(FitArguments)})
        return self._begin(arguments).run()

    def fit_async(self, x: Any, y: Any = None, **options: Any) -> TrainingRun:
        """Train in a thread and return at once.

        ``await vae.fit_async(x, ...)`` in a notebook cell keeps widgets alive while it trains.
        Arguments and errors are those of `fit`, checked before this returns; `verbose` is 0 unless
        given.

        Returns
        -------
        TrainingRun
            With ``pause``, ``resume``, ``stop``, ``checkpoint``, ``wait``, ``status``; awaitable.
        """
        known = [each.name for each in fields(FitArguments)]
        checks.reject_unknown("VAE.fit_async", options, known)
        session = self._begin(FitArguments(x, y, **{"verbose": 0, **options}))
        self._training_run = TrainingRun(session.run, self, session.checkpointer.serve)
        self._training_run.start()
        return self._training_run

    def _begin(self, arguments: FitArguments) -> FitSession:
        session = FitSession(self._training, arguments.checked(self._training.rules))
        self._initial_epoch = None  # BackupAndRestore leaves it behind, and Keras never resets it
        return session

    @property
    def training_run(self) -> TrainingRun | None:
        """The run of the last `fit_async`, under way or ended; None before the first."""
        return self._training_run

    def evaluate(
        self,
        x: Any,
        y: Any = None,
        *,
        batch_size: int | None = None,
        verbose: Any = "auto",
        sample_weight: Any = None,
        steps: int | None = None,
        callbacks: Any = None,
        return_dict: bool = False,
        **from_keras: Any,
    ) -> Any:
        """Return loss, reconstruction_loss and kl_loss (nats, means over samples) on data.

        The noise is the same at each call. With a schedule, the loss has its final beta.

        Parameters
        ----------
        x
            Samples (n, *sample_shape), or a dataset of batches of them.
        y
            For a conditional VAE: labels (n,). Otherwise leave it out, or pass `x`.
        batch_size
            Samples in a batch of an array; None for 128.
        sample_weight
            Weights (n,) of the samples of an array, at least 0; the losses are weighted means.
        verbose, steps, callbacks
            As in `keras.Model.evaluate`; `steps` is for datasets.
        return_dict
            Return a dict by name, which also holds ``elbo``, rather than a list.
        """
        self._training.begin_evaluation()
        if "_use_cached_eval_dataset" in from_keras:  # Keras's own fit validates
            return super().evaluate(
                *(x, y),
                batch_size=batch_size,
                verbose=verbose,
                sample_weight=sample_weight,
                steps=steps,
                callbacks=callbacks,
                return_dict=return_dict,
                **from_keras,
            )
        known = (
            *("x", "y", "batch_size", "sample_weight"),
            *("verbose", "steps", "callbacks", "return_dict"),
        )
        checks.reject_unknown("VAE.evaluate", from_keras, known)
        rules = self._training.rules
        options = {"verbose": verbose, "steps": steps, "callbacks": callbacks, "return_dict": True}
        if is_array(x):
            x, y = check_rows(rules, "x", x, "y", y)
            weights = check_weights(rules, sample_weight, None, y, len(x))
            batch_size = 128 if batch_size is None else batch_size
            batch_size = checks.positive_int("batch_size", batch_size)
            logs = self._evaluate_array(Samples(x, y, weights), batch_size, options)
        else:
            x = check_dataset_alone(rules, "x", x, y)
            check_weights_of_dataset(rules, x, sample_weight, None)
            logs = super().evaluate(x, **options)
        # Keras sorts by name.
        logs = {name: logs[name] for name in dict.fromkeys([*LOG_NAMES, *logs]) if name in logs}
        return logs if return_dict else [logs[name] for name in logs if name != "elbo"]

    def _evaluate_array(
        self, data: Samples, batch_size: int, options: dict[str, Any]
    ) -> dict[str, float]:
        n = len(data.x)
        if not self._training.runs_in_loop("test_step"):
            self._training.dataset_size.assign(n)
            given = zip(("x", "y", "sample_weight"), data.for_keras(), strict=False)
            logs: dict[str, float] = super().evaluate(
                **dict(given), batch_size=batch_size, **options
            )
            return logs
        callbacks = options["callbacks"]
        if not isinstance(callbacks, keras.callbacks.CallbackList):
            callbacks = keras.callbacks.CallbackList(
                check_callbacks(callbacks),
                add_progbar=options["verbose"] != 0,
                model=self,
                verbose=options["verbose"],
                epochs=1,
                steps=-(-n // batch_size),
            )
        loop_data = LoopData(data.arrays, data.weights)
        return self._training.evaluate_in_loop(loop_data, batch_size, callbacks)
