"""A threshold that can be saved, defended and applied elsewhere, with numpy alone."""

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
from vae_widgets.core.atomic_file import atomic_file

SCHEMA = 1


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


@dataclass(frozen=True)
class ThresholdPolicy:
    """A threshold and what defends it.

    Parameters
    ----------
    threshold
        Samples with a score of at least this are flagged.
    method
        How it was chosen: "manual", "percentile", "f1".
    score
        Which score it cuts, such as "elbo"; a threshold means nothing for another score.
    metrics
        What it did to the scores it was chosen on, such as ``alert_rate`` and ``precision``; NaN
        where undefined.
    percentile
        The percentile that was asked for, where that was the method; else None.
    n_scores, n_labelled
        How many scores, and labels among them, it was chosen on.
    created
        Date and time, ISO 8601; the present in UTC by default.
    note
        Anything to remember.

    Raises
    ------
    TypeError, ValueError
        If a field has the wrong type or the threshold is not finite.
    """

    threshold: float
    method: str = "manual"
    score: str = "score"
    metrics: Mapping[str, float] = field(default_factory=dict)
    percentile: float | None = None
    n_scores: int = 0
    n_labelled: int = 0
    created: str = field(default_factory=_now)
    note: str = ""

    def __post_init__(self) -> None:
        set_field = object.__setattr__  # the only way in a frozen dataclass
        set_field(self, "threshold", checks.finite_number("threshold", self.threshold))
        for name in ("method", "score", "created", "note"):
            if not isinstance(getattr(self, name), str):
                raise TypeError(f"{name} must be a str; received {getattr(self, name)!r}.")
        try:
            datetime.fromisoformat(self.created)
        except ValueError:
            raise ValueError(
                f"created must be an ISO 8601 date, such as {_now()!r}; received {self.created!r}."
            ) from None
        if self.percentile is not None:
            percentile = checks.number_between("percentile", self.percentile, 0, 100)
            set_field(self, "percentile", percentile)
        for name in ("n_scores", "n_labelled"):
            set_field(self, name, checks.positive_int(name, getattr(self, name), minimum=0))
        if not isinstance(self.metrics, Mapping):
            raise TypeError(f"metrics must be a mapping; received {self.metrics!r}.")
        metrics = {
            str(name): value if _is_nan(value) else _number(f"metrics[{name!r}]", value)
            for name, value in self.metrics.items()
        }
        set_field(self, "metrics", metrics)

    def apply(self, scores: ArrayLike) -> NDArray[np.bool_]:
        """Return which scores are flagged: bool (n,), ``scores >= threshold``.

        Parameters
        ----------
        scores
            Finite scores (n,) of the kind named in `score`.
        """
        flagged: NDArray[np.bool_] = checks.scores("scores", scores) >= self.threshold
        return flagged

    def to_json(self) -> str:
        """Return the policy as JSON text, which `from_json` reads."""
        # JSON has no NaN.
        metrics = {name: None if _is_nan(value) else value for name, value in self.metrics.items()}
        content = {"schema": SCHEMA, **asdict(self), "metrics": metrics}
        return json.dumps(content, indent=2, allow_nan=False) + "\n"

    def save(self, path: str | os.PathLike[str]) -> pathlib.Path:
        """Write the policy as JSON and return the path.

        The file appears whole or not at all: readers never meet half a policy.
        """
        target = pathlib.Path(path)
        with atomic_file(target) as file:
            file.write(self.to_json().encode())
        return target

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> "ThresholdPolicy":
        """Read a policy that `save` wrote.

        Raises
        ------
        ValueError
            If the file is no policy: not JSON, a key is missing, unknown or of the wrong type, or
            the file comes from a newer version. The message names the file.
        """
        return cls.from_json(pathlib.Path(path).read_bytes(), str(path))

    @classmethod
    def from_json(cls, text: str | bytes, source: str = "the text") -> "ThresholdPolicy":
        """Return the policy that `to_json` described; `source` names it in messages.

        Raises
        ------
        ValueError
            As for `load`.
        """
        try:
            content = json.loads(text)
        except (ValueError, RecursionError) as error:
            raise ValueError(f"{source} is not JSON: {error}.") from None
        try:
            return cls(**_fields(content))
        except (TypeError, ValueError) as error:
            raise ValueError(f"{source} is not a threshold policy: {error}") from None


def _fields(content: Any) -> dict[str, Any]:
    """Return the fields of a policy from what its JSON file holds."""
    if not isinstance(content, dict):
        raise TypeError(f"expected a JSON object; received {type(content).__name__}.")
    schema = content.get("schema")
    if not isinstance(schema, int) or isinstance(schema, bool):
        raise ValueError(f"'schema' must be a whole number; received {schema!r}.")
    if schema > SCHEMA:
        raise ValueError(
            f"it has schema {schema}; this version reads up to {SCHEMA}. Upgrade vae_widgets."
        )
    fields = {name: value for name, value in content.items() if name != "schema"}
    known = list(ThresholdPolicy.__dataclass_fields__)
    missing = [name for name in known if name not in fields]
    if missing:
        raise ValueError(f"it lacks {', '.join(missing)}.")
    checks.reject_unknown("it", fields, known)
    metrics = fields["metrics"]
    if isinstance(metrics, dict):
        fields["metrics"] = {k: math.nan if v is None else v for k, v in metrics.items()}
    return fields


def _is_nan(value: Any) -> bool:
    return isinstance(value, float | np.floating) and math.isnan(value)


def _number(name: str, value: Any) -> float:
    """Return a finite number; a count stays an int."""
    number = checks.finite_number(name, value)
    return int(value) if isinstance(value, int | np.integer) else number
