"""Scores of a model beside simple ones: whether it finds more, or the same by a longer way."""

import html
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from vae_widgets.core import checks
from vae_widgets.core.pairing import shared_index
from vae_widgets.core.thresholds.curves import curve
from vae_widgets.core.thresholds.reversed import reversed_warning

SAME_RANKING = 0.99
"""Two scores rank alike if the absolute value of Spearman's correlation is above this."""

_FEWEST_SAMPLES = 10  # of fewer, chance alone may rank two scores alike


@dataclass(frozen=True)
class ScoreComparison:
    """What `compare_scores` found; printed, and shown in a notebook, it is a table.

    Attributes
    ----------
    scores, baselines : tuple of str
        Their names.
    spearman : dict
        ``spearman[score][baseline]``: Spearman's rank correlation, -1 to 1; NaN if one is constant.
    auroc : dict
        By name, of scores and of baselines: area under the ROC curve; NaN where only one kind is
        labelled. Empty without labels.
    warnings : tuple of str
        Which scores seem reversed, rank samples as a baseline does, or do not beat all baselines.

    Examples
    --------
    >>> print(vw.compare_scores([1, 2, 3, 5], {"norm": [1, 2, 4, 3]}))
                    Spearman with score
    baseline: norm                0.800
    """

    scores: tuple[str, ...]
    baselines: tuple[str, ...]
    spearman: Mapping[str, Mapping[str, float]]
    auroc: Mapping[str, float]
    warnings: tuple[str, ...]

    def _rows(self) -> list[list[str]]:
        heading = [f"Spearman with {score}" for score in self.scores]
        rows = [
            [
                f"baseline: {baseline}",
                *(f"{self.spearman[score][baseline]:.3f}" for score in self.scores),
            ]
            for baseline in self.baselines
        ]
        if not self.auroc:
            return [["", *heading], *rows]
        auroc = {name: f"{value:.3f}" for name, value in self.auroc.items()}
        return [
            ["", "AUROC", *heading],
            *([score, auroc[score], *[""] * len(heading)] for score in self.scores),
            *(
                [row[0], auroc[baseline], *row[1:]]
                for baseline, row in zip(self.baselines, rows, strict=True)
            ),
        ]

    def __repr__(self) -> str:
        return (
            f"<ScoreComparison: {len(self.scores)} score(s) beside {len(self.baselines)} "
            f"baseline(s), {len(self.warnings)} warning(s); print it for the table>"
        )

    def __str__(self) -> str:
        rows = self._rows()
        widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
        lines = [
            row[0].ljust(widths[0])
            + "".join(
                f"  {cell.rjust(width)}" for cell, width in zip(row[1:], widths[1:], strict=True)
            )
            for row in rows
        ]
        warnings = [f"Warning: {warning}" for warning in self.warnings]
        return "\n".join([*(line.rstrip() for line in lines), *warnings])

    def _repr_html_(self) -> str:
        heading, *rows = [[html.escape(cell) for cell in row] for row in self._rows()]
        cells = "".join(f"<th>{cell}</th>" for cell in heading)
        body = "".join(
            f"<tr><th>{row[0]}</th>{''.join(f'<td>{cell}</td>' for cell in row[1:])}</tr>"
            for row in rows
        )
        warnings = "".join(f"<p>⚠ {html.escape(warning)}</p>" for warning in self.warnings)
        return f"<table><thead><tr>{cells}</tr></thead><tbody>{body}</tbody></table>{warnings}"


