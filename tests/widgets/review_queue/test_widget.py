import csv
import re

import numpy as np
import pandas as pd
import pytest
import traitlets

import vae_widgets as vw
from tests.support import messages
from tests.support.pca_codec import PcaCodec
from vae_widgets.core.scores.intervals import wilson_interval

SCORES = np.random.default_rng(0).gamma(2.0, size=400)
ITEMS = np.random.default_rng(2).random((400, 8, 8), np.float32)
ORDER = np.argsort(SCORES)[::-1]  # highest first


@pytest.fixture
def histogram():
    return vw.AnomalyHistogram(SCORES, items=ITEMS, percentile=90)


@pytest.fixture
def queue(histogram):
    return vw.ReviewQueue(histogram, order="nearest")


def press(queue, mark):
    """Mark the sample that is shown, as the page does."""
    window = queue._window
    index = window["indices"][queue.position - window["start"]]
    messages.send(queue, "mark", index=index, mark=mark, time="")
    return index


TABLE = np.random.default_rng(3).normal(size=(400, 3)).astype(np.float32)
COLUMNS = vw.TableRenderer(columns=["low", "middle", "high"])


class Means:
    """A codec of rows, which it takes for the means of the columns; it knows its nats."""

    latent_dim, sample_shape = 1, (3,)

    def encode(self, x):
        return np.zeros((len(x), 1))

    def decode(self, z):
        return np.zeros((len(z), 3))


class MeansWithNats(Means):
    def attribution(self, x):
        return x * [0, 5, 0]


def first_columns(codec, renderer=COLUMNS):
    """The first column of the table beside each sample in the review, and its sample."""
    histogram = vw.AnomalyHistogram(SCORES, items=TABLE, renderer=renderer, percentile=90)
    window = vw.ReviewQueue(histogram, codec)._window
    found = [re.findall(r"<tr><td>(\w+)</td>", html)[:1] for html in window["details"]]
    return found, TABLE[window["indices"]]


def test_the_columns_that_drive_the_error_are_named_beside_a_sample():
    found, rows = first_columns(Means())
    scaled = np.abs(rows) / TABLE.std(axis=0)
    assert [column for (column,) in found] == [COLUMNS.columns[i] for i in scaled.argmax(axis=1)]
    found, rows = first_columns(MeansWithNats())
    positive = rows[:, 1] > 0
    assert [column == "middle" for (column,) in found] == positive.tolist()
    found, _ = first_columns(None)
    assert found == [["low"]] * len(found)  # the values of the sample alone


def test_a_codec_whose_likelihood_has_no_elements_shows_the_squared_error():
    class Whole(Means):
        def attribution(self, x):
            raise TypeError("a likelihood of dependent elements")

    assert first_columns(Whole())[0] == first_columns(Means())[0]


def test_the_nats_of_a_codec_are_not_computed_for_renderers_that_do_not_show_them():
    class Slow(Means):
        def attribution(self, x):
            raise AssertionError("called")

    found, _ = first_columns(Slow(), vw.SignalRenderer(unit="mV"))
    assert found == [[]] * len(found)


def test_the_samples_nearest_the_threshold_come_first(queue, histogram):
    distance = np.abs(SCORES - histogram.threshold)
    assert distance[queue.queue].tolist() == np.sort(distance)[:200].tolist()
    histogram.threshold = 1.0
    assert queue.queue[0] == np.argmin(np.abs(SCORES - 1.0))
    assert queue._flagged == (SCORES[queue.queue] >= 1).tolist()


def test_other_orders(queue):
    queue.order = "highest"
    assert queue.queue.tolist() == ORDER[:200].tolist()
    queue.order = "random"
    assert sorted(queue.queue) == sorted(ORDER[:40])  # all that is flagged
    assert queue.queue.tolist() != ORDER[:40].tolist()
    other = vw.ReviewQueue(queue.histogram, order="random", seed=1)
    assert other.queue.tolist() != queue.queue.tolist()


