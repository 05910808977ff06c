"""Show each new build of the front end in open widgets: part of `make dev`, not of the wheel.

anywidget can watch files by itself, but then it keeps every widget alive forever; see
`vae_widgets.widgets.base.assets.bundle`.
"""

import threading
import time
from collections.abc import Iterator
from typing import Any

from ipywidgets.widgets.widget import _instances

from vae_widgets.widgets.base.assets import STATIC, bundle
from vae_widgets.widgets.base.widget import CanvasWidget


def start() -> None:
    """Watch the builds of the front end in a thread."""
    threading.Thread(target=_watch, name="hot reload", daemon=True).start()


def _watch() -> None:
    shown, seen = _bundles(), _newest()
    while True:
        time.sleep(0.2)
        newest = _newest()
        # A build writes several files: wait until it has written the last.
        if newest == seen or time.time_ns() - newest < 300_000_000:
            continue
        built = _bundles()
        replace({shown[name]: text for name, text in built.items() if name in shown})
        shown, seen = built, newest


def replace(new: dict[str, str]) -> None:
    """Give open widgets, and those that are made later, the new texts of old ones."""
    open_widgets = [each for each in _instances.values() if isinstance(each, CanvasWidget)]
    for holder in [*_declaring(CanvasWidget), *open_widgets]:
        for name in ("_esm", "_css"):
            old = getattr(holder, name)
            if new.get(old, old) != old:
                setattr(holder, name, new[old])


def _declaring(kind: type[CanvasWidget]) -> Iterator[Any]:
    """Yield the classes below a class that have texts; anywidget makes some with traits instead."""
    for each in kind.__subclasses__():
        yield from _declaring(each)
        if isinstance(vars(each).get("_esm"), str):
            yield each


def _bundles() -> dict[str, str]:
    return {file.name: bundle(file.name) for file in STATIC.iterdir() if file.stem != "shared"}


def _newest() -> int:
    return max((file.stat().st_mtime_ns for file in STATIC.iterdir()), default=0)
