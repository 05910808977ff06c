import dataclasses
import hashlib
import json
import math
import struct
import subprocess
import sys
import tempfile
from datetime import UTC, datetime

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from vae_widgets.core.scores.drift import reference_quantiles
from vae_widgets.core.scores.policy import ThresholdPolicy, hash_data

FINITE = st.floats(-8e307, 8e307)  # further apart they cannot be subtracted


@pytest.fixture
def policy():
    return ThresholdPolicy(
        threshold=1.5,
        method="percentile",
        score="elbo",
        metrics={"alert_rate": 0.05, "precision": math.nan, "n_flagged": 5},
        parameters={"percentile": 95, "confidence": None},
        n_scores=100,
        n_labelled=7,
        reference=tuple(np.arange(100) / 50),
        data_hash="5e" * 32,
        model_hash="7a" * 32,
        author="Ada",
        created="2024-05-01T12:00:00+00:00",
        note="Agreed with the clinic.",
    )


def written(tmp_path, remove="", **changes):
    """Write the JSON of a valid policy with some keys changed and one removed."""
    path = ThresholdPolicy(1.0).save(tmp_path / "policy.json")
    content = {**json.loads(path.read_text()), **changes}
    content.pop(remove, None)
    path.write_text(json.dumps(content))
    return path


def test_apply_flags_scores_at_or_above_the_threshold(policy):
    flagged = policy.apply([1.4, 1.5, 1.6])
    assert flagged.dtype == bool
    assert flagged.tolist() == [False, True, True]


@given(FINITE, st.lists(FINITE, min_size=1, max_size=10))
def test_saving_changes_no_decision(threshold, scores):
    with tempfile.TemporaryDirectory() as folder:
        policy = ThresholdPolicy(threshold)
        loaded = ThresholdPolicy.load(policy.save(f"{folder}/policy.json"))
    assert loaded == policy
    assert loaded.apply(scores).tolist() == [score >= threshold for score in scores]


def test_a_float32_score_at_a_float32_threshold_is_flagged():
    scores = np.array([0.1, 0.7], np.float32)
    assert ThresholdPolicy(scores[1]).apply(scores).tolist() == [False, True]


def test_save_and_load_keep_every_field(policy, tmp_path):
    path = policy.save(tmp_path / "policy.json")
    loaded = ThresholdPolicy.load(path)
    assert math.isnan(loaded.metrics["precision"])
    assert dataclasses.asdict(loaded) == dataclasses.asdict(policy)  # the NaN is one object
    assert json.loads(path.read_text())["metrics"]["precision"] is None


def test_a_failed_save_keeps_the_old_file_and_leaves_nothing_behind(policy, tmp_path, monkeypatch):
    path = policy.save(tmp_path / "policy.json")
    before = path.read_text()

    def full_disk(descriptor):
        raise OSError("no space left")

    monkeypatch.setattr("os.fsync", full_disk)
    with pytest.raises(OSError, match="no space"):
        dataclasses.replace(policy, threshold=9.0).save(path)
    assert path.read_text() == before
    assert list(tmp_path.iterdir()) == [path]


def test_created_is_now_by_default():
    created = datetime.fromisoformat(ThresholdPolicy(1.0).created)
    assert abs((datetime.now(UTC) - created).total_seconds()) < 60


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("threshold", math.nan, "threshold must be a finite number"),
        ("threshold", 10**400, "threshold must be a finite number"),
        ("threshold", "1.5", "threshold must be a number"),
        ("threshold", True, "threshold must be a number"),
        ("method", 3, "method must be a str"),
        ("metrics", [1], "metrics must be a mapping"),
        ("metrics", {"f1": 10**400}, r"metrics\['f1'\] must be a finite number"),
        ("metrics", {"alert_rate": 1.5}, r"metrics\['alert_rate'\] must lie in \[0, 1\]"),
        ("metrics", {"f1": "high"}, r"metrics\['f1'\] must be a number"),
        ("parameters", 95, "parameters must be a mapping"),
        ("parameters", {"factor": "3"}, r"parameters\['factor'\] must be a number"),
        ("reference", 3, "reference must be a tuple"),
        ("reference", [10**400], "reference must be a finite number"),
        ("reference", [2, 1], "reference must be in ascending order"),
        ("reference", [1, 2], "reference has 2 entries; expected 0 for 0 scores"),
        ("author", 3, "author must be a str"),
        ("n_scores", 1.5, "n_scores must be a whole number"),
        ("n_scores", 2**60, "n_scores must lie in"),
        ("n_labelled", -1, "n_labelled must be at least 0"),
        ("n_labelled", 10**6, "n_labelled is 1000000; expected at most n_scores"),
        ("created", "yesterday", "created must be an ISO 8601 date"),
    ],
)
def test_wrong_fields_are_errors_made_and_loaded(field, value, message, tmp_path):
    with pytest.raises((TypeError, ValueError), match=message):
        ThresholdPolicy(**{"threshold": 1.0, field: value})
    with pytest.raises(
        ValueError,
        match=rf"policy\.json is not (a threshold policy: {message}|JSON: .* 401 digits)",
    ):
        ThresholdPolicy.load(written(tmp_path, **{field: value}))


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"remove": "threshold"}, "lacks threshold"),
        ({"remove": "schema"}, "'schema' must be a whole number"),
        ({"schema": 3}, "schema 3; this version reads up to 2. Upgrade"),
        ({"schema": 0}, "'schema' must be at least 1; received 0"),
        ({"treshold": 1}, "did you mean 'threshold'"),
    ],
)
def test_a_wrong_file_is_an_error(changes, message, tmp_path):
    with pytest.raises(ValueError, match=message):
        ThresholdPolicy.load(written(tmp_path, **changes))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "not JSON"),
        ("[1]", "a JSON object"),
        ('{"threshold": 1, "threshold": 9}', "the key 'threshold' is there more than once"),
    ],
)
def test_a_file_of_something_else_is_an_error(text, message, tmp_path):
    (tmp_path / "policy.json").write_text(text)
    with pytest.raises(ValueError, match=message):
        ThresholdPolicy.load(tmp_path / "policy.json")


