"""All widgets for one model, linked."""

from collections.abc import Sequence
from typing import Any

import ipywidgets
import numpy as np
from numpy.typing import ArrayLike, NDArray

from vae_widgets.codec import Codec, check_codec, reconstruction_error
from vae_widgets.core import checks
from vae_widgets.core.labels.classes import index_classes
from vae_widgets.core.pairing import index_of, shared_index, with_index
from vae_widgets.core.ticks import counted
from vae_widgets.rendering import Renderer, check_renderer, note_of
from vae_widgets.rendering.thumbnails import thumbnails
from vae_widgets.widgets.anomaly_histogram.widget import AnomalyHistogram
from vae_widgets.widgets.base.hosted_view import in_marimo
from vae_widgets.widgets.base.widget import CompositeWidget, PageContents
from vae_widgets.widgets.explorer import still_picture as picture
from vae_widgets.widgets.explorer.tabs import PanelTabs
from vae_widgets.widgets.interpolation_slider.widget import InterpolationSlider
from vae_widgets.widgets.latent_scatter.widget import LatentScatter
from vae_widgets.widgets.links.path_link import end_at
from vae_widgets.widgets.review_queue.widget import ReviewQueue
from vae_widgets.widgets.still_pictures.figure import four_digits
from vae_widgets.widgets.still_pictures.pictured import Pictured
from vae_widgets.widgets.tile_strip.widget import TileStrip

STRIP_TILES = 60
"""How many of the selected samples are shown."""


