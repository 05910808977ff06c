"""The container: everything comes back, and whatever is wrong is our own error."""

import hashlib
import io
import json
import os
import stat
import zipfile

import pytest

from vae_widgets.bundle import BundleError, archive, read_archive, stored_zip, write_archive

PARTS = {"model.keras": b"a model", "training.json": b"{}"}


@pytest.fixture
def path(tmp_path):
    return write_archive(tmp_path / "run.vae", "checkpoint", PARTS, {"epoch": 3})


def manifest_of(parts):
    """The manifest that `write_archive` would write, as a dictionary."""
    listed = {
        name: {"size": len(part), "sha256": hashlib.sha256(part).hexdigest()}
        for name, part in parts.items()
    }
    envelope = {"format": "vae_widgets", "schema": 1, "kind": "checkpoint", "created": "2026-01-01"}
    return {**envelope, "parts": listed}


def write_zip(path, manifest, parts, compression=zipfile.ZIP_STORED):
    """Write a zip by hand; entries are (name or ZipInfo, content)."""
    if not isinstance(manifest, bytes | None):
        manifest = json.dumps(manifest).encode()
    with zipfile.ZipFile(path, "w", compression) as file:
        if manifest is not None:
            file.writestr("manifest.json", manifest)
        for name, content in parts:
            file.writestr(name, content)
    return path


def test_everything_comes_back(path):
    found = read_archive(path)
    assert found.kind == "checkpoint"
    assert found.parts == PARTS
    assert found.manifest["epoch"] == 3
    assert found.manifest["schema"] == 1


def test_any_zip_tool_reads_it(path):
    with zipfile.ZipFile(path) as file:
        assert file.testzip() is None
        assert set(file.namelist()) == {"manifest.json", *PARTS}


def test_a_hand_made_archive_is_read(tmp_path):
    """What the tests below break is right before they do."""
    path = write_zip(tmp_path / "x.vae", manifest_of(PARTS), PARTS.items())
    assert read_archive(path).parts == PARTS


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        ({"model.keras": b""}, "lacks its part 'training.json'"),
        ({**PARTS, "virus.exe": b""}, "part 'virus.exe' is unknown"),
    ],
)
def test_writing_refuses_other_parts(tmp_path, parts, expected):
    with pytest.raises(BundleError, match=expected):
        write_archive(tmp_path / "x.vae", "checkpoint", parts)
    assert not any(tmp_path.iterdir())


def test_writing_refuses_an_unknown_kind(tmp_path):
    with pytest.raises(BundleError, match="kind is 'zip'; expected one of bundle, checkpoint"):
        write_archive(tmp_path / "x.vae", "zip", PARTS)


@pytest.mark.parametrize("value", [float("nan"), {1, 2}, b"bytes"])
def test_writing_refuses_a_manifest_that_is_no_json(path, value):
    before = path.read_bytes()
    with pytest.raises(BundleError, match="not JSON"):
        write_archive(path, "checkpoint", PARTS, {"epoch": value})
    assert path.read_bytes() == before


def test_writing_refuses_what_could_not_be_read(tmp_path, monkeypatch):
    monkeypatch.setattr(archive, "MAX_BYTES", 3 * archive.MAX_MANIFEST_BYTES)
    with pytest.raises(BundleError, match="the limits are"):
        write_archive(tmp_path / "x.vae", "checkpoint", {**PARTS, "model.keras": bytes(2**21)})


def test_a_full_disk_leaves_the_old_file(path, monkeypatch):
    before = path.read_bytes()

    def no_space(descriptor):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", no_space)
    with pytest.raises(OSError, match="No space"):
        write_archive(path, "checkpoint", {**PARTS, "model.keras": b"new"})
    assert path.read_bytes() == before
    assert list(path.parent.iterdir()) == [path]


def test_no_file(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"none\.vae does not exist"):
        read_archive(tmp_path / "none.vae")


def test_a_folder(tmp_path):
    with pytest.raises(IsADirectoryError, match="is a folder"):
        read_archive(tmp_path)


@pytest.mark.parametrize("content", [b"", b"P", b"not a zip at all" * 100, bytes(22)])
def test_no_zip(tmp_path, content):
    (tmp_path / "x.vae").write_bytes(content)
    with pytest.raises(BundleError, match="is not a zip file"):
        read_archive(tmp_path / "x.vae")


