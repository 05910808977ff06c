"""Small models of PyTorch and pythae, untrained and always the same."""

import io
import warnings

import numpy as np
import torch
from torch import nn


class TorchVae(nn.Module):
    """A VAE of (8, 8) images as people write one, with batch normalisation and dropout."""

    def __init__(self, latent_dim=2):
        super().__init__()
        torch.manual_seed(0)
        self.hidden = nn.Sequential(
            nn.Flatten(), nn.Linear(64, 16), nn.BatchNorm1d(16), nn.ReLU(), nn.Dropout(0.5)
        )
        self.mean = nn.Linear(16, latent_dim)
        self.log_var = nn.Linear(16, latent_dim)
        self.out = nn.Sequential(nn.Linear(latent_dim, 16), nn.ReLU(), nn.Linear(16, 64))

    def encode(self, x):
        hidden = self.hidden(x)
        return self.mean(hidden), self.log_var(hidden)

    def decode(self, z):
        return torch.sigmoid(self.out(z))


class ConvVae(nn.Module):
    """Of images with channels first, whose sides and channels all differ."""

    def __init__(self, channels=3, height=8, width=12):
        super().__init__()
        torch.manual_seed(1)
        self.down = nn.Sequential(
            nn.Conv2d(channels, 4, 3, stride=2, padding=1), nn.LeakyReLU(), nn.Flatten()
        )
        size = (height // 2) * (width // 2)
        self.mean = nn.Linear(4 * size, 2)
        self.start = nn.Sequential(
            nn.Linear(2, 4 * size), nn.Unflatten(1, (4, height // 2, width // 2))
        )
        self.up = nn.ConvTranspose2d(4, channels, 4, stride=2, padding=1)

    def encode(self, x):
        return self.mean(self.down(x))

    def decode(self, z):
        return torch.sigmoid(self.up(self.start(z)))


class Whole(nn.Module):
    """One method of a model as a module, for an export."""

    def __init__(self, model, method):
        super().__init__()
        self.model, self.method = model, method
        self.eval()

    def forward(self, x):
        return getattr(self.model, self.method)(x)


def onnx_of(model, method, shape, outputs, *, dynamic=True, **options):
    """Return a method of a model as ONNX, as a user exports it."""
    file = io.BytesIO()
    axes = {name: {0: "batch"} for name in ("input", *outputs)} if dynamic else None
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.onnx.export(
            Whole(model, method),
            (torch.zeros(1, *shape),),
            file,
            input_names=["input"],
            output_names=list(outputs),
            dynamic_axes=axes,
            dynamo=False,
            **options,
        )
    return file.getvalue()


def pythae_vae(input_dim=(1, 8, 8), reconstruction_loss="bce"):
    from pythae.models import VAE, VAEConfig

    torch.manual_seed(2)
    config = VAEConfig(input_dim=input_dim, latent_dim=2, reconstruction_loss=reconstruction_loss)
    return VAE(config)


def of_torch(function, x):
    """Return what PyTorch itself gives for an array, as an array or several."""
    with torch.no_grad():
        made = function(torch.from_numpy(np.ascontiguousarray(x)))
    return [part.numpy() for part in made] if isinstance(made, tuple) else made.numpy()
