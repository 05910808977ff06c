"""The viewer reads files as strictly as Python does: the same attacks, the same verdicts."""

import base64
import contextlib
import json
import pathlib
import shutil
import subprocess
import sys
import warnings
import zipfile

import numpy as np
import pytest

from tests.bundle import test_archive as attacks
from tests.bundle.bombs import ATTACKS
from tests.bundle.mutations import mutate, parts_of, sign, zip_of
from tests.support.vae_file import history, write_vae
from vae_widgets.bundle import BundleError, write_archive
from vae_widgets.bundle.codec import BundleCodec
from vae_widgets.bundle.loading import load
from vae_widgets.bundle.stored_zip import read_stored_zip
from vae_widgets.core.latent.space import LatentSpace

NODE = pathlib.Path(sys.executable).with_name("node")
HERE = pathlib.Path(__file__).parent
SAVED = pathlib.Path(__file__).parents[2] / "saved"
PRETRAINED = pathlib.Path(__file__).parents[3] / "vae_widgets/pretrained"
MOST_SECONDS, MOST_MB = 5, 200  # a hang and a flood: the machine of the tests may be slow
SPOILED = 300
READS = "reads, and its model runs"


def run(script, argument):
    command = [NODE, "--max-old-space-size=512", HERE / script, argument]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """A bundle with every part that the viewer shows."""
    path = tmp_path_factory.mktemp("whole") / "digits.vae"
    write_vae(path, latent_dim=3)
    return path


@contextlib.contextmanager
def ignored():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def spoiled_zips(path):
    """Yield a name and the bytes of zips that are not plain, or may not be."""
    content = path.read_bytes()
    for at in range(len(content)):
        changed = bytearray(content)
        changed[at] ^= 1 << at % 8
        yield f"bit {at}", bytes(changed)
        yield f"cut {at}", content[:at]
    for change in (
        attacks.between,
        attacks.before_the_directory,
        attacks.in_the_directory,
        attacks.in_a_header,
        attacks.with_a_comment,
        attacks.with_a_comment_that_is_an_end,
        attacks.with_other_offsets,
        attacks.with_another_size_in_its_header,
    ):
        yield change.__name__, change(content)
    yield "before", b"MZ" + content
    yield "after", content + b"after"
    encrypted, shared = bytearray(content), bytearray(content)
    entry = content.rindex(b"PK\x01\x02")
    encrypted[entry + 8] |= 1
    shared[entry + 20 : entry + 28] = (10_000).to_bytes(4, "little") * 2
    yield "encrypted", bytes(encrypted)
    yield "shared bytes", bytes(shared)


def written_zips(folder):
    """Write zips with unsafe names, links, compressed parts, or too many; return their names."""
    parts = list(attacks.PARTS.items())

    def write(name, entries, method=zipfile.ZIP_STORED):
        with ignored(), zipfile.ZipFile(folder / name, "w", method) as file:
            for each in entries:
                file.writestr(*each)

    names = ["../evil.txt", "/etc/evil.txt", "C:evil.txt", "..\\evil.txt", "folder/", "con"]
    names += ["model.keras ", "MODEL.keras", "nul.\u00e9", "x" * 200 + ".txt", "a.b\0c"]
    for i, name in enumerate(names):
        write(f"name {i}", [*parts, (name, b"evil")])
    write("twice", [*parts, parts[0]])
    for method in (zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA):
        write(f"bomb {method}", [("model.keras", bytes(20_000_000))], method)
    for mode in (0o120777, 0o10777, 0o40777, 0o20777):
        link = zipfile.ZipInfo("training.json")
        link.external_attr = mode << 16
        write(f"mode {mode:o}", [parts[0], (link, b"{}")])
    write("many", [(f"p{i}.bin", b"") for i in range(2_000)])


def test_zips_are_read_as_python_reads_them(tmp_path):
    small = write_archive(tmp_path / "run.vae", "checkpoint", attacks.PARTS, {"epoch": 3})
    folder = tmp_path / "zips"
    folder.mkdir()
    for name, content in spoiled_zips(small):
        (folder / name).write_bytes(content)
    written_zips(folder)
    (folder / "plain").write_bytes(small.read_bytes())
    found = run("zips.ts", folder)
    expected = {}
    for path in folder.iterdir():
        try:
            with ignored(), path.open("rb") as file:
                parts = read_stored_zip(file, "the file")
            expected[path.name] = {n: base64.b64encode(p).decode() for n, p in parts.items()}
        except BundleError:
            expected[path.name] = None
    read = {name for name, parts in expected.items() if parts is not None}
    assert "plain" in read
    assert len(read) < 0.05 * len(expected)
    page = {name: None if isinstance(parts, str) else parts for name, parts in found.items()}
    # In the last entry the lengths of name, extra field and comment may be too large for Python,
    # which reads on to the end of the directory: six bytes.
    stricter = {name for name in page if page[name] is None and expected[name] is not None}
    assert len(stricter) <= 6
    assert page == {name: None if name in stricter else parts for name, parts in expected.items()}
    assert all(message.endswith(".") for message in found.values() if isinstance(message, str))


