"""Read JSON strictly, so that every other reader would read the same."""

import json
import math
from typing import Any

MAX_BYTES = 2**26
_MAX_DEPTH = 100
_MAX_DIGITS = 300  # every whole number that is read fits into a float


def read_json(text: str | bytes, *, max_bytes: int = MAX_BYTES, allow_nan: bool = False) -> Any:
    """Return the value of a JSON text; bytes must be UTF-8.

    `allow_nan` takes NaN, Infinity and -Infinity, which `json.dumps` writes by default. Raises
    ``ValueError`` if it is not JSON, has more than `max_bytes`, a key twice in one object, numbers
    that do not fit into a float, or more than 100 levels.
    """
    if len(text) > max_bytes:
        raise ValueError(f"it has {len(text):,} bytes; expected at most {max_bytes:,}")
    if isinstance(text, bytes):
        text = text.decode()  # json.loads would take UTF-16 and UTF-32 as well
    try:
        value = (_WITH_NAN if allow_nan else _STRICT).decode(text)
    except RecursionError:
        raise _too_deep() from None
    if text.count("{") + text.count("[") <= _MAX_DEPTH:
        return value
    level = [value]
    for _ in range(_MAX_DEPTH):
        if not level:
            return value
        level = [
            child
            for parent in level
            for child in (parent.values() if isinstance(parent, dict) else parent)
            if isinstance(child, dict | list)
        ]
    if level:
        raise _too_deep()
    return value


def _too_deep() -> ValueError:
    return ValueError(f"it has more than {_MAX_DEPTH} levels")


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    content = dict(pairs)
    if len(content) < len(pairs):
        seen: set[str] = set()
        twice = next(name for name, _ in pairs if name in seen or seen.add(name))  # type: ignore[func-returns-value]
        raise ValueError(f"the key {twice!r:.100} is there more than once")
    return content


def _int(digits: str) -> int:
    if len(digits) > _MAX_DIGITS:
        raise ValueError(f"it has a number of {len(digits):,} digits")
    return int(digits)


def _float(digits: str) -> float:
    number = float(digits)
    if math.isinf(number):
        raise ValueError(f"it has the number {digits:.40}, which is too large")
    return number


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is not a JSON number")


_WITH_NAN = json.JSONDecoder(object_pairs_hook=_object, parse_int=_int, parse_float=_float)
_STRICT = json.JSONDecoder(
    object_pairs_hook=_object,
    parse_int=_int,
    parse_float=_float,
    parse_constant=_refuse_constant,
)
