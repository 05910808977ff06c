"""The VAE of pyod, an outlier detector, with the network of the others."""

import numpy as np
from numpy.typing import NDArray
from pyod.models.vae import VAE
from pyod.utils.torch_utility import TorchDataset
from torch.utils.data import DataLoader


class Peer:
    """Its loss is the squared error: its KL term is off by default."""

    def __init__(self, x: NDArray[np.float32], network: str) -> None:
        assert network == "dense"
        self._x = x.copy()
        self._model = VAE(
            preprocessing=False,
            epoch_num=1,
            batch_size=128,
            verbose=0,
            encoder_neuron_list=[256],
            decoder_neuron_list=[256],
            latent_dim=2,
            output_activation_name="sigmoid",
            dropout_rate=0,
            device="cpu",
        )
        self._model.fit(self._x[:256])  # makes the network
        self._batches = DataLoader(TorchDataset(self._x), batch_size=128, shuffle=True)

    def epoch(self) -> None:
        self._model.model.train()
        self._model.train(self._batches)

    def score(self) -> None:
        self._model.decision_function(self._x)

    def score_in_large_batches(self) -> None:
        self._model.decision_function(self._x, batch_size=1024)
