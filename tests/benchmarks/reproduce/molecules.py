"""Molecules of MOSES: likelihood, reconstruction, and 10,000 samples from the prior."""

from typing import TYPE_CHECKING, Any

import numpy as np

from tests.benchmarks.reproduce.experiment import Clock, Row, Settings

if TYPE_CHECKING:
    from vae_widgets import VAE, Dataset

EPOCHS, BATCH = 12, 128
LATENT_DIM, FREE_NATS = 32, 0.8
SAMPLES, REFERENCES, WALKERS, STEPS = 10_000, 3_000, 100, 50


def run(settings: Settings) -> Row:
    """Train one model, and measure all that the benchmark and the walk by QED say of it."""
    from vae_widgets import load_dataset, molecules

    clock = Clock()
    ds = load_dataset("molecules")
    few = slice(100 if settings.quick else None)
    x_train, x_test = ds.x_train[few], ds.x_test[few]
    epochs = settings.pick(settings.epochs, EPOCHS, 1)
    vae = train(ds, epochs, settings.seed, x_train, clock)
    n = settings.pick(None, SAMPLES, 30)
    return Row(
        what="Molecules as SELFIES, local autoregression over 8 tokens",
        published={
            "validity": molecules.MOSES["VAE"]["validity"],
            "uniqueness": molecules.MOSES["VAE"]["uniqueness"],
            "novelty": molecules.MOSES["VAE"]["novelty"],
            "IntDiv": molecules.MOSES["VAE"]["IntDiv"],
        },
        ours={
            **likelihood(vae, x_test, settings.seed),
            **generated(vae, ds, x_train, x_test, n, settings.seed),
            **by_qed(vae, ds, settings.pick(None, WALKERS, 5), settings.pick(None, STEPS, 3)),
        },
        schedule=f"{epochs} epochs of {len(x_train):,} molecules.",
        differences=[
            f"Data: {ds.source}. The VAE of MOSES is a recurrent network for SMILES that was "
            "trained on 1.6 million molecules; SNN is not comparable, because it is to "
            f"{min(REFERENCES, len(x_test)):,} molecules here and to 176,000 there. SELFIES "
            "make every sample valid."
        ],
        seed=settings.seed,
        minutes=clock.minutes,
    )


def train(ds: "Dataset", epochs: int, seed: int, x: Any, clock: Clock | None = None) -> "VAE":
    """Return a model of a data set of molecules, trained on `x`."""
    import keras

    from vae_widgets import VAE, AutoregressiveCategorical, FreeBits, Warmup

    vae = VAE.build(
        ds.sample_shape,
        LATENT_DIM,
        "sequence",
        AutoregressiveCategorical(ds.n_classes, context=8, seed=seed),
        beta=Warmup(max(1, epochs // 4)),
        objective=FreeBits(FREE_NATS),
        filters=(64,),
        seed=seed,
    )
    steps = epochs * -(-len(x) // BATCH)
    rate = keras.optimizers.schedules.CosineDecay(2e-3, steps)
    vae.compile(keras.optimizers.Adam(rate, global_clipnorm=5.0))

    def say(epoch: int, logs: dict[str, float]) -> None:
        if clock:
            shown = ", ".join(f"{name} {value:.2f}" for name, value in logs.items())
            clock.say(f"epoch {epoch + 1} of {epochs}: {shown}")

    callback = keras.callbacks.LambdaCallback(on_epoch_end=say)
    vae.fit(x, epochs=epochs, batch_size=BATCH, verbose=0, callbacks=[callback])
    return vae


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
    samples = ds.renderer.smiles(vae.sample(n, seed=seed))
    ours = molecules.measure(samples, train=train, reference=reference)
    rest = train[: len(reference)]
    return {
        **ours,
        "SNN of training molecules": molecules.similarity_to_nearest(rest, reference),
        "QED, mean of samples": float(np.nanmean(molecules.qed(samples))),
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