@checks.suggest_keywords
def compare_scores(
    scores: ArrayLike | Mapping[str, ArrayLike],
    baselines: Mapping[str, ArrayLike],
    labels: ArrayLike | None = None,
) -> ScoreComparison:
    """Compare anomaly scores of a model with baselines that they must beat.

    A network that ranks samples as a baseline does is not worth its training.

    Parameters
    ----------
    scores
        Finite scores (n,), higher = more anomalous; several by name in a mapping.
    baselines
        By name, each (n,), for the same samples: those of `baseline_scores`, or others.
    labels
        (n,) booleans or 0 and 1, 1 = anomalous; None or NaN = not labelled. None without any.

    Returns
    -------
    ScoreComparison
        Table and warnings. A score ranks samples as a baseline does if the absolute value of
        Spearman's correlation is above 0.99 (ten samples or more). It seems reversed if its AUROC
        and the 95 % interval are below 0.5.

    Raises
    ------
    TypeError, ValueError
        If an argument is not as above.

    Examples
    --------
    >>> comparison = vw.compare_scores([1, 2, 5], {"norm": [1, 3, 2]}, labels=[0, 0, 1])
    >>> comparison.auroc
    {'score': 1.0, 'norm': 0.5}
    """
    named = scores if isinstance(scores, Mapping) else {"score": scores}
    if not isinstance(baselines, Mapping):
        raise TypeError(
            f"baselines must map names to scores; received {type(baselines).__name__}. "
            "baseline_scores(x_train, x_test) makes such a mapping; labels are the third argument."
        )
    for what, mapping in (("scores", named), ("baselines", baselines)):
        if not mapping:
            raise ValueError(f"{what} is empty; expected at least one score.")
        for name in mapping:
            if not isinstance(name, str):
                raise TypeError(
                    f"{what} must map names to scores; received {name!r} as a name. Pass text, "
                    f"such as {str(name)!r}."
                )
    if twice := sorted(set(named) & set(baselines)):
        raise ValueError(
            f"{twice[0]!r} names both a score and a baseline; expected different names."
        )
    given = {
        f"{what}[{name!r}]": value
        for what, mapping in (("scores", named), ("baselines", baselines))
        for name, value in mapping.items()
    }
    shared_index({**given, "labels": labels})
    values = {
        name: checks.scores(f"{what}[{name!r}]", value)
        for what, mapping in (("scores", named), ("baselines", baselines))
        for name, value in mapping.items()
    }
    n = len(next(iter(values.values())))
    for name, value in values.items():
        if len(value) != n:
            raise ValueError(
                f"{name!r} has {len(value)} scores, others have {n}; expected one for each of the "
                "same samples."
            )
    ranks = {name: average_ranks(value) for name, value in values.items()}
    spearman = {
        score: {baseline: _correlation(ranks[score], ranks[baseline]) for baseline in baselines}
        for score in named
    }
    auroc, upside_down = {}, []
    if labels is not None:
        curves = {name: curve(value, labels) for name, value in values.items()}
        auroc = {name: points.auroc for name, points in curves.items()}
        for name in named:
            points = curves[name]
            problem = reversed_warning(points.auroc, points.n_anomalous, points.n_normal)
            upside_down += [f"{name!r} seems to be reversed. {problem}"] if problem else []
    warnings = (*upside_down, *_warnings(n, spearman, auroc))
    return ScoreComparison(tuple(named), tuple(baselines), spearman, auroc, warnings)


def average_ranks(values: NDArray[Any]) -> NDArray[np.float64]:
    """Return the rank of each value, 1 for the lowest; tied values share their average rank."""
    _, group, sizes = np.unique(values, return_inverse=True, return_counts=True)
    ranks: NDArray[np.float64] = (np.cumsum(sizes) - (sizes - 1) / 2)[group]
    return ranks


def _correlation(a: NDArray[np.float64], b: NDArray[np.float64]) -> float:
    a, b = a - a.mean(), b - b.mean()
    size = np.sqrt((a @ a) * (b @ b))
    return float(a @ b / size) if size else np.nan


def _warnings(
    n: int, spearman: Mapping[str, Mapping[str, float]], auroc: Mapping[str, float]
) -> list[str]:
    found = []
    if auroc and np.isnan(list(auroc.values())).any():
        found.append("The labels are of one kind, or none is known: AUROC is undefined.")
    for score, correlations in spearman.items():
        alike = [
            f"{baseline!r} {'upside down ' * (correlation < 0)}(Spearman {correlation:.3f})"
            for baseline, correlation in correlations.items()
            if n >= _FEWEST_SAMPLES and abs(correlation) > SAME_RANKING
        ]
        if alike:
            found.append(
                f"The ranking by {score!r} is just that by {' or by '.join(alike)}: for telling "
                "samples apart, the model adds nothing to it."
            )
        best = max(correlations, key=lambda baseline: auroc.get(baseline, np.nan))
        if auroc and auroc[score] <= auroc[best]:
            found.append(
                f"{score!r} does not beat the baseline {best!r}: AUROC {auroc[score]:.3f} against "
                f"{auroc[best]:.3f}."
            )
    return found
