"""SMILES and SELFIES."""

import builtins

import pytest

from vae_widgets import molecules
from vae_widgets.molecules import notation

ASPIRIN, CAFFEINE = "CC(=O)Oc1ccccc1C(=O)O", "Cn1cnc2c1c(=O)n(C)c(=O)n2C"


def test_selfies_and_back_is_the_same_molecule():
    strings = molecules.to_selfies([ASPIRIN, CAFFEINE])
    assert all(text.startswith("[C]") for text in strings)
    there = molecules.canonical_smiles(molecules.to_smiles(strings))
    assert there == molecules.canonical_smiles([ASPIRIN, CAFFEINE])


def test_every_sequence_of_tokens_is_a_molecule():
    from rdkit import Chem

    smiles = molecules.to_smiles(["[O][=C][Ring1][F][F][N]", "[#N][Branch1]", "[F][C][=Branch2]"])
    assert all(Chem.MolFromSmiles(text) is not None for text in smiles)


def test_what_is_no_molecule_is_none():
    assert molecules.to_selfies(["C1CC", "CCO"]) == [None, "[C][C][O]"]
    assert molecules.canonical_smiles(["OCC", "C1CC", "", "?"]) == ["CCO", None, None, None]
    assert notation.read([""]) == [None]


def test_other_writing_is_refused():
    with pytest.raises(ValueError, match=r"'.Hello.' is not written in SELFIES"):
        molecules.to_smiles(["[Hello]"])
    with pytest.raises(TypeError, match="smiles must be a sequence of texts; received 'CCO'"):
        molecules.qed("CCO")
    with pytest.raises(TypeError, match=r"smiles\[1\] is 7; expected a text"):
        molecules.qed(["CCO", 7])


@pytest.mark.parametrize(("package", "call"), [("rdkit", "qed"), ("selfies", "to_selfies")])
def test_without_the_libraries_the_error_names_the_extra(monkeypatch, package, call):
    import importlib

    def missing(name, *args, **kwargs):
        if name.split(".")[0] == package:
            raise ImportError(f"No module named {name!r}")
        return builtins.__import__(name, *args, **kwargs)

    monkeypatch.setattr(importlib, "import_module", missing)
    with pytest.raises(ImportError, match=r'pip install "vae_widgets\[molecules\]"'):
        getattr(molecules, call)(["CCO"])


def test_saved_smiles_are_what_rdkit_reads(tmp_path):
    from rdkit import Chem

    path = tmp_path / "found.smi"
    molecules.save_smiles(path, [ASPIRIN, CAFFEINE])
    read = Chem.SmilesMolSupplier(str(path), titleLine=False)
    assert [Chem.MolToSmiles(mol) for mol in read] == molecules.canonical_smiles(
        [ASPIRIN, CAFFEINE]
    )
    assert [mol.GetProp("_Name") for mol in read] == ["0", "1"]
    with pytest.raises(ValueError, match=r"\.smi"):
        molecules.save_smiles(tmp_path / "found.csv", [ASPIRIN])
