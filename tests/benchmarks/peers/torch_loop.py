"""A loop written by hand in PyTorch, after the VAE of PyTorch's own examples.

But for its `DataLoader`: batches are gathered from memory, which is several times faster, so that
this is the stronger peer.
"""

import numpy as np
import torch
from numpy.typing import NDArray
from torch.nn.functional import binary_cross_entropy_with_logits

from tests.benchmarks.peers.torch_networks import halves, in_batches, rows


class Peer:
    memory_format = torch.contiguous_format

    def __init__(self, x: NDArray[np.float32], network: str) -> None:
        torch.manual_seed(0)
        self._x = rows(x, network)
        self._encoder, self._decoder = (
            half.to(memory_format=self.memory_format) for half in halves(network)
        )
        parameters = [*self._encoder.parameters(), *self._decoder.parameters()]
        self._optimizer = torch.optim.Adam(parameters, lr=1e-3)

    def epoch(self) -> None:
        total = 0.0
        for batch in torch.randperm(len(self._x)).split(128):
            x = self._x[batch]
            self._optimizer.zero_grad()
            z_mean, z_log_var = self._encoder(x).chunk(2, dim=1)
            z = z_mean + torch.exp(0.5 * z_log_var) * torch.randn_like(z_mean)
            crossentropy = binary_cross_entropy_with_logits(self._decoder(z), x, reduction="sum")
            kl = -0.5 * torch.sum(1 + z_log_var - z_mean.pow(2) - z_log_var.exp())
            loss = (crossentropy + kl) / len(x)
            loss.backward()
            self._optimizer.step()
            total += loss.item()
        if not np.isfinite(total):
            raise ArithmeticError("the loss is not finite")

    def encode(self) -> None:
        in_batches(self._encoder, self._x).numpy()

    def decode(self, n: int) -> None:
        with torch.no_grad():
            torch.sigmoid(self._decoder(torch.zeros(n, 2))).numpy()

    def save(self, path: str) -> None:
        torch.save(self._decoder.state_dict(), path)
