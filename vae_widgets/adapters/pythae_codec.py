"""Models of pythae as codecs."""

from typing import Any

from vae_widgets.adapters.adapted_codec import AdaptedCodec
from vae_widgets.adapters.torch_codec import from_torch
from vae_widgets.core import checks
from vae_widgets.rendering import Renderer

_LIKELIHOODS = {"bce": "bernoulli", "mse": "gaussian"}
# With the ELBO's two terms: a normal q(z | x), the prior N(0, I), and -log p(x | z) of the pixels.
_WITH_ELBO = {
    *("VAE", "BetaVAE", "BetaTCVAE", "DisentangledBetaVAE", "FactorVAE", "INFOVAE_MMD"),
    *("IWAE", "CIWAE", "MIWAE", "PIWAE"),
}
# Between encoder and decoder these have a code book, a flow or a curved space.
_NOT_DIRECT = {"VQVAE", "HRQVAE", "VAE_IAF", "VAE_LinNF", "SVAE", "PoincareVAE"}


@checks.suggest_keywords
def from_pythae(
    model: Any,
    sample_shape: tuple[int, ...] | None = None,
    *,
    channels_first: bool = False,
    renderer: Renderer | str | None = None,
) -> AdaptedCodec:
    """Make a codec of a model of pythae, for all widgets.

    Parameters
    ----------
    model
        A model of ``pythae.models`` whose decoder takes the codes of its encoder: AE, VAE, BetaVAE,
        WAE_MMD, RAE and others.
    sample_shape
        Shape of one sample in your arrays. None takes ``input_dim`` of the model's configuration,
        such as (1, 28, 28).
    channels_first
        Whether your arrays have (h, w, channels), or (h, w) for one channel, where the model takes
        (channels, h, w); then pass their `sample_shape`, too.
    renderer
        Draws samples in widgets that are given no renderer.

    Returns
    -------
    AdaptedCodec
        ``anomaly_score`` is the negative ELBO of a VAE, BetaVAE, BetaTCVAE, DisentangledBetaVAE,
        FactorVAE, InfoVAE and the IWAE family, for the ``reconstruction_loss`` of its
        configuration: "bce" is a Bernoulli likelihood, "mse" a normal one of variance 1. For all
        other models it is the squared error of the reconstruction.

    Raises
    ------
    TypeError
        If it is not a model of pythae, or its decoder takes something else than codes.

    Examples
    --------
    >>> from pythae.models import VAE, VAEConfig
    >>> model = VAE(VAEConfig(input_dim=(1, 8, 8), latent_dim=2))
    >>> codec = vw.from_pythae(model)
    >>> codec.decode([[0.0, 0.0]]).shape
    (1, 1, 8, 8)
    """
    config = getattr(model, "model_config", None)
    if config is None or not all(hasattr(model, name) for name in ("encoder", "decoder")):
        raise TypeError(
            f"model must be a model of pythae, with encoder, decoder and model_config; received "
            f"{type(model).__name__}. For other models of PyTorch use vw.from_torch(encoder, "
            "decoder, sample_shape)."
        )
    name = str(getattr(model, "model_name", ""))
    if name in _NOT_DIRECT:
        raise TypeError(
            f"model is a {name}, whose decoder does not take the codes of its encoder; expected an "
            "AE, a VAE or another model where it does. Pass functions that do the steps between "
            "them to vw.from_torch(encode, decode, sample_shape)."
        )
    shape = config.input_dim if sample_shape is None else sample_shape
    if shape is None:
        raise ValueError(
            "model.model_config has no input_dim; pass sample_shape, the shape of one sample in "
            "your arrays."
        )
    likelihood = None
    if name in _WITH_ELBO:
        likelihood = _LIKELIHOODS.get(str(getattr(config, "reconstruction_loss", None)))
    return from_torch(
        model.encoder,
        model.decoder,
        shape,
        channels_first=channels_first,
        likelihood=likelihood,
        renderer=renderer,
    )
