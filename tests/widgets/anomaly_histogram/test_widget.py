import math
import re

import numpy as np
import pandas as pd
import pytest
import traitlets
from hypothesis import given
from hypothesis import strategies as st

import vae_widgets as vw
from tests.support.messages import ask
from vae_widgets.core.scores.labelled_scores import LabelledScores
from vae_widgets.core.thresholds import METHODS
from vae_widgets.widgets.traits.array import array_from_json

SCORES = np.random.default_rng(0).gamma(2.0, size=200)
LABELS = np.random.default_rng(1).random(200) < SCORES / 12
ITEMS = np.random.default_rng(2).random((200, 8, 8), np.float32)


@pytest.fixture
def histogram():
    return vw.AnomalyHistogram(SCORES, LABELS, ITEMS)


def test_flagged_is_at_or_above_the_threshold(histogram):
    threshold = float(np.sort(SCORES)[150])
    histogram.threshold = threshold
    assert histogram.flagged.dtype == bool
    assert histogram.flagged.tolist() == [score >= threshold for score in SCORES]
    assert histogram.flagged.sum() == 50


def test_metrics_match_brute_force(histogram):
    histogram.threshold = 3.0
    pairs = list(zip(SCORES >= 3.0, LABELS, strict=True))
    tp, fp = pairs.count((True, True)), pairs.count((True, False))
    fn, tn = pairs.count((False, True)), pairs.count((False, False))
    assert histogram.metrics == pytest.approx(
        {
            "n_flagged": tp + fp,
            "alert_rate": (tp + fp) / 200,
            "true_positives": tp,
            "false_positives": fp,
            "false_negatives": fn,
            "true_negatives": tn,
            "precision": tp / (tp + fp),
            "recall": tp / (tp + fn),
            "f1": 2 * tp / (2 * tp + fp + fn),
        }
    )


def test_precision_is_nan_when_nothing_is_flagged(histogram):
    histogram.threshold = 1e9
    assert math.isnan(histogram.metrics["precision"])
    assert histogram.metrics["recall"] == histogram.metrics["f1"] == 0


def test_without_labels_the_top_5_percent_are_flagged():
    histogram = vw.AnomalyHistogram(SCORES)
    assert histogram.method == "percentile"
    assert histogram.flagged.sum() == 10
    assert sorted(histogram.metrics) == ["alert_rate", "n_flagged"]
    assert histogram._view.canvas.status.startswith(
        "Flags at most the top 5 % of 200 samples. Assumes"
    )


def test_with_labels_the_best_f1_is_chosen(histogram):
    def f1(threshold):
        flagged = np.greater_equal(SCORES, threshold)
        return 2 * (flagged & LABELS).sum() / (flagged.sum() + LABELS.sum())

    assert histogram.method == "f1"
    assert histogram.metrics["f1"] == pytest.approx(max(map(f1, SCORES)))


@pytest.mark.parametrize("labels", [np.zeros(200), np.ones(200)])
def test_with_labels_of_one_kind_a_percentile_is_chosen(labels):
    histogram = vw.AnomalyHistogram(SCORES, labels)
    assert histogram.method == "percentile"
    with pytest.raises(ValueError, match="a normal and an anomalous sample"):
        histogram.method = "f1"
    assert histogram.method == "percentile"


def test_how_the_threshold_was_chosen(histogram):
    histogram.percentile = 90
    assert (histogram.method, histogram.flagged.sum()) == ("percentile", 20)
    histogram.threshold = 2.5
    assert (histogram.method, histogram.percentile) == ("manual", 90)
    histogram.method = "percentile"
    assert histogram.flagged.sum() == 20
    histogram.method = "f1"
    best = histogram.threshold
    histogram.method = "manual"
    assert histogram.threshold == best


def test_observers_see_everything_agree(histogram):
    seen = []

    def look(change):
        flagged = np.greater_equal(SCORES, histogram.threshold)
        agree = np.array_equal(histogram.flagged, flagged)
        seen.append((change.name, agree, histogram.metrics["n_flagged"] == flagged.sum()))

    histogram.observe(look, ["threshold", "method", "percentile", "flagged", "metrics"])
    histogram.threshold = 2.5
    histogram.percentile = 90
    assert {name for name, *_ in seen} == {
        "threshold",
        "method",
        "percentile",
        "flagged",
        "metrics",
    }
    assert all(agree and counted for _, agree, counted in seen)


