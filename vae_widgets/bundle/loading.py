"""Load a codec from a file: a bundle, or what a codec of another package opens."""

import errno
import os
import pathlib
import warnings
from collections.abc import Callable
from typing import Any

from vae_widgets.bundle.archive import read_archive
from vae_widgets.bundle.codec import BundleCodec
from vae_widgets.codec import Codec, check_codec
from vae_widgets.core import checks
from vae_widgets.core.registry import Registry, without_exit

Opener = Callable[[pathlib.Path], Codec]


def _opener_of_plugin(suffix: str, package: str, function: Any) -> Opener:
    """Return a function that opens files of a suffix; raise ``TypeError`` if it is none."""
    if not callable(function):
        raise TypeError(f"expected a function of a path; received {function!r:.100}.")
    if suffix.startswith(".") or suffix != suffix.lower():
        raise ValueError("the name must be the suffix of a file in small letters, without the dot.")

    who = f"the codec {suffix!r} of the package {package}"

    def open_file(path: pathlib.Path) -> Codec:
        if not path.exists():
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), str(path))
        try:
            with without_exit(who):
                codec = function(path)
            return check_codec(codec)
        except Exception as error:
            error.add_note(f"{path} was opened by {who}.")
            raise

    return open_file


def _open_bundle(path: pathlib.Path) -> BundleCodec:
    codec = BundleCodec(read_archive(path))
    if (absent := codec.absent_renderer) is not None:
        warnings.warn(
            f"{codec.path.name} was saved with the renderer {absent.name!r}. {absent.reason} "
            f"Samples are drawn by {type(codec.renderer).__name__} instead. {absent.remedy}",
            stacklevel=4,  # the caller of `load`, above the check of the keywords
        )
    return codec


CODECS: Registry[Opener] = Registry("codec", {"vae": _open_bundle}, _opener_of_plugin)
"""What opens a file, by its suffix."""


@checks.suggest_keywords
def load(path: str | os.PathLike[str]) -> BundleCodec | Any:
    """Load a bundle, without TensorFlow, for encoding, decoding and the widgets.

    `VAE.load` gives the model for further training instead. Other packages may add codecs for files
    of another suffix (``docs/how_to/plugins.md``).

    Parameters
    ----------
    path
        A ``.vae`` file that ``vae.save("name.vae")`` wrote, or a file with the suffix that a codec
        of another package opens.

    Returns
    -------
    BundleCodec
        Or the `Codec` that the other package makes.

    Raises
    ------
    BundleError
        If the file is damaged, manipulated, of a newer version or no bundle. It is a ``ValueError``
        and names the part. Nothing in a bundle is run as code.
    OSError
        If there is no such file.

    Warns
    -----
    UserWarning
        If the bundle was saved with a renderer that is not here: the author's own, or that of a
        package that is not installed.

    Examples
    --------
    >>> vw.VAE.build((4,), likelihood="gaussian", seed=0).save("table.vae")
    >>> vw.load("table.vae")
    <BundleCodec table.vae: 2 latent dimensions, samples of 4, gaussian likelihood>
    """
    if not isinstance(path, str | os.PathLike):
        raise TypeError(f"path must be the name of a .vae file; received {path!r:.200}.")
    path = pathlib.Path(path)
    if path.suffix.lower() != ".vae":
        suffixes = [suffix.lower() for suffix in path.suffixes]
        for at in range(len(suffixes)):  # of "faces.pca.npz" first "pca.npz", then "npz"
            suffix = "".join(suffixes[at:])[1:]
            open_file = CODECS.find(f"the suffix of {path.name}", suffix)
            if open_file is not None:
                return open_file(path)
    return _open_bundle(path)
