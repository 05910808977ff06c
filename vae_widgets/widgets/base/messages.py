"""The messages between a page and the kernel: every kind, its fields and their bounds.

``docs/reference/messages.md`` describes the protocol; ``frontend/src/kernel/messages.ts`` has the
same kinds.
A message is checked before any work is done. One that is malformed or late changes nothing, and the
page gets the reason.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, NamedTuple

import traitlets

from vae_widgets.codec import CannotDecodeError
from vae_widgets.core import checks
from vae_widgets.core.review.log import LABELS
from vae_widgets.core.scores.threshold_choice import check_method_or_manual

SETTINGS = ("learning_rate", "beta")
"""What may be changed while a model trains."""
RUN_KINDS = ("pause", "resume", "stop", "checkpoint", "restore_best")
"""What the buttons of a training run ask for."""

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
    """The reason why a message of a page is refused: malformed, late, or impossible."""


class Kind(NamedTuple):
    """A kind of message: its fields, those that may be left out, and the fields of its answer.

    With None for `answer` the kernel answers only where the message fails.
    """

    fields: Mapping[str, Check]
    optional: Mapping[str, Check] = {}
    answer: tuple[str, ...] | None = None


def whole_in(low: int, high: int) -> Check:
    """Return a check of whole numbers in [low, high]."""
    return lambda name, value: int(
        checks.number_between(name, checks.whole_number(name, value), low, high)
    )


def number_in(low: float = -FARTHEST, high: float = FARTHEST) -> Check:
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
    row: int | str = value if value in ("decoded", "path") else _ROW(name, value)
    return row


_NAME = text(64)
_ROW = whole_in(0, 2**31)
_AT = each(number_in(), 2, 2)
_ANY_SIZE = number_in(-1.79e308, 1.79e308)
_ENVELOPE = Kind({"kind": _NAME, "page": _NAME, "seq": whole_in(0, 2**53)})
_PATHS = each(each(anything, DEEPEST, 1), MOST_PARTS)
_RUN = {"run": whole_in(0, 2**53)}
_END: dict[str, Check] = {"point": whole_in(-1, 2**31), "at": _AT}
_MARK: dict[str, Check] = {"index": _ROW, "mark": choice(*LABELS, ""), "time": _time}
_KEPT = Kind({**_MARK, "score": _ANY_SIZE}, {"drawn_from": or_none(_ANY_SIZE)})

KINDS: dict[str, Kind] = {
    # To every widget: traits that the page sets.
    "state": Kind({"state": named(anything, 1000)}),
    # To widgets whose page may decode: the model that `_model` names, as ONNX, and what runs it.
    "model": Kind(
        {"id": _NAME},
        {"most_bytes": whole_in(0, 2**53)},
        ("decoder", "label", "runtime"),
    ),
    # To widgets with sound.
    "sound": Kind({"what": _what}, answer=("wav",)),
    # To InterpolationSlider.
    "swap": Kind({}, answer=()),
    "end": Kind({"which": choice("start", "end"), "sample": or_none(_ROW)}, answer=()),
    # To LatentScatter. `_pick` and `_grid`, which all views show, are traits that come before.
    "pick": Kind({"point": whole_in(-1, 2**31)}, {"at": _AT, "along": number_in()}, ()),
    "grid": Kind(
        {
            "bounds": each(number_in(), 4, 4),
            "columns": whole_in(1, 10_000),
            "rows": whole_in(1, 10_000),
        },
        answer=(),
    ),
    "place": Kind({"at": _AT}, answer=("tiles", "off_data")),
    "traversals": Kind({"at": _AT}, answer=("base", "line", "rows", "steps", "tiles")),
    "codes": Kind({}, answer=("codes", "log_var", "scale", "limit")),
    "tile": Kind({"index": _ROW}, answer=("tiles",)),
    "detail": Kind({"index": _ROW}, answer=("tiles", "text", "covariance")),
    "find": Kind({"label": text(1000)}, answer=("point", "count")),
    # The pandas index for a file: its entries as text, a JSON list.
    "keys": Kind({}, answer=("keys",)),
    # To LatentScatter, for the slider whose path it shows.
    "path": Kind(
        {},
        {
            "start": of_kind(Kind(_END)),
            "end": of_kind(Kind(_END)),
            "via": of_kind(Kind({**_END, "which": _ROW})),
        },
        (),
    ),
    # To HistogramCanvas. The answer has fields where the method cannot be applied.
    "method": Kind(
        {"method": lambda name, value: check_method_or_manual(value)},
        {"parameters": named(or_none(_ANY_SIZE), 8)},
        ("method", "parameters"),
    ),
    "scores": Kind({}, answer=("scores", "labels", "keys")),
    # To ReviewQueue.
    "mark": Kind(_MARK),
    "undo": Kind({}, answer=("index", "mark")),
    "refill": Kind({}),
    "log": Kind({}, answer=("marks",)),
    "restore": Kind(
        {"marks": each(of_kind(_KEPT), MOST_PARTS)}, answer=("taken", "left_out", "why")
    ),
    # To CurveLegend. The history of a run as a CSV file.
    "history": Kind({}, answer=("csv",)),
    # To TrainingControls.
    **dict.fromkeys(RUN_KINDS, Kind(_RUN)),
    "change": Kind({**_RUN, "name": choice(*SETTINGS), "value": number_in()}),
}
"""What a page may send, by the ``kind`` of the message."""

NEWS: dict[str, tuple[str, ...]] = {
    # To the page that sent a message: the kernel has it.
    "received": (),
    # To all pages.
    "refused": ("error",),
    "path": ("error",),
    "marked": ("index", "score", "mark", "time", "drawn_from", "key"),
    "log": ("marks",),
}
"""What the kernel sends besides answers: the fields by kind."""


def read_sender(content: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """Return the kind of a message, and the page and number that its answer repeats."""
    envelope = {name: content[name] for name in _ENVELOPE.fields if name in content}
    sender = _checked(_ENVELOPE, "message", envelope)
    return sender.pop("kind"), sender


def read_fields(kind: str, content: dict[str, Any], buffers: Any = ()) -> dict[str, Any]:
    """Return the checked fields of a message, its buffers in place; or raise `Refused`."""
    check_size(content)
    fields = {name: of for name, of in content.items() if name not in _ENVELOPE.fields}
    try:
        put_buffers(fields, _PATHS("paths", fields.pop("paths", [])), buffers)
    except (TypeError, ValueError) as error:
        raise Refused(str(error)[:LONGEST_REASON]) from None
    return _checked(KINDS[kind], kind, fields)


def in_words(error: BaseException) -> str:
    """Return what a page says of an error of the user's codec, renderer or transformer."""
    if isinstance(error, Refused | CannotDecodeError):
        return str(error)
    if isinstance(error, traitlets.TraitError) and error.__cause__:
        return in_words(error.__cause__)
    return f"{type(error).__name__}: {error}"


def _checked(kind: Kind, name: str, fields: Any) -> dict[str, Any]:
    try:
        checked: dict[str, Any] = of_kind(kind)(name, fields)
    except (TypeError, ValueError) as error:
        raise Refused(str(error)[:LONGEST_REASON]) from None
    return checked


def read_comm(message: Any) -> dict[str, Any]:
    """Return a message of ipywidgets' protocol, with its buffers in place; or raise `Refused`."""
    try:
        data, buffers = message["content"]["data"], message.get("buffers") or ()
        if data["method"] == "update":
            content = {"state": data["state"], "paths": data.get("buffer_paths", [])}
            content["paths"] = [["state", *path] for path in content["paths"]]
            data, buffers = {"method": "update", **read_fields("state", content, buffers)}, ()
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