def test_an_observer_may_move_the_threshold_again(histogram):
    histogram.observe(lambda change: setattr(histogram, "threshold", 4.0), "threshold")
    histogram.threshold = 2.0
    assert histogram.threshold == 4.0
    assert histogram.flagged.tolist() == (SCORES >= 4.0).tolist()
    assert histogram._view.canvas.threshold == 4.0


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("threshold", math.nan),
        ("threshold", math.inf),
        ("threshold", "3"),
        ("threshold", None),
        ("threshold", True),
        ("percentile", 101),
        ("percentile", "95"),
        ("method", "f2"),
    ],
)
def test_a_wrong_value_is_an_error_and_changes_nothing(histogram, name, value):
    before = (histogram.threshold, histogram.method, histogram.percentile, histogram.metrics)
    with pytest.raises((TypeError, ValueError), match=name):
        setattr(histogram, name, value)
    assert before == (
        histogram.threshold,
        histogram.method,
        histogram.percentile,
        histogram.metrics,
    )


@pytest.mark.parametrize("name", ["flagged", "metrics"])
def test_results_cannot_be_set(histogram, name):
    with pytest.raises(traitlets.TraitError, match="read-only"):
        setattr(histogram, name, getattr(histogram, name))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"scores": []}, "scores is empty"),
        ({"scores": [1.0, math.nan]}, "scores has 1 NaN or infinite value of 2"),
        ({"scores": [1.0, math.inf]}, "scores has 1 NaN or infinite value of 2"),
        ({"scores": np.zeros((3, 1))}, r"scores has shape \(3, 1\); expected \(n,\)"),
        ({"scores": "abc"}, "scores must be an array of numbers"),
        ({"labels": [0, 1]}, r"labels has shape \(2,\); expected \(200,\)"),
        ({"labels": np.full(200, -1)}, "-1 .outlier."),
        ({"items": ITEMS[:3]}, r"items has shape \(3, 8, 8\); expected \(200, \*sample_shape\)"),
        ({"items": np.full(200, b"CCO")}, "need a renderer"),
        ({"items": ITEMS, "renderer": 3}, "renderer must be callable"),
        ({"threshold": math.nan}, "threshold must be a finite number"),
        ({"threshold": 1.0, "method": "f1"}, "both given"),
        ({"threshold": 1.0, "parameters": {"factor": 3}}, "both given"),
        ({"method": "iqr", "parameters": {"faktor": 3}}, "did you mean 'factor'"),
        ({"method": "iqr", "parameters": {"factor": "3"}}, "factor must be a number"),
        ({"method": "manual"}, "needs threshold"),
        ({"method": "f1", "labels": None}, "needs labels"),
        ({"method": "percentil"}, "did you mean 'percentile'"),
        ({"percentile": -1}, r"percentile must lie in \[0, 100\]"),
        ({"n_tiles": 0}, "n_tiles must be at least 1"),
        ({"bins": 2.5}, "bins must be a whole number"),
        ({"lables": LABELS}, "did you mean 'labels'"),
    ],
)
def test_wrong_arguments_are_errors(arguments, message):
    with pytest.raises((TypeError, ValueError), match=message):
        vw.AnomalyHistogram(**{"scores": SCORES, "labels": LABELS, **arguments})


@given(
    st.lists(st.floats(-1e6, 1e6, width=32), min_size=1, max_size=40),
    st.integers(0, 10_000),
)
def test_the_page_counts_what_python_flags(values, position):
    scores = np.array(values, np.float32)  # float32 against float64 thresholds must be exact too
    histogram = vw.AnomalyHistogram(scores)
    grid = histogram._view.canvas._grid
    thresholds = array_from_json(grid["thresholds"])
    index = position % len(thresholds)
    histogram._view.canvas.set_state({"threshold": float(thresholds[index])})  # as the page does
    assert histogram.threshold == thresholds[index]
    assert histogram.method == "manual"
    assert histogram.flagged.sum() == array_from_json(grid["at_or_above"])[:, index].sum()
    counted = histogram._view.canvas._counted
    assert counted["threshold"] == thresholds[index]
    assert counted["at_or_above"] == [histogram.flagged.sum()]


