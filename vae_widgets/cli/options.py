"""Options that several commands share."""

import argparse


def names_of(text: str) -> list[str]:
    """Return names that commas separate."""
    names = [name.strip() for name in text.split(",")]
    if not all(names):
        raise argparse.ArgumentTypeError(f"expected names with commas between; received {text!r}")
    return names


def add_columns(parser: argparse.ArgumentParser) -> None:
    """Add the options that choose the columns of a CSV or Parquet file."""
    choice = parser.add_mutually_exclusive_group()
    choice.add_argument(
        "--columns", type=names_of, metavar="NAMES", help="columns to use, as A,B,C"
    )
    choice.add_argument(
        "--leave-out",
        type=names_of,
        default=(),
        metavar="NAMES",
        help="columns to leave out, such as identifiers",
    )
