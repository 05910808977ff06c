"""Control of a run while it trains, as far as its model supports it."""

import itertools
import pathlib
import threading
from collections.abc import Callable
from typing import Any

from vae_widgets.core.tensors import as_float


class RunControl:
    """Pauses and stops a run, changes its settings and saves its model, if it has one.

    `checkpoint` None makes a new file in the working directory.
    """

    def __init__(self, model: Any = None, checkpoint: str | pathlib.Path | None = None) -> None:
        self.model = model
        self._checkpoint = checkpoint
        self._go_on = threading.Event()
        self._go_on.set()
        self._jobs: list[Callable[[], None]] = []

    def when_failed(self, call: Callable[[BaseException], None]) -> None:
        """Call a function with the error if one ends the background run that trains the model."""
        run = self._run()
        if run is None:
            return

        def ended() -> None:
            if run.exception is not None:
                call(run.exception)

        run.when_done(ended)

    # From any thread

    def pause(self) -> None:
        """Pause the run after its current batches."""
        run = self._run()
        if run is not None:
            run.pause()
        else:
            self._go_on.clear()

    def resume(self) -> None:
        """Continue after `pause`."""
        run = self._run()
        if run is not None:
            run.resume()
        self._go_on.set()

    def stop(self) -> None:
        """End a run that can be ended from outside; others ask when a batch has ended."""
        run = self._run()
        if run is not None:
            run.stop()
        self._go_on.set()

    def value(self, setting: str) -> float | None:
        """Return a setting as it is now; None if the model has no such one that can be set."""
        owner, value = self._find(setting)
        if owner is None:
            return None
        try:
            return as_float(value)
        except (TypeError, ValueError, OverflowError):
            return None

    def set(self, setting: str, value: float) -> None:
        """Change a setting from the next batches on, or raise what the model raises."""
        owner, known = self._find(setting)
        if owner is None:
            raise AttributeError(
                f"{setting} cannot be set: {type(self.model).__name__} has no attribute {setting} "
                "that can be changed while it trains."
            )
        if hasattr(known, "assign") and not isinstance(
            getattr(type(owner), setting, None), property
        ):
            known.assign(value)
        else:
            setattr(owner, setting, value)

    @property
    def checkpoint_path(self) -> pathlib.Path | None:
        """Where a checkpoint would go; None if the model cannot be saved."""
        if hasattr(self.model, "save_checkpoint"):
            suffix = ".vae"
        elif hasattr(self.model, "save"):
            suffix = ".keras"
        else:
            return None
        if self._checkpoint is None:
            names = itertools.chain([""], (f"-{i}" for i in itertools.count(2)))
            paths = (pathlib.Path(f"checkpoint{name}{suffix}") for name in names)
            self._checkpoint = next(path for path in paths if not path.exists())
        return pathlib.Path(self._checkpoint)

    def checkpoint(self, done: Callable[[Exception | None], None]) -> None:
        """Save the model between two batches, without waiting for it; then call `done`."""

        def save() -> None:
            try:
                getattr(self.model, "save_checkpoint", self.model.save)(str(self.checkpoint_path))
            except Exception as error:
                done(error)
            else:
                done(None)

        if self._run() is not None:  # it saves by itself, also while it is paused
            threading.Thread(target=save, name="vae_widgets checkpoint", daemon=True).start()
        else:
            self._jobs.append(save)

    @property
    def running(self) -> bool:
        """Whether the model trains in a background run."""
        return self._run() is not None

    # From the thread that trains

    @property
    def interrupted(self) -> bool:
        """Whether the cell that awaited the run was interrupted."""
        return bool(getattr(self._run(), "interrupted", False))

    @property
    def ended_early(self) -> bool:
        """Whether a callback, or the model's own run, has stopped the training."""
        return bool(getattr(self.model, "stop_training", False))

    def apply_pending(self) -> None:
        """Apply pending requests, and wait while the run is paused."""
        self._work_off()
        while not self._go_on.wait(0.05):
            if getattr(self.model, "stop_training", False):
                break
            self._work_off()

    def _work_off(self) -> None:
        while self._jobs:
            self._jobs.pop(0)()

    def _run(self) -> Any:
        run = getattr(self.model, "training_run", None)
        return run if getattr(run, "status", "") in ("running", "paused") else None

    def _find(self, setting: str) -> tuple[Any, Any]:
        """Return who owns a setting and its value, or (None, None).

        A plain attribute does not count: what was compiled would not notice its change.
        """
        owners = [self.model]
        if setting == "learning_rate":
            owners.append(getattr(self.model, "optimizer", None))
        for owner in owners:
            kind = getattr(type(owner), setting, None)
            settable = isinstance(kind, property) and kind.fset is not None
            value = getattr(owner, setting, None)
            if value is not None and (settable or hasattr(value, "assign")):
                return owner, value
        return None, None
