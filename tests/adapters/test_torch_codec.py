"""Codecs of PyTorch against PyTorch itself."""

import collections

import numpy as np
import pytest
import torch
from torch import nn

import vae_widgets as vw
from tests.support.torch_models import ConvVae, of_torch

CLOSE = {"rtol": 1e-5, "atol": 1e-6}


def test_it_gives_what_the_model_gives(vae, x, z):
    codec = vw.from_torch(vae.encode, vae.decode, (8, 8))
    vae.eval()
    for ours, theirs in zip(codec.encode(x), of_torch(vae.encode, x), strict=True):
        assert ours.dtype == np.float32
        np.testing.assert_allclose(ours, theirs, **CLOSE)
    np.testing.assert_allclose(codec.decode(z), of_torch(vae.decode, z).reshape(5, 8, 8), **CLOSE)


def test_modes_and_statistics_are_as_before(vae, x, z):
    vae.train()
    vae.out.eval()  # frozen by its user
    modes = [part.training for part in vae.modules()]
    norm = vae.hidden[2]
    before = norm.running_mean.clone()
    codec = vw.from_torch(vae.encode, vae.decode, (8, 8))
    codec.anomaly_score(x)
    codec.to_onnx()
    assert [part.training for part in vae.modules()] == modes
    torch.testing.assert_close(norm.running_mean, before)
    assert int(norm.num_batches_tracked) == 0
    assert all(weight.grad is None for weight in vae.parameters())


def test_the_mode_comes_back_after_an_error(vae):
    def broken(vae, z):
        raise RuntimeError("no memory")

    vae.train()
    vae.decode = broken.__get__(vae)
    with pytest.raises(ValueError, match=r"decoder does not take codes .*: no memory"):
        vw.from_torch(vae.encode, vae.decode, (8, 8))
    assert vae.training


def test_encoders_may_return_what_they_like(vae, x):
    vae.eval()
    mean, log_var = of_torch(vae.encode, x)

    def as_distribution(x):
        mean, log_var = vae.encode(x)
        return torch.distributions.Normal(mean, (log_var / 2).exp())

    forms = {
        "tensor": lambda x: vae.encode(x)[0],
        "tuple": vae.encode,
        "list": lambda x: [*vae.encode(x)],
        "dict": lambda x: dict(zip(("mu", "logvar"), vae.encode(x), strict=True)),
        "ordered": lambda x: collections.OrderedDict(embedding=vae.encode(x)[0]),
        "distribution": as_distribution,
        "independent": lambda x: torch.distributions.Independent(as_distribution(x), 1),
    }
    for name, form in forms.items():
        code = vw.from_torch(form, vae.decode, (8, 8)).encode(x)
        found = code if isinstance(code, tuple) else (code, None)
        np.testing.assert_allclose(found[0], mean, err_msg=name, **CLOSE)
        if name in ("tensor", "ordered"):
            assert found[1] is None
        else:
            np.testing.assert_allclose(found[1], log_var, err_msg=name, rtol=1e-4, atol=1e-5)


def test_decoders_may_return_what_they_like(vae, z):
    vae.eval()
    expected = of_torch(vae.decode, z).reshape(5, 8, 8)
    forms = {
        "image": lambda z: vae.decode(z).reshape(-1, 8, 8),
        "tuple": lambda z: (vae.decode(z), 1.0),
        "dict": lambda z: {"loss": 0, "recon_x": vae.decode(z)},
        "distribution": lambda z: torch.distributions.Bernoulli(vae.decode(z)),
    }
    for name, form in forms.items():
        found = vw.from_torch(vae.encode, form, (8, 8)).decode(z)
        np.testing.assert_allclose(found, expected, err_msg=name, **CLOSE)


@pytest.mark.parametrize("channels", [1, 3])
def test_channels_are_moved_for_arrays_with_channels_last(channels):
    model = ConvVae(channels).eval()
    images = np.random.default_rng(0).random((5, 8, 12, channels), dtype=np.float32)
    first = np.moveaxis(images, 3, 1)
    z = of_torch(model.encode, first)
    expected = np.moveaxis(of_torch(model.decode, z), 1, 3)
    codec = vw.from_torch(model.encode, model.decode, (8, 12, channels), channels_first=True)
    np.testing.assert_allclose(codec.encode(images), z, **CLOSE)
    np.testing.assert_allclose(codec.decode(z), expected, **CLOSE)
    as_they_are = vw.from_torch(model.encode, model.decode, (channels, 8, 12))
    np.testing.assert_allclose(as_they_are.encode(first), z, **CLOSE)
    tiles = vw.LatentScatter(as_they_are, first)._renderer(first)
    np.testing.assert_array_equal(tiles, vw.ImageRenderer(0, 1)(images))
    if channels == 1:
        grey = vw.from_torch(model.encode, model.decode, (8, 12), channels_first=True)
        np.testing.assert_allclose(grey.encode(images[..., 0]), z, **CLOSE)
        np.testing.assert_allclose(grey.decode(z), expected[..., 0], **CLOSE)


