"""A threshold that can be saved, defended and applied elsewhere, with numpy alone."""

import hashlib
import json
import math
import os
import pathlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from vae_widgets.core import checks
from vae_widgets.core.atomic_file import atomic_file, read_file
from vae_widgets.core.scores.drift import MAX_QUANTILES, Replay, ks_distance, population_stability
from vae_widgets.core.scores.intervals import wilson_interval
from vae_widgets.core.strict_json import read_json
from vae_widgets.core.ticks import counted

SCHEMA = 2
_MOST_SCORES = 2**53  # as floats, counts are exact up to here
_MOST_NUMBERS = 1_000  # of metrics, and of parameters
_MOST_BYTES = 2**20  # of a file; what `save` writes has a few thousand


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


@dataclass(frozen=True)
class ThresholdPolicy:
    """A threshold with the reasons for it.

    Parameters
    ----------
    threshold
        Samples with a score of at least this are flagged.
    method
        How it was chosen: "manual", or a method of `choose_threshold`.
    score
        Name of the score, such as "elbo".
    metrics
        Metrics on the scores it was chosen on, such as ``alert_rate`` and ``precision``.
    parameters
        Parameters of the method, such as ``{"percentile": 95}``.
    n_scores, n_labelled
        Number of scores it was chosen on, and how many of them had a label.
    reference
        Quantiles of the scores it was chosen on (`drift.reference_quantiles`), for `replay`.
    data_hash
        Hash of the scores and labels it was chosen on (`hash_data`).
    model_hash
        Identifies the model of the scores: any text, such as the SHA-256 of its file.
    author
        Who is responsible for it.
    created
        Date and time, ISO 8601; the present in UTC by default.
    note

    Raises
    ------
    TypeError, ValueError
        If a field has a wrong type or value.

    Examples
    --------
    >>> policy = vw.ThresholdPolicy(threshold=2.5, score="elbo", author="A. Analyst")
    >>> policy.apply([1.0, 2.5, 9.0])
    array([False,  True,  True])
    """

    threshold: float
    method: str = "manual"
    score: str = "score"
    metrics: Mapping[str, float] = field(default_factory=dict)
    parameters: Mapping[str, float | None] = field(default_factory=dict)
    n_scores: int = 0
    n_labelled: int = 0
    reference: tuple[float, ...] = ()
    data_hash: str = ""
    model_hash: str = ""
    author: str = ""
    created: str = field(default_factory=_now)
    note: str = ""

    def __post_init__(self) -> None:
        set_field = object.__setattr__  # the only way in a frozen dataclass
        set_field(self, "threshold", checks.finite_number("threshold", self.threshold))
        for name in ("method", "score", "data_hash", "model_hash", "author", "created", "note"):
            if not isinstance(getattr(self, name), str):
                raise TypeError(f"{name} must be a str; received {getattr(self, name)!r}.")
        try:
            datetime.fromisoformat(self.created)
        except ValueError:
            raise ValueError(
                f"created must be an ISO 8601 date, such as {_now()!r}; received {self.created!r}."
            ) from None
        for name in ("n_scores", "n_labelled"):
            count = checks.positive_int(name, getattr(self, name), minimum=0)
            checks.number_between(name, count, 0, _MOST_SCORES)
            set_field(self, name, count)
        if self.n_labelled > self.n_scores:
            raise ValueError(
                f"n_labelled is {self.n_labelled}; expected at most n_scores, {self.n_scores}."
            )
        for name, may_be in (("metrics", _is_nan), ("parameters", lambda value: value is None)):
            given = getattr(self, name)
            if not isinstance(given, Mapping):
                raise TypeError(f"{name} must be a mapping; received {given!r:.200}.")
            if len(given) > _MOST_NUMBERS:
                raise ValueError(
                    f"{name} has {len(given):,} entries; expected up to {_MOST_NUMBERS:,}."
                )
            numbers = {
                str(key): value if may_be(value) else _number(f"{name}[{key!r}]", value)
                for key, value in given.items()
            }
            set_field(self, name, numbers)
        if not math.isnan(self.alert_rate):
            checks.number_between("metrics['alert_rate']", self.alert_rate, 0, 1)
        set_field(self, "reference", _reference(self.reference, self.n_scores))

    def __repr__(self) -> str:
        facts = [f"{self.score:.40} >= {self.threshold:.6g} by {self.method:.40}"]
        if self.n_scores:
            facts.append(f"chosen on {counted(self.n_scores, 'score')}")
        if not math.isnan(self.alert_rate):
            facts.append(f"alert rate {_percent(self.alert_rate)}")
        for name in ("precision", "recall"):
            value = self.metrics.get(name, math.nan)
            if not math.isnan(value):
                facts.append(f"{name} {value:.3f}")
        return f"<ThresholdPolicy: {', '.join(facts)}>"

    @property
    def alert_rate(self) -> float:
        """Expected share of alerts, as on the scores it was chosen on; NaN if not known."""
        return float(self.metrics.get("alert_rate", math.nan))

    @property
    def alert_rate_interval(self) -> tuple[float, float]:
        """The 95 % interval of `alert_rate` by the number of scores; (0, 1) if not known.

        Wilson's, with one alert less at its lower end, for the score on which a method put the
        threshold.
        """
        if math.isnan(self.alert_rate):
            return 0.0, 1.0
        n_flagged = round(self.alert_rate * self.n_scores)
        low, _ = wilson_interval(max(0, n_flagged - 1), self.n_scores)
        return low, wilson_interval(n_flagged, self.n_scores)[1]

    def apply(
        self, scores: ArrayLike, *, score: str | None = None, model_hash: str | None = None
    ) -> NDArray[np.bool_]:
        """Return which scores are flagged: bool (n,), ``scores >= threshold``.

        Parameters
        ----------
        scores
            Finite scores (n,) of the kind named in `score`.
        score, model_hash
            Which score these are and of which model, if known.

        Raises
        ------
        ValueError
            If they are of another score or model than the policy is for.
        """
        for name, given in (("score", score), ("model_hash", model_hash)):
            own = getattr(self, name)
            if given is not None and given != own:
                raise ValueError(
                    f"this policy is for {name} {own!r}; received scores of {given!r}. Choose a "
                    "threshold on such scores and save a policy of its own."
                )
        flagged: NDArray[np.bool_] = checks.scores("scores", scores) >= self.threshold
        return flagged

    def replay(
        self, scores: ArrayLike, *, score: str | None = None, model_hash: str | None = None
    ) -> Replay:
        """Return what the policy does to a later batch, and whether that has drifted.

        Arguments and errors are those of `apply`.
        """
        scores = checks.scores("scores", scores)
        n, flagged = len(scores), self.apply(scores, score=score, model_hash=model_hash)
        n_flagged = int(flagged.sum())
        low, high = wilson_interval(n_flagged, n)
        changed = None
        text = f"{n_flagged:,} of {counted(n, 'score')} flagged, {_percent(n_flagged / n)}"
        if not math.isnan(self.alert_rate):
            expected_low, expected_high = self.alert_rate_interval
            changed = low > expected_high or high < expected_low
            text += (
                f"; {_percent(self.alert_rate)} ({_percent(expected_low)} to "
                f"{_percent(expected_high)}) were expected"
            )
        ks = p_value = psi = math.nan
        shifted = False
        if self.reference:
            ks, p_value = ks_distance(self.reference, self.n_scores, scores)
            psi = population_stability(self.reference, scores)
            shifted = p_value < 0.01 and psi > 0.1
            sure = "have shifted" if shifted else "show no shift that matters"
            text += f". The scores {sure} (PSI {psi:.2f}, KS {ks:.3f}, p {p_value:.2g})"
        return Replay(
            n_scores=n,
            n_flagged=n_flagged,
            alert_rate=n_flagged / n,
            alert_rate_interval=(low, high),
            alert_rate_changed=changed,
            ks=ks,
            ks_p_value=p_value,
            psi=psi,
            drifted=bool(shifted or changed),
            verdict=text + ".",
        )

    def to_json(self) -> str:
        """Return the policy as JSON text, which `from_json` reads."""
        # JSON has no NaN.
        metrics = {name: None if _is_nan(value) else value for name, value in self.metrics.items()}
        content = {"schema": SCHEMA, **asdict(self), "metrics": metrics}
        return json.dumps(content, indent=2, allow_nan=False) + "\n"

    def save(self, path: str | os.PathLike[str]) -> pathlib.Path:
        """Write the policy as a ``.json`` file and return the path.

        The file appears whole or not at all: readers never meet half a policy.
        """
        target = pathlib.Path(path)
        with atomic_file(target, ".json") as file:
            file.write(self.to_json().encode())
        return target

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> "ThresholdPolicy":
        """Read a policy that `save` wrote; raise ``ValueError`` if the file holds none."""
        return cls.from_json(read_file(path), str(path))

    @classmethod
    def from_json(cls, text: str | bytes, source: str = "the text") -> "ThresholdPolicy":
        """Return the policy that `to_json` described, or raise a ``ValueError`` with `source`."""
        try:
            content = read_json(text, max_bytes=_MOST_BYTES, allow_nan=True)
        except ValueError as error:
            raise ValueError(f"{source} is not JSON: {error}.") from None
        try:
            return cls(**_fields(content))
        except (TypeError, ValueError) as error:
            raise ValueError(f"{source} is not a threshold policy: {error}") from None


