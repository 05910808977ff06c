"""The experiments run through on tiny data; whether they reproduce anything takes hours."""

import json

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from tests.benchmarks.reproduce import burda, detection, faces, features, molecules, playground
from tests.benchmarks.reproduce.__main__ import ANOMALIES, DOMAINS, PUBLISHED, main, table
from tests.benchmarks.reproduce.experiment import Row, Settings, binarized


@pytest.fixture(scope="module", autouse=True)
def quick(quick_graphs):
    """Each of twenty networks trains for a few steps only."""


@pytest.fixture
def reproduce(tmp_path, capsys):
    """Run experiments on tiny data; return what they print."""

    def reproduce(*arguments):
        main(["--quick", "--folder", str(tmp_path), *arguments])
        return capsys.readouterr().out

    return reproduce


def test_every_experiment_runs_and_writes_its_row(reproduce, tmp_path):
    names = PUBLISHED + ANOMALIES + DOMAINS  # those in the page have tests of their own
    reproduce(*names, "--seeds", "1")

    assert {path.stem for path in tmp_path.glob("*.json")} == set(names)
    for name in names:
        row = Row.read(tmp_path / f"{name}.json")
        assert all(np.isfinite(list(row.ours.values()))), name
    losses = Row.read(tmp_path / "keras_documentation.json").ours
    assert losses["loss"] == pytest.approx(losses["reconstruction_loss"] + losses["kl_loss"])

    before = (tmp_path / "tutorial.json").stat().st_mtime_ns
    assert "has a row already" in reproduce("tutorial")
    assert (tmp_path / "tutorial.json").stat().st_mtime_ns == before

    # One stage more continues after the epochs that are there, unless it is asked to start again.
    (tmp_path / "vae_burda.json").unlink()
    printed = reproduce("vae_burda", "--stages", "2")
    assert "continues after epoch 1" in printed
    assert "stage 2 of 2" in printed
    assert "stage 1 of 2" not in printed
    assert "stage 1 of 1" in reproduce("vae_burda", "--stages", "1", "--again")


def test_table_puts_ours_beside_the_published(tmp_path):
    row = Row("VAE", {"NLL": 80.0}, {"NLL": 82.0, "active units": 25}, "1 epoch.", ["None."], 3, 4)
    row.write(tmp_path / "row.json")

    assert Row.read(tmp_path / "row.json") == row
    assert json.loads((tmp_path / "row.json").read_text())["seed"] == 3
    text = table([row])
    assert "| VAE | NLL | 80.00 | 82.00 | +2.5 % | 3 | 4 |" in text
    assert "| VAE | active units |  | 25.00 |  | 3 | 4 |" in text
    assert "- VAE: 1 epoch. None." in text


def test_published_schedule_has_3280_epochs():
    assert burda.epochs_of(burda.PUBLISHED_STAGES) == sum(3**i for i in range(8)) == 3280


def test_a_shorter_training_of_molecules_has_shorter_sittings():
    assert molecules.shortened(molecules.EPOCHS) == [*molecules.SITTINGS]
    assert molecules.shortened(1) == [molecules.SITTINGS[0]._replace(epochs=1)]
    for epochs in range(1, 60):
        assert sum(sitting.epochs for sitting in molecules.shortened(epochs)) == epochs


def test_binarized_images_have_the_grey_values_as_means():
    grey = np.tile(np.array([0.0, 0.25, 0.9, 1.0], np.float32), (20_000, 1))
    images = binarized(grey, np.random.default_rng(0))
    assert set(np.unique(images)) == {0.0, 1.0}
    np.testing.assert_allclose(images.mean(axis=0), grey[0], atol=0.02)


def test_detectors_stand_beside_their_baselines(tmp_path):
    """With one case for both seeds, so that all but the detector is the same twice."""
    rng = np.random.default_rng(0)
    normal, far = rng.normal(size=(60, 9)), rng.normal(1, 1, (20, 9))
    case = detection.split(normal, far, rng)
    assert [len(part) for part in case] == [42, 18 + 20, 18 + 20]
    assert not {*map(tuple, case.x_train)} & {*map(tuple, case.x_test)}
    assert {*map(tuple, case.x_test[case.is_anomaly])} == {*map(tuple, far)}

    settings = Settings(tmp_path, quick=True)
    row = detection.run(settings, "far", lambda seed: [case], [], hidden_units=(8,))
    x = (case.x_test - case.x_train.mean(axis=0)) / case.x_train.std(axis=0)
    distance = np.linalg.norm(x, axis=1)
    baseline = row.ours["baseline: distance from the mean"]
    assert baseline == pytest.approx(roc_auc_score(case.is_anomaly, distance))
    assert 0.5 < row.ours["AUROC"] < 1
    assert row.ours["AUROC, deviation over seeds"] > 0
    assert "hidden_units=(8,)" in row.schedule