def test_five_false_alarms_by_hand(histogram):
    histogram.label(ORDER[:10], 1)
    queue = vw.ReviewQueue(histogram, order="highest")
    assert queue.queue[0] == ORDER[10]  # what has a label is not queued
    for _ in range(5):
        press(queue, "normal")
        queue.position += 1
    assert histogram.metrics["precision"] == 10 / 15
    assert histogram.metrics["false_positives"] == 5
    # None was drawn at random: of the 25 others of the 40 flagged nothing is known.
    estimate = queue.estimate
    assert np.isnan(estimate["precision"])
    assert (estimate["low"], estimate["high"]) == (10 / 40, 35 / 40)
    assert (estimate["covered"], estimate["n_drawn"]) == (15 / 40, 0)
    assert queue._status == estimate["text"]
    assert "from 0.250 to 0.875" in estimate["text"]
    assert "Review some in random order" in estimate["text"]
    # As it says: five of the others at random, 2 of them anomalous.
    queue.order = "random"
    for mark in ("anomalous", "normal", "anomalous", "normal", "normal"):
        press(queue, mark)
        queue.position += 1
    assert queue.estimate["precision"] == pytest.approx((10 + 25 * 2 / 5) / 40)
    effective = 5 / (1 - 5 / 25)
    low, high = wilson_interval(effective * 2 / 5, effective)
    assert queue.estimate["low"] == pytest.approx((10 + 25 * low) / 40)
    assert queue.estimate["high"] == pytest.approx((10 + 25 * high) / 40)
    assert f"{queue.estimate['precision']:.3f}, 95 % interval" in queue._status


def test_the_default_order_is_random_and_tells_the_precision(histogram):
    queue = vw.ReviewQueue(histogram)
    assert queue.order == "random"
    anomalous = np.isin(np.arange(400), ORDER[:20])
    for _ in range(40):
        press(queue, "anomalous" if anomalous[queue.queue[queue.position]] else "normal")
        queue.position += 1
        estimate = queue.estimate
        assert estimate["n_drawn"] == queue.position
        assert estimate["low"] <= 0.5 <= estimate["high"] or queue.position < 10
    assert queue.position == 40  # the summary
    assert estimate["precision"] == 0.5
    assert estimate["text"] == "Precision of all 40 flagged: 0.500; all of them have a label."
    assert queue._window["indices"]
    queue.refill()
    assert (len(queue.queue), queue.position) == (0, 0)


def test_a_change_of_the_threshold_keeps_what_still_is_random(histogram):
    queue = vw.ReviewQueue(histogram)
    marked = [press(queue, "normal")]
    for position in range(1, 20):
        queue.position = position
        marked.append(press(queue, "anomalous"))
    histogram.threshold -= 1e-9  # flags the same
    assert queue.estimate["n_drawn"] == 20
    histogram.threshold = SCORES[ORDER[19]]
    assert queue.estimate["n_drawn"] == (SCORES[marked] >= histogram.threshold).sum()
    histogram.threshold = SCORES[ORDER[79]]  # twice as many
    estimate = queue.estimate
    assert np.isnan(estimate["precision"])
    assert (estimate["low"], estimate["high"]) == (19 / 80, 79 / 80)


def test_random_marks_are_known_as_such_on_another_day(histogram, tmp_path):
    queue = vw.ReviewQueue(histogram)
    for position in range(5):
        queue.position = position
        press(queue, "normal")
    before = queue.estimate
    path = queue.save(tmp_path / "review.csv")
    later = vw.ReviewQueue(vw.AnomalyHistogram(SCORES, percentile=90))
    later.load(path)
    assert later.estimate == before
    # One that was chosen by its score ends what they stand for, in the file too.
    queue.order = "highest"
    press(queue, "anomalous")
    assert set(queue.to_dict()["drawn_from"]) == {None}
    later = vw.ReviewQueue(vw.AnomalyHistogram(SCORES, percentile=90))
    later.load(queue.save(path))
    assert later.estimate["n_drawn"] == 0


