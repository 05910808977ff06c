"""Signs that a training run goes wrong, as functions of its history."""

from typing import NamedTuple

import numpy as np

from vae_widgets.core.training.history import VALIDATION, TrainingHistory
from vae_widgets.core.training.series import FloatArray

# A dimension whose KL is below this carries next to nothing.
_COLLAPSED = 0.02  # nats
_COLLAPSE_EPOCHS = 3
_OVERFITTING_EPOCHS = 5
# With four, one in seventy long runs of mere noise raised the alarm; with six, one in 10,000.
_SCATTERS = 6


class Alarm(NamedTuple):
    """What is wrong, why that is so, and what helps."""

    kind: str
    """"diverged", "collapse" or "overfitting"."""
    explanation: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.explanation} {self.remedy}"


def alarms(history: TrainingHistory) -> list[Alarm]:
    """Return the alarms of a run as it is now, the worst first."""
    found = [diverged(history), collapse(history), overfitting(history)]
    return [alarm for alarm in found if alarm is not None]


def diverged(history: TrainingHistory) -> Alarm | None:
    """Say whether a metric became NaN or infinite, or the loss runs away.

    It runs away if its last three values lie above its first by three times as much as it ever
    fell, and at least by its own size. The ELBO must run away, too, because a rising beta lifts the
    loss.
    """
    remedy = "Lower the learning rate" + _now(history, "learning_rate")
    bad = history.warnings
    if bad:
        return Alarm(
            "diverged",
            f"{'; '.join(bad)}: the numbers have grown beyond what floats can hold.",
            f"{remedy}, check the data for NaN, or clip gradients (clipnorm=1).",
        )
    loss, elbo = _course(history, "loss"), _course(history, "elbo")
    if _runs_away(loss) and (not len(elbo) or _runs_away(-elbo)):
        first = loss[0]
        return Alarm(
            "diverged",
            f"The loss runs away: it began at {first:.4g} and is at {loss[-1]:.4g}.",
            f"{remedy}, or clip gradients (clipnorm=1), and start again.",
        )
    return None


def collapse(history: TrainingHistory) -> Alarm | None:
    """Say whether the posterior has collapsed: no latent dimension carries information.

    The KL of every dimension (or their sum) has been below 0.02 nats for three epochs, and beta no
    longer rises.
    """
    done = history.epochs_done
    if done <= _COLLAPSE_EPOCHS or _rises(history, "beta"):
        return None
    _, total = history.epochs("kl_loss")
    recent = total[-_COLLAPSE_EPOCHS:]
    _, per_dimension = history.kl_per_dimension()
    dimensions = per_dimension.shape[1] if len(per_dimension) else 1
    if len(recent) < _COLLAPSE_EPOCHS or not (recent < _COLLAPSED * dimensions).all():
        return None
    if len(per_dimension) and not (per_dimension[-1] < _COLLAPSED).all():
        return None
    if recent[-1] > 1.5 * recent[0]:
        return None  # on its way up
    where = f" in all {dimensions} latent dimensions" if len(per_dimension) else ""
    return Alarm(
        "collapse",
        f"Posterior collapse: the KL is {recent[-1]:.2g} nats{where}, so the code says nothing "
        "about the sample and every reconstruction is the same.",
        f"Lower beta{_now(history, 'beta')}, raise it slowly from 0 (a warm-up), or grant each "
        "dimension free bits.",
    )


def overfitting(history: TrainingHistory) -> Alarm | None:
    """Say whether the validation loss rises while the training loss still falls.

    Its best value is at least five epochs (and a fifth of the run) old, and the rise since, between
    medians of three values, is at least 2 % of all that was gained and six times its scatter.
    """
    x, validation = history.epochs(VALIDATION + "loss")
    ends, training = history.epochs("loss")
    _, elbo = history.epochs("elbo")
    if len(elbo) == len(training):
        training = -elbo  # does not move with beta
    if len(x) <= _OVERFITTING_EPOCHS or not np.isfinite(validation).all():
        return None
    best = int(validation.argmin())
    age = x[-1] - x[best]
    if age < max(_OVERFITTING_EPOCHS, 0.2 * x[-1]):
        return None
    around_best = validation[max(0, best - 1) : best + 2]
    rise = float(np.median(validation[-3:]) - np.median(around_best))
    gained = max(validation[0] - validation[best], 1e-12)
    if rise < max(0.02 * gained, _SCATTERS * _scatter(validation)):
        return None
    then, now = np.interp([x[best], x[-1]], ends, training)
    if not now < then:
        return None
    return Alarm(
        "overfitting",
        f"Overfitting: the validation loss was best at epoch {x[best]:g} ({validation[best]:.4g}) "
        f"and is {validation[-1]:.4g} now, while the training loss still falls.",
        "Stop here and keep the best epoch, use more data, or a smaller network.",
    )


def _course(history: TrainingHistory, name: str) -> FloatArray:
    _, values = history.steps(name)
    return values if len(values) >= 4 else history.epochs(name)[1]


def _runs_away(loss: FloatArray) -> bool:
    if len(loss) < 4:
        return False
    first = loss[0]
    margin = max(3 * (first - loss.min()), abs(first), 1e-3)
    return bool((loss[-3:] > first + margin).all())


def _scatter(values: FloatArray) -> float:
    second = np.diff(values, 2)
    # Second differences of independent noise have six times its variance; 1.48 MAD is robust.
    return float(1.48 * np.median(np.abs(second)) / np.sqrt(6)) if len(second) else 0.0


def _rises(history: TrainingHistory, name: str) -> bool:
    steps, values = history.setting(name)
    if len(values) < 2:
        return False
    at = history.epoch_of(steps)
    recent = values[at >= history.epochs_done - _COLLAPSE_EPOCHS]
    before = values[at < history.epochs_done - _COLLAPSE_EPOCHS][-1:]
    seen = np.concatenate([before, recent])
    return bool(len(seen) > 1 and seen[-1] > 1.01 * seen[0] + 1e-9)


def _now(history: TrainingHistory, setting: str) -> str:
    _, values = history.setting(setting)
    return f" (now {values[-1]:.3g})" if len(values) else ""
