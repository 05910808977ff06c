"""Hostile messages to every widget: what a page could send that is not ours, or is broken.

``python -m tests.widgets.fuzz_messages 20000`` sends as many, and says what they did.
"""

import copy
import logging
import random
import resource
import sys
import time
import warnings
from typing import Any

import ipywidgets
import numpy as np

from tests.widgets import invariants
from vae_widgets.widgets.base import messages
from vae_widgets.widgets.base.widget import ClosingWidget

AS_THE_PAGE = {
    "sound": [{"what": 1}, {"what": "decoded"}, {"what": "path"}],
    "path": [
        {"start": {"at": [0.1, 0.2], "point": -1}, "end": {"at": [0.0, 0.0], "point": 2}},
        {"via": {"at": [0.1, 0.2], "point": -1, "which": 0}},
    ],
    "method": [
        {"method": "percentile", "parameters": {"percentile": 75}},
        {"method": "f_beta", "parameters": {"beta": 2}},
        {"method": "top_k", "parameters": {"k": 3}},
        {"method": "gesd", "parameters": {"alpha": 0.05, "max_outliers": None}},
        {"method": "cost", "parameters": {"false_negative_cost": 3.0}},
        {"method": "peaks_over_threshold", "parameters": {"rate": 0.001, "tail": 0.1}},
        {"method": "conformal", "parameters": {"rate": 0.3, "confidence": None}},
        {"method": "mixture", "parameters": {"probability": 0.5}},
        {"method": "manual"},
    ],
    "mark": [{"index": 3, "mark": "normal", "time": "2026-01-01T00:00:00+00:00"}],
    "restore": [
        {
            "marks": [
                {"index": 4, "score": 0.4, "mark": "unsure", "time": "", "drawn_from": None},
                {"index": 5, "score": 5 / 11, "mark": "", "time": "2026-01-01T00:00:00+00:00"},
            ]
        }
    ],
    "end": [{"which": "start", "sample": 3}, {"which": "end", "sample": None}],
    "change": [{"run": 1, "name": "learning_rate", "value": 0.1}],
    **{kind: [{"run": 1}] for kind in messages.RUN_KINDS},
    **{kind: [{}] for kind in ("swap", "undo", "refill", "log", "scores", "history", "codes")},
    "model": [{"id": "x"}, {"id": "x", "most_bytes": 9}],
    "pick": [{"at": [0.1, 0.2], "point": -1}, {"point": 3}, {"point": -1, "along": 1.5}],
    "grid": [{"bounds": [0, 1, 0, 1], "columns": 3, "rows": 2}],
    **{kind: [{"at": [0.1, 0.2]}] for kind in ("place", "traversals")},
    **{kind: [{"index": 2}] for kind in ("tile", "detail")},
    "find": [{"label": "2"}],
}
"""Well-formed messages of each kind but "state", whose parts are then replaced."""

# What breaks parsers, comparisons and numpy.
NASTY = (
    *(None, True, False, 0, 1, -1, 5, 11, 12, 99, 2**31, 2**32, 2**53, 2**63, -(2**63), 10**40),
    *(0.0, -0.0, 0.5, 1.5, -0.5, 1e-320, 1e15, 1e39, 1e300, -1e308),
    *(float("nan"), float("inf"), float("-inf")),
    *("", " ", "x", "label", "pca", "linear", "nosuch", "__class__", "decoded", "1", "\0", "=1+1"),
    *("\ud800", "é\u0301\u202e😀", "9" * 50, "x" * 20_000),
    *([], [0], [0, 1], [1, 0], [2, 1], [0, 0], [-1], [1e300, 1], [float("nan")] * 2, [None, 1]),
    *([0, 1, 0, 1], [1, 0, 1, 0], [-1e308, 1e308, 0, 1], [[]], [[0], [0, 1]], ["a", 1], ["latent"]),
    *([0] * 3000, {}, {"a": {}}, {"data": None}, {"": 0}, {"x": [[[[[[[]]]]]]]}),
)


