"""What a page may say to the kernel: every kind of message, its fields and their bounds.

A message is checked before any work is done. One that is malformed, or comes too late, is refused:
it changes nothing, and the page is told why (``frontend/src/kernel/channel.ts``).
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, NamedTuple

import traitlets

from vae_widgets.core import checks
from vae_widgets.core.review.log import LABELS
from vae_widgets.core.thresholds import METHODS

SETTINGS = ("learning_rate", "beta")
"""What may be changed while a model trains."""

MOST_PARTS = 1_000_000
"""The most values in one message: browsers keep at most 5 MB of marks, some 500,000 values."""
LONGEST_TEXT = 10_000
LONGEST_REASON = 300
DEEPEST = 16
FARTHEST = 1e15
"""The largest coordinate; its square is a float32."""

PAGE = {"sync": True, "echo_update": False, "page_writes": True}
"""Tags of a trait that the page owns: it may set it, and has moved on when an echo would come."""

Check = Callable[[str, Any], Any]
"""Takes a name and a value; returns the value, or raises ``TypeError`` or ``ValueError``."""


class Refused(traitlets.TraitError):
    """A message of the page that is malformed or comes too late."""


class Kind(NamedTuple):
    """The fields of a kind of message, and those that may be left out."""

    fields: Mapping[str, Check]
    optional: Mapping[str, Check] = {}


def whole(low: int, high: int) -> Check:
    """Return a check of whole numbers in [low, high]."""
    return lambda name, value: int(
        checks.number_between(name, checks.whole_number(name, value), low, high)
    )


def number(low: float = -FARTHEST, high: float = FARTHEST) -> Check:
    """Return a check of finite numbers in [low, high]; whole ones stay whole."""

    def check(name: str, value: Any) -> Any:
        checks.number_between(name, value, low, high)
        return value

    return check


def choice(*options: str) -> Check:
    """Return a check for one of some texts."""
    return lambda name, value: checks.one_of(name, value, options)


def text(longest: int) -> Check:
    """Return a check of texts of at most `longest` characters."""

    def check(name: str, value: Any) -> str:
        if not isinstance(value, str) or len(value) > longest:
            raise TypeError(f"{name} must be a text of at most {longest} characters.")
        return value

    return check


def each(check: Check, most: int, least: int = 0) -> Check:
    """Return a check of lists of `least` to `most` values."""

    def check_all(name: str, values: Any) -> list[Any]:
        if not isinstance(values, list | tuple) or not least <= len(values) <= most:
            raise TypeError(f"{name} must be a list of {least} to {most} values.")
        return [check(name, value) for value in values]

    return check_all


def named(check: Check, most: int) -> Check:
    """Return a check of dicts of at most `most` values."""

    def check_all(name: str, values: Any) -> dict[str, Any]:
        if not isinstance(values, dict) or len(values) > most:
            raise TypeError(f"{name} must be a dict of at most {most} values.")
        return {_NAME(name, key): check(key, value) for key, value in values.items()}

    return check_all


def of_kind(kind: Kind) -> Check:
    """Return a check of dicts with the fields of a kind."""

    def check(name: str, value: Any) -> dict[str, Any]:
        if not isinstance(value, dict):
            raise TypeError(f"{name} must be a dict; received {type(value).__name__}.")
        known = {**kind.fields, **kind.optional}
        if wrong := (value.keys() - known.keys()) | (kind.fields.keys() - value.keys()):
            raise ValueError(f"{name} has wrong or missing fields: {sorted(map(str, wrong))}.")
        return {key: known[key](key, of) for key, of in value.items()}

    return check


def or_none(check: Check) -> Check:
    """Return a check that lets None pass, too."""
    return lambda name, value: None if value is None else check(name, value)


def anything(name: str, value: Any) -> Any:
    """Return any value: another check follows."""
    return value


def _time(name: str, value: Any) -> str:
    value = text(40)(name, value)
    if value:
        datetime.fromisoformat(value)
    return str(value)


def _what(name: str, value: Any) -> int | str:
    row: int | str = value if value == "decoded" else _ROW(name, value)
    return row


_NAME = text(64)
_ROW = whole(0, 2**31)
_AT = each(number(), 2, 2)
_ANY_SIZE = number(-1.79e308, 1.79e308)
_SENDER = {"page": _NAME, "seq": whole(0, 2**53)}
_RUN = {"run": whole(0, 2**53)}
_END: dict[str, Check] = {"point": whole(-1, 2**31), "at": _AT}
_MARK: dict[str, Check] = {"index": _ROW, "mark": choice(*LABELS, "")}
_KEPT = Kind({**_MARK, "score": _ANY_SIZE, "time": _time}, {"drawn_from": or_none(_ANY_SIZE)})

KINDS: dict[str, Kind] = {
    # To every widget: traits that the page sets, and where in them the buffers belong.
    "state": Kind(
        {"state": named(anything, 1000), "paths": each(each(anything, DEEPEST, 1), MOST_PARTS)}
    ),
    # To widgets with sound.
    "hear": Kind({**_SENDER, "what": _what}),
    # To InterpolationSlider.
    "swap": Kind({}),
    # To LatentScatter, for the slider whose path it shows.
    "path": Kind(
        {},
        {
            "start": of_kind(Kind(_END)),
            "end": of_kind(Kind(_END)),
            "via": of_kind(Kind({**_END, "which": _ROW})),
        },
    ),
    # To ScoreCanvas.
    "method": Kind(
        {"method": choice("manual", *METHODS)}, {"parameters": named(or_none(_ANY_SIZE), 8)}
    ),
    # To ReviewQueue.
    "mark": Kind(_MARK, {"score": _ANY_SIZE, "time": _time, "drawn_from": or_none(_ANY_SIZE)}),
    "undo": Kind({}),
    "refill": Kind({}),
    "log": Kind({}),
    "restore": Kind({"marks": each(of_kind(_KEPT), MOST_PARTS)}),
    # To TrainingControls.
    **dict.fromkeys(("pause", "resume", "stop", "checkpoint"), Kind(_RUN)),
    "change": Kind({**_RUN, "name": choice(*SETTINGS), "value": number()}),
    # Questions to LatentScatter, which are traits.
    "_ask_pick": Kind({**_SENDER, "point": whole(-1, 2**31)}, {"at": _AT, "along": number()}),
    "_ask_place": Kind({**_SENDER, "at": _AT}),
    "_ask_grid": Kind(
        {
            **_SENDER,
            "bounds": each(number(), 4, 4),
            "columns": whole(1, 10_000),
            "rows": whole(1, 10_000),
        }
    ),
    "_ask_traversals": Kind({**_SENDER, "at": _AT}),
    "_ask_tile": Kind({**_SENDER, "index": _ROW}),
    "_ask_detail": Kind({**_SENDER, "index": _ROW}),
}
"""By the ``type`` of a custom message, or the name of the trait."""


class Question(traitlets.TraitType[Any, Any]):
    """A trait by which the page asks: the fields of its kind, or nothing yet."""

    def __init__(self) -> None:
        super().__init__({})
        self.tag(**PAGE)

    def validate(self, obj: Any, value: Any) -> dict[str, Any]:
        """Return `value` if it is well formed."""
        return value if isinstance(value, dict) and not value else read(str(self.name), value)


def read(kind: str, fields: Any) -> dict[str, Any]:
    """Return the checked fields of a message, or raise `Refused`."""
    try:
        checked: dict[str, Any] = of_kind(KINDS[kind])(kind, fields)
    except (TypeError, ValueError) as error:
        raise Refused(str(error)[:LONGEST_REASON]) from None
    return checked


def read_envelope(message: Any) -> dict[str, Any]:
    """Return a message of ipywidgets' protocol, with its buffers in place; or raise `Refused`."""
    try:
        data, buffers = message["content"]["data"], message.get("buffers") or ()
        if data["method"] == "update":
            check_size(data)
            fields = {"state": data["state"], "paths": data.get("buffer_paths", [])}
            fields = read("state", fields)
            put_buffers(fields["state"], fields["paths"], buffers)
            data, buffers = {"method": "update", "state": fields["state"]}, ()
        elif data["method"] not in ("request_state", "custom"):
            raise Refused(f"no method {data['method']!r:.80}")
    except (TypeError, KeyError, AttributeError):
        raise Refused("the message is malformed") from None
    return {"content": {"data": data}, "buffers": buffers}


