import contextlib
import io
import json

import numpy as np
import pytest
import traitlets
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from scipy import stats
from sklearn.datasets import load_digits
from sklearn.decomposition import PCA

from vae_widgets.codec import ConditionedCodec
from vae_widgets.core.latent.neighbour_graph import NeighbourGraph
from vae_widgets.core.latent.paths import arc, latent_path, line
from vae_widgets.core.vocabulary import Vocabulary
from vae_widgets.rendering import ImageRenderer, TextRenderer
from vae_widgets.widgets.interpolation_slider.widget import InterpolationSlider

DIGITS = (load_digits().images / 16).astype(np.float32)


class PcaCodec:
    """Codes of digits by principal components; counts its calls and can be made to fail."""

    latent_dim = 3
    sample_shape = (8, 8)

    def __init__(self):
        self.pca = PCA(self.latent_dim, random_state=0).fit(DIGITS.reshape(-1, 64))
        self.decoded = []
        self.spoil = contextlib.nullcontext

    def encode(self, x):
        return self.pca.transform(np.reshape(x, (-1, 64)))

    def decode(self, z):
        self.decoded.append(np.array(z))
        samples = self.pca.inverse_transform(z).reshape(-1, 8, 8)
        with self.spoil():
            return samples


class Identity:
    """Samples and latent vectors of the same shape."""

    latent_dim = 4
    sample_shape = (4,)

    def encode(self, x):
        return 2 * np.asarray(x), np.zeros_like(x)

    def decode(self, z):
        return np.asarray(z) / 2


@pytest.fixture
def codec():
    return PcaCodec()


@pytest.fixture
def slider(codec):
    return InterpolationSlider(codec, DIGITS[0], DIGITS[1], steps=17)


def z_of(codec, sample):
    return codec.encode(sample[np.newaxis])[0].astype(np.float32)


def fail_with(error):
    @contextlib.contextmanager
    def spoil():
        raise error
        yield

    return spoil


@pytest.mark.parametrize(("method", "leg"), [("slerp", arc), ("linear", line)])
def test_all_frames_are_decoded_in_one_batch(codec, method, leg):
    slider = InterpolationSlider(codec, DIGITS[0], DIGITS[1], method=method)
    (z,) = codec.decoded
    ends = z_of(codec, DIGITS[0]), z_of(codec, DIGITS[1])
    expected = latent_path(ends, np.linspace(0, 1, 64), leg)
    np.testing.assert_allclose(z, expected, rtol=1e-5, atol=1e-6)
    np.testing.assert_array_equal(z[[0, -1]], ends)
    np.testing.assert_array_equal(slider.frames, codec.decode(z).astype(np.float32))
    assert slider.frames.shape == (64, 8, 8)
    assert slider.frames.dtype == np.float32


def test_frames_cannot_be_changed_in_place(slider):
    with pytest.raises(ValueError, match="read-only"):
        slider.frames[0] = 0


def test_the_ends_of_the_value_are_the_ends_of_the_path(codec, slider):
    for value, end in ((0, DIGITS[0]), (1, DIGITS[1])):
        slider.value = value
        np.testing.assert_array_equal(slider.z, z_of(codec, end))
        np.testing.assert_allclose(slider.sample, codec.decode(slider.z[np.newaxis])[0], atol=1e-6)


def test_a_value_on_a_frame_decodes_nothing(codec, slider):
    for frame in range(17):
        slider.value = frame / 16
        np.testing.assert_array_equal(slider.sample, slider.frames[frame])
        np.testing.assert_array_equal(slider.z, slider.path[frame])
    assert len(codec.decoded) == 1


@given(value=st.floats(0, 1))
def test_a_value_between_frames_is_decoded_by_itself(value):
    codec = PcaCodec()
    slider = InterpolationSlider(codec, DIGITS[0], DIGITS[1], steps=5)
    slider.value = value
    ends = z_of(codec, DIGITS[0]), z_of(codec, DIGITS[1])
    expected = latent_path(ends, [value], arc)[0]
    np.testing.assert_allclose(slider.z, expected, rtol=1e-5, atol=1e-5)
    np.testing.assert_allclose(slider.sample, codec.decode(slider.z[np.newaxis])[0], atol=1e-5)


def test_results_are_up_to_date_when_observers_of_the_value_run(slider):
    seen = []
    slider.observe(lambda change: seen.append(slider.z.copy()), "value")
    slider.value = 1
    np.testing.assert_array_equal(seen, [slider.path[-1]])


