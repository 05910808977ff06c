"""Molecules of MOSES: likelihood, reconstruction, and 10,000 samples from the prior."""

import itertools
import math
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from tests.benchmarks.reproduce.experiment import Clock, Row, Settings

if TYPE_CHECKING:
    from vae_widgets import VAE, Dataset

LATENT_DIM, CONTEXT = 20, 24
BATCH, WARMUP_STEPS = 64, 300


class Sitting(NamedTuple):
    """A part of the training with an optimizer of its own."""

    epochs: int
    learning_rate: float
    free_nats: float
    prior_share: float  # of molecules that are decoded from draws of the prior


SITTINGS = (
    Sitting(12, 2e-3, 0.95, 0.0),
    Sitting(4, 1.5e-3, 0.95, 0.1),
    Sitting(8, 1.5e-3, 0.95, 0.1),
    Sitting(3, 1e-3, 1.0, 0.1),
    Sitting(3, 8e-4, 1.0, 0.15),
)
EPOCHS = sum(sitting.epochs for sitting in SITTINGS)
TEMPERATURES = (0.0, 0.5, 1.0)
HELD_OUT = 2_000  # of the training molecules, on which these settings were chosen
SAMPLES, REFERENCES, WALKERS, STEPS = 10_000, 3_000, 100, 50


def run(settings: Settings) -> Row:
    """Train one model, and measure all that the benchmark and the walk by QED say of it."""
    from vae_widgets import load_dataset, molecules

    clock = Clock()
    ds = load_dataset("molecules")
    few = slice(100 if settings.quick else None)
    x_train, x_test = ds.x_train[:-HELD_OUT][few], ds.x_test[few]
    epochs = settings.pick(settings.epochs, EPOCHS, 1)
    vae = train(ds, epochs, settings.seed, x_train, clock)
    n = settings.pick(None, SAMPLES, 30)
    return Row(
        what=f"Molecules as SELFIES, local autoregression over {CONTEXT} tokens",
        published={
            f"{name}, T=1": molecules.MOSES["VAE"][name]
            for name in ("validity", "uniqueness", "novelty", "IntDiv")
        },
        ours={
            **likelihood(vae, x_test, settings.seed),
            **generated(vae, ds, x_train, x_test, n, settings.seed),
            **by_qed(vae, ds, settings.pick(None, WALKERS, 5), settings.pick(None, STEPS, 3)),
        },
        schedule=f"{epochs} epochs of {len(x_train):,} molecules, in {len(shortened(epochs))} "
        "sittings with a learning rate of their own.",
        differences=[
            f"Data: {ds.source}. The VAE of MOSES is a recurrent network for SMILES that was "
            "trained on 1.6 million molecules, and draws its tokens at temperature 1; SNN is not "
            f"comparable, because it is to {min(REFERENCES, len(x_test)):,} molecules here and to "
            "176,000 there. SELFIES make every sample valid."
        ],
        seed=settings.seed,
        minutes=clock.minutes,
    )