def test_apply_checks_its_scores(policy):
    with pytest.raises(ValueError, match="NaN"):
        policy.apply([1.0, math.nan])


def test_a_policy_needs_numpy_alone():
    loaded = subprocess.run(
        [
            sys.executable,
            "-c",
            "import vae_widgets as vw, sys; vw.ThresholdPolicy(1.0).apply([2.0]);"
            "print({'keras', 'tensorflow', 'ipywidgets', 'scipy'} & set(sys.modules))",
        ],
        capture_output=True,
        text=True,
        check=True,
    )
    assert loaded.stdout.strip() == "set()"


def test_json_text_is_what_the_file_holds(tmp_path):
    policy = ThresholdPolicy(1.5, metrics={"precision": 0.25, "recall": 0.5})
    assert policy.save(tmp_path / "policy.json").read_text() == policy.to_json()
    assert ThresholdPolicy.from_json(policy.to_json()) == policy
    with pytest.raises(ValueError, match="what was sent is not JSON"):
        ThresholdPolicy.from_json(b"[" * 100_000, "what was sent")


@pytest.mark.parametrize("percentile", [95, None])
def test_a_file_of_the_first_schema_still_loads(percentile, tmp_path):
    (tmp_path / "old.json").write_text(
        json.dumps(
            {
                "schema": 1,
                "threshold": 1.5,
                "method": "percentile",
                "score": "elbo",
                "metrics": {"alert_rate": 0.05, "precision": None},
                "percentile": percentile,
                "n_scores": 100,
                "n_labelled": 7,
                "created": "2024-05-01T12:00:00+00:00",
                "note": "",
            }
        )
    )
    policy = ThresholdPolicy.load(tmp_path / "old.json")
    assert policy.threshold == 1.5
    assert policy.parameters == ({} if percentile is None else {"percentile": 95})
    assert math.isnan(policy.replay([1.0, 2.0]).ks)  # it holds no scores to compare with


@pytest.mark.parametrize("act", ["apply", "replay"])
def test_scores_of_another_definition_or_model_are_refused(policy, act):
    getattr(policy, act)([1.0], score="elbo", model_hash="7a" * 32)
    with pytest.raises(ValueError, match="for score 'elbo'; received scores of 'kl'"):
        getattr(policy, act)([1.0], score="kl")
    with pytest.raises(ValueError, match=r"for model_hash '7a7a.*; received scores of '00'"):
        getattr(policy, act)([1.0], model_hash="00")


def test_the_expected_alert_rate_has_an_interval(policy):
    assert policy.alert_rate == 0.05
    expected = stats.binomtest(5, 100).proportion_ci(method="wilson")
    one_less = stats.binomtest(4, 100).proportion_ci(method="wilson")
    assert policy.alert_rate_interval == pytest.approx((one_less.low, expected.high))
    assert ThresholdPolicy(1.0).alert_rate_interval == (0, 1)


def test_a_replay_tells_drift_from_chance():
    rng = np.random.default_rng(0)
    scores = rng.gamma(2, size=5000)
    policy = ThresholdPolicy(
        np.quantile(scores, 0.98),
        metrics={"alert_rate": 0.02},
        n_scores=5000,
        reference=reference_quantiles(scores),
    )
    same = policy.replay(rng.gamma(2, size=2000))
    assert not same.drifted
    assert "show no shift that matters" in same.verdict
    moved = policy.replay(rng.gamma(2, size=2000) + 1)
    assert moved.drifted
    assert moved.alert_rate_changed
    assert "have shifted" in moved.verdict
    # Scores that shrink raise no more alerts, but the report names them, too.
    assert policy.replay(0.5 * rng.gamma(2, size=2000)).drifted


def test_the_data_hash_names_scores_and_labels():
    scores, labels = np.array([1.0, 2.0]), np.array([0.0, 1.0])
    expected = hashlib.sha256(struct.pack("<4d", 1, 2, 0, 1)).hexdigest()
    assert hash_data(scores, labels) == expected
    assert hash_data(scores, None) != expected
