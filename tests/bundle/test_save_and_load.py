"""vae.save("name.vae"): VAE.load gives the model back, load a codec that does the same."""

import json
import subprocess
import sys
import zipfile

import keras
import numpy as np
import pytest
import tensorflow as tf

import vae_widgets as vw
from tests.bundle.conftest import KINDS
from vae_widgets.codec import check_codec


@pytest.mark.parametrize("kind", KINDS)
def test_codec_and_model_do_what_the_model_did(kind, tmp_path):
    make_model, make_samples = KINDS[kind]
    vae, rng = make_model(), np.random.default_rng(1)
    vae.save(tmp_path / "x.vae")
    codec = vw.load(tmp_path / "x.vae")
    x = make_samples(rng)
    z = 2 * rng.standard_normal((50, vae.latent_dim))
    for ours, theirs in zip(codec.encode(x), vae.encode(x), strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-5, atol=1e-5)
    decoded = codec.decode(z)
    assert decoded.dtype == np.float32
    np.testing.assert_allclose(decoded, vae.decode(z), rtol=1e-5, atol=1e-5)
    assert (codec.latent_dim, codec.sample_shape) == (vae.latent_dim, vae.sample_shape)
    assert codec.likelihood == vae.likelihood.name
    loaded = vw.VAE.load(tmp_path / "x.vae")
    np.testing.assert_allclose(loaded.elbo(x, seed=0), vae.elbo(x, seed=0), rtol=1e-5)


def test_saving_while_it_trains(samples, tmp_path):
    twin = vw.VAE.build((8, 8), hidden_units=(16,))
    twin.compile(jit_compile=False)
    run = twin.fit_async(samples, epochs=100_000)
    try:
        twin.save(tmp_path / "x.vae")
    finally:
        run.stop()
        run.wait()
    z = np.random.default_rng(0).standard_normal((9, 2))
    expected = vw.VAE.load(tmp_path / "x.vae").decode(z)
    np.testing.assert_allclose(vw.load(tmp_path / "x.vae").decode(z), expected, atol=1e-6)


def test_the_optimizer_comes_back(vae, bundle, samples):
    loaded = vw.VAE.load(bundle)
    assert type(loaded) is vw.VAE
    assert loaded.optimizer.iterations == vae.optimizer.iterations == 8
    for old, new in zip(vae.optimizer.variables, loaded.optimizer.variables, strict=True):
        np.testing.assert_array_equal(old.numpy(), new.numpy())
    before = loaded.evaluate(samples, verbose=0)[0]
    loaded.fit(samples, epochs=5, verbose=0)
    assert loaded.evaluate(samples, verbose=0)[0] < before


def test_the_manifest_tells_how_it_was_made(vae, bundle):
    manifest = vw.load(bundle).manifest
    assert manifest["kind"] == "bundle"
    assert manifest["likelihood"] == {
        "name": "bernoulli",
        "bounds": [0.0, 1.0],
        "n_classes": None,
        "config": {"from_logits": True},
    }
    assert manifest["renderer"]["name"] == "image"
    training = manifest["training"]
    assert training["losses"] == {k: v[-1] for k, v in vae.history.history.items()}
    assert set(training["losses"]) == {"loss", "reconstruction_loss", "kl_loss", "elbo"}
    del training["losses"]
    history = training.pop("history")
    assert history.pop("epoch") == [1, 2]
    assert history == {k: list(map(float, v)) for k, v in vae.history.history.items()}
    assert training == {"epochs": 2, "steps": 8, "n_samples": 40, "seed": 4, "beta": 2.0}
    assert manifest["versions"]["keras"] == keras.__version__
    assert manifest["versions"]["vae_widgets"] == vw.__version__
    with zipfile.ZipFile(bundle) as file:
        assert {"manifest.json", *manifest["parts"]} == set(file.namelist())


