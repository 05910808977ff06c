"""Confidence intervals of a share that was counted on few samples."""

import math
from statistics import NormalDist


def wilson_interval(part: float, of: float, confidence: float = 0.95) -> tuple[float, float]:
    """Return the score interval of a share (Wilson, JASA 22, 1927); (0, 1) where `of` is 0.

    A weighted share has an effective number of samples.
    """
    if not of:
        return 0.0, 1.0
    z = NormalDist().inv_cdf((1 + confidence) / 2)
    return wilson_bound(part, of, z), wilson_bound(part, of, -z)


def wilson_bound(part: float, of: float, z: float) -> float:
    """Return the share p for which `part` of `of` samples deviate by `z` standard deviations.

    It solves ``part - of * p = z * sqrt(of * p * (1 - p))``, Wilson's equation: a lower bound for a
    positive `z`, an upper one for a negative `z`.

    """
    # Exactly, where rounding would leave a little.
    if (part == 0 and z > 0) or (part == of and z < 0):
        return part / of
    share = part / of
    centre = (share + z**2 / (2 * of)) / (1 + z**2 / of)
    reach = z / (1 + z**2 / of) * math.sqrt(share * (1 - share) / of + z**2 / (4 * of**2))
    return min(1.0, max(0.0, centre - reach))


def kolmogorov_p_value(distance: float, n: float) -> float:
    """Return the chance of a Kolmogorov-Smirnov distance of at least this in `n` samples.

    Kolmogorov's limit with the correction of Stephens (JRSS B 32, 1970); for two samples
    ``n = n1 * n2 / (n1 + n2)``.
    """
    from scipy.special import kolmogorov

    return float(kolmogorov((math.sqrt(n) + 0.12 + 0.11 / math.sqrt(n)) * distance))
