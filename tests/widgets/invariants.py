"""A tiny instance of every widget, and what holds of each widget in every state that may be.

`check` reads, and changes nothing; `use` makes the gestures that a broken state would break.
"""

import json
import math
import pathlib
import tempfile
from collections.abc import Iterator
from typing import Any

import bqplot
import ipywidgets
import numpy as np
from ipywidgets.widgets.widget import _remove_buffers

import vae_widgets as vw
from tests.support.pca_codec import PcaCodec, digits
from vae_widgets.core.review.order import ORDERS
from vae_widgets.core.thresholds import METHODS
from vae_widgets.widgets.anomaly_histogram.histogram_canvas import ScoreCanvas
from vae_widgets.widgets.anomaly_histogram.widget import AnomalyHistogram
from vae_widgets.widgets.explorer.widget import Explorer
from vae_widgets.widgets.interpolation_slider.widget import InterpolationSlider
from vae_widgets.widgets.latent_scatter.state import MODES
from vae_widgets.widgets.latent_scatter.widget import LatentScatter
from vae_widgets.widgets.review_queue.widget import ReviewQueue
from vae_widgets.widgets.still_pictures.pictured import Pictured
from vae_widgets.widgets.tile_strip.widget import TileStrip
from vae_widgets.widgets.training_monitor.controls import PANELS, CurveLegend, TrainingControls
from vae_widgets.widgets.training_monitor.replay import TrainingReplay
from vae_widgets.widgets.training_monitor.widget import TrainingMonitor

N = 12
X, Y = (part[:N] for part in digits())
SCORES = np.linspace(0, 1, N)
ANOMALOUS = np.where(np.arange(N) < 2, np.nan, np.arange(N) % 3 == 0)


class WithVariances(PcaCodec):
    """As of a VAE, for a prior."""

    def encode(self, x):
        """Return means and log-variances."""
        z = super().encode(x)
        return z, np.full_like(z, -2)


CODEC = WithVariances(X, 3)


def scatter() -> LatentScatter:
    """Return a scatter in which everything can be shown."""
    made = vw.LatentScatter(CODEC, X, Y, quantities={"score": SCORES})
    made.bookmarks = {"here": made.z_mean[0]}
    made.group_a, made.group_b = [0, 1], [2]
    made.pick(1)
    return made


def line() -> LatentScatter:
    """Return a scatter of one latent dimension, which has neither classes nor a prior."""
    return vw.LatentScatter(PcaCodec(X, 1), X)


def slider() -> InterpolationSlider:
    """Return a slider with a way-point."""
    z = CODEC.encode(X)[0]
    return vw.InterpolationSlider(CODEC, X[0], X[1], steps=5, via=[X[2]], latents=z, n_neighbors=2)


def histogram() -> AnomalyHistogram:
    """Return a histogram with tiles and some labels."""
    return vw.AnomalyHistogram(SCORES, ANOMALOUS, X, n_tiles=3)


def queue() -> ReviewQueue:
    """Return a queue with one mark."""
    made = vw.ReviewQueue(vw.AnomalyHistogram(SCORES, items=X, n_tiles=3), CODEC, order="highest")
    made.mark(int(made.queue[0]), "anomalous")
    return made


def monitor() -> TrainingMonitor:
    """Return a monitor that has seen a loop of steps, with pictures."""
    made = vw.TrainingMonitor(samples=X[:4], codec=CODEC)
    session = made._session
    for step in range(3):
        made.log(step, loss=1.0 / (step + 1), kl_loss=0.5)
        session.pictures.make(float(step))
    made._throttle.finish()
    return made


def explorer() -> Explorer:
    """Return an explorer of everything."""
    return vw.Explorer(CODEC, X, labels=Y, anomalies=ANOMALOUS)


MAKERS = {
    made.__name__: made for made in (scatter, line, slider, histogram, queue, monitor, explorer)
}
"""Functions without arguments, by name; each returns a new widget that can be displayed."""


def parts(widget: ipywidgets.Widget) -> Iterator[ipywidgets.Widget]:
    """Yield a widget of this package and those of this package inside it, each once.

    Figures and marks are left out: bqplot says what their page may set.
    """
    seen: set[int] = set()
    found = [widget]
    while found:
        one = found.pop()
        if id(one) in seen:
            continue
        seen.add(id(one))
        ours = type(one).__module__.startswith("vae_widgets.")
        if ours and not isinstance(one, bqplot.Figure | bqplot.Mark):
            yield one
        for name in one.keys:
            value = getattr(one, name)
            several = value if isinstance(value, list | tuple) else [value]
            found += [part for part in several if isinstance(part, ipywidgets.Widget)]


def check(widget: ipywidgets.Widget) -> None:
    """Raise ``AssertionError`` unless a widget and all inside it are in a legal state."""
    for part in parts(widget):
        check_one(part)


