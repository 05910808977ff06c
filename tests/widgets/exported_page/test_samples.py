import io

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from PIL import Image

from vae_widgets.widgets.exported_page.samples import compact_samples, smallest_png


def read(compact):
    # As the page does: in double precision, then rounded.
    return (compact["values"].astype(np.float64) / compact["divisor"]).astype(np.float32)


@pytest.mark.parametrize(("divisor", "top"), [(1, 255), (16, 16), (255, 255)])
def test_grey_values_take_one_byte_each_and_come_back_exactly(divisor, top):
    x = (np.arange(top + 1, dtype=np.float32) / np.float32(divisor)).reshape(1, -1)
    compact = compact_samples(x)
    assert compact["values"].dtype == np.uint8
    np.testing.assert_array_equal(read(compact), x)


@given(hnp.arrays(np.float32, (2, 3), elements=st.floats(-1e6, 1e6, width=32)))
def test_other_values_are_not_rounded(x):
    np.testing.assert_array_equal(read(compact_samples(x)), x)


def test_missing_values_stay_missing():
    x = np.array([[0.0, np.nan]], np.float32)
    np.testing.assert_array_equal(read(compact_samples(x)), x)


@pytest.mark.parametrize("channels", [1, 3, 4])
def test_a_smaller_png_has_the_same_pixels(channels):
    pixels = np.full((16, 16, 4), 255, np.uint8)
    pixels[..., : max(3, channels)] = np.arange(256, dtype=np.uint8).reshape(16, 16, 1)
    pixels[..., 0] //= 1 if channels == 1 else 2
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, "PNG", compress_level=1)
    small = smallest_png(buffer.getvalue())
    assert len(small) < len(buffer.getvalue())
    np.testing.assert_array_equal(np.asarray(Image.open(io.BytesIO(small)).convert("RGBA")), pixels)


def test_no_picture_stays_none():
    assert smallest_png(b"") == b""
