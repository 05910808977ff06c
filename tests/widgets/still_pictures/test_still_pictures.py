"""Every widget can be drawn as a still picture, and described in a line, without a browser."""

import base64
import io
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib import style
from matplotlib.figure import Figure
from PIL import Image

from tests.support.pca_codec import PcaCodec, digits
from vae_widgets.widgets.anomaly_histogram.widget import AnomalyHistogram
from vae_widgets.widgets.explorer.widget import Explorer
from vae_widgets.widgets.interpolation_slider.widget import InterpolationSlider
from vae_widgets.widgets.latent_scatter.still_picture import count_cells
from vae_widgets.widgets.latent_scatter.widget import LatentScatter
from vae_widgets.widgets.review_queue.widget import ReviewQueue
from vae_widgets.widgets.still_pictures.figure import CATEGORIES, MOST_BYTES, png
from vae_widgets.widgets.tile_strip.widget import TileStrip
from vae_widgets.widgets.training_monitor.widget import TrainingMonitor

X, Y = (part[:120] for part in digits())
CODEC = PcaCodec(X)
SCORES = np.square(X - CODEC.decode(CODEC.encode(X))).sum(axis=(1, 2))
RGB = [tuple(bytes.fromhex(colour[1:])) for colour in CATEGORIES]


def monitor():
    made = TrainingMonitor()
    for step in range(50):
        made.log(step, loss=100 / (step + 1), val_loss=110 / (step + 1), kl_loss=step / 50)
    return made


def strip():
    made = TileStrip(title="Tiles")
    made.show([np.full((3, 8, 8, 4), 255, np.uint8) * np.array([1, 0, 0, 1], np.uint8)])
    return made


def histogram():
    return AnomalyHistogram(SCORES, Y == 0, X, score_name="squared error")


WIDGETS = {
    "LatentScatter": lambda: LatentScatter(CODEC, X, Y),
    "InterpolationSlider": lambda: InterpolationSlider(CODEC, X[0], X[1]),
    "AnomalyHistogram": histogram,
    "ReviewQueue": lambda: ReviewQueue(AnomalyHistogram(SCORES, items=X), CODEC),
    "TrainingMonitor": monitor,
    "Explorer": lambda: Explorer(CODEC, X, labels=Y),
    "TileStrip": strip,
}


def pixels(widget):
    """The still picture as it stands in a notebook, (height, width, 3)."""
    data = png(widget._draw, widget._picture_height)
    return np.asarray(Image.open(io.BytesIO(data)).convert("RGB"))


def colours(picture):
    """Colour -> number of its pixels."""
    numbers = picture.reshape(-1, 3) @ np.array([2**16, 2**8, 1])  # quicker to sort than rows
    found, counts = np.unique(numbers, return_counts=True)
    return {tuple(c.to_bytes(3)): n for c, n in zip(found.tolist(), counts.tolist(), strict=True)}


@pytest.mark.parametrize("name", WIDGETS)
def test_every_widget_is_saved_as_a_png_with_a_picture_in_it(name, tmp_path):
    widget = WIDGETS[name]()
    widget.save_png(tmp_path / "widget.png")
    picture = Image.open(tmp_path / "widget.png")
    assert picture.format == "PNG"
    found = colours(np.asarray(picture.convert("RGB")))
    assert found[255, 255, 255] > 0.01 * picture.width * picture.height  # on white
    assert len(found) > 2
    if name != "InterpolationSlider":  # whose file is its film strip
        assert picture.size == (1408, 2 * round(widget._picture_height))
    widget.close()


@pytest.mark.parametrize("name", WIDGETS)
def test_a_display_outside_of_a_kernel_has_view_picture_and_text_in_one(name):
    widget = WIDGETS[name]()
    data, metadata = widget._repr_mimebundle_()
    view = data["application/vnd.jupyter.widget-view+json"]
    assert view["model_id"] == widget.model_id
    assert data["text/plain"].startswith(name)
    picture = Image.open(io.BytesIO(base64.b64decode(data["image/png"])))
    about = metadata["image/png"]
    assert about["width"] == 704
    assert picture.size in [(scale * 704, scale * about["height"]) for scale in (1, 2)]
    assert about["alt"] == repr(widget)
    widget.close()


