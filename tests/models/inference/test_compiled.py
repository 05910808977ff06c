"""Compiled functions follow their variables, and cut long inputs into blocks."""

import numpy as np
import pytest
import tensorflow as tf

from vae_widgets.core.fixed_blocks import ROWS_AT_ONCE
from vae_widgets.models.inference.compiled import FEW_ROWS, CompiledFunction


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


def test_few_traces_serve_any_number_of_rows():
    traces = []

    def function(x):
        traces.append(x.shape[0])
        return (2 * x,)

    compiled = CompiledFunction(function, (3,))
    for n, expected in ((3, [48]), (50, [48]), (500, [48, 480]), (2200, [48, 480, 192])):
        compiled(np.zeros((n, 3), np.float32))
        assert traces == expected
    for n in (1, 2):
        compiled(np.zeros((n, 3), np.float32))
    assert traces == [48, 480, 192, 2]


def test_wide_results_make_no_larger_blocks():
    sizes = []

    def function(x):
        sizes.append(x.shape[0])
        return (tf.tile(x, [1, 3000]),)

    CompiledFunction(function, (1,))(np.zeros((1000, 1), np.float32))
    assert sizes == [48]


def test_one_row_is_not_computed_in_a_pair_where_that_rounds_otherwise():
    """A function that adds the rows in its block; no library does, but some round by them."""
    function = CompiledFunction(lambda x: (x + x.shape[0],), (3,))
    x = np.random.default_rng(0).random((100, 3), np.float32)
    np.testing.assert_array_equal(
        np.concatenate([function(row[np.newaxis])[0] for row in x]), x + 48
    )


def test_wide_results_make_small_blocks():
    """One row through a layer of a million numbers must not wait for 47 others."""

    def block_size(width, **options):
        return CompiledFunction(lambda x: (tf.tile(x, [1, width]),), (1,), **options).block_size

    assert [block_size(width) for width in (10, 30_000, 10**6)] == [48, 16, 1]
    assert [block_size(width, block_sizes=FEW_ROWS) for width in (10, 30_000)] == [16, 1]


def test_weights_do_not_count_as_results():
    kernel = tf.Variable(tf.ones((1000, 1000)))
    assert CompiledFunction(lambda x: (x @ kernel,), (1000,)).block_size == 48


def test_a_block_is_one_row_where_its_place_matters():
    """A function that adds the place of a row; no library does, but some round by it."""

    def with_place(x):
        return (x + tf.range(x.shape[0], dtype=tf.float32)[:, tf.newaxis],)

    function = CompiledFunction(with_place, (2,))
    x = np.random.default_rng(0).random((100, 2), np.float32)
    np.testing.assert_array_equal(function(x)[0], x)
    assert function.block_size == 1
