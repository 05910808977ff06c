"""A VAE tells when its weights have changed, and keeps nobody alive who listens."""

import gc

import numpy as np
import pytest


class Listener:
    def __init__(self):
        self.versions = []

    def listen_to(self, vae):
        self._vae = vae
        vae.on_weights_changed(self.hear)
        return self

    def hear(self):
        self.versions.append(self._vae.weights_version())


@pytest.fixture
def vae(make_vae):
    return make_vae()


def test_after_each_epoch_and_each_change_by_hand(vae, digits, tmp_path):
    listener = Listener().listen_to(vae)
    first, weights = vae.weights_version(), vae.get_weights()
    vae.save_weights(tmp_path / "a.weights.h5")
    vae.fit(digits[:64], epochs=2, batch_size=32, verbose=0)
    # Two epochs and the end of the fit, whose weights are those of the last epoch.
    assert len(listener.versions) == 3
    assert len({first, *listener.versions}) == 3
    vae.set_weights(weights)
    assert listener.versions[3:] == [first]
    vae.decoder.set_weights([np.zeros_like(w) for w in vae.decoder.get_weights()])
    assert vae.weights_version() != first
    vae.load_weights(tmp_path / "a.weights.h5")
    assert listener.versions[4:] == [first]


def test_who_is_gone_is_not_told(vae):
    heard = []
    vae.on_weights_changed(Listener().listen_to(vae).hear)
    gc.collect()
    vae.on_weights_changed(lambda: heard.append("a function that nobody holds"))
    held = lambda: heard.append("held")  # noqa: E731
    vae.on_weights_changed(held)
    vae.tell_weights_changed()
    assert heard == ["held"]
