"""Spoil a bundle in one of many ways, the same way for the same seed."""

import hashlib
import io
import json
import random
import zipfile

STRANGE = [
    None, True, -1, 0, 1, 7, 2**40, 1e308, 0.5, "", "x", "\0", "../x", [], [0], [8, 8], [1e9] * 9,
    {}, {"name": "image"}, {"name": "signal", "arguments": {"width": 9}}, [[]], "bundle", 2, 3,
]  # fmt: skip


def parts_of(content):
    """The entries of a zip, by name."""
    with zipfile.ZipFile(io.BytesIO(content)) as file:
        return {name: file.read(name) for name in file.namelist()}


def zip_of(parts):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as file:
        for name, part in parts.items():
            file.writestr(name, part)
    return buffer.getvalue()


def sign(parts):
    """Put size and SHA-256 of the parts into their manifest, as a skilled forger does."""
    manifest = json.loads(parts["manifest.json"])
    manifest["parts"] = {
        name: {"size": len(part), "sha256": hashlib.sha256(part).hexdigest()}
        for name, part in parts.items()
        if name != "manifest.json"
    }
    return {**parts, "manifest.json": json.dumps(manifest).encode()}


def spoil_bytes(content, rng):
    """Flip, cut, repeat or overwrite some bytes."""
    changed = bytearray(content)
    for _ in range(rng.choice([1, 1, 2, 8])):
        at = rng.randrange(len(changed)) if changed else 0
        length = rng.choice([1, 2, 4, 16, 300])
        match rng.randrange(6):
            case 0 | 1 if changed:
                changed[at] ^= 1 << rng.randrange(8)
            case 2:
                changed[at : at + length] = b""
            case 3:
                changed[at:at] = changed[at : at + length]
            case 4:
                changed[at : at + length] = rng.randbytes(length)
            case _:
                number = rng.choice([b"\xff" * 4, b"\x7f\xff\xff\xff", b"\0" * 8, b"\x80" * 3])
                changed[at : at + len(number)] = number
    return bytes(changed)


def spoil_json(value, rng):
    """Replace, drop or add one entry somewhere in a JSON value."""
    if isinstance(value, dict | list) and value and rng.random() < 0.8:
        keys = list(value) if isinstance(value, dict) else range(len(value))
        key = rng.choice(list(keys))
        value = value.copy()
        if rng.random() < 0.2:
            del value[key]
        else:
            value[key] = spoil_json(value[key], rng)
        return value
    return rng.choice(STRANGE)


def spoil_json_text(text, rng):
    return json.dumps(spoil_json(json.loads(text), rng)).encode()


def spoil_model(content, rng):
    """Spoil one file in a ``model.keras``, and keep the zip whole."""
    files = parts_of(content)
    name = rng.choice(list(files))
    if name.endswith(".json") and rng.random() < 0.7:
        files[name] = spoil_json_text(files[name], rng)
    else:
        files[name] = spoil_bytes(files[name], rng)
    return zip_of(files)


def mutate(content, seed):
    """Return another bundle, and whether its hashes were made to fit."""
    rng = random.Random(seed)
    kind = rng.randrange(8)
    if kind == 0:
        return spoil_bytes(content, rng), False
    if kind == 1:
        return content[: rng.randrange(len(content))], False
    parts = parts_of(content)
    name = rng.choice(list(parts))
    other = rng.choice(list(parts))
    if kind == 2:
        parts[name], parts[other] = parts[other], parts[name]
        return zip_of(parts), False
    if kind == 3:
        parts["manifest.json"] = spoil_json_text(parts["manifest.json"], rng)
        return zip_of(parts), True
    if kind == 4:
        part = parts.pop(name)
        new_name = rng.choice(["x.txt", "../x.txt", "/x", "latents.f32", name.upper(), " ", other])
        parts[new_name] = part
        if "manifest.json" in (name, new_name):
            return zip_of(parts), False
        return zip_of(sign(parts)), True
    if name == "manifest.json":
        name = rng.choice(["encoder.onnx", "decoder.onnx"])
    if name == "model.keras" and rng.random() < 0.8:
        parts[name] = spoil_model(parts[name], rng)
    elif name == "policy.json" and rng.random() < 0.8:
        parts[name] = spoil_json_text(parts[name], rng)
    else:
        parts[name] = spoil_bytes(parts[name], rng)
    return zip_of(sign(parts)), True
