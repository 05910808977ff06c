"""Other block sizes are used where they round alike, and only there."""

import numpy as np
import pytest

from vae_widgets.core.agreeing_blocks import AgreeingBlocks

N = 480 + 48 + 3


@pytest.fixture
def used():
    """Return a function that runs N rows and then two, and the sizes of the blocks it used."""

    def run(usual_size, rounding=lambda size: 0.0, make_other=lambda function: function):
        sizes = []

        def function_for(size):
            def function(arrays):
                sizes.append(len(arrays[0]))
                return [arrays[0].sum(axis=1) + rounding(size)]

            return function

        blocks = AgreeingBlocks(
            (usual_size, function_for(usual_size)),
            lambda size: make_other(function_for(size)),
            [(4,)],
        )
        x = np.random.default_rng(0).standard_normal((N, 4), dtype=np.float32)
        blocks([x]), blocks([x[:2]])  # which compare the sizes once
        sizes.clear()
        np.testing.assert_array_equal(blocks([x])[0], x.sum(axis=1) + rounding(usual_size))
        many = sorted(sizes)
        np.testing.assert_array_equal(blocks([x[:2]])[0], x[:2].sum(axis=1) + rounding(usual_size))
        return many, sizes[-1]

    return run


def test_the_largest_blocks_are_used(used):
    assert used(16) == ([16, 48, 480], 2)
    assert used(48) == ([48, 48, 480], 2)


def test_those_that_round_otherwise_are_not(used):
    assert used(16, lambda size: 1.0 * (size == 480)) == ([16, *[48] * 3, *[192] * 2], 2)
    assert used(16, lambda size: 1.0 * (size == 2)) == ([16, 48, 480], 16)


def test_those_that_cannot_be_made_are_not(used):
    assert used(16, make_other=lambda function: None) == ([16] * 34, 16)


def test_a_block_of_one_row_has_no_others(used):
    assert used(1) == ([1] * N, 1)
