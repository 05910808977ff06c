"""Where samples differ from their reconstructions more than normal samples do."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from vae_widgets.core import checks
from vae_widgets.core.image_shapes import is_image

_ROUNDING = 1e-9
"""Deviations below this share of the largest are rounding: such a place never varies."""


@checks.suggest_keywords
def residual_maps(
    residuals: ArrayLike, normal: ArrayLike, *, smooth: float = 0.0
) -> NDArray[np.float64]:
    """Return residuals in deviations of those of normal samples at the same place.

    Some places, such as edges, are reconstructed badly in every sample. A map shows where a sample
    is unlike normal ones: (s(r) - mean of s(r')) / standard deviation of s(r'), where r is its
    residual, r' are those of normal samples, and s smooths. The mean square of a map is an anomaly
    score that counts each place alike.

    Parameters
    ----------
    residuals
        Samples minus reconstructions: images (n, height, width[, channels]) or signals (n, time[,
        channels]).
    normal
        Those of at least two normal samples (m, ...). Best take samples that were not trained on.
    smooth
        Standard deviation of the Gaussian that smooths along time, or along height and width, in
        elements; at the borders the last value goes on. 0 does not smooth.

    Returns
    -------
    (n, ...), with the sign of the residuals; 0 where the normal ones are all alike.

    Raises
    ------
    TypeError, ValueError
        If an argument is not as above.

    Examples
    --------
    >>> normal = [[0.0, 1.0], [0.0, -1.0]]
    >>> vw.residual_maps([[0.0, 3.0]], normal)
    array([[0., 3.]])
    """
    smooth = checks.number_between("smooth", smooth, low=0)
    like = checks.float_array("normal", normal, np.float64)
    if like.ndim < 2 or len(like) < 2:
        raise ValueError(
            f"normal has shape {like.shape}; expected the residuals (m, ...) of at least two "
            "samples."
        )
    checks.samples("normal", like, like.shape[1:], dtype=np.float64)
    maps = checks.samples("residuals", residuals, like.shape[1:], dtype=np.float64)
    if smooth > 0:
        like, maps = _smoothed(like, smooth), _smoothed(maps, smooth)
    deviation = like.std(axis=0)
    varies = deviation > _ROUNDING * deviation.max()
    found: NDArray[np.float64] = np.where(
        varies, (maps - like.mean(axis=0)) / np.where(varies, deviation, 1.0), 0.0
    )
    return found


def _smoothed(x: NDArray[np.float64], smooth: float) -> NDArray[np.float64]:
    from scipy.ndimage import gaussian_filter  # most users never need it

    axes = (1, 2) if is_image(x.shape[1:]) else (1,)
    smoothed: NDArray[np.float64] = gaussian_filter(x, smooth, mode="nearest", axes=axes)
    return smoothed
