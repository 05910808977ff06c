"""Training objectives: one small class for each."""

import math
from typing import Any, Self

import keras
from keras import ops

from vae_widgets.core import checks
from vae_widgets.models.losses.configured import Configured
from vae_widgets.models.losses.kl_terms import (
    kl_divergence,
    log_normal,
    mmd_to_prior,
    split_kl,
    stratified_weights,
)
from vae_widgets.models.losses.objective import EncodedBatch, Losses, Objective
from vae_widgets.models.losses.sampling import reparameterize


class _Named(Configured):
    n_draws = 1
    needs_dataset_size = False
    _name_of_n_samples = ""  # of the argument that files of earlier versions call "n_samples"

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Self:
        """Rebuild an objective from `get_config`, also of an earlier version."""
        new = {"n_samples": cls._name_of_n_samples or "n_samples"}
        return super().from_config({new.get(name, name): config[name] for name in config})


@keras.saving.register_keras_serializable(package="vae_widgets")
class ELBO(_Named):
    """The negative evidence lower bound, with the KL term weighted by beta.

    loss = E_q[-log p(x | z)] + beta KL(q(z | x) || p(z)), with one draw of z per sample; Kingma &
    Welling (2014), equation 10, and Higgins et al. (2017), equation 4.

    Examples
    --------
    >>> vae = vw.VAE.build((8,), likelihood="gaussian", objective=vw.ELBO())
    """

    def __call__(self, batch: EncodedBatch) -> Losses:
        """Return the losses."""
        reconstruction, kl = _elbo_terms(batch)
        return Losses(reconstruction + batch.beta * kl, reconstruction, kl)


@keras.saving.register_keras_serializable(package="vae_widgets")
class FreeBits(_Named):
    """The ELBO with a KL that is free up to `nats` in each latent dimension.

    loss = E_q[-log p(x | z)] + beta sum_j max(nats, mean over the batch of KL_j), which keeps the
    posterior from collapsing. Kingma et al., "Improving Variational Inference with Inverse
    Autoregressive Flow" (2016), equation 15, with each dimension as a group. The KL shown is the
    true one.

    With `prior_share`, this share of the samples, chosen anew in each step, is decoded from a draw
    of the prior in place of z, so that the decoder also trains between the codes. The loss is no
    bound then, and the reconstruction_loss shown counts these samples; `VAE.elbo` does not.

    Parameters
    ----------
    nats
        Free KL of a latent dimension, at least 0.
    prior_share
        Share of the samples that are decoded from a draw of the prior, from 0 to 1.

    Examples
    --------
    >>> vae = vw.VAE.build((8,), likelihood="gaussian", objective=vw.FreeBits(nats=0.5))
    """

    @checks.suggest_keywords
    def __init__(self, nats: float = 0.25, prior_share: float = 0.0) -> None:
        self.nats = checks.number_between("nats", nats, 0)
        self.prior_share = checks.number_between("prior_share", prior_share, 0, 1)
        self.n_draws = 3 if self.prior_share else 1  # of q, of the prior, and for the choice

    def __call__(self, batch: EncodedBatch) -> Losses:
        """Return the losses."""
        z = _one_draw(batch)
        if self.prior_share:
            quantile = 0.5 + 0.5 * ops.erf(batch.epsilon[:, 2, :1] / math.sqrt(2))
            z = ops.where(quantile < self.prior_share, batch.epsilon[:, 1], z)
        reconstruction = batch.reconstruction(z)
        kl = kl_divergence(batch.z_mean, batch.z_log_var)
        charged = ops.sum(ops.maximum(batch.mean(kl), self.nats))
        return Losses(reconstruction + batch.beta * charged, reconstruction, ops.sum(kl, axis=-1))

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that rebuild this objective."""
        return {"nats": self.nats, "prior_share": self.prior_share}


@keras.saving.register_keras_serializable(package="vae_widgets")
class IWAE(_Named):
    """The importance-weighted bound with k draws of z for each sample.

    loss = -log(1/k sum_i w_i) with w_i = p(x | z_i) (p(z_i) / q(z_i | x))^beta; with beta = 1 the
    negative bound of Burda et al., "Importance Weighted Autoencoders" (2016), equation 8. Time and
    memory of the decoder grow with k. The reconstruction_loss shown is the mean over the draws, the
    kl_loss the closed form.

    Parameters
    ----------
    n_draws
        k, the draws of z for each sample, at least 1.

    Examples
    --------
    >>> vae = vw.VAE.build((8,), likelihood="gaussian", objective=vw.IWAE(5))
    """

    _name_of_n_samples = "n_draws"

    @checks.suggest_keywords
    def __init__(self, n_draws: int = 5) -> None:
        self.n_draws = checks.positive_int("n_draws", n_draws)

    def __call__(self, batch: EncodedBatch) -> Losses:
        """Return the losses."""
        z_mean, z_log_var = batch.z_mean[:, None], batch.z_log_var[:, None]
        z = reparameterize(z_mean, z_log_var, batch.epsilon)
        reconstruction = batch.reconstruction(z)
        # log q(z | x) - log p(z); the constants cancel.
        kl_terms = 0.5 * (ops.square(z) - ops.square(batch.epsilon) - z_log_var)
        log_weights = -reconstruction - batch.beta * ops.sum(kl_terms, axis=-1)
        bound = ops.logsumexp(log_weights, axis=-1) - math.log(self.n_draws)
        kl = ops.sum(kl_divergence(batch.z_mean, batch.z_log_var), axis=-1)
        return Losses(-bound, ops.mean(reconstruction, axis=-1), kl)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that rebuild this objective."""
        return {"n_draws": self.n_draws}


