"""What the fits and evaluations of one model share."""

import threading
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from vae_widgets.models.data.rules import DataRules
from vae_widgets.models.devices import over_devices
from vae_widgets.models.losses.beta import Beta
from vae_widgets.models.training.array_loop import LOG_NAMES, ArrayLoop, Batch, LoopData
from vae_widgets.models.training.checkpointer import Checkpointer
from vae_widgets.models.training.state import Randomness, TrainingState
from vae_widgets.models.training.training_codes import TrainingCodes
from vae_widgets.models.training.training_step import TrainingStep


class ModelTraining:
    """The parts that train a model, and where its training is.

    `replaced_steps` are those of ``train_step`` and ``test_step`` that the user's class defines.
    `resumed` is where a model from `VAE.resume` continues, and `checkpointer` that of the last fit.
    """

    def __init__(
        self,
        model: Any,
        rules: DataRules,
        step: TrainingStep,
        codes: TrainingCodes,
        beta: Beta,
        randomness: Randomness,
        replaced_steps: frozenset[str],
    ) -> None:
        self.model = model
        self.rules = rules
        self.step = step
        self.codes = codes
        self.beta = beta
        self.randomness = randomness
        self._replaced_steps = replaced_steps
        self.lock = threading.Lock()
        # Size of the data set where Keras's own loop runs over an array; 0 for a dataset.
        self.dataset_size = tf.Variable(0.0, trainable=False)
        self.steps_per_execution: int | None = None
        self.chooses_xla = True
        self.resumed: TrainingState | None = None
        self.checkpointer: Checkpointer | None = None
        self._loops: dict[tuple[str, int], ArrayLoop] = {}

    def runs_in_loop(self, step: str) -> bool:
        """Tell whether an `ArrayLoop` may replace Keras's own loop over a step.

        Layers with metrics of their own would count the rows that fill up the last batch.
        """
        is_ours = step not in self._replaced_steps and not self.model.run_eagerly
        return is_ours and not any(layer.metrics for layer in self.model.layers)

    def loop(self, kind: str, batch_size: int) -> ArrayLoop:
        """Return the compiled loop that trains ("train") or evaluates ("evaluate")."""
        if (kind, batch_size) not in self._loops:
            self._loops[kind, batch_size] = ArrayLoop(
                over_devices(
                    self.model.distribute_strategy,
                    self.step.train if kind == "train" else self.step.evaluate,
                    Batch.share,
                ),
                batch_size,
                self.model.jit_compile,
                self.steps_per_execution,
                max(1, int(np.prod(self.step.noise_shape))),
                self._complete,
            )
        return self._loops[kind, batch_size]

    def forget_compiled(self) -> None:
        """Have the steps compiled again."""
        self._loops.clear()
        self.model.train_function = self.model.test_function = None

    def refuse_while_running(self, name: str) -> None:
        """Raise ``RuntimeError`` during a fit, which reads the attribute called `name`."""
        if self.lock.locked():
            raise RuntimeError(
                f"{name} cannot be changed while the model trains. End the run first: run.stop(); "
                "run.wait()."
            )

    def begin_evaluation(self) -> None:
        """Prepare for one pass over evaluation data."""
        self.beta.prepare_validation()
        self.randomness.restart_evaluation()

    def evaluate_in_loop(
        self, data: LoopData, batch_size: int, callbacks: keras.callbacks.CallbackList
    ) -> dict[str, float]:
        """Return the means over an array, with all calls to `callbacks`."""
        model = self.model
        model.stop_evaluating = False
        model.reset_metrics()
        callbacks.on_test_begin()
        logs = self.loop("evaluate", batch_size).run(
            data,
            np.arange(len(data)),
            lambda n: self.step.noise(n, self.randomness.evaluation),
            callbacks.on_test_batch_begin,
            callbacks.on_test_batch_end,
            stop=lambda: model.stop_evaluating,
            betas=lambda steps: np.full(steps, self.beta.at_validation(), np.float32),
        )
        callbacks.on_test_end(logs)
        return logs

    def with_elbo(self, logs: dict[str, Any]) -> dict[str, Any]:
        """Add the ELBO to means that have its terms; a plain autoencoder has none."""
        _, reconstruction, kl = LOG_NAMES
        if not (self.model.variational and reconstruction in logs and kl in logs):
            return logs
        return {**logs, "elbo": -(logs[reconstruction] + logs[kl])}

    def _complete(self, logs: dict[str, float]) -> dict[str, float]:
        logs = self.with_elbo(logs)
        for metric in self.model.metrics:
            if metric.name not in LOG_NAMES:
                value = metric.result()
                several = value if isinstance(value, dict) else {metric.name: value}
                logs |= {name: float(one) for name, one in several.items()}
        return logs
