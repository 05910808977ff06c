import re

import numpy as np

import vae_widgets as vw


def test_rates_of_rare_alerts_have_digits_that_tell_them_apart():
    histogram = vw.AnomalyHistogram(np.arange(20_000.0), threshold=19_900)
    found = histogram.bootstrap()
    low, high = found.intervals["alert_rate"]
    cells = re.findall("<td>(.*?)</td>", histogram._view.intervals._answer.value)
    assert cells[0] == "0.00500"
    shown = [float(text) for text in cells[-1].split(" to ")]
    np.testing.assert_allclose(shown, [low, high], atol=5e-6)
    assert shown[0] < 0.005 < shown[1]
