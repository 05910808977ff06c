"""Widgets offer the decoder of a codec to their page: when, by which name, and with which bytes."""

import gc
import weakref
from pathlib import Path

import numpy as np
import pytest

import vae_widgets as vw
from tests.support.messages import ask
from tests.support.pca_codec import PcaCodec
from vae_widgets.codec import MOST_ONNX_BYTES, OnnxModel
from vae_widgets.widgets.base.in_page import ModelOffer, offer_of

X = np.random.default_rng(0).random((9, 8, 8), dtype=np.float32)


class Trained(PcaCodec):
    """A codec whose weights can be changed by hand."""

    content = b"weights 1"
    exports = 0

    def __init__(self):
        super().__init__(X, 3)
        self.told = []

    def to_onnx(self, *, convert=True):
        self.exports += 1
        self.converts = convert
        return OnnxModel(self.content, label=np.array([0.0, 1.0], np.float32))

    def weights_version(self):
        return hash(self.content)

    def on_weights_changed(self, callback):
        self.told.append(weakref.WeakMethod(callback))

    def train(self, content, tells=True):
        self.content = content
        for callback in self.told if tells else ():
            callback()()


@pytest.fixture
def codec():
    return Trained()


def model_of(widget, name=None):
    return ask(widget, "model", id=name or widget._model["id"])


def test_the_page_gets_the_model_when_it_asks_and_once_for_all_widgets(codec):
    scatter = vw.LatentScatter(codec, X)
    slider = vw.InterpolationSlider(codec, X[0], X[1], steps=3)
    assert codec.exports == 0
    assert scatter._model["id"] == slider._model["id"] != ""
    assert scatter._model["name"] == "Trained"
    assert scatter._model["renderer"]["name"] == "image"
    assert scatter._model["renderer"]["arguments"]["vmax"] == 1
    answer = model_of(scatter)
    assert bytes(answer["decoder"]) == b"weights 1"
    assert answer["label"] == [0, 1]
    assert bytes(model_of(slider)["decoder"]) == b"weights 1"
    assert codec.exports == 1
    assert codec.converts is False
    assert "other weights" in model_of(scatter, "an old name")["error"]


def test_the_page_calls_a_model_by_its_file_or_its_own_name(codec):
    codec.path = Path("folder/digits.vae")
    assert vw.LatentScatter(codec, X)._model["name"] == "digits.vae"
    del codec.path
    codec.name = "vae"
    assert vw.LatentScatter(codec, X)._model["name"] == "vae"


def test_other_weights_have_another_name_at_most_once_a_second(codec):
    now = [100.0]
    offer, names = ModelOffer(codec, lambda: now[0]), []

    class Widget:
        def show_offer(self, name):
            names.append(name)

    widget = Widget()
    offer.join(widget)
    first = offer.id
    codec.train(b"weights 2")
    assert offer.id == first  # no page has the weights that it stood for
    assert offer.onnx(first).decoder == b"weights 2"
    codec.train(b"weights 3")
    second = offer.id
    assert second not in ("", first)
    assert offer.onnx(second).decoder == b"weights 3"
    now[0] += 0.5
    codec.train(b"weights 4")
    assert offer.id == ""  # until a second has passed, the kernel decodes
    now[0] += 1
    codec.train(b"weights 5", tells=False)
    offer.check()  # as with each answer of the kernel
    assert offer.id not in ("", first, second)
    assert offer.onnx(offer.id).decoder == b"weights 5"
    assert names == [second, "", offer.id]


def test_weights_that_change_while_they_are_exported_are_not_sent(codec):
    scatter = vw.LatentScatter(codec, X)
    export = codec.to_onnx

    def while_it_trains(*, convert):
        made = export(convert=convert)
        codec.content += b"."
        return made

    codec.to_onnx = while_it_trains
    assert "being trained" in model_of(scatter)["error"]
    assert scatter._model == {}


@pytest.mark.parametrize("kind", ["place", "grid", "traversals", "detail", "pick"])
def test_the_kernel_shows_no_newer_weights_than_the_page_may_use(codec, kind):
    scatter = vw.LatentScatter(codec, X)
    model_of(scatter)
    scatter._dims_shown = True
    before = scatter._model["id"]
    codec.train(b"weights 2", tells=False)
    fields = {
        "place": {"at": [0.0, 0.0]},
        "grid": {"bounds": [0, 1, 0, 1], "columns": 2, "rows": 2},
        "traversals": {"at": [0.0, 0.0]},
        "detail": {"index": 0},
        "pick": {"point": 1},
    }[kind]
    ask(scatter, kind, **fields)
    assert scatter._model.get("id") != before


