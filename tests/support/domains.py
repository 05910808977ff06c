"""One model for each domain, pretrained or trained for seconds to a minute, and widgets on it.

`prepare` saves what the cells of `WIDGETS` need, so that a notebook shows them without TensorFlow.
"""

import shutil
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

import vae_widgets as vw

LOAD = """
import numpy as np
import vae_widgets as vw

codec = vw.load("{name}.vae")
renderer = codec.renderer
with np.load("{name}.npz") as content:
    kept = dict(content)
x, scores = kept["x"], kept["scores"]
labels, anomalies, qed = (kept.get(key) for key in ("labels", "anomalies", "QED"))
label_names = kept["label_names"].tolist() if "label_names" in kept else None
score_name = str(kept["score_name"])
few = {{"quantities": {{"QED": qed}}, "color_by": "QED"}} if qed is not None else {{}}
start, end = x[kept["ends"]]
"""
WIDGETS = {
    "monitor": 'monitor = vw.TrainingMonitor.from_log("{name}.jsonl")\nmonitor',
    "scatter": """
scatter = vw.LatentScatter(codec, x, labels, renderer, label_names=label_names, **few)
if codec.latent_dim > 2:
    scatter.projection = "pca"
scatter
""",
    "slider": """
slider = vw.InterpolationSlider(codec, start, end, renderer=renderer, steps=33)
slider.value = 0.5
slider
""",
    "histogram": """
histogram = vw.AnomalyHistogram(
    scores, anomalies, items=x, renderer=renderer, score_name=score_name
)
histogram
""",
    "review": """
unlabelled = vw.AnomalyHistogram(scores, items=x, renderer=renderer, score_name=score_name)
review = vw.ReviewQueue(unlabelled, codec, order="highest")
review
""",
    "explorer": """
explorer = vw.Explorer(
    codec,
    x,
    labels=labels,
    label_names=label_names,
    renderer=renderer,
    scores=scores,
    anomalies=anomalies,
)
explorer.panel = "slide"
explorer
""",
}
"""Variable -> the cell that shows this widget; its last line is the variable."""

MOST = 600  # samples that are shown


class Model(NamedTuple):
    """A model and what is shown with it; `x` are samples as the model takes them."""

    codec: Any
    x: NDArray[np.float32]
    scores: NDArray[np.floating[Any]]
    score_name: str
    renderer: Any
    dataset: vw.Dataset | None = None
    anomalies: NDArray[np.bool_] | None = None


def prepare(name: str, folder: Path) -> None:
    """Save a domain's model, and what the cells need, in files with its name."""
    log = folder / f"{name}.jsonl"
    log.unlink(missing_ok=True)  # runs before this one would be shown, too
    if name in PRETRAINED:
        model = PRETRAINED[name]()
        shutil.copy(model.codec.path, folder / f"{name}.vae")
    else:
        monitor = vw.TrainingMonitor(log=log)
        model = TRAINED[name](vw.load_dataset(name), monitor.callback)
        model.codec.save(folder / f"{name}.vae", renderer=model.renderer, trainable=False)
    kept: dict[str, Any] = {
        "x": model.x,
        "scores": model.scores,
        "score_name": model.score_name,
        "ends": [0, 1],
    }
    if model.anomalies is not None:
        kept["anomalies"] = model.anomalies[:MOST]
    ds = model.dataset
    if ds is not None and ds.y_test is not None:
        labels = kept["labels"] = ds.y_test[:MOST]
        kept["label_names"] = ds.label_names
        kept["ends"] = [int(np.flatnonzero(labels == k)[0]) for k in (0, 1)]
    if name == "molecules":
        from vae_widgets import molecules

        kept["QED"] = molecules.qed(model.renderer.smiles(model.x))
    np.savez(folder / f"{name}.npz", **kept)


def widgets_of(name: str) -> dict[str, str]:
    """Return the cells of `WIDGETS` for a domain: a pretrained model has no log of its training."""
    cells = {
        widget: code for widget, code in WIDGETS.items() if name in TRAINED or widget != "monitor"
    }
    return {widget: code.format(name=name) for widget, code in cells.items()}


def _digits(ds: vw.Dataset, callback: Any) -> Model:
    vae = vw.VAE.build(ds.sample_shape, latent_dim=2, seed=0)
    vae.fit(ds.x_train, epochs=200, validation_data=ds.x_test, verbose=0, callbacks=[callback])
    return _trained(vae, ds.x_test, ds)


def _xray(ds: vw.Dataset, callback: Any) -> Model:
    detector = vw.VAEDetector(
        architecture="conv",
        likelihood=vw.Gaussian(deviation="learned"),
        preprocessing="standardize_samples",
        epochs=25,
    )
    return _detector(detector, ds, callback)._replace(renderer=vw.ImageRenderer(-2.5, 2.5))


def _ecg(ds: vw.Dataset, callback: Any) -> Model:
    return _detector(vw.VAEDetector(latent_dim=4, preprocessing=None, epochs=60), ds, callback)


def _breast_cancer(ds: vw.Dataset, callback: Any) -> Model:
    return _detector(vw.VAEDetector(preprocessing=None), ds, callback)


def _detector(detector: vw.VAEDetector, ds: vw.Dataset, callback: Any) -> Model:
    """Train a detector on the normal samples, and a few epochs more with the monitor."""
    assert ds.y_train is not None
    assert ds.y_test is not None
    detector.fit(ds.x_train[ds.y_train == 0])
    x = detector.preprocess(ds.x_train[ds.y_train == 0])
    detector.vae_.fit(x, epochs=5, verbose=0, callbacks=[callback])
    return _trained(detector.vae_, detector.preprocess(ds.x_test), ds, ds.y_test > 0)


def _trained(
    vae: vw.VAE, x: Any, ds: vw.Dataset, anomalies: NDArray[np.bool_] | None = None
) -> Model:
    x = x[:MOST]
    return Model(vae, x, vae.anomaly_score(x), vae.score_name, ds.renderer, ds, anomalies)


def _nobody() -> Model:
    """Return the model of the faces with faces that it draws, as pictures may not be passed on."""
    codec = vw.load_pretrained("faces")
    assert codec.latents is not None
    x = codec.decode(codec.latents)
    error = np.mean((x - _reconstructed(codec, x)) ** 2, axis=(1, 2, 3))
    return Model(codec, x, error, "mean squared error", codec.renderer)


def _music() -> Model:
    return _tokens("chorales", vw.load_dataset("music"))


def _molecules() -> Model:
    return _tokens("molecules", vw.load_dataset("molecules"))


def _tokens(name: str, ds: vw.Dataset) -> Model:
    codec = vw.load_pretrained(name)
    x = ds.x_test[:MOST]
    wrong = (x != _reconstructed(codec, x)).reshape(len(x), -1).mean(axis=1)
    return Model(codec, x, wrong, "share of wrong tokens", codec.renderer, ds)


def _reconstructed(codec: vw.Codec, x: NDArray[np.float32]) -> NDArray[np.float32]:
    return codec.decode(codec.encode(x)[0])


TRAINED = {"digits": _digits, "xray": _xray, "ecg": _ecg, "breast_cancer": _breast_cancer}
"""Name of a data set -> what trains its model."""
PRETRAINED = {"faces": _nobody, "music": _music, "molecules": _molecules}
"""Name of a domain -> what loads its model."""
