import numpy as np
import pytest

from vae_widgets.widgets.tile_strip.widget import TileStrip

ROW = np.zeros((3, 4, 4, 4), np.uint8)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"rows": [ROW, ROW[:2]]}, "expected the same for all rows"),
        ({"rows": [ROW], "names": ["a", "b"]}, "names has 2 entries; expected 1"),
        ({"rows": [ROW], "captions": ["a"]}, "captions has 1 entries; expected 3"),
        ({"rows": [ROW], "marks": ["god", "", ""]}, "did you mean 'good'"),
    ],
)
def test_bad_input_leaves_the_tiles(arguments, message):
    strip = TileStrip()
    strip.show([ROW, ROW])
    with pytest.raises(ValueError, match=message):
        strip.show(**arguments)
    assert strip._content["atlas"]["count"] == 6


def test_a_misspelt_trait_is_named():
    with pytest.raises(TypeError, match="did you mean 'title'"):
        TileStrip(titel="x")


def test_no_rows_empty_the_strip():
    strip = TileStrip()
    strip.show([ROW])
    strip.selected = 2
    strip.show([])
    assert strip._content["atlas"]["count"] == 0
    assert strip.selected == -1
