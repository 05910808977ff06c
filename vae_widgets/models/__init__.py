"""Variational autoencoders on Keras: the only part of vae_widgets that imports Keras."""

import keras

if keras.backend.backend() != "tensorflow":
    raise ImportError(
        f"vae_widgets.models needs Keras on TensorFlow; Keras runs on {keras.backend.backend()!r}. "
        "Set the environment variable KERAS_BACKEND=tensorflow before Keras is first imported."
    )

from vae_widgets.models.losses.autoregressive import AutoregressiveCategorical
from vae_widgets.models.losses.kl_terms import kl_divergence
from vae_widgets.models.losses.likelihood import Likelihood
from vae_widgets.models.losses.likelihoods import (
    Bernoulli,
    Categorical,
    Gaussian,
)
from vae_widgets.models.losses.objective import EncodedBatch, Losses, Objective
from vae_widgets.models.losses.objectives import ELBO, IWAE, BetaTC, FreeBits, InfoVAE
from vae_widgets.models.losses.sampling import Sampling, reparameterize
from vae_widgets.models.losses.schedules import Cyclical, Warmup
from vae_widgets.models.training.run import TrainingRun
from vae_widgets.models.vae import VAE

__all__ = [
    "ELBO",
    "IWAE",
    "VAE",
    "AutoregressiveCategorical",
    "Bernoulli",
    "BetaTC",
    "Categorical",
    "Cyclical",
    "EncodedBatch",
    "FreeBits",
    "Gaussian",
    "InfoVAE",
    "Likelihood",
    "Losses",
    "Objective",
    "Sampling",
    "TrainingRun",
    "Warmup",
    "kl_divergence",
    "reparameterize",
]
