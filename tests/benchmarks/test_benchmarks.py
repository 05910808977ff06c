"""The benchmark runs through on tiny data, and says what is not installed."""

import math
import os
import subprocess
import sys

import h5py
import keras
import numpy as np
import pytest
import tensorflow as tf

from tests.benchmarks import browser, start
from tests.benchmarks.peers import ours, plain_keras, torch_networks
from tests.benchmarks.peers.epoch_times import first_epoch
from tests.benchmarks.peers.samples import SHAPES
from tests.benchmarks.peers.stored_samples import KINDS, StoredSamples
from tests.benchmarks.report import Bar, Report, SizesTable, Table
from tests.benchmarks.rounds import alternate, ratio
from tests.benchmarks.worker import REPOSITORY, NotInstalledError, Worker


def test_rounds_take_turns_and_drop_the_first():
    calls = []

    def timed(name, values):
        remaining = iter(values)

        def call():
            calls.append(name)
            return next(remaining)

        return call

    seconds = alternate(
        {"ours": timed("ours", [9.0, 1.0, 2.0]), "other": timed("other", [[9.0], [3, 4, 9], [4]])},
        rounds=2,
    )

    assert calls == ["ours", "other"] * 3
    assert seconds == {"ours": [1.0, 2.0], "other": [4, 4]}
    assert ratio(seconds, "ours", "other") == pytest.approx((1 / 4 + 2 / 4) / 2)


def test_what_is_not_installed_is_asked_for_once():
    asked = []

    def absent():
        asked.append(1)
        raise NotInstalledError("pythae")

    seconds = alternate({"ours": lambda: 1.0, "pythae": absent}, rounds=3)

    assert len(asked) == 1
    assert seconds == {"ours": [1.0] * 3, "pythae": []}
    assert ratio(seconds, "ours", "pythae") is None
    assert "| pythae | not installed |" in Table("Epoch", "s", seconds).markdown()


def test_report_has_medians_ratios_and_verdicts():
    table = Table("Decoding", "ms", {"ours": [0.001, 0.003, 0.002], "other": [0.004] * 3})
    bars = [Bar("A", 0.5, 0.65), Bar("B", 0.7, 0.65, "ms"), Bar("C", None, 1.3)]

    text = Report([table], bars).markdown("digits", "quiet", {"keras": "3"}, rounds=3)

    assert "| ours | 2 | 1 | 1.00 |" in text
    assert "| other | 4 | 4 | 0.50 |" in text
    assert "| A | 0.50 | 0.65 | yes |" in text
    assert "| B | 0.70 ms | 0.65 | NO |" in text
    assert "| C |  | 1.3 | - |" in text


@pytest.mark.parametrize("network", SHAPES)
def test_peers_train_networks_of_the_same_size(network):
    x = np.zeros((1, 784), np.float32)
    plain = plain_keras.Peer(x, network)._model
    weights = plain.encoder.count_params() + plain.decoder.count_params()

    assert ours.Peer(x, network)._vae.count_params() == weights
    halves = torch_networks.halves(network)
    assert sum(each.numel() for half in halves for each in half.parameters()) == weights


@pytest.fixture
def worker():
    worker = Worker(sys.executable)
    yield worker
    worker.close()


def test_worker_reports_what_fails_and_lives_on(worker):
    with pytest.raises(RuntimeError, match="no_such_method"):
        worker.peer("threshold_moves", "dense", 1)("no_such_method")
    (seconds,) = worker.peer("threshold_moves", "dense", 1)("numpy", n=1_000, labelled=True)
    assert 0 < seconds < math.inf
    assert list(worker.versions("numpy", "no-such-package")) == ["numpy"]


@pytest.mark.parametrize("kind", KINDS)
def test_stored_samples_are_those_in_memory(kind):
    x = np.random.default_rng(0).random((5, 3), np.float32)
    stored = StoredSamples(x)
    assert isinstance(stored[kind], {"memmap": np.memmap, "HDF5": h5py.Dataset}.get(kind, object))
    np.testing.assert_array_equal(stored[kind][2:], x[2:])


def test_the_first_epoch_ends_a_long_training():
    model = keras.Sequential([keras.layers.Dense(1)])
    model.compile(loss="mse", run_eagerly=True)
    x = np.zeros((2, 1))
    assert 0 < first_epoch(model, tf.data.Dataset.from_tensors((x, x))) < 60
    assert model.history.epoch == [0]


def test_worker_without_an_interpreter_is_not_installed(tmp_path):
    worker = Worker(tmp_path / "python")
    with pytest.raises(NotInstalledError):
        worker.peer("torch_loop", "dense", 256)("epoch")
    assert worker.versions("torch") == {}


def test_smoke_run_without_peers(tmp_path):
    output = tmp_path / "bench.md"
    done = subprocess.run(
        [
            *(sys.executable, "-m", "tests.benchmarks", "--quick"),
            *(
                "training",
                "convolutions",
                "saving",
                "scoring",
                "decoding",
                "monitor",
                "threshold",
                "command_line",
            ),
            *("--output", output, "--peers-python", tmp_path / "absent"),
        ],
        cwd=REPOSITORY,
        env={**os.environ, "VAE_WIDGETS_DATA": ""},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr[-3000:]

    text = output.read_text()
    for row in ("`VAE.fit`", "`vae.encode`", "`vae.anomaly_score`", "`vae.decode`", "without"):
        assert f"\n| {row} | 0." in text or f"\n| {row} | 1" in text, row
    assert "| pythae | not installed |" in text
    assert "| livelossplot | not installed |" in text
    assert "the times mean nothing" in text
    assert "| Epoch with the monitor, ratio |" in text
    assert "\n### Threshold: one move over 10,000 scores\n" in text
    assert "| One move over 10,000 scores: `AnomalyHistogram`, labelled | " in text
    assert "| `VAE.save`, conv | " in text
    assert "\n### Log-likelihood of 500 images\n" in text
    assert "| Confidence of `mixture`, 10,000 scores | " in text
    assert "| `vae-widgets score`, 2,000 rows of 6 values, peak memory | " in text


def test_first_picture_measures_time_and_memory(tmp_path):
    numpy_alone = start.FIRST_PICTURES[start.PYTHON]
    seconds, megabytes = start.first_picture(sys.executable, numpy_alone, tmp_path)
    held = "import numpy; held = numpy.ones(25_000_000)" + numpy_alone  # 200 MB
    _, more_megabytes = start.first_picture(sys.executable, held, tmp_path)

    assert 0 < seconds < 60
    assert 190 < more_megabytes - megabytes < 210


def test_first_paint_ends_with_the_frame_after_the_last_points():
    counts = [0, 0, 50, 97, 99, 100, 100]
    watched = [(100 + 16 * i, count) for i, count in enumerate(counts)]

    assert browser.first_paint(watched) == pytest.approx((100 + 16 * 5) / 1000)


def test_table_of_sizes_leaves_out_what_was_not_measured():
    values = {"ours": {1_000: 0.0167, 70_000: 0.02}, "bqplot": {1_000: 1.5}, "other": {}}

    rows = SizesTable("Pan", "ms", values, (1_000, 70_000)).markdown().splitlines()

    assert rows[2:] == [
        "| median, ms | 1,000 | 70,000 |",
        "| --- | ---: | ---: |",
        "| ours | 16.7 | 20 |",
        "| bqplot | 1,500 |  |",
        "| other | not installed |  |",
    ]
