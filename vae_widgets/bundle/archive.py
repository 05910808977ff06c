"""The container of bundles and checkpoints: a zip of named parts, listed in a manifest.

The zip must be a plain one (see `stored_zip`), with size and SHA-256 of each part as in
``manifest.json``. Anything else is a `BundleError` that names the part.
"""

import hashlib
import json
import os
import pathlib
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, BinaryIO

from vae_widgets.bundle.errors import BundleError
from vae_widgets.bundle.stored_zip import MAX_BYTES, read_stored_zip
from vae_widgets.core.atomic_file import atomic_file, open_regular
from vae_widgets.core.strict_json import read_json

FORMAT = "vae_widgets"
SCHEMA = 1
MANIFEST = "manifest.json"

REQUIRED_PARTS = {
    "bundle": {"encoder.onnx", "decoder.onnx"},
    "checkpoint": {"model.keras", "training.json"},
}
"""The parts that each kind of archive must have."""
OPTIONAL_PARTS = {
    "bundle": {
        *("latents.f32", "log_vars.f32", "labels.u32", "tiles.png"),
        *("policy.json", "detector.json", "score.onnx", "model.keras"),
    },
    "checkpoint": set[str](),
}
"""The parts that each kind of archive may have."""

MAX_MANIFEST_BYTES = 2**20


@dataclass(frozen=True)
class Archive:
    """What an archive of a `kind` ("bundle" or "checkpoint") holds, checked: parts by name."""

    path: pathlib.Path
    kind: str
    manifest: dict[str, Any]
    parts: dict[str, bytes]


def write_archive(
    path: str | os.PathLike[str],
    kind: str,
    parts: Mapping[str, bytes],
    manifest: Mapping[str, Any] | None = None,
) -> pathlib.Path:
    """Write parts (name -> content) to one file, which appears whole or not at all; return it.

    `kind` is "bundle" or "checkpoint". `manifest` is what else to put into the manifest.

    Raises
    ------
    ValueError
        If the parts are not those of `kind`, are too large, or `manifest` is not JSON.
    OSError
        If the file cannot be written; one that exists is then untouched.
    """
    target = pathlib.Path(path)
    _check_part_names(target, kind, parts)
    content = {
        "format": FORMAT,
        "schema": SCHEMA,
        "kind": kind,
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
        **(manifest or {}),
        "parts": {
            name: {"size": len(part), "sha256": hashlib.sha256(part).hexdigest()}
            for name, part in parts.items()
        },
    }
    try:
        text = json.dumps(content, indent=2, allow_nan=False).encode()
    except (TypeError, ValueError) as error:
        raise BundleError(
            f"{target}: the manifest has a value that is not JSON: {error}."
        ) from None
    size = sum(map(len, parts.values()))
    if len(text) > MAX_MANIFEST_BYTES or size > MAX_BYTES - 2 * MAX_MANIFEST_BYTES:
        raise BundleError(
            f"{target} would have {size:,} bytes in parts and {len(text):,} in its manifest; "
            f"the limits are {MAX_BYTES:,} and {MAX_MANIFEST_BYTES:,}."
        )
    with atomic_file(target) as file, zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
        for name, part in {MANIFEST: text, **parts}.items():
            archive.writestr(zipfile.ZipInfo(name), part)
    return target


def read_archive(path: str | os.PathLike[str]) -> Archive:
    """Read a file that `write_archive` wrote, and check all of it.

    Raises ``BundleError`` if anything is wrong with it, and ``OSError`` if it cannot be read.
    """
    path = pathlib.Path(path)
    if path.is_dir():
        raise IsADirectoryError(f"{path} is a folder; expected a .vae file.")
    if not path.exists():
        raise FileNotFoundError(f"{path} does not exist; expected a .vae file.")
    with open_regular(path) as file:
        return parse_archive(file, path)


