"""An exported page draws the training curves as Python does, however they are looked at."""

import pathlib

import numpy as np
import pytest

import vae_widgets as vw
from tests.support.page_in_node import run_page, same_plot, same_values
from vae_widgets.widgets.training_monitor.curve_lines import View
from vae_widgets.widgets.training_monitor.curve_plots import Run
from vae_widgets.widgets.training_monitor.loss_curves import LossCurves
from vae_widgets.widgets.traits.array import array_from_json

SCRIPT = pathlib.Path(__file__).with_name("page_plots.mjs")


def epochs(seed, n=9):
    rng, history = np.random.default_rng(seed), vw.TrainingHistory()
    for epoch in range(n):
        history.begin_epoch(epoch)
        for batch in range(20):
            history.log_batch(batch, losses(epoch + (batch + 1) / 20, rng))
        metrics = losses(epoch + 1, rng)
        validation = {f"val_{name}": 1.1 * value for name, value in metrics.items()}
        history.log_epoch(epoch, metrics | validation)
        if epoch == 3:
            history.log_action("beta 0.5")
    return history


def losses(epoch, rng):
    reconstruction, kl = 60 + 4000 / epoch**2 + rng.normal(), 3 + rng.normal() / 9
    return {"loss": reconstruction + kl, "reconstruction_loss": reconstruction, "kl_loss": kl}


def steps(values):
    history = vw.TrainingHistory()
    for step, value in enumerate(values):
        history.log_step(step, {"loss": value, "accuracy": value / 2})
    return history


# A run by name, those behind it, and the pairs of hidden names and views to compare.
RUNS = {
    "epochs": (
        epochs(0),
        {"a": epochs(1, 5), "b": epochs(2, 3), "steps": steps([1.0, 2.0])},
        [
            ((), View()),
            ((), View(log_scale=True)),
            (("reconstruction_loss", "run:a"), View(smoothing=0.9)),
            (("loss", "reconstruction_loss"), View(log_scale=True, zoom=(2.5, 6.0))),
            (("loss", "reconstruction_loss", "kl_loss"), View()),
            (("kl_loss",), View(smoothing=0.5, zoom=(0.25, 0.75))),
        ],
    ),
    "steps": (
        steps([10.0, np.nan, 1.0, 0.0, -1.0, *np.linspace(1e4, 3e6, 250)]),
        {},
        [((), View()), ((), View(log_scale=True)), (("loss",), View(smoothing=0.7, zoom=(20, 90)))],
    ),
    "one epoch": (epochs(3, 1), {}, [((), View()), ((), View(smoothing=0.8))]),
    "nothing": (vw.TrainingHistory(), {}, [((), View())]),
}


@pytest.mark.parametrize("name", RUNS)
def test_the_page_draws_what_python_draws(name):
    history, others, views = RUNS[name]
    curves = LossCurves()
    for send in curves.plan(Run(history, others=others)):
        send()
    task = [
        {
            "hidden": hidden,
            "logScale": view.log_scale,
            "smoothing": view.smoothing,
            "zoom": view.zoom or [],
        }
        for hidden, view in views
    ]
    drawn = run_page(SCRIPT, curves, task)
    for (hidden, view), found in zip(views, drawn, strict=True):
        run = Run(history, hidden, view, others=others)
        for send in curves.plan(run):
            send()
        for panel, plot in zip(curves._panels, found["plots"], strict=True):
            assert (plot is None) == (panel.box.layout.display == "none")
            if plot:
                same_plot(plot, panel.figure.plot, tolerance=2e-6)
                points = panel.figure.plot.points
                same_values(plot["points"]["x"], points.x, 1e-12)
                same_values(plot["points"]["y"], points.y, 1e-12)
        readout = curves.readout
        assert found["readout"]["series"] == readout["series"]
        assert found["readout"]["events"] == readout["events"]
        same_values(found["readout"]["points"], array_from_json(readout["points"]).ravel(), 1e-6)
