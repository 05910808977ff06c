"""Variational autoencoders on Keras: the only part of vae_widgets that imports Keras."""

import keras

if keras.backend.backend() != "tensorflow":
    raise ImportError(
        f"vae_widgets.models needs Keras on TensorFlow; Keras runs on {keras.backend.backend()!r}. "
        "Set the environment variable KERAS_BACKEND=tensorflow before Keras is first imported."
    )

from vae_widgets.models.layers import Sampling
from vae_widgets.models.likelihoods import Bernoulli, Categorical, Gaussian, Likelihood
from vae_widgets.models.training_run import TrainingRun
from vae_widgets.models.vae import VAE

__all__ = [
    "VAE",
    "Bernoulli",
    "Categorical",
    "Gaussian",
    "Likelihood",
    "Sampling",
    "TrainingRun",
]
