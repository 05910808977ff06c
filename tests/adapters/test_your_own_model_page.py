"""The code of docs/how_to/your_own_model.md runs as it stands, and does what the page says."""

import numpy as np
import pytest

from tests.support.documents import run_page


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """What is defined after each section, by the section's name."""
    return run_page("how_to/your_own_model", tmp_path_factory.mktemp("your_own_model"))


@pytest.mark.parametrize("section", ["PyTorch", "scikit-learn"])
def test_scores_are_those_of_the_codec(made, section):
    names = made[section]
    np.testing.assert_allclose(names["scores"], names["codec"].anomaly_score(names["x"]))
    assert names["scores"].shape == (500,)


def test_both_orders_of_axes_give_the_same(made):
    names = made["PyTorch"]
    last, first = names["images"], names["first"]
    x = names["x"]
    np.testing.assert_allclose(last.encode(x), first.encode(np.moveaxis(x, 3, 1)), rtol=1e-5)


def test_the_pair_of_files_is_the_model_that_was_saved(made):
    import vae_widgets as vw

    names, saved = made["ONNX"], vw.load_pretrained("digits-2d")
    x = names["x"]
    np.testing.assert_allclose(
        names["codec"].encode(x)[0], saved.encode(x)[0], rtol=1e-4, atol=1e-5
    )
    np.testing.assert_allclose(
        names["codec"].anomaly_score(x), saved.anomaly_score(x), rtol=1e-3, atol=1e-2
    )


def test_errors_of_any_codec(made):
    names = made["Scores"]
    x_hat = names["codec"].decode(names["codec"].encode(names["x"])[0])
    expected = ((names["x"] - x_hat) ** 2).sum(axis=(1, 2, 3))
    np.testing.assert_allclose(names["errors"], expected, rtol=1e-4)


def test_a_class_of_four_names_is_a_codec(made):
    scatter = made["Anything else"]["scatter"]
    upper = made["Anything else"]["x"][:, :4].mean(axis=(1, 2, 3))
    np.testing.assert_allclose(scatter.z_mean[:, 0], upper, rtol=1e-5)
