"""In a page 300 px wide nothing overlaps, and no name or number is cut off."""

import numpy as np
import pandas as pd
import pytest
from playwright.sync_api import expect

import vae_widgets as vw
from tests.support.alone import show_alone
from tests.support.layout import boxes, settle
from tests.support.pca_codec import PcaCodec

FRAME = pd.DataFrame(np.random.default_rng(0).normal(size=(40, 5)), columns=[*"abcde"])
WIDTH = "width => { document.querySelector('.vw-widget').parentElement.style.width = width }"
CUT = (
    "names => names.filter((one) => one.scrollWidth > one.clientWidth).map((one) => one.innerText)"
)


@pytest.fixture
def show(page):
    def mount(widget):
        show_alone(page, widget)
        page.evaluate(WIDTH, "300px")
        page.locator(".vw-widget.vw-narrow").wait_for()
        settle(page)
        return page

    return mount


def test_text_and_legend_of_a_scatter_lie_above_its_buttons(show):
    values = np.where(np.arange(40) % 4, np.linspace(0, 5, 40), np.nan)
    scatter = vw.LatentScatter(PcaCodec(FRAME.to_numpy()), FRAME, color_by=values)
    scatter.threshold = 3.0
    scatter.pick(2)
    page = show(scatter)
    expect(page.locator(".vw-picked-text td")).to_have_count(15)
    names = page.locator(".vw-legend-class:visible .vw-legend-name")
    expect(names).to_have_text(["below 3.00", "3.00 or above", "unknown"])
    assert names.evaluate_all(CUT) == []
    parts = (".vw-picked-text", ".vw-scatter-legend", ".vw-controls >> nth=0")
    text, legend, buttons = boxes(*map(page.locator, parts))
    assert text["y"] + text["height"] <= legend["y"]
    assert legend["y"] + legend["height"] <= buttons["y"]


def test_what_is_beside_a_low_plot_scrolls_and_covers_no_button(page):
    values = pd.Series(np.linspace(0, 5, 40), name="score")
    scatter = vw.LatentScatter(
        PcaCodec(FRAME.to_numpy()), FRAME, np.arange(40) % 20, quantities={"score": values}
    )
    scatter.color_by, scatter.threshold = "score", 3.0
    scatter.pick(2)
    show_alone(page, scatter)
    page.evaluate(WIDTH, "690px")
    page.locator(".vw-widget:not(.vw-narrow)").wait_for()
    side = page.locator(".vw-scatter-side")
    beside, buttons = boxes(side, page.locator(".vw-controls >> nth=0"))
    assert beside["y"] + beside["height"] <= buttons["y"]
    assert side.evaluate("e => e.scrollHeight > e.clientHeight && e.scrollWidth <= e.clientWidth")
    last = page.locator(".vw-legend-class:visible").last
    last.scroll_into_view_if_needed()
    classes, row = boxes(page.locator(".vw-legend-classes:visible").last, last)
    assert classes["height"] >= 3 * row["height"] - 1
    assert beside["y"] <= row["y"] <= beside["y"] + beside["height"] - row["height"] + 1


@pytest.mark.parametrize("width", ["352px", "744px"])
def test_parts_of_a_drawer_stand_in_lines_beside_or_below_its_name(page, width):
    scatter = vw.LatentScatter(PcaCodec(FRAME.to_numpy()), FRAME)
    scatter.pick(2)
    vectors = {f"bookmark {k} with a name": scatter.z_mean[k] for k in range(5)}
    scatter.bookmarks, scatter.group_a, scatter.group_b = vectors, [1], [2]
    scatter.set_trait("_save_shown", True)
    scatter.set_trait("_points_shown", True)
    show_alone(page, scatter)
    page.evaluate(WIDTH, width)
    page.locator(
        ".vw-widget.vw-narrow" if width == "352px" else ".vw-widget:not(.vw-narrow)"
    ).wait_for()
    for row in page.locator(".vw-save-row").filter(visible=True).all():
        name, *parts = boxes(
            row.locator("> .vw-dims-note, .vw-save-parts > *").filter(visible=True)
        )
        lefts = {part["x"] for part in parts if part["x"] <= parts[0]["x"]}
        assert lefts == {parts[0]["x"]}, "each line begins where the first one does"
        beside = parts[0]["x"] >= name["x"] + name["width"]
        assert beside or parts[0]["y"] >= name["y"] + name["height"]
        assert beside == (width == "744px")