def message(random: random.Random, widget: Any) -> tuple[dict[str, Any], list[Any]]:
    """Return data and buffers of a message of the page to a widget, most often a hostile one."""
    if random.random() < 0.03:
        data = random.choice([nasty(random), {"method": nasty(random)}, {"method": "custom"}, {}])
        return data, random.choice([[], [b"x"]])
    if random.random() < 0.5:
        state, buffers, paths = _state(random, widget)
        if random.random() < 0.7:
            content = {**_sender(random), "kind": "state", "state": state}
            content["paths"] = [["state", *path] for path in paths]
            return {"method": "custom", "content": _spoilt(random, content, 0.1)}, buffers
        data = {"method": "update", "state": state, "buffer_paths": paths}
        return _spoilt(random, data, 0.1), buffers
    heard = [*getattr(widget, "_handlers", {})] or ["undo"]
    kinds = heard if random.random() < 0.8 else [*AS_THE_PAGE, "nosuch", "state"]
    kind = random.choice(kinds)
    content = copy.deepcopy(random.choice(AS_THE_PAGE.get(kind, [{}])))
    content = {**_sender(random), "kind": kind, **content}
    if random.random() < 0.5 and "run" in content:
        content["run"] = random.choice([0, 1, 2])
    content = _spoilt(random, content, 0.6)
    if random.random() < 0.05:
        content = nasty(random)
    return {"method": "custom", "content": content}, random.choice([[], [], [b""], [b"x" * 9]])


def _sender(random: random.Random) -> dict[str, Any]:
    return {"page": random.choice(["p", "p", "other"]), "seq": random.randrange(9)}


def nasty(random: random.Random) -> Any:
    """Return one of the nasty values."""
    return copy.deepcopy(random.choice(NASTY))


def _state(random: random.Random, widget: Any) -> tuple[dict[str, Any], list[Any], list[Any]]:
    own = [*widget.traits(sync=True, page_writes=True)] or widget.keys
    names = random.choices(
        own if random.random() < 0.9 else widget.keys, k=random.choice([1, 1, 3])
    )
    state: dict[str, Any] = {}
    buffers: list[Any] = []
    paths: list[Any] = []
    for name in names:
        if random.random() < 0.4:
            wire, buffer = _wire(random)
            where = [name]
            if name == "bookmarks":
                wire, where = {"b": wire}, [name, "b"]
            state[name] = wire
            buffers.append(buffer)
            paths.append([*where, "data"])
        elif random.random() < 0.3:
            state[name] = _copied(widget.get_state(name)[name])
        else:
            state[name] = nasty(random)
    if random.random() < 0.05:
        state[random.choice(["nosuch", "__class__", "comm", "close"])] = nasty(random)
    return state, buffers, paths


def _copied(value: Any) -> Any:
    """Return a copy, with bytes for views of memory."""
    if isinstance(value, dict):
        return {key: _copied(of) for key, of in value.items()}
    if isinstance(value, list | tuple):
        return [_copied(of) for of in value]
    return bytes(value) if isinstance(value, memoryview) else value


def _wire(random: random.Random) -> tuple[dict[str, Any], Any]:
    dtype = random.choice(
        ["float32", "uint32", "float64", "uint8", "object", "<U9", "nosuch", None]
    )
    n = random.choice([0, 1, 2, 3, 3, 3, 12, 5000])
    kind = dtype if dtype in messages_dtypes() else "float32"
    with np.errstate(all="ignore"):
        values = np.array([random.choice([0, 1, 2, 0.5, 11, 1e30, np.nan]) for _ in range(n)])
        data = values.astype(kind)
    shape = random.choice([[n], [n], [n], [n], [n, 1], [-1], [2**40, 2**40], n, "3", [1.5]])
    return {"dtype": dtype, "shape": shape, "data": None}, memoryview(data.tobytes())


