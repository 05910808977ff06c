import numpy as np
import pytest
import traitlets

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
    data = {"method": "custom", "content": {"type": "state", "state": state, "paths": paths}}
    widget._handle_msg({"content": {"data": data}, "buffers": list(buffers)})


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
    tell(page, {"mode": "fly"})
    assert page.mode == "pick"
    assert sent == [{"mode"}]


def test_other_messages_are_for_others(page):
    heard = []
    page.on_msg(lambda widget, content, buffers: heard.append(content))
    for content in ({"type": "click"}, ["state"], "state"):
        page._handle_custom_msg(content, [])
    assert len(heard) == 3


def test_every_message_gets_a_receipt(page, monkeypatch):
    said = []
    monkeypatch.setattr(page, "send", lambda content: said.append(content))
    page._handle_custom_msg({"type": "hear", "receipt": ["page", 1]}, [])
    page._handle_custom_msg({"type": "hear"}, [])
    assert said == [{"receipt": ["page", 1]}]


@pytest.mark.parametrize("suffix", ["js", "css"])
def test_what_widgets_share_stands_in_front_of_each(suffix):
    shared = (assets.STATIC / f"shared.{suffix}").read_text()
    own = (assets.STATIC / f"tile_strip.{suffix}").read_text()
    assert assets.bundle(f"tile_strip.{suffix}") == shared + own
    with pytest.raises(FileNotFoundError, match="make frontend"):
        assets.bundle(f"absent.{suffix}")
