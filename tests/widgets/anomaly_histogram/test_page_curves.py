"""Curves of an exported page follow labels that the page adds, as Python's do."""

import pathlib

import numpy as np

import vae_widgets as vw
from tests.support.page_in_node import run_page, same_plot

SCRIPT = pathlib.Path(__file__).with_name("page_curves.mjs")
N = 400


def test_curves_of_labels_that_the_page_adds_are_those_of_python():
    rng = np.random.default_rng(0)
    scores = rng.gamma(2, size=N).round(2)  # with ties
    odd = np.arange(N) % 7 == 0
    scores[odd] += 1.5
    # At first no label, then a normal one, then both kinds, then all, and in the end none again.
    steps = [
        ([3], [0]),
        (list(range(0, 140)), odd[:140].astype(int).tolist()),
        (list(range(N)), odd.astype(int).tolist()),
        (list(range(N)), [None] * N),
    ]
    histogram = vw.AnomalyHistogram(scores, threshold=3.0)
    curves = histogram._view.curves
    drawn = run_page(SCRIPT, histogram, steps)
    shown = []
    for (rows, labels), found in zip(steps, drawn, strict=True):
        histogram.label(rows, [np.nan if label is None else label for label in labels])
        panels = curves._panels
        shown.append(list(panels))
        assert found["children"] == [f"IPY_MODEL_{part.model_id}" for part in curves.children]
        assert found["axes"] == [list(metrics) for metrics in curves.axes]
        assert found["points"] == [f"IPY_MODEL_{point.model_id}" for point in curves.points]
        if not panels:
            assert found["note"] == curves._note.value
            continue
        assert found["stack"] == [f"IPY_MODEL_{root.model_id}" for root in curves._stack.children]
        assert list(found["plots"]) == list(panels)
        for name, panel in panels.items():
            same_plot(found["plots"][name], panel.figure.plot, tolerance=1e-9)
    every = ["Precision-recall", "ROC", "Cost"]
    assert shown == [["All alerts"], [*every, "All alerts"], every, []]
