"""What is exported of PyTorch, and what is not."""

import numpy as np
import onnxruntime
import pytest
import torch
from torch import nn

import vae_widgets as vw
from tests.support.torch_models import ConvVae
from vae_widgets.codec import MOST_ONNX_BYTES


def test_the_files_give_what_pytorch_gives_for_any_number_of_rows():
    model = ConvVae().eval()
    codec = vw.from_torch(model.encode, model.decode, (8, 12, 3), channels_first=True)
    made = codec.to_onnx(convert=False)
    rng = np.random.default_rng(0)
    for n in (1, 7):
        z = rng.standard_normal((n, 2), np.float32)
        x = rng.random((n, 8, 12, 3), np.float32)
        (samples,) = onnxruntime.InferenceSession(made.decoder).run(["x_mean"], {"z": z})
        np.testing.assert_allclose(samples, codec.decode(z), atol=1e-5)
        mean, log_var = onnxruntime.InferenceSession(made.encoder).run(
            ["z_mean", "z_log_var"], {"x": x}
        )
        np.testing.assert_allclose(mean, codec.encode(x), atol=1e-5)
        assert not log_var.any()


def test_large_weights_are_exported_on_request_alone(vae):
    decoder = nn.Linear(2, MOST_ONNX_BYTES // 8)
    encoder = nn.Sequential(nn.Flatten(), nn.Linear(MOST_ONNX_BYTES // 8, 2))
    codec = vw.from_torch(encoder, decoder, (MOST_ONNX_BYTES // 8,))
    with pytest.raises(ValueError, match=r"its decoder has .* pass in_page=True"):
        codec.to_onnx(convert=False)
    assert len(codec.to_onnx().decoder) > MOST_ONNX_BYTES


def test_a_decoder_that_draws_is_refused_and_the_kernel_decodes(vae, x):
    def noisy(z):
        return vae.decode(z) + torch.randn(len(z), 64)

    codec = vw.from_torch(vae.encode, noisy, (8, 8))
    with pytest.raises(ValueError, match="its decoder"):
        codec.to_onnx()
    scatter = vw.LatentScatter(codec, x)
    scatter.pick(0)
    assert scatter.decoded.shape == (8, 8)


def test_a_decoder_without_an_encoder_for_the_page(vae):
    vae.eval()

    def noisy(x):
        return vae.encode(x)[0] + torch.randn(len(x), 2)

    made = vw.from_torch(noisy, vae.decode, (8, 8)).to_onnx()
    assert made.encoder is None
    assert made.decoder
