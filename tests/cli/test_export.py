import json
import re

import numpy as np
import pandas as pd
import pytest

import vae_widgets as vw
from tests.cli.conftest import NAMES, SAVED


def models_in(page):
    data = re.search(r'id="vw-data">(.*?)</script>', page.read_text(), re.DOTALL)[1]
    return json.loads(data)["models"].values()


def scatter_in(page):
    return next(model for model in models_in(page) if "LatentScatter" in model["kinds"])


def test_a_detector_with_data(run, named_detector, values, tmp_path):
    table = pd.DataFrame(values, columns=NAMES).assign(kind=["x", "y"] * 20)
    table.loc[5, "c"] = np.nan
    table[[*NAMES[::-1], "kind"]].to_csv(tmp_path / "data.csv", index=False)
    asked = ("export", named_detector, "data.csv", "-o", "page.html", "--classes", "kind")
    code, out, (error,) = run(*asked, "--title", "My <data>", "--most", 30)
    assert code == 1
    assert "row 5 (line 7): column 'c' is missing" in error
    assert "30 samples" in out
    assert "<title>My &lt;data&gt;</title>" in (tmp_path / "page.html").read_text()
    models = models_in(tmp_path / "page.html")
    canvas = next(model for model in models if "ScoreCanvas" in model["kinds"])
    threshold = vw.load(named_detector).policy.threshold
    assert canvas["state"]["threshold"] == pytest.approx(threshold)
    assert scatter_in(tmp_path / "page.html")["state"]["_class_names"] == ["x", "y"]
    assert run(*asked)[0] == 2  # the page exists


@pytest.mark.parametrize(
    ("file", "options", "n"),
    [("conditional.vae", ("--label", 1), 2), ("dense.vae", (), 500), ("detector.vae", (), 500)],
)
def test_without_data_codes_are_decoded(run, tmp_path, file, options, n):
    code, out, errors = run("export", SAVED / file, "-o", "page.html", *options)
    assert (code, errors) == (0, [])
    assert f" {n} samples" in out


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        ((SAVED / "dense.vae", "x.npy"), "x.npy has samples of shape (3,)"),
        ((SAVED / "dense.vae", "--most", 1), "--most is 1"),
        ((SAVED / "dense.vae", "--label", 1), "has no conditional model"),
        ((SAVED / "conditional.vae",), "needs one of 0 to 2"),
    ],
)
def test_wrong_arguments_are_refused(run, tmp_path, arguments, problem):
    np.save(tmp_path / "x.npy", np.zeros((4, 3)))
    code, _, (error,) = run("export", *arguments, "-o", "page.html")
    assert code == 2
    assert problem in error
    assert not (tmp_path / "page.html").exists()
