import mido
import numpy as np
import pytest

import vae_widgets as vw
from vae_widgets.rendering.line_drawing import LINE_COLOURS

# One octave from middle C: token 1 is pitch 60, and 13 is 72, on top.
RENDERER = vw.PianoRollRenderer(60, 72, step_width=4, pitch_height=2)


def coloured(tile, colour):
    """Whether each pixel has a colour, without the grey lines."""
    return (tile[..., :3] == colour).all(axis=-1) & (tile[..., 3] == 255)


def test_a_note_is_a_bar_at_its_pitch_and_time():
    tile = RENDERER([[[1], [1], [13], [0]]])[0]
    assert tile.shape == (26, 16, 4)
    note = coloured(tile, LINE_COLOURS[0])
    expected = np.zeros((26, 16), bool)
    expected[24:, :7] = True  # two steps at the bottom; the last pixel is the gap
    expected[:2, 8:11] = True
    np.testing.assert_array_equal(note, expected)


def test_grey_lines_are_at_each_c_and_at_each_quarter_note():
    tile = RENDERER(np.zeros((1, 4, 2)))[0]
    strong, faint = tile[..., 3] == 96, tile[..., 3] == 40
    assert strong[25].all()  # the lowest row of the bottom C
    assert strong[1].all()
    assert faint[3:25, [0, 8]].all()
    assert not tile[3:25, 1:8, 3].any()


def test_each_voice_has_its_colour_and_unisons_show_both():
    tile = RENDERER([[[13, 5, 1, 5]]])[0]
    rows = {v: np.flatnonzero(coloured(tile, LINE_COLOURS[v]).any(axis=1)) for v in range(4)}
    assert rows[0].tolist() == [0, 1]
    assert rows[2].tolist() == [24, 25]
    assert rows[1].tolist() == [16]  # pitch 64, whose lower half has the other voice
    assert rows[3].tolist() == [17]


def test_one_voice_without_an_axis_for_it():
    tokens = np.array([[1, 2, 3]])
    np.testing.assert_array_equal(RENDERER(tokens), RENDERER(tokens[..., np.newaxis]))


@pytest.mark.parametrize("token", [0, -1, 14, 1e9, np.nan, np.inf])
def test_what_is_no_pitch_is_a_rest(token):
    np.testing.assert_array_equal(RENDERER.pitches([token, 1]), [0, 60])
    np.testing.assert_array_equal(RENDERER([[[token]]]), RENDERER([[[0]]]))


def test_the_difference_tells_what_is_in_both_or_in_one():
    tile = RENDERER.difference([[[1], [5], [9]]], [[[1], [6], [0]]])[0]
    columns = {
        name: np.flatnonzero(coloured(tile, colour).any(axis=0)).tolist()
        for name, colour in {
            "both": (150, 150, 150),
            "x": (63, 144, 218),
            "x_hat": (231, 99, 0),
        }.items()
    }
    assert columns == {"both": [0, 1, 2], "x": [4, 5, 6, 8, 9, 10], "x_hat": [4, 5, 6]}


def test_a_chord_sounds_at_its_pitches_and_for_its_time():
    renderer = vw.PianoRollRenderer(lowest=48, highest=84, tempo=120)
    sound = renderer.detail(np.tile([22, 10], (8, 1)))  # A4 and A3
    assert sound.duration == pytest.approx(2.0)  # four quarter notes
    spectrum = np.abs(np.fft.rfft(sound.samples))
    loudest = np.argsort(spectrum)[-2:] / sound.duration
    np.testing.assert_allclose(sorted(loudest), [220, 440], atol=1)
    assert np.abs(sound.samples).max() <= 1


def test_the_note_names_lines_and_colours():
    assert RENDERER.note.startswith("lines at C4, C5;")


def test_a_midi_file_holds_the_notes_of_each_voice(tmp_path):
    path = tmp_path / "two.mid"
    samples = np.array([[[1, 5], [1, 0]], [[1, 5], [3, 5]]])
    vw.PianoRollRenderer(60, 72, tempo=90).save_midi(path, samples)
    file = mido.MidiFile(path)
    assert file.ticks_per_beat == 480
    tempo = next(m.tempo for m in file.tracks[0] if m.type == "set_tempo")
    assert mido.tempo2bpm(tempo) == pytest.approx(90, abs=0.01)
    told = []
    for track in file.tracks:
        tick, notes = 0, []
        for message in track:
            tick += message.time
            if message.type in ("note_on", "note_off"):
                notes.append((message.type, tick, message.note))
        told.append(notes)
        assert tick == 4 * 240
    # The two samples follow each other, and an equal pitch goes on.
    assert told[0] == [
        ("note_on", 0, 60), ("note_off", 720, 60), ("note_on", 720, 62), ("note_off", 960, 62)
    ]  # fmt: skip
    assert told[1] == [
        ("note_on", 0, 64), ("note_off", 240, 64), ("note_on", 480, 64), ("note_off", 960, 64)
    ]  # fmt: skip
    one = tmp_path / "one.mid"
    RENDERER.save_midi(one, samples[0])
    assert mido.MidiFile(one).length == pytest.approx(2 * 0.3)


def test_a_midi_file_is_refused_before_it_is_written(tmp_path):
    with pytest.raises(ValueError, match=r"samples has shape \(2,\); expected \(steps, voices\)"):
        RENDERER.save_midi(tmp_path / "a.mid", [1, 2])
    with pytest.raises(ValueError, match=r"\.mid"):
        RENDERER.save_midi(tmp_path / "a.wav", [[1, 2]])
    assert not list(tmp_path.iterdir())


def test_without_mido_the_extra_is_named(tmp_path, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "mido", None)
    with pytest.raises(ImportError, match=r"pip install 'vae_widgets\[music\]'"):
        RENDERER.save_midi(tmp_path / "a.mid", [[1]])


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"lowest": -1}, "lowest must be at least 0"),
        ({"highest": 128}, "highest must be at most 127"),
        ({"lowest": 60, "highest": 60}, "highest must be at least 61"),
        ({"tempo": 0}, "tempo must lie in"),
        ({"steps_per_quarter": 0}, "steps_per_quarter must be at least 1"),
        ({"step_width": 1}, "step_width must be at least 2"),
        ({"pitch_height": 100}, "pitch_height must be at most"),
    ],
)
def test_wrong_arguments(arguments, message):
    with pytest.raises(ValueError, match=message):
        vw.PianoRollRenderer(**arguments)
