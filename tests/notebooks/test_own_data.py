"""The notebook for the user's own data runs on its example, and on a folder of images."""

from pathlib import Path

import numpy as np
from PIL import Image
from sklearn.datasets import load_digits

import vae_widgets as vw

NOTEBOOK = Path(__file__).parents[2] / "notebooks/01_your_own_data.ipynb"


def test_a_table_is_learned_and_the_strangest_rows_are_explained(run):
    names = run(NOTEBOOK)
    ds, errors = names["ds"], list(names["errors"].values())
    assert ds.label_names == ("benign", "malignant")
    assert errors[2] < 0.5 * errors[0]  # the VAE, and the mean of the training samples
    assert names["scatter"].n_samples == 114
    loaded = vw.load("my_model.vae")
    assert loaded.renderer.columns == list(ds.feature_names)
    # The column that is named first has most of the nats, and its value is that of the file.
    strangest = int(names["review"].queue[0])
    assert strangest == names["scores"].argmax()
    first = int(names["vae"].attribution(ds.x_test[[strangest]])[0].argmax())
    detail = names["review"]._window["details"][0]
    assert detail.split("<tr>")[2].startswith(f"<td>{ds.feature_names[first]}</td>")
    value = ds.x_test[strangest, first] * ds.preprocessing.deviation[first]
    assert f">{value + ds.preprocessing.mean[first]:.5g}<" in detail


def test_folders_of_images_are_classes_of_a_convolutional_model(run, tmp_path):
    digits = load_digits()
    for k in np.flatnonzero(digits.target < 2)[:100]:
        file = tmp_path / "photos" / ["zero", "one"][digits.target[k]] / f"{k}.png"
        file.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray((digits.images[k] * 15.9).astype(np.uint8)).save(file)
    names = run(NOTEBOOK, {'path = "example.csv"': 'path = "photos"', "epochs=100": "epochs=4"})
    assert names["ds"].label_names == ("one", "zero")
    assert names["ds"].x_test.shape == (20, 32, 32, 1)
    assert vw.load("my_model.vae").sample_shape == (32, 32, 1)
