import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from vae_widgets.core.training.history import TrainingHistory
from vae_widgets.widgets.training_monitor.curve_axes import y_axis
from vae_widgets.widgets.training_monitor.curve_plots import Run
from vae_widgets.widgets.training_monitor.loss_curves import LossCurves

AXIS = 172  # pixels of the y axis of a figure
LINE = 11  # pixels of a number on it


def lines_between(low, high):
    return [np.array([low, high], np.float32)]


@given(st.floats(-6, 5), st.floats(0.1, 12))
def test_numbers_of_a_log_axis_do_not_cover_each_other(power, decades):
    low, high = 10.0**power, 10.0 ** (power + decades)
    axis = y_axis(lines_between(low, high), log_scale=True)
    ticks = axis["ticks"]
    assert 2 <= len(ticks) <= 10
    assert (ticks >= low * 0.999).all()
    assert (ticks <= high * 1.001).all()
    places = (np.log10(ticks) - power) / decades * AXIS
    assert np.diff(places).min() > LINE
    digits = int(axis["tick_format"][1:].partition("~")[0])
    np.testing.assert_allclose([float(f"{tick:.{digits}g}") for tick in ticks], ticks, rtol=1e-6)


def curves_of(*hidden):
    history = TrainingHistory()
    for step in range(3):
        history.log_step(step, {"loss": 3.0, "reconstruction_loss": 2.0, "kl_loss": 1.0})
    curves = LossCurves()
    for send in curves.plan(Run(history, hidden)):
        send()
    return [(panel.title.value, panel.box.layout.display) for panel in curves._panels]


def test_a_hidden_group_of_curves_leaves_its_place_to_the_other():
    assert curves_of() == [("loss, reconstruction (nats)", None), ("KL (nats)", None)]
    assert curves_of("kl_loss") == [("loss, reconstruction (nats)", None), ("", "none")]
    shown = curves_of("loss", "reconstruction_loss")
    assert [display for _, display in shown] == ["none", None]
    assert curves_of("loss")[0] == ("reconstruction (nats)", None)
    (left, display), (_, other) = curves_of("loss", "reconstruction_loss", "kl_loss")
    assert "All curves are hidden" in left
    assert (display, other) == (None, "none")
