"""The notebook on health runs on what there is, and its figures stand beside simple ones."""

import os
from pathlib import Path

import numpy as np
import pytest

import vae_widgets as vw

NOTEBOOK = Path(__file__).parents[2] / "notebooks/04_health.ipynb"
DATA = Path(os.environ.get("VAE_WIDGETS_DATA", ""))


@pytest.fixture
def run_with(run, tmp_path, monkeypatch):
    """Run the notebook with the data sets of a folder."""
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("VAE_WIDGETS_CACHE", str(tmp_path / "cache"))

    def run_with(data):
        monkeypatch.setenv("VAE_WIDGETS_DATA", str(data))
        return run(NOTEBOOK)

    return run_with


def check_files(names, name):
    """The files of the last cell flag the samples that the histogram flags."""
    histogram = names[f"{name}_histogram"]
    assert 0 < histogram.flagged.sum() < len(histogram.flagged)
    policy = vw.ThresholdPolicy.load(f"{name}_policy.json")
    np.testing.assert_array_equal(policy.apply(histogram.scores), histogram.flagged)
    codec = vw.load(f"{name}.vae")
    x = names["cuts"][name][2].x_test
    np.testing.assert_array_equal(codec.policy.apply(codec.anomaly_score(x)), histogram.flagged)


def test_without_files_there_is_the_table_and_how_to_get_the_others(run_with, tmp_path, capsys):
    names = run_with(tmp_path / "nothing")
    printed = capsys.readouterr().out
    for name in ("xray", "ecg"):
        assert names[name] is None
        assert (
            sum(f"the data set '{name}' was in none" in line for line in printed.split("\n")) == 1
        )
    assert set(names["cuts"]) == {"table"}
    check_files(names, "table")
    auroc = names["table_floors"].auroc
    assert auroc["VAE"] > 0.9
    # The review of the tumour that fits least begins with the measurement that adds most.
    review, detector, ds = (names[key] for key in ("table_review", "table_detector", "table"))
    strangest = int(names["table_histogram"].scores.argmax())
    assert review.queue[0] == strangest
    most = int(detector.attribution(ds.x_test[[strangest]])[0].argmax())
    assert f"<td>{ds.feature_names[most]}</td>" in review._window["details"][0].split("<tr>")[2]


if (DATA / "pneumoniamnist.npz").is_file() and (DATA / "ecg_mitbih208.npz").is_file():

    def test_real_x_rays_and_heartbeats_are_cut_and_shown_where_they_are_odd(run_with):
        names = run_with(DATA)
        for name in ("xray", "ecg", "table"):
            check_files(names, name)

        auroc = names["xray_floors"].auroc
        assert auroc["VAE"] > auroc["PCA residual"] + 0.03
        # Maps are in deviations of healthy images, and of ill ones most is beyond.
        healthy, ill = (
            np.abs(names["xray_maps"](names["xray"].x_test[names["xray"].y_test == k])).mean()
            for k in (0, 1)
        )
        assert ill > healthy

        floors = names["ecg_floors"].auroc
        assert floors["distance from the mean"] > 0.999
        assert floors["VAE"] > 0.99
        # A wide beat goes on where a narrow one is over: most of its error is in less of the time.
        assert len(names["most"]) < 0.25 * len(names["share"])
        assert names["share"][names["most"]].sum() >= 0.5
