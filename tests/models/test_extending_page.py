"""The code of docs/how_to/extending.md runs as it stands, and does what the page says."""

import numpy as np
import pytest

from tests.support.documents import run_page


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """What is defined after each section, by the section's name."""
    return run_page("how_to/extending", tmp_path_factory.mktemp("extending"))


def test_the_objective_holds_the_kl_at_its_aim(made):
    assert made["An objective"]["kl"] == pytest.approx(3.0, abs=0.5)


def test_the_likelihood_is_scipys(made):
    import scipy.stats

    names = made["A likelihood"]
    x = names["x"][:5]
    decoded = names["vae"].decode(names["vae"].encode(x)[0])
    expected = -scipy.stats.laplace.logpdf(x, decoded, 0.2).reshape(5, -1).sum(axis=1)
    ours = names["vae"].anomaly_score(x, "reconstruction")
    np.testing.assert_allclose(ours, expected, rtol=1e-4)
    assert np.isfinite(names["scores"]).all()


def test_the_schedule_is_validated_at_its_end(made):
    history = made["A schedule"]["vae"].history.history
    parts = np.add(history["val_reconstruction_loss"], history["val_kl_loss"])
    np.testing.assert_allclose(history["val_loss"], parts, rtol=1e-5)


def test_the_subclass_classifies_and_comes_back(made):
    names = made["A subclass with a head of its own"]
    assert names["accuracy"] > 0.5
    for one, other in zip(names["again"].get_weights(), names["model"].get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)
