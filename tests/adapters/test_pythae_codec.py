"""Codecs of pythae against pythae itself."""

import numpy as np
import pytest
import torch
from pythae.data.datasets import DatasetOutput
from pythae.models import AE, VQVAE, AEConfig, VQVAEConfig
from torch import nn

import vae_widgets as vw
from tests.support.torch_models import pythae_vae


@pytest.fixture(scope="module")
def images(x):
    return x[:8, None]


@pytest.mark.parametrize("loss", ["bce", "mse"])
def test_it_gives_what_pythae_gives(images, loss):
    model = pythae_vae(reconstruction_loss=loss)
    codec = vw.from_pythae(model)
    assert codec.sample_shape == (1, 8, 8)
    with torch.no_grad():
        theirs = model.predict(torch.from_numpy(images))
    mean, _ = codec.encode(images)
    np.testing.assert_allclose(mean, theirs.embedding, rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(codec.decode(mean), theirs.recon_x, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("loss", ["bce", "mse"])
def test_scores_are_the_loss_of_pythae_at_the_mean(images, loss):
    model = pythae_vae(reconstruction_loss=loss)
    codec = vw.from_pythae(model)
    data = torch.from_numpy(images)
    with torch.no_grad():
        code = model.encoder(data)
        mean, log_var = code.embedding, code.log_covariance
        x_hat = model.decoder(mean)["reconstruction"]
        expected, *_ = model.loss_function(x_hat, data, mean, log_var, mean)
    # pythae leaves out the constant of the normal distribution.
    constant = 32 * np.log(2 * np.pi) if loss == "mse" else 0
    assert codec.anomaly_score(images).mean() == pytest.approx(float(expected) + constant, rel=1e-5)
    assert codec.score_name == "negative ELBO (nats)"


def test_a_plain_autoencoder_scores_by_its_error(images):
    model = AE(AEConfig(input_dim=(1, 8, 8), latent_dim=2))
    codec = vw.from_pythae(model)
    with torch.no_grad():
        loss = model(DatasetOutput(data=torch.from_numpy(images))).loss  # the mean over samples
    assert codec.anomaly_score(images).mean() == pytest.approx(float(loss), rel=1e-5)
    assert codec.score_name == "squared reconstruction error"


def test_arrays_without_a_channel(images):
    model = pythae_vae()
    ours = vw.from_pythae(model, (8, 8), channels_first=True)
    np.testing.assert_allclose(
        ours.encode(images[:, 0])[0], vw.from_pythae(model).encode(images)[0], rtol=1e-5
    )
    assert ours.decode(np.zeros((3, 2))).shape == (3, 8, 8)


def test_models_with_steps_between_encoder_and_decoder_are_refused():
    model = VQVAE(VQVAEConfig(input_dim=(1, 8, 8), latent_dim=4, num_embeddings=4))
    with pytest.raises(TypeError, match="model is a VQVAE, whose decoder does not take the codes"):
        vw.from_pythae(model)


def test_what_is_no_model_of_pythae():
    with pytest.raises(
        TypeError, match=r"received Linear. For other models of PyTorch use vw.from"
    ):
        vw.from_pythae(nn.Linear(2, 2))
