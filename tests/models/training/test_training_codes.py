"""The statistics of the training codes: of all samples, of the present weights, or an error."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from vae_widgets import VAE
from vae_widgets.models.inference.code_statistics import CodeReservoir
from vae_widgets.models.training import training_codes


def of_codes(vae, x):
    """Return the mean and covariance of q(z) over samples, by numpy."""
    z_mean, z_log_var = (part.astype(np.float64) for part in vae.encode(x))
    covariance = np.cov(z_mean.T, bias=True) + np.diag(np.exp(z_log_var).mean(0))
    return z_mean.mean(0), covariance


def assert_of_codes(vae, x):
    mean, covariance = of_codes(vae, x)
    np.testing.assert_allclose(vae.code_statistics.mean, mean, rtol=1e-4, atol=1e-6)
    np.testing.assert_allclose(vae.code_statistics.covariance, covariance, rtol=1e-4, atol=1e-6)


@pytest.fixture
def vae(make_vae, digits):
    vae = make_vae(seed=0)
    vae.fit(digits[:200], verbose=0)
    return vae


def test_every_row_of_a_stream_has_the_same_chance():
    """5,000 reservoirs of 3 from 10 rows that come in uneven batches."""
    counts = np.zeros(10)
    for seed in range(5000):
        reservoir = CodeReservoir(3, 1, seed)
        for batch in (np.arange(4), np.arange(4, 5), np.arange(5, 10)):
            rows, slots = reservoir.choose(len(batch))
            code = batch[rows][:, np.newaxis]
            reservoir.put(slots, code, -code)
        z_mean, z_log_var = reservoir.codes
        assert len(set(z_mean[:, 0])) == 3
        np.testing.assert_array_equal(z_log_var, -z_mean)
        counts[z_mean[:, 0].astype(int)] += 1
    # Binomial(5000, 0.3) has a deviation of 32.
    assert (abs(counts - 1500) < 4 * 33).all()


def test_a_short_stream_is_kept_as_a_whole():
    reservoir = CodeReservoir(10, 2, 0)
    rows, slots = reservoir.choose(4)
    reservoir.put(slots, np.ones((4, 2)), np.zeros((4, 2)))
    assert reservoir.codes[0].shape == (4, 2)
    assert rows.tolist() == slots.tolist() == [0, 1, 2, 3]


class Batches(keras.utils.PyDataset):
    def __init__(self, x):
        super().__init__()
        self.x = x

    @property
    def num_batches(self):
        return -(-len(self.x) // 50)

    def __getitem__(self, i):
        return self.x[50 * i : 50 * i + 50]


class Loader:
    """Can be read again and again, as a torch DataLoader."""

    def __init__(self, x):
        self.x = x

    def __iter__(self):
        return (self.x[i : i + 50] for i in range(0, len(self.x), 50))


@pytest.mark.parametrize(
    "stream",
    [
        lambda x: x,
        lambda x: tf.data.Dataset.from_tensor_slices(x).batch(50),
        lambda x: tf.data.Dataset.from_tensor_slices((x, np.arange(len(x)))).batch(50),
        Batches,
    ],
    ids=["array", "tf.data", "tf.data with labels", "PyDataset"],
)
def test_a_fit_notes_codes_from_all_of_the_data(make_vae, digits, stream, monkeypatch):
    """Ordered by the codes, so that the first rows are unlike the last."""
    vae, x = make_vae(seed=0), digits[::3]
    vae.fit(stream(x), verbose=0)
    assert_of_codes(vae, x)
    ordered = x[np.argsort(vae.encode(x)[0][:, 0])]
    monkeypatch.setattr(training_codes, "MOST_CODES", 200)
    vae.fit(stream(ordered), verbose=0)
    z_mean = vae.encode(ordered)[0]
    deviation = z_mean.std(0) / np.sqrt(200)
    assert (abs(vae.code_statistics.mean - z_mean.mean(0)) < 4 * deviation).all()
    assert abs(z_mean[:200].mean(0) - z_mean.mean(0))[0] > 4 * deviation[0]


def test_a_stream_without_end_gives_an_epoch(make_vae, digits):
    vae = make_vae()
    endless = tf.data.Dataset.from_tensor_slices(digits[:200]).batch(50).repeat()
    vae.fit(endless, steps_per_epoch=4, verbose=0)
    assert_of_codes(vae, digits[:200])


def test_after_a_generator_there_is_no_silent_number(make_vae, vae, digits):
    new, batches = make_vae(), [digits[:100], digits[100:200]]
    new.fit((batch for batch in batches), verbose=0)
    with pytest.raises(RuntimeError, match=r"are not known.*vae.update_code_statistics\(x\)"):
        new.anomaly_score(digits, "mahalanobis")
    vae.fit((batch for batch in batches), verbose=0)
    with pytest.raises(RuntimeError, match=r"other weights of the encoder.*a fit on a stream"):
        vae.anomaly_score(digits, "mahalanobis")
    for again in (digits[:200], iter(batches), tf.data.Dataset.from_tensor_slices(digits[:200])):
        vae.set_weights(vae.get_weights())
        assert vae.update_code_statistics(again) is vae.code_statistics
        assert_of_codes(vae, digits[:200])
    assert np.isfinite(vae.anomaly_score(digits, "mahalanobis")).all()


def test_other_weights_are_noticed(make_vae, vae, digits, tmp_path):
    other = make_vae(seed=1)
    before = vae.anomaly_score(digits, "mahalanobis")
    own = vae.get_weights()
    vae.set_weights(other.get_weights())
    with pytest.raises(RuntimeError, match="other weights of the encoder"):
        vae.anomaly_score(digits, "mahalanobis")
    vae.set_weights(own)  # they are right again
    np.testing.assert_array_equal(vae.anomaly_score(digits, "mahalanobis"), before)
    other.encoder.save_weights(tmp_path / "encoder.weights.h5")
    vae.encoder.load_weights(tmp_path / "encoder.weights.h5")
    with pytest.raises(RuntimeError, match="other weights of the encoder"):
        _ = vae.code_statistics
    vae.decoder.set_weights(other.decoder.get_weights())  # codes do not depend on it
    vae.encoder.set_weights(own[: len(vae.encoder.weights)])
    np.testing.assert_array_equal(vae.anomaly_score(digits, "mahalanobis"), before)


def test_before_any_fit_and_after_saving_so(make_vae, digits, tmp_path):
    new = make_vae()
    for name in ("new.keras", "new.vae"):
        new.save(tmp_path / name)
        with pytest.raises(RuntimeError, match="was not trained by fit"):
            VAE.load(tmp_path / name).anomaly_score(digits, "mahalanobis")


def test_weights_bring_their_statistics(make_vae, vae, digits, tmp_path):
    vae.save_weights(tmp_path / "vae.weights.h5")
    new = make_vae()
    new.load_weights(tmp_path / "vae.weights.h5")
    np.testing.assert_array_equal(
        new.anomaly_score(digits, "mahalanobis"), vae.anomaly_score(digits, "mahalanobis")
    )


def test_files_of_an_earlier_version(make_vae, vae):
    """They hold no checksum, and the prior where there are no statistics."""
    store = {"code_mean": np.ones(2), "code_covariance": 2 * np.eye(2)}
    vae.load_own_variables(store)
    np.testing.assert_array_equal(vae.code_statistics.mean, [1, 1])
    vae.load_own_variables({"code_mean": np.zeros(2), "code_covariance": np.eye(2)})
    with pytest.raises(RuntimeError, match="not known"):
        _ = vae.code_statistics


def test_what_cannot_be_read_again_is_a_warning(make_vae, digits):
    class Once(Loader):
        def __iter__(self):
            x, self.x = self.x, np.full((5, 8, 8), np.nan)
            return (x[i : i + 50] for i in range(0, len(x), 50))

    vae = make_vae()
    with pytest.warns(UserWarning, match="could not be read again.*update_code_statistics"):
        vae._training.codes.note(Once(np.full((9, 8, 8), np.nan)))
    with pytest.raises(RuntimeError, match="not known"):
        vae.anomaly_score(digits, "mahalanobis")
