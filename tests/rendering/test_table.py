from xml.etree import ElementTree

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import vae_widgets as vw
from vae_widgets.core.ticks import MINUS
from vae_widgets.rendering import TableRenderer, render_compared

BLUE, ORANGE, GREY = (63, 144, 218, 255), (231, 99, 0, 255), (128, 128, 128, 72)


def lengths(tile, x):
    """Pixels above and below the baseline that are drawn, in one column of pixels."""
    middle = tile.shape[0] // 2
    ink = tile[:, x, 3] > 0
    return int(ink[:middle].sum()), int(ink[middle + 1 :].sum())


# Not 3, which rounding may put beyond the range, where bars have an arrow.
@given(st.floats(-2.99, 2.99), st.floats(-100, 100), st.floats(0.01, 100))
def test_a_bar_is_as_long_as_the_deviation(deviation, center, scale):
    renderer = TableRenderer(center=[center], scale=[scale], height=48)
    tile = renderer([[center + deviation * scale]])[0]
    up, down = lengths(tile, 20)
    expected = abs(deviation) / 3 * 23
    assert abs((up if deviation > 0 else down) - expected) <= 0.51
    assert (down if deviation > 0 else up) == 0


def test_bars_stand_side_by_side_and_say_up_or_down_by_colour():
    tile = TableRenderer(center=[0, 0, 0], scale=[1, 1, 1], width=60)([[2.0, -2.0, np.nan]])[0]
    assert tuple(tile[20, 5]) == BLUE
    assert tuple(tile[30, 25]) == ORANGE
    assert all(tuple(pixel) == GREY for pixel in tile[:, 50])


def test_a_bar_that_is_too_long_is_broken_near_its_end():
    longest, longer = TableRenderer(center=[0], scale=[1])([[3.0], [9.0]])
    for tile, gap in ((longest, 0), (longer, 2)):
        assert tuple(tile[1, 20]) == tuple(tile[15, 20]) == BLUE
        assert (tile[1:24, 20, 3] == 0).sum() == gap


def test_of_many_columns_the_longest_bar_is_seen():
    row = np.zeros((1, 1000))
    row[0, 501] = -3
    tile = TableRenderer(center=np.zeros(1000), scale=np.ones(1000), width=64)(row)[0]
    assert max(lengths(tile, x)[1] for x in range(64)) == 23
    assert sum(lengths(tile, x) != (0, 0) for x in range(64)) == 1


def test_mean_and_deviation_are_those_of_the_data():
    rng = np.random.default_rng(0)
    data = rng.normal([5, -3, 7], [1, 10, 0], (500, 3))
    data[3, 1] = np.nan
    fixed = TableRenderer().for_data(data)
    np.testing.assert_allclose(fixed.center, np.nanmean(data, axis=0))
    np.testing.assert_allclose(fixed.scale, [*np.nanstd(data[:, :2], axis=0), 1])  # 1: constant
    alone, together = fixed(data[:1]), fixed(data[:9])
    np.testing.assert_array_equal(alone[0], together[0])


def test_a_residual_is_measured_in_deviations_of_the_data():
    renderer = TableRenderer(center=[100, 0], scale=[10, 1], height=48, width=40)
    tile = render_compared(renderer, np.array([[120.0, 0]]), np.array([[110.0, 0.0]]))[2]
    assert lengths(tile, 5) == (round(23 / 3), 0)
    assert lengths(tile, 30) == (0, 0)


def test_a_data_frame_names_its_columns_in_the_detail():
    frame = pd.DataFrame({"age": [20.0, 40.0], "<b>": [1.0, np.nan]})
    detail = TableRenderer().for_data(frame).detail([40.0, np.nan])
    assert "<td>age</td>" in detail
    assert "&lt;b&gt;" in detail  # text from data is text
    assert ">40<" in detail
    assert "+1.0 sd" in detail
    assert "missing" in detail
    assert TableRenderer().detail([1.5, 2.5]).count("<tr>") == 2
    assert "+0.0 sd" in TableRenderer(center=[1.0], scale=[1.0]).detail([0.99])  # not -0.0


def test_negative_numbers_of_a_detail_have_a_true_minus():
    renderer = TableRenderer(columns=["a-b", "c"], center=[0.0, 0.0], scale=[1.0, 1.0])
    detail = renderer.detail([-1.5, 1e-9])
    assert "<td>a-b</td>" in detail
    assert f"{MINUS}1.5 sd" in detail
    assert f">1e{MINUS}09<" in detail
    assert "-1.5" not in detail


