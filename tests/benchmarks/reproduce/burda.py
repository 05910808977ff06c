"""Burda, Grosse & Salakhutdinov, "Importance Weighted Autoencoders" (2016), table 1.

One stochastic layer of 50 units, two layers of 200 tanh units a side, MNIST binarised again for
each epoch; negative log-likelihood of the test digits with 5,000 draws: 86.76 for the VAE (k = 1),
84.78 for the IWAE with k = 50. Their schedule is 3^i epochs at the rate 0.001 * 10^(-i/7), i = 0
to 7, that is 3,280 epochs, with Adam (epsilon 1e-4) and batches of 20.
"""

import json
from pathlib import Path
from typing import Any

import numpy as np

from tests.benchmarks.reproduce.experiment import (
    Clock,
    Images,
    Row,
    Settings,
    binarized,
    mnist,
)

PUBLISHED_STAGES = 8
BATCH_SIZE = 20


def epochs_of(stages: int) -> int:
    """Return the number of epochs of the first `stages` stages."""
    return (3**stages - 1) // 2


def stage_of(epoch: int) -> int:
    """Return the stage, from 0, that an epoch from 0 belongs to."""
    return next(stage for stage in range(PUBLISHED_STAGES) if epoch < epochs_of(stage + 1))


def run(
    settings: Settings, name: str, what: str, published: float, stages: int, **options: Any
) -> Row:
    """Train the first `stages` stages of a `VAE` with these options, and test.

    The model is kept after each epoch, in the folder "stages" under `name`: an interrupted run goes
    on there, and one with more stages after the last epoch of the earlier one.
    """
    clock = Clock()
    x_train, x_test = mnist(settings)
    stages = settings.pick(settings.stages, usual=stages, quick=1)
    kept = settings.folder / "stages" / name
    vae, epochs_before = _start(settings, kept, epochs_of(stages), clock, x_train, options)
    for epoch in range(epochs_before, epochs_of(stages)):
        stage = stage_of(epoch)
        vae.learning_rate = 1e-3 * 10 ** (-stage / 7)
        x = binarized(x_train, np.random.default_rng([settings.seed, epoch]))
        history = vae.fit(x, epochs=1, batch_size=BATCH_SIZE, verbose=0).history
        _keep(vae, kept, settings.seed, epoch + 1, clock)
        if epoch + 1 == epochs_of(stage + 1):
            clock.say(f"stage {stage + 1} of {stages}: training loss {history['loss'][-1]:.2f}")

    x_test = binarized(x_test, np.random.default_rng([settings.seed, epochs_of(PUBLISHED_STAGES)]))
    n_samples = 10 if settings.quick else 5000
    nll = -float(vae.log_likelihood(x_test, n_samples=n_samples, seed=settings.seed).mean())
    clock.say(f"test NLL with {n_samples} draws: {nll:.2f}")
    epochs, all_epochs = epochs_of(stages), epochs_of(PUBLISHED_STAGES)
    return Row(
        what=f"{what}, 2x200 tanh, 50 latents, dynamic binarisation",
        published={"test NLL, 5,000 draws": published},
        ours={f"test NLL, {n_samples:,} draws": nll, "active units": vae.active_units(x_test)},
        schedule=f"{stages} of {PUBLISHED_STAGES} stages: {epochs} of {all_epochs:,} epochs "
        f"({epochs / all_epochs:.1%}), so the rate has fallen to {vae.learning_rate:.2g} and not "
        "to 1e-4; batches of 20, Adam with epsilon 1e-4, as published.",
        differences=["The test digits are binarised by a draw of our own."],
        seed=settings.seed,
        minutes=clock.minutes,
    )


def _start(
    settings: Settings,
    kept: Path,
    epochs: int,
    clock: Clock,
    x_train: Images,
    options: dict[str, Any],
) -> tuple[Any, int]:
    """Return a model and the number of epochs that it has behind it."""
    import keras

    from vae_widgets import VAE

    if kept.with_suffix(".json").is_file() and not settings.again:
        done = json.loads(kept.with_suffix(".json").read_text())
        if done["seed"] == settings.seed and done["epochs"] <= epochs:
            clock.minutes_before = done["minutes"]
            clock.say(f"continues after epoch {done['epochs']}")
            return keras.saving.load_model(kept.with_suffix(".keras")), done["epochs"]

    keras.utils.set_random_seed(settings.seed)
    vae = VAE(*_halves(x_train), seed=settings.seed, **options)
    vae.compile(optimizer=keras.optimizers.Adam(1e-3, epsilon=1e-4))
    return vae, 0


def _keep(vae: Any, kept: Path, seed: int, epochs: int, clock: Clock) -> None:
    """Write the model and how far it is; a run that ends in between repeats one epoch."""
    kept.parent.mkdir(parents=True, exist_ok=True)
    vae.save(kept.with_suffix(".new.keras"))
    kept.with_suffix(".new.keras").replace(kept.with_suffix(".keras"))
    done = {"seed": seed, "epochs": epochs, "minutes": clock.minutes}
    kept.with_suffix(".json").write_text(json.dumps(done))


def _halves(x_train: Images) -> tuple[Any, Any]:
    """Return encoder and decoder; the output's biases start at the data's means, as theirs."""
    import keras
    from keras import layers

    def hidden(h: Any) -> Any:
        for _ in range(2):
            h = layers.Dense(200, activation="tanh")(h)
        return h

    x, z = keras.Input((784,)), keras.Input((50,))
    h = hidden(x)
    encoder = keras.Model(x, [layers.Dense(50)(h), layers.Dense(50)(h)])
    output = layers.Dense(784)
    decoder = keras.Model(z, output(hidden(z)))
    means = np.clip(x_train.mean(axis=0), 0.001, 0.999)
    output.bias.assign(np.log(means / (1 - means)))
    return encoder, decoder