def check_one(part: ipywidgets.Widget) -> None:
    """Raise ``AssertionError`` unless a widget of this package is in a legal state."""
    for kind, holds in _INVARIANTS.items():
        if isinstance(part, kind):
            holds(part)


def use(widget: ipywidgets.Widget, picture: bool = False) -> None:
    """Make each gesture of a widget; also draw its still picture, which takes half a second."""
    for part in parts(widget):
        for kind, gestures in _GESTURES.items():
            if isinstance(part, kind):
                gestures(part)
    if picture and isinstance(widget, Pictured):
        with tempfile.TemporaryDirectory() as folder:
            widget.save_png(pathlib.Path(folder) / "still.png")
    check(widget)


def is_finite(value: Any) -> bool:
    """Say whether a value is one finite number, and no boolean."""
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _any_widget(widget: ipywidgets.Widget) -> None:
    assert repr(widget)
    # What travels to a page is bytes and JSON, which knows no NaN.
    state, paths, buffers = _remove_buffers(widget.get_state())
    json.dumps(state, allow_nan=False)
    for path, buffer in zip(paths, buffers, strict=True):
        assert memoryview(buffer).nbytes >= 0, path
    assert widget._property_lock == {}
    assert not widget._holding_sync
    assert not widget._cross_validation_lock
    widget.log.debug("traitlets logs by this")


def _pictured(widget: Pictured) -> None:
    assert is_finite(float(widget._picture_height))
    assert widget._summary()


def _scatter(scatter: LatentScatter) -> None:
    n, latent_dim = scatter.z_mean.shape
    assert scatter.n_samples == n
    for name in ("selection", "group_a", "group_b"):
        rows = getattr(scatter, name)
        assert rows.dtype == np.uint32
        assert rows.ndim == 1
        assert (np.diff(rows.astype(np.int64)) > 0).all()
        assert not rows.size or rows[-1] < n
    assert len(scatter.selection_index) == len(scatter.selection)
    assert isinstance(scatter.hovered, int)
    assert -1 <= scatter.hovered < n
    # The coordinates that are shown.
    space = scatter._space
    assert scatter.projection in space.projections
    assert space.name == scatter.projection
    assert scatter._projections == list(space.projections)
    k = space.n_coordinates
    dims = scatter.dims
    assert type(dims) is tuple
    assert all(type(dim) is int and 0 <= dim < k for dim in dims)
    assert len(dims) == len(set(dims)) == min(2, k)
    assert sorted(axis["index"] for axis in scatter._axes) == list(range(k))
    assert scatter.slice_at.shape == (k,)
    assert np.isfinite(scatter.slice_at).all()
    for edges in (scatter.view, scatter._home):
        assert type(edges) is tuple
        assert len(edges) == 4
        assert all(is_finite(edge) for edge in edges)
        assert edges[0] < edges[1]
        assert edges[2] < edges[3]
    at = scatter.project(scatter.z_mean)
    assert at.shape == (n, len(dims))
    assert scatter._positions.shape == (n, 2)
    np.testing.assert_allclose(scatter._positions[:, : len(dims)], at, rtol=1e-4, atol=1e-4)
    assert scatter.inverse_project(at[:2]).shape == (min(2, n), latent_dim)
    # What is picked.
    assert scatter.picked.shape in ((0,), (latent_dim,))
    assert -1 <= scatter.picked_index < n
    if scatter.picked.size:
        assert np.isfinite(scatter.picked).all()
        assert scatter._pick["point"] == scatter.picked_index
        if scatter.decoded.size:
            made = scatter._codec.decode(scatter.picked[np.newaxis])[0]
            np.testing.assert_allclose(scatter.decoded, made, rtol=1e-4, atol=1e-4)
        else:
            assert scatter._pick["error"]
        if scatter.picked_index >= 0:
            np.testing.assert_array_equal(scatter.picked, scatter.z_mean[scatter.picked_index])
    else:
        assert scatter.picked_index == -1
        assert not scatter.decoded.size
    # What colours the points.
    assert scatter.color_by in ("label", "none", *scatter.quantities)
    for name, numbers in scatter.quantities.items():
        assert isinstance(name, str)
        assert numbers.shape == (n,)
        assert numbers.dtype == np.float32
        assert not np.isinf(numbers).any()
    assert scatter.threshold is None or is_finite(scatter.threshold)
    assert scatter.point_size is None or 1 <= scatter.point_size <= 40
    assert scatter.opacity is None or 0.05 <= scatter.opacity <= 1
    assert scatter.mode in MODES
    assert len(scatter.hidden_classes) == len(set(scatter.hidden_classes))
    assert len(scatter.hidden_sides) == len(set(scatter.hidden_sides))
    for name in ("grid", "prior", "density", "_save_shown", "_dims_shown"):
        assert type(getattr(scatter, name)) is bool, name
    center = space.prior_center(dims)
    assert scatter._prior == center
    if scatter.prior or scatter.density:
        assert space.z_log_var is not None
        assert center
    assert bool(scatter._density) <= bool(center)
    if scatter.density:
        assert scatter._density["density"].ndim == 2
    # What is kept.
    assert set(scatter._bookmarked_at) == set(scatter.bookmarks)
    for name, z in scatter.bookmarks.items():
        assert isinstance(name, str)
        assert name.strip()
        assert z.shape == (latent_dim,)
        assert np.isfinite(z).all()
        there = scatter.project(z[np.newaxis])[0]
        np.testing.assert_allclose(scatter._bookmarked_at[name], there, rtol=1e-4, atol=1e-4)
    if scatter.group_a.size and scatter.group_b.size:
        between = scatter.attribute_vector(scatter.group_a, scatter.group_b)
        np.testing.assert_allclose(scatter.attribute, between, rtol=1e-5, atol=1e-6)
    else:
        assert not scatter.attribute.size
    for name in ("_pick", "_grid", "_path"):
        assert isinstance(getattr(scatter, name), dict)


