"""Train a model for each combination of parameters, and compare the results."""

import math
import os
import pathlib
from collections.abc import Callable
from dataclasses import dataclass, field, fields
from typing import Any

import keras

from vae_widgets.core import checks
from vae_widgets.models.sweeps.engines import on_cluster, on_threads
from vae_widgets.models.sweeps.runs import Outcome, Run, runs_of
from vae_widgets.models.training.fit_arguments import FitArguments

_OURS = {"x", "verbose", "callbacks", "checkpoint", "initial_epoch"}


@dataclass(frozen=True)
class SweepResult:
    """What `sweep` found.

    Attributes
    ----------
    table
        A ``pandas.DataFrame`` with a row for each run, in the order of the grid: its parameters,
        the metrics of its last epoch, ``epochs``, ``seconds`` and ``error`` ("" for none).
    histories
        ``History.history`` of each run, as in the table; {} for one that failed.
    metric
        The metric that runs are compared by.
    best_params
        The parameters of the best run.
    best_model
        Its trained `VAE`: ``result.best_model.save("best.vae")`` writes a bundle.

    Examples
    --------
    >>> def make_model(latent_dim):
    ...     return vw.VAE.build((8,), latent_dim, hidden_units=(4,), likelihood="gaussian")
    >>> x = np.random.default_rng(0).normal(size=(64, 8))
    >>> result = vw.sweep(make_model, {"latent_dim": [1, 2]}, x, verbose=0)
    >>> list(result.table["latent_dim"])
    [1, 2]
    """

    table: Any
    histories: list[dict[str, list[float]]] = field(repr=False)
    metric: str
    best_params: dict[str, Any]
    best_model: Any = field(repr=False)


def sweep(
    make_model: Callable[..., Any],
    grid: Any,
    data: Any,
    client: Any = None,
    *,
    monitor: Any = None,
    folder: str | os.PathLike[str] | None = None,
    metric: str | None = None,
    mode: str | None = None,
    n_jobs: int | None = None,
    verbose: Any = "auto",
    **fit_options: Any,
) -> SweepResult:
    """Train a model for each combination of parameters, several at a time, and compare them.

    The results are those of one run after the other (on other processors apart from the last
    digits). A run that fails has its error in the table, and the others go on.

    Parameters
    ----------
    make_model
        Called with the parameters of a run as keywords; returns a new, compiled `VAE`. Give your
        own layers initialisers with a seed, as `VAE.build` does: threads share Keras's global seed.
    grid
        Lists of values by name, ``{"latent_dim": [2, 8], "beta": [1.0, 4.0]}``, or a list of such
        grids, as for scikit-learn's ``ParameterGrid``; or a ``ParameterSampler``.
    data
        Samples (n, *sample_shape), as for `VAE.fit`; or a function without arguments that returns
        them, such as one that opens a file, which each run calls where it is trained.
    client
        A ``distributed.Client``, whose workers train; None for threads of this process. The runs of
        a worker that is lost are repeated by another one.
    monitor
        A `TrainingMonitor`, which gets each run as it ends, with its parameters as the name.
    folder
        A folder for the checkpoints of the runs, on a cluster one that all workers share. A run
        that was interrupted goes on from there, also when `sweep` is called again; one that was
        complete is not trained again. None for no checkpoints.
    metric
        What runs are compared by, at their last epoch. None for "val_elbo" with `validation_data`,
        else "elbo". A loss cannot compare different values of beta.
    mode
        "max" or "min"; None for "max" if the metric ends in "elbo", else "min".
    n_jobs
        Runs at a time, in threads; None for the number of processors.
    verbose
        0 for no progress bar.
    **fit_options
        Arguments of `VAE.fit`: ``epochs``, ``batch_size``, ``validation_data`` and others, except
        for callbacks, which runs cannot share.

    Returns
    -------
    SweepResult
        A table of the runs, and the best model.

    Raises
    ------
    TypeError, ValueError
        If an argument is bad, before any run begins.
    RuntimeError
        If no run succeeded.

    Examples
    --------
    >>> def make_model(beta):
    ...     return vw.VAE.build((8,), hidden_units=(4,), likelihood="gaussian", beta=beta)
    >>> x = np.random.default_rng(0).normal(size=(64, 8))
    >>> vw.sweep(make_model, {"beta": [1.0, 4.0]}, x, verbose=0).metric
    'elbo'
    """
    known = [each.name for each in fields(FitArguments) if each.name not in _OURS]
    checks.reject_unknown("sweep", fit_options, [*known, *_OWN])
    if mode is not None:
        checks.one_of("mode", mode, ("max", "min"))
    if n_jobs is not None:
        checks.positive_int("n_jobs", n_jobs)
    if client is not None and not (hasattr(client, "submit") and hasattr(client, "scatter")):
        raise TypeError(
            f"client must be a distributed.Client; received {type(client).__name__}. Leave it out "
            "for threads of this machine."
        )
    if folder is not None:
        folder = pathlib.Path(folder)
        folder.mkdir(parents=True, exist_ok=True)
    runs = runs_of(make_model, grid, folder)
    has_validation = "validation_data" in fit_options or "validation_split" in fit_options
    metric = metric or ("val_elbo" if has_validation else "elbo")
    best = _Best(metric, -1.0 if (mode or _mode_of(metric)) == "max" else 1.0)

    ended = (
        on_threads(make_model, runs, data, fit_options, n_jobs)
        if client is None
        else on_cluster(client, make_model, runs, data, fit_options)
    )
    results: dict[int, Outcome | Exception] = {}
    bar = keras.utils.Progbar(len(runs), verbose=int(bool(verbose)), unit_name="run")
    for number, result in ended:
        results[number] = result
        if isinstance(result, Outcome):
            best.see(number, result)
            results[number] = result._replace(model=None)  # one model is kept
            if monitor is not None:
                _show(monitor, runs[number], result)
        bar.update(len(results))
    if best.model is None:
        raise _no_best(metric, results)
    return SweepResult(
        table=_table(runs, results),
        histories=[
            result.history if isinstance(result, Outcome) else {}
            for _, result in sorted(results.items())
        ],
        metric=metric,
        best_params=dict(runs[best.number].parameters),
        best_model=best.model,
    )


