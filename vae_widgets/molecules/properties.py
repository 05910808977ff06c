"""Properties of molecules, computed by RDKit."""

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vae_widgets.molecules import libraries
from vae_widgets.molecules.notation import read


def qed(smiles: Iterable[str]) -> NDArray[np.float64]:
    """Return how drug-like molecules are, 0 to 1: (n,), NaN for what is not valid.

    Bickerton et al., "Quantifying the chemical beauty of drugs" (2012), as RDKit computes it.

    Examples
    --------
    >>> from vae_widgets import molecules
    >>> molecules.qed(["CC(=O)Oc1ccccc1C(=O)O"]).round(2)  # aspirin
    array([0.55])
    """
    return _measured(libraries.rdkit("Chem.QED").qed, smiles)


def log_p(smiles: Iterable[str]) -> NDArray[np.float64]:
    """Return the estimated log10 of the octanol-water partition: (n,), NaN for what is not valid.

    Wildman & Crippen, "Prediction of Physicochemical Parameters by Atomic Contributions" (1999), as
    RDKit computes it. Higher is more soluble in fat.

    Examples
    --------
    >>> from vae_widgets import molecules
    >>> molecules.log_p(["CC(=O)Oc1ccccc1C(=O)O"]).round(2)  # aspirin
    array([1.31])
    """
    return _measured(libraries.rdkit("Chem.Crippen").MolLogP, smiles)


def _measured(function: Callable[[Any], float], smiles: Iterable[str]) -> NDArray[np.float64]:
    values = [np.nan if mol is None else function(mol) for mol in read(smiles)]
    return np.array(values, np.float64)
