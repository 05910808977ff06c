"""Renderers turn samples into pictures: one for each kind of data."""

from vae_widgets.rendering.image import ImageRenderer
from vae_widgets.rendering.molecule import MoleculeRenderer
from vae_widgets.rendering.named import AbsentRenderer, renderer_from_json, renderer_to_json
from vae_widgets.rendering.piano_roll import PianoRollRenderer
from vae_widgets.rendering.registry import RENDERERS
from vae_widgets.rendering.renderer import (
    Renderer,
    check_renderer,
    compared_note_of,
    detail_of,
    details_compared,
    note_of,
    render,
    render_compared,
    renderer_for,
    with_range_of,
)
from vae_widgets.rendering.signal import SignalRenderer
from vae_widgets.rendering.sound import Sound
from vae_widgets.rendering.table import TableRenderer
from vae_widgets.rendering.text import TextRenderer

__all__ = [
    "RENDERERS",
    "AbsentRenderer",
    "ImageRenderer",
    "MoleculeRenderer",
    "PianoRollRenderer",
    "Renderer",
    "SignalRenderer",
    "Sound",
    "TableRenderer",
    "TextRenderer",
    "check_renderer",
    "compared_note_of",
    "detail_of",
    "details_compared",
    "note_of",
    "render",
    "render_compared",
    "renderer_for",
    "renderer_from_json",
    "renderer_to_json",
    "with_range_of",
]
