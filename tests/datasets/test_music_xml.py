"""MusicXML as music21 reads it, which parses the same files with other code."""

import zipfile

import music21
import numpy as np
import pytest

from vae_widgets.datasets.music_xml import read_score


def corpus_path(name):
    return music21.corpus.getWork(f"bach/{name}")


# With a pickup, with rests and ties, and with a score in a plain .xml file.
@pytest.mark.parametrize("name", ["bwv269", "bwv66.6"])
def test_a_chorale_has_the_notes_that_music21_finds(name):
    path = corpus_path(name)
    score = read_score(path, steps_per_quarter=4)
    parsed = music21.converter.parse(path, forceSource=True)
    expected = np.zeros((int(parsed.highestTime * 4), len(parsed.parts)), np.uint8)
    for voice, part in enumerate(parsed.parts):
        for note in part.flatten().notes:
            start, stop = (
                round(4 * float(t)) for t in (note.offset, note.offset + note.quarterLength)
            )
            expected[start:stop, voice] = note.pitch.midi
    np.testing.assert_array_equal(score.pitches, expected)
    signature = parsed.recurse().getElementsByClass(music21.key.KeySignature).first()
    assert score.sharps == signature.sharps


def test_what_music21_writes_is_read_as_it_is(tmp_path):
    """Chords, grace notes, ties, accidentals, a change of divisions, and two voices in a part."""
    notes = "4/4 c8 d e'4 f#2~ f#4 r B-4 c16 d e f g4"
    part = music21.converter.parse(f"tinyNotation: {notes}").flatten()
    part.insert(0, music21.note.Note("C6").getGrace())
    measures = part.makeMeasures()
    lower = music21.stream.Part([music21.chord.Chord(["C3", "E3"], quarterLength=9)])
    score = music21.stream.Score([measures, lower])
    path = tmp_path / "score.xml"
    score.write("musicxml", path)
    found = read_score(path, steps_per_quarter=4).pitches
    first = [60, 60, 62, 62, *[76] * 4, *[66] * 12, *[0] * 4, *[58] * 4, 60, 62, 64, 65, *[67] * 4]
    np.testing.assert_array_equal(found[:, 0], first)
    np.testing.assert_array_equal(found[:, 1], [52] * len(first))


def test_a_packed_file_without_a_score_is_refused(tmp_path):
    path = tmp_path / "empty.mxl"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("META-INF/container.xml", "<container/>")
    with pytest.raises(ValueError, match=r"empty\.mxl names no score"):
        read_score(path, 4)
