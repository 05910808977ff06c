"""Codecs of ONNX pairs against ONNX Runtime."""

import numpy as np
import onnx
import onnxruntime
import pytest
from onnx import TensorProto, helper

import vae_widgets as vw
from tests.support.torch_models import ConvVae, TorchVae, of_torch, onnx_of
from vae_widgets.codec import MOST_ONNX_BYTES


@pytest.fixture(scope="module")
def pair():
    vae = TorchVae()
    return (
        onnx_of(vae, "encode", (8, 8), ["mu", "logvar"]),
        onnx_of(vae, "decode", (2,), ["out"]),
    )


def run(content, array):
    session = onnxruntime.InferenceSession(content)
    return session.run(None, {session.get_inputs()[0].name: array})


def test_it_gives_what_onnx_runtime_gives(pair, x, z, tmp_path):
    paths = [tmp_path / "encoder.onnx", tmp_path / "decoder.onnx"]
    for path, content in zip(paths, pair, strict=True):
        path.write_bytes(content)
    codec = vw.from_onnx(str(paths[0]), paths[1])
    assert codec.sample_shape == (8, 8)
    for ours, theirs in zip(codec.encode(x), run(pair[0], x), strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-5, atol=1e-6)
    expected = run(pair[1], z)[0].reshape(5, 8, 8)
    np.testing.assert_allclose(codec.decode(z), expected, rtol=1e-5, atol=1e-6)
    assert codec.name == "decoder.onnx"


