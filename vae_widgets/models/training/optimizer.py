"""The optimizer of a model, and the layers of a user's subclass that it trains too."""

from typing import Any

import keras
import tensorflow as tf

from vae_widgets.models.data.fit_data import Samples


def build_optimizer(model: Any) -> None:
    """Build the optimizer for the present weights; ``ValueError`` if it has trained others."""
    with model.distribute_strategy.scope():
        _build_optimizer(model)


def _build_optimizer(model: Any) -> None:
    optimizer, weights = model.optimizer, model.trainable_variables
    if not optimizer.built:
        optimizer.build(weights)
        return
    # Keras has no public name for the weights that it was built for.
    known = {id(weight) for weight in getattr(optimizer, "_trainable_variables", weights)}
    unknown = [weight for weight in weights if id(weight) not in known]
    if not unknown:
        return
    if int(optimizer.iterations.numpy()) > 0:
        raise ValueError(
            f"the optimizer {optimizer.name!r} has trained other weights than this model's, "
            f"which has {unknown[0].path!r}: those of another model, or of this one before "
            "layers were added. Compile with a new one: "
            f"vae.compile(keras.optimizers.{type(optimizer).__name__}(...))."
        )
    model.optimizer = type(optimizer).from_config(optimizer.get_config())
    model.optimizer.build(weights)


def fixed_learning_rate(optimizer: Any) -> float | None:
    """Return the learning rate, or None if a schedule moves it."""
    rate = optimizer.learning_rate  # a variable that can be set, or what a schedule gives now
    return float(rate.numpy()) if isinstance(rate, keras.Variable) else None


def added_layers(model: Any) -> dict[str, keras.layers.Layer]:
    """Return the layers beside encoder and decoder, by the names of their attributes."""
    own = (model.encoder, model.decoder, model.likelihood)
    return {
        name: value
        for name, value in vars(model).items()
        if isinstance(value, keras.layers.Layer) and not any(value is layer for layer in own)
    }


def build_added_layers(model: Any, data: Samples, in_loop: bool) -> None:
    """Build added layers: by one evaluation of a few samples, if ``train_step`` is ours."""
    if all(layer.built for layer in added_layers(model).values()):
        return
    parts: Any = None
    if data.are_array:
        parts = tuple(tf.constant(part[:2]) for part in data.arrays)
    elif isinstance(data.x, tf.data.Dataset):
        parts = next(iter(data.x.take(1)), None)
    if parts is not None and in_loop:
        model.test_step(parts)
        model.reset_metrics()
    for name, layer in added_layers(model).items():
        if not layer.built:
            raise ValueError(
                f"layer {name!r} is not built, so the optimizer cannot train it. Build it in "
                f"__init__, with the shape of its input: self.{name}.build((None, "
                "self.latent_dim))."
            )
