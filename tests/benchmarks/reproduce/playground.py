"""Training in the page of `save_playground` beside Keras: the loss after the same epochs, by seed.

The network of the page is trained by Node, with the page's own code, on the digits as the page has
them. Keras trains the same network on the same digits, twice: as `VAE.build` makes it, which the
page follows, and as the Keras documentation writes it, with the initial weights of `Dense`. All
draw random numbers of their own, so that only means over seeds can be compared.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from tests.benchmarks.reproduce.experiment import Clock, Images, Row, Settings, full_mnist
from tests.support.network_in_node import run_node
from vae_widgets.playground.data_sets import carried_data_set

SAMPLES, SEEDS, EPOCHS = 5_000, 12, 10
LEVELS = 15
"""A pixel of the page is one of 0, 1/15, ..., 1."""


def run(settings: Settings) -> Row:
    """Train with each seed in the page and in Keras."""
    clock = Clock()
    levels = _levels(settings)
    epochs = settings.pick(settings.epochs, usual=EPOCHS, quick=1)
    seeds = range(settings.seed, settings.seed + settings.pick(None, usual=SEEDS, quick=2))
    ours: dict[str, float] = {}
    means = {}
    for name, train in TRAINED.items():
        losses = [train(levels, epochs, seed) for seed in seeds]
        means[name] = float(np.mean(losses))
        figures = {"": means[name], ", deviation over seeds": float(np.std(losses, ddof=1))}
        figures |= {", least": min(losses), ", most": max(losses)}
        ours |= {f"loss, {name}{figure}": value for figure, value in figures.items()}
        clock.say(f"{name}: {', '.join(f'{loss:.2f}' for loss in losses)}")
    ours |= {f"page - {name}": means[PAGE] - mean for name, mean in means.items() if name != PAGE}
    return Row(
        what=f"The playground's network, {len(levels):,} digits in {LEVELS + 1} grey levels",
        published={},
        ours=ours,
        schedule=f"{epochs} epochs, Adam(1e-3), batches of 128; the mean loss of the last epoch, "
        f"over {len(seeds)} seeds.",
        differences=["Nothing is published. The page and Keras draw other random numbers."],
        seed=settings.seed,
        minutes=clock.minutes,
    )


def loss_of_page(levels: NDArray[np.uint8], epochs: int, seed: int) -> float:
    """Return the loss of the last epoch, in nats, for digits (n, pixels) in levels."""
    task = {
        "kind": "epochs",
        "values": levels.ravel().tolist(),
        **{"size": levels.shape[1], "divisor": LEVELS, "epochs": epochs, "kinds": ["vae"]},
        **{"seed": seed, "settings": {"beta": 1, "learningRate": 1e-3}},
    }
    ((last,),) = run_node(task)[-1:]
    return float(last["reconstruction"] + last["kl"])


def loss_of_vae(levels: NDArray[np.uint8], epochs: int, seed: int) -> float:
    """Return the same of `VAE.build`, in Keras."""
    from vae_widgets import VAE

    vae = VAE.build(levels.shape[1:], latent_dim=2, hidden_units=(256,), seed=seed)
    history = vae.fit(_grey(levels), epochs=epochs, batch_size=128, verbose=0).history
    return float(history["loss"][-1])


def loss_of_documentation(levels: NDArray[np.uint8], epochs: int, seed: int) -> float:
    """Return the same of the class in the Keras documentation and the initial weights of Keras."""
    import keras

    from tests.benchmarks.peers.plain_keras import PlainVAE, dense

    keras.utils.set_random_seed(seed)
    vae = PlainVAE(*dense())
    vae.compile(optimizer=keras.optimizers.Adam(1e-3))
    history = vae.fit(_grey(levels), epochs=epochs, batch_size=128, verbose=0).history
    return float(history["loss"][-1])


PAGE = "page"
TRAINED: dict[str, Callable[[NDArray[np.uint8], int, int], float]] = {
    PAGE: loss_of_page,
    "`VAE.build` in Keras": loss_of_vae,
    "Keras documentation": loss_of_documentation,
}


def _grey(levels: NDArray[np.uint8]) -> Images:
    return np.float32(levels) / np.float32(LEVELS)


def _levels(settings: Settings) -> NDArray[np.uint8]:
    """Return digits (n, 784) as the page has them, or random ones for a smoke test."""
    if settings.quick:
        return np.random.default_rng(0).integers(0, LEVELS + 1, (256, 784), np.uint8)
    carried = carried_data_set(full_mnist(), SAMPLES)
    assert carried["divisor"] == LEVELS, carried["divisor"]
    pairs = carried["values"]
    both = np.stack([pairs & LEVELS, pairs >> 4], axis=1)
    return both.reshape(carried["count"], -1)