def test_the_page_gets_the_same_numbers(pair, x, z):
    codec = vw.from_onnx(*pair)
    made = codec.to_onnx(convert=False)
    for ours, theirs in zip(codec.encode(x), run(made.encoder, x), strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(run(made.decoder, z)[0], codec.decode(z), rtol=1e-5, atol=1e-6)


def test_a_file_for_one_row_takes_several(x, z):
    vae = TorchVae().eval()
    codec = vw.from_onnx(
        onnx_of(vae, "encode", (8, 8), ["mu", "logvar"], dynamic=False),
        onnx_of(vae, "decode", (2,), ["out"], dynamic=False),
    )
    for ours, theirs in zip(codec.encode(x), of_torch(vae.encode, x), strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(
        codec.decode(z), of_torch(vae.decode, z).reshape(5, 8, 8), rtol=1e-4, atol=1e-5
    )


@pytest.mark.parametrize("opset", [11, 13, 17, 20])
def test_older_and_newer_operators(opset, z):
    vae = TorchVae().eval()
    codec = vw.from_onnx(
        onnx_of(vae, "encode", (8, 8), ["mu", "logvar"], opset_version=opset),
        onnx_of(vae, "decode", (2,), ["out"], opset_version=opset),
    )
    expected = of_torch(vae.decode, z).reshape(5, 8, 8)
    np.testing.assert_allclose(codec.decode(z), expected, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("channels", [1, 3])
def test_channels_are_moved_for_arrays_with_channels_last(channels, z):
    model = ConvVae(channels).eval()
    files = [
        onnx_of(model, "encode", (channels, 8, 12), ["mu"]),
        onnx_of(model, "decode", (2,), ["image"]),
    ]
    images = np.random.default_rng(0).random((5, 8, 12, channels), dtype=np.float32)
    first = np.moveaxis(images, 3, 1)
    codes, expected = of_torch(model.encode, first), of_torch(model.decode, z)
    close = {"rtol": 1e-4, "atol": 1e-5}
    last = vw.from_onnx(*files, channels_first=True)
    assert last.sample_shape == (8, 12, channels)
    np.testing.assert_allclose(last.encode(images), codes, **close)
    np.testing.assert_allclose(last.decode(z), np.moveaxis(expected, 1, 3), **close)
    same = vw.from_onnx(*files)
    assert same.sample_shape == (channels, 8, 12)
    np.testing.assert_allclose(same.encode(first), codes, **close)
    if channels == 1:
        grey = vw.from_onnx(*files, (8, 12), channels_first=True)
        np.testing.assert_allclose(grey.encode(images[..., 0]), codes, **close)
        np.testing.assert_allclose(grey.decode(z), expected[:, 0], **close)


def test_flat_files_take_images(x, z):
    def linear(name, n_in, n_out):
        rng = np.random.default_rng(len(name))
        matrix = rng.standard_normal((n_in, n_out)).astype(np.float32)
        return matrix, simple("MatMul", n_in, n_out, matrix)

    (down, encoder), (up, decoder) = linear("encoder", 64, 2), linear("dec", 2, 64)
    codec = vw.from_onnx(encoder, decoder, (8, 8))
    np.testing.assert_allclose(codec.encode(x), x.reshape(40, 64) @ down, rtol=1e-4, atol=1e-4)
    np.testing.assert_allclose(codec.decode(z), (z @ up).reshape(5, 8, 8), rtol=1e-4, atol=1e-4)


def simple(
    operator, n_in, n_out, matrix=None, n_inputs=1, n_outputs=1, data_type=TensorProto.FLOAT
):
    """Return a file of one node, and more inputs and outputs if asked for."""
    value = helper.make_tensor_value_info
    inputs = [value(f"in{i}", data_type, ["n", n_in]) for i in range(n_inputs)]
    outputs = [value(f"out{i}", data_type, ["n", n_out]) for i in range(n_outputs)]
    weights = [] if matrix is None else [onnx.numpy_helper.from_array(matrix, "weights")]
    given = ["in0"] + (["weights"] if weights else [])
    nodes = [helper.make_node(operator, given, [one.name]) for one in outputs]
    graph = helper.make_graph(nodes, "one", inputs, outputs, weights)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=8)
    return model.SerializeToString()


def test_files_that_do_not_fit_each_other():
    with pytest.raises(
        ValueError, match=r"decoder takes codes of shape \(3,\); encoder gives \(4,"
    ):
        vw.from_onnx(simple("Relu", 4, 4), simple("Relu", 3, 3))
    wide = simple("MatMul", 2, 5, np.ones((2, 5), np.float32))
    narrow = simple("MatMul", 4, 2, np.ones((4, 2), np.float32))
    with pytest.raises(ValueError, match=r"decoder gives samples of shape \(5,\); expected \(4,\)"):
        vw.from_onnx(narrow, wide)
    with pytest.raises(ValueError, match=r"encoder takes samples of shape \(4,\); received"):
        vw.from_onnx(narrow, narrow, (8, 8))


def test_files_with_more_than_a_model_has():
    relu = simple("Relu", 4, 4)
    with pytest.raises(ValueError, match=r"encoder has the inputs \['in0', 'in1'\]; expected one"):
        vw.from_onnx(simple("Relu", 4, 4, n_inputs=2), relu)
    with pytest.raises(ValueError, match=r"outputs \['out0', 'out1', 'out2'\]; expected the mean"):
        vw.from_onnx(simple("Relu", 4, 4, n_outputs=3), relu)


def test_files_that_are_refused(tmp_path):
    relu = simple("Relu", 4, 4)
    with pytest.raises(ValueError, match="encoder is not an ONNX file"):
        vw.from_onnx(b"no file", relu)
    with pytest.raises(FileNotFoundError, match=r"absent.onnx"):
        vw.from_onnx(tmp_path / "absent.onnx", relu)
    with pytest.raises(TypeError, match="decoder must be the path of an ONNX file"):
        vw.from_onnx(relu, None)
    with pytest.raises(ValueError, match=r"decoder is refused: .*'NonZero', which is not allowed"):
        vw.from_onnx(relu, simple("NonZero", 4, 4))
    with pytest.raises(ValueError, match=r"encoder is refused: .* not float32"):
        vw.from_onnx(simple("Relu", 4, 4, data_type=TensorProto.DOUBLE), relu)


def test_weights_in_another_file_are_refused(tmp_path):
    model = onnx.load_model_from_string(simple("MatMul", 2, 2, np.eye(2, dtype=np.float32)))
    path = tmp_path / "apart.onnx"
    onnx.save(model, path, save_as_external_data=True, location="weights", size_threshold=0)
    with pytest.raises(ValueError, match=r"apart.onnx keeps weights in another file"):
        vw.from_onnx(path, path)


def test_a_large_decoder_is_sent_on_request_alone():
    side = int((MOST_ONNX_BYTES / 4) ** 0.5) + 1
    matrix = np.eye(side, dtype=np.float32)
    codec = vw.from_onnx(simple("Relu", side, side), simple("MatMul", side, side, matrix))
    with pytest.raises(ValueError, match=r"its decoder has .* pass in_page=True"):
        codec.to_onnx(convert=False)
    assert len(codec.to_onnx().decoder) > MOST_ONNX_BYTES


def test_the_score_is_the_negative_elbo_with_a_likelihood(pair, x):
    ours = vw.from_onnx(*pair, likelihood="bernoulli")
    vae = TorchVae()
    theirs = vw.from_torch(vae.encode, vae.decode, (8, 8), likelihood="bernoulli")
    np.testing.assert_allclose(ours.anomaly_score(x), theirs.anomaly_score(x), rtol=1e-4)
