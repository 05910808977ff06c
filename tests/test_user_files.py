"""Every method that writes or reads a file of the user: what it refuses before it does anything."""

import os

import numpy as np
import pytest

import vae_widgets as vw
from tests.support.pca_codec import PcaCodec
from vae_widgets.core.scores.policy import ThresholdPolicy
from vae_widgets.core.training.run_log import RunLog
from vae_widgets.datasets.image_files import read_images

RNG = np.random.default_rng(0)
ITEMS = RNG.random((12, 4, 4, 1))


@pytest.fixture(scope="module")
def histogram():
    return vw.AnomalyHistogram(RNG.normal(size=50))


@pytest.fixture(scope="module")
def queue(histogram):
    return vw.ReviewQueue(histogram)


@pytest.fixture(scope="module")
def slider():
    return vw.InterpolationSlider(PcaCodec(ITEMS), ITEMS[0], ITEMS[1], steps=4)


@pytest.fixture(scope="module")
def saves(histogram, queue, slider):
    """Every way to save a file, by its suffix and a name."""
    return {
        ".png histogram": histogram.save_png,
        ".png slider": slider.save_png,
        ".gif": slider.save_gif,
        ".wav": vw.Sound(np.zeros(8), rate=8).save,
        ".json policy": histogram.policy().save,
        ".json vocabulary": vw.Vocabulary(["a", "b"], 3).save,
        ".csv": queue.save,
    }


def test_a_suffix_of_another_format_is_refused(saves, tmp_path):
    for name, save in saves.items():
        suffix = name.split()[0]
        path = tmp_path / "model.vae"
        path.write_bytes(b"weeks of training")
        with pytest.raises(ValueError, match=rf"model\.vae'; expected .*'.*/model\{suffix}'\."):
            save(path)
        assert path.read_bytes() == b"weeks of training", name
        save(path.with_suffix(suffix.upper()))
        assert path.with_suffix(suffix.upper()).stat().st_size, name


def test_nothing_is_saved_to_a_device(saves, tmp_path):
    before = os.stat("/dev/full")
    for name, save in saves.items():
        link = tmp_path / f"link{name.split()[0]}"
        link.unlink(missing_ok=True)
        link.symlink_to("/dev/full")
        with pytest.raises(OSError, match="is a device"):
            save(link)
    after = os.stat("/dev/full")
    assert (after.st_ino, after.st_mode) == (before.st_ino, before.st_mode)


def loads(queue):
    """Every way to read a file."""
    return [
        vw.load,
        queue.load,
        ThresholdPolicy.load,
        vw.Vocabulary.load,
        vw.TrainingMonitor.from_log,
        RunLog,
        read_images,
    ]


def test_nothing_endless_is_read(queue, tmp_path):
    os.mkfifo(tmp_path / "pipe.vae")
    (tmp_path / "endless.vae").symlink_to("/dev/zero")
    for load in loads(queue):
        for name in ("pipe.vae", "endless.vae"):
            with pytest.raises(OSError, match=f"{name} is a device"):
                load(tmp_path / name)
