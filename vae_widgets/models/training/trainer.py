"""A `keras.Model` whose `fit` and `evaluate` take the fast path on arrays."""

import inspect
import os
import threading
from collections.abc import Callable
from typing import Any

import keras
import numpy as np
import tensorflow as tf
from keras import ops

from vae_widgets.core import checks
from vae_widgets.core.labels.conditioning import missing_labels
from vae_widgets.models.data.rules import DataRules
from vae_widgets.models.losses.beta import Beta, FollowSchedule, warn_of_moving_loss
from vae_widgets.models.losses.divergence import DivergenceWatch
from vae_widgets.models.losses.schedules import Schedule
from vae_widgets.models.training.array_loop import (
    LOG_NAMES,
    ArrayLoop,
    Batch,
    LoopData,
    should_use_xla,
    train_on_array,
    xla_pays,
)
from vae_widgets.models.training.checkpoint import check_checkpoints
from vae_widgets.models.training.checkpointer import Checkpointer
from vae_widgets.models.training.fit_arguments import (
    FitArguments,
    check_callbacks,
    check_dataset_alone,
    check_rows,
    check_weights,
    check_weights_of_dataset,
    for_keras,
    is_array,
    number_of_batches,
)
from vae_widgets.models.training.interruption import Interruption
from vae_widgets.models.training.resumable import Resumable
from vae_widgets.models.training.run import TrainingRun
from vae_widgets.models.training.state import TrainingState

_PREVIEW = 128  # samples shown to callbacks


