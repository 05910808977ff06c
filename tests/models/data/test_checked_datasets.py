import math
import re

import keras
import numpy as np
import pytest
import tensorflow as tf

from vae_widgets import VAE, Categorical


class Batches(keras.utils.PyDataset):
    """Arrays in batches of 32, as users write it."""

    def __init__(self, *arrays, **options):
        super().__init__(**options)
        self.arrays = arrays
        self.begun = self.ended = 0

    def __len__(self):
        return math.ceil(len(self.arrays[0]) / 32)

    def __getitem__(self, index):
        return tuple(array[32 * index : 32 * index + 32] for array in self.arrays)

    def on_epoch_begin(self):
        self.begun += 1

    def on_epoch_end(self):
        self.ended += 1


def generator(*arrays):
    yield from Batches(*arrays)


@pytest.mark.parametrize(
    ("likelihood", "x", "received"),
    [
        ("bernoulli", np.full((4, 8, 8), -0.5), "[-0.5] [1]"),
        ("bernoulli", np.full((4, 8, 8), 255, np.uint8), "[1] [255]"),
        ("gaussian", np.full((4, 8, 8), np.inf), "[1] [inf]"),
        (Categorical(4), np.full((4, 8, 8), 0.5), "[0.5] [1]"),
        (Categorical(4), np.full((4, 8, 8), 4), "[1] [4]"),
    ],
)
def test_values_of_a_dataset_are_checked_as_it_is_read(make_vae, likelihood, x, received):
    x[0] = 1
    dataset = tf.data.Dataset.from_tensor_slices(x).batch(4)
    message = rf"likelihood cannot take: expected .*lowest and highest\] {re.escape(received)}"
    with pytest.raises(tf.errors.InvalidArgumentError, match=message):
        make_vae(likelihood=likelihood).fit(dataset, verbose=0)


def test_a_dataset_that_can_be_read_but_once_is_trained_on(make_vae, digits):
    batches = iter([digits[:10], digits[10:20]])
    spec = tf.TensorSpec((None, 8, 8))
    once = tf.data.Dataset.from_generator(lambda: batches, output_signature=spec)
    assert len(make_vae().fit(once, verbose=0).history["loss"]) == 1


def test_labels_in_a_mapping_and_text_are_errors(make_vae, digits):
    dataset = tf.data.Dataset.from_tensor_slices((digits[:10], {"a": np.arange(10)})).batch(5)
    with pytest.raises(ValueError, match=r"labels are {'a'.*expected batches"):
        VAE.build((8, 8), n_labels=10).fit(dataset)
    dataset = tf.data.Dataset.from_tensor_slices(digits[:10].astype(str)).batch(5)
    with pytest.raises(ValueError, match=r"tf\.string.*of tensors of numbers"):
        make_vae().fit(dataset)


def test_a_dataset_of_mappings_is_an_error(make_vae, digits):
    dataset = tf.data.Dataset.from_tensor_slices({"image": digits[:10]}).batch(5)
    with pytest.raises(ValueError, match=r"elements {'image'.*expected batches of samples x, or t"):
        make_vae().fit(dataset)


@pytest.fixture(scope="module")
def expected(make_vae, digits):
    """The losses of two epochs on a dataset of 90 digits."""
    dataset = tf.data.Dataset.from_tensor_slices(digits[:90]).batch(32)
    return make_vae(seed=0).fit(dataset, epochs=2, validation_data=dataset, verbose=0).history


@pytest.mark.parametrize("options", [{}, {"workers": 2}])
def test_a_py_dataset_is_trained_on_to_the_losses_of_its_array(make_vae, digits, options, expected):
    x = digits[:90]
    batches = Batches(x, x, **options)
    options = {"epochs": 2, "verbose": 0, "shuffle": False}
    history = make_vae(seed=0).fit(batches, validation_data=Batches(x), **options).history
    for name, losses in expected.items():
        np.testing.assert_allclose(history[name], losses, rtol=1e-5)
    assert (batches.begun, batches.ended) == (2, 3)  # as with any Keras model


def test_the_batches_of_a_py_dataset_are_shuffled_as_keras_does(make_vae, digits):
    class Recording(Batches):
        def __getitem__(self, index):
            order.append(index)
            return super().__getitem__(index)

    orders = []
    for shuffle in (True, False):
        order = []
        make_vae().fit(Recording(digits[:640]), epochs=2, shuffle=shuffle, verbose=0)
        epochs = order[-40:-20], order[-20:]
        assert sorted(epochs[0]) == sorted(epochs[1]) == list(range(20))
        orders.append(epochs)
    assert orders[0][0] != orders[0][1]
    assert orders[1][0] == orders[1][1] == list(range(20))


@pytest.mark.parametrize("as_list", [False, True])
def test_a_generator_is_trained_on_to_the_losses_of_its_array(make_vae, digits, as_list, expected):
    x = digits[:90]
    batches = (list(batch) for batch in generator(x)) if as_list else generator(x)
    losses = make_vae(seed=0).fit(batches, verbose=0).history["loss"]
    np.testing.assert_allclose(losses, expected["loss"][:1], rtol=1e-5)