@pytest.mark.parametrize("method", METHODS)
def test_any_method_may_be_chosen(histogram, method):
    chosen = histogram.choose_threshold(method, **({"precision": 0.5} if "at_p" in method else {}))
    assert chosen is histogram.chosen
    assert (histogram.method, histogram.threshold) == (method, chosen.threshold)
    assert histogram.flagged.tolist() == (chosen.threshold <= SCORES).tolist()
    assert histogram._view.canvas.status == f"{chosen.explanation} {chosen.assumes}"
    assert histogram._view.canvas.parameters == chosen.parameters
    offered = {m["name"]: m["parameters"] for m in histogram._view.canvas.methods}[method]
    assert [(p["name"], p["optional"]) for p in offered] == [
        (name, default is None) for name, default in METHODS[method].parameters.items()
    ]


def test_a_method_keeps_its_parameters(histogram):
    histogram.choose_threshold("cost", false_negative_cost=3, false_positive_cost=2)
    histogram.choose_threshold("cost", false_negative_cost=5)
    histogram.method = "iqr"
    histogram.method = "cost"
    cost = histogram.chosen.parameters
    assert (cost["false_negative_cost"], cost["false_positive_cost"]) == (5, 2)
    histogram.percentile = 80
    histogram.threshold = 1.0
    histogram.method = "percentile"
    assert histogram.percentile == histogram.chosen.parameters["percentile"] == 80


def test_the_first_method_may_have_parameters():
    histogram = vw.AnomalyHistogram(SCORES, method="iqr", parameters={"factor": 3})
    first, third = np.percentile(SCORES, [25, 75], method="midpoint")
    assert histogram.threshold == pytest.approx(third + 3 * (third - first))


def test_what_a_method_cannot_do_changes_nothing():
    histogram = vw.AnomalyHistogram(SCORES[:12])
    before = histogram.chosen
    for choose in (
        lambda: histogram.choose_threshold("conformal"),
        lambda: setattr(histogram, "method", "conformal"),
    ):
        with pytest.raises(ValueError, match=r"12 normal scores cannot promise .* at least 19"):
            choose()
        assert histogram.chosen is before
        assert histogram.method == "percentile"
    answer = ask(histogram._view.canvas, "method", method="conformal")
    assert histogram.chosen is before
    assert "12 normal scores cannot promise" in answer["error"]
    assert answer["method"] == "conformal"
    assert answer["parameters"] == {"rate": 0.05, "confidence": None}
    parameters = {"rate": 0.3}
    answer = ask(histogram._view.canvas, "method", method="conformal", parameters=parameters)
    assert histogram.method == "conformal"
    assert answer == {"error": ""}
    parameters = {"confidence": 0.99}
    answer = ask(histogram._view.canvas, "method", method="conformal", parameters=parameters)
    assert answer["parameters"] == {"rate": 0.3, "confidence": 0.99}


def test_the_page_is_told_of_a_score_right_below_the_threshold():
    histogram = vw.AnomalyHistogram([1.0, 2.0, 3.0, 3.0], percentile=50.1)
    assert "none, for the highest score is that of 2 samples" in histogram.chosen.explanation
    assert histogram._view.canvas._counted["above"] == 3
    histogram.threshold = 3
    assert histogram._view.canvas._counted["above"] is None


def test_the_page_is_offered_what_labels_allow(histogram):
    labelled = [m["name"] for m in histogram._view.canvas.methods if m["labels"]]
    assert labelled == ["f1", "f_beta", "recall_at_precision", "precision_at_recall", "cost"]
    without = vw.AnomalyHistogram(SCORES)._view.canvas.methods
    assert [m["name"] for m in without] == [m for m in METHODS if m not in labelled]


def test_the_page_asks_for_a_method(histogram):
    ask(histogram._view.canvas, "method", method="percentile", parameters={"percentile": 75})
    assert (histogram.method, histogram.percentile, histogram.flagged.sum()) == (
        "percentile",
        75,
        50,
    )
    ask(histogram._view.canvas, "method", method="f1")
    assert histogram.method == "f1"
    ask(histogram._view.canvas, "method", method="top_k", parameters={"k": 7})
    assert histogram.flagged.sum() == 7
    ask(histogram._view.canvas, "method", method="gesd", parameters={"max_outliers": 5})
    assert histogram.chosen.parameters == {"alpha": 0.05, "max_outliers": 5}
    ask(histogram._view.canvas, "method", method="gesd", parameters={"max_outliers": None})
    assert histogram.chosen.parameters["max_outliers"] == 20  # a tenth of the scores
    histogram.choose_threshold("top_k")
    ask(histogram._view.canvas, "method", method="manual")
    assert (histogram.method, histogram.flagged.sum()) == ("manual", 7)


