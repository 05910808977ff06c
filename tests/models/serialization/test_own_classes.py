"""Layers of the user's own: what cannot be read back is refused before any training."""

import keras
import numpy as np
import pytest

import vae_widgets as vw
from vae_widgets import VAE


class Double(keras.layers.Layer):
    """A layer as tutorials write it: not registered."""

    def call(self, x):
        return 2.0 * x


@keras.saving.register_keras_serializable(package="test_own_classes")
class WithoutConfig(keras.layers.Layer):
    """Registered, but Keras cannot make it again: __init__ takes no name."""

    def __init__(self, factor):
        super().__init__()
        self.factor = factor

    def call(self, x):
        return self.factor * x


@keras.saving.register_keras_serializable(package="test_own_classes")
class Forgetful(keras.layers.Layer):
    """Comes back as another layer: get_config leaves `factor` out."""

    def __init__(self, factor=1.0, **options):
        super().__init__(**options)
        self.factor = factor

    def call(self, x):
        return self.factor * x

    def get_config(self):
        return super().get_config()


@keras.saving.register_keras_serializable(package="test_own_classes")
class Noise(keras.layers.Layer):
    """Draws other numbers at each call, also outside of training."""

    def call(self, x):
        return x + keras.random.normal(keras.ops.shape(x))


def shifted(x):
    return x + 1.0


class OwnAdam(keras.optimizers.Adam):
    pass


class OwnVAE(VAE):
    pass


def model_with(layer=None, activation=None, kind=VAE):
    x, z = keras.Input((8,)), keras.Input((2,))
    h = x if layer is None else layer(x)
    encoder = keras.Model(x, [keras.layers.Dense(2)(h), keras.layers.Dense(2)(h)])
    decoder = keras.Model(z, keras.layers.Dense(8, activation=activation)(z))
    vae = kind(encoder, decoder, "gaussian", seed=0)
    vae.compile(jit_compile=False)
    return vae


def with_own_optimizer():
    vae = model_with()
    vae.compile(OwnAdam(1e-3), jit_compile=False)
    return vae


@pytest.fixture
def x():
    return np.random.default_rng(0).standard_normal((32, 8), dtype=np.float32)


UNREGISTERED = {
    "layer": (
        lambda: model_with(Double(name="twice")),
        "'twice' is of the class Double of",
        Double,
    ),
    "function": (
        lambda: model_with(activation=shifted),
        "uses the function shifted of",
        shifted,
    ),
    "optimizer": (with_own_optimizer, "'own_adam' is of the class OwnAdam of", OwnAdam),
    "model": (lambda: model_with(kind=OwnVAE), "'vae' is of the class OwnVAE of", OwnVAE),
}


@pytest.mark.parametrize("kind", UNREGISTERED)
def test_an_unregistered_class_is_refused_before_training(kind, x, tmp_path):
    make, message, own = UNREGISTERED[kind]
    vae, path = make(), tmp_path / "run.vae"
    for fit in (vae.fit, vae.fit_async):
        with pytest.raises(ValueError, match="checkpoint could not be read back") as caught:
            fit(x, epochs=2, checkpoint=path)
        assert message in str(caught.value)
        name = own.__name__
        assert f"keras.saving.register_keras_serializable()({name})" in str(caught.value)
        assert f"custom_objects={{'{name}': {name}}}" in str(caught.value)
    assert int(vae.optimizer.iterations) == 0
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("kind", UNREGISTERED)
def test_custom_objects_are_a_remedy(kind, x, tmp_path):
    make, _, own = UNREGISTERED[kind]
    vae, path, objects = make(), tmp_path / "run.vae", {own.__name__: own}
    vae.custom_objects = objects
    vae.fit(x, epochs=1, checkpoint=path, verbose=0)
    with pytest.raises(vw.BundleError, match=rf"custom_objects={{'{own.__name__}'.*"):
        VAE.resume(path)
    resumed = VAE.resume(path, custom_objects=objects)
    np.testing.assert_array_equal(resumed.encode(x)[0], vae.encode(x)[0])
    assert dict(resumed.custom_objects) == objects
    resumed.fit(x, epochs=2, checkpoint=tmp_path / "again.vae", verbose=0)