def test_a_new_film_tells_the_page_of_newer_weights(codec):
    slider = vw.InterpolationSlider(codec, X[0], X[1], steps=3)
    model_of(slider)
    before = slider._model["id"]
    codec.train(b"weights 2", tells=False)
    slider.method = "linear"
    assert slider._model.get("id") != before


def test_what_cannot_run_in_the_page_is_left_to_the_kernel(codec):
    def failing(*, convert):
        raise ValueError("no such layer")

    made = vw.LatentScatter(codec, X)
    codec.to_onnx = failing
    assert "no such layer" in model_of(made)["error"]
    assert made._model == {}
    codec.to_onnx = lambda *, convert: OnnxModel(bytes(MOST_ONNX_BYTES + 1))
    large = Trained()
    large.to_onnx = codec.to_onnx
    made = vw.LatentScatter(large, X)
    assert "8,000,001 bytes" in model_of(made)["error"]
    assert made._model == {}
    assert vw.LatentScatter(PcaCodec(X), X)._model == {}
    assert vw.LatentScatter(codec, X, in_page=False)._model == {}
    grey = vw.LatentScatter(codec, X, renderer=lambda x: np.zeros((len(x), 2, 2, 4), np.uint8))
    assert grey._model == {}


def test_in_page_true_takes_any_size_and_converts_or_raises(codec):
    codec.content = bytes(MOST_ONNX_BYTES + 1)
    scatter = vw.LatentScatter(codec, X, in_page=True)
    assert codec.converts is True
    assert len(model_of(scatter)["decoder"]) == MOST_ONNX_BYTES + 1
    with pytest.raises(ValueError, match=r"in_page is True, but .* no method to_onnx"):
        vw.LatentScatter(PcaCodec(X), X, in_page=True)
    with pytest.raises(ValueError, match=r"in_page is True, but the renderer 'table' draws in"):
        vw.LatentScatter(codec, X, renderer=vw.TableRenderer(), in_page=True)
    broken = Trained()
    broken.to_onnx = lambda *, convert: 1 / 0
    with pytest.raises(ValueError, match=r"in_page is True, but .* division by zero"):
        vw.InterpolationSlider(broken, X[0], X[1], in_page=True)
    with pytest.raises(TypeError, match=r"in_page must be 'auto', True or False; received 'yes'"):
        vw.LatentScatter(codec, X, in_page="yes")


def test_neither_codec_nor_widget_is_kept_alive(codec):
    scatter = vw.LatentScatter(codec, X)
    offer = weakref.ref(offer_of(codec))
    assert offer() is scatter._offer
    scatter.close()
    del scatter
    gc.collect()
    assert offer() is None
    assert codec.told[0]() is None


def test_the_page_gets_the_codes_and_what_is_far_from_them():
    scatter = vw.LatentScatter(Trained(), X)
    answer = ask(scatter, "codes")
    codes = np.frombuffer(answer["codes"]["data"], np.float32).reshape(answer["codes"]["shape"])
    np.testing.assert_array_equal(codes, scatter.z_mean)
    scale = np.frombuffer(answer["scale"]["data"])
    z = np.random.default_rng(1).normal(size=(50, 3)).astype(np.float32)
    nearest = np.linalg.norm((z[:, np.newaxis] - codes) / scale, axis=2).min(axis=1)
    np.testing.assert_array_equal(nearest > answer["limit"], scatter.far_from_data(z))
    answer = ask(vw.LatentScatter(PcaCodec(X, 1), X[:1]), "codes")
    assert answer["limit"] is answer["log_var"] is None


def test_the_page_gets_the_posteriors_with_the_codes():
    class Encoding(Trained):
        def encode(self, x):
            z_mean = super().encode(x)
            return z_mean, z_mean - 1

    answer = ask(vw.LatentScatter(Encoding(), X), "codes")
    parts = [answer[name] for name in ("codes", "log_var")]
    codes, log_var = (np.frombuffer(part["data"], np.float32) for part in parts)
    np.testing.assert_array_equal(log_var, codes - 1)


def test_a_page_gets_no_larger_model_than_it_takes_unless_python_says_so(codec):
    scatter = vw.LatentScatter(codec, X)
    name, size = scatter._model["id"], len(codec.content)
    refused = ask(scatter, "model", id=name, most_bytes=size - 1)
    assert f"{size} bytes; the settings of the page allow at most {size - 1}." in refused["error"]
    assert scatter._model["id"] == name, "another page may take it"
    assert bytes(ask(scatter, "model", id=name, most_bytes=size)["decoder"]) == codec.content
    assert "most_bytes" in ask(scatter, "model", id=name, most_bytes=-1)["error"]
    forced = vw.LatentScatter(Trained(), X, in_page=True)
    assert ask(forced, "model", id=forced._model["id"], most_bytes=0)["decoder"]