def test_a_bundle_that_is_not_trainable_does_all_but_train(vae, samples, tmp_path):
    vae.save(tmp_path / "whole.vae", samples=samples)
    vae.save(tmp_path / "small.vae", samples=samples, trainable=False)
    whole, small = (vw.load(tmp_path / f"{name}.vae") for name in ("whole", "small"))
    assert "model.keras" in whole.manifest["parts"]
    assert whole.manifest["parts"].keys() - small.manifest["parts"].keys() == {"model.keras"}
    np.testing.assert_array_equal(small.encode(samples)[0], whole.encode(samples)[0])
    np.testing.assert_array_equal(small.anomaly_score(samples), whole.anomaly_score(samples))
    np.testing.assert_array_equal(small.latents, whole.latents)
    with pytest.raises(
        vw.BundleError, match=r"saved with trainable=False\. vw\.load\(path\) opens"
    ):
        vw.VAE.load(tmp_path / "small.vae")
    with pytest.raises(ValueError, match="trainable=False is for bundles"):
        vae.save(tmp_path / "x.keras", trainable=False)


def test_the_summary_survives_a_second_save(bundle, tmp_path):
    vw.VAE.load(bundle).save(tmp_path / "again.vae")
    assert vw.load(tmp_path / "again.vae").manifest["training"]["epochs"] == 2


def test_losses_that_are_not_finite_are_null(vae, tmp_path, monkeypatch):
    monkeypatch.setitem(vae.history.history, "loss", [1.0, float("nan")])
    vae.save(tmp_path / "x.vae")
    training = vw.load(tmp_path / "x.vae").manifest["training"]
    assert training["losses"]["loss"] is None
    assert training["history"]["loss"] == [1.0, None]


def test_of_a_long_history_evenly_spread_epochs_go_along(vae, tmp_path, monkeypatch):
    losses = np.arange(25_000.0)
    monkeypatch.setattr(vae.history, "epoch", list(range(25_000)))
    monkeypatch.setattr(vae.history, "history", {"loss": losses.tolist(), "val_loss": [1.0]})
    vae.save(tmp_path / "x.vae")
    history = vw.load(tmp_path / "x.vae").manifest["training"]["history"]
    assert history.keys() == {"epoch", "loss"}  # validation has no value for each epoch
    assert (len(history["loss"]), history["loss"][0], history["loss"][-1]) == (1_000, 0, 24_999)
    np.testing.assert_array_equal(np.array(history["epoch"]) - 1, history["loss"])
    assert np.ptp(np.diff(history["loss"])) <= 1


def test_codes_go_along_with_their_variances_and_classes(vae, samples, tmp_path):
    labels = np.array([0.0, 1, 2, np.nan, 1, 0, 2])
    names = ["zero", "one", "two"]
    vae.save(tmp_path / "x.vae", samples=samples[:7], labels=labels, label_names=names)
    codec = vw.load(tmp_path / "x.vae")
    np.testing.assert_array_equal(codec.log_vars, vae.encode(samples[:7])[1])
    assert codec.labels.tolist() == ["zero", "one", "two", None, "one", "zero", "two"]
    vae.save(tmp_path / "y.vae", latents=codec.latents, labels=list("abcabca"))
    again = vw.load(tmp_path / "y.vae")
    assert again.log_vars is None
    assert again.labels.tolist() == list("abcabca")


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({"labels": [0, 1]}, "pass samples or latents"),
        ({"latents": np.zeros((3, 3)), "labels": [0, 1]}, "labels"),
        ({"latents": np.zeros((2, 3)), "labels": [0, 5], "label_names": ["a"]}, "has no name"),
    ],
)
def test_labels_are_checked_before_anything_is_written(vae, tmp_path, options, expected):
    with pytest.raises(ValueError, match=expected):
        vae.save(tmp_path / "x.vae", **options)
    assert not any(tmp_path.iterdir())