def figures(histogram):
    return [panel.children[0] for panel in histogram._view.curves.children[1].children]


def test_the_operating_points_are_on_the_curves(histogram):
    histogram.percentile = 80
    metrics = histogram.metrics
    false_rate = metrics["false_positives"] / (~LABELS).sum()
    cost = (10 * metrics["false_negatives"] + metrics["false_positives"]) / 200
    expected = [
        (metrics["recall"], metrics["precision"]),
        (false_rate, metrics["recall"]),
        (histogram.threshold, cost),
    ]
    for figure, place in zip(figures(histogram), expected, strict=True):
        point, line = figure.marks[-1], figure.marks[-2]
        assert (point.x[0], point.y[0]) == pytest.approx(place)
        width = np.ptp(line.x)
        distance = np.hypot((line.x - place[0]) / width, (line.y - place[1]) / np.ptp(line.y))
        assert distance.min() < 1 / 100
    histogram.threshold = 1e9  # precision is undefined, the rest is not
    assert [len(figure.marks[-1].x) for figure in figures(histogram)] == [0, 1, 1]


def test_the_cost_curve_follows_the_costs(histogram):
    histogram.choose_threshold("cost", false_negative_cost=30)
    line = figures(histogram)[2].marks[-2]
    for threshold, cost in list(zip(line.x, line.y, strict=True))[::50]:
        flagged = threshold <= SCORES
        missed, false = (LABELS & ~flagged).sum(), (flagged & ~LABELS).sum()
        assert cost == pytest.approx((30 * missed + false) / 200)
    assert histogram._view.canvas.costs == [30, 1, 0, 0]
    assert figures(histogram)[2].marks[-1].y[0] <= line.y.min()


@pytest.mark.parametrize(("miss", "false_alarm"), [(0, 0), (1e-9, 1e9)])
def test_any_costs_have_an_axis(histogram, miss, false_alarm):
    histogram.choose_threshold("cost", false_negative_cost=miss, false_positive_cost=false_alarm)
    figure = figures(histogram)[2]
    scale = figure.marks[-2].scales["y"]
    low, high = figure.marks[-2].y.min(), figure.marks[-2].y.max()
    assert scale.min <= low <= high <= scale.max
    assert scale.min < scale.max
    assert 2 <= len(figure.axes[1].tick_values) <= 7


def test_labels_of_one_kind_leave_the_curves_that_they_allow():
    histogram = vw.AnomalyHistogram(SCORES, np.ones(200))
    assert len(figures(histogram)) == 1
    assert histogram._view.canvas.point_axes == [("recall", "precision")]


def test_a_long_curve_stays_small():
    rng = np.random.default_rng(0)
    scores = rng.normal(size=50_000)
    histogram = vw.AnomalyHistogram(scores, rng.random(50_000) < 0.3)
    assert len(figures(histogram)[0].marks[1].x) < 5000


def test_partly_labelled_scores_count_as_their_own_class():
    labels = np.where(np.arange(200) < 50, LABELS, None)
    histogram = vw.AnomalyHistogram(SCORES, labels)
    histogram.threshold = 2.0
    assert histogram._view.canvas.class_names == ["normal", "anomalous", "not labelled"]
    assert histogram.metrics["alert_rate"] == np.mean(SCORES >= 2)
    assert histogram.metrics["true_positives"] == np.sum((SCORES >= 2)[:50] & LABELS[:50])
    assert histogram.policy().n_labelled == 50


def test_labels_that_are_all_unknown_are_no_labels():
    histogram = vw.AnomalyHistogram(SCORES, [None] * 200)
    assert sorted(histogram.metrics) == ["alert_rate", "n_flagged"]
    assert histogram.policy().n_labelled == 0


