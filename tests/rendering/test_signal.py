import numpy as np
import pytest

from vae_widgets.rendering import SignalRenderer


def ink(tile):
    """Rows of the pixels that are not paper, by column."""
    return [np.flatnonzero((tile[:, x, :3] < 200).any(axis=1)) for x in range(tile.shape[1])]


def test_a_rising_line_rises():
    tile = SignalRenderer(width=64, height=32)(np.linspace(0, 1, 50)[np.newaxis])[0]
    rows = [column.mean() for column in ink(tile) if len(column)]
    assert len(rows) > 55
    assert rows[0] > 26
    assert rows[-1] < 5
    assert (np.diff(rows) <= 0).all()


def test_channels_differ_in_colour_and_constant_series_are_drawn():
    tile = SignalRenderer(vmin=0, vmax=1)(np.tile([0.2, 0.8], (1, 20, 1)))[0]
    assert len({tuple(p) for p in tile.reshape(-1, 4) if tuple(p) != (255,) * 4}) >= 2
    assert (SignalRenderer()(np.ones((1, 20)))[..., :3] < 200).any()


def test_amplitudes_are_seen_once_the_range_is_fixed():
    wave = np.sin(np.linspace(0, 6, 100))[np.newaxis]
    renderer = SignalRenderer(height=64).for_data(1.9 * wave)
    heights = []
    for amplitude in (0.15, 1.9):
        rows = np.concatenate([*ink(renderer(amplitude * wave)[0])])
        heights.append(rows.max() - rows.min())
    assert heights[1] > 55
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