@pytest.mark.parametrize("name", WIDGETS)
def test_a_repr_is_one_line_of_at_most_200_characters(name):
    widget = WIDGETS[name]()
    assert repr(widget).startswith(f"{name}: ")
    assert len(repr(widget)) <= 200
    assert "\n" not in repr(widget)
    widget.close()
    assert name in repr(widget)


def test_the_line_of_a_histogram_has_its_figures():
    widget = AnomalyHistogram([1.0, 2, 3, 4], [0, 0, 1, 1], threshold=2.0)
    assert repr(widget) == (
        "AnomalyHistogram: 4 scores, threshold 2 set by hand, 3 flagged, precision 0.67, "
        "recall 1.00, F1 0.80"
    )
    widget.choose_threshold("f1")
    assert "by best F1, 2 flagged, precision 1.00" in repr(widget)


def test_the_line_of_a_scatter_says_what_is_selected_and_picked():
    widget = LatentScatter(CODEC, X, Y)
    widget.selection, widget.flagged = [1, 2, 3], [7, 9]
    widget.picked = [0.5, -0.25]
    assert repr(widget) == (
        "LatentScatter: 120 samples, z[0] and z[1], 10 classes, 3 selected, "
        "2 flagged, picked z = (0.5, \N{MINUS SIGN}0.25)"
    )


def test_the_line_of_a_monitor_has_the_newest_values():
    assert "waiting" in repr(TrainingMonitor())
    assert "loss 2.000, KL 0.9800 nats" in repr(monitor())


def test_the_classes_have_their_colours_in_the_points_and_the_legend():
    found = colours(pixels(LatentScatter(CODEC, X, Y)))
    for rgb in RGB:
        assert found[rgb] > 40, "the legend"
        faded = [round(0.85 * c + 0.15 * 255) for c in rgb]  # points let 15 % through
        near = sum(n for c, n in found.items() if np.abs(np.subtract(c, faded)).max() <= 1)
        assert near > 100, "about twelve points of a class"


def legend(widget):
    figure = Figure()
    widget._draw(figure)
    return [text.get_text().strip() for text in figure.axes[0].get_legend().get_texts()]


def test_what_is_unknown_is_grey_and_counted():
    grey = (198, 198, 198)
    widget = LatentScatter(CODEC, X, np.where(np.arange(120) < 90, Y % 2, np.nan))
    assert "2 classes, 30 unknown" in repr(widget)
    assert legend(widget)[-1] == "unknown  (30)"
    assert colours(pixels(widget))[grey] > 40
    widget = LatentScatter(CODEC, X, color_by=np.where(np.arange(120) < 90, 1.0, np.nan))
    faded = round(0.85 * 198 + 0.15 * 255)
    found = colours(pixels(widget))
    assert sum(n for c, n in found.items() if set(c) <= {faded - 1, faded, faded + 1}) > 1000


def test_hidden_classes_are_not_drawn():
    widget = LatentScatter(CODEC, X, Y)
    shown = colours(pixels(widget))
    widget._hidden = [2]
    found = colours(pixels(widget))
    assert f"2  ({np.count_nonzero(Y == 2)}, hidden)" in legend(widget)
    faded = tuple(round(0.85 * c + 0.15 * 255) for c in RGB[2])
    assert sum(shown.get(c, 0) for c in shown if np.abs(np.subtract(c, faded)).max() <= 1) > 100
    assert sum(found.get(c, 0) for c in found if np.abs(np.subtract(c, faded)).max() <= 1) < 30


def test_many_classes_with_long_names_are_told_apart_in_the_legend():
    names = [f"the class with the number {k:03}" for k in range(40)]
    texts = legend(LatentScatter(CODEC, X, [names[k % 40] for k in range(120)]))
    assert len(texts) == len(set(texts)) == 13
    assert texts[-1] == "and 28 more"


def test_where_some_points_are_selected_the_others_are_faint():
    widget = LatentScatter(CODEC, X, Y)
    before = colours(pixels(widget))
    widget.selection = np.flatnonzero(Y == 2)
    after = colours(pixels(widget))
    assert after[RGB[2]] > before[RGB[2]] + 100
    assert after[RGB[1]] == before[RGB[1]]  # in the legend alone