def test_ends_may_be_latent_vectors_and_samples(codec):
    z = np.array([1, 2, 3], np.float32)
    slider = InterpolationSlider(codec, z, DIGITS[3], steps=4)
    np.testing.assert_array_equal(slider.path[0], z)
    np.testing.assert_array_equal(slider.path[-1], z_of(codec, DIGITS[3]))
    assert slider._content["kinds"] == ["latent", "sample"]


def test_the_page_gets_the_frames_and_the_originals_of_samples(codec, slider):
    z = np.array([1, 2, 3], np.float32)
    slider = InterpolationSlider(codec, z, DIGITS[3], steps=4)
    atlas = slider._content["atlas"]
    assert atlas["count"] == 6
    sheet = np.asarray(Image.open(io.BytesIO(atlas["png"])).convert("RGBA"))
    tiles = [
        sheet[8 * (i // atlas["columns"]) :, 8 * (i % atlas["columns"]) :][:8, :8] for i in range(6)
    ]
    expected = [*slider.frames, slider.frames[0], DIGITS[3]]
    np.testing.assert_array_equal(tiles, ImageRenderer(0, 1)(np.array(expected)))


def test_same_shapes_are_latent_vectors_unless_said_otherwise():
    a, b = np.eye(4, dtype=np.float32)[:2]
    np.testing.assert_array_equal(InterpolationSlider(Identity(), a, b).path[[0, -1]], [a, b])
    slider = InterpolationSlider(Identity(), a, b, ends="sample")
    np.testing.assert_array_equal(slider.path[[0, -1]], [2 * a, 2 * b])
    with pytest.raises(ValueError, match=r"expected a latent vector \(3,\)\."):
        InterpolationSlider(PcaCodec(), DIGITS[0], DIGITS[1], ends="latent")


def test_a_new_end_or_method_decodes_once(codec, slider):
    slider.value = 0.5
    slider.end = DIGITS[2]
    assert len(codec.decoded) == 2
    slider.method = "linear"
    assert len(codec.decoded) == 3
    ends = z_of(codec, DIGITS[0]), z_of(codec, DIGITS[2])
    expected = latent_path(ends, np.linspace(0, 1, 17), line)
    np.testing.assert_allclose(slider.path, expected, rtol=1e-5, atol=1e-6)
    np.testing.assert_array_equal(slider.sample, slider.frames[8])
    with slider.hold_trait_notifications():
        slider.start, slider.end, slider.method = DIGITS[5], DIGITS[6], "slerp"
    assert len(codec.decoded) == 4
    np.testing.assert_array_equal(slider.path[0], z_of(codec, DIGITS[5]))
    slider.end = DIGITS[6]  # as it is
    assert len(codec.decoded) == 4


def test_ends_can_be_linked(codec, slider):
    class Picker(traitlets.HasTraits):
        picked = traitlets.Any(np.array([1.0, 2.0, 3.0]))

    picker = Picker()
    traitlets.dlink((picker, "picked"), (slider, "start"))
    np.testing.assert_array_equal(slider.path[0], [1, 2, 3])
    picker.picked = np.array([3.0, 2.0, 1.0])
    np.testing.assert_array_equal(slider.path[0], [3, 2, 1])


def test_an_end_changed_in_place_and_set_again_is_seen(codec):
    end = DIGITS[1].copy()
    slider = InterpolationSlider(codec, DIGITS[0], end, steps=4)
    end[:] = DIGITS[2]
    slider.end = end
    np.testing.assert_array_equal(slider.path[-1], z_of(codec, DIGITS[2]))


def test_swapping_keeps_the_sample(codec, slider):
    slider.value = 0.25
    before = slider.sample
    slider.swap_ends()
    assert slider.value == 0.75
    np.testing.assert_array_equal(slider.start, DIGITS[1])
    np.testing.assert_allclose(slider.sample, before, atol=1e-5)
    assert len(codec.decoded) == 2


BAD = [
    ({"start": np.zeros(5)}, ValueError, r"start .*latent vector \(3,\) or a sample \(8, 8\)"),
    ({"end": DIGITS[:1]}, ValueError, r"end .*latent vector \(3,\) or a sample.*Pass end\[0\]"),
    ({"start": np.full((8, 8), np.nan)}, ValueError, "start has 64 NaN"),
    ({"end": np.array([0, 1, np.inf])}, ValueError, "end has 1 NaN or infinite"),
    ({"method": "slurp"}, ValueError, "did you mean 'slerp'"),
    ({"method": "neighbours"}, ValueError, r"pass latents=codec.encode\(x\)\[0\]"),
    ({"via": [DIGITS[2], np.zeros(5)]}, ValueError, r"via\[1\] has shape \(5,\)"),
    ({"via": np.zeros(3)}, ValueError, r"via\[0\] has shape \(\).*Pass via=\[z\]"),
    ({"via": np.zeros((70, 3))}, ValueError, r"expected 72 or more, one for each way-point"),
    ({"via": 3}, TypeError, "via must be a sequence of way-points.*received 3"),
]


@pytest.mark.parametrize(
    ("bad", "error", "message"),
    [
        *BAD,
        ({"end": "seven"}, TypeError, "end must be an array of numbers"),
        ({"steps": 1}, ValueError, "steps must be at least 2; received 1"),
        ({"steps": 2.5}, TypeError, "steps must be a whole number"),
        ({"renderer": 3}, TypeError, "renderer must be callable"),
        ({"codec": "vae"}, TypeError, "codec is the text .*decode"),
        ({"ends": "samples"}, ValueError, "did you mean 'sample'"),
        ({"step": 3}, TypeError, "did you mean 'steps'"),
        ({"latents": np.zeros((9, 2))}, ValueError, r"latents has shape \(9, 2\)"),
        ({"n_neighbors": 0}, ValueError, "n_neighbors must be at least 1"),
    ],
)
def test_bad_arguments_are_named_before_any_work(codec, bad, error, message):
    good = {"codec": codec, "start": DIGITS[0], "end": DIGITS[1]}
    with pytest.raises(error, match=message):
        InterpolationSlider(**(good | bad))
    assert codec.decoded == []


@pytest.mark.parametrize(
    ("bad", "message"),
    [
        *[(bad, message) for bad, _, message in BAD],
        ({"value": np.nan}, "value must be a finite number; received nan"),
        ({"value": -0.1}, r"value must lie in \[0, 1\]; received -0.1"),
        ({"value": 1.5}, r"value must lie in \[0, 1\]; received 1.5"),
        ({"value": "half"}, "value must be a number; received 'half'"),
        ({"end": "seven"}, "array"),
    ],
)
@pytest.mark.parametrize("held", [False, True])
def test_bad_assignments_change_nothing(codec, slider, bad, message, held):
    slider.value = 0.5
    names = ("start", "end", "method", "value", "z", "sample", "frames", "_content")
    before = {name: getattr(slider, name) for name in names}
    ((name, value),) = bad.items()
    hold = slider.hold_trait_notifications() if held else contextlib.nullcontext()
    with pytest.raises(traitlets.TraitError, match=message), hold:
        setattr(slider, name, value)
    for name, old in before.items():
        assert getattr(slider, name) is old or np.array_equal(getattr(slider, name), old)
    assert len(codec.decoded) == 1
    slider.value = 1  # and it still works
    np.testing.assert_array_equal(slider.sample, slider.frames[-1])


class Spoilt(PcaCodec):
    def __init__(self, change):
        super().__init__()
        self.change = change

    def decode(self, z):
        return self.change(super().decode(z))


def with_nan(samples):
    samples[1, 0, 0] = np.nan
    return samples


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (with_nan, "has 1 NaN or infinite value of 1088; .* Choose z nearer to the data"),
        (lambda samples: samples[:-1], "has 16 samples for 17 latent vectors"),
    ],
)
def test_what_the_decoder_returns_is_checked(change, message):
    codec = Spoilt(change)
    with pytest.raises(ValueError, match=message):
        InterpolationSlider(codec, DIGITS[0], DIGITS[1], steps=17)

    codec.change = lambda samples: samples
    slider = InterpolationSlider(codec, DIGITS[0], DIGITS[1], steps=17)
    codec.change = change
    with pytest.raises(traitlets.TraitError, match=message):
        slider.method = "linear"
    assert slider.method == "slerp"
    np.testing.assert_allclose(
        slider.frames, codec.pca.inverse_transform(slider.path).reshape(-1, 8, 8), atol=1e-6
    )


