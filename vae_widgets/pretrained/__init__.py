"""Small trained models that come with the package, for lessons and first steps."""

from pathlib import Path

from vae_widgets.bundle.codec import BundleCodec
from vae_widgets.bundle.loading import load
from vae_widgets.core import checks

__all__ = ["list_pretrained", "load_pretrained"]

_FOLDER = Path(__file__).parent


def list_pretrained() -> list[str]:
    """Return the names that `load_pretrained` knows.

    Examples
    --------
    >>> "digits-2d" in vw.list_pretrained()
    True
    """
    return sorted(path.stem for path in _FOLDER.glob("*.vae"))


@checks.suggest_keywords
def load_pretrained(name: str) -> BundleCodec:
    """Load a trained model of the package, without TensorFlow and without a network.

    It encodes, decodes and drives all widgets, and its ``latents`` and ``tiles`` are the codes and
    pictures of some samples, where it has any. It cannot be trained further: it has no Keras model.

    Parameters
    ----------
    name
        ``"digits-2d"``: two latent dimensions, for ``vw.load_dataset("digits")``. With it come
        ``"digits-16d"``, of which four are used, ``"digits-collapsed"``, of which none is, and
        ``"digits-autoencoder"``, trained without the KL divergence. ``"xrays"``: healthy chest
        X-rays of ``vw.load_dataset("xray")``, each standardised, and pictures of 120 healthy and 40
        ill ones, of MedMNIST, after Kermany et al. (2018), under CC BY 4.0. ``"chorales"``:
        32, for ``vw.load_dataset("music")``, two bars of four voices. ``"faces"``: 32, for
        ``vw.load_dataset("faces")``; the pictures may not be passed on, so that its ``latents`` are
        drawn, and decode to faces of nobody. ``"molecules"``: 20, for
        ``vw.load_dataset("molecules")`` of MOSES. The last three have no anomaly score.

    Raises
    ------
    ValueError
        If no pretrained model has this name.

    Examples
    --------
    >>> codec = vw.load_pretrained("digits-2d")
    >>> codec
    <BundleCodec digits-2d.vae: 2 latent dimensions, samples of 8x8x1, bernoulli likelihood>
    >>> scatter = vw.LatentScatter(codec, vw.load_dataset("digits").x_test)
    """
    return load(_FOLDER / f"{checks.one_of('name', name, list_pretrained())}.vae")
