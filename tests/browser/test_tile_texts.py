"""What the widgets say beside their tiles: the range of values, and the detail of a renderer."""

import re

import numpy as np
import pandas as pd
from playwright.sync_api import expect

import vae_widgets as vw
from tests.support.alone import show_alone
from tests.support.blank_page import BlankPage
from tests.support.jupyterlab import wait_for
from tests.support.layout import boxes, settle
from tests.support.pca_codec import PcaCodec
from vae_widgets.core.ticks import MINUS

FRAME = pd.DataFrame(np.random.default_rng(0).normal(size=(40, 5)), columns=[*"abcd", "<i>"])
X = (6 * np.random.default_rng(0).random((12, 8, 8)) - 3).astype(np.float32)
X.flat[[0, 1]] = -3, 3
SCORES = np.linspace(0, 1, 40)
WIDTH = """width => {
  document.querySelector(".vw-widget").parentElement.style.width = width;
}"""


class Active(vw.ImageRenderer):
    """A renderer with a detail that tries to act."""

    def detail(self, sample):
        return (
            "<b onclick='window.acted = 1'>bold</b><script>window.acted = 1</script>"
            "<img src='x:' onerror='window.acted = 1'><a href='java\nscript:acted=1'>link</a>"
            "<style>* { display: none }</style><svg><circle r='3'/>"
            "<animate attributeName='href' values='#;javascript:acted=1'/></svg>"
        )


def shown(value):
    return f"{value:.5g}".replace("-", MINUS)


def test_scatter_tells_the_range_and_describes_what_is_hovered_and_picked(page):
    codec = PcaCodec(FRAME.to_numpy())
    scatter = vw.LatentScatter(codec, FRAME)
    scatter.pick(2)
    BlankPage(page, scatter)
    expect(page.locator(".vw-scatter-facts")).to_contain_text("tiles: bars from the means")
    picked = page.locator(".vw-picked-text td")
    expect(picked.nth(1)).to_have_text(shown(codec.decode(scatter.picked[None])[0, 0]))
    assert picked.all_inner_texts()[0::3] == list(FRAME)
    page.evaluate("window.mounted.model.set('hovered', 7)")
    hovered = page.locator(".vw-tooltip-detail td")
    hovered.nth(0).wait_for()
    expect(hovered.nth(4)).to_have_text(shown(FRAME["b"][7]))


def test_a_drawing_is_seen_as_a_whole_or_not_at_all(page):
    signals = np.sin(np.linspace(0, 6, 64) * np.linspace(1, 2, 30)[:, None]).astype(np.float32)
    renderer = vw.SignalRenderer(unit="mV", sample_rate=100)
    scatter = vw.LatentScatter(PcaCodec(signals), signals, renderer=renderer)
    scatter.pick(2)
    BlankPage(page, scatter)
    page.set_viewport_size({"width": 1300, "height": 900})
    detail = page.locator(".vw-picked-text")
    seen = {}
    for width in (500, 700, 1200):
        page.evaluate(WIDTH, f"{width}px")
        settle(page)
        height = detail.evaluate("e => e.clientHeight")
        seen[width] = height > 0
        assert height in (0, detail.evaluate("e => e.scrollHeight"))
    assert seen == {500: True, 700: False, 1200: True}


def test_no_row_of_a_long_detail_is_cut(page):
    frame = pd.DataFrame(np.random.default_rng(0).normal(size=(40, 12)))
    scatter = vw.LatentScatter(PcaCodec(frame.to_numpy()), frame)
    scatter.pick(2)
    BlankPage(page, scatter)
    detail = page.locator(".vw-picked-text")
    rows = detail.locator("tr")
    (box,) = boxes(detail)
    page.mouse.move(box["x"] + 20, box["y"] + 20)

    def whole():
        tops = [row["y"] - box["y"] for row in boxes(rows)]
        inside = [top for top in tops if -15 < top < box["height"]]
        return tops[0], [top for top in inside if not 0 <= top <= box["height"] - 16]

    assert whole() == (0, [])
    page.mouse.wheel(0, 41)
    wait_for(lambda: whole()[0] < -30 and not whole()[1], 10, "the scrolled detail")


