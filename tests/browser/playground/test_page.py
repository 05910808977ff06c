"""The page that trains, opened from the disk and offline."""

import re

import numpy as np
import pytest
from playwright.sync_api import expect

import vae_widgets as vw
from tests.support.axe import AXE, serious_problems
from tests.support.exported_page import OpenedPage
from tests.support.layout import boxes, settle

DROPS = """(drops) => {
  for (const [name, text] of drops) {
    const data = new DataTransfer();
    data.items.add(new File([text], name));
    const drop = { dataTransfer: data, bubbles: true, cancelable: true };
    document.body.dispatchEvent(new DragEvent("drop", drop));
  }
}"""


@pytest.fixture(scope="module")
def playground_file(tmp_path_factory):
    path = tmp_path_factory.mktemp("playground") / "playground.html"
    vw.save_playground(path, datasets=["digits"])
    return path


class Opened(OpenedPage):
    """A playground from the disk that is ready to train."""

    def __init__(self, page, path):
        page.set_viewport_size({"width": 1280, "height": 800})
        super().__init__(page, path)
        self.status = page.locator(".vw-play-status")
        self.epoch = page.locator(".vw-play-epoch")
        expect(self.status).to_contain_text("Press Train")
        expect(self.epoch).to_contain_text("Epoch 0")

    @property
    def planes(self):
        return self.page.locator(".vw-play-plot > canvas")

    def button(self, name):
        return self.page.get_by_role("button", name=name)

    def reach(self, epoch):
        """Wait until this many epochs are over."""
        self.page.wait_for_function(
            "([text, least]) => Number(/Epoch (\\d+)/.exec(text.textContent)[1]) >= least",
            arg=[self.epoch.element_handle(), epoch],
        )

    def train(self, epochs):
        """Train for some epochs, and pause."""
        self.button("Train").click()
        self.reach(epochs)
        self.button("Pause").click()
        expect(self.status).to_have_text("Paused.")

    def curves(self):
        """Return the last value of each curve as the page describes it."""
        settle(self.page)
        texts = self.page.locator(".vw-play-curves canvas").evaluate_all(
            "plots => plots.map((plot) => plot.ariaDescription)"
        )
        return [float(re.search(r"to ([-\d.]+) at", text)[1]) for text in texts]


@pytest.fixture
def opened(page, playground_file):
    return Opened(page, playground_file)


def test_it_trains_while_one_watches_then_picks_slides_and_cuts(opened):
    page = opened.page
    before = opened.planes.screenshot()
    opened.planes.focus()
    page.keyboard.press("n")
    expect(opened.epoch).to_contain_text("batch 1 of 15")
    first = opened.curves()
    page.keyboard.press(" ")
    opened.reach(8)
    page.keyboard.press(" ")
    expect(opened.status).to_have_text("Paused.")
    reconstruction, kl = opened.curves()
    assert reconstruction < first[0] - 8
    assert kl > 1
    assert opened.planes.screenshot() != before

    # Pick: what is decoded differs from place to place.
    tile = page.locator(".vw-play-pick .vw-play-tiles > canvas").first
    (box,) = boxes(opened.planes)
    for x, y in ((0.3, 0.4), (0.8, 0.7)):
        seen = tile.evaluate("canvas => canvas.toDataURL()")
        page.mouse.click(box["x"] + x * box["width"], box["y"] + y * box["height"])
        page.wait_for_function(
            "([canvas, seen]) => canvas.toDataURL() !== seen", arg=[tile.element_handle(), seen]
        )
    captions = page.locator(".vw-play-pick figcaption")
    expect(captions.first).to_have_text(re.compile(r"Decoded from \(.+, .+\)"))
    expect(captions.nth(1)).to_have_text(re.compile(r"Nearest: sample \d+, class \d"))

    # Slide: by keys, to its end and on by playing.
    page.get_by_role("tab", name="Slide").click()
    slider = page.get_by_role("slider", name="Place between start and end")
    slider.focus()
    page.keyboard.press("End")
    expect(slider).to_have_attribute("aria-valuetext", "frame 33 of 33")
    opened.button("Play").click()
    page.wait_for_function(
        "() => document.querySelector('.vw-play-slide figcaption').textContent < 'Frame 30'"
    )
    opened.button("Pause").click()

    # Cut: Home flags all, End none.
    page.get_by_role("tab", name="Cut").click()
    readout = page.locator(".vw-play-readout")
    expect(readout).to_contain_text("89 of 1,797 samples flagged")
    page.get_by_role("slider", name="Threshold").focus()
    page.keyboard.press("Home")
    expect(readout).to_contain_text("1,797 of 1,797 samples flagged")
    page.keyboard.press("End")
    expect(readout).to_contain_text("0 of 1,797 samples flagged")
    opened.check()


def test_settings_act_while_it_trains_and_a_start_again_forgets(opened):
    page = opened.page
    beta = page.get_by_role("slider", name=re.compile("weight of the KL"))
    term = page.get_by_role("checkbox", name="KL term")
    term.uncheck()
    expect(beta).to_be_disabled()
    opened.train(8)
    _, free = opened.curves()
    term.check()
    beta.focus()
    page.keyboard.press("End")
    expect(beta).to_have_attribute("aria-valuetext", "32")
    opened.train(20)
    assert opened.curves()[1] < free / 2
    (before,) = page.workers
    with page.expect_worker() as worker:
        opened.button("Start again").click()
    expect(opened.epoch).to_contain_text("Epoch 0")
    assert page.workers == [worker.value] != [before]
    opened.check()