def _fields(content: Any) -> dict[str, Any]:
    if not isinstance(content, dict):
        raise TypeError(f"expected a JSON object; received {type(content).__name__}.")
    schema = checks.positive_int("'schema'", content.get("schema"))
    if schema > SCHEMA:
        raise ValueError(
            f"it has schema {schema}; this version reads up to {SCHEMA}. Upgrade vae_widgets."
        )
    fields = {name: value for name, value in content.items() if name != "schema"}
    if schema < 2 and "percentile" in fields:
        percentile = fields.pop("percentile")
        fields["parameters"] = {} if percentile is None else {"percentile": percentile}
        fields = {"reference": (), "data_hash": "", "model_hash": "", "author": "", **fields}
    known = list(ThresholdPolicy.__dataclass_fields__)
    missing = [name for name in known if name not in fields]
    if missing:
        raise ValueError(f"it lacks {', '.join(missing)}.")
    checks.reject_unknown("it", fields, known)
    metrics = fields["metrics"]
    if isinstance(metrics, dict):
        fields["metrics"] = {k: math.nan if v is None else v for k, v in metrics.items()}
    return fields


def hash_data(scores: NDArray[np.floating], labels: NDArray[np.float64] | None) -> str:
    """Return the SHA-256 of scores (n,), and labels (n,) if any, as little-endian float64."""
    digest = hashlib.sha256(np.ascontiguousarray(scores, "<f8").data)
    if labels is not None:
        digest.update(np.ascontiguousarray(labels, "<f8").data)
    return digest.hexdigest()


def _reference(given: Any, n_scores: int) -> tuple[float, ...]:
    if not isinstance(given, list | tuple):
        raise TypeError(f"reference must be a tuple; received {type(given).__name__}.")
    if len(given) > MAX_QUANTILES:
        raise ValueError(f"reference has {len(given)} entries; expected up to {MAX_QUANTILES}.")
    numbers = tuple(checks.finite_number("reference", number) for number in given)
    if list(numbers) != sorted(numbers):
        raise ValueError("reference must be in ascending order.")
    if len(numbers) != min(n_scores, MAX_QUANTILES) and numbers:
        raise ValueError(
            f"reference has {len(numbers)} entries; expected {min(n_scores, MAX_QUANTILES)} for "
            f"{n_scores} scores, or none."
        )
    return numbers


def _percent(share: float) -> str:
    return f"{100 * share:.3g} %"


def _is_nan(value: Any) -> bool:
    return isinstance(value, float | np.floating) and math.isnan(value)


def _number(name: str, value: Any) -> float:
    number = checks.finite_number(name, value)
    return int(value) if isinstance(value, int | np.integer) else number
