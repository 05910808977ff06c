"""``vae-widgets export``: one HTML file with the widgets around a model and data."""

import argparse
from pathlib import Path
from typing import Any

import numpy as np

from vae_widgets.cli.bundles import check_shape, load_bundle, samples_of
from vae_widgets.cli.errors import OK, SOME_BAD, CommandError
from vae_widgets.cli.options import add_columns
from vae_widgets.cli.outputs import add_output, check_output
from vae_widgets.cli.samples import Samples, read_samples
from vae_widgets.datasets.rows import ARRAY_SUFFIXES, Columns

SUMMARY = "write a page with the widgets, which works without Python"
DESCRIPTION = """\
Write one HTML file with the Explorer of a model: scatter, slider, histogram and
review. It opens from the disk, offline and without Python, and runs the model
itself. Without DATA it shows what the model decodes from the codes in its file,
or from random ones."""

_RANDOM_SAMPLES = 500


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of the command."""
    parser.add_argument("model", type=Path, help=".vae file")
    parser.add_argument(
        "data",
        type=Path,
        nargs="?",
        help="CSV, NPY, NPZ or Parquet file, or a folder of pictures",
    )
    add_output(parser, ".html")
    parser.add_argument("--title", help="title of the page (default: name of the file)")
    add_columns(parser)
    parser.add_argument("--classes", metavar="NAME", help="column with the class of each sample")
    parser.add_argument(
        "--side", type=int, metavar="PIXELS", help="scale each picture to a square of this side"
    )
    parser.add_argument(
        "--most",
        type=int,
        default=2000,
        metavar="N",
        help="maximum number of samples in the page, drawn at random (default: 2000)",
    )
    parser.add_argument("--seed", type=int, default=0, help="seed of these draws (default: 0)")
    parser.add_argument("--label", type=int, metavar="N", help="label, for a conditional model")


def run(arguments: argparse.Namespace) -> int:
    """Write a page; return the exit code."""
    given = (arguments.model, arguments.data)
    check_output(arguments.output, (".html",), arguments.force, *given)
    if arguments.most < 2:
        raise CommandError(f"--most is {arguments.most}; expected at least 2 samples.")
    bundle = load_bundle(arguments.model, arguments.label)
    codec = bundle if arguments.label is None else bundle.condition_on(arguments.label)
    n_bad = 0
    options: dict[str, Any] = {}
    if arguments.data is None:
        x = _decoded(bundle, codec, arguments.most, arguments.seed)
    else:
        samples = _drawn(_read(bundle, arguments), arguments.most, arguments.seed)
        n_bad = samples.n_bad
        x = bundle.preprocess(samples_of(bundle, samples.x, arguments.data))
        if arguments.classes:
            options["labels"] = [str(label) for label in samples.kept[arguments.classes]]
    from vae_widgets.widgets.explorer import Explorer

    explorer = Explorer(codec, x, **options)
    if bundle.policy is not None and arguments.data is not None:
        explorer.histogram.threshold = bundle.policy.threshold
    explorer.save_html(arguments.output, title=arguments.title)
    size = arguments.output.stat().st_size
    print(f"Wrote {arguments.output}, {len(x):,} samples, {size:,} bytes.")
    return SOME_BAD if n_bad else OK


def _decoded(bundle: Any, codec: Any, most: int, seed: int) -> Any:
    if bundle.latents is not None:
        return codec.decode(bundle.latents[:most])
    return codec.sample(min(most, _RANDOM_SAMPLES), seed=seed)


def _read(bundle: Any, arguments: argparse.Namespace) -> Samples:
    names, path = arguments.columns, arguments.data
    if names is None and not path.is_dir() and path.suffix.lower() not in ARRAY_SUFFIXES:
        names = bundle.feature_names
    keep = [arguments.classes] if arguments.classes else []
    samples = read_samples(path, Columns(names, keep, arguments.leave_out), arguments.side)
    check_shape(bundle, path, samples.x.shape[1:], samples.names)
    return samples


def _drawn(samples: Samples, most: int, seed: int) -> Samples:
    n = len(samples.x)
    if n <= most:
        return samples
    rows = np.sort(np.random.default_rng(seed).choice(n, most, replace=False))
    kept = {name: [values[row] for row in rows] for name, values in samples.kept.items()}
    return Samples(samples.x[rows], samples.names, kept, samples.n_bad)