def test_labels_may_come_later():
    histogram = vw.AnomalyHistogram(SCORES, items=ITEMS, percentile=80)
    canvas = histogram._view.canvas
    assert (histogram.labels, canvas.class_names, histogram._view.curves.points) == (
        None,
        ["samples"],
        [],
    )
    top = np.argsort(SCORES)[::-1]
    histogram.label(top[:3], 1)
    assert canvas.class_names == ["normal", "anomalous", "not labelled"]
    assert histogram.metrics["true_positives"] == 3
    assert len(figures(histogram)) == 2  # precision-recall, and the precision of all alerts
    histogram.label(top[[3, 150]], [False, False])
    assert (histogram.metrics["precision"], histogram.metrics["true_negatives"]) == (0.75, 1)
    assert len(figures(histogram)) == len(canvas.operating_points) == 4
    assert "f1" in [method["name"] for method in canvas.methods]
    assert histogram._view.strip._content["marks"][:4] == ["good"] * 3 + ["bad"]
    # The figures stay while their lines move.
    before = figures(histogram)
    histogram.label(top[4], 1)
    assert figures(histogram) == before
    expected = LabelledScores(SCORES, histogram.labels).reviewed_precision(histogram.threshold)
    point = figures(histogram)[3].marks[-1]
    assert len(point.x) == 0  # none of them was drawn at random
    assert canvas._counted["reviewed"] == [None, expected.low[0], expected.high[0], 0]
    histogram.label(top[5], 1, drawn_from=histogram.threshold)
    assert (point.x[0], point.y[0]) == (histogram.threshold, (4 + 35) / 40)
    assert canvas._counted["reviewed"][3] == 1
    histogram.label(top[5], None)
    assert np.flatnonzero(~np.isnan(histogram.labels)).tolist() == sorted(top[[0, 1, 2, 3, 4, 150]])
    histogram.label(top[:5], None)
    histogram.label(top[150], None)
    assert (histogram.labels, canvas.class_names) == (None, ["samples"])
    assert not canvas.operating_points


def test_the_page_knows_the_reviewed_precision_of_its_whole_grid():
    histogram = vw.AnomalyHistogram(SCORES, np.where(np.arange(200) % 4, None, LABELS))
    grid = histogram._view.canvas._grid
    thresholds, (precision, low, high, drawn) = map(
        array_from_json, (grid["thresholds"], grid["reviewed"])
    )
    expected = histogram._data.reviewed_precision(thresholds)
    np.testing.assert_array_equal(precision, expected.precision)
    np.testing.assert_array_equal(low, expected.low)
    np.testing.assert_array_equal(high, expected.high)
    np.testing.assert_array_equal(drawn, expected.n_drawn)
    # The band is of what is flagged: there is none beyond the highest score.
    band = histogram._view.curves._panels["All alerts"].figure.band
    assert band.x.tolist() == [at for at in thresholds.tolist() if at <= SCORES.max()]
    assert band.x.size < thresholds.size
    assert band.y.shape == (2, band.x.size)


@pytest.mark.parametrize(
    ("indices", "labels", "message"),
    [
        (200, 1, "indices span 200 to 200; expected 0 to 199"),
        (-1, 1, "indices span -1 to -1"),
        (0.5, 1, "indices must be row numbers of the scores"),
        ([1, 2], [1], r"labels has shape \(1,\); expected \(2,\)"),
        (1, -1, "-1 .outlier."),
        (1, "normal", "booleans or 0 and 1"),
    ],
)
def test_a_wrong_label_is_an_error_and_changes_nothing(histogram, indices, labels, message):
    before = histogram.labels
    with pytest.raises((TypeError, ValueError), match=message):
        histogram.label(indices, labels)
    np.testing.assert_array_equal(histogram.labels, before)


def test_tiles_show_the_most_telling_samples(histogram):
    histogram.threshold = 3.0
    order = np.argsort(SCORES)
    cut = int(np.sum(SCORES < 3.0))
    expected = [*order[::-1][:12], *order[cut : cut + 12], *order[cut - 12 : cut][::-1]]
    assert histogram._view.strip.shown == expected
    content = histogram._view.strip._content
    assert content["names"] == ["Most anomalous", "Just flagged", "Just not flagged"]
    i = expected[0]
    right = LABELS[i] == (SCORES[i] >= 3.0)
    sign, number = content["captions"][0].split()
    assert sign == ("✓" if right else "✗")
    assert float(number) == pytest.approx(SCORES[i], abs=0.0051)
    decimals = {len(text.partition(".")[2]) for text in content["captions"]}
    assert len(decimals) == 1
    assert max(map(len, content["captions"])) <= 7  # which a tile 50 px wide can show
    assert content["marks"][0] == ("good" if right else "bad")


