import io
import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from vae_widgets.rendering.atlas import atlas_tiles, tile_atlas


@given(n=st.integers(1, 40), height=st.integers(1, 9), width=st.integers(1, 9), grey=st.booleans())
def test_every_tile_is_found_where_the_atlas_says(n, height, width, grey):
    tiles = np.random.default_rng(n).integers(0, 256, (n, height, width, 4), np.uint8)
    if grey:
        tiles[..., 1:3] = tiles[..., :1]
        tiles[..., 3] = 255
    atlas = tile_atlas(tiles)
    np.testing.assert_array_equal(atlas_tiles(atlas), tiles)
    picture = Image.open(io.BytesIO(atlas["png"]))
    assert picture.mode == ("L" if grey else "RGBA")
    sheet = np.asarray(picture.convert("RGBA"))
    for i, tile in enumerate(tiles):
        row, column = divmod(i, atlas["columns"])
        y, x = row * atlas["tile_height"], column * atlas["tile_width"]
        assert (sheet[y : y + height, x : x + width] == tile).all()


@pytest.mark.parametrize("channel", range(4))
def test_one_pixel_that_is_not_opaque_and_grey_keeps_its_colour(channel):
    tiles = np.full((3, 2, 2, 4), 255, np.uint8)
    tiles[2, 1, 0, channel] = 254
    np.testing.assert_array_equal(atlas_tiles(tile_atlas(tiles)), tiles)


def test_no_tiles_make_an_empty_atlas():
    assert tile_atlas(np.zeros((0, 8, 8, 4), np.uint8))["png"] == b""


def test_an_atlas_that_no_browser_can_hold_is_refused():
    with pytest.raises(ValueError, match="the limit is 8192 a side"):
        tile_atlas(np.zeros((2, 1, 5000, 4), np.uint8).repeat(4, 0).repeat(2000, 1))


def test_each_drawing_travels_once_and_each_tile_has_its_own():
    tiles = np.zeros((4, 2, 2, 4), np.uint8)
    drawings = ["<svg>a</svg>", "", "<svg>b</svg>", "<svg>a</svg>"]
    found = tile_atlas(tiles, drawings)["drawings"]
    texts = json.loads(found["svg"])
    assert sorted(texts) == ["", "<svg>a</svg>", "<svg>b</svg>"]
    assert [texts[which] for which in found["of"]] == drawings
    assert "drawings" not in tile_atlas(tiles, ["", "", "", ""])
