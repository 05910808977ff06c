"""The networks of the other peers, for those that run on PyTorch."""

import torch
from torch import nn


def halves(network: str) -> tuple[nn.Module, nn.Module]:
    """Return an encoder to (z_mean, z_log_var) side by side, and a decoder to logits."""
    if network == "dense":
        return (
            nn.Sequential(nn.Linear(784, 256), nn.ReLU(), nn.Linear(256, 4)),
            nn.Sequential(nn.Linear(2, 256), nn.ReLU(), nn.Linear(256, 784)),
        )
    encoder = nn.Sequential(
        nn.Unflatten(1, (1, 28, 28)),
        *(nn.Conv2d(1, 32, 3, stride=2, padding=1), nn.ReLU()),
        *(nn.Conv2d(32, 64, 3, stride=2, padding=1), nn.ReLU()),
        nn.Flatten(),
        *(nn.Linear(7 * 7 * 64, 64), nn.ReLU()),
        nn.Linear(64, 4),
    )
    twice = {"stride": 2, "padding": 1, "output_padding": 1}
    decoder = nn.Sequential(
        *(nn.Linear(2, 64), nn.ReLU()),
        *(nn.Linear(64, 7 * 7 * 64), nn.ReLU()),
        nn.Unflatten(1, (64, 7, 7)),
        *(nn.ConvTranspose2d(64, 64, 3, **twice), nn.ReLU()),
        *(nn.ConvTranspose2d(64, 32, 3, **twice), nn.ReLU()),
        nn.ConvTranspose2d(32, 1, 3, padding=1),
        nn.Flatten(),
    )
    return encoder, decoder


def in_batches(function: nn.Module, x: torch.Tensor) -> torch.Tensor:
    """Return function(x) without gradients, 1,024 rows at a time."""
    with torch.no_grad():
        return torch.cat([function(rows) for rows in x.split(1024)])
