import numpy as np
import pandas as pd
import pytest
from traitlets import TraitError

import vae_widgets as vw
from tests.support.pca_codec import PcaCodec
from vae_widgets.widgets.traits.array import array_from_json

X = np.random.default_rng(0).random((60, 8, 8), np.float32)
SCORES = np.random.default_rng(1).gamma(2.0, size=60)


@pytest.fixture
def scatter():
    return vw.LatentScatter(PcaCodec(X), X, np.arange(60) % 3)


@pytest.fixture
def histogram():
    return vw.AnomalyHistogram(SCORES, items=X, score_name="elbo")


def test_the_scatter_shows_what_is_flagged(histogram, scatter):
    histogram.link(scatter)
    assert (scatter.color_by, scatter.threshold) == ("elbo", histogram.threshold)
    np.testing.assert_array_equal(scatter.quantities["elbo"], SCORES.astype(np.float32))
    histogram.threshold = 2.5
    assert scatter.threshold == 2.5
    scatter.set_state({"threshold": 3.5})  # as its page does
    assert (histogram.threshold, histogram.method) == (3.5, "manual")
    histogram.percentile = 80
    assert (scatter.threshold, histogram.method) == (histogram.threshold, "percentile")
    assert histogram._view.canvas.followers == [scatter]
    histogram.picked_item = 7
    assert scatter.hovered == 7


def test_a_threshold_of_another_quantity_is_not_ours(histogram, scatter):
    histogram.link(scatter)
    scatter.quantities = {**scatter.quantities, "size": np.arange(60)}
    scatter.color_by = "size"
    assert scatter.threshold is None
    before = histogram.threshold
    scatter.threshold = 30.0
    histogram.picked_item = 3
    assert histogram.threshold == before
    histogram.threshold = 2.0
    assert scatter.threshold == 30
    scatter.color_by = "elbo"
    assert scatter.threshold == histogram.threshold == 2


def test_the_bars_show_what_is_selected(histogram, scatter):
    scatter.selection = [1, 5, 7]
    histogram.link(scatter)
    selected = histogram._view.canvas._selected
    assert selected["total"] == 3
    scatter.selection = np.arange(60) % 2 == 0
    selected = histogram._view.canvas._selected
    thresholds = array_from_json(histogram._view.canvas._grid["thresholds"])
    expected = [np.sum(SCORES[::2] >= t) for t in thresholds]
    assert array_from_json(selected["at_or_above"]).tolist() == expected
    scatter.selection = []
    assert histogram._view.canvas._selected["total"] == 0


def test_a_selection_can_be_marked_without_a_scatter(histogram):
    histogram.selection = SCORES > 2
    assert histogram.selection.tolist() == np.flatnonzero(SCORES > 2).tolist()
    selected = histogram._view.canvas._selected
    assert selected["total"] == np.sum(SCORES > 2) == array_from_json(selected["at_or_above"])[0]
    with pytest.raises(TraitError, match="selection has index 60; expected indices below 60"):
        histogram.selection = [60]


def test_what_is_flagged_can_be_outlined_in_other_colours(histogram, scatter):
    scatter.selection = [2, 4]
    links = [histogram.link(scatter, color=False) for _ in range(2)]
    assert (scatter.color_by, scatter.threshold) == ("label", None)
    for threshold in (histogram.threshold, 2.5):
        histogram.threshold = threshold
        assert scatter.flagged.tolist() == np.flatnonzero(threshold <= SCORES).tolist()
    assert scatter.selection.tolist() == histogram.selection.tolist() == [2, 4]
    canvas = histogram._view.canvas
    # By these the page finds what is flagged while the line is dragged.
    assert canvas.outlined == [scatter, scatter]
    np.testing.assert_array_equal(SCORES[canvas._order], np.sort(SCORES))
    scatter.color_by = "elbo"
    assert scatter.threshold == 2.5
    links[0].unlink()
    assert scatter.flagged.tolist() == np.flatnonzero(SCORES >= 2.5).tolist()
    links[1].unlink()
    assert (scatter.flagged.size, canvas.outlined, scatter.color_by) == (0, [], "label")
    histogram.threshold = 1.0
    assert scatter.flagged.size == 0


def test_unlink_gives_the_colours_back(histogram, scatter):
    link = histogram.link(scatter)
    scatter.selection = [2]
    link.unlink()
    assert (scatter.color_by, scatter.threshold) == ("label", None)
    assert histogram._view.canvas.followers == []
    assert histogram._view.canvas._selected["total"] == 0
    assert scatter.quantities == {}
    histogram.threshold = 1.5
    scatter.selection = [2, 3]
    assert scatter.threshold is None
    assert histogram._view.canvas._selected["total"] == 0


