"""Score a Dask array by a bundle, on workers that have no TensorFlow and do not see its file."""

import pathlib
import tempfile
from typing import TYPE_CHECKING, Any

from vae_widgets.bundle.errors import BundleError
from vae_widgets.core.dask_rows import score_lazily

if TYPE_CHECKING:
    from vae_widgets.bundle.codec import BundleCodec


def score_dask_array(codec: "BundleCodec", x: Any, y: Any = None) -> Any:
    """Return a lazy Dask array of ``codec.anomaly_score``, (n,).

    Parameters
    ----------
    codec
        Its file is read anew and travels to the workers.
    x
        Dask array (n, ...), as for ``codec.anomaly_score``.
    y
        Labels, as for ``codec.anomaly_score``.

    Raises
    ------
    BundleError
        If the file is not the one any more that the codec was loaded from.
    """
    content = codec.path.read_bytes()
    travelling = _codec_on_worker(content)
    if travelling.manifest != codec.manifest:
        raise BundleError(f"{codec.path} has changed since it was loaded. Load it again.")
    return score_lazily(x, y, travelling, content, _codec_on_worker, "anomaly_score", {})


def _codec_on_worker(content: bytes) -> "BundleCodec":
    from vae_widgets.bundle.codec import load

    with tempfile.TemporaryDirectory() as folder:
        file = pathlib.Path(folder) / "bundle.vae"
        file.write_bytes(content)
        return load(file)
