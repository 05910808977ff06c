"""Drawings of molecules."""

from xml.etree import ElementTree

import numpy as np
import pytest

from vae_widgets import MoleculeRenderer, Vocabulary, molecules

SMILES = ["CCO", "c1ccccc1F", "CC(=O)N"]


@pytest.fixture(scope="module")
def tokens():
    """Vocabulary and rows of tokens of the molecules above."""
    strings = molecules.to_selfies(SMILES)
    vocabulary = Vocabulary.fit(strings, pattern=molecules.SELFIES, length=12)
    return vocabulary, vocabulary.encode(strings)


def has_ink(tile, colour):
    """Whether a tile has pixels near a colour."""
    return bool((np.abs(tile[..., :3].astype(int) - colour).max(axis=-1) < 60).any())


def test_rows_of_tokens_become_smiles_and_the_same_drawings(tokens):
    vocabulary, rows = tokens
    renderer = MoleculeRenderer(vocabulary)
    smiles = renderer.smiles(rows)
    assert molecules.canonical_smiles(smiles) == molecules.canonical_smiles(SMILES)
    tiles = renderer(rows.astype(np.float32))
    assert tiles.shape == (3, 96, 128, 4)
    np.testing.assert_array_equal(tiles, MoleculeRenderer()(smiles))
    assert len(np.unique(tiles.reshape(3, -1), axis=0)) == 3


def test_what_comes_after_padding_or_is_unknown_is_left_out(tokens):
    vocabulary, rows = tokens
    row = rows[:1].copy()
    end = int((row[0] != vocabulary.padding).sum())
    row[0, end + 1] = row[0, 0]
    row[0, 1] = vocabulary.unknown
    assert MoleculeRenderer(vocabulary).smiles(row) == ["CO"]


def test_light_and_dark_have_their_backgrounds_and_oxygen_is_red():
    for theme, grey in (("light", 255), ("dark", 18)):
        tile = MoleculeRenderer(width=200, height=80, theme=theme)(["CCO"])[0]
        assert tile.shape == (80, 200, 4)
        assert (tile[..., 3] == 255).all()
        assert np.abs(tile[0, 0, :3].astype(int) - grey).max() <= 2
        assert has_ink(tile, [255, 0, 0])
        assert has_ink(tile, [255 - grey] * 3)  # bonds


def contrast(colour, other):
    """Return the contrast of two sRGB colours (3,) in 0 to 255, as WCAG 2 defines it."""
    linear = [
        np.where((c := np.asarray(each) / 255) <= 0.04045, c / 12.92, ((c + 0.055) / 1.055) ** 2.4)
        for each in (colour, other)
    ]
    low, high = sorted(float(each @ [0.2126, 0.7152, 0.0722]) for each in linear)
    return (high + 0.05) / (low + 0.05)


def test_by_default_tiles_are_transparent_and_legible_on_light_and_dark_pages():
    # All elements of MOSES, and of the molecules of RDKit.
    tiles = MoleculeRenderer(width=240, height=180)(["CC(=O)NBr", "FC(Cl)CS", "[H][H]", "IP=[Se]"])
    assert (tiles[:, 0, 0, 3] == 0).all()
    ink = np.unique(tiles[tiles[..., 3] == 255][:, :3], axis=0)
    assert len(ink) >= 8  # one for each element that has its own
    for page in ([255, 255, 255], [17, 17, 17]):  # --jp-layout-color0 of JupyterLab
        assert min(contrast(colour, page) for colour in ink) >= 3


def test_what_is_no_molecule_is_grey_and_says_so():
    renderer = MoleculeRenderer()
    tile = renderer(["C1CC"])[0]
    assert len(np.unique(tile.reshape(-1, 4), axis=0)) == 1
    assert "no valid molecule" in renderer.detail(np.array("<C>"))
    assert "&lt;C&gt;" in renderer.detail(np.array("<C>"))


def test_the_detail_has_smiles_qed_and_log_p(tokens):
    vocabulary, rows = tokens
    detail = MoleculeRenderer(vocabulary).detail(rows[2])
    qed, log_p = molecules.qed(["CC(N)=O"])[0], molecules.log_p(["CC(N)=O"])[0]
    assert "<code>CC(N)=O</code>" in detail
    assert f"QED {qed:.3f}, logP \N{MINUS SIGN}{-log_p:.2f}" in detail


def test_the_svg_is_a_drawing_of_the_same_size(tokens):
    vocabulary, rows = tokens
    svg = ElementTree.fromstring(MoleculeRenderer(vocabulary, theme="light").svg(rows[0]))
    assert (svg.get("width"), svg.get("height")) == ("128px", "96px")
    styles = " ".join(each.get("style", "") + each.get("fill", "") for each in svg.iter())
    assert "#FF0000" in styles.upper()  # oxygen
    with pytest.raises(ValueError, match="'C1CC' is no valid molecule"):
        MoleculeRenderer().svg("C1CC")


def test_a_residual_marks_the_atoms_that_the_other_molecule_does_not_have():
    renderer = MoleculeRenderer(theme="light")
    same, other = renderer.difference(["CCF", "CCF"], ["FCC", "CCC"])
    np.testing.assert_array_equal(same, renderer(["CCF"])[0])
    assert (same != other).any()
    assert has_ink(other, [255, 127, 127])  # the mark of RDKit
    assert (renderer.difference(["C1CC"], ["CCO"]) == renderer(["C1CC"])).all()


def test_bad_arguments_are_refused(tokens):
    with pytest.raises(TypeError, match="vocabulary must be a Vocabulary"):
        MoleculeRenderer(vocabulary=["C"])
    with pytest.raises(ValueError, match="theme"):
        MoleculeRenderer(theme="blue")
    with pytest.raises(ValueError, match="width"):
        MoleculeRenderer(width=0)
    with pytest.raises(ValueError, match=r"expected \(n, length\)"):
        MoleculeRenderer(tokens[0])(np.zeros(4))
