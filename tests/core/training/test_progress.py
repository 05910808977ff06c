import pytest

from vae_widgets.core.training.progress import Progress


def test_speed_leaves_out_compilation_and_follows_a_change():
    now = 0.0
    progress = Progress(total=1000, samples_per_step=32, clock=lambda: now)
    assert (progress.fraction, progress.seconds_left, progress.steps_per_second) == (0, None, None)
    now = 60.0  # the first step compiles for a minute
    progress.advance(0.1, 1)
    assert progress.seconds_left is None
    for step in range(2, 101):
        now += 0.5
        progress.advance(step / 10, step)
    assert progress.steps_per_second == pytest.approx(2)
    assert progress.samples_per_second == pytest.approx(64)
    assert progress.seconds_left == pytest.approx((1000 - 10) / 0.2)
    for step in range(101, 151):  # half as fast for longer than it looks back
        now += 1
        progress.advance(step / 10, step)
    assert progress.steps_per_second == pytest.approx(1)


def test_what_is_unknown_is_none():
    now = 0.0
    progress = Progress(clock=lambda: now)
    for step in (1, 2):
        now += 1.0
        progress.advance(0.0, step)
    assert progress.fraction is None
    assert progress.seconds_left is None
    assert progress.samples_per_second is None
    assert progress.steps_per_second == 1