def train(ds: "Dataset", epochs: int, seed: int, x: Any, clock: Clock | None = None) -> "VAE":
    """Return a model of a data set of molecules, trained on `x` in several sittings.

    As float16 it fits into a bundle of 500 kB: therefore the last block has few channels.
    """
    import keras

    from vae_widgets import VAE, AutoregressiveCategorical, FreeBits, Warmup

    likelihood = AutoregressiveCategorical(
        ds.n_classes, CONTEXT, features=224, hidden_units=192, embedding_dim=12, seed=seed
    )
    vae = VAE.build(
        ds.sample_shape,
        LATENT_DIM,
        "sequence",
        likelihood,
        beta=Warmup(1),
        filters=(40, 8),
        hidden_units=(64,),
        seed=seed,
    )

    def say(epoch: int, logs: dict[str, float]) -> None:
        if clock:
            shown = ", ".join(f"{name} {value:.2f}" for name, value in logs.items())
            clock.say(f"epoch {done + epoch + 1} of {epochs}: {shown}")

    callback = keras.callbacks.LambdaCallback(on_epoch_end=say)
    done = 0
    for sitting in shortened(epochs):
        vae.objective = FreeBits(sitting.free_nats, sitting.prior_share)
        steps = sitting.epochs * -(-len(x) // BATCH)
        rate = keras.optimizers.schedules.CosineDecay(
            sitting.learning_rate / 10,
            max(1, steps - WARMUP_STEPS),
            alpha=0.01,
            warmup_target=sitting.learning_rate,
            warmup_steps=WARMUP_STEPS,
        )
        vae.compile(keras.optimizers.Adam(rate, global_clipnorm=5.0))
        vae.fit(x, epochs=sitting.epochs, batch_size=BATCH, verbose=0, callbacks=[callback])
        done += sitting.epochs
        vae.beta = 1.0
    return vae


def shortened(epochs: int) -> list[Sitting]:
    """Return the sittings, shortened alike to a number of epochs; those of none are left out."""
    planned = itertools.accumulate((s.epochs for s in SITTINGS), initial=0)
    ends = [math.ceil(epochs * end / EPOCHS) for end in planned]
    lengths = (end - start for start, end in itertools.pairwise(ends))
    pairs = zip(SITTINGS, lengths, strict=True)
    return [sitting._replace(epochs=length) for sitting, length in pairs if length]


def likelihood(vae: "VAE", x: Any, seed: int) -> dict[str, float]:
    """Return the nats of test molecules, and how many are decoded exactly."""
    decoded = vae.decode(vae.encode(x)[0])
    return {
        "-ELBO, test": float(-vae.elbo(x, seed=seed).mean()),
        "KL, test": float(vae.kl_per_dimension(x).sum()),
        "exact reconstruction": float((decoded == x).all(axis=1).mean()),
        "tokens right": float(1 - vae.reconstruction_error(x).mean()),
    }


def generated(
    vae: "VAE", ds: "Dataset", x_train: Any, x_test: Any, n: int, seed: int
) -> dict[str, float]:
    """Return the figures of merit of samples from the prior, and of the data as a floor."""
    from vae_widgets import molecules

    train, reference = (ds.renderer.smiles(x) for x in (x_train, x_test[:REFERENCES]))
    figures = {}
    for temperature in TEMPERATURES:
        samples = ds.renderer.smiles(vae.sample(n, seed=seed, temperature=temperature))
        measured = molecules.measure(samples, train=train, reference=reference)
        measured["QED, mean"] = float(np.nanmean(molecules.qed(samples)))
        figures |= {f"{name}, T={temperature:g}": value for name, value in measured.items()}
    rest = train[: len(reference)]
    return {
        **figures,
        "SNN of training molecules": molecules.similarity_to_nearest(rest, reference),
        "QED, mean of test": float(np.nanmean(molecules.qed(reference))),
    }


def by_qed(vae: "VAE", ds: "Dataset", walkers: int, steps: int) -> dict[str, float]:
    """Return the real QED that a walk reaches, and that of random search of the same budget."""
    from vae_widgets import molecules

    def qed(x: Any) -> Any:
        # A molecule that cannot be drawn has none; it counts as the worst, in both searches.
        return np.nan_to_num(molecules.qed(ds.renderer.smiles(x)))

    start = np.random.default_rng(1).standard_normal((walkers, vae.latent_dim))
    found = molecules.walk(vae.decode, qed, start, n_steps=steps, seed=1)
    drawn = np.sort(qed(vae.sample(found.budget, seed=2)))[::-1]
    return {
        f"QED of {walkers} walkers, mean at the start": float(found.scores[0].mean()),
        "mean at the end": float(found.scores[-1].mean()),
        "best": float(found.scores[-1].max()),
        f"random search of the same budget, mean of the best {walkers}": float(
            drawn[:walkers].mean()
        ),
        "best of random search": float(drawn[0]),
    }