def test_flagged_samples_that_are_shown_are_outlined():
    widget = LatentScatter(CODEC, X, Y)
    widget._hidden, widget.flagged = [2], SCORES > 4
    figure = Figure()
    widget._draw(figure)
    outlines = figure.axes[0].collections[-1]
    rows = np.flatnonzero((SCORES > 4) & (Y != 2))
    np.testing.assert_array_equal(
        np.sort(outlines.get_offsets(), axis=0), np.sort(widget.z_mean[rows], axis=0)
    )
    assert not len(outlines.get_facecolors())


def test_a_quantity_is_drawn_in_viridis_and_in_two_colours_with_a_threshold():
    widget = LatentScatter(CODEC, X, color_by=np.arange(len(X)))
    found = colours(pixels(widget))
    assert found[68, 1, 84] > 40  # the ends of the bar
    assert found.get((253, 231, 36), 0) + found.get((253, 231, 37), 0) > 40
    widget.threshold = 60
    found = colours(pixels(widget))
    assert found[RGB[0]] > 40
    assert found[RGB[6]] > 40


@given(
    points=st.lists(st.tuples(st.integers(-10, 310), st.integers(-10, 310)), max_size=40),
)
def test_the_density_image_counts_every_point(points):
    # At the middles of cells, which rounding does not move.
    where = (np.array(points, np.float64).reshape(-1, 2) + 0.5).astype(np.float32)
    rows = np.arange(len(where))[::-1]
    counts, last = count_cells(where, rows, (0.0, 260.0, 0.0, 200.0))
    expected, _, _ = np.histogram2d(
        where[:, 1], where[:, 0], bins=(200, 260), range=((0, 200), (0, 260))
    )
    np.testing.assert_array_equal(counts, expected)
    for y, x in zip(*np.nonzero(counts), strict=True):
        here = [i for i, point in enumerate(points) if point == (x, y)]
        assert last[y, x] == here[0]  # drawn last


class Plain:
    """Samples are their own codes."""

    latent_dim, sample_shape = 2, (2,)

    def encode(self, x):
        return np.asarray(x, np.float32)

    def decode(self, z):
        return np.asarray(z, np.float32)