def test_marks_become_labels_and_can_be_taken_back(queue, histogram):
    first = press(queue, "anomalous")
    assert histogram.labels[first] == 1
    assert (queue._marks[0], queue._can_undo) == ("anomalous", True)
    queue.position = 1
    second = press(queue, "unsure")
    assert np.isnan(histogram.labels[second])
    queue.position = 0
    press(queue, "normal")
    assert queue.labels[first] == histogram.labels[first] == 0
    assert queue._counts == {"anomalous": 0, "normal": 1, "unsure": 1}
    queue.position = 7
    queue.undo()
    assert (queue.position, histogram.labels[first]) == (0, 1)
    messages.send(queue, "undo")
    assert (queue.position, queue._marks[1]) == (1, "")
    queue.undo()
    assert histogram.labels is None
    assert (queue._marks[0], queue._can_undo) == ("", False)
    queue.undo()
    assert queue.to_dict()["index"] == []


def test_what_is_marked_stays_until_the_queue_is_refilled(queue, histogram):
    marked = [press(queue, "normal")]
    queue.position = 1
    marked.append(press(queue, "unsure"))
    assert queue.queue[:2].tolist() == marked
    queue.refill()
    assert not set(marked) & set(queue.queue)
    assert queue.position == 0
    histogram.threshold = 1.0  # the labels stay, too
    assert histogram.labels[marked[0]] == 0
    queue.undo()  # a mark of an earlier queue: its sample comes back
    assert queue.queue[queue.position] == marked[1]
    assert queue._window["indices"][queue.position - queue._window["start"]] == marked[1]


def test_labels_that_were_given_stay():
    labels = np.full(400, np.nan)
    labels[ORDER[:30]] = 1
    queue = vw.ReviewQueue(vw.AnomalyHistogram(SCORES, labels), order="highest")
    assert not set(queue.queue) & set(ORDER[:30])
    with pytest.raises(ValueError, match="has the label 1, which was not given in this queue"):
        queue.mark(int(ORDER[3]), "normal")
    answer = messages.ask(queue, "mark", index=int(ORDER[3]), mark="normal", time="")
    assert "which was not given in this queue" in answer["error"]
    assert queue.histogram.labels[ORDER[3]] == 1
    full = vw.ReviewQueue(vw.AnomalyHistogram(SCORES, SCORES > 3))
    assert len(full.queue) == 0
    assert full._window["indices"] == []
    assert "400 samples, each with a label: none is left to review." in full.nothing
    assert full.nothing in repr(full)
    assert queue.nothing == ""


def test_labels_corrected_elsewhere_stay(queue, histogram):
    first, second = (int(index) for index in queue.queue[:2])
    queue.mark(first, "unsure")
    histogram.label(first, 1)
    with pytest.raises(ValueError, match="has the label 1, which was not given in this queue"):
        queue.mark(first, "")
    queue.mark(second, "anomalous")
    histogram.label(second, 0)
    queue.undo()
    queue.undo()
    assert histogram.labels[[first, second]].tolist() == [1, 0]
    assert queue.to_dict()["index"] == []


def test_a_mark_overruled_elsewhere_is_not_exported(queue, histogram, tmp_path):
    first, second, third = (int(index) for index in queue.queue[:3])
    for index in (first, second, third):
        queue.mark(index, "normal")
    histogram.label(first, 1)
    histogram.label(second, None)
    assert queue._marks[:3] == ["", "", "normal"]
    assert queue.to_dict()["index"] == [third]
    assert len(queue.save(tmp_path / "review.csv").read_text().splitlines()) == 2
    queue.mark(second, "anomalous")  # it is open again
    queue.undo()
    queue.undo()
    assert np.array_equal(histogram.labels[[first, second, third]], [1, np.nan, np.nan], True)


def test_the_marks_are_exported(queue, tmp_path):
    first = press(queue, "anomalous")
    queue.mark(3, "normal")
    queue.mark(5, "unsure")
    assert queue.to_dict()["label"] == [1, 0, None]
    rows = list(csv.DictReader(queue.save(tmp_path / "review.csv").read_text().splitlines()))
    assert [int(row["index"]) for row in rows] == [first, 3, 5]
    assert [float(row["score"]) for row in rows] == SCORES[[first, 3, 5]].tolist()
    assert [row["label"] for row in rows] == ["1", "0", ""]


