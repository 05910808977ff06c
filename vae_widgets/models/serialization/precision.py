"""A model in half or mixed precision as one in float32, which is what ONNX Runtime can run."""

import io
import json
import zipfile
from typing import Any

_OTHER_FLOATS = ("float16", "bfloat16", "float64", "mixed_float16", "mixed_bfloat16")
_CONFIG = "config.json"


def in_float32(content: bytes) -> bytes:
    """Return a ``.keras`` file in which every layer computes in float32; the weights stay."""
    with zipfile.ZipFile(io.BytesIO(content)) as file:
        parts = {entry.filename: file.read(entry) for entry in file.infolist()}
    config = json.loads(parts[_CONFIG])
    if not _convert(config):
        return content
    parts[_CONFIG] = json.dumps(config).encode()
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_STORED) as file:
        for name, part in parts.items():
            file.writestr(zipfile.ZipInfo(name), part)
    return written.getvalue()


def _convert(config: Any) -> bool:
    """Make "float32" of every dtype and policy in a configuration; tell whether any was another."""
    if isinstance(config, list):
        changed = [_convert(part) for part in config]
        return any(changed)
    if not isinstance(config, dict):
        return False
    is_policy = str(config.get("class_name")).endswith("DTypePolicy")
    changed = [_convert(part) for part in config.values()]
    for owner, key in ((config, "dtype"), (config.get("config") if is_policy else None, "name")):
        if owner and owner.get(key) in _OTHER_FLOATS:
            owner[key] = "float32"
            changed.append(True)
    return any(changed)
