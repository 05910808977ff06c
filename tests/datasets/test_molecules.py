"""Molecules from MOSES or RDKit."""

import numpy as np
import pytest

import vae_widgets as vw
from vae_widgets import molecules
from vae_widgets.datasets import molecules as loader

TRAIN, TEST = ["CCO", "CC(=O)Oc1ccccc1C(=O)O", "c1ccncc1"], ["CCN", "OCC"]


@pytest.fixture
def places(tmp_path, monkeypatch):
    """Two empty folders: the user's data, and the cache."""
    folders = {name: tmp_path / name for name in ("data", "cache")}
    for name, folder in folders.items():
        folder.mkdir()
        monkeypatch.setenv(f"VAE_WIDGETS_{name.upper()}", str(folder))
    return folders


def write_moses(folder, train=TRAIN, test=TEST):
    arrays = {"train": np.array(train, "S64"), "test": np.array(test, "S64")}
    np.savez_compressed(folder / "moses_50k.npz", **arrays)


@pytest.mark.parametrize("place", ["data", "cache"])
def test_moses_becomes_tokens_that_are_the_same_molecules(places, place):
    write_moses(places[place])
    ds = vw.load_dataset("molecules")
    assert (len(ds.x_train), len(ds.x_test)) == (3, 2)
    assert str(places[place]) in ds.source
    assert ds.likelihood == "categorical"
    assert ds.n_classes == len(ds.renderer.vocabulary)
    for x, smiles in ((ds.x_train, TRAIN), (ds.x_test, TEST)):
        found = molecules.canonical_smiles(ds.renderer.smiles(x))
        assert found == molecules.canonical_smiles(smiles)


def test_the_tokens_are_kept_and_made_anew_for_other_molecules(places, monkeypatch):
    write_moses(places["data"])
    first = vw.load_dataset("molecules")

    def fail(smiles):
        raise AssertionError("made again")

    with monkeypatch.context() as patch:
        patch.setattr(loader.notation, "to_selfies", fail)
        again = vw.load_dataset("molecules")
    np.testing.assert_array_equal(again.x_train, first.x_train)
    assert again.renderer.vocabulary == first.renderer.vocabulary
    write_moses(places["data"], train=["CCCl"])
    assert vw.load_dataset("molecules").renderer.smiles(vw.load_dataset("molecules").x_train) == [
        "CCCl"
    ]
    for kept in places["cache"].iterdir():
        kept.write_bytes(b"damaged")
    assert len(vw.load_dataset("molecules").x_train) == 1


def test_without_moses_those_of_rdkit_are_taken(places):
    ds = vw.load_dataset("molecules")
    assert ds.source == "RDKit (NCI/first_5K.smi)"
    assert 4_000 < len(ds.x_train) < 5_000
    train, test = (
        molecules.canonical_smiles(ds.renderer.smiles(x[:200])) for x in (ds.x_train, ds.x_test)
    )
    assert None not in train + test
    assert not set(train) & set(test)


def test_without_anything_one_line_says_how_to_get_it(places, monkeypatch):
    def missing(module):
        raise ImportError("No module named 'rdkit'")

    monkeypatch.setattr(loader.libraries, "rdkit", missing)
    with pytest.raises(FileNotFoundError, match=r"VAE_WIDGETS_DATA .*moses_50k\.npz") as error:
        vw.load_dataset("molecules")
    assert 'pip install "vae_widgets[molecules]"' in str(error.value)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("arrays", [None, {"train": np.array(["CCO"], "S3")}])
def test_a_file_that_cannot_be_used_is_named_and_others_are_taken(places, arrays):
    path = places["data"] / "moses_50k.npz"
    if arrays is None:
        path.write_bytes(b"damaged")
    else:
        np.savez_compressed(path, **arrays)
    write_moses(places["cache"])
    with pytest.warns(UserWarning, match="moses_50k.npz.*(lacks test|File is not a zip|pickle)"):
        ds = vw.load_dataset("molecules")
    assert len(ds.x_train) == 3