def test_a_row_without_samples_takes_no_room(histogram):
    rows = {
        float(SCORES.min()): ["Most anomalous", "Just flagged"],
        float(SCORES.max()) + 1: ["Most anomalous", "Just not flagged"],
    }
    for threshold, names in rows.items():
        histogram.threshold = threshold
        content = histogram._view.strip._content
        assert content["names"] == names
        assert content["atlas"]["count"] == len(histogram._view.strip.shown) == 24
        assert -1 not in histogram._view.strip.shown


def test_a_clicked_tile_is_the_picked_item(histogram):
    histogram._view.strip.set_state({"selected": 3})  # as the page does
    assert histogram.picked_item == np.argsort(SCORES)[::-1][3]
    histogram.threshold = 3.0  # other tiles, the same sample
    assert histogram._view.strip.shown[histogram._view.strip.selected] == histogram.picked_item
    histogram.picked_item = int(np.argmin(SCORES))
    assert histogram._view.strip.selected == -1
    with pytest.raises(traitlets.TraitError, match="picked_item"):
        histogram.picked_item = 200


def test_few_samples_leave_gaps_in_the_strip():
    histogram = vw.AnomalyHistogram([1.0, 2.0, 3.0], items=ITEMS[:3], threshold=3.0)
    assert histogram._view.strip.shown == [2, 1, 0, 2, -1, -1, 1, 0, -1]
    histogram._view.strip.set_state({"selected": 4})  # an empty place
    assert histogram.picked_item == -1


@pytest.mark.parametrize("scores", [[2.0], [5.0] * 30, [0.0, 1e12, 0.0, 1.0]])
def test_odd_scores_work(scores):
    histogram = vw.AnomalyHistogram(scores, items=np.zeros((len(scores), 8, 8)))
    histogram.threshold = scores[0]
    assert histogram.flagged.tolist() == [score >= scores[0] for score in scores]


def test_the_full_range_shows_what_was_clipped():
    histogram = vw.AnomalyHistogram(np.append(SCORES, 1e9))
    canvas = histogram._view.canvas
    assert array_from_json(canvas._grid["thresholds"])[-1] < 100
    canvas.set_state({"full_range": True})
    assert array_from_json(canvas._grid["thresholds"])[-1] > 1e9


def test_the_policy_repeats_the_decision(histogram, tmp_path):
    histogram.percentile = 90
    policy = histogram.policy(note="for the clinic", author="Ada", model_hash="7a")
    loaded = vw.ThresholdPolicy.load(policy.save(tmp_path / "policy.json"))
    assert loaded == policy
    assert loaded.apply(SCORES).tolist() == histogram.flagged.tolist()
    assert (loaded.method, loaded.parameters) == ("percentile", {"percentile": 90})
    assert (loaded.n_scores, loaded.n_labelled) == (200, 200)
    assert loaded.alert_rate == 0.1
    replay = loaded.replay(SCORES, score="score", model_hash="7a")
    assert (replay.n_flagged, replay.ks, replay.psi, replay.drifted) == (20, 0, 0, False)
    with pytest.raises(ValueError, match="received scores of 'kl'"):
        loaded.apply(SCORES, score="kl")
    assert loaded.data_hash != vw.AnomalyHistogram(SCORES).policy().data_hash
    histogram.threshold = 3.0
    assert histogram.policy().parameters == {}


def test_100_000_scores_send_little():
    rng = np.random.default_rng(0)
    histogram = vw.AnomalyHistogram(rng.lognormal(size=100_000), rng.random(100_000) < 0.01)
    grid = histogram._view.canvas._grid
    assert grid["thresholds"]["data"].nbytes + grid["at_or_above"]["data"].nbytes < 50_000


