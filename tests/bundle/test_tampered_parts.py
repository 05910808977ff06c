"""Parts that were changed, with hashes made to fit: still our own error, naming the part."""

import io
import json

import h5py
import numpy as np
import onnx
import pytest
from PIL import Image

from tests.bundle.mutations import parts_of, sign, zip_of
from vae_widgets import VAE, BundleError
from vae_widgets.bundle.loading import load


@pytest.fixture
def tamper(bundle, tmp_path):
    """Return a maker of bundles in which one part is another, or gone."""

    def tamper(name, content):
        parts = parts_of(bundle.read_bytes())
        parts[name] = content(parts[name]) if callable(content) else content
        if content is None:
            del parts[name]
        path = tmp_path / "tampered.vae"
        path.write_bytes(zip_of(sign(parts)))
        return path

    return tamper


def test_tampering_with_nothing(tamper, bundle):
    """What the tests below break is right before they do."""
    path = tamper("decoder.onnx", lambda content: content)
    np.testing.assert_array_equal(load(path).sample(3, seed=0), load(bundle).sample(3, seed=0))
    assert VAE.load(path).latent_dim == 3


# The manifest


@pytest.mark.parametrize(
    ("entry", "value", "expected"),
    [
        ("latent_dim", "3", "'latent_dim' must be a whole number of at least 1; received '3'"),
        ("latent_dim", None, "'latent_dim' must be"),
        ("latent_dim", 0, "'latent_dim' must be"),
        ("latent_dim", True, "'latent_dim' must be"),
        ("latent_dim", 4, r"part 'encoder\.onnx' is refused: it has the outputs"),
        ("sample_shape", [], "'sample_shape' must be a list of one to eight"),
        ("sample_shape", [8, -8], "'sample_shape' must be"),
        ("sample_shape", "8x8", "'sample_shape' must be"),
        ("sample_shape", [8, 9], r"part 'encoder\.onnx' is refused: it has the inputs"),
        ("likelihood", "bernoulli", "'likelihood' must be an object"),
        ("likelihood", {"name": 5}, r"likelihood\['name'\] must be text"),
        ("likelihood", {"name": "x", "bounds": [0]}, r"likelihood\['bounds'\] must be null or two"),
        ("likelihood", {"name": "x", "bounds": ["a", 1]}, r"likelihood\['bounds'\] must be"),
        (
            "likelihood",
            {"name": "x", "n_classes": -1},
            r"likelihood\['n_classes'\] must be null or",
        ),
        ("n_labels", "ten", "'n_labels' must be null or a whole number"),
        ("renderer", {"name": "hologram"}, "'renderer': expected the name of a renderer"),
        ("renderer", "image", "'renderer': expected the name of a renderer"),
        ("renderer", {"name": "image"}, "'renderer': expected the arguments"),
        ("renderer", {"own": 3}, "'renderer': expected the name of a renderer"),
        (
            "renderer",
            {"name": "text", "arguments": {"vocabulary": {"tokens": []}}},
            "'renderer': expected a vocabulary",
        ),
        ("renderer", {"name": "image", "arguments": {"vmax": "x"}}, "vmax must be a number"),
        ("renderer", {"name": "image", "arguments": {"exec": 1}}, "unknown keyword 'exec'"),
    ],
)
def test_wrong_manifests(tamper, entry, value, expected):
    def edit(text):
        return json.dumps({**json.loads(text), entry: value}).encode()

    with pytest.raises(BundleError, match=expected):
        load(tamper("manifest.json", edit))


def test_a_manifest_of_another_model(tamper):
    def edit(text):
        return json.dumps({**json.loads(text), "latent_dim": 4}).encode()

    with pytest.raises(BundleError, match=r"'model\.keras' has 3 latent .* the manifest says 4"):
        VAE.load(tamper("manifest.json", edit))


