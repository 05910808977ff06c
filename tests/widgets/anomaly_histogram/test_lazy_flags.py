"""`AnomalyHistogram.flagged` costs nothing until it is read or observed, and is never stale."""

import numpy as np
import traitlets

import vae_widgets as vw

SCORES = np.random.default_rng(0).gamma(3, size=500)


class Comparisons(np.ndarray):
    """Scores that count how often all of them are compared."""

    count = 0

    def __ge__(self, other):
        type(self).count += 1
        return np.asarray(self) >= other


def test_moves_compare_no_scores_until_someone_reads(monkeypatch):
    histogram = vw.AnomalyHistogram(SCORES, SCORES > 5, threshold=4.0)
    monkeypatch.setattr(histogram._data, "scores", SCORES.view(Comparisons))
    monkeypatch.setattr(Comparisons, "count", 0)
    for threshold in (3.0, 5.0, 2.5):
        histogram.threshold = threshold
    assert Comparisons.count == 0
    for _ in range(3):
        np.testing.assert_array_equal(histogram.flagged, SCORES >= 2.5)
    assert Comparisons.count == 1
    histogram.threshold = 6.0
    np.testing.assert_array_equal(histogram.flagged, SCORES >= 6.0)
    assert histogram.flagged.flags.writeable is False


def test_who_observes_is_told_at_once():
    histogram = vw.AnomalyHistogram(SCORES, threshold=4.0)
    histogram.threshold = 3.0  # nobody watches yet
    seen = []
    histogram.observe(lambda change: seen.append(change.new.sum()), "flagged")
    histogram.threshold = 5.0
    assert seen == [(SCORES >= 5).sum()]

    class Follower(traitlets.HasTraits):
        flagged = traitlets.Any()

    follower = Follower()
    linked = vw.AnomalyHistogram(SCORES, threshold=4.0)
    traitlets.dlink((linked, "flagged"), (follower, "flagged"))
    linked.threshold = 2.0
    np.testing.assert_array_equal(follower.flagged, SCORES >= 2)

    everything = []
    other = vw.AnomalyHistogram(SCORES, threshold=4.0)
    other.observe(lambda change: everything.append(change.name))
    other.threshold = 2.0
    assert "flagged" in everything
