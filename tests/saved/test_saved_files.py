"""Files that an earlier version saved are read, and give the numbers that they gave then."""

import json
from pathlib import Path

import numpy as np
import pytest

import vae_widgets as vw
from tests.saved.make import NUMBERS, samples, signals

HERE = Path(__file__).parent
NUMBERS_THEN = json.loads((HERE / NUMBERS).read_text())


def same(found, name, quantity):
    np.testing.assert_allclose(found, NUMBERS_THEN[name][quantity], rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize(
    ("load", "file"),
    [(vw.load, "dense.vae"), (vw.VAE.load, "dense.vae"), (vw.VAE.load, "dense.keras")],
)
def test_a_dense_model(load, file):
    model = load(HERE / file)
    z_mean, z_log_var = model.encode(samples(16))
    same(z_mean, "dense", "z_mean")
    same(z_log_var, "dense", "z_log_var")
    same(model.decode(z_mean), "dense", "decoded")
    same(model.anomaly_score(samples(16)), "dense", "score")


@pytest.mark.parametrize("load", [vw.load, vw.VAE.load])
def test_a_conditional_model(load):
    model = load(HERE / "conditional.vae")
    images, labels = samples(64).reshape(-1, 8, 8, 1), np.arange(12) % 3
    z_mean, _ = model.encode(images, labels)
    same(z_mean, "conditional", "z_mean")
    same(model.decode(z_mean, labels), "conditional", "decoded")


def test_samples_and_codes_of_a_bundle():
    codec = vw.load(HERE / "conditional.vae")
    then = np.array(NUMBERS_THEN["conditional"]["z_mean"][:2])
    np.testing.assert_allclose(codec.latents, then, rtol=1e-4, atol=1e-5)
    assert codec.tiles.shape[0] == 2


def test_a_detector():
    detector = vw.VAEDetector.load(HERE / "detector.vae")
    same(detector.anomaly_score(signals(6)), "detector", "score")
    assert detector.predict(signals(6)).tolist() == NUMBERS_THEN["detector"]["prediction"]
    codec = vw.load(HERE / "detector.vae")
    same(codec.anomaly_score(signals(6)), "detector", "score")


def test_a_checkpoint_goes_on():
    model = vw.VAE.resume(HERE / "checkpoint.vae")
    same(model.encode(samples(16))[0], "dense", "z_mean")
    history = model.fit(samples(16), epochs=3, verbose=0)
    assert history.epoch == [0, 1, 2]


def test_a_policy():
    policy = vw.ThresholdPolicy.load(HERE / "policy.json")
    assert policy.threshold == NUMBERS_THEN["dense"]["threshold"]
    assert policy.author == "an analyst"
    assert vw.load(HERE / "dense.vae").policy == policy


def test_a_policy_by_costs_of_earlier_names():
    costs = {"missed": 10.0, "false_alarm": 1.0, "caught": 0.0, "dismissed": 0.0}
    saved = json.loads((HERE / "policy.json").read_text()) | {"method": "cost", "parameters": costs}
    policy = vw.ThresholdPolicy.from_json(json.dumps(saved))
    assert policy.threshold == NUMBERS_THEN["dense"]["threshold"]
    assert policy.parameters == costs


def test_a_run_log():
    monitor = vw.TrainingMonitor.from_log(HERE / "run.jsonl")
    steps, values = monitor.history.steps("loss")
    assert steps.tolist() == [0, 1, 2]
    np.testing.assert_allclose(values, [1, 1 / 2, 1 / 3])