@pytest.mark.parametrize("layout", [None, [], {"count": 7}, {"count": 7, "columns": 0}])
def test_a_manifest_without_the_layout_of_tiles(tamper, layout):
    def edit(text):
        return json.dumps({**json.loads(text), "tiles": layout}).encode()

    with pytest.raises(BundleError, match="'tiles' must have the whole numbers count, columns"):
        _ = load(tamper("manifest.json", edit)).tiles


# The optional parts


@pytest.mark.parametrize("content", [b"", b"123", bytes(16), bytes(13)])
def test_wrong_latents(tamper, content):
    with pytest.raises(BundleError, match=r"part 'latents\.f32' has .* a multiple of 12"):
        load(tamper("latents.f32", content))


def test_latents_that_are_not_finite(tamper):
    with pytest.raises(BundleError, match=r"part 'latents\.f32' has NaN or infinite"):
        load(tamper("latents.f32", np.full(6, np.nan, "<f4").tobytes()))


@pytest.mark.parametrize(
    ("part", "content", "expected"),
    [
        ("log_vars.f32", bytes(12), r"'log_vars\.f32' has other rows than 'latents\.f32'"),
        ("log_vars.f32", bytes(13), r"'log_vars\.f32' has 13 bytes"),
        ("log_vars.f32", np.full(21, np.inf, "<f4").tobytes(), r"'log_vars\.f32' has NaN or inf"),
        ("labels.u32", bytes(28), "'label_names' must be a list of texts"),
    ],
)
def test_variances_and_classes_that_do_not_fit_the_codes(tamper, part, content, expected):
    with pytest.raises(BundleError, match=expected):
        load(tamper(part, content))


@pytest.mark.parametrize("classes", [bytes(24), bytes(27), b"\x03\0\0\0" * 7])
def test_classes_without_a_name_or_a_code(tamper, classes):
    path = tamper("labels.u32", classes)
    parts = parts_of(path.read_bytes())
    manifest = json.loads(parts["manifest.json"]) | {"label_names": ["a", "b"]}
    path.write_bytes(zip_of({**parts, "manifest.json": json.dumps(manifest).encode()}))
    with pytest.raises(BundleError, match=r"'labels\.u32' must have a uint32 number from 0 to 2"):
        load(path)


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"schema": 1}', b"[" * 100_000])
def test_a_wrong_policy(tamper, content):
    with pytest.raises(BundleError, match=r"part 'policy\.json' is not"):
        load(tamper("policy.json", content))


def picture(mode, size, kind="PNG"):
    buffer = io.BytesIO()
    Image.new(mode, size).save(buffer, kind)
    return buffer.getvalue()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"GIF89a",
        picture("RGBA", (24, 23)),
        picture("RGBA", (1, 1)),
        picture("L", (9, 9), "GIF"),
    ],
)
def test_wrong_tiles(tamper, content):
    codec = load(tamper("tiles.png", content))
    with pytest.raises(BundleError, match=r"part 'tiles\.png' is not such a picture"):
        _ = codec.tiles