def test_too_large_tiles_are_refused_before_anything_changes(codec, slider):
    slider._maker.renderer = lambda batch: np.zeros((len(batch), 4000, 4000, 4), np.uint8)
    with pytest.raises(traitlets.TraitError, match="the limit is 8192"):
        slider.end = DIGITS[2]
    np.testing.assert_array_equal(slider.end, DIGITS[1])


def test_a_request_of_the_page_that_fails_is_answered(codec, slider, monkeypatch):
    sent = []
    monkeypatch.setattr(slider, "_send", lambda message, buffers=None: sent.append(message))
    codec.spoil = fail_with(RuntimeError("out of memory"))
    slider.set_state({"method": "linear"})
    assert slider.method == "slerp"
    assert {"method": "custom", "content": {"kind": "refused", "error": "out of memory"}} in sent
    assert [m["state"] for m in sent if m["method"] == "update"] == [{"method": "slerp"}]


def test_the_page_is_not_told_what_it_said(slider, monkeypatch):
    sent = []
    monkeypatch.setattr(slider, "_send", lambda message, buffers=None: sent.append(message))
    slider.set_state({"value": 0.5})
    assert slider.value == 0.5
    assert sent == []


def test_every_new_path_is_one_message_even_if_it_looks_the_same(codec, monkeypatch):
    slider = InterpolationSlider(codec, [1, 1, 1], [2, 2, 2], steps=4)
    sent = []
    monkeypatch.setattr(slider, "_send", lambda message, buffers=None: sent.append(message))
    slider.set_state({"method": "linear"})  # parallel ends: the same path
    slider.swap_ends()
    assert [sorted(message["state"]) for message in sent] == [["_content"], ["_content", "value"]]


