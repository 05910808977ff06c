"""The networks of the other peers, for those that run on PyTorch."""

import math
from itertools import pairwise

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from tests.benchmarks.peers.samples import FILTERS, SHAPES, samples


def halves(network: str) -> tuple[nn.Module, nn.Module]:
    """Return an encoder to (z_mean, z_log_var) side by side, and a decoder to logits.

    Both work on rows: images with the channels first.
    """
    if network == "dense":
        return (
            nn.Sequential(nn.Linear(784, 256), nn.ReLU(), nn.Linear(256, 4)),
            nn.Sequential(nn.Linear(2, 256), nn.ReLU(), nn.Linear(256, 784)),
        )
    height, width, channels = SHAPES[network]
    filters = FILTERS[network]
    small = (filters[-1], height >> len(filters), width >> len(filters))
    encoder, decoder = [nn.Unflatten(1, (channels, height, width))], [nn.Unflatten(1, small)]
    for before, after in pairwise((channels, *filters)):
        encoder += [nn.Conv2d(before, after, 3, stride=2, padding=1), nn.ReLU()]
    twice = {"stride": 2, "padding": 1, "output_padding": 1}
    for before, after in pairwise((filters[-1], *filters[::-1])):
        decoder += [nn.ConvTranspose2d(before, after, 3, **twice), nn.ReLU()]
    n = math.prod(small)
    return (
        nn.Sequential(*encoder, nn.Flatten(), nn.Linear(n, 64), nn.ReLU(), nn.Linear(64, 4)),
        nn.Sequential(
            *(nn.Linear(2, 64), nn.ReLU(), nn.Linear(64, n), nn.ReLU(), *decoder),
            *(nn.ConvTranspose2d(filters[0], channels, 3, padding=1), nn.Flatten()),
        ),
    )


def rows(x: NDArray[np.float32], network: str) -> torch.Tensor:
    """Return grey images (n, 784) as the rows that a network takes."""
    given = samples(x, network)
    if given.ndim == 4:
        given = np.moveaxis(given, -1, 1)
    return torch.from_numpy(given.reshape(len(x), -1).copy())


def in_batches(function: nn.Module, x: torch.Tensor) -> torch.Tensor:
    """Return function(x) without gradients, 1,024 rows at a time."""
    with torch.no_grad():
        return torch.cat([function(rows) for rows in x.split(1024)])
