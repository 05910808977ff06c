"""The network of the playground computes and learns what Keras does."""

import keras
import numpy as np
import pytest
import tensorflow as tf

import vae_widgets as vw
from tests.support.network_in_node import run_node

BATCHES, BATCH, SIZE, HIDDEN, LATENT = 6, 13, 35, 20, 2
LEARNING_RATE = 1e-2
OBJECTIVES = {
    "vae": {"beta": 1.0, "draws": True},
    "beta": {"beta": 4.0, "draws": True},
    "no KL": {"beta": 0.0, "draws": True},
    "autoencoder": {"beta": 0.0, "draws": False},
}


def flat(parts):
    return np.concatenate([np.ravel(part) for part in parts])


class InKeras:
    """A VAE of `VAE.build`, trained on given batches and noise by hand."""

    def __init__(self, objective, vae=None, learning_rate=LEARNING_RATE):
        self.objective = objective
        self.learning_rate = learning_rate
        self.vae = vae or vw.VAE.build((SIZE,), latent_dim=LATENT, hidden_units=(HIDDEN,), seed=3)
        self.variables = [
            *self.vae.encoder.trainable_variables,
            *self.vae.decoder.trainable_variables,
        ]

    @property
    def weights(self):
        return flat(variable.numpy() for variable in self.variables)

    def losses(self, x, noise):
        """Return reconstruction and KL of each sample, from the formulas."""
        z_mean, z_log_var = self.vae.encoder(x)
        z = z_mean + tf.exp(z_log_var / 2) * noise if self.objective["draws"] else z_mean
        logits = self.vae.decoder(z)
        cross_entropy = tf.nn.sigmoid_cross_entropy_with_logits(labels=x, logits=logits)
        kl = 0.5 * (z_mean**2 + tf.exp(z_log_var) - 1 - z_log_var)
        return tf.reduce_sum(cross_entropy, axis=1), tf.reduce_sum(kl, axis=1)

    def train(self, x, noise):
        """Train on batches; return the gradients of the first and the losses of all."""
        adam = keras.optimizers.Adam(self.learning_rate)
        first, losses = None, []
        for batch, draws in zip(x, noise, strict=True):
            with tf.GradientTape() as tape:
                reconstruction, kl = self.losses(batch, draws)
                loss = tf.reduce_mean(reconstruction + self.objective["beta"] * kl)
            gradients = tape.gradient(loss, self.variables)
            first = flat(part.numpy() for part in gradients) if first is None else first
            adam.apply(gradients, self.variables)
            losses.append([float(tf.reduce_mean(part)) for part in (reconstruction, kl)])
        return first, losses


@pytest.fixture(scope="module", params=OBJECTIVES)
def both(request):
    """Return what Keras gives, and what the page gives in WebAssembly and without it."""
    random = np.random.default_rng(0)
    x = random.uniform(0, 1, (BATCHES, BATCH, SIZE)).astype(np.float32)
    noise = random.standard_normal((BATCHES, BATCH, LATENT)).astype(np.float32)
    objective = OBJECTIVES[request.param]
    model = InKeras(objective)
    task = {
        "kind": "updates",
        "sizes": {"data": SIZE, "hidden": HIDDEN, "latent": LATENT, "batch": 8 * 2},
        "weights": model.weights.tolist(),
        "x": [batch.ravel().tolist() for batch in x],
        "noise": [draws.ravel().tolist() for draws in noise],
        "objective": objective,
        "learningRate": LEARNING_RATE,
    }
    gradients, losses = model.train(x, noise)
    z_mean, z_log_var = (part.numpy() for part in model.vae.encoder(x[0]))
    reconstruction, kl = model.losses(x[0], np.zeros_like(z_mean))  # at z_mean
    expected = {
        "gradients": gradients,
        "weights": model.weights,
        "z_mean": z_mean.ravel(),
        "z_log_var": z_log_var.ravel(),
        "decoded": tf.sigmoid(model.vae.decoder(z_mean)).numpy().ravel(),
        "scores": (reconstruction + kl).numpy(),
        "losses": losses,
    }
    return expected, run_node(task)


@pytest.mark.parametrize("engine", ["wasm", "plain"])
def test_gradients_are_those_of_keras(both, engine):
    expected, found = both
    scale = np.abs(expected["gradients"]).max()
    assert scale > 1e-2
    np.testing.assert_allclose(
        found[engine]["gradients"], expected["gradients"], rtol=0, atol=1e-4 * scale
    )


