"""Base classes of widgets with a canvas, and of widgets that are made of others."""

import contextlib
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Protocol

import anywidget
import ipywidgets
import numpy as np
import traitlets

# ipywidgets and anywidget have no public function for it. Every version of ipywidgets 8 sends its
# own state through this one, and the page puts the buffers back by the same paths.
from ipywidgets.widgets.widget import _remove_buffers
from numpy.typing import NDArray

from vae_widgets.core import checks
from vae_widgets.core.lazy_samples import LazySamples
from vae_widgets.rendering import Renderer
from vae_widgets.widgets.base import messages
from vae_widgets.widgets.base.hosted_view import HostedView


class PageContents(Protocol):
    """Where an exported page collects what it carries (`exported_page.contents`)."""

    def add(self, widget: ipywidgets.Widget) -> str:
        """Carry a widget and all that it holds; return the id of its model."""

    def add_samples(self, x: NDArray[Any]) -> int:
        """Carry samples (n, *sample_shape) once; return their number."""

    def add_model(self, codec: Any) -> str:
        """Carry a codec as ONNX once; return its name, "" for one that cannot run in a page."""

    def score_formula(
        self, codec: Any, x: NDArray[np.float32], scores: NDArray[np.float64]
    ) -> dict[str, Any] | None:
        """Return the formula of the scores of samples, None where the page does not know it."""

    def add_pictures(self, x: NDArray[Any] | LazySamples, renderer: Renderer) -> int:
        """Carry the tiles of samples once; return their number."""


Handler = Callable[[dict[str, Any]], dict[str, Any] | None]


class ClosingWidget(ipywidgets.DOMWidget):
    """Base of widgets with parts, which end with them: ipywidgets would leave these open.

    A layout that the user has set stays open, because other widgets may use it.

    The page may set the traits tagged ``page_writes=True``, and no others.
    """

    _own_layout: ipywidgets.Layout | None = None

    def __init__(self, *args: Any, **traits: Any) -> None:
        super().__init__(*args, **traits)
        self._own_layout = self.layout

    def __setattr__(self, name: str, value: Any) -> None:
        # Python would accept a misspelt name without any effect.
        checks.reject_unknown_attribute(type(self), name, "vae_widgets")
        super().__setattr__(name, value)

    def __repr__(self) -> str:
        return object.__repr__(self)  # the repr of ipywidgets contains all parts

    @contextlib.contextmanager
    def hold_trait_notifications(self) -> Iterator[None]:
        """Change several traits together, or none of them where anything fails.

        traitlets takes changes back for a ``TraitError`` alone.
        """
        failed: BaseException | None = None
        try:
            with super().hold_trait_notifications():
                try:
                    yield
                except BaseException as error:
                    failed = error
                    raise traitlets.TraitError from error
        except traitlets.TraitError:
            if failed is not None:
                raise failed from None
            raise

    def carried(self, page: "PageContents") -> dict[str, Any]:
        """Return what an exported page needs beside the traits, to answer as the kernel would.

        Bytes and arrays may be in it. An entry ``state`` replaces traits. With ``_esm`` and
        ``_css`` in it, that module stands in the place of the widget and its children.
        """
        return {}

    @property
    def detached_parts(self) -> Sequence[ipywidgets.Widget]:
        """Parts that none of the widget's traits holds at present."""
        return ()

    def set_state(self, sync_data: dict[str, Any]) -> None:
        """Take traits that the page sets, all or none; where one is refused, tell the page why."""
        try:
            self._set_state(sync_data)
        except traitlets.TraitError as error:
            self._refuse(error)

    def _set_state(self, state: dict[str, Any]) -> None:
        own = self.traits(sync=True, page_writes=True)
        try:
            if wrong := [name for name in state if name not in own]:
                raise messages.Refused(f"the page may not set {wrong[0]!r:.80}")
            super().set_state(state)
        except Exception:
            self.send_state({*self.keys} & state.keys())
            raise

    def _handle_msg(self, msg: dict[str, Any]) -> None:
        try:
            checked = messages.read_comm(msg)
        except messages.Refused as error:
            self._refuse(error)
        else:
            super()._handle_msg(checked)

    def _refuse(self, error: Exception) -> None:
        self.send({"kind": "refused", "error": str(error)[: messages.LONGEST_REASON]})

    def close(self) -> None:
        """Free what the widget holds, here and in the page."""
        if self._own_layout is None:
            return  # ipywidgets also closes widgets whose arguments were refused
        self._own_layout.close()
        for part in _parts(self):
            if part is not self.layout:
                part.close()
        super().close()


