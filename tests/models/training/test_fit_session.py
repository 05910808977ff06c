"""How a fit is put together: one object of arguments, one choice of the backend, few detours."""

import dataclasses
import inspect
import sys
from pathlib import Path

import keras
import numpy as np
import pytest
import tensorflow as tf

from vae_widgets import VAE
from vae_widgets.models.training import keras_protocol, resumable, trainer
from vae_widgets.models.training.fit_arguments import FitArguments

X = np.random.default_rng(0).random((64, 4), np.float32)
TRAINER = {Path(module.__file__) for module in (trainer, keras_protocol, resumable)}


class Noting(keras.optimizers.SGD):
    """Ends the count at the first step."""

    def apply(self, grads, trainable_variables=None):
        sys.setprofile(None)
        return super().apply(grads, trainable_variables)


@pytest.mark.parametrize("as_dataset", [False, True])
def test_the_walk_from_fit_to_the_optimizer_enters_the_trainer_three_times_at_most(as_dataset):
    """Every call of a function in the trainer's modules counts, also from one to another.

    Left out are comprehensions, and ``metrics``, which Keras asks for and which gets no data.
    """
    entered = []

    def look(frame, event, argument):
        code = frame.f_code
        is_counted = code.co_name != "metrics" and not code.co_name.startswith("<")
        if event == "call" and is_counted and Path(code.co_filename) in TRAINER:
            entered.append(code.co_name)

    vae = VAE.build(4, hidden_units=(3,))
    vae.compile(Noting(0.1))
    data = tf.data.Dataset.from_tensor_slices(X).batch(32) if as_dataset else X
    before = vae.get_weights()
    sys.setprofile(look)
    try:
        vae.fit(data, batch_size=32, verbose=0)
    finally:
        sys.setprofile(None)
    assert entered == ["fit", "_begin", *(["train_step"] if as_dataset else [])]
    assert not all(map(np.array_equal, vae.get_weights(), before))


def test_fit_and_its_object_of_arguments_have_the_same_names_and_defaults():
    parameters = list(inspect.signature(VAE.fit).parameters.values())[1:]
    given = {p.name: None if p.default is p.empty else p.default for p in parameters}
    fields = dataclasses.fields(FitArguments)
    known = {f.name: None if f.default is dataclasses.MISSING else f.default for f in fields}
    assert given == known
    assert list(given) == list(known)


def test_every_argument_of_fit_arrives(monkeypatch):
    """Each is passed as an object of its own, which must come out under its name."""
    received = {}

    def checked(self, rules):
        received.update({f.name: getattr(self, f.name) for f in dataclasses.fields(self)})
        raise InterruptedError

    monkeypatch.setattr(FitArguments, "checked", checked)
    vae = VAE.build(4, hidden_units=(3,))
    given = {f.name: object() for f in dataclasses.fields(FitArguments)}
    for method in (vae.fit, vae.fit_async):
        received.clear()
        with pytest.raises(InterruptedError):
            method(**given)
        assert received == given
    with pytest.raises(InterruptedError):
        vae.fit_async(X)
    assert received["verbose"] == 0
