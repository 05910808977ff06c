"""The loop in PyTorch with the channels last, for which its convolutions on a CPU are faster."""

import torch

from tests.benchmarks.peers import torch_loop


class Peer(torch_loop.Peer):
    memory_format = torch.channels_last
