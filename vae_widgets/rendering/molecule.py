"""Molecules drawn by RDKit, from rows of SELFIES tokens or from SMILES."""

import html
import io
from collections import Counter
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from PIL import Image

from vae_widgets.core import checks
from vae_widgets.core.ticks import MINUS
from vae_widgets.core.vocabulary import Vocabulary
from vae_widgets.molecules import libraries, notation, properties

_BACKGROUND = {
    "both": (1.0, 1.0, 1.0, 0.0),
    "light": (1.0, 1.0, 1.0, 1.0),
    "dark": (0.07, 0.07, 0.07, 1.0),
}
_GREY = {"both": (128, 128, 128, 48), "light": (236, 236, 236, 255), "dark": (40, 40, 40, 255)}
# By atomic number, with a contrast of at least 3 to the pages of JupyterLab in light and in dark.
_ON_BOTH = {
    0: (0.50, 0.50, 0.50),
    1: (0.50, 0.50, 0.50),
    6: (0.50, 0.50, 0.50),
    7: (0.35, 0.47, 1.00),
    8: (0.93, 0.24, 0.20),
    9: (0.10, 0.59, 0.55),
    15: (0.85, 0.42, 0.00),
    16: (0.68, 0.50, 0.00),
    17: (0.16, 0.60, 0.16),
    35: (0.75, 0.40, 0.25),
    53: (0.69, 0.35, 0.85),
}
_ANY_OTHER = -1
_MARK = (0.93, 0.24, 0.20, 0.35)


