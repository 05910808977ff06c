"""Ends of a path chosen in the slider itself."""

import numpy as np
from playwright.sync_api import expect

import vae_widgets as vw
from tests.support.blank_page import BlankPage
from tests.support.pca_codec import PcaCodec, digits

X = digits()[0][:40]


def test_ends_are_chosen_by_number_and_by_the_picked_point(page):
    codec = PcaCodec(X)
    slider = vw.InterpolationSlider(codec, X[0], X[1], steps=9)
    scatter = vw.LatentScatter(codec, X)
    slider.link(scatter)
    blank = BlankPage(page, slider)
    numbers = {
        end: blank.root.get_by_role("spinbutton", name=f"Number of the sample at the {end}")
        for end in ("start", "end")
    }
    status = blank.root.get_by_role("status").first
    expect(status).to_contain_text("from start")

    def choose(end, typed):
        numbers[end].fill(typed)
        numbers[end].press("Enter")

    choose("start", "7")
    blank.until(lambda: np.array_equal(slider.start, X[7]), "sample 7 at the start")
    expect(status).to_contain_text("from start")
    shown = blank.page.evaluate("mounted.model.get('_content').revision")
    assert shown == slider._content["revision"] == 2
    choose("start", "7")  # once more, which changes nothing and leaves no "Decoding..."
    expect(status).to_contain_text("from start")
    for wrong in ("40", "1.5", "-1"):
        choose("end", wrong)
        expect(blank.root.get_by_text("Type a whole number from 0 to 39.")).to_contain_text(wrong)
    numbers["end"].press("Escape")

    picked = blank.root.get_by_role("button", name="Picked")
    for button in (picked.first, picked.last):
        expect(button).to_be_disabled()
    scatter.pick(3)
    blank.update()
    expect(picked).to_have_count(2)
    picked.nth(1).click()
    blank.until(lambda: np.array_equal(slider.end, X[3]), "the picked sample at the end")
    choose("end", "11")
    blank.until(lambda: np.array_equal(slider.end, X[11]), "sample 11 at the end")
    blank.root.get_by_role("button", name="Swap ends").click()
    expect(numbers["start"]).to_have_value("11")
    expect(numbers["end"]).to_have_value("7")
    blank.until(lambda: np.array_equal(slider.start, X[11]), "the swap")


HOLD = """() => {
  const { model } = mounted;
  const take = model.take;
  const held = [];
  model.take = (messages) => held.push(messages);
  mounted.release = () => {
    model.take = take;
    held.forEach(take);
  };
}"""


def test_a_key_counts_more_than_a_swap_that_is_answered_after_it(page):
    slider = vw.InterpolationSlider(PcaCodec(X), X[0], X[1], steps=5)
    slider.value = 0.25
    blank = BlankPage(page, slider)
    expect(blank.root.get_by_role("status").first).to_contain_text("value 0.250")
    page.evaluate(HOLD)
    blank.root.get_by_role("button", name="Swap ends").click()
    blank.root.get_by_role("slider").press("Home")
    blank.until(lambda: slider.value == 0, "the key")  # the page has heard of neither
    assert np.array_equal(slider.start, X[1])
    page.evaluate("mounted.release()")
    blank.wait_for_answers()
    blank.update()
    assert page.evaluate("mounted.model.get('value')") == slider.value == 0
    # Also where the answer comes before the value of the key is sent.
    slider.value = 0.25
    blank.update()
    page.evaluate(HOLD)
    blank.root.get_by_role("button", name="Swap ends").click()
    blank.until(lambda: np.array_equal(slider.start, X[0]), "the swap")
    blank.root.get_by_role("slider").press("End")
    page.evaluate("mounted.release()")
    blank.until(lambda: slider.value == 1, "the key")
    assert page.evaluate("mounted.model.get('value')") == 1
    blank.root.get_by_role("button", name="Swap ends").click()
    blank.until(lambda: slider.value == 0, "a swap without a key after it")
    assert page.evaluate("mounted.model.get('value')") == 0
