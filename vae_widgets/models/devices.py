"""Training on the devices of a ``tf.distribute.MirroredStrategy``, each with a share of the batch.

The shares together are the batch that one device would get: the same rows and noise, in the same
order. Sums over the shares are sums over the batch.
"""

from collections.abc import Callable
from typing import Any

import tensorflow as tf


def sum_over_devices(value: Any) -> Any:
    """Return the sum of a tensor over the devices, within a step; on one device the tensor.

    It can be differentiated.
    """
    context = _several()
    return value if context is None else context.all_reduce(tf.distribute.ReduceOp.SUM, value)


def rows_of_share(draw: Callable[[Any], Any], n: Any) -> Any:
    """Return the rows that one device would draw for these n: its part of ``draw(size of batch)``.

    `draw` must give the same on each device.
    """
    context = _several()
    if context is None:
        return draw(n)
    sizes = context.all_gather(tf.reshape(n, [1]), axis=0)
    end = tf.cumsum(sizes)[context.replica_id_in_sync_group]
    return draw(tf.reduce_sum(sizes))[end - n : end]


def over_devices(
    strategy: tf.distribute.Strategy, step: Callable[..., Any], split: Callable[[Any, Any], Any]
) -> Callable[[Any], Any]:
    """Return a step on a batch that divides it among the devices of a strategy.

    `split` maps the batch and a function that takes the share of one tensor to the share of the
    batch. The step returns sums over the devices.
    """
    devices = strategy.num_replicas_in_sync
    if devices == 1:
        return step

    def on_one(batch: Any) -> Any:
        i = _several().replica_id_in_sync_group

        def share(rows: Any) -> Any:
            n = tf.shape(rows)[0]
            return rows[i * n // devices : (i + 1) * n // devices]

        return step(split(batch, share))

    def on_all(batch: Any) -> Any:
        return strategy.experimental_local_results(strategy.run(on_one, args=(batch,)))[0]

    return on_all


def _several() -> Any:
    """Return the context of a device within a step on several ones, else None."""
    context = tf.distribute.get_replica_context()
    return context if context is not None and context.num_replicas_in_sync > 1 else None


def check_devices(model: Any) -> None:
    """Raise ``ValueError`` if a model cannot be trained under its strategy, or the present one."""
    strategy = model.distribute_strategy
    if strategy.num_replicas_in_sync == 1:
        return
    name = type(strategy).__name__
    if not isinstance(strategy, tf.distribute.MirroredStrategy):
        raise ValueError(
            f"the strategy is a {name}; expected a tf.distribute.MirroredStrategy, for several "
            "devices of one machine."
        )
    elsewhere = [
        variable.path
        for variable in model.variables
        if not strategy.extended.variable_created_in_scope(variable.value)
    ]
    if elsewhere:
        raise ValueError(
            f"{elsewhere[0]!r}, a variable of the model, was made outside of the scope of the "
            f"{name} that trains it; expected all within. Make encoder, decoder and VAE, or call "
            "VAE.resume, within: with strategy.scope(): vae = VAE.build(...)."
        )
    if model.jit_compile:
        raise ValueError(
            f"jit_compile is True, but XLA cannot train on the {strategy.num_replicas_in_sync} "
            f"devices of a {name}. Leave it out: vae.compile(optimizer)."
        )
