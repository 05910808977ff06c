import contextvars
import threading

import ipywidgets
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vae_widgets.widgets.base.rate_limit import MessageBudget, Throttle, changes


class Time:
    """A clock that stands still until told, with the timers that it sets off."""

    def __init__(self):
        self.now = 0.0
        self.timers = []

    def __call__(self):
        return self.now

    def timer(self, seconds, function):
        timer = Timer(self.now + seconds, function)
        self.timers.append(timer)
        return timer

    def advance(self, seconds):
        end = self.now + seconds
        while due := [timer for timer in self.timers if timer.at <= end]:
            first = min(due, key=lambda timer: timer.at)
            self.timers.remove(first)
            self.now = max(self.now, first.at)
            first.function()
        self.now = end


class Timer:
    daemon = False

    def __init__(self, at, function):
        self.at, self.function = at, function

    def start(self):
        pass


@given(
    st.lists(
        st.tuples(st.floats(0, 0.7), st.integers(1, 10)),
        min_size=1,
        max_size=200,
    )
)
def test_no_second_holds_more_than_ten_messages(requests):
    budget, now, sent = MessageBudget(10), 0.0, []
    for pause, messages in requests:
        now += pause
        now += budget.delay(now, messages)
        assert budget.delay(now, messages) == pytest.approx(0, abs=1e-9)
        budget.spend(now, messages)
        sent += [now] * messages
    times = np.array(sent)
    for start in times:
        assert ((times >= start) & (times < start + 1 - 1e-9)).sum() <= 10


def test_requests_are_thinned_and_the_last_state_is_drawn():
    time, state, drawn = Time(), 0, []
    throttle = Throttle(lambda: [lambda: drawn.append(state)], pytest.fail, time, time.timer)
    for state in range(1000):  # noqa: B007 - what is drawn reads it
        throttle.request()
        time.advance(0.001)
    assert 5 <= len(drawn) <= 11
    time.advance(1)
    assert drawn[-1] == 999
    assert not time.timers  # nothing left to do


def test_more_messages_than_fit_are_sent_in_parts():
    time, page = Time(), {}

    def plan():
        return [lambda k=k: page.update({k: time.now}) for k in range(25) if k not in page]

    throttle = Throttle(plan, pytest.fail, time, time.timer)
    throttle.request()
    assert len(page) == 10
    time.advance(5)
    assert len(page) == 25
    assert max(page.values()) >= 2


def test_the_last_of_many_messages_have_their_turn_though_all_change_all_the_time():
    time, page = Time(), {}

    def plan():
        return [lambda k=k: page.update({k: time.now}) for k in range(13)]

    throttle = Throttle(plan, pytest.fail, time, time.timer)
    throttle.request()
    time.advance(1)
    for _ in range(100):
        throttle.request()
        time.advance(0.1)
        assert sorted(page) == list(range(13))
        assert min(page.values()) > time.now - 3


def test_what_changes_while_a_plan_is_sent_in_parts_is_sent_after_it():
    time, state, page = Time(), 0, {}

    def plan():
        return [lambda k=k, v=state: page.update({k: v}) for k in range(25) if page.get(k) != state]

    throttle = Throttle(plan, pytest.fail, time, time.timer)
    throttle.request()
    state = 1  # no further request: the first one is not yet done
    time.advance(10)
    assert page == dict.fromkeys(range(25), 1)
    assert not time.timers


def test_an_exception_stays_here_and_is_not_met_more_than_once_a_second():
    time, errors = Time(), []

    def plan():
        raise RuntimeError("no ink")

    throttle = Throttle(plan, errors.append, time, time.timer)
    for _ in range(300):
        throttle.request()
        time.advance(0.01)
    assert 1 <= len(errors) <= 4
    assert str(errors[0]) == "no ink"


def test_finish_waits_for_what_was_requested():
    drawn = []
    throttle = Throttle(lambda: [lambda: drawn.append(threading.current_thread())], pytest.fail)
    throttle.request()
    throttle.request()
    throttle.finish()
    assert len(drawn) == 2


def test_changes_is_one_message_or_none():
    slider = ipywidgets.FloatSlider()
    assert changes(slider, value=0.0, max=100.0) == []
    (send,) = changes(slider, value=3.0, max=50.0)
    send()
    assert (slider.value, slider.max) == (3.0, 50.0)


def test_a_late_drawing_has_the_context_of_who_asked_for_it():
    # ipykernel keeps there which message, and so which subshell, a drawing belongs to.
    request = contextvars.ContextVar("request", default="the last message of any shell")
    drawn = []
    throttle = Throttle(lambda: [lambda: drawn.append(request.get())], pytest.fail)

    def cell():
        request.set("this cell")
        throttle.request()
        throttle.request()  # for which there is no room yet
        throttle.finish()

    contextvars.copy_context().run(cell)
    assert drawn == ["this cell", "this cell"]
