"""Watch a training run, control it and look back over it."""

import contextlib
import os
import threading
import time
from collections.abc import Iterable, Mapping
from typing import Any

import ipywidgets
import numpy as np
from IPython import get_ipython
from numpy.typing import ArrayLike, NDArray

from vae_widgets.codec import Codec, check_codec
from vae_widgets.core import checks
from vae_widgets.core.labels.classes import index_classes
from vae_widgets.core.pairing import shared_index
from vae_widgets.core.training.history import TrainingHistory, scalar
from vae_widgets.core.training.run_log import read_runs
from vae_widgets.rendering import Renderer, check_renderer
from vae_widgets.widgets.base.logger_method import LoggerMethod
from vae_widgets.widgets.base.messages import in_words
from vae_widgets.widgets.base.rate_limit import Send, Throttle
from vae_widgets.widgets.base.widget import CompositeWidget, PageContents
from vae_widgets.widgets.still_pictures.pictured import Pictured
from vae_widgets.widgets.training_monitor import status_text as words
from vae_widgets.widgets.training_monitor.keras_callback import KerasCallback
from vae_widgets.widgets.training_monitor.session import TrainingSession, check_runs, check_settings
from vae_widgets.widgets.training_monitor.snapshots import MAX_SAMPLES, TrainingPictures
from vae_widgets.widgets.training_monitor.view import MonitorDrawing


