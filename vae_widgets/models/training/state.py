"""The state of a training run that is needed, with the model, to continue it exactly."""

import json
from dataclasses import asdict, dataclass, field
from numbers import Real
from typing import Any

import keras
import numpy as np

from vae_widgets.core import checks
from vae_widgets.core.strict_json import read_json


@dataclass(frozen=True)
class EpochPosition:
    """The position in an epoch at which a run on arrays stopped.

    `totals` are those of `ArrayLoop`, `iterations` the optimizer's steps and `noise_seed` the state
    of the noise before the epoch.
    """

    totals: list[float]
    iterations: int
    noise_seed: list[int]
    n_samples: int
    batch_size: int
    shuffle: bool

    @property
    def is_at_end(self) -> bool:
        """Whether all batches of the epoch are done, and only its validation is not."""
        return self.totals[-1] * self.batch_size >= self.n_samples

    def fits(self, n_samples: int, batch_size: int, shuffle: bool) -> bool:
        """Return whether a fit would continue with the same batches."""
        return (n_samples, batch_size, shuffle) == (self.n_samples, self.batch_size, self.shuffle)


@dataclass(frozen=True)
class TrainingState:
    """The content of a checkpoint, except for the model.

    `epoch` is the next one, counted from 0, `position` where in it; `epochs` and `history`
    are those before it; `seed` orders the samples; `generators` are the states of Keras's seed
    generators.
    """

    epoch: int = 0
    epochs: list[int] = field(default_factory=list)
    history: dict[str, list[Any]] = field(default_factory=dict)
    seed: int = 0
    generators: list[list[int]] = field(default_factory=list)
    position: EpochPosition | None = None

    @property
    def epochs_done(self) -> float:
        """Number of epochs behind, with the part of the present one that is done."""
        done = self.position
        if done is None:
            return self.epoch
        return self.epoch + done.totals[-1] / -(-done.n_samples // done.batch_size)

    @classmethod
    def of_new(cls, model: keras.Model, seed: int) -> "TrainingState":
        """Return the state of a model before its first epoch."""
        return cls(seed=seed, generators=generator_states(model))

    def to_json(self) -> bytes:
        """Return the state as strict JSON, NaN and infinities as text, logs of numbers only."""
        history = {
            name: [*map(_number_or_text, values)]
            for name, values in self.history.items()
            if all(isinstance(value, Real | np.ndarray) for value in values)
        }
        content = {**asdict(self), "history": history}
        if self.position is not None:
            content["position"]["totals"] = [*map(_number_or_text, self.position.totals)]
        return json.dumps(content, allow_nan=False).encode()

    @classmethod
    def from_json(cls, text: bytes) -> "TrainingState":
        """Return what `to_json` wrote, or raise ``ValueError``, ``TypeError``, ``KeyError``."""
        content = read_json(text)
        position = content["position"]
        if position is not None:
            position = EpochPosition(
                totals=_totals(position["totals"]),
                iterations=_integer("iterations", position["iterations"]),
                noise_seed=_integers("noise_seed", position["noise_seed"], 2),
                n_samples=checks.positive_int("n_samples", position["n_samples"]),
                batch_size=checks.positive_int("batch_size", position["batch_size"]),
                shuffle=bool(position["shuffle"]),
            )
        history = content["history"]
        if not isinstance(history, dict) or not all(map(_is_list, history.values())):
            raise TypeError(f"history must be an object of lists; received {history!r:.100}.")
        return cls(
            epoch=_integer("epoch", content["epoch"]),
            epochs=_integers("epochs", content["epochs"]),
            history={name: [*map(float, values)] for name, values in history.items()},
            seed=_integer("seed", content["seed"], 2**31),
            generators=[_integers("generators", state, 2) for state in content["generators"]],
            position=position,
        )


class Randomness:
    """A seed, and the generators that follow from it.

    `seed` is None if it was drawn; `drawn` is the number in any case. Evaluation has a generator of
    its own, so that it does not change the course of training.
    """

    def __init__(self, seed: int | None) -> None:
        self.drawn = draw_seed(seed)
        self.seed = None if seed is None else self.drawn  # an int also from numpy, for JSON
        self.training = keras.random.SeedGenerator(self.drawn)
        self.evaluation = keras.random.SeedGenerator(self.drawn)

    def restart(self, seed: int | None) -> None:
        """Take another seed."""
        self.drawn = draw_seed(seed)
        self.seed = None if seed is None else self.drawn
        self.training.state.assign([self.drawn, 0])

    def restart_evaluation(self) -> None:
        """Let the evaluation that follows have the same noise as any other."""
        self.evaluation.state.assign([self.drawn, 0])

    def order(self, iterations: int) -> np.random.Generator:
        """Return what orders the epoch that begins after this many steps of the optimizer."""
        return np.random.default_rng([self.drawn, iterations])


def draw_seed(seed: int | None) -> int:
    """Return a good seed, or a new one for None."""
    if seed is None:
        return int(np.random.default_rng().integers(2**31))
    seed = checks.positive_int("seed", seed, minimum=0)
    if seed >= 2**31:
        raise ValueError(f"seed must be at most {2**31 - 1}; received {seed}.")
    return seed


def generator_states(model: keras.Model) -> list[list[int]]:
    """Return the state of each seed generator of a model and of its layers."""
    return [state.numpy().tolist() for state in _generators(model)]


def set_generator_states(model: keras.Model, states: list[list[int]]) -> None:
    """Set what `generator_states` returned."""
    generators = _generators(model)
    if len(generators) != len(states):
        raise ValueError(
            f"generators has {len(states)} states; expected {len(generators)}, one for each "
            "keras.random.SeedGenerator of the model."
        )
    for generator, state in zip(generators, states, strict=True):
        generator.assign(state)


def _generators(model: keras.Model) -> list[keras.Variable]:
    return [each for each in model.variables if each.name == "seed_generator_state"]


def _number_or_text(value: Any) -> float | str:
    number = float(value)
    return number if np.isfinite(number) else str(number)


def _totals(values: Any) -> list[float]:
    if not isinstance(values, list) or len(values) != 5:
        raise TypeError(f"totals must be a list of 5 numbers; received {values!r:.100}.")
    *sums, weight, batches = map(float, values)
    if not (weight >= 0 and batches >= 0 and (weight == 0 or batches > 0)):
        raise ValueError(
            f"totals must end in a weight and a number of batches; received {weight}, {batches}."
        )
    return [*sums, weight, batches]


def _is_list(value: Any) -> bool:
    return isinstance(value, list)


def _integer(name: str, value: Any, bound: int = 2**32) -> int:
    number = checks.positive_int(name, value, 0)
    if number >= bound:
        raise ValueError(f"{name} must be below {bound}; received {number:.6g}.")
    return number


def _integers(name: str, values: Any, length: int | None = None) -> list[int]:
    if not isinstance(values, list) or length not in (None, len(values)):
        of = "" if length is None else f" of {length}"
        raise TypeError(f"{name} must be a list{of}; received {values!r:.100}.")
    return [_integer(name, value) for value in values]
