import io

import numpy as np
from PIL import Image
from playwright.sync_api import Locator, expect

from tests.support.layout import boxes

# Training leaves the processors to page and server: a run of digits takes all it can get.
REST = """
import time
import keras

class Rest(keras.callbacks.Callback):
    async_safe = True

    def on_epoch_end(self, epoch, logs=None):
        time.sleep(0.2)
"""
TRAIN = f"""{REST}
import vae_widgets as vw
ds = vw.load_dataset("digits")
vae = vw.VAE.build(ds.sample_shape, latent_dim=2, architecture="dense", seed=0)
monitor = vw.TrainingMonitor()
display(monitor)
"""
AWAIT = """
history = await vae.fit_async(ds.x_train, epochs=100_000, batch_size=32, verbose=0,
                              validation_data=ds.x_test, callbacks=[monitor.callback, Rest()])
"""
# How a loop of one's own goes: blocking, and without any model library.
LOOP = """
import time
import vae_widgets as vw
idle, monitor = vw.TrainingMonitor(), vw.TrainingMonitor()
display(monitor)
for step in range(3000):
    monitor.log(step, loss=1 + 1000 / (1 + step), val_loss=2 + 1000 / (1 + step))
time.sleep(1)
"""

PATHS = (
    """curves => [...curves.querySelectorAll("path.line")].map((path) => path.getAttribute("d"))"""
)

# How much the distances of the ticks of an axis differ, in pixels: if linear, by rounding alone.
UNEVENNESS = """axis => {
  const places = [...axis.querySelectorAll(".tick")].map((tick) => tick.getBoundingClientRect().y);
  const sorted = places.sort((a, b) => a - b);
  const gaps = sorted.slice(1).map((place, i) => place - sorted[i]);
  return Math.max(...gaps) - Math.min(...gaps);
}"""


def paths(curves: Locator) -> list[str]:
    return [d for d in curves.evaluate(PATHS) if d and "L" in d]


def wait_for_other_paths(curves: Locator, than: list[str]) -> list[str]:
    curves.page.wait_for_function(
        f"([curves, than]) => JSON.stringify(({PATHS})(curves).filter((d) => d?.includes('L')))"
        " !== JSON.stringify(than)",
        arg=[curves.element_handle(), than],
    )
    return paths(curves)


