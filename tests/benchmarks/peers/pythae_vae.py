"""The VAE of pythae, with the network of the others."""

import tempfile

import numpy as np
import torch
from numpy.typing import NDArray
from pythae.data.datasets import BaseDataset
from pythae.models import VAE, VAEConfig
from pythae.models.base.base_utils import ModelOutput
from pythae.models.nn import BaseDecoder, BaseEncoder
from pythae.trainers import BaseTrainer, BaseTrainerConfig

from tests.benchmarks.peers.torch_networks import halves, in_batches


class Encoder(BaseEncoder):
    def __init__(self, network: torch.nn.Module) -> None:
        super().__init__()
        self.network = network

    def forward(self, x: torch.Tensor) -> ModelOutput:
        z_mean, z_log_var = self.network(x).chunk(2, dim=1)
        return ModelOutput(embedding=z_mean, log_covariance=z_log_var)


class Decoder(BaseDecoder):
    def __init__(self, network: torch.nn.Module) -> None:
        super().__init__()
        self.network = network

    def forward(self, z: torch.Tensor) -> ModelOutput:
        return ModelOutput(reconstruction=torch.sigmoid(self.network(z)))


class Peer:
    """Its trainer's loop over an epoch, without the model files that it writes at the end."""

    def __init__(self, x: NDArray[np.float32], network: str) -> None:
        assert network != "conv64"
        self._x = torch.from_numpy(x.copy())
        encoder, decoder = halves(network)
        config = VAEConfig(input_dim=(784,), latent_dim=2, reconstruction_loss="bce")
        self._model = VAE(config, encoder=Encoder(encoder), decoder=Decoder(decoder))
        self._folder = tempfile.TemporaryDirectory()
        self._trainer = BaseTrainer(
            self._model,
            train_dataset=BaseDataset(self._x, labels=torch.zeros(len(x))),
            training_config=BaseTrainerConfig(
                output_dir=self._folder.name,
                learning_rate=1e-3,
                per_device_train_batch_size=128,
                no_cuda=True,
            ),
        )
        self._trainer.prepare_training()
        # The progress bar is for terminals.
        self._trainer.callback_handler.callbacks = self._trainer.callback_handler.callbacks[:1]

    def epoch(self) -> None:
        self._trainer.train_step(epoch=1)

    def encode(self) -> None:
        in_batches(lambda x: self._model.encoder(x).embedding, self._x).numpy()

    def decode(self, n: int) -> None:
        with torch.no_grad():
            self._model.decoder(torch.zeros(n, 2)).reconstruction.numpy()
