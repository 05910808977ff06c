import numpy as np
import pytest

import vae_widgets as vw
from tests.support.plugins import installed, write_package

MODULE = """
import pathlib
import sys

class Codec:
    latent_dim, sample_shape = 2, (2,)

    def __init__(self, path):
        assert isinstance(path, pathlib.Path)
        self.opened_as = type(self).__name__, path.read_text()

    def encode(self, x):
        return x

    def decode(self, z):
        return z

class Inner(Codec):
    pass

def encoder(path):
    return object()

def fail(path):
    raise RuntimeError("line 3 is odd")

def leave(path):
    sys.exit("no luck")

def recurse(path):
    return recurse(path)
"""


@pytest.fixture(scope="module")
def reported(tmp_path_factory):
    points = {
        "npz": "other_codecs:Codec",
        "pca.npz": "other_codecs:Inner",
        "enc": "other_codecs:encoder",
        "odd": "other_codecs:fail",
        "end": "other_codecs:leave",
        "loop": "other_codecs:recurse",
        ".dot": "other_codecs:Codec",
        "vae": "other_codecs:Codec",
    }
    folder = tmp_path_factory.mktemp("packages")
    write_package(folder, "other_codecs", MODULE, {"codecs": points})
    with installed(folder) as reported:
        yield [str(warning) for warning in reported]


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("x.npz", "Codec"),
        ("x.NPZ", "Codec"),
        ("x.y.npz", "Codec"),
        ("x.pca.npz", "Inner"),
        ("x.y.pca.npz", "Inner"),
    ],
)
def test_the_longest_suffix_opens_a_file(reported, tmp_path, name, kind):
    (tmp_path / name).write_text("weights")
    assert vw.load(tmp_path / name).opened_as == (kind, "weights")
    assert vw.load(str(tmp_path / name)).opened_as == (kind, "weights")


@pytest.mark.parametrize("name", ["x.vae", "x.npz.vae", "x.bin", "npz", ".npz"])
def test_any_other_file_is_a_bundle(reported, tmp_path, name):
    vw.VAE.build((4,), likelihood="gaussian", hidden_units=(2,)).save(tmp_path / "x.vae")
    (tmp_path / "x.vae").rename(tmp_path / name)
    assert isinstance(vw.load(tmp_path / name), vw.BundleCodec)


def test_what_it_makes_is_checked_and_its_errors_name_it(reported, tmp_path):
    for suffix, error, why in (
        ("enc", TypeError, "codec of type object lacks encode, decode, latent_dim, sample_shape"),
        ("odd", RuntimeError, "line 3 is odd"),
        ("loop", RuntimeError, r"'loop' of the package other_codecs 1\.0 failed: Recursion"),
        ("end", RuntimeError, r"'end' of the package other_codecs 1\.0 failed: SystemExit: no l"),
    ):
        path = tmp_path / f"x.{suffix}"
        path.touch()
        with pytest.raises(error, match=why) as raised:
            vw.load(path)
        (note,) = raised.value.__notes__
        assert note == f"{path} was opened by the codec {suffix!r} of the package other_codecs 1.0."
    with pytest.raises(FileNotFoundError, match=r"nowhere\.npz"):
        vw.load(tmp_path / "nowhere.npz")


def test_a_suffix_that_is_none_or_ours_is_reported(reported):
    dot, ours = reported
    assert "'.dot' of the package other_codecs 1.0 cannot be used: ValueError: the name must" in dot
    assert "'vae' of the package other_codecs 1.0 cannot be used: vae_widgets has a codec" in ours


def test_the_suffix_of_a_package_that_fails_says_why(tmp_path):
    write_package(
        tmp_path, "bad_codecs", "raise ImportError('no torch')", {"codecs": {"pt": "bad_codecs:x"}}
    )
    (tmp_path / "model.pt").touch()
    with (
        installed(tmp_path),
        pytest.raises(ValueError, match=r"suffix of model\.pt is 'pt', .* ImportError: no torch"),
    ):
        vw.load(tmp_path / "model.pt")


def test_a_codec_of_another_package_goes_into_widgets(reported, tmp_path):
    (tmp_path / "x.npz").write_text("weights")
    x = np.random.default_rng(0).normal(size=(5, 2)).astype("float32")
    scatter = vw.LatentScatter(vw.load(tmp_path / "x.npz"), x)
    np.testing.assert_array_equal(scatter.z_mean, x)
