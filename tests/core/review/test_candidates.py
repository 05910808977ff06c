"""Which samples may be reviewed, and which marks of a page are news."""

import numpy as np
import pytest

from vae_widgets.core.review.candidates import ReviewCandidates
from vae_widgets.core.review.log import Mark, ReviewLog
from vae_widgets.core.scores.labelled_scores import LabelledScores

SCORES = np.array([0.5, 4.0, 1.0, 3.0, 2.0])
UNKNOWN = [np.nan] * 5


def candidates(labels=UNKNOWN):
    log = ReviewLog()
    return ReviewCandidates(LabelledScores(SCORES, np.array(labels)), log), log


def test_what_has_a_label_or_a_mark_is_not_queued():
    found, log = candidates([np.nan, 1, np.nan, np.nan, np.nan])
    log.set(3, 3.0, "unsure")
    assert found.queue("highest", 0.0, 5, 0).tolist() == [4, 2, 0]


def test_an_empty_queue_has_a_reason_and_a_remedy():
    one, log = candidates([np.nan, 1, np.nan, np.nan, np.nan])
    assert one.queue("random", 9.0, 5, 0).size == 0
    assert one.why_none(9.0).startswith("No sample is flagged. Lower the threshold")
    assert one.queue("random", 3.5, 5, 0).size == 0
    assert one.why_none(3.5).startswith("1 flagged sample, each with a label or a mark. Lower")
    for index in (0, 2, 3, 4):
        log.set(index, float(SCORES[index]), "unsure")
    assert one.why_none(3.5).startswith("5 samples, each with a label: none is left to review.")
    assert "None for those to review" in candidates([0, 1, 0, 1, 0])[0].why_none(3.5)

    marked, log = candidates()
    for index, score in enumerate(SCORES):
        log.set(index, float(score), "unsure")
    assert marked.queue("highest", 3.5, 5, 0).size == 0
    assert marked.why_none(3.5) == "5 samples, each with a mark: none is left to review."


def test_a_draw_is_noted_with_the_lowest_threshold_that_flags_the_same():
    found, _ = candidates()
    assert sorted(found.queue("random", 2.5, 5, 0).tolist()) == [1, 3]
    assert found.draws == {1: np.nextafter(2.0, 3), 3: np.nextafter(2.0, 3)}
    found.queue("nearest", 2.5, 2, 0)  # 3 and 4: what is queued otherwise is no draw any more
    assert found.draws == {1: np.nextafter(2.0, 3)}
    found.queue("random", -1.0, 5, 0)
    assert set(found.draws.values()) == {-1.0}


@pytest.mark.parametrize(
    ("index", "message"),
    [(5, "index is 5; expected one below 5"), (1, "sample 1 has the label 1, which was not given")],
)
def test_what_may_not_be_marked_is_an_error(index, message):
    found, _ = candidates([np.nan, 1, np.nan, np.nan, np.nan])
    with pytest.raises(ValueError, match=message):
        found.check(index)
    found.check(0)


def test_marks_that_a_page_has_kept():
    found, log = candidates([np.nan, 1, np.nan, np.nan, np.nan])
    log.set(3, 3.0, "normal", "2026-01-02T00:00:00+00:00")
    early, late = "2026-01-01T00:00:00+00:00", "2026-01-03T00:00:00+00:00"
    kept = [
        Mark(0, 0.5, "anomalous", early),
        Mark(1, 4.0, "normal", late),  # its label was given
        Mark(2, 9.0, "normal", late),  # of other scores
        Mark(3, 3.0, "anomalous", early),  # older than what is known
        Mark(4, 2.0, "", late),  # says nothing new
        Mark(7, 2.0, "normal", late),
    ]
    news, reasons = found.sort_out(kept)
    assert news == kept[:1]
    assert reasons == {
        1: "sample 1 has the label 1, which was not given in this queue.",
        2: "sample 2 has the score 1, the mark 9.",
        7: "there is no sample 7.",
    }
    assert found.sort_out([Mark(3, 3.0, "anomalous", late)]) == (
        [Mark(3, 3.0, "anomalous", late)],
        {},
    )


def test_marks_that_a_label_contradicts_are_dropped():
    found, log = candidates()
    log.set(3, 3.0, "normal", drawn_from=2.5)
    found.scores.label(np.array([3]), np.array([0.0]), np.array([2.5]))
    assert not found.drop_overruled()
    assert log.mark_of(3).drawn_from == 2.5
    found.scores.label(np.array([0]), np.array([1.0]))  # not drawn: draws stand for no more
    assert not found.drop_overruled()
    assert log.mark_of(3).drawn_from is None
    found.scores.label(np.array([3]), np.array([1.0]))
    assert found.drop_overruled()
    assert 3 not in log
