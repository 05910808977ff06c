"""Molecules as rows of SELFIES tokens: 55,000 of MOSES, or those that come with RDKit."""

import hashlib
import json
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from vae_widgets.core.atomic_file import atomic_file, open_regular
from vae_widgets.core.vocabulary import Vocabulary
from vae_widgets.datasets import places
from vae_widgets.datasets.dataset import Dataset
from vae_widgets.molecules import libraries, notation
from vae_widgets.rendering.molecule import MoleculeRenderer

FILE = "moses_50k.npz"
_LONGEST, _RAREST = 60, 10  # tokens in a molecule of RDKit's file, and molecules with a token
_TEST_SHARE = 0.1  # of RDKit's file; MOSES has a test set
_OF_RDKIT = Path("NCI/first_5K.smi")  # in the data of RDKit
_REMEDY = (
    'RDKit has 5,000 molecules: pip install "vae_widgets[molecules]", with SELFIES. Or '
    f"set VAE_WIDGETS_DATA to a folder with {FILE}, with SMILES as the arrays train and test."
)
_VERSION = 1  # of what is kept; another one is made anew


def load_molecules() -> Dataset:
    """Load molecules from the first place that has them.

    The tokens of MOSES are kept in the cache of vae_widgets, because it takes half a minute to
    write 55,000 molecules in SELFIES.
    """
    folders = places.own_folders()
    found = [places.stored(name, folder / FILE, _read_moses) for name, folder in folders.items()]
    found.append(places.stored("RDKit", _OF_RDKIT, _read_rdkit))
    return places.read_first("molecules", found, _REMEDY)


def _read_moses(path: Path, source: str) -> Dataset:
    with open_regular(path) as file, np.load(file, allow_pickle=False) as content:
        missing = [name for name in ("train", "test") if name not in content]
        if missing:
            raise ValueError(f"it lacks {', '.join(missing)}; expected SMILES as train and test")
        parts = [np.char.decode(content[name], "ascii") for name in ("train", "test")]
    return _dataset(*_kept(parts[0].tolist(), parts[1].tolist()), source, "MIT (MOSES)")


def _read_rdkit(path: Path, source: str) -> Dataset:
    licence = "public domain (National Cancer Institute, through RDKit)"
    return _dataset(*_tokens(*_of_rdkit(path)), source, licence)


Tokens = tuple[NDArray[np.int16], NDArray[np.int16], Vocabulary]


def _kept(train: Sequence[str], test: Sequence[str]) -> Tokens:
    """Return what `_tokens` gives, from the cache if it was made before."""
    digest = hashlib.sha256("\n".join([str(_VERSION), *train, "", *test]).encode()).hexdigest()
    path = places.cache_folder() / f"molecules_{digest[:16]}.npz"
    try:
        with np.load(path) as kept:
            vocabulary = Vocabulary.from_json(json.loads(str(kept["vocabulary"])))
            return kept["train"], kept["test"], vocabulary
    except Exception:  # it is not there, or damaged: make it
        made = _tokens(train, test)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with atomic_file(path) as file:
            text = np.array(json.dumps(made[2].to_json()))
            np.savez_compressed(file, train=made[0], test=made[1], vocabulary=text)
    except OSError:  # a full disk or a read-only home folder: only the time is lost
        pass
    return made


def _tokens(train: Sequence[str], test: Sequence[str]) -> Tokens:
    """Return the rows of tokens of SMILES, and the vocabulary of both parts."""
    parts = [[text for text in notation.to_selfies(each) if text] for each in (train, test)]
    vocabulary = Vocabulary.fit([*parts[0], *parts[1]], pattern=notation.SELFIES)
    rows = [vocabulary.encode(part).astype(np.int16) for part in parts]
    return rows[0], rows[1], vocabulary


def _of_rdkit(path: Path) -> tuple[list[str], list[str]]:
    """Return the SMILES of RDKit's file: of one piece, not long, without rare elements."""
    lines = (Path(libraries.rdkit("RDConfig").RDDataDir) / path).read_text().splitlines()
    found = notation.canonical_smiles(line.split()[0] for line in lines if line.strip())
    different = list(dict.fromkeys(text for text in found if text and "." not in text))
    split = Vocabulary((), 1, pattern=notation.SELFIES).split
    written = {
        smiles: split(text)
        for smiles, text in zip(different, notation.to_selfies(different), strict=True)
        if text
    }
    counts = Counter(token for tokens in written.values() for token in set(tokens))
    usual = [
        smiles
        for smiles, tokens in written.items()
        if len(tokens) <= _LONGEST and all(counts[token] >= _RAREST for token in tokens)
    ]
    order = np.random.default_rng(0).permutation(len(usual))
    n_test = int(_TEST_SHARE * len(usual))
    return [usual[i] for i in order[n_test:]], [usual[i] for i in order[:n_test]]


def _dataset(
    train: NDArray[np.integer],
    test: NDArray[np.integer],
    vocabulary: Vocabulary,
    source: str,
    licence: str,
) -> Dataset:
    return Dataset(
        name="molecules",
        x_train=train.astype(np.float32),
        x_test=test.astype(np.float32),
        renderer=MoleculeRenderer(vocabulary),
        likelihood="categorical",
        n_classes=len(vocabulary),
        source=source,
        licence=licence,
    )
