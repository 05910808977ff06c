"""The runtime of in-page models as one minified module, for pages without a widget."""

import subprocess
import sys
from pathlib import Path

import vae_widgets

FRONTEND = Path(vae_widgets.__file__).parent / "frontend"
BUNDLE = """
import { build } from "esbuild";
import { OWN_NAMES } from "./own_names.mjs";
const [, names] = process.argv;
const contents = names.split(" ").map((name) => `export * from "./src/model/${name}";`).join("");
const stdin = { contents, resolveDir: ".", loader: "ts" };
const options = { bundle: true, minify: true, format: "esm", target: "es2023", write: false };
const { outputFiles } = await build({ stdin, ...options, mangleProps: OWN_NAMES });
process.stdout.write(outputFiles[0].text);
"""


def bundled(*modules: str) -> bytes:
    """Return the exports of modules of ``frontend/src/model`` as JavaScript."""
    node = Path(sys.executable).with_name("node")
    command = [node, "--input-type=module", "--eval", BUNDLE, " ".join(modules)]
    return subprocess.run(command, cwd=FRONTEND, stdout=subprocess.PIPE, check=True).stdout


def write_bundle(folder: Path) -> Path:
    """Write ``loadModel`` and both engines as one module, for scripts of the tests."""
    file = folder / "in_page_model.mjs"
    file.write_bytes(bundled("in_page_model.ts", "matrix/plain.ts", "matrix/wasm.ts"))
    return file