class MoleculeRenderer:
    """Draw molecules as structural formulas, by RDKit: ``pip install "vae_widgets[molecules]"``.

    Parameters
    ----------
    vocabulary
        Turns token numbers (length,) into SELFIES; None for samples that are SMILES.
    width, height
        Size of a tile in pixels, at most 2,048.
    theme
        "both" for transparent tiles, in colours for a light and a dark page; "light" or "dark" for
        a white or a black background.

    Examples
    --------
    >>> MoleculeRenderer()(["CCO", "c1ccccc1"]).shape
    (2, 96, 128, 4)
    """

    residual_note = "red where the reconstruction has other atoms or bonds"

    @checks.suggest_keywords
    def __init__(
        self,
        vocabulary: Vocabulary | None = None,
        width: int = 128,
        height: int = 96,
        theme: str = "both",
    ) -> None:
        if vocabulary is not None and not isinstance(vocabulary, Vocabulary):
            raise TypeError(
                f"vocabulary must be a Vocabulary; received {type(vocabulary).__name__}. That of "
                'the data set is vw.load_dataset("molecules").renderer.vocabulary.'
            )
        self.vocabulary = vocabulary
        self.width = checks.tile_side("width", width)
        self.height = checks.tile_side("height", height)
        self.theme = checks.one_of("theme", theme, tuple(_BACKGROUND))

    def smiles(self, batch: ArrayLike) -> list[str]:
        """Return the SMILES of samples, as a list of n texts.

        Parameters
        ----------
        batch
            Token numbers (n, length), or SMILES (n,) if there is no vocabulary. Tokens after the
            first padding, and unknown ones, are left out.
        """
        if self.vocabulary is None:
            return notation.texts("batch", np.asarray(batch).tolist())
        rows = self.vocabulary.numbers(batch)
        ended = np.cumsum(rows == self.vocabulary.padding, axis=1) > 0
        strings = self.vocabulary.decode(np.where(ended, self.vocabulary.padding, rows), unknown="")
        return notation.to_smiles(strings)

    def __call__(self, batch: ArrayLike) -> NDArray[np.uint8]:
        """Map samples to RGBA tiles (n, height, width, 4); what is no molecule is grey."""
        tiles = np.empty((len(np.asarray(batch)), self.height, self.width, 4), np.uint8)
        for tile, mol in zip(tiles, notation.read(self.smiles(batch)), strict=True):
            tile[...] = self._tile(mol)
        return tiles

    def difference(self, x: ArrayLike, x_hat: ArrayLike) -> NDArray[np.uint8]:
        """Return tiles of `x` with the atoms in red whose surroundings `x_hat` does not have.

        Surroundings are the atom, its bonds and its neighbours: Morgan's with radius 1.
        """
        tiles = np.empty((len(np.asarray(x)), self.height, self.width, 4), np.uint8)
        pairs = zip(*(notation.read(self.smiles(each)) for each in (x, x_hat)), strict=True)
        for tile, (mol, other) in zip(tiles, pairs, strict=True):
            tile[...] = self._tile(mol, _lost_atoms(mol, other))
        return tiles

    def detail(self, sample: ArrayLike) -> str:
        """Return the SMILES, QED and logP of one sample as HTML."""
        smiles = self.smiles(np.asarray(sample)[np.newaxis])
        written = notation.canonical_smiles(smiles)[0]
        if written is None:
            return f"<code>{html.escape(smiles[0])}</code><br>no valid molecule"
        qed, log_p = properties.qed([written])[0], properties.log_p([written])[0]
        numbers = f"QED {qed:.3f}, logP {log_p:.2f}".replace("-", MINUS)
        return f"<code>{html.escape(written)}</code><br>{numbers}"

    def svg(self, sample: ArrayLike) -> str:
        """Return a drawing of one sample as SVG, sharp at any size: ``IPython.display.SVG(...)``.

        Raises ``ValueError`` if the sample is no valid molecule.
        """
        smiles = self.smiles(np.asarray(sample)[np.newaxis])
        mol = notation.read(smiles)[0]
        if mol is None:
            raise ValueError(f"{smiles[0]!r:.100} is no valid molecule; there is nothing to draw.")
        drawing: str = self._drawn(mol, "MolDraw2DSVG")
        return drawing[drawing.index("<svg") :]  # without the declaration of XML

    def _tile(self, mol: Any, marked: list[int] | None = None) -> Any:
        if mol is None:
            return _GREY[self.theme]
        picture = Image.open(io.BytesIO(self._drawn(mol, "MolDraw2DCairo", marked)))
        return np.asarray(picture.convert("RGBA"))

    def _drawn(self, mol: Any, kind: str, marked: list[int] | None = None) -> Any:
        """Return a drawing with some atoms marked: PNG as bytes, or SVG as text."""
        draw = libraries.rdkit("Chem.Draw.rdMolDraw2D")
        drawer = getattr(draw, kind)(self.width, self.height)
        options = drawer.drawOptions()
        if self.theme == "dark":
            draw.SetDarkMode(options)
        elif self.theme == "both":
            options.setAtomPalette({_ANY_OTHER: _ON_BOTH[6], **_ON_BOTH})
            options.setHighlightColour(_MARK)
        options.setBackgroundColour(_BACKGROUND[self.theme])
        if kind == "MolDraw2DSVG":  # which may be shown several times as large
            options.bondLineWidth = 1
        draw.PrepareAndDrawMolecule(drawer, mol, highlightAtoms=marked or [])
        drawer.FinishDrawing()
        return drawer.GetDrawingText()


def _lost_atoms(mol: Any, other: Any) -> list[int]:
    """Return the atoms of a molecule whose surroundings another one does not have as often."""
    if mol is None:
        return []
    left = Counter([] if other is None else _surroundings(other))
    lost = []
    for atom, kind in enumerate(_surroundings(mol)):
        if left[kind]:
            left[kind] -= 1
        else:
            lost.append(atom)
    return lost


def _surroundings(mol: Any) -> list[int]:
    module = libraries.rdkit("Chem.rdFingerprintGenerator")
    found = module.AdditionalOutput()
    found.AllocateAtomToBits()
    module.GetMorganGenerator(radius=1).GetSparseCountFingerprint(mol, additionalOutput=found)
    return [bits[-1] for bits in found.GetAtomToBits()]
