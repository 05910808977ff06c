"""Colours, marks and opacity of the page, compared with Matplotlib and with still pictures."""

import json
import pathlib
import subprocess
import sys

import matplotlib as mpl
import numpy as np

from vae_widgets.widgets.latent_scatter.still_picture import OPACITY, outline_opacity
from vae_widgets.widgets.still_pictures.figure import category_colour, category_mark

SOURCES = pathlib.Path(__file__).parents[3] / "vae_widgets/frontend/src"
MODULES = ("canvas/palette.ts", "latent_scatter/plot/discs.ts")
OUTLINED = [0, 10, 25, 50, 100]
READ = (
    f"const OUTLINED = {OUTLINED};"
    + """
const [p, discs] = await Promise.all(process.argv.slice(1).map((module) => import(module)));
const rgb = (colour) => p.channels(colour);
const ramp = () => Array.from({ length: 256 }, (_, i) => rgb(p.quantityColour(i / 255)));
const viridis = ramp();
const getAttribute = (name) => (name.includes("quantity") ? "cividis" : null);
globalThis.document = { body: { getAttribute } };
console.log(JSON.stringify({
  viridis,
  cividis: ramp(),
  classes: Array.from({ length: 160 }, (_, i) => rgb(p.categoryColour(i))),
  marks: Array.from({ length: 160 }, (_, i) => p.MARKS[p.categoryMark(i)]),
  opacity: p.OPACITY,
  outlines: OUTLINED.map((outlined) => discs.outlineOpacity(outlined, 100)),
}));
"""
)
NAMES = {"o": "disc", "s": "square", "^": "triangle", "D": "diamond", "X": "cross"}


def test_the_page_has_the_colours_of_matplotlib_and_of_still_pictures():
    node = pathlib.Path(sys.executable).with_name("node")
    modules = [(SOURCES / module).as_uri() for module in MODULES]
    command = [node, "--input-type=module", "--eval", READ, *modules]
    page = json.loads(subprocess.run(command, capture_output=True, check=True).stdout)
    for name, levels in (("viridis", 6), ("cividis", 12)):  # of 255; nobody sees that
        ramp = 255 * mpl.colormaps[name](np.arange(256))[:, :3]
        assert np.abs(ramp - page[name]).max() < levels
    colours = [mpl.colors.to_rgb(category_colour(i)) for i in range(160)]
    np.testing.assert_allclose(255 * np.array(colours), page["classes"], atol=0.01)
    assert [NAMES[category_mark(i)] for i in range(160)] == page["marks"]
    assert page["opacity"] == OPACITY
    assert page["outlines"] == [1, 1, 1, 0.5, 0.25]
    assert page["outlines"] == [outline_opacity(outlined, 100) for outlined in OUTLINED]
