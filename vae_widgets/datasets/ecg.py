"""Heartbeats of electrocardiograms: normal ones for training, others among those for testing."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from vae_widgets.core.atomic_file import open_regular
from vae_widgets.datasets import places
from vae_widgets.datasets.dataset import Dataset
from vae_widgets.rendering import SignalRenderer

FILE = "ecg_mitbih208.npz"
_NARROW, _WIDE = 6, 12  # samples at 360 Hz: at most and at least
_TRAIN_SHARE = 0.7  # of the narrow beats

_MITBIH = "mitbih_{}.csv"
_MITBIH_CLASSES = ("normal", "supraventricular", "ventricular", "fusion", "unknown")
_ECG5000 = "ECG5000_{}.txt"
_ECG5000_CLASSES = ("normal", "R-on-T", "premature", "supraventricular", "unclassified")
_REMEDY = (
    f"Set VAE_WIDGETS_DATA to a folder with {_ECG5000.format('TRAIN')} and "
    f"{_ECG5000.format('TEST')} (from timeseriesclassification.com, ECG5000), with "
    f"{_MITBIH.format('train')} and {_MITBIH.format('test')} (from Kaggle, ECG Heartbeat "
    f"Categorization Dataset), or with {FILE}."
)


def load_ecg() -> Dataset:
    """Load heartbeats from the first place that has some, the largest set first.

    Class 0 is normal, and all samples for training are of it.
    """
    found = []
    for name, folder in places.own_folders().items():
        found += [
            places.stored(name, folder / _MITBIH.format("train"), _read_mitbih),
            places.stored(name, folder / _ECG5000.format("TRAIN"), _read_ecg5000),
            places.stored(name, folder / FILE, _read_record),
        ]
    return places.read_first("ecg", found, _REMEDY)


def _read_record(path: Path, source: str) -> Dataset:
    """Read the beats of one record; a beat is normal if its QRS complex is narrow."""
    with open_regular(path) as file, np.load(file, allow_pickle=False) as data:
        missing = [name for name in ("beats", "width", "fs") if name not in data]
        if missing:
            raise ValueError(f"it lacks {', '.join(missing)}")
        beats, width, rate = data["beats"], data["width"], int(data["fs"])
    if beats.ndim != 2 or width.shape != beats.shape[:1]:
        raise ValueError(
            f"beats are {beats.shape} and width {width.shape}; expected (n, time) and (n,)"
        )
    narrow = np.random.default_rng(0).permutation(beats[width <= _NARROW])
    wide = beats[width >= _WIDE]
    n_train = int(_TRAIN_SHARE * len(narrow))
    x_test = np.concatenate([narrow[n_train:], wide])
    labels = np.repeat([0, 1], [len(narrow) - n_train, len(wide)])
    renderer = SignalRenderer(sample_rate=rate, unit="mV")
    licence = "ODC-By 1.0 (G. Moody and R. Mark, MIT-BIH Arrhythmia Database, 1980)"
    names = ("narrow", "wide")
    return _dataset(narrow[:n_train], x_test, labels, names, renderer, source, licence)


def _read_mitbih(path: Path, source: str) -> Dataset:
    """Read the beats of all records, scaled to [0, 1] and padded with zeros, 187 at 125 Hz."""
    (train, train_labels), (test, labels) = (
        _read_text(path.with_name(_MITBIH.format(part)), ",", -1) for part in ("train", "test")
    )
    return _dataset(
        train[train_labels == 0],
        test,
        labels,
        _MITBIH_CLASSES,
        SignalRenderer(sample_rate=125),
        source,
        "ODC-By 1.0 (G. Moody and R. Mark, MIT-BIH Arrhythmia Database; M. Kachuee et al., 2018)",
    )


def _read_ecg5000(path: Path, source: str) -> Dataset:
    """Read the beats of one patient, each scaled to mean 0, deviation 1 and 140 samples."""
    (train, train_labels), (test, labels) = (
        _read_text(path.with_name(_ECG5000.format(part)), None, 0) for part in ("TRAIN", "TEST")
    )
    return _dataset(
        train[train_labels == 1],
        test,
        labels - 1,
        _ECG5000_CLASSES,
        SignalRenderer(),  # all beats have one length, whatever time they took
        source,
        "ODC-By 1.0 (BIDMC Congestive Heart Failure Database; Y. Chen and E. Keogh, 2015)",
    )


def _read_text(
    path: Path, delimiter: str | None, label: int
) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    """Return the rows of a text file (n, time), and their labels (n,), which are in a column."""
    with open_regular(path) as file:
        table = np.loadtxt(file, np.float32, delimiter=delimiter, ndmin=2)
    return np.delete(table, label, axis=1), table[:, label].astype(np.int64)


def _dataset(
    x_train: NDArray[np.float32],
    x_test: NDArray[np.float32],
    y_test: NDArray[np.int64],
    label_names: tuple[str, ...],
    renderer: SignalRenderer,
    source: str,
    licence: str,
) -> Dataset:
    return Dataset(
        name="ecg",
        x_train=x_train,
        x_test=x_test,
        y_train=np.zeros(len(x_train), np.int64),
        y_test=y_test,
        label_names=label_names,
        renderer=renderer,
        likelihood="gaussian",
        source=source,
        licence=licence,
    )