def test_a_review_goes_on_another_day(queue, tmp_path):
    first = press(queue, "anomalous")
    queue.mark(3, "normal")
    queue.mark(5, "unsure")
    path = queue.save(tmp_path / "review.csv")
    later = vw.ReviewQueue(vw.AnomalyHistogram(SCORES, percentile=90))
    later.load(path)
    assert later.to_dict() == queue.to_dict()
    np.testing.assert_array_equal(later.labels, queue.labels)
    assert not {first, 3, 5} & set(later.queue)
    assert not later._can_undo
    later.load(vw.ReviewQueue(later.histogram).save(tmp_path / "nothing.csv"))
    later.mark(3, "")
    assert later._counts == {"anomalous": 1, "normal": 0, "unsure": 1}


@pytest.mark.parametrize(
    ("scores", "text", "message"),
    [
        (SCORES, "a,b\n1,2\n", "line 1 is not a header of marks: 'a,b'"),
        (SCORES, "index,score,label,mark,time\n3,x,0,normal,now\n", "line 2 is not a mark"),
        (SCORES, "index,score,label,mark,time\n3,1.5,0,fine,now\n", "line 2 is not a mark"),
        (SCORES, "index,score,label,mark,time\n3,1.5,0,normal,now\n", "it is of other scores"),
        (
            SCORES,
            f"index,score,label,mark,time\n3,{SCORES[3]},1,normal,now\n",
            "line 2 has the label '1' and the mark 'normal'",
        ),
        (
            SCORES,
            "index,score,label,mark,time" + 2 * f"\n3,{SCORES[3]},0,normal,now" + "\n",
            "lines 2 and 3 both mark sample 3",
        ),
        (SCORES[:5], f"index,score,label,mark,time\n7,{SCORES[7]},0,normal,now\n", "below 5"),
    ],
)
def test_marks_of_something_else_are_refused(tmp_path, scores, text, message):
    queue = vw.ReviewQueue(vw.AnomalyHistogram(scores))
    path = tmp_path / "review.csv"
    path.write_text(text)
    with pytest.raises(ValueError, match=message):
        queue.load(path)
    assert (queue.labels, queue.to_dict()["index"]) == (None, [])


def resaved(path, delimiter=",", point=".", digits=15):
    """Have a spreadsheet save a file: it keeps 15 digits and adds the mark of UTF-8."""
    rows = list(csv.reader(path.read_text().splitlines()))
    for row in rows[1:]:
        for column in (0, 1, 2, 5):
            if row[column]:
                row[column] = f"{float(row[column]):.{digits}g}".replace(".", point)
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file, delimiter=delimiter).writerows(rows)


@pytest.mark.parametrize("options", [{}, {"delimiter": ";", "point": ","}, {"delimiter": "\t"}])
def test_a_spreadsheet_may_have_saved_the_marks(tmp_path, options):
    scores = pd.Series(SCORES, index=[f"={k};+'" for k in range(len(SCORES))])
    queue = vw.ReviewQueue(vw.AnomalyHistogram(scores), order="random")
    for _ in range(12):
        press(queue, "anomalous")
    path = queue.save(tmp_path / "review.csv")
    resaved(path, **options)
    again = vw.ReviewQueue(vw.AnomalyHistogram(scores), order="random")
    again.load(path)
    assert again.to_dict() == queue.to_dict()  # to the last bit
    assert again.estimate == queue.estimate


def test_rounded_scores_are_refused_with_what_to_do(queue, tmp_path):
    queue.mark(3, "normal")
    path = queue.save(tmp_path / "review.csv")
    resaved(path, digits=6)
    with pytest.raises(ValueError, match=r"a program has rounded them\. Show all digits"):
        queue.load(path)


def test_the_page_gets_pictures_of_the_samples_nearby(histogram):
    codec = PcaCodec(ITEMS)
    queue = vw.ReviewQueue(histogram, codec, order="nearest")
    window = queue._window
    assert window["pictures"] == ["input", "reconstruction", "residual"]
    assert window["tiles"]["count"] == 3 * len(window["indices"]) == 3 * 48
    assert window["scores"] == SCORES[queue.queue[:48]].tolist()
    before = window["tiles"]["png"]
    queue.position = 20  # near enough: nothing is sent
    assert queue._window["tiles"]["png"] is before
    queue.position = 120
    start = queue._window["start"]
    assert start <= 120 - 12 < 120 + 12 <= start + 48
    assert queue._window["indices"] == queue.queue[start : start + 48].tolist()
    queue.position = 199
    assert queue._window["start"] == 200 - 48


