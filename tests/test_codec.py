"""What codecs may return, and what only encodes: the widgets take arrays of any library."""

import numpy as np
import pytest
from sklearn.decomposition import PCA
from sklearn.manifold import TSNE

import vae_widgets as vw
from tests.support.foreign import ARRAYS, TorchTensor
from tests.support.messages import ask
from tests.support.pca_codec import PcaCodec
from vae_widgets.codec import decode_samples, encode_distribution, encode_mean


@pytest.fixture(scope="module")
def x():
    return np.random.default_rng(0).random((30, 4, 4), dtype=np.float32)


class Foreign(PcaCodec):
    """Returns what `make` makes of its codes and samples, the codes as `form` puts them."""

    def __init__(self, x, make, form=lambda mean, log_var: mean):
        super().__init__(x)
        self.make, self.form = make, form

    def encode(self, x):
        mean = super().encode(x)
        return self.form(self.make(mean), self.make(-np.ones_like(mean)))

    def decode(self, z):
        assert type(z) is np.ndarray
        assert z.dtype == np.float32
        return self.make(super().decode(z))


FORMS = {
    "mean": lambda mean, log_var: mean,
    "tuple": lambda mean, log_var: (mean, log_var),
    "list": lambda mean, log_var: [mean, log_var],
    "three": lambda mean, log_var: (mean, log_var, mean),
    "dict": lambda mean, log_var: {"z_mean": mean, "z_log_var": log_var},
}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("kind", ARRAYS)
def test_arrays_of_any_library(kind, form, x):
    codec, plain = Foreign(x, ARRAYS[kind], FORMS[form]), PcaCodec(x)
    near = {"rtol": 2e-3, "atol": 2e-3} if kind == "float16" else {"rtol": 1e-6}
    z_mean, z_log_var = encode_distribution(codec, x)
    assert z_mean.dtype == np.float32
    np.testing.assert_allclose(z_mean, plain.encode(x), **near)
    np.testing.assert_array_equal(encode_mean(codec, x), z_mean)
    if form == "mean":
        assert z_log_var is None
    else:
        np.testing.assert_array_equal(z_log_var, -np.ones_like(z_mean))
    decoded = decode_samples(codec, z_mean)
    assert decoded.dtype == np.float32
    np.testing.assert_allclose(decoded, plain.decode(z_mean), **near)


def test_every_widget_takes_tensors_with_gradients(x):
    codec = Foreign(x, TorchTensor, FORMS["tuple"])
    scatter = vw.LatentScatter(codec, x)
    scatter.pick(3)
    np.testing.assert_allclose(scatter.decoded, PcaCodec(x).decode(scatter.picked[None])[0])
    slider = vw.InterpolationSlider(codec, x[0], x[1], steps=5)
    assert slider.frames.shape == (5, 4, 4)
    explorer = vw.Explorer(codec, x)
    assert explorer.histogram.scores.shape == (30,)
    queue = vw.ReviewQueue(vw.AnomalyHistogram(np.arange(30.0), items=x), codec=codec)
    assert queue._window


@pytest.mark.parametrize(
    ("code", "error", "message"),
    [
        (np.zeros((30, 3)), ValueError, r"codec\.encode\(x\) has shape \(30, 3\); expected \(n, 2"),
        (np.zeros(30), ValueError, r"codec\.encode\(x\) has shape \(30,\)"),
        (np.full((30, 2), np.nan), ValueError, r"codec\.encode\(x\) has 60 NaN"),
        ({"mean": np.zeros((30, 2))}, TypeError, r"a dict with 'mean'; expected 'z_mean'"),
        ((np.zeros((30, 2)), np.zeros((9, 2))), ValueError, "z_log_var .* has 9 rows; expected 30"),
        ("code", TypeError, r"codec\.encode\(x\) must be an array of numbers"),
    ],
)
def test_what_a_codec_may_not_return(code, error, message, x):
    codec = PcaCodec(x)
    codec.encode = lambda x: code
    with pytest.raises(error, match=message):
        vw.LatentScatter(codec, x)


def test_a_codec_that_takes_tensors_only(x):
    class Strict(PcaCodec):
        def encode(self, x):
            raise TypeError("linear(): argument 'input' must be Tensor, not numpy.ndarray")

        def decode(self, z):
            return z.to("cpu")

    message = r"codec\.{} of Strict does not take a numpy array: .*torch\.from_numpy\(a\)"
    with pytest.raises(TypeError, match=message.format("encode")):
        vw.LatentScatter(Strict(x), x)
    with pytest.raises(TypeError, match=message.format("decode")):
        vw.InterpolationSlider(Strict(x), [0.0, 0.0], [1.0, 1.0])


class WithTransform:
    def __init__(self, x):
        self.pca = PCA(3).fit(x.reshape(len(x), -1))

    def transform(self, x):
        return self.pca.transform(x)


ENCODERS = {
    "function": lambda x: lambda samples: samples.reshape(len(samples), -1)[:, :3],
    "tensor function": lambda x: lambda s: TorchTensor(s.reshape(len(s), -1)[:, :3]),
    "transform": WithTransform,
    "embedding": lambda x: TSNE(3, perplexity=5, max_iter=250).fit(x.reshape(len(x), -1)),
    "pair": lambda x: lambda s: (s.reshape(len(s), -1)[:, :3], np.zeros((len(s), 3))),
}


@pytest.mark.parametrize("kind", ENCODERS)
def test_what_only_encodes_is_scattered(kind, x):
    encoder = ENCODERS[kind](x)
    scatter = vw.LatentScatter(encoder, x, labels=np.arange(30) % 2)
    assert scatter.z_mean.shape == (30, 3)
    expected = encoder.embedding_ if kind == "embedding" else None
    if kind in ("function", "tensor function", "pair"):
        expected = x.reshape(30, -1)[:, :3]
    if expected is not None:
        np.testing.assert_allclose(scatter.z_mean, expected, rtol=1e-6)
    scatter.selection = [1, 2]
    scatter.dims = (2, 0)
    scatter.pick(7)
    assert scatter.picked_index == 7
    assert scatter.decoded.size == 0
    why = "This codec only encodes, so nothing can be decoded."
    assert scatter._pick["error"].startswith(why)
    assert ask(scatter, "place", at=[0.0, 0.0])["error"].startswith(why)
    grid = {"bounds": [0, 1, 0, 1], "columns": 2, "rows": 2}
    assert ask(scatter, "grid", **grid)["error"].startswith(why)
    assert ask(scatter, "detail", index=3)["error"].startswith(why)


def test_other_widgets_refuse_what_only_encodes(x):
    encoder = WithTransform(x)
    for make in (
        lambda: vw.Explorer(encoder, x),
        lambda: vw.InterpolationSlider(encoder, x[0], x[1]),
        lambda: vw.ReviewQueue(vw.AnomalyHistogram(np.arange(30.0), items=x), codec=encoder),
    ):
        with pytest.raises(TypeError, match="LatentScatter alone does without"):
            make()
    for wrong in (3, "pca", PCA):
        with pytest.raises(TypeError, match="codec"):
            vw.LatentScatter(wrong, x)
    with pytest.raises(ValueError, match=r"gives shape \(30, 4, 4\) for 30 samples"):
        vw.LatentScatter(lambda samples: samples, x)
