"""Scores of streams: the same as of arrays, in memory that does not grow with the stream."""

import tracemalloc
import weakref

import h5py
import numpy as np
import pytest
import tensorflow as tf

from vae_widgets.core.fixed_blocks import ROWS_AT_ONCE, map_in_flight

Datasets = tf.data.Dataset


@pytest.fixture(scope="module")
def scores(trained, digits):
    return {kind: trained.anomaly_score(digits, kind) for kind in ("elbo", "mahalanobis", "kl")}


def in_batches(x, *sizes):
    """Yield batches of these sizes, the last one again and again."""
    start, sizes = 0, list(sizes)
    while start < len(x):
        size = sizes.pop(0) if len(sizes) > 1 else sizes[0]
        yield x[start : start + size]
        start += size


STREAMS = {
    "small batches": lambda x: in_batches(x, 100),
    "one sample at a time": lambda x: in_batches(x, 1),
    "uneven batches": lambda x: in_batches(x, 1500, 0, 1, 200),
    "whole blocks": lambda x: in_batches(x, ROWS_AT_ONCE),
    "all at once": lambda x: iter([x]),
    "batches with labels": lambda x: ((b, np.zeros(len(b)), "more") for b in in_batches(x, 64)),
    "tf.data, batched": lambda x: Datasets.from_tensor_slices(x).batch(100),
    "tf.data, unbatched": lambda x: Datasets.from_tensor_slices(x),
    "tf.data of float64": lambda x: Datasets.from_tensor_slices(x.astype(np.float64)).batch(7),
    "tf.data with labels": lambda x: Datasets.from_tensor_slices((x, np.arange(len(x)))).batch(9),
    "tf.data with labels, unbatched": lambda x: Datasets.from_tensor_slices((x, np.arange(len(x)))),
    "tf.data of unknown shape": lambda x: Datasets.from_generator(
        lambda: in_batches(x, 300), output_signature=tf.TensorSpec(None, tf.float32)
    ),
}


@pytest.mark.parametrize("name", STREAMS)
def test_streams_of_any_cut_give_exactly_the_scores_of_the_array(trained, digits, scores, name):
    got = trained.anomaly_score(STREAMS[name](digits))
    assert got.dtype == np.float32
    np.testing.assert_array_equal(got, scores["elbo"])


@pytest.mark.parametrize("kind", ["mahalanobis", "kl"])
def test_all_kinds_stream(trained, digits, scores, kind):
    got = trained.anomaly_score(in_batches(digits, 700), kind)
    np.testing.assert_array_equal(got, scores[kind])


def test_iwae_and_reconstruction_error_stream(trained, digits):
    few = digits[:40]
    np.testing.assert_array_equal(
        trained.anomaly_score(in_batches(few, 7), "iwae", n_samples=5),
        trained.anomaly_score(few, "iwae", n_samples=5),
    )
    np.testing.assert_array_equal(
        trained.reconstruction_error(in_batches(digits, 99)), trained.reconstruction_error(digits)
    )


def test_arrays_in_files(trained, digits, scores, tmp_path):
    np.save(tmp_path / "digits.npy", digits)
    mapped = np.load(tmp_path / "digits.npy", mmap_mode="r")
    np.testing.assert_array_equal(trained.anomaly_score(mapped), scores["elbo"])
    with h5py.File(tmp_path / "digits.h5", "w") as file:
        stored = file.create_dataset("x", data=digits.astype(np.float64))
        np.testing.assert_array_equal(trained.anomaly_score(stored), scores["elbo"])


