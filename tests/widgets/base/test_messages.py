"""What a page sends is checked: messages within bounds, and only the traits that are its own."""

import json
import pathlib
import re
import subprocess
import sys

import numpy as np
import pytest

from tests.support.messages import ask
from tests.widgets import fuzz_messages, invariants
from vae_widgets.widgets.base import messages
from vae_widgets.widgets.base.assets import STATIC
from vae_widgets.widgets.base.widget import ClosingWidget

SRC = STATIC.parent / "frontend" / "src"

OWN = {
    "LatentScatter": {
        *("selection", "hovered", "picked", "color_by", "threshold", "dims", "projection"),
        *("slice_at", "view", "mode", "grid", "prior", "density", "bookmarks", "group_a"),
        *("group_b", "_hidden", "_hidden_sides", "_save_shown", "_dims_shown"),
        *("point_size", "opacity", "_points_shown"),
    },
    "InterpolationSlider": {"value", "method", "compare"},
    "ScoreCanvas": {"threshold", "log_counts", "full_range"},
    "ReviewQueue": {"order", "position"},
    "PanelTabs": {"panel"},
    "TileStrip": {"selected"},
    "ScoreStrip": {"selected"},
    "CurveLegend": {"hidden"},
    "TrainingControls": {"log_scale", "smoothing", "zoom", "panels"},
    "TrainingReplay": {"at"},
}
"""The traits that the page sets, by widget; all others are the kernel's."""

# What the parts of a page tell each other: no trait of Python, and never sent.
PAGE_ONLY = {"_draft"}
# What the page sets by a name that it has from elsewhere in the same file.
INDIRECT = {
    "histogram_canvas.ts": {"log_counts", "full_range"},
    "widget.ts": {"method", "compare"},
    "drawers.ts": {"point_size", "opacity"},
}