def test_what_goes_along(vae, bundle, samples, policy):
    codec = vw.load(bundle)
    assert codec.renderer.vmax == 2.0
    assert codec.renderer.invert
    assert codec.preprocessing == {"divide_by": 255}
    assert codec.policy == policy
    np.testing.assert_array_equal(codec.latents, vae.encode(samples[:7])[0])
    np.testing.assert_array_equal(codec.tiles, codec.renderer(samples[:7]))


def test_nothing_goes_along_unasked(vae, tmp_path):
    vae.save(tmp_path / "x.vae")
    codec = vw.load(tmp_path / "x.vae")
    assert (codec.latents, codec.tiles, codec.policy, codec.preprocessing) == (None,) * 4
    assert type(codec.renderer) is vw.ImageRenderer
    assert not codec.renderer.invert


def test_other_latents_and_renderers(vae, tmp_path):
    codes = np.arange(12).reshape(4, 3)
    vae.save(tmp_path / "x.vae", latents=codes, renderer=vw.SignalRenderer(width=40))
    codec = vw.load(tmp_path / "x.vae")
    np.testing.assert_array_equal(codec.latents, codes)
    assert type(codec.renderer) is vw.SignalRenderer
    assert codec.renderer.width == 40


def test_a_renderer_of_flattened_images(vae, tmp_path):
    vae.save(tmp_path / "x.vae", renderer=vw.ImageRenderer(shape=(4, 16)))
    renderer = vw.load(tmp_path / "x.vae").renderer
    assert renderer(np.zeros((2, 64))).shape == (2, 4, 16, 4)


def test_the_range_of_the_samples_goes_along(tmp_path):
    vae = vw.VAE.build((8, 8), likelihood="gaussian", hidden_units=(4,))
    samples = np.linspace(-2, 3, 192, dtype=np.float32).reshape(3, 8, 8)
    vae.save(tmp_path / "x.vae", samples=samples)
    codec = vw.load(tmp_path / "x.vae")
    assert (codec.renderer.vmin, codec.renderer.vmax) == (-2, 3)
    np.testing.assert_array_equal(codec.tiles, vw.ImageRenderer(-2, 3)(samples))
    # The widgets take it over the one that the shape suggests.
    assert vw.LatentScatter(codec, samples / 9)._range_note == "black \N{MINUS SIGN}2, white 3"


def test_of_a_renderer_of_ones_own_the_name_goes_along(vae, samples, tmp_path):
    class Molecules(vw.ImageRenderer):
        pass

    vae.save(tmp_path / "x.vae", renderer=Molecules(invert=True), samples=samples[:2])
    with pytest.warns(UserWarning, match=r"Molecules.*Pass yours to each widget: renderer="):
        codec = vw.load(tmp_path / "x.vae")
    assert codec.absent_renderer.name.endswith("Molecules")
    assert type(codec.renderer) is vw.ImageRenderer
    np.testing.assert_array_equal(codec.tiles, Molecules(invert=True)(samples[:2]))
    vae.save(tmp_path / "y.vae", renderer=lambda batch: batch)
    with pytest.warns(UserWarning, match="lambda"):
        vw.load(tmp_path / "y.vae")
    vae.save(tmp_path / "z.vae")
    assert vw.load(tmp_path / "z.vae").absent_renderer is None


def test_a_vocabulary_goes_along(tmp_path):
    strings = ["CCO", "CBr", "c1ccccc1"]
    vocabulary = vw.Vocabulary.fit(strings, pattern=vw.Vocabulary.SMILES)
    vae = vw.VAE.build(
        vocabulary.sample_shape,
        architecture="sequence",
        likelihood="categorical",
        n_classes=len(vocabulary),
        filters=(4,),
        hidden_units=(4,),
    )
    x = vocabulary.encode(strings)
    vae.fit(x, verbose=0)
    vae.save(tmp_path / "x.vae", renderer=vw.TextRenderer(vocabulary), samples=x)
    codec = vw.load(tmp_path / "x.vae")
    assert codec.vocabulary == vocabulary
    assert codec.n_classes == vae.n_classes == len(vocabulary)
    assert codec.vocabulary.decode(codec.decode(np.zeros((4, 2)))) == vocabulary.decode(
        vae.decode(np.zeros((4, 2)))
    )
    detail = vw.LatentScatter(codec, x)._pictures.detail(1, [0, 1])
    assert detail["text"] == "<code>CBr</code>"