def test_an_autoencoder_trains_beside_it_without_a_class(opened):
    page = opened.page
    page.get_by_role("checkbox", name="Compare with an autoencoder").check()
    expect(opened.planes).to_have_count(2)
    page.get_by_role("combobox", name="Leave out class").select_option("0")
    expect(opened.status).to_contain_text("will not see the class 0")
    opened.train(10)
    values = page.locator(".vw-play-values > *").all_inner_texts()
    assert [text.split(":")[0] for text in values] == ["VAE", "Autoencoder"]
    vae, autoencoder = (float(re.search(r"reconstruction ([\d.]+)", text)[1]) for text in values)
    assert autoencoder < vae
    page.get_by_role("tab", name="Cut").click()
    readout = page.locator(".vw-play-readout")
    expect(readout).to_contain_text("of class 0, which training left out (recall)")
    expect(page.locator(".vw-play-cut .vw-play-legend")).to_contain_text("178 left out: 0")
    opened.check()


def test_what_goes_wrong_is_said_and_helped(page, playground_file, tmp_path):
    page.clock.install()
    opened = Opened(page, playground_file)
    # A learning rate that is too high.
    rate = page.get_by_role("slider", name=re.compile("^Learning rate"))
    rate.focus()
    page.keyboard.press("End")
    opened.button("Train").click()
    expect(opened.status).to_contain_text(
        "the learning rate is too high. Lower it, and press Start again."
    )
    expect(opened.button("Train")).to_be_disabled()
    rate.focus()
    page.keyboard.press("Home")
    with page.expect_worker() as worker:
        opened.button("Start again").click()
    expect(opened.button("Train")).to_be_enabled()

    # A worker that ends.
    worker.value.evaluate("close()")
    opened.button("Train").click()
    for _ in range(2):
        page.clock.fast_forward(6_000)
    expect(opened.status).to_contain_text("The training was lost: it has not answered")
    opened.button("Start again").click()
    expect(opened.button("Train")).to_be_enabled()

    # Files: broken ones change nothing, a whole one is trained on.
    files = page.locator("input[type=file]")
    (tmp_path / "broken.csv").write_text("a,b\n1,2\n3,x\n")
    (tmp_path / "broken.npy").write_bytes(b"no array")
    for name, why in (("broken.csv", "line 3"), ("broken.npy", "numpy.save")):
        files.set_input_files(tmp_path / name)
        expect(opened.status).to_contain_text(f"{name} cannot be read")
        expect(opened.status).to_contain_text(why)
    expect(page.get_by_label("Data", exact=True)).to_have_value("0")
    page.evaluate(
        """() => {
          const data = new DataTransfer();
          data.items.add(new File(["word"], "notes.doc"));
          const drop = { dataTransfer: data, bubbles: true, cancelable: true };
          document.querySelector("header").dispatchEvent(new DragEvent("drop", drop));
        }"""
    )
    expect(opened.status).to_contain_text("notes.doc cannot be read: open a CSV file, a NPY file")
    np.save(tmp_path / "own.npy", np.random.default_rng(0).normal(size=(40, 12)))
    files.set_input_files(tmp_path / "own.npy")
    expect(opened.status).to_contain_text("40 samples")
    opened.train(20)
    opened.check()


def test_it_trains_where_webassembly_is_refused(page, playground_file, tmp_path):
    strict = tmp_path / "strict.html"
    strict.write_text(playground_file.read_text("utf-8").replace(" 'wasm-unsafe-eval'", ""))
    opened = Opened(page, strict)
    before = opened.errors.copy()
    opened.train(1)
    assert np.isfinite(opened.curves()).all()
    assert opened.requests == []
    assert all("WebAssembly" in error for error in before)


def test_all_of_it_is_seen_without_scrolling_and_named_for_those_who_do_not_see(opened):
    page = opened.page
    page.evaluate(AXE.read_text("utf-8"))  # the policy of the page allows no other script
    for tab in ("Cut", "Slide", "Pick"):
        page.get_by_role("tab", name=tab).click()
        assert serious_problems(page, "body") == []
    for width, height in ((1280, 800), (1920, 1080)):
        page.set_viewport_size({"width": width, "height": height})
        settle(page)
        overflow = page.evaluate(
            """() => [document.documentElement, ...document.querySelectorAll(
            '.vw-play-controls, .vw-play-centre, .vw-play-side, .vw-play-panel:not([hidden])')]
            .flatMap((p) => [p.scrollHeight - p.clientHeight, p.scrollWidth - p.clientWidth])
            .filter((more) => more > 1)"""
        )
        assert overflow == []
    for width in (400, 800):
        page.set_viewport_size({"width": width, "height": 800})
        settle(page)
        more = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert more <= 0


def test_of_several_drops_the_last_is_shown(opened):
    large = "\n".join(",".join(str(i * j % 97) for j in range(64)) for i in range(4000))
    small = "\n".join(f"{i},{-i}" for i in range(30))
    opened.page.evaluate(DROPS, [["large.csv", large], ["bad.csv", "1,x"], ["small.csv", small]])
    expect(opened.status).to_contain_text("30 samples. Press Train")
    # The page has read all three when a fourth has come.
    opened.page.evaluate(DROPS, [["bad.csv", "a,b\n1,x"]])
    expect(opened.status).to_contain_text("bad.csv cannot be read")
    names = opened.page.get_by_label("Data", exact=True).locator("option").all_inner_texts()
    assert names[1:] == ["small.csv"]
    opened.check()
