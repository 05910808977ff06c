"""What a page carries: the widgets of a tree with their state, each buffer and sample once."""

import base64
import math
import warnings
import zlib
from collections.abc import Mapping
from typing import Any

import ipywidgets
import numpy as np
from numpy.typing import NDArray

from vae_widgets.core.lazy_samples import LazySamples
from vae_widgets.rendering import Renderer, render
from vae_widgets.rendering.atlas import tile_atlas
from vae_widgets.rendering.named import TWINS, renderer_to_json
from vae_widgets.widgets.exported_page.samples import compact_samples, smallest_png
from vae_widgets.widgets.exported_page.score_formula import score_formula

_OF_IPYWIDGETS = (
    *("_dom_classes", "children", "description", "disabled", "index", "_options_labels"),
    *("selected_index", "tooltip", "value"),
)
"""What the page needs of boxes, buttons, texts and choices."""
MOST_READ = 2**26
"""Bytes of samples that are read from a file for a page, as float32."""
_LEFT_OUT = ("_esm", "_css", "_anywidget_id", "layout", "style", "tooltip_", "tabbable")


class PageContents:
    """Collects what a page carries.

    `models` has the widgets by the id of their model, `modules` the JavaScript and `styles` the CSS
    of their views, and `buffers` all bytes as text: base64 of what zlib has compressed. zlib's
    checksum tells the page of bytes that were changed.
    """

    def __init__(self) -> None:
        self.models: dict[str, dict[str, Any]] = {}
        self.modules: list[str] = []
        self.styles: list[str] = []
        self.buffers: list[str] = []
        self.codecs: list[dict[str, Any]] = []
        self.samples: list[dict[str, Any]] = []
        self.pictures: list[dict[str, Any]] = []
        self._places: dict[bytes, int] = {}
        self._known: dict[tuple[int, ...], tuple[Any, int]] = {}

    def add(self, widget: ipywidgets.Widget) -> str:
        """Carry a widget and all that it holds; return the id of its model."""
        name = str(widget.model_id)
        if name in self.models:
            return name
        kinds = [kind.__name__ for kind in type(widget).__mro__ if issubclass(kind, _WIDGET)]
        model: dict[str, Any] = {"kinds": kinds, "state": {}, "own": {}, "module": -1}
        self.models[name] = model
        own: dict[str, Any] = getattr(widget, "carried", lambda page: {})(self)
        form = own.pop("state", {})
        model["own"] = self.plain(own)
        state = widget.get_state()
        kept = {key: of for key, of in state.items() if not _is_left_out(key)}
        if "_esm" not in state:
            kept = {key: kept[key] for key in _OF_IPYWIDGETS if key in kept}
        state |= form
        model["module"] = self._module(state.get("_esm", ""), state.get("_css", ""))
        kept |= {key: of for key, of in form.items() if not _is_left_out(key)}
        model["layout"] = _layout(widget)
        model["state"] = self.plain(kept)
        if "_esm" not in form:  # a module of ours in the place of a box draws its parts itself
            for part in getattr(widget, "children", ()):
                self.add(part)
        return name

    def drop_absent(self) -> None:
        """Remove references to widgets that the page does not carry, such as linked ones."""
        for model in self.models.values():
            for key, value in model["state"].items():
                if isinstance(value, list) and any(map(_is_reference, value)):
                    model["state"][key] = [
                        one
                        for one in value
                        if not _is_reference(one) or one.removeprefix(_REFERENCE) in self.models
                    ]

    def add_samples(self, x: NDArray[Any]) -> int:
        """Carry samples (n, *sample_shape), the same ones once; return their number."""
        if (key := (id(x),)) not in self._known:
            self.samples.append(self.plain(compact_samples(x)))
            self._known[key] = (x, len(self.samples) - 1)  # which keeps the id
        return self._known[key][1]

    def add_model(self, codec: Any) -> str:
        """Carry a codec as ONNX once; return its name, "" for one that cannot run in a page."""
        if (key := (id(codec),)) in self._known:
            return f"model {self._known[key][1]}"
        if not hasattr(codec, "to_onnx"):
            return ""
        try:
            made = codec.to_onnx()
        except Exception as error:  # of the user's codec, or of a converter
            warnings.warn(f"The page decodes nothing: {error}", RuntimeWarning, stacklevel=2)
            return ""
        self.codecs.append(
            self.plain({"decoder": made.decoder, "encoder": made.encoder, "label": made.label})
        )
        self._known[key] = (codec, len(self.codecs) - 1)
        return f"model {len(self.codecs) - 1}"

    def add_pictures(self, x: NDArray[Any] | LazySamples, renderer: Renderer) -> int:
        """Carry the tiles of samples once; return their number."""
        if (key := (id(x), id(renderer))) not in self._known:
            self.pictures.append(self._pictures(x, renderer))
            self._known[key] = ((x, renderer), len(self.pictures) - 1)
        return self._known[key][1]

    def score_formula(
        self, codec: Any, x: NDArray[np.float32], scores: NDArray[np.float64]
    ) -> dict[str, Any] | None:
        """Return the formula of scores, None where the page cannot encode or does not know it."""
        return score_formula(codec, x, scores) if self.add_model(codec) else None

    def _pictures(self, x: NDArray[Any] | LazySamples, renderer: Renderer) -> dict[str, Any]:
        nothing = {"samples": None, "renderer": None, "atlas": None}
        if isinstance(x, LazySamples):
            size = 4 * math.prod(x.shape)
            if size > MOST_READ:
                text = f"x is not in memory, and its samples would take {size / 1e6:,.0f} MB"
                warnings.warn(f"The page shows no new tiles: {text}.", RuntimeWarning, stacklevel=2)
                return nothing
            x = np.asarray(x)
        spec = renderer_to_json(renderer)
        if spec.get("name") in TWINS:
            return {"samples": self.add_samples(x), "renderer": self.plain(spec), "atlas": None}
        try:
            atlas = tile_atlas(render(renderer, x))
        except ValueError as error:  # more tiles than fit into a picture
            warnings.warn(f"The page shows no new tiles: {error}", RuntimeWarning, stacklevel=2)
            return nothing
        return {"samples": None, "renderer": None, "atlas": self.plain(atlas)}

    def plain(self, value: Any) -> Any:
        """Return a value as JSON holds it; bytes become ``{"$buffer": number}``."""
        if isinstance(value, bytes | bytearray | memoryview):
            return {"$buffer": self._buffer(bytes(value))}
        if isinstance(value, np.ndarray):
            made = np.ascontiguousarray(value)
            data = self.plain(made.tobytes())
            return {"dtype": made.dtype.name, "shape": list(made.shape), "data": data}
        if isinstance(value, np.generic):
            value = value.item()
        if isinstance(value, float) and not np.isfinite(value):
            return None
        if isinstance(value, Mapping):
            if isinstance(value.get("png"), bytes):
                value = {**value, "png": smallest_png(value["png"])}
            return {str(key): self.plain(of) for key, of in value.items()}
        if isinstance(value, list | tuple):
            return [self.plain(of) for of in value]
        return value

    def _buffer(self, content: bytes) -> int:
        if content not in self._places:
            self._places[content] = len(self.buffers)
            self.buffers.append(base64.b64encode(zlib.compress(content, 9)).decode())
        return self._places[content]

    def _module(self, esm: str, css: str) -> int:
        if not esm:
            return -1
        if esm not in self.modules:
            self.modules.append(esm)
        if css not in self.styles:
            self.styles.append(css)
        return self.modules.index(esm)


_WIDGET = ipywidgets.Widget
_REFERENCE = "IPY_MODEL_"


def _is_reference(value: Any) -> bool:
    return isinstance(value, str) and value.startswith(_REFERENCE)


def _is_left_out(key: str) -> bool:
    return key in _LEFT_OUT or key.startswith(("_model_", "_view_"))


def _layout(widget: ipywidgets.Widget) -> dict[str, str]:
    """Return what a layout sets, by the name of the CSS property."""
    layout = getattr(widget, "layout", None)
    if layout is None:
        return {}
    values = {key: getattr(layout, key) for key in layout.keys if not key.startswith("_")}
    return {key.replace("_", "-"): of for key, of in values.items() if isinstance(of, str)}
