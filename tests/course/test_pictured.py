"""Samples that the pictures of a bundle show."""

import types

import numpy as np
import pytest

import vae_widgets as vw


@pytest.mark.parametrize("invert", [False, True])
def test_pictures_become_the_samples_again(invert):
    x = np.random.default_rng(0).uniform(-3, 2, (5, 4, 6, 1)).astype(np.float32)
    renderer = vw.ImageRenderer(vmin=-3, vmax=2, invert=invert)
    codec = types.SimpleNamespace(renderer=renderer, tiles=renderer(x), sample_shape=(4, 6, 1))
    again = vw.course.samples(codec)
    assert again.dtype == np.float32
    np.testing.assert_allclose(again, x, atol=0.5 * 5 / 255 + 1e-5)


@pytest.mark.parametrize("name", ["faces", "chorales"])
def test_a_bundle_without_such_pictures_is_refused(name):
    with pytest.raises(ValueError, match="samples cannot be read from its pictures"):
        vw.course.samples(vw.load_pretrained(name))


@pytest.mark.parametrize("codec", [None, 3, "digits-2d"])
def test_what_is_no_bundle_is_refused_in_words(codec):
    with pytest.raises(TypeError, match=r'^codec is .*expected what vw.load or .*"digits-2d"'):
        vw.course.samples(codec)
