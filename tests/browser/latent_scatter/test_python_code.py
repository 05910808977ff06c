"""Copy as Python gives code that, when it is run, shows the same view."""

import numpy as np
from playwright.sync_api import expect

import vae_widgets as vw
from tests.support.blank_page import BlankPage
from tests.support.pca_codec import PcaCodec, digits

X, Y = (part[:60] for part in digits())
CLIPBOARD = """Object.defineProperty(navigator, "clipboard",
  { value: { writeText: async (text) => { window.copied = text; } } })"""


class Codec(PcaCodec):
    """As of a VAE, for a prior."""

    def encode(self, x):
        z = super().encode(x)
        return z, np.full_like(z, -2)


def make_scatter():
    return vw.LatentScatter(Codec(X, 3), X, Y, quantities={"value": X.mean(axis=(1, 2))})


def state_of(scatter):
    """All that the page may set and shows for longer than a moment."""
    owned = [name for name in scatter.traits(page_writes=True) if not name.startswith("_")]
    names = {*owned, "decoded", "attribute", "hidden_classes", "hidden_sides"} - {"hovered"}
    state = {name: getattr(scatter, name) for name in names}
    state["bookmarks"] = {name: z.tolist() for name, z in scatter.bookmarks.items()}
    return {
        name: value.tolist() if isinstance(value, np.ndarray) else value
        for name, value in state.items()
    }


def test_the_copied_code_shows_the_same_view(page):
    scatter = make_scatter()
    blank = BlankPage(page, scatter)
    page.evaluate(CLIPBOARD)
    for name in ("Density", "Prior", "Grid", "Save", "Box"):
        blank.root.get_by_role("button", name=name, exact=True).click()
    legend = blank.root.locator(".vw-legend-class")
    legend.nth(3).click()
    legend.nth(7).click()
    blank.page.wait_for_function("() => window.mounted.model.get('_hidden').length === 2")
    blank.until(lambda: scatter.hidden_classes == ("3", "7"), "the hidden classes")
    assert scatter.density
    assert scatter.prior
    assert scatter.grid
    # What Python sets, the page shows.
    scatter.projection = "pca"
    scatter.dims = (2, 0)
    scatter.slice_at = [0.5, -0.25, 1]
    scatter.color_by, scatter.threshold, scatter.hidden_sides = "value", 0.3, "below"
    scatter.point_size, scatter.opacity, scatter.selection = 14, 0.3, [1, 5, 8]
    scatter.group_a, scatter.group_b = [0, 2], [3, 4]
    scatter.pick(5)
    scatter.bookmark("é \N{LEFT DOUBLE QUOTATION MARK}five\N{RIGHT DOUBLE QUOTATION MARK}")
    scatter.view = (-1.5, 2.25, -1, 1.125)
    blank.update()
    blank.root.get_by_role("button", name="Copy as Python").click()
    blank.root.get_by_text(
        "Copied. The code expects the widget in the variable scatter."
    ).wait_for()
    code = page.evaluate("window.copied")
    again = make_scatter()
    exec(code, {"scatter": again})
    assert state_of(again) == state_of(scatter)
    first = state_of(make_scatter())
    assert [name for name, value in state_of(scatter).items() if value == first[name]] == []


def test_python_sets_the_size_of_points_and_the_buttons(page):
    scatter = make_scatter()
    blank = BlankPage(page, scatter)
    ink = """canvas => {
      const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
      const first = data.slice(0, 3).join();
      let other = 0;
      for (let i = 0; i < data.length; i += 4) other += data.slice(i, i + 3).join() !== first;
      return other;
    }"""
    canvas = blank.root.locator(".vw-scatter-plot > canvas")
    page.wait_for_function(f"canvas => ({ink})(canvas) > 500", arg=canvas.element_handle())
    small = canvas.evaluate(ink)
    scatter.point_size = 20
    scatter.mode = "lasso"
    blank.update()
    page.wait_for_function(
        f"([canvas, small]) => ({ink})(canvas) > 2 * small", arg=[canvas.element_handle(), small]
    )
    pressed = blank.root.get_by_role("button", name="Lasso", exact=True)
    expect(pressed).to_have_attribute("aria-pressed", "true")


def test_buttons_say_when_the_kernel_is_gone(page):
    blank = BlankPage(page, make_scatter())
    notice = blank.root.get_by_role("alert").get_by_text("The kernel does not answer")
    for name in ("Density", "Prior", "Grid"):
        blank.lose_kernel()
        blank.root.get_by_role("button", name=name, exact=True).click()
        notice.wait_for()
        blank.lose_kernel("there")
        notice.wait_for(state="hidden")  # what was pressed has been handed over
    assert (blank.widget.density, blank.widget.prior, blank.widget.grid) == (True, True, True)