def test_labels_of_streams(make_vae, digits):
    vae = make_vae(n_labels=3)
    x, y = digits[:1100], np.arange(1100) % 3
    expected = vae.anomaly_score(x, y=y)
    pairs = zip(in_batches(x, 100), in_batches(y, 100), strict=True)
    np.testing.assert_array_equal(vae.anomaly_score(pairs), expected)
    dataset = Datasets.from_tensor_slices((x, y))
    np.testing.assert_array_equal(vae.anomaly_score(dataset), expected)
    ones = vae.anomaly_score(x, y=1)
    np.testing.assert_array_equal(vae.anomaly_score(in_batches(x, 100), y=1), ones)

    class OnDisk:
        """Gives rows, and counts how many at a time."""

        shape, dtype, asked = x.shape, x.dtype, 0

        def __len__(self):
            return len(x)

        def __getitem__(self, rows):
            self.asked = max(self.asked, len(x[rows]))
            return x[rows]

    on_disk = OnDisk()
    np.testing.assert_array_equal(vae.anomaly_score(on_disk, y=y), expected)
    assert on_disk.asked == ROWS_AT_ONCE
    with pytest.raises(TypeError, match=r"y in batch 0 of x is missing.*n_labels=3"):
        vae.anomaly_score(in_batches(x, 100))
    with pytest.raises(TypeError, match=r"y is given beside a stream.*one label for all"):
        vae.anomaly_score(in_batches(x, 100), y=y)
    with pytest.raises(ValueError, match=r"y has shape \(5,\); expected \(1100,\)"):
        vae.anomaly_score(on_disk, y=y[:5])


def test_the_stream_is_never_at_hand_as_a_whole(trained):
    """64 MB pass through; neither many batches nor much memory are ever alive at once."""
    alive = most_alive = 0

    def gone():
        nonlocal alive
        alive -= 1

    def stream():
        nonlocal alive, most_alive
        for seed in range(64):
            batch = np.random.default_rng(seed).random((4096, 8, 8), dtype=np.float32)
            weakref.finalize(batch, gone)
            alive += 1
            most_alive = max(most_alive, alive)
            yield batch

    tracemalloc.start()  # counts what numpy allocates
    try:
        got = trained.anomaly_score(stream(), "kl")
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert got.shape == (64 * 4096,)
    assert most_alive <= 3
    batch_bytes = 4096 * 64 * 4
    assert peak < 8 * batch_bytes + got.nbytes * 3


def test_blocks_are_read_no_further_ahead_than_six():
    read = 0

    def blocks():
        nonlocal read
        for block in range(50):
            read += 1
            yield block

    for done, result in enumerate(map_in_flight(lambda block: 2 * block, blocks()), start=1):
        assert result == 2 * (done - 1)
        assert read <= done + 6
    assert done == 50


@pytest.mark.parametrize(
    ("bad", "error", "message"),
    [
        (np.full((5, 8, 8), np.nan), ValueError, "batch 3 of x has 320 NaN"),
        (np.full((5, 8, 8), 7.0), ValueError, r"batch 3 of x spans \[7, 7\]; the Bernoulli"),
        (np.zeros((5, 64)), ValueError, r"batch 3 of x has shape \(5, 64\); expected \(n, 8, 8\)"),
        ("text", TypeError, "batch 3 of x must be an array of numbers"),
        ({"x": 1}, TypeError, "batch 3 of x must be an array of numbers; received dict"),
    ],
)
def test_a_bad_batch_is_named(trained, digits, bad, error, message):
    batches = [digits[:400], digits[400:500], digits[500:900], bad]
    with pytest.raises(error, match=message):
        trained.anomaly_score(iter(batches))


def test_an_error_in_the_generator_arrives_as_it_is(trained, digits):
    def stream():
        yield digits[:1500]
        raise OSError("the disk is gone")

    with pytest.raises(OSError, match="the disk is gone"):
        trained.anomaly_score(stream())


@pytest.mark.parametrize(
    ("dataset", "message"),
    [
        (Datasets.from_tensors(np.zeros((5, 8))), r"\(5, 8\).*samples \(8, 8\) or batches \(batch"),
        (Datasets.from_tensor_slices(np.zeros((5, 3, 8, 7))), r"\(3, 8, 7\).*expected samples"),
        (Datasets.from_tensors({"x": np.zeros((5, 8, 8))}), "'x': TensorSpec.*expected samples"),
    ],
)
def test_datasets_that_hold_no_samples(trained, dataset, message):
    with pytest.raises(ValueError, match=message):
        trained.anomaly_score(dataset)


def test_an_empty_stream_and_one_read_before(trained, digits):
    with pytest.raises(ValueError, match=r"x gave no samples.*read only once"):
        trained.anomaly_score(iter([]))
    stream = in_batches(digits, 1000)
    trained.anomaly_score(stream, "kl")
    with pytest.raises(ValueError, match="x gave no samples"):
        trained.anomaly_score(stream, "kl")
    with pytest.raises(TypeError, match="y is given"):
        trained.anomaly_score(in_batches(digits, 10), y=1)
