import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vae_widgets.core.training.alarms import alarms, collapse, diverged, overfitting
from vae_widgets.core.training.history import TrainingHistory


def run(epochs=20, steps=10, beta=None, **series):
    """A history whose metrics are functions of the epoch, and beta one, too."""
    history = TrainingHistory()
    for epoch in range(epochs):
        history.begin_epoch(epoch)
        for batch in range(steps):
            at = epoch + (batch + 1) / steps
            history.log_batch(batch, {k: f(at) for k, f in series.items() if "val_" not in k})
            if beta:
                history.log_setting("beta", beta(at))
        history.log_epoch(epoch, {name: f(epoch + 1) for name, f in series.items()})
    return history


def falling(to=80.0, gain=100.0):
    return lambda at: to + gain * np.exp(-at / 3)


@given(st.integers(0, 1000), st.integers(1, 60), st.floats(-200, 200), st.floats(0, 5))
def test_a_healthy_run_raises_nothing(seed, epochs, level, noise):
    rng = np.random.default_rng(seed)
    loss = falling(level)
    history = run(
        epochs,
        loss=lambda at: loss(at) + noise * rng.normal(),
        val_loss=lambda at: loss(at) + 2 + noise * rng.normal(),
        kl_loss=lambda at: 3.0 * (1 - np.exp(-at)),
    )
    assert alarms(history) == []


def test_collapse_needs_a_few_epochs():
    flat = {"loss": falling(), "kl_loss": lambda at: 0.003}
    assert collapse(run(3, **flat)) is None
    alarm = collapse(run(6, beta=lambda at: 50.0, **flat))
    assert "0.003 nats" in alarm.explanation
    assert "Lower beta (now 50)" in alarm.remedy


def test_one_dimension_that_lives_is_no_collapse():
    history = run(10, loss=falling(), kl_loss=lambda at: 0.03)
    history.log_latents([0.005, 0.025, 0.0])
    assert collapse(history) is None
    history.log_latents([0.005, 0.015, 0.0])
    assert "all 3 latent dimensions" in collapse(history).explanation


def test_no_collapse_while_beta_rises_or_the_kl_does():
    flat = {"loss": falling(), "kl_loss": lambda at: 0.003}
    assert collapse(run(8, beta=lambda at: min(1.0, at / 10), **flat)) is None
    assert collapse(run(16, beta=lambda at: min(1.0, at / 10), **flat))
    rising = run(8, loss=falling(), kl_loss=lambda at: 1e-5 * 2.0**at)
    assert collapse(rising) is None


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_nan_and_infinity_are_divergence(value):
    history = run(2, loss=lambda at: value if at > 1.5 else 3.0)
    alarm = diverged(history)
    assert "at step 16" in alarm.explanation
    assert "learning rate" in alarm.remedy


@pytest.mark.parametrize("level", [-50.0, 0.0, 500.0])
def test_a_loss_that_runs_away(level):
    def loss(at):
        return level - at + np.exp(2 * at)

    assert diverged(run(1, loss=lambda at: level - at)) is None
    history = run(5, loss=loss)
    history.log_setting("learning_rate", 10.0)
    assert "The loss runs away" in diverged(history).explanation
    assert "(now 10)" in diverged(history).remedy


def test_one_bad_batch_is_no_divergence():
    history = run(3, loss=falling())
    history.log_step(31, {"loss": 1e6})
    history.log_step(32, {"loss": 81.0})
    assert diverged(history) is None


def test_overfitting_names_the_best_epoch():
    def validation(at):
        return falling()(at) + max(0.0, at - 8) ** 1.5

    history = run(30, loss=falling(), val_loss=validation)
    best = 1 + int(np.argmin([validation(at) for at in range(1, 31)]))
    assert f"best at epoch {best} " in overfitting(history).explanation
    assert overfitting(run(best + 4, loss=falling(), val_loss=validation)) is None


def test_a_plateau_is_no_overfitting():
    rng = np.random.default_rng(0)
    plateau = run(200, loss=falling(), val_loss=lambda at: falling(82)(at) + 0.3 * rng.normal())
    assert overfitting(plateau) is None


def test_training_that_worsens_too_is_no_overfitting():
    def bowl(at):
        return 80 + 0.1 * (at - 5) ** 2

    assert overfitting(run(30, loss=bowl, val_loss=bowl)) is None


def test_a_rising_beta_is_no_divergence():
    """The loss of a healthy run, of which beta makes a hundredfold."""
    series = {
        "loss": lambda at: 20.0 + 5 * min(at, 20),
        "elbo": lambda at: -(25.0 - 0.1 * at),
    }
    assert diverged(run(30, **series)) is None
    assert "runs away" in diverged(run(30, loss=series["loss"])).explanation
    both = diverged(run(30, loss=series["loss"], elbo=lambda at: -series["loss"](at)))
    assert "runs away" in both.explanation


def test_overfitting_shows_while_beta_rises():
    """Beta lifts the training loss; what is trained on still gets better, as its ELBO says."""
    history = run(
        20,
        loss=lambda at: 20.0 + at,
        elbo=lambda at: -(40.0 - at),
        val_loss=lambda at: 50 + abs(at - 6),
    )
    assert "best at epoch 6" in overfitting(history).explanation