def test_the_playground_stands_beside_others_over_seeds(tmp_path, monkeypatch):
    other = {"other": lambda levels, epochs, seed: 600.0 + 2 * seed}
    monkeypatch.setattr(playground, "TRAINED", {playground.PAGE: playground.loss_of_page, **other})
    row = playground.run(Settings(tmp_path, seed=3, quick=True))
    assert row.ours["loss, other"] == 607
    assert row.ours["loss, other, deviation over seeds"] == pytest.approx(2**0.5)
    assert (row.ours["loss, other, least"], row.ours["loss, other, most"]) == (606, 608)
    # One epoch hardly learns: a guess costs log(2) nats a pixel.
    assert row.ours["loss, page"] == pytest.approx(784 * np.log(2), rel=0.25)
    assert row.ours["page - other"] == pytest.approx(row.ours["loss, page"] - 607)


def test_faces_that_are_held_out_are_not_trained_on():
    people = np.arange(40 * 10, dtype=np.float32).reshape(40, 10, 1, 1, 1)
    for held_out, (x_train, x_test) in faces.splits(people).items():
        assert (len(x_train), len(x_test)) == (320, 80), held_out
        assert {*x_train.ravel()} | {*x_test.ravel()} == {*range(400)}
    x_train, x_test = faces.splits(people)["people"]
    assert not {*(x_train.ravel() // 10)} & {*(x_test.ravel() // 10)}
    x_train, x_test = faces.splits(people)["pictures"]
    assert np.bincount((x_test.ravel() // 10).astype(int)).tolist() == [2] * 40


def test_variants_of_a_face_are_turned_scaled_shifted_and_mirrored():
    """Two ramps, of rows and of columns, say where each pixel of a variant comes from.

    A linear interpolation keeps a plane, whose slopes are the matrix of the variant.
    """
    side, margin, n = 41, 10, 500
    places = np.stack(np.mgrid[:side, :side], axis=-1).astype(np.float32)
    from_where = np.stack(
        [
            faces.augmented(ramp[np.newaxis, ..., np.newaxis], n, np.random.default_rng(0))[..., 0]
            for ramp in np.moveaxis(places, -1, 0)
        ],
        axis=-1,
    )
    middle = (side - 1) / 2
    inner = slice(margin, -margin)
    known = np.column_stack([(places[inner, inner] - middle).reshape(-1, 2), np.ones(21**2)])
    inside = from_where[:, inner, inner].reshape(n, -1, 2)
    planes = np.linalg.pinv(known) @ inside  # (n, 3, 2): slopes, and where the middle comes from
    np.testing.assert_allclose(known @ planes, inside, atol=1e-3)

    matrices, shifts = planes[:, :2].transpose(0, 2, 1), planes[:, 2] - middle
    assert 0.97 * faces.LARGEST_SHIFT < np.abs(shifts).max() < faces.LARGEST_SHIFT + 1e-3
    signs = np.sign(np.linalg.det(matrices))
    assert 0.4 < (signs < 0).mean() < 0.6  # mirrored
    matrices[:, :, 1] *= signs[:, np.newaxis]
    scales = np.sqrt(np.linalg.det(matrices))
    turns = np.rad2deg(np.arctan2(matrices[:, 1, 0], matrices[:, 0, 0]))
    for values, largest in ((scales - 1, faces.LARGEST_ZOOM), (turns, faces.LARGEST_TURN)):
        assert 0.95 * largest < values.max() < largest * 1.001
        assert -0.95 * largest > values.min() > -largest * 1.001
    cos, sin = (f(np.deg2rad(turns)) * scales for f in (np.cos, np.sin))
    np.testing.assert_allclose(
        matrices, np.stack([cos, -sin, sin, cos], axis=1).reshape(-1, 2, 2), atol=1e-4
    )


def test_error_of_pca_on_faces_is_what_its_axes_leave_out():
    rng = np.random.default_rng(0)
    axes = np.linalg.qr(rng.normal(size=(256, 256)))[0]
    scale = np.where(np.arange(256) < faces.LATENT_DIM, 10, 0.1)
    x = (rng.normal(size=(3000, 256)) * scale) @ axes.T
    error = faces.pca_error(x.reshape(-1, 16, 16, 1), x.reshape(-1, 16, 16, 1), seed=0)
    assert error == pytest.approx(0.1**2 * (256 - faces.LATENT_DIM) / 256, rel=0.03)


def test_probes_of_features_are_told_apart_by_what_they_can_learn():
    """Classes on rings: neighbours find them, a line does not; scale matters to neighbours only."""
    rng = np.random.default_rng(0)
    y = np.arange(1200) % 2
    angle, radius = rng.uniform(0, 2 * np.pi, 1200), 1 + 2 * y
    rings = np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=1)
    found = features.probes(rings[:800], y[:800], rings[800:], y[800:])
    assert found["5-NN"] > 0.95
    assert found["linear"] < 0.7

    line = np.stack([(y - 0.5) * 1e-3, rng.normal(size=1200)], axis=1)
    found = features.probes(line[:800], y[:800], line[800:], y[800:])
    assert found["linear"] == 1
    assert found["5-NN"] < 0.7