def test_a_million_points_and_scores_make_small_files_in_the_right_colours():
    rng = np.random.default_rng(0)
    x = rng.normal(size=(1_000_000, 2)).astype(np.float32)
    widget = LatentScatter(Plain(), x, (x[:, 0] > 0).astype(int))
    data = png(widget._draw, widget._picture_height, MOST_BYTES)
    assert len(data) <= MOST_BYTES
    picture = np.asarray(Image.open(io.BytesIO(data)).convert("RGB")).astype(int)
    height, width, _ = picture.shape
    middle = picture[height // 4 : height // 2]
    blue = (middle[..., 2] - middle[..., 0]) > 60
    orange = (middle[..., 0] - middle[..., 2]) > 60
    assert np.median(np.nonzero(blue)[1]) < width * 0.45 < np.median(np.nonzero(orange)[1])
    widget.close()

    widget = AnomalyHistogram(x[:, 0])
    assert len(png(widget._draw, widget._picture_height, MOST_BYTES)) <= MOST_BYTES
    widget.close()


def test_the_bars_of_a_histogram_count_each_kind_of_label():
    widget = AnomalyHistogram(SCORES, np.where(np.arange(len(Y)) < 60, Y == 0, np.nan))
    bars = widget._view.bars()
    for kind, chosen in {
        "normal": (np.arange(120) < 60) & (Y != 0),
        "anomalous": (np.arange(120) < 60) & (Y == 0),
    }.items():
        expected, _ = np.histogram(SCORES[chosen], bars.edges)
        np.testing.assert_array_equal(bars.counts[kind], expected)
    assert sum(bars.totals.values()) == 120
    found = colours(pixels(widget))
    assert all(found[RGB[k]] > 50 for k in (0, 6, 3))  # their outlines


def test_the_curves_of_a_monitor_end_with_its_run():
    made = TrainingMonitor()
    callback = made.callback
    callback.set_params({"epochs": 12, "steps": None})
    callback.set_model(object())
    callback.on_train_begin()
    for epoch in range(12):
        callback.on_epoch_begin(epoch)
        callback.on_epoch_end(epoch, {"loss": 1.0, "kl_loss": np.nan if epoch else 1.0})
    callback.on_train_end()
    figure = Figure()
    made._draw(figure)
    assert [axes.get_xlim() for axes in figure.axes] == [(0, 12), (0, 12)]


def test_a_monitor_draws_loss_and_kl_in_their_colours_and_nothing_before():
    blue, violet = RGB[0], RGB[4]
    assert not {blue, violet} & set(colours(pixels(TrainingMonitor())))
    found = colours(pixels(monitor()))
    assert found[blue] > 200
    assert found[violet] > 200


def test_a_monitor_draws_what_is_looked_at_and_the_events():
    made = monitor()
    made.history.log_action("beta 0.5")
    made.zoom, made.hidden = (10.0, 60.0), ["loss"]
    figure = Figure()
    made._draw(figure)
    (axes,) = figure.axes  # the loss leaves its place to the KL
    assert (axes.get_title(), axes.get_xlim()) == ("KL (nats)", (10, 60))
    assert [text.get_text().strip() for text in axes.texts] == ["beta 0.5"]
    assert RGB[0] not in colours(pixels(made))


def test_a_review_shows_the_sample_and_its_marks():
    queue = ReviewQueue(AnomalyHistogram(SCORES, items=X), CODEC)
    queue.mark(int(queue.queue[0]), "anomalous")
    found = colours(pixels(queue))
    assert found[0, 0, 0] > 10_000  # the black of the digits
    assert RGB[6] in found  # the caption of the true alarm


def test_names_with_dollars_and_underscores_are_drawn_as_they_are():
    widget = LatentScatter(CODEC, X, Y % 2, label_names=["_hidden", "$x$"])
    figure = Figure()
    widget._draw(figure)
    (axes,) = figure.axes
    assert [text.get_text() for text in axes.get_legend().get_texts()] == [
        f" _hidden  ({np.count_nonzero(Y % 2 == 0)})",
        f" $x$  ({np.count_nonzero(Y % 2)})",
    ]
    assert (pixels(widget) < 255).any()


def test_the_settings_of_the_user_neither_count_nor_change():
    import matplotlib as mpl

    plain = pixels(WIDGETS["AnomalyHistogram"]())
    with mpl.rc_context({"figure.facecolor": "black", "font.size": 30, "text.usetex": True}):
        np.testing.assert_array_equal(pixels(WIDGETS["AnomalyHistogram"]()), plain)
        assert mpl.rcParams["font.size"] == 30


def test_pyplot_is_never_imported_and_matplotlib_only_for_a_picture():
    code = """
import sys
from vae_widgets.widgets.anomaly_histogram.widget import AnomalyHistogram
h = AnomalyHistogram([1.0, 2.0, 3.0])
repr(h)
assert "matplotlib" not in sys.modules
h._repr_mimebundle_()
assert "matplotlib" in sys.modules and "matplotlib.pyplot" not in sys.modules
"""
    subprocess.run([sys.executable, "-c", code], check=True)


def test_long_names_of_metrics_stay_inside_the_picture_and_their_plot():
    made = TrainingMonitor()
    names = [f"mean_absolute_percentage_error_of_the_reconstruction_{k}" for k in range(4)]
    for step in range(9):
        made.log(step, loss=1 / (step + 1), **dict.fromkeys(names, step))
    height, draw = made.still_picture()
    figure = Figure(figsize=(7.04, height / 100), layout="constrained")
    with style.context({"axes.titlelocation": "left", "axes.titlesize": 8}):
        draw(figure)
        figure.draw_without_rendering()
    title = figure.axes[1].get_title("left")
    (text,) = figure.axes[1].findobj(lambda one: getattr(one, "get_text", str)() == title)
    assert text.get_window_extent().x1 <= figure.bbox.x1
    legend = figure.axes[1].get_legend().get_window_extent()
    plot = figure.axes[1].get_window_extent()
    assert plot.x0 <= legend.x0 < legend.x1 <= plot.x1


def test_what_fails_in_drawing_is_a_warning_and_the_widget_is_shown(monkeypatch):
    widget = histogram()
    monkeypatch.setattr(type(widget), "_draw", lambda self, figure: 1 / 0)
    with pytest.warns(RuntimeWarning, match="could not be drawn: ZeroDivisionError"):
        data, _ = widget._repr_mimebundle_()
    assert set(data) == {"text/plain", "application/vnd.jupyter.widget-view+json"}


def test_a_widget_that_was_never_made_has_a_repr():
    assert "LatentScatter" in repr(LatentScatter.__new__(LatentScatter))
