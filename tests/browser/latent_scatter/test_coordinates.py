import numpy as np
import pytest
from playwright.sync_api import expect

from tests.support.layout import boxes
from tests.support.scatter_view import ANSWERS, CODEC, MOVE, View, lonely

# A linear "VAE" of six dimensions, the third of which has collapsed to the prior.
VAE = """
from sklearn.decomposition import FastICA

class Vae(Codec):
    def encode(self, x):
        mean = super().encode(x) * [1, 1, 0, 1, 1, 1]
        return mean, np.log([0.01, 0.02, 1, 0.03, 0.04, 0.05]) + 0 * mean

codec = Vae(6)
scatter = LatentScatter(codec, x, digits.target[:300])
scatter
"""


@pytest.mark.parametrize("projection", ["pca", "FastICA"])
def test_axes_and_other_dimensions(cells, projection):
    nb = cells([CODEC, VAE])
    view = View(nb)
    nb.kernel.eval("setattr(scatter, 'projection', FastICA(4, random_state=0).fit(scatter.z_mean))")
    coordinates = view.root.get_by_label("Coordinates that are shown")
    expect(coordinates).to_have_value("FastICA")
    nb.kernel.eval("setattr(scatter, 'projection', 'latent')")
    expect(coordinates).to_have_value("latent")
    axes = view.root.get_by_label("Latent dimension along x")
    kl = nb.kernel.eval("[axis['name'] for axis in scatter._axes]")
    assert kl[-1] == "z[2]"
    axes.get_by_text("z[2] · 0.00 nats · collapsed").wait_for(state="attached")

    before = nb.pixels(view.canvas)
    coordinates.select_option(projection)
    nb.kernel.until(f"scatter.projection == '{projection}'")
    before = nb.wait_for_other_pixels(view.canvas, than=before)
    axes.select_option("3")
    nb.kernel.until("scatter.dims == (3, 1)")
    nb.wait_for_other_pixels(view.canvas, than=before)

    # A click decodes the place on the plane through the held dimensions.
    view.press("Dimensions")
    name = nb.kernel.eval("next(a['name'] for a in scatter._axes if a['index'] == 0)")
    rows = view.root.locator(".vw-dims-row")
    expect(rows).to_have_count(nb.kernel.eval("len(scatter.slice_at)"))
    expect(rows.filter(has_text="along x")).to_have_count(1)
    at = view.empty_place()
    view.click(at)
    view.wait_for_status("Decoded by the kernel")
    place = np.array(nb.kernel.eval("scatter.project([scatter.picked])[0].tolist()"))
    np.testing.assert_allclose(view.to_screen([place])[0], at, atol=0.6)

    # A slider moves the plane: the same place is decoded again; keys are the slider's own.
    slider = view.root.get_by_label(f"Fixed value of {name}")
    held = nb.kernel.eval("scatter.slice_at.tolist()")
    picture = nb.pixels(view.root.locator("canvas[data-role=decoded]"))
    slider.focus()
    for _ in range(20):
        view.keyboard.press("ArrowRight")
    moved = float(slider.input_value())
    assert moved > held[0]
    nb.kernel.until(f"bool(abs(scatter.slice_at[0] - {moved}) < 1e-5)")
    nb.wait_for_other_pixels(view.root.locator("canvas[data-role=decoded]"), than=picture)
    view.caption.filter(has_text="decoded").wait_for()
    nb.kernel.until(
        f"np.allclose(scatter.project([scatter.picked])[0], {place.tolist()}, atol=1e-4)"
    )
    coordinates = [moved, place[1], held[2], place[0], *held[4:]]
    expected = nb.kernel.eval(
        f"scatter._space.projections[scatter.projection].inverse_transform([{coordinates}])"
        "[0].tolist()"
    )
    np.testing.assert_allclose(nb.kernel.eval("scatter.picked.tolist()"), expected, atol=1e-3)
    # The plane for previews follows when the hand rests.
    nb.kernel.until("scatter._grid['slice_at'] == scatter.slice_at.tolist()")

    # Back to the mean; then through a sample, which the plane then decodes as its code does.
    view.press("Mean")
    nb.kernel.until(f"np.allclose(scatter.slice_at, {held})")
    nb.kernel.eval("scatter.pick(7)")
    view.caption.filter(has_text="reconstruction").wait_for()
    view.press("Picked")
    code = "scatter._space.coordinates[7]"
    nb.kernel.until(f"np.allclose(scatter.slice_at, {code}, atol=1e-4)")


