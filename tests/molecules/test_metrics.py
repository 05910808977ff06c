"""Figures of merit of generated molecules, against counting by hand and brute force."""

import itertools
import math

import numpy as np
import pytest
from scipy.stats import wasserstein_distance

from vae_widgets import molecules

SAMPLES = ["CCO", "OCC", "C1CC", "CCN", "c1ccccc1"]  # one twice, and one that is not valid
TRAIN = ["OCC", "CC(C)C"]
REFERENCE = ["CCCO", "c1ccccc1C", "CCN"]


def similarity(one, other):
    """Tanimoto of the two sets of bits, by counting."""
    from rdkit import Chem
    from rdkit.Chem import rdFingerprintGenerator

    generator = rdFingerprintGenerator.GetMorganGenerator(radius=2, fpSize=1024)
    bits = [
        set(generator.GetFingerprint(Chem.MolFromSmiles(each)).GetOnBits()) for each in (one, other)
    ]
    return len(bits[0] & bits[1]) / len(bits[0] | bits[1])


def test_shares_are_counted_as_in_moses():
    assert molecules.validity(SAMPLES) == 4 / 5
    assert molecules.uniqueness(SAMPLES) == 3 / 4  # of the valid ones
    assert molecules.novelty(SAMPLES, TRAIN) == 2 / 3  # of the different valid ones


def test_similarities_are_those_of_all_pairs():
    valid = [each for each in SAMPLES if each != "C1CC"]
    pairs = [similarity(*pair) for pair in itertools.product(valid, repeat=2)]
    assert molecules.internal_diversity(SAMPLES) == pytest.approx(1 - np.mean(pairs))
    nearest = [max(similarity(each, other) for other in REFERENCE) for each in valid]
    assert molecules.similarity_to_nearest(SAMPLES, REFERENCE) == pytest.approx(np.mean(nearest))


@pytest.mark.parametrize("values", [molecules.qed, molecules.log_p])
def test_wasserstein_is_that_of_the_property(values):
    got = molecules.wasserstein(SAMPLES, REFERENCE, values)
    valid = values(SAMPLES)[[0, 1, 3, 4]]
    assert got == pytest.approx(wasserstein_distance(valid, values(REFERENCE)))
    assert got > 0


def test_measure_gives_all_by_name():
    got = molecules.measure(iter(SAMPLES), train=iter(TRAIN), reference=iter(REFERENCE))
    assert got == {
        "validity": molecules.validity(SAMPLES),
        "uniqueness": molecules.uniqueness(SAMPLES),
        "novelty": molecules.novelty(SAMPLES, TRAIN),
        "IntDiv": molecules.internal_diversity(SAMPLES),
        "SNN": molecules.similarity_to_nearest(SAMPLES, REFERENCE),
        "QED Wasserstein": molecules.wasserstein(SAMPLES, REFERENCE, molecules.qed),
        "logP Wasserstein": molecules.wasserstein(SAMPLES, REFERENCE, molecules.log_p),
    }
    assert set(next(iter(molecules.MOSES.values()))) < set(got)


def test_nothing_valid_is_not_a_number():
    got = molecules.measure(["C1CC"], train=TRAIN, reference=REFERENCE)
    assert got.pop("validity") == 0
    assert all(math.isnan(value) for value in got.values())
    assert math.isnan(molecules.validity([]))


def test_a_misspelt_keyword_gets_the_nearest():
    with pytest.raises(TypeError, match="did you mean 'reference'"):
        molecules.measure(SAMPLES, train=TRAIN, refrence=REFERENCE)
