"""What waits for the end of a cell: with IPython's own events, and a stand-in for its kernel."""

import types

import pytest
from IPython.core.events import EventManager, available_events

from vae_widgets.widgets.base import after_cell as module


@pytest.fixture
def cell(monkeypatch):
    """A cell of a kernel that runs; `silent` and `kind` are of its request."""
    shell = types.SimpleNamespace(kernel=object(), silent=False, kind="execute_request")
    shell.events = EventManager(shell, available_events)
    shell.get_parent = lambda: {
        "header": {"msg_type": shell.kind},
        "content": {"silent": shell.silent},
    }
    shell.end = lambda: shell.events.trigger("post_run_cell", None)
    monkeypatch.setattr(module, "get_ipython", lambda: shell)
    return shell


def test_it_is_called_once_at_the_end_of_the_cell(cell):
    calls = []
    module.after_cell(lambda: calls.append("first"))
    module.after_cell(lambda: calls.append("second"))
    assert calls == []
    cell.end()
    assert calls == ["first", "second"]
    cell.end()
    assert calls == ["first", "second"]


@pytest.mark.parametrize(
    "where", [{"silent": True}, {"kind": "comm_msg"}, {"kernel": None}], ids=str
)
def test_outside_of_a_cell_that_shows_output_it_is_called_at_once(cell, where):
    vars(cell).update(where)
    calls = []
    module.after_cell(lambda: calls.append("now"))
    assert calls == ["now"]


def test_without_ipython_it_is_called_at_once(monkeypatch):
    monkeypatch.setattr(module, "get_ipython", lambda: None)
    calls = []
    module.after_cell(lambda: calls.append("now"))
    assert calls == ["now"]