def test_registering_is_a_remedy_also_after_training(x, tmp_path):
    class Late(keras.layers.Layer):
        def call(self, x):
            return -x

    vae = model_with(Late())
    vae.fit(x, verbose=0)
    for name in ("late.vae", "late-run.vae"):
        save = vae.save if name == "late.vae" else vae.save_checkpoint
        with pytest.raises(ValueError, match=r"register_keras_serializable\(\)\(Late\)"):
            save(tmp_path / name)
    keras.saving.register_keras_serializable()(Late)
    vae.save(tmp_path / "late.vae")
    vae.save_checkpoint(tmp_path / "late-run.vae")
    for loaded in (VAE.load(tmp_path / "late.vae"), VAE.resume(tmp_path / "late-run.vae")):
        np.testing.assert_array_equal(loaded.encode(x)[0], vae.encode(x)[0])


def test_a_bundle_with_custom_objects(x, tmp_path):
    vae, path = model_with(Double()), tmp_path / "x.vae"
    vae.custom_objects = {"Double": Double}
    vae.save(path)
    np.testing.assert_allclose(vw.load(path).encode(x)[0], vae.encode(x)[0], atol=1e-5)
    with pytest.raises(vw.BundleError, match="is not registered"):
        VAE.load(path)
    loaded = VAE.load(path, custom_objects={"Double": Double})
    np.testing.assert_array_equal(loaded.encode(x)[0], vae.encode(x)[0])


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: keras.layers.Lambda(lambda h: 2 * h, name="twice"), "'twice' is a Lambda layer"),
        (
            lambda: keras.layers.Activation(lambda h: 2 * h, name="act"),
            "'act', of the class Activation, cannot be made again.*not a lambda",
        ),
        (
            lambda: WithoutConfig(2.0),
            r"'without_config', of the class WithoutConfig, .* keyword argument .*get_config\(\)",
        ),
        (lambda: Forgetful(3.0), r"gives other values once it is read back.*get_config\(\)"),
    ],
)
@pytest.mark.filterwarnings("ignore:The object being serialized includes a")
def test_what_cannot_be_read_back_is_refused_before_training(make, message, x, tmp_path):
    vae = model_with(make())
    with pytest.raises(ValueError, match=message):
        vae.fit(x, checkpoint=tmp_path / "run.vae", verbose=0)
    with pytest.raises(ValueError, match=message):
        vae.save(tmp_path / "x.vae")
    assert not list(tmp_path.iterdir())
    vae.fit(x, verbose=0)  # without a checkpoint it trains
    vae.save_weights(tmp_path / "x.weights.h5")  # the remedy for a trained one
    again = model_with(make())
    again.load_weights(tmp_path / "x.weights.h5")
    np.testing.assert_array_equal(again.encode(x)[0], vae.encode(x)[0])


def test_a_layer_that_draws_is_no_other_layer(x, tmp_path):
    vae = model_with(Noise())
    vae.fit(x, checkpoint=tmp_path / "run.vae", verbose=0)
    assert VAE.resume(tmp_path / "run.vae").latent_dim == 2


@pytest.mark.parametrize("objects", [["Double"], {"Double": "Double"}, {Double: Double}, 3])
def test_bad_custom_objects(objects, tmp_path):
    vae = model_with()
    with pytest.raises(TypeError, match=r"custom_objects .*{'MyLayer': MyLayer}"):
        vae.custom_objects = objects
    vae.save(tmp_path / "x.vae")
    with pytest.raises(TypeError, match="custom_objects"):
        VAE.load(tmp_path / "x.vae", custom_objects=objects)
