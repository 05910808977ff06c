"""One model for each domain, trained for seconds to a minute, and all widgets on it.

`train` saves what the cells of `WIDGETS` need, so that a notebook shows them without TensorFlow.
"""

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
    scores, anomalies, items=x, renderer=renderer, score_name="negative ELBO (nats)"
)
histogram
""",
    "review": """
unlabelled = vw.AnomalyHistogram(scores, items=x, renderer=renderer, score_name="elbo")
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


class Trained(NamedTuple):
    """A model and what is shown with it; `x` are samples as the model takes them."""

    vae: vw.VAE
    x: NDArray[np.float32]
    dataset: vw.Dataset
    anomalies: NDArray[np.bool_] | None = None
    renderer: Any = None


def train(name: str, folder: Path) -> None:
    """Train the model of a data set; save it, and what the cells need, in files with its name."""
    (folder / f"{name}.jsonl").unlink(missing_ok=True)  # runs before this one would be shown, too
    monitor = vw.TrainingMonitor(log=folder / f"{name}.jsonl")
    trained = DOMAINS[name](vw.load_dataset(name), monitor.callback)
    ds, labels = trained.dataset, trained.dataset.y_test
    renderer = trained.renderer or ds.renderer
    trained.vae.save(folder / f"{name}.vae", renderer=renderer, trainable=False)
    x = trained.x[:MOST]
    kept: dict[str, Any] = {"x": x, "scores": trained.vae.anomaly_score(x), "ends": [0, 1]}
    if trained.anomalies is not None:
        kept["anomalies"] = trained.anomalies[:MOST]
    if labels is not None:
        labels = kept["labels"] = labels[:MOST]
        kept["label_names"] = ds.label_names
        kept["ends"] = [int(np.flatnonzero(labels == k)[0]) for k in (0, 1)]
    if name == "molecules":
        from vae_widgets import molecules

        kept["QED"] = molecules.qed(renderer.smiles(x))
    np.savez(folder / f"{name}.npz", **kept)


def _digits(ds: vw.Dataset, callback: Any) -> Trained:
    vae = vw.VAE.build(ds.sample_shape, latent_dim=2, seed=0)
    vae.fit(ds.x_train, epochs=200, validation_data=ds.x_test, verbose=0, callbacks=[callback])
    return Trained(vae, ds.x_test, ds)


def _faces(ds: vw.Dataset, callback: Any) -> Trained:
    x = np.concatenate([ds.x_train, ds.x_train[:, :, ::-1]])
    vae = vw.VAE.build(
        ds.sample_shape,
        latent_dim=32,
        architecture="conv",
        likelihood=vw.Gaussian(0.05),
        filters=(16, 32, 64, 128),
        hidden_units=(),
        seed=0,
    )
    vae.fit(x, epochs=40, batch_size=32, verbose=0, callbacks=[callback])
    return Trained(vae, ds.x_test, ds)


def _xray(ds: vw.Dataset, callback: Any) -> Trained:
    detector = vw.VAEDetector(
        architecture="conv",
        likelihood=vw.Gaussian(deviation="learned"),
        preprocessing="standardize_samples",
        epochs=25,
    )
    return _detector(detector, ds, callback)._replace(renderer=vw.ImageRenderer(-2.5, 2.5))


def _ecg(ds: vw.Dataset, callback: Any) -> Trained:
    return _detector(vw.VAEDetector(latent_dim=4, preprocessing=None, epochs=60), ds, callback)


def _breast_cancer(ds: vw.Dataset, callback: Any) -> Trained:
    return _detector(vw.VAEDetector(preprocessing=None), ds, callback)


def _detector(detector: vw.VAEDetector, ds: vw.Dataset, callback: Any) -> Trained:
    """Train a detector on the normal samples, and a few epochs more with the monitor."""
    assert ds.y_train is not None
    assert ds.y_test is not None
    detector.fit(ds.x_train[ds.y_train == 0])
    x = detector.preprocess(ds.x_train[ds.y_train == 0])
    detector.vae_.fit(x, epochs=5, verbose=0, callbacks=[callback])
    return Trained(detector.vae_, detector.preprocess(ds.x_test), ds, ds.y_test > 0)


def _music(ds: vw.Dataset, callback: Any) -> Trained:
    vae = vw.VAE.build(
        ds.sample_shape,
        latent_dim=32,
        architecture="sequence",
        likelihood=ds.likelihood,
        n_classes=ds.n_classes,
        beta=0.3,
        filters=(64,),
        hidden_units=(256,),
        seed=0,
    )
    some = np.random.default_rng(0).permutation(len(ds.x_train))[:8192]
    vae.fit(ds.x_train[some], epochs=5, verbose=0, callbacks=[callback])
    return Trained(vae, ds.x_test, ds)


def _molecules(ds: vw.Dataset, callback: Any) -> Trained:
    vae = vw.VAE.build(
        ds.sample_shape,
        latent_dim=16,
        architecture="sequence",
        likelihood="categorical",
        n_classes=ds.n_classes,
        context=8,
        filters=(32,),
        hidden_units=(128,),
        objective=vw.FreeBits(0.8),
        beta=vw.Warmup(4),
        seed=0,
    )
    vae.fit(ds.x_train[:6000], epochs=8, batch_size=64, verbose=0, callbacks=[callback])
    return Trained(vae, ds.x_test, ds)


DOMAINS = {
    "digits": _digits,
    "faces": _faces,
    "xray": _xray,
    "ecg": _ecg,
    "breast_cancer": _breast_cancer,
    "music": _music,
    "molecules": _molecules,
}
"""Name of a data set -> what trains its model."""