def _use_scatter(scatter: LatentScatter) -> None:
    before = scatter.picked
    scatter.pick(0)
    np.testing.assert_array_equal(scatter.picked, scatter.z_mean[0])
    check(scatter)
    scatter.picked = scatter.inverse_project(scatter.project(scatter.z_mean[1:2]))[0]
    scatter.picked = before
    selection = scatter.selection
    scatter.selection = [0, scatter.n_samples - 1]
    scatter.selection = selection


def _slider(slider: InterpolationSlider) -> None:
    assert is_finite(slider.value)
    assert 0 <= slider.value <= 1
    assert slider.method in ("slerp", "linear", "neighbours")
    assert type(slider.compare) is bool
    film = slider._shown.film
    assert slider.method == film.method
    assert slider.compare == film.compare
    assert slider._shown.value == slider.value
    for name, point in (("start", film.points[0]), ("end", film.points[-1])):
        np.testing.assert_array_equal(getattr(slider, name), point.given)
    assert len(slider.via) == len(film.points) - 2
    for given, point in zip(slider.via, film.points[1:-1], strict=True):
        np.testing.assert_array_equal(given, point.given)
    latent_dim = slider.path.shape[1]
    assert slider.path.shape == (slider.steps, latent_dim)
    assert np.isfinite(slider.path).all()
    assert len(slider.frames) == slider.steps
    np.testing.assert_array_equal(slider.path[0], film.points[0].z)
    np.testing.assert_array_equal(slider.path[-1], film.points[-1].z)
    assert slider.log_prior.shape == (slider.steps,)
    assert slider.step_size.shape == (slider.steps - 1,)
    assert slider.stops[0] == 0
    assert slider.stops[-1] == 1
    assert len(slider.stops) == len(slider.via) + 2
    assert slider.z.shape == (latent_dim,)
    made = slider._maker._codec.decode(slider.z[np.newaxis])[0]
    np.testing.assert_allclose(slider.sample, made, rtol=1e-4, atol=1e-4)
    assert slider._content is film.content
    strips = film.content["strips"]
    assert slider.method in [strip["method"] for strip in strips]
    assert film.content["atlas"]["count"] == slider.steps * len(strips) + 2


def _use_slider(slider: InterpolationSlider) -> None:
    start, value = slider.start, slider.value
    for _ in range(2):
        slider.swap_ends()
        _slider(slider)
    np.testing.assert_array_equal(slider.start, start)
    slider.value = 0.4
    slider.value = value


def _histogram(histogram: AnomalyHistogram) -> None:
    scores, threshold = histogram.scores, histogram.threshold
    assert type(threshold) is float
    assert math.isfinite(threshold)
    assert histogram.method in ("manual", *METHODS)
    assert 0 <= histogram.percentile <= 100
    assert -1 <= histogram.picked_item < len(scores)
    np.testing.assert_array_equal(histogram.flagged, scores >= threshold)
    assert histogram.metrics["n_flagged"] == np.count_nonzero(scores >= threshold)
    chosen = histogram.chosen
    assert chosen.threshold == threshold
    assert chosen.method == histogram.method
    assert len(histogram.flagged_index) == histogram.metrics["n_flagged"]
    policy = histogram.policy()
    assert policy.threshold == threshold
    assert policy.method == histogram.method
    np.testing.assert_array_equal(policy.apply(scores), histogram.flagged)
    canvas = histogram._view.canvas
    assert canvas.threshold == threshold
    assert canvas.method == histogram.method
    assert canvas.parameters == dict(chosen.parameters)
    assert canvas._counted["threshold"] == threshold
    if histogram._view.strip:
        shown = histogram._view.strip.shown
        assert len(shown) == histogram._view.strip._content["atlas"]["count"]
        assert all(-1 <= index < len(scores) for index in shown)


