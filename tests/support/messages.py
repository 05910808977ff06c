"""Messages of a page to a widget, and what the widget sends back, without a browser."""

from typing import Any
from unittest import mock

from ipywidgets.widgets.widget import _put_buffers

PAGE = {"page": "p", "seq": 1}


def send(widget: Any, kind: str, **fields: Any) -> list[dict[str, Any]]:
    """Send a message as a page does; return what the widget sends meanwhile, without receipts."""
    buffers = fields.pop("buffers", [])
    sent: list[dict[str, Any]] = []

    def record(content: dict[str, Any], buffers: Any = ()) -> None:
        content = dict(content)
        _put_buffers(content, content.pop("paths", []), list(buffers or ()))
        sent.append(content)

    with mock.patch.object(widget, "send", record):
        widget._handle_custom_msg({"kind": kind, **PAGE, **fields}, buffers)
    assert sent.pop(0) == {"kind": "received", **PAGE, **_sender(fields)}
    return sent


def ask(widget: Any, kind: str, **fields: Any) -> dict[str, Any]:
    """Send a request; return the fields of its answer."""
    sent = [one for one in send(widget, kind, **fields) if one["kind"] == kind and "page" in one]
    (answer,) = sent
    assert {"page": answer.pop("page"), "seq": answer.pop("seq")} == {**PAGE, **_sender(fields)}
    assert answer.pop("kind") == kind
    return answer


def _sender(fields: dict[str, Any]) -> dict[str, Any]:
    return {name: fields[name] for name in PAGE if name in fields}
