"""Review samples one by one, and see how the marks change the precision."""

import os
import pathlib
import uuid
from typing import Any

import numpy as np
import traitlets
from numpy.typing import NDArray

from vae_widgets.codec import Codec
from vae_widgets.core import checks
from vae_widgets.core.atomic_file import atomic_file, read_file
from vae_widgets.core.pairing import index_to_json
from vae_widgets.core.review.candidates import ReviewCandidates
from vae_widgets.core.review.log import LABELS, Mark, ReviewLog, read_marks, with_exact_numbers
from vae_widgets.core.review.order import ORDERS
from vae_widgets.core.scores.policy import hash_data
from vae_widgets.core.scores.reviewed_precision import precision_text
from vae_widgets.widgets.anomaly_histogram.widget import AnomalyHistogram
from vae_widgets.widgets.base.assets import KERNEL_ID, bundle
from vae_widgets.widgets.base.messages import PAGE, Refused
from vae_widgets.widgets.base.widget import CanvasWidget, PageContents
from vae_widgets.widgets.review_queue import still_picture as picture
from vae_widgets.widgets.review_queue.pictures import ReviewPictures, tiles_of
from vae_widgets.widgets.still_pictures.pictured import Pictured
from vae_widgets.widgets.traits.array import WholeNumber, validate