def test_short_names_of_classes_stand_in_columns(show):
    scatter = vw.LatentScatter(PcaCodec(FRAME.to_numpy()), FRAME, np.arange(40) % 10)
    page = show(scatter)
    rows = boxes(page.locator(".vw-legend-row"))
    (box,) = boxes(page.locator(".vw-legend-classes").filter(visible=True))
    assert len(rows) == 10
    assert max(row["y"] + row["height"] for row in rows) <= box["y"] + box["height"]
    assert len({row["x"] for row in rows}) > 1


def test_the_controls_of_a_replay_are_in_one_row(page):
    replay = vw.TrainingMonitor()._drawing.replay
    replay.shown = {"axis": "epoch", "frames": [1.0, 250.0, 1000.0], "seen": 250.0}
    replay.at = 250.0
    show_alone(page, replay)
    page.evaluate(WIDTH, "400px")
    settle(page)
    parts = boxes(page.locator(".vw-replay .vw-controls > *"))
    assert len({round(part["y"] + part["height"] / 2) for part in parts}) == 1
    assert parts[3]["width"] > 40  # its slider


@pytest.mark.parametrize(("first", "width"), [(0, 320), (11_800, 620)])
def test_scores_of_a_review_are_whole(show, first, width):
    scores = first + np.linspace(0, 1, 40)
    page = show(vw.ReviewQueue(vw.AnomalyHistogram(scores), order="highest"))
    page.evaluate(WIDTH, f"{width}px")
    settle(page)
    captions = page.locator(".vw-review-strip .vw-tile-caption")
    expect(captions).to_have_count(11)
    assert captions.evaluate_all(CUT) == []
    # A count stays beside its colour.
    parts = page.locator(".vw-review-progress > span")
    expect(parts).to_have_count(5)
    expect(page.locator(".vw-review-progress")).to_contain_text("is right, ✗ wrong")
    assert parts.evaluate_all("all => all.map((one) => one.getClientRects().length)") == 5 * [1]


def test_captions_of_a_slider_are_whole(show):
    x = np.random.default_rng(0).random((20, 8, 8))
    page = show(vw.InterpolationSlider(PcaCodec(x), x[0], x[1], steps=3))
    captions = page.locator(".vw-film-frame figcaption")
    page.get_by_text("End \u00b7 original").wait_for()
    assert captions.evaluate_all(CUT) == []


def test_what_belongs_to_the_path_stays_in_one_row(page):
    x = np.random.default_rng(0).random((20, 8, 8))
    show_alone(page, vw.InterpolationSlider(PcaCodec(x), x[0], x[1], steps=3))
    buttons = page.locator(".vw-film-path button")
    expect(buttons).to_have_count(2)
    page.get_by_text("End \u00b7 original").wait_for()
    for width in ("584px", "605px", "760px"):
        page.evaluate(WIDTH, width)
        compare, swap = boxes(buttons)
        assert compare["y"] == swap["y"]


def test_counts_of_the_confusion_matrix_lie_inside_their_cells(show):
    page = show(vw.AnomalyHistogram(np.arange(50_000.0), np.arange(50_000) >= 40_000)._view.canvas)
    cells = page.locator(".vw-confusion .vw-scores-number")
    expect(cells).to_have_count(4)
    assert cells.evaluate_all(CUT) == []
    for cell in cells.all():
        term, value = boxes(cell.locator("> :first-child"), cell.locator("> :last-child"))
        below = term["y"] + term["height"] <= value["y"] + 1
        assert below or term["x"] + term["width"] + 4 <= value["x"]


