"""A model of each library drives all widgets, without a page."""

import numpy as np
import pytest

import vae_widgets as vw
from tests.widgets.invariants import use

LIBRARIES = ["torch", "sklearn", "pythae", "onnx"]


@pytest.fixture(params=LIBRARIES)
def codec(request, codecs):
    return codecs[request.param]


def test_a_codec_is_one(codec, x):
    assert isinstance(codec, vw.Codec)
    code = codec.encode(x)
    z_mean = code[0] if isinstance(code, tuple) else code
    assert z_mean.shape == (len(x), codec.latent_dim)
    assert codec.decode(z_mean).shape == x.shape


def test_it_drives_the_explorer_with_scatter_slider_histogram_and_queue(codec, x):
    labels = np.arange(len(x)) % 3
    explorer = vw.Explorer(codec, x, labels=labels, anomalies=labels == 0)
    scores = explorer.histogram.scores
    np.testing.assert_allclose(scores, codec.anomaly_score(x))
    assert explorer.review is not None
    use(explorer)
    explorer.scatter.pick(3)
    np.testing.assert_allclose(
        explorer.scatter.decoded, codec.decode(explorer.scatter.z_mean[3:4])[0], rtol=1e-5
    )


def test_it_drives_each_widget_by_itself(codec, x):
    scatter = vw.LatentScatter(codec, x)
    slider = vw.InterpolationSlider(codec, x[0], x[1], steps=5, latents=scatter.z_mean)
    histogram = vw.AnomalyHistogram(codec.anomaly_score(x), items=x)
    queue = vw.ReviewQueue(histogram, codec)
    monitor = vw.TrainingMonitor(samples=x[:4], codec=codec)
    for step in range(3):
        monitor.log(step, loss=1.0 / (step + 1))
    for widget in (scatter, slider, histogram, queue, monitor):
        use(widget)
    np.testing.assert_allclose(
        slider.sample, codec.decode(scatter.z_mean[:1])[0], rtol=1e-4, atol=1e-5
    )


@pytest.mark.parametrize("name", LIBRARIES)
def test_the_page_may_decode_with_it(codecs, x, name):
    scatter = vw.LatentScatter(codecs[name], x, in_page=True)
    assert scatter._model["id"]
    assert scatter._model["name"] == codecs[name].name