_OWN = ("make_model", "grid", "data", "client", "monitor", "folder", "metric", "mode", "n_jobs")


class _Best:
    """The best run so far; of equal ones the first of the grid."""

    def __init__(self, metric: str, sign: float) -> None:
        self._metric = metric
        self._sign = sign
        self._value = math.inf
        self.number = -1
        self.model: Any = None

    def see(self, number: int, outcome: Outcome) -> None:
        values = outcome.history.get(self._metric)
        if not values or math.isnan(values[-1]):
            return
        value = self._sign * values[-1]
        if self.model is None or (value, number) < (self._value, self.number):
            self._value, self.number, self.model = value, number, outcome.model


def _mode_of(metric: str) -> str:
    return "max" if metric.endswith("elbo") else "min"


def _no_best(metric: str, results: dict[int, Outcome | Exception]) -> RuntimeError:
    errors = [result for result in results.values() if isinstance(result, Exception)]
    if len(errors) == len(results):
        error = RuntimeError(f"all {len(results)} runs failed; the first with {errors[0]!r}")
        error.__cause__ = errors[0]
        return error
    known = sorted({name for r in results.values() if isinstance(r, Outcome) for name in r.history})
    return RuntimeError(
        f"no run has a number for the metric {metric!r}; there are {', '.join(known)}. With a "
        "folder, the runs are kept: sweep again with another metric."
    )


def _table(runs: list[Run], results: dict[int, Outcome | Exception]) -> Any:
    import pandas as pd

    rows = []
    for number, run in enumerate(runs):
        result = results[number]
        row = dict(run.parameters)
        if isinstance(result, Outcome):
            row |= {name: values[-1] for name, values in result.history.items() if values}
            lengths = map(len, result.history.values())
            row |= {"epochs": max(lengths, default=0), "seconds": result.seconds, "error": ""}
        else:
            row |= {"epochs": 0, "error": f"{type(result).__name__}: {result}"}
        rows.append(row)
    return pd.DataFrame(rows)


def _show(monitor: Any, run: Run, outcome: Outcome) -> None:
    """Pass a run on to a monitor, as Keras would."""
    monitor.start_run(run.name)
    callback, history = monitor.callback, outcome.history
    epochs = max(map(len, history.values()), default=0)
    callback.set_params({"epochs": epochs})
    callback.on_train_begin()
    for epoch in range(epochs):
        callback.on_epoch_begin(epoch)
        logs = {name: values[epoch] for name, values in history.items() if epoch < len(values)}
        callback.on_epoch_end(epoch, logs)
    callback.on_train_end()
