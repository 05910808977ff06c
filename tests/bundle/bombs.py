# ruff: noqa: E501
"""Small files that ask for much, loaded in processes with limits.

``python -m tests.bundle.bombs`` prints a table of them.

`ATTACKS` are the files, each with the function that loads it and what the refusal says; None where
the file is loaded, quickly. `run` loads those of one entry point in a process of its own, which has
imported all that it needs before the measurement begins.
"""

import io
import json
import pathlib
import resource
import subprocess
import sys
import tempfile
import time
import zipfile

import h5py
import numpy as np

from tests.bundle.mutations import parts_of, sign, zip_of

SAVED = pathlib.Path(__file__).parents[1] / "saved"
MAX_SECONDS, MAX_MB = 2, 300
HEADER = '{"kind": "run", "schema": 1, "name": "x", "time": 1}\n'


def bundle(**changes):
    """Return a signed bundle of which some parts are others, or are changed by a function."""
    return changed("dense.vae", **changes)


def changed(file, **changes):
    parts = parts_of((SAVED / file).read_bytes())
    for name in sorted(changes):  # the manifest comes after the parts whose hashes it has
        change, part = changes[name], name.replace("_", ".")
        if part == "manifest.json":
            parts = sign(parts)
        parts[part] = change(parts[part]) if callable(change) else change
    return zip_of(parts if "manifest_json" in changes else sign(parts))


def manifest(**entries):
    """Return a bundle with other entries in its manifest."""
    return bundle(manifest_json=lambda text: json.dumps({**json.loads(text), **entries}).encode())


def with_json(**entries):
    return lambda text: json.dumps({**json.loads(text), **entries}).encode()


def model(config=None, weights=None):
    """Return a bundle with another configuration or other weights of its Keras model."""

    def change(content):
        files = parts_of(content)
        if config:
            content = json.loads(files["config.json"])
            config(content)
            files["config.json"] = json.dumps(content).encode()
        if weights:
            buffer = io.BytesIO()
            with h5py.File(buffer, "w") as file:
                weights(file)
            files["model.weights.h5"] = buffer.getvalue()
        return zip_of(files)

    return bundle(model_keras=change)


def layers(config):
    return config["config"]["encoder"]["config"]["layers"]


def wide(config):
    for layer in layers(config):
        if layer["class_name"] == "Dense":
            layer["config"]["units"] = 2**23


def many_layers(config, n=3_000):
    found = layers(config)
    last = found[-1]
    for i in range(n):
        found.append({**last, "name": f"more{i}", "config": {**last["config"], "name": f"more{i}"}})


def many_outputs(config):
    for layer in layers(config):
        if layer["class_name"] == "Split":
            layer["config"]["indices_or_sections"] = 10**7


def unstacked(config):
    for layer in layers(config):
        if layer["class_name"] == "Split":
            layer.update(
                module="keras.src.ops.core", class_name="Unstack", registered_name="Unstack"
            )
            layer["config"] = {"name": "split", "num": 10**7, "axis": -1}


def array_of(dtype):
    def change(config):
        tensor = {"class_name": "__numpy__", "config": {"value": 0, "dtype": dtype}}
        next(x for x in layers(config) if x["inbound_nodes"])["inbound_nodes"][0]["kwargs"] = {
            "x": tensor
        }

    return change


def function(module, name):
    def change(config):
        own = {"module": module, "class_name": "function", "config": name}
        for layer in layers(config):
            if layer["class_name"] == "Dense":
                layer["config"]["activation"] = {**own, "registered_name": name}

    return change


def dotted(name):
    def change(config):
        layers(config)[1].update(module="keras", class_name=name, registered_name=None)

    return change


def repeated(config):
    """Repeat the codes 2**27 times, which loading computes with."""
    first, second, *others = config["config"]["decoder"]["config"]["layers"]
    more = json.loads(json.dumps(second))
    more.update(module="keras.layers", class_name="RepeatVector", name="more", build_config=None)
    more["config"] = {"name": "more", "n": 2**22}
    second["inbound_nodes"][0]["args"][0]["config"]["keras_history"][0] = "more"
    config["config"]["decoder"]["config"]["layers"] = [first, more, second, *others]


