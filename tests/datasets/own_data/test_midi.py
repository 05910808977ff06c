import sys

import mido
import numpy as np
import pytest

import vae_widgets as vw


def write(path, tracks, ticks=480, kind=1):
    """Write tracks of (start, stop, pitch, channel) in quarter notes."""
    file = mido.MidiFile(type=kind, ticks_per_beat=ticks)
    for notes in tracks:
        told = sorted(
            (round(time * ticks), on, pitch, channel)
            for start, stop, pitch, channel in notes
            for time, on in ((start, 1), (stop, 0))
        )
        track, now = mido.MidiTrack(), 0
        for tick, on, pitch, channel in told:
            velocity = 70 * on  # many files end a note by a velocity of 0
            track.append(
                mido.Message(
                    "note_on", note=pitch, velocity=velocity, channel=channel, time=tick - now
                )
            )
            now = tick
        file.tracks.append(track)
    path.parent.mkdir(parents=True, exist_ok=True)
    file.save(path)


def voice(pitches, channel=0, length=0.5, late=0.0):
    """Notes of equal length, one after another; 0 is a rest."""
    return [
        (i * length + late, (i + 1) * length + late, int(pitch), channel)
        for i, pitch in enumerate(pitches)
        if pitch
    ]


@pytest.fixture
def grids():
    """Three pieces of two voices in eighth notes, (24, 2)."""
    rng = np.random.default_rng(0)
    upper, lower = rng.integers(65, 80, (3, 24)), rng.integers(45, 60, (3, 24))
    upper[:, 5] = 0
    return np.stack([upper, lower], axis=2)


def windows_in(ds, grids):
    """Whether each test window is one of the pieces, in its own key."""
    known = {g[i : i + ds.sample_shape[0]].tobytes() for g in grids for i in range(len(g))}
    return [w.tobytes() in known for w in ds.renderer.pitches(ds.x_test)]


@pytest.mark.parametrize("late", [-0.1, 0.0, 0.1])  # quarter notes: a fifth of a step
def test_tracks_are_voices_the_highest_first(tmp_path, grids, late):
    for i, grid in enumerate(grids):
        lower, upper = (voice(grid[:, v], late=0.2 + late) for v in (1, 0))
        notes = [[(a - 0.2, b - 0.2, *rest) for a, b, *rest in part] for part in (lower, upper)]
        clipped = [[(max(0, a), b, *rest) for a, b, *rest in part] for part in notes]
        write(tmp_path / f"{i}.mid", clipped)
    ds = vw.load_midi(tmp_path, voices=2, steps=8)
    assert ds.sample_shape == (8, 2)
    assert ds.likelihood == "categorical"
    assert all(windows_in(ds, grids))
    assert ds.y_train is None
    assert ds.renderer.highest == grids.max()
    assert ds.n_classes == grids.max() - grids[grids > 0].min() + 2


def test_voices_by_pitch_and_channels_of_one_track(tmp_path, grids):
    for i, grid in enumerate(grids):
        channels = voice(grid[:, 1], channel=3) + voice(grid[:, 0], channel=2)
        write(tmp_path / f"{i}.mid", [channels], kind=0)
    by_track = vw.load_midi(tmp_path, voices=2, steps=8)
    by_pitch = vw.load_midi(tmp_path, voices=2, steps=8, voices_by="pitch")
    assert all(windows_in(by_track, grids))
    # Where the upper voice rests, the note that is left is the highest.
    moved = grids.copy()
    moved[:, 5] = grids[:, 5, ::-1]
    assert all(windows_in(by_pitch, moved))


@pytest.mark.parametrize(
    ("voices", "expected"),
    [(1, [72]), (2, [72, 48]), (3, [72, 64, 48]), (4, [72, 64, 60, 48]), (5, [72, 64, 60, 0, 48])],
)
def test_the_outer_notes_of_a_chord_are_kept(tmp_path, voices, expected):
    for i in range(2):
        chord = [(0, 8, pitch + i, 0) for pitch in (48, 60, 64, 72)]
        walk = voice(90 + np.random.default_rng(i).integers(0, 9, 16), length=0.5)
        late = [(a + 8, b + 8, *rest) for a, b, *rest in walk]  # so that the pieces differ
        write(tmp_path / f"{i}.mid", [chord + late])
    ds = vw.load_midi(tmp_path, voices=voices, voices_by="pitch", steps=4, transpose=(0, 0))
    found = np.unique(ds.renderer.pitches(np.concatenate([ds.x_train, ds.x_test])[:, 0]), axis=0)
    assert expected in found.tolist()