def test_every_truncation(path):
    whole = path.read_bytes()
    for length in range(len(whole)):
        with pytest.raises(BundleError):
            stored_zip.read_stored_zip(io.BytesIO(whole[:length]), "a zip")


def test_a_flipped_bit_in_any_byte_is_refused_or_harmless(path):
    whole = path.read_bytes()
    expected = read_archive(path)
    refused = 0
    for position in range(len(whole)):
        changed = bytearray(whole)
        changed[position] ^= 1 << position % 8
        path.write_bytes(changed)
        try:
            assert read_archive(path) == expected
        except BundleError:
            refused += 1
    assert refused > len(whole) / 2


@pytest.mark.parametrize(
    "name",
    [
        "../evil.txt",
        "a/../../evil.txt",
        "/etc/evil.txt",
        "C:\\evil.txt",
        "C:evil.txt",
        "..\\evil.txt",
        "folder/",
        "folder/model.keras",
        "~evil.txt",
        "model.keras ",
        "MODEL.keras",
        "con",
        "nul.\u00e9",
        "x" * 200 + ".txt",
    ],
)
def test_unsafe_names(tmp_path, name):
    parts = {**PARTS, name: b"evil"}
    folder = tmp_path / "inner"
    folder.mkdir()
    write_zip(folder / "x.vae", manifest_of(parts), parts.items())
    with pytest.raises(BundleError, match="has an unsafe name"):
        read_archive(folder / "x.vae")
    assert list(tmp_path.rglob("*.*")) == [folder / "x.vae"]


def test_a_name_that_hides_its_end(tmp_path):
    path = write_zip(tmp_path / "x.vae", manifest_of(PARTS), PARTS.items())
    path.write_bytes(path.read_bytes().replace(b"training.json", b"training.jso\0"))
    with pytest.raises(BundleError, match="has an unsafe name"):
        read_archive(path)


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_part_twice(tmp_path):
    twice = [*PARTS.items(), ("training.json", b"other")]
    path = write_zip(tmp_path / "x.vae", manifest_of(PARTS), twice)
    with pytest.raises(BundleError, match=r"part 'training\.json' is there twice"):
        read_archive(path)


@pytest.mark.parametrize("mode", [stat.S_IFLNK, stat.S_IFIFO, stat.S_IFDIR, stat.S_IFCHR])
def test_links_and_special_files(tmp_path, mode):
    link = zipfile.ZipInfo("training.json")
    link.external_attr = (mode | 0o777) << 16
    path = write_zip(
        tmp_path / "x.vae",
        manifest_of(PARTS),
        [("model.keras", PARTS["model.keras"]), (link, PARTS["training.json"])],
    )
    with pytest.raises(BundleError, match=r"part 'training\.json' is a link or a special file"):
        read_archive(path)


