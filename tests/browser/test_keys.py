"""Each key that a widget names works after a click anywhere in it, and JupyterLab gets none."""

import pathlib
import re

import numpy as np
import pytest
from playwright.sync_api import expect

from tests.support.blank_page import BlankPage
from tests.widgets import invariants

DOCS = pathlib.Path(__file__).parents[2] / "docs"
# Stands for the shortcuts of JupyterLab 4, which listens on the document while events bubble.
SPY = """window.leaked = [];
document.addEventListener("keydown", ({ key }) =>
  ["Control", "Shift"].includes(key) || window.leaked.push(key.toLowerCase()));
const { model } = window.mounted;
const send = model.send;
window.sent = 0;
model.send = (...message) => { window.sent += 1; send(...message); };"""
# Presses keys where the focus is. Returns those that no part takes, and those that change no text,
# no picture, and send nothing. A change alone could be the late effect of the key before.
PRESS = """async (keys) => {
  const main = document.querySelector("[data-vw-main]");
  const text = () => window.sent + document.querySelector(".vw-widget").innerText;
  const picture = () => main.toDataURL?.();
  const dead = [];
  for (const key of keys) {
    const before = [text(), picture()];
    const options = { key, bubbles: true, cancelable: true, composed: true };
    const isTaken = !document.activeElement.dispatchEvent(new KeyboardEvent("keydown", options));
    const late = performance.now() + 20000;
    const same = () => before[0] === text() && before[1] === picture();
    while (same() && performance.now() < late) await new Promise(requestAnimationFrame);
    if (!isTaken || same()) dead.push(key);
  }
  return dead;
}"""
OF_CELLS = ["x", "v", "d", "d", "j", "0", "0", "r", "y", "m", "1", "Delete", "Backspace"]
ARROWS = ["End", "Home", "ArrowRight", "ArrowUp", "ArrowLeft", "ArrowDown", "PageUp", "PageDown"]

# For each widget the keys that it names, in an order in which each changes something.
NAMED = {
    "scatter": [
        "+",
        "ArrowRight",
        "ArrowLeft",
        "ArrowDown",
        "Enter",
        "0",
        "-",
        "ArrowUp",
        "r",
        " ",
        "Escape",
    ],
    "histogram": ARROWS,
    "slider": [*ARROWS, " "],
    "monitor": ["+", "ArrowRight", "ArrowLeft", "-", "0"],
    "queue": ["End", "ArrowLeft", "Home", *"tc", "Home", *"fc", "Home", *"scu", "ArrowRight"],
}
IN_DOCS = {
    "scatter": "LatentScatter",
    "histogram": "AnomalyHistogram",
    "slider": "InterpolationSlider",
    "queue": "ReviewQueue",
    "monitor": "TrainingMonitor",
}
MADE = {
    "scatter": invariants.scatter,
    "histogram": lambda: invariants.histogram()._view.canvas,
    "slider": invariants.slider,
    "queue": invariants.queue,
    "monitor": lambda: invariants.monitor()._drawing.controls,
}
# Places without a control, and controls that keep the focus for no key of their own.
PLACES = [".vw-name", ".vw-status", ".vw-widget canvas >> nth=-1", "[data-vw-main]"]
BUTTONS = [".vw-controls button", ".vw-legend-class >> nth=0", ".vw-tile >> nth=1"]


@pytest.mark.parametrize("name", NAMED)
def test_named_keys_work_after_each_click(page, name):
    blank = BlankPage(page, MADE[name]())
    page.evaluate(SPY)
    page.locator("[data-vw-main]").wait_for()
    clicked = 0
    for place in [one for each in PLACES + BUTTONS for one in page.locator(each).all()]:
        if not place.is_visible() or place.is_disabled():
            continue
        place.click(position={"x": 4, "y": 4})
        blank.wait_for_answers()  # which may come after the next key, and undo what it has done
        page.evaluate("() => window.mounted.model.set('mode', 'pick')")
        page.keyboard.press("Home")
        own = ["o", "a"] if "vw-legend-class" in place.get_attribute("class") else []
        assert page.evaluate(PRESS, [*own, *NAMED[name]]) == [], place
        clicked += 1
    for key in OF_CELLS:
        page.keyboard.press(key)
    assert page.evaluate("leaked") == []
    assert clicked >= 5


