"""The runtime of in-page models as one minified module, for pages without a widget."""

import subprocess
import sys
from pathlib import Path

import vae_widgets

FRONTEND = Path(vae_widgets.__file__).parent / "frontend"
BUNDLE = """
import { build } from "esbuild";
const [, names] = process.argv;
const contents = names.split(" ").map((name) => `export * from "./src/model/${name}";`).join("");
const stdin = { contents, resolveDir: ".", loader: "ts" };
const options = { bundle: true, minify: true, format: "esm", target: "es2023", write: false };
const { outputFiles } = await build({ stdin, ...options });
process.stdout.write(outputFiles[0].text);
"""


def bundled(*modules: str) -> bytes:
    """Return the exports of modules of ``frontend/src/model`` as JavaScript."""
    node = Path(sys.executable).with_name("node")
    command = [node, "--input-type=module", "--eval", BUNDLE, " ".join(modules)]
    return subprocess.run(command, cwd=FRONTEND, stdout=subprocess.PIPE, check=True).stdout