def test_both_sides_name_the_same_kinds_and_fields():
    """`messages.ts` is read by the compiler that checks it."""
    script = pathlib.Path(__file__).with_name("print_kinds.mjs")
    printed = subprocess.run(
        [pathlib.Path(sys.executable).with_name("node"), script],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    page = json.loads(printed)
    assert page["FromPage"] == {
        name: {
            "fields": sorted([*kind.fields, *(f"{name}?" for name in kind.optional)]),
            **({} if kind.answer is None else {"answer": sorted(kind.answer)}),
        }
        for name, kind in messages.KINDS.items()
    }
    assert page["FromKernel"] == {name: sorted(fields) for name, fields in messages.NEWS.items()}


@pytest.fixture(scope="module")
def wholes():
    made = {name: make() for name, make in invariants.MAKERS.items()}
    yield made
    for whole in made.values():
        whole.close()


@pytest.fixture
def said(monkeypatch):
    """What the scatter says to its page."""
    made = invariants.scatter()
    sent = []
    monkeypatch.setattr(made, "_send", lambda message, buffers=None: sent.append(message))
    yield made, sent
    made.close()


def custom(widget, content, buffers=()):
    data = {"method": "custom", "content": content}
    widget.comm.handle_msg({"content": {"data": data}, "buffers": list(buffers)})


def refusals(sent):
    contents = [message.get("content", {}) for message in sent]
    return [content["error"] for content in contents if content.get("error")]


def test_every_trait_has_one_owner(wholes):
    seen = set()
    for whole in wholes.values():
        for part in invariants.parts(whole):
            assert isinstance(part, ClosingWidget), type(part)
            name = type(part).__name__
            assert set(part.traits(page_writes=True)) == OWN.get(name, set()), name
            seen.add(name)
    assert seen >= OWN.keys()


def test_the_page_writes_what_is_its_own_and_no_more():
    literal = r"""
        set(?:AndPush|Undoably)\((?:this\.)?\#?model,\s*\{\s*\[?"?(?P<a>\w+)
        | odel\.set\("(?P<b>\w+)"
        | slider!?\.set\("(?P<c>\w+)"
        | toggle\("(?P<e>\w+)"
        | pushState(?:Throttled)?\((?:this\.)?\#?\w+!?,\s*(?P<d>"[^)]*)\)
    """
    written = set()
    for path in sorted(pathlib.Path(SRC).rglob("*.ts")):
        text = path.read_text(encoding="utf-8")
        for found in re.finditer(literal, text, re.VERBOSE):
            names = re.findall(r"\w+", next(filter(None, found.groups())))
            written |= set(names) - {"name", "trait"}
        written |= {name for name in INDIRECT.get(path.name, ()) if f'"{name}"' in text}
        if "setAndPush(model, which === 0 ?" in text:
            written |= {"group_a", "group_b"}
    owned = set().union(*OWN.values())
    assert written - owned == PAGE_ONLY
    assert owned - written == set()


def test_a_trait_of_the_kernel_takes_no_write_of_the_page(wholes):
    scatter = wholes["scatter"]
    wire = {"dtype": "float32", "shape": [1, 2], "data": None}
    for data in (
        {
            "method": "update",
            "state": {"_positions": wire},
            "buffer_paths": [["_positions", "data"]],
        },
        {
            "method": "custom",
            "content": {
                "kind": "state",
                "page": "p",
                "seq": 1,
                "state": {"_positions": wire},
                "paths": [["state", "_positions", "data"]],
            },
        },
    ):
        buffers = [np.zeros(2, np.float32).tobytes()]
        scatter.comm.handle_msg({"content": {"data": data}, "buffers": buffers})
        assert len(scatter._positions) == scatter.n_samples
    scatter.pick(5)
    invariants.check(scatter)


@pytest.mark.parametrize("name", invariants.MAKERS)
def test_no_widget_takes_what_is_the_kernels(wholes, name):
    for part in invariants.parts(wholes[name]):
        before = {key: getattr(part, key) for key in part.keys}
        for key in set(part.keys) - OWN.get(type(part).__name__, set()):
            part.comm.handle_msg(
                {
                    "content": {"data": {"method": "update", "state": {key: "hostile"}}},
                    "buffers": [],
                }
            )
            assert getattr(part, key) is before[key], (type(part), key)


def test_a_grid_of_too_many_cells_is_refused_before_it_is_decoded(said, monkeypatch):
    scatter, _ = said
    monkeypatch.setattr(scatter._codec, "decode", lambda z: pytest.fail("decoded"))
    grid = {"bounds": [0, 1, 0, 1], "columns": 900, "rows": 900}
    assert "too many" in ask(scatter, "grid", **grid)["error"]
    assert "too many" in scatter._grid["error"]
    assert "columns must lie in" in ask(scatter, "grid", **{**grid, "columns": 10**6})["error"]


def test_a_sound_of_many_samples_is_refused(said):
    scatter, _ = said
    assert "what must be a whole number" in ask(scatter, "sound", what=[0] * 2_000)["error"]


def test_too_many_bookmarks_are_refused(said):
    scatter, _ = said
    before = scatter.bookmarks
    wire = {"dtype": "float32", "shape": [3], "data": None}
    state = {"bookmarks": {str(i): wire for i in range(5_000)}}
    assert "at most 1000" in ask(scatter, "state", state=state)["error"]
    assert scatter.bookmarks == before
    with pytest.raises(Exception, match="at most 1000"):
        scatter.bookmarks = {str(i): scatter.z_mean[0] for i in range(1001)}


@pytest.mark.parametrize(
    "content",
    [
        {"x": "y" * (messages.LONGEST_TEXT + 1)},
        {"x": 2**65},
        [[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]],
        {"x": [0] * messages.MOST_PARTS},
        {"x": object()},
    ],
)
def test_the_size_of_a_message_is_bounded(content):
    with pytest.raises(messages.Refused):
        messages.check_size(content)


@pytest.mark.parametrize(
    ("kind", "fields"),
    [
        ("sound", {}),
        ("sound", {"what": -1}),
        ("sound", {"what": 1, "paths": [["what"]]}),
        ("mark", {"index": True, "mark": "normal", "time": ""}),
        ("mark", {"index": 1, "mark": "normal", "time": "=1+1"}),
        ("mark", {"index": 1, "mark": "nosuch", "time": ""}),
        ("undo", {"extra": 1}),
        ("change", {"run": 1, "name": "__class__", "value": 1}),
        ("change", {"run": 1, "name": "beta", "value": float("nan")}),
        ("path", {"start": {"at": [0.0], "point": -1}}),
        ("path", {"via": {"at": [0, 0], "point": -1, "which": -1}}),
        ("method", {"method": "nosuch"}),
        ("method", {"method": "top_k", "parameters": {"k": [1]}}),
        ("restore", {"marks": [{"index": 1}]}),
        ("pick", {"point": -2}),
        ("pick", {"point": 1, "extra": 1}),
        ("tile", {"index": 1.5}),
    ],
)
def test_fields_out_of_bounds_are_refused(kind, fields):
    with pytest.raises(messages.Refused):
        messages.read_fields(kind, fields)


@pytest.mark.parametrize("data", [None, [], {}, {"method": "nosuch"}, {"method": "update"}, 1])
def test_a_broken_envelope_is_refused(said, data):
    scatter, sent = said
    scatter.comm.handle_msg({"content": {"data": data}, "buffers": []})
    assert len(refusals(sent)) == 1


def test_hostile_messages_raise_nothing_and_leave_every_widget_whole():
    assert fuzz_messages.run(200, seed=15)["failures"] == []
