"""What one widget does shows in the others."""

import pathlib

from playwright.sync_api import expect

CELL = f"""
import sys
sys.path.insert(0, {str(pathlib.Path(__file__).parents[3])!r})
import numpy as np
import vae_widgets as vw
from tests.support.pca_codec import PcaCodec, digits

x, y = digits()
x, y = x[:200], y[:200]
codec = PcaCodec(x)
explorer = vw.Explorer(codec, x, labels=y)
explorer
"""


def test_widgets_are_linked(notebook):
    nb = notebook([CELL])
    page = nb.page
    strip = page.locator(".vw-strip").first
    slide = page.get_by_role("button", name="Slide to the picked point")
    expect(slide).to_be_disabled()

    # Cut: the flagged samples are selected, and the first of them shown.
    threshold = page.get_by_role("spinbutton", name="Threshold")
    threshold.fill(str(nb.kernel.eval("float(np.sort(explorer.histogram.scores)[-9:].min())")))
    threshold.press("Enter")
    nb.kernel.until("len(explorer.scatter.selection) == 9")
    assert nb.kernel.eval(
        "explorer.scatter.selection.tolist() == np.flatnonzero(explorer.histogram.flagged).tolist()"
    )
    expect(strip.locator(".vw-tile")).to_have_count(9)
    expect(strip).to_contain_text("Selected samples (9 of 9)")

    # Pick one of them: its code is picked, and can become an end of the slide.
    strip.locator("button.vw-tile").nth(3).click()
    nb.kernel.until("explorer.scatter.picked.size == 2")
    index = nb.kernel.eval("int(explorer.scatter.selection[3])")
    assert nb.kernel.eval(
        f"bool((explorer.scatter.picked == explorer.scatter.z_mean[{index}]).all())"
    )
    picture = page.locator(".vw-film-frame canvas").last
    before = nb.pixels(picture)
    expect(slide).to_be_enabled()
    slide.click()
    nb.kernel.until(f"np.array_equal(explorer.slider.end, x[{index}])")
    nb.wait_for_other_pixels(picture, before)
    assert nb.kernel.eval(
        f"bool(np.allclose(explorer.slider.frames[-1], codec.decode(codec.encode(x))[{index}]))"
    )
