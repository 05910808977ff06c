"""Pass a Dask array through a bundle, on workers without TensorFlow that do not see its file."""

import pathlib
import tempfile
from typing import TYPE_CHECKING, Any

from vae_widgets.bundle.errors import BundleError
from vae_widgets.core.atomic_file import read_file
from vae_widgets.core.dask_rows import map_lazily

if TYPE_CHECKING:
    from vae_widgets.bundle.codec import BundleCodec


def map_dask_array(codec: "BundleCodec", method: str, x: Any, y: Any = None) -> Any:
    """Return a lazy Dask array of what a method of a codec gives for rows, (n, ...).

    The file of the codec is read anew and travels to the workers. Raises ``BundleError`` if it has
    changed since.
    """
    content = read_file(codec.path)
    travelling = _codec_on_worker(content)
    if travelling.manifest != codec.manifest:
        raise BundleError(f"{codec.path} has changed since it was loaded. Load it again.")
    return map_lazily(x, y, travelling, content, _codec_on_worker, method, {})


def _codec_on_worker(content: bytes) -> "BundleCodec":
    from vae_widgets.bundle.codec import load

    with tempfile.TemporaryDirectory() as folder:
        file = pathlib.Path(folder) / "bundle.vae"
        file.write_bytes(content)
        return load(file)
