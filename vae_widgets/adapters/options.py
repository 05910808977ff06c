"""Checks of the arguments that the adapters share."""

from typing import Any

from numpy.typing import NDArray

from vae_widgets.core import checks
from vae_widgets.core.scores.reconstruction import LIKELIHOODS


def check_options(likelihood: Any, bounds: Any) -> tuple[str | None, tuple[float, float] | None]:
    """Return the likelihood and the bounds of samples, with those of the likelihood for None."""
    if likelihood is not None:
        likelihood = checks.one_of("likelihood", likelihood, LIKELIHOODS)
    if bounds is None:
        return likelihood, (0.0, 1.0) if likelihood == "bernoulli" else None
    try:
        low, high = (checks.finite_number("bounds", bound) for bound in bounds)
    except (TypeError, ValueError):
        raise TypeError(
            f"bounds must be the lowest and the highest value, such as (0, 1); received "
            f"{bounds!r:.80}."
        ) from None
    if low >= high:
        raise ValueError(
            f"bounds must be (low, high) with low < high; received ({low:g}, {high:g})."
        )
    if likelihood == "bernoulli" and (low < 0 or high > 1):
        raise ValueError(
            f"bounds are ({low:g}, {high:g}); the bernoulli likelihood needs values in [0, 1]. "
            "Scale the samples, or pass likelihood='gaussian'."
        )
    return likelihood, (low, high)


def check_shape(sample_shape: Any) -> tuple[int, ...]:
    """Return the shape of one sample as a tuple of positive whole numbers."""
    if isinstance(sample_shape, str) or not hasattr(sample_shape, "__iter__"):
        raise TypeError(
            f"sample_shape must be the shape of one sample, such as (28, 28); received "
            f"{sample_shape!r:.80}."
        )
    shape = tuple(checks.positive_int("each side of sample_shape", side) for side in sample_shape)
    if not shape:
        raise ValueError("sample_shape is empty; expected at least one side, such as (28, 28).")
    return shape


def model_shape(sample_shape: tuple[int, ...], channels_first: bool) -> tuple[int, ...]:
    """Return the shape in which a model takes samples: (h, w[, channels]) with channels first."""
    if not channels_first:
        return sample_shape
    if len(sample_shape) not in (2, 3):
        raise ValueError(
            f"channels_first is True for sample_shape {sample_shape}; expected (h, w) or "
            "(h, w, channels). Leave it out for samples that are not images."
        )
    height, width, *channels = sample_shape
    return (*(channels or [1]), height, width)


def check_probabilities(x: NDArray[Any]) -> None:
    """Raise ``ValueError`` for decoded samples that are no probabilities."""
    low, high = float(x.min()), float(x.max())
    if low < 0 or high > 1:
        raise ValueError(
            f"decoder(z) spans [{low:.3g}, {high:.3g}]; likelihood='bernoulli' needs probabilities "
            "in [0, 1]. End the decoder with a sigmoid, in PyTorch torch.nn.Sigmoid()."
        )
