"""Every model of the package opens, decodes and is small, and is the file that was tested."""

import subprocess
import sys
import zipfile
from pathlib import Path

import numpy as np
import pytest

import vae_widgets as vw
from tests.benchmarks.pretrained import __main__ as maker
from tests.support.course_answers import kl_of


def test_each_model_of_the_package_has_a_script_that_makes_it():
    assert vw.list_pretrained() == sorted(maker.MODELS)
    assert maker.hashes(maker.FOLDER) == (maker.FOLDER / "SHA256SUMS").read_text()


def test_they_are_small():
    """The wheel has them, too."""
    sizes = [path.stat().st_size for path in maker.FOLDER.glob("*.vae")]
    assert max(sizes) <= 500_000
    assert sum(sizes) <= 4_000_000


@pytest.mark.parametrize("name", vw.list_pretrained())
def test_each_encodes_what_it_decodes(name):
    codec = vw.load_pretrained(name)
    z = codec.latents[:20]
    x = codec.decode(z)
    assert x.shape == (len(z), *codec.sample_shape)
    assert np.isfinite(codec.encode(x)[0]).all()
    if name != "faces":  # whose pictures may not be passed on
        assert len(codec.tiles) == len(codec.latents)
        assert codec.labels is None or len(codec.labels) == len(codec.latents)
    assert codec.manifest["training"]["history"]["loss"]


def test_digits_of_a_class_are_neighbours_in_the_plane():
    from sklearn.neighbors import KNeighborsClassifier

    digits = vw.load_dataset("digits")
    codec = vw.load_pretrained("digits-2d")
    codes = [codec.encode(x)[0] for x in (digits.x_train, digits.x_test)]
    np.testing.assert_allclose(codes[1], codec.latents, atol=1e-4)
    np.testing.assert_allclose(vw.course.samples(codec), digits.x_test, atol=0.5 / 255 + 1e-6)
    classifier = KNeighborsClassifier().fit(codes[0], digits.y_train)
    assert classifier.score(codes[1], digits.y_test) > 0.75


def test_faces_are_decoded_better_than_by_pca_and_hold_no_picture():
    from sklearn.decomposition import PCA

    faces = vw.load_dataset("faces")
    codec = vw.load_pretrained("faces")
    flat, held_out = (x.reshape(len(x), -1) for x in (faces.x_train, faces.x_test))
    pca = PCA(codec.latent_dim, random_state=0).fit(flat)
    by_pca = np.mean((pca.inverse_transform(pca.transform(held_out)) - held_out) ** 2)
    codes = codec.encode(faces.x_test)[0]
    assert np.mean((codec.decode(codes) - faces.x_test) ** 2) < 0.9 * by_pca

    assert codec.tiles is None
    names = zipfile.ZipFile(maker.FOLDER / "faces.vae").namelist()
    assert not [name for name in names if name.endswith(("png", "keras"))]
    codes = np.concatenate([codes, codec.encode(faces.x_train)[0]])
    apart = np.linalg.norm(codec.latents[:, np.newaxis] - codes, axis=-1).min(axis=1)
    of_pictures = np.linalg.norm(codes[:, np.newaxis] - codes, axis=-1)
    np.fill_diagonal(of_pictures, np.inf)
    # No drawn code is as near to a picture as pictures of one person are to each other.
    assert apart.min() > np.median(of_pictures.min(axis=1))


def test_most_notes_of_chorales_that_are_held_out_come_back():
    music = vw.load_dataset("music")
    codec = vw.load_pretrained("chorales")
    right = codec.decode(codec.encode(music.x_test)[0]) == music.x_test
    assert right.mean() > 0.87


def test_samples_of_the_molecules_are_different_and_almost_as_drug_like_as_the_data():
    from vae_widgets import molecules

    codec = vw.load_pretrained("molecules")
    smiles = codec.renderer.smiles(codec.sample(200, seed=0))
    assert molecules.validity(smiles) == 1
    assert molecules.uniqueness(smiles) > 0.98
    assert np.nanmean(molecules.qed(smiles)) > 0.66  # 0.81 of the data


def test_digits_use_some_of_sixteen_dimensions_and_none_at_a_large_beta():
    used, collapsed = (vw.load_pretrained(f"digits-{name}") for name in ("16d", "collapsed"))
    x = vw.course.samples(used)
    kl = kl_of(*used.encode(x)).mean(axis=0)
    assert np.sum(kl > 0.5) == 4
    assert np.sum(kl < 0.05) == 12
    assert kl_of(*collapsed.encode(x)).sum(axis=1).max() < 0.01
    decoded = collapsed.decode(collapsed.encode(x)[0])
    # What is left is the best constant picture: the mean of the training digits.
    assert np.ptp(decoded, axis=0).max() < 1e-3
    mean = vw.load_dataset("digits").x_train.mean(axis=0)
    np.testing.assert_allclose(decoded[0], mean, atol=0.05)


def test_the_twin_without_kl_reconstructs_as_well_and_is_far_from_the_prior():
    vae, twin = (vw.load_pretrained(f"digits-{name}") for name in ("2d", "autoencoder"))
    x, labels = vw.course.samples(vae), np.array(vae.labels)
    decoded = [codec.decode(codec.encode(x)[0]) for codec in (vae, twin)]
    errors = [np.mean((x_hat - x) ** 2) for x_hat in decoded]
    assert errors[1] == pytest.approx(errors[0], rel=0.05)
    assert twin.encode(x)[0].std() > 3
    z = np.random.default_rng(0).standard_normal((500, 2))
    kinds = []
    for codec, x_hat in zip((vae, twin), decoded, strict=True):
        apart = ((codec.decode(z)[:, np.newaxis] - x_hat) ** 2).sum(axis=(2, 3, 4))
        kinds.append(len(np.unique(labels[apart.argmin(axis=1)])))
    assert kinds[0] == 10
    assert kinds[1] <= 6


def test_ill_x_rays_score_higher_than_healthy_ones():
    from sklearn.metrics import roc_auc_score

    codec = vw.load_pretrained("xrays")
    ill = np.array(codec.labels) == "pneumonia"
    assert (ill.sum(), (~ill).sum()) == (40, 120)
    assert roc_auc_score(ill, codec.anomaly_score(vw.course.samples(codec))) > 0.8


def test_unknown_names_and_no_tensorflow():
    with pytest.raises(ValueError, match=r"name is 'digits-3d'.*digits-2d"):
        vw.load_pretrained("digits-3d")
    code = (
        "import sys, vae_widgets as vw; vw.load_pretrained('digits-2d');"
        "print(sorted({'tensorflow', 'keras'} & set(sys.modules)))"
    )
    printed = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)
    assert printed.stdout.decode().strip() == "[]"


def test_a_model_is_made_again(tmp_path, monkeypatch, quick_graphs):
    from tests.benchmarks.pretrained import digits_2d

    monkeypatch.setattr(digits_2d, "EPOCHS", 1)
    maker.main(["digits-2d", "--folder", str(tmp_path)])
    assert vw.load(tmp_path / "digits-2d.vae").latents.shape == (360, 2)
    assert Path(tmp_path / "SHA256SUMS").read_text().endswith("  digits-2d.vae\n")
    with pytest.raises(SystemExit):
        maker.main(["digits"])