class TrainingMonitor(Pictured, CompositeWidget):
    """Curves, progress, controls and pictures of a training run, updated while it trains.

    Display it, then train with ``callbacks=[monitor.callback]`` in ``keras.Model.fit``, or call
    ``monitor.log(step, loss=...)`` in any loop. Every fit is a run of its own, unless it has an
    ``initial_epoch``; the last seven are drawn behind it.

    For a `Codec` such as a VAE, rows of pictures show fixed samples, their reconstructions, and
    samples from the prior. At most 100 are kept for the replay.

    With ``await vae.fit_async(...)`` the controls act within a second; a blocking ``fit`` keeps the
    kernel busy.

    Parameters
    ----------
    samples
        Samples (n, *sample_shape) to reconstruct, of which the first 10 are shown. None takes those
        that ``VAE.fit`` offers.
    renderer
        Draws samples as tiles, or the name of a renderer; None chooses one by the shape of a
        sample.
    codec
        The model of the pictures; None for the one that Keras trains.
    title
        Shown above the curves.
    log_scale
        Whether to start with logarithmic values.
    log
        Path of a file (JSON Lines) that everything is appended to, for `from_log`.
        Several monitors, also of other kernels, may have the same.
    checkpoint
        Path that the button Checkpoint saves to; None takes that of the fit, or a new file.
    compare
        Other runs to draw behind, by name: histories of other monitors.
    labels
        (n,) classes of `samples`, which colour their codes in the replay.
    keep_best_weights
        Whether to copy the weights of the best epoch during a fit, for `restore_best`. The copy
        takes as much memory as the weights of the model, and is made whenever an epoch is the best
        so far.

    Attributes
    ----------
    callback : KerasCallback
        For the ``callbacks`` of ``keras.Model.fit``.

    Raises
    ------
    TypeError, ValueError, OSError
        If an argument is not what it should be, or the log cannot be written.

    Examples
    --------
    >>> monitor = vw.TrainingMonitor()
    >>> monitor.log(1, loss=80.0)
    >>> monitor.log(2, loss=60.0)
    >>> monitor.history.last("loss")
    60.0
    """

    callback: KerasCallback

    # Tests take a clock and a timer of their own.
    _clock = staticmethod(time.monotonic)
    _timer = staticmethod(threading.Timer)

    @checks.suggest_keywords
    def __init__(
        self,
        samples: ArrayLike | None = None,
        renderer: Renderer | str | None = None,
        codec: Codec | None = None,
        title: str = "Training",
        log_scale: bool = False,
        log: str | os.PathLike[str] | None = None,
        checkpoint: str | os.PathLike[str] | None = None,
        compare: Mapping[str, TrainingHistory] | None = None,
        labels: ArrayLike | None = None,
        keep_best_weights: bool = True,
    ) -> None:
        if codec is not None:
            check_codec(codec)
        shared_index({"samples": samples, "labels": labels})
        if samples is not None:
            given, samples = samples, checks.float_array("samples", samples)
            samples = checks.samples(
                "samples", samples, tuple(codec.sample_shape) if codec else samples.shape[1:]
            )
            renderer = check_renderer(renderer, samples.shape[1:], given, codec)
        elif renderer is not None:
            check_renderer(renderer, ())
        classes = _classes(labels, samples)
        samples = None if samples is None else samples[:MAX_SAMPLES]
        self._session = TrainingSession(
            TrainingPictures(samples, renderer, codec, self._clock),
            self._changed,
            self._failed,
            self._clock,
            log,
            checkpoint,
            check_runs(compare),
            keep_best_weights,
        )
        self.callback = KerasCallback(self._session, self._watch_cells, self._failed)
        self._watched: Any = None  # the IPython events that tell when a cell ends
        self._drawing = MonitorDrawing(self._session, title, classes, self._clicked)
        self._drawing.controls.log_scale = log_scale
        self._throttle = Throttle(self._plan, self._failed, self._clock, self._timer)
        super().__init__(self._drawing.widgets, layout=ipywidgets.Layout(width="100%"))
        self.add_class("vw-monitor")
        for send in self._plan():
            send()
        self._drawing.when_looked_at_otherwise(lambda change: self._throttle.request())

    @classmethod
    def from_log(cls, path: str | os.PathLike[str], **options: Any) -> "TrainingMonitor":
        """Return a monitor that shows what was logged to a file; its last run is the present one.

        `path` is what was passed as `log`; the last line may be incomplete. Pictures are not in the
        file. `options` are those of the class. Raises ``ValueError`` if it is not such a file, and
        ``OSError`` if it cannot be read.
        """
        *before, last = read_runs(path, newest=TrainingSession.MAX_RUNS)
        monitor = cls(**options)
        for run in before:
            monitor._session.keep(run.name, run.history)
        monitor._session.show_logged(last)
        return monitor

    @property
    def history(self) -> TrainingHistory:
        """What was logged in the present run, a `TrainingHistory`."""
        return self._session.history

    @property
    def runs(self) -> dict[str, TrainingHistory]:
        """The histories by name: those drawn behind, and last the present one."""
        session = self._session
        present = {session.name: session.history} if session.history.metrics() else {}
        return session.others | present

    @property
    def state(self) -> words.State:
        """One of waiting, training, paused, stopping, stopped, finished and interrupted."""
        return self._session.state

    @property
    def should_stop(self) -> bool:
        """Whether Stop was asked for; a loop of your own ends where it finds this true."""
        return self._session.should_stop

    @property
    def log_scale(self) -> bool:
        """Whether values are drawn on a logarithmic axis; may be set."""
        return bool(self._drawing.controls.log_scale)

    @log_scale.setter
    def log_scale(self, value: bool) -> None:
        self._drawing.controls.log_scale = value

    @property
    def smoothing(self) -> float:
        """Weight of the moving average of the curves, 0 (none) to 0.99; may be set."""
        return float(self._drawing.controls.smoothing)

    @smoothing.setter
    def smoothing(self, value: float) -> None:
        self._drawing.controls.smoothing = value

    @property
    def panels(self) -> tuple[str, ...]:
        """Which panels are open: "latent", "replay". May be set."""
        return tuple(self._drawing.controls.panels)

    @panels.setter
    def panels(self, names: Iterable[str]) -> None:
        names = [names] if isinstance(names, str) else names
        self._drawing.controls.panels = list(names)

    @property
    def hidden(self) -> tuple[str, ...]:
        """Names of the metrics whose curves are not drawn, "run:" before the name of a run.

        May be set, also before the first values come.
        """
        return tuple(self._drawing.legend.hidden)

    @hidden.setter
    def hidden(self, names: Iterable[str]) -> None:
        self._drawing.legend.hidden = [names] if isinstance(names, str) else list(names)

    @property
    def zoom(self) -> tuple[float, float] | None:
        """The part of the x axis that is seen, in epochs or steps; None for all. May be set."""
        zoom = self._drawing.controls.zoom
        return (zoom[0], zoom[1]) if zoom else None

    @zoom.setter
    def zoom(self, ends: tuple[float, float] | None) -> None:
        self._drawing.controls.zoom = [] if ends is None else [float(end) for end in ends]

    def start_run(self, name: str) -> None:
        """Name the next run; the current one is drawn behind it. ``RuntimeError`` during a fit."""
        self._session.start_run(name)

    def pause(self) -> None:
        """Pause the training after the current batch, until `resume` or `stop`.

        A loop of your own is held in `log`, if it runs in a thread.
        """
        self._session.pause()

    def resume(self) -> None:
        """Continue after `pause`."""
        self._session.resume()

    def stop(self) -> None:
        """Ask the training to end after the current batch.

        Keras ends the epoch there, validates and returns from ``fit``. A loop of your own has to
        ask `should_stop`.
        """
        self._session.stop()

    def change(self, **settings: float) -> None:
        """Change ``learning_rate`` or ``beta`` of the model in training, from now on.

        Raises ``AttributeError`` if the model has no such setting that can be changed,
        ``TypeError`` or ``ValueError`` for a bad value, and ``RuntimeError`` if no run is under
        way.
        """
        for name, value in check_settings(settings).items():
            self._session.change(name, value)

    def checkpoint(self) -> None:
        """Save the model after the current batch, without waiting for it.

        A VAE writes a ``.vae`` file for ``VAE.resume``, another Keras model a ``.keras`` file.
        Raises ``RuntimeError`` if no model is being trained that can be saved.
        """
        self._session.checkpoint()

    def restore_best(self) -> int:
        """Give the model of the last fit the weights of its best epoch; return the epoch.

        The best epoch is the one that the curves mark: that of the lowest ``val_loss``, or of the
        lowest ``loss`` without validation data; where beta has moved without validation data, that
        of the highest ELBO. As with Keras' ``restore_best_weights``, the optimizer keeps its state.

        Raises ``RuntimeError`` while a fit is under way, if no fit of a Keras model was watched,
        and with ``keep_best_weights=False``.
        """
        return self._session.restore_best()

    @LoggerMethod
    def log(self, step: float, **metrics: Any) -> None:
        """Record and draw metrics of a step of any loop.

        Parameters
        ----------
        step
            A count of batches or epochs. Going back to the first step starts a new run.
        **metrics
            One number each. ``val_loss`` is the validation line of ``loss``. NaN and infinity are
            gaps.

        Raises
        ------
        TypeError, ValueError
            If `step` is not a finite number or a metric is not one number.
        """
        step = checks.finite_number("step", step)
        for name, value in metrics.items():
            if scalar(value) is None:
                raise TypeError(
                    f"{name} must be one number; received {type(value).__name__} of shape "
                    f"{np.shape(value)}. Log its mean, or a metric for each entry."
                )
        session = self._session
        session.log(step, metrics)
        self._watch_cells()
        # A paused loop in the main thread could never receive Resume.
        if not session.keras and not words.is_blocked(threading.current_thread()):
            session.control.apply_pending()

    # What the page asks for

    def _clicked(self, click: dict[str, Any]) -> None:
        session = self._session
        actions: dict[str, Any] = {
            "pause": self.pause,
            "resume": self.resume,
            "stop": self.stop,
            "checkpoint": self.checkpoint,
            "restore_best": self.restore_best,
            "change": lambda: self.change(**{click["name"]: click["value"]}),
        }
        try:
            actions[click["kind"]]()
            session.problem = ""
        except (
            RuntimeError,
            ValueError,
        ) as error:  # the run has no such action, or refuses a value
            session.problem = str(error)
        except Exception as error:
            session.problem = in_words(error)
            raise  # a fault in code: ipywidgets also logs its traceback
        finally:
            self._throttle.request()

    # Drawing

    def carried(self, page: PageContents) -> dict[str, Any]:
        """Bring all parts up to date, so that their traits are what the page carries."""
        for send in self._plan():
            send()
        return {}

    @property
    def _picture_height(self) -> float:
        return self._drawing.picture_height

    def _draw(self, figure: Any) -> None:
        self._drawing.draw(figure, repr(self))

    def _summary(self) -> str:
        return self._drawing.summary()

    def _text_beside_view(self) -> str:
        return f"{type(self).__name__}: {self._drawing.legend.title}"  # the run is still to come

    def _changed(self) -> None:
        self._throttle.request()
        self._picture_changed(soon=not self._session.active)

    def _plan(self) -> list[Send]:
        pictures: list[Send] = []
        try:
            pictures = self._drawing.plan_pictures()
        except Exception as error:  # the status text must still be right
            self._note(error)
        # First, because pictures may need more messages than a second allows.
        return self._drawing.plan_words() + pictures

    def _note(self, error: Exception) -> None:
        self._session.problem = (
            f"Drawing failed, training continues: {type(error).__name__}: {error}"
        )

    def _failed(self, error: Exception) -> None:
        self._note(error)
        with contextlib.suppress(Exception):
            for send in self._drawing.plan_words():
                send()

    # Cells

    def _watch_cells(self) -> None:
        """Ask IPython to say when the cell ends: Keras reports neither errors nor interrupts."""
        shell = get_ipython()
        if shell is not None and self._watched is None:
            self._watched = shell.events
            self._watched.register("post_run_cell", self._cell_ended)

    def _cell_ended(self, result: Any) -> None:
        session = self._session
        thread = session.thread
        gone = words.is_blocked(thread) or thread is None or not thread.is_alive()
        if session.active and gone:
            error = result.error_in_exec
            if session.keras or error is not None:
                if error is not None:  # the cell may have caught it
                    session.problem = ": ".join(filter(None, [type(error).__name__, str(error)]))
                session.finish("interrupted")
            else:  # a loop does not say when it ends; the next log() continues it
                session.finish("stopped" if session.state == "stopping" else "finished")
            self._changed()
        if not session.active:
            if self._saved is not None:
                self._saved.replace()
            if self._watched is not None:
                self._watched.unregister("post_run_cell", self._cell_ended)
                self._watched = None
            self._throttle.finish()  # a kernel that ends after this cell has sent everything


def _classes(labels: Any, samples: Any) -> NDArray[np.uint8]:
    """Return the class of each sample as a number below ten, ten if not known; or nothing."""
    if labels is None:
        return np.zeros(0, np.uint8)
    if samples is None:
        raise ValueError("labels are given without samples; pass both, or neither.")
    classes, names = index_classes(labels, len(samples), of="samples")
    known = classes != len(names)
    return np.where(known, classes % 10, 10)[:MAX_SAMPLES].astype(np.uint8)