def _use_histogram(histogram: AnomalyHistogram) -> None:
    method, threshold = histogram.method, histogram.threshold
    histogram.threshold = 0.25
    _histogram(histogram)
    histogram.method = "percentile"
    _histogram(histogram)
    if method == "manual":
        histogram.threshold = threshold
    else:
        histogram.method = method


def _canvas(canvas: ScoreCanvas) -> None:
    assert is_finite(canvas.threshold)
    assert canvas._counted["threshold"] == canvas.threshold
    assert canvas.method in ("manual", *METHODS)
    assert type(canvas.log_counts) is bool
    assert type(canvas.full_range) is bool
    names = [each["name"] for each in canvas.methods]
    assert set(names) <= set(METHODS)
    edges, counts = canvas.bars()
    assert all(len(each) == len(edges) - 1 for each in counts.values())
    assert canvas.class_names == list(counts)
    assert len(canvas.operating_points) == len(canvas.point_axes)
    assert all(is_finite(cost) for cost in canvas.costs)


def _queue(queue: ReviewQueue) -> None:
    n = len(queue.queue)
    assert queue.order in ORDERS
    assert isinstance(queue.position, int)
    assert 0 <= queue.position <= n
    assert len(queue._marks) == len(queue._flagged) == n
    assert queue._marks == [queue._log.get(int(index)) for index in queue.queue]
    assert queue._flagged == list(queue.histogram.scores[queue.queue] >= queue.histogram.threshold)
    window = queue._window
    assert window["indices"] == queue.queue[window["start"] :][: len(window["indices"])].tolist()
    assert queue._status == queue.estimate["text"]
    assert queue.to_dict().keys() >= {"index", "score", "label", "mark"}


def _use_queue(queue: ReviewQueue) -> None:
    if len(queue.queue):
        index = int(queue.queue[0])
        before = queue._log.get(index)
        queue.mark(index, "anomalous" if before != "anomalous" else "normal")
        _queue(queue)
        queue.undo()
        assert queue._log.get(index) == before


def _strip(strip: TileStrip) -> None:
    rows = strip.rows()["rows"]
    count = sum(len(row) for row in rows)
    assert isinstance(strip.selected, int)
    assert -1 <= strip.selected < max(count, 1)
    assert type(strip.selectable) is bool


def _legend(legend: CurveLegend) -> None:
    assert all(isinstance(name, str) for name in legend.hidden)
    assert all(isinstance(entry["name"], str) for entry in [*legend.entries, *legend.runs])


def _controls(controls: TrainingControls) -> None:
    assert type(controls.log_scale) is bool
    assert is_finite(controls.smoothing)
    assert 0 <= controls.smoothing <= 0.99
    zoom = controls.zoom
    assert len(zoom) in (0, 2)
    assert all(is_finite(end) for end in zoom)
    assert not zoom or zoom[0] < zoom[1]
    assert set(controls.panels) <= set(PANELS)
    assert len(controls.panels) == len(set(controls.panels))


def _replay(replay: TrainingReplay) -> None:
    assert replay.at is None or is_finite(replay.at)


def _monitor(monitor: TrainingMonitor) -> None:
    assert 0 <= monitor.smoothing <= 0.99
    assert set(monitor.panels) <= set(PANELS)
    assert monitor.zoom is None or monitor.zoom[0] < monitor.zoom[1]
    assert all(isinstance(name, str) for name in monitor.hidden)
    for send in monitor._plan():
        send()
    problem = monitor._session.problem
    assert not problem.startswith("Drawing failed"), problem


def _use_monitor(monitor: TrainingMonitor) -> None:
    steps = len(monitor.history.steps("loss")[0])
    monitor.log(monitor.history.last_step + 1, loss=0.25)
    assert len(monitor.history.steps("loss")[0]) == steps + 1
    monitor._throttle.finish()


_INVARIANTS = {
    ipywidgets.Widget: _any_widget,
    Pictured: _pictured,
    LatentScatter: _scatter,
    InterpolationSlider: _slider,
    AnomalyHistogram: _histogram,
    ScoreCanvas: _canvas,
    ReviewQueue: _queue,
    TileStrip: _strip,
    CurveLegend: _legend,
    TrainingControls: _controls,
    TrainingReplay: _replay,
    TrainingMonitor: _monitor,
}
_GESTURES = {
    LatentScatter: _use_scatter,
    InterpolationSlider: _use_slider,
    AnomalyHistogram: _use_histogram,
    ReviewQueue: _use_queue,
    TrainingMonitor: _use_monitor,
}