def check_size(content: Any) -> None:
    """Raise `Refused` if a message is too large or too deep, or not what JSON can hold."""
    waiting, parts = [(content, 0)], 1
    while waiting:
        value, depth = waiting.pop()
        if isinstance(value, dict):
            inner = [*value, *value.values()]
        elif isinstance(value, list | tuple):
            inner = [*value]
        elif isinstance(value, str | int):
            size = len(value) if isinstance(value, str) else abs(value).bit_length()
            if size > (LONGEST_TEXT if isinstance(value, str) else 64):
                raise Refused("a message holds too long a text or too large a number")
            continue
        elif value is None or isinstance(value, float | bytes | memoryview):
            continue
        else:
            raise Refused(f"a message holds a {type(value).__name__}")
        parts += len(inner)
        if depth == DEEPEST or parts > MOST_PARTS:
            raise Refused("a message holds too many values, or lists in lists")
        waiting += [(part, depth + 1) for part in inner]


def put_buffers(state: Any, paths: Any, buffers: Any) -> None:
    """Put the buffers of a message where they belong in a state."""
    if not isinstance(buffers, list | tuple) or len(paths) != len(buffers):
        raise Refused("a message has not one place for each buffer")
    for (*way, last), buffer in zip(paths, buffers, strict=True):
        part = state
        for key in way:
            part = part[_key(part, key)]
        part[_key(part, last)] = buffer


def _key(part: Any, key: Any) -> Any:
    fits = (
        isinstance(key, str)
        if isinstance(part, dict)
        else (isinstance(part, list) and type(key) is int and 0 <= key < len(part))
    )
    if not fits or (isinstance(part, dict) and key not in part):
        raise Refused("a message has a buffer for a place that it does not have")
    return key
