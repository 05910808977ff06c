"""The page decodes and encodes with a model of each library as Python does."""

import json
import pathlib
import subprocess
import sys

import numpy as np
import pytest

import vae_widgets as vw
from tests.support.in_page_runtime import write_bundle
from tests.support.torch_models import ConvVae, onnx_of

NODE = pathlib.Path(sys.executable).with_name("node")
SCRIPT = pathlib.Path(__file__).parents[1] / "frontend" / "model" / "parity.ts"


def write_case(folder, codec, x, z):
    folder.mkdir()
    made = codec.to_onnx()
    code = codec.encode(x)
    z_mean, z_log_var = code if isinstance(code, tuple) else (code, np.zeros_like(code))
    numbers = {"x": x, "z": z, "x_mean": codec.decode(z), "z_mean": z_mean, "z_log_var": z_log_var}
    for name, array in numbers.items():
        (folder / f"{name}.f32").write_bytes(np.ascontiguousarray(array, np.float32).tobytes())
    (folder / "decoder.onnx").write_bytes(made.decoder)
    (folder / "encoder.onnx").write_bytes(made.encoder)


@pytest.fixture(scope="module")
def differences(codecs, x, tmp_path_factory):
    """The largest difference of each result, relative to its largest number, by library."""
    rng = np.random.default_rng(0)
    colour = rng.random((4, 8, 12, 3), dtype=np.float32)
    conv = ConvVae()
    files = [
        onnx_of(conv, "encode", (3, 8, 12), ["mu"]),
        onnx_of(conv, "decode", (2,), ["image"]),
    ]
    cases = {
        **{name: (codec, x[:4]) for name, codec in codecs.items()},
        "torch images": (
            vw.from_torch(conv.encode, conv.decode, (8, 12, 3), channels_first=True),
            colour,
        ),
        "onnx images": (vw.from_onnx(*files, (8, 12, 3), channels_first=True), colour),
    }
    folder = tmp_path_factory.mktemp("models")
    for name, (codec, samples) in cases.items():
        z = rng.standard_normal((4, codec.latent_dim), np.float32)
        write_case(folder / name, codec, samples, z)
    bundle = write_bundle(tmp_path_factory.mktemp("bundle"))
    done = subprocess.run(
        [NODE, SCRIPT, folder, bundle], capture_output=True, text=True, check=True
    )
    found = json.loads(done.stdout)
    assert len(found) == 2 * len(cases)  # in WebAssembly and in plain TypeScript
    return found


def test_the_page_gives_what_python_gives(differences):
    for name, errors in differences.items():
        assert set(errors) == {"x_mean", "one", "z_mean", "z_log_var"}, (name, errors)
        assert max(errors.values()) < 1e-4, (name, errors)
