import json

import pytest

import vae_widgets as vw
from tests.cli.conftest import NAMES, SAVED
from vae_widgets.bundle import write_archive
from vae_widgets.bundle.archive import OPTIONAL_PARTS, REQUIRED_PARTS
from vae_widgets.cli.info import CARRIES


def test_a_model_is_described(run, named_detector):
    code, out, errors = run("info", named_detector)
    assert (code, errors) == (0, [])
    codec = vw.load(named_detector)
    for text in (
        "a model,",
        "6, gaussian likelihood",
        "2 latent dimensions",
        "standardize_features",
        ", ".join(NAMES),
        "2 epochs of 12 samples",
        f"{codec.policy.threshold:.6g} of the score elbo, by percentile",
        "keras 3.15.1",
        "Open it with vw.load('named.vae')",
    ):
        assert text in out
    for name, facts in codec.manifest["parts"].items():
        line = next(line for line in out.splitlines() if line.split()[:1] == [name])
        assert f"{facts['size']:,} bytes" in line


def test_each_part_that_a_file_may_have_is_described():
    known = [*REQUIRED_PARTS.values(), *OPTIONAL_PARTS.values()]
    assert set(CARRIES) == set().union(*known)


def test_kinds_of_files_are_told_apart(run):
    assert "conditional, 0 to 2" in run("info", SAVED / "conditional.vae")[1]
    assert "codes of 2 samples" in run("info", SAVED / "conditional.vae")[1]
    out = run("info", SAVED / "checkpoint.vae")[1]
    assert "a checkpoint of a training run" in out
    assert "vw.VAE.resume('checkpoint.vae')" in out


def test_the_manifest_is_printed_as_json(run):
    _, out, _ = run("info", SAVED / "dense.vae", "--json")
    assert json.loads(out) == vw.load(SAVED / "dense.vae").manifest


def test_texts_of_a_file_do_not_reach_the_terminal_as_commands(run, tmp_path):
    parts = dict.fromkeys(("model.keras", "encoder.onnx", "decoder.onnx"), b"x")
    manifest = {
        "latent_dim": 2,
        "sample_shape": [3],
        "likelihood": {"name": "\x1b[31mred\n"},
        "variational": True,
        "preprocessing": "\x1b]0;title\x07",
    }
    write_archive(tmp_path / "x.vae", "bundle", parts, manifest)
    code, out, _ = run("info", "x.vae")
    assert code == 0
    assert "\ufffd[31mred likelihood" in out
    assert not {"\x1b", "\x07"} & set(out)


@pytest.mark.parametrize("content", [b"", b"no bundle"])
def test_another_file_is_refused(run, tmp_path, content):
    (tmp_path / "x.vae").write_bytes(content)
    code, out, (error,) = run("info", "x.vae")
    assert (code, out) == (2, "")
    assert "x.vae is not a zip file" in error
