import numpy as np
import pytest
from scipy.spatial import cKDTree

from vae_widgets.rendering import SignalRenderer
from vae_widgets.rendering.line_drawing import draw_line

BLUE, ORANGE = (63, 144, 218), (231, 99, 0)


def ink(tile):
    """Rows of the pixels that the line covers at least half, by column."""
    return [np.flatnonzero(tile[:, x, 3] >= 128) for x in range(tile.shape[1])]


def test_a_rising_line_rises():
    tile = SignalRenderer(width=64, height=32)(np.linspace(0, 1, 50)[np.newaxis])[0]
    rows = [column.mean() for column in ink(tile) if len(column)]
    assert len(rows) > 55
    assert rows[0] > 26
    assert rows[-1] < 5
    assert (np.diff(rows) <= 0).all()


def test_channels_differ_in_colour_and_constant_series_are_drawn():
    tile = SignalRenderer(vmin=0, vmax=1)(np.tile([0.2, 0.8], (1, 20, 1)))[0]
    assert {tuple(pixel[:3]) for pixel in tile[tile[..., 3] > 99]} == {BLUE, ORANGE}
    assert (SignalRenderer()(np.ones((1, 20)))[..., 3] > 180).any()


@pytest.mark.parametrize("points", [2, 9, 30, 200])
def test_a_pixel_is_as_opaque_as_the_line_covers_it(points):
    """Compared with the distances of 8 x 8 places in each pixel from the points of the line."""
    height, width = 20, 40
    y = np.cumsum(np.random.default_rng(points).normal(0, 9, (1, points)), axis=1) % 20
    tiles = np.zeros((1, height, width, 4), np.uint8)
    draw_line(tiles, y.astype(np.float32), BLUE)
    x = np.linspace(0.75, width - 0.75, points)
    along = np.linspace(0, points - 1, 10_001)
    line = np.stack([np.interp(along, np.arange(points), of) for of in (x, y[0])], axis=1)
    down, across = (np.arange(8 * side) / 8 + 1 / 16 for side in (height, width))
    places = np.stack(np.meshgrid(across, down), axis=-1).reshape(-1, 2)
    near = cKDTree(line).query(places, distance_upper_bound=1)[0] <= 0.75
    share = near.reshape(height, 8, width, 8).mean(axis=(1, 3))
    # The ends of the line go on to the edges of the tile, without a round end.
    error = np.abs(tiles[0, :, 2:-2, 3] / 255 - share[:, 2:-2])
    assert error.mean() < 0.02
    assert error.max() < 0.25
    assert (tiles[..., :3][tiles[..., 3] > 0] == BLUE).all()


def test_lines_are_seen_on_a_light_and_on_a_dark_page():
    def luminance(colour):  # WCAG 2.1
        c = np.array(colour) / 255
        return np.where(c <= 0.04045, c / 12.92, ((c + 0.055) / 1.055) ** 2.4) @ [
            0.2126,
            0.7152,
            0.0722,
        ]

    levels = np.linspace(0, 1, 6)
    tile = SignalRenderer(vmin=0, vmax=1)(np.tile(levels, (1, 20, 1)))[0]
    colours = {tuple(pixel[:3]) for pixel in tile[tile[..., 3] > 99]}
    assert len(colours) == 6
    assert (tile[1:5, :, 3] == 0).sum() > 0  # a clear background
    for colour in colours:
        assert 1.05 / (luminance(colour) + 0.05) > 3
        assert (luminance(colour) + 0.05) / (luminance((17, 17, 17)) + 0.05) > 2.7


def test_amplitudes_are_seen_once_the_range_is_fixed():
    wave = np.sin(np.linspace(0, 6, 100))[np.newaxis]
    renderer = SignalRenderer(height=64).for_data(1.9 * wave)
    heights = []
    for amplitude in (0.15, 1.9):
        rows = np.concatenate([*ink(renderer(amplitude * wave)[0])])
        heights.append(rows.max() - rows.min())
    assert heights[1] > 58
    # 0.15 of 1.9, in pixels, but for the width of the line.
    assert abs(heights[0] - 60 * 0.15 / 1.9) <= 3


def test_the_residual_of_a_signal_is_measured_with_the_same_ruler():
    renderer = SignalRenderer(height=64, vmin=-2, vmax=2)
    x = np.full((1, 50), 1.5)
    residual = renderer.difference(x, x - 1.0)[0]
    rows = np.concatenate([*ink(residual)])
    # 1 of 4 units above the bottom.
    assert abs(rows.mean() - 64 * 0.75) <= 2


def test_sounds_keep_their_loudness_once_the_range_is_fixed():
    wave = np.sin(np.linspace(0, 60, 1000))
    renderer = SignalRenderer(vmin=-2, vmax=2, sample_rate=8000)
    assert np.abs(renderer.detail(0.5 * wave).samples).max() == pytest.approx(0.25, abs=0.01)