class ReviewQueue(Pictured, CanvasWidget):
    """Show the samples around the threshold one by one, to mark true and false alarms.

    Each is shown as input, reconstruction and residual, with its score. The arrow keys move to the
    next sample, T and F mark a true and a false alarm, S an unsure one, C clears a mark and U
    undoes. The histogram is updated, and the precision of all flagged samples is estimated.

    The page keeps marks that the kernel has not received, for the next queue of the same scores.

    Parameters
    ----------
    histogram
        Its scores, threshold and labels; its items and renderer, if it has them, are shown.
    codec
        Reconstructs the items; None shows them alone. Of rows of a table the review then names the
        columns that drive the error, by ``codec.attribution`` if it has that (a `VAE`), and else by
        squared error.
    order
        ``"random"``: a random sample of the flagged ones, for their precision (`estimate`).
        ``"nearest"``: nearest to the threshold first. ``"highest"``: the highest scores first.
    size
        How many samples are queued at a time, of those without a label.
    seed
        Of the random order.

    Attributes
    ----------
    order : str
        May be set, as above.
    queue : ndarray
        Indices of the queued samples, int64 (at most `size`,). Read-only.
    position : int
        Number of the sample that is shown, from 0; `len(queue)` for the summary. May be set.
    histogram : AnomalyHistogram
        As given.
    nothing : str
        Why no sample is queued, and what to do; "" where some are. Read-only.

    Examples
    --------
    >>> histogram = vw.AnomalyHistogram([0.1, 0.3, 0.5, 0.9], threshold=0.4, items=np.eye(4))
    >>> queue = vw.ReviewQueue(histogram)
    >>> sorted(queue.queue.tolist())
    [2, 3]
    """

    _esm = bundle("review_queue.js")
    _css = bundle("review_queue.css")
    _picture_follows = ("position", "_marks", "_status", "_window")

    histogram: AnomalyHistogram
    queue: NDArray[np.int64]

    order = traitlets.Unicode("random").tag(sync=True, page_writes=True)
    position = WholeNumber(0).tag(**PAGE)

    # Of the queued samples around `position`, from number "start" on: what the page shows.
    _window = traitlets.Dict().tag(sync=True)
    # Of the whole queue.
    _marks = traitlets.List(traitlets.Unicode()).tag(sync=True)
    _flagged = traitlets.List(traitlets.Bool()).tag(sync=True)
    _counts = traitlets.Dict().tag(sync=True)
    _can_undo = traitlets.Bool(False).tag(sync=True)
    _status = traitlets.Unicode("").tag(sync=True)
    # The scores, the queue and the kernel: ``kept_marks.ts`` keeps marks by it.
    _origin = traitlets.Dict().tag(sync=True)

    @checks.suggest_keywords
    def __init__(
        self,
        histogram: AnomalyHistogram,
        codec: Codec | None = None,
        *,
        order: str = "random",
        size: int = 200,
        seed: int = 0,
    ) -> None:
        if not isinstance(histogram, AnomalyHistogram):
            raise TypeError(
                f"histogram must be an AnomalyHistogram; received {type(histogram).__name__}. "
                "Make one of your scores first: vw.AnomalyHistogram(scores)."
            )
        renderer = histogram.renderer if histogram.items is not None else None
        self._pictures = ReviewPictures(histogram.items, renderer, codec)
        checks.one_of("order", order, ORDERS)
        self._size = checks.positive_int("size", size)
        self._seed = checks.positive_int("seed", seed, minimum=0)
        self.histogram = histogram
        self._log = ReviewLog()
        self._candidates = ReviewCandidates(histogram.labelled_scores, self._log)
        self._number = 0  # of queues made, so that the page knows a new one
        self.queue = np.zeros(0, np.int64)
        origin = {
            "scores": hash_data(histogram.scores, None),
            "queue": uuid.uuid4().hex,
            "kernel": KERNEL_ID,
        }
        super().__init__(order=order, _origin=origin)
        self._refill()
        histogram.observe(self._refill, "threshold")
        histogram.observe(self._follow_labels, "metrics")
        self.observe(self._refill, "order")
        self.observe(self._show_window, "position")
        self.handle(self._take_mark, "mark")
        self.handle(self._take_undo, "undo")
        self.handle(lambda message: self.refill(), "refill")
        self.handle(self._answer_log, "log")
        self.handle(self._take_up, "restore")

    def close(self) -> None:
        """Free the queue, here and in the page; its histogram stays."""
        if self.comm is not None:  # ipywidgets closes once more in the end
            self.histogram.unobserve(self._refill, "threshold")
            self.histogram.unobserve(self._follow_labels, "metrics")
        super().close()

    @property
    def labels(self) -> NDArray[np.float64] | None:
        """Those of the histogram, given or marked: 1, 0 or NaN, (n,); None without any."""
        return self.histogram.labels

    @property
    def nothing(self) -> str:
        """Why no sample is queued, and what to do; "" where some are.

        Samples that have a label are not queued.
        """
        return "" if len(self.queue) else self._candidates.why_none(self.histogram.threshold)

    @property
    def estimate(self) -> dict[str, Any]:
        """Return the precision of all flagged samples (`core.scores.reviewed_precision`).

        ``precision`` (NaN if no sample was drawn at random), its 95 % interval ``low`` to ``high``,
        ``n_flagged``, ``n_labelled``, ``n_drawn``, ``covered``, the share of the flagged samples
        that labels stand for, and ``text``.
        """
        found = self.histogram.labelled_scores.reviewed_precision(self.histogram.threshold)
        numbers = {name: values[0].item() for name, values in vars(found).items()}
        return numbers | {"text": precision_text(found)}

    def mark(self, index: int, mark: str) -> None:
        """Mark a sample, as a key does.

        `index` is the row of its score; `mark` ``"anomalous"``, ``"normal"``, ``"unsure"``, or
        ``""`` to remove the mark. Raises ``ValueError`` if the sample has a label that was not
        given here.
        """
        index = checks.positive_int("index", index, minimum=0)
        checks.one_of("mark", mark, [*LABELS, ""])
        self._mark(index, mark)

    def undo(self) -> None:
        """Undo the last mark and show its sample; nothing happens if there is none.

        A sample that was given another label elsewhere since is left out.
        """
        self._keep_marks()
        index = self._log.undo()
        if index is None:
            return
        with self.hold_sync():
            if index not in self.queue:
                place = min(self.position, len(self.queue))
                self.queue = np.insert(self.queue, place, index)
                self._number += 1
            self._apply(index)
            self._go(int(np.flatnonzero(self.queue == index)[0]))
        mark = self._log.mark_of(index)
        self._confirm(mark or Mark(index, float(self.histogram.scores[index]), "", ""))

    def refill(self) -> None:
        """Queue the next samples, without those that were marked, also as unsure."""
        self._refill()

    def to_dict(self) -> dict[str, list[Any]]:
        """Return the marks as columns.

        They are ``index`` (row of the score), ``key`` (of an index of pandas), ``score``, ``label``
        (1 anomalous, 0 normal, None unsure), ``mark``, ``time`` (ISO 8601, UTC) and ``drawn_from``,
        the threshold from which on a sample was drawn at random, or None.
        """
        self._keep_marks()
        return self._log.to_dict(self.histogram.index)

    def save(self, path: str | os.PathLike[str]) -> pathlib.Path:
        """Save the columns of `to_dict` as a ``.csv`` file with a header; return its path.

        The file is replaced only once the new one is complete.

        Text that a spreadsheet would take for a formula begins with an apostrophe there.
        """
        self._keep_marks()
        with atomic_file(path, ".csv") as file:
            file.write(self._log.to_csv(self.histogram.index).encode())
        return pathlib.Path(path)

    def load(self, path: str | os.PathLike[str]) -> None:
        """Load the marks that `save` wrote, and queue the next samples.

        A spreadsheet may have saved the file, in UTF-8 and with all digits: also with ``;`` between
        columns and decimal commas.

        Raises
        ------
        OSError, ValueError
            If the file cannot be read, is of other scores, or has a mark for a sample with a label
            that was not given here; nothing is changed then.
        """
        self._keep_marks()
        marks = read_marks(read_file(path))
        for mark in marks:
            self._candidates.check(mark.index)
        marks = with_exact_numbers(marks, self.histogram.scores)
        self._log.restore(marks)
        self._label(marks)
        self._refill()

    def carried(self, page: PageContents) -> dict[str, Any]:
        """Return the marks, the queue with its draws, and how the next samples are chosen."""
        self._keep_marks()
        return {
            "histogram": self.histogram.model_id,
            "scores": self.histogram.scores,
            "keys": index_to_json(self.histogram.index),
            "labels": self.histogram.labels,
            "drawn_from": self.histogram.labelled_scores.drawn_from,
            "threshold": self.histogram.threshold,
            "queue": self.queue.tolist(),
            "draws": {str(index): since for index, since in self._candidates.draws.items()},
            "marks": self._all_marks()["marks"],
            "size": self._size,
            "seed": self._seed,
            "window": self._pictures.most,
            **self._pictures.carried(page),
        }

    @property
    def _picture_height(self) -> float:
        return picture.height(bool(self._window["pictures"]))

    def _draw(self, figure: Any) -> None:
        tiles = tiles_of(self._window)
        position = picture.first(self) - self._window["start"]
        marks = {int(index): self._log.get(int(index)) for index in self.queue}
        strip = next(iter(tiles.values()), np.zeros((0, 1, 1, 4), np.uint8))
        at = min(self.position, len(self.queue) - 1) - self._window["start"]
        picture.draw(
            figure,
            self,
            marks,
            {name: of[at] for name, of in tiles.items()},
            strip[max(0, position) :][: picture.COLUMNS],
            repr(self),
        )

    def _summary(self) -> str:
        return picture.summary(self, self._marks.count(""), self._log.counts(), self._status)

    @validate("order")
    def _check_order(self, proposal: Any) -> str:
        return checks.one_of("order", proposal.value, ORDERS)

    @validate("position")
    def _check_position(self, proposal: Any) -> int:
        # After the last sample comes the summary.
        return int(checks.number_between("position", proposal.value, 0, len(self.queue)))

    def _refill(self, change: Any = None) -> None:
        threshold = self.histogram.threshold
        self.queue = self._candidates.queue(self.order, threshold, self._size, self._seed)
        self._number += 1
        with self.hold_sync():
            self._tell_marks()
            self._go(0)

    def _go(self, position: int) -> None:
        if position == self.position:
            self._show_window()
        else:
            self.position = position

    def _mark(self, index: int, mark: str, time: str = "") -> None:
        self._keep_marks()
        self._candidates.check(index)
        score, drawn_from = float(self.histogram.scores[index]), self._candidates.draws.get(index)
        made = self._log.set(index, score, mark, time, drawn_from)
        self._apply(index)
        self._confirm(made)

    def _confirm(self, mark: Mark) -> None:
        self.post("marked", self._with_key(mark))

    def _send_log(self) -> None:
        self.post("log", self._all_marks())

    def _all_marks(self) -> dict[str, Any]:
        return {"marks": [self._with_key(mark) for mark in self._log.marks]}

    def _with_key(self, mark: Mark) -> dict[str, Any]:
        return {**vars(mark), "key": self._key(mark.index)}

    def _key(self, row: int) -> str | None:
        index = self.histogram.index
        return None if index is None else str(index[row])

    def _take_up(self, message: dict[str, Any]) -> dict[str, Any]:
        self._keep_marks()
        kept = (Mark(**fields) for fields in message["marks"])
        marks, reasons = self._candidates.sort_out(kept)
        with self.hold_sync():
            self._log.restore(marks)
            self._label(marks)
            self._refill()
        self._send_log()
        return {
            "taken": [mark.index for mark in marks if mark.mark],
            "left_out": list(reasons),
            "why": next(iter(reasons.values()), ""),
        }

    def _label(self, marks: list[Mark]) -> None:
        self.histogram.label(
            [mark.index for mark in marks],
            [LABELS.get(mark.mark, np.nan) for mark in marks],
            drawn_from=[np.nan if m.drawn_from is None else m.drawn_from for m in marks],
        )

    def _apply(self, index: int) -> None:
        mark = self._log.mark_of(index) or Mark(
            index, 0.0, "", "", self._candidates.draws.get(index)
        )
        label = LABELS.get(mark.mark, np.nan)
        if not np.array_equal(label, self._candidates.label_of(index), equal_nan=True):
            self._label([mark])
        self._tell_marks()

    def _tell_marks(self) -> None:
        with self.hold_sync():
            self._marks = [self._log.get(int(index)) for index in self.queue]
            self._flagged = (self.histogram.scores[self.queue] >= self.histogram.threshold).tolist()
            self._counts = self._log.counts()
            self._can_undo = self._log.can_undo
            self._tell_status()

    def _follow_labels(self, change: Any = None) -> None:
        self._keep_marks()
        self._tell_status()

    def _keep_marks(self) -> None:
        if self._candidates.drop_overruled():
            self._tell_marks()
            self._send_log()

    def _tell_status(self) -> None:
        self._status = self.estimate["text"]

    def _show_window(self, change: Any = None) -> None:
        size = self._pictures.most
        shown = self._window.get("indices", [])
        start = self._window.get("start", 0)
        same = self._window.get("queue") == self._number
        margin = size // 4
        first, last = max(0, self.position - margin), min(len(self.queue), self.position + margin)
        if same and shown and start <= first and last <= start + len(shown):
            return
        start = max(0, min(self.position - size // 2, len(self.queue) - size))
        indices = self.queue[start : start + size]
        self._window = {
            "queue": self._number,
            "start": start,
            "indices": indices.tolist(),
            "scores": self.histogram.scores[indices].tolist(),
            "drawn_from": [self._candidates.draws.get(index) for index in indices.tolist()],
            "keys": [self._key(index) for index in indices.tolist()],
            "threshold": self.histogram.threshold,
            "nothing": self.nothing,
            **self._pictures.of(indices),
        }

    def _take_mark(self, message: dict[str, Any]) -> None:
        try:
            self._mark(message["index"], message["mark"], message["time"])
        except ValueError as error:  # it has been labelled meanwhile
            raise Refused(str(error)) from error

    def _take_undo(self, message: dict[str, Any]) -> dict[str, Any]:
        self._keep_marks()
        index, mark = self._log.last or (-1, "")
        self.undo()
        return {"index": index, "mark": mark}

    def _answer_log(self, message: dict[str, Any]) -> dict[str, Any]:
        self._keep_marks()
        return self._all_marks()
