import numpy as np

from vae_widgets.core.thresholds import choose_threshold


def test_a_threshold_counts_as_a_number():
    scores = np.array([1.0, 2.0, 3.0])
    chosen = choose_threshold(scores, method="top_k", k=1)
    assert (scores >= chosen).tolist() == (chosen <= scores).tolist() == [False, False, True]
    assert float(chosen) == np.asarray(chosen) == chosen.threshold
