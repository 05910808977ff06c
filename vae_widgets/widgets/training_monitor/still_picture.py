"""The still picture of a `TrainingMonitor`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from vae_widgets.core.training.history import TrainingHistory
from vae_widgets.widgets.still_pictures.figure import FAINT, caption
from vae_widgets.widgets.still_pictures.tiles import ROW_HEIGHT, draw_rows
from vae_widgets.widgets.training_monitor.curve_lines import (
    RUN_COLOURS,
    View,
    axis_range,
    best_epoch,
    colours_of,
    label_of,
    lines_of,
    ordered_metrics,
    unit_of,
)

CURVES_HEIGHT = 260


def height(rows: int) -> float:
    """Return the height of the rows of tiles, in CSS pixels."""
    return CURVES_HEIGHT + rows * ROW_HEIGHT


def draw(
    figure: Any,
    title: str,
    history: TrainingHistory,
    others: Mapping[str, TrainingHistory],
    view: View,
    steps_per_epoch: int | None,
    strip: dict[str, Any],
    text: str,
) -> None:
    """Draw the curves of a run, those before it behind, and its newest pictures.

    `strip` holds the rows of tiles, as arguments of `draw_rows`.
    """
    caption(figure, title, text)
    metrics = ordered_metrics(history.metrics())
    groups = _groups(metrics)
    n_rows = len(strip.get("rows", ()))
    if n_rows:
        top, below = figure.subfigures(
            2, 1, height_ratios=[CURVES_HEIGHT, n_rows * ROW_HEIGHT], hspace=0
        )
        draw_rows(below.add_subplot(), **strip)
    else:
        top = figure
    if not metrics:
        axes = top.add_subplot()
        axes.set(xlabel="epoch", ylabel="loss", xticks=[], yticks=[])
        axes.text(0.5, 0.5, "Nothing was logged yet.", color=FAINT, ha="center", va="center")
        return
    colours = colours_of(metrics)
    for axes, group in zip(top.subplots(1, len(groups), squeeze=False)[0], groups, strict=True):
        for k, (name, other) in enumerate(others.items()):
            for metric in group:
                _lines(
                    axes,
                    other,
                    metric,
                    None,
                    view,
                    RUN_COLOURS[k % len(RUN_COLOURS)],
                    f" {name}",
                    1,
                )
        for metric in group:
            _lines(axes, history, metric, steps_per_epoch, view, colours[metric], "", 2)
        unit = unit_of(metrics)
        axes.set_title(", ".join(map(label_of, group)) + f" ({unit})" * bool(unit), pad=4)
        axes.set_xlabel("epoch" if history.has_epochs else "step")
        axes.tick_params(length=0)
        axes.set_xlim(axis_range(history, history.epochs_done, steps_per_epoch))
        best = best_epoch(history) if "loss" in group else None
        if best is not None:
            axes.plot(*best, "d", color=colours["loss"], markersize=6, clip_on=False)
        if view.log_scale:
            axes.set_yscale("log")
            axes.yaxis.set_major_formatter("{x:g}")
            axes.yaxis.set_minor_formatter("")
        _explain(axes)


def _groups(metrics: list[str]) -> list[list[str]]:
    small = [name for name in metrics if name not in ("loss", "reconstruction_loss")]
    large = [name for name in metrics if name not in small]
    return [group for group in (large, small) if group]


def _lines(
    axes: Any,
    history: TrainingHistory,
    metric: str,
    steps_per_epoch: int | None,
    view: View,
    colour: str,
    run: str,
    width: float,
) -> None:
    lines = lines_of(history, metric, steps_per_epoch, view)
    # With fewer than two epochs, the steps are drawn.
    light, strong = lines.light, lines.strong
    if strong.shape[1] < 2:
        light, strong = strong, light
    for line, style, opacity, label in (
        (light, "-", 0.0 if run else 0.3, ""),
        (strong, "-", 1.0, f"{label_of(metric)}{run}"),
        (lines.validation, "--", 1.0, f"{label_of(metric)}{run}, validation"),
    ):
        if opacity and np.isfinite(line).any():
            # A leading space, because Matplotlib omits names that begin with an underscore.
            name = f" {label}" if label else None
            axes.plot(*line, style, color=colour, alpha=opacity, linewidth=0.7 * width, label=name)


def _explain(axes: Any) -> None:
    handles, labels = axes.get_legend_handles_labels()
    if 1 < len(handles) <= 8:
        axes.legend(handles, labels, loc="best", fontsize=7)
