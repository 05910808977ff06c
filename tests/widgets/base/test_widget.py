import numpy as np
import pytest
import traitlets

from tests.support import messages
from vae_widgets.widgets.base import assets
from vae_widgets.widgets.base.widget import CanvasWidget
from vae_widgets.widgets.traits.array import Array


class Page(CanvasWidget):
    _esm = "export default {}"
    mode = traitlets.Enum(("pick", "pan"), "pick").tag(sync=True, page_writes=True)
    points = Array().tag(sync=True, page_writes=True)
    arrays = traitlets.Dict().tag(sync=True, page_writes=True)
    owned = traitlets.Int(0).tag(sync=True)
    secret = traitlets.Int(1)


@pytest.fixture
def page():
    return Page()


def tell(widget, state, paths=(), buffers=()):
    """Send traits as ``frontend/src/kernel/sync.ts`` does."""
    places = [["state", *path] for path in paths]
    return messages.send(widget, "state", state=state, paths=places, buffers=list(buffers))


def test_the_page_sets_traits_by_a_message_of_its_own(page):
    wire = {"dtype": "float32", "shape": [2], "data": None}
    inner = {"a": [0, {"data": None}]}
    paths = [["points", "data"], ["arrays", "a", 1, "data"]]
    buffers = [memoryview(np.float32([1, 2])), memoryview(b"bytes")]
    seen = []
    page.observe(lambda change: seen.append(page.points.tolist()), "mode")
    tell(page, {"mode": "pan", "points": wire, "arrays": inner}, paths, buffers)
    assert page.arrays["a"][1]["data"].tobytes() == b"bytes"
    assert seen == [[1, 2]]  # told together, so changed together


def test_what_is_not_synchronised_cannot_be_set(page):
    tell(page, {"secret": 2, "close": 1})
    assert page.secret == 1
    page.close()


def test_a_bad_value_is_taken_back_in_the_page(page, monkeypatch):
    sent = []
    monkeypatch.setattr(page, "send_state", sent.append)
    (answer,) = tell(page, {"mode": "fly"})
    assert page.mode == "pick"
    assert sent == [{"mode"}]
    assert (answer["kind"], answer["page"], answer["seq"]) == ("state", "p", 1)
    assert "fly" in answer["error"]


def test_other_messages_are_for_others(page):
    heard = []
    page.on_msg(lambda widget, content, buffers: heard.append(content))
    for content in ({"type": "click"}, ["state"], "state"):
        page._handle_custom_msg(content, [])
    assert len(heard) == 3


@pytest.fixture
def sent(page, monkeypatch):
    """What the widget sends."""
    said = []
    monkeypatch.setattr(page, "send", lambda content, buffers=(): said.append(content))
    return said


def test_every_message_gets_a_receipt(page, sent):
    page._handle_custom_msg({"kind": "nosuch", "page": "p", "seq": 7}, [])
    assert sent == [{"kind": "received", "page": "p", "seq": 7}]


@pytest.mark.parametrize(
    "sender", [{}, {"page": "p"}, {"page": 1, "seq": 1}, {"page": "p", "seq": -1}]
)
def test_a_message_without_sender_is_refused(page, sent, sender):
    handled = []
    page.handle(handled.append, "undo")
    page._handle_custom_msg({"kind": "undo", **sender}, [])
    assert handled == []
    assert [one["kind"] for one in sent] == ["refused"]
    assert "page" not in sent[0]


def test_an_answer_goes_to_its_sender_with_bytes_as_buffers(page, monkeypatch):
    sent = []
    monkeypatch.setattr(page, "send", lambda content, buffers=(): sent.append((content, buffers)))
    page.handle(lambda message: {"tiles": {"png": b"x", "count": message["index"]}}, "tile")
    page._handle_custom_msg({"kind": "tile", "page": "p", "seq": 3, "index": 2}, [])
    answer = {"kind": "tile", "page": "p", "seq": 3, "error": "", "tiles": {"count": 2}}
    assert sent[1] == ({**answer, "paths": [["tiles", "png"]]}, [b"x"])


def test_a_request_that_fails_is_answered_by_the_error(page):
    def fail(message):
        raise OSError("no room")

    page.handle(fail, "tile")
    assert messages.ask(page, "tile", index=1) == {"error": "OSError: no room"}
    assert "index" in messages.ask(page, "tile", index=-1)["error"]
    page.remove_handler(fail)
    assert messages.send(page, "tile", index=1) == []


@pytest.mark.parametrize("suffix", ["js", "css"])
def test_what_widgets_share_stands_in_front_of_each(suffix):
    shared = (assets.STATIC / f"shared.{suffix}").read_text()
    own = (assets.STATIC / f"tile_strip.{suffix}").read_text()
    assert assets.bundle(f"tile_strip.{suffix}") == shared + own
    with pytest.raises(FileNotFoundError, match="make frontend"):
        assets.bundle(f"absent.{suffix}")
