"""The training runs of a monitor: their records and their control."""

import os
import sys
import threading
from collections.abc import Callable, Mapping
from typing import Any, cast

import numpy as np

from vae_widgets.core import checks
from vae_widgets.core.training.history import Entry, TrainingHistory
from vae_widgets.core.training.progress import Progress
from vae_widgets.core.training.run_log import LoggedRun, RunLog
from vae_widgets.widgets.base.messages import SETTINGS
from vae_widgets.widgets.training_monitor.best_weights import BestWeights
from vae_widgets.widgets.training_monitor.curve_lines import best_epoch
from vae_widgets.widgets.training_monitor.run_control import RunControl
from vae_widgets.widgets.training_monitor.snapshots import TrainingPictures
from vae_widgets.widgets.training_monitor.status_text import ACTIVE, State

# Runs kept beside the current one; the oldest is removed first.
_MAX_OTHERS = 7
# Seconds between two readings of learning rate and beta.
_SETTINGS_PERIOD = 0.1
_SHORT = {"learning_rate": "rate", "beta": "β"}


class TrainingSession:
    """The present run and those before it, without any drawing.

    `changed` is called when there is something new, `failed` with an exception of the pictures.
    `log` and `checkpoint` are paths or None; `others` are histories to compare with, by name;
    `keep_best_weights` says whether to copy the weights of the best epoch.
    """

    MAX_RUNS = _MAX_OTHERS + 1

    def __init__(
        self,
        pictures: TrainingPictures,
        changed: Callable[[], None],
        failed: Callable[[Exception], None],
        clock: Callable[[], float],
        log: str | os.PathLike[str] | None = None,
        checkpoint: str | os.PathLike[str] | None = None,
        others: Mapping[str, TrainingHistory] | None = None,
        keep_best_weights: bool = True,
    ) -> None:
        self.pictures = pictures
        self.best = BestWeights(keep_best_weights)
        self.restored: int | None = None  # the epoch whose weights the model has since the fit
        self._changed, self._failed, self._clock = changed, failed, clock
        self._log = None if log is None else RunLog(log)
        self._log_failed = False
        self._checkpoint = None if checkpoint is None else os.fspath(checkpoint)

        self.history = TrainingHistory(self._record)
        self.others: dict[str, TrainingHistory] = dict(others or {})
        self.name = ""
        self._next_name: str | None = None
        self._names_given = 0
        self.state: State = "waiting"
        self.problem = ""  # what went wrong in drawing or in the run
        self.number = 0  # of the run, so that a late click does not act on the next
        self.progress = Progress(clock=clock)
        self.control = RunControl()
        self.keras = False  # whether Keras runs the training, or a loop that logs
        self.thread: threading.Thread | None = None
        self._fit: tuple[Any, dict[str, Any]] | None = None  # until its first epoch begins
        self._began = self._ended = self._paused_at = clock()
        self._next_settings = 0.0
        self._first_epoch = 0  # of the present fit

    @property
    def active(self) -> bool:
        """Whether a run is active, paused runs included."""
        return self.state in ACTIVE

    @property
    def should_stop(self) -> bool:
        """Whether `stop` was asked for."""
        return self.state in ("stopping", "stopped")

    @property
    def seconds(self) -> float:
        """How long the run took, without its pauses."""
        return self._ended - self._began

    # What can be done to a run

    def pause(self) -> None:
        """Hold the run after its present batch."""
        if self.state == "training":
            self.control.pause()
            self.state, self._paused_at = "paused", self._clock()
            self._mark("paused")

    def resume(self) -> None:
        """Continue after `pause`."""
        if self.state == "paused":
            self.state = "training"
            self._mark("resumed")
            self._leave_out_pause()
            self.control.resume()

    def stop(self) -> None:
        """End the run after its present batch."""
        if self.state in ("training", "paused"):
            if self.state == "paused":
                self._leave_out_pause()
            self.state = "stopping"
            self._mark("stopped")
            self.control.stop()

    def change(self, setting: str, value: float) -> None:
        """Change a setting of the model in training; see `RunControl.set`."""
        if not self.active:
            raise RuntimeError(
                f"{setting} can be changed during a run only; the monitor is {self.state}. Set it "
                f"on the model: model.{setting} = {value:g}."
            )
        self.control.set(setting, value)
        self.history.log_setting(setting, value)
        self._mark(f"{_SHORT[setting]} {value:.4g}")

    def checkpoint(self) -> None:
        """Save the model after the present batch; ``RuntimeError`` if there is none."""
        path = self.control.checkpoint_path
        if path is None or self.state not in ("training", "paused"):
            raise RuntimeError(
                f"there is nothing to save: the monitor is {self.state}; expected a running fit."
            )

        def done(error: Exception | None) -> None:
            if error is None:
                self.problem = ""
                self._mark("checkpoint")
            else:
                self.problem = f"{path} could not be written: {error}"
                self._changed()

        self.control.checkpoint(done)

    @property
    def can_restore(self) -> bool:
        """Whether `restore_best` would restore the weights of the best epoch."""
        return not self._why_not_restored()

    def restore_best(self) -> int:
        """Give the model the weights of its best epoch; return the epoch."""
        if why := self._why_not_restored():
            raise RuntimeError(f"the weights of the best epoch cannot be restored: {why}")
        self.best.restore()
        epoch = self.restored = self.best.epoch or 0
        self._mark(f"restored epoch {epoch}")
        return epoch

    def _why_not_restored(self) -> str:
        if self.active or self.control.running:
            return f"a fit is under way ({self.state}). Stop it, or wait for its end."
        best = best_epoch(self.history)
        return self.best.why_not(None if best is None else best[0])

    def start_run(self, name: str) -> None:
        """Name the next run and put the present one beside it."""
        if self.keras and self.active:
            raise RuntimeError(
                f"a fit is running ({self.state}); start_run names the next one. Wait for its "
                "end, or stop it."
            )
        self._archive()
        self._next_name = str(name)
        self.state = "waiting"
        self._changed()

    # What happens in a run

    def log(self, step: float, metrics: Mapping[str, Any]) -> None:
        """Record a step of a loop, or one more metric of a fit."""
        if not (self.keras and self.active):
            again = self.history.has_epochs or self.history.starts_again(step, metrics)
            if again or not self.history.metrics():
                self._new_run()
                self.state = "waiting"
            if not self.active:
                self._start(keras=False, progress=Progress(clock=self._clock))
        self.history.log_step(step, metrics)
        if not self.keras:
            self.progress.advance(0.0, step)
        self.try_pictures()
        self._changed()

    def begin_fit(self, model: Any, params: Mapping[str, Any]) -> None:
        """Start what Keras calls a fit."""
        steps = params.get("steps")
        steps = int(steps) if steps and steps > 0 else None
        samples, batch = params.get("n_samples"), params.get("batch_size")
        progress = Progress(
            total=params.get("epochs"),
            steps_per_epoch=steps,
            samples_per_step=samples / steps if samples and steps else batch,
            clock=self._clock,
        )
        self._start(keras=True, progress=progress)
        self.control = RunControl(model, self._checkpoint or params.get("checkpoint"))
        self.control.when_failed(self._fail)
        self._fit = model, dict(params)
        self._changed()

    def begin_epoch(self, epoch: int) -> None:
        """Start an epoch, counted from zero; the first of a fit starts a run, or continues one."""
        fit, self._fit = self._fit, None
        continues = epoch > 0 and self.history.has_epochs
        if fit is not None and not continues:
            self._new_run(epochs=self.progress.total, steps_per_epoch=self.progress.steps_per_epoch)
        self.history.begin_epoch(epoch)
        self.progress.position = float(epoch)
        if fit is None and epoch == self._first_epoch + 1:
            # The first epoch also compiled the last batch and the validation.
            self.progress.restart_clock()
            self.progress.advance(float(epoch), self.history.last_step)
        if fit is not None:
            self._first_epoch = epoch
            self.best.begin(fit[0], epoch)
            self._log_settings(now=True)
            self.pictures.begin(fit[0], fit[1].get("preview"), keep_frames=continues)
            self.try_pictures(now=True)
            self._changed()

    def end_batch(self, batch: int, logs: Mapping[str, Any]) -> None:
        """Record the metrics at the end of a batch, counted from zero in its epoch."""
        self.history.log_batch(batch, logs)
        self._advance()

    def end_epoch(self, epoch: int, logs: Mapping[str, Any]) -> None:
        """Record the metrics of an epoch, counted from zero."""
        self.history.log_epoch(epoch, logs)
        if self.best.has_model:
            # Compared with the epoch that is kept alone, so that long runs cost no more.
            kept = [] if self.best.epoch is None else [self.best.epoch]
            best = best_epoch(self.history, [*kept, epoch + 1])
            self.best.end_epoch(epoch + 1, None if best is None else best[0])
        self._advance()

    def end_fit(self) -> None:
        """End a fit that Keras says is over, which `VAE.fit` does for an interrupted one too."""
        self.try_pictures(now=True)
        if isinstance(sys.exception(), KeyboardInterrupt) or self.control.interrupted:
            self.finish("interrupted")
        elif self.state == "stopping" or (self.control.ended_early and self._is_short):
            self.finish("stopped")
        else:
            self.finish("finished")
        self._changed()

    def finish(self, state: State) -> None:
        """End the run in `state`."""
        self.state, self._ended = state, self._clock()
        self._try_log(lambda log: log.write({"kind": "end", "state": state}))

    def show_logged(self, run: LoggedRun) -> None:
        """Make a run that was read from a file the present one."""
        self.history, self.name = run.history, run.name
        self.keras = run.history.has_epochs
        self.state = cast(State, run.state)
        if run.missing:
            self.problem = f"{_entries(run.missing)} missing in the log: it could not be written."
        self._ended = self._began + run.seconds
        self.progress = Progress(
            total=run.header.get("epochs"),
            steps_per_epoch=run.header.get("steps_per_epoch"),
            clock=self._clock,
        )
        self.progress.position = self.position
        self._changed()

    def keep(self, name: str, history: TrainingHistory) -> None:
        """Keep a run beside the present one."""
        self.others[name] = history
        while len(self.others) > _MAX_OTHERS:
            del self.others[next(iter(self.others))]

    @property
    def _is_short(self) -> bool:
        return (self.progress.fraction or 0.0) < 1

    @property
    def position(self) -> float:
        """Where the run is: in epochs where there are any, else in steps."""
        step = np.array([self.history.last_step])
        return float(self.history.epoch_of(step, self.progress.steps_per_epoch)[0])

    def try_pictures(self, now: bool = False) -> None:
        """Make new pictures when it is time; an error is shown once, and ends the pictures."""
        if not (now or self.pictures.due):
            return
        try:
            latents = self.pictures.make(self.position)
        except Exception as error:
            self.pictures.give_up()
            self._failed(error)
        else:
            if latents is not None:
                self.history.log_latents(latents.kl, latents.active)

    def _advance(self) -> None:
        self.progress.advance(self.position, self.history.last_step)
        self._log_settings()
        self.try_pictures()
        self._changed()

    def _fail(self, error: BaseException) -> None:
        if self.active:
            self.problem = ": ".join(filter(None, [type(error).__name__, str(error)]))
            self.finish("interrupted")
            self._changed()

    def _start(self, keras: bool, progress: Progress) -> None:
        self.keras, self.progress = keras, progress
        self.state, self.problem, self.restored = "training", "", None
        self.number += 1
        self.control = RunControl()
        self.thread = threading.current_thread()
        self._began = self._clock()

    def _archive(self) -> None:
        if self.history.metrics():
            self.keep(self.name, self.history)
        self.history = TrainingHistory(self._record)
        self.pictures.clear()

    def _new_run(self, **about: Any) -> None:
        self._archive()
        given, self._next_name = self._next_name, None
        self._names_given += 1
        name = given or f"run {self._names_given}"
        while name in self.others:
            self._names_given += 1
            name = f"{given or 'run'} {self._names_given}"
        self.name = name
        self._try_log(lambda log: log.begin(name, **about))

    def _leave_out_pause(self) -> None:
        self._began += self._clock() - self._paused_at
        self.progress.restart_clock()

    def _log_settings(self, now: bool = False) -> None:
        if now or self._clock() >= self._next_settings:
            self._next_settings = self._clock() + _SETTINGS_PERIOD
            for name in SETTINGS:
                value = self.control.value(name)
                if value is not None:
                    self.history.log_setting(name, value)

    def _mark(self, text: str) -> None:
        self.history.log_action(text)
        self._changed()

    def _record(self, entry: Entry) -> None:
        self._try_log(lambda log: log.write(entry))

    def _try_log(self, write: Callable[[RunLog], None]) -> None:
        """Write to the log; a full disk does not end the training, nor the log."""
        log = self._log
        if log is None:
            return
        missing = log.missing
        try:
            write(log)
        except (OSError, ValueError) as error:
            self.problem = f"{log.path} could not be written, training continues: {error}"
            self._log_failed = True
        else:
            if self._log_failed:
                lost = f"; {_entries(missing)} missing in it" if missing else ""
                self.problem = f"{log.path} is written again{lost}."
            self._log_failed = False


def _entries(count: int) -> str:
    return "1 entry is" if count == 1 else f"{count:,} entries are"


def check_runs(compare: Any) -> dict[str, TrainingHistory]:
    """Return the argument ``compare`` of a monitor as a dict."""
    if compare is None:
        return {}
    if not isinstance(compare, Mapping) or not all(
        isinstance(run, TrainingHistory) for run in compare.values()
    ):
        raise TypeError(
            "compare must map names to histories of other monitors: "
            f"compare={{'baseline': other.history}}; received {type(compare).__name__}."
        )
    if len(compare) > _MAX_OTHERS:
        raise ValueError(
            f"compare has {len(compare)} runs; at most {_MAX_OTHERS} can be told apart."
        )
    return {str(name): run for name, run in compare.items()}


def check_settings(settings: Mapping[str, Any]) -> dict[str, float]:
    """Return settings as finite numbers, or raise with the nearest valid name."""
    checks.reject_unknown("TrainingMonitor.change", settings, SETTINGS)
    return {name: checks.finite_number(name, value) for name, value in settings.items()}
