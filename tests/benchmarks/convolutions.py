"""An epoch of convolutional networks: `VAE.fit` against plain Keras, PyTorch and pythae."""

from tests.benchmarks.peers.samples import FILTERS, SHAPES
from tests.benchmarks.report import Bar, Report, Table
from tests.benchmarks.rounds import alternate, ratio
from tests.benchmarks.settings import Settings
from tests.benchmarks.training import OURS, PLAIN_KERAS, PYTHAE, TORCH_LOOP

CHANNELS_LAST = "PyTorch, channels last"
FLOOR = "its arithmetic at the rate of a product of 1,024 x 1,024"


def measure(settings: Settings, report: Report) -> None:
    """Add an epoch of small grey images, and of larger colour images."""
    ours, others = settings.ours, settings.others
    for network in settings.conv_networks:
        n = settings.conv_images // (1 if network == "conv" else 5)
        peers = {
            OURS: ours.peer("ours", network, n),
            PLAIN_KERAS: ours.peer("plain_keras", network, n),
            TORCH_LOOP: others.peer("torch_loop", network, n),
            CHANNELS_LAST: others.peer("torch_channels_last", network, n),
            FLOOR: ours.peer("convolution_arithmetic", network, n),
        }
        if network == "conv":
            peers[PYTHAE] = others.peer("pythae_vae", network, n)
        seconds = alternate(
            {name: lambda peer=peer: peer("epoch") for name, peer in peers.items()},
            settings.few_rounds,
        )
        size = "x".join(str(side) for side in SHAPES[network])
        filters = ", ".join(str(count) for count in FILTERS[network])
        title = f"Training: an epoch of a conv net ({filters} filters), {n:,} images {size}"
        note = "`python -m tests.benchmarks.convolution_layers` has the time of each layer."
        report.tables.append(Table(title, "s", seconds, note))
        for name, at_most in ((PLAIN_KERAS, 0.75), (CHANNELS_LAST, 0.45)):
            what = f"Epoch of a conv net, {size}, ratio to {name}"
            report.bars.append(Bar(what, ratio(seconds, OURS, name), at_most))
