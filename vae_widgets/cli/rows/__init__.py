"""Rows of CSV, NPY, NPZ and Parquet files, read in batches of bounded size."""

from vae_widgets.cli.rows.batch import Batch, Rows
from vae_widgets.cli.rows.columns import Columns
from vae_widgets.cli.rows.files import ARRAY_SUFFIXES, DATA_SUFFIXES, open_rows

__all__ = ["ARRAY_SUFFIXES", "DATA_SUFFIXES", "Batch", "Columns", "Rows", "open_rows"]
