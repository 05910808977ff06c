"""The convolutional VAE of the Keras documentation, "Variational AutoEncoder" (F. Chollet, 2020).

Its last epoch of 30 prints loss 146.95 = 140.15 (reconstruction) + 6.80 (KL), means over the
training of that epoch on all 70,000 digits.
"""

import numpy as np

from tests.benchmarks.reproduce.experiment import Clock, Row, Settings, mnist


def run(settings: Settings) -> Row:
    """Train as the documentation does, and report what it prints."""
    import keras
    from keras import layers

    from vae_widgets import VAE

    clock = Clock()
    x = np.concatenate(mnist(settings)).reshape(-1, 28, 28, 1)
    epochs = settings.pick(settings.epochs, usual=30, quick=1)
    keras.utils.set_random_seed(settings.seed)

    same = {"padding": "same", "activation": "relu"}
    images = keras.Input((28, 28, 1))
    h = layers.Conv2D(32, 3, 2, **same)(images)
    h = layers.Conv2D(64, 3, 2, **same)(h)
    h = layers.Dense(16, activation="relu")(layers.Flatten()(h))
    encoder = keras.Model(images, [layers.Dense(2)(h), layers.Dense(2)(h)])
    z = keras.Input((2,))
    h = layers.Reshape((7, 7, 64))(layers.Dense(7 * 7 * 64, activation="relu")(z))
    h = layers.Conv2DTranspose(64, 3, 2, **same)(h)
    h = layers.Conv2DTranspose(32, 3, 2, **same)(h)
    decoder = keras.Model(z, layers.Conv2DTranspose(1, 3, padding="same", activation="sigmoid")(h))

    vae = VAE(encoder, decoder, from_logits=False, seed=settings.seed)
    vae.compile(optimizer=keras.optimizers.Adam())
    report = keras.callbacks.LambdaCallback(
        on_epoch_end=lambda epoch, logs: clock.say(f"epoch {epoch + 1}: loss {logs['loss']:.2f}")
    )
    history = vae.fit(x, epochs=epochs, batch_size=128, callbacks=[report], verbose=0).history
    published = {"loss": 146.95, "reconstruction_loss": 140.15, "kl_loss": 6.80}
    return Row(
        what="Keras documentation's conv VAE, 2 latents, 70,000 grey digits",
        published=published,
        ours={name: history[name][-1] for name in published},
        schedule=f"{epochs} of 30 epochs, Adam(1e-3), batches of 128; losses of the training in "
        "the last epoch, as printed there.",
        differences=[
            "`VAE.fit` in place of the documentation's own `train_step`.",
            "Runs differ by some nats, with either, by when they find the second dimension.",
        ],
        seed=settings.seed,
        minutes=clock.minutes,
    )
