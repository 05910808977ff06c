"""Answers that cannot be read by accident.

This is no encryption: who has this file can open every answer. It keeps a student who looks into
the files of the exercises from seeing one.
"""

import base64
import hashlib
import json
from typing import Any


def seal(exercise: str, value: Any) -> str:
    """Return a text that hides a value that JSON can hold; it differs for each exercise.

    Examples
    --------
    >>> seal("0a", 4)
    '/Q=='
    """
    return base64.b64encode(_mix(exercise, json.dumps(value).encode())).decode()


def unseal(exercise: str, text: str) -> Any:
    """Return the value that `seal` has hidden.

    Examples
    --------
    >>> unseal("0a", seal("0a", 4))
    4
    """
    return json.loads(_mix(exercise, base64.b64decode(text)))


def _mix(exercise: str, content: bytes) -> bytes:
    stream = hashlib.shake_256(f"vae_widgets course {exercise}".encode()).digest(len(content))
    return bytes(a ^ b for a, b in zip(content, stream, strict=True))