def test_the_detail_of_many_columns_begins_with_the_strangest():
    renderer = TableRenderer(center=np.zeros(40), scale=np.ones(40))
    row = np.linspace(-1, 1, 40)
    row[17] = 5
    detail = renderer.detail(row)
    assert detail.startswith("<table><tr><td>17</td>")
    assert "<b>+5.0 sd</b>" in detail
    assert "and 28 more" in detail


def test_a_frame_with_missing_values_of_pandas():
    frame = pd.DataFrame({"a": pd.array([1, 2, None], "Int64"), "b": [1.0, 2.0, 3.0]})
    assert TableRenderer().for_data(frame).center == [1.5, 2.0]


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"columns": "ab"}, TypeError, "columns must be a sequence of names"),
        ({"columns": ["a"], "scale": [1, 2]}, ValueError, "columns of 1, scale of 2"),
        ({"scale": [0.0]}, ValueError, "scale must be above 0"),
        ({"deviation": [0.0]}, ValueError, "deviation must be above 0"),
        ({"center": [[1.0]]}, ValueError, r"center has shape \(1, 1\)"),
        ({"colums": ["a"]}, TypeError, "did you mean 'columns'"),
    ],
)
def test_wrong_arguments(arguments, error, message):
    with pytest.raises(error, match=message):
        vw.TableRenderer(**arguments)


def test_samples_of_another_width_are_refused():
    with pytest.raises(ValueError, match="columns has 2 entries; the samples have 3 columns"):
        TableRenderer(columns=["a", "b"])(np.zeros((4, 3)))
    with pytest.raises(ValueError, match=r"row\[np.newaxis\]"):
        TableRenderer()(np.zeros(3))


def test_values_are_shown_in_their_own_units():
    renderer = TableRenderer(columns=["age"], mean=[40], deviation=[10]).for_data([[1.0], [-1.0]])
    assert ">55<" in renderer.detail([1.5])
    assert "+1.5 sd" in renderer.detail([1.5])
    other = TableRenderer(columns=["age"]).in_units(["no"], [1], [2])
    assert (other.columns, other.mean, other.deviation) == (["age"], [1], [2])


def rows_of(html):
    """The cells of each row of an HTML table, as text, and the length of the bar in each."""
    found = []
    for row in ElementTree.fromstring(html).iter("tr"):
        bars = [float(bar.get("width")) for bar in row.iter("rect")]
        found.append(([("".join(cell.itertext())) for cell in row], bars))
    return found


def test_columns_that_drive_the_error_come_first_with_their_share():
    renderer = TableRenderer(
        columns=["a", "b & c", "d"], center=[0, 0, 0], scale=[1, 2, 1], mean=[9, 9, 9],
        deviation=[10, 10, 10],
    )  # fmt: skip
    x, x_hat = np.array([1.0, -5.0, 0.5]), np.array([2.0, 1.0, 0.5])
    title, *rows, end = rows_of(renderer.attribution(x, x_hat))
    assert title[0] == ["column", "value", "reconstructed", "squared error"]
    # In standard deviations 1, 3 and 0, so of the squares 1, 9 and 0.
    assert [cells for cells, _ in rows] == [
        ["b & c", f"{MINUS}41", "19", "", "90 %"],
        ["a", "19", "29", "", "10 %"],
        ["d", "14", "14", "", "0 %"],
    ]
    longest = rows[0][1][0]
    assert [bar for _, (bar,) in rows] == pytest.approx([longest, longest / 9, 0], abs=0.05)
    assert end[0] == ["of the squared error in standard deviations"]
    assert "0 %" in renderer.attribution(x, x)


def test_nats_of_a_model_are_shown_as_they_are():
    x = np.zeros(20)
    nats = np.linspace(-1, 18, 20)
    _, *rows, end = rows_of(TableRenderer().for_data(np.eye(20)).attribution(x, x, nats))
    assert [cells[0] for cells, _ in rows] == [str(i) for i in range(19, 7, -1)]
    assert rows[0][0][-1] == "18.00"
    assert rows[1][1][0] / rows[0][1][0] == pytest.approx(17 / 18, abs=0.01)
    assert end[0] == [f"and 8 more, of a reconstruction loss of {nats.sum():.1f} nats"]
