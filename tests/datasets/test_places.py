import platformdirs
import pytest

import vae_widgets as vw
from vae_widgets.datasets.places import own_folders, read_first, stored

FOUND = vw.Dataset("noise", x_train=[[0.0]], x_test=[[0.0]])


def test_without_variables_only_the_cache_is_looked_in(monkeypatch):
    monkeypatch.delenv("VAE_WIDGETS_DATA")
    monkeypatch.delenv("VAE_WIDGETS_CACHE")
    folders = own_folders()
    assert list(map(str, folders.values())) == [platformdirs.user_cache_dir("vae_widgets")]


def test_a_read_gets_its_path_and_the_words_about_it(tmp_path):
    asked = []

    def read(path, source):
        asked.append((path, source))
        if path.name == "first":
            raise FileNotFoundError(2, "No such file", str(path))
        return FOUND

    places = [stored("here", tmp_path / name, read) for name in ("first", "second", "third")]
    assert read_first("noise", places, "Make some.") is FOUND
    assert asked == [(tmp_path / name, f"here ({tmp_path / name})") for name in ("first", "second")]


def test_one_line_names_what_was_wrong_and_the_remedy(tmp_path):
    def read(path, source):
        if path.name == "empty":
            raise EOFError("no data left")
        raise NotADirectoryError(20, "Not a directory", str(path))

    places = [stored("there", tmp_path / name, read) for name in ("empty", "absent")]
    with pytest.raises(FileNotFoundError) as caught:
        read_first("noise", places, "Make some.")
    assert str(caught.value) == (
        f"the data set 'noise' was in none of these places: there ({tmp_path / 'empty'}): "
        f"EOFError: no data left; there ({tmp_path / 'absent'}): not there. Make some."
    )
