"""What encoders and decoders of other libraries return: tensors, tuples, dicts, distributions."""

from collections.abc import Mapping
from typing import Any

MEANS = ("z_mean", "embedding", "mean", "mu", "loc")
"""Names of the mean of q(z | x); "embedding" is that of pythae."""
LOG_VARS = ("z_log_var", "log_covariance", "log_var", "logvar", "log_variance")
SAMPLES = ("x_mean", "reconstruction", "recon_x", "x_hat", "mean", "mu", "loc")
"""Names of the mean of p(x | z); "reconstruction" is that of pythae."""

_FORMS = "a tensor, (mean, log_var), a distribution, or a dict with such tensors"


def code_of(output: Any) -> tuple[Any, Any]:
    """Return mean and log-variance of q(z | x) from what an encoder returns; None for no variance.

    Raises ``TypeError`` for anything else than a tensor, (mean, log_var), a dict or a distribution.
    """
    if isinstance(output, Mapping):
        mean = _named("encoder(x)", output, MEANS)
        return mean, next((output[name] for name in LOG_VARS if name in output), None)
    if _is_distribution(output):
        return output.mean, output.variance.log()
    if isinstance(output, tuple | list):
        if len(output) not in (1, 2):
            raise TypeError(
                f"encoder(x) gives {len(output)} values; expected {_FORMS}. Pass a function that "
                "returns the mean and the log-variance alone."
            )
        return output[0], output[1] if len(output) == 2 else None
    return _tensor("encoder(x)", output), None


def sample_of(output: Any) -> Any:
    """Return the mean of p(x | z) from what a decoder returns."""
    if isinstance(output, Mapping):
        return _named("decoder(z)", output, SAMPLES)
    if _is_distribution(output):
        return output.mean
    if isinstance(output, tuple | list) and len(output):
        return _tensor("decoder(z)", output[0])
    return _tensor("decoder(z)", output)


def pick(names: list[str], known: tuple[str, ...]) -> str | None:
    """Return the first of the known names that is among `names`, or None."""
    return next((name for name in known if name in names), None)


def _named(what: str, output: Mapping[str, Any], known: tuple[str, ...]) -> Any:
    name = pick(list(output), known)
    if name is None:
        raise TypeError(
            f"{what} gives a dict with {', '.join(map(repr, output)) or 'nothing'}; expected one "
            f"of the keys {', '.join(map(repr, known))}. Pass a function that returns the tensor."
        )
    return output[name]


def _tensor(what: str, output: Any) -> Any:
    if not hasattr(output, "shape"):
        raise TypeError(f"{what} gives {type(output).__name__}; expected {_FORMS}.")
    return output


def _is_distribution(output: Any) -> bool:
    # `mean` of a tensor is a method.
    return hasattr(output, "log_prob") and hasattr(output, "variance")
