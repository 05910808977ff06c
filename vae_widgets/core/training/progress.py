"""How far a training run is, how fast, and when it will end."""

import time
from collections import deque
from collections.abc import Callable

# Speed is measured over this many seconds, so that it follows a machine that slows down.
_WINDOW = 20.0


class Progress:
    """Follow a run that goes from 0 to `total` (epochs); what is unknown is None.

    `samples_per_step` is a mean; `clock` returns seconds.
    """

    def __init__(
        self,
        total: int | None = None,
        steps_per_epoch: int | None = None,
        samples_per_step: float | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.total = total
        self.steps_per_epoch = steps_per_epoch
        self.samples_per_step = samples_per_step
        self.position = 0.0
        self._clock = clock
        # (seconds, position, step); the first entry is the end of the first step, because that step
        # includes the time to compile it.
        self._marks: deque[tuple[float, float, float]] = deque()
        self._earlier: dict[int, float | None] = {}

    def advance(self, position: float, step: float) -> None:
        """Note that the run is at `position` epochs and has done `step` steps."""
        self.position = position
        now = self._clock()
        marks = self._marks
        # One mark a tenth of a second is enough; the newest is replaced until then.
        if len(marks) > 1 and now - marks[-2][0] < 0.1:
            marks.pop()
        marks.append((now, position, step))
        while len(marks) > 2 and now - marks[1][0] > _WINDOW:
            marks.popleft()

    def restart_clock(self) -> None:
        """Restart the measurement of speed, because time was spent on something else.

        The speed so far counts until there is a new one.
        """
        self._earlier = {of: self._speed(of) for of in (1, 2)}
        self._marks.clear()

    @property
    def fraction(self) -> float | None:
        """Share of the run that is done, 0 to 1; None if the total is unknown."""
        return min(1.0, self.position / self.total) if self.total else None

    @property
    def seconds_left(self) -> float | None:
        """Estimated seconds until the end; None if unknown."""
        speed = self._speed(1)
        if not self.total or not speed:
            return None
        return max(0.0, self.total - self.position) / speed

    @property
    def steps_per_second(self) -> float | None:
        """Steps a second, validation included; None if unknown."""
        return self._speed(2) or None

    @property
    def samples_per_second(self) -> float | None:
        """Samples a second, validation included; None if unknown."""
        speed = self.steps_per_second
        return speed * self.samples_per_step if speed and self.samples_per_step else None

    def _speed(self, of: int) -> float | None:
        if len(self._marks) < 2:
            return self._earlier.get(of)
        first, last = self._marks[0], self._marks[-1]
        seconds = last[0] - first[0]
        return (last[of] - first[of]) / seconds if seconds > 0 else None