def test_it_is_a_codec(bundle):
    codec = vw.load(bundle)
    assert check_codec(codec) is codec
    assert codec.n_classes is None
    assert repr(codec) == (
        "<BundleCodec digits.vae: 3 latent dimensions, samples of 8x8, bernoulli likelihood>"
    )


def test_draws_from_the_prior(vae, bundle):
    codec = vw.load(bundle)
    np.testing.assert_allclose(codec.sample(5, seed=1), vae.sample(5, seed=1), atol=1e-6)
    assert not np.array_equal(codec.sample(5), codec.sample(5))


def test_more_rows_than_pass_at_once(vae, bundle):
    codec = vw.load(bundle)
    z = np.random.default_rng(0).standard_normal((2_500, 3))
    np.testing.assert_allclose(codec.decode(z), vae.decode(z), atol=1e-5)
    x = vae.decode(z)
    np.testing.assert_allclose(codec.encode(x)[1], vae.encode(x)[1], atol=1e-5)


def test_a_codec_needs_neither_tensorflow_nor_keras(bundle):
    # Nor a search for plugins, as its renderer is one of this package.
    heavy = "'tensorflow', 'keras', 'onnx', 'h5py', 'importlib.metadata'"
    code = (
        "import sys, vae_widgets as vw; codec = vw.load(sys.argv[1]); "
        "codec.encode(codec.sample(3)); codec.tiles; codec.renderer(codec.sample(1)); "
        f"print(sorted({{{heavy}}} & set(sys.modules)))"
    )
    command = [sys.executable, "-c", code, bundle]
    assert subprocess.check_output(command, text=True).strip() == "[]"