def test_attacks_are_refused_or_harmless_and_quick(tmp_path):
    files = {name: make() for name, (how, make, _) in ATTACKS.items() if how == "load"}
    for i, content in enumerate(files.values()):
        (tmp_path / str(i)).write_bytes(content)
    found = dict(zip(files, by_number(run("reading.ts", tmp_path)), strict=True))
    for name, outcome in found.items():
        assert outcome["seconds"] < MOST_SECONDS, (name, outcome)
        assert outcome["megabytes"] < MOST_MB, (name, outcome)
        assert not outcome["result"].startswith("STRAY"), (name, outcome)
    # What the viewer does not use, such as a vocabulary and a detector, may be as it likes.
    read = {name for name, outcome in found.items() if outcome["result"].startswith("reads")}
    unused = (
        "pattern",
        "vocabulary",
        "detector of nested",
        "another score",
        "signal of",
        "table of",
    )
    unused += ("text of", "piano roll of", "another shape")
    assert all(any(word in name for word in unused) for name in read), read
    assert len(found) - len(read) >= 9


def by_number(outcomes):
    return [outcomes[str(i)] for i in range(len(outcomes))]


def test_spoiled_bundles_are_read_as_python_reads_them(tmp_path, whole):
    originals = [whole.read_bytes(), (SAVED / "conditional.vae").read_bytes()]
    expected = []
    for seed in range(SPOILED):
        content, _ = mutate(originals[seed % 2], seed)
        (tmp_path / str(seed)).write_bytes(content)
        try:
            with ignored():
                codec = BundleCodec.from_bytes(content)
            codec.tiles  # noqa: B018
            codec.decode(np.zeros((3, codec.latent_dim)), None if codec.n_labels is None else 0)
            expected.append(True)
        except BundleError:
            expected.append(False)
    found = by_number(run("reading.ts", tmp_path))
    assert not [one for one in found if one["result"].startswith("STRAY")]
    reads = [one["result"] == READS for one in found]
    assert 0.05 * SPOILED < sum(reads) < 0.8 * SPOILED  # else nothing was tested
    # What Python alone reads, such as a part that the viewer does not use, may stop Python alone.
    wrong = [seed for seed in range(SPOILED) if expected[seed] and not reads[seed]]
    assert [(seed, found[seed]["result"]) for seed in wrong] == []


def test_the_models_of_the_package_are_read(tmp_path):
    files = [path.name for path in PRETRAINED.glob("*.vae")]
    for name in files:
        shutil.copy(PRETRAINED / name, tmp_path)
    found = run("reading.ts", tmp_path)
    assert {name: one["result"] for name, one in found.items()} == dict.fromkeys(files, READS)


# The part, what becomes of it, and what the refusal says.
BAD_PARTS = [
    ("latents.f32", lambda old: old[:-1], "'latents.f32' has 3599 bytes; expected a multiple"),
    ("latents.f32", lambda old: b"\0\0\xc0\x7f" + old[4:], "'latents.f32' has NaN"),
    ("log_vars.f32", lambda old: old[:-12], "'log_vars.f32' has other rows"),
    ("labels.u32", lambda old: old[:-4], "'labels.u32' must have a uint32 number from 0 to 10"),
    ("labels.u32", lambda old: b"\x0b\0\0\0" + old[4:], "'labels.u32' must have a uint32 number"),
    ("tiles.png", lambda old: old[:16] + b"\0\0\x20\0" + old[20:], "'tiles.png' is not a picture"),
    (
        "tiles.png",
        lambda old: b"<svg onload='alert(1)'/>" + bytes(99),
        "'tiles.png' is not a pictu",
    ),
    ("policy.json", lambda old: b"[" * 90_000, "'policy.json' is not JSON"),
    ("policy.json", lambda old: b'{"threshold": "1"}', "'policy.json' is not a threshold policy"),
]
BAD_HISTORIES = [
    {"epoch": [1, 2], "loss": [1]},
    {"epoch": [1, 2], "loss": [1, "x"]},
    {"epoch": [2, 1], "loss": [1, 2]},
    {"epoch": [1] * 5000},
    {"epoch": 7},
    {"epoch": [1, 2], **{f"m{i}": [1, 2] for i in range(99)}},
]


