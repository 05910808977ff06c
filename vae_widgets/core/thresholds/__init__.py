"""Choose a threshold, and say what it does. A sample is flagged when score >= threshold."""

from vae_widgets.core.thresholds.conformal import conformal_p_values, conformal_threshold
from vae_widgets.core.thresholds.gesd import gesd_threshold
from vae_widgets.core.thresholds.labelled import (
    cost_threshold,
    f1_threshold,
    f_beta_threshold,
    precision_at_recall_threshold,
    recall_at_precision_threshold,
)
from vae_widgets.core.thresholds.measure import threshold_metrics
from vae_widgets.core.thresholds.methods import (
    METHODS,
    apply_method,
    check_labels,
    check_method,
    choose_threshold,
)
from vae_widgets.core.thresholds.mixture import mixture_threshold
from vae_widgets.core.thresholds.peaks_over_threshold import peaks_over_threshold
from vae_widgets.core.thresholds.percentile import percentile_threshold, top_k_threshold
from vae_widgets.core.thresholds.pythresh import pythresh_gesd_threshold, pythresh_mad_threshold
from vae_widgets.core.thresholds.segments import SegmentThresholds, segment_thresholds
from vae_widgets.core.thresholds.spread import iqr_threshold, mad_threshold, z_score_threshold
from vae_widgets.core.thresholds.threshold import Threshold, above

__all__ = [
    "METHODS",
    "SegmentThresholds",
    "Threshold",
    "above",
    "apply_method",
    "check_labels",
    "check_method",
    "choose_threshold",
    "conformal_p_values",
    "conformal_threshold",
    "cost_threshold",
    "f1_threshold",
    "f_beta_threshold",
    "gesd_threshold",
    "iqr_threshold",
    "mad_threshold",
    "mixture_threshold",
    "peaks_over_threshold",
    "percentile_threshold",
    "precision_at_recall_threshold",
    "pythresh_gesd_threshold",
    "pythresh_mad_threshold",
    "recall_at_precision_threshold",
    "segment_thresholds",
    "threshold_metrics",
    "top_k_threshold",
    "z_score_threshold",
]
