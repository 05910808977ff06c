import random

import pytest

from tests.support import kills


@pytest.mark.parametrize("kind", kills.KINDS)
def test_a_kill_in_a_save_damages_nothing_and_leaves_nothing(kind, tmp_path):
    kills.kill_in_saves(kind, tmp_path, kills=1, rng=random.Random(1))
