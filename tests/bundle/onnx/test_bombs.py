"""Small ONNX files that need much memory or time are refused before either is spent."""

import pytest

from tests.bundle.onnx.bombs import BOMBS, in_child, many_nodes


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_is_refused_within_the_limits(name):
    result, _, _ = in_child(BOMBS[name]())
    assert result.startswith("BundleError: bomb.onnx is refused: it")


def test_what_is_no_bomb_runs_within_the_limits():
    assert in_child(many_nodes(500)())[0] == "runs"