def test_intervals_fit(page):
    rng = np.random.default_rng(0)
    labels = rng.random(200) < 0.2
    histogram = vw.AnomalyHistogram(rng.normal(size=200) + 2 * labels, labels, method="f1")
    histogram.bootstrap(20)
    # As Jupyter lays the boxes out; 8 of the 300 px are a margin.
    page.set_content(
        f"""<!doctype html><style>{histogram._view.canvas._css}</style>
        <div class="vw-figure" style="width: 292px; display: flex; flex-direction: column">
          <div class="vw-note vw-bootstrap">{histogram._view.intervals._answer.value}</div>
        </div>"""
    )
    panel, table = boxes(page.locator(".vw-figure"), page.locator("table"))
    assert panel["x"] <= table["x"]
    assert table["x"] + table["width"] <= panel["x"] + 292
    assert page.locator("td").first.inner_text() == f"{histogram.flagged.mean():.3f}"


class Encoding(PcaCodec):
    """With a posterior, and so with the KL of each dimension beside its name."""

    def encode(self, x):
        z = super().encode(x)
        return z, np.full_like(z, -2)


# What a choice would need for its longest entry.
SQUEEZED = """choices => choices.filter((choice) => {
  const { width, maxWidth } = choice.style;
  const shown = choice.offsetWidth;
  Object.assign(choice.style, { width: "max-content", maxWidth: "none" });
  const needed = choice.offsetWidth;
  Object.assign(choice.style, { width, maxWidth });
  return shown < needed;
}).map((choice) => choice.textContent)"""


@pytest.mark.parametrize("width", ["484px", "700px", "1200px"])
def test_names_of_axes_are_whole(page, width):
    scatter = vw.LatentScatter(Encoding(FRAME.to_numpy(), 4), FRAME)
    show_alone(page, scatter)
    page.evaluate(WIDTH, width)
    settle(page)
    choices = page.locator(".vw-scatter-axes select").filter(visible=True)
    expect(choices).to_have_count(3)
    expect(choices.nth(1)).to_contain_text("nats")
    assert choices.evaluate_all(SQUEEZED) == []


def test_export_stays_beside_the_title(page):
    labels = np.where(np.arange(40) % 3, np.arange(40) > 30, np.nan)
    scores = np.linspace(0, 1, 40)
    rows = FRAME.to_numpy()
    slider = vw.InterpolationSlider(PcaCodec(rows), rows[0], rows[1], renderer=vw.TableRenderer())
    monitor = vw.TrainingMonitor()
    for epoch in range(2):
        monitor.log(epoch, loss=1.0, reconstruction=2.0, kl=3.0, val_loss=4.0)
    widgets = {
        "Anomaly scores": vw.AnomalyHistogram(scores, labels)._view.canvas,
        "Interpolation": slider,
        "Latent space": vw.LatentScatter(PcaCodec(rows), FRAME),
        "Training": monitor._drawing.legend,
    }
    for name, widget in widgets.items():
        show_alone(page, widget)
        page.evaluate(WIDTH, "412px")
        settle(page)
        title, export = boxes(
            page.get_by_text(name, exact=True).last,
            page.get_by_role("button", name="Export", exact=True).last,
        )
        assert title["y"] < export["y"] + export["height"]
        assert export["y"] < title["y"] + title["height"]
        assert export["x"] + export["width"] > 380


@pytest.mark.parametrize("method", ["f1", "gesd"])
def test_log_counts_stands_beside_another_control(page, method):
    labels = (np.arange(200) > 150).astype(float)
    show_alone(
        page, vw.AnomalyHistogram(np.linspace(0, 1, 200) ** 3, labels, method=method)._view.canvas
    )
    buttons = page.get_by_role("button", name="Log counts")
    others = page.locator(".vw-scores > .vw-controls :is(.vw-input, .vw-button)")
    for width in range(400, 841, 40):
        page.evaluate(WIDTH, f"{width}px")
        button, *rest = boxes(buttons, others)
        beside = [one for one in rest if one["y"] == button["y"] and one["x"] != button["x"]]
        assert beside, width
