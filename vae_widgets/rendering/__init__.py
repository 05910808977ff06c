"""Turn samples into pictures: one renderer a domain, every widget for nothing."""

from vae_widgets.rendering.image import ImageRenderer
from vae_widgets.rendering.named import renderer_from_json, renderer_to_json
from vae_widgets.rendering.renderer import Renderer, check_renderer, render, renderer_for
from vae_widgets.rendering.signal import SignalRenderer
from vae_widgets.rendering.sound import Sound

__all__ = [
    "ImageRenderer",
    "Renderer",
    "SignalRenderer",
    "Sound",
    "check_renderer",
    "render",
    "renderer_for",
    "renderer_from_json",
    "renderer_to_json",
]
