"""Compiled functions follow their variables, and cut long inputs into blocks."""

import time

import numpy as np
import pytest
import tensorflow as tf

from vae_widgets import VAE
from vae_widgets.models.compiled import ROWS_AT_ONCE, CompiledFunction


@pytest.mark.parametrize("n", [1, 2, ROWS_AT_ONCE, ROWS_AT_ONCE + 1, 3 * ROWS_AT_ONCE])
def test_any_number_of_rows(n):
    rng = np.random.default_rng(0)
    a, b = (rng.standard_normal((n, *shape), dtype=np.float32) for shape in [(3,), (2, 3)])
    function = CompiledFunction(lambda a, b: (a + b[:, 0], tf.reduce_sum(b, [1, 2])), (3,), (2, 3))
    total, sums = function(a, b)
    np.testing.assert_allclose(total, a + b[:, 0])
    np.testing.assert_allclose(sums, b.sum((1, 2)), rtol=1e-4, atol=1e-5)


def test_a_new_value_of_a_variable_is_seen():
    scale = tf.Variable(2.0)
    function = CompiledFunction(lambda x: (scale * x,), (1,))
    x = np.ones((2, 1), np.float32)
    np.testing.assert_array_equal(function(x)[0], 2 * x)
    scale.assign(5.0)
    np.testing.assert_array_equal(function(x)[0], 5 * x)


def test_training_and_loading_show_in_the_next_decode(make_vae, digits, tmp_path):
    vae, z = make_vae(), np.ones((1, 2))
    before = vae.decode(z)
    vae.save_weights(tmp_path / "before.weights.h5")
    vae.fit(digits[:200], epochs=1, verbose=0)
    assert not np.allclose(vae.decode(z), before)
    vae.load_weights(tmp_path / "before.weights.h5")
    np.testing.assert_array_equal(vae.decode(z), before)


def test_one_point_skips_the_look_at_the_arguments():
    """Compared in turns with the tf.function itself, so that a busy machine slows both."""
    vae = VAE.build((784,), latent_dim=2)
    z = np.zeros((1, 2), np.float32)

    def seconds(function, argument):
        start = time.perf_counter()
        function(argument)
        return time.perf_counter() - start

    tensor = tf.constant(z)
    for warm_up in (vae.decode, vae._decode._function):
        warm_up(z)
    ours, plain = np.array(
        [(seconds(vae.decode, z), seconds(vae._decode._function, tensor)) for _ in range(300)]
    ).T
    assert np.median(ours) < 0.8 * np.median(plain)
