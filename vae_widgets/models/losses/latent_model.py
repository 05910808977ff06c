"""What an encoder, a decoder and a likelihood compute together, as functions of tensors."""

from collections.abc import Mapping
from typing import Any

import keras
from keras import ops

from vae_widgets.models.losses.kl_terms import kl_divergence
from vae_widgets.models.losses.likelihood import Likelihood
from vae_widgets.models.losses.sampling import reparameterize


class LatentModel:
    """q(z | x) and p(x | z) of two networks.

    Its functions take float32 tensors: samples x (n, *sample_shape), codes z (n, latent_dim), and
    one-hot labels (n, n_labels) of a conditional model.
    """

    def __init__(
        self,
        encoder: keras.Model,
        decoder: keras.Model,
        likelihood: Likelihood,
        variational: bool = True,
        n_labels: int | None = None,
    ) -> None:
        self.encoder = encoder
        self.decoder = decoder
        self.likelihood = likelihood
        self.variational = variational
        self.n_labels = n_labels

    def code(self, x: Any, *labels: Any, training: bool | None = False) -> tuple[Any, Any]:
        """Return z_mean and z_log_var of q(z | x), each (n, latent_dim)."""
        code = self.encoder([x, *labels] if labels else x, training=training)
        # Layers may compute in another type, as with mixed precision; sums of theirs may not.
        code = encoder_outputs(self.encoder.name, code)
        z_mean = ops.cast(code[0], "float32")
        return z_mean, ops.cast(code[1], "float32") if self.variational else ops.zeros_like(z_mean)

    def decoded(self, z: Any, *labels: Any, training: bool | None = False) -> Any:
        """Return the output of the decoder, which the likelihood takes."""
        decoded = self.decoder([z, *labels] if labels else z, training=training)
        decoded = decoder_output(self.decoder.name, decoded)
        return keras.tree.map_structure(lambda output: ops.cast(output, "float32"), decoded)

    def mean(self, z: Any, *labels: Any, training: bool | None = False) -> Any:
        """Return the mean of p(x | z), (n, *sample_shape)."""
        return self.likelihood.mean(self.decoded(z, *labels, training=training))

    def drawn_tokens(self, z: Any, noise: Any, *labels: Any) -> Any:
        """Return the tokens whose logits plus `noise` are highest, (n, *sample_shape)."""
        return self.likelihood.tokens(self.decoded(z, *labels), noise)

    def reconstruction_loss(self, z: Any, x: Any, *labels: Any, training: bool = False) -> Any:
        """Return -log p(x | z), (n,) for z (n, latent_dim) and (n, k) for (n, k, latent_dim)."""
        if len(z.shape) == 2:
            decoded = self.decoded(z, *labels, training=training)
            return self.likelihood.negative_log_likelihood(x, decoded)
        k = z.shape[1]
        rows = ops.reshape(z, (-1, z.shape[2]))
        data = (ops.repeat(part, k, axis=0) for part in (x, *labels))
        return ops.reshape(self.reconstruction_loss(rows, *data, training=training), (-1, k))

    def elbo_terms(self, epsilon: Any, x: Any, *labels: Any) -> tuple[Any, Any]:
        """Return -log p(x | z) and KL(q(z | x) || p(z)), each (n,), with z from `epsilon`."""
        z_mean, z_log_var = self.code(x, *labels)
        z = reparameterize(z_mean, z_log_var, epsilon)
        kl = ops.sum(kl_divergence(z_mean, z_log_var), axis=-1)
        return self.reconstruction_loss(z, x, *labels), kl

    def kl_per_dimension(self, x: Any, *labels: Any) -> Any:
        """Return KL(q(z_i | x) || p(z_i)), (n, latent_dim)."""
        return kl_divergence(*self.code(x, *labels))

    def reconstruction_error(self, x: Any, *labels: Any) -> Any:
        """Return the error of the mean that z_mean decodes to, (n,)."""
        return self.likelihood.error(x, self._decoded_from_mean(x, *labels))

    def elementwise_loss(self, x: Any, *labels: Any) -> Any:
        """Return what each element adds to -log p(x | z_mean), (n, *sample_shape)."""
        decoded = self._decoded_from_mean(x, *labels)
        return self.likelihood.elementwise_negative_log_likelihood(x, decoded)

    def one_hot(self, labels: Any) -> Any:
        """Return labels (n,) as (n, n_labels)."""
        return ops.one_hot(ops.cast(labels, "int32"), self.n_labels, dtype="float32")

    def _decoded_from_mean(self, x: Any, *labels: Any) -> Any:
        return self.decoded(self.code(x, *labels)[0], *labels)


def encoder_outputs(name: str, code: Any) -> tuple[Any, ...]:
    """Return z_mean, z_log_var and further outputs of an encoder, as a tuple; a dict has names."""
    if isinstance(code, Mapping):
        if "z_mean" not in code:
            raise ValueError(
                f"encoder {name!r} gives a dict with the outputs {_names(code)}; expected 'z_mean' "
                "and 'z_log_var'. Name them so, or return (z_mean, z_log_var)."
            )
        code = [code[key] for key in ("z_mean", "z_log_var") if key in code]
    return _flat("encoder", name, code, "(z_mean, z_log_var)")


def decoder_output(name: str, output: Any) -> Any:
    """Return a decoder's output: one tensor, or a tuple of the mean and its log-variance.

    A dict has the names "mean" and "log_var", or one output by any name.
    """
    if isinstance(output, Mapping):
        if len(output) > 1 and set(output) != {"mean", "log_var"}:
            raise ValueError(
                f"decoder {name!r} gives a dict with the outputs {_names(output)}; expected 'mean' "
                "and 'log_var', or one output. Name them so, or return (mean, log_var)."
            )
        named = len(output) > 1
        output = [output["mean"], output["log_var"]] if named else list(output.values())
    parts = _flat("decoder", name, output, "one tensor, or (mean, log_var)")
    return parts[0] if len(parts) == 1 else parts


def _flat(role: str, name: str, output: Any, expected: str) -> tuple[Any, ...]:
    parts = tuple(output) if isinstance(output, tuple | list) else (output,)
    if not all(hasattr(part, "shape") for part in parts):
        raise ValueError(
            f"{role} {name!r} gives nested outputs; expected {expected}. Return them in one list."
        )
    return parts


def _names(outputs: Mapping[str, Any]) -> str:
    return ", ".join(map(repr, outputs))