def test_a_flat_decoder_of_images_has_its_channels_first():
    model = ConvVae().eval()
    flat = nn.Sequential(model.start, model.up, nn.Flatten())
    z = np.ones((2, 2), np.float32)
    codec = vw.from_torch(model.encode, flat, (8, 12, 3), channels_first=True)
    expected = np.moveaxis(of_torch(flat, z).reshape(2, 3, 8, 12), 1, 3)
    np.testing.assert_allclose(codec.decode(z), expected, **CLOSE)


def test_a_model_of_double_precision(vae, x):
    vae.double().eval()
    codec = vw.from_torch(vae.encode, vae.decode, (8, 8))
    mean, _ = of_torch(vae.encode, x.astype(np.float64))
    np.testing.assert_allclose(codec.encode(x)[0], mean, **CLOSE)
    assert codec.decode(codec.encode(x)[0]).dtype == np.float32


def test_a_model_of_half_precision(vae, x):
    vae.bfloat16().eval()
    codec = vw.from_torch(vae.encode, vae.decode, (8, 8))
    assert codec.encode(x)[0].dtype == np.float32


def test_samples_go_where_the_weights_are():
    """The device "meta" computes shapes without numbers, from tensors of its own alone."""
    encoder = nn.Sequential(nn.Flatten(), nn.Linear(64, 2)).to("meta")
    with pytest.raises(ValueError, match="Cannot copy out of meta tensor"):
        vw.from_torch(encoder, nn.Linear(2, 64), (8, 8))


def test_an_encoder_of_flat_vectors_is_told_to_flatten(vae):
    encoder = nn.Sequential(nn.Linear(64, 16), nn.Linear(16, 2))
    with pytest.raises(ValueError, match=r"encoder does not take .*torch.nn.Flatten\(\), encoder"):
        vw.from_torch(encoder, vae.decode, (8, 8))


def test_an_encoder_of_rows_is_told_to_flatten(vae):
    with pytest.raises(ValueError, match=r"mean of encoder\(x\) has shape \(1, 8, 2\) .*Flatten"):
        vw.from_torch(nn.Linear(8, 2), vae.decode, (8, 8))


def test_arguments_that_are_no_model(vae):
    for encoder in ("encoder.pt", nn.Linear, None):
        with pytest.raises(TypeError, match=r"encoder must be a torch.nn.Module or a method"):
            vw.from_torch(encoder, vae.decode, (8, 8))
    with pytest.raises(TypeError, match="decoder must be"):
        vw.from_torch(vae.encode, 3, (8, 8))
    with pytest.raises(TypeError, match="sample_shape must be the shape of one sample"):
        vw.from_torch(vae.encode, vae.decode, 64)
    with pytest.raises(TypeError, match="unknown keyword 'channel_first'; did you mean"):
        vw.from_torch(vae.encode, vae.decode, (8, 8), channel_first=True)


def test_a_decoder_of_another_model(vae):
    with pytest.raises(ValueError, match=r"codes of shape \(n, 2\), which the encoder gives"):
        vw.from_torch(vae.encode, nn.Linear(5, 64), (8, 8))
    with pytest.raises(ValueError, match=r"decoder\(z\) has shape \(1, 63\) for one code"):
        vw.from_torch(vae.encode, nn.Linear(2, 63), (8, 8))


def test_outputs_that_no_codec_has(vae):
    vae.eval()
    with pytest.raises(TypeError, match=r"encoder\(x\) gives 3 values"):
        vw.from_torch(lambda x: (*vae.encode(x), x), vae.decode, (8, 8))
    with pytest.raises(TypeError, match=r"dict with 'code'; expected one of the keys 'z_mean'"):
        vw.from_torch(lambda x: {"code": vae.encode(x)[0]}, vae.decode, (8, 8))
    with pytest.raises(TypeError, match=r"decoder\(z\) gives str"):
        vw.from_torch(vae.encode, lambda z: "sample", (8, 8))


def test_channels_first_is_for_images(vae):
    with pytest.raises(ValueError, match="channels_first is True for sample_shape"):
        vw.from_torch(vae.encode, vae.decode, (64,), channels_first=True)