def test_drums_are_left_out_and_steps_are_chosen(tmp_path, grids):
    for i, grid in enumerate(grids):
        drums = [(t, t + 0.1, 40, 9) for t in range(8)]
        parts = [voice(grid[:, v], length=0.25) for v in (0, 1)]
        write(tmp_path / f"{i}.midi", [*parts, drums], ticks=96)
    ds = vw.load_midi(tmp_path, voices=2, steps=8, steps_per_quarter=4)
    assert all(windows_in(ds, grids))
    assert ds.renderer.steps_per_quarter == 4


def test_subfolders_are_labels(tmp_path, grids):
    for i, grid in enumerate(grids):
        parts = [voice(grid[:, v]) for v in (0, 1)]
        write(tmp_path / ("fast" if i else "slow") / f"{i}.mid", parts)
    ds = vw.load_midi(tmp_path, voices=2, steps=8)
    assert ds.label_names == ("fast", "slow")
    assert set(ds.y_train) | set(ds.y_test) == {0, 1}


def test_broken_files_are_named_and_the_rest_is_kept(tmp_path, grids):
    for i, grid in enumerate(grids[:2]):
        write(tmp_path / f"{i}.mid", [voice(grid[:, v]) for v in (0, 1)])
    whole = (tmp_path / "0.mid").read_bytes()
    (tmp_path / "cut.mid").write_bytes(whole[: len(whole) // 2])
    (tmp_path / "text.mid").write_text("no music")
    (tmp_path / "empty.mid").write_bytes(b"")
    write(tmp_path / "three.mid", [voice([60] * 24)] * 3)
    write(tmp_path / "short.mid", [voice([60] * 3), voice([50] * 3)])
    write(tmp_path / "silent.mid", [[]])
    with pytest.warns(UserWarning, match="6 of 8 MIDI files are left out") as caught:
        ds = vw.load_midi(tmp_path, voices=2, steps=8)
    said = str(caught[0].message)
    for part in (
        "cut.mid: ",
        "text.mid: ",
        "empty.mid: ",
        "three.mid: has 3 tracks with notes; expected 2, or pass voices_by='pitch'",
        "short.mid: has 3 steps; expected 8 or more",
        "silent.mid: has no notes",
    ):
        assert part in said
    assert caught[0].filename == __file__
    assert all(windows_in(ds, grids))


def test_too_few_files_are_an_error_that_names_each(tmp_path):
    write(tmp_path / "one.mid", [voice([60] * 24)])
    (tmp_path / "text.mid").write_text("no music")
    with pytest.raises(ValueError, match=r"has 1 MIDI files that can be used(.|\n)*text\.mid: "):
        vw.load_midi(tmp_path, voices=1)


def test_a_folder_without_midi_files(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"has no file that ends in \.mid or \.midi"):
        vw.load_midi(tmp_path)
    with pytest.raises(FileNotFoundError, match="is not there"):
        vw.load_midi(tmp_path / "nowhere")


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"voices": 0}, ValueError, "voices must be at least 1"),
        ({"voices_by": "tracks"}, ValueError, "voices_by is 'tracks'; did you mean 'track'"),
        ({"steps": 1}, ValueError, "steps must be at least 2"),
        ({"steps_per_quarter": 49}, ValueError, "steps_per_quarter must be at most 48"),
        ({"transpose": 5}, TypeError, "transpose must be two numbers of semitones"),
        ({"transpose": (2, 5)}, ValueError, r"transpose is \(2, 5\)"),
        ({"test_size": 1}, ValueError, "test_size must lie between 0 and 1"),
        ({"voice": 3}, TypeError, "unknown keyword 'voice'; did you mean 'voices'"),
    ],
)
def test_wrong_arguments(tmp_path, arguments, error, message):
    with pytest.raises(error, match=message):
        vw.load_midi(tmp_path, **arguments)


def test_without_mido_the_extra_is_named(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "mido", None)
    with pytest.raises(ImportError, match=r"pip install 'vae_widgets\[music\]'"):
        vw.load_midi(tmp_path)
