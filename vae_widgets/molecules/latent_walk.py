"""A search in latent space for samples with a high score, such as molecules with a high QED."""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from vae_widgets.core import checks


class Walk(NamedTuple):
    """Where a search was after each step, the start included.

    Attributes
    ----------
    z
        Codes (n_steps + 1, n, latent_dim).
    scores
        Scores of what they decode to, (n_steps + 1, n). They never fall.
    """

    z: NDArray[np.float32]
    scores: NDArray[np.float64]

    @property
    def budget(self) -> int:
        """Number of codes that were decoded and scored."""
        return int(self.scores.size)


@checks.suggest_keywords
def walk(
    decode: Callable[[NDArray[np.float32]], Any],
    score: Callable[[Any], ArrayLike],
    start: ArrayLike,
    *,
    n_steps: int = 20,
    step: float = 0.3,
    seed: int = 0,
) -> Walk:
    """Climb in latent space from several codes at once, by the scores of what is decoded.

    Each step draws sqrt(1 - step^2) z + step e with e ~ N(0, I) for each code, which does not leave
    the prior N(0, I), decodes it, and goes there if its score is higher. No property is predicted
    from a code: scores are those of real samples.

    Parameters
    ----------
    decode
        From codes (n, latent_dim) to samples, such as ``codec.decode``.
    score
        From samples to numbers (n,); NaN is lower than all others.
    start
        Codes (n, latent_dim).
    n_steps
        Steps of each code.
    step
        Length of a step in deviations of the prior, above 0 and at most 1, where it is random
        search.
    seed
        Seed of the draws.

    Examples
    --------
    >>> from vae_widgets import molecules
    >>> found = molecules.walk(lambda z: z, lambda x: -(x**2).sum(axis=1), np.ones((4, 2)))
    >>> bool((found.scores[-1] > found.scores[0]).all()), found.budget
    (True, 84)
    """
    n_steps = checks.positive_int("n_steps", n_steps)
    step = checks.number_between("step", step, 0, 1, open_low=True)
    z = checks.float_array("start", start, np.float32).copy()
    if z.ndim != 2:
        raise ValueError(f"start has shape {z.shape}; expected codes (n, latent_dim).")
    rng = np.random.default_rng(seed)
    scores = _scores(decode, score, z)
    codes, known = [z.copy()], [scores.copy()]
    for _ in range(n_steps):
        noise = rng.standard_normal(z.shape, dtype=np.float32)
        tried = np.float32(np.sqrt(1 - step**2)) * z + np.float32(step) * noise
        new = _scores(decode, score, tried)
        better = new > scores
        z[better], scores[better] = tried[better], new[better]
        codes.append(z.copy())
        known.append(scores.copy())
    return Walk(np.stack(codes), np.stack(known))


def _scores(decode: Any, score: Any, z: NDArray[np.float32]) -> NDArray[np.float64]:
    scores = np.asarray(score(decode(z)), np.float64)
    if scores.shape != (len(z),):
        raise ValueError(f"score gives shape {scores.shape} for {len(z)} samples; expected (n,).")
    return np.where(np.isnan(scores), -np.inf, scores)
