"""ONNX that is written layer by layer gives what Keras gives."""

import keras
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from keras import layers

from vae_widgets import VAE, Bernoulli, Categorical, Gaussian, load
from vae_widgets.bundle.onnx.graph import OnnxGraph
from vae_widgets.models.losses.latent_model import LatentModel
from vae_widgets.models.networks.architectures import build_architecture
from vae_widgets.models.serialization import graphs
from vae_widgets.models.serialization.onnx_heads import LatentModelWriter
from vae_widgets.models.serialization.onnx_writer import GraphWriter, UnknownLayerError

ACTIVATIONS = ("elu", "exponential", "gelu", "linear", "relu", "selu", "sigmoid", "silu")
ACTIVATIONS += ("softplus", "softsign", "tanh")


def run(model, *arrays):
    """What ONNX Runtime makes of arrays, one for each input of a Keras model with one output."""
    names = [f"x{i}" for i in range(len(arrays))]
    graph = GraphWriter({name: x.shape[1:] for name, x in zip(names, arrays, strict=True)})
    result = graph.call(model, *graph.inputs)
    inputs = {x.name: x.shape for x in graph.inputs}
    checked = OnnxGraph(graph.to_bytes({"out": result}), inputs, {"out": result.shape}, "test")
    return checked(**dict(zip(names, arrays, strict=True)))[0]


def random(*shape):
    return np.random.default_rng(sum(shape)).normal(size=shape).astype(np.float32)


def shaken(*models):
    """Give every weight a value, also the biases, which begin at zero."""
    rng = np.random.default_rng(0)
    for model in models:
        model.set_weights([0.3 * rng.standard_normal(w.shape) for w in model.get_weights()])


