"""Properties of molecules: published values."""

import numpy as np
import pytest

from vae_widgets import molecules


def test_qed_is_that_of_the_publication_for_known_drugs():
    # Bickerton et al. (2012): aspirin 0.55. Ethanol is too small to be drug-like.
    aspirin, ethanol = molecules.qed(["CC(=O)Oc1ccccc1C(=O)O", "CCO"])
    assert aspirin == pytest.approx(0.55, abs=0.01)
    assert ethanol < aspirin


def test_log_p_adds_up_the_contributions_of_atoms():
    # Wildman & Crippen (1999), table 1: C1 0.1441 for each carbon of CH4 and CH3R, H1 0.1230 for
    # each hydrogen on carbon.
    ethane = molecules.log_p(["CC"])[0]
    assert ethane == pytest.approx(2 * 0.1441 + 6 * 0.1230, abs=1e-6)


def test_what_is_not_valid_is_not_a_number():
    for values in (molecules.qed(["C1CC", "CCO"]), molecules.log_p(["C1CC", "CCO"])):
        assert values.shape == (2,)
        assert np.isnan(values).tolist() == [True, False]