@pytest.mark.parametrize("engine", ["wasm", "plain"])
def test_losses_and_weights_after_steps_of_adam_are_those_of_keras(both, engine):
    expected, found = both
    losses = [[each["reconstruction"], each["kl"]] for each in found[engine]["losses"]]
    np.testing.assert_allclose(losses, expected["losses"], rtol=1e-4, atol=1e-4)
    # Adam divides by the gradient's own size, so that tiny gradients have large rounding errors.
    far = np.abs(np.subtract(found[engine]["weights"], expected["weights"]))
    assert np.quantile(far, 0.99) < 1e-4
    assert far.max() < 0.2 * LEARNING_RATE


@pytest.mark.parametrize("engine", ["wasm", "plain"])
def test_codes_pictures_and_scores_are_those_of_keras(both, engine):
    expected, found = both
    for name in ("z_mean", "z_log_var", "decoded", "scores"):
        scale = np.abs(expected[name]).max()
        np.testing.assert_allclose(
            found[engine][name], expected[name], rtol=0, atol=1e-3 * scale, err_msg=name
        )


def test_fifty_steps_of_the_playground_are_those_of_keras():
    """The page's own sizes; the same initial weights, batches and noise."""
    steps, batch = 50, 128
    digits = vw.load_dataset("digits")
    x = digits.x_train.reshape(-1, 64)
    random = np.random.default_rng(0)
    rows = np.concatenate([random.permutation(len(x)) for _ in range(5)])
    # The last batch of an epoch is smaller, as in the page.
    ends = [min(at, len(x)) for at in range(batch, len(x) + batch, batch)]
    batches = [
        rows[epoch * len(x) + max(0, end - 1) // batch * batch : epoch * len(x) + end]
        for epoch in range(5)
        for end in ends
    ][:steps]
    x = [x[of] for of in batches]
    noise = [random.standard_normal((len(of), LATENT)).astype(np.float32) for of in batches]
    vae = vw.VAE.build((64,), latent_dim=LATENT, hidden_units=(256,), seed=0)
    model = InKeras(OBJECTIVES["vae"], vae, learning_rate=1e-3)
    task = {
        "kind": "updates",
        "sizes": {"data": 64, "hidden": 256, "latent": LATENT, "batch": batch},
        "weights": model.weights.tolist(),
        "x": [each.ravel().tolist() for each in x],
        "noise": [each.ravel().tolist() for each in noise],
        "objective": OBJECTIVES["vae"],
        "learningRate": 1e-3,
    }
    _, expected = model.train(x, noise)
    found = run_node(task)["wasm"]["losses"]
    assert len(expected) == steps
    assert {len(each) for each in x} == {batch, len(digits.x_train) % batch}
    totals = [each["reconstruction"] + each["kl"] for each in found]
    np.testing.assert_allclose(totals, np.sum(expected, axis=1), rtol=1e-4)
    assert totals[-1] < 0.8 * totals[0]


def test_training_ends_at_the_loss_of_keras():
    digits = vw.load_dataset("digits")
    x = digits.x_train.reshape(len(digits.x_train), -1)
    epochs = 12
    vae = vw.VAE.build(digits.sample_shape, latent_dim=2, seed=0)
    history = vae.fit(digits.x_train, epochs=epochs, batch_size=128, verbose=0).history
    task = {
        "kind": "epochs",
        "values": np.rint(16 * x).astype(int).ravel().tolist(),
        **{"size": 64, "divisor": 16, "epochs": epochs, "kinds": ["vae", "autoencoder"], "seed": 0},
        "settings": {"beta": 1, "learningRate": 1e-3},
    }
    ours, autoencoder = np.transpose(
        [[(each["reconstruction"], each["kl"]) for each in epoch] for epoch in run_node(task)],
        (1, 0, 2),
    )
    assert abs(ours[-1].sum() - history["loss"][-1]) < 1
    assert abs(ours[-1, 1] - history["kl_loss"][-1]) < 1
    assert ours[0].sum() - ours[-1].sum() > 10  # it has learnt
    # Without draws and KL it reconstructs better, and its codes spread.
    assert autoencoder[-1, 0] < ours[-1, 0] - 1
    assert autoencoder[-1, 1] > ours[-1, 1]
