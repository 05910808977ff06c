"""Every number field takes a decimal comma, and refuses what is unclear without replacing it."""

import numpy as np
import pytest

import vae_widgets as vw
from tests.support.blank_page import BlankPage
from tests.support.pca_codec import PcaCodec
from vae_widgets.core.thresholds import METHODS
from vae_widgets.widgets.training_monitor.controls import TrainingControls

RNG = np.random.default_rng(0)
LABELS = np.arange(300) < 100
SCORES = RNG.normal(size=300) + 3 * LABELS
X = RNG.normal(size=(40, 3)).astype("float32")

METHOD_FIELDS = [
    (name, parameter)
    for name, method in METHODS.items()
    for parameter in method.parameters
    if name != "percentile"
]


def check(blank, field, applied):
    """Type into a field; `applied` returns the values that have reached Python."""
    why = blank.page.get_by_role("alert").filter(has_text="may mean")
    before = applied()
    field.fill("1,000")
    field.press("Enter")
    why.get_by_text("1,000 may mean 1.000 or 1000.").wait_for()
    field.blur()
    assert field.input_value() == "1,000"  # neither replaced nor applied
    assert field.get_attribute("aria-invalid") == "true"
    assert applied() == before
    field.press("Escape")
    assert field.input_value() != "1,000"
    why.wait_for(state="hidden")


def enter(blank, field, text):
    field.fill(text)
    field.press("Enter")
    blank.page.wait_for_function(
        "field => field.getAttribute('aria-invalid') !== 'true'", arg=field.element_handle()
    )


@pytest.fixture
def histogram(page):
    histogram = vw.AnomalyHistogram(SCORES, LABELS)
    return BlankPage(page, histogram._view.canvas), histogram


def test_the_fields_of_the_histogram(histogram):
    blank, histogram = histogram
    threshold = blank.page.get_by_role("spinbutton", name="Threshold")
    check(blank, threshold, lambda: histogram.threshold)
    enter(blank, threshold, "2,5")
    blank.root.get_by_text("Set by hand").wait_for()
    blank.until(lambda: histogram.threshold == 2.5, "the threshold")
    threshold.press("ArrowUp")
    blank.page.wait_for_function("field => field.value !== '2.5'", arg=threshold.element_handle())
    blank.until(lambda: 2.5 < histogram.threshold < 2.6, "the next threshold")

    rate = blank.page.get_by_role("spinbutton", name="Percentage to flag")
    check(blank, rate, lambda: histogram.percentile)
    enter(blank, rate, "12,5")
    blank.root.get_by_text("Flags at most the top 12.5 %").wait_for()
    assert histogram.percentile == 87.5
    too_much = "101"
    rate.fill(too_much)
    rate.press("Enter")
    blank.page.get_by_text("101 is not possible. Type a number from 0 to 100.").wait_for()
    assert (rate.input_value(), histogram.percentile) == (too_much, 87.5)


def test_the_fields_of_every_method(histogram):
    blank, histogram = histogram
    asked = []
    blank.widget.on_msg(
        lambda _, content, __: asked.append(content["parameters"]) if "method" in content else None
    )
    for name, parameter in METHOD_FIELDS:
        title, words = METHODS[name].title, parameter.replace("_", " ")
        blank.root.get_by_role("combobox", name="Method").select_option(name)
        blank.wait_for_answers()
        field = blank.page.get_by_role("spinbutton", name=f"{title}: {words}", exact=True)
        check(blank, field, lambda: len(asked))
        count = len(asked)
        enter(blank, field, "0,5")
        blank.until(lambda count=count: len(asked) > count, "the message")
        assert len(asked) == count + 1
        assert asked[-1][parameter] == 0.5


def test_the_threshold_of_the_scatter(page):
    scatter = vw.LatentScatter(PcaCodec(X), X, color_by=X[:, 0])
    blank = BlankPage(page, scatter)
    field = blank.page.get_by_role("spinbutton", name="Threshold of the colours")
    check(blank, field, lambda: scatter.threshold)
    enter(blank, field, "0,25")
    blank.until(lambda: scatter.threshold == 0.25, "the threshold")
    enter(blank, field, "")
    blank.until(lambda: scatter.threshold is None, "no threshold")


@pytest.mark.parametrize(("name", "label"), [("learning_rate", "Learning rate"), ("beta", "β")])
def test_the_settings_of_a_run(page, name, label):
    clicked = []
    controls = TrainingControls(clicked.append)
    controls.shown = {
        "run": 1,
        "state": "training",
        "active": True,
        "buttons": {},
        "settings": {name: 1.0},
        "available": [],
    }
    blank = BlankPage(page, controls)
    field = blank.page.get_by_role("spinbutton", name=label)
    check(blank, field, lambda: len(clicked))
    # News of the run does not replace what was refused.
    field.fill("1,000")
    field.press("Enter")
    controls.shown = {**controls.shown, "settings": {name: 0.9}}
    blank.update()
    assert field.input_value() == "1,000"
    enter(blank, field, "0,5")
    blank.until(lambda: clicked, "the message")
    assert [(message["name"], message["value"]) for message in clicked] == [(name, 0.5)]