def test_the_path_goes_through_the_way_points(codec):
    z = np.array([1, 2, 3], np.float32)
    slider = InterpolationSlider(codec, DIGITS[0], DIGITS[1], via=[DIGITS[2], z], steps=18)
    np.testing.assert_array_equal(slider.stops, np.array([0, 6, 11, 17]) / 17)
    through = [z_of(codec, DIGITS[0]), z_of(codec, DIGITS[2]), z, z_of(codec, DIGITS[1])]
    for value, expected in zip(slider.stops, through, strict=True):
        slider.value = value
        np.testing.assert_array_equal(slider.z, expected)
    assert slider._content["stops"] == [0, 6, 11, 17]
    assert len(codec.decoded) == 1
    expected = latent_path(through, np.arange(18) / 17, arc, slider.stops)
    np.testing.assert_allclose(slider.path, expected, rtol=1e-5, atol=1e-6)
    slider.value = 0.5
    expected = latent_path(through, [0.5], arc, slider.stops)[0]
    np.testing.assert_allclose(slider.z, expected, rtol=1e-5, atol=1e-6)


def test_way_points_can_be_changed(codec, slider):
    via = DIGITS[2:4].copy()
    slider.via = via
    np.testing.assert_array_equal(slider.path[5], z_of(codec, DIGITS[2]))
    via[:] = 0
    np.testing.assert_array_equal(slider.via, DIGITS[2:4])
    slider.via = iter([DIGITS[2], DIGITS[3]])  # as it is
    assert len(codec.decoded) == 2
    slider.value = 11 / 16
    slider.swap_ends()
    np.testing.assert_array_equal(slider.via, DIGITS[[3, 2]])
    np.testing.assert_array_equal(slider.z, z_of(codec, DIGITS[3]))
    slider.via = ()
    expected = latent_path([slider.path[0], slider.path[-1]], np.linspace(0, 1, 17), arc)
    np.testing.assert_allclose(slider.path, expected, rtol=1e-5, atol=1e-6)


def test_a_path_from_neighbour_to_neighbour(codec):
    latents = codec.encode(DIGITS)
    slider = InterpolationSlider(
        codec, DIGITS[0], DIGITS[1], method="neighbours", latents=latents, n_neighbors=5
    )
    ends = z_of(codec, DIGITS[0]), z_of(codec, DIGITS[1])
    graph = NeighbourGraph(latents.astype(np.float32), 5)
    expected = latent_path(ends, np.arange(64) / 63, graph.leg)
    np.testing.assert_allclose(slider.path, expected, atol=1e-5)
    straight = latent_path(ends, np.arange(64) / 63, line)

    def far(path):
        return np.linalg.norm(latents - path[:, np.newaxis], axis=2).min(axis=1).max()

    assert far(slider.path) < 0.8 * far(straight)
    slider.value = 0.123
    np.testing.assert_allclose(slider.z, latent_path(ends, [0.123], graph.leg)[0], atol=1e-5)