@pytest.mark.parametrize("widget", sorted(set(IN_DOCS.values())))
def test_the_documentation_names_these_keys(widget):
    rows = (DOCS / "reference/keys.md").read_text().split("## Undo")[0].splitlines()
    (row,) = [row for row in rows if row.startswith(f"| {widget} ")]
    documented = {" " if key == "Space" else key for key in re.findall("`(.+?)`", row)}
    (name,) = [name for name in NAMED if IN_DOCS[name] == widget]
    assert {key.lower() for key in documented} == {key.lower() for key in NAMED[name]}


@pytest.mark.parametrize("name", NAMED)
def test_fields_take_keys_and_leave_by_escape(page, name):
    blank = BlankPage(page, MADE[name]())
    page.evaluate(SPY)
    main = page.locator("[data-vw-main]")
    for button in blank.root.locator(".vw-button[aria-expanded]").all():
        button.click()
    fields = blank.root.locator("input:not([type=range]), select").all()
    for field in fields:
        if not field.is_visible():
            continue
        if field.evaluate("field => field.localName") == "select":
            field.click()
            field.select_option(index=0)  # by the pointer
            expect(main).to_be_focused()
            field.focus()
        else:
            field.fill("")
            field.press("x")
            assert field.input_value() == "x"
            field.press("Control+z")  # of the text
            assert field.input_value() != "x"
            field.press("Escape")
            field.focus()
        page.keyboard.press("Escape")
        expect(main).to_be_focused()
    assert page.evaluate("leaked") == []


def test_keys_of_the_page_pass(page):
    BlankPage(page, invariants.histogram()._view.canvas)
    page.evaluate(SPY)
    page.locator(".vw-name").click()
    for key in ("Control+s", "Control+Shift+c", "Shift+Enter", "Tab"):
        page.keyboard.press(key)
    assert page.evaluate("leaked") == ["s", "c", "enter", "tab"]
    assert page.evaluate("document.activeElement.closest('.vw-widget') !== null")


def test_keys_in_a_box_of_widgets_go_to_its_main_part(page):
    """As ipywidgets puts them together: with buttons of its own, and parts without keys."""
    histogram = invariants.histogram()
    blank = BlankPage(page, histogram._view.canvas)
    page.evaluate(SPY)
    page.evaluate("""() => {
      const box = document.createElement("div");
      box.className = "vw-composite";
      box.innerHTML = '<p>Curves</p><button class="jupyter-button">Cost</button><svg></svg>';
      document.querySelector(".vw-widget").after(box);
      box.append(document.querySelector(".vw-widget"));
    }""")
    main = page.locator("[data-vw-main]")
    for place in ("p", ".jupyter-button", "svg"):
        page.locator(place).click()
        before = histogram.threshold
        page.keyboard.press("PageUp")
        blank.until(lambda before=before: histogram.threshold > before, f"{place}: Page Up")
        page.keyboard.press("x")
    page.locator(".jupyter-button").click()
    expect(main).to_be_focused()
    page.locator(".jupyter-button").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".jupyter-button")).to_be_focused()
    assert page.evaluate("leaked") == []


# As an `Explorer` is: each scatter in a box with the slider that follows it. Messages are counted.
BOXES = """() => {
  window.parts.forEach((part, i) => {
    const { send } = part.model;
    part.sent = 0;
    part.model.send = (...message) => { part.sent += 1; send(...message); };
    const root = document.querySelectorAll(".vw-widget")[i].parentElement;
    if (i % 2) return root.previousElementSibling.append(root);
    const box = document.createElement("div");
    box.className = "vw-composite";
    root.before(box);
    box.append(root);
  });
}"""
SENT = "() => window.parts.map(({ sent }) => sent)"


