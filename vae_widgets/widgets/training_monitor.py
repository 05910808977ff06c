"""Watch a training run, and stop it."""

import contextlib
import threading
import time
from typing import Any, Literal

import ipywidgets
import numpy as np
from IPython import get_ipython
from numpy.typing import ArrayLike, NDArray

from vae_widgets.codec import Codec, check_codec, encode_mean
from vae_widgets.core import checks
from vae_widgets.core.history import VALIDATION, TrainingHistory, scalar
from vae_widgets.core.progress import Progress
from vae_widgets.rendering import Renderer, check_renderer, render
from vae_widgets.widgets.keras_callback import KerasCallback
from vae_widgets.widgets.loss_curves import LossCurves, colours_of, in_order, label_of, unit_of
from vae_widgets.widgets.throttle import Send, Throttle, changes
from vae_widgets.widgets.tile_strip import TileStrip
from vae_widgets.widgets.training_controls import CurveLegend, TrainingControls

State = Literal["waiting", "training", "stopping", "stopped", "finished", "interrupted"]

MAX_TILES = 10
# Pictures are made in the training thread: at most once a second, and at most this share of time.
_PICTURE_PERIOD = 1.0
_PICTURE_SHARE = 0.02

_WAITING = (
    "Waiting for the first batch: pass callbacks=[monitor.callback] to fit, or call "
    "monitor.log(step, loss=...) in a loop of your own."
)
_STOP = "End the training after this batch; the history is kept."
_STOP_BLOCKED = (
    "This cell keeps the kernel busy, so a click waits until it ends. Interrupt the kernel instead "
    "(■ in the toolbar): the history is kept. Under `await vae.fit_async(...)` this button acts "
    "at once."
)
_STOP_LOOP = "Sets monitor.should_stop, which your loop may ask."


