"""Photograph every widget in every domain, and put them on one sheet: ``make screenshots``.

Not collected with the tests: it changes a picture of the README. Models and photographs stay in
build/domains; remove a model there to make it again. DOMAINS="faces music" takes these alone.
"""

import io
import os
import shutil

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from tests.browser.conftest import REPOSITORY, set_theme
from tests.browser.make_screenshots import save
from tests.support.domains import LOAD, PRETRAINED, TRAINED, prepare, widgets_of
from tests.support.on_page import IS_DRAWN
from tests.support.scatter_view import View, lonely

SECTIONS = [
    ("Digits", "8x8 pixels, dense layers", "digits-scatter", "digits-slider"),
    ("Faces", "64x64 pixels, of nobody: the model draws them", "faces-scatter", "faces-slider"),
    ("Chest X-rays", "a detector trained on healthy ones", "xray-scatter", "xray-review"),
    ("Heartbeats", "a detector trained on narrow ones", "ecg-scatter", "ecg-review"),
    ("A table", "30 measurements of tumours", "breast_cancer-scatter", "breast_cancer-review"),
    ("Music", "two bars of four voices", "music-scatter", "music-slider"),
    ("Molecules", "coloured by drug-likeness (QED)", "molecules-scatter", "molecules-slider"),
    ("Training, and a threshold", "digits and heartbeats", "digits-monitor", "ecg-histogram"),
]
"""Title, text, and two photographs of each part of the sheet."""
COLOURS = {"light": ("#ffffff", "#212121"), "dark": ("#111111", "#e0e0e0")}  # page, text
WIDTH, HEIGHT, GAP, HEAD = 380, 430, 16, 28  # of a photograph, and around it
FOLDER = REPOSITORY / "build/domains"
CHOSEN = os.environ.get("DOMAINS", "").split() or [*TRAINED, *PRETRAINED]


@pytest.mark.parametrize("name", CHOSEN)
def test_photograph_a_domain(lab, notebook, name):
    FOLDER.mkdir(parents=True, exist_ok=True)
    if not (FOLDER / f"{name}.npz").exists():
        prepare(name, FOLDER)
    for file in FOLDER.glob(f"{name}.*"):
        shutil.copy(file, lab.root)
    cells = widgets_of(name)
    nb = notebook([LOAD.format(name=name), *cells.values()], run=False)
    nb.page.set_default_timeout(120_000)
    nb.run_all(timeout=600)
    nb.page.set_viewport_size({"width": 1000, "height": 1800})
    for theme in ("light", "dark"):
        set_theme(nb.page, theme)
        for widget in cells:
            output = nb.output(widget)
            if widget == "scatter":
                hover_and_pick(View(nb))
            else:
                if widget == "slider":
                    output.locator("[aria-valuenow='0.500']").wait_for()
                output.hover(position={"x": 2, "y": 2})
            nb.page.wait_for_load_state("networkidle")
            path = FOLDER / f"{name}-{widget}-{theme}.png"
            output.screenshot(path=path, animations="disabled")


def hover_and_pick(view):
    """Pick a point at the border, and hover one in the middle."""
    codes = view.codes()
    view.click(codes[lonely(codes[:50])])
    view.wait_for_status("beside")
    view.move(codes[np.linalg.norm(codes - np.median(codes, axis=0), axis=1).argmin()])
    view.tooltip.wait_for()
    for role in ("reconstruction", "residual"):
        canvas = view.tooltip.locator(f"canvas[data-role={role}]")
        view.nb.page.wait_for_function(IS_DRAWN, arg=canvas.element_handle())


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_make_the_sheet(theme):
    paper, ink = COLOURS[theme]
    rows = -(-len(SECTIONS) // 2)
    size = (4 * (WIDTH + GAP) + GAP, rows * (HEAD + HEIGHT + GAP) + GAP)
    sheet = Image.new("RGB", size, paper)
    draw = ImageDraw.Draw(sheet)
    for i, (title, text, *photographs) in enumerate(SECTIONS):
        x, y = GAP + i % 2 * 2 * (WIDTH + GAP), GAP + i // 2 * (HEAD + HEIGHT + GAP)
        draw.text((x, y), f"{title}: {text}", ink, ImageFont.load_default(17))
        for name in photographs:
            photograph = Image.open(FOLDER / f"{name}-{theme}.png").convert("RGB")
            height = round(photograph.height * WIDTH / photograph.width)
            small = photograph.resize((WIDTH, height), Image.Resampling.LANCZOS)
            sheet.paste(small.crop((0, 0, WIDTH, min(height, HEIGHT))), (x, y + HEAD))
            x += WIDTH + GAP
    png = io.BytesIO()
    sheet.save(png, "png")
    save(png.getvalue(), f"domains-{theme}")
