"""The picture in the notebook: published at the end of the cell, replaced after a change."""

import asyncio
import concurrent.futures
import types

import pytest
from IPython.core.displaypub import CapturingDisplayPublisher

from vae_widgets.widgets.anomaly_histogram.widget import AnomalyHistogram
from vae_widgets.widgets.still_pictures import saved_picture
from vae_widgets.widgets.training_monitor.widget import TrainingMonitor

VIEW = "application/vnd.jupyter.widget-view+json"


class Events:
    def __init__(self):
        self.calls = []

    def register(self, name, call):
        assert name == "post_run_cell"
        self.calls.append(call)

    def unregister(self, name, call):
        self.calls.remove(call)


class Shell:
    """What IPython's shell of a kernel does with displays."""

    def __init__(self):
        self.kernel = object()
        self.user_ns = {}
        self.events = Events()
        self.published = []
        self.request = {"msg_type": "execute_request", "msg_id": "cell 1"}
        self.display_pub = types.SimpleNamespace(publish=self.publish)

    def publish(self, data, metadata, transient, update):
        self.published.append((data, metadata, transient["display_id"], update))

    def get_parent(self):
        return {"header": self.request}

    def end_cell(self):
        for call in [*self.events.calls]:
            call(types.SimpleNamespace(error_in_exec=None))
        number = int(self.request["msg_id"].split()[-1])
        self.request = {"msg_type": "execute_request", "msg_id": f"cell {number + 1}"}


@pytest.fixture
def shell(monkeypatch):
    made = Shell()
    monkeypatch.setattr(saved_picture, "get_ipython", lambda: made)
    monkeypatch.setattr("vae_widgets.widgets.training_monitor.widget.get_ipython", lambda: made)
    return made


def run(coroutine):
    """Run a coroutine function in a loop of its own, whatever loop this thread has."""
    with concurrent.futures.ThreadPoolExecutor(1) as thread:
        thread.submit(lambda: asyncio.run(coroutine())).result()


def histogram():
    return AnomalyHistogram([1.0, 2.0, 3.0, 4.0], threshold=2.0)


def test_the_view_comes_first_and_its_picture_at_the_end_of_the_cell(shell):
    widget = histogram()
    data, _ = widget._repr_mimebundle_()
    assert set(data) == {"text/plain", VIEW}
    assert shell.published == []
    shell.end_cell()
    ((still, about, _, update),) = shell.published
    assert set(still) == {"text/plain", "image/png"}
    assert about["image/png"]["width"] == 704
    assert about["needs_background"] == "light"
    assert not update
    shell.end_cell()
    assert len(shell.published) == 1


def test_a_change_in_a_later_cell_replaces_the_picture(shell):
    widget = histogram()
    widget._repr_mimebundle_()
    shell.end_cell()
    widget.threshold = 4.0
    shell.end_cell()
    first, second = shell.published
    assert second[3], "an update of the same output"
    assert second[2] == first[2]
    assert second[0]["image/png"] != first[0]["image/png"]
    assert "threshold 4 " in second[0]["text/plain"]


def test_a_widget_that_is_displayed_again_leaves_a_picture_there_too(shell):
    widget = histogram()
    for _ in range(2):
        widget._repr_mimebundle_()
        shell.end_cell()
    assert [update for *_, update in shell.published] == [False, False]
    assert len({identity for *_, identity, _ in shell.published}) == 1


def test_a_change_by_the_page_is_drawn_once_it_rests(shell, monkeypatch):
    monkeypatch.setattr(saved_picture, "REST", 0.05)

    async def drag():
        widget = histogram()
        widget._repr_mimebundle_()
        shell.end_cell()
        for threshold in (2.5, 3.0, 3.5):  # in one go: no rest in between
            widget.threshold = threshold
        while len(shell.published) < 2:
            await asyncio.sleep(0.01)
        return widget

    run(drag)
    assert len(shell.published) == 2
    assert "threshold 3.5 " in shell.published[1][0]["text/plain"]


def test_a_long_run_is_drawn_now_and_then(shell, monkeypatch):
    monkeypatch.setattr(saved_picture, "LONGEST", 0.05)

    async def train():
        monitor = TrainingMonitor()
        monitor._repr_mimebundle_()
        shell.end_cell()
        step = 0
        while len(shell.published) < 3:
            step += 1
            monitor.log(step, loss=1 / step)
            await asyncio.sleep(0.005)

    run(train)
    assert [update for *_, update in shell.published] == [False, True, True]


def test_the_end_of_a_loop_is_in_the_picture_of_its_monitor(shell):
    monitor = TrainingMonitor()
    monitor._repr_mimebundle_()
    shell.end_cell()
    for step in range(10):
        monitor.log(step, loss=1.0)
    shell.end_cell()
    assert monitor.state == "finished"
    assert "Step 9 in" in shell.published[-1][0]["text/plain"]
    assert shell.published[-1][3]


def test_a_closed_widget_leaves_its_picture_and_draws_no_more(shell):
    widget = histogram()
    widget._repr_mimebundle_()
    shell.end_cell()
    widget.close()
    shell.end_cell()
    assert len(shell.published) == 1
    assert shell.events.calls == []


def in_vs_code(shell):
    shell.user_ns["__vsc_ipynb_file__"] = "a.ipynb"


def captured(shell):
    shell.display_pub = CapturingDisplayPublisher()


def in_a_callback(shell):
    shell.request = {"msg_type": "comm_msg", "msg_id": "click 1"}


@pytest.mark.parametrize("where", [in_vs_code, captured, in_a_callback])
def test_where_two_outputs_will_not_do_one_holds_all(shell, where):
    where(shell)
    data, _ = histogram()._repr_mimebundle_()
    assert set(data) == {"text/plain", VIEW, "image/png"}
    shell.end_cell()
    assert shell.published == []


def test_a_task_that_outlives_its_cell_leaves_no_picture_in_the_next(shell):
    histogram()._repr_mimebundle_()
    shell.request = {"msg_type": "execute_request", "msg_id": "cell 2"}
    shell.end_cell()
    assert shell.published == []
