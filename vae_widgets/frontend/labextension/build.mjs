// Build the extension of JupyterLab into vae_widgets/labextension.
import { spawnSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { fileURLToPath } from "node:url";

const cwd = fileURLToPath(new URL(".", import.meta.url));
// Without such a folder jupyter-builder would install packages once more. It finds those of the folder above.
mkdirSync(`${cwd}node_modules`, { recursive: true });
const { error, status } = spawnSync("jupyter-builder", ["build", "."], { cwd, stdio: "inherit" });
if (error) console.error(`jupyter-builder did not start (${error.message}): pip install "jupyter-builder>=1.2,<2"`);
process.exit(status ?? 1);