def test_keys_act_on_the_box_that_has_the_focus_alone(page):
    """Two of a notebook: neither hears the other's keys, and each has its own steps to undo."""
    scatters = [invariants.scatter(), invariants.scatter()]
    sliders = [invariants.slider(), invariants.slider()]
    blanks = []
    for scatter, slider in zip(scatters, sliders, strict=True):
        blanks.append(BlankPage(page, scatter))
        BlankPage(page, slider)
        scatter.selection = [3]
        blanks[-1].update()
    page.evaluate(BOXES)
    two = page.locator(".vw-composite")
    expect(two.locator(".vw-widget")).to_have_count(4)
    for i, (scatter, blank) in enumerate(zip(scatters, blanks, strict=True)):
        other = scatters[1 - i]
        selected, view = other.selection.tolist(), other.view
        before = page.evaluate(SENT)
        box = two.nth(i)
        box.locator(".vw-name").first.click()
        page.keyboard.press("+")
        blank.until(lambda s=scatter, v=scatter.view: s.view != v, "a nearer view")
        page.keyboard.press("Escape")
        blank.until(lambda s=scatter: s.selection.size == 0, "nothing selected")
        page.keyboard.press("Control+z")
        blank.until(lambda s=scatter: s.selection.tolist() == [3], "the selection")
        page.keyboard.press("Control+y")
        blank.until(lambda s=scatter: s.selection.size == 0, "nothing selected, again")
        box.get_by_role("slider", name="Position between start and end").focus()
        page.keyboard.press("End")
        blank.until(lambda s=sliders[i]: s.value == 1, "the end of the path")
        assert (other.selection.tolist(), other.view) == (selected, view)
        sent = np.subtract(page.evaluate(SENT), before)
        assert sent[2 * i] > 0
        assert not sent[2 * (1 - i) : 2 * (1 - i) + 2].any()
    # What was done last was done in the second: the first one has a step of its own.
    two.nth(0).locator(".vw-name").first.click()
    page.keyboard.press("Control+z")
    blanks[0].until(lambda: scatters[0].selection.tolist() == [3], "the first one's selection")
    assert scatters[1].selection.size == 0


# All controls that can be used now. Arrows reach the other samples of a queue; "only" is the key O.
CONTROLS = """() => {
  const parts = document.querySelectorAll("button, input, select, [data-vw-main][tabindex='0']");
  window.controls = [...parts].filter((part) => !part.disabled && part.checkVisibility() &&
    !(part.matches(".vw-review-place, .vw-legend-row > .vw-button") && part.tabIndex < 0));
  return window.controls.map((part) => part.outerHTML.slice(0, 90));
}"""
FOCUSED = """() => {
  const { outlineStyle, outlineWidth } = getComputedStyle(document.activeElement);
  return [window.controls.indexOf(document.activeElement),
    outlineStyle !== "none" && outlineWidth !== "0px"];
}"""
ALL = {
    **MADE,
    "strip": lambda: invariants.histogram()._view.strip,
}


@pytest.mark.parametrize("name", ALL)
def test_tab_reaches_every_control_and_shows_where_it_is(page, name):
    blank = BlankPage(page, ALL[name]())
    blank.root.wait_for()
    for button in blank.root.locator(".vw-controls .vw-button[aria-expanded]").all():
        button.click()  # opens its drawer
    controls = page.evaluate(CONTROLS)
    assert controls
    reached = {-1}  # the page itself, after the last control
    while len(reached) <= len(controls):
        page.keyboard.press("Tab")
        at, seen = page.evaluate(FOCUSED)
        assert seen or at < 0, controls[at]
        if at in reached - {-1}:
            break
        reached.add(at)
    assert [each for i, each in enumerate(controls) if i not in reached] == []
