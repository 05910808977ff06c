"""What a `TrainingMonitor` shows of its session, and the messages that bring it up to date."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import ipywidgets
import numpy as np
from numpy.typing import NDArray

from vae_widgets.core.training.history import VALIDATION
from vae_widgets.widgets.base.messages import SETTINGS
from vae_widgets.widgets.base.rate_limit import Send, changes
from vae_widgets.widgets.tile_strip.widget import TileStrip, strip_content, unpack_content
from vae_widgets.widgets.training_monitor import status_text as words
from vae_widgets.widgets.training_monitor import still_picture as picture
from vae_widgets.widgets.training_monitor.controls import CurveLegend, TrainingControls
from vae_widgets.widgets.training_monitor.curve_lines import (
    View,
    best_epoch,
    colour_of_run,
    colours_of,
    label_of,
    ordered_metrics,
)
from vae_widgets.widgets.training_monitor.curve_plots import Run
from vae_widgets.widgets.training_monitor.latent_health import LatentHealth, has_latents
from vae_widgets.widgets.training_monitor.loss_curves import LossCurves
from vae_widgets.widgets.training_monitor.replay import TrainingReplay
from vae_widgets.widgets.training_monitor.session import TrainingSession

_NOTHING: dict[str, Any] = {}


class MonitorDrawing:
    """The widgets of a monitor.

    `classes` holds the class of each sample, if known; `on_click` gets what the page asks for.
    """

    def __init__(
        self,
        session: TrainingSession,
        title: str,
        classes: NDArray[np.uint8],
        on_click: Callable[[dict[str, Any]], None],
    ) -> None:
        self._session, self._classes = session, classes
        self.legend = CurveLegend(title, lambda: session.history.to_csv())
        self.curves = LossCurves()
        self.controls = TrainingControls(on_click)
        self.health = LatentHealth()
        self.replay = TrainingReplay()
        self.strip = TileStrip()
        self.curves.stand_beside(legend=self.legend, controls=self.controls, replay=self.replay)

    @property
    def widgets(self) -> list[ipywidgets.Widget]:
        """All of them, from top to bottom."""
        return [self.legend, self.curves, self.controls, self.health, self.replay, self.strip]

    def when_looked_at_otherwise(self, call: Callable[[Any], None]) -> None:
        """Call when the page chooses what to show."""
        self.controls.observe(call, ["log_scale", "smoothing", "zoom", "panels"])
        self.legend.observe(call, "hidden")
        self.replay.observe(call, "at")

    @property
    def picture_height(self) -> float:
        """Height of the still picture in CSS pixels."""
        return picture.height(len(self._newest_tiles().get("rows", ())))

    def draw(self, figure: Any, text: str) -> None:
        """Draw the still picture, with a line of text."""
        # The axis ends with the last epoch, because the run may end there.
        run = replace(self._run(), total=self._session.history.epochs_done)
        picture.draw(figure, self.legend.title, run.plots(), self._newest_tiles(), text)

    def summary(self) -> str:
        """Say in a line what the run does or did."""
        session = self._session
        if session.state == "waiting":
            return "waiting for the first batch"
        progress = words.describe_progress(
            session.state, session.keras, session.progress, session.history, session.seconds
        )
        values = words.describe_values(session.state, session.keras, session.history, None)
        return f"{progress}; {values}"

    def _newest_tiles(self) -> dict[str, Any]:
        frame = self._session.pictures.nearest(None)
        return unpack_content(frame.content) if frame else {}

    def plan_pictures(self) -> list[Send]:
        """Return the messages of curves, open panels and pictures, one an entry."""
        return self._plan_curves() + self._plan_panels()

    def plan_words(self) -> list[Send]:
        """Return the messages of the controls, the status line, and the mark of the replay."""
        session = self._session
        limits = {"limits": self.curves.readout["limits"]} if self._replays else {}
        history, state, thread = session.history, session.state, session.thread
        settings = {name: session.control.value(name) for name in SETTINGS}
        return changes(
            self.controls,
            readout=self.curves.readout,
            shown={
                "run": session.number,
                "state": state,
                "buttons": self._buttons(),
                "active": session.active,
                "settings": {name: value for name, value in settings.items() if value is not None},
                "blocked": session.keras and words.is_blocked(thread),
                "available": self._available(),
                "fraction": session.progress.fraction,
                "progress": words.describe_progress(
                    state, session.keras, session.progress, history, session.seconds
                )
                + " (restored)" * (session.restored is not None),
                "status": words.describe_values(state, session.keras, history, thread),
                "warning": words.describe_warnings(
                    history, self.controls.log_scale, session.problem
                ),
            },
        ) + changes(self.replay, **limits)

    def _plan_curves(self) -> list[Send]:
        session = self._session
        metrics = ordered_metrics(session.history.metrics())
        colours = colours_of(metrics)
        messages = changes(
            self.legend,
            entries=[
                {"name": name, "label": label_of(name), "colour": colours[name]} for name in metrics
            ],
            runs=[
                {"name": name, "colour": colour_of_run(i)} for i, name in enumerate(session.others)
            ],
            key=self._key(metrics),
        )
        return messages + self.curves.plan(self._run())

    def _run(self) -> Run:
        """Return what is drawn of the session, as the page has chosen to look at it."""
        session, hidden, controls = self._session, self.legend.hidden, self.controls
        zoom = controls.zoom
        return Run(
            session.history,
            hidden,
            View(controls.log_scale, controls.smoothing, (zoom[0], zoom[1]) if zoom else None),
            session.progress.total,
            session.progress.steps_per_epoch,
            session.others,
        )

    def _key(self, metrics: list[str]) -> list[str]:
        """Return the kinds of lines and marks that the legend explains."""
        history, hidden = self._session.history, self.legend.hidden
        seen = [name for name in metrics if name not in hidden]
        key = []
        if any(history.last(VALIDATION + name) is not None for name in seen):
            key += ["training", "validation"]
        if seen and self.controls.smoothing:
            key.append("unsmoothed")
        elif any(history.epochs_done > 1 and len(history.steps(name)[0]) for name in seen):
            key.append("batch")
        if "loss" in seen and best_epoch(history) is not None:
            key.append("best")
        return key

    def _plan_panels(self) -> list[Send]:
        session, panels = self._session, self.controls.panels
        messages: list[Send] = []
        if "latent" in panels:
            messages += self.health.plan(session.history, session.progress.steps_per_epoch)
        # After `restore_best`, the pictures are those of that epoch.
        at = session.restored
        if self._replays:
            axis = "epoch" if session.history.has_epochs else "step"
            messages += self.replay.plan(session.pictures, self._classes, axis)
            at = self.replay.at
        frame = session.pictures.nearest(at)
        content = frame.content if frame else _NOTHING
        shown = self.strip.content
        if content != shown and (content or shown.get("atlas", {}).get("count")):
            messages.append(lambda: self.strip.show_content(content or strip_content([])))
        return messages

    @property
    def _replays(self) -> bool:
        return "replay" in self.controls.panels

    def _available(self) -> list[str]:
        session = self._session
        latent = has_latents(session.history)
        return ["latent"] * latent + ["replay"] * (len(session.pictures.frames) > 1)

    def _buttons(self) -> dict[str, dict[str, Any]]:
        session = self._session
        state, keras, thread = session.state, session.keras, session.thread
        # A paused loop in the main thread could never receive Resume.
        holds = keras or state == "waiting" or not words.is_blocked(thread)
        buttons: dict[str, dict[str, Any]] = {}
        if holds:
            action = "resume" if state == "paused" else "pause"
            buttons["pause"] = {
                "does": action,
                "text": action.capitalize(),
                "enabled": state in ("training", "paused"),
            }
        buttons["stop"] = {
            "does": "stop",
            "text": "Stopping…" if state == "stopping" else "Stop",
            "enabled": state in ("training", "paused"),
        }
        for button in buttons.values():
            button["hint"] = words.hint_of(button["does"], keras or state == "waiting", thread)
        path = session.control.checkpoint_path
        if path is not None:
            buttons["checkpoint"] = {
                "does": "checkpoint",
                "text": "Checkpoint",
                "hint": f"Save the model to {path}, after this batch.",
                "enabled": state in ("training", "paused"),
            }
        if session.best.has_model:
            buttons["restore_best"] = {
                "does": "restore_best",
                "text": "Restore best",
                "hint": "After the fit: give the model the weights of its best epoch again, "
                "as monitor.restore_best() does.",
                "enabled": session.can_restore and session.restored is None,
            }
        return buttons
