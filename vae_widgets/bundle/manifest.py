"""What the manifest of a bundle says about its model, with every type checked."""

import math
from dataclasses import dataclass
from typing import Any

from vae_widgets.bundle.archive import MANIFEST
from vae_widgets.bundle.errors import BundleError

_MOST_NUMBERS = 2**26  # of a sample; 256 MiB
_MOST_LABELS = 2**20


@dataclass(frozen=True)
class ModelFacts:
    """What a codec must know about the model in a bundle.

    `bounds` are those of samples, None for any; `n_classes` is the number of tokens, `n_labels`
    that of the labels of a conditional model, else None.
    """

    latent_dim: int
    sample_shape: tuple[int, ...]
    likelihood: str
    bounds: tuple[float, float] | None = None
    n_classes: int | None = None
    n_labels: int | None = None
    variational: bool = True

    @property
    def encoder_inputs(self) -> dict[str, tuple[int, ...]]:
        """Shape of one row of each input of the encoder, by name; labels are one-hot."""
        return {"x": self.sample_shape, **self._label_input}

    @property
    def decoder_inputs(self) -> dict[str, tuple[int, ...]]:
        """Shape of one row of each input of the decoder, by name; labels are one-hot."""
        return {"z": (self.latent_dim,), **self._label_input}

    @property
    def _label_input(self) -> dict[str, tuple[int, ...]]:
        return {} if self.n_labels is None else {"y": (self.n_labels,)}

    def to_manifest(self) -> dict[str, Any]:
        """Return the manifest's entries for these facts."""
        return {
            "latent_dim": self.latent_dim,
            "sample_shape": list(self.sample_shape),
            "likelihood": {
                "name": self.likelihood,
                # JSON has no infinity: an open side is null.
                "bounds": self.bounds and [x if math.isfinite(x) else None for x in self.bounds],
                "n_classes": self.n_classes,
            },
            "n_labels": self.n_labels,
            "variational": self.variational,
        }

    @classmethod
    def from_manifest(cls, manifest: dict[str, Any], where: str) -> "ModelFacts":
        """Read what `to_manifest` wrote; raise ``BundleError`` for a missing or wrong entry."""

        def need(good: bool, name: str, expected: str, received: Any) -> None:
            if not good:
                raise BundleError(
                    f"{where}: part {MANIFEST!r}: {name} must be {expected}; received "
                    f"{received!r:.200}."
                )

        latent_dim: Any = manifest.get("latent_dim")
        shape: Any = manifest.get("sample_shape")
        likelihood: Any = manifest.get("likelihood")
        need(_is_count(latent_dim), "'latent_dim'", "a whole number of at least 1", latent_dim)
        need(
            isinstance(shape, list) and len(shape) in range(1, 9) and all(map(_is_count, shape)),
            "'sample_shape'",
            "a list of one to eight whole numbers of at least 1",
            shape,
        )
        need(
            math.prod(shape) <= _MOST_NUMBERS,
            "'sample_shape'",
            f"that of a sample of at most {_MOST_NUMBERS:,} numbers",
            shape,
        )
        need(isinstance(likelihood, dict), "'likelihood'", "an object", likelihood)
        name, bounds = likelihood.get("name"), likelihood.get("bounds")
        need(isinstance(name, str), "likelihood['name']", "text", name)
        need(
            bounds is None
            or (isinstance(bounds, list) and len(bounds) == 2 and all(map(_is_bound, bounds))),
            "likelihood['bounds']",
            "null or two, each a number or null",
            bounds,
        )
        n_classes, n_labels = likelihood.get("n_classes"), manifest.get("n_labels")
        for key, count in (("likelihood['n_classes']", n_classes), ("'n_labels'", n_labels)):
            good = count is None or (_is_count(count) and count <= _MOST_LABELS)
            need(good, key, f"null or a whole number up to {_MOST_LABELS:,}", count)
        variational: Any = manifest.get("variational")
        need(isinstance(variational, bool), "'variational'", "true or false", variational)
        return cls(
            latent_dim=latent_dim,
            sample_shape=tuple(shape),
            likelihood=name,
            bounds=None if bounds is None else _with_open_sides(*bounds),
            n_classes=n_classes,
            n_labels=n_labels,
            variational=variational,
        )


def _is_count(value: Any) -> bool:
    return type(value) is int and 1 <= value <= _MOST_NUMBERS


def _is_bound(value: Any) -> bool:
    return value is None or (type(value) in (int, float) and math.isfinite(value))


def _with_open_sides(low: float | None, high: float | None) -> tuple[float, float]:
    return (-math.inf if low is None else float(low), math.inf if high is None else float(high))
