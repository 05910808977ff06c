"""Read Protocol Buffers strictly, and write them again.

Messages with more than one reading are refused: overlong numbers, a second value of a field,
unknown fields, wrong wire types. See https://protobuf.dev/programming-guides/encoding.
"""

from collections.abc import Mapping
from typing import Any

Schema = Mapping[int, tuple[str, Any]]
"""Number of a field -> its name and kind: "int", "ints", "float", "floats" (4 bytes each), "bytes",
"skip" (bytes that are dropped), a schema, or a list with "bytes" or a schema for repeated ones."""
Message = dict[str, Any]

_MOST_FIELDS = 2**16
_VARINT, _LENGTH, _FIXED32 = 0, 2, 5  # wire types
_WIRE_TYPES = {"int": _VARINT, "ints": _VARINT, "float": _FIXED32, "floats": _FIXED32}


def read_message(content: bytes, schema: Schema) -> Message:
    """Return the values of a message by name, those of repeated fields as lists.

    Raises ``ValueError`` if the message is damaged or has more than one reading.
    """
    return _Reader(content).message(0, len(content), schema)


class _Reader:
    def __init__(self, content: bytes) -> None:
        self._content = content
        self._n_fields = 0

    def message(self, start: int, end: int, schema: Schema) -> Message:
        found: Message = {}
        while start < end:
            self._count()
            tag, start = self._varint(start, end)
            number, wire_type = tag >> 3, tag & 7
            if number not in schema:
                raise ValueError(f"it has the unknown field {number} at byte {start}")
            name, kind = schema[number]
            many = isinstance(kind, list) or kind in ("ints", "floats")
            if name in found and not many:
                raise ValueError(f"it has {name!r} twice")
            expected = _WIRE_TYPES.get(kind, _LENGTH) if isinstance(kind, str) else _LENGTH
            packed = wire_type == _LENGTH and kind in ("ints", "floats")
            if wire_type != expected and not packed:
                raise ValueError(f"its {name!r} has the wire type {wire_type}")
            value: Any
            if wire_type == _VARINT:
                value, start = self._number(start, end)
            else:
                length = 4
                if wire_type == _LENGTH:
                    length, start = self._varint(start, end)
                stop = start + length
                if stop > end:
                    raise ValueError(f"its {name!r} runs beyond its end")
                value = self._value(start, stop, kind, packed)
                start = stop
            if not many:
                found[name] = value
            elif packed and kind == "ints":
                found.setdefault(name, []).extend(value)
            else:
                found.setdefault(name, []).append(value)
        return found

    def _value(self, start: int, stop: int, kind: Any, packed: bool) -> Any:
        if isinstance(kind, list):
            (kind,) = kind
        if not isinstance(kind, str):
            return self.message(start, stop, kind)
        if kind == "skip":
            return None
        if kind == "floats" and (stop - start) % 4:
            raise ValueError("it has floats of less than four bytes")
        if not (packed and kind == "ints"):
            return self._content[start:stop]
        values = []
        while start < stop:
            self._count()
            value, start = self._number(start, stop)
            values.append(value)
        return values

    def _count(self) -> None:
        self._n_fields += 1
        if self._n_fields > _MOST_FIELDS:
            raise ValueError(f"it has more than {_MOST_FIELDS} fields")

    def _number(self, start: int, end: int) -> tuple[int, int]:
        value, start = self._varint(start, end)
        return value if value < 2**63 else value - 2**64, start

    def _varint(self, start: int, end: int) -> tuple[int, int]:
        value = 0
        for shift in range(0, 70, 7):
            if start >= end:
                raise ValueError("it ends within a number")
            byte = self._content[start]
            start += 1
            value |= (byte & 0x7F) << shift
            if byte < 0x80:
                if (shift and not byte) or value >= 2**64:
                    break
                return value, start
        raise ValueError(f"the number before byte {start} has too many bytes")


def write_message(message: Message, schema: Schema) -> bytes:
    """Return what `read_message` reads, with each field in the one usual form."""
    parts: list[bytes] = []

    def add(number: int, wire_type: int, content: bytes) -> None:
        parts.append(_to_varint(number << 3 | wire_type))
        if wire_type == _LENGTH:
            parts.append(_to_varint(len(content)))
        parts.append(content)

    for number, (name, kind) in schema.items():
        if name not in message or kind == "skip":
            continue
        value = message[name]
        if kind in ("int", "ints"):
            for each in value if kind == "ints" else [value]:
                add(number, _VARINT, _to_varint(each % 2**64))
        elif kind == "float":
            add(number, _FIXED32, value)
        elif kind == "floats":
            add(number, _LENGTH, b"".join(value))
        else:
            (inner,) = kind if isinstance(kind, list) else [kind]
            for each in value if isinstance(kind, list) else [value]:
                add(number, _LENGTH, each if inner == "bytes" else write_message(each, inner))
    return b"".join(parts)


def _to_varint(value: int) -> bytes:
    content = bytearray()
    while value >= 0x80:
        content.append(value & 0x7F | 0x80)
        value >>= 7
    content.append(value)
    return bytes(content)
