"""Tell others when the weights of a model have changed."""

import weakref
from collections.abc import Callable


class WeightsWatch:
    """Calls functions when weights have changed; it keeps none of them alive."""

    def __init__(self) -> None:
        self._callbacks: list[Callable[[], Callable[[], None] | None]] = []

    def add(self, callback: Callable[[], None]) -> None:
        """Call a function from now on."""
        is_method = hasattr(callback, "__self__")
        self._callbacks.append((weakref.WeakMethod if is_method else weakref.ref)(callback))

    def tell(self) -> None:
        """Call all functions."""
        self._callbacks = [found for found in self._callbacks if found() is not None]
        for found in self._callbacks:
            callback = found()
            if callback is not None:
                callback()
