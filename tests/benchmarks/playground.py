"""Training in the page of `save_playground`: 5,000 digits in a worker, while the page draws.

Headless Chromium with software rendering, a page from the disk. An *epoch* is the time from one
epoch to the next as the page shows it, with the plane, the curves and the decoded place brought up
to date a few times a second. *Frames* are the times between animation frames meanwhile.
"""

import itertools
import tempfile
from pathlib import Path

import numpy as np
from playwright.sync_api import sync_playwright

import vae_widgets as vw
from tests.benchmarks.data import digits
from tests.benchmarks.report import Bar, Report, Table
from tests.benchmarks.settings import Settings
from tests.support import chromium

SAMPLES = 5000
WARM_UP = 2  # epochs
WATCH = """() => {
  window.frames = [];
  window.epochs = [];
  const text = document.querySelector(".vw-play-epoch");
  let shown = -1;
  const watch = (now) => {
    frames.push(now);
    const epoch = Number(/Epoch (\\d+)/.exec(text.textContent)?.[1] ?? -1); // none yet
    if (epoch > shown) epochs.push([(shown = epoch), performance.now()]);
    requestAnimationFrame(watch);
  };
  requestAnimationFrame(watch);
}"""
AFTER = "epoch => epochs.some(([reached]) => reached >= epoch)"


def measure(settings: Settings, report: Report) -> None:
    """Add a table of epochs, one of frames, and the bars."""
    data = digits()
    x = data.train[: min(SAMPLES, settings.images)].reshape(-1, 28, 28)
    epochs = settings.rounds
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        path = Path(folder) / "playground.html"
        vw.save_playground(path, datasets=[vw.Dataset(data.name, x[20:], x[:20])])
        browser = playwright.chromium.launch(
            executable_path=chromium.find_or_install(), args=["--no-sandbox"]
        )
        page = browser.new_page(viewport={"width": 1280, "height": 800})
        page.goto(path.as_uri())
        page.get_by_text("Press Train").wait_for()
        page.get_by_role("button", name="Train").click()
        page.evaluate(WATCH)
        page.wait_for_function(AFTER, arg=WARM_UP, timeout=120_000)
        page.evaluate("() => { frames.length = 0; }")
        page.wait_for_function(AFTER, arg=WARM_UP + epochs, timeout=300_000)
        frames = np.diff(page.evaluate("frames")) / 1000
        reached = page.evaluate("epochs")
        browser.close()
    seconds = [
        (after - before) / (to - since) / 1000
        for (since, before), (to, after) in itertools.pairwise(reached)
        if since >= WARM_UP
    ]
    name = "`save_playground`"
    note = f"{len(x):,} digits of 28x28, 784-256-2-256-784, in a worker of headless Chromium."
    report.tables.append(Table("In the page: an epoch", "s", {name: seconds}, note))
    report.tables.append(Table("In the page: a frame while it trains", "ms", {name: list(frames)}))
    median, slow = float(np.median(seconds)), float(np.percentile(frames, 95))
    report.bars.append(Bar(f"In the page: an epoch of {len(x):,} digits", median, 0.8, "s"))
    report.bars.append(Bar("In the page: 95th percentile frame", 1000 * slow, 20, "ms"))