def test_a_fixed_dimension_answers_in_the_page(cells):
    nb = cells([CODEC, VAE, ANSWERS])
    view = View(nb)
    view.press("Dimensions")
    view.click(view.empty_place())
    view.wait_for_status("Decoded by the kernel")
    nb.kernel.until("'base' in answers.get('traversals', {})")
    nb.kernel.until(
        "np.allclose(scatter.project([answers['traversals'].get('base', 6 * [9])])[0],"
        " scatter.project([scatter.picked])[0], atol=1e-5)"
    )
    nb.page.wait_for_load_state("networkidle")
    held = nb.kernel.eval("scatter.slice_at.tolist()")
    index = nb.kernel.eval("next(row['index'] for row in answers['traversals']['rows'])")
    slider = view.root.get_by_label(f"Fixed value of z[{index}]")
    decoded = view.root.locator("canvas[data-role=decoded]")
    arguments = [slider.element_handle(), decoded.element_handle()]
    nb.page.wait_for_function(
        # The steps have arrived once a move shows one.
        f"([slider, canvas]) => {{ ({MOVE})([slider, canvas, [1]]);"
        " return [...document.querySelectorAll('.vw-picked figcaption')]"
        ".some((caption) => caption.textContent === 'preview'); }",
        arg=arguments,
    )
    nb.kernel.until(f"bool(abs(scatter.slice_at[{index}] - 1) < 0.02)")
    view.caption.filter(has_text="decoded").wait_for()
    is_settled = (
        f"bool(answers['traversals'].get('base', 6 * [9])[{index}] == scatter.slice_at[{index}])"
    )
    nb.kernel.until(is_settled)

    # Another picture at every move, and no message until the hand rests.
    messages = nb.comm_messages()
    pictures = nb.page.evaluate(MOVE, [*arguments, [-3, -2, -1, 0, 1, 2, 3]])
    assert len(set(pictures)) == 7
    nb.kernel.until(f"bool(abs(scatter.picked[{index}] - 3) < 0.02)")
    view.caption.filter(has_text="decoded").wait_for()
    others = [i for i in range(6) if i != index]
    assert np.allclose(
        np.array(nb.kernel.eval("scatter.slice_at.tolist()"))[others], np.take(held, others)
    )
    # The value and the question; when the view has settled, the plane and the steps from there.
    nb.kernel.until(is_settled)
    assert nb.comm_messages() <= messages + 4

    # With the mouse: the same value in the page and in Python.
    (box,) = boxes(slider)
    nb.drag(slider, (box["width"] - 8, box["height"] / 2), (box["width"] / 4, box["height"] / 2))
    moved = float(slider.input_value())
    assert moved < 0
    nb.kernel.until(f"bool(abs(scatter.picked[{index}] - {moved}) < 1e-5)")


DARK_PIXELS = """([canvas, rings]) => {
  const context = canvas.getContext("2d");
  const ratio = canvas.width / canvas.clientWidth;
  return rings.map(([x, y]) => {
    const { data } = context.getImageData(x * ratio - 2, y * ratio - 2, 5, 5);
    return data.some((value, i) => i % 4 === 0 && value < 120 && data[i + 3] > 200);
  });
}"""


def test_where_am_i(cells):
    nb = cells([CODEC, VAE])
    view = View(nb)
    nb.kernel.eval("setattr(scatter, 'color_by', 'none')")
    nb.kernel.eval("setattr(scatter, 'view', (-3.5, 3.5, -3.5, 3.5))")

    # Rings of the prior, dashed.
    before = nb.pixels(view.canvas)
    view.press("Prior")
    nb.wait_for_other_pixels(view.canvas, than=before)
    nb.kernel.until("scatter.prior")
    angles = np.linspace(0, 2 * np.pi, 90, endpoint=False)
    ring = 3.034854 * np.stack([np.cos(angles), np.sin(angles)], axis=-1)
    drawn = nb.page.evaluate(
        DARK_PIXELS, [view.canvas.element_handle(), view.to_screen(ring).tolist()]
    )
    assert np.mean(drawn) > 0.5
    inside = nb.page.evaluate(
        DARK_PIXELS, [view.canvas.element_handle(), view.to_screen(0.93 * ring).tolist()]
    )
    assert np.mean(inside) < 0.3

    # The aggregated posterior: shaded where the codes lie, and encircled, as the kernel found it.
    before = nb.pixels(view.canvas)
    view.press("Prior")
    view.press("Density")
    nb.kernel.until("'rings' in scatter._density")
    nb.wait_for_other_pixels(view.canvas, than=before)
    grid = (
        "__import__('vae_widgets.core.latent.plane', fromlist=['grid_points'])"
        ".grid_points(scatter._density['bounds'], 128, 96)"
    )
    level = "scatter._density['rings'][0]['density']"
    rim = f"{grid}[np.abs(np.log(scatter._density['density'].ravel() / {level})) < 0.1].tolist()"
    drawn = nb.page.evaluate(
        DARK_PIXELS, [view.canvas.element_handle(), view.to_screen(nb.kernel.eval(rim)).tolist()]
    )
    assert np.mean(drawn) > 0.8
    view.press("Density")
    nb.kernel.until("not scatter.density")

    # The posterior of the hovered sample.
    index = lonely(view.codes())
    view.move(view.codes()[index])
    view.tooltip.get_by_text("ellipse: 95 % of q(z | x)").wait_for()
    code = np.array(nb.kernel.eval(f"scatter.z_mean[{index}, :2].tolist()"))
    across = code + 2.447747 * np.array([[-0.1, 0], [0.1, 0], [0, 0.02**0.5], [0, -(0.02**0.5)]])
    drawn = nb.page.evaluate(
        DARK_PIXELS, [view.canvas.element_handle(), view.to_screen(across).tolist()]
    )
    assert all(drawn)

    # Off all data, the decoded picture is marked as a guess; on a code it is not.
    view.click(view.to_screen([[-3.3, 3.3]])[0])
    view.caption.filter(has_text="far from data").wait_for()
    view.wait_for_status("Decoded by the kernel, far from all data, beside the nearest sample.")
    view.click(view.codes()[index])
    view.caption.filter(has_text="reconstruction").wait_for()
    expect(view.caption).not_to_contain_text("far")
