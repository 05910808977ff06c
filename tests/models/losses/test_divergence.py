"""A training that diverges is told once, and a model of NaN gives no scores."""

import warnings

import keras
import numpy as np
import pytest
import tensorflow as tf

from vae_widgets import VAE, VAEDetector

SCORES = {
    "elbo": lambda vae, x: vae.elbo(x, seed=0),
    "log_likelihood": lambda vae, x: vae.log_likelihood(x, 3, seed=0),
    "bits": lambda vae, x: vae.bits_per_dimension(x, 3, seed=0),
    "error": lambda vae, x: vae.reconstruction_error(x),
    "score": lambda vae, x: vae.anomaly_score(x),
    "reconstruction": lambda vae, x: vae.anomaly_score(x, "reconstruction"),
    "kl": lambda vae, x: vae.anomaly_score(x, "kl"),
    "iwae": lambda vae, x: vae.anomaly_score(x, "iwae", n_samples=3),
    "mahalanobis": lambda vae, x: vae.anomaly_score(x, "mahalanobis"),
    "a generator": lambda vae, x: vae.anomaly_score(part for part in (x[:5], x[5:])),
    "attribution": lambda vae, x: vae.attribution(x),
    "attribution of the KL": lambda vae, x: vae.attribution(x, "kl"),
    "kl_per_dimension": lambda vae, x: vae.kl_per_dimension(x),
    "active_units": lambda vae, x: vae.active_units(x),
    "kl_decomposition": lambda vae, x: vae.kl_decomposition(x, seed=0),
}


@pytest.fixture(scope="module")
def broken():
    """A model as divergence leaves it."""
    vae = VAE.build((8, 8), hidden_units=(4,), likelihood="gaussian")
    vae.set_weights([np.full_like(weight, np.nan) for weight in vae.get_weights()])
    return vae


@pytest.fixture(scope="module")
def whole(digits):
    vae = VAE.build((8, 8), hidden_units=(4,), likelihood="gaussian")
    vae.update_code_statistics(digits[:50])
    return vae


@pytest.mark.parametrize("as_dataset", [False, True])
def test_the_first_nan_is_told_once_with_its_epoch(make_vae, digits, as_dataset):
    x = digits[:64]
    data = tf.data.Dataset.from_tensor_slices(x).batch(32) if as_dataset else x

    class SpoilTheThirdEpoch(keras.callbacks.Callback):
        def on_epoch_begin(self, epoch, logs=None):
            if epoch == 2:
                self.model.set_weights([w * np.nan for w in self.model.get_weights()])

    with pytest.warns(RuntimeWarning, match="loss became NaN in epoch 3") as seen:
        make_vae().fit(data, epochs=5, batch_size=32, callbacks=[SpoilTheThirdEpoch()], verbose=0)
    told = [str(one.message) for one in seen if "diverged" in str(one.message)]
    assert len(told) == 1
    assert "clipnorm=1.0" in told[0]


def test_the_remedies_help(digits):
    """What the warning says is done here: a lower rate, clipped gradients, an end at the NaN."""

    def fit(optimizer, **options):
        vae = VAE.build((8, 8), hidden_units=(16,), likelihood="gaussian")
        vae.compile(optimizer, jit_compile=False)
        return vae.fit(digits[:256], epochs=5, batch_size=32, verbose=0, **options).history["loss"]

    with pytest.warns(RuntimeWarning, match="diverged"):
        ended = fit(keras.optimizers.SGD(1e3), callbacks=[keras.callbacks.TerminateOnNaN()])
    assert len(ended) == 1
    with warnings.catch_warnings():
        warnings.simplefilter("error", RuntimeWarning)
        assert np.isfinite(fit(keras.optimizers.Adam(1e-4, clipnorm=1.0))).all()


def test_a_validation_that_becomes_infinite_is_told(make_vae, digits):
    vae = make_vae(likelihood="gaussian")
    far = np.full((8, 8, 8), 1e30)
    with pytest.warns(RuntimeWarning, match="val_loss became (infinite|NaN) in epoch 1"):
        vae.fit(digits[:32], validation_data=far, verbose=0)


@pytest.mark.filterwarnings("error::RuntimeWarning")  # the error says it all
@pytest.mark.parametrize("method", SCORES)
def test_a_model_of_nan_gives_no_scores(broken, digits, method):
    with pytest.raises(ValueError, match="gives NaN: the model's weights hold NaN"):
        SCORES[method](broken, digits[:9])


@pytest.mark.parametrize("method", SCORES)
def test_a_whole_model_gives_scores(whole, digits, method):
    assert np.isfinite(SCORES[method](whole, digits[:9])).all()


def test_a_plain_autoencoder_of_nan_gives_no_scores(digits):
    vae = VAE.build((8, 8), hidden_units=(4,), variational=False)
    vae.set_weights([np.full_like(weight, np.nan) for weight in vae.get_weights()])
    with pytest.raises(ValueError, match="weights hold NaN"):
        vae.anomaly_score(digits[:9])


@pytest.mark.parametrize("method", ["elbo", "log_likelihood", "score", "iwae"])
def test_samples_that_overflow_are_named(whole, digits, method):
    x = digits[:9].copy()
    x[[4, 7]] = 3e38
    with pytest.raises(ValueError, match=r"for 2 of 9 samples, first x\[4\].*too large"):
        SCORES[method](whole, x)
    assert np.isfinite(SCORES[method](whole, np.delete(x, [4, 7], axis=0))).all()


def test_a_detector_of_nan_gives_no_scores(digits):
    x = digits.reshape(len(digits), -1)[:50]
    detector = VAEDetector(epochs=1, hidden_units=(4,), latent_dim=2).fit(x)
    weights = detector.vae_.get_weights()
    detector.vae_.set_weights([np.full_like(weight, np.nan) for weight in weights])
    for method in ("anomaly_score", "score_samples", "decision_function", "predict"):
        with pytest.raises(ValueError, match=r"weights of vae_ hold NaN.*lower learning_rate"):
            getattr(detector, method)(x)
