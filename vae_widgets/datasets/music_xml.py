"""The notes of scores in MusicXML, as music21's corpus holds them.

music21 itself parses a score in half a second, and its corpus of chorales in minutes.
"""

import zipfile
from pathlib import Path
from typing import NamedTuple
from xml.etree import ElementTree

import numpy as np
from numpy.typing import NDArray

_SEMITONES = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
_ROUNDING = 1e-6


class Score(NamedTuple):
    """MIDI pitches (steps, parts), 0 for a rest; sharps of the key signature, below 0 for flats."""

    pitches: NDArray[np.uint8]
    sharps: int


def read_score(path: Path, steps_per_quarter: int) -> Score:
    """Read a ``.xml`` or ``.mxl`` file.

    A step has the note that sounds at its beginning, of a chord the last one that is written.
    Grace notes have no length and are left out; repeats are played once.
    """
    root = _root(path)
    fifths = root.findtext(".//key/fifths")
    parts = [_notes(part) for part in root.findall("part")]
    length = max((end for notes in parts for _, end, _ in notes), default=0.0)
    pitches = np.zeros((_step(length, steps_per_quarter), len(parts)), np.uint8)
    for number, notes in enumerate(parts):
        for start, end, pitch in notes:
            first, last = (_step(time, steps_per_quarter) for time in (start, end))
            pitches[first:last, number] = pitch
    return Score(pitches, int(fifths or 0))


def _root(path: Path) -> ElementTree.Element:
    if path.suffix != ".mxl":
        return ElementTree.fromstring(path.read_bytes())
    with zipfile.ZipFile(path) as archive:
        container = ElementTree.fromstring(archive.read("META-INF/container.xml"))
        file = container.find(".//rootfile")
        if file is None:
            raise ValueError(f"{path.name} names no score")
        return ElementTree.fromstring(archive.read(file.attrib["full-path"]))


def _step(time: float, steps_per_quarter: int) -> int:
    """Return the first step that begins at `time` (in quarter notes) or later."""
    return int(np.ceil(time * steps_per_quarter - _ROUNDING))


def _notes(part: ElementTree.Element) -> list[tuple[float, float, int]]:
    """Return (start, end, pitch) of the notes of a part, in quarter notes and as MIDI pitches."""
    notes = []
    time = last = 0.0
    divisions = 1
    for measure in part.findall("measure"):
        end = time
        for element in measure:
            length = float(element.findtext("duration", "0")) / divisions
            if element.tag == "attributes":
                divisions = int(element.findtext("divisions", str(divisions)))
            elif element.tag == "backup":
                time -= length
            elif element.tag == "forward":
                time += length
            elif element.tag == "note" and element.find("grace") is None:
                if element.find("chord") is None:
                    last, time = time, time + length
                if (pitch := element.find("pitch")) is not None:
                    notes.append((last, last + length, _midi(pitch)))
            end = max(end, time)
        time = end  # a voice that is written after a `backup` may be shorter
    return notes


def _midi(pitch: ElementTree.Element) -> int:
    octave = int(pitch.findtext("octave", "4"))
    alter = int(float(pitch.findtext("alter", "0")))
    return 12 * (octave + 1) + _SEMITONES[pitch.findtext("step", "C")] + alter