class TrainingMonitor(ipywidgets.VBox):
    """Curves, progress, Stop and pictures of a training run, updated while it trains.

    Display it, then train with ``callbacks=[monitor.callback]`` in ``keras.Model.fit``, or call
    ``monitor.log(step, loss=...)`` in any loop. Every fit starts afresh, as Keras' own callbacks
    do, unless it continues one by ``initial_epoch``.

    Where the model is a `Codec` (has ``encode``, ``decode`` and ``latent_dim``, as a VAE has), rows
    of pictures show fixed samples, their reconstructions, and samples from the prior.

    Parameters
    ----------
    samples
        Samples (n, *sample_shape) to reconstruct, the first 10 are shown. None takes those that the
        fit offers (``VAE.fit`` does), or shows samples from the prior alone.
    renderer
        Draws samples as tiles; None chooses one by the shape of a sample.
    codec
        The model of the pictures, where it is not the model that Keras trains.
    title
        Shown above the curves.
    log_scale
        Whether to start with logarithmic values.

    Attributes
    ----------
    callback : KerasCallback
        For the ``callbacks`` of ``keras.Model.fit``.
    history : TrainingHistory
        Everything that was logged; ``history.to_dict()`` gives lists.

    Raises
    ------
    TypeError, ValueError
        If an argument is not what it should be.
    """

    # Tests take a clock and a timer of their own.
    _clock = staticmethod(time.monotonic)
    _timer = staticmethod(threading.Timer)

    @checks.suggest_keywords
    def __init__(
        self,
        samples: ArrayLike | None = None,
        renderer: Renderer | None = None,
        codec: Codec | None = None,
        title: str = "Training",
        log_scale: bool = False,
    ) -> None:
        if codec is not None:
            check_codec(codec)
        if samples is not None:
            samples = checks.float_array("samples", samples)
            samples = checks.samples(
                "samples", samples, tuple(codec.sample_shape) if codec else samples.shape[1:]
            )[:MAX_TILES]
        if renderer is not None:
            check_renderer(renderer, ())
        self._samples, self._renderer, self._codec = samples, renderer, codec
        self._originals = samples  # or what the fit offers

        self.history = TrainingHistory()
        self.callback = KerasCallback(self)
        self._state: State = "waiting"
        self._problem = ""  # what went wrong in drawing or in the run
        self._progress = Progress(clock=self._clock)
        self._keras = False  # whether Keras runs the training, or a loop that logs
        self._thread: threading.Thread | None = None
        self._began = self._ended = self._clock()
        self._watched: Any = None  # the IPython events that tell when a cell ends

        self._legend = CurveLegend(title=title)
        self._curves = LossCurves()
        self._controls = TrainingControls(self.stop)
        self._controls.log_scale = log_scale
        self._strip = TileStrip()  # takes no room while it is empty
        # Rows of tiles and their names: made, not yet sent.
        self._pictures: tuple[list[NDArray[np.uint8]], list[str]] | None = None
        self._picture_codec: Codec | None = None  # None: no pictures in this run
        self._next_picture = 0.0

        self._throttle = Throttle(self._plan, self._failed, self._clock, self._timer)
        super().__init__(
            [self._legend, self._curves, self._controls, self._strip],
            layout=ipywidgets.Layout(width="100%", max_width="800px"),
        )
        for send in self._plan():
            send()
        self._controls.observe(lambda change: self._throttle.request(), "log_scale")
        self._legend.observe(lambda change: self._throttle.request(), "hidden")

    @property
    def state(self) -> State:
        """What the run does: waiting, training, stopping, stopped, finished or interrupted."""
        return self._state

    @property
    def should_stop(self) -> bool:
        """Whether Stop was asked for; a loop of your own ends where it finds this true."""
        return self._state in ("stopping", "stopped")

    @property
    def log_scale(self) -> bool:
        """Whether values are drawn on a logarithmic axis; may be set."""
        return bool(self._controls.log_scale)

    @log_scale.setter
    def log_scale(self, value: bool) -> None:
        self._controls.log_scale = value

    def stop(self) -> None:
        """Ask the training to end after the current batch.

        Keras ends the epoch there, validates and returns from ``fit``. A loop of your own has to
        ask `should_stop`.
        """
        if self._state == "training":
            self._state = "stopping"
            self._throttle.request()

    def log(self, step: float, **metrics: Any) -> None:
        """Record and draw metrics of a step of any loop.

        Parameters
        ----------
        step
            Where on the axis: a count of batches or epochs. Going back to the first step starts
            afresh.
        **metrics
            One number each; anything that ``float`` takes. ``val_loss`` is drawn as the validation
            line of ``loss``. NaN and infinity are recorded and drawn as a gap.

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
        if not (self._keras and self._state in ("training", "stopping")):
            if self.history.has_epochs or self.history.starts_again(step, metrics):
                self.history.clear()
                self._state = "waiting"
            if self._state not in ("training", "stopping"):
                self._start(keras=False, progress=Progress(clock=self._clock))
        self.history.log_step(step, metrics)
        if not self._keras:
            self._progress.advance(0.0, step)
        self._try_pictures()
        self._throttle.request()

    # What Keras reports, by way of the callback.

    def _begin(self, model: Any, params: dict[str, Any]) -> None:
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
        self._begin_pictures(model, params.get("preview"))
        self._throttle.request()

    def _begin_epoch(self, epoch: int) -> None:
        self.history.begin_epoch(epoch)
        self._progress.position = float(epoch)

    def _end_batch(self, batch: int, logs: dict[str, Any]) -> None:
        self.history.log_batch(batch, logs)
        self._advance()
        self._try_pictures()
        self._throttle.request()

    def _end_epoch(self, epoch: int, logs: dict[str, Any]) -> None:
        self.history.log_epoch(epoch, logs)
        self._advance()
        self._try_pictures()
        self._throttle.request()

    def _end(self) -> None:
        self._finish("stopped" if self._state == "stopping" else "finished")
        self._try_pictures(now=True)
        self._throttle.request()

    def _advance(self) -> None:
        step = self.history.last_step
        at = self.history.epoch_of(np.array([step]), self._progress.steps_per_epoch)
        self._progress.advance(float(at[0]), step)

    # The life of a run.

    def _start(self, keras: bool, progress: Progress) -> None:
        self._keras, self._progress = keras, progress
        self._state, self._problem = "training", ""
        self._thread = threading.current_thread()
        self._began = self._clock()
        self._watch_cells()

    def _finish(self, state: State) -> None:
        self._state = state
        self._ended = self._clock()

    def _note(self, error: Exception) -> None:
        self._problem = f"Drawing failed, training goes on: {type(error).__name__}: {error}"

    def _failed(self, error: Exception) -> None:
        """Show what went wrong in drawing; training goes on."""
        self._note(error)
        with contextlib.suppress(Exception):  # nothing is left to show that with
            for send in self._plan_controls():
                send()

    def _watch_cells(self) -> None:
        """Ask IPython to say when the cell ends: Keras reports neither errors nor interrupts."""
        shell = get_ipython()
        if shell is not None and self._watched is None:
            self._watched = shell.events
            self._watched.register("post_run_cell", self._cell_ended)

    def _cell_ended(self, result: Any) -> None:
        thread = self._thread
        gone = thread is threading.main_thread() or thread is None or not thread.is_alive()
        if self._state in ("training", "stopping") and gone:
            error = result.error_in_exec
            if self._keras or error is not None:
                if error is not None:  # the cell may have caught it
                    self._problem = ": ".join(filter(None, [type(error).__name__, str(error)]))
                self._finish("interrupted")
            else:  # a loop does not say when it ends; the next log() goes on with it
                self._finish("stopped" if self._state == "stopping" else "finished")
            self._throttle.request()
        if self._state not in ("training", "stopping"):
            if self._watched is not None:
                self._watched.unregister("post_run_cell", self._cell_ended)
                self._watched = None
            self._throttle.finish()  # a kernel that ends after this cell has sent everything

    # Pictures.

    def _begin_pictures(self, model: Any, preview: Any) -> None:
        is_codec = all(hasattr(model, name) for name in ("encode", "decode", "latent_dim"))
        self._picture_codec = self._codec or (model if is_codec else None)
        self._originals = self._samples
        if self._samples is None and preview is not None:
            self._originals = np.asarray(preview, np.float32)[:MAX_TILES]
        if self._picture_codec is None and self._strip._content:
            self._pictures = [], []
        self._try_pictures(now=True)
        # The first time compiles the decoder, which says nothing about the next times.
        self._next_picture = self._clock() + _PICTURE_PERIOD

    def _try_pictures(self, now: bool = False) -> None:
        """Make new pictures when it is time; what fails is shown once and not tried again."""
        codec = self._picture_codec or (None if self._keras else self._codec)
        began = self._clock()
        if codec is None or (began < self._next_picture and not now):
            return
        try:
            self._make_pictures(codec)
        except Exception as error:
            self._picture_codec = None
            self._failed(error)
        cost = self._clock() - began
        self._next_picture = began + max(_PICTURE_PERIOD, cost / _PICTURE_SHARE)

    def _make_pictures(self, codec: Codec) -> None:
        batches, names = [], []
        n = MAX_TILES
        if self._originals is not None:
            n = len(self._originals)
            z_mean = encode_mean(codec, self._originals)
            batches += [self._originals, np.asarray(codec.decode(z_mean))]
            names += ["originals", "reconstructed"]
        noise = np.random.default_rng(0).standard_normal((n, codec.latent_dim), dtype=np.float32)
        batches.append(np.asarray(codec.decode(noise)))
        names.append("from the prior")
        renderer = check_renderer(self._renderer, batches[0].shape[1:])
        # One call, so that all rows share the range of values.
        tiles = render(renderer, np.concatenate(batches))
        self._pictures = np.split(tiles, len(batches)), names

    # Drawing.

    def _plan(self) -> list[Send]:
        """Return the messages that bring the page up to date, one an entry."""
        messages: list[Send] = []
        try:
            messages += self._plan_curves()
        except Exception as error:  # the words below must still be right
            self._note(error)
        if self._pictures is not None:
            messages.append(self._send_pictures)
        return messages + self._plan_controls()

    def _plan_curves(self) -> list[Send]:
        metrics = in_order(self.history.metrics())
        colours = colours_of(metrics)
        entries = [
            {"name": name, "label": label_of(name), "colour": colours[name]} for name in metrics
        ]
        validation = any(self.history.last(VALIDATION + name) is not None for name in metrics)
        messages = changes(self._legend, entries=entries, validation=validation)
        return messages + self._curves.plan(
            self.history,
            hidden=self._legend.hidden,
            log_scale=self.log_scale,
            total=self._progress.total,
            steps_per_epoch=self._progress.steps_per_epoch,
        )

    def _send_pictures(self) -> None:
        pictures, self._pictures = self._pictures, None
        if pictures is not None:
            self._strip.show(*pictures)

    def _plan_controls(self) -> list[Send]:
        blocked = self._thread is threading.main_thread()
        hint = _STOP if not blocked else _STOP_BLOCKED if self._keras else _STOP_LOOP
        return changes(
            self._controls,
            shown={
                "state": self._state,
                "button": "Stopping…" if self._state == "stopping" else "Stop",
                "hint": hint,
                "fraction": self._progress.fraction,
                "progress": self._describe_progress(),
                "status": self._describe_values(),
                "warning": self._describe_warnings(),
            },
        )

    def _describe_progress(self) -> str:
        progress, where = self._progress, self._where()
        if self._state == "waiting":
            return ""
        if self._state == "stopped":
            return f"Stopped at {where}"
        if self._state == "interrupted":
            return f"Interrupted at {where}"
        if self._state == "finished":
            return f"{where[0].upper()}{where[1:]} in {_duration(self._ended - self._began)}"
        parts = [where]
        if (left := progress.seconds_left) is not None:
            parts.append(f"{_duration(left)} left")
        if (rate := progress.samples_per_second) is not None:
            parts.append(f"{_rate(rate)} samples/s")
        elif (rate := progress.steps_per_second) is not None:
            parts.append(f"{_rate(rate)} steps/s")
        return " · ".join(parts)

    def _where(self) -> str:
        if not self._keras:
            return f"step {self.history.last_step:,g}"
        total = self._progress.total
        epoch = max(1, int(np.ceil(self._progress.position)))
        return f"epoch {epoch}" + (f" of {total}" if total else "")

    def _describe_values(self) -> str:
        if self._state == "waiting":
            return _WAITING
        metrics = in_order(self.history.metrics())
        unit = unit_of(metrics)
        texts = [] if metrics else ["The first batch takes longest: the model is being compiled"]
        for prefix, name in (("", "training"), (VALIDATION, "validation")):
            values = [(label_of(m), self.history.last(prefix + m)) for m in metrics[:4]]
            known = [f"{label} {value:#.4g}" for label, value in values if value is not None]
            if known:
                texts.append(f"{name}: {', '.join(known)}{' ' * bool(unit)}{unit}")
        if self._state == "training" and self._keras and self._thread is threading.main_thread():
            texts.append("to stop, interrupt the kernel (■)")
        return " · ".join(texts)

    def _describe_warnings(self) -> str:
        lines = list(self.history.warnings)
        if self.log_scale:
            lines += _not_positive(self.history)
        return " · ".join([*lines, *filter(None, [self._problem])])


def _not_positive(history: TrainingHistory) -> list[str]:
    """Say what a logarithmic axis cannot show."""
    lines = []
    for name in history.metrics():
        values = [
            y for n in (name, VALIDATION + name) for _, y in (history.steps(n), history.epochs(n))
        ]
        if any((y <= 0).any() for y in values):
            lines.append(f"{label_of(name)} has values at or below 0, which a log scale leaves out")
    return lines


def _duration(seconds: float) -> str:
    if seconds < 9.95:
        return f"{seconds:.1f} s"
    if seconds < 99.5:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 100 else f"{minutes // 60} h {minutes % 60:02d} min"


def _rate(rate: float) -> str:
    """Format a rate with three significant digits: the rest only flickers."""
    return f"{float(f'{rate:.3g}'):,.{0 if rate >= 100 else 1}f}"