class CanvasWidget(ClosingWidget, anywidget.AnyWidget):
    """Base of the widgets that draw on a canvas; `bundle` gives them ``_esm`` and ``_css``."""

    def __init__(self, **traits: Any) -> None:
        # ipywidgets accepts any keyword silently, also a misspelt one.
        checks.reject_unknown(type(self).__name__, traits, self.trait_names())
        self._handlers: dict[str, list[Handler]] = {"state": [self._take_state]}
        super().__init__(**traits)

    def handle(self, handler: Handler, *kinds: str) -> None:
        """Call a function with each message of these `messages.KINDS`, once it is checked.

        The page that sent it gets the fields that the function returns, or the error that it
        raises; nothing for None.
        """
        for kind in kinds:
            self._handlers.setdefault(kind, []).append(handler)

    def remove_handler(self, handler: Handler) -> None:
        """Stop calling the function."""
        for handlers in self._handlers.values():
            if handler in handlers:
                handlers.remove(handler)

    def post(self, kind: str, fields: dict[str, Any], to: dict[str, Any] | None = None) -> None:
        """Send a message: to all pages, or to the sender of a message as the answer to that."""
        content, paths, buffers = _remove_buffers(fields)
        content = {"kind": kind, **(to or {}), **content, **({"paths": paths} if paths else {})}
        self.send(content, buffers)

    def _handle_custom_msg(self, content: Any, buffers: Any) -> None:
        super()._handle_custom_msg(content, buffers)
        if not isinstance(content, dict):
            return
        try:
            kind, sender = messages.read_sender(content)
        except messages.Refused as error:
            return self._refuse(error)
        # First, so that the page tells a kernel that works on it from one that is gone.
        self.post("received", {}, sender)
        handlers = [*self._handlers.get(kind, ())]
        try:
            message = messages.read_fields(kind, content, buffers or ()) if handlers else {}
            for handler in handlers:
                if (fields := handler({"kind": kind, **message})) is not None:
                    self.post(kind, {"error": "", **fields}, sender)
        except traitlets.TraitError as error:
            self.post(kind, {"error": str(error)[: messages.LONGEST_REASON]}, sender)
        except Exception as error:
            if messages.KINDS[kind].answer is None:
                raise
            self.post(kind, {"error": messages.in_words(error)}, sender)

    def _take_state(self, message: dict[str, Any]) -> None:
        self._set_state(message["state"])


class CompositeWidget(ClosingWidget, ipywidgets.VBox):
    """Base of the widgets that are made of others, one below the other."""

    def __init__(self, *args: Any, **traits: Any) -> None:
        super().__init__(*args, **traits)
        self.add_class("vw-composite")  # keys in it stay in it (frontend/src/controls/keys.ts)

    def _display_(self) -> HostedView:
        """Return what marimo shows: its page cannot show a box of ipywidgets."""
        return HostedView(root=self)


def _parts(widget: ipywidgets.Widget) -> Iterator[ipywidgets.Widget]:
    """Yield the widgets that a widget holds, and those that they hold: also layouts and styles."""
    held = [getattr(widget, name) for name in widget.keys]
    if isinstance(widget, ClosingWidget):
        held.append(widget.detached_parts)
    for value in held:
        several = value.values() if isinstance(value, dict) else value
        for part in several if isinstance(value, dict | list | tuple) else [value]:
            if isinstance(part, ipywidgets.Widget):
                yield part
                yield from _parts(part)