def same(ours, theirs):
    np.testing.assert_allclose(ours, theirs, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_activations(name):
    x = keras.Input((7,))
    model = keras.Model(x, layers.Activation(name)(x))
    same(run(model, 3 * random(5, 7)), model(3 * random(5, 7)))


@given(
    rank=st.sampled_from([1, 2]),
    transposed=st.booleans(),
    sides=st.tuples(st.integers(1, 9), st.integers(1, 9)),
    size=st.integers(1, 5),
    stride=st.integers(1, 4),
    dilation=st.integers(1, 3),
    bias=st.booleans(),
)
@settings(max_examples=60, deadline=None)
def test_convolutions_pad_as_in_keras(rank, transposed, sides, size, stride, dilation, bias):
    if stride > 1 or transposed:
        dilation = 1  # Keras has no both
    kind = getattr(layers, f"Conv{rank}D" + "Transpose" * transposed)
    x = keras.Input((*sides[:rank], 3))
    layer = kind(2, size, stride, padding="same", dilation_rate=dilation, use_bias=bias)
    model = keras.Model(x, layer(x))
    shaken(model)
    data = random(4, *sides[:rank], 3)
    same(run(model, data), model(data))


def written(networks, write, inputs, outputs):
    graph = GraphWriter(inputs)
    results = write(LatentModelWriter(graph, networks), *graph.inputs)
    content = graph.to_bytes(dict(zip(outputs, results, strict=True)))
    return OnnxGraph(content, inputs, outputs, "test")


SHAPES = {
    "dense": st.lists(st.integers(1, 5), min_size=1, max_size=3),
    "conv": st.tuples(st.integers(8, 13), st.integers(8, 13), st.integers(1, 3)),
    "sequence": st.sampled_from([(9,), (7, 2)]),
}


@given(
    data=st.data(),
    architecture=st.sampled_from(sorted(SHAPES)),
    rule=st.sampled_from(["bernoulli", "gaussian", "learned", "categorical"]),
    activation=st.sampled_from(["relu", "gelu"]),
    n_labels=st.sampled_from([None, 3]),
    variational=st.booleans(),
)
@settings(max_examples=20, deadline=None)
def test_every_architecture(data, architecture, rule, activation, n_labels, variational):
    if rule == "categorical" and architecture == "conv":
        architecture = "dense"
    shape = tuple(data.draw(SHAPES[architecture]))
    likelihood = {
        "bernoulli": Bernoulli,
        "gaussian": lambda: Gaussian(0.7),
        "learned": lambda: Gaussian("learned"),
        "categorical": lambda: Categorical(4),
    }[rule]()
    encoder, decoder = build_architecture(
        architecture,
        shape,
        3,
        likelihood=likelihood,
        hidden_units=(5,),
        filters=None if architecture == "dense" else (3, 4),
        activation=activation,
        variational=variational,
        n_labels=n_labels,
    )
    shaken(encoder, decoder, likelihood)
    networks = LatentModel(encoder, decoder, likelihood, variational, n_labels)
    hot = [] if n_labels is None else [np.eye(3, dtype=np.float32)[np.arange(12) % 3]]
    named = {"y": hot[0]} if hot else {}
    labels = {"y": (3,)} if hot else {}
    rng = np.random.default_rng(0)
    x = rng.integers(0, 2, (12, *shape)).astype(np.float32)
    z = random(12, 3)

    encoder = written(
        networks,
        LatentModelWriter.code,
        {"x": shape, **labels},
        {"z_mean": (3,), "z_log_var": (3,)},
    )
    for ours, theirs in zip(encoder(x=x, **named), networks.code(x, *hot), strict=True):
        same(ours, theirs)
    decoder = written(networks, LatentModelWriter.mean, {"z": (3,), **labels}, {"x": shape})
    same(decoder(z=z, **named)[0], networks.mean(z, *hot))

    z_mean, z_log_var = (np.asarray(part, np.float64) for part in networks.code(x, *hot))
    kl = 0.5 * (z_mean**2 + np.exp(z_log_var) - z_log_var - 1).sum(axis=1)
    loss = np.asarray(networks.reconstruction_loss(z_mean.astype(np.float32), x, *hot))
    for kind, expected in {"reconstruction": loss, "kl": kl, "elbo": loss + kl}.items():
        score = written(
            networks,
            lambda writer, *given, kind=kind: writer.score(*given, kind=kind),
            {"x": shape, **labels},
            {"score": ()},
        )
        np.testing.assert_allclose(score(x=x, **named)[0], expected, rtol=1e-4, atol=1e-3)


def test_a_predicted_deviation_and_sequential_halves():
    x, z = keras.Input((4,)), keras.Input((2,))
    encoder = keras.Model(x, [layers.Dense(2)(x), layers.Dense(2)(x)])
    decoder = keras.Model(z, [layers.Dense(4)(z), layers.Dense(4)(z)])
    networks = VAE(encoder, decoder, Gaussian("predicted")).export_spec().networks
    shaken(encoder, decoder)
    data = random(6, 4)
    z_mean, _ = networks.code(data)
    score = written(
        networks,
        lambda writer, *given: writer.score(*given, kind="reconstruction"),
        {"x": (4,)},
        {"score": ()},
    )
    same(score(x=data)[0], networks.reconstruction_loss(z_mean, data))

    model = keras.Sequential([keras.Input((4,)), layers.Dense(3, "tanh"), layers.Reshape((3, 1))])
    same(run(model, data), model(data))


def test_outputs_by_name_and_operations_that_are_not_needed():
    x = keras.Input((4,))
    names = ("z_log_var", "other", "z_mean")
    encoder = keras.Model(x, {name: layers.Dense(2, name=name)(x) for name in names})
    decoder = keras.Sequential([keras.Input((2,)), layers.Dense(4)])
    networks = VAE(encoder, decoder, "gaussian").export_spec().networks
    outputs = {"z_mean": (2,), "z_log_var": (2,)}
    graph = written(networks, LatentModelWriter.code, {"x": (4,)}, outputs)
    data = random(5, 4)
    for ours, theirs in zip(graph(x=data), networks.code(data), strict=True):
        same(ours, theirs)


def model_of(*chain):
    x = keras.Input((8, 8, 4))
    h = x
    for layer in chain:
        h = layer(h)
    return keras.Model(x, h)


def relu(x):
    return keras.ops.relu(x) - 1


class Doubled(layers.Dense):
    def call(self, inputs, training=None):
        return 2 * super().call(inputs)


class Own(keras.Model):
    def call(self, inputs):
        return inputs


shared = layers.Conv2D(4, 3, padding="same")
UNKNOWN = {
    "a layer": lambda: model_of(layers.BatchNormalization()),
    "a padding": lambda: model_of(layers.Conv2D(2, 3)),
    "groups": lambda: model_of(layers.Conv2D(4, 3, padding="same", groups=2)),
    "an output padding": lambda: model_of(
        layers.Conv2DTranspose(2, 3, 2, padding="same", output_padding=0)
    ),
    "an activation": lambda: model_of(layers.Activation("log_softmax")),
    "an activation of one's own": lambda: model_of(layers.Activation(lambda x: 2 * x)),
    "an activation of a known name": lambda: model_of(layers.Activation(relu)),
    "a sum with a number": lambda: model_of(lambda x: x + 1.0),
    "a sum of different shapes": lambda: model_of(
        lambda x: layers.Add()([x, layers.Conv2D(1, 1, padding="same")(x)])
    ),
    "a cast to other than whole numbers": lambda: model_of(lambda x: keras.ops.cast(x, "float16")),
    "channels first": lambda: model_of(layers.Flatten(data_format="channels_first")),
    "a side that is left open": lambda: keras.Model(
        (x := keras.Input((None, 8, 4))), layers.Activation("relu")(x)
    ),
    "a subclass of a layer": lambda: model_of(Doubled(3)),
    "a layer that is called twice": lambda: model_of(shared, shared),
    "a model within a model": lambda: model_of(model_of(layers.Flatten())),
    "uneven parts": lambda: model_of(lambda x: keras.ops.split(x, [1], axis=-1)),
    "a model of one's own": lambda: Own(),
}


@pytest.mark.parametrize("name", UNKNOWN)
def test_what_is_unknown_is_left_to_the_converter(name):
    graph = GraphWriter({"x": (8, 8, 4)})
    with pytest.raises(UnknownLayerError):
        graph.call(UNKNOWN[name](), *graph.inputs)


@pytest.mark.parametrize("architecture", sorted(SHAPES))
def test_saving_what_build_makes_needs_no_converter(architecture, tmp_path, monkeypatch):
    monkeypatch.delattr(graphs, "to_onnx")
    shape = {"dense": (5,), "conv": (8, 9, 1), "sequence": (9,)}[architecture]
    options = {} if architecture == "dense" else {"filters": (3, 4)}
    vae = VAE.build(shape, 2, architecture, likelihood="gaussian", hidden_units=(5,), **options)
    shaken(vae.encoder, vae.decoder)
    vae.save(tmp_path / "x.vae")
    codec, x = load(tmp_path / "x.vae"), random(5, *shape)
    same(codec.encode(x)[0], vae.encode(x)[0])
    same(codec.anomaly_score(x), vae.anomaly_score(x))