def quite_many_layers(config):
    many_layers(config, 900)


def metric(config):
    auc = {"class_name": "AUC", "module": "keras.metrics", "config": {"num_thresholds": 10**9}}
    config["compile_config"] = {**auc, "registered_name": None}


def file_of_words(config):
    words = {"class_name": "StringLookup", "module": "keras.layers", "registered_name": None}
    layers(config)[0]["config"]["dtype"] = {**words, "config": {"vocabulary": "/etc/passwd"}}


def unrolled(config):
    layers(config)[0]["config"]["batch_shape"] = [None, 10**7, 1]
    layers(config)[1]["config"]["unroll"] = True


def deep(config):
    inner = config["config"]
    for _ in range(150):
        inner = inner.setdefault("config", {})


def hard_links(file):
    group = file
    for _ in range(26):  # 2**26 paths to the array
        group = group.create_group("a")
        group.parent["b"] = group
    group["weights"] = np.zeros(4)


def ring(file):
    file["again"] = file["/"]


def chunks(file):
    file.create_dataset("x", (2**15, 2**15), "f4", chunks=(2**10, 2**10), compression="gzip")


def full_chunks(file):
    data = np.zeros((2**10, 2**10), np.float32)
    file.create_dataset("x", data=data, chunks=(64, 64), compression="gzip")


def virtual(file):
    layout = h5py.VirtualLayout((2**14, 2**14), "f4")
    layout[:] = h5py.VirtualSource("/etc/passwd", "x", (2**14, 2**14))
    file.create_virtual_dataset("x", layout)


def external(file):
    file.create_dataset("x", (4,), "f4", external=[("/etc/passwd", 0, 16)])


def texts(file):
    file.create_dataset("x", data=["word" * 1000] * 9, dtype=h5py.string_dtype())


def soft_link(file):
    file["x"] = h5py.ExternalLink("/etc/passwd", "/x")


def renderer(name, **arguments):
    return manifest(renderer={"name": name, "arguments": arguments})


def detector(**entries):
    return changed("detector.vae", detector_json=with_json(**entries))


def parameters(**entries):
    return changed(
        "detector.vae",
        detector_json=lambda text: json.dumps(
            (found := json.loads(text)) | {"parameters": {**found["parameters"], **entries}}
        ).encode(),
    )


def sized_detector():
    """A manifest and a detector.json for samples of 2**27 numbers."""
    parts = parts_of((SAVED / "detector.vae").read_bytes())
    parts["manifest.json"] = with_json(sample_shape=[2**27])(parts["manifest.json"])
    parts["detector.json"] = with_json(feature_names=None)(parts["detector.json"])
    return zip_of(sign(parts))


def npz(n=None, claimed=None):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, shape in (("x", (9, 28, 28)), ("y", (9,))):
            for part in ("train", "test"):
                array = io.BytesIO()
                np.save(array, np.zeros((n or 9, *shape[1:]), np.uint8))
                content = array.getvalue()
                if claimed:
                    content = content.replace(b"(9, 28, 28)", claimed)
                archive.writestr(f"{name}_{part}.npy", content)
    return buffer.getvalue()


def objects():
    buffer = io.BytesIO()
    array = np.array([{}] * 9, object)
    np.savez(buffer, x_train=array, y_train=array, x_test=array, y_test=array)
    return buffer.getvalue()


def log(line, n, header=HEADER):
    return (header + "".join(line.format(i=i, j=10**6 - i) + "\n" for i in range(n))).encode()


def policy(**entries):
    return with_json(**entries)((SAVED / "policy.json").read_bytes())