def messages_dtypes() -> tuple[str, ...]:
    """Return the dtypes that may travel."""
    return ("float32", "float64", "int32", "uint32", "uint8")


def _spoilt(random: random.Random, value: Any, chance: float) -> Any:
    """Replace, drop or add a part of a message by this chance; some deeper ones, too."""
    if random.random() >= chance or not isinstance(value, dict | list) or not value:
        return value
    keys = [*value] if isinstance(value, dict) else [*range(len(value))]
    key = random.choice(keys)
    way = random.random()
    if way < 0.3:
        value[key] = _spoilt(random, value[key], 1.0)
    elif way < 0.75:
        value[key] = nasty(random)
    elif way < 0.9:
        del value[key]
    elif isinstance(value, dict):
        value[random.choice(["extra", "__class__", "kind", "paths"])] = nasty(random)
    else:
        value.append(nasty(random))
    return value


class Heard(logging.Handler):
    """Keeps what is logged with a traceback: where ipywidgets puts exceptions."""

    def __init__(self) -> None:
        super().__init__()
        self.errors: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep it."""
        if record.exc_info or record.levelno >= logging.ERROR:
            self.errors.append(logging.Formatter().format(record))


def check_sent(content: dict[str, Any]) -> None:
    """Check that a message of the kernel has the fields of its kind."""
    kind = content["kind"]
    fields = content.keys() - {"kind", "page", "seq", "paths"}
    if kind == "received":
        assert not fields
    elif "page" in content:
        assert isinstance(content["error"], str)
        assert fields - {"error"} in (set(), {*(messages.KINDS[kind].answer or ())})
    else:
        assert fields == {*messages.NEWS[kind]}


def run(count: int, seed: int, each: int = 1, quiet: bool = True) -> dict[str, Any]:
    """Send `count` messages, and check all invariants of the widget after every `each`."""
    chosen = random.Random(seed)
    heard = Heard()
    logger = logging.getLogger("traitlets")
    logger.addHandler(heard)
    wholes = {name: make() for name, make in invariants.MAKERS.items()}
    slider = invariants.slider()
    slider.link(wholes["scatter"])
    targets = [(whole, part) for whole in wholes.values() for part in invariants.parts(whole)]
    failures: list[str] = []
    send = ipywidgets.Widget.send

    def checked(self: Any, content: Any, buffers: Any = None) -> None:
        if isinstance(self, ClosingWidget):
            check_sent(content)
        send(self, content, buffers)

    ipywidgets.Widget.send = checked
    slowest = (0.0, "")
    memory: list[int] = []
    try:
        for number in range(count):
            whole, part = chosen.choice(targets)
            data, buffers = message(chosen, part)
            said = f"{type(part).__name__}: {data!r:.400}"
            began = time.monotonic()
            try:
                part.comm.handle_msg({"content": {"data": data}, "buffers": buffers})
                took = time.monotonic() - began
                slowest = max(slowest, (took, said))
                if number % each == 0:
                    invariants.check(part)
            except Exception as error:
                failures.append(f"{said}\n  {type(error).__name__}: {error}")
            failures += [f"{said}\n  {error}" for error in heard.errors]
            heard.errors.clear()
            if not quiet and failures:
                print(failures[-1])
            if count >= 1000 and number % (count // 10) == 0:
                memory.append(_resident())
        for whole in wholes.values():
            invariants.check(whole)
            invariants.use(whole)
    finally:
        ipywidgets.Widget.send = send
        logger.removeHandler(heard)
        slider.close()
        for whole in wholes.values():
            whole.close()
    return {"failures": failures, "slowest": slowest, "memory_mib": memory}


def _resident() -> int:
    """Return the resident memory in MiB."""
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * resource.getpagesize() >> 20


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    found = run(int(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 0, quiet=False)
    print(f"{len(found['failures'])} failures")
    print("slowest: {:.2f} s, {}".format(*found["slowest"]))
    print(f"resident memory, MiB: {found['memory_mib']}")
