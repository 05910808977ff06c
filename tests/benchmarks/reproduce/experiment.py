"""What the experiments have in common: settings, data, and the row that each writes."""

import dataclasses
import json
import time
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from vae_widgets.datasets import Dataset

Images = NDArray[np.float32]


@dataclasses.dataclass(frozen=True)
class Settings:
    """What the command line says; None for the experiment's own default."""

    folder: Path
    seed: int = 0
    seeds: int | None = None
    epochs: int | None = None
    stages: int | None = None
    quick: bool = False
    again: bool = False

    def pick(self, asked: int | None, usual: int, quick: int) -> int:
        """Return what was asked for, else the usual value, or that of a smoke test."""
        return asked if asked is not None else quick if self.quick else usual


@dataclasses.dataclass
class Row:
    """One row of the table.

    Parameters
    ----------
    what
        The experiment in words.
    published
        Figures by name, in nats.
    ours
        Our figures, by the same names and more.
    schedule
        How long was trained, and how far that is from the published schedule.
    differences
        Everything else that is not as published.
    seed, minutes
        The seed, and the wall time of training and test.
    """

    what: str
    published: dict[str, float]
    ours: dict[str, float]
    schedule: str
    differences: list[str]
    seed: int
    minutes: float

    def write(self, path: Path) -> None:
        """Write the row as JSON."""
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(dataclasses.asdict(self), indent=2) + "\n")

    @classmethod
    def read(cls, path: Path) -> "Row":
        """Read what `write` wrote."""
        return cls(**json.loads(path.read_text()))

    def markdown(self) -> list[str]:
        """Return a line of the table for each figure."""
        lines = []
        for name, value in self.ours.items():
            published = self.published.get(name)
            there = "" if published is None else f"{published:.2f}"
            apart = "" if published is None else f"{100 * (value / published - 1):+.1f} %"
            here = f"{value:.{2 if abs(value) >= 1 else 3}f}"  # nats, or an AUROC
            cells = [self.what, name, there, here, apart]
            lines.append(f"| {' | '.join(cells)} | {self.seed} | {self.minutes:.0f} |")
        return lines


class Clock:
    """Wall time since it was made, and words about progress.

    Attributes
    ----------
    minutes_before
        Minutes that an interrupted run had taken before.
    """

    def __init__(self) -> None:
        self._started = time.perf_counter()
        self.minutes_before = 0.0

    @property
    def minutes(self) -> float:
        """Minutes since the start."""
        return self.minutes_before + (time.perf_counter() - self._started) / 60

    def say(self, words: str) -> None:
        """Print words with the time."""
        print(f"  {self.minutes:6.1f} min  {words}", flush=True)


def mnist(settings: Settings) -> tuple[Images, Images]:
    """Return 60,000 and 10,000 grey digits (n, 784), or random images for a smoke test.

    Raises
    ------
    SystemExit
        If the full set is not at hand.
    """
    if settings.quick:
        rng = np.random.default_rng(0)
        return rng.random((256, 784), dtype=np.float32), rng.random((64, 784), dtype=np.float32)
    ds = full_mnist()
    return ds.x_train.reshape(-1, 784), ds.x_test.reshape(-1, 784)


def full_mnist() -> "Dataset":
    """Return the 60,000 and 10,000 digits (n, 28, 28, 1).

    Raises
    ------
    SystemExit
        If the full set is not at hand.
    """
    from vae_widgets import load_dataset

    ds = load_dataset("mnist")
    if len(ds.x_train) != 60_000:
        raise SystemExit(
            f"the 60,000 digits are needed; found {len(ds.x_train):,} from {ds.source}. "
            "Set VAE_WIDGETS_DATA to a folder with mnist.npz."
        )
    return ds


def binarized(grey: Images, rng: np.random.Generator) -> Images:
    """Draw black-and-white images, each pixel white with the probability of its grey value."""
    return (rng.random(grey.shape, dtype=np.float32) < grey).astype(np.float32)
