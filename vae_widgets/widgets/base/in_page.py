"""A codec's decoder in the page of its widgets: what is offered, and what is sent on request.

The trait `_model` names the model that the page may use; the page asks for its bytes by a message
once, also for several widgets. When weights change, the name does.
"""

import threading
import time
import uuid
import weakref
from collections.abc import Callable
from typing import Any

import numpy as np
import traitlets

from vae_widgets.codec import MOST_ONNX_BYTES, Codec, OnnxModel
from vae_widgets.rendering import Renderer, renderer_to_json
from vae_widgets.rendering.named import TWINS
from vae_widgets.widgets.base.assets import static_text
from vae_widgets.widgets.base.messages import Refused
from vae_widgets.widgets.base.widget import CanvasWidget

_LONGEST_NAME = 80
SHORTEST_OFFER = 1.0
"""Seconds between two names of one model while it trains."""


class ModelOffer:
    """The model of a codec as its widgets offer it to their pages.

    `id` names its present weights. It is empty while they change, or if the model cannot be sent.
    """

    def __init__(self, codec: Any, clock: Callable[[], float] = time.monotonic) -> None:
        self._codec, self._clock = codec, clock
        self._lock = threading.RLock()  # a fit tells of its epochs in a thread
        self._widgets: weakref.WeakSet[DecodingWidget] = weakref.WeakSet()
        self._is_possible, self._is_forced = True, False
        self._sent: OnnxModel | None = None
        self._version: Any = None  # that of the weights in `_sent`
        self._time = float("-inf")  # of the last change of `id`
        self.id = uuid.uuid4().hex
        watch = getattr(codec, "on_weights_changed", None)
        if watch:
            watch(self.check)

    def join(self, widget: "DecodingWidget") -> None:
        """Tell a widget when the model has another `id`."""
        self._widgets.add(widget)

    def force(self) -> None:
        """Offer the model whatever its size, also if it must be converted, or raise `Refused`."""
        self._is_possible = self._is_forced = True
        if not self.id:
            self._rename(uuid.uuid4().hex)
        self.onnx(self.id)

    def check(self) -> None:
        """Give the model another name if its weights are not those that were sent."""
        with self._lock:
            if not self._is_possible:
                return
            if self._sent is not None and self._present_version() != self._version:
                self._sent = None
                late = self._clock() - self._time >= SHORTEST_OFFER
                self._rename(uuid.uuid4().hex if late else "")
            elif not self.id and self._clock() - self._time >= SHORTEST_OFFER:
                self._rename(uuid.uuid4().hex)

    def onnx(self, name: str, most_bytes: int = MOST_ONNX_BYTES) -> OnnxModel:
        """Return the model with the weights of this name, or raise `Refused`.

        `most_bytes` is the largest decoder that the page which asks takes, unless it is forced.
        """
        with self._lock:
            self.check()
            if not name or name != self.id:
                raise Refused("the model has other weights since.")
            if self._sent is None:
                version = self._present_version()
                made = self._export()
                if self._present_version() != version:
                    self._rename("")
                    raise Refused("the model is being trained.")
                self._sent, self._version = made, version
            size = len(self._sent.decoder)
            if size > most_bytes and not self._is_forced:
                raise Refused(
                    f"the decoder has {size:,} bytes; the settings of the page allow at most "
                    f"{most_bytes:,}."
                )
            return self._sent

    def _export(self) -> OnnxModel:
        try:
            made: OnnxModel = self._codec.to_onnx(convert=self._is_forced)
            if len(made.decoder) > MOST_ONNX_BYTES and not self._is_forced:
                raise ValueError(
                    f"its decoder has {len(made.decoder):,} bytes; pass in_page=True to send more "
                    f"than {MOST_ONNX_BYTES:,}."
                )
        except Exception as error:  # of the user's codec, or of a converter
            self._is_possible = False
            self._rename("")
            raise Refused(f"the model cannot be sent to the page: {error}") from error
        return made

    def _rename(self, name: str) -> None:
        self.id, self._time = name, self._clock()
        for widget in [*self._widgets]:
            widget.show_offer(name)

    def _present_version(self) -> Any:
        version = getattr(self._codec, "weights_version", None)
        return version() if version else None


_offers: "weakref.WeakValueDictionary[int, ModelOffer]" = weakref.WeakValueDictionary()


def offer_of(codec: Any) -> ModelOffer:
    """Return the offer of a codec, the same for all of its widgets."""
    offer = _offers.get(id(codec))  # an offer keeps its codec, so that the number stays its own
    if offer is None:
        offer = _offers[id(codec)] = ModelOffer(codec)
    return offer


class DecodingWidget(CanvasWidget):
    """Base of widgets whose page may decode with the codec's own decoder."""

    _offer: ModelOffer | None = None
    _drawn_by: Any = None
    _codec_name = ""

    _model = traitlets.Dict(
        help="Of the model that the page may use: `id`, `name`, `renderer`."
    ).tag(sync=True)

    def _offer_model(self, codec: Codec, renderer: Renderer, in_page: bool | str) -> None:
        """Let the page decode, if `in_page` says so and it can.

        Raises ``ValueError`` if it must and cannot.
        """
        spec = renderer_to_json(renderer)
        obstacle = _obstacle(codec, spec)
        if in_page is True and obstacle:
            raise ValueError(f"in_page is True, but {obstacle} Leave in_page out.")
        if in_page is False or obstacle:
            return
        self._offer, self._drawn_by = offer_of(codec), spec
        self._codec_name = _name_of(codec)
        if in_page is True:
            try:
                self._offer.force()
            except Refused as error:
                raise ValueError(f"in_page is True, but {error} Leave in_page out.") from error
        self._offer.join(self)
        self.handle(self._answer_model, "model")
        self.show_offer(self._offer.id)

    def show_offer(self, name: str) -> None:
        """Tell the page which model it may use; none by an empty name."""
        offered = {"id": name, "name": self._codec_name, "renderer": self._drawn_by}
        self._model = offered if name else {}

    def _confirm_model(self) -> None:
        """Make sure that the page does not decode with older weights than the kernel."""
        if self._offer is not None:
            self._offer.check()

    def _answer_model(self, message: dict[str, Any]) -> dict[str, Any]:
        assert self._offer is not None
        model = self._offer.onnx(message["id"], message.get("most_bytes", MOST_ONNX_BYTES))
        label = [] if model.label is None else np.ravel(model.label).astype(float).tolist()
        return {
            "decoder": model.decoder,
            "label": label,
            "runtime": static_text("in_page_model.js"),
        }


def check_in_page(in_page: Any) -> bool | str:
    """Return the argument `in_page` of a widget: "auto", True or False."""
    if isinstance(in_page, bool):
        return in_page
    if in_page == "auto":
        return "auto"
    raise TypeError(f"in_page must be 'auto', True or False; received {in_page!r:.80}.")


def _obstacle(codec: Any, spec: dict[str, Any]) -> str:
    if not hasattr(codec, "to_onnx"):
        return f"the codec of type {type(codec).__name__} has no method to_onnx."
    if spec.get("name") not in TWINS:
        name = spec.get("name") or spec.get("own")
        return (
            f"the renderer {name!r} draws in the kernel alone; those of {TWINS} draw in the page."
        )
    return ""


def _name_of(codec: Any) -> str:
    """Return what a page calls a model: the name of its file, its own, or that of its class."""
    path = getattr(codec, "path", None)
    name = getattr(path, "name", None) or getattr(codec, "name", None) or type(codec).__name__
    return str(name)[:_LONGEST_NAME]
