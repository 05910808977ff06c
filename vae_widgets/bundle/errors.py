"""The one error for a file that cannot be trusted."""


class BundleError(ValueError):
    """A ``.vae`` file is damaged, manipulated, or of a kind or version that cannot be read."""
