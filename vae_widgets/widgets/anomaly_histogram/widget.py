"""Choose a threshold for anomaly scores, and see which samples it flags."""

from collections.abc import Callable, Mapping
from typing import Any

import ipywidgets
import numpy as np
import traitlets
from numpy.typing import ArrayLike, NDArray

from vae_widgets.core import checks
from vae_widgets.core.pairing import index_to_json, shared_index
from vae_widgets.core.scores.bootstrap import (
    BootstrapIntervals,
    bootstrap_threshold,
    quick_resamples,
)
from vae_widgets.core.scores.labelled_scores import LabelledScores, check_new_labels
from vae_widgets.core.scores.policy import ThresholdPolicy
from vae_widgets.core.scores.threshold_choice import (
    MANUAL,
    Request,
    ThresholdChoice,
    check_method_or_manual,
    check_percentile,
    first_choice,
)
from vae_widgets.core.thresholds import METHODS, Threshold, check_labels
from vae_widgets.rendering import Renderer, check_renderer
from vae_widgets.widgets.anomaly_histogram import still_picture as picture
from vae_widgets.widgets.anomaly_histogram.histogram_canvas import in_words_of_the_page
from vae_widgets.widgets.anomaly_histogram.sample_strip import check_items
from vae_widgets.widgets.anomaly_histogram.view import HistogramView
from vae_widgets.widgets.base.widget import CompositeWidget, PageContents
from vae_widgets.widgets.latent_scatter.widget import LatentScatter
from vae_widgets.widgets.links.score_link import ScoreLink
from vae_widgets.widgets.still_pictures.pictured import Pictured
from vae_widgets.widgets.traits.array import (
    AlwaysNotify,
    Array,
    Number,
    WholeNumber,
    refusing,
    validate,
)
from vae_widgets.widgets.traits.index_set import IndexSet

_CHECKS: dict[str, Callable[[Any], Any]] = {
    "method": check_method_or_manual,
    "percentile": check_percentile,
}