@pytest.mark.parametrize("method", [zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_compressed_parts_and_so_zip_bombs(tmp_path, method):
    parts = {**PARTS, "model.keras": bytes(50_000_000)}
    path = write_zip(tmp_path / "x.vae", manifest_of(parts), parts.items(), method)
    assert path.stat().st_size < 100_000
    with pytest.raises(BundleError, match=r"part '[a-z.]+' is compressed"):
        read_archive(path)


def test_an_encrypted_part(path):
    content = bytearray(path.read_bytes())
    entry = content.rindex(b"PK\x01\x02")  # of the last part in the directory
    content[entry + 8] |= 1
    path.write_bytes(content)
    with pytest.raises(BundleError, match=r"part 'training\.json' is encrypted"):
        read_archive(path)


def test_parts_that_share_their_bytes(path):
    """Two entries on the same bytes would make little from nothing look like much."""
    content = bytearray(path.read_bytes())
    entry = content.rindex(b"PK\x01\x02")
    size = (10_000).to_bytes(4, "little")
    content[entry + 20 : entry + 28] = size + size
    path.write_bytes(content)
    with pytest.raises(BundleError, match="its parts claim"):
        read_archive(path)


def between(content, hidden=b"hidden"):
    """Put bytes between the first part and the second, with all offsets made to fit."""
    at = content.index(b"PK\x03\x04", 4)
    changed = bytearray(content[:at] + hidden + content[at:])
    entry = start = content.index(b"PK\x01\x02") + len(hidden)
    for _ in range(2):  # the second and the third entry
        entry = changed.index(b"PK\x01\x02", entry + 4)
        offset = int.from_bytes(changed[entry + 42 : entry + 46], "little") + len(hidden)
        changed[entry + 42 : entry + 46] = offset.to_bytes(4, "little")
    changed[-6:-2] = start.to_bytes(4, "little")
    return bytes(changed)


def before_the_directory(content):
    at = content.index(b"PK\x01\x02")
    changed = bytearray(content[:at] + b"hidden" + content[at:])
    changed[-6:-2] = (at + 6).to_bytes(4, "little")
    return bytes(changed)


def in_the_directory(content):
    """A comment of the last entry."""
    entry = content.rindex(b"PK\x01\x02")
    changed = bytearray(content[:-22] + b"hidden" + content[-22:])
    changed[entry + 32] = 6
    changed[-10:-6] = (int.from_bytes(content[-10:-6], "little") + 6).to_bytes(4, "little")
    return bytes(changed)


def in_a_header(content):
    """An extra field of the first part, which the directory does not have."""
    at = 30 + len("manifest.json")
    changed = bytearray(between(content[:at] + content[at:]))
    cut = changed.index(b"hidden")
    del changed[cut : cut + 6]
    changed[at:at] = b"hidden"
    changed[28] = 6
    return bytes(changed)


def with_a_comment(content):
    return content[:-2] + b"\x06\0hidden"


def with_a_comment_that_is_an_end(content):
    return content[:-2] + b"\x16\0" + b"PK\x05\x06" + bytes(18)


def with_other_offsets(content):
    """All offsets shifted, which zipfile mends and another reader may not."""
    changed = bytearray(content)
    changed[-6:-2] = (int.from_bytes(content[-6:-2], "little") - 4).to_bytes(4, "little")
    return bytes(changed)


def with_another_size_in_its_header(content):
    changed = bytearray(content)
    changed[22] ^= 1
    return bytes(changed)


@pytest.mark.parametrize(
    "change",
    [
        lambda content: b"MZ" + content,
        lambda content: content + b"after",
        between,
        before_the_directory,
        in_the_directory,
        in_a_header,
        with_a_comment,
        with_a_comment_that_is_an_end,
        with_other_offsets,
        with_another_size_in_its_header,
    ],
)
def test_bytes_that_belong_to_no_part(path, change):
    """So that no file is a bundle and something else as well, or is read in two ways."""
    changed = change(path.read_bytes())
    path.write_bytes(changed)
    with pytest.raises(BundleError, match=r"bytes|is not a zip file|directory|damaged zip"):
        read_archive(path)


def test_the_zip_of_keras_is_a_plain_one(tmp_path):
    keras = pytest.importorskip("keras")
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
    model.save(tmp_path / "x.keras")
    with open(tmp_path / "x.keras", "rb") as file:
        assert set(stored_zip.read_stored_zip(file, "x")) >= {"config.json", "metadata.json"}


def test_a_directory_of_many_entries(tmp_path):
    with zipfile.ZipFile(tmp_path / "x.vae", "w") as file:
        for i in range(2_000):
            file.writestr(f"p{i}.bin", b"")
    with pytest.raises(BundleError, match="too many parts"):
        read_archive(tmp_path / "x.vae")


def test_a_second_directory(path):
    """Zip64 has a directory of its own, which could be larger than the one that was checked."""
    content = path.read_bytes()
    path.write_bytes(content[:-22] + b"PK\x06\x07" + bytes(16) + content[-22:])
    with pytest.raises(BundleError, match="not the directory of a plain zip"):
        read_archive(path)


def test_a_file_that_is_too_large(path):
    with open(path, "r+b") as file:
        file.truncate(stored_zip.MAX_BYTES + 1)  # sparse: takes no space
    with pytest.raises(
        BundleError, match=r"has 1,073,741,825 bytes; expected at most 1,073,741,824"
    ):
        read_archive(path)


def test_a_manifest_that_is_too_large(tmp_path):
    path = write_zip(tmp_path / "x.vae", b" " * (archive.MAX_MANIFEST_BYTES + 1), PARTS.items())
    with pytest.raises(BundleError, match=r"'manifest\.json' has 1,048,577 bytes"):
        read_archive(path)


def test_no_manifest(tmp_path):
    path = write_zip(tmp_path / "x.vae", None, PARTS.items())
    with pytest.raises(BundleError, match=r"no part 'manifest\.json'"):
        read_archive(path)


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"\xff\xfe",
        b"{",
        b"[" * 100_000,
        b"[" * 200 + b"]" * 200,
        b'{"a": NaN}',
        b'{"a": 1} x',
        b"1" * 5_000,
        b"1" * 400,
        b'{"a": 1e999}',
        b'{"format": "x", "format": "vae_widgets"}',
        '{"format": "vae_widgets"}'.encode("utf-16"),
        '{"format": "vae_widgets"}'.encode("utf-32-le"),
        '{"format": "vae_widgets"}'.encode("utf-8-sig"),
    ],
    ids=lambda text: repr(text[:30]),
)
def test_a_manifest_that_is_not_json(tmp_path, text):
    path = write_zip(tmp_path / "x.vae", text, PARTS.items())
    with pytest.raises(BundleError, match=r"part 'manifest\.json' is not JSON"):
        read_archive(path)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"format": "other"}, "expected a JSON object whose 'format' is 'vae_widgets'"),
        ({"format": None}, "expected a JSON object whose 'format' is 'vae_widgets'"),
        ({"schema": 2}, "it has schema 2; this version reads up to 1. Upgrade vae_widgets"),
        ({"schema": "1"}, "'schema' must be a whole number of at least 1; received '1'"),
        ({"schema": True}, "'schema' must be a whole number"),
        ({"schema": 0}, "'schema' must be a whole number of at least 1; received 0"),
        ({"kind": "cake"}, "'kind' must be one of bundle, checkpoint; received 'cake'"),
        ({"kind": ["bundle"]}, "'kind' must be one of bundle, checkpoint"),
        ({"created": 5}, "'created' must be a date; received 5"),
        ({"parts": []}, "'parts' must be an object; received list"),
        ({"parts": {"model.keras": 7}}, r"parts\['model.keras'\] must have a size"),
        ({"parts": {"model.keras": {"size": 7}}}, r"parts\['model.keras'\] must have a size"),
        ({"parts": {}}, "this checkpoint lacks its part 'model.keras'"),
        ({"kind": "bundle"}, "this bundle lacks its part 'decoder.onnx'"),
    ],
)
def test_a_wrong_manifest(tmp_path, changes, expected):
    path = write_zip(tmp_path / "x.vae", {**manifest_of(PARTS), **changes}, PARTS.items())
    with pytest.raises(BundleError, match=expected):
        read_archive(path)


