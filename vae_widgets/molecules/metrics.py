"""Figures of merit of generated molecules, as in the benchmark MOSES.

Polykovskiy et al., "Molecular Sets (MOSES): A Benchmarking Platform for Molecular Generation
Models" (2020), section 4.
"""

import types
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vae_widgets.core import checks
from vae_widgets.molecules import libraries
from vae_widgets.molecules.notation import canonical_smiles, read, texts
from vae_widgets.molecules.properties import log_p, qed

_PUBLISHED = {
    "training set": (1.0, 1.0, 1.0, 0.8567, 0.6419),
    "CharRNN": (0.9748, 0.9994, 0.8419, 0.8562, 0.6015),
    "AAE": (0.9368, 0.9973, 0.7931, 0.8557, 0.6081),
    "VAE": (0.9767, 0.9984, 0.6949, 0.8558, 0.6257),
    "JTN-VAE": (1.0, 0.9996, 0.9143, 0.8551, 0.5477),
    "LatentGAN": (0.8966, 0.9968, 0.9498, 0.8565, 0.5371),
}
MOSES: Mapping[str, Mapping[str, float]] = types.MappingProxyType(
    {
        name: dict(zip(("validity", "uniqueness", "novelty", "IntDiv", "SNN"), row, strict=True))
        for name, row in _PUBLISHED.items()
    }
)
"""Published figures by model (the benchmark's table, version 0.3; means of three runs).

These models were trained on 1.6 million molecules, uniqueness is that of 10,000 samples, and SNN is
to a test set of 176,000 molecules, so that it is higher than SNN to a smaller set.
"""


def validity(smiles: Iterable[str]) -> float:
    """Return the share of molecules that RDKit reads.

    Examples
    --------
    >>> from vae_widgets import molecules
    >>> molecules.validity(["CCO", "C1CC"])
    0.5
    """
    found = canonical_smiles(smiles)
    return _share(sum(each is not None for each in found), len(found))


def uniqueness(smiles: Iterable[str]) -> float:
    """Return the share of different molecules among the valid ones.

    Examples
    --------
    >>> from vae_widgets import molecules
    >>> molecules.uniqueness(["CCO", "OCC"])  # the same molecule, written in two ways
    0.5
    """
    valid = _valid(smiles)
    return _share(len(set(valid)), len(valid))


def novelty(smiles: Iterable[str], train: Iterable[str]) -> float:
    """Return the share of the different valid molecules that are not in the training set.

    Examples
    --------
    >>> from vae_widgets import molecules
    >>> molecules.novelty(["CCO", "CCN"], train=["OCC"])
    0.5
    """
    different = set(_valid(smiles))
    return _share(len(different - set(_valid(train))), len(different))


def internal_diversity(smiles: Iterable[str]) -> float:
    """Return 1 less the mean Tanimoto similarity of all pairs of valid molecules.

    It is IntDiv with p = 1: pairs of a molecule and itself count, too. The fingerprints are those
    of Morgan with radius 2 and 1,024 bits.

    Examples
    --------
    >>> from vae_widgets import molecules
    >>> molecules.internal_diversity(["CCO", "CCO"])
    0.0
    """
    prints = _fingerprints(smiles)
    if not len(prints):
        return float("nan")
    return float(1 - np.mean([row.mean() for row in _similarities(prints, prints)]))


def similarity_to_nearest(smiles: Iterable[str], reference: Iterable[str]) -> float:
    """Return SNN: the mean Tanimoto similarity of each valid molecule to its nearest reference.

    Fingerprints are as in `internal_diversity`.

    Examples
    --------
    >>> from vae_widgets import molecules
    >>> molecules.similarity_to_nearest(["CCO"], reference=["OCC", "c1ccccc1"])
    1.0
    """
    prints, others = _fingerprints(smiles), _fingerprints(reference)
    if not len(prints) or not len(others):
        return float("nan")
    return float(np.mean([row.max() for row in _similarities(prints, others)]))


def wasserstein(
    smiles: Iterable[str],
    reference: Iterable[str],
    values: Callable[[Iterable[str]], NDArray[np.float64]] = qed,
) -> float:
    """Return how far a property is distributed otherwise: the Wasserstein-1 distance.

    Parameters
    ----------
    smiles, reference
        Two sets of molecules; what is not valid is left out.
    values
        The property: `qed`, `log_p`, or a function of yours from SMILES to numbers.

    Examples
    --------
    >>> from vae_widgets import molecules
    >>> molecules.wasserstein(["CCO"], ["CCO"], molecules.log_p)
    0.0
    """
    from scipy.stats import wasserstein_distance

    pair = [np.asarray(values(texts("smiles", each)), np.float64) for each in (smiles, reference)]
    known = [numbers[np.isfinite(numbers)] for numbers in pair]
    if not all(map(len, known)):
        return float("nan")
    return float(wasserstein_distance(*known))


@checks.suggest_keywords
def measure(
    smiles: Iterable[str], *, train: Iterable[str], reference: Iterable[str]
) -> dict[str, float]:
    """Return all figures of merit of generated molecules, by name.

    Parameters
    ----------
    smiles
        Generated molecules (n,), also those that are not valid.
    train
        The molecules that the model was trained on.
    reference
        Molecules that it has not seen. SNN rises with their number.

    Returns
    -------
    dict
        "validity", "uniqueness", "novelty", "IntDiv", "SNN", "QED Wasserstein" and "logP
        Wasserstein".

    Examples
    --------
    >>> from vae_widgets import molecules
    >>> found = molecules.measure(["CCO", "CCN"], train=["CCO"], reference=["CCO", "CCC"])
    >>> found["validity"], found["novelty"]
    (1.0, 0.5)
    """
    samples, known = texts("smiles", smiles), texts("reference", reference)
    return {
        "validity": validity(samples),
        "uniqueness": uniqueness(samples),
        "novelty": novelty(samples, train),
        "IntDiv": internal_diversity(samples),
        "SNN": similarity_to_nearest(samples, known),
        "QED Wasserstein": wasserstein(samples, known, qed),
        "logP Wasserstein": wasserstein(samples, known, log_p),
    }


def _valid(smiles: Iterable[str]) -> list[str]:
    return [each for each in canonical_smiles(smiles) if each is not None]


def _share(part: int, whole: int) -> float:
    return part / whole if whole else float("nan")


def _fingerprints(smiles: Iterable[str]) -> list[Any]:
    module = libraries.rdkit("Chem.rdFingerprintGenerator")
    generator = module.GetMorganGenerator(radius=2, fpSize=1024)
    return [generator.GetFingerprint(mol) for mol in read(smiles) if mol is not None]


def _similarities(prints: list[Any], others: list[Any]) -> Iterable[NDArray[np.float64]]:
    """Yield the similarities of each fingerprint to all others."""
    similarity = libraries.rdkit("DataStructs").BulkTanimotoSimilarity
    return (np.array(similarity(each, others)) for each in prints)