def test_watch_a_vae_train_and_stop_it(notebook):
    nb = notebook([TRAIN, AWAIT], run=False)
    nb.start_all()
    page = nb.page
    curves, controls = page.locator(".vw-curves"), page.locator(".vw-training-controls")
    status = controls.locator(".vw-status")
    # Curves, numbers and pictures move while it trains; the page sends nothing for it.
    status.get_by_text("nats").wait_for(timeout=90_000)
    page.wait_for_function("() => document.querySelectorAll('.vw-legend-entry').length === 3")
    before, sent = paths(curves), nb.comm_messages()
    middle = wait_for_other_paths(curves, than=before)
    picture = page.locator(".vw-tile canvas").nth(20)
    picture.wait_for()
    nb.wait_for_other_pixels(picture, than=nb.pixels(picture))
    wait_for_other_paths(curves, than=middle)
    assert nb.comm_messages() == sent
    rows = ["originals", "reconstructed", "from the prior"]
    expect(page.locator(".vw-strip-name")).to_have_text(rows)
    expect(controls.locator(".vw-progress-text")).to_contain_text("samples/s")

    # The legend hides a line; the log switch changes the axis: both while the cell awaits.
    figure = curves.locator(".bqplot").first
    page.get_by_role("button", name="reconstruction").click()
    nb.page.wait_for_function(
        """() => [...document.querySelectorAll(".vw-curves .bqplot")][0]
          .querySelectorAll('path.line[style*="opacity: 0"]').length >= 1"""
    )
    axis = figure.locator(".axis").nth(1).element_handle()
    page.wait_for_function(f"axis => ({UNEVENNESS})(axis) < 1", arg=axis)
    controls.get_by_role("button", name="Log scale").click()
    page.wait_for_function(f"axis => ({UNEVENNESS})(axis) > 3", arg=axis)
    log_scale = controls.get_by_role("button", name="Log scale")
    expect(log_scale).to_have_attribute("aria-pressed", "true")

    # Stop, and the awaiting cell ends with everything that was learnt.
    controls.get_by_role("button", name="Stop").click()
    controls.get_by_text("Stopped at epoch").wait_for(timeout=20_000)
    nb.kernel.until("monitor.state == 'stopped' and 'history' in globals()")
    record = nb.kernel.eval("monitor.history.to_dict()")
    epochs = len(record["epoch"])
    assert 1 <= epochs < 100_000
    assert record["loss"][-1] < record["loss"][0]
    assert len(record["val_kl_loss"]) == epochs
    assert nb.kernel.eval("history.history['loss']") == record["loss"]
    expect(controls.get_by_role("button", name="Stop")).to_be_disabled()
    assert nb.kernel.eval("monitor.log_scale")
    page.get_by_role("button", name="Restore best").click()
    restored = f"restored epoch {int(np.argmin(record['val_loss'])) + 1}"
    nb.kernel.until(f"monitor.history.actions[-1].text == {restored!r}")
    controls.get_by_text("(restored)").wait_for()

    # The picture that Export saves shows the curves as the page does.
    page.get_by_role("button", name="Export", exact=True).click()
    with page.expect_download() as download:
        page.get_by_role("button", name="Picture (PNG)").click()
    controls.get_by_text("Saved as training.png").wait_for()
    page.locator(".vw-legend .vw-name").hover()
    at, monitor = boxes(curves, page.locator(".vw-monitor"))
    seen = Image.open(io.BytesIO(curves.screenshot())).convert("L")
    left, top = at["x"] - monitor["x"], at["y"] - monitor["y"]
    saved = Image.open(download.value.path()).convert("L")
    saved = saved.crop((left, top, left + seen.width, top + seen.height))
    alike = np.corrcoef(np.ravel(seen), np.ravel(saved))[0, 1]
    assert alike > 0.9

    # The monitor is as wide as its cell, and its curves take the height that its layout gives.
    room = page.locator(".vw-monitor").evaluate("e => e.parentElement.clientWidth")
    assert monitor["width"] >= room - 2 > 800
    before = figure.bounding_box()["height"]
    nb.kernel.eval(f"setattr(monitor.layout, 'height', '{monitor['height'] + 200:.0f}px')")
    page.wait_for_function(
        "([figure, height]) => figure.clientHeight > height + 150",
        arg=[figure.element_handle(), before],
    )


def test_ten_thousand_points_of_a_loop_leave_the_page_small(notebook):
    nb = notebook([LOOP, "idle"])
    idle = nb.page.locator(".jp-CodeCell").nth(1)
    idle.get_by_text("Waiting for the first batch: pass callbacks=").wait_for()
    expect(idle.get_by_role("button", name="Stop")).to_be_disabled()
    nb.kernel.eval("idle.close()")
    idle.get_by_role("button", name="Stop").wait_for(state="detached")

    curves = nb.page.locator(".vw-curves")
    nb.page.locator(".vw-training-controls").get_by_text("Step 2,999").wait_for()
    count = "() => document.querySelector('.jp-Notebook').querySelectorAll('*').length"
    nodes = nb.page.evaluate(count)
    drawn = paths(curves)
    assert max(d.count("L") for d in drawn) <= 2000
    assert nb.kernel.eval("len(monitor.history.to_dict()['loss'])") == 3000

    nb.kernel.eval("[monitor.log(3000 + i, loss=1.5) for i in range(7001)] and 0")
    wait_for_other_paths(curves, than=drawn)
    nb.kernel.eval("monitor._throttle.finish()")
    last = "([axis]) => axis.textContent.includes('10k')"
    nb.page.wait_for_function(
        last, arg=[curves.locator(".bqplot").first.locator(".axis").first.element_handle()]
    )
    assert abs(nb.page.evaluate(count) - nodes) < 50  # ticks come and go, nothing else
    assert max(d.count("L") for d in paths(curves)) <= 2000
