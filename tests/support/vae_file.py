"""Bundles without Keras: a linear model in ONNX, with all that the viewer of JupyterLab shows."""

import pathlib
import subprocess
import sys

import numpy as np

from tests.bundle.mutations import zip_of
from tests.support.pca_codec import OnnxPcaCodec, digits
from vae_widgets.bundle import write_archive
from vae_widgets.bundle.manifest import ModelFacts
from vae_widgets.core.scores.policy import ThresholdPolicy
from vae_widgets.rendering import ImageRenderer, renderer_to_json
from vae_widgets.rendering.atlas import tile_atlas

FRONTEND = pathlib.Path(__file__).parents[2] / "vae_widgets" / "frontend"
N = 300
EPOCHS = 12


def history() -> dict[str, list[float | None]]:
    """Return curves of twelve epochs; the loss on validation data is lowest at the tenth."""
    epochs = np.arange(1, EPOCHS + 1)
    return {
        "epoch": epochs.tolist(),
        "loss": (40 + 60 / epochs).tolist(),
        "reconstruction_loss": (35 + 58 / epochs).tolist(),
        "kl_loss": (5 + 2 / epochs).tolist(),
        "val_loss": (50 + (epochs - 10.0) ** 2).tolist(),
    }


def write_vae(path: pathlib.Path, latent_dim: int = 2, codes: bool = True) -> OnnxPcaCodec:
    """Write a bundle of digits whose model is their PCA; return it. `codes` puts in all else."""
    x, y = digits()
    x, y = x[:N], y[:N]
    codec = OnnxPcaCodec(x, latent_dim)
    made = codec.to_onnx()
    assert made.encoder is not None
    model = zip_of({"config.json": b"{}"})  # which nothing here reads
    parts = {"model.keras": model, "encoder.onnx": made.encoder, "decoder.onnx": made.decoder}
    renderer = ImageRenderer(0, 1)
    facts = ModelFacts(latent_dim, codec.sample_shape, "gaussian")
    manifest = facts.to_manifest() | {"renderer": renderer_to_json(renderer)}
    if codes:
        z_mean, z_log_var = codec.encode(x)
        atlas = tile_atlas(renderer(x))
        policy = ThresholdPolicy(30.0, score="elbo", metrics={"alert_rate": 0.05}, n_scores=N)
        parts |= {
            "latents.f32": z_mean.tobytes(),
            "log_vars.f32": z_log_var.tobytes(),
            "labels.u32": y.astype("<u4").tobytes(),
            "tiles.png": atlas.pop("png"),
            "policy.json": policy.to_json().encode(),
        }
        manifest |= {"label_names": [f"digit {i}" for i in range(10)], "tiles": atlas}
        manifest["training"] = {"epochs": EPOCHS, "steps": 36, "n_samples": N, "history": history()}
    write_archive(path, "bundle", parts, manifest)
    return codec


BUNDLE = """import("esbuild").then(({ build }) => build({
  entryPoints: ["src/vae_file/viewer.ts"], outdir: process.argv[1], bundle: true, format: "esm",
}))"""


def bundle_viewer(folder: pathlib.Path) -> tuple[str, str]:
    """Bundle the module of the viewer; return its JavaScript and its CSS."""
    node = pathlib.Path(sys.executable).with_name("node")
    subprocess.run([node, "-e", BUNDLE, folder], cwd=FRONTEND, check=True)
    return (folder / "viewer.js").read_text(), (folder / "viewer.css").read_text()
