"""Functions of rows in blocks of one size, with a function that shows how it is called."""

import threading

import numpy as np
import pytest

from vae_widgets.core.fixed_blocks import (
    ROWS_AT_ONCE,
    blocks_agree,
    map_in_flight,
    place_matters,
    run_in_blocks,
)


@pytest.mark.parametrize("n", [1, 15, 16, 17, 32, ROWS_AT_ONCE, ROWS_AT_ONCE + 1, 2500])
def test_each_row_is_computed_once_in_a_block_of_the_size(n):
    seen = []

    def function(arrays):
        x, y = arrays
        seen.append((len(x), len(y)))
        assert np.isin(x, rows).all()  # padding is data, too
        return [x + y[:, 0], 2 * y]

    rows, pairs = np.arange(1, n + 1, dtype=np.float32), np.ones((n, 2), np.float32)
    total, double = run_in_blocks([(16, function)], [rows, pairs])
    np.testing.assert_array_equal(total, rows + 1)
    np.testing.assert_array_equal(double, 2 * pairs)
    assert seen == [(16, 16)] * -(-n // 16)


def test_an_error_in_one_block_is_raised():
    def function(arrays):
        if 2000 in arrays[0]:
            raise ValueError("no")
        return arrays

    with pytest.raises(ValueError, match="no"):
        run_in_blocks([(48, function)], [np.arange(3000, dtype=np.float32)])


def test_whether_the_place_of_a_row_matters():
    def last_two_otherwise(arrays):  # as oneDNN on AVX2 with 6 rows at a time
        (x,) = arrays
        total = x.sum(axis=1)
        total[len(x) // 6 * 6 :] = np.cumsum(x, axis=1)[len(x) // 6 * 6 :, -1]
        return [total]

    assert place_matters(last_two_otherwise, [(500,)], 32, 8)
    assert not place_matters(last_two_otherwise, [(500,)], 48, 8)
    assert not place_matters(lambda arrays: [arrays[0] / 3], [(5,)], 32, 8)
    assert not place_matters(lambda arrays: [np.full(len(arrays[0]), np.nan)], [(5,)], 32, 8)


def test_whether_small_blocks_round_as_large_ones():
    def in_sequence(arrays):
        return [np.cumsum(arrays[0], axis=1)[:, -1]]

    def in_pairs(arrays):
        return [arrays[0].sum(axis=1)]

    assert blocks_agree((2, in_sequence), (48, in_sequence), [(500,)])
    assert not blocks_agree((2, in_pairs), (48, in_sequence), [(500,)])


def test_rounding_that_only_tokens_show_is_found():
    def block(size):  # numbers below 1 are the token 0
        return size, lambda arrays: [np.floor(arrays[0]).sum(axis=1) * (1 + size)]

    assert blocks_agree(block(48), block(48), [(5,)])
    assert not blocks_agree(block(2), block(48), [(5,)])


def test_blocks_of_several_sizes_take_turns():
    def block(size):
        def function(arrays):
            assert len(arrays[0]) == size
            sizes.append(size)
            return [2 * arrays[0]]

        return size, function

    sizes = []
    x = np.arange(2 * 480 + 192 + 48 + 5, dtype=np.float32)
    (got,) = run_in_blocks([block(size) for size in (480, 192, 48)], [x])
    np.testing.assert_array_equal(got, 2 * x)
    assert sorted(sizes) == [48, 48, 192, 480, 480]


def test_a_call_within_a_task_runs_in_its_thread():
    def name(_):
        return threading.current_thread().name

    def names(_):
        return name(_), *map_in_flight(name, range(5))

    for outer, *inner in map_in_flight(names, range(20)):  # more than there are threads
        assert set(inner) == {outer} != {threading.current_thread().name}


def test_after_an_error_no_task_is_left():
    done = []

    def function(i):
        if i == 0:
            raise ValueError("no")
        done.append(i)

    with pytest.raises(ValueError, match="no"):
        list(map_in_flight(function, range(50)))
    n = len(done)
    assert list(map_in_flight(abs, range(9))) == list(range(9))
    assert len(done) == n < 10


def test_results_come_in_the_order_of_the_items():
    assert list(map_in_flight(lambda i: i * i, range(50))) == [i * i for i in range(50)]
