"""An epoch of training: `VAE.fit` against plain Keras, PyTorch, pythae, pyod and the floor."""

from tests.benchmarks.report import Bar, Report, Table
from tests.benchmarks.rounds import alternate, ratio
from tests.benchmarks.settings import Settings

OURS, PLAIN_KERAS, TORCH_LOOP = "`VAE.fit`", "plain `keras.Model.fit`", "PyTorch, by hand"
PYTHAE, PYOD, FLOOR = "pythae", "pyod (squared error, no KL)", "the matrix products alone"
XLA_FLOOR, TORCH_FLOOR = "the same, by XLA as in `VAE.fit`", "the same, in PyTorch"


def measure(settings: Settings, report: Report) -> None:
    """Add an epoch of the tutorial's network."""
    ours, others = settings.ours, settings.others
    n = settings.images
    peers = {
        OURS: ours.peer("ours", "dense", n),
        PLAIN_KERAS: ours.peer("plain_keras", "dense", n),
        TORCH_LOOP: others.peer("torch_loop", "dense", n),
        PYTHAE: others.peer("pythae_vae", "dense", n),
        PYOD: others.peer("pyod_vae", "dense", n),
        FLOOR: ours.peer("matrix_products", "dense", n),
        XLA_FLOOR: ours.peer("xla_matrix_products", "dense", n),
        TORCH_FLOOR: others.peer("torch_matrix_products", "dense", n),
    }
    seconds = alternate(
        {name: lambda peer=peer: peer("epoch") for name, peer in peers.items()}, settings.rounds
    )
    title = f"Training: an epoch of 784-256-2-256-784, Adam, batches of 128, {n:,} images"
    report.tables.append(Table(title, "s", seconds, "The loop of PyTorch has no `DataLoader`."))
    for name, at_most in ((TORCH_LOOP, 0.65), (PYTHAE, 0.35), (PLAIN_KERAS, 0.35), (FLOOR, 1.3)):
        what = f"Epoch, ratio to {name}"
        report.bars.append(Bar(what, ratio(seconds, OURS, name), at_most))