def test_each_row_beside_the_plot_takes_one_line_and_tells_its_whole_name(page):
    names = ["age", "systolic pressure (mmHg)", "a column with a name of four words"]
    frame = pd.DataFrame(np.random.default_rng(0).normal(size=(40, 3)), columns=names)
    score = {"score": np.arange(40.0)}
    scatter = vw.LatentScatter(
        PcaCodec(frame.to_numpy()),
        frame,
        np.arange(40) % 2,
        label_names=["healthy control", "patient under treatment"],
        quantities=score,
        color_by="score",
    )
    scatter.pick(2)
    BlankPage(page, scatter)
    page.evaluate(WIDTH, "800px")
    detail = page.locator(".vw-picked-text")
    assert {row["height"] for row in boxes(detail.locator("tr"))} == {16}
    cells = detail.locator("td:first-child")
    assert [cell.get_attribute("title") for cell in cells.all()] == names
    # All of the side is seen, down to the last class.
    side = page.locator(".vw-scatter-side")
    assert side.evaluate("part => part.scrollHeight <= part.clientHeight")
    (last,), (whole,) = boxes(page.locator(".vw-legend-class").last), boxes(side)
    assert last["y"] + last["height"] <= whole["y"] + whole["height"]


def test_slider_tells_the_range_and_describes_the_frame_that_was_committed(page):
    renderer = vw.TableRenderer().for_data(FRAME)
    codec = PcaCodec(FRAME.to_numpy())
    slider = vw.InterpolationSlider(codec, [-1, 0], [1, 0], renderer=renderer)
    show_alone(page, slider)
    expect(page.locator(".vw-film-note")).to_contain_text("bars from the means")
    detail = page.locator(".vw-film-detail")
    expect(detail.locator("td").nth(1)).to_have_text(shown(slider.frames[0, 0]))
    slider.value = 1.0
    page.evaluate("text => model.set('_detail', text)", slider._detail)
    expect(detail.locator("td").nth(1)).to_have_text(shown(slider.frames[-1, 0]))
    (box,) = boxes(page.get_by_role("slider"))
    page.mouse.move(box["x"] + 300, box["y"] + 20)
    page.mouse.down()
    expect(detail).to_have_class(re.compile("vw-stale"))  # of another frame, until the release
    page.mouse.up()
    expect(detail).not_to_have_class(re.compile("vw-stale"))


def test_review_card_and_strip_tell_the_range(page):
    histogram = vw.AnomalyHistogram(SCORES[:12], items=X)
    queue = vw.ReviewQueue(histogram, codec=PcaCodec(X), order="highest")
    show_alone(page, queue)
    expect(page.locator(".vw-review-facts")).to_contain_text(
        "tiles: black \N{MINUS SIGN}3, white 3"
    )
    expect(page.locator(".vw-review-detail")).to_be_hidden()
    show_alone(page, histogram._view.strip)
    expect(page.locator(".vw-strip-note")).to_have_text("black \N{MINUS SIGN}3, white 3")
    show_alone(page, vw.AnomalyHistogram(SCORES[:12], items=(X + 3) / 6)._view.strip)
    expect(page.locator(".vw-strip-note")).to_have_text("")


def test_review_card_describes_each_sample(page):
    queue = vw.ReviewQueue(vw.AnomalyHistogram(SCORES, items=FRAME), order="highest")
    show_alone(page, queue)
    cells = page.locator(".vw-review-detail td")
    first = int(queue.queue[0])
    expect(cells.nth(1)).to_have_text(shown(FRAME["a"][first]))
    expect(cells.nth(12)).to_have_text("<i>")
    page.locator(".vw-review-card").press("ArrowRight")
    expect(cells.nth(1)).to_have_text(shown(FRAME["a"][int(queue.queue[1])]))


def test_a_detail_is_shown_and_does_nothing(page):
    histogram = vw.AnomalyHistogram(SCORES[:12], items=X, renderer=Active())
    queue = vw.ReviewQueue(histogram, order="nearest")
    show_alone(page, queue)
    detail = page.locator(".vw-review-detail")
    expect(detail.locator("circle")).to_have_count(1)
    assert detail.locator("animate, script").count() == 0
    detail.locator("b").evaluate("one => one.click()")
    assert detail.locator("a").get_attribute("href") is None
    assert page.evaluate("window.acted") is None
    # Its style stays inside.
    assert page.locator(".vw-review-facts").is_visible()
