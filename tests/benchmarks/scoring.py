"""Encoding images, and scoring how anomalous they are."""

from tests.benchmarks.report import Bar, Report, Table
from tests.benchmarks.rounds import alternate, ratio
from tests.benchmarks.settings import Settings

EXACTLY_SCORED, DRAWS = 500, 100
"""Images whose log-likelihood is estimated, and the draws for each, as by default."""


def measure(settings: Settings, report: Report) -> None:
    """Add encoding and scoring by the tutorial's network: all images, a few by importance."""
    n = settings.images
    ours = settings.ours.peer("ours", "dense", n)
    bundle = settings.ours.peer("bundle", "dense", n)
    plain_keras = settings.ours.peer("plain_keras", "dense", n)
    torch_loop = settings.others.peer("torch_loop", "dense", n)
    pythae = settings.others.peer("pythae_vae", "dense", n)
    pyod = settings.others.peer("pyod_vae", "dense", n)

    seconds = alternate(
        {
            "`vae.encode`": lambda: ours("encode"),
            "a bundle's `encode`": lambda: bundle("encode"),
            "plain Keras, `predict`": lambda: plain_keras("encode"),
            "PyTorch, by hand": lambda: torch_loop("encode"),
            "pythae": lambda: pythae("encode"),
        },
        settings.rounds,
    )
    note = "The bundle runs on ONNX Runtime. Peers take 1,024 images at a time, as we do."
    report.tables.append(Table(f"Encoding {n:,} images", "s", seconds, note))

    scoring, by_pyod = "`vae.anomaly_score`", "pyod, `decision_function`"
    large = "pyod, the same with batch_size=1024"
    seconds = alternate(
        {
            scoring: lambda: ours("score"),
            by_pyod: lambda: pyod("score"),
            large: lambda: pyod("score_in_large_batches"),
        },
        settings.rounds,
    )
    note = "pyod scores in the batches that it was trained in, here 128, unless told otherwise."
    report.tables.append(Table(f"Scoring {n:,} images", "s", seconds, note))
    for name in (by_pyod, large):
        what = f"Scoring, ratio to {name}"
        report.bars.append(Bar(what, ratio(seconds, scoring, name), 0.5))

    few = min(n, EXACTLY_SCORED)
    products = settings.ours.peer("matrix_products", "dense", n)
    seconds = alternate(
        {
            "`vae.log_likelihood`": lambda: ours("log_likelihood", n=few),
            "its large matrix product alone": lambda: products("decode", n=few * DRAWS),
        },
        settings.rounds,
    )
    note = f"{DRAWS} draws for each; the product is that of the last layer."
    report.tables.append(Table(f"Log-likelihood of {few} images", "s", seconds, note))
