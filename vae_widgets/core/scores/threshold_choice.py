"""How the threshold of some scores was chosen, and what a request makes of it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from vae_widgets.core import checks
from vae_widgets.core.scores.drift import reference_quantiles
from vae_widgets.core.scores.labelled_scores import LabelledScores
from vae_widgets.core.scores.policy import ThresholdPolicy, hash_data
from vae_widgets.core.thresholds import METHODS, Threshold, apply_method

MANUAL = "manual"
"""The name in place of a method if the threshold was set by hand."""


class Request(NamedTuple):
    """What was set: one of the three, or several together."""

    threshold: float
    method: str
    percentile: float


@dataclass(frozen=True)
class ThresholdChoice:
    """A threshold, and the parameters that each method had last. Immutable.

    `chosen` has the threshold with its method, parameters and explanation; `parameters` maps names
    of methods to the parameters they had last, always those of "percentile".
    """

    chosen: Threshold
    parameters: Mapping[str, Mapping[str, Any]]

    @property
    def state(self) -> Request:
        """The request for the current choice."""
        percentile = self.parameters["percentile"]["percentile"]
        return Request(self.chosen.threshold, self.chosen.method, float(percentile))

    def by_hand(self, threshold: float) -> "ThresholdChoice":
        """Set the threshold itself."""
        text = "Set by hand; arrow keys, Page Up and Page Down move it too."
        return ThresholdChoice(Threshold(threshold, MANUAL, {}, text, ""), self.parameters)

    def by_method(
        self, scores: LabelledScores, method: str, given: Mapping[str, Any] | None = None
    ) -> "ThresholdChoice":
        """Apply a method; parameters that are not given have the values they had last.

        Raises ``TypeError`` or ``ValueError`` if the method cannot choose by these.
        """
        check_method_or_manual(method)
        if method == MANUAL:
            raise ValueError("method='manual' chooses nothing; set threshold instead.")
        if METHODS[method].labels == "needed" and not scores.has_both_kinds:
            raise ValueError(
                f"method={method!r} needs labels with a normal and an anomalous sample; "
                "use a method without labels, such as 'percentile', or label samples with "
                "histogram.label(rows, labels)."
            )
        asked = {**self.parameters.get(method, {}), **(given or {})}
        labels = scores.curve() if METHODS[method].takes_curve else scores.labels
        chosen = apply_method(scores.scores, labels, method, asked)
        return ThresholdChoice(chosen, {**self.parameters, method: chosen.parameters})

    def policy(self, scores: LabelledScores, **texts: str) -> ThresholdPolicy:
        """Return what is chosen as a policy, with its fields of text, such as `author`."""
        chosen = self.chosen
        return ThresholdPolicy(
            threshold=chosen.threshold,
            method=chosen.method,
            metrics=scores.metrics(chosen.threshold),
            parameters=chosen.parameters,
            n_scores=len(scores),
            n_labelled=scores.n_labelled,
            reference=reference_quantiles(scores.scores),
            data_hash=hash_data(scores.scores, scores.labels),
            **texts,
        )

    def after(self, scores: LabelledScores, name: str, request: Request) -> "ThresholdChoice":
        """Return what setting `name` leads to, where the others are as in `request`."""
        return TRANSITIONS[name](self, scores, request)


Transition = Callable[[ThresholdChoice, LabelledScores, Request], ThresholdChoice]


def _set_method(now: ThresholdChoice, scores: LabelledScores, asked: Request) -> ThresholdChoice:
    if asked.method == MANUAL:
        return now.by_hand(asked.threshold)
    if asked.method == "percentile":  # which may be set together with its method
        return _set_percentile(now, scores, asked)
    return now.by_method(scores, asked.method)


def _set_percentile(
    now: ThresholdChoice, scores: LabelledScores, asked: Request
) -> ThresholdChoice:
    return now.by_method(scores, "percentile", {"percentile": asked.percentile})


TRANSITIONS: Mapping[str, Transition] = {
    "threshold": lambda now, scores, asked: now.by_hand(asked.threshold),
    "method": _set_method,
    "percentile": _set_percentile,
}
"""What happens when something is set, by its name."""


def first_choice(
    scores: LabelledScores,
    threshold: float | None,
    method: str | None,
    parameters: Mapping[str, Any] | None,
    percentile: float,
) -> ThresholdChoice:
    """Return the choice that the arguments of an `AnomalyHistogram` ask for, or raise."""
    percentile = check_percentile(percentile)
    nothing = Threshold(0.0, MANUAL, {}, "", "")
    start = ThresholdChoice(nothing, {"percentile": {"percentile": percentile}})
    if threshold is None:
        if method == MANUAL:
            raise ValueError("method='manual' needs threshold, a number.")
        best = "f1" if scores.has_both_kinds else "percentile"
        return start.by_method(scores, best if method is None else method, parameters)
    threshold = checks.finite_number("threshold", threshold)
    if method not in (None, MANUAL):
        raise ValueError(
            f"threshold={threshold:g} and method={method!r} were both given; expected one."
        )
    if parameters:
        raise ValueError("threshold and parameters were both given; expected one.")
    return start.by_hand(threshold)


def check_method_or_manual(method: Any) -> str:
    """Return the name of a method, or "manual"."""
    METHODS.find("method", method)  # says why the method of another package cannot be used
    return checks.one_of("method", method, [MANUAL, *METHODS])


def check_percentile(percentile: Any) -> float:
    """Return a percentile as a float in [0, 100]."""
    return checks.number_between("percentile", percentile, 0, 100)
