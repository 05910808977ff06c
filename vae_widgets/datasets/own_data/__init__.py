"""Data sets of the user's own arrays, tables, pictures and MIDI files."""

from vae_widgets.datasets.own_data.arrays import load_arrays
from vae_widgets.datasets.own_data.csv_table import load_csv
from vae_widgets.datasets.own_data.image_folder import load_images
from vae_widgets.datasets.own_data.midi import load_midi

__all__ = ["load_arrays", "load_csv", "load_images", "load_midi"]
