"""Weights of samples and of classes: weighted means, in each step and in the logs."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from sklearn.datasets import load_digits

from tests.models.training.test_trainer import assert_same_weights, without_noise
from vae_widgets import VAE

Y = load_digits().target.astype(np.int32)
CLASS_WEIGHT = {0: 3.0, 1: 0.0, 2: 0.5}


def weights_of_classes(y):
    return np.array([CLASS_WEIGHT.get(label, 1.0) for label in y.tolist()], np.float32)


def conditional():
    vae = VAE.build((8, 8), hidden_units=(8,), n_labels=10)
    vae.compile(keras.optimizers.SGD(0.0), jit_compile=False)
    return vae


def test_a_sample_of_weight_two_counts_twice_and_one_of_weight_zero_not(make_vae, digits):
    counts = np.arange(50) % 3
    options = {"shuffle": False, "batch_size": 64, "verbose": 0}
    repeated = without_noise(make_vae(optimizer=keras.optimizers.SGD(0.5)))
    expected = repeated.fit(np.repeat(digits[:50], counts, axis=0), **options).history
    for jit_compile in (False, True):
        weighted = without_noise(make_vae(jit_compile, keras.optimizers.SGD(0.5)))
        logs = weighted.fit(digits[:50], sample_weight=counts, **options).history
        assert_same_weights(weighted, repeated)
        assert logs["loss"] == pytest.approx(expected["loss"], rel=1e-5)


def test_logs_and_validation_are_weighted_means(make_vae, digits):
    x, w = digits[:150], np.linspace(0, 2, 150)
    w[:64] = 0  # a whole batch
    vae = without_noise(make_vae(optimizer=keras.optimizers.SGD(0.0)))
    expected = np.average(vae.anomaly_score(x, "reconstruction"), weights=w)
    history = vae.fit(
        x,
        sample_weight=w,
        validation_data=(x, None, w),
        batch_size=64,
        shuffle=False,
        verbose=0,
    ).history
    evaluated = vae.evaluate(x, sample_weight=w, batch_size=64, verbose=0)
    values = (history["reconstruction_loss"][0], history["val_reconstruction_loss"][0])
    assert [*values, evaluated[1]] == pytest.approx([expected] * 3, rel=1e-5)


def test_a_split_and_a_thread_keep_the_weights(make_vae, digits):
    x, w = digits[:100], np.linspace(0, 2, 100)
    vae = without_noise(make_vae(optimizer=keras.optimizers.SGD(0.0)))
    scores = vae.anomaly_score(x, "reconstruction")
    history = vae.fit_async(x, sample_weight=w, validation_split=0.3).wait(60).history
    parts = [np.average(scores[part], weights=w[part]) for part in (slice(70), slice(70, None))]
    losses = [history[f"{name}reconstruction_loss"][0] for name in ("", "val_")]
    assert losses == pytest.approx(parts, rel=1e-5)


def test_steps_of_a_users_own_get_the_weights(digits):
    class Own(VAE):
        def train_step(self, data):
            return super().train_step(data)

        def test_step(self, data):
            return super().test_step(data)

    x, w = digits[:100], np.linspace(0, 2, 100)
    vae = Own.build((8, 8), hidden_units=(8,))
    vae.compile(keras.optimizers.SGD(0.0), jit_compile=False)
    without_noise(vae)
    expected = np.average(vae.anomaly_score(x, "reconstruction"), weights=w)
    history = vae.fit(x, sample_weight=w, validation_data=(x, None, w), verbose=0).history
    losses = [history[f"{name}reconstruction_loss"][0] for name in ("", "val_")]
    evaluated = vae.evaluate(x, sample_weight=w, verbose=0)[1]
    assert [*losses, evaluated] == pytest.approx([expected] * 3, rel=1e-4)


@pytest.mark.parametrize("as_dataset", [False, True])
def test_class_weights_are_the_weights_of_their_samples(digits, as_dataset):
    x, y = digits[:128], Y[:128]
    options = {"epochs": 1, "verbose": 0}
    if as_dataset:
        pairs = tf.data.Dataset.from_tensor_slices((x, y)).batch(128)
        every = {label: CLASS_WEIGHT.get(label, 1.0) for label in range(10)}
        logs = conditional().fit(pairs, class_weight=every, **options).history
    else:
        logs = conditional().fit(x, y, class_weight=CLASS_WEIGHT, shuffle=False, **options).history
    expected = conditional().fit(
        x, y, sample_weight=weights_of_classes(y), shuffle=False, **options
    )
    plain = conditional().fit(x, y, shuffle=False, **options).history
    assert logs["loss"] == pytest.approx(expected.history["loss"], rel=1e-4)
    assert logs["loss"] != pytest.approx(plain["loss"], rel=1e-4)


@pytest.mark.parametrize(
    ("options", "error", "parts"),
    [
        ({"sample_weight": np.ones(9)}, ValueError, r"has shape \(9,\); expected \(50,\)"),
        ({"sample_weight": -np.ones(50)}, ValueError, r"spans \[-1, -1\]; expected numbers of at"),
        ({"sample_weight": np.zeros(50)}, ValueError, r"some of them above"),
        ({"sample_weight": np.full(50, np.nan)}, ValueError, "50 NaN"),
        ({"class_weight": {0: 2.0}}, ValueError, r"Build a conditional VAE.*sample_weight"),
        ({"class_weight": [1, 2]}, TypeError, r"must be a dict such as"),
        (
            {"class_weight": {0: 2.0}, "sample_weight": np.ones(50)},
            ValueError,
            r"both given.*np\.array\(\[class_weight\.get\(label, 1\.0\) for label in y\]\)",
        ),
        ({"validation_data": (np.ones((4, 8, 8)), None, np.ones(3))}, ValueError, r"\[2\] has sh"),
        ({"validation_data": (1, 2, 3, 4)}, ValueError, "tuple of 4"),
    ],
)
def test_bad_weights_are_refused_before_any_work(make_vae, digits, options, error, parts):
    vae = make_vae()
    with pytest.raises(error, match=parts):
        vae.fit(digits[:50], verbose=0, **options)
    assert int(vae.optimizer.iterations.numpy()) == 0


def test_weights_of_datasets_are_in_their_batches(make_vae, digits):
    data = tf.data.Dataset.from_tensor_slices(digits[:50]).batch(10)
    vae = make_vae()
    for call in (vae.fit, vae.evaluate):
        with pytest.raises(ValueError, match=r"batches \(x, y, sample_weight\)"):
            call(data, sample_weight=np.ones(50), verbose=0)
    with pytest.raises(ValueError, match="class_weight is not for generators"):
        conditional().fit(iter([(digits[:50], Y[:50])]), class_weight={0: 2.0}, verbose=0)
    with pytest.raises(ValueError, match="weights beside a dataset"):
        vae.fit(digits[:50], validation_data=(data, None, np.ones(50)), verbose=0)
    with pytest.raises(ValueError, match=r"class_weight\[0\] .*|class_weight\[0\]"):
        conditional().fit(digits[:50], Y[:50], class_weight={0: -1.0}, verbose=0)


@pytest.mark.parametrize("label", [10, -1, "3", 1.5])
def test_a_class_that_is_no_label_has_no_weight(digits, label):
    with pytest.raises(ValueError, match=r"class_weight has the class .* from 0 to 9\."):
        conditional().fit(digits[:50], Y[:50], class_weight={label: 2.0}, verbose=0)
