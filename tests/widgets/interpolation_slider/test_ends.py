import numpy as np
import pytest

import vae_widgets as vw
from tests.support.messages import ask
from tests.support.pca_codec import PcaCodec, digits

X = digits()[0][:40]
CODEC = PcaCodec(X)
NOTHING = {"samples": 0, "picked": None, "start": None, "end": None}
LINKED = {**NOTHING, "samples": 40, "picked": False}


@pytest.fixture
def slider():
    return vw.InterpolationSlider(CODEC, X[0], X[1], steps=5)


def test_without_samples_no_end_can_be_chosen(slider):
    assert slider._ends == NOTHING
    assert "link it to a LatentScatter" in ask(slider, "end", which="start", sample=0)["error"]


def test_ends_are_samples_of_a_linked_scatter_until_it_is_unlinked(slider):
    scatter = vw.LatentScatter(CODEC, X)
    link = slider.link(scatter)
    assert slider._ends == LINKED
    assert ask(slider, "end", which="end", sample=7)["error"] == ""
    np.testing.assert_array_equal(slider.end, X[7])
    assert slider._ends == {**LINKED, "end": 7}
    before = slider.path
    error = ask(slider, "end", which="start", sample=40)["error"]
    assert error == "start must be a sample from 0 to 39; received 40."
    assert "no point is picked" in ask(slider, "end", which="start", sample=None)["error"]
    assert slider.path is before
    scatter.picked = [0.5, -0.25]
    assert slider._ends["picked"]
    ask(slider, "end", which="start", sample=None)
    np.testing.assert_array_equal(slider.start, np.float32([0.5, -0.25]))
    scatter.pick(3)
    ask(slider, "end", which="start", sample=None)
    np.testing.assert_array_equal(slider.start, X[3])
    link.unlink()
    assert slider._ends == NOTHING


def test_numbers_of_ends_follow_what_changes_them(slider):
    slider.link(vw.LatentScatter(CODEC, X))
    for which, sample in (("start", 5), ("end", 9)):
        ask(slider, "end", which=which, sample=sample)
    slider.swap_ends()
    assert (slider._ends["start"], slider._ends["end"]) == (9, 5)
    slider.end = X[2]
    assert (slider._ends["start"], slider._ends["end"]) == (9, None)


def test_latents_can_be_ends_without_a_scatter():
    z = CODEC.encode(X)
    slider = vw.InterpolationSlider(CODEC, z[0], z[1], steps=5, latents=z)
    assert slider._ends == {**NOTHING, "samples": 40}
    ask(slider, "end", which="start", sample=39)
    np.testing.assert_array_equal(slider.start, z[39])


def test_where_codes_and_samples_have_one_shape_the_ends_are_what_the_slider_takes():
    x = np.random.default_rng(0).normal(size=(9, 2)).astype("float32")
    codec = PcaCodec(x)
    for ends in ("sample", "latent"):
        slider = vw.InterpolationSlider(codec, x[0], x[1], steps=5, ends=ends)
        scatter = vw.LatentScatter(codec, x)
        slider.link(scatter)
        ask(slider, "end", which="start", sample=4)
        expected = x[4] if ends == "sample" else scatter.z_mean[4]
        np.testing.assert_array_equal(slider.start, expected)
