import importlib.util
import sys

import music21
import numpy as np
import pytest

import vae_widgets as vw
from vae_widgets.datasets import music


@pytest.fixture
def chorales():
    """Six pieces of four voices in sixteenth notes, which stand for the chorales."""
    rng = np.random.default_rng(0)
    eighths = rng.integers(50, 70, (4, 6 * 24), dtype=np.uint8)
    grid = np.repeat(eighths, 2, axis=1)
    grid[:, 1::2][:, ::3] += 1  # passing sixteenths, which eighths leave out
    grid[3, 47::48] = grid[3, 46::48] = 60  # the last bass note
    return music.Chorales(
        grid,
        np.arange(0, 6 * 48 + 1, 48),
        np.array([f"bach/{i}" for i in range(6)]),
        np.array([0, 3, 1, -3, 0, 2], np.int8),
    )


def test_it_is_read_from_the_users_folder(places, chorales):
    music._write(places["data"] / music.FILE, chorales)
    ds = vw.load_dataset("music")
    assert ds.sample_shape == (16, 4)
    assert ds.likelihood == "categorical"
    assert ds.label_names == ("major", "minor", "other")
    assert "VAE_WIDGETS_DATA" in ds.source
    windows = {w.tobytes() for w in ds.renderer.pitches(ds.x_test).astype(np.uint8)}
    eighths = chorales.grid[:, ::2].T
    starts = [24 * piece + start for piece in range(6) for start in (0, 8)]
    assert windows <= {eighths[start : start + 16].tobytes() for start in starts}
    assert len(windows) == 2 * 2  # a fifth of six pieces, rounded up


def test_another_key_is_another_tonic():
    a_minor = np.array([57, 57], np.uint8)
    assert music.MODES[music.mode_of(a_minor, 0)] == "minor"
    assert music.MODES[music.mode_of(a_minor, 3)] == "major"
    assert music.MODES[music.mode_of(a_minor, -1)] == "other"  # the dominant of d
    e_flat = np.array([51, 0], np.uint8)  # a rest at the end is no bass note
    assert music.MODES[music.mode_of(e_flat, -3)] == "major"
    assert music.MODES[music.mode_of(np.zeros(3, np.uint8), 0)] == "other"


def test_a_damaged_file_is_named_and_the_next_place_is_used(places, chorales):
    music._write(places["cache"] / music.FILE, chorales)
    places["data"].mkdir()
    wrong = chorales._replace(offsets=chorales.offsets[:-1])
    music._write(places["data"] / music.FILE, wrong)
    with pytest.warns(UserWarning, match="cannot be read as chorales: offsets, names and sharps"):
        ds = vw.load_dataset("music")
    assert ds.source.startswith("cache of vae_widgets")


def test_the_corpus_of_music21_is_read_once_and_kept(places, monkeypatch, tmp_path, capsys):
    """Of the whole corpus, which takes some seconds, three scores."""
    corpus = tmp_path / "music21" / "corpus" / "bach"
    corpus.mkdir(parents=True)
    for name in ("bwv269", "bwv66.6", "bwv347"):
        path = music21.corpus.getWork(f"bach/{name}")
        (corpus / f"{name}.mxl").write_bytes(path.read_bytes())
    found = importlib.util.spec_from_file_location("music21", tmp_path / "music21" / "__init__.py")
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: found)
    first = vw.load_dataset("music")
    assert first.source == "corpus of music21"
    assert "Reading 3 scores" in capsys.readouterr().err
    again = vw.load_dataset("music")
    assert again.source.startswith("cache of vae_widgets")
    assert capsys.readouterr().err == ""
    np.testing.assert_array_equal(again.x_train, first.x_train)
    np.testing.assert_array_equal(again.x_test, first.x_test)


def test_where_it_is_nowhere_the_error_says_how_to_get_it(places, monkeypatch):
    monkeypatch.setitem(sys.modules, "music21", None)
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(FileNotFoundError, match=r"pip install 'vae_widgets\[music\]'") as caught:
        vw.load_dataset("music")
    assert "\n" not in str(caught.value)
