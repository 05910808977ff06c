"""The notebook about music runs from top to bottom, and its figures are beside their floors."""

import pathlib
import re

import pytest

NOTEBOOK = pathlib.Path(__file__).parents[2] / "notebooks/05_music.ipynb"


def test_floors_are_printed_beside_the_model_and_a_broken_file_is_named(run, capsys):
    with pytest.warns(UserWarning, match=r"1 of 7 MIDI files are left out:\s+broken\.mid: "):
        # Files of one's own are read at its end. Training is seen to work on a quarter, too.
        run(NOTEBOOK, {"16_384": "4_096"})
    printed = capsys.readouterr().out

    def figure(name):
        return float(re.search(rf"{name}: +([\d.]+)", printed)[1])

    floors = [figure(name) for name in ("the note before", "PCA with 32 numbers")]
    assert 0.5 < floors[0] < floors[1] < 0.9
    vae = figure("VAE with 32 numbers")
    assert floors[1] < vae < 0.95
    assert 0.3 < figure("after seconds") < vae
