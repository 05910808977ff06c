"""When an optimizer is built; its learning rate, where it can be set and where a schedule moves."""

import keras
import numpy as np
import pytest

from vae_widgets import VAE
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


def test_the_default_is_built_late_and_gets_its_state_from_files(digits, tmp_path):
    def make():
        return VAE.build((8, 8), hidden_units=())

    trained = make()
    assert not trained.optimizer.built
    trained.fit(digits[:64], verbose=0)
    trained.save_weights(tmp_path / "x.weights.h5")
    trained.save(tmp_path / "x.vae")
    new = make()
    new.load_weights(tmp_path / "x.weights.h5")
    for model in (new, VAE.load(tmp_path / "x.vae")):
        loaded, saved = model.optimizer.variables, trained.optimizer.variables
        assert int(model.optimizer.iterations.numpy()) == 1
        for one, other in zip(loaded, saved, strict=True):
            np.testing.assert_array_equal(one.numpy(), other.numpy())
