import numpy as np

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
