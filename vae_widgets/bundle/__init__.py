"""The ``.vae`` file: write it, check it, and use what it holds without TensorFlow."""

from vae_widgets.bundle.archive import Archive, read_archive, write_archive
from vae_widgets.bundle.errors import BundleError
from vae_widgets.bundle.stored_zip import read_stored_zip

__all__ = ["Archive", "BundleError", "read_archive", "read_stored_zip", "write_archive"]
