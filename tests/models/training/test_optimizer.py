"""The learning rate of an optimizer, where it can be set and where a schedule moves it."""

import keras
import pytest

from vae_widgets.models.training.optimizer import fixed_learning_rate


def test_a_number_is_the_learning_rate_also_behind_a_loss_scale():
    for optimizer in (keras.optimizers.SGD(0.25), keras.optimizers.Adam(0.25)):
        assert fixed_learning_rate(optimizer) == 0.25
        scaled = keras.optimizers.LossScaleOptimizer(optimizer)
        assert fixed_learning_rate(scaled) == 0.25
        scaled.learning_rate = 0.5
        assert fixed_learning_rate(scaled) == 0.5


@pytest.mark.parametrize(
    "moving", [keras.optimizers.schedules.ExponentialDecay(0.1, 10, 0.5), lambda: 0.1]
)
def test_a_schedule_is_no_fixed_learning_rate(moving):
    assert fixed_learning_rate(keras.optimizers.SGD(moving)) is None