# Name -> (how it is loaded, its bytes, what the refusal says).
ATTACKS = {
    "a manifest of 200 levels": ("load", lambda: bundle(manifest_json=b"[" * 200 + b"]" * 200), "levels"),
    "a manifest with a key twice": ("load", lambda: bundle(manifest_json=lambda t: t.replace(b"{", b'{"kind": "checkpoint",', 1)), "'kind' is there more than once"),
    "a manifest in UTF-16": ("load", lambda: bundle(manifest_json=lambda t: t.decode().encode("utf-16")), "utf-8"),
    "a number of 5,000 digits": ("load", lambda: bundle(manifest_json=lambda t: t.replace(b"{", b'{"n": ' + b"9" * 5000 + b",", 1)), "5,000 digits"),
    "a number beyond floats": ("load", lambda: bundle(manifest_json=lambda t: t.replace(b"{", b'{"n": 1e999,', 1)), "too large"),
    "a sample of 2**40 numbers": ("load", lambda: manifest(sample_shape=[2**20, 2**20]), "'sample_shape' must be"),
    "2**30 latent dimensions": ("load", lambda: manifest(latent_dim=2**30), "'latent_dim' must be"),
    "2**30 labels": ("load", lambda: manifest(n_labels=2**30), "'n_labels' must be"),
    "a signal of 20,000 x 20,000": ("load", lambda: renderer("signal", width=20_000, height=20_000), "width must be at most 2048"),
    "a table of 20,000 x 20,000": ("load", lambda: renderer("table", width=20_000, height=20_000), "width must be at most 2048"),
    "a text of 20,000 lines": ("load", lambda: renderer("text", lines=20_000), "lines must be at most"),
    "a piano roll of quarters without steps": ("load", lambda: renderer("piano_roll", steps_per_quarter=0), "steps_per_quarter must be"),
    "an image of another shape": ("load", lambda: renderer("image", shape=[20_000, 20_000]), None),
    "a vocabulary of 100,000 tokens": ("load", lambda: renderer("text", vocabulary={"tokens": [str(i) for i in range(100_000)], "length": 2**60, "pattern": None, "joiner": "", "tokenizer": None}), None),
    "a pattern without end": ("load", lambda: renderer("text", vocabulary={"tokens": ["a"], "length": 9, "pattern": "(?:" * 9 + "(?:){99}" + "){99}" * 9, "joiner": "", "tokenizer": None}), "pattern"),
    "a pattern of 100,000 characters": ("load", lambda: renderer("text", vocabulary={"tokens": ["a"], "length": 9, "pattern": "(a|b)" * 20_000, "joiner": "", "tokenizer": None}), "pattern"),
    "a detector of 2**27 numbers": ("load", lambda: sized_detector(), "'sample_shape' must be"),
    "a detector of nested lists": ("load", lambda: changed("detector.vae", detector_json=b"[" * 90_000), "'detector.json'"),
    "a policy of 3,000,000 numbers": ("load", lambda: bundle(policy_json=policy(reference=[0] * 3_000_000)), "'policy.json'.*bytes"),
    "the name of another score": ("load", lambda: manifest(score={"kind": "kl", "missing": None, "named": True}), "'score.onnx'"),
    "a pattern that tries 2**40 ways": ("load", lambda: renderer("text", vocabulary={"tokens": ["a"], "length": 9, "pattern": "(?:|(?=))" * 40 + "(?!)", "joiner": "", "tokenizer": None}), "pattern"),
    "an array of one text of 1 GB": ("VAE.load", lambda: model(array_of("S1000000000")), "array of the type"),
    "an array of arrays": ("VAE.load", lambda: model(array_of("(15000,15000)f8")), "array of the type"),
    "a Lambda by its path": ("VAE.load", lambda: model(dotted("layers.Lambda")), "layers.Lambda, no part of a model"),
    "a class that is a function": ("VAE.load", lambda: model(dotted("utils.set_random_seed")), "no part of a model"),
    "a function with side effects": ("VAE.load", lambda: model(function("keras", "config.set_backend")), "no part of a model"),
    "2**22 copies of a code": ("VAE.load", lambda: model(repeated), "tensor of the shape"),
    "units 2**23": ("VAE.load", lambda: model(wide), "weights, and the file has"),
    "3,000 layers": ("VAE.load", lambda: model(many_layers), "layers; expected at most"),
    "a split into 10**7": ("VAE.load", lambda: model(many_outputs), "'model.keras'"),
    "10**7 outputs": ("VAE.load", lambda: model(unstacked), "tensors"),
    "900 layers more": ("VAE.load", lambda: model(quite_many_layers), None),
    "a metric of 10**9 thresholds": ("VAE.load", lambda: model(metric), "no part of a model"),
    "a vocabulary in another file": ("VAE.load", lambda: model(file_of_words), "from another file"),
    "10**7 steps written out": ("VAE.load", lambda: model(unrolled), "writes out"),
    "a configuration of 150 levels": ("VAE.load", lambda: model(deep), "'config.json'.*levels"),
    "2**26 hard links": ("VAE.load", lambda: model(weights=hard_links), "under two names"),
    "a ring of groups": ("VAE.load", lambda: model(weights=ring), "under two names"),
    "chunks that are not there": ("VAE.load", lambda: model(weights=chunks), "smaller than it claims"),
    "compressed chunks": ("VAE.load", lambda: model(weights=full_chunks), "smaller than it claims"),
    "a virtual array": ("VAE.load", lambda: model(weights=virtual), "in another file"),
    "an external array": ("VAE.load", lambda: model(weights=external), "in another file"),
    "an external link": ("VAE.load", lambda: model(weights=soft_link), "a link to elsewhere"),
    "an array of texts": ("VAE.load", lambda: model(weights=texts), "something else than numbers"),
    "epochs=-1": ("VAEDetector.load", lambda: parameters(epochs=-1), "'detector.json': epochs"),
    "hidden_units=[-1]": ("VAEDetector.load", lambda: parameters(hidden_units=[-1]), "'detector.json': hidden_units"),
    "latent_dim=2**40": ("VAEDetector.load", lambda: parameters(latent_dim=2**40), "'detector.json': latent_dim"),
    "an epoch of 10**200": ("VAE.resume", lambda: changed("checkpoint.vae", training_json=with_json(epoch=10**200)), "'training.json'"),
    "a seed of text": ("VAE.resume", lambda: changed("checkpoint.vae", training_json=with_json(seed="x")), "'training.json'"),
    "states of 2**64": ("VAE.resume", lambda: changed("checkpoint.vae", training_json=with_json(generators=[[2**64, 0]])), "'training.json'"),
    "training.json of 90,000 levels": ("VAE.resume", lambda: changed("checkpoint.vae", training_json=b"[" * 90_000), "'training.json'"),
    "a policy of 300,000 numbers": ("ThresholdPolicy.load", lambda: policy(reference=[0] * 300_000, n_scores=300_000), "reference has 300000"),
    "a policy of 6 MB": ("ThresholdPolicy.load", lambda: policy(reference=[0] * 3_000_000), "bytes; expected"),
    "a policy of 60,000 metrics": ("ThresholdPolicy.load", lambda: policy(metrics={f"m{i}": 1 for i in range(60_000)}), "metrics has 60,000 entries"),
    "a policy of 90,000 levels": ("ThresholdPolicy.load", lambda: b"[" * 90_000, "levels"),
    "a log of 16,000 steps": ("from_log", lambda: log('{{"kind":"step","step":{i},"metrics":{{"a":1}},"time":1}}', 16_000), None),
    "a log of 16,000 runs": ("from_log", lambda: log(HEADER.strip().replace("{", "{{").replace("}", "}}"), 16_000), None),
    "a log of 90,000 metrics": ("from_log", lambda: (HEADER + json.dumps({"kind": "step", "step": 1, "metrics": {f"m{i}": 1 for i in range(60_000)}, "time": 1})).encode(), "metrics and settings"),
    "a log that goes back 9,000 times": ("from_log", lambda: log('{{"kind":"action","step":0,"text":"x","time":1}}\n{{"kind":"epoch","epoch":{j},"metrics":{{}},"time":1}}', 4_000) + log('{{"kind":"begin_epoch","epoch":{j},"time":1}}', 9_000, ""), None),
    "a log with a line of 2 MB": ("from_log", lambda: HEADER.encode() + b"x" * 2**21, "more than 1,048,576 bytes"),
    "a log with a step of NaN": ("from_log", lambda: log('{{"kind":"step","step":"NaN","metrics":{{}},"time":1}}', 1), "step is nan"),
    "an .npz of a gigabyte": ("npz", lambda: npz(n=2**19), "would unpack"),
    "an .npz that claims 2**40 pictures": ("npz", lambda: npz(claimed=b"(2**40, 28, 28)".replace(b"2**40", b"1099511627776")), "claims|header|npy|parse"),
    "an .npz of objects": ("npz", lambda: objects(), "has Python objects"),
    "a vocabulary of 90,000 levels": ("Vocabulary.load", lambda: b"[" * 90_000, "holds no vocabulary"),
    "a vocabulary of numbers": ("Vocabulary.load", lambda: json.dumps({"tokens": [1] * 200_000, "length": 1, "pattern": None, "joiner": "", "tokenizer": None}).encode(), "holds no vocabulary"),
}  # fmt: skip