def test_large_pictures_travel_in_small_numbers():
    items = np.zeros((400, 100, 100), np.float32)
    histogram = vw.AnomalyHistogram(SCORES, items=items)
    assert len(vw.ReviewQueue(histogram, order="nearest")._window["indices"]) == 48
    assert (
        len(
            vw.ReviewQueue(histogram, PcaCodec(items + ITEMS[:, :1, :1]), order="nearest")._window[
                "indices"
            ]
        )
        == 16
    )


def test_scores_alone_will_do():
    queue = vw.ReviewQueue(vw.AnomalyHistogram(SCORES))
    assert (queue._window["pictures"], queue._window["tiles"]) == ([], {})
    assert queue._window["threshold"] == queue.histogram.threshold
    press(queue, "normal")
    assert (
        queue.histogram.metrics["false_positives"] + queue.histogram.metrics["true_negatives"] == 1
    )


def test_a_codec_that_fails_is_told_of(histogram):
    codec = PcaCodec(ITEMS)
    codec.decode = lambda z: 1 / 0
    queue = vw.ReviewQueue(histogram, codec)
    assert queue._window["error"] == "ZeroDivisionError: division by zero"
    press(queue, "normal")
    assert queue._counts["normal"] == 1


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"histogram": SCORES}, "histogram must be an AnomalyHistogram; received ndarray"),
        ({"codec": object()}, "lacks encode"),
        ({"codec": "random"}, "codec is the text 'random'.*pass it by its name"),
        ({"codec": PcaCodec(ITEMS[:, :4])}, r"shape \(4, 8\); the items of the histogram have"),
        ({"order": "nearst"}, "did you mean 'nearest'"),
        ({"size": 0}, "size must be at least 1"),
        ({"seed": 1.5}, "seed must be a whole number"),
        ({"sise": 3}, "did you mean 'size'"),
    ],
)
def test_wrong_arguments_are_errors(histogram, arguments, message):
    with pytest.raises((TypeError, ValueError), match=message):
        vw.ReviewQueue(**{"histogram": histogram, **arguments})


def test_a_codec_needs_items():
    with pytest.raises(ValueError, match="pass items to the AnomalyHistogram"):
        vw.ReviewQueue(vw.AnomalyHistogram(SCORES), PcaCodec(ITEMS))


def test_a_wrong_value_is_an_error_and_changes_nothing(queue):
    with pytest.raises(traitlets.TraitError, match=r"position must lie in \[0, 200\]"):
        queue.position = 201
    with pytest.raises(ValueError, match="did you mean 'random'"):
        queue.order = "randm"
    with pytest.raises(ValueError, match="did you mean 'normal'"):
        queue.mark(3, "norml")
    with pytest.raises(ValueError, match="index is 400"):
        queue.mark(400, "normal")
    assert (queue.position, queue.order, queue._can_undo) == (0, "nearest", False)


def test_two_million_scores_send_little_and_answer_soon():
    scores = np.random.default_rng(0).normal(size=2_000_000)
    histogram = vw.AnomalyHistogram(scores)
    queue = vw.ReviewQueue(histogram, order="random")
    assert len(queue.queue) == 200
    assert (scores[queue.queue] >= histogram.threshold).all()
    press(queue, "normal")
    assert len(queue._window["indices"]) == 48


def test_marks_of_data_with_an_index_have_its_entries(tmp_path):
    scores = pd.Series(SCORES, index=[f"p{k}, a" for k in range(400)])
    queue = vw.ReviewQueue(vw.AnomalyHistogram(scores))
    queue.mark(7, "anomalous")
    queue.mark(3, "unsure")
    columns = queue.to_dict()
    assert (columns["index"], columns["key"]) == ([7, 3], ["p7, a", "p3, a"])
    path = queue.save(tmp_path / "marks.csv")
    marks = pd.read_csv(path).set_index("key")
    assert marks.loc["p7, a", "label"] == 1
    again = vw.ReviewQueue(vw.AnomalyHistogram(scores))
    again.load(path)
    assert again.to_dict() == columns
    assert "key" not in vw.ReviewQueue(vw.AnomalyHistogram(SCORES)).to_dict()


