import re
from xml.etree import ElementTree

import numpy as np
import pytest

from vae_widgets.core.ticks import MINUS
from vae_widgets.rendering import SignalRenderer
from vae_widgets.rendering.line_chart import Line, line_chart

BLUE = (63, 144, 218)


def texts(svg):
    return [text.text for text in ElementTree.fromstring(svg).iter("text")]


def points(svg):
    """The points (n, 2) of each line."""
    lines = ElementTree.fromstring(svg).iter("polyline")
    return [np.array([p.split(",") for p in line.get("points").split()], float) for line in lines]


@pytest.mark.parametrize(
    ("n", "rate", "expected"),
    [
        (129, 360, ["0", "100", "200", "300", "time (ms)"]),
        (1001, 250, ["0", "1", "2", "3", "4", "time (s)"]),
        (41, 10_000_000, ["0", "1", "2", "3", "4", "time (µs)"]),
        (101, None, ["0", "25", "50", "75", "100", "time step"]),
    ],
)
def test_time_has_the_unit_that_gives_short_numbers(n, rate, expected):
    wave = np.sin(np.linspace(0, 9, n))
    svg = line_chart([Line(wave, BLUE)], -1, 1, rate)
    assert texts(svg)[-len(expected) :] == expected


def test_a_tick_stands_at_its_time_and_its_value():
    # A single peak of 2 mV after 100 ms.
    series = np.zeros(101, np.float32)
    series[50] = 2
    svg = SignalRenderer(sample_rate=500, unit="mV", vmin=-1, vmax=3).detail(series)
    assert f"{MINUS}1" in texts(svg)
    assert "mV" in texts(svg)
    (line,) = points(svg)
    peak = line[line[:, 1].argmin()]
    root = ElementTree.fromstring(svg)
    at = {text.text: text for text in root.iter("text")}
    assert float(at["100"].get("x")) == pytest.approx(peak[0], abs=0.1)
    assert float(at["2"].get("y")) - 3 == pytest.approx(peak[1], abs=0.1)
    assert float(at["0"].get("x")) == pytest.approx(line[0, 0], abs=0.1)


def test_peaks_of_a_long_series_stay():
    series = np.random.default_rng(0).normal(size=100_000).astype(np.float32)
    series[[31_000, 77_777]] = 9, -9
    (line,) = points(line_chart([Line(series, BLUE)], -9, 9, 1000))
    assert len(line) < 500
    (whole,) = points(line_chart([Line(series[::1000], BLUE)], -9, 9, 1))
    top, bottom = line[:, 1].min(), line[:, 1].max()
    assert line[line[:, 1].argmin(), 0] == pytest.approx(40 + 0.31 * 214, abs=0.1)
    assert line[line[:, 1].argmax(), 0] == pytest.approx(40 + 0.77777 * 214, abs=0.1)
    assert bottom - top > whole[:, 1].max() - whole[:, 1].min()
    assert (np.diff(line[:, 0]) >= 0).all()


def test_missing_values_and_text_of_the_user_do_no_harm():
    series = np.array([0, np.nan, 1, np.inf], np.float32)
    svg = line_chart([Line(series, BLUE, "<i>")], 0, 1, 100, "<b>")
    assert len(points(svg)[0]) == 2
    assert {"<i>", "<b>"} <= set(texts(svg))
    assert not re.search("nan|inf", svg)


def test_the_error_of_a_signal_is_seen_where_its_reconstruction_parts():
    x = np.zeros((100, 2), np.float32)
    x_hat = x.copy()
    x_hat[40:50, 1] = 1
    renderer = SignalRenderer(vmin=-1, vmax=1, sample_rate=100)
    svg = renderer.compare(x, x_hat)
    first, second = points(svg)
    assert np.flatnonzero(first[:, 1] != second[:, 1]).tolist() == list(range(40, 50))
    assert {"input, channel 1", "reconstruction"} <= set(texts(svg))


def test_signals_without_a_unit_have_no_axes():
    assert SignalRenderer().detail(np.zeros(9)) is None
    assert points(SignalRenderer(unit="V").detail(np.zeros((9, 3)))) != []
    with pytest.raises(TypeError, match="unit must be a text; received 3"):
        SignalRenderer(unit=3)
    assert SignalRenderer(vmin=0, vmax=2, unit="mV").note == "bottom 0, top 2 mV"
