import types

import numpy as np
import pandas as pd
import pytest
from traitlets import TraitError

import vae_widgets as vw
from tests.support.messages import ask
from tests.support.pca_codec import PcaCodec, digits
from vae_widgets.widgets.explorer.tabs import PANELS

X, Y = digits()
X, Y = X[:120], Y[:120]
CODEC = PcaCodec(X)


@pytest.fixture
def explorer():
    return vw.Explorer(CODEC, X, labels=Y)


def test_a_threshold_outlines_the_flagged_samples_and_keeps_the_selection(explorer):
    error = ((X - CODEC.decode(CODEC.encode(X))) ** 2).reshape(len(X), -1).sum(axis=1)
    first = np.flatnonzero(error >= explorer.histogram.threshold)
    assert explorer.scatter.flagged.tolist() == first.tolist() != []
    explorer.scatter.selection = [3, 5]
    explorer.histogram.threshold = float(np.sort(error)[-20])
    worst = np.sort(np.argsort(error)[-20:])
    assert explorer.scatter.flagged.tolist() == worst.tolist()
    assert explorer.scatter.selection.tolist() == [3, 5]
    assert explorer._tabs.counts == {"selection": 2, "threshold": 20}
    assert explorer.scatter.color_by == "label"
    explorer._flagged.click()
    assert explorer.scatter.selection.tolist() == worst.tolist()
    assert explorer._strip._content["captions"] == [f"#{i}" for i in worst]


def test_one_sample_in_five_dimensions_is_explored(tmp_path):
    explorer = vw.Explorer(PcaCodec(X, 5), X[:1])
    explorer.scatter.projection = "pca"
    np.testing.assert_array_equal(explorer.slider.frames[0], explorer.slider.frames[-1])
    explorer.save_html(tmp_path / "page.html")
    assert str(explorer).startswith("Explorer: 1 sample in 5 latent dimensions")


def test_a_lasso_marks_the_bars_and_shows_its_samples_whose_codes_can_be_picked(explorer):
    explorer.scatter.selection = [3, 5, 8]
    assert explorer.histogram.selection.tolist() == [3, 5, 8]
    assert explorer._strip._content["atlas"]["count"] == 3
    explorer._strip.selected = 1
    np.testing.assert_array_equal(explorer.scatter.picked, CODEC.encode(X)[5])
    explorer.scatter.selection = []
    assert explorer._strip._content["atlas"]["count"] == 0


def test_an_anomalous_item_picks_its_code_without_a_tooltip_that_stays(explorer):
    explorer.histogram.picked_item = 7
    np.testing.assert_array_equal(explorer.scatter.picked, CODEC.encode(X)[7])
    assert (explorer.scatter.picked_index, explorer.scatter.hovered) == (7, -1)


def test_a_review_is_made_once_its_panel_is_opened_and_picks_what_it_shows(explorer):
    panels = dict(zip(PANELS, explorer.children[1].children[1].children, strict=True))
    assert (explorer.panel, panels["review"].children) == ("selection", ())
    explorer.panel = "review"
    [review] = panels["review"].children
    assert explorer.review is review
    assert review.histogram is explorer.histogram
    assert explorer.scatter.picked_index == -1
    review.position = 2
    assert explorer.scatter.picked_index == review.queue[2]
    review.position = len(review.queue)  # the summary
    assert explorer.scatter.picked_index == review.queue[2]
    index = int(review.queue[0])
    review.mark(index, "anomalous")
    assert explorer.histogram.labels[index] == 1
    with pytest.raises(TraitError, match="panel is 'slid'; did you mean 'slide'"):
        explorer.panel = "slid"
    assert explorer.panel == "review"


def test_a_sample_picked_from_its_tile_starts_the_slide_at_the_original(explorer):
    explorer.histogram.picked_item = 7
    assert explorer.scatter.picked_index == 7
    assert ask(explorer.slider, "end", which="start", sample=None)["error"] == ""
    np.testing.assert_array_equal(explorer.slider.start, X[7])


def test_the_picked_point_becomes_an_end_of_the_slide(explorer):
    assert "no point is picked" in ask(explorer.slider, "end", which="start", sample=None)["error"]
    explorer.scatter.picked = [0.5, -0.5]
    ask(explorer.slider, "end", which="start", sample=None)
    np.testing.assert_array_equal(explorer.slider.start, np.float32([0.5, -0.5]))
    np.testing.assert_allclose(explorer.slider.frames[0], CODEC.decode([[0.5, -0.5]])[0], atol=1e-6)
    ask(explorer.slider, "end", which="end", sample=None)
    np.testing.assert_array_equal(explorer.slider.end, np.float32([0.5, -0.5]))


def test_the_path_lies_in_the_plane_and_may_stay_near_the_data(explorer):
    assert explorer.scatter._path["slider"] == explorer.slider.model_id
    explorer.slider.method = "neighbours"
    gaps = np.linalg.norm(explorer.slider.path[:, None] - explorer.scatter.z_mean, axis=2).min(1)
    explorer.slider.method = "slerp"
    arc = np.linalg.norm(explorer.slider.path[:, None] - explorer.scatter.z_mean, axis=2).min(1)
    assert gaps.max() < arc.max()