def test_intervals_are_shown_until_the_threshold_moves(histogram):
    answer = histogram._view.intervals._answer
    histogram._view.intervals._button.click()
    found = histogram.bootstrap()
    assert found.verdict in answer.value
    low, high = re.search(r"a threshold from ([\d.]+) to ([\d.]+)\.", answer.value).groups()
    assert [float(low), float(high)] == pytest.approx(found.intervals["threshold"], abs=5e-3)
    assert len(low.partition(".")[2]) == len(high.partition(".")[2])
    measured, corrected = (of["precision"] for of in (found.measured, found.corrected))
    assert measured == histogram.metrics["precision"]
    assert f"<th>Precision</th><td>{measured:.3g}</td><td>{corrected:.3g}</td>" in answer.value
    histogram.threshold = 3.0
    assert answer.value == ""
    assert histogram.bootstrap().intervals["threshold"] == (3, 3)
    assert "Corrected" not in answer.value
    assert "They assume that you set it without looking at these labels." in answer.value


def test_a_percentile_that_it_is_already_chooses_again():
    histogram = vw.AnomalyHistogram(SCORES, LABELS)
    assert (histogram.method, histogram.percentile) == ("f1", 95)
    histogram.percentile = 95
    assert histogram.method == "percentile"
    assert histogram.metrics["n_flagged"] == 10
    histogram.threshold = 0.1
    histogram.percentile = 95
    assert histogram.metrics["n_flagged"] == 10


def test_setting_the_present_method_uses_new_labels():
    histogram = vw.AnomalyHistogram(SCORES, LABELS)
    rows = np.argsort(SCORES)[:150]
    histogram.label(rows, LABELS[rows] | (np.arange(150) % 2 == 0))
    before = histogram.threshold
    histogram.method = "f1"
    assert histogram.threshold == vw.choose_threshold(SCORES, histogram.labels, "f1").threshold
    assert histogram.threshold != before


def test_scores_changed_in_place_afterwards_change_nothing():
    scores = SCORES.copy()
    histogram = vw.AnomalyHistogram(scores)
    scores -= 5
    assert histogram.flagged.sum() == histogram.metrics["n_flagged"] == 10
    np.testing.assert_array_equal(histogram.scores, SCORES)
    with pytest.raises(ValueError, match="read-only"):
        histogram.scores[0] = 1


def test_the_page_warns_of_reversed_scores_until_labels_agree():
    histogram = vw.AnomalyHistogram(-SCORES, LABELS)
    assert histogram.warning == histogram._view.canvas.warning
    assert histogram.warning.startswith("AUROC 0.")
    assert "Pass `-scores`" in histogram.warning
    histogram.threshold = -2.0  # by hand: it still holds
    assert histogram.warning
    assert repr(histogram).endswith("the scores seem to be reversed")
    histogram.label(np.arange(200), ~LABELS)
    assert histogram.warning == ""
    assert vw.AnomalyHistogram(SCORES, LABELS).warning == ""
    assert vw.AnomalyHistogram(-SCORES).warning == ""


def test_flags_by_the_index_of_the_data():
    scores = pd.Series([3.0, 1.0, 2.0], index=["p7", "p2", "p9"])
    histogram = vw.AnomalyHistogram(scores, threshold=2.0)
    assert histogram.index is scores.index
    assert list(histogram.flagged_index) == ["p7", "p9"]
    assert list(scores[histogram.flagged].index) == ["p7", "p9"]
    by_labels = vw.AnomalyHistogram([3.0, 1.0, 2.0], pd.Series([1, 0, 0], index=[5, 6, 7]))
    assert list(by_labels.index) == [5, 6, 7]
    assert vw.AnomalyHistogram(scores.to_numpy(), threshold=2.0).flagged_index.tolist() == [0, 2]
    assert vw.AnomalyHistogram(scores.to_numpy()).index is None
    with pytest.raises(TypeError, match=r"row numbers.* histogram.index.get_indexer\(\.\.\.\)"):
        histogram.label(["p9"], 1)
    histogram.label(histogram.index.get_indexer(["p9"]), 1)
    np.testing.assert_array_equal(histogram.labels, [np.nan, np.nan, 1])


def test_a_renderer_that_fails_is_named_in_place_of_the_tiles():
    def renderer(x):
        if len(x) and x.max() > 8.5:
            raise ArithmeticError("too bright")
        return np.zeros((len(x), 4, 4, 4), np.uint8)

    x = np.arange(12.0).reshape(12, 1)
    histogram = vw.AnomalyHistogram(np.linspace(0, 1, 12), items=x, renderer=renderer, n_tiles=2)
    strip = histogram._view.strip
    assert "too bright" in strip.placeholder
    histogram.threshold = 0.3
    assert histogram.threshold == 0.3
    assert strip.shown == []
