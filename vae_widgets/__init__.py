"""Jupyter widgets for variational autoencoders.

Public names are imported on first use: ``import vae_widgets`` loads no TensorFlow.
"""

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from vae_widgets.adapters.adapted_codec import AdaptedCodec
    from vae_widgets.adapters.onnx_codec import from_onnx
    from vae_widgets.adapters.pythae_codec import from_pythae
    from vae_widgets.adapters.sklearn_codec import from_sklearn
    from vae_widgets.adapters.torch_codec import from_torch
    from vae_widgets.bundle import BundleError
    from vae_widgets.bundle.codec import BundleCodec
    from vae_widgets.bundle.loading import load
    from vae_widgets.codec import Codec, reconstruction_error
    from vae_widgets.core.scores.baselines import baseline_scores
    from vae_widgets.core.scores.comparison import ScoreComparison, compare_scores
    from vae_widgets.core.scores.policy import ThresholdPolicy
    from vae_widgets.core.scores.residual_maps import residual_maps
    from vae_widgets.core.thresholds import Threshold, choose_threshold
    from vae_widgets.core.training.history import TrainingHistory
    from vae_widgets.core.vocabulary import Vocabulary
    from vae_widgets.datasets import Dataset, list_datasets, load_dataset
    from vae_widgets.datasets.own_data import load_arrays, load_csv, load_images, load_midi
    from vae_widgets.models import (
        ELBO,
        IWAE,
        VAE,
        AutoregressiveCategorical,
        Bernoulli,
        BetaTC,
        Categorical,
        Cyclical,
        EncodedBatch,
        FreeBits,
        Gaussian,
        InfoVAE,
        Likelihood,
        Losses,
        Objective,
        Sampling,
        TrainingRun,
        Warmup,
        kl_divergence,
        reparameterize,
    )
    from vae_widgets.models.detector import VAEDetector
    from vae_widgets.models.sweeps import SweepResult, sweep
    from vae_widgets.playground import save_playground
    from vae_widgets.plugins import list_plugins
    from vae_widgets.pretrained import list_pretrained, load_pretrained
    from vae_widgets.rendering import (
        ImageRenderer,
        MoleculeRenderer,
        PianoRollRenderer,
        Renderer,
        SignalRenderer,
        Sound,
        TableRenderer,
        TextRenderer,
    )
    from vae_widgets.widgets.anomaly_histogram import AnomalyHistogram
    from vae_widgets.widgets.explorer import Explorer
    from vae_widgets.widgets.interpolation_slider import InterpolationSlider
    from vae_widgets.widgets.latent_scatter import LatentScatter
    from vae_widgets.widgets.presentation import presentation
    from vae_widgets.widgets.review_queue import ReviewQueue
    from vae_widgets.widgets.training_monitor import TrainingMonitor

__version__ = "0.1.0"

_HOME = {
    "AdaptedCodec": "adapters.adapted_codec",
    "AnomalyHistogram": "widgets.anomaly_histogram",
    "AutoregressiveCategorical": "models",
    "Bernoulli": "models",
    "BetaTC": "models",
    "Categorical": "models",
    "BundleCodec": "bundle.codec",
    "BundleError": "bundle",
    "Codec": "codec",
    "Cyclical": "models",
    "Dataset": "datasets",
    "ELBO": "models",
    "EncodedBatch": "models",
    "Explorer": "widgets.explorer",
    "FreeBits": "models",
    "Gaussian": "models",
    "IWAE": "models",
    "ImageRenderer": "rendering",
    "InfoVAE": "models",
    "InterpolationSlider": "widgets.interpolation_slider",
    "LatentScatter": "widgets.latent_scatter",
    "Likelihood": "models",
    "Losses": "models",
    "MoleculeRenderer": "rendering",
    "Objective": "models",
    "PianoRollRenderer": "rendering",
    "Renderer": "rendering",
    "ReviewQueue": "widgets.review_queue",
    "Sampling": "models",
    "ScoreComparison": "core.scores.comparison",
    "SignalRenderer": "rendering",
    "Sound": "rendering",
    "SweepResult": "models.sweeps",
    "TableRenderer": "rendering",
    "TextRenderer": "rendering",
    "Threshold": "core.thresholds",
    "ThresholdPolicy": "core.scores.policy",
    "TrainingHistory": "core.training.history",
    "TrainingMonitor": "widgets.training_monitor",
    "TrainingRun": "models",
    "VAE": "models",
    "VAEDetector": "models.detector",
    "Vocabulary": "core.vocabulary",
    "Warmup": "models",
    "baseline_scores": "core.scores.baselines",
    "choose_threshold": "core.thresholds",
    "compare_scores": "core.scores.comparison",
    "from_onnx": "adapters.onnx_codec",
    "from_pythae": "adapters.pythae_codec",
    "from_sklearn": "adapters.sklearn_codec",
    "from_torch": "adapters.torch_codec",
    "kl_divergence": "models",
    "list_datasets": "datasets",
    "list_plugins": "plugins",
    "list_pretrained": "pretrained",
    "load": "bundle.loading",
    "load_arrays": "datasets.own_data",
    "load_csv": "datasets.own_data",
    "load_dataset": "datasets",
    "load_images": "datasets.own_data",
    "load_midi": "datasets.own_data",
    "load_pretrained": "pretrained",
    "presentation": "widgets.presentation",
    "reconstruction_error": "codec",
    "reparameterize": "models",
    "residual_maps": "core.scores.residual_maps",
    "save_playground": "playground",
    "sweep": "models.sweeps",
}

__all__ = [*_HOME, "__version__"]


_MODULES = ("course",)


def __getattr__(name: str) -> Any:
    if name in _MODULES:
        return importlib.import_module(f"{__name__}.{name}")
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(importlib.import_module(f"{__name__}.{_HOME[name]}"), name)
    globals()[name] = value  # the next look-up skips this function
    return value


def __dir__() -> list[str]:
    return sorted([*__all__, *_MODULES])
