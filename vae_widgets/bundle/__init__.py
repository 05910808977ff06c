"""The ``.vae`` file: write it, check it, and use what it holds without TensorFlow."""

from vae_widgets.bundle.archive import Archive, BundleError, read_archive, write_archive

__all__ = ["Archive", "BundleError", "read_archive", "write_archive"]