@keras.saving.register_keras_serializable(package="vae_widgets")
class InfoVAE(_Named):
    """The ELBO with a weaker KL, and an MMD between all codes and the prior.

    loss = E_q[-log p(x | z)] + beta (1 - alpha) KL(q(z | x) || p(z)) + (alpha + lambda_ - 1)
    MMD^2(q(z), p(z)); Zhao, Song & Ermon, "InfoVAE: Balancing Learning and Inference in Variational
    Autoencoders" (2019), equation 6, with an RBF kernel (`mmd_to_prior`).

    Parameters
    ----------
    alpha
        Share of the KL term to leave out; 1 is the MMD-VAE.
    lambda_
        Weight of the MMD. The default is large because the MMD is at most 2 nats.
    bandwidth
        Deviation of the kernel, above 0; None for sqrt(latent_dim).

    Examples
    --------
    >>> vae = vw.VAE.build((8,), likelihood="gaussian", objective=vw.InfoVAE())
    """

    @checks.suggest_keywords
    def __init__(
        self, alpha: float = 0.0, lambda_: float = 1000.0, bandwidth: float | None = None
    ) -> None:
        self.alpha = checks.number_between("alpha", alpha, high=1)
        self.lambda_ = checks.finite_number("lambda_", lambda_)
        if self.alpha + self.lambda_ < 1:
            raise ValueError(
                f"alpha + lambda_ is {self.alpha + self.lambda_:g}; expected at least 1, for with "
                "less the codes would be driven away from the prior. Raise lambda_."
            )
        self.bandwidth = (
            None
            if bandwidth is None
            else checks.number_between("bandwidth", bandwidth, 0, open_low=True)
        )

    def __call__(self, batch: EncodedBatch) -> Losses:
        """Return the losses."""
        z = _one_draw(batch)
        reconstruction = batch.reconstruction(z)
        kl = ops.sum(kl_divergence(batch.z_mean, batch.z_log_var), axis=-1)
        discrepancy = mmd_to_prior(z, batch.weights, self.bandwidth)
        loss = (
            reconstruction
            + batch.beta * (1 - self.alpha) * kl
            + (self.alpha + self.lambda_ - 1) * discrepancy
        )
        return Losses(loss, reconstruction, kl)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that rebuild this objective."""
        return {"alpha": self.alpha, "lambda_": self.lambda_, "bandwidth": self.bandwidth}


@keras.saving.register_keras_serializable(package="vae_widgets")
class BetaTC(_Named):
    """The ELBO with the KL term split in three, of which beta weighs the total correlation.

    loss = E_q[-log p(x | z)] + alpha I(z; n) + beta TC(z) + gamma sum_j KL(q(z_j) || p(z_j)); Chen
    et al., "Isolating Sources of Disentanglement in VAEs" (2018), equations 2 and 4. A beta above 1
    presses for independent latent dimensions. q(z) and q(z_j) are estimated within the batch by
    stratified sampling (appendix C.2). The kl_loss shown is the closed form.

    Parameters
    ----------
    alpha, gamma
        Weights of the mutual information and of the dimension-wise KL, at least 0.
    dataset_size
        Size of the data set; needed for datasets only.

    Examples
    --------
    >>> vae = vw.VAE.build((8,), likelihood="gaussian", objective=vw.BetaTC())
    """

    needs_dataset_size = True
    _name_of_n_samples = "dataset_size"

    @checks.suggest_keywords
    def __init__(
        self, alpha: float = 1.0, gamma: float = 1.0, dataset_size: int | None = None
    ) -> None:
        self.alpha = checks.number_between("alpha", alpha, 0)
        self.gamma = checks.number_between("gamma", gamma, 0)
        self.dataset_size = (
            None if dataset_size is None else checks.positive_int("dataset_size", dataset_size)
        )

    def __call__(self, batch: EncodedBatch) -> Losses:
        """Return the losses."""
        z = _one_draw(batch)
        reconstruction = batch.reconstruction(z)
        n = ops.where(batch.n_samples > 0, batch.n_samples, float(self.dataset_size or 0))
        log_q = ops.sum(log_normal(z, batch.z_mean, batch.z_log_var), axis=-1)
        mixture = stratified_weights(batch.weights, n)
        terms = split_kl(z, log_q, batch.z_mean, batch.z_log_var, mixture)
        mutual_information, total_correlation, dimension_wise = terms
        loss = (
            reconstruction
            + self.alpha * mutual_information
            + batch.beta * total_correlation
            + self.gamma * dimension_wise
        )
        kl = ops.sum(kl_divergence(batch.z_mean, batch.z_log_var), axis=-1)
        return Losses(loss, reconstruction, kl)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that rebuild this objective."""
        return {"alpha": self.alpha, "gamma": self.gamma, "dataset_size": self.dataset_size}