def test_all_methods_are_compared_in_one_batch(codec):
    latents = codec.encode(DIGITS)
    alone = {}
    for method in ("slerp", "linear", "neighbours"):
        slider = InterpolationSlider(codec, DIGITS[0], DIGITS[1], method=method, latents=latents)
        alone[method] = slider.path, slider.frames, slider.log_prior, slider.step_size
    codec.decoded.clear()
    slider.compare = True
    assert [len(z) for z in codec.decoded] == [3 * 64]
    content = slider._content
    assert [strip["method"] for strip in content["strips"]] == list(alone)
    for method, expected in alone.items():
        slider.method = method
        for now, then in zip(
            (slider.path, slider.frames, slider.log_prior, slider.step_size), expected, strict=True
        ):
            np.testing.assert_allclose(now, then, atol=1e-5)
    # Another method of those shown is neither decoded nor sent.
    assert len(codec.decoded) == 1
    assert slider._content is content
    slider.compare = False
    assert [strip["method"] for strip in slider._content["strips"]] == ["neighbours"]


class Notes(Identity):
    """Numbers of tokens, near halves of latent vectors."""

    n_classes = 5

    def decode(self, z):
        return np.floor(np.asarray(z) / 2)


@pytest.mark.parametrize("conditioned", [False, True])
def test_the_change_of_tokens_is_the_share_that_changes(conditioned):
    codec = ConditionedCodec(WithLabel(), 1, 2) if conditioned else Notes()
    slider = InterpolationSlider(
        codec, np.zeros(4), [2, 4, 8, 0], steps=3, method="linear", ends="latent"
    )
    np.testing.assert_array_equal(slider.frames, [[0, 0, 0, 0], [0, 1, 2, 0], [1, 2, 4, 0]])
    np.testing.assert_array_equal(slider.step_size, [2 / 4, 3 / 4])
    assert slider.has_tokens
    assert slider._content["tokens"]


class WithLabel(Notes):
    """Takes a label, which makes no difference."""

    def encode(self, x, y):
        return super().encode(x)

    def decode(self, z, y):
        return super().decode(z)


def test_the_profile_of_a_path(slider):
    density = stats.multivariate_normal(np.zeros(3)).logpdf(slider.path)
    np.testing.assert_allclose(slider.log_prior, density, rtol=1e-5)
    steps = [np.sqrt(np.mean((slider.frames[i + 1] - slider.frames[i]) ** 2)) for i in range(16)]
    np.testing.assert_allclose(slider.step_size, steps, rtol=1e-5)
    assert not slider.has_tokens
    (strip,) = slider._content["strips"]
    for name in ("log_prior", "step_size"):
        np.testing.assert_array_equal(np.frombuffer(strip[name]["data"]), getattr(slider, name))


def read_png(path):
    with Image.open(path) as image:
        assert image.mode in ("L", "RGB")
        return np.asarray(image.convert("RGB"))


def test_png_is_a_strip_of_frames(slider, tmp_path):
    slider.save_png(tmp_path / "strip.png", columns=5, size=16, gap=3)
    tiles = ImageRenderer(0, 1)(slider.frames)[[0, 4, 8, 12, 16], ..., :3]
    expected = np.full((16, 5 * 16 + 4 * 3, 3), 255)
    for i, tile in enumerate(tiles):
        expected[:, 19 * i : 19 * i + 16] = tile.repeat(2, 0).repeat(2, 1)
    np.testing.assert_array_equal(read_png(tmp_path / "strip.png"), expected)
    slider.save_png(tmp_path / "all.png", columns=99, size=1, gap=0)
    assert read_png(tmp_path / "all.png").shape == (8, 17 * 8, 3)


def test_png_has_a_row_for_each_method_compared(slider, tmp_path):
    slider.compare = True
    slider.save_png(tmp_path / "both.png", size=8, gap=0)
    both = read_png(tmp_path / "both.png")
    for row, method in enumerate(("slerp", "linear")):
        slider.compare, slider.method = False, method
        slider.save_png(tmp_path / "one.png", size=8, gap=0)
        np.testing.assert_array_equal(both[8 * row :][:8], read_png(tmp_path / "one.png"))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"columns": 1}, "columns must be at least 2"),
        ({"size": 0}, "size must be at least 1"),
        ({"gap": -1}, "gap must be at least 0"),
    ],
)
def test_png_with_bad_options_writes_nothing(slider, tmp_path, options, message):
    with pytest.raises(ValueError, match=message):
        slider.save_png(tmp_path / "path.png", **options)
    assert list(tmp_path.iterdir()) == []