class Explorer(Pictured, CompositeWidget):
    """Explore what a model has learned, with all widgets linked.

    The scatter stands beside the panel of the current task, or above it in a narrow cell:

    - *Selection*: the selected samples; a click on one picks its code.
    - *Slide*: an interpolation. Its path lies in the scatter and can be dragged there. Each end can
      be set to a sample by its number, or to the picked point.
    - *Threshold*: the anomaly scores. The flagged samples are outlined in the scatter, the selected
      ones marked in the bars, and a click on a tile picks its code.
    - *Review*: the flagged samples one by one, each picked in the scatter.

    Parameters
    ----------
    codec
        A VAE, or anything with ``encode``, ``decode``, ``latent_dim`` and ``sample_shape``.
    dataset
        A `Dataset`, whose test samples are explored, or samples (n, *sample_shape), as
        ``codec.encode`` takes them: of the bundle of a `VAEDetector` ``codec.preprocess(x)``.
    labels
        One class for each sample; None takes the data set's.
    label_names
        Names of the classes; None takes the data set's.
    renderer
        Turns samples into tiles, or the name of a renderer; None takes the data set's, the codec's,
        or chooses one.
    scores
        Anomaly scores (n,), higher = more anomalous. None takes ``codec.anomaly_score(x)``, or else
        the squared error of the reconstruction.
    anomalies
        1 or True for the samples known to be anomalous (n,), for precision and recall.
    in_page
        Whether the page decodes with the model itself: "auto", True or False, as for
        `LatentScatter`.

    Attributes
    ----------
    scatter : LatentScatter
    slider : InterpolationSlider
    histogram : AnomalyHistogram
    review : ReviewQueue
        Made when it is first asked for, or its panel opened.
    panel : str
        The panel that is shown: "selection", "slide", "threshold" or "review". May be set.

    Examples
    --------
    >>> dataset = vw.Dataset("table", np.zeros((9, 4)), np.zeros((9, 4)), likelihood="gaussian")
    >>> explorer = vw.Explorer(vw.VAE.build((4,), likelihood="gaussian"), dataset)
    >>> explorer.scatter.selection = [0, 2]
    """

    scatter: LatentScatter
    slider: InterpolationSlider
    histogram: AnomalyHistogram
    _review: ReviewQueue | None = None

    @checks.suggest_keywords
    def __init__(
        self,
        codec: Codec,
        dataset: Any,
        *,
        labels: ArrayLike | None = None,
        label_names: Sequence[str] | None = None,
        renderer: Renderer | str | None = None,
        scores: ArrayLike | None = None,
        anomalies: ArrayLike | None = None,
        in_page: bool | str = "auto",
    ) -> None:
        check_codec(codec)
        if hasattr(dataset, "x_test"):
            x = dataset.x_test
            labels = dataset.y_test if labels is None else labels
            label_names = dataset.label_names if label_names is None else label_names
            renderer = dataset.renderer if renderer is None else renderer
            name = "dataset.x_test"
        else:
            x, name = dataset, "dataset"
        given = {"labels": labels, "scores": scores, "anomalies": anomalies}
        index = shared_index({name: x, **given})
        self._x = checks.samples(name, x, codec.sample_shape)
        self._renderer = check_renderer(renderer, codec.sample_shape, x, codec)
        if anomalies is not None:
            anomalies = checks.anomaly_labels("anomalies", anomalies, len(self._x), name)
        if scores is None:
            scores, score_name = _scores(codec, self._x)
        else:
            score_name = "anomaly score"

        samples = self._x if index_of(x) is None else x
        self._codec = codec
        self.scatter = LatentScatter(
            codec,
            samples,
            with_index(labels, index),
            self._renderer,
            label_names=label_names,
            in_page=in_page,
        )
        start, end = _two_samples(self.scatter.z_mean, labels)
        self.slider = InterpolationSlider(
            codec,
            end_at(self.scatter, start),
            end_at(self.scatter, end),
            renderer=self._renderer,
            latents=self.scatter.z_mean,
            in_page=in_page,
        )
        self.slider.link(self.scatter)
        self.histogram = AnomalyHistogram(
            with_index(scores, index), anomalies, self._x, self._renderer, score_name=score_name
        )
        self.histogram.link(self.scatter, color=False)
        self._strip = TileStrip(
            title="Selected samples", selectable=True, placeholder="Lasso points to see them here."
        )
        self._selected: NDArray[np.uint32] = np.zeros(0, np.uint32)
        self._flagged = ipywidgets.Button(
            description="Select the flagged samples",
            tooltip="Select what the threshold flags",
            layout=ipywidgets.Layout(width="auto", align_self="flex-start", margin="0 0 0 8px"),
        )
        self._flagged.on_click(self._select_flagged)
        self._tabs = PanelTabs()
        self._panels = {
            "selection": [self._strip, self._flagged],
            "slide": [self.slider],
            "threshold": [self.histogram],
            "review": [],
        }
        body = [
            ipywidgets.VBox(parts).add_class(f"vw-panel-{name}")
            for name, parts in self._panels.items()
        ]
        self._reviewing = body[-1]
        side = [self._tabs, ipywidgets.VBox(body).add_class("vw-explorer-body")]
        super().__init__(
            [self.scatter, ipywidgets.VBox(side).add_class("vw-explorer-side")],
            layout=ipywidgets.Layout(width="100%"),
        )
        self.add_class("vw-explorer")
        self.scatter.observe(self._show_selection, "selection")
        self.histogram.observe(self._count, "flagged")
        self.histogram.observe(self._pick_item, "picked_item")
        self._strip.observe(self._pick_selected, "selected")
        self._tabs.observe(self._open, "panel")
        self._count()
        for part in self._pictured_parts():
            part.when_picture_changes(self._picture_changed)
        if in_marimo():
            _ = self.review  # marimo makes widgets only while a cell runs

    @property
    def panel(self) -> str:
        """The panel that is shown: "selection", "slide", "threshold" or "review"; may be set."""
        return str(self._tabs.panel)

    @panel.setter
    def panel(self, name: str) -> None:
        self._tabs.panel = name

    @property
    def review(self) -> ReviewQueue:
        """The queue of the panel *Review*, made when it is first asked for."""
        if self._review is None:
            self._review = ReviewQueue(self.histogram, self._codec)
            self._review.observe(self._pick_reviewed, "position")
            self._reviewing.children = [self._review]
        return self._review

    def carried(self, page: PageContents) -> dict[str, Any]:
        """Return which parts the page links; the panel *Review* is there from the beginning."""
        parts = {
            **{"scatter": self.scatter, "slider": self.slider, "histogram": self.histogram},
            **{"review": self.review, "tabs": self._tabs, "strip": self._strip},
            "select_flagged": self._flagged,
        }
        ids = {name: part.model_id for name, part in parts.items()}
        return {
            **ids,
            "pictures": page.add_pictures(self._x, self._renderer),
            "score": page.score_formula(self._codec, self._x, self.histogram.scores),
        }

    @property
    def _picture_height(self) -> float:
        return sum(part.still_picture()[0] for part in self._pictured_parts())

    def _draw(self, figure: Any) -> None:
        picture.draw(figure, [part.still_picture() for part in self._pictured_parts()])

    def _summary(self) -> str:
        scatter, slider, histogram = self.scatter, self.slider, self.histogram
        return (
            f"{counted(scatter.n_samples, 'sample')} in "
            f"{counted(scatter.z_mean.shape[1], 'latent dimension')}, "
            f"{scatter.selection.size:,} selected; {slider.steps} frames of {slider.method}; "
            f"threshold {four_digits(histogram.threshold)}, "
            f"{int(histogram.metrics['n_flagged']):,} flagged"
        )

    def _pictured_parts(self) -> list[Pictured]:
        strip = [self._strip] if len(self._selected) else []
        return [self.scatter, *strip, self.slider, self.histogram]

    def _select_flagged(self, button: Any) -> None:
        self.scatter.selection = self.histogram.flagged

    def _count(self, change: Any = None) -> None:
        self._tabs.counts = {
            "selection": self.scatter.selection.size,
            "threshold": int(self.histogram.metrics["n_flagged"]),
        }

    def _open(self, change: Any) -> None:
        if change.new == "review":
            _ = self.review  # is made

    def _show_selection(self, change: Any) -> None:
        self._count()
        n = len(self.scatter.selection)
        self._selected = self.scatter.selection[:STRIP_TILES]
        self._strip.selected = -1
        self._strip.title = "Selected samples" + (f" ({len(self._selected)} of {n})" if n else "")
        self._strip.show(
            [thumbnails(self._renderer, self._x[self._selected])] if n else [],
            captions=[f"#{i}" for i in self._selected],
            note=note_of(self._renderer),
        )

    def _pick_selected(self, change: Any) -> None:
        if change.new >= 0:
            self.scatter.try_pick(int(self._selected[change.new]))

    def _pick_item(self, change: Any) -> None:
        if change.new >= 0:
            self.scatter.try_pick(change.new)

    def _pick_reviewed(self, change: Any) -> None:
        queue = self.review.queue
        if change.new < len(queue):
            self.scatter.try_pick(int(queue[change.new]))


def _scores(codec: Any, x: NDArray[np.float32]) -> tuple[NDArray[Any], str]:
    name = getattr(codec, "score_name", "anomaly score")
    if hasattr(codec, "anomaly_score") and name is not None:
        # The bundle of a detector preprocesses in anomaly_score; samples in widgets are past that.
        score = getattr(codec, "score_preprocessed", codec.anomaly_score)
        return score(x), name
    return reconstruction_error(codec, x), "squared reconstruction error"


def _two_samples(z: NDArray[np.float32], labels: Any) -> tuple[int, int]:
    classes, names = index_classes(labels, len(z))
    known = np.flatnonzero(classes != len(names))
    if known.size:
        other = known[classes[known] != classes[known[0]]]
        if other.size:
            return int(known[0]), int(other[0])
    return 0, int(np.argmax(np.linalg.norm(z - z[0], axis=1)))
