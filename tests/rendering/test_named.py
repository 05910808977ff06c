import json

import numpy as np
import pytest

from vae_widgets.core.vocabulary import Vocabulary
from vae_widgets.rendering import (
    AbsentRenderer,
    ImageRenderer,
    MoleculeRenderer,
    PianoRollRenderer,
    SignalRenderer,
    TableRenderer,
    TextRenderer,
    renderer_from_json,
    renderer_to_json,
)

# Each renderer, and samples that it draws: (2, *sample_shape).
EXAMPLES = [
    (
        ImageRenderer(vmin=-1, vmax=3.0, shape=(3, 5), invert=True),
        np.linspace(-2, 4, 30).reshape(2, 15),
    ),
    (ImageRenderer(), np.linspace(0, 1, 30).reshape(2, 3, 5)),
    (ImageRenderer(channels_first=True), np.linspace(0, 1, 30).reshape(2, 1, 3, 5)),
    (TableRenderer(columns=list("abc"), scale=[1, 2, 3]), np.linspace(0, 9, 6).reshape(2, 3)),
    (TextRenderer(Vocabulary(list("abc"), 5), columns=9), np.arange(10).reshape(2, 5) % 5),
    (MoleculeRenderer(width=60, height=40, theme="dark"), np.array(["CCO", "c1ccccc1"])),
    (
        MoleculeRenderer(Vocabulary(["[C]", "[O]"], 3, pattern=r"\[[^\]]+\]"), width=50),
        np.array([[2, 3, 0], [2, 2, 2]]),
    ),
    (
        PianoRollRenderer(50, 70, 4, tempo=72.5, step_width=3, pitch_height=4),
        np.arange(32).reshape(2, 4, 4) % 23,
    ),
    (
        SignalRenderer(width=40, height=16, vmin=0.25, sample_rate=99, unit="mV"),
        np.linspace(0, 1, 30).reshape(2, 15),
    ),
]


@pytest.mark.parametrize(("renderer", "samples"), EXAMPLES)
def test_it_draws_the_same_after_json(renderer, samples):
    twin = renderer_from_json(json.loads(json.dumps(renderer_to_json(renderer))))
    assert type(twin) is type(renderer)
    np.testing.assert_array_equal(twin(samples), renderer(samples))


def test_of_a_renderer_of_ones_own_the_name_is_kept():
    class Own(ImageRenderer):
        pass

    def own_function(batch):
        return batch

    for renderer, name in ((Own(), "Own"), (own_function, "own_function")):
        absent = renderer_from_json(renderer_to_json(renderer))
        assert isinstance(absent, AbsentRenderer)
        assert absent.name.endswith(f"<locals>.{name}")


@pytest.mark.parametrize(
    ("content", "error"),
    [
        (None, ValueError),
        ("image", ValueError),
        ({}, ValueError),
        ({"name": ["image"]}, ValueError),
        ({"own": 3}, ValueError),
        ({"own": ""}, ValueError),
        ({"own": "x" * 201}, ValueError),
        (["own"], ValueError),
        ({"name": "protein", "arguments": {}}, ValueError),
        ({"name": "image"}, TypeError),
        ({"name": "image", "arguments": []}, TypeError),
        ({"name": "image", "arguments": {"vmin": 0, "vmax": -1}}, ValueError),
        ({"name": "signal", "arguments": {"vmin": 0, "vmax": -1}}, ValueError),
        ({"name": "table", "arguments": {"columns": "ab"}}, TypeError),
        ({"name": "table", "arguments": {"scale": [1, 0]}}, ValueError),
        ({"name": "table", "arguments": {"columns": ["a"], "center": [1, 2]}}, ValueError),
        ({"name": "text", "arguments": {"vocabulary": "abc"}}, TypeError),
        ({"name": "text", "arguments": {"vocabulary": {"tokens": ["a"]}}}, ValueError),
        ({"name": "image", "arguments": {"nothing": 1}}, TypeError),
        ({"name": "image", "arguments": {"shape": [1e9]}}, TypeError),
        ({"name": "image", "arguments": {"shape": [8, 0]}}, ValueError),
        ({"name": "image", "arguments": {"shape": "ab"}}, TypeError),
        ({"name": "piano_roll", "arguments": {"lowest": 200}}, ValueError),
        ({"name": "piano_roll", "arguments": {"tempo": "fast"}}, TypeError),
        ({"name": "signal", "arguments": {"width": "wide"}}, TypeError),
        ({"name": "signal", "arguments": {"vmin": [0]}}, TypeError),
    ],
)
def test_wrong_descriptions(content, error):
    with pytest.raises(error):
        renderer_from_json(content)
