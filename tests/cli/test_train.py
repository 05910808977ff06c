import numpy as np
import pandas as pd
import pytest
from PIL import Image

import vae_widgets as vw
from vae_widgets.cli import train

pytestmark = pytest.mark.usefixtures("quick_graphs")
QUICK = ("--epochs", 2, "--quiet")


@pytest.fixture
def table(values, tmp_path):
    """A CSV file of 40 rows with an identifier, one of them broken; the values of the others."""
    frame = pd.DataFrame(values, columns=list("abcdef")).astype(object)
    frame.insert(0, "id", [f"row {i}" for i in range(len(frame))])
    frame.loc[4, "b"] = "?"
    frame.to_csv(tmp_path / "table.csv", index=False)
    return np.delete(values, 4, axis=0)


def test_a_table_becomes_a_detector(run, table, tmp_path):
    asked = ("train", "table.csv", "-o", "table.vae", "--leave-out", "id", "--holdout", 0.6)
    code, out, (error,) = run(*asked, *QUICK, "--contamination", 0.25)
    assert code == 1
    assert "table.csv: row 4 (line 6): column 'b' is '?'; expected a number" in error
    assert "Read 39 samples of shape 6 from table.csv" in out
    assert "Likelihood gaussian, because values lie in [-" in out
    assert "Training on 16 samples; 23 are held out" in out
    codec = vw.load(tmp_path / "table.vae")
    assert codec.feature_names == tuple("abcdef")
    assert codec.preprocessing == "standardize_features"
    assert codec.policy.n_scores == len(codec.latents) == 23
    detector = vw.VAEDetector.load(tmp_path / "table.vae")
    frame = pd.DataFrame(table, columns=codec.feature_names)
    np.testing.assert_allclose(codec.anomaly_score(table), detector.anomaly_score(frame), rtol=1e-4)
    assert 0 < codec.policy.alert_rate <= 0.25


def test_pictures_become_a_convolutional_model(run, tmp_path):
    rng = np.random.default_rng(0)
    (tmp_path / "pictures/inner").mkdir(parents=True)
    pixels = rng.integers(0, 256, (30, 8, 8), np.uint8)
    for i, picture in enumerate(pixels):
        folder = tmp_path / ("pictures/inner" if i % 2 else "pictures")
        Image.fromarray(picture).save(folder / f"{i:02}.png")
    (tmp_path / "pictures/99.png").write_bytes(b"no picture")
    code, out, (error,) = run("train", "pictures", "-o", "pictures.vae", *QUICK, "--holdout", 0)
    assert code == 1
    assert "99.png is not a picture" in error
    assert "Likelihood bernoulli, because values of one byte are pixels" in out
    assert "Layers: conv." in out
    codec = vw.load(tmp_path / "pictures.vae")
    assert (codec.sample_shape, codec.likelihood) == ((8, 8, 1), "bernoulli")
    assert len(codec.latents) == len(codec.tiles) == 30
    code, out, _ = run("export", "pictures.vae", "pictures", "-o", "pictures.html")
    assert code == 1
    assert " 30 samples" in out


@pytest.mark.parametrize(
    ("x", "likelihood", "architecture", "divisor"),
    [
        (np.array([[0, 255]], np.uint8), "bernoulli", "dense", 255),
        (np.array([[0.0, 1.0]]), "bernoulli", "dense", 1),
        (np.array([[-0.1, 1.0]]), "gaussian", "dense", 1),
        (np.array([[0, 2]]), "gaussian", "dense", 1),
        (np.linspace(0, 1, 64).reshape(1, 8, 8, 1), "bernoulli", "conv", 1),
        (np.linspace(0, 9, 48).reshape(1, 4, 4, 3), "gaussian", "dense", 1),
        (np.linspace(0, 9, 64).reshape(1, 8, 8), "gaussian", "dense", 1),
    ],
)
def test_the_data_choose(x, likelihood, architecture, divisor):
    plan = train.plan_for(x, "auto", "auto")
    assert (plan.likelihood, plan.architecture, plan.divisor) == (
        likelihood,
        architecture,
        divisor,
    )


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (("--holdout", 1), "--holdout is 1.0; expected at least 0 and below 1"),
        (("--holdout", 0.3), "12 of 39 samples would be held out"),
        (("--likelihood", "bernoulli"), "needs values in [0, 1]; the data have [-"),
        (("--side", 8), "--side is for a folder of pictures"),
        (("--columns", "a,g"), "lacks the column 'g'"),
        (("--latent-dim", 0, "--holdout", 0), "latent_dim must be"),
        (("--columns", "a", "--leave-out", "b"), "not allowed with argument"),
    ],
)
def test_wrong_arguments_are_refused(run, table, tmp_path, arguments, problem):
    options = () if "--columns" in arguments else ("--leave-out", "id")
    code, _, errors = run("train", "table.csv", "-o", "table.vae", *options, *arguments)
    assert code == 2
    assert problem in errors[-1]
    assert not (tmp_path / "table.vae").exists()


def test_a_column_of_text_is_named(run, table):
    code, _, errors = run("train", "table.csv", "-o", "table.vae")
    assert code == 2
    assert "column 'id' is 'row 0'; expected a number" in errors[0]
    assert "no row of table.csv can be used. Pass --leave-out" in errors[-1]


@pytest.mark.parametrize("side", [0, -3, 10**6])
def test_a_side_that_no_picture_has_is_refused(run, tmp_path, side):
    (tmp_path / "pictures").mkdir()
    Image.fromarray(np.zeros((8, 8), np.uint8)).save(tmp_path / "pictures/a.png")
    code, _, (error,) = run("train", "pictures", "-o", "m.vae", "--side", side)
    assert code == 2
    assert f"--side is {side}; expected 1 to 4096 pixels" in error
