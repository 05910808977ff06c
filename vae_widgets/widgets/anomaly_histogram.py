"""Cut anomaly scores with a threshold, and see what that does."""

from typing import Any

import ipywidgets
import numpy as np
import traitlets
from numpy.typing import ArrayLike, NDArray

from vae_widgets.core import checks
from vae_widgets.core.policy import ThresholdPolicy
from vae_widgets.core.thresholds import f1_threshold, percentile_threshold, threshold_metrics
from vae_widgets.rendering import Renderer, check_renderer, render
from vae_widgets.widgets.precision_recall import PrecisionRecall
from vae_widgets.widgets.score_canvas import ScoreCanvas
from vae_widgets.widgets.tile_strip import TileStrip
from vae_widgets.widgets.traits import Array

METHODS = ("manual", "percentile", "f1")


class AnomalyHistogram(ipywidgets.VBox):
    """A histogram of anomaly scores with a threshold to drag, type or set by percentile.

    Parameters
    ----------
    scores
        Finite scores (n,), higher = more anomalous.
    labels
        (n,) booleans or 0 and 1, 1 = anomalous; None or NaN where a sample is not labelled (-1 is
        refused: it means "outlier" to some and "unlabelled" to others). None without any labels.
    items
        The samples (n, *sample_shape) behind the scores, shown as tiles.
    renderer
        Turns items into tiles; None chooses by their shape.
    threshold
        Where to start; None leaves it to `method`.
    method
        How the first threshold is chosen: "percentile" or "f1". None means the best F1 where both
        kinds of labels are present, for that is what labels are for, and the percentile otherwise.
    percentile
        95 flags at most the top 5 % (`core.thresholds.percentile_threshold` says how ties count).
    score_name
        Which score this is, for the axis and the policy, such as "elbo".
    bins
        About how many bins; None chooses by the data.
    n_tiles
        How many tiles a row has at most.

    Attributes
    ----------
    threshold : float
        A sample is flagged when its score is at least this. Set it to move the line; while the
        line is dragged, only the release arrives.
    method : str
        Which rule chose the threshold: "manual", "percentile" or "f1". Set it to apply the rule.
    percentile : float
        Set it to choose the threshold by it.
    flagged : ndarray
        bool (n,), read-only: ``scores >= threshold``.
    metrics : dict
        ``n_flagged``, ``alert_rate`` and, with labels, ``precision``, ``recall``, ``f1`` and the
        four counts, over the labelled samples; NaN where undefined
        (`core.thresholds.threshold_metrics`). Read-only.
    picked_item : int
        Index of the sample whose tile was clicked last; -1 if none.

    Raises
    ------
    TypeError, ValueError
        If an argument is not as above; nothing is computed then. A wrong value set later leaves
        the widget as it was.
    """

    # Without a type: the validators below say more than "expected a float".
    threshold: traitlets.TraitType[Any, Any] = traitlets.TraitType(0.0)
    percentile: traitlets.TraitType[Any, Any] = traitlets.TraitType(95.0)
    method: traitlets.TraitType[Any, Any] = traitlets.TraitType("manual")
    flagged = Array("bool", read_only=True)
    metrics = traitlets.Dict(read_only=True)
    picked_item = traitlets.Int(-1)
    _applied: tuple[float, str, float] | None = None

    @checks.suggest_keywords
    def __init__(
        self,
        scores: ArrayLike,
        labels: ArrayLike | None = None,
        items: Any = None,
        renderer: Renderer | None = None,
        *,
        threshold: float | None = None,
        method: str | None = None,
        percentile: float = 95.0,
        score_name: str = "score",
        bins: int | None = None,
        n_tiles: int = 12,
    ) -> None:
        self._scores = checks.scores("scores", scores)
        n = len(self._scores)
        self._labels = None if labels is None else checks.anomaly_labels("labels", labels, n)
        if self._labels is not None and np.isnan(self._labels).all():
            self._labels = None
        self._items = None if items is None else _items(items, n, renderer)
        if self._items is not None:
            self._renderer = check_renderer(renderer, self._items.shape[1:])
        self._n_tiles = checks.positive_int("n_tiles", n_tiles)
        if bins is not None:
            checks.positive_int("bins", bins)
        percentile = checks.number_between("percentile", percentile, 0, 100)
        if threshold is not None:
            threshold = checks.finite_number("threshold", threshold)
            if method not in (None, "manual"):
                raise ValueError(
                    f"threshold={threshold:g} and method={method!r} were both given; expected one."
                )
            method = "manual"
        elif method == "manual":
            raise ValueError("method='manual' needs threshold, a number.")
        elif method is None:
            method = "f1" if self._can_best_f1() else "percentile"
        method = self._possible_method(method)

        self._order = np.argsort(self._scores, kind="stable")
        self._sorted = self._scores[self._order]
        self._curve = PrecisionRecall(self._scores, self._labels)
        self._canvas = ScoreCanvas(
            self._classes(),
            bins=bins,
            score_name=score_name,
            can_best_f1=self._can_best_f1(),
            operating_point=self._curve.point,
        )
        self._canvas.layout = ipywidgets.Layout(flex="3 1 380px", width="auto", min_width="0")
        legend = "" if self._labels is None else ": ✓ decided as labelled, ✗ not"
        self._strip = TileStrip(selectable=True, title=f"Samples by score{legend}")
        self._shown_items: list[int] = []
        top = ipywidgets.HBox(
            [self._canvas, self._curve], layout=ipywidgets.Layout(flex_flow="row wrap")
        )
        super().__init__(
            [top] if self._items is None else [top, self._strip],
            layout=ipywidgets.Layout(width="100%", max_width="800px"),
        )
        if threshold is None:
            threshold = self._choose(method, percentile)
        self._apply(threshold, method, percentile)
        self._canvas.observe(self._moved, "threshold")
        self._canvas.on_msg(self._asked)
        self._strip.observe(self._clicked, "selected")

    def policy(self, note: str = "") -> ThresholdPolicy:
        """Return the threshold and what defends it, to save and to apply elsewhere."""
        return ThresholdPolicy(
            threshold=self.threshold,
            method=self.method,
            score=self._canvas.score_name,
            metrics=self.metrics,
            percentile=self.percentile if self.method == "percentile" else None,
            n_scores=len(self._scores),
            n_labelled=0 if self._labels is None else int((~np.isnan(self._labels)).sum()),
            note=note,
        )

    @traitlets.validate("threshold")
    def _check_threshold(self, proposal: Any) -> float:
        return checks.finite_number("threshold", proposal.value)

    @traitlets.validate("percentile")
    def _check_percentile(self, proposal: Any) -> float:
        return checks.number_between("percentile", proposal.value, 0, 100)

    @traitlets.validate("method")
    def _check_method(self, proposal: Any) -> str:
        return self._possible_method(proposal.value)

    @traitlets.validate("picked_item")
    def _check_picked_item(self, proposal: Any) -> int:
        if not -1 <= proposal.value < len(self._scores):
            raise traitlets.TraitError(
                f"picked_item must lie in [-1, {len(self._scores) - 1}]; received {proposal.value}."
            )
        return int(proposal.value)

    def _possible_method(self, method: Any) -> str:
        method = checks.one_of("method", method, METHODS)
        if method == "f1" and not self._can_best_f1():
            raise ValueError(
                "method='f1' needs labels with a normal and an anomalous sample; "
                "use 'percentile', or pass labels."
            )
        return method

    def _can_best_f1(self) -> bool:
        labels = self._labels
        return labels is not None and bool((labels == 0).any() and (labels == 1).any())

    def _classes(self) -> dict[str, NDArray[np.float64]]:
        """Return the scores of each class that is drawn in a colour of its own."""
        if self._labels is None:
            return {"samples": self._scores}
        classes = {
            "normal": self._scores[self._labels == 0],
            "anomalous": self._scores[self._labels == 1],
        }
        unlabelled = self._scores[np.isnan(self._labels)]
        return classes | ({"not labelled": unlabelled} if unlabelled.size else {})

    def _choose(self, method: str, percentile: float) -> float:
        if method == "f1":
            assert self._labels is not None  # `_possible_method` saw to it
            return float(f1_threshold(self._scores, self._labels))
        return float(percentile_threshold(self._scores, percentile))

    @traitlets.observe("threshold", "method", "percentile")
    def _changed(self, change: Any) -> None:
        if (self.threshold, self.method, self.percentile) == self._applied:
            return  # the news of what `_apply` did itself
        if change.name == "threshold" or change.new == "manual":
            self._apply(self.threshold, "manual", self.percentile)
        else:
            method = "percentile" if change.name == "percentile" else self.method
            self._apply(self._choose(method, self.percentile), method, self.percentile)

    def _apply(self, threshold: float, method: str, percentile: float) -> None:
        """Make all that depends on the threshold agree, then tell observers and the page."""
        self._applied = (threshold, method, percentile)
        with self.hold_trait_notifications():
            self.threshold, self.method, self.percentile = threshold, method, percentile
            self.set_trait("flagged", self._scores >= threshold)
            self.set_trait("metrics", threshold_metrics(self._scores, self._labels, threshold))
        self._canvas.show(self.threshold, self.method, self._status())
        self._curve.show(self.metrics)
        if self._items is not None:
            self._show_items(self._items)

    def _status(self) -> str:
        """Say how the threshold was chosen, and what to think of it."""
        if self.method == "manual":
            return "Set by hand; arrow keys, Page Up and Page Down move it too."
        if self.method == "f1":
            return "Best F1 on these labels; expect a little less on new samples."
        top = 100 - self.percentile
        text = f"Flags at most the top {top:.6g} % of {len(self._scores):,} samples"
        return text + ("." if self.metrics["n_flagged"] or not top else ": room for none.")

    def _moved(self, change: Any) -> None:
        self.threshold = change.new

    def _asked(self, widget: Any, content: dict[str, Any], buffers: Any) -> None:
        """Choose a threshold by a rule, which the page cannot."""
        if content["kind"] == "f1":
            self._apply(self._choose("f1", self.percentile), "f1", self.percentile)
        elif content["kind"] == "percentile":
            percentile = checks.number_between("percentile", content["value"], 0, 100)
            self._apply(self._choose("percentile", percentile), "percentile", percentile)

    def _show_items(self, items: NDArray[Any]) -> None:
        """Show the samples that speak for or against the threshold, most telling first."""
        cut = int(np.searchsorted(self._sorted, self.threshold))
        columns = min(self._n_tiles, len(self._order))
        chosen = {
            "Most anomalous": self._order[::-1][:columns],
            "Just flagged": self._order[cut:][:columns],
            "Just not flagged": self._order[:cut][::-1][:columns],
        }
        # One batch, for a renderer may scale by what it gets.
        tiles = render(self._renderer, items[np.concatenate(list(chosen.values()))])
        rows, captions, marks, shown = [], [], [], []
        for indices in chosen.values():
            row = np.zeros((columns, *tiles.shape[1:]), np.uint8)  # clear where there are too few
            row[: len(indices)], tiles = tiles[: len(indices)], tiles[len(indices) :]
            rows.append(row)
            spare = columns - len(indices)
            verdicts = [self._verdict(i) for i in indices]
            signs = {"good": "✓ ", "bad": "✗ ", "": ""}
            captions += [
                f"{signs[verdict]}{self._scores[i]:.4g}"
                for i, verdict in zip(indices, verdicts, strict=True)
            ] + [""] * spare
            marks += verdicts + [""] * spare
            shown += indices.tolist() + [-1] * spare
        self._shown_items = shown
        self._strip.show(rows, list(chosen), captions, marks)
        self._mark_picked()

    def _verdict(self, index: int) -> str:
        """Return whether the threshold decides a sample as its label does."""
        if self._labels is None or np.isnan(self._labels[index]):
            return ""
        return "good" if self.flagged[index] == (self._labels[index] == 1) else "bad"

    def _clicked(self, change: Any) -> None:
        if 0 <= change.new < len(self._shown_items) and self._shown_items[change.new] >= 0:
            self.picked_item = self._shown_items[change.new]

    @traitlets.observe("picked_item")
    def _picked(self, change: Any) -> None:
        self._mark_picked()

    def _mark_picked(self) -> None:
        """Frame the picked sample where it is shown; leave the frame where it was clicked."""
        selected = self._strip.selected
        shown = self._shown_items
        if 0 <= selected < len(shown) and shown[selected] == self.picked_item:
            return
        found = self.picked_item in shown and self.picked_item >= 0
        self._strip.selected = shown.index(self.picked_item) if found else -1


def _items(items: Any, n: int, renderer: Renderer | None) -> NDArray[Any]:
    array = np.asarray(items)
    if len(np.atleast_1d(array)) != n or not array.ndim:
        raise ValueError(
            f"items has shape {array.shape}; expected ({n}, *sample_shape), one sample a score."
        )
    if renderer is None and array.dtype.kind not in "biuf":
        raise TypeError(f"items of dtype {array.dtype} need a renderer; received None.")
    return array
