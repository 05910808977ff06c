"""``vae-widgets score``: anomaly scores and flags of the rows of a file, in bounded memory."""

import argparse
from pathlib import Path
from typing import Any

from vae_widgets.cli.bundles import are_pixels, check_shape, load_bundle, scores_of
from vae_widgets.cli.errors import OK, SOME_BAD, CommandError, report
from vae_widgets.cli.options import add_columns, names_of
from vae_widgets.cli.outputs import add_output, check_output
from vae_widgets.cli.progress import progress
from vae_widgets.cli.results import RESULT_SUFFIXES, open_results
from vae_widgets.core.scores.policy import ThresholdPolicy
from vae_widgets.datasets.rows import ARRAY_SUFFIXES, Batch, Columns, open_rows

SUMMARY = "score the rows of a file with a model, in a stream"
DESCRIPTION = """\
Score each row of a file with the model in a .vae file, and flag those whose
score reaches the threshold. The file is read in parts, so it may be larger than
memory; TensorFlow is not needed.

The result has a row for each row: its number (the first is 0), the columns that
--keep names, the score (higher is more anomalous), whether it is flagged, and
the problem of a row that has no score. Such rows are named, and all others kept.

Columns of a CSV or Parquet file may stand in any order if the model knows their
names; other columns are left out."""

MOST_NAMED = 20


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of the command."""
    parser.add_argument("model", type=Path, help=".vae file")
    parser.add_argument("data", type=Path, help="CSV, NPY or Parquet file")
    add_output(parser, ".csv or .parquet")
    parser.add_argument(
        "--policy",
        type=Path,
        metavar="FILE",
        help="JSON file with a threshold (default: the one in the model)",
    )
    add_columns(parser)
    parser.add_argument(
        "--keep", type=names_of, default=(), metavar="NAMES", help="columns to copy to the result"
    )
    parser.add_argument(
        "--label", type=int, metavar="N", help="label of all rows, for a conditional model"
    )


def run(arguments: argparse.Namespace) -> int:
    """Score a file; return the exit code."""
    if arguments.data.is_dir():
        raise CommandError(
            f"{arguments.data} is a folder; expected a file of samples. Save pictures as an array "
            f"(n, height, width, channels) with numpy.save, and score that file."
        )
    given = (arguments.model, arguments.data, arguments.policy)
    check_output(arguments.output, RESULT_SUFFIXES, arguments.force, *given)
    codec = load_bundle(arguments.model, arguments.label)
    if codec.score_name is None:
        raise CommandError(
            f"{arguments.model} has no anomaly score. Save it again, or with VAEDetector."
        )
    policy = _policy(codec, arguments.policy)
    names = arguments.columns
    if names is None and arguments.data.suffix.lower() not in ARRAY_SUFFIXES:
        names = codec.feature_names
    rows = open_rows(arguments.data, Columns(names, arguments.keep, arguments.leave_out))
    _check_kept(rows.kept)
    check_shape(codec, arguments.data, rows.sample_shape, rows.names)
    if are_pixels(codec, rows.dtype):
        report(f"{arguments.data} has values of one byte: pixels, which are divided by 255.")
    if policy is None:
        report(f"{arguments.model} has no threshold, so nothing is flagged. Pass --policy.")

    n = n_bad = n_flagged = 0
    with progress("Scoring") as show, open_results(arguments.output) as results:
        for batch in rows.batches():
            scores = scores_of(codec, batch, arguments.label)
            flagged = None
            if policy is not None:
                flagged = scores >= policy.threshold  # False for NaN
                n_flagged += int(flagged.sum())
            results.write(batch, scores, flagged)
            _report_problems(batch, n_bad)
            n, n_bad = n + len(batch), n_bad + len(batch.problems)
            show(batch.share)
    if n_bad > MOST_NAMED:
        report(f"{n_bad - MOST_NAMED:,} more rows have a problem; see the column 'problem'.")
    n_good = n - n_bad
    text = f"{n_good:,} of {n:,} rows scored"
    if policy is not None and n_good:
        text += f", {n_flagged:,} flagged ({100 * n_flagged / n_good:.3g} %)"
    print(f"{text}: {arguments.output}")
    return SOME_BAD if n_bad else OK


def _policy(codec: Any, path: Path | None) -> ThresholdPolicy | None:
    if path is None:
        policy: ThresholdPolicy | None = codec.policy
        return policy
    policy = ThresholdPolicy.load(path)
    if policy.score not in ("score", codec.score_name):  # "score" is the default of the histogram
        raise CommandError(
            f"{path} is for the score {policy.score!r}; {codec.path} gives {codec.score_name!r}. "
            "Choose a threshold on scores of this model."
        )
    own = "" if codec.policy is None else codec.policy.model_hash
    if policy.model_hash and own and policy.model_hash != own:
        raise CommandError(
            f"{path} is for the model {policy.model_hash:.12}; {codec.path} has {own:.12}. Choose "
            "a threshold on scores of this model."
        )
    return policy


def _check_kept(names: Any) -> None:
    taken = [name for name in names if name in ("row", "score", "flagged", "problem")]
    if taken:
        raise CommandError(
            f"--keep is {taken[0]!r}, which is a column of the result. Rename it in the data."
        )


def _report_problems(batch: Batch, n_before: int) -> None:
    for row in sorted(batch.problems)[: max(0, MOST_NAMED - n_before)]:
        report(f"{batch.described(row)}. Correct the row or delete it; the others are scored.")
