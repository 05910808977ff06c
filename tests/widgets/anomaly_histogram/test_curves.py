import numpy as np

import vae_widgets as vw


def test_the_cost_curve_says_which_costs_it_assumes():
    histogram = vw.AnomalyHistogram(np.arange(20.0), np.arange(20) > 15)
    _, stack = histogram._view.curves.children
    precision_recall, roc, cost = (panel.children[1] for panel in stack.children)
    assert "a cost of 10 for each missed anomaly, 1 for each false alarm." in cost.value
    histogram.choose_threshold("cost", false_negative_cost=3.5, true_positive_cost=0.5)
    words = (
        "a cost of 3.5 for each missed anomaly, 1 for each false alarm, 0.5 for each true alarm."
    )
    assert words in cost.value
    assert precision_recall.value == roc.value == ""
