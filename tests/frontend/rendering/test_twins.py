"""The renderers of the page draw the pixels of the renderers of Python, to within one level."""

import base64
import json
import pathlib
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

import vae_widgets as vw
from vae_widgets.rendering import renderer_to_json

FLOATS = st.floats(-4, 4, width=32) | st.sampled_from([np.nan, np.inf, -np.inf, 0.0, 1.0])
SHAPES = st.sampled_from([(1, 1), (3, 5), (4, 2, 1), (2, 3, 3), (3, 2, 4)])
ENDS = st.sampled_from([(None, None), (0.0, 1.0), (-1.5, None), (None, 0.25), (-3.0, 2.0)])


@pytest.fixture(scope="module")
def draw():
    """Draw samples, or differences, in the page: RGBA (n, height, width, 4), or None."""
    node = pathlib.Path(sys.executable).with_name("node")
    script = pathlib.Path(__file__).with_name("draw.mjs")
    text = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True, "bufsize": 1}
    with subprocess.Popen([node, "--no-warnings", script], **text) as process:

        def ask(renderer, x, x_hat=None, from_tile=False):
            question = {"spec": renderer_to_json(renderer), "shape": x.shape[1:], "x": _text(x)}
            question["fromTile"] = from_tile
            if x_hat is not None:
                question["xHat"] = _text(x_hat)
            process.stdin.write(json.dumps(question) + "\n")
            made = json.loads(process.stdout.readline())
            if made is None:
                return None
            rgba = np.frombuffer(base64.b64decode(made["rgba"]), np.uint8)
            return rgba.reshape(made["count"], made["height"], made["width"], 4)

        yield ask
        process.stdin.close()


def _text(x):
    return base64.b64encode(np.ascontiguousarray(x, np.float32).tobytes()).decode()


def assert_same(ours, theirs):
    assert ours.shape == theirs.shape
    ours, theirs = (tiles.astype(int) for tiles in (ours, theirs))
    apart = np.abs(ours - theirs)
    assert apart[..., 3].max(initial=0) <= 1
    # A colour counts as far as it is seen.
    assert (apart[..., :3] * theirs[..., 3:] / 255).max(initial=0) <= 1


@hypothesis_settings(max_examples=60)
@given(st.data(), SHAPES, ENDS, st.booleans())
def test_images(draw, data, shape, ends, invert):
    x = data.draw(arrays(np.float32, (2, *shape), elements=FLOATS))
    renderer = vw.ImageRenderer(*ends, invert=invert)
    with np.errstate(invalid="ignore", over="ignore"):
        assert_same(draw(renderer, x), renderer(x))
        assert_same(draw(renderer, x[:1], x[1:]), renderer.difference(x[:1], x[1:]))


@pytest.mark.parametrize("invert", [False, True])
@pytest.mark.parametrize("channels_first", [False, True])
def test_residuals_from_the_tiles_of_samples(draw, channels_first, invert):
    x, x_hat = np.random.default_rng(0).uniform(-2, 3, (2, 1, 3, 8, 3)).astype(np.float32)
    renderer = vw.ImageRenderer(-2, 3, channels_first=channels_first, invert=invert)
    assert_same(draw(renderer, x, x_hat, from_tile=True), renderer.difference(x, x_hat))
    grey = x[..., 0]
    assert_same(draw(renderer, grey, grey / 2, from_tile=True), renderer.difference(grey, grey / 2))
    for without in (vw.ImageRenderer(), vw.ImageRenderer(0), vw.SignalRenderer(8, 8, -2, 3)):
        assert draw(without, grey, grey, from_tile=True) is None


def test_images_of_other_layouts(draw):
    x = np.random.default_rng(0).random((3, 3 * 8 * 9), np.float32)
    flat = vw.ImageRenderer(shape=(8, 9, 3))
    assert_same(draw(flat, x), flat(x))
    first = vw.ImageRenderer(channels_first=True)
    x = x.reshape(3, 3, 8, 9)
    assert_same(draw(first, x), first(x))
    assert draw(vw.ImageRenderer(shape=(2, 2)), x) is None  # which Python refuses
    assert draw(vw.ImageRenderer(), np.zeros((1, 8), np.float32)) is None


@hypothesis_settings(max_examples=40)
@given(
    st.data(),
    st.sampled_from([(1,), (2,), (7,), (40,), (9, 2), (5, 7), (3, 2, 2)]),
    ENDS,
    st.sampled_from([(16, 8), (9, 9), (40, 24)]),
)
def test_signals(draw, data, shape, ends, size):
    x = data.draw(arrays(np.float32, (2, *shape), elements=FLOATS))
    renderer = vw.SignalRenderer(*size, *ends)
    with np.errstate(invalid="ignore", over="ignore"):
        assert_same(draw(renderer, x), renderer(x))
        assert_same(draw(renderer, x[:1], x[1:]), renderer.difference(x[:1], x[1:]))


def test_a_long_signal(draw):
    t = np.linspace(0, 40, 3000, dtype=np.float32)
    x = np.stack([np.sin(t), np.sign(np.sin(3 * t)), t % 1])[..., np.newaxis]
    assert_same(draw(vw.SignalRenderer(), x), vw.SignalRenderer()(x))


@hypothesis_settings(max_examples=40)
@given(
    st.data(),
    st.sampled_from([(1,), (5,), (4, 1), (6, 3), (3, 2, 2)]),
    st.sampled_from([(60, 72, 1, 2, 2), (36, 81, 2, 8, 2), (0, 5, 3, 3, 5)]),
)
def test_piano_rolls(draw, data, shape, arguments):
    low, high, per_quarter, width, height = arguments
    tokens = st.integers(-1, 8) | st.sampled_from([46, 47, np.nan, np.inf, 1.5])
    x = data.draw(arrays(np.float32, (2, *shape), elements=tokens))
    renderer = vw.PianoRollRenderer(low, high, per_quarter, 90, width, height)
    assert_same(draw(renderer, x), renderer(x))
    assert_same(draw(renderer, x[:1], x[1:]), renderer.difference(x[:1], x[1:]))


@pytest.mark.parametrize(
    ("argument", "value"),
    [
        ("lowest", -1),
        ("lowest", 40.5),
        ("lowest", -(2**50)),
        ("highest", 36),
        ("highest", 128),
        ("highest", None),
        ("steps_per_quarter", 0),
        ("steps_per_quarter", -1),
        ("steps_per_quarter", 1e-9),
        ("steps_per_quarter", 49),
        ("tempo", 1e-9),
        ("tempo", 0),
        ("tempo", 1001),
        ("tempo", "90"),
        ("step_width", 1),
        ("step_width", 2**40),
        ("pitch_height", "2"),
        ("pitch_height", 2**-40),
    ],
)
def test_arguments_of_a_piano_roll_that_python_refuses(draw, argument, value):
    x = np.ones((1, 4, 2), np.float32)
    renderer = vw.PianoRollRenderer()
    assert draw(renderer, x) is not None
    with pytest.raises((TypeError, ValueError), match=argument):
        vw.PianoRollRenderer(**{argument: value})
    setattr(renderer, argument, value)
    assert draw(renderer, x) is None


def test_a_renderer_without_a_twin(draw):
    x = np.zeros((1, 4), np.float32)
    assert draw(vw.TableRenderer(), x) is None
    assert draw(lambda batch: batch, x) is None
