"""What widgets share: those that draw on a canvas, and those that are made of others."""

import contextlib
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import anywidget
import ipywidgets
import traitlets

from vae_widgets.core import checks
from vae_widgets.widgets.base import messages


class ClosingWidget(ipywidgets.DOMWidget):
    """Base of widgets with parts, which end with them: ipywidgets would leave these open.

    A layout that the user has set stays open, for other widgets may have it too.

    The page may set the traits tagged ``page_writes=True``, and no others.
    """

    _own_layout: ipywidgets.Layout | None = None

    def __init__(self, *args: Any, **traits: Any) -> None:
        super().__init__(*args, **traits)
        self._own_layout = self.layout

    def __setattr__(self, name: str, value: Any) -> None:
        # Python would keep a misspelt name, and nothing would change by it.
        checks.reject_unknown_attribute(type(self), name, "vae_widgets")
        super().__setattr__(name, value)

    def __repr__(self) -> str:
        return object.__repr__(self)  # that of ipywidgets spells out all parts

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

    @property
    def detached_parts(self) -> Sequence[ipywidgets.Widget]:
        """Parts that none of the widget's traits holds at present."""
        return ()

    def set_state(self, sync_data: dict[str, Any]) -> None:
        """Take traits that the page sets, all or none; where one is refused, tell the page why."""
        own = self.traits(sync=True, page_writes=True)
        try:
            if wrong := [name for name in sync_data if name not in own]:
                raise messages.Refused(f"the page may not set {wrong[0]!r:.80}")
            super().set_state(sync_data)
        except Exception as error:
            self.send_state({*self.keys} & sync_data.keys())
            if not isinstance(error, traitlets.TraitError):
                raise
            self._refuse(error)

    def _handle_msg(self, msg: dict[str, Any]) -> None:
        try:
            checked = messages.read_envelope(msg)
        except messages.Refused as error:
            self._refuse(error)
        else:
            super()._handle_msg(checked)

    def _refuse(self, error: Exception) -> None:
        self.send({"type": "refused", "why": str(error)[: messages.LONGEST_REASON]})

    def close(self) -> None:
        """Free what the widget holds, here and in the page."""
        if self._own_layout is None:
            return  # bad arguments: it was never made, and ipywidgets closes it all the same
        self._own_layout.close()
        for part in _parts(self):
            if part is not self.layout:
                part.close()
        super().close()


class CanvasWidget(ClosingWidget, anywidget.AnyWidget):
    """Base of the widgets that draw on a canvas; `bundle` gives them ``_esm`` and ``_css``."""

    def __init__(self, **traits: Any) -> None:
        # ipywidgets takes any keyword in silence; a typing error must not.
        checks.reject_unknown(type(self).__name__, traits, self.trait_names())
        self._hearers: dict[str, list[Callable[[dict[str, Any]], None]]] = {}
        super().__init__(**traits)

    def hear(self, hearer: Callable[[dict[str, Any]], None], *kinds: str) -> None:
        """Call a function with messages of these `messages.KINDS`, once checked.

        It may raise `messages.Refused` for one that comes too late.
        """
        for kind in kinds:
            self._hearers.setdefault(kind, []).append(hearer)

    def hear_no_more(self, hearer: Callable[[dict[str, Any]], None]) -> None:
        """Call the function no more."""
        for hearers in self._hearers.values():
            if hearer in hearers:
                hearers.remove(hearer)

    def _handle_custom_msg(self, content: Any, buffers: Any) -> None:
        super()._handle_custom_msg(content, buffers)
        if not isinstance(content, dict):
            return
        fields = dict(content)
        kind, receipt = fields.pop("type", None), fields.pop("receipt", None)
        try:
            messages.check_size(content)
            if receipt is not None:
                self.send({"receipt": receipt})
            if kind == "state":
                fields = messages.read(kind, fields)
                messages.put_buffers(fields["state"], fields["paths"], buffers)
                self.set_state(fields["state"])
            elif isinstance(kind, str) and (hearers := self._hearers.get(kind)):
                message = {"type": kind, **messages.read(kind, fields)}
                for hearer in [*hearers]:
                    hearer(message)
        except traitlets.TraitError as error:
            self._refuse(error)


class CompositeWidget(ClosingWidget, ipywidgets.VBox):
    """Base of the widgets that are made of others, one below the other."""


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
