"""The page reads hostile files as strictly as the kernel does: the same attacks, the same verdicts.

The reader in the page is a translation of ``vae_widgets.bundle.onnx``.
"""

import json
import pathlib
import random
import re
import subprocess
import sys
import urllib.parse

import numpy as np
import onnx
import pytest

from tests.bundle.onnx.bombs import BOMBS, graph_of, many_nodes, node, summed
from tests.bundle.onnx.fuzz import Writer, small_model
from tests.support.in_page_runtime import write_bundle
from vae_widgets.bundle.onnx.model import OnnxModel

NODE = pathlib.Path(sys.executable).with_name("node")
HERE = pathlib.Path(__file__).parent
MOST_SECONDS, MOST_MB = 10, 300  # a hang and a flood: the machine of the tests may be slow
ODD_FILES = 400


def wide_kernel():
    """A million products of one number each, which would take a minute to plan."""
    kernel = {"k": np.ones((1, 1, 1000, 1000), np.float32), "sides": [-1, 1, 1, 2]}
    window = {"dilations": [2, 2], "pads": [1000, 1000, 1000, 1000]}
    nodes = [node("Reshape", ["z", "sides"], ["i"]), node("Conv", ["i", "k"], ["big"], **window)]
    return summed(nodes, kernel)


PAGE_BOMBS = {**BOMBS, "a wide kernel": wide_kernel}  # ONNX Runtime takes no plan of it


def run(script, folder, *more):
    command = [NODE, "--max-old-space-size=512", HERE / script, folder, *more]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return json.loads(done.stdout, parse_int=float)  # numbers of JavaScript


def test_small_files_that_need_much_are_refused(tmp_path, tmp_path_factory):
    for name, make in {**PAGE_BOMBS, "no bomb": many_nodes(500)}.items():
        (tmp_path / urllib.parse.quote(name, safe=" ")).write_bytes(make())
    found = run("attacks.ts", tmp_path, write_bundle(tmp_path_factory.mktemp("bundle")))
    assert found.pop("no bomb")["result"] == "runs"
    assert found.keys() == PAGE_BOMBS.keys()
    clear = re.compile(r"(Bad|Unsupported)ModelError: decoder.onnx is refused: [^\n]{9,250}\.")
    for name, outcome in found.items():
        assert clear.fullmatch(outcome["result"]), (name, outcome)
        assert outcome["seconds"] < MOST_SECONDS, (name, outcome)
        assert outcome["megabytes"] < MOST_MB, (name, outcome)


def test_odd_files_are_read_as_the_kernel_reads_them(tmp_path):
    expected = {}
    for seed in range(ODD_FILES):
        rng = random.Random(seed)
        content = Writer(rng, rng.choice([0.0003, 0.001, 0.003])).message(small_model(rng))
        (tmp_path / str(seed)).write_bytes(content)
        try:
            expected[str(seed)] = meaning(OnnxModel.from_bytes(content))
        except ValueError:
            expected[str(seed)] = None
    found = run("readings.ts", tmp_path)
    known = {name for name, reading in found.items() if reading != "unsupported"}
    assert len(known) > 0.9 * ODD_FILES
    assert {name: found[name] for name in known} == {name: expected[name] for name in known}
    refused = sum(reading is None for reading in found.values())
    assert 0.1 * ODD_FILES < refused < 0.9 * ODD_FILES  # else nothing was tested


def test_every_number_of_float16_is_read_as_numpy_reads_it(tmp_path):
    halves = np.arange(2**16, dtype=np.uint16).view(np.float16)
    halves = halves[np.isfinite(halves)]  # JSON has no infinity
    assert len(halves) == 2 * 31 * 2**10
    nodes = [node("Cast", ["h"], ["f"], to=1), node("Add", ["z", "z"], ["x_mean"])]
    (tmp_path / "halves").write_bytes(graph_of(nodes, {"h": halves}))
    shape, numbers = run("readings.ts", tmp_path)["halves"]["constants"]["h"]
    assert shape == [len(halves)]
    np.testing.assert_array_equal(numbers, halves.astype(np.float64))


def test_float16_is_for_constants_that_are_cast_alone(tmp_path):
    """The kernel computes in float16 with rounding, and so the page leaves that to it."""
    halves = np.float16([1, 2])
    tensor = onnx.numpy_helper.from_array(halves)
    in_list = onnx.helper.make_tensor("h", onnx.TensorProto.FLOAT16, [2], [1, 2])
    cast = node("Cast", ["h"], ["f"], to=1)
    add = node("Add", ["z", "f"], ["x_mean"])
    infinite = graph_of([cast, add], {"h": np.float16([np.inf, 1])})
    other_data = onnx.load_from_string(graph_of([cast, add], {"h": halves}))
    other_data.graph.initializer[0].CopyFrom(in_list)
    short = onnx.load_from_string(graph_of([cast, add], {"h": halves}))
    short.graph.initializer[0].raw_data = b"\0\0\0"
    as_output = onnx.load_from_string(graph_of([cast, node("Neg", ["z"], ["x_mean"])]))
    nan = graph_of([cast, add], {"h": np.float16([np.nan, 1])})
    negative_nan = graph_of([cast, add], {"h": np.array([0xFE00, 0], np.uint16).view(np.float16)})
    double = node("Add", ["h", "h"], ["d"])
    late = node("Cast", ["d"], ["f"], to=1)
    to_half = [node("Cast", ["z"], ["h"], to=10), cast, add]
    files = {
        "infinite": infinite,
        "nan": nan,
        "negative nan": negative_nan,
        "data in a list": other_data.SerializeToString(),
        "three bytes": short.SerializeToString(),
        "undefined": as_output.SerializeToString(),
        "added": graph_of([double, late, add], {"h": halves}),
        "passed on": graph_of([node("Identity", ["h"], ["d"]), late, add], {"h": halves}),
        "a Constant": graph_of([node("Constant", [], ["h"], value=tensor), cast, add]),
        "computed": graph_of(to_half),
    }
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)
    found = run("readings.ts", tmp_path)
    readable = {name for name, reading in found.items() if isinstance(reading, dict)}
    unsupported = {name for name, reading in found.items() if reading == "unsupported"}
    assert readable == {"infinite", "computed"}
    assert unsupported == {"added", "passed on", "a Constant"}
    for name in found.keys() - readable - unsupported:
        with pytest.raises(ValueError, match="it "):
            OnnxModel.from_bytes(files[name])
    for name in readable | unsupported:
        OnnxModel.from_bytes(files[name])


def meaning(model):
    """Return all that a checked model says, as JSON would have it."""
    reading = {
        "opset": model.opset,
        "nodes": [
            {
                "op": node.op,
                "inputs": node.inputs,
                "outputs": node.outputs,
                "attributes": node.attributes,
            }
            for node in model.nodes
        ],
        "constants": {
            name: [list(array.shape), np.float64(array).reshape(-1).tolist()]
            for name, array in model.constants.items()
        },
        "inputs": model.inputs,
        "outputs": model.outputs,
    }
    return json.loads(json.dumps(reading), parse_int=float)