class Reconstruction(_Named):
    """The reconstruction from z_mean alone: what a plain autoencoder minimises."""

    n_draws = 0

    def __call__(self, batch: EncodedBatch) -> Losses:
        """Return the losses."""
        reconstruction = batch.reconstruction(batch.z_mean)
        return Losses(reconstruction, reconstruction, ops.zeros_like(reconstruction))


OBJECTIVES: dict[str, type[_Named]] = {
    "elbo": ELBO,
    "free_bits": FreeBits,
    "iwae": IWAE,
    "info_vae": InfoVAE,
    "beta_tc": BetaTC,
}


def make_objective(objective: str | Objective, variational: bool = True) -> Objective:
    """Return the objective of a given name with its defaults, or the object itself."""
    if not variational:
        if objective not in ("elbo", ELBO()):
            raise ValueError(
                f"objective is {objective!r}; a plain autoencoder (variational=False) minimises "
                "its reconstruction loss and nothing else. Leave objective out, or pass "
                "variational=True."
            )
        return Reconstruction()
    if isinstance(objective, str):
        return OBJECTIVES[checks.one_of("objective", objective, OBJECTIVES)]()  # type: ignore[return-value]
    if isinstance(objective, type) or not isinstance(objective, Objective):
        hint = f" Call it: {objective.__name__}()." if isinstance(objective, type) else ""
        raise TypeError(
            f"objective must be a name ({', '.join(OBJECTIVES)}) or an object such as "
            f"IWAE(n_draws=5); received {objective!r}.{hint}"
        )
    checks.positive_int("objective.n_draws", objective.n_draws, minimum=0)
    return objective


def _one_draw(batch: EncodedBatch) -> Any:
    return reparameterize(batch.z_mean, batch.z_log_var, batch.epsilon[:, 0])


def _elbo_terms(batch: EncodedBatch) -> tuple[Any, Any]:
    reconstruction = batch.reconstruction(_one_draw(batch))
    return reconstruction, ops.sum(kl_divergence(batch.z_mean, batch.z_log_var), axis=-1)
