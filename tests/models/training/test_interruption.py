"""Interrupts as the kernel sends them: a signal, raised wherever the program just is."""

import contextlib
import signal
import threading

import keras
import pytest
import tensorflow as tf


class Interrupt(keras.callbacks.Callback):
    """Interrupts the second batch, and keeps what becomes of it in the hands of a subclass."""

    def __init__(self):
        super().__init__()
        self.batches = 0

    def on_train_batch_end(self, batch, logs=None):
        self.batches += 1
        if self.batches == 2:
            self.interrupt()

    def interrupt(self):
        signal.raise_signal(signal.SIGINT)


class Swallow(Interrupt):
    def interrupt(self):
        # keras.src.utils.python_utils.pythonify_logs has "except: pass".
        with contextlib.suppress(BaseException):
            super().interrupt()


class Turn(Interrupt):
    def interrupt(self):
        try:
            super().interrupt()
        except BaseException:  # tensorflow.python.framework.dtypes.DType.max has "except:"
            raise TypeError("Cannot find maximum value.") from None


class Stop(Interrupt):
    def interrupt(self):
        try:
            super().interrupt()
        except KeyboardInterrupt:
            self.model.stop_training = True


@pytest.fixture(autouse=True)
def interrupts():
    """As in a notebook; whatever runs in the background of a shell is not interrupted."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.fixture(params=["array", "dataset"])
def data(request, digits):
    rows = digits[:96]
    return rows if request.param == "array" else tf.data.Dataset.from_tensor_slices(rows).batch(32)


def fit(vae, data, callback, epochs=3):
    sizes = {} if isinstance(data, tf.data.Dataset) else {"batch_size": 32}
    return vae.fit(data, epochs=epochs, callbacks=[callback], verbose=0, **sizes)


@pytest.mark.parametrize("callback", [Interrupt, Swallow, Turn])
def test_it_ends_the_training_whatever_becomes_of_it(make_vae, data, callback):
    vae, callback, handler = make_vae(), callback(), signal.getsignal(signal.SIGINT)
    with pytest.raises(KeyboardInterrupt):
        fit(vae, data, callback)
    assert callback.batches == 2
    assert signal.getsignal(signal.SIGINT) is handler
    # The model is free, and trains on.
    assert len(fit(vae, data, keras.callbacks.Callback(), epochs=1).epoch) == 1


def test_one_that_is_lost_in_the_end_is_raised(make_vae, data):
    class SwallowLate(Swallow):
        def on_train_batch_end(self, batch, logs=None):
            pass

        def on_train_end(self, logs=None):
            self.interrupt()

    vae = make_vae()
    with pytest.raises(KeyboardInterrupt):
        fit(vae, data, SwallowLate())
    assert vae.history.epoch == [0, 1, 2]


def test_what_it_was_made_into_is_shown(make_vae, data):
    with pytest.raises(KeyboardInterrupt) as caught:
        fit(make_vae(), data, Turn())
    assert isinstance(caught.value.__cause__, TypeError)


def test_a_callback_may_make_a_stop_of_it(make_vae, data):
    assert fit(make_vae(), data, Stop()).epoch == [0]


def test_a_handler_of_the_user_that_raises_nothing_is_left_alone(make_vae, data):
    seen, before = [], signal.getsignal(signal.SIGINT)
    signal.signal(signal.SIGINT, lambda number, frame: seen.append(number))
    try:
        assert fit(make_vae(), data, Interrupt()).epoch == [0, 1, 2]
    finally:
        signal.signal(signal.SIGINT, before)
    assert seen == [signal.SIGINT]


def test_in_another_thread_no_handler_is_touched(make_vae, data):
    handlers = []

    class Look(keras.callbacks.Callback):
        def on_train_batch_end(self, batch, logs=None):
            handlers.append(signal.getsignal(signal.SIGINT))

    vae, before = make_vae(), signal.getsignal(signal.SIGINT)
    thread = threading.Thread(target=fit, args=(vae, data, Look(), 1))
    thread.start()
    thread.join()
    assert handlers
    assert set(handlers) == {before}
