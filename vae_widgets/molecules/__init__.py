"""Molecules: SELFIES and SMILES, their properties, and figures of merit of generated ones.

The functions take SMILES, which `MoleculeRenderer.smiles` makes of rows of tokens:

    >>> from vae_widgets import molecules
    >>> molecules.validity(["CCO", "C1CC"])  # the ring of the second is open
    0.5

They need RDKit and SELFIES: ``pip install "vae_widgets[molecules]"``.
"""

from vae_widgets.molecules.latent_walk import Walk, walk
from vae_widgets.molecules.metrics import (
    MOSES,
    internal_diversity,
    measure,
    novelty,
    similarity_to_nearest,
    uniqueness,
    validity,
    wasserstein,
)
from vae_widgets.molecules.notation import (
    SELFIES,
    canonical_smiles,
    save_smiles,
    to_selfies,
    to_smiles,
)
from vae_widgets.molecules.properties import log_p, qed

__all__ = [
    "MOSES",
    "SELFIES",
    "Walk",
    "canonical_smiles",
    "internal_diversity",
    "log_p",
    "measure",
    "novelty",
    "qed",
    "save_smiles",
    "similarity_to_nearest",
    "to_selfies",
    "to_smiles",
    "uniqueness",
    "validity",
    "walk",
    "wasserstein",
]