@pytest.fixture
def sent(queue, monkeypatch):
    """What the kernel sends to all pages."""
    said = []
    monkeypatch.setattr(queue, "send", lambda content, buffers=(): said.append(content))
    return said


def kept(index, mark, time="2026-01-01T00:00:00+00:00", **other):
    return {"index": int(index), "score": float(SCORES[index]), "mark": mark, "time": time, **other}


def test_the_page_hears_what_becomes_of_each_mark(queue, sent):
    first = int(queue.queue[0])
    (marked,) = messages.send(queue, "mark", index=first, mark="anomalous", time="")
    assert (marked["kind"], marked["index"], marked["mark"]) == ("marked", first, "anomalous")
    assert "page" not in marked
    queue.mark(ORDER[3], "unsure")
    queue.undo()
    assert [said["kind"] for said in sent] == ["marked", "marked"]
    assert [said["mark"] for said in sent] == ["unsure", ""]
    log = messages.ask(queue, "log")["marks"]
    assert [(mark["index"], mark["mark"]) for mark in log] == [(first, "anomalous")]
    # A label given elsewhere overrules the mark: the page forgets it, too.
    queue.histogram.label(first, 0)
    assert sent[-1] == {"kind": "log", "marks": []}


def test_marks_that_the_page_kept_are_taken_up(queue, sent):
    queue.mark(ORDER[4], "normal")
    queue.histogram.label([ORDER[5], ORDER[6]], [0, 1])
    queue.mark(ORDER[7], "anomalous")
    page = [
        kept(ORDER[0], "anomalous"),
        kept(ORDER[1], "unsure"),
        kept(ORDER[2], "normal", score=1.0),  # of other scores
        kept(ORDER[4], "anomalous"),  # older than the mark in force
        kept(ORDER[5], "anomalous"),  # against a label given elsewhere
        kept(ORDER[6], "anomalous"),  # which says the same
        kept(ORDER[7], "", "2999-01-01T00:00:00+00:00"),  # taken away since
        {**kept(0, "normal"), "index": 400},
    ]
    log, restored = messages.send(queue, "restore", marks=page)
    assert (log["kind"], restored["kind"]) == ("log", "restore")
    assert restored["taken"] == [ORDER[0], ORDER[1], ORDER[6]]
    assert restored["left_out"] == [ORDER[2], ORDER[5], 400]
    assert "the mark 1" in restored["why"]
    assert {mark["index"]: mark["mark"] for mark in log["marks"]} == {
        ORDER[4]: "normal",
        ORDER[0]: "anomalous",
        ORDER[1]: "unsure",
        ORDER[6]: "anomalous",
    }
    labels = queue.histogram.labels
    assert labels[ORDER[[0, 4, 5, 6]]].tolist() == [1, 0, 0, 1]
    assert np.isnan(labels[ORDER[[1, 2, 7]]]).all()
    times = queue.to_dict()["time"]
    assert times.count("2026-01-01T00:00:00+00:00") == 3  # as the page had them
    assert not {ORDER[0], ORDER[1]} & set(queue.queue)


def test_its_line_and_its_picture_at_the_end(tmp_path):
    histogram = vw.AnomalyHistogram(SCORES, items=ITEMS, percentile=99)
    queue = vw.ReviewQueue(histogram, PcaCodec(ITEMS), order="random")
    indices = queue.queue.tolist()
    assert "sample 1 of 4 queued, 0 anomalous" in repr(queue)
    for index in indices[:-1]:
        queue.mark(index, "anomalous")
    queue.position = 4  # behind the last: the page shows a summary
    assert "end of the queue, 1 sample of 4 not marked, 3 anomalous" in repr(queue)
    queue.mark(indices[-1], "normal")
    assert "4 queued samples, all marked, 3 anomalous, 1 normal" in repr(queue)
    queue.save_png(tmp_path / "end.png")
    assert "image/png" in queue._still()[0]