def test_tiles_that_are_cut_off(tamper):
    codec = load(tamper("tiles.png", lambda png: png[: len(png) // 2]))
    with pytest.raises(BundleError, match=r"part 'tiles\.png' is not such a picture"):
        _ = codec.tiles


def test_a_picture_bomb(tamper):
    def edit(text):
        huge = {"count": 10**8, "columns": 10**4, "tile_width": 10, "tile_height": 10}
        return json.dumps({**json.loads(text), "tiles": huge}).encode()

    with pytest.raises(BundleError, match=r"'tiles' must have|is not such a picture"):
        _ = load(tamper("manifest.json", edit)).tiles


# ONNX


def edited(change):
    """Return an editor of ONNX files, which lets `change` do as it likes with the message."""

    def edit(content):
        model = onnx.load_from_string(content)
        change(model)
        return model.SerializeToString()

    return edit


def weights_elsewhere(model):
    tensor = model.graph.initializer[0]
    tensor.data_location = onnx.TensorProto.EXTERNAL
    tensor.external_data.add(key="location", value="/etc/passwd")


def weights_elsewhere_in_a_branch(model):
    tensor = onnx.TensorProto(name="t", data_location=onnx.TensorProto.EXTERNAL)
    graph = onnx.helper.make_graph([], "branch", [], [], [tensor])
    model.graph.node.add(op_type="If").attribute.add(name="then_branch", g=graph, type=5)


def weights_elsewhere_in_a_constant(model):
    tensor = onnx.TensorProto(name="t", external_data=[onnx.StringStringEntryProto(key="location")])
    model.graph.node.add(op_type="Constant").attribute.add(name="value", t=tensor, type=4)


def weights_elsewhere_in_a_sparse_tensor(model):
    sparse = model.graph.sparse_initializer.add()
    sparse.values.data_location = onnx.TensorProto.EXTERNAL


def foreign_operator(model):
    model.graph.node[0].domain = "com.microsoft"


def foreign_operators(model):
    model.opset_import.add(domain="evil.plugin", version=1)


def function_of_its_own(model):
    model.functions.add(name="f", domain="f")


def test_onnx_that_refers_elsewhere(tamper):
    for change, expected in [
        (weights_elsewhere, "keeps weights in another file"),
        (weights_elsewhere_in_a_branch, "uses 'If' with 'then_branch'"),
        (weights_elsewhere_in_a_constant, "keeps weights in another file"),
        (weights_elsewhere_in_a_sparse_tensor, "has the unknown field 15"),
        (foreign_operator, r"needs operators of 'com\.microsoft'"),
        (foreign_operators, r"needs operators of \['evil\.plugin'\]"),
        (function_of_its_own, "has functions of its own"),
    ]:
        with pytest.raises(BundleError, match=rf"part 'decoder\.onnx' is refused: it {expected}"):
            load(tamper("decoder.onnx", edited(change)))


def other_operator(model):
    model.graph.node[0].op_type = "NoSuchOperator"


def no_nodes(model):
    del model.graph.node[:]


def other_input(model):
    model.graph.input[0].name = "code"
    model.graph.node[0].input[0] = "code"


def wrong_attribute(model):
    model.graph.node[0].attribute.add(name="other", i=1, type=2)


def test_onnx_that_is_no_decoder(tamper):
    for content, expected in [
        (b"", "refused: it has no graph"),
        (b"not ONNX", "refused: it"),
        (b"\0\0\0\0ORTM" + bytes(100), "refused: it has the unknown field 0"),
        (lambda content: content[:-100], "refused: its 'graph' runs beyond its end"),
        (b"\x3a\x00", "refused: it has operators of version None"),
        (edited(other_operator), "refused: it uses the operator 'NoSuchOperator'"),
        (edited(no_nodes), "refused: it lacks an output"),
        (edited(other_input), "refused: it has the inputs {'code'"),
        (edited(wrong_attribute), "not a model that runs"),
    ]:
        with pytest.raises(BundleError, match=rf"part 'decoder\.onnx' is {expected}"):
            load(tamper("decoder.onnx", content))


def test_names_of_dimensions_do_not_reach_onnx_runtime(tamper, bundle):
    def damage(content):
        model = onnx.load_from_string(content)
        for value in (*model.graph.input, *model.graph.output):
            value.type.tensor_type.shape.dim[0].dim_param = "rows"
        return model.SerializeToString().replace(b"rows", b"\xee\xff\xff\xff")

    damaged = load(tamper("decoder.onnx", damage))
    np.testing.assert_array_equal(damaged.sample(3, seed=0), load(bundle).sample(3, seed=0))


def test_an_encoder_for_a_decoder(tamper, bundle):
    encoder = parts_of(bundle.read_bytes())["encoder.onnx"]
    expected = r"part 'decoder\.onnx' is refused: it has the inputs {'x': \(8, 8\)}"
    with pytest.raises(BundleError, match=expected):
        load(tamper("decoder.onnx", encoder))


# Keras


def refuse_model(path, expected):
    with pytest.raises(BundleError, match=rf"part 'model\.keras'{expected}"):
        VAE.load(path)


def test_a_model_file_that_is_none(tamper):
    refuse_model(tamper("model.keras", b""), " is not a zip file")
    refuse_model(tamper("model.keras", lambda content: content[:-9]), " is not a zip file")
    refuse_model(tamper("model.keras", zip_of({})), " has no files; expected exactly config.json")
    asset = zip_of({"config.json": b"", "metadata.json": b"", "assets/x": b""})
    refuse_model(tamper("model.keras", asset), ": part 'assets/x' has an unsafe name")


def with_config(change):
    def edit(content):
        files = parts_of(content)
        config = json.loads(files["config.json"])
        files["config.json"] = json.dumps(change(config)).encode()
        return zip_of(files)

    return edit


@pytest.mark.parametrize("name", ["Lambda", "TFSMLayer", "TorchModuleWrapper"])
def test_layers_that_carry_code(tamper, name):
    layer = {"class_name": name, "module": "keras.layers", "config": {}}
    path = tamper("model.keras", with_config(lambda config: {**config, "build_config": [layer]}))
    refuse_model(path, f": .* is a {name} layer, which carries code")


def test_a_serialized_function(tamper):
    code = {"class_name": "__lambda__", "config": {"value": "4wEAAAA="}}
    path = tamper("model.keras", with_config(lambda config: {**config, "compile_config": code}))
    refuse_model(path, ": .* uses a lambda, which carries code")


@pytest.mark.parametrize("module", ["os", "subprocess", "vae_widgets.datasets", "kerasx", 5])
def test_modules_other_than_those_of_keras(tamper, module):
    system = {"class_name": "system", "module": module, "config": {}, "registered_name": "system"}
    path = tamper("model.keras", with_config(lambda config: {**config, "compile_config": system}))
    refuse_model(path, f": .* the class system of the module '{module}', which is not registered")


@pytest.mark.parametrize(
    "change",
    [
        lambda config: {},
        lambda config: [],
        lambda config: {**config, "config": {}},
        lambda config: {**config, "config": {**config["config"], "beta": "x"}},
        lambda config: {**config, "class_name": None},
        lambda config: {**config, "class_name": {"class_name": []}},
        lambda config: {**config, "class_name": "Dense", "registered_name": "Dense"},
    ],
)
def test_a_config_that_is_no_model(tamper, change):
    refuse_model(tamper("model.keras", with_config(change)), "")


def test_a_model_that_is_no_vae(tamper, tmp_path):
    import keras

    x = keras.Input((3,))
    keras.Model(x, keras.layers.Dense(2)(x)).save(tmp_path / "other.keras")
    content = (tmp_path / "other.keras").read_bytes()
    refuse_model(tamper("model.keras", content), " is a Functional; expected a VAE")


def with_weights(change):
    def edit(content):
        files = parts_of(content)
        buffer = io.BytesIO(files["model.weights.h5"])
        with h5py.File(buffer, "r+") as file:
            change(file)
        return zip_of({**files, "model.weights.h5": buffer.getvalue()})

    return edit


def first_array(file):
    found = []
    file.visititems(
        lambda name, entry: found.append(entry) if isinstance(entry, h5py.Dataset) else None
    )
    return next(entry for entry in found if entry.ndim == 2)


def replaced(**options):
    def change(file):
        array = first_array(file)
        name, shape = array.name, array.shape
        del file[name]
        file.create_dataset(name, **{"shape": shape, "dtype": "f4", **options})

    return change


def virtual(file):
    array = first_array(file)
    name, shape = array.name, array.shape
    del file[name]
    layout = h5py.VirtualLayout(shape=shape, dtype="f4")
    layout[:] = h5py.VirtualSource("/etc/passwd", "data", shape=shape)
    file.create_virtual_dataset(name, layout)


def linked(link):
    def change(file):
        file["encoder_link"] = link

    return change


def test_weights_that_lie_elsewhere(tamper):
    for change, expected in [
        (linked(h5py.ExternalLink("/etc/passwd", "/x")), "has a link to elsewhere"),
        (linked(h5py.SoftLink("/nowhere")), "has a link to elsewhere"),
        (replaced(external=[("/etc/passwd", 0, 4 * 64 * 16)]), "has data in another file"),
        (virtual, "has data in another file"),
        (replaced(shape=(10**6, 10**6)), "has data smaller than it claims"),
        (replaced(shape=(10**4, 10**4), chunks=True, compression="gzip"), "smaller than it claims"),
    ]:
        path = tamper("model.keras", with_weights(change))
        refuse_model(path, rf": 'model\.weights\.h5' .*{expected}")


def test_weights_of_other_shapes(tamper):
    refuse_model(
        tamper("model.keras", with_weights(replaced(shape=(2, 2), data=np.ones((2, 2))))), ""
    )


def test_weights_that_are_not_finite(tamper):
    def spoil(file):
        first_array(file)[0, 0] = np.nan

    refuse_model(tamper("model.keras", with_weights(spoil)), " has weights that are NaN")


@pytest.mark.parametrize("part", ["encoder.onnx", "decoder.onnx"])
def test_weights_of_graphs_that_are_nan(tamper, part):
    def spoil(model):
        tensor = next(each for each in model.graph.initializer if len(each.dims) == 2)
        weights = onnx.numpy_helper.to_array(tensor).copy()
        weights[0, 0] = np.nan
        tensor.CopyFrom(onnx.numpy_helper.from_array(weights, tensor.name))

    with pytest.raises(BundleError, match=rf"part '{part}' is refused: it has .* with NaN"):
        load(tamper(part, edited(spoil)))


def test_the_version_of_keras_is_named(tamper):
    def from_the_future(content):
        files = parts_of(with_config(lambda config: {**config, "config": {}})(content))
        return zip_of({**files, "metadata.json": b'{"keras_version": "9.9.9"}'})

    refuse_model(
        tamper("model.keras", from_the_future), r".*Keras 9\.9\.9 wrote it, and this is Keras 3"
    )
    for metadata in (b"{}", b"[]", b"", b'{"keras_version": "1", "keras_version": "2"}'):
        path = tamper(
            "model.keras", lambda old, new=metadata: zip_of({**parts_of(old), "metadata.json": new})
        )
        refuse_model(path, ": 'metadata.json' is not JSON of Keras")


def test_the_score_is_the_one_that_the_manifest_names(tamper, bundle):
    def renamed(text):
        manifest = json.loads(text)
        return json.dumps({**manifest, "score": {**manifest["score"], "kind": "reconstruction"}})

    assert load(bundle).score_name == "negative ELBO (nats)"
    with pytest.raises(BundleError, match=r"part 'score\.onnx' .*score_reconstruction"):
        load(tamper("manifest.json", lambda text: renamed(text).encode()))

    def unnamed(model):
        model.graph.output[0].name = "score"
        model.graph.node[-1].output[0] = "score"

    def of_before(text):
        manifest = json.loads(text)
        return json.dumps({**manifest, "score": {"kind": "elbo", "missing": None}}).encode()

    parts = parts_of(bundle.read_bytes())
    parts["score.onnx"] = edited(unnamed)(parts["score.onnx"])
    parts["manifest.json"] = of_before(parts["manifest.json"])
    path = tamper("latents.f32", lambda old: old)
    path.write_bytes(zip_of(sign(parts)))
    assert load(path).score_name == "anomaly score"  # its file does not prove more