def loader(kind):
    """Return the function that loads files of a kind, with all that it needs imported."""
    import vae_widgets as vw

    if kind == "from_log":
        return vw.TrainingMonitor.from_log
    if kind == "npz":
        from vae_widgets.datasets.image_files import read_images

        return lambda path: read_images(pathlib.Path(path))
    if kind.startswith("VAE"):
        owner, name = kind.split(".")
        return getattr(getattr(vw, owner), name)
    return getattr(vw, kind) if kind == "load" else getattr(vw, kind.split(".")[0]).load


GOOD = {
    "load": "dense.vae",
    "VAE.load": "dense.vae",
    "VAE.resume": "checkpoint.vae",
    "VAEDetector.load": "detector.vae",
    "ThresholdPolicy.load": "policy.json",
    "from_log": "run.jsonl",
}


def _memory(name):
    """Return what Linux says of the memory of this process, in kB."""
    status = pathlib.Path("/proc/self/status").read_text()
    return int(status.split(f"{name}:")[1].split()[0])


def work(kinds):
    """Load the attacks of some kinds, and print a line of JSON for each."""
    import warnings

    warnings.simplefilter("ignore")
    with tempfile.TemporaryDirectory() as folder:
        for kind in kinds:
            load = loader(kind)
            if kind in GOOD:
                load(SAVED / GOOD[kind])  # what loading imports, and that it works
            for name, (_, make, _) in (item for item in ATTACKS.items() if item[1][0] == kind):
                path = pathlib.Path(folder, "x.npz" if kind == "npz" else "x")
                path.write_bytes(make())
                pathlib.Path("/proc/self/clear_refs").write_text("5")  # forget the peak so far
                before = _memory("VmRSS")
                start = time.process_time()
                try:
                    load(path)
                    text = ""
                except Exception as error:
                    text = f"{type(error).__name__}: {error}"
                seconds = time.process_time() - start
                peak = _memory("VmHWM") - before
                print(
                    json.dumps([name, kind, path.stat().st_size, text, seconds, peak / 1024]),
                    flush=True,
                )


