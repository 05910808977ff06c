"""Limit drawing to ten messages a second, and always draw the last state."""

import contextvars
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from typing import Any

import ipywidgets
import numpy as np

# Sends one message to the page.
Send = Callable[[], None]


def changes(widget: ipywidgets.Widget, **values: Any) -> list[Send]:
    """Return the one message that gives a widget these values, or none if it has them already."""
    new = {name: value for name, value in values.items() if not _same(getattr(widget, name), value)}

    def send() -> None:
        with widget.hold_sync():
            for name, value in new.items():
                setattr(widget, name, value)

    return [send] if new else []


def _same(old: Any, new: Any) -> bool:
    if isinstance(old, np.ndarray) or isinstance(new, np.ndarray):
        old, new = np.asarray(old), np.asarray(new)
        return np.array_equal(old, new, equal_nan=old.dtype.kind == new.dtype.kind == "f")
    return bool(old == new)


class MessageBudget:
    """Room for messages: at most `per_second` in any second, evenly spread.

    Parameters
    ----------
    per_second
        The most messages in any span of one second.
    """

    def __init__(self, per_second: int = 10) -> None:
        self.per_second = per_second
        self._sent: deque[float] = deque(maxlen=per_second)
        self._even = float("-inf")

    def delay(self, now: float, messages: int) -> float:
        """Return the seconds to wait at time `now` (s) until `messages` may be sent together."""
        messages = min(messages, self.per_second)
        ready = self._even
        # Sending n is allowed when the n-th oldest of the last `per_second` is a second old.
        missing = len(self._sent) + messages - self.per_second
        if missing > 0:
            ready = max(ready, self._sent[missing - 1] + 1.0)
        return max(0.0, ready - now)

    def spend(self, now: float, messages: int) -> None:
        """Note that `messages` were sent at time `now` (s)."""
        self._sent.extend([now] * messages)
        self._even = now + messages / self.per_second


class Throttle:
    """Call the messages of `plan` when there is room for them.

    A plan of more messages than fit in a second is sent in parts, to its end. `failed` gets
    exceptions of plans and messages; ``timer(seconds, function)`` has ``start`` and ``join``.
    """

    def __init__(
        self,
        plan: Callable[[], Sequence[Send]],
        failed: Callable[[Exception], None],
        clock: Callable[[], float] = time.monotonic,
        timer: Callable[[float, Callable[[], None]], threading.Timer] = threading.Timer,
    ) -> None:
        self._plan, self._failed = plan, failed
        self._clock, self._make_timer = clock, timer
        self._budget = MessageBudget()
        self._lock = threading.RLock()
        self._timer: threading.Timer | None = None
        self._rest: Sequence[Send] = ()  # of the plan that is sent in parts

    def request(self) -> None:
        """Draw now if there is room, otherwise as soon as there is."""
        with self._lock:
            if self._timer is None:
                self._draw()

    def finish(self) -> None:
        """Wait until what was requested is drawn: a second, or one more for each further part."""
        while True:
            with self._lock:  # a drawing under way ends first
                timer = self._timer
            if timer is None:
                return
            timer.join()

    def _draw(self) -> None:
        delay = self._budget.delay(self._clock(), 1)
        if not delay:
            goes_on = bool(self._rest)
            try:
                planned = self._rest or self._plan()
                messages = planned[: self._budget.per_second]
                delay = self._budget.delay(self._clock(), len(messages))
                if not delay:
                    self._rest = planned[len(messages) :]
                    for send in messages:
                        send()
                    self._budget.spend(self._clock(), len(messages))
                    if self._rest or goes_on:  # what has changed meanwhile is in no part
                        delay = self._budget.delay(self._clock(), 1)
            except Exception as error:  # an error in a picture must not end the training
                self._rest = ()
                # A picture that always fails is tried once a second.
                self._budget.spend(self._clock(), self._budget.per_second)
                self._failed(error)
                return
        if delay:
            # In the context of the caller: ipykernel gives a thread without one the message that
            # it handled last, and sends the page's answers to the (sub)shell of that message.
            context = contextvars.copy_context()
            self._timer = self._make_timer(delay, lambda: context.run(self._draw_late))
            self._timer.daemon = True
            self._timer.start()

    def _draw_late(self) -> None:
        with self._lock:
            self._timer = None
            self._draw()
