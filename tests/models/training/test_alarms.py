"""Alarms of real runs."""

import pytest

from vae_widgets import VAE, TrainingMonitor
from vae_widgets.core.training.alarms import alarms


@pytest.mark.parametrize(
    ("epochs", "learning_rate", "options", "kinds"),
    [
        (12, 1e-3, {}, []),
        (12, 1e-3, {"beta": 50.0}, ["collapse"]),  # the prior costs more than any picture
        (6, 10.0, {}, ["diverged"]),  # the steps are far too long
    ],
)
def test_only_what_is_wrong_raises_an_alarm(digits, epochs, learning_rate, options, kinds):
    vae = VAE.build((8, 8), latent_dim=2, seed=0, **options)
    vae.compile(jit_compile=False)
    vae.learning_rate = learning_rate
    monitor = TrainingMonitor()
    settings = {"batch_size": 64, "validation_data": digits[1437:], "verbose": 0}
    vae.fit(digits[:1437], epochs=epochs, callbacks=[monitor.callback], **settings)
    assert [alarm.kind for alarm in alarms(monitor.history)] == kinds