def _limits():
    resource.setrlimit(resource.RLIMIT_AS, (12 * 2**30, 12 * 2**30))
    resource.setrlimit(resource.RLIMIT_CPU, (240, 240))


def run(kinds):
    """Return [name, kind, bytes, refusal, seconds of CPU, MB more at the peak] of each attack."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.bundle.bombs", *kinds],
        capture_output=True,
        preexec_fn=_limits,
    )
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    assert done.returncode == 0, (rows[-1:], done.stderr.decode()[-2000:])
    return rows


LIGHT = ("load", "ThresholdPolicy.load", "Vocabulary.load", "from_log", "npz")
HEAVY = ("VAE.load", "VAEDetector.load", "VAE.resume")


def main():
    if sys.argv[1:]:
        work(sys.argv[1:])
        return
    print("| attack | entry point | kB | s | MB | refusal |\n| --- | --- | --- | --- | --- | --- |")
    for name, kind, size, text, seconds, peak in [*run(LIGHT), *run(HEAVY)]:
        text = text.replace(str(tempfile.gettempdir()), "").replace("|", "/").replace("\n", " ")
        print(
            f"| {name} | {kind} | {size / 1000:,.0f} | {seconds:.2f} | {peak:.0f} | "
            f"{text[:160] or 'loaded'} |"
        )


if __name__ == "__main__":
    main()
