"""With a finger as the pointer, what is pressed is large enough to be hit."""

import numpy as np
import pytest

import vae_widgets as vw
from tests.support.alone import show_alone
from tests.support.layout import settle
from tests.support.pca_codec import PcaCodec, digits

X, Y = (part[:60] for part in digits())
SMALL = """root => [...root.querySelectorAll("button, input, select")].flatMap((one) => {
  const { width, height } = one.getBoundingClientRect();
  const seen = one.checkVisibility({ visibilityProperty: true, opacityProperty: true });
  return seen && (width < 36 || height < 36)
    ? [`${one.outerHTML.slice(0, 80)} ${width} x ${height}`] : [];
})"""


@pytest.fixture
def touched(browser):
    context = browser.new_context(
        has_touch=True, is_mobile=True, viewport={"width": 800, "height": 900}
    )
    page = context.new_page()
    yield page
    context.close()


def make_scatter():
    scatter = vw.LatentScatter(PcaCodec(X), X, Y, quantities={"score": X.sum((1, 2))})
    scatter.pick(3)
    for drawer in ("_save_shown", "_points_shown", "_dims_shown"):
        scatter.set_trait(drawer, True)
    return scatter


WIDGETS = {
    "scatter": make_scatter,
    "slider": lambda: vw.InterpolationSlider(PcaCodec(X), X[0], X[1], steps=3),
    "histogram": lambda: vw.AnomalyHistogram(np.arange(60.0), Y == 1)._view.canvas,
    "queue": lambda: vw.ReviewQueue(vw.AnomalyHistogram(np.arange(60.0), items=X)),
}


@pytest.mark.parametrize("kind", WIDGETS)
def test_controls_are_at_least_36_pixels_wide_and_high(touched, kind):
    show_alone(touched, WIDGETS[kind]())
    root = touched.locator(".vw-widget")
    root.wait_for()
    settle(touched)
    assert touched.evaluate("matchMedia('(pointer: coarse)').matches")
    assert root.evaluate(SMALL) == []
