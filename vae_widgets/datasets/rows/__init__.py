"""Rows of CSV, NPY, NPZ and Parquet files, read in batches of bounded size."""

from vae_widgets.datasets.rows.batch import Batch, Rows
from vae_widgets.datasets.rows.columns import Columns
from vae_widgets.datasets.rows.csv_file import CsvRows
from vae_widgets.datasets.rows.files import ARRAY_SUFFIXES, DATA_SUFFIXES, open_rows

__all__ = ["ARRAY_SUFFIXES", "DATA_SUFFIXES", "Batch", "Columns", "CsvRows", "Rows", "open_rows"]
