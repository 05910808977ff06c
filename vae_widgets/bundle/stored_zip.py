"""Read a zip from an untrusted source, if it is plain: few parts with plain names.

Nothing is compressed or encrypted, so no part is larger than the zip itself.
"""

import os
import re
import stat
import struct
import zipfile
from typing import BinaryIO

from vae_widgets.bundle.errors import BundleError

MAX_BYTES = 2**30
"""Largest zip that is read."""

_PART_NAME = re.compile(r"[a-z0-9_]{1,40}(\.[a-z0-9_]{1,20}){1,2}")
_DIRECTORY_BYTES = 2**14  # more than a hundred entries, which is ten times what there may be
_END = b"PK\x05\x06"  # the record that ends a zip without a comment, 22 bytes long
_ZIP64_LOCATOR = b"PK\x06\x07"  # precedes it, 20 bytes long, in zips beyond 4 GiB
_ENCRYPTED = 1


def read_stored_zip(file: BinaryIO, where: str) -> dict[str, bytes]:
    """Return the content of each entry of a file that allows seeking, by name.

    Raises ``BundleError`` if it is not a zip file, damaged, or not plain.
    """
    size = file.seek(0, os.SEEK_END)
    if size > MAX_BYTES:
        raise BundleError(f"{where} has {size:,} bytes; expected at most {MAX_BYTES:,}.")
    file.seek(max(0, size - 42))
    tail = file.read()
    if not tail[-22:].startswith(_END) or not tail.endswith(b"\0\0"):  # no comment after it
        raise BundleError(
            f"{where} is not a zip file, or its end is missing; expected a whole one."
        )
    # Python's zipfile reads a directory of any length, and another one if there is a locator.
    directory_bytes = int.from_bytes(tail[-10:-6], "little")
    if directory_bytes > _DIRECTORY_BYTES or tail.startswith(_ZIP64_LOCATOR):
        raise BundleError(f"{where} has too many parts, or not the directory of a plain zip.")
    try:
        with zipfile.ZipFile(file) as archive:
            entries = archive.infolist()
            _check_entries(entries, size, where)
            _check_places(file, entries, size, tail[-22:], where)
            return {entry.filename: archive.read(entry) for entry in entries}
    except BundleError:
        raise
    except Exception as error:  # zipfile has a dozen kinds of errors for damaged files
        raise BundleError(f"{where} is a damaged zip: {error}") from error


def _check_entries(entries: list[zipfile.ZipInfo], size: int, where: str) -> None:
    names: set[str] = set()
    for entry in entries:
        name = entry.filename
        kind_of_file = stat.S_IFMT(entry.external_attr >> 16)
        if entry.orig_filename != name or not _PART_NAME.fullmatch(name):
            raise BundleError(
                f"{where}: part {entry.orig_filename!r} has an unsafe name; expected a plain one "
                "such as 'decoder.onnx'."
            )
        if name in names:
            raise BundleError(f"{where}: part {name!r} is there twice.")
        if kind_of_file not in (0, stat.S_IFREG):
            raise BundleError(f"{where}: part {name!r} is a link or a special file.")
        if entry.flag_bits & _ENCRYPTED:
            raise BundleError(f"{where}: part {name!r} is encrypted; expected plain content.")
        if entry.compress_type != zipfile.ZIP_STORED or entry.compress_size != entry.file_size:
            raise BundleError(f"{where}: part {name!r} is compressed; expected a stored one.")
        names.add(name)
    claimed = sum(entry.file_size for entry in entries)
    if claimed > size:
        raise BundleError(f"{where}: its parts claim {claimed:,} bytes; it has {size:,}.")


def _check_places(
    file: BinaryIO, entries: list[zipfile.ZipInfo], size: int, end: bytes, where: str
) -> None:
    """Raise ``BundleError`` if the zip has a byte that belongs to no entry, or is read two ways."""
    place = 0
    for entry in entries:
        header = entry.FileHeader(zip64=False)
        file.seek(place)
        if entry.header_offset != place or file.read(len(header)) != header:
            raise BundleError(
                f"{where}: part {entry.filename!r} does not begin where it should, at byte "
                f"{place:,}, with what the directory says. There are other bytes before it."
            )
        place += len(header) + entry.file_size
    directory = sum(46 + len(entry.filename) for entry in entries)
    n = len(entries)
    if end != struct.pack("<4s4H2LH", _END, 0, 0, n, n, directory, place, 0) or (
        size != place + directory + 22
    ):
        raise BundleError(
            f"{where} has bytes that belong to no part; expected the parts, their directory and "
            "nothing else."
        )