def test_the_converter_is_silent(tmp_path):
    code = (
        "import os, sys, keras, numpy as np, vae_widgets as vw; from tests.bundle.conftest import "
        "own_halves; vae = vw.VAE(*own_halves(), likelihood='gaussian'); vae.sample(1); "
        "os.write(2, b'BEGIN'); vae.save(sys.argv[1]); os.write(2, b'END')"
    )
    command = [sys.executable, "-c", code, tmp_path / "x.vae"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stderr.split("BEGIN")[1] == "END"


def test_keras_files_stay_those_of_keras(vae, samples, tmp_path):
    vae.save(tmp_path / "x.keras")
    for loaded in (
        keras.saving.load_model(tmp_path / "x.keras"),
        vw.VAE.load(tmp_path / "x.keras"),
    ):
        np.testing.assert_array_equal(loaded.encode(samples)[0], vae.encode(samples)[0])


def test_overwriting(vae, tmp_path):
    path = tmp_path / "x.vae"
    vae.save(path)
    first = path.read_bytes()
    with pytest.raises(FileExistsError, match="exists, and overwrite is False"):
        vae.save(path, overwrite=False)
    assert path.read_bytes() == first
    vae.save(path)
    assert vw.load(path).latent_dim == 3


@pytest.mark.parametrize(
    ("options", "error", "expected"),
    [
        ({"render": None}, TypeError, "did you mean 'renderer'"),
        ({"renderer": 3}, TypeError, "renderer must be callable"),
        ({"policy": 0.5}, TypeError, "policy must be a ThresholdPolicy; received float"),
        ({"preprocessing": {1, 2}}, ValueError, "a value that is not JSON"),
        ({"preprocessing": float("nan")}, ValueError, "a value that is not JSON"),
        ({"samples": np.zeros((2, 5))}, ValueError, r"samples has shape \(2, 5\); expected \(n, 8"),
        ({"samples": np.full((2, 8, 8), 7)}, ValueError, "samples spans"),
        ({"latents": np.zeros((2, 5))}, ValueError, r"latents has shape \(2, 5\); expected \(n, 3"),
        (
            {"latents": np.zeros((2, 3)), "samples": np.zeros((1, 8, 8))},
            ValueError,
            "latents has 2 rows; expected 1",
        ),
        ({"zipped": True}, ValueError, "zipped=True is not for bundles"),
    ],
)
def test_bad_options(vae, bundle, tmp_path, options, error, expected):
    path = tmp_path / "x.vae"
    path.write_bytes(b"old")
    with pytest.raises(error, match=expected):
        vae.save(path, **options)
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_bad_paths(vae, tmp_path):
    folder = tmp_path / "folder.vae"
    folder.mkdir()
    with pytest.raises(IsADirectoryError, match="is a folder"):
        vae.save(folder)
    with pytest.raises(FileNotFoundError, match="there is no folder"):
        vae.save(tmp_path / "none" / "x.vae")
    with pytest.raises(TypeError, match="filepath must be the name of a file; received 5"):
        vae.save(5)
    with pytest.raises(ValueError, match=r"policy is for bundles; .* ends in \.vae"):
        vae.save(tmp_path / "x.keras", policy=vw.ThresholdPolicy(1))
    for load in (vw.load, vw.VAE.load):
        with pytest.raises(FileNotFoundError, match=r"none\.vae does not exist"):
            load(tmp_path / "none.vae")
        with pytest.raises(IsADirectoryError, match="is a folder"):
            load(tmp_path)
        with pytest.raises(TypeError, match="path must be the name of a"):
            load(None)
    with pytest.raises(TypeError, match="did you mean 'path'"):
        vw.load(paht="x")


@pytest.mark.parametrize(
    ("method", "value", "expected"),
    [
        ("encode", np.zeros((2, 9, 9)), r"x has shape \(2, 9, 9\); expected \(n, 8, 8\)"),
        ("encode", np.full((2, 8, 8), 255), "x spans .* the bernoulli likelihood needs values in"),
        ("encode", np.full((2, 8, 8), np.nan), "x has 128 NaN"),
        ("encode", np.zeros((0, 8, 8)), "x is empty"),
        ("decode", np.zeros((2, 2)), r"z has shape \(2, 2\); expected \(n, 3\)"),
        ("decode", np.zeros(3), r"For one sample, pass z\[np.newaxis\]"),
        ("sample", 0, "n must be at least 1"),
    ],
)
def test_bad_input_for_a_codec(bundle, method, value, expected):
    with pytest.raises(ValueError, match=expected):
        getattr(vw.load(bundle), method)(value)


def test_tokens_are_checked(tmp_path):
    make_model, _ = KINDS["sequence categorical"]
    make_model().save(tmp_path / "x.vae")
    codec = vw.load(tmp_path / "x.vae")
    with pytest.raises(ValueError, match="the categorical likelihood needs tokens 0 to 6"):
        codec.encode(np.full((1, 13), 7))
    with pytest.raises(ValueError, match="whole numbers"):
        codec.encode(np.full((1, 13), 0.5))


def test_recurrent_layers_are_written_out(tmp_path):
    layers = keras.layers
    x = keras.Input((3, 2))
    h = layers.Bidirectional(layers.GRU(3))(layers.LSTM(4, return_sequences=True)(x))
    encoder = keras.Model(x, [layers.Dense(2)(h), layers.Dense(2)(h)])
    z = keras.Input((2,))
    h = layers.SimpleRNN(3, return_sequences=True)(layers.RepeatVector(3)(z))
    vae = vw.VAE(encoder, keras.Model(z, layers.Dense(2)(h)), likelihood="gaussian")
    vae.save(tmp_path / "recurrent.vae")
    codec = vw.load(tmp_path / "recurrent.vae")
    samples = np.random.default_rng(0).standard_normal((6, 3, 2))
    for ours, theirs in zip(codec.encode(samples), vae.encode(samples), strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-4, atol=1e-5)
    codes = codec.encode(samples)[0]
    np.testing.assert_allclose(codec.decode(codes), vae.decode(codes), rtol=1e-4, atol=1e-5)
    # The model that was saved stays as it was.
    assert not any(getattr(layer, "unroll", False) for layer in vae._flatten_layers())
    assert vw.VAE.load(tmp_path / "recurrent.vae").encoder.count_params() == encoder.count_params()


@pytest.mark.filterwarnings("ignore")
def test_a_layer_that_onnx_does_not_know(tmp_path):
    @keras.saving.register_keras_serializable(package="tests")
    class Fft(keras.layers.Layer):
        def call(self, x):
            return keras.ops.rfft(x)[0][:, :2]

    x, z = keras.Input((8,)), keras.Input((2,))
    encoder = keras.Model(x, [Fft()(x), keras.layers.Dense(2)(x)])
    vae = vw.VAE(encoder, keras.Model(z, keras.layers.Dense(8)(z)), "gaussian")
    with pytest.raises(ValueError, match=r"cannot be exported to ONNX.*vae\.save\('name\.keras'\)"):
        vae.save(tmp_path / "x.vae")
    assert not any(tmp_path.iterdir())


def test_a_layer_that_is_random_at_all_times(tmp_path):
    """Its two halves differ from call to call, which no codec should."""

    @keras.saving.register_keras_serializable(package="tests")
    class Noise(keras.layers.Layer):
        def call(self, x):
            return x + tf.random.normal(tf.shape(x))

    x, z = keras.Input((8,)), keras.Input((2,))
    encoder = keras.Model(x, [keras.layers.Dense(2)(Noise()(x)), keras.layers.Dense(2)(x)])
    vae = vw.VAE(encoder, keras.Model(z, keras.layers.Dense(8)(z)), "gaussian")
    with pytest.raises(ValueError, match="it uses the operator 'RandomNormalLike'"):
        vae.save(tmp_path / "x.vae")


def test_a_layer_that_could_not_be_loaded(tmp_path):
    class Unknown(keras.layers.Dense):
        pass

    x, z = keras.Input((8,)), keras.Input((2,))
    encoder = keras.Model(x, [Unknown(2)(x), keras.layers.Dense(2)(x)])
    vae = vw.VAE(encoder, keras.Model(z, keras.layers.Dense(8)(z)), "gaussian")
    with pytest.raises(ValueError, match=r"class Unknown of the module .* is not registered"):
        vae.save(tmp_path / "x.vae")
    assert not any(tmp_path.iterdir())


def test_a_lambda_layer_is_refused(tmp_path):
    x, z = keras.Input((8,)), keras.Input((2,))
    double = keras.layers.Lambda(lambda h: 2 * h, output_shape=(8,))(x)
    encoder = keras.Model(x, [keras.layers.Dense(2)(double), keras.layers.Dense(2)(x)])
    vae = vw.VAE(encoder, keras.Model(z, keras.layers.Dense(8)(z)), "gaussian")
    with pytest.raises(ValueError, match="'lambda' is a Lambda layer, which carries code"):
        vae.save(tmp_path / "x.vae")
    assert not any(tmp_path.iterdir())


def test_json_is_plain(bundle):
    with zipfile.ZipFile(bundle) as file:
        content = json.loads(file.read("manifest.json"))
    assert list(content)[:4] == ["format", "schema", "kind", "created"]


def test_a_diverged_model_is_named_as_such(tmp_path):
    vae = vw.VAE.build((4,), hidden_units=(3,))
    vae.set_weights([weight * np.nan for weight in vae.get_weights()])
    with pytest.raises(ValueError, match="its training has diverged"):
        vae.save(tmp_path / "nan.vae")
    assert not list(tmp_path.iterdir())
    with pytest.raises(ValueError, match=r"has 6 NaN .* training has diverged"):
        vw.LatentScatter(vae, np.zeros((3, 4), np.float32))
