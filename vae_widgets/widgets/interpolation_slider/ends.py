"""The samples among which a page chooses the ends of a path."""

from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from vae_widgets.widgets.base.messages import Refused


class EndSource(Protocol):
    """Samples by their number, and perhaps a picked point: each an end for a slider."""

    can_pick: bool
    """Whether there is a scatter in which points are picked."""

    @property
    def n_samples(self) -> int:
        """Number of samples."""

    @property
    def picked_end(self) -> NDArray[np.float32] | None:
        """The point that is picked; None if nothing is."""

    def end_at(self, index: int) -> NDArray[np.float32]:
        """Return a sample, or its latent vector."""


class LatentRows:
    """The latent vectors (n, latent_dim) of a slider that is linked to no scatter."""

    can_pick = False
    picked_end = None

    def __init__(self, latents: NDArray[np.float32]) -> None:
        self._latents = latents

    @property
    def n_samples(self) -> int:
        """Number of latent vectors."""
        return len(self._latents)

    def end_at(self, index: int) -> NDArray[np.float32]:
        """Return a latent vector (latent_dim,)."""
        latent: NDArray[np.float32] = self._latents[index]
        return latent


def latent_rows(latents: NDArray[np.float32] | None) -> EndSource | None:
    """Return latent vectors (n, latent_dim) as samples; None if there are none."""
    return None if latents is None else LatentRows(latents)


def chosen_end(source: EndSource | None, which: str, sample: int | None) -> NDArray[np.float32]:
    """Return the sample of a number, or the picked point for None; raise `Refused` if neither."""
    if source is None:
        raise Refused("the slider has no samples to choose from: link it to a LatentScatter.")
    if sample is None:
        if source.picked_end is None:
            raise Refused("no point is picked in the linked scatter: click one first.")
        return source.picked_end
    if sample >= source.n_samples:
        raise Refused(
            f"{which} must be a sample from 0 to {source.n_samples - 1}; received {sample}."
        )
    return source.end_at(sample)


def ends_to_json(source: EndSource | None, rows: dict[str, int | None]) -> dict[str, Any]:
    """Return what the page shows: how many samples there are, and the numbers of both ends."""
    if source is None:
        return {"samples": 0, "picked": None, **rows}
    # None where no point can be picked.
    picked = source.picked_end is not None if source.can_pick else None
    return {"samples": source.n_samples, "picked": picked, **rows}
