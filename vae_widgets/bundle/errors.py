"""The error for files that cannot be trusted."""


class BundleError(ValueError):
    """A ``.vae`` file is damaged, manipulated, or of a kind or version that cannot be read.

    Examples
    --------
    >>> _ = open("broken.vae", "wb").write(b"no bundle")
    >>> vw.load("broken.vae")
    Traceback (most recent call last):
    vae_widgets.bundle.errors.BundleError: broken.vae is not a zip file, ...
    """
