"""``vae-widgets train``: a bundle from a table, an array or a folder of pictures."""

import argparse
import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vae_widgets.cli.errors import OK, SOME_BAD, CommandError
from vae_widgets.cli.options import add_columns
from vae_widgets.cli.outputs import add_output, check_output
from vae_widgets.cli.samples import Samples, read_samples
from vae_widgets.datasets.own_data.likelihood import choose_likelihood
from vae_widgets.datasets.rows import Columns

SUMMARY = "train a model on a table, an array or a folder of pictures"
DESCRIPTION = """\
Train a variational autoencoder on samples that are all or nearly all normal,
and write one .vae file with the model, its preprocessing and a threshold. It is
what vw.VAEDetector does in a notebook.

The data choose the likelihood: "bernoulli" where all values lie in [0, 1], and
for pictures, whose pixels are divided by 255; otherwise "gaussian" with a learned
standard deviation, on features scaled to mean 0 and standard deviation 1. Pictures
with sides of 8 to 512 pixels get convolutional layers, other data dense layers.

Some samples are held out of the training. Their scores choose the threshold."""

_SAVED_SAMPLES = 500
_FEWEST_HELD_OUT = 20
_CONV_SIDES = (8, 512)


@dataclass(frozen=True)
class Plan:
    """How samples are modelled, and why."""

    likelihood: str
    architecture: str
    because: str
    divisor: int = 1


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of the command."""
    parser.add_argument(
        "data", type=Path, help="CSV, NPY, NPZ or Parquet file, or a folder of pictures"
    )
    add_output(parser, ".vae")
    add_columns(parser)
    parser.add_argument(
        "--side", type=int, metavar="PIXELS", help="scale each picture to a square of this side"
    )
    parser.add_argument(
        "--architecture",
        choices=("auto", "dense", "conv", "sequence"),
        default="auto",
        help="layers of the model (default: auto, by the shape of a sample)",
    )
    parser.add_argument(
        "--likelihood",
        choices=("auto", "bernoulli", "gaussian"),
        default="auto",
        help="of the values (default: auto, by their range)",
    )
    for name, kind, default, text in (
        ("--latent-dim", int, 2, "number of latent dimensions"),
        ("--beta", float, 1.0, "weight of the KL term"),
        ("--epochs", int, 60, "passes over the training samples"),
        ("--batch-size", int, 128, "samples in a batch"),
        ("--seed", int, 0, "seed of weights, noise, shuffling and holdout"),
        ("--holdout", float, 0.2, "share of the samples that is held out; 0 for none"),
        ("--contamination", float, 0.05, "share of the samples that the threshold flags"),
    ):
        parser.add_argument(
            name,
            type=kind,
            default=default,
            metavar="N" if kind is int else "X",
            help=f"{text} (default: {default})",
        )
    parser.add_argument("--quiet", action="store_true", help="print no line for each epoch")


def run(arguments: argparse.Namespace) -> int:
    """Train and write a bundle; return the exit code."""
    check_output(arguments.output, (".vae",), arguments.force, arguments.data)
    if not 0 <= arguments.holdout < 1:
        raise CommandError(f"--holdout is {arguments.holdout}; expected at least 0 and below 1.")
    columns = Columns(arguments.columns, leave_out=arguments.leave_out)
    samples = read_samples(arguments.data, columns, arguments.side)
    x = samples.x
    plan = plan_for(x, arguments.likelihood, arguments.architecture)
    if plan.divisor != 1:
        x = x.astype(np.float32) / plan.divisor
    shape = "x".join(map(str, x.shape[1:]))
    _say(f"Read {len(x):,} samples of shape {shape} from {arguments.data}.")
    _say(f"Likelihood {plan.likelihood}, because {plan.because}. Layers: {plan.architecture}.")
    train, held_out = _split(x, arguments.holdout, arguments.seed)
    _say(f"Training on {len(train):,} samples; {len(held_out):,} are held out.")

    detector = _detector(plan, arguments)
    start = time.monotonic()
    detector.fit(_table(train, samples))
    _say(f"Trained in {time.monotonic() - start:.1f} s.")
    reference = held_out if len(held_out) else train
    if len(held_out):
        detector.choose_threshold(
            _table(held_out, samples),
            method="percentile",
            percentile=100 * (1 - arguments.contamination),
        )
    mean = float(np.mean(detector.anomaly_score(_table(reference, samples))))
    policy = detector.policy()
    whose = "held-out" if len(held_out) else "training"
    _say(
        f"Mean negative ELBO of the {whose} samples: {mean:.4g} nats. The threshold, "
        f"{policy.threshold:.4g}, flags {100 * policy.alert_rate:.3g} % of them."
    )
    detector.save(arguments.output, samples=_table(reference[:_SAVED_SAMPLES], samples))
    _say(f"Wrote {arguments.output}, {arguments.output.stat().st_size:,} bytes.")
    return SOME_BAD if samples.n_bad else OK


def plan_for(x: NDArray[Any], likelihood: str, architecture: str) -> Plan:
    """Return how to model samples (n, ...), where the user has left it to the data."""
    chosen = choose_likelihood(x, likelihood)
    because = chosen.because
    if likelihood != "auto":
        low, high = float(x.min()), float(x.max())
        because = "--likelihood names it"
        if chosen.divisor != 1:
            because += "; pixels are divided by 255"
        elif likelihood == "bernoulli" and not 0 <= low <= high <= 1:
            raise CommandError(
                f"--likelihood is bernoulli, which needs values in [0, 1]; the data have "
                f"[{low:.4g}, {high:.4g}]. Scale them, or pass --likelihood gaussian."
            )
    elif chosen.name == "gaussian":
        because += "; each feature is standardized"
    if architecture == "auto":
        sides = x.shape[1:3]
        is_picture = x.ndim == 4 and x.shape[3] in (1, 3, 4)
        fits = is_picture and min(sides) >= _CONV_SIDES[0] and max(sides) <= _CONV_SIDES[1]
        architecture = "conv" if fits else "dense"
    return Plan(chosen.name, architecture, because, chosen.divisor)


def _detector(plan: Plan, arguments: argparse.Namespace) -> Any:
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    with _quiet():
        from vae_widgets.models.detector import VAEDetector

    verbose = 0 if arguments.quiet else 1 if sys.stdout.isatty() else 2
    return VAEDetector(
        latent_dim=arguments.latent_dim,
        architecture=plan.architecture,
        likelihood=plan.likelihood,
        preprocessing="standardize_features" if plan.likelihood == "gaussian" else None,
        epochs=arguments.epochs,
        seed=arguments.seed,
        contamination=arguments.contamination,
        beta=arguments.beta,
        batch_size=arguments.batch_size,
        verbose=verbose,
    )


@contextmanager
def _quiet() -> Iterator[None]:
    """Let no library print: TensorFlow tells what it was built for, whatever its level of logs."""
    sys.stderr.flush()
    kept, nowhere = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 2)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nowhere)


def _split(x: NDArray[Any], share: float, seed: int) -> tuple[NDArray[Any], NDArray[Any]]:
    n = round(share * len(x))
    if 0 < n < _FEWEST_HELD_OUT or len(x) - n < 2:
        raise CommandError(
            f"{n} of {len(x)} samples would be held out, and {len(x) - n} trained on; expected at "
            f"least {_FEWEST_HELD_OUT} and 2. Pass more samples, or --holdout 0."
        )
    order = np.random.default_rng(seed).permutation(len(x))
    return x[order[n:]], x[order[:n]]


def _table(x: NDArray[Any], samples: Samples) -> Any:
    """Return samples with the names of their columns, which the detector keeps."""
    if samples.names is None or len(x) == 0:
        return x
    import pandas as pd

    return pd.DataFrame(x, columns=list(samples.names))


def _say(text: str) -> None:
    print(text, flush=True)