@pytest.mark.parametrize("manifest", [[], 5, "text", None])
def test_a_manifest_that_is_no_object(tmp_path, manifest):
    path = write_zip(tmp_path / "x.vae", json.dumps(manifest).encode(), PARTS.items())
    with pytest.raises(BundleError, match="expected a JSON object"):
        read_archive(path)


@pytest.mark.parametrize("name", PARTS)
def test_a_missing_part(tmp_path, name):
    rest = [(other, part) for other, part in PARTS.items() if other != name]
    path = write_zip(tmp_path / "x.vae", manifest_of(PARTS), rest)
    with pytest.raises(BundleError, match=f"part '{name}' is missing"):
        read_archive(path)


def test_an_extra_part(tmp_path):
    more = {**PARTS, "more.txt": b"more"}
    path = write_zip(tmp_path / "x.vae", manifest_of(PARTS), more.items())
    with pytest.raises(BundleError, match=r"part 'more\.txt' is not in the manifest"):
        read_archive(path)
    path = write_zip(tmp_path / "x.vae", manifest_of(more), more.items())
    with pytest.raises(BundleError, match=r"part 'more\.txt' is unknown"):
        read_archive(path)


def test_a_changed_part(tmp_path):
    changed = {**PARTS, "training.json": b"[]"}
    path = write_zip(tmp_path / "x.vae", manifest_of(PARTS), changed.items())
    with pytest.raises(BundleError, match=r"part 'training\.json' was changed; its SHA-256"):
        read_archive(path)
    changed["training.json"] = b"longer"
    path = write_zip(tmp_path / "x.vae", manifest_of(PARTS), changed.items())
    with pytest.raises(
        BundleError, match=r"part 'training\.json' has 6 bytes; the manifest says 2"
    ):
        read_archive(path)
