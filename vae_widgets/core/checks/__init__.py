"""Check what the user passed before any work is done.

Every message says which argument is wrong, what was expected, what was received and what to do.
"""

from vae_widgets.core.checks.arrays import (
    any_array,
    as_array,
    float_array,
    refuse_masked,
    refuse_strings,
    samples,
    tokens,
    unmasked,
)
from vae_widgets.core.checks.names import (
    one_of,
    reject_unknown,
    reject_unknown_attribute,
    suggest_keywords,
)
from vae_widgets.core.checks.numbers import (
    MAX_TILE_SIDE,
    finite_number,
    int_up_to,
    number_between,
    open_share,
    positive_int,
    tile_side,
    whole_number,
)
from vae_widgets.core.checks.per_sample import anomaly_labels, labels, scores, weights
from vae_widgets.core.missing import is_missing

__all__ = [
    "MAX_TILE_SIDE",
    "anomaly_labels",
    "any_array",
    "as_array",
    "finite_number",
    "float_array",
    "int_up_to",
    "is_missing",
    "labels",
    "number_between",
    "one_of",
    "open_share",
    "positive_int",
    "refuse_masked",
    "refuse_strings",
    "reject_unknown",
    "reject_unknown_attribute",
    "samples",
    "scores",
    "suggest_keywords",
    "tile_side",
    "tokens",
    "unmasked",
    "weights",
    "whole_number",
]
