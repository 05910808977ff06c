import numpy as np
import pytest

from vae_widgets.rendering import (
    ImageRenderer,
    Renderer,
    SignalRenderer,
    check_renderer,
    render,
    renderer_for,
)


@pytest.mark.parametrize(
    ("shape", "kind"),
    [
        ((8, 8), ImageRenderer),
        ((28, 28, 1), ImageRenderer),
        ((64, 48, 3), ImageRenderer),
        ((784,), ImageRenderer),
        ((30,), SignalRenderer),
        ((128, 2), SignalRenderer),
        ((16,), SignalRenderer),
        ((5, 5, 2), SignalRenderer),
    ],
)
def test_renderer_for_draws_samples_of_that_shape(shape, kind):
    renderer = renderer_for(shape)
    assert isinstance(renderer, kind)
    assert isinstance(renderer, Renderer)
    tiles = render(renderer, np.random.default_rng(0).random((3, *shape)))
    assert tiles.shape[0] == 3


def test_a_wrong_renderer_is_named():
    with pytest.raises(TypeError, match=r"renderer must be callable.*received str"):
        check_renderer("image", (8, 8))
    with pytest.raises(TypeError, match=r"renderer returned float64 of shape \(2, 8, 8\)"):
        render(lambda batch: batch, np.zeros((2, 8, 8)))
    with pytest.raises(ValueError, match="1 tiles for 2 samples"):
        render(lambda batch: np.zeros((1, 8, 8, 4), np.uint8), np.zeros((2, 8, 8)))


def test_the_users_renderer_is_kept():
    mine = ImageRenderer(invert=True)
    assert check_renderer(mine, (8, 8)) is mine
