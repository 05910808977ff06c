"""What Keras calls of a VAE while it compiles and trains it, and the settings of training."""

from typing import Any

import keras
import tensorflow as tf
from keras import ops

from vae_widgets.core import checks
from vae_widgets.models.losses.objective import Objective
from vae_widgets.models.losses.objectives import make_objective
from vae_widgets.models.losses.schedules import Schedule
from vae_widgets.models.training.array_loop import LOG_NAMES
from vae_widgets.models.training.optimizer import added_layers, build_optimizer
from vae_widgets.models.training.resumable import Resumable


class KerasProtocol(Resumable):
    """Base of `Trainer` with the methods that override those of `keras.Model`, and settings."""

    variational: bool
    optimizer: Any
    jit_compile: bool

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._trackers = [keras.metrics.Mean(name, dtype="float32") for name in LOG_NAMES]

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
        self._training.chooses_xla = jit_compile == "auto"
        self._training.steps_per_execution = (
            None if steps_per_execution == "auto" else int(steps_per_execution)
        )
        self._training.forget_compiled()
        # At once, so that one which has trained another model is refused here. The default waits
        # for training, saving or loading: its variables take a third of the time to make a model.
        if optimizer is not None:
            build_optimizer(self)

    def get_compile_config(self) -> dict[str, Any]:
        """Return what `compile_from_config` needs; Keras calls this when it saves."""
        build_optimizer(self)
        optimizer = keras.saving.serialize_keras_object(self.optimizer)
        shapes = {
            name: layer.get_build_config()
            for name, layer in added_layers(self).items()
            if layer.built
        }
        return {"optimizer": optimizer, **self._compile_options, "added_layers": shapes}

    def compile_from_config(self, config: dict[str, Any]) -> None:
        """Build added layers and compile as the saved model was; Keras calls this when it loads."""
        for name, shapes in config.get("added_layers", {}).items():
            layer = getattr(self, name, None)
            if layer is not None and not layer.built and shapes:
                layer.build_from_config(shapes)
        options = {name: value for name, value in config.items() if name != "added_layers"}
        self.compile(**keras.saving.deserialize_keras_object(options))

    def train_step(self, data: Any) -> dict[str, Any]:
        """Take one step of the optimizer on a batch: x, or (x, labels, sample weights)."""
        training = self._training
        beta, seeds = training.beta.variable, training.randomness.training
        batch = training.step.batch_of(data, seeds, beta, training.dataset_size)
        return self._track(training.step.train(batch))

    def test_step(self, data: Any) -> dict[str, Any]:
        """Measure the losses on a batch: x, or (x, labels, sample weights)."""
        training = self._training
        beta, seeds = training.beta.validation_variable, training.randomness.evaluation
        batch = training.step.batch_of(data, seeds, beta, training.dataset_size)
        return self._track(training.step.evaluate(batch))

    def _track(self, sums: Any) -> dict[str, Any]:
        *totals, weight = tf.unstack(sums)
        for tracker, total in zip(self._trackers, totals, strict=True):
            tracker.update_state(tf.math.divide_no_nan(total, weight), sample_weight=weight)
        return self.get_metrics_result()

    def get_metrics_result(self) -> dict[str, Any]:
        """Return the metrics, and the ELBO that follows from them; Keras calls this."""
        return self._training.with_elbo(super().get_metrics_result())

    @property
    def metrics(self) -> list[keras.metrics.Metric]:
        """The three losses, and metrics that a subclass added."""
        added = [metric for metric in super().metrics if metric.name not in LOG_NAMES]
        return [*self._trackers, *added]

    # Settings of training

    @property
    def beta(self) -> float:
        """Weight of the KL term in the loss, now.

        Set it to a number, which ends a schedule, or to a schedule. While training runs, it acts
        within about 0.1 s.
        """
        return self._training.beta.current

    @beta.setter
    def beta(self, value: float | Schedule) -> None:
        self._training.beta.set(value)

    @property
    def beta_schedule(self) -> Schedule | None:
        """The schedule that moves `beta` while the model trains; None for a constant."""
        return self._training.beta.schedule

    @property
    def objective(self) -> Objective:
        """What training minimises: a name or an object. Setting it in training raises."""
        return self._training.rules.objective

    @objective.setter
    def objective(self, value: str | Objective) -> None:
        self._training.refuse_while_running("objective")
        self._training.rules.objective = make_objective(value, self.variational)
        self._training.forget_compiled()

    @property
    def seed(self) -> int | None:
        """The seed of noise and shuffling; None if it was drawn.

        Set it between two fits. The weights do not change.
        """
        return self._training.randomness.seed

    @seed.setter
    def seed(self, value: int | None) -> None:
        self._training.refuse_while_running("seed")
        self._training.randomness.restart(value)

    @property
    def learning_rate(self) -> float:
        """The optimizer's learning rate, now. It can be set while training runs.

        Raises
        ------
        TypeError
            If it is set, but the optimizer has a schedule.
        """
        return float(ops.convert_to_numpy(self.optimizer.learning_rate))

    @learning_rate.setter
    def learning_rate(self, value: float) -> None:
        rate = checks.number_between("learning_rate", value, 0)
        schedule = getattr(self.optimizer, "_learning_rate", None)
        if isinstance(schedule, keras.optimizers.schedules.LearningRateSchedule):
            raise TypeError(
                f"learning_rate cannot be set: the optimizer follows {type(schedule).__name__}; "
                "expected an optimizer with a number. Compile with one: "
                "vae.compile(keras.optimizers.Adam(1e-3))."
            )
        self.optimizer.learning_rate = rate