def test_a_bad_part_is_named(tmp_path, whole):
    for i, (part, content, _) in enumerate(BAD_PARTS):
        parts = parts_of(whole.read_bytes())
        parts[part] = content(parts[part])
        (tmp_path / str(i)).write_bytes(zip_of(sign(parts)))
    for i, one in enumerate(by_number(run("reading.ts", tmp_path))):
        part, _, expected = BAD_PARTS[i]
        assert expected in one["result"]
        with pytest.raises(BundleError, match=part.replace(".", r"\.")):
            load(tmp_path / str(i)).tiles  # noqa: B018


def test_a_bad_history_is_named(tmp_path, whole):
    for i, training in enumerate(BAD_HISTORIES):
        parts = parts_of(whole.read_bytes())
        manifest = {**json.loads(parts["manifest.json"]), "training": {"history": training}}
        parts["manifest.json"] = json.dumps(manifest).encode()
        (tmp_path / str(i)).write_bytes(zip_of(parts))
    for one in by_number(run("reading.ts", tmp_path)):
        assert "the history of the training" in one["result"]


@pytest.fixture(scope="module")
def found(whole):
    return run("space.ts", whole)


def test_all_parts_are_read_as_python_reads_them(whole, found):
    codec = load(whole)
    n, k = codec.latents.shape
    assert found["facts"]["latentDim"] == k == 3
    assert found["facts"]["sampleShape"] == [8, 8]
    np.testing.assert_array_equal(np.float32(found["codes"]["means"]).reshape(n, k), codec.latents)
    names = [*found["classNames"], None]
    assert [names[i] for i in found["classes"]] == codec.labels.tolist()
    assert found["policy"]["threshold"] == codec.policy.threshold
    assert found["tiles"] == len(codec.tiles)


def test_planes_and_distances_are_those_of_python(whole, found):
    codec = load(whole)
    space = LatentSpace(codec.latents, codec.log_vars)
    for name, plane in space.planes().items():
        there = found["planes"][name]
        assert tuple(there["dims"]) == plane["dims"], name
        assert there["prior"] == plane["prior"]
        for key in ("center", "origin", "directions"):
            values = np.reshape(there[key]["data"], np.shape(plane[key]))
            np.testing.assert_allclose(values, plane[key], atol=1e-5, err_msg=f"{name} {key}")
        for axis, expected in zip(there["axes"], plane["axes"], strict=True):
            assert [axis[key] for key in ("index", "name", "note", "collapsed")] == [
                expected[key] for key in ("index", "name", "note", "collapsed")
            ]
            for key in ("low", "high", "mean"):
                assert axis[key] == pytest.approx(expected[key], abs=1e-4)
    far = space.off_data
    np.testing.assert_allclose(found["spread"]["scale"], far.scale, rtol=1e-5)
    assert found["spread"]["limit"] == pytest.approx(far.limit, rel=0.1)
    expected, density = space.aggregated_posterior(space.most_active("latent")), found["density"]
    np.testing.assert_allclose(density["bounds"], expected["bounds"], rtol=1e-5)
    values = np.reshape(density["density"]["data"], expected["density"].shape)
    np.testing.assert_allclose(values, expected["density"], rtol=1e-3, atol=1e-6)
    for ring, same in zip(density["rings"], expected["rings"], strict=True):
        assert ring["probability"] == same["probability"]
        assert ring["density"] == pytest.approx(same["density"], rel=1e-2)


def test_the_curves_are_those_of_the_history(found):
    epochs = history()
    drawn = {metric["name"]: metric for metric in found["run"]["metrics"]}
    assert list(drawn) == ["loss", "reconstruction_loss", "kl_loss"]
    assert [metric["left"] for metric in drawn.values()] == [True, True, False]
    for name, metric in drawn.items():
        x, y = np.reshape(metric["epochs"]["data"], (2, -1))
        np.testing.assert_array_equal(x, epochs["epoch"])
        np.testing.assert_allclose(y, epochs[name], rtol=1e-6)
    assert found["run"]["best"] == [10, 50]
    assert found["run"]["unit"] == "nats"
    assert found["legend"]["key"] == ["training", "validation", "best"]
    rows = [row.split(",") for row in found["csv"].splitlines()]
    assert rows[0] == list(epochs)
    np.testing.assert_allclose(np.array(rows[1:], float).T, list(epochs.values()))
