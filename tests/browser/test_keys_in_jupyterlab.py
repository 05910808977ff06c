"""No key that is pressed in a widget changes the notebook around it."""

import pathlib

CELLS = [
    f"""
import sys
sys.path.insert(0, {str(pathlib.Path(__file__).parents[2])!r})
from tests.widgets import invariants
""",
    "explorer = invariants.explorer(); explorer",
    "queue = invariants.queue(); queue",
    "monitor = invariants.monitor(); monitor",
]
# At these keys JupyterLab would turn a cell raw or to Markdown, cut, delete, add or merge cells,
# select another one, undo that, or ask whether to restart the kernel.
KEYS = [*"rxmbdd00", "Shift+M", "ArrowDown", "Control+z"]
NOTEBOOK = """() => {
  const { content } = window.jupyterapp.shell.currentWidget;
  return [content.widgets.map(({ model }) => [model.type, model.sharedModel.source]),
    content.activeCellIndex, content.selectedCells.length, content.mode,
    document.querySelectorAll(".jp-Dialog").length];
}"""
# Places of every kind: with and without a control, drawn by us, by bqplot and by ipywidgets.
PLACES = [
    ".vw-name",
    ".vw-status",
    "[data-vw-main]",
    ".vw-controls .vw-button",
    ".vw-legend-class",
    ".vw-legend-entry",
    ".vw-tab",
    ".vw-tile",
    ".vw-film-profile canvas",
    ".bqplot",
    ".jupyter-button",
    "select.vw-input",
]


def press_keys_after_clicks(output, clicked):
    page = output.page
    for selector in PLACES:
        found = output.locator(f"{selector}:visible:not(:disabled)")
        if not found.count() or (selector in clicked and selector != ".vw-name"):
            continue
        found.last.click(position={"x": 3, "y": 3})
        before = page.evaluate(NOTEBOOK)
        for key in KEYS:
            page.keyboard.press(key)
        assert page.evaluate(NOTEBOOK) == before, selector
        clicked.add(selector)


def test_keys_leave_the_cells_alone(notebook):
    nb = notebook(CELLS)
    clicked = set()
    for line in CELLS[1:]:
        output = nb.output(line)
        output.locator(".vw-name").first.wait_for()
        tabs = output.locator(".vw-tab").all()
        press_keys_after_clicks(output, clicked)
        for tab in tabs:
            tab.click()
            press_keys_after_clicks(output, clicked)
    assert clicked == set(PLACES)