@pytest.mark.parametrize("stream", [Batches, generator])
def test_weights_of_a_stream_count(make_vae, digits, stream):
    x, weights = digits[:60], np.repeat([1.0, 0.0], 30)
    vae = make_vae()
    weighted = vae.evaluate(stream(x, x, weights), return_dict=True, verbose=0)
    others = vae.evaluate(stream(x[:30]), return_dict=True, verbose=0)
    expected = pytest.approx(others["reconstruction_loss"], rel=0.02)  # other draws of z
    assert weighted["reconstruction_loss"] == expected


@pytest.mark.parametrize("stream", [Batches, generator])
@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda x: 255 * x, r"batch 0 of x spans \[0, 255\].*needs values in \[0, 1\]"),
        (lambda x: np.full_like(x, np.nan), "batch 0 of x.*NaN"),
        (lambda x: x[:, :7], r"batch 0 of x has shape \(32, 7, 8\)"),
    ],
)
def test_a_bad_batch_of_a_stream_is_named_before_training(
    make_vae, digits, stream, change, message
):
    with pytest.raises(ValueError, match=message):
        make_vae().fit(stream(change(digits[:40])), verbose=0)


@pytest.mark.parametrize("stream", [Batches, generator])
def test_a_bad_batch_that_comes_late_is_named(make_vae, digits, stream):
    x = digits[:128].copy()
    x[100] = -1
    with pytest.raises(tf.errors.OpError, match="batch 3 of x"):
        make_vae().fit(stream(x), verbose=0)


@pytest.mark.parametrize("stream", [Batches, generator])
def test_labels_of_a_stream_are_checked(make_vae, digits, stream):
    vae, x, y = make_vae(n_labels=10), digits[:40], np.arange(40) % 10
    assert len(vae.fit(stream(x, y), verbose=0).epoch) == 1
    with pytest.raises(ValueError, match="y in batch 0 of x holds 10"):
        vae.fit(stream(x, y + 1), verbose=0)
    with pytest.raises(TypeError, match="y in batch 0 of x is missing"):
        vae.fit(stream(x), verbose=0)
    with pytest.raises(ValueError, match="y in batch 0 of validation_data holds 10"):
        vae.fit(x, y, validation_data=stream(x, y + 1), verbose=0)


class Tensor:
    """As a tensor of PyTorch: no numpy array, but turned into one."""

    def __init__(self, values):
        self.values = values

    def __array__(self, dtype=None, copy=None):
        return np.asarray(self.values, dtype)


class Loader:
    """As PyTorch's DataLoader: read again in each epoch, batches are lists of tensors."""

    def __init__(self, *arrays, has_length=True):
        self.arrays = arrays
        self.has_length = has_length
        self.begun = 0

    def __iter__(self):
        self.begun += 1
        for start in range(0, len(self.arrays[0]), 32):
            yield [Tensor(part[start : start + 32]) for part in self.arrays]

    def __len__(self):
        if not self.has_length:
            raise TypeError
        return math.ceil(len(self.arrays[0]) / 32)


@pytest.mark.parametrize("has_length", [True, False])
def test_a_loader_trains_like_the_dataset_of_its_batches(make_vae, digits, has_length):
    x = digits[:80]
    one, other = make_vae(), make_vae()
    loader = Loader(x, np.arange(80), has_length=has_length)
    epochs = 3 if has_length else 1  # where the length is unknown, Keras draws noise once too often
    history = one.fit(loader, epochs=epochs, validation_data=Loader(x), verbose=0).history
    dataset = tf.data.Dataset.from_tensor_slices(x).batch(32)
    expected = other.fit(dataset, epochs=epochs, validation_data=dataset, verbose=0).history
    assert loader.begun >= epochs
    for name, values in history.items():
        assert values == pytest.approx(expected[name], rel=1e-5)
    assert one.evaluate(loader, verbose=0) == pytest.approx(other.evaluate(dataset, verbose=0))


def test_the_batches_of_a_loader_are_checked(make_vae, digits):
    bytes_of = (digits * 255).astype(np.uint8)
    vae = make_vae()
    with pytest.raises(ValueError, match=r"batch 0 of x spans \[0, 255\].*Divide pixel values"):
        vae.fit(Loader(bytes_of[:80]), verbose=0)
    with pytest.raises(ValueError, match="gives no batches"):
        vae.fit(Loader(bytes_of[:0]), verbose=0)
    assert int(vae.optimizer.iterations.numpy()) == 0
    later = digits[:80].copy()
    later[70] = 255
    with pytest.raises(tf.errors.InvalidArgumentError, match=r"batch 2 of x spans \[0, 255\]"):
        vae.fit(Loader(later), verbose=0)
    with pytest.raises(tf.errors.InvalidArgumentError, match=r"batch 2 of x spans \[0, 255\]"):
        vae.fit(map(tuple, Loader(later)), verbose=0)  # an iterator that is not a generator


def test_a_loader_brings_the_labels_of_a_conditional_model(make_vae, digits):
    vae = make_vae(n_labels=10)
    assert len(vae.fit(Loader(digits[:40], np.arange(40) % 10), epochs=2, verbose=0).epoch) == 2
    with pytest.raises(ValueError, match="y in batch 0 of x"):
        vae.fit(Loader(digits[:40], np.arange(40)), verbose=0)
