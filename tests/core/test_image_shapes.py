import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vae_widgets.core import checks
from vae_widgets.core.image_shapes import axes_to_move, has_channels_first, is_image


@pytest.mark.parametrize(
    ("shape", "image", "first"),
    [
        ((28, 28), True, False),
        ((28, 28, 1), True, False),
        ((3, 32, 32), False, True),
        ((1, 8, 9), False, True),
        ((4, 64, 4), False, False),
        ((2, 32, 32), False, False),
        ((7, 7), False, False),
        ((784,), False, False),
        ((3, 7, 32), False, False),
    ],
)
def test_images_and_where_their_channels_are(shape, image, first):
    assert (is_image(shape), has_channels_first(shape)) == (image, first)


@given(st.lists(st.integers(1, 4), min_size=2, max_size=4).map(tuple), st.sampled_from([1, -1]))
def test_the_move_that_is_named_gives_the_shape(shape, source):
    x = np.zeros((2, *shape))
    wanted = np.moveaxis(x, source, -source).shape[1:]
    move = axes_to_move(shape, wanted)
    if shape == wanted:
        assert move is None
    else:
        assert eval(f"np.{move.format('x')}", {"np": np, "x": x}).shape[1:] == wanted


def test_samples_with_their_axes_in_another_order_are_never_told_to_reshape():
    x = np.zeros((5, 4, 64))
    with pytest.raises(ValueError, match=r"np.moveaxis\(x, 1, -1\) has the right shape"):
        checks.samples("x", x, (64, 4))
    with pytest.raises(ValueError, match="transpose it, and do not reshape it"):
        checks.samples("x", np.zeros((5, 2, 3, 4)), (3, 2, 4))
    with pytest.raises(ValueError, match=r"x.reshape\(-1, 64, 4\)"):
        checks.samples("x", x.reshape(5, -1), (64, 4))
