"""The viewer preprocesses the samples of a detector as Python does."""

import json
import pathlib
import subprocess
import sys

import numpy as np

from vae_widgets.bundle.detector_part import DetectorPart
from vae_widgets.core.preprocessing import StandardizeFeatures, StandardizeSamples

NODE = pathlib.Path(sys.executable).with_name("node")
SCRIPT = pathlib.Path(__file__).with_name("preprocessing.ts")


def preprocessed(tasks):
    done = subprocess.run(
        [NODE, SCRIPT], input=json.dumps(tasks), capture_output=True, text=True, check=True
    )
    return json.loads(done.stdout)


def test_samples_are_preprocessed_as_in_python():
    rows = np.random.default_rng(0).normal([0, 1e6, -3], [1e-3, 2, 50], (9, 3))
    rows[0] = 0.1  # constant, and its mean is not exactly 0.1
    parts = [
        DetectorPart(each, {})
        for each in (StandardizeFeatures.of(rows), StandardizeSamples.of(rows), None)
    ]
    found = preprocessed(
        [{"part": part.to_json().decode(), "size": 3, "samples": rows.tolist()} for part in parts]
    )
    for part, values in zip(parts, found, strict=True):
        expected = part.preprocess(rows, (3,))
        np.testing.assert_allclose(values, expected, rtol=1e-5, atol=1e-6)


def test_what_is_no_detector_is_refused():
    bad = ["[", "[]", "{}", '{"preprocessing": "standardize_samples"}']
    bad += [
        json.dumps({"preprocessing": each})
        for each in (
            {"name": "Lambda"},
            {"name": "standardize_features", "mean": [0], "deviation": [1]},
            {"name": "standardize_features", "mean": [0, 1, 2], "deviation": [1, 1, 0]},
            {"name": "standardize_features", "mean": [0, 1, "2"], "deviation": [1, 1, 1]},
        )
    ]
    for text in preprocessed([{"part": part, "size": 3, "samples": []} for part in bad]):
        assert text.startswith("BadFileError: Part 'detector.json' is not the one of a detector: ")
