"""The tutorial's network, 784-256-2-256-784, as the README quotes it; nothing is published."""

from tests.benchmarks.reproduce.experiment import Clock, Row, Settings, mnist


def run(settings: Settings) -> Row:
    """Train 30 epochs on grey digits, and test."""
    from vae_widgets import VAE

    clock = Clock()
    x_train, x_test = mnist(settings)
    epochs = settings.pick(settings.epochs, usual=30, quick=1)
    vae = VAE.build((784,), seed=settings.seed)
    vae.fit(x_train, epochs=epochs, batch_size=128, verbose=0)
    logs = vae.evaluate(x_test, verbose=0, return_dict=True)
    return Row(
        what="Tutorial's dense VAE, 2 latents, grey digits",
        published={},
        ours={f"test {name}": value for name, value in logs.items()},
        schedule=f"{epochs} epochs, Adam(1e-3), batches of 128.",
        differences=[],
        seed=settings.seed,
        minutes=clock.minutes,
    )