class AnomalyHistogram(Pictured, CompositeWidget):
    """A histogram of anomaly scores with a threshold to drag, type, or choose by a method.

    Parameters
    ----------
    scores
        Finite scores (n,), higher = more anomalous.
    labels
        (n,) booleans or 0 and 1, 1 = anomalous; None or NaN = not labelled. None without any.
    items
        The samples (n, *sample_shape) behind the scores, shown as tiles.
    renderer
        Turns items into tiles, or the name of a renderer; None chooses one by their shape or type.
    threshold
        The first threshold; None lets `method` choose it.
    method
        How the first threshold is chosen, any method of `choose_threshold`; None: the best F1 with
        both kinds of labels, otherwise the percentile.
    parameters
        Of the method, such as ``{"factor": 3}``; the others have their defaults.
    percentile
        95 flags at most the top 5 %.
    score_name
        Name of the score for the axis and the policy, such as "elbo".
    bins
        Approximate number of bins; None chooses it by the data.
    n_tiles
        Largest number of tiles in a row.

    Attributes
    ----------
    threshold : float
        A sample is flagged when its score is at least this. May be set. A drag sets it when it
        ends.
    method : str
        The method that chose the threshold: "manual", or one of `choose_threshold`. Set it to apply
        a method with its last parameters.
    percentile : float
        Set it to choose the threshold by a percentile.
    chosen : Threshold
        The threshold with its parameters and explanation. Read-only.
    flagged : ndarray
        bool (n,), read-only: ``scores >= threshold``.
    metrics : dict
        ``n_flagged``, ``alert_rate`` and, with labels, ``precision``, ``recall``, ``f1`` and the
        four counts; NaN where undefined. Read-only.
    index : pandas.Index or None
        Of the scores, labels or items, if they have one.
    flagged_index : pandas.Index or ndarray
        The entries of `index` whose samples are flagged.
    selection : ndarray
        Indices of samples whose part of each bar is marked, uint32, sorted. May be set; a boolean
        mask (n,) will do. A linked scatter sets it.
    n_samples : int
        Number of scores.
    renderer : Renderer
    picked_item : int
        Index of the sample whose tile was clicked last; -1 if none.

    Raises
    ------
    TypeError, ValueError
        If an argument is bad. A wrong value set later changes nothing.

    Examples
    --------
    >>> histogram = vw.AnomalyHistogram([1.0, 2.0, 3.0, 4.0, 100.0], method="iqr")
    >>> histogram.flagged
    array([False, False, False, False,  True])
    """

    threshold = Number(0.0)
    percentile = AlwaysNotify(95.0)
    method = AlwaysNotify(MANUAL)
    flagged = Array("bool", read_only=True)
    metrics = traitlets.Dict(read_only=True)
    _picture_follows = ("threshold", "method", "metrics")
    picked_item = WholeNumber(-1)
    selection = IndexSet()
    n_samples: int
    renderer: Renderer
    _choice: ThresholdChoice
    _planned: ThresholdChoice

    @checks.suggest_keywords
    def __init__(
        self,
        scores: ArrayLike,
        labels: ArrayLike | None = None,
        items: Any = None,
        renderer: Renderer | str | None = None,
        *,
        threshold: float | None = None,
        method: str | None = None,
        parameters: Mapping[str, Any] | None = None,
        percentile: float = 95.0,
        score_name: str = "score",
        bins: int | None = None,
        n_tiles: int = 12,
    ) -> None:
        self._index = shared_index({"scores": scores, "labels": labels, "items": items})
        checked = checks.scores("scores", scores).copy()  # a change in place would go unnoticed
        checked.flags.writeable = False
        n = self.n_samples = len(checked)
        known = check_labels(labels, n)
        self._items = None if items is None else check_items(items, n, renderer)
        if self._items is not None:
            given = items if hasattr(items, "columns") else self._items
            self.renderer = check_renderer(renderer, self._items.shape[1:], given)
        checks.positive_int("n_tiles", n_tiles)
        if bins is not None:
            checks.positive_int("bins", bins)
        self._data = LabelledScores(checked, known)
        choice = first_choice(self._data, threshold, method, parameters, percentile)
        self._view = HistogramView(
            self._data,
            self._index,
            self._items,
            self.renderer if self._items is not None else None,
            n_tiles,
            bins,
            score_name,
            lambda: self.bootstrap(quick_resamples(n, self.method)),
        )
        super().__init__(self._view.widgets, layout=ipywidgets.Layout(width="100%"))
        self._apply(choice)
        self._view.canvas.observe(self._moved, "threshold")
        self._view.canvas.handle(self._apply_method, "method")
        if self._view.strip:
            self._view.strip.observe(self._clicked, "selected")
        self.observe(lambda change: self._view.canvas.select(change.new), "selection")

    @property
    def log_counts(self) -> bool:
        """Whether counts are drawn on a logarithmic axis; may be set."""
        return bool(self._view.canvas.log_counts)

    @log_counts.setter
    def log_counts(self, value: bool) -> None:
        self._view.canvas.log_counts = value

    @property
    def full_range(self) -> bool:
        """Whether the extreme scores are shown too; may be set."""
        return bool(self._view.canvas.full_range)

    @full_range.setter
    def full_range(self, value: bool) -> None:
        self._view.canvas.full_range = value

    @property
    def curve(self) -> str | None:
        """Which curve is shown beside the scores; may be set.

        "Precision-recall", "ROC", "Cost" or, where only some samples have a label, "All alerts";
        None without labels.
        """
        return self._view.curves.shown

    @curve.setter
    def curve(self, name: str) -> None:
        self._view.curves.shown = name

    @property
    def chosen(self) -> Threshold:
        """The threshold with its method, parameters, explanation and assumption."""
        return self._choice.chosen

    @property
    def scores(self) -> NDArray[np.float64]:
        """A copy of the scores, float64 (n,), read-only."""
        return self._data.scores

    @property
    def labelled_scores(self) -> LabelledScores:
        """The scores in order with their labels, to count by; change labels with `label` only."""
        return self._data

    @property
    def index(self) -> Any:
        """The pandas index of the scores, labels or items; None if none of them had one."""
        return self._index

    @property
    def flagged_index(self) -> Any:
        """The entries of `index` whose samples are flagged; row numbers where there is none."""
        rows = np.flatnonzero(self.flagged)
        return rows if self._index is None else self._index[rows]

    @property
    def items(self) -> NDArray[Any] | None:
        """The samples (n, *sample_shape) behind the scores; None if they were not given."""
        return self._items

    @property
    def labels(self) -> NDArray[np.float64] | None:
        """A copy, float64 (n,): 1 anomalous, 0 normal, NaN without label; None without any.

        Those that were given and those that `label` or a `ReviewQueue` has added since.
        """
        return None if self._data.labels is None else self._data.labels.copy()

    @property
    def warning(self) -> str:
        """What the labels say against the scores, as the page shows it; "" if nothing.

        Scores seem reversed where the area under the ROC curve and its 95 % interval are below 0.5.
        """
        return self._view.canvas.warning

    def label(
        self, indices: ArrayLike, labels: ArrayLike, *, drawn_from: ArrayLike | None = None
    ) -> None:
        """Label samples, or remove their labels; curves, confusion matrix and metrics follow.

        The threshold does not change.

        Parameters
        ----------
        indices
            One row of the scores, or several (k,).
        labels
            For each of them, or for all: 1 or True (anomalous), 0 or False (normal), None or NaN
            (no label).
        drawn_from
            Where samples were drawn at random, as by a `ReviewQueue`: the threshold from which on,
            a number or one for each, NaN for no draw. Only these stand for samples without a label.

        Raises
        ------
        TypeError, ValueError
            If an index or a label is bad; nothing is changed then.
        """
        if checks.any_array("indices", indices).size:
            n = len(self._data)
            self._data.label(*check_new_labels(n, indices, labels, drawn_from, self._index))
            metrics = self._data.metrics(self.threshold)
            self._view.show_labels(metrics, self.threshold)
            self.set_trait("metrics", metrics)

    def choose_threshold(self, method: str, **parameters: Any) -> Threshold:
        """Choose the threshold by a method, move the line there, and return what was chosen.

        Parameters and errors are those of `vw.choose_threshold`. Parameters that are not given have
        the values they had last, at first the defaults.
        """
        choice = self._choice.by_method(self._data, method, parameters)
        self._apply(choice)
        return choice.chosen

    def bootstrap(
        self, n_resamples: int = 200, confidence: float = 0.95, seed: int = 0
    ) -> BootstrapIntervals:
        """Return confidence intervals of the metrics of the threshold, and show them.

        The arguments are those of `core.bootstrap.bootstrap_threshold`.
        """
        found = bootstrap_threshold(
            self._data.scores, self._data.labels, self.chosen, n_resamples, confidence, seed
        )
        self._view.intervals.show(found, self.method)
        return found

    def link(self, scatter: LatentScatter, *, color: bool = True) -> ScoreLink:
        """Show what is flagged in a scatter of the same samples, and what is selected there here.

        The scores are one of the quantities that can colour the scatter, in two colours from the
        threshold on, which can be set in both. The part of every bar that is selected in the
        scatter is marked.

        Parameters
        ----------
        scatter
            Of the same samples, in the same order.
        color
            Colour the scatter by the scores at once, and hover the picked item there. False keeps
            its colours, and outlines the flagged samples.

        Returns
        -------
        ScoreLink
            Its ``unlink()``, or closing a widget, ends the link.

        Raises
        ------
        TypeError, ValueError
            If `scatter` is no `LatentScatter`, or shows another number of samples.
        """
        return ScoreLink(self, self._view.canvas, scatter, color)

    def policy(self, note: str = "", *, author: str = "", model_hash: str = "") -> ThresholdPolicy:
        """Return the threshold as a `ThresholdPolicy`, to save and to apply elsewhere."""
        return self._choice.policy(
            self._data,
            score=self._view.canvas.score_name,
            author=author,
            note=note,
            model_hash=model_hash,
        )

    def carried(self, page: PageContents) -> dict[str, Any]:
        """Return the scores with their labels, and what each method chooses by them."""
        data, view = self._data, self._view
        return {
            "canvas": view.canvas.model_id,
            "strip": view.strip and view.strip.model_id,
            "scores": data.scores,
            "keys": index_to_json(self._index),
            "labels": data.labels,
            "drawn_from": data.drawn_from,
            "choices": {name: self._carried_choice(name) for name in METHODS},
            "links": [
                {"scatter": link.scatter.model_id, "color": link.color, "name": link.name}
                for link in ScoreLink.links_of(self)
            ],
        }

    def _carried_choice(self, method: str) -> dict[str, Any]:
        try:
            chosen = self._choice.by_method(self._data, method).chosen
        except (TypeError, ValueError) as error:
            return {"error": in_words_of_the_page(str(error))}
        return {
            "threshold": chosen.threshold,
            "method": chosen.method,
            "parameters": dict(chosen.parameters),
            "status": f"{chosen.explanation} {chosen.assumes}".strip(),
        }

    @property
    def _picture_height(self) -> float:
        return self._view.bars().height

    def _draw(self, figure: Any) -> None:
        picture.draw(figure, self, self._view.bars(), repr(self))

    def _summary(self) -> str:
        return picture.summary(self, self._data.totals())

    @validate("threshold", "method", "percentile")
    def _plan(self, proposal: Any) -> Any:
        """Choose before a trait changes, so that what cannot be chosen changes nothing."""
        name = proposal.trait.name
        request = self._request(name, proposal.value)
        known = [choice for choice in (self._planned, self._choice) if choice.state == request]
        self._planned = known[0] if known else self._choice.after(self._data, name, request)
        return getattr(request, name)

    def _request(self, name: str, value: Any) -> Request:
        changed: Any = {name: _CHECKS[name](value) if name in _CHECKS else value}
        return Request(self.threshold, self.method, self.percentile)._replace(**changed)

    @validate("picked_item")
    def _check_picked_item(self, proposal: Any) -> int:
        last = len(self._data) - 1
        return int(checks.number_between("picked_item", proposal.value, -1, last))

    @traitlets.observe("threshold", "method", "percentile")
    def _changed(self, change: Any) -> None:
        if self._planned is not self._choice:
            self._apply(self._planned)
        elif change.old == change.new:  # asked for once more: labels may have changed since
            with refusing():
                request = self._request(change.name, change.new)
                choice = self._choice.after(self._data, change.name, request)
            self._apply(choice)

    def _apply(self, choice: ThresholdChoice) -> None:
        """Update all traits that depend on the threshold, then notify observers and the page."""
        self._planned, state = choice, choice.state._asdict()
        changed = [name for name, value in state.items() if getattr(self, name) != value]
        if self._cross_validation_lock:  # set together with others, any of which may be refused
            for name in changed or ["method"]:
                setattr(self, name, state[name])
            return  # `_changed` does the rest
        self._choice = choice
        with self.hold_trait_notifications():
            for name in changed:
                setattr(self, name, state[name])
            self._flag()
            self.set_trait("metrics", self._data.metrics(self.threshold))
        if self._choice is choice:  # no observer has moved it on
            self._view.show(self.chosen, self.metrics, self.picked_item)

    @traitlets.default("flagged")
    def _is_flagged(self) -> NDArray[np.bool_]:
        # Not the trait's, which may still be refused while notifications are held.
        flagged: NDArray[np.bool_] = self._data.scores >= self.chosen.threshold
        return flagged

    def _flag(self) -> None:
        """Let `flagged` follow the threshold, if it is not observed only when it is read."""
        observed = (self._trait_notifiers.get(name, {}) for name in ("flagged", traitlets.All))
        if any(any(handlers.values()) for handlers in observed):
            self.set_trait("flagged", self._is_flagged())
        else:
            self._trait_values.pop("flagged", None)

    def _moved(self, change: Any) -> None:
        if change.new != self.threshold:  # the page moved it, and not this widget
            self.threshold = change.new

    def _apply_method(self, request: dict[str, Any]) -> dict[str, Any]:
        method, asked = request["method"], request.get("parameters", {})
        try:
            if method == MANUAL:
                self._apply(self._choice.by_hand(self.threshold))
            else:
                self.choose_threshold(method, **asked)
        except (TypeError, ValueError) as error:
            before = self._choice.parameters.get(method) or METHODS[method].parameters
            why = in_words_of_the_page(str(error))
            return {"error": why, "method": method, "parameters": {**before, **asked}}
        return {}

    def _clicked(self, change: Any) -> None:
        index = self._view.strip.sample_at(change.new) if self._view.strip else -1
        if index >= 0:
            self.picked_item = index

    @traitlets.observe("picked_item")
    def _picked(self, change: Any) -> None:
        if self._view.strip:
            self._view.strip.frame(change.new)