def test_two_histograms_share_a_scatter(scatter):
    first = vw.AnomalyHistogram(SCORES, score_name="elbo")
    second = vw.AnomalyHistogram(-SCORES / 9, score_name="reconstruction")
    first.link(scatter)
    before = first.threshold, first.method
    link = second.link(scatter)
    assert (first.threshold, first.method) == before
    assert (scatter.color_by, scatter.threshold) == ("reconstruction", second.threshold)
    assert first._view.canvas.followers == []  # dragged, it must not cut the other's scores
    second.threshold = -0.3
    assert (scatter.threshold, first.threshold) == (-0.3, before[0])
    for name, shown in (("elbo", first), ("reconstruction", second), ("elbo", first)):
        scatter.color_by = name
        assert scatter.threshold == shown.threshold
        assert shown._view.canvas.followers == [scatter]
    scatter.color_by = "reconstruction"
    first.threshold = 2.5
    link.unlink()
    assert (scatter.color_by, scatter.threshold, first.threshold) == ("elbo", 2.5, 2.5)


def test_scores_of_one_name_stay_apart(scatter):
    own = np.arange(60.0)
    scatter.quantities = {"score": own}
    scatter.color_by = "score"
    first, second = vw.AnomalyHistogram(SCORES), vw.AnomalyHistogram(SCORES * 100)
    links = [each.link(scatter) for each in (first, second)]
    assert scatter.color_by == "score 3"
    first.threshold = 0.3
    assert second.threshold == scatter.threshold != 0.3
    for link in links[::-1]:
        link.unlink()
    assert (scatter.color_by, scatter.threshold) == ("score", None)
    assert list(scatter.quantities) == ["score"]
    np.testing.assert_array_equal(scatter.quantities["score"], own)


def test_a_quantity_that_is_the_scores_is_taken(scatter):
    scatter.quantities = {"score": SCORES}
    scatter.color_by = "score"
    link = vw.AnomalyHistogram(SCORES).link(scatter)
    assert (list(scatter.quantities), scatter.color_by) == (["score"], "score")
    assert scatter.threshold is not None
    link.unlink()
    assert (list(scatter.quantities), scatter.threshold) == (["score"], None)


def test_colours_that_are_gone_are_not_given_back(scatter):
    scatter.color_by = np.arange(60.0)
    histogram = vw.AnomalyHistogram(SCORES)
    histogram.link(scatter)
    scatter.quantities = {"score": SCORES}
    histogram.close()
    assert scatter.color_by == "label"


def test_closing_the_histogram_unlinks(histogram, scatter):
    histogram.link(scatter)
    histogram.close()
    assert (scatter.color_by, scatter.threshold) == ("label", None)
    scatter.selection = [2, 3]
    assert histogram._view.canvas._selected["total"] == 0


def test_closing_the_scatter_unlinks(histogram, scatter):
    link = histogram.link(scatter)
    scatter.selection = [2]
    scatter.close()
    assert histogram._view.canvas.followers == []
    assert histogram._view.canvas._selected["total"] == 0
    histogram.threshold = 1.5
    assert scatter.threshold is None
    link.unlink()  # once more does nothing


def test_a_reserved_name_is_no_trouble(scatter):
    vw.AnomalyHistogram(SCORES, score_name="label").link(scatter)
    assert scatter.color_by == "label (score)"


def test_only_a_scatter_of_the_same_samples_can_be_linked(histogram):
    with pytest.raises(TypeError, match="scatter must be a LatentScatter; received ndarray"):
        histogram.link(X)
    with pytest.raises(ValueError, match="scatter shows 20 samples; expected 60"):
        histogram.link(vw.LatentScatter(PcaCodec(X), X[:20]))


@pytest.mark.parametrize("first", [0, 1])
def test_equal_scores_of_two_histograms_last_until_both_are_unlinked(scatter, first):
    before = scatter.color_by, list(scatter.quantities), scatter.threshold
    histograms = [vw.AnomalyHistogram(SCORES) for _ in range(2)]
    links = [histogram.link(scatter) for histogram in histograms]
    links[first].unlink()
    links[first].unlink()
    histograms[1 - first].threshold = 1.5
    assert (scatter.color_by, scatter.threshold) == ("score", 1.5)
    links[1 - first].unlink()
    assert (scatter.color_by, list(scatter.quantities), scatter.threshold) == before


def test_a_histogram_linked_twice_follows_until_both_are_unlinked(histogram, scatter):
    one, other = histogram.link(scatter), histogram.link(scatter)
    other.unlink()
    assert histogram._view.canvas.followers == [scatter]
    one.unlink()
    assert histogram._view.canvas.followers == []


def test_data_of_other_indices_are_not_linked():
    histogram = vw.AnomalyHistogram(pd.Series(SCORES))
    other = pd.Series(np.arange(60), index=np.arange(60)[::-1])
    with pytest.raises(ValueError, match="samples of another index than the scores have"):
        histogram.link(vw.LatentScatter(PcaCodec(X), X, other))
    histogram.link(vw.LatentScatter(PcaCodec(X), X, pd.Series(np.arange(60))))