def test_a_dataset_brings_labels_names_and_renderer():
    calls = []

    def renderer(batch):
        calls.append(len(batch))
        return vw.ImageRenderer(invert=True)(batch)

    dataset = types.SimpleNamespace(
        x_test=X, y_test=Y, label_names=[f"digit {i}" for i in range(10)], renderer=renderer
    )
    explorer = vw.Explorer(CODEC, dataset)
    assert calls
    assert explorer.scatter._class_names == dataset.label_names
    # The slide leads from one class to another.
    np.testing.assert_array_equal(explorer.slider.start, X[0])
    np.testing.assert_array_equal(explorer.slider.end, X[np.flatnonzero(Y[0] != Y)[0]])


def test_the_codecs_own_scores_are_preferred_and_given_ones_most():
    class Scoring(PcaCodec):
        def anomaly_score(self, x):
            return np.arange(len(x), dtype=float)

    explorer = vw.Explorer(Scoring(X), X)
    explorer.histogram.threshold = 118
    assert explorer.scatter.flagged.tolist() == [118, 119]
    explorer = vw.Explorer(Scoring(X), X, scores=-np.arange(120.0), anomalies=np.arange(120) < 2)
    explorer.histogram.threshold = -2
    assert explorer.scatter.flagged.tolist() == [0, 1, 2]
    assert explorer.histogram.metrics["precision"] == pytest.approx(2 / 3)


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ((object(), X), TypeError, "lacks encode"),
        ((CODEC, X[:, :4]), ValueError, r"dataset has shape \(120, 4, 8\)"),
        ((CODEC, X[:0]), ValueError, "dataset is empty"),
        ((CODEC, np.full_like(X, np.nan)), ValueError, "NaN"),
    ],
)
def test_bad_input(arguments, error, message):
    with pytest.raises(error, match=message):
        vw.Explorer(*arguments)


def test_labels_of_another_length_and_misspelt_keywords():
    with pytest.raises(ValueError, match=r"labels.*expected \(120,\)"):
        vw.Explorer(CODEC, X, labels=Y[:5])
    with pytest.raises(TypeError, match="did you mean 'labels'"):
        vw.Explorer(CODEC, X, label=Y)
    with pytest.raises(ValueError, match="anomalies must hold booleans or 0 and 1"):
        vw.Explorer(CODEC, X, anomalies=np.arange(120))


def test_a_codec_without_scores_is_scored_by_its_reconstruction():
    class Silent(PcaCodec):
        score_name = None  # as of a bundle whose score could not be saved

        def anomaly_score(self, x):
            raise RuntimeError

    codec = Silent(X)
    error = np.sum((X - codec.decode(codec.encode(X))).reshape(len(X), -1) ** 2, axis=1)
    histogram = vw.Explorer(codec, X).histogram
    assert histogram.policy().score == "squared reconstruction error"
    np.testing.assert_allclose(histogram.scores, error, rtol=1e-5)


def test_scores_have_the_name_of_their_codec(tmp_path):
    class Scoring(PcaCodec):
        def anomaly_score(self, x):
            return np.abs(x).reshape(len(x), -1).max(axis=1)

    assert vw.Explorer(Scoring(X), X).histogram.policy().score == "anomaly score"
    x = X.reshape(-1, 64)[:50]
    detector = vw.VAEDetector(epochs=1, hidden_units=(4,), score_kind="mahalanobis").fit(x)
    codec = vw.load(detector.save(tmp_path / "detector.vae"))
    assert vw.Explorer(codec, x).histogram.policy().score == "mahalanobis"


def test_samples_of_the_shape_of_codes_are_slid_by_their_codes():
    x = X.reshape(-1, 64)[:50, 20:23]
    explorer = vw.Explorer(PcaCodec(x, latent_dim=3), x)
    z = explorer.scatter.z_mean
    np.testing.assert_allclose(explorer.slider.path[0], z[0], atol=1e-6)
    explorer.scatter.pick(5)
    ask(explorer.slider, "end", which="end", sample=None)
    np.testing.assert_allclose(explorer.slider.path[-1], z[5], atol=1e-6)


def test_labels_may_be_missing():
    labels = np.array([None, None, "b", "b", "a"] + 115 * [None], object)
    explorer = vw.Explorer(CODEC, X, labels=labels)
    # It slides between samples of two known classes.
    np.testing.assert_array_equal(explorer.slider.start, X[2])
    np.testing.assert_array_equal(explorer.slider.end, X[4])


def test_the_index_of_a_frame_reaches_every_widget():
    x = X.reshape(120, 64)
    frame = pd.DataFrame(x, index=[f"p{k}" for k in range(120)])
    scores = pd.Series(range(120), index=frame.index)
    explorer = vw.Explorer(PcaCodec(x), frame, scores=scores)
    explorer.histogram.threshold = 118.0
    assert list(explorer.histogram.flagged_index) == ["p118", "p119"]
    assert list(frame.index[explorer.scatter.flagged]) == ["p118", "p119"]
    with pytest.raises(ValueError, match=r"scores has another index than dataset"):
        vw.Explorer(PcaCodec(x), frame, scores=scores[::-1])


def test_a_decoder_that_fails_leaves_nothing_picked_and_the_page_says_why(explorer, monkeypatch):
    explorer.histogram.picked_item = 3

    def fail(z):
        raise ArithmeticError("no memory")

    monkeypatch.setattr(explorer.scatter._codec, "decode", fail)
    explorer.histogram.picked_item = 7
    assert not explorer.scatter.picked.size
    assert "no memory" in explorer.scatter._pick["error"]
