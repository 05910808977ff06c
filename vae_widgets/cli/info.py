"""``vae-widgets info``: what a .vae file is, in words."""

import argparse
import json
import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from vae_widgets.bundle import Archive, read_archive
from vae_widgets.bundle.detector_part import DETECTOR_PART, DetectorPart
from vae_widgets.bundle.manifest import ModelFacts
from vae_widgets.bundle.parts import read_latents, read_policy
from vae_widgets.cli.errors import OK
from vae_widgets.core.one_line import one_line

SUMMARY = "say what a .vae file holds"
DESCRIPTION = """\
Say in words what a .vae file is: samples, codes, training, threshold, versions, and
the size of each part. The whole file is checked; no code of it is run, and TensorFlow
is not needed."""

CARRIES = {
    "model.keras": "Keras model, to train on",
    "encoder.onnx": "encoder, without TensorFlow",
    "decoder.onnx": "decoder, without TensorFlow",
    "score.onnx": "anomaly score, without TensorFlow",
    "latents.f32": "codes of samples",
    "log_vars.f32": "log-variances of these codes",
    "labels.u32": "classes of samples",
    "tiles.png": "pictures of samples",
    "policy.json": "threshold, and how it was chosen",
    "detector.json": "preprocessing and names of columns",
    "training.json": "state of the training",
}
_MOST_NAMES = 12


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of the command."""
    parser.add_argument("model", type=Path, help=".vae file")
    parser.add_argument("--json", action="store_true", help="print the manifest as JSON instead")


def run(arguments: argparse.Namespace) -> int:
    """Print what a file is; return the exit code."""
    archive = read_archive(arguments.model)
    if arguments.json:
        print(json.dumps(archive.manifest, indent=2))
        return OK
    kind = {"bundle": "a model", "checkpoint": "a checkpoint of a training run"}[archive.kind]
    size = arguments.model.stat().st_size
    print(
        f"{arguments.model}: {kind}, {size:,} bytes, saved {one_line(archive.manifest['created'])}"
    )
    facts = _facts(archive)
    width = max((len(name) for name, _ in facts), default=0)
    for name, text in facts:
        print(f"  {name.ljust(width)}  {one_line(text, 300)}")
    print("Parts:")
    for name, content in archive.parts.items():
        print(f"  {name:<14}{len(content):>13,} bytes  {CARRIES[name]}")
    how = "vw.load" if archive.kind == "bundle" else "vw.VAE.resume"
    print(f"Open it with {how}({arguments.model.name!r}).")
    return OK


def _facts(archive: Archive) -> list[tuple[str, str]]:
    if archive.kind != "bundle":
        return list(_training(archive.manifest))
    where = str(archive.path)
    facts = ModelFacts.from_manifest(archive.manifest, where)
    shape = "x".join(map(str, facts.sample_shape))
    about = [
        ("Model", "variational autoencoder" if facts.variational else "plain autoencoder"),
        ("Samples", f"shape {shape}, {facts.likelihood} likelihood{_range(facts)}"),
        ("Codes", f"{facts.latent_dim} latent dimension{'s' * (facts.latent_dim > 1)}"),
    ]
    if facts.n_labels is not None:
        about.append(("Labels", f"conditional, 0 to {facts.n_labels - 1}"))
    if DETECTOR_PART in archive.parts:
        part = DetectorPart.from_json(archive.parts[DETECTOR_PART], facts.sample_shape, where)
        name = "none" if part.preprocessing is None else part.preprocessing.to_json()["name"]
        about.append(("Preprocessing", name))
        if part.feature_names is not None:
            names, n = part.feature_names, len(part.feature_names)
            more = f" and {n - _MOST_NAMES} more" if n > _MOST_NAMES else ""
            about.append(("Columns", ", ".join(names[:_MOST_NAMES]) + more))
    elif archive.manifest.get("preprocessing") is not None:
        about.append(("Preprocessing", f"noted: {archive.manifest['preprocessing']}"))
    about += _training(archive.manifest)
    policy = read_policy(archive)
    if policy is not None:
        text = f"{policy.threshold:.6g} of the score {policy.score}, by {policy.method}"
        if not math.isnan(policy.alert_rate):
            text += f"; flags {100 * policy.alert_rate:.3g} % of {policy.n_scores:,} scores"
        about.append(("Threshold", text))
        about += [(name, text) for name, text in _who(policy) if text]
    latents = read_latents(archive, facts.latent_dim)
    if latents is not None:
        about.append(("Carries", f"codes of {len(latents):,} samples"))
    renderer = archive.manifest.get("renderer")
    if isinstance(renderer, dict):
        about.append(("Drawn as", str(renderer.get("name"))))
    versions = archive.manifest.get("versions")
    if isinstance(versions, dict):
        written = ", ".join(f"{name} {version}" for name, version in versions.items())
        about.append(("Written by", written))
    return about


def _range(facts: ModelFacts) -> str:
    if facts.n_classes is not None:
        return f", tokens 0 to {facts.n_classes - 1}"
    return "" if facts.bounds is None else f", values in [{facts.bounds[0]:g}, {facts.bounds[1]:g}]"


def _training(manifest: dict[str, Any]) -> Iterator[tuple[str, str]]:
    training = manifest.get("training")
    if not isinstance(training, dict):
        return
    text = f"{training.get('epochs')} epochs"
    if training.get("n_samples") is not None:
        text += f" of {training['n_samples']} samples"
    losses = training.get("losses")
    if isinstance(losses, dict):
        known = [(name, value) for name, value in losses.items() if isinstance(value, float)]
        text += "".join(f", {name} {value:.4g}" for name, value in known)
    yield "Training", text


def _who(policy: Any) -> list[tuple[str, str]]:
    return [("Author", policy.author), ("Note", policy.note)]