@pytest.fixture
def gif(tmp_path):
    def read(slider, **options):
        path = tmp_path / "path.gif"
        slider.save_gif(path, **options)
        assert [file.name for file in tmp_path.iterdir()] == ["path.gif"]
        with Image.open(path) as image:
            frames, durations = [], []
            for i in range(image.n_frames):
                image.seek(i)
                frames.append(np.asarray(image.convert("RGB")))
                durations.append(image.info["duration"])
            return np.array(frames), durations

    return read


def test_gif_holds_the_frames_enlarged_with_sharp_edges(slider, gif):
    frames, durations = gif(slider, duration=1.7, size=70)
    tiles = ImageRenderer(0, 1)(slider.frames)[..., :3]
    np.testing.assert_array_equal(frames, np.kron(tiles, np.ones((1, 8, 8, 1), np.uint8)))
    assert durations == [100] * 17


def test_gif_can_play_back(slider, gif):
    forwards, _ = gif(slider, size=8)
    frames, _ = gif(slider, size=8, ping_pong=True)
    np.testing.assert_array_equal(frames, [*forwards, *forwards[-2:0:-1]])


def test_gif_lays_transparent_tiles_on_white(codec, gif):
    def renderer(batch):
        tiles = np.zeros((len(batch), 8, 8, 4), np.uint8)
        tiles[:, 0, :, 0] = 255
        tiles[:, 0, :, 3] = np.arange(len(batch))[:, None] * 60
        return tiles

    slider = InterpolationSlider(codec, DIGITS[0], DIGITS[1], steps=4, renderer=renderer)
    frames, _ = gif(slider, size=8)
    assert (frames[:, 1:] == 255).all()
    np.testing.assert_array_equal(
        frames[:, 0, 0], [[255, 255 - 60 * i, 255 - 60 * i] for i in range(4)]
    )


@pytest.mark.parametrize(
    ("options", "message"),
    [({"duration": 0}, "duration must lie in"), ({"size": 0}, "size must be at least 1")],
)
def test_gif_with_bad_options_writes_nothing(slider, tmp_path, options, message):
    with pytest.raises(ValueError, match=message):
        slider.save_gif(tmp_path / "path.gif", **options)
    assert list(tmp_path.iterdir()) == []


def test_a_gif_that_fails_leaves_the_old_file(slider, tmp_path, monkeypatch):
    path = tmp_path / "path.gif"
    path.write_bytes(b"old")
    monkeypatch.setattr("os.replace", lambda *_: (_ for _ in ()).throw(OSError("full")))
    with pytest.raises(OSError, match="full"):
        slider.save_gif(path)
    assert path.read_bytes() == b"old"
    assert [file.name for file in tmp_path.iterdir()] == ["path.gif"]


def test_numbers_of_numpy_are_positions(slider):
    slider.value = np.float32(0.5)
    assert slider.value == 0.5
    assert type(slider.value) is float


def test_none_takes_the_way_points_away(codec):
    slider = InterpolationSlider(codec, DIGITS[0], DIGITS[1], steps=9, via=[DIGITS[2]])
    slider.via = None
    assert slider.via == ()
    assert slider.stops.tolist() == [0, 1]
    slider.swap_ends()


def test_texts_are_frames_with_a_drawing_for_each_text():
    vocabulary = Vocabulary(list("abc"), length=4)

    class Texts:
        latent_dim, sample_shape, n_classes = 1, (4,), 5

        def encode(self, x):
            return np.zeros((len(x), 1), np.float32), np.zeros((len(x), 1), np.float32)

        def decode(self, z):
            texts = ["ab" if each < 0.5 else "ca" for each in z[:, 0]]
            return vocabulary.encode(texts).astype(np.float32)

    renderer = TextRenderer(vocabulary)
    slider = InterpolationSlider(Texts(), [0.0], [1.0], 8, "linear", renderer=renderer)
    drawings = slider._content["atlas"]["drawings"]
    texts = json.loads(drawings["svg"])
    expected = [renderer.svg(frame) for frame in [*slider.frames, *slider.frames[[0, -1]]]]
    assert [texts[which] for which in drawings["of"]] == expected
    assert len(texts) == 2
    slider.close()
