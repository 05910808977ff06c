"""One run of a sweep: its parameters, its file, and its training."""

import hashlib
import inspect
import pathlib
import re
import threading
import time
import warnings
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

import keras
from sklearn.model_selection import ParameterGrid

_MOST_LETTERS = 80


class Run(NamedTuple):
    """Parameters of a run, its name, and its checkpoint or None."""

    parameters: dict[str, Any]
    name: str
    checkpoint: pathlib.Path | None


class Outcome(NamedTuple):
    """The history of a run, its seconds, and its trained model."""

    history: dict[str, list[float]]
    seconds: float
    model: Any


class Stop(keras.callbacks.Callback):
    """Ends a training once an event is set."""

    def __init__(self, event: threading.Event) -> None:
        super().__init__()
        self._event = event

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        """End it after the batch."""
        if self._event.is_set():
            self.model.stop_training = True


def runs_of(make_model: Callable[..., Any], grid: Any, folder: pathlib.Path | None) -> list[Run]:
    """Return the runs of a grid; raise ``TypeError`` or ``ValueError`` if there can be none."""
    if not callable(make_model):
        raise TypeError(
            "make_model must be a function that maps the parameters of a run to a compiled VAE; "
            f"received {type(make_model).__name__}."
        )
    is_grid = isinstance(grid, Mapping) or (
        isinstance(grid, Sequence) and all(isinstance(part, Mapping) for part in grid)
    )
    try:
        several = list(ParameterGrid(grid) if is_grid else grid)
    except (TypeError, ValueError) as error:
        raise type(error)(
            f"grid is no grid of parameters: {error} Expected lists of values by name, such as "
            "{'latent_dim': [2, 8], 'beta': [1.0, 4.0]}."
        ) from None
    if not several:
        raise ValueError("grid has no runs; expected a list of at least one value for each name.")
    signature = inspect.signature(make_model)
    for parameters in several:
        try:
            signature.bind(**parameters)
        except TypeError as error:
            raise TypeError(
                f"make_model cannot be called with the parameters {parameters!r} of grid: {error}."
            ) from None
    return [_run(i, parameters, folder) for i, parameters in enumerate(several)]


def _run(number: int, parameters: dict[str, Any], folder: pathlib.Path | None) -> Run:
    name = ", ".join(f"{key}={value!r}" for key, value in parameters.items())
    # Other parameters have another file, so that a folder is never continued with a wrong one.
    digest = hashlib.sha256(name.encode()).hexdigest()[:8]
    letters = re.sub(r"[^\w.=,-]+", "", name)[:_MOST_LETTERS]
    path = None if folder is None else folder / f"{letters}_{digest}.vae"
    return Run(parameters, name or f"run {number}", path)


def train(
    make_model: Callable[..., Any],
    run: Run,
    data: Any,
    options: Mapping[str, Any],
    callbacks: Sequence[Any] = (),
) -> Outcome:
    """Train a model from its beginning, or from its checkpoint if there is one."""
    began = time.perf_counter()
    model = make_model(**run.parameters)
    if not hasattr(model, "fit_async"):
        raise TypeError(f"make_model must return a VAE; received {type(model).__name__}.")
    if run.checkpoint is not None and run.checkpoint.exists():
        model = type(model).resume(run.checkpoint, model.custom_objects)
    done = getattr(model, "history", None)
    if done is None or len(done.epoch) < options.get("epochs", 1):
        x = data() if callable(data) else data
        given = {**options, "callbacks": list(callbacks), "checkpoint": run.checkpoint}
        with warnings.catch_warnings():  # the checkpoint of a run that ended in its first epoch
            warnings.filterwarnings("ignore", message="epoch .* begins again")
            model.fit(x, verbose=0, **given)
    return Outcome(dict(model.history.history), time.perf_counter() - began, model)
