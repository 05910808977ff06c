import tracemalloc

import numpy as np
import pytest

import vae_widgets as vw
from vae_widgets.rendering.thumbnails import thumbnails


def test_small_tiles_are_those_of_the_renderer_in_one_batch():
    x = np.random.default_rng(0).random((5, 8, 12))
    np.testing.assert_array_equal(thumbnails(vw.ImageRenderer(), x), vw.ImageRenderer()(x))


def test_each_pixel_of_a_large_tile_is_a_mean():
    x = np.random.default_rng(0).integers(0, 256, (2, 512, 300))
    small = thumbnails(vw.ImageRenderer(0, 255), x)
    assert small.shape == (2, 256, 150, 4)
    means = x.reshape(2, 256, 2, 150, 2).mean(axis=(2, 4))
    np.testing.assert_allclose(small[..., 0], means, atol=0.75)
    assert (small[..., 3] == 255).all()


def test_tiles_of_30000_pixels_a_side_take_the_memory_of_one():
    def wide(batch):
        return np.full((len(batch), 40, 30_000, 4), 7, np.uint8)

    tracemalloc.start()
    try:
        histogram = vw.AnomalyHistogram(np.arange(50.0), items=np.zeros((50, 3)), renderer=wide)
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert "failed" not in repr(histogram)
    tile = 40 * 30_000 * 4
    assert most < 12 * tile  # 36 tiles are shown


def test_a_tile_that_is_no_thumbnail_at_all_is_refused():
    def huge(batch):
        return np.zeros((len(batch), 30_000, 30_000, 4), np.uint8)  # not touched: takes no memory

    with pytest.raises(ValueError, match=r"tiles of 30000x30000 pixels; expected at most 67,108,8"):
        thumbnails(huge, np.zeros((36, 3)))
