"""Data sets of the user's own arrays, tables and pictures."""

from vae_widgets.datasets.own_data.arrays import load_arrays
from vae_widgets.datasets.own_data.csv_table import load_csv
from vae_widgets.datasets.own_data.image_folder import load_images

__all__ = ["load_arrays", "load_csv", "load_images"]