class Trainer(Resumable):
    """Base of `VAE` that knows how to train and to evaluate, but not on what loss.

    A subclass says what happens with a batch, in `_train_on_batch` and `_evaluate_on_batch`, and
    which data are good, in `_rules`.
    """

    _noise_width = 1  # random numbers that a sample needs
    _logs_elbo = True  # a plain autoencoder has none
    _rules: DataRules
    optimizer: Any
    jit_compile: bool

    def __init__(self, beta: float | Schedule = 1.0, **options: Any) -> None:
        super().__init__(**options)
        self._beta = Beta(beta)
        self._trackers = [keras.metrics.Mean(name, dtype="float32") for name in LOG_NAMES]
        self._training_lock = threading.Lock()
        # Size of the data set where Keras's own loop runs over an array; 0 for a dataset.
        self._n_samples = tf.Variable(0.0, trainable=False)
        self._training_run: TrainingRun | None = None

    def _train_on_batch(self, batch: Batch) -> Any:
        """Take an optimizer step; return the weighted sums of `LOG_NAMES` and the weights: (4,)."""
        raise NotImplementedError

    def _evaluate_on_batch(self, batch: Batch) -> Any:
        """Return the same sums without changing the model."""
        raise NotImplementedError

    def _training_noise(self, n: Any) -> Any:
        """Draw noise for n samples, (n, ...)."""
        raise NotImplementedError

    def _evaluation_noise(self, n: Any) -> Any:
        """Draw noise for n samples, (n, ...), the same after each `_before_evaluation`."""
        raise NotImplementedError

    def _shuffler(self, iterations: int) -> np.random.Generator:
        """Return what orders an epoch; it depends on the seed and the optimizer's steps only."""
        raise NotImplementedError

    def _before_evaluation(self) -> None:
        """Prepare for one pass over evaluation data."""
        self._beta.prepare_validation()

    def _after_training(self, x: Any, labels: Any = None, batches: int | None = None) -> None:
        """Note what must be known about the training data; `batches` are those of an epoch."""

    @checks.suggest_keywords
    def compile(
        self,
        optimizer: Any = None,
        *,
        loss: None = None,
        metrics: None = None,
        run_eagerly: bool = False,
        jit_compile: bool | str = "auto",
        steps_per_execution: int | str = "auto",
        auto_scale_loss: bool = True,
    ) -> None:
        """Choose the optimizer.

        Parameters
        ----------
        optimizer
            Keras optimizer or its name; None for Adam with a learning rate of 1e-3.
        loss, metrics
            Must be left out: the likelihood and `beta` make the loss.
        run_eagerly
            Run Python for each batch, to debug; slow.
        jit_compile
            Whether to use XLA. "auto" does on a GPU; on a CPU for arrays, if the training is long
            enough and there are no convolutions or random layers. Compiled code, about 17 MB a
            model, stays in memory until the process ends.
        steps_per_execution
            Batches between two calls of the callbacks; "auto" makes it about 100 ms for arrays.
        auto_scale_loss
            As in `keras.Model.compile`.
        """
        for argument, value in (("loss", loss), ("metrics", metrics)):
            if value is not None:
                raise TypeError(
                    f"{argument} is given; a VAE makes its own loss from its likelihood and beta. "
                    "Leave it out: compile(optimizer=...)."
                )
        self._loops: dict[tuple[str, int], ArrayLoop] = {}
        self._compile_options: dict[str, Any] = {
            "run_eagerly": run_eagerly,
            "jit_compile": jit_compile,
            "steps_per_execution": steps_per_execution,
        }
        super().compile(
            optimizer=keras.optimizers.Adam(1e-3) if optimizer is None else optimizer,
            run_eagerly=run_eagerly,
            jit_compile=False if jit_compile == "auto" else jit_compile,
            steps_per_execution=1 if steps_per_execution == "auto" else steps_per_execution,
            auto_scale_loss=auto_scale_loss,
        )
        # Built at once, so that a model saved before its first fit loads like any other.
        self._build_optimizer()

    def _build_optimizer(self) -> None:
        """Build the optimizer for the present weights; ``ValueError`` if it has trained others."""
        optimizer, weights = self.optimizer, self.trainable_variables
        if not optimizer.built:
            optimizer.build(weights)
            return
        known = {id(weight) for weight in optimizer._trainable_variables}
        unknown = [weight for weight in weights if id(weight) not in known]
        if not unknown:
            return
        if int(optimizer.iterations.numpy()) > 0:
            raise ValueError(
                f"the optimizer {optimizer.name!r} has trained other weights than this model's, "
                f"which has {unknown[0].path!r}: those of another model, or of this one before "
                "layers were added. Compile with a new one: "
                f"vae.compile(keras.optimizers.{type(optimizer).__name__}(...))."
            )
        self.optimizer = type(optimizer).from_config(optimizer.get_config())
        self.optimizer.build(weights)

    def get_compile_config(self) -> dict[str, Any]:
        """Return what `compile_from_config` needs; Keras calls this when it saves."""
        self._build_optimizer()
        optimizer = keras.saving.serialize_keras_object(self.optimizer)
        return {"optimizer": optimizer, **self._compile_options}

    def compile_from_config(self, config: dict[str, Any]) -> None:
        """Compile as the saved model was; Keras calls this when it loads."""
        self.compile(**keras.saving.deserialize_keras_object(config))

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

        A NaN or infinite loss gives one ``RuntimeWarning``. After an interrupt (Ctrl-C, or the
        notebook's ■) the model can be used, and ``vae.history`` holds the epochs so far. A callback
        that catches an interrupt must set ``model.stop_training``, or it is raised again.

        Parameters
        ----------
        x
            Samples (n, *sample_shape), or batches of them: a ``tf.data.Dataset``, a
            `keras.utils.PyDataset`, a generator, or another iterable such as a PyTorch
            ``DataLoader``.
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
        arguments = self._fit_arguments(
            x,
            y,
            batch_size=batch_size,
            epochs=epochs,
            verbose=verbose,
            callbacks=callbacks,
            validation_split=validation_split,
            validation_data=validation_data,
            shuffle=shuffle,
            class_weight=class_weight,
            sample_weight=sample_weight,
            initial_epoch=initial_epoch,
            steps_per_epoch=steps_per_epoch,
            validation_steps=validation_steps,
            validation_batch_size=validation_batch_size,
            validation_freq=validation_freq,
            checkpoint=checkpoint,
            checkpoint_every=checkpoint_every,
        )
        return self._train(arguments, self._begin(arguments))

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
        checks.reject_unknown("VAE.fit_async", options, _FIT_DEFAULTS)
        arguments = self._fit_arguments(x, y, **{**_FIT_DEFAULTS, "verbose": 0, **options})
        checkpointer = self._begin(arguments)
        self._training_run = TrainingRun(
            lambda control: self._train(arguments, checkpointer, control), self
        )
        self._training_run.start()
        return self._training_run

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
        options = {
            "verbose": verbose,
            "steps": steps,
            "callbacks": callbacks,
        }
        self._before_evaluation()
        if "_use_cached_eval_dataset" in from_keras:  # Keras's own fit validates
            return super().evaluate(
                *(x, y),
                batch_size=batch_size,
                sample_weight=sample_weight,
                return_dict=return_dict,
                **options,
                **from_keras,
            )
        known = ("x", "y", "batch_size", "sample_weight", *options, "return_dict")
        checks.reject_unknown("VAE.evaluate", from_keras, known)
        logs = self._evaluate(x, y, sample_weight, batch_size, **options)
        # Keras sorts by name.
        logs = {name: logs[name] for name in dict.fromkeys([*LOG_NAMES, *logs]) if name in logs}
        return logs if return_dict else [logs[name] for name in logs if name != "elbo"]

    def _evaluate(
        self,
        x: Any,
        y: Any,
        sample_weight: Any,
        batch_size: int | None,
        verbose: Any,
        steps: int | None,
        callbacks: Any,
    ) -> dict[str, float]:
        options = {
            "verbose": verbose,
            "steps": steps,
            "callbacks": callbacks,
            "return_dict": True,
        }
        logs: dict[str, float]
        if not is_array(x):
            x = check_dataset_alone(self._rules, "x", x, y)
            check_weights_of_dataset(self._rules, x, sample_weight, None)
            logs = super().evaluate(x, **options)
            return logs
        x, labels = check_rows(self._rules, "x", x, "y", y)
        weights = check_weights(self._rules, sample_weight, None, labels, len(x))
        batch_size = checks.positive_int("batch_size", 128 if batch_size is None else batch_size)
        if not self._keeps("test_step"):
            self._n_samples.assign(len(x))
            given = for_keras(x, labels, weights)
            given = given if isinstance(given, tuple) else (given,)
            names = ("x", "y", "sample_weight")
            logs = super().evaluate(
                **dict(zip(names, given, strict=False)), batch_size=batch_size, **options
            )
            return logs
        if not isinstance(callbacks, keras.callbacks.CallbackList):
            callbacks = keras.callbacks.CallbackList(
                check_callbacks(callbacks),
                add_progbar=verbose != 0,
                model=self,
                verbose=verbose,
                epochs=1,
                steps=_batches(len(x), batch_size),
            )
        data = (x,) if labels is None else (x, labels)
        return self._evaluate_rows(LoopData(data, weights), batch_size, callbacks)

    def train_step(self, data: Any) -> dict[str, Any]:
        """Take one step of the optimizer on a batch: x, or (x, labels, sample weights)."""
        beta = self._beta.variable
        return self._track(self._train_on_batch, self._training_noise, beta, data)

    def test_step(self, data: Any) -> dict[str, Any]:
        """Measure the losses on a batch: x, or (x, labels, sample weights)."""
        beta = self._beta.validation_variable
        return self._track(self._evaluate_on_batch, self._evaluation_noise, beta, data)

    def get_metrics_result(self) -> dict[str, Any]:
        """Return the metrics, and the ELBO that follows from them; Keras calls this."""
        return self._with_elbo(super().get_metrics_result())

    def _with_added_metrics(self, logs: dict[str, float]) -> dict[str, float]:
        for metric in self.metrics:
            if metric.name not in LOG_NAMES:
                value = metric.result()
                several = value if isinstance(value, dict) else {metric.name: value}
                logs |= {name: float(one) for name, one in several.items()}
        return logs

    def _with_elbo(self, logs: dict[str, Any]) -> dict[str, Any]:
        _, reconstruction, kl = LOG_NAMES
        if not (self._logs_elbo and reconstruction in logs and kl in logs):
            return logs
        return {**logs, "elbo": -(logs[reconstruction] + logs[kl])}

    @property
    def metrics(self) -> list[keras.metrics.Metric]:
        """The three losses, and metrics that a subclass added."""
        added = [metric for metric in super().metrics if metric.name not in LOG_NAMES]
        return [*self._trackers, *added]

    def _fit_arguments(self, x: Any, y: Any, **options: Any) -> FitArguments:
        return FitArguments.check(self._rules, x, y, **options)

    def _prepare_training(self, data: tuple[Any, ...]) -> None:
        self._build_optimizer()

    def _refuse_while_training(self, name: str) -> None:
        if self._training_lock.locked():
            raise RuntimeError(
                f"{name} cannot be changed while the model trains. End the run first: run.stop(); "
                "run.wait()."
            )

    def _forget_compiled_steps(self) -> None:
        self._loops = {}
        self.train_function = self.test_function = None

    def _choose_compiler(self, arguments: FitArguments, is_fast: bool) -> None:
        """Decide about XLA for a fit, if `compile` left it to us."""
        if self._compile_options["jit_compile"] != "auto":
            return
        use = should_use_xla(self)
        if use and not tf.config.list_physical_devices("GPU"):
            use = is_fast and (self.jit_compile or self._xla_pays(arguments))
        if use != self.jit_compile:
            self.jit_compile = use
            self._forget_compiled_steps()

    def _xla_pays(self, arguments: FitArguments) -> bool:
        done = int(self.optimizer.iterations.numpy())
        start = arguments.initial_epoch or 0
        if self._resumed is not None and arguments.initial_epoch is None:
            start = self._resumed.epoch
        steps = (arguments.epochs - start) * _batches(len(arguments.x), arguments.batch_size)
        return xla_pays(self, done + steps, arguments.batch_size)

    def _begin(self, arguments: FitArguments) -> Checkpointer:
        """Take the model for one fit, which `_train` must follow, and see where it starts."""
        self._prepare_training(arguments.data)
        if not self._training_lock.acquire(blocking=False):
            raise RuntimeError(
                "this model is being trained already, by an earlier fit_async or in another "
                "thread; one run at a time. Await that run, or end it: run.stop(); run.wait()."
            )
        try:
            if arguments.checkpoint is not None:
                check_checkpoints(self)
            is_fast = self._is_fast(arguments)
            self._choose_compiler(arguments, is_fast)
            self._checkpointer = Checkpointer(
                self,
                arguments,
                self._start_of(arguments, is_fast),
                self._loop("train", arguments.batch_size) if is_fast else None,
                prepare=lambda: self._note_codes_of_array(arguments),
            )
        except BaseException:
            self._training_lock.release()
            raise
        return self._checkpointer

    def _is_fast(self, arguments: FitArguments) -> bool:
        return is_array(arguments.x) and self._keeps("train_step")

    def _train(
        self,
        arguments: FitArguments,
        checkpointer: Checkpointer,
        *more_callbacks: keras.callbacks.Callback,
    ) -> Any:
        checkpointer.begin()
        try:
            if checkpointer.start is self._resumed and self._resumed.epoch >= arguments.epochs:
                return self.history
            self._resumed = None
            return self._train_with_callbacks(arguments, checkpointer, *more_callbacks)
        finally:
            checkpointer.end()
            self._training_lock.release()

    def _train_with_callbacks(
        self,
        arguments: FitArguments,
        checkpointer: Checkpointer,
        *more_callbacks: keras.callbacks.Callback,
    ) -> Any:
        self._beta.begin(arguments.epochs)
        warn_of_moving_loss(self._beta, arguments.callbacks)
        self._initial_epoch = None  # BackupAndRestore leaves it behind, and Keras never resets it
        is_fast = self._is_fast(arguments)
        follow = [] if is_fast else [FollowSchedule(self._beta)]
        interruption = Interruption()
        own = [*more_callbacks, checkpointer, interruption, DivergenceWatch()]
        callbacks = keras.callbacks.CallbackList(
            [*follow, *arguments.callbacks, *own],
            add_history=True,
            add_progbar=arguments.verbose != 0,
            model=self,
            **_callback_params(arguments, self._rules.n_labels is not None),
        )
        # Behind the History, which Keras puts last: what they write or pause at is complete.
        callbacks.callbacks = [c for c in callbacks.callbacks if c not in own] + own
        try:
            with interruption:
                if is_fast:
                    self._fit_array(arguments, callbacks, checkpointer.start)
                else:
                    self._fit_with_keras(arguments, callbacks, checkpointer.start)
        except KeyboardInterrupt:
            checkpointer.save_if_asked()
            callbacks.on_train_end()
            self._note_codes(arguments)
            raise
        self._note_codes(arguments)
        interruption.raise_if_lost()  # in the end of the training, which is whole
        return self.history

    def _note_codes(self, arguments: FitArguments) -> None:
        labels = arguments.data[1] if len(arguments.data) > 1 else None
        self._after_training(arguments.data[0], labels, arguments.steps_per_epoch)

    def _note_codes_of_array(self, arguments: FitArguments) -> None:
        if is_array(arguments.x):  # a dataset is not read once more for each checkpoint
            self._note_codes(arguments)

    def _fit_array(
        self,
        arguments: FitArguments,
        callbacks: keras.callbacks.CallbackList,
        start: TrainingState,
    ) -> None:
        if start.position is not None and not start.position.is_at_end:
            self._training_seeds.state.assign(start.position.noise_seed)
        validate: Callable[[], dict[str, float]] | None = None
        if is_array(arguments.validation) and self._keeps("test_step"):
            held_out = LoopData(arguments.validation_arrays, arguments.validation_weights)

            def validate() -> dict[str, float]:
                self._before_evaluation()
                return self._evaluate_rows(held_out, arguments.validation_batch_size, callbacks)

        elif arguments.validation is not None:

            def validate() -> dict[str, float]:
                logs: dict[str, float] = self.evaluate(
                    *arguments.validation_arrays,
                    batch_size=arguments.validation_batch_size,
                    sample_weight=arguments.validation_weights,
                    steps=arguments.validation_steps,
                    callbacks=callbacks,
                    return_dict=True,
                )
                return logs

        train_on_array(
            self,
            self._loop("train", arguments.batch_size),
            arguments,
            callbacks,
            self._training_noise,
            self._beta,
            validate,
            self._shuffler,
            start,
        )

    def _fit_with_keras(
        self,
        arguments: FitArguments,
        callbacks: keras.callbacks.CallbackList,
        start: TrainingState,
    ) -> None:
        validates_array = is_array(arguments.validation)
        self._n_samples.assign(len(arguments.x) if is_array(arguments.x) else 0)
        given = for_keras(arguments.x, arguments.labels, arguments.weights)
        given = given if isinstance(given, tuple) else (given,)
        super().fit(
            **dict(zip(("x", "y", "sample_weight"), given, strict=False)),
            class_weight=arguments.class_weight,
            batch_size=arguments.batch_size if is_array(arguments.x) else None,
            epochs=arguments.epochs,
            verbose=arguments.verbose,
            callbacks=callbacks,
            validation_data=arguments.validation_for_keras,
            # Other datasets shuffle themselves.
            shuffle=arguments.shuffle
            and (is_array(arguments.x) or isinstance(arguments.x, keras.utils.PyDataset)),
            initial_epoch=start.epoch,
            steps_per_epoch=arguments.steps_per_epoch,
            validation_steps=arguments.validation_steps,
            validation_batch_size=arguments.validation_batch_size if validates_array else None,
            validation_freq=arguments.validation_freq,
        )

    def _evaluate_rows(
        self,
        data: LoopData,
        batch_size: int,
        callbacks: keras.callbacks.CallbackList,
    ) -> dict[str, float]:
        self.stop_evaluating = False
        self.reset_metrics()
        callbacks.on_test_begin()
        logs = self._loop("evaluate", batch_size).run(
            data,
            np.arange(len(data)),
            self._evaluation_noise,
            callbacks.on_test_batch_begin,
            callbacks.on_test_batch_end,
            stop=lambda: self.stop_evaluating,
            betas=lambda steps: np.full(steps, self._beta.at_validation(), np.float32),
        )
        callbacks.on_test_end(logs)
        return logs

    def _loop(self, kind: str, batch_size: int) -> ArrayLoop:
        if (kind, batch_size) not in self._loops:
            steps = self._compile_options["steps_per_execution"]
            self._loops[kind, batch_size] = ArrayLoop(
                self._train_on_batch if kind == "train" else self._evaluate_on_batch,
                batch_size,
                self.jit_compile,
                None if steps == "auto" else steps,
                self._noise_width,
                lambda logs: self._with_added_metrics(self._with_elbo(logs)),
            )
        return self._loops[kind, batch_size]

    def _keeps(self, step: str) -> bool:
        """Tell whether `step` is ours, so that the fast loop may replace Keras's.

        Layers with metrics of their own would count the rows that fill up the last batch.
        """
        is_ours = getattr(type(self), step) is getattr(Trainer, step) and not self.run_eagerly
        return is_ours and not any(layer.metrics for layer in self.layers)

    def _track(
        self, update: Callable[..., Any], draw_noise: Callable[[Any], Any], beta: Any, data: Any
    ) -> dict[str, Any]:
        x, y, weights = keras.utils.unpack_x_y_sample_weight(data)
        n_labels = self._rules.n_labels
        if n_labels is not None and y is None:
            raise missing_labels("y", n_labels)
        x = ops.cast(x, "float32")
        n = ops.shape(x)[0]
        batch = Batch(
            data=(x, y) if y is not None and self._rules.uses_targets else (x,),
            weights=ops.ones(n, dtype="float32")
            if weights is None
            else ops.cast(weights, "float32"),
            noise=draw_noise(n),
            beta=beta,
            n_samples=self._n_samples,
        )
        sums = update(batch)
        for tracker, total in zip(self._trackers, tf.unstack(sums)[:-1], strict=True):
            mean = tf.math.divide_no_nan(total, sums[-1])
            tracker.update_state(mean, sample_weight=sums[-1])
        return self.get_metrics_result()


_FIT_DEFAULTS = {
    name: parameter.default
    for name, parameter in inspect.signature(Trainer.fit).parameters.items()
    if parameter.kind is parameter.KEYWORD_ONLY
}


def _callback_params(arguments: FitArguments, shows_labels: bool) -> dict[str, Any]:
    params = {"epochs": arguments.epochs, "verbose": arguments.verbose}
    if not is_array(arguments.x):
        return {**params, "steps": arguments.steps_per_epoch or number_of_batches(arguments.x)}
    shown = arguments.validation_arrays if is_array(arguments.validation) else arguments.data
    names = ("preview", "preview_labels") if shows_labels else ("preview",)
    return {
        **params,
        "steps": _batches(len(arguments.x), arguments.batch_size),
        "batch_size": arguments.batch_size,
        "n_samples": len(arguments.x),
        "checkpoint": arguments.checkpoint,
        **{name: np.array(part[:_PREVIEW]) for name, part in zip(names, shown, strict=False)},
    }


def _batches(n: int, batch_size: int) -> int:
    return -(-n // batch_size)