def parse_archive(file: BinaryIO, path: pathlib.Path) -> Archive:
    """Read an archive from an open file, which `path` names in errors, and check all of it."""
    found = read_stored_zip(file, str(path))
    if MANIFEST not in found:
        raise BundleError(f"{path} has no part {MANIFEST!r}; it is no .vae file.")
    manifest = _parse_manifest(path, found.pop(MANIFEST))
    _check_part_names(path, manifest["kind"], manifest["parts"])
    _check_parts(path, found, manifest["parts"])
    return Archive(path, manifest["kind"], manifest, found)


def _parse_manifest(path: pathlib.Path, text: bytes) -> dict[str, Any]:
    if len(text) > MAX_MANIFEST_BYTES:
        raise BundleError(
            f"{path}: part {MANIFEST!r} has {len(text):,} bytes; expected at most "
            f"{MAX_MANIFEST_BYTES:,}."
        )
    try:
        manifest = read_json(text)
    except ValueError as error:
        raise BundleError(f"{path}: part {MANIFEST!r} is not JSON: {error}.") from None

    def fail(problem: str) -> BundleError:
        return BundleError(f"{path}: part {MANIFEST!r}: {problem}")

    if not isinstance(manifest, dict) or manifest.get("format") != FORMAT:
        raise fail(f"expected a JSON object whose 'format' is {FORMAT!r}.")
    schema = manifest.get("schema")
    if type(schema) is not int or schema < 1:
        raise fail(f"'schema' must be a whole number of at least 1; received {schema!r}.")
    if schema > SCHEMA:
        raise fail(
            f"it has schema {schema}; this version reads up to {SCHEMA}. Upgrade vae_widgets."
        )
    kind = manifest.get("kind")
    if not isinstance(kind, str) or kind not in REQUIRED_PARTS:
        raise fail(f"'kind' must be one of {', '.join(REQUIRED_PARTS)}; received {kind!r}.")
    if not isinstance(manifest.get("created"), str):
        raise fail(f"'created' must be a date; received {manifest.get('created')!r}.")
    parts = manifest.get("parts")
    if not isinstance(parts, dict):
        raise fail(f"'parts' must be an object; received {type(parts).__name__}.")
    for name, facts in parts.items():
        if (
            not isinstance(facts, dict)
            or type(facts.get("size")) is not int
            or not isinstance(facts.get("sha256"), str)
        ):
            raise fail(f"parts[{name!r}] must have a size in bytes and a sha256.")
    return manifest


def _check_part_names(path: pathlib.Path, kind: str, names: Mapping[str, Any]) -> None:
    if kind not in REQUIRED_PARTS:
        raise BundleError(f"kind is {kind!r}; expected one of {', '.join(REQUIRED_PARTS)}.")
    missing = sorted(REQUIRED_PARTS[kind] - set(names))
    if missing:
        raise BundleError(f"{path}: this {kind} lacks its part {missing[0]!r}.")
    unknown = sorted(set(names) - REQUIRED_PARTS[kind] - OPTIONAL_PARTS[kind])
    if unknown:
        raise BundleError(
            f"{path}: part {unknown[0]!r} is unknown; it does not belong in a {kind}."
        )


def _check_parts(path: pathlib.Path, found: dict[str, bytes], declared: dict[str, Any]) -> None:
    for name in sorted(set(found) | set(declared)):
        if name not in found:
            raise BundleError(f"{path}: part {name!r} is missing; the manifest lists it.")
        if name not in declared:
            raise BundleError(f"{path}: part {name!r} is not in the manifest.")
        size, digest = declared[name]["size"], declared[name]["sha256"]
        if len(found[name]) != size:
            raise BundleError(
                f"{path}: part {name!r} has {len(found[name]):,} bytes; the manifest says {size:,}."
            )
        if hashlib.sha256(found[name]).hexdigest() != digest:
            raise BundleError(
                f"{path}: part {name!r} was changed; its SHA-256 is not the one in the manifest."
            )
