"""SMILES and SELFIES: the two ways in which molecules are written here."""

import os
from collections.abc import Iterable
from typing import Any

from vae_widgets.core.atomic_file import atomic_file
from vae_widgets.molecules import libraries

SELFIES = r"\[[^\]]+\]"
"""Pattern of a token of SELFIES, for `Vocabulary`. Every sequence of these is a molecule: Krenn et
al., "Self-referencing embedded strings (SELFIES)" (2020)."""


def to_selfies(smiles: Iterable[str]) -> list[str | None]:
    """Return SELFIES of SMILES (n,); None for what has none, such as a molecule that is not valid.

    Examples
    --------
    >>> from vae_widgets import molecules
    >>> molecules.to_selfies(["CCO"])
    ['[C][C][O]']
    """
    selfies = libraries.selfies()

    def encoded(text: str) -> str | None:
        try:
            made: str = selfies.encoder(text)
        except selfies.EncoderError:
            return None
        return made

    return [encoded(text) for text in texts("smiles", smiles)]


def to_smiles(strings: Iterable[str]) -> list[str]:
    """Return the SMILES of SELFIES (n,), which may be empty texts.

    Raises
    ------
    ValueError
        If a text has something else than tokens of SELFIES.

    Examples
    --------
    >>> from vae_widgets import molecules
    >>> molecules.to_smiles(["[C][C][O]"])
    ['CCO']
    """
    selfies = libraries.selfies()

    def decoded(text: str) -> str:
        try:
            made: str = selfies.decoder(text)
        except selfies.DecoderError as error:
            reason = str(error).strip().splitlines()[0]
            raise ValueError(f"{text!r:.100} is not written in SELFIES: {reason}") from None
        return made

    return [decoded(text) for text in texts("strings", strings)]


def canonical_smiles(smiles: Iterable[str]) -> list[str | None]:
    """Return the one SMILES that RDKit writes for each molecule (n,); None for what is not valid.

    Examples
    --------
    >>> from vae_widgets import molecules
    >>> molecules.canonical_smiles(["OCC", "C1CC"])
    ['CCO', None]
    """
    chem = libraries.rdkit("Chem")
    return [None if mol is None else chem.MolToSmiles(mol) for mol in read(smiles)]


def read(smiles: Iterable[str]) -> list[Any]:
    """Return RDKit's molecules of SMILES (n,); None for what is not valid, and for no atoms."""
    chem = libraries.rdkit("Chem")
    with libraries.quiet():
        found = [chem.MolFromSmiles(text) for text in texts("smiles", smiles)]
    return [mol if mol is not None and mol.GetNumAtoms() else None for mol in found]


def texts(name: str, values: Iterable[str]) -> list[str]:
    """Return texts (n,) as a list, or raise ``TypeError``."""
    if isinstance(values, str | bytes) or not isinstance(values, Iterable):
        raise TypeError(f"{name} must be a sequence of texts; received {values!r:.100}.")
    rows = [str(row) if isinstance(row, str) else row for row in values]
    for i, row in enumerate(rows):
        if not isinstance(row, str):
            raise TypeError(f"{name}[{i}] is {row!r:.60}; expected a text.")
    return rows


def save_smiles(path: str | os.PathLike[str], smiles: Iterable[str]) -> None:
    """Write SMILES (n,) to a ``.smi`` file, one on a line with its number, as RDKit reads them.

    Examples
    --------
    >>> from vae_widgets import molecules
    >>> molecules.save_smiles("found.smi", ["CCO", "c1ccccc1"])
    """
    lines = [f"{text} {i}\n" for i, text in enumerate(texts("smiles", smiles))]
    with atomic_file(path, ".smi") as file:
        file.write("".join(lines).encode())
